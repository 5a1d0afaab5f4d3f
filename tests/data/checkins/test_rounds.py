"""The rows of rounds, check-ins and commitments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from data.checkins.rounds import DEFAULT_QUESTIONS, Checkin, Round
from data.server.groups import Group
from data.store import Store
from data.transaction import Transaction
from tests.database import INTEGRITY

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


async def group(tx: Transaction) -> Group:
    made = await tx.groups.create(
        guild_id=1,
        channel_id=2,
        name="Grok",
        focus="a paper",
        timezone=None,
        created_by=9,
        now=NOON,
    )
    for user_id in (11, 12, 13):
        await tx.groups.add_member(made.id, user_id, NOON)
    return made


async def round_(tx: Transaction, of: Group, number: int) -> Round:
    due_at = NOON + number * WEEK
    return await tx.checkins.add_round(
        guild_id=1,
        group_id=of.id,
        number=number,
        questions=DEFAULT_QUESTIONS,
        opens_at=due_at - WEEK,
        prompt_at=due_at - timedelta(days=2),
        due_at=due_at,
    )


async def checkin(tx: Transaction, in_round: Round, user_id: int, **more: str) -> Checkin:
    answers = {"did": "x", "next": "", "blocked": "", "extra": ""} | more
    return await tx.checkins.add(
        guild_id=1,
        group_id=in_round.group_id,
        round_id=in_round.id,
        user_id=user_id,
        questions=in_round.questions,
        late=False,
        posted_at=NOON,
        **answers,
    )


async def close(tx: Transaction, one: Round) -> None:
    await tx.checkins.edit_round(one.id, closed_at=one.due_at)
    await tx.checkins.take_roll(one)


async def test_a_group_is_in_one_round_at_a_time(store: Store) -> None:
    async with store.transaction() as tx:
        of = await group(tx)
        await round_(tx, of, 1)
    with pytest.raises(INTEGRITY):
        async with store.transaction() as tx:
            await round_(tx, of, 2)


async def test_a_person_has_one_check_in_a_round_and_may_post_again_once_it_is_deleted(
    store: Store,
) -> None:
    async with store.transaction() as tx:
        one = await round_(tx, await group(tx), 1)
        first = await checkin(tx, one, 11)
    with pytest.raises(INTEGRITY):
        async with store.transaction() as tx:
            await checkin(tx, one, 11)
    async with store.transaction() as tx:
        await tx.checkins.edit(first.id, deleted_at=NOON)
        second = await checkin(tx, one, 11)
        assert await tx.checkins.posted_in(one.id) == [11]
        turn = await tx.checkins.turn_of(one.group_id, 11)
    assert turn is not None
    assert turn.posted == {one.id: second.id}


async def test_a_turn_knows_the_last_two_rounds_only_and_nobody_who_left(store: Store) -> None:
    async with store.transaction() as tx:
        of = await group(tx)
        for number in (1, 2, 3):
            last = await round_(tx, of, number)
            if number < 3:
                await close(tx, last)
        turn = await tx.checkins.turn_of(of.id, 12)
        assert turn is not None
        assert [one.number for one in turn.rounds] == [3, 2]
        assert turn.rounds[0] == last
        await tx.groups.remove_member(of.id, 12, NOON)
        assert await tx.checkins.turn_of(of.id, 12) is None


async def test_the_roll_tells_who_was_there_and_who_was_away(store: Store) -> None:
    async with store.transaction() as tx:
        of = await group(tx)
        one = await round_(tx, of, 1)
        await tx.groups.set_away(of.id, 12, NOON, one.due_at + 2 * WEEK)
        await tx.groups.set_away(of.id, 13, NOON, one.due_at - timedelta(days=1))
        await checkin(tx, one, 11)
        await close(tx, one)
        await tx.groups.add_member(of.id, 14, one.due_at + timedelta(hours=1))
        absent = {entry.user_id: entry.away for entry in await tx.checkins.absent_in(one)}
        assert absent == {12: True, 13: False}

        two = await round_(tx, of, 2)
        await close(tx, two)
        turns = await tx.history.turns(of.id, one.number, two.number)
        assert [(turn.user_id, turn.number) for turn in turns if turn.missed] == [
            (11, two.number),
            (13, two.number),
            (13, one.number),
            (14, two.number),
        ]
        latest, first = await tx.history.turnouts(of.id, 5)
        assert (first.expected, first.posted) == (2, 1)
        assert (latest.expected, latest.posted) == (4 - 1, 0)
        records = await tx.history.records_of(of.id, 12)
        assert [(entry.posted, entry.away) for entry in records] == [(False, True), (False, True)]


async def test_a_commitment_of_another_server_is_not_found(store: Store) -> None:
    async with store.transaction() as tx:
        one = await round_(tx, await group(tx), 1)
        posted = await checkin(tx, one, 11)
        await tx.commitments.add_lines(posted, ["read", "write"], NOON)
        made = await tx.commitments.open_of(one.group_id, 11)
        assert [entry.text for entry in made] == ["read", "write"]
        assert await tx.commitments.get(1, made[0].id) == made[0]
        assert await tx.commitments.get(2, made[0].id) is None
        assert await tx.checkins.get(2, posted.id) is None
        assert await tx.checkins.round(2, one.id) is None
