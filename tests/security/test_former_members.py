"""Whoever left a group decides nothing in it any more, whatever they began there."""

from __future__ import annotations

from typing import Any

import pytest

from data.boards.projects import ProjectId
from tests.e2e.boards.test_life import board
from tests.e2e.checkins.test_rounds import post, rounds
from tests.security.stage import press
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


async def test_a_former_member_has_no_part_in_a_task_that_is_opened_again(world: World) -> None:
    thread = await board(world)
    await world.group()
    await world.bob.slash(thread, "task add", title="Train on mod 97", owner=world.bob)
    await world.bob.slash(thread, "task move", task="Train on mod 97", state="done")
    await world.bob.slash(thread, "project leave")
    await world.alice.slash(thread, "task move", task="Train on mod 97", state="todo")
    async with world.bot.store.read() as tx:
        (task,) = await tx.tasks.of_project(world.guild.id, ProjectId(1))
    assert task.owners == ()
    made = await world.bob.slash(
        world.channel, "commitment add", text="train on mod 97", due="in 3 days"
    )
    assert "Is “train on mod 97” the task" not in "".join(text(one) for one in made.followups)
    refused = await press(world.bob, world.channel, "commitment:is:1:1")
    assert "not a task of yours" in text(refused)
    async with world.bot.store.read() as tx:
        (after,) = await tx.tasks.of_project(world.guild.id, ProjectId(1))
    assert after.due_at is None


async def test_a_former_member_has_no_part_in_a_task_that_was_dropped_and_is_back(
    world: World,
) -> None:
    thread = await board(world)
    await world.bob.slash(thread, "task add", title="Train", owner=world.bob)
    dropped = await press(world.alice, thread, "task:drop:1")
    await world.bob.slash(thread, "project leave")
    await world.alice.click(dropped.response, label="Undo")
    async with world.bot.store.read() as tx:
        (task,) = await tx.tasks.of_project(world.guild.id, ProjectId(1))
    assert task.owners == ()
