"""Whoever left a group decides nothing in it any more, whatever they began there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.checkins.test_rounds import post, rounds
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


async def test_a_former_member_writes_nothing_into_the_channel_by_an_old_check_in(
    world: World,
) -> None:
    await rounds(world)
    await post(world, world.alice, "Read chapter 3")
    form = await world.alice.slash(world.channel, "checkin edit")
    await world.alice.slash(world.channel, "group leave")
    refused = await world.alice.submit_modal(form, {"did": "Come to my server", "next": ""})
    await world.env.settle()
    assert "no longer in that group" in text(refused)
    assert not [one for one in world.channel.history() if "my server" in text(one)]
    # What they wrote they can take back, but not put there again.
    asked = await world.alice.slash(world.channel, "checkin delete")
    deleted = await world.alice.click(asked.response, label="Delete it")
    await world.env.settle()
    assert not [one for one in world.channel.history() if "Read chapter 3" in text(one)]
    assert not deleted.response or "no longer" not in text(deleted)
    back = await world.alice.click(asked.response, label="Undo")
    await world.env.settle()
    assert "no longer in that group" in text(back)
    assert not [one for one in world.channel.history() if "Read chapter 3" in text(one)]


async def test_a_former_member_asks_nobody_to_witness(world: World) -> None:
    await rounds(world)
    await world.alice.slash(world.channel, "commitment add", text="Ship it", witness=world.bob)
    await world.alice.slash(world.channel, "group leave")
    done = await world.alice.slash(world.channel, "commitment done", commitment="Ship it")
    await world.env.settle()
    assert "Ship it" in text(done)
    assert not [one for one in world.channel.history() if "as the witness" in text(one)]
