"""Introductions in Discord: the question to the other, and the thread for both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import discord
import structlog
from discord import ui

from bot.base.errors import Undeliverable
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content, channel
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons
from bot.ui.direct_messages import note_to, tell
from cogs.people import cards
from cogs.people.rules.profiles import seen
from cogs.people.service import Introducing, IntroductionService
from cogs.people.service.introductions import ANSWER, ASK, MEET
from cogs.people.wording import FIRST_QUESTION, LOOKING_FOR
from data.delivery.deadlines import Deadline
from data.people.introductions import Introduction
from data.states import Purpose

log = structlog.stdlib.get_logger(__name__)

THREAD_EXISTS = 160004


class IntroduceButton(
    CardButton,
    template=r"people:introduce:(?P<purpose>pair|pod|project|mentoring|mentored):(?P<user_id>\d{1,20})",
):
    """Asks somebody whether they want to meet the presser."""

    def __init__(self, purpose: str, user_id: int) -> None:
        super().__init__(
            f"people:introduce:{purpose}:{user_id}",
            label="Introduce us",
            style=discord.ButtonStyle.primary,
        )
        self.purpose = purpose
        self.user_id = user_id

    async def pressed(self, interaction: Interaction) -> None:
        """Have them asked; the service checks that they are open to it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(IntroductionService)
        one = await service.ask(place, self.user_id, Purpose(self.purpose))
        await interaction.response.send_message(
            f"I ask {theme.person(self.user_id)} now. If they like, you two get a thread in "
            f"<#{one.channel_id}>; either way you hear from me.",
            ephemeral=True,
        )


class AnswerButton(
    CardButton, template=r"people:meet:(?P<verb>yes|no):(?P<introduction_id>\d{1,18})"
):
    """Says whether one wants to be introduced; stands in a direct message."""

    def __init__(self, verb: str, introduction_id: int) -> None:
        accepted = verb == "yes"
        super().__init__(
            f"people:meet:{verb}:{introduction_id}",
            label="Introduce us" if accepted else "Not now",
            style=discord.ButtonStyle.success if accepted else discord.ButtonStyle.secondary,
        )
        self.accepted = accepted
        self.introduction_id = introduction_id

    async def pressed(self, interaction: Interaction) -> None:
        """Answer; only who was asked can."""
        service = interaction.client.service(IntroductionService)
        one = await service.answer(
            self.introduction_id, interaction.user.id, accepted=self.accepted
        )
        said = (
            f"You will find each other in a thread in <#{one.channel_id}>."
            if self.accepted
            else "All right. They hear that it does not work out just now, and no more."
        )
        await interaction.response.edit_message(content=said, view=None)


