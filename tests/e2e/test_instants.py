"""Whatever command takes a time, its answer repeats the instant, for each reader's own clocks."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from simcord.results import InteractionResult

from tests.e2e.programmes import steps as programmes
from tests.e2e.reading.steps import schedule
from tests.world import World, text

TIME = "2026-11-12 19:00"
POLL = {"title": "When?", "slots": f"{TIME}; 2026-11-13 19:00"}
CASES: list[tuple[str, dict[str, Any], str]] = [
    ("meeting schedule", {"title": "Toy models", "when": TIME}, "2026-11-12T19:00Z"),
    ("meeting schedule", {"title": "Toy models", "when": TIME, "repeat": "weekly"},
     "2026-11-12T19:00Z"),
    ("meeting schedule", {"title": "A", "when": TIME, "repeat": "weekly", "until": "2027-01-06"},
     "2026-12-31T19:00Z"),
    ("meeting move", {"meeting": "Grokking", "when": TIME}, "2026-11-12T19:00Z"),
    ("meeting move", {"meeting": "Grokking", "when": TIME, "which": "later"},
     "2026-11-12T19:00Z"),
    ("meeting skip", {"series": "Grokking", "day": "2026-11-24"}, "2026-11-24T19:00Z"),
    ("meeting poll", POLL, "2026-11-13T19:00Z"),
    ("meeting poll", {**POLL, "closes": "2026-11-10 12:00"}, "2026-11-10T12:00Z"),
    ("group pause", {"until": TIME}, "2026-11-12T19:00Z"),
    ("commitment add", {"text": "read", "due": TIME}, "2026-11-12T19:00Z"),
    ("checkin schedule", {"cadence": "weekly", "day": "sunday", "time": "18:00"},
     "2026-11-08T18:00Z"),
    ("task add", {"title": "Train", "due": TIME, "project": "Board"}, "2026-11-12T19:00Z"),
    ("task edit", {"task": "Old task", "due": TIME}, "2026-11-12T19:00Z"),
    ("deadline add", {"title": "Submit", "due": TIME, "project": "Board"},
     "2026-11-12T19:00Z"),
    ("deadline move", {"deadline": "Old deadline", "due": TIME}, "2026-11-12T19:00Z"),
    ("programme start", {"list": "Mech interp", "starts": TIME}, "2026-11-12T19:00Z"),
    ("programme skip", {"week": "2026-11-10"}, "2026-11-17T19:00Z"),
]  # fmt: skip


@pytest.mark.parametrize("where", ["home", "away"])
@pytest.mark.parametrize(
    ("command", "options", "at"), CASES, ids=[f"{case[0]} {n}" for n, case in enumerate(CASES)]
)
async def test_the_answer_repeats_the_instant_wherever_the_command_is_used(
    world: World, where: str, command: str, options: dict[str, Any], at: str
) -> None:
    await world.group()
    await _prepare(world, command, options)
    channel = world.channel
    if where == "away":
        channel = world.guild.create_text_channel("away")
        await world.env.settle()
    elif command.startswith(("task", "deadline")):
        channel = world.channel.threads[-1]
    result = await world.organiser.slash(channel, command, **options)
    assert int(datetime.fromisoformat(at).timestamp()) in _instants(result), text(result)


def _instants(result: InteractionResult) -> set[int]:
    """Return the instants that an answer shows in full, in seconds since 1970."""
    shown = text(result) + "".join(text(one) for one in result.followups)
    return {int(found) for found in re.findall(r"<t:(\d+):F>", shown)}


async def _prepare(world: World, command: str, options: dict[str, Any]) -> None:
    """Make what a command needs: a series, a board with a task and a deadline, a list."""
    if "Grokking" in options.values():
        await schedule(world, repeat="weekly")
    if command.startswith(("task", "deadline")):
        paper = "https://arxiv.org/abs/2301.05217"
        await world.organiser.slash(world.channel, "project propose", paper=paper, title="Board")
        thread = world.channel.threads[-1]
        await world.organiser.slash(thread, "task add", title="Old task")
        await world.organiser.slash(thread, "deadline add", title="Old deadline", due="2026-11-20")
    if command == "programme start":
        await programmes.reading_list(world)
    if command == "programme skip":
        await programmes.start(world)
