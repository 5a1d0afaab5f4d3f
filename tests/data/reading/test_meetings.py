"""What others ask of the meetings."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.base.clock import SteppedClock
from data.reading.meetings import MeetingId
from data.reading.rsvps import Rsvp
from data.server.groups import Group
from data.states import Answer
from data.store import Store
from data.transaction import Transaction

SERVER = 10


async def group(tx: Transaction, channel_id: int, now: datetime) -> Group:
    return await tx.groups.create(
        guild_id=SERVER,
        channel_id=channel_id,
        name=f"group {channel_id}",
        focus="a paper",
        timezone=None,
        created_by=1,
        now=now,
    )


async def meeting(tx: Transaction, where: Group, starts_at: datetime, now: datetime) -> MeetingId:
    return await tx.meetings.add(
        guild_id=where.guild_id,
        group_id=where.id,
        title="Grokking",
        starts_at=starts_at,
        minutes=60,
        created_by=1,
        created_at=now,
    )


async def test_the_next_meeting_of_a_group_has_not_begun_and_is_not_cancelled(
    store: Store, clock: SteppedClock
) -> None:
    now = clock.now()
    async with store.transaction() as tx:
        ours, other = await group(tx, 1, now), await group(tx, 2, now)
        await meeting(tx, ours, now - timedelta(minutes=10), now)
        cancelled = await meeting(tx, ours, now + timedelta(hours=1), now)
        await tx.meetings.edit(cancelled, cancelled_at=now)
        wanted = await meeting(tx, ours, now + timedelta(hours=3), now)
        await meeting(tx, ours, now + timedelta(hours=4), now)
        await meeting(tx, other, now + timedelta(hours=2), now)
        found = await tx.meetings.next_of_group(ours.id, now)
    assert found is not None
    assert found.id == wanted


@pytest.mark.parametrize("answer", [None, *Answer])
async def test_the_next_meeting_of_a_person_is_one_of_their_groups_or_one_they_come_to(
    store: Store, clock: SteppedClock, answer: Answer | None
) -> None:
    now = clock.now()
    async with store.transaction() as tx:
        own, other = await group(tx, 1, now), await group(tx, 2, now)
        await tx.groups.add_member(own.id, 7, now)
        elsewhere = await meeting(tx, other, now + timedelta(hours=1), now)
        here = await meeting(tx, own, now + timedelta(hours=2), now)
        for one in (elsewhere, here):
            if answer is not None:
                await tx.rsvps.put([Rsvp(one, 7, answer, 1, (), None, now)])
        found = await tx.meetings.next_of_person(SERVER, 7, now)
        nothing = await tx.meetings.next_of_person(SERVER + 1, 7, now)
    assert nothing is None
    expected = {
        None: here,
        Answer.GOING: elsewhere,
        Answer.MAYBE: elsewhere,
        Answer.NOT_GOING: None,
    }[answer]
    assert (found.id if found else None) == expected
