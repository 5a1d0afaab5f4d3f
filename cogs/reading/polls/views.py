"""Buttons and forms of polls, and of times that are not asked yet."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import discord
import structlog
from discord import ui

from bot.base import when
from bot.base.errors import Conflict, Undeliverable
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import to_channel
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardButtons
from bot.ui.form import CardForm, Typed
from cogs.reading.meetings.posting import Posting
from cogs.reading.polls.cards import announcement_key, closed, proposal
from cogs.reading.polls.drafts import PollDraftService, PollProposal
from cogs.reading.polls.rules import TYPED_LIMIT
from cogs.reading.polls.service import PollService, PollView
from data.reading.drafts import PollDraftId
from data.reading.polls import Poll, PollId
from data.server.groups import Group
from data.states import CardKind

BUTTONS = 5
"""How many tied times have a button: one row of them."""

log = structlog.stdlib.get_logger(__name__)


class CloseButton(CardButton, custom_id="reading:close:{poll_id}", label="Close the poll"):
    """Closes a poll."""

    poll_id: PollId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Close it, and name its best time."""
        bot = interaction.client
        view, opened = await bot.service(PollService).close(self.poll_id, place)
        text = "The poll is closed." if opened else "The poll was closed before."
        await replies.send(interaction, text)
        if opened:
            await announce(bot, view)


class ScheduleButton(
    CardButton,
    custom_id="reading:settle:{poll_id}",
    label="Schedule the best time",
    emoji=theme.CALENDAR,
    style=discord.ButtonStyle.success,
):
    """Schedules the best time of a poll."""

    poll_id: PollId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Schedule it, and post its card."""
        await schedule(interaction, place, self.poll_id, None)


class ScheduleOneButton(
    CardButton,
    custom_id="reading:settle:{poll_id}:{number}",
    emoji=theme.CALENDAR,
    style=discord.ButtonStyle.success,
):
    """Schedules one of the times that tie in a poll."""

    poll_id: PollId
    number: int
    label: str = "This one"

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Schedule it, and post its card."""
        await schedule(interaction, place, self.poll_id, self.number)


def schedule_buttons(view: PollView) -> list[ui.Item[Any]]:
    """Return the buttons that schedule a poll's best time, one for each where several tie."""
    if len(view.best) == 1:
        return [ScheduleButton(view.poll.id)]
    zone = ZoneInfo(view.poll.timezone)
    return [
        ScheduleOneButton(
            view.poll.id,
            one.slot.number,
            f"{one.slot.starts_at.astimezone(zone):%a %d %b %H:%M}",
        )
        for one in view.best[:BUTTONS]
    ]


async def schedule(
    interaction: Interaction, place: Place, poll_id: PollId, number: int | None
) -> None:
    """Schedule a time of a poll, and post the meeting's card."""
    bot = interaction.client
    try:
        made = await bot.service(PollService).settle(place, poll_id, number)
    except Conflict:
        # The process may have ended right after it was scheduled, and left the button.
        bot.background.spawn(show_meeting(bot, poll_id), "take a poll's button away")
        raise
    await bot.service(Posting).announce(interaction, made)
    await show_meeting(bot, poll_id)


async def announce(bot: CohortBot, view: PollView) -> None:
    """Bring a closed poll's card up to date, and tell its group the best time."""
    poll = view.poll
    bot.cards.refresh(CardKind.POLL, poll.id)
    if not view.best:
        return
    await bot.delivery.send(
        announcement_key(poll.id),
        poll.guild_id,
        closed(view, schedule_buttons(view)),
        [to_channel(view.group.channel_id)],
    )


async def show_meeting(bot: CohortBot, poll_id: PollId) -> None:
    """Make a poll's card and its announcement link to the meeting that came of it."""
    view = await bot.service(PollService).view(poll_id)
    if view.meeting is None:
        return
    bot.cards.refresh(CardKind.POLL, poll_id)
    sent = await bot.store.fetch(lambda tx: tx.deliveries.get(announcement_key(poll_id)))
    if sent is None or sent.channel_id is None or sent.message_id is None:
        return
    message = bot.delivery.message(sent.channel_id, sent.message_id, sent.guild_id)
    try:
        await bot.delivery.edit(message, closed(view, schedule_buttons(view)))
    except discord.HTTPException as error:
        log.info("a poll's message keeps its button", poll=poll_id, reason=str(error))


