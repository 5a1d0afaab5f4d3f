"""Whatever is typed into any option of any command: it is answered, and nothing breaks.

``SECURITY_INPUTS=10000 pytest tests/security/test_fuzz.py`` tries more.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest
from discord import AppCommandOptionType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.base.clock import SteppedClock
from bot.config import Settings
from tests.conftest import NOON
from tests.figures import Figures
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
    listening,
    new_server,
    use,
)
from tests.security.words import EVIL, NASTY
from tests.world import World

INPUTS = int(os.environ.get("SECURITY_INPUTS", "200"))

LONGEST = 6000
"""How much Discord takes in an option of a command."""

PIECES = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(), max_size=40),
    st.sampled_from(NASTY),
    st.sampled_from(["@everyone", "[x](", EVIL, ")", "`", "\\", "\n", "\u202e", "#1", "<@", ">"]),
    st.sampled_from(["1", "2e", "-", "%", "±", ".", ",", "in ", "days", "19:00", "<t:", ":R"]),
)  # fmt: skip

TYPED = st.one_of(
    st.lists(PIECES, min_size=1, max_size=6).map("".join),
    st.tuples(PIECES, st.integers(1, 2000)).map(lambda pair: pair[0] * pair[1]),
).map(lambda text: text[:LONGEST] or " ")


class Ground:
    """A furnished server that is put back after each input."""

    def __init__(self, settings: Settings) -> None:
        self.world = World(settings, SteppedClock(NOON))
        self.examples: list[tuple[Example, list[str]]] = []

    async def open(self) -> None:
        await self.world.start()
        self.side: Side = new_server(self.world, "first", "quokka")
        await furnish(self.world, self.side)
        self.saved = Saved(self.world)
        for command in list(every_slash(self.world)):
            filled = await example(self.world, self.side, command)
            names = [
                parameter.display_name
                for parameter in command.parameters
                if parameter.type is AppCommandOptionType.string and not parameter.choices
            ]
            if names:
                self.examples.append((filled, names))

    async def type(self, filled: Example, instead: dict[str, Any], reported: Reported) -> None:
        self.saved.restore()
        reported.take()
        requested = self.world.env.http_requests
        sent = len(requested)
        name = filled.command.qualified_name
        for option, text in instead.items():
            if option in filled.offered:
                await self.side.insider.autocomplete(filled.channel, name, option, text)
        result = await use(filled, self.side.insider, **instead)
        await confirm(self.side.insider, result)
        assert defects(reported.take()) == []
        assert result.acknowledged
        assert requests.problems(requested[sent:], [self.side], own=True) == []

    async def close(self) -> None:
        self.saved.close()
        await self.world.stop()


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
def test_whatever_is_typed_is_answered_and_nothing_breaks(
    request: pytest.FixtureRequest, tell: Callable[[str, Figures], None]
) -> None:
    ground = Ground(request.getfixturevalue("settings"))
    with asyncio.Runner() as runner:
        runner.run(ground.open())
        with listening(ground.world) as reported:

            @settings(
                max_examples=INPUTS,
                deadline=None,
                database=None,
                suppress_health_check=tuple(HealthCheck.__members__.values()),
            )
            @given(st.data())
            def typing(data: st.DataObject) -> None:
                filled, names = data.draw(st.sampled_from(ground.examples))
                chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
                instead = {name: data.draw(TYPED, label=name) for name in chosen}
                runner.run(ground.type(filled, instead, reported))

            typing()
        runner.run(ground.close())
    tell("inputs", {"bad inputs tried": INPUTS})
