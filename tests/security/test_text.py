"""Hostile text in every option of every command: nobody is pinged, nothing breaks."""

from __future__ import annotations

from typing import Any

import pytest
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
from tests.security.words import nasty
from tests.world import World

LONGEST_OPTION = 6000
"""What Discord lets people type into an option of a command."""


def texts(filled: Example) -> list[str]:
    """Return the names of a command's options into which anything can be typed."""
    return [
        parameter.name
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
    for command in list(every_slash(world)):
        saved.restore()
        filled = await example(world, side, command)
        names = texts(filled)
        for what, text in nasty(side).items() if names else ():
            # All at once: what is refused in one option would hide the others, so one by one too.
            for instead in ({names[0]: text}, dict.fromkeys(names, text)):
                saved.restore()
                wrong += await problems(world, side, filled, what, instead, reported)
    saved.close()
    assert not wrong, "\n".join(wrong)


async def problems(
    world: World, side: Side, filled: Example, what: str, instead: dict[str, Any], reported: Reported
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
        for one in requests.problems(world.env.http_requests[sent:], [side])
    ]
    return found
