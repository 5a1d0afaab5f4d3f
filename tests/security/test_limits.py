"""Nobody floods: limits by person and time, told with when again; organisers are exempt."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from bot.base import use_limits
from tests.security.stage import every_command
from tests.security.test_forged_ids import buttons, forms
from tests.world import World, text

ROOT = Path(__file__).parents[2]


async def test_every_limited_command_and_control_exists(world: World) -> None:
    assert use_limits.OF_COMMANDS.keys() <= {one.qualified_name for one in every_command(world)}
    known = {":".join(one.split(":")[:2]) for one in (*buttons(world), *forms())}
    assert use_limits.OF_CONTROLS.keys() <= known


async def test_somebody_who_schedules_on_and_on_is_told_when_they_can_again(world: World) -> None:
    await world.group()
    for number in range(use_limits.OPEN.most):
        done = await world.alice.slash(
            world.channel, "meeting schedule", title=f"M{number}", when=f"in {number + 1} days"
        )
        assert "so that nobody is flooded" not in text(done)
    refused = await world.alice.slash(
        world.channel, "meeting schedule", title="One more", when="in 3 days"
    )
    assert refused.ephemeral
    assert re.search(r"You can open 10 meetings.*<t:\d+:R>", text(refused))
    bob = await world.bob.slash(world.channel, "meeting schedule", title="B", when="in 3 days")
    assert "so that nobody is flooded" not in text(bob)
    await world.forward(timedelta(hours=1, minutes=1))
    later = await world.alice.slash(
        world.channel, "meeting schedule", title="Later", when="in 3 days"
    )
    assert "so that nobody is flooded" not in text(later)


async def test_organisers_are_exempt_and_mistakes_cost_nothing(world: World) -> None:
    await world.group()
    await world.organiser.slash(world.channel, "group join")
    for number in range(use_limits.OPEN.most + 2):
        done = await world.organiser.slash(
            world.channel, "meeting schedule", title=f"M{number}", when=f"in {number + 1} days"
        )
        assert "so that nobody is flooded" not in text(done)
    for _ in range(use_limits.OPEN.most + 2):
        wrong = await world.alice.slash(world.channel, "meeting schedule", title="M", when="blue")
        assert "so that nobody is flooded" not in text(wrong)


def test_the_documents_have_the_table() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    for limit in (use_limits.PING, use_limits.OPEN, use_limits.IMPORT, use_limits.WRITE):
        row = next((one for one in page.splitlines() if limit.what in one), "")
        named = {f"`/{name}`" for name, of in use_limits.OF_COMMANDS.items() if of is limit}
        assert {one for one in named if one not in row} <= {"`/Log as check-in`"}, limit.what
