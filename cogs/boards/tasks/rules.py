"""What holds for tasks: their limits, their order, and when they are asked about."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sized
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from bot.base.errors import Conflict
from bot.base.when import MORNING, local
from bot.base.wording import folded, one_line, person
from cogs.boards.deadlines.rules import reminders
from data.boards.tasks import Task, TaskId
from data.states import TaskState

TASK_LIMIT = 120

NOTES_LIMIT = 1000

OBSTACLE_LIMIT = 300

TASKS = 200
"""How many tasks a project may have."""

ASKED = 10
"""How many tasks of a board wait for one person to take them, when others asked them to."""

ROWS = 6
"""How many open tasks a board shows with a button each; Discord allows 40 components in all."""

ASKS = 3
"""How many mornings we ask about an overdue task; on the last we ask the lead."""

# So a task that was due at midnight is asked about on the morning after next, and not nine hours
# later.
AFTER_DUE = timedelta(hours=20)
"""The shortest time between a task's due time and the first of those mornings."""

_RANK = {
    TaskState.BLOCKED: 0,
    TaskState.REVIEW: 1,
    TaskState.DOING: 2,
    TaskState.TODO: 3,
    # A blocked task that nobody has comes here: nobody can go on with it now.
    TaskState.DONE: 5,
}
"""In which order a board shows tasks, by their state."""

_WAITS = 4

COMMITTED_LIMIT = 300
"""The longest text of a commitment that is made of a task."""


class AnyTask(Protocol):
    """What is known of a task in a list: a whole :class:`Task`, or a :class:`TaskLine`."""

    @property
    def id(self) -> TaskId: ...  # noqa: D102 - as in Task
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def state(self) -> TaskState: ...  # noqa: D102
    @property
    def due_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def position(self) -> int | None: ...  # noqa: D102
    @property
    def owned(self) -> bool: ...  # noqa: D102
    @property
    def is_done(self) -> bool: ...  # noqa: D102


L = TypeVar("L", bound=AnyTask)


def task_reminders(due_at: datetime, now: datetime, zone: ZoneInfo) -> list[tuple[int, datetime]]:
    """Return a task's reminders, and the mornings on which we ask about it once it is overdue."""
    asks = [
        # Negative offsets: seconds after it was due, where those before it are positive, so that
        # each keeps a key of its own.
        (-number * 86400, instant)
        for number, instant in enumerate(asked_at(due_at, zone), start=1)
    ]
    return [
        *reminders(due_at, now, zone),
        *((offset, instant) for offset, instant in asks if instant > now),
    ]


def asked_at(due_at: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return the mornings on which we ask about a task that was due at ``due_at``.

    All overdue tasks of a project are asked about at the same instant of a day, so that it is
    one question.
    """
    first = due_at + AFTER_DUE
    day = first.astimezone(zone).date()
    if local(day, MORNING, zone) < first:
        day += timedelta(days=1)
    return [local(day + timedelta(days=number), MORNING, zone) for number in range(ASKS)]


def ask_number(due_at: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Return how often we should have asked about an overdue task by now; 0 for not yet."""
    return sum(instant <= now for instant in asked_at(due_at, zone))


def on_card(tasks: Iterable[L]) -> list[L]:
    """Return tasks as a board shows them.

    What needs somebody comes first; then as somebody put them, and by due time where nobody did.
    """

    def key(task: L) -> tuple[int, float, float, int]:
        due = math.inf if task.due_at is None else task.due_at.timestamp()
        placed = math.inf if task.position is None else task.position
        return _rank(task), placed, due, task.id

    return sorted(tasks, key=key)


def _rank(task: AnyTask) -> int:
    if task.state is TaskState.BLOCKED and not task.owned:
        return _WAITS
    return _RANK[task.state]


def shifted(tasks: Iterable[L], moved: AnyTask, by: int) -> list[L]:
    """Return the open tasks with one of them ``by`` places further down, or up where negative.

    It stays among those of its state. Raises Conflict when it is at that end already.
    """
    still = [task for task in on_card(tasks) if not task.is_done]
    # By rank and not by state: a blocked task without owners stands elsewhere, and “up” has to mean
    # what people see.
    block = [task for task in still if _rank(task) == _rank(moved)]
    at = next(index for index, task in enumerate(block) if task.id == moved.id)
    to = max(0, min(len(block) - 1, at + by))
    if to == at:
        end = "first" if by < 0 else "last"
        raise Conflict(f"“{one_line(moved.title)}” is the {end} of those that are like it already.")
    block.insert(to, block.pop(at))
    first = next(index for index, task in enumerate(still) if _rank(task) == _rank(moved))
    return [*still[:first], *block, *still[first + len(block) :]]


def fitting(text: str) -> str:
    """Return a text as the title of a task, cut where it is too long for one."""
    return text if len(text) <= TASK_LIMIT else text[: TASK_LIMIT - 1].rstrip() + "…"


def check_room(present: Sized) -> None:
    """Raise Conflict where a board holds as many tasks as it can."""
    if len(present) >= TASKS:
        raise Conflict(f"A board holds {TASKS} tasks, and this one has them all.")


def check_free_title(tasks: Iterable[AnyTask], title: str) -> None:
    """Raise Conflict when an open task has the title: it could not be told from the new one."""
    wanted = folded(title)
    for other in tasks:
        if not other.is_done and folded(other.title) == wanted:
            raise Conflict(f"There is an open task called “{one_line(other.title)}” already.")


def check_may_ask(tasks: Iterable[Task], user_id: int) -> None:
    """Raise Conflict when as much waits for somebody's answer as may."""
    if sum(user_id in task.asked for task in tasks) >= ASKED:
        raise Conflict(
            f"{ASKED} tasks wait for {person(user_id)} to take them or to say no. Ask them about "
            "those first."
        )


def after_taking(state: TaskState) -> TaskState:
    """Return the state of a task that somebody takes: it is being done, unless it was already."""
    return TaskState.DOING if state is TaskState.TODO else state
