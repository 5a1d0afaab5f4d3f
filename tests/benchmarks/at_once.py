"""How long the loop is kept from everybody else while people do all that they do most, at once."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping

from tests.benchmarks.commands import FEW, ROUNDS, TURNS, WARM_UP, Action, act, at_rest
from tests.benchmarks.figure import Figure
from tests.benchmarks.watched import watched

LONGEST = 50
"""Milliseconds of its own CPU for which the loop may let nobody else have a turn."""


async def measure() -> list[Figure]:
    """Repeat all actions at once, those of one kind one after the other."""
    async with watched("tests.benchmarks.paused") as its:
        works: list[tuple[Mapping[str, Action], int]] = []

        async def once(
            actions: Mapping[str, Action], rounds: int = ROUNDS, *, warm_up: int = WARM_UP
        ) -> None:
            for action in actions.values():
                await action(0)
                await at_rest(its.bot)
            works.append((actions, rounds))

        await act(its.wire, its.channel, its.people, once)
        await at_rest(its.bot)
        await its.noted()
        await asyncio.gather(*(_repeat(*work) for work in works))
        await at_rest(its.bot)
        seconds, _, what = (await its.noted()).partition("\n")
    longest = float(seconds) * 1000
    print(f"the longest step: {what}", file=sys.stderr)
    name = "all of people's actions at once: the loop's longest step"
    return [Figure(name, longest, "ms", LONGEST)]


async def _repeat(actions: Mapping[str, Action], rounds: int) -> None:
    for number in range(1, rounds if rounds in (FEW, TURNS) else ROUNDS):
        for action in actions.values():
            await action(number)
