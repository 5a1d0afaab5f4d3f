"""What falls due for meetings: reminders, news about seats, the next of a series, the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.client import CohortBot
from bot.deadlines import Lateness
from bot.delivery import Content, Destination, channel
from cogs.reading import cards, rules
from cogs.reading.changes import CHANGED, ChangeService
from cogs.reading.posting import Posting
from cogs.reading.reactions import Reactions
from cogs.reading.service import NEWS, NEXT, OVER, REMIND, MeetingView, ReadingService
from data.deadlines import Deadline
from data.reading import Meeting
from data.states import CardKind


class Reminders:
    """Delivers what falls due for meetings."""

    def __init__(
        self, bot: CohortBot, service: ReadingService, posting: Posting, reactions: Reactions
    ) -> None:
        self._bot = bot
        self._service = service
        self._posting = posting
        self._reactions = reactions
        self._changes = bot.service(ChangeService)

    def register(self) -> None:
        """Have the deadlines of meetings delivered here."""
        self._bot.deadlines.on(REMIND, self.remind, lateness=Lateness.EXPIRE)
        self._bot.deadlines.on(NEWS, self.tell_news, lateness=Lateness.EXPIRE)
        self._bot.deadlines.on(CHANGED, self.tell_change)
        self._bot.deadlines.on(NEXT, self.occur)
        self._bot.deadlines.on(OVER, self.close)

    async def remind(self, deadline: Deadline, late: timedelta) -> None:
        """Remind those who come or may come, in the meeting's thread."""
        view = await self._service.view(deadline.subject_id)
        meeting, now = view.meeting, view.now
        before = timedelta(seconds=deadline.offset)
        if meeting.cancelled_at is not None or rules.is_overtaken(meeting, before, now):
            return
        if meeting.is_open(now):
            await self._reactions.reconcile(meeting)
        view = await self._service.view(meeting.id)
        started = meeting.starts_at <= now
        moment = int(meeting.starts_at.timestamp())
        await self._send(
            view,
            f"reading/remind/{meeting.id}/{moment}/{deadline.offset}",
            view.turnout.expected,
            lambda batch: cards.reminder(meeting, batch, late=late > timedelta(), started=started),
        )

    async def tell_news(self, deadline: Deadline, late: timedelta) -> None:
        """Tell those who moved up, and those who wait."""
        meeting, news = await self._service.news(deadline.subject_id)
        view = await self._service.view(meeting.id)
        key = f"reading/news/{meeting.id}/{int(deadline.due_at.timestamp())}"
        await self._send(
            view, f"{key}/in", news.promoted, lambda batch: cards.promoted(meeting, batch)
        )
        await self._send(
            view, f"{key}/waiting", news.waiting, lambda batch: cards.waiting(meeting, batch)
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
            self._bot.dispatch("group_changed", meeting.group_id)

    async def close(self, deadline: Deadline, late: timedelta) -> None:
        """Have the card show that the meeting is over."""
        view = await self._service.view(deadline.subject_id)
        self._bot.cards.refresh(CardKind.MEETING, view.meeting.id)
        self._bot.dispatch("group_changed", view.meeting.group_id)

    async def _send(
        self,
        view: MeetingView,
        key: str,
        user_ids: Sequence[int],
        content: Callable[[Sequence[int]], Content],
    ) -> None:
        """Tell people in the meeting's thread, so many at once as a message may mention."""
        to = destinations(view.meeting, view.group.channel_id)
        for number, batch in enumerate(rules.batches(user_ids)):
            await self._bot.delivery.send(
                f"{key}/{number}", view.meeting.guild_id, content(batch), to
            )


def destinations(meeting: Meeting, channel_id: int) -> list[Destination]:
    """Return where a meeting's messages go: its thread, else its group's channel."""
    own = [] if meeting.thread_id is None else [channel(meeting.thread_id)]
    return [*own, channel(channel_id)]
