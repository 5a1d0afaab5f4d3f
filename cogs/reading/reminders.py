"""What falls due for meetings: reminders, news about seats, the next of a series, the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.client import CohortBot
from bot.jobs.delivery import Content, Destination, channel, person
from bot.jobs.scheduler import Lateness
from cogs.reading import cards, desk, rules
from cogs.reading.changes import CHANGED, ChangeService
from cogs.reading.gathering import GatheringService
from cogs.reading.posting import Posting
from cogs.reading.reactions import Reactions
from cogs.reading.service import (
    ASK,
    BEGIN,
    NEWS,
    NEXT,
    OVER,
    REMIND,
    TAKE_OVER,
    MeetingView,
    ReadingService,
)
from cogs.reading.views import DeclineButton, HereButton, LeadButton, NotesButton
from data.delivery.deadlines import Deadline
from data.reading.meetings import Meeting
from data.states import CardKind

SEATS_ASKED = 100
"""Of how many seats it is looked whether their people are still in the server."""


class Reminders:
    """Delivers what falls due for meetings."""

    def __init__(
        self, bot: CohortBot, service: ReadingService, posting: Posting, reactions: Reactions
    ) -> None:
        self._bot = bot
        self._service = service
        self._posting = posting
        self._reactions = reactions
        self._gatherings = bot.service(GatheringService)
        self._changes = bot.service(ChangeService)

    def register(self) -> None:
        """Have the deadlines of meetings delivered here."""
        self._bot.deadlines.on(REMIND, self.remind, lateness=Lateness.EXPIRE)
        self._bot.deadlines.on(NEWS, self.tell_news, lateness=Lateness.EXPIRE)
        self._bot.deadlines.on(CHANGED, self.tell_change)
        self._bot.deadlines.on(NEXT, self.occur)
        self._bot.deadlines.on(ASK, self.ask_who_leads, lateness=Lateness.EXPIRE)
        self._bot.deadlines.on(BEGIN, self.begin, lateness=Lateness.EXPIRE)
        self._bot.deadlines.on(TAKE_OVER, self.ask_who_takes_over, lateness=Lateness.EXPIRE)
        self._bot.deadlines.on(OVER, self.close)

    async def remind(self, deadline: Deadline, late: timedelta) -> None:
        """Remind those who come or may come, in the meeting's thread."""
        view = await self._service.view(deadline.subject_id)
        meeting, now = view.meeting, view.now
        before = timedelta(seconds=deadline.offset)
        if meeting.cancelled_at is not None or rules.is_overtaken(meeting, before, now):
            return
        if view.group.archived_at is not None:
            return
        if meeting.is_open(now):
            await self._reactions.reconcile(meeting)
            view = await self._service.view(meeting.id)
            if view.turnout.waiting:
                await self._reactions.free_places(meeting, view.turnout.going[:SEATS_ASKED])
        view = await self._service.view(meeting.id)
        started = meeting.starts_at <= now
        moment = int(meeting.starts_at.timestamp())
        called = rules.called(view.answers, meeting, before)
        await self._send(
            view,
            f"reading/remind/{meeting.id}/{moment}/{deadline.offset}",
            called.pinged,
            lambda batch: cards.reminder(
                meeting, called, batch, late=late > timedelta(), started=started
            ),
        )

    async def tell_news(self, deadline: Deadline, late: timedelta) -> None:
        """Tell those who moved up, and those who wait."""
        meeting, news = await self._service.news(deadline.subject_id)
        view = await self._service.view(meeting.id)
        key = f"reading/news/{meeting.id}/{int(deadline.due_at.timestamp())}"
        await self._send(
            view, f"{key}/in", news.promoted, lambda batch: cards.promoted(meeting, batch)
        )
        if news.waiting:
            await self._bot.delivery.send(
                f"{key}/waiting",
                meeting.guild_id,
                cards.waiting(meeting, news.waiting),
                destinations(meeting, view.group.channel_id),
            )
        await self._service.told(meeting, news)

    async def tell_change(self, deadline: Deadline, late: timedelta) -> None:
        """Tell those who answered that a meeting was moved, cancelled or edited."""
        change, people = await self._changes.story(deadline.occurrence)
        view = await self._service.view(deadline.subject_id)
        await self._send(
            view,
            f"reading/changed/{change.id}",
            people,
            lambda batch: cards.changed(view, change, batch),
        )

    async def occur(self, deadline: Deadline, late: timedelta) -> None:
        """Post the next meeting of a series."""
        meeting = await self._service.occur(deadline.subject_id, deadline.occurrence)
        if meeting is not None:
            view = await self._service.view(meeting.id)
            await self._posting.publish(meeting, view.group)
            if meeting.paper_id is not None:
                self._bot.library.look_up(meeting.paper_id, meeting.guild_id)
            self._bot.dispatch("group_changed", meeting.group_id)

    async def ask_who_leads(self, deadline: Deadline, late: timedelta) -> None:
        """Ask the one who leads, or whose turn it is, whether they will."""
        meeting, user_id = await self._gatherings.next_to_ask(
            deadline.subject_id, deadline.occurrence
        )
        if user_id is None:
            return
        view = await self._service.view(meeting.id)
        buttons = [LeadButton(meeting.id), DeclineButton(meeting.id)]
        moment = int(meeting.starts_at.timestamp())
        await self._bot.delivery.send(
            f"reading/ask/{meeting.id}/{moment}/{deadline.occurrence}/{deadline.offset}",
            meeting.guild_id,
            desk.your_turn(meeting, user_id, buttons),
            [*destinations(meeting, view.group.channel_id), person(user_id)],
        )
        await self._gatherings.asked(meeting, user_id)

    async def begin(self, deadline: Deadline, late: timedelta) -> None:
        """Say that a meeting begins, where somebody comes, and offer to say that one is there."""
        view = await self._service.view(deadline.subject_id)
        meeting = view.meeting
        self._refresh(meeting)
        if not view.turnout.expected or late or view.group.archived_at is not None:
            return
        await self._bot.delivery.send(
            f"reading/begin/{meeting.id}/{int(meeting.starts_at.timestamp())}",
            meeting.guild_id,
            desk.begins(meeting, [HereButton(meeting.id)]),
            destinations(meeting, view.group.channel_id),
        )

    async def ask_who_takes_over(self, deadline: Deadline, late: timedelta) -> None:
        """Ask who leads, ten minutes into a meeting whose leader has not come."""
        missing = await self._gatherings.leaderless(deadline.subject_id)
        if missing is None:
            return
        view = await self._service.view(deadline.subject_id)
        if view.group.archived_at is not None:
            return
        meeting = view.meeting
        people = tuple(dict.fromkeys((*missing.here, *view.turnout.going)))
        asked = [one for one in people if one != meeting.facilitator_id][: rules.MENTIONS]
        if not asked:
            return
        await self._bot.delivery.send(
            f"reading/takeover/{meeting.id}/{int(meeting.starts_at.timestamp())}",
            meeting.guild_id,
            desk.who_takes_over(missing, asked, [LeadButton(meeting.id), HereButton(meeting.id)]),
            destinations(meeting, view.group.channel_id),
        )

    async def close(self, deadline: Deadline, late: timedelta) -> None:
        """Have the cards show that a meeting is over, and ask for its notes."""
        view = await self._service.view(deadline.subject_id)
        meeting = view.meeting
        self._refresh(meeting)
        shown = await self._gatherings.view(meeting.id)
        if not (shown.here or view.turnout.expected) or view.group.archived_at is not None:
            return
        await self._bot.delivery.send(
            f"reading/over/{meeting.id}/{int(meeting.starts_at.timestamp())}",
            meeting.guild_id,
            desk.over(shown, [HereButton(meeting.id, over=True), NotesButton(meeting.id)]),
            destinations(meeting, view.group.channel_id),
        )

    def _refresh(self, meeting: Meeting) -> None:
        self._bot.cards.refresh(CardKind.MEETING, meeting.id)
        self._bot.cards.refresh(CardKind.DESK, meeting.id)
        self._bot.dispatch("group_changed", meeting.group_id)

    async def _send(
        self,
        view: MeetingView,
        key: str,
        user_ids: Sequence[int],
        content: Callable[[Sequence[int]], Content],
    ) -> None:
        """Tell people in the meeting's thread; past what one message may mention, ping the rest."""
        to = destinations(view.meeting, view.group.channel_id)
        for number, batch in enumerate(rules.batches(user_ids)):
            told = content(batch) if number == 0 else cards.further(batch)
            await self._bot.delivery.send(f"{key}/{number}", view.meeting.guild_id, told, to)


def destinations(meeting: Meeting, channel_id: int) -> list[Destination]:
    """Return where a meeting's messages go: its thread, else its group's channel."""
    own = [] if meeting.thread_id is None else [channel(meeting.thread_id)]
    return [*own, channel(channel_id)]
