"""Whoever left a group decides nothing in it any more, whatever they began there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.world import World, text

CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("meeting move", {"meeting": "Superposition", "when": "2026-11-20 18:00"}),
    ("meeting cancel", {"meeting": "Superposition"}),
    ("meeting edit", {"meeting": "Superposition", "minutes": 90}),
    ("meeting end", {"series": "Superposition"}),
    ("meeting skip", {"series": "Superposition", "day": "2026-11-20"}),
)


@pytest.mark.parametrize(("command", "options"), CHANGES)
async def test_a_former_member_changes_no_meeting_that_they_scheduled(
    world: World, command: str, options: dict[str, Any]
) -> None:
    await world.group()
    await world.alice.slash(
        world.channel,
        "meeting schedule",
        title="Superposition",
        when="2026-11-13 18:00",
        repeat="weekly",
    )
    await world.alice.slash(world.channel, "group leave")
    refused = await world.alice.slash(world.channel, command, **options)
    assert "no longer in that group" in text(refused)
    await world.alice.slash(world.channel, "group join")
    taken = await world.alice.slash(world.channel, command, **options)
    assert "no longer in that group" not in text(taken)