SUGGEST = "💡"


class AskButton(
    CardButton,
    custom_id="reading:propose:{draft_id}",
    label="Ask with these",
    style=discord.ButtonStyle.success,
):
    """Posts a poll with the proposed times."""

    draft_id: PollDraftId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Post the poll."""
        bot = interaction.client
        asked = await bot.service(PollDraftService).ask(place, self.draft_id)
        await post(interaction, *asked)


class ChangeTimesButton(CardButton, custom_id="reading:retime:{draft_id}"):
    """Opens the form with the times."""

    draft_id: PollDraftId
    label: str = "Change them"

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Ask for the times."""
        await TimesForm(self.draft_id).show(interaction)


class SuggestButton(
    CardButton,
    custom_id="reading:suggest:{draft_id}",
    label="Suggest times",
    emoji=SUGGEST,
    style=discord.ButtonStyle.primary,
):
    """Proposes times."""

    draft_id: PollDraftId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Replace what was shown with suggested times."""
        bot = interaction.client
        found = await bot.service(PollDraftService).propose(place, self.draft_id)
        await replies.edit(interaction, embed=proposal(found), view=choices(found))


class ForgetTimesButton(CardButton, custom_id="reading:untime:{draft_id}", label="Cancel"):
    """Discards a poll that was not posted."""

    draft_id: PollDraftId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Forget it."""
        bot = interaction.client
        await bot.service(PollDraftService).drop(place, self.draft_id)
        await replies.edit(interaction, "Nothing was asked.")


class TimesForm(CardForm, custom_id="reading:times:{draft_id}", title="When could it be?"):
    """Asks for the times of a poll."""

    draft_id: PollDraftId

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Fill in what was typed or suggested."""
        bot = interaction.client
        draft = await bot.service(PollDraftService).drafted(place, self.draft_id)
        self.ask("title", "What the meeting is about", typed, filled=draft.title, limit=TYPED_LIMIT)
        self.ask(
            "slots",
            "Times, one a line",
            typed,
            filled="\n".join(part.strip() for part in draft.slots.split(";")),
            hint=f"Two to ten, in {draft.timezone}: tue 19:00, or 2026-12-01 18:00",
            long=True,
            limit=TYPED_LIMIT,
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Post the poll with these times."""
        bot = interaction.client
        title = typed.text("title") or None
        asked = await bot.service(PollDraftService).ask(
            place, self.draft_id, title=title, typed=typed.text("slots")
        )
        await post(interaction, *asked)


async def post(interaction: Interaction, poll: Poll, group: Group) -> None:
    """Post a poll's card in its group's channel, and replace what was shown with a link to it."""
    bot = interaction.client
    text = (
        f"{theme.CALENDAR} **{theme.escape(poll.title)}** is asked until "
        f"{when.stamp(poll.closes_at)} in <#{group.channel_id}>."
    )
    await replies.edit(interaction, text)
    try:
        card = await bot.cards.publish(
            CardKind.POLL, poll.id, poll.guild_id, to_channel(group.channel_id)
        )
    except Undeliverable as error:
        raise Conflict(
            f"It is saved, but I could not post its card: {error.sentence}. Once I may post there "
            "it follows."
        ) from error
    await replies.edit(interaction, f"{text[:-1]}: [open it]({card.url})")


def unread(draft_id: PollDraftId) -> CardButtons:
    """Return what goes with the answer that times cannot be read."""
    return CardButtons(
        ChangeTimesButton(draft_id, "Correct them"),
        SuggestButton(draft_id),
        ForgetTimesButton(draft_id),
    )


def choices(found: PollProposal) -> CardButtons:
    """Return what can be done with proposed times."""
    draft_id = found.draft.id
    if len(found.times) < 2:  # with one time there is nothing to choose
        label = "Add some" if found.times else "Write the times"
        return CardButtons(ChangeTimesButton(draft_id, label), ForgetTimesButton(draft_id))
    return CardButtons(
        AskButton(draft_id), ChangeTimesButton(draft_id), ForgetTimesButton(draft_id)
    )
