"""What holds for projects, tasks and deadlines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import InvalidInput
from cogs.boards import wording as boards_wording
from cogs.boards.deadlines import rules as deadline_rules
from cogs.boards.projects import rules as project_rules
from cogs.boards.tasks import rules as task_rules
from data.boards.projects import ProjectId
from data.boards.tasks import Task, TaskId
from data.states import TaskState

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def task(number: int, state: TaskState, due_in: int | None = None) -> Task:
    due = NOW + timedelta(days=due_in) if due_in is not None else None
    return Task(
        TaskId(number), 1, ProjectId(1), f"task {number}", None, state, due, None, 1, NOW, NOW
    )


def test_a_deadline_in_ten_days_reminds_a_week_a_day_and_two_hours_before_and_then() -> None:
    due = NOW + timedelta(days=10)
    assert deadline_rules.reminders(due, NOW, ZoneInfo("UTC")) == [
        (604800, due - timedelta(days=7)),
        (86400, due - timedelta(days=1)),
        (7200, due - timedelta(hours=2)),
        (0, due),
    ]


@given(st.integers(min_value=1, max_value=10**8))
def test_a_reminder_is_never_in_the_past_and_the_last_is_the_deadline(seconds: int) -> None:
    due = NOW + timedelta(seconds=seconds)
    ahead = deadline_rules.reminders(due, NOW, ZoneInfo("UTC"))
    assert all(instant > NOW for _, instant in ahead)
    offset, last = ahead[-1]
    assert offset == 0
    assert due <= last <= due + timedelta(hours=13)


def test_skills_are_listed_between_commas_each_once() -> None:
    assert project_rules.check_skills(" PyTorch,  technical   writing; PyTorch,,") == (
        "PyTorch",
        "technical writing",
    )


@pytest.mark.parametrize("skills", ["x" * 41, ",".join(map(str, range(11)))])
def test_skills_that_are_too_long_or_too_many_are_refused_with_an_example(skills: str) -> None:
    with pytest.raises(InvalidInput, match="PyTorch"):
        project_rules.check_skills(skills)


def test_the_card_shows_what_is_stuck_first_and_then_by_due_time() -> None:
    tasks = [
        task(1, TaskState.TODO),
        task(2, TaskState.TODO, due_in=3),
        task(3, TaskState.DOING),
        task(4, TaskState.DONE),
        task(5, TaskState.BLOCKED),
        task(6, TaskState.TODO, due_in=1),
    ]
    assert [one.id for one in task_rules.on_card(tasks)] == [3, 6, 2, 1, 5, 4]


@given(st.text(max_size=700), st.integers(min_value=2, max_value=600))
def test_a_shown_text_never_exceeds_its_limit_however_much_must_be_escaped(
    text: str, limit: int
) -> None:
    shown = boards_wording.short(text, limit)
    assert len(shown) <= limit
    assert "\n" not in shown
