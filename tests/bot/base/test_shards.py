"""Which servers are a process's own."""

from __future__ import annotations

import pytest

from bot.base.shards import ALL, Shards


@pytest.mark.parametrize(
    ("own", "said"),
    [((0, 1, 2, 3), "0-3 of 8"), ((4,), "4 of 8"), ((0, 2, 3, 7), "0,2-3,7 of 8")],
)
def test_they_are_named_as_they_are_set(own: tuple[int, ...], said: str) -> None:
    assert str(Shards(8, own)) == said


def test_every_server_is_of_one_shard() -> None:
    halves = Shards(4, (0, 3)), Shards(4, (1, 2))
    servers = [1_577_165_940_913_602_561 + (number << 22) for number in range(50)]
    for guild_id in servers:
        assert [half.has(guild_id) for half in halves].count(True) == 1
        assert ALL.has(guild_id)
    assert sum(half.share for half in halves) == 1
    assert [half.is_first for half in halves] == [True, False]
    assert not any(half.is_all for half in halves)
    assert ALL.is_all
