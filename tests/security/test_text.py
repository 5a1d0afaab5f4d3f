"""Hostile text in every option of every command: nobody is pinged, nothing breaks."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from discord import AppCommandOptionType

from tests.security import requests
from tests.security.stage import (
    Example,
    Reported,
    Saved,
    Side,
    confirm,
    defects,
    every_slash,
    example,
    furnish,
    new_server,
    use,
)
from tests.security.words import EVIL, nasty
from tests.world import World

SHARE = 1 if "SECURITY_INPUTS" in os.environ else 7
"""Each command is tried with one text in this many, the next command with another."""


def texts(filled: Example) -> list[str]:
    """Return the names of a command's options into which anything can be typed."""
    return [
        parameter.display_name
        for parameter in filled.command.parameters
        if parameter.type is AppCommandOptionType.string and not parameter.choices
    ]


async def test_hostile_text_in_every_option_breaks_nothing_and_pings_nobody(
    world: World, reported: Reported
) -> None:
    side = new_server(world, "first", "quokka")
    await furnish(world, side)
    saved = Saved(world)
    wrong: list[str] = []
    for offset, command in enumerate(every_slash(world)):
        saved.restore()
        filled = await example(world, side, command)
        names = texts(filled)
        chosen = list(nasty(side).items())[offset % SHARE :: SHARE] if names else []
        for number, (what, text) in enumerate(chosen):
            # What is refused in one option hides the others: so in all at once, and in one alone.
            every = [name for name in names if name not in filled.offered]
            alone = number % 2 == 0 or not every
            instead = dict.fromkeys([names[number % len(names)]] if alone else every, text)
            saved.restore()
            wrong += await problems(world, side, filled, what, instead, reported)
    saved.close()
    assert not wrong, "\n".join(wrong)


async def test_hostile_titles_and_names_are_links_and_pings_nowhere_that_they_are_shown(
    world: World, reported: Reported
) -> None:
    side = new_server(world, f"[[x]({EVIL})", "quokka")  # people's names begin with it
    side.word = f"[x]({EVIL}) <@{side.outsider.id}>"
    await furnish(world, side)
    await world.forward(timedelta(hours=1))
    saved = Saved(world)
    wrong: list[str] = []
    for command in list(every_slash(world)):
        saved.restore()
        filled = await example(world, side, command)
        # An invitation is the one thing that pings somebody who joined nothing.
        watched = [] if "person" in filled.options else [side]
        for person in (side.outsider, side.member, side.insider):
            for _ in range(2):  # the second time there is often something in the way
                sent = len(world.env.http_requests)
                await confirm(person, await use(filled, person))
                wrong += [
                    f"/{command.qualified_name}: {one}"
                    for one in requests.problems(world.env.http_requests[sent:], watched)
                ]
    saved.restore()
    sent = len(world.env.http_requests)
    await world.forward(timedelta(days=15))
    wrong += requests.problems(world.env.http_requests[sent:], [side])
    saved.close()
    assert defects(reported.take()) == []
    assert not wrong, "\n".join(wrong)


async def problems(
    world: World,
    side: Side,
    filled: Example,
    what: str,
    instead: dict[str, Any],
    reported: Reported,
) -> list[str]:
    reported.take()
    sent = len(world.env.http_requests)
    result = await use(filled, side.insider, **instead)
    confirmed = await confirm(side.insider, result)
    name = f"/{filled.command.qualified_name} {what} in {list(instead)}"
    found = [f"{name}: {one}" for one in defects(reported.take())]
    if not all(one.acknowledged for one in (result, *confirmed)):
        found.append(f"{name}: no answer")
    found += [
        f"{name}: {one}"
        for one in requests.problems(world.env.http_requests[sent:], [side], own=True)
    ]
    return found
