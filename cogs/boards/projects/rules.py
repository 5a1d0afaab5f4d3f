"""What holds for projects, their tasks and their deadlines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.base.errors import Conflict, InvalidInput, NotAllowed
from bot.base.when import MORNING, local, waking
from bot.base.wording import named, person
from bot.place import Place
from data.boards.projects import Project
from data.boards.tasks import Task
from data.states import ProjectState, TaskState

TITLE_LIMIT = 100
"""The longest title of a project: it names a thread, which Discord limits to this."""

TASK_LIMIT = 120
SUMMARY_LIMIT = 600
NOTES_LIMIT = 1000
OBSTACLE_LIMIT = 300
UPDATE_LIMIT = 1500
CITED_LIMIT = 300
SKILL_LIMIT = 40
SKILLS = 10
"""How many skills a project may ask for."""

TASKS = 200
"""How many tasks a project may have."""

DEADLINES = 25
"""How many open deadlines a project may have: as many as a list offers to choose from."""

OFFSETS = tuple(
    int(before.total_seconds())
    for before in (timedelta(days=7), timedelta(days=1), timedelta(hours=2), timedelta())
)
"""Seconds before a deadline at which its people are reminded; the last is when it passes."""

ASKS = 3
"""On how many mornings it is asked about a task that is overdue; on the last one of the lead."""

AFTER_DUE = timedelta(hours=20)
"""How long after a task was due the first of those mornings is, at least."""


LIVES = frozenset(
    {ProjectState.PROPOSED, ProjectState.RECRUITING, ProjectState.ACTIVE, ProjectState.WRITING}
)
"""The states in which silence means something."""

USUAL_DAYS = 14
"""After how many days of silence the lead is asked, unless the project chose another number."""

DAYS = range(7, 91)
"""The days of silence that a project may choose; 0 means never."""

ORGANISERS_AFTER = timedelta(days=7)
"""How long after the lead the organisers are asked."""

_CARD_ORDER = (TaskState.BLOCKED, TaskState.REVIEW, TaskState.DOING, TaskState.TODO, TaskState.DONE)
_WAITS = _CARD_ORDER.index(TaskState.DONE) - 0.5
"""Where a blocked task stands that nobody has: nobody can go on with it now."""


def check_text(text: str, what: str, limit: int, example: str) -> str:
    """Return a text on one line; InvalidInput with ``example`` when it is empty or too long."""
    tidy = " ".join(text.split())
    if not tidy:
        raise InvalidInput(f"Give {what}, for example `{example}`.")
    if len(tidy) > limit:
        raise InvalidInput(
            f"{what[0].upper()}{what[1:]} can have {limit} characters; that has {len(tidy)}."
        )
    return tidy


def check_passage(text: str | None, what: str, limit: int) -> str | None:
    """Return a text of several lines, None for an empty one; InvalidInput when it is too long."""
    tidy = (text or "").strip()
    if len(tidy) > limit:
        raise InvalidInput(
            f"{what[0].upper()}{what[1:]} can have {limit} characters; that has {len(tidy)}."
        )
    return tidy or None


def check_skills(text: str | None) -> tuple[str, ...]:
    """Return what was listed between commas, each once, in order."""
    listed = [" ".join(part.split()) for part in (text or "").replace(";", ",").split(",")]
    skills = tuple(dict.fromkeys(skill for skill in listed if skill))
    if len(skills) > SKILLS:
        raise InvalidInput(f"List at most {SKILLS} skills, for example `PyTorch, writing`.")
    for skill in skills:
        if len(skill) > SKILL_LIMIT:
            raise InvalidInput(
                f"“{skill[:SKILL_LIMIT]}…” is too long for a skill. List them between commas, for "
                "example `PyTorch, writing`."
            )
    return skills


def reminders(due_at: datetime, now: datetime, zone: ZoneInfo) -> list[tuple[int, datetime]]:
    """Return the reminders of a deadline that are ahead: seconds before it, and the instant.

    What would come at night in ``zone`` comes at a humane hour: a reminder the evening before,
    that it has passed the morning after.
    """
    instants = (
        (
            offset,
            waking(due_at - timedelta(seconds=offset), zone, earlier=offset > 0),
        )
        for offset in OFFSETS
    )
    return [(offset, instant) for offset, instant in instants if instant > now]


def task_reminders(due_at: datetime, now: datetime, zone: ZoneInfo) -> list[tuple[int, datetime]]:
    """Return the same of a task, and the mornings on which it is asked about once overdue."""
    asks = [
        (-number * 86400, instant) for number, instant in enumerate(asked_at(due_at, zone), start=1)
    ]
    return [
        *reminders(due_at, now, zone),
        *((offset, instant) for offset, instant in asks if instant > now),
    ]


def asked_at(due_at: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return the mornings on which it is asked about a task that was due at ``due_at``.

    All overdue tasks of a project are asked about at the same instant of a day, so that it is
    one question.
    """
    first = due_at + AFTER_DUE
    day = first.astimezone(zone).date()
    if local(day, MORNING, zone) < first:
        day += timedelta(days=1)
    return [local(day + timedelta(days=number), MORNING, zone) for number in range(ASKS)]


