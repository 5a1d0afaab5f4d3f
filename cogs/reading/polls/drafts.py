"""The use cases of polls whose times are not settled: suggesting some, changing them, asking.

A draft is kept for a day for the person who made it, so that what they typed outlives a mistake in
it and a restart. ``rules`` says whose hours a suggestion is made of."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base import availability, when
from bot.base.clock import Clock
from bot.base.errors import Conflict, NotFound
from bot.base.wording import one_line
from bot.place import Place
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.rules import DRAFTS_KEPT
from cogs.reading.polls import rules
from cogs.reading.polls.service import write_poll
from cogs.reading.polls.suggestions import Proposed, Week, propose, visible
from cogs.reading.polls.times import times_in
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.reading.drafts import PollDraft
from data.reading.polls import Poll
from data.server.groups import Group
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class PollProposal(Struct, frozen=True):
    """Times for a poll, the best for those ``known``; the asker can't see the hours of ``others``.

    ``others`` have not said when they are free, or keep it to themselves.
    """

    draft: PollDraft
    group: Group
    times: Sequence[Proposed]
    known: int
    others: int


class PollDraftService:
    """Proposes times for a poll, and asks with them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def draft(
        self,
        tx: Transaction,
        place: Place,
        group: Group,
        *,
        title: str,
        typed: str,
        minutes: int,
        closes_at: datetime | None,
        zone: ZoneInfo,
    ) -> PollDraft:
        """Keep what somebody typed; raises NotAllowed for non-members."""
        now = self.clock.now()
        member = await tx.groups.member(group.id, place.user_id)
        meeting_rules.only_members(group, member=member is not None, what="ask when it meets")
        if group.archived_at is not None:
            raise Conflict(f"{one_line(group.name)} is archived: nothing happens in it any more.")
        draft_id = await tx.drafts.add_poll(
            guild_id=place.guild_id,
            group_id=group.id,
            title=title[: rules.TYPED_LIMIT],
            slots=typed[: rules.TYPED_LIMIT],
            minutes=minutes,
            timezone=zone.key,
            closes_at=closes_at,
            created_by=place.user_id,
            created_at=now,
        )
        await tx.deadlines.put(
            DeadlineKind.READING_POLL_DRAFT, draft_id, now + DRAFTS_KEPT, guild_id=place.guild_id
        )
        return (await self._drafted(tx, place, draft_id))[0]

    @snapshot
    async def drafted(self, tx: Transaction, place: Place, draft_id: int) -> PollDraft:
        """Return somebody's own draft; raises NotFound when it is gone."""
        return (await self._drafted(tx, place, draft_id))[0]

    async def propose(self, place: Place, draft_id: int) -> PollProposal:
        """Put the best times into a draft, from the hours of the members that the asker may see.

        Raises NotFound when the draft is gone.
        """
        now = self.clock.now()
        async with self.store.read() as tx:
            draft, group = await self._drafted(tx, place, draft_id)
            members = await tx.groups.members(group.id)
            profiles = await tx.profiles.of(place.guild_id, [one.user_id for one in members])
            coming = await tx.meetings.coming(place.guild_id, now, group_id=group.id)
        zone = place.group_zone(group)
        weeks = [
            Week(
                one.user_id,
                availability.restored(profile.free),
                ZoneInfo(profile.timezone) if profile.timezone else zone,
                one.away_until,
            )
            for one in members
            if (profile := profiles.get(one.user_id)) and visible(profile, place.user_id)
        ]
        # Comparing a large group's hours takes a moment: off the loop.
        proposed = await asyncio.to_thread(
            propose,
            weeks,
            zone=zone,
            minutes=draft.minutes,
            now=now,
            taken=[(one.starts_at, one.ends_at) for one in coming],
        )
        if proposed:
            written = "\n".join(typed(one.starts_at, ZoneInfo(draft.timezone)) for one in proposed)
            async with self.store.transaction() as tx:
                draft, group = await self._drafted(tx, place, draft_id)
                await tx.drafts.edit_poll(draft.id, slots=written)
        return PollProposal(draft, group, proposed, len(weeks), len(members) - len(weeks))

    @transaction
    async def ask(
        self,
        tx: Transaction,
        place: Place,
        draft_id: int,
        *,
        title: str | None = None,
        typed: str | None = None,
    ) -> tuple[Poll, Group]:
        """Open a draft's poll, with the changes made to it.

        Raises NotFound when the draft is gone, as when it was asked before, InvalidInput for
        times that cannot be read or have passed, and what ``PollService.ask`` raises.
        """
        now = self.clock.now()
        draft, group = await self._drafted(tx, place, draft_id)
        zone = ZoneInfo(draft.timezone)
        closes_at = draft.closes_at
        poll = await write_poll(
            tx,
            place,
            group,
            title=draft.title if title is None else title,
            starts=times_in(draft.slots if typed is None else typed, zone, now),
            minutes=draft.minutes,
            closes_at=closes_at if closes_at and closes_at > now else None,
            zone=zone,
            now=now,
        )
        await self._drop(tx, draft)
        return poll, group

    @transaction
    async def drop(self, tx: Transaction, place: Place, draft_id: int) -> None:
        """Forget a draft; raises NotFound when it is gone."""
        draft, _ = await self._drafted(tx, place, draft_id)
        await self._drop(tx, draft)

    @transaction
    async def expire(self, tx: Transaction, deadline: Deadline, late: timedelta) -> None:
        """Forget a draft that nobody came back to."""
        await tx.drafts.drop_poll(deadline.subject_id)

    async def _drafted(
        self, tx: Transaction, place: Place, draft_id: int
    ) -> tuple[PollDraft, Group]:
        draft = await tx.drafts.poll(place.guild_id, place.user_id, draft_id)
        group = draft and await tx.groups.by_id(draft.group_id)
        if draft is None or group is None:
            raise NotFound(
                "Those times are not waiting any more: the poll was asked or cancelled, or a day "
                "has passed. `/meeting poll` starts again."
            )
        return draft, group

    async def _drop(self, tx: Transaction, draft: PollDraft) -> None:
        await tx.drafts.drop_poll(draft.id)
        await tx.deadlines.cancel(draft.id, DeadlineKind.READING_POLL_DRAFT)


def typed(instant: datetime, zone: ZoneInfo) -> str:
    """Return an instant as somebody would type it, so that it is read as the same instant."""
    local = instant.astimezone(zone)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        return when.stamp(instant)  # the clocks show that time twice
    return f"{when.WEEKDAYS[local.weekday()][:3]} {local:%Y-%m-%d %H:%M}"
