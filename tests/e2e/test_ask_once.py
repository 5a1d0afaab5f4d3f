"""What people do most asks the store little, and nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from data import sqlite
from data.statements import Ready
from tests.world import World

MOST = {
    "check in": (11, 3),
    "join a group": (16, 5),
    "schedule a meeting": (38, 10),
    "answer a meeting": (10, 3),
    "commit": (10, 3),
    "add a task": (21, 4),
    "type a task's name": (3, 1),
    "take a task": (23, 4),
    "finish a task": (22, 4),
    "write in a log": (18, 5),
}
"""Of each action, the statements and the trips to the store's threads, with all that follows it."""

AGAIN = {
    "join a group": "the group's card is made after what was written",
    "schedule a meeting": "each of its cards is made by itself, after what was written meanwhile",
    "answer a meeting": "where its card stands: to edit it, and to see whether its thread is below",
    "add a task": "the board's card is made after what was written",
    "take a task": "the board's card is made after what was written",
    "finish a task": "the board's card is made after what was written",
    "write in a log": "the board's card is made after what was written",
}
"""Actions in which something is read more than once, and why."""


class Asked:
    """The statements that ran, with their values, and how often somebody waited for a thread."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, str]] = []
        self.trips = 0

    def repeated(self) -> list[tuple[str, str]]:
        """Return what was read more than once."""
        return [
            one
            for one, times in Counter(self.statements).items()
            if times > 1 and one[0].startswith("SELECT")
        ]

    def clear(self) -> None:
        self.statements.clear()
        self.trips = 0


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    found = Asked()
    step, run = sqlite._step, sqlite.Connection._execute

    def noted(database: Any, ready: Ready) -> Any:
        found.statements.append((ready.sql, repr(ready.values)))
        return step(database, ready)

    def counted(self: sqlite.Connection, *arguments: Any) -> Any:
        found.trips += 1
        return run(self, *arguments)

    monkeypatch.setattr(sqlite, "_step", noted)
    monkeypatch.setattr(sqlite.Connection, "_execute", counted)
    return found


@pytest.mark.sqlite("it counts trips to the threads of SQLite")
async def test_the_most_frequent_actions_ask_little_and_nothing_twice(
    world: World, asked: Asked
) -> None:
    found: dict[str, tuple[int, int]] = {}
    twice: dict[str, Sequence[object]] = {}

    async def count(name: str, action: Callable[[], Any]) -> None:
        await world.env.settle()
        asked.clear()
        await action()
        await world.env.settle()
        found[name] = len(asked.statements), asked.trips
        if name not in AGAIN and asked.repeated():
            twice[name] = asked.repeated()

    channel, alice, bob, cara = world.channel, world.alice, world.bob, world.cara
    await world.group()
    await world.organiser.slash(
        channel, "checkin schedule", cadence="weekly", day="sunday", time="18:00"
    )
    await alice.slash(channel, "checkin post", did="read chapter 3", next="write it up")
    await count(
        "check in",
        lambda: bob.slash(channel, "checkin post", did="read chapter 3", next="write it up"),
    )
    await count("join a group", lambda: cara.slash(channel, "group join"))
    await count(
        "schedule a meeting",
        lambda: alice.slash(channel, "meeting schedule", title="Toy models", when="in 3 days"),
    )
    card = next(message for message in channel.history() if message.reactions)
    await count("answer a meeting", lambda: bob.react(card, "✅"))
    await count(
        "commit", lambda: bob.slash(channel, "commitment add", text="Read it", due="in 3 days")
    )
    await alice.slash(channel, "project propose", title="Grokking", paper="arXiv:2201.02177")
    (thread,) = [one for one in channel.threads if "Grokking" in (one.name or "")]
    await alice.slash(thread, "project update", text="It begins")
    await count("add a task", lambda: alice.slash(thread, "task add", title="Train it"))
    await count("type a task's name", lambda: alice.autocomplete(thread, "task move", "task", "Tr"))
    (board,) = thread.pinned_messages()
    await count("take a task", lambda: alice.click(board, label="Take it"))
    (board,) = thread.pinned_messages()
    await count("finish a task", lambda: alice.click(board, label="Done"))
    await count("write in a log", lambda: alice.slash(thread, "project update", text="It groks"))

    over = {
        name: counts
        for name, counts in found.items()
        if counts[0] > MOST[name][0] or counts[1] > MOST[name][1]
    }
    assert over == {}
    assert twice == {}, twice.keys()
    assert found.keys() == MOST.keys()


@pytest.mark.sqlite("it counts trips to the threads of SQLite")
async def test_scheduling_asks_no_more_where_a_group_has_many_meetings(
    world: World, asked: Asked
) -> None:
    await world.group()
    counts: list[int] = []
    for number in range(4):
        await world.env.settle()
        asked.clear()
        await world.alice.slash(
            world.channel, "meeting schedule", title=f"Part {number}", when=f"in {number + 3} days"
        )
        await world.env.settle()
        counts.append(len(asked.statements))
    # One more or less is a refresh that came together with another, or alone.
    assert counts[-1] <= counts[0] + 2, counts