def ask_number(due_at: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Return how often it was to be asked about an overdue task by now; 0 for not yet."""
    return sum(instant <= now for instant in asked_at(due_at, zone))


def check_ahead(due_at: datetime, now: datetime) -> None:
    """Raise InvalidInput for a deadline that has passed already."""
    if due_at <= now:
        raise InvalidInput("That has passed. Give a time to come, for example `in 2 weeks`.")


def on_card(tasks: Iterable[Task]) -> list[Task]:
    """Return tasks as a board shows them.

    What needs somebody comes first; then as somebody put them, and by due time where nobody did.
    """

    def key(task: Task) -> tuple[float, float, float, int]:
        due = task.due_at.timestamp() if task.due_at else float("inf")
        placed = float("inf") if task.position is None else float(task.position)
        return _rank(task), placed, due, task.id

    return sorted(tasks, key=key)


def _rank(task: Task) -> float:
    if task.state is TaskState.BLOCKED and not task.owners:
        return _WAITS
    return float(_CARD_ORDER.index(task.state))


def shifted(tasks: Iterable[Task], moved: Task, by: int) -> list[Task]:
    """Return the open tasks with one of them ``by`` places further down, or up where negative.

    It stays among those of its state. Raises Conflict when it stands at that end already.
    """
    still = [task for task in on_card(tasks) if not task.is_done]
    block = [task for task in still if _rank(task) == _rank(moved)]
    at = next(index for index, task in enumerate(block) if task.id == moved.id)
    to = max(0, min(len(block) - 1, at + by))
    if to == at:
        end = "first" if by < 0 else "last"
        raise Conflict(f"“{named(moved.title)}” is the {end} of those that are like it already.")
    block.insert(to, block.pop(at))
    first = next(index for index, task in enumerate(still) if _rank(task) == _rank(moved))
    return [*still[:first], *block, *still[first + len(block) :]]


def fitting(text: str) -> str:
    """Return a text as the title of a task, cut where it is too long for one."""
    return text if len(text) <= TASK_LIMIT else text[: TASK_LIMIT - 1].rstrip() + "…"


def check_free_title(tasks: Iterable[Task], title: str) -> None:
    """Raise Conflict when an open task has the title: it could not be told from the new one."""
    for other in tasks:
        if not other.is_done and other.title.casefold() == title.casefold():
            raise Conflict(f"There is an open task called “{named(other.title)}” already.")


def after_taking(state: TaskState) -> TaskState:
    """Return the state of a task that somebody takes: it is being done, unless it was already."""
    return TaskState.DOING if state is TaskState.TODO else state


def check_room(project: Project, members: int) -> None:
    """Raise Conflict when a project is full."""
    if project.capacity is not None and members >= project.capacity:
        raise Conflict(
            f"“{named(project.title)}” is full: it has {members} of {project.capacity} members. "
            f"Ask its lead{_who(project)} to make room."
        )


def only_members(project: Project, *, member: bool) -> None:
    """Raise NotAllowed, saying how to join, for who is no member."""
    if not member:
        raise NotAllowed(
            f"Only members of “{named(project.title)}” can do that. Press Join on its board"
            f"{_where(project)}, or use `/project join`."
        )


def only_leads(project: Project, place: Place) -> None:
    """Raise NotAllowed, saying who may, for who neither leads the project nor organises."""
    if project.lead_id != place.user_id and not place.organiser:
        raise NotAllowed(
            f"Only the lead of “{named(project.title)}”{_who(project)} or an organiser can do that."
        )


def is_alive(project: Project) -> bool:
    """Whether silence means something: the project is neither over, paused nor archived."""
    return project.archived_at is None and project.state in LIVES


def silence_of(project: Project) -> timedelta | None:
    """Return after how long a project's silence is asked about; None for never."""
    days = USUAL_DAYS if project.silence_days is None else project.silence_days
    return timedelta(days=days) if days else None


def check_days(typed: str) -> int:
    """Return the days of silence that were typed, 0 for “off”; InvalidInput for anything else."""
    tidy = typed.strip().casefold()
    if tidy in ("off", "never", "none", "no", "0", "-"):
        return 0
    match = re.fullmatch(r"([0-9]{1,3})\s*(?:d|days?)?", tidy)
    if match is None or int(match[1]) not in DAYS:
        raise InvalidInput(
            f"Give a number of days from {DAYS.start} to {DAYS.stop - 1}, for example `30`, or "
            "`off` to never be asked."
        )
    return int(match[1])


def check_url(url: str, limit: int) -> str:
    """Return the address of a web page; InvalidInput for anything else."""
    tidy = url.strip()
    try:
        parts = urlsplit(tidy)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or not tidy.isprintable():
        raise InvalidInput("Give a link to a web page, for example `https://github.com/you/code`.")
    if any(mark in tidy for mark in " <>()[]|`\\") or parts.username or parts.password:
        raise InvalidInput("That link has signs in it that cannot be shown. Shorten it.")
    if len(tidy) > limit:
        raise InvalidInput(f"That link has {len(tidy)} characters; {limit} are the most.")
    return tidy


def holds(wanted: str, texts: Iterable[str]) -> bool:
    """Whether one of the texts holds what is wanted, whatever its case."""
    return any(wanted.strip().casefold() in text.casefold() for text in texts)


def check_alive(project: Project) -> None:
    """Raise Conflict when a project is archived."""
    if project.archived_at is not None:
        raise Conflict(
            f"“{named(project.title)}” is archived: nothing changes in it until its lead uses "
            "`/project reopen`."
        )


def _who(project: Project) -> str:
    return f", {person(project.lead_id)}," if project.lead_id is not None else ""


def _where(project: Project) -> str:
    return f", <#{project.thread_id}>" if project.thread_id is not None else ""
