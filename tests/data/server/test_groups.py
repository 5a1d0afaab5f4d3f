"""Who is in a group, at a glance."""

from __future__ import annotations

from datetime import timedelta

from bot.base.clock import SteppedClock
from data.server.groups import GLANCE, Glance
from data.store import Store
from tests.cogs.club import ALICE, BOB, SERVER, Club


async def test_a_glance_names_the_first_to_join_and_counts_all(
    store: Store, clock: SteppedClock
) -> None:
    club = await Club(store, clock).open()
    others = range(1000, 1000 + GLANCE + 3)
    async with store.transaction() as tx:
        for person in reversed(others):
            clock.move_to(clock.now() + timedelta(minutes=1))
            await tx.groups.add_member(club.group.id, person, clock.now())
        now = clock.now()
        for person, until in ((1000, now + timedelta(days=1)), (1001, now), (ALICE, now)):
            await tx.groups.set_away(club.group.id, person, now - timedelta(days=1), until)
        await tx.groups.remove_member(club.group.id, BOB, now)
        here, away = await tx.groups.at_a_glance(club.group.id, now)
        elsewhere = await tx.groups.create(
            guild_id=SERVER,
            channel_id=99,
            name="Empty",
            focus="nothing",
            timezone=None,
            created_by=ALICE,
            now=now,
        )
        assert await tx.groups.at_a_glance(elsewhere.id, now) == (Glance([], 0), Glance([], 0))
    assert here == Glance([ALICE, *reversed(others)][:GLANCE], GLANCE + 3)
    assert away == Glance([1000], 1)
