"""Reminders of tasks, and their order: the rules."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.base.errors import Conflict
from bot.base.when import EARLIEST, LATEST
from cogs.boards.deadlines import rules as deadline_rules
from cogs.boards.tasks import rules
from data.boards.projects import ProjectId
from data.boards.tasks import Task, TaskId
from data.states import TaskState

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("UTC", "Europe/London", "America/Los_Angeles", "Asia/Kolkata")]
)
INSTANTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@settings(deadline=None)
@given(INSTANTS, ZONES)
def test_reminders_come_when_people_are_awake_and_in_order(due: datetime, zone: ZoneInfo) -> None:
    now = due - timedelta(days=30)
    found = rules.task_reminders(due, now, zone)
    instants = [instant for _, instant in found]
    assert instants == sorted(instants)
    assert [offset for offset, _ in found][:4] == list(deadline_rules.OFFSETS)
    for offset, instant in found:
        assert EARLIEST <= instant.astimezone(zone).time() <= LATEST
        moved = instant - (due - timedelta(seconds=offset))
        if offset > 0:
            assert timedelta(hours=-15) <= moved <= timedelta()
        if offset == 0:
            assert timedelta() <= moved <= timedelta(hours=13)


@settings(deadline=None)
@given(INSTANTS, ZONES)
def test_an_overdue_task_is_asked_about_once_a_day_in_the_morning(
    due: datetime, zone: ZoneInfo
) -> None:
    asks = rules.asked_at(due, zone)
    passed = dict(deadline_rules.reminders(due, due - timedelta(days=30), zone))[0]
    assert len(asks) == rules.ASKS
    assert asks[0] - due >= rules.AFTER_DUE
    assert asks[0] - passed >= timedelta(hours=6)
    assert {instant.astimezone(zone).time() for instant in asks} == {time(9)}
    for number, instant in enumerate(asks, start=1):
        assert rules.ask_number(due, instant, zone) == number
        assert rules.ask_number(due, instant - timedelta(minutes=1), zone) == number - 1


def task(number: int, state: TaskState = TaskState.TODO, **options: object) -> Task:
    values: dict[str, object] = {
        "id": TaskId(number),
        "guild_id": 1,
        "project_id": ProjectId(1),
        "title": f"Task {number}",
        "notes": None,
        "state": state,
        "due_at": None,
        "obstacle": None,
        "created_by": 1,
        "created_at": NOON,
        "moved_at": NOON,
        **options,
    }
    return Task(**values)  # type: ignore[arg-type]


def test_what_nobody_can_go_on_with_does_not_come_first() -> None:
    tasks = [
        task(1),
        task(2, TaskState.BLOCKED),
        task(3, TaskState.BLOCKED, owners=(7,)),
        task(4, TaskState.DONE),
        task(5, TaskState.DOING, owners=(7,)),
    ]
    assert [one.id for one in rules.on_card(tasks)] == [3, 5, 1, 2, 4]


@given(st.integers(2, 12), st.data())
def test_a_task_moves_one_place_and_the_others_keep_their_order(
    count: int, data: st.DataObject
) -> None:
    tasks = [task(number) for number in range(1, count + 1)] + [task(99, TaskState.DOING)]
    moved = data.draw(st.sampled_from(tasks[1:-1]))
    shifted = rules.shifted(tasks, moved, -1)
    assert shifted[0].id == 99
    before = [one.id for one in rules.on_card(tasks)]
    after = [one.id for one in shifted]
    assert after.index(moved.id) == before.index(moved.id) - 1
    assert [one for one in after if one != moved.id] == [one for one in before if one != moved.id]
    assert rules.shifted(tasks, moved, -200)[1].id == moved.id
    with pytest.raises(Conflict):
        rules.shifted(tasks, tasks[0], -1)
