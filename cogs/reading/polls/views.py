"""Buttons and forms of polls, and of times that are not asked yet."""

from __future__ import annotations

from typing import Any

import discord
import structlog

from bot.base.errors import Conflict, Undeliverable
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import channel
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons
from bot.ui.form import Form, Typed
from cogs.reading.meetings.posting import Posting
from cogs.reading.polls.cards import announcement_key, closed, proposal
from cogs.reading.polls.drafts import TYPED_LIMIT, PollDraftService, Proposal
from cogs.reading.polls.service import PollService, PollView
from data.reading.polls import Poll
from data.server.groups import Group
from data.states import CardKind

log = structlog.stdlib.get_logger(__name__)


class CloseButton(CardButton, template=r"reading:close:(?P<poll_id>\d{1,18})"):
    """Closes a poll."""

    def __init__(self, poll_id: int) -> None:
        super().__init__(f"reading:close:{poll_id}", label="Close the poll")
        self.poll_id = poll_id

    async def pressed(self, interaction: Interaction) -> None:
        """Close it, and name its best time."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        view, opened = await bot.service(PollService).close(self.poll_id, place)
        text = "The poll is closed." if opened else "The poll was closed before."
        await interaction.response.send_message(text, ephemeral=True)
        if opened:
            await announce(bot, view)


class ScheduleButton(CardButton, template=r"reading:settle:(?P<poll_id>\d{1,18})"):
    """Schedules the best time of a poll."""

    def __init__(self, poll_id: int) -> None:
        super().__init__(
            f"reading:settle:{poll_id}",
            label="Schedule the best time",
            emoji=theme.CALENDAR,
            style=discord.ButtonStyle.success,
        )
        self.poll_id = poll_id

    async def pressed(self, interaction: Interaction) -> None:
        """Schedule it, and post its card."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        try:
            meeting, group = await bot.service(PollService).settle(place, self.poll_id)
        except Conflict:
            # The process may have ended right after it was scheduled, and left the button.
            bot.background.spawn(show_meeting(bot, self.poll_id), "take a poll's button away")
            raise
        await bot.service(Posting).announce(interaction, meeting, group)
        await show_meeting(bot, self.poll_id)


async def announce(bot: CohortBot, view: PollView) -> None:
    """Bring a closed poll's card up to date, and tell its group the best time."""
    poll = view.poll
    bot.cards.refresh(CardKind.POLL, poll.id)
    if view.best is None:
        return
    await bot.delivery.send(
        announcement_key(poll.id),
        poll.guild_id,
        closed(view, ScheduleButton(poll.id)),
        [channel(view.group.channel_id)],
    )


async def show_meeting(bot: CohortBot, poll_id: int) -> None:
    """Let a poll's card and its announcement lead to the meeting that it was scheduled as."""
    view = await bot.service(PollService).view(poll_id)
    if view.meeting is None:
        return
    bot.cards.refresh(CardKind.POLL, poll_id)
    async with bot.store.read() as tx:
        sent = await tx.deliveries.get(announcement_key(poll_id))
    if sent is None or sent.channel_id is None or sent.message_id is None:
        return
    message = bot.delivery.message(sent.channel_id, sent.message_id, sent.guild_id)
    try:
        await bot.delivery.edit(message, closed(view, ScheduleButton(poll_id)))
    except discord.HTTPException as error:
        log.info("a poll's message keeps its button", poll=poll_id, reason=str(error))


SUGGEST = "💡"


