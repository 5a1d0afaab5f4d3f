"""The tasks of projects: adding, moving and taking them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.errors import Conflict, NotFound
from bot.place import Place
from cogs.boards.rules import board
from cogs.boards.service.access import for_member, project_of
from data.boards import Project
from data.database import Store, Transaction
from data.states import TaskState
from data.tasks import MoveId, Task

DUE = "boards.task"
"""The deadline that reminds a task's owners."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A task after somebody changed it."""

    project: Project
    task: Task
    move: MoveId | None


class TaskService:
    """The use cases of tasks."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def add(
        self,
        place: Place,
        project_id: int,
        *,
        title: str,
        owners: Sequence[int] = (),
        due_at: datetime | None = None,
        notes: str | None = None,
    ) -> Moved:
        """Add a task to a project.

        Raises NotAllowed for who is no member, InvalidInput for what cannot be used, Conflict for
        an owner who is no member, a title that an open task has, and a board that is full.
        """
        title = board.check_text(title, "a title", board.TASK_LIMIT, "title: Train on mod 97")
        notes = board.check_passage(notes, "the notes", board.NOTES_LIMIT)
        now = self.clock.now()
        if due_at is not None:
            board.check_ahead(due_at, now)
        async with self.store.transaction() as tx:
            project = await for_member(tx, place, project_id)
            present = await tx.tasks.of_project(place.guild_id, project.id)
            if len(present) >= board.TASKS:
                raise Conflict(f"A board holds {board.TASKS} tasks, and this one has them all.")
            for other in present:
                if not other.is_done and other.title.casefold() == title.casefold():
                    raise Conflict(f"There is an open task called “{other.title}” already.")
            for user_id in owners:
                await _owner(tx, project, user_id)
            task = await tx.tasks.add(
                guild_id=place.guild_id,
                project_id=project.id,
                title=title,
                notes=notes,
                due_at=due_at,
                owners=owners,
                created_by=place.user_id,
                now=now,
            )
            await _remind(tx, task, now)
        return Moved(project, task, None)

    async def move(self, place: Place, task_id: int, target: TaskState) -> Moved:
        """Bring a task into another state; raises Conflict when it is in it already."""
        now = self.clock.now()
        async with self.store.transaction() as tx:
            project, task = await _task(tx, place, task_id)
            if task.state is target:
                raise Conflict(f"“{task.title}” is {_SAID[target]} already.")
            return await _move(tx, project, task, target, place.user_id, now)

    async def take(self, place: Place, task_id: int) -> Moved:
        """Make somebody an owner of a task, which is then being done.

        Raises Conflict when they have it already, or it is done.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            project, task = await _task(tx, place, task_id)
            if task.is_done:
                raise Conflict(f"“{task.title}” is done already.")
            if not await tx.tasks.add_owner(task.id, place.user_id, now):
                raise Conflict(f"You have “{task.title}” already.")
            target = board.after_taking(task.state)
            if target is not task.state:
                return await _move(tx, project, task, target, place.user_id, now)
            return Moved(project, await _again(tx, task), None)

    async def check_may_add(self, place: Place, project_id: int) -> None:
        """Raise what ``add`` would raise for who is no member, before anything is typed."""
        async with self.store.read() as tx:
            await for_member(tx, place, project_id)

    async def choices(self, guild_id: int, project_id: int) -> list[Task]:
        """Return a project's tasks to choose from, in the order of its board."""
        async with self.store.read() as tx:
            project = await project_of(tx, guild_id, project_id)
            return board.on_card(await tx.tasks.of_project(guild_id, project.id))

    async def named(self, project: Project, given: str) -> Task:
        """Return the task that was picked from the list or typed by title; raises NotFound."""
        wanted = given.strip()
        for task in await self.choices(project.guild_id, project.id):
            if wanted == f"#{task.id}" or wanted.casefold() == task.title.casefold():
                return task
        raise NotFound(
            f"“{project.title}” has no task called “{wanted[:60]}”. Pick one from the list that "
            "opens while you type."
        )

    async def due(self, guild_id: int, task_id: int) -> tuple[Project, Task]:
        """Return a task to remind of; raises NotFound when it is gone or nothing is left to do."""
        async with self.store.read() as tx:
            task = await tx.tasks.get(guild_id, task_id)
            if task is None or task.is_done or task.due_at is None:
                raise NotFound("That task is not due any more.")
            return await project_of(tx, guild_id, task.project_id), task


_SAID = {
    TaskState.TODO: "to do",
    TaskState.DOING: "being done",
    TaskState.REVIEW: "in review",
    TaskState.DONE: "done",
    TaskState.BLOCKED: "blocked",
}


async def _task(tx: Transaction, place: Place, task_id: int) -> tuple[Project, Task]:
    task = await tx.tasks.get(place.guild_id, task_id)
    if task is None:
        raise NotFound("That task does not exist any more.")
    return await for_member(tx, place, task.project_id), task


async def _owner(tx: Transaction, project: Project, user_id: int) -> None:
    if not await tx.boards.is_member(project.id, user_id):
        raise Conflict(
            f"<@{user_id}> is not in “{project.title}”: only members can have its tasks. They can "
            "join with `/project join`."
        )


async def _move(
    tx: Transaction,
    project: Project,
    task: Task,
    target: TaskState,
    user_id: int,
    now: datetime,
) -> Moved:
    """Change the state, and with it whether the task still reminds anybody."""
    move = await tx.tasks.move(task, target, user_id, now)
    moved = await _again(tx, task)
    if moved.is_done:
        await tx.deadlines.cancel(task.id, DUE)
    elif task.is_done:
        await _remind(tx, moved, now)
    return Moved(project, moved, move)


async def _again(tx: Transaction, task: Task) -> Task:
    found = await tx.tasks.get(task.guild_id, task.id)
    assert found is not None  # noqa: S101 - it was read in this transaction
    return found


async def _remind(tx: Transaction, task: Task, now: datetime) -> None:
    """Have a task's owners reminded before it is due."""
    if task.due_at is None:
        return
    for offset, instant in board.reminders(task.due_at, now):
        await tx.deadlines.put(DUE, task.id, instant, guild_id=task.guild_id, offset=offset)
