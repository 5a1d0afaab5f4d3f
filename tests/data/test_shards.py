"""The database and the code agree on whose server is whose."""

from __future__ import annotations

from datetime import timedelta

from bot.base.clock import SteppedClock
from bot.base.shards import Shards
from data.store import Store

SERVERS = [1_577_165_940_913_602_561 + (number << 22) for number in range(20)]


async def test_a_process_lists_and_claims_what_is_of_its_shards_alone(
    store: Store, clock: SteppedClock
) -> None:
    now = clock.now()
    async with store.transaction() as tx:
        await tx.servers.joined(SERVERS, now)
        for number, guild_id in enumerate(SERVERS):
            due_at = now + timedelta(seconds=number)
            await tx.deadlines.put("kind", number, due_at, guild_id=guild_id)
    later = now + timedelta(hours=1)
    for total in (2, 3, 7):
        claimed: list[int] = []
        for shard in range(total):
            shards = Shards(total, (shard,))
            own = {one for one in SERVERS if shards.has(one)}
            async with store.transaction() as tx:
                assert set(await tx.servers.known(shards=shards)) == own
                assert set(await tx.servers.known(SERVERS[:9], shards)) == own & set(SERVERS[:9])
                first = min(map(SERVERS.index, own))
                assert await tx.deadlines.next_due(shards) == now + timedelta(seconds=first)
                rows = await tx.deadlines.take(later, 50, shards)
                assert {row.guild_id for row in rows} == own
                claimed += [row.guild_id for row in rows]
        assert sorted(claimed) == SERVERS
        async with store.transaction() as tx:
            assert await tx.deadlines.put_back(Shards(total, (0, 1))) == sum(
                Shards(total, (0, 1)).has(one) for one in SERVERS
            )
            await tx.deadlines.put_back()