class AskButton(CardButton, template=r"reading:propose:(?P<draft_id>\d{1,18})"):
    """Asks with the times that were proposed."""

    def __init__(self, draft_id: int) -> None:
        super().__init__(
            f"reading:propose:{draft_id}",
            label="Ask with these",
            style=discord.ButtonStyle.success,
        )
        self.draft_id = draft_id

    async def pressed(self, interaction: Interaction) -> None:
        """Post the poll."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        asked = await bot.service(PollDraftService).ask(place, self.draft_id)
        await post(interaction, *asked)


class ChangeTimesButton(CardButton, template=r"reading:retime:(?P<draft_id>\d{1,18})"):
    """Opens the form with the times."""

    def __init__(self, draft_id: int, label: str = "Change them") -> None:
        super().__init__(f"reading:retime:{draft_id}", label=label)
        self.draft_id = draft_id

    async def pressed(self, interaction: Interaction) -> None:
        """Ask for the times."""
        await TimesForm.open(interaction, draft_id=self.draft_id)


class SuggestButton(CardButton, template=r"reading:suggest:(?P<draft_id>\d{1,18})"):
    """Proposes times."""

    def __init__(self, draft_id: int) -> None:
        super().__init__(
            f"reading:suggest:{draft_id}",
            label="Suggest times",
            emoji=SUGGEST,
            style=discord.ButtonStyle.primary,
        )
        self.draft_id = draft_id

    async def pressed(self, interaction: Interaction) -> None:
        """Show times, in the place of what was shown."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        found = await bot.service(PollDraftService).propose(place, self.draft_id)
        await interaction.response.edit_message(
            content=None, embed=proposal(found), view=choices(found)
        )


class ForgetTimesButton(CardButton, template=r"reading:untime:(?P<draft_id>\d{1,18})"):
    """Puts a poll aside that was not asked."""

    def __init__(self, draft_id: int) -> None:
        super().__init__(f"reading:untime:{draft_id}", label="Cancel")
        self.draft_id = draft_id

    async def pressed(self, interaction: Interaction) -> None:
        """Forget it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(PollDraftService).drop(place, self.draft_id)
        await interaction.response.edit_message(content="Nothing was asked.", embed=None, view=None)


class TimesForm(Form, template=r"reading:times:(?P<draft_id>\d{1,18})"):
    """Asks for the times of a poll."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, **about: Any) -> TimesForm:
        """Return the form with what was typed or proposed."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        draft = await bot.service(PollDraftService).drafted(place, about["draft_id"])
        form = cls("When could it be?", f"reading:times:{draft.id}")
        form.ask("title", "What the meeting is about", typed, filled=draft.title, limit=TYPED_LIMIT)
        return form.ask(
            "slots",
            "Times, one a line",
            typed,
            filled="\n".join(part.strip() for part in draft.slots.split(";")),
            hint=f"Two to ten, in {draft.timezone}: tue 19:00, or 2026-12-01 18:00",
            long=True,
            limit=TYPED_LIMIT,
        )

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, **about: Any) -> None:
        """Post the poll with these times."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        title = typed.text("title") or None
        asked = await bot.service(PollDraftService).ask(
            place, about["draft_id"], title=title, typed=typed.text("slots")
        )
        await post(interaction, *asked)


async def post(interaction: Interaction, poll: Poll, group: Group) -> None:
    """Post a poll's card in its group's channel, and say so in the place of what was shown."""
    bot = interaction.client
    text = f"{theme.CALENDAR} **{theme.plain(poll.title)}** is asked in <#{group.channel_id}>."
    await interaction.response.edit_message(content=text, embed=None, view=None)
    try:
        card = await bot.cards.publish(
            CardKind.POLL, poll.id, poll.guild_id, channel(group.channel_id)
        )
    except Undeliverable as error:
        raise Conflict(
            f"It is saved, but I could not post its card: {error.sentence}. Once I may post there "
            "it follows."
        ) from error
    await interaction.edit_original_response(content=f"{text[:-1]}: [open it]({card.url})")


def unread(draft_id: int) -> CardButtons:
    """Return what goes with the answer that times cannot be read."""
    return CardButtons(
        ChangeTimesButton(draft_id, "Correct them"),
        SuggestButton(draft_id),
        ForgetTimesButton(draft_id),
    )


def choices(found: Proposal) -> CardButtons:
    """Return what can be done with proposed times."""
    draft_id = found.draft.id
    if len(found.times) < 2:  # a poll of one time is none
        label = "Add some" if found.times else "Write the times"
        return CardButtons(ChangeTimesButton(draft_id, label), ForgetTimesButton(draft_id))
    return CardButtons(
        AskButton(draft_id), ChangeTimesButton(draft_id), ForgetTimesButton(draft_id)
    )