class AskForHelpButton(
    CardButton, template=r"people:help:(?P<user_id>\d{1,20}):(?P<checkin_id>\d{1,18})"
):
    """Asks somebody whether they help with what is in the presser's way."""

    def __init__(self, user_id: int, checkin_id: int) -> None:
        super().__init__(
            f"people:help:{user_id}:{checkin_id}", label="Ask", style=discord.ButtonStyle.primary
        )
        self.user_id = user_id
        self.checkin_id = checkin_id

    async def pressed(self, interaction: Interaction) -> None:
        """Have them asked; the service checks whose check-in it is, and who could help."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(IntroductionService)
        one = await service.ask_for_help(place, self.checkin_id, self.user_id)
        await interaction.response.send_message(
            f"I ask {theme.person(self.user_id)} now. If they can, you two get a thread in "
            f"<#{one.channel_id}>; either way you hear from me.",
            ephemeral=True,
        )


INTRODUCTION_BUTTONS = (IntroduceButton, AnswerButton, AskForHelpButton)


class Introducer:
    """Hears when somebody is to be asked, told or introduced."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(IntroductionService)
        bot.deadlines.on(ASK, self.ask)
        bot.deadlines.on(MEET, self.meet)
        bot.deadlines.on(ANSWER, self.decline)
        bot.add_listener(self.offer_help, "on_checkin_blocked")

    async def offer_help(self, interaction: Interaction, checkin_id: int) -> None:
        """Tell somebody, alone, who could help with what is in their way, where anybody could."""
        place = await self.bot.places.of(interaction)
        helpers = await self.service.helpers_with(place, checkin_id)
        if not helpers.found:
            return
        buttons: dict[int, ui.Item[Any]] = {
            profile.user_id: AskForHelpButton(profile.user_id, checkin_id)
            for profile, _ in helpers.found[: cards.HELPERS_SHOWN]
        }
        await interaction.followup.send(
            view=cards.helpers(helpers, buttons),
            ephemeral=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )

    async def ask(self, deadline: Deadline, late: timedelta) -> None:
        """Ask, by direct message or else in a channel of a group that both are in."""
        one = await self.service.introducing(deadline.subject_id)
        introduction = one.introduction
        if introduction.answered_at is not None:
            return
        channels = [group.channel_id for group in one.shared]
        try:
            if introduction.about is None:
                await tell(self.bot, deadline.key, one.asked, _question(one), channels)
            else:
                await self._ask_for_help(deadline.key, one, channels)
        except Undeliverable:
            await self.service.unreachable(introduction.id)

    async def _ask_for_help(self, key: str, one: Introducing, channels: Sequence[int]) -> None:
        """Ask somebody alone, or in a channel without what the asker wrote in another group."""
        try:
            await tell(self.bot, key, one.asked, _question(one), [])
        except Undeliverable:
            await self.bot.delivery.send(
                f"{key}/channel",
                one.introduction.guild_id,
                _question(one, alone=False),
                [channel(one) for one in channels],
            )

    async def decline(self, deadline: Deadline, late: timedelta) -> None:
        """Tell the asker that nothing comes of it, without a reason."""
        one = await self.service.introducing(deadline.subject_id)
        content = note_to(
            one.asker.user_id,
            f"It does not work out with {theme.person(one.asked.user_id)} just now. There is "
            "somebody else in `/profile match`.",
        )
        await tell(self.bot, deadline.key, one.asker, content, [])

    async def meet(self, deadline: Deadline, late: timedelta) -> None:
        """Introduce the two: a message that mentions both, a thread on it, a first question."""
        one = await self.service.introducing(deadline.subject_id)
        introduction = one.introduction
        where = channel(introduction.channel_id)
        try:
            message = await self.bot.delivery.send(
                deadline.key, introduction.guild_id, _hello(one), [where]
            )
        except Undeliverable:
            await self._apart(deadline, one)
            return
        thread_id = message.id  # a thread that is opened on a message has the message's id
        try:
            await message.create_thread(name=f"Introduction: {LOOKING_FOR[introduction.purpose]}")
        except discord.HTTPException as error:
            if error.code != THREAD_EXISTS:
                log.info("no thread for an introduction", reason=error.text)
                thread_id = introduction.channel_id
        question = Content(text=_first_question(introduction))
        await self.bot.delivery.send(
            f"{deadline.key}/question", introduction.guild_id, question, [channel(thread_id), where]
        )
        await self.service.met(introduction, thread_id)

    async def _apart(self, deadline: Deadline, one: Introducing) -> None:
        """Give each the other's name, where no thread can be made."""
        for them, other in ((one.asker, one.asked), (one.asked, one.asker)):
            content = note_to(
                them.user_id,
                f"you and {theme.person(other.user_id)} both want to meet, but I may not post in "
                f"<#{one.introduction.channel_id}>. Write to each other directly. "
                f"{FIRST_QUESTION[one.introduction.purpose]}",
            )
            await tell(self.bot, f"{deadline.key}/{them.user_id}", them, content, [])


def _question(one: Introducing, *, alone: bool = True) -> Content:
    introduction = one.introduction
    why = "; ".join(theme.plain(reason) for reason in one.reasons)
    about = f"\n> {theme.one_line(line, 200)}" if (line := _about(one)) else ""
    if introduction.about is not None:
        wish = "is stuck, and you may know the way"
        wish += f":\n> {theme.one_line(introduction.about, 400)}" if alone else "."
    else:
        wish = (
            f"looks for {LOOKING_FOR[introduction.purpose]} and would like to meet you"
            f"{f' ({why})' if why else ''}.{about}"
        )
    text = (
        f"{theme.person(one.asked.user_id)} {theme.person(one.asker.user_id)} {wish}\nYou are "
        "asked because your profile says that you are open to it. With your yes, you two get a "
        f"thread in <#{introduction.channel_id}>."
    )
    buttons: list[ui.Item[Any]] = [
        AnswerButton("yes", introduction.id),
        AnswerButton("no", introduction.id),
    ]
    return Content(
        text=text,
        view=CardButtons(*buttons),
        mentions=discord.AllowedMentions(users=[discord.Object(one.asked.user_id)]),
    )


def _first_question(introduction: Introduction) -> str:
    if introduction.about is not None:
        return (
            f"> {theme.one_line(introduction.about, 400)}\n"
            "To begin with: what was tried so far, and what happened?"
        )
    return f"To begin with: {FIRST_QUESTION[introduction.purpose]}"


def _about(one: Introducing) -> str:
    """Return the asker's line about themselves, where the asked may see it."""
    shown = seen(one.asker, shares_group=bool(one.shared))
    return (shown.about or "") if shown is not None else ""


def _hello(one: Introducing) -> Content:
    people = [one.asker.user_id, one.asked.user_id]
    why = "; ".join(theme.plain(reason) for reason in one.reasons)
    return Content(
        text=f"👋 {' and '.join(map(theme.person, people))}, you both said that you "
        f"want to meet{f': {why}' if why else ''}.",
        mentions=discord.AllowedMentions(users=[discord.Object(user_id) for user_id in people]),
    )
