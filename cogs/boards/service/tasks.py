"""The tasks of projects: adding, moving and taking them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.errors import Conflict, InvalidInput, NotFound
from bot.place import Place
from cogs.boards.rules import board
from cogs.boards.service.access import for_member, project_of
from cogs.boards.service.life import sign_of_life
from data.boards import Project
from data.database import Store, Transaction
from data.states import TaskState
from data.tasks import Move, MoveId, Task

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
            board.check_free_title(present, title)
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
            await sign_of_life(tx, project, now)
        return Moved(project, task, None)

    async def move(
        self, place: Place, task_id: int, target: TaskState, *, obstacle: str | None = None
    ) -> Moved:
        """Bring a task into another state; ``obstacle`` is what is in the way of a blocked one.

        Raises Conflict when it is in that state already, InvalidInput for an obstacle where
        nothing is blocked.
        """
        obstacle = board.check_passage(obstacle, "what is in the way", board.OBSTACLE_LIMIT)
        if obstacle is not None and target is not TaskState.BLOCKED:
            raise InvalidInput("Only a blocked task has something in its way: move it to blocked.")
        now = self.clock.now()
        async with self.store.transaction() as tx:
            project, task = await _task(tx, place, task_id)
            if task.state is target and obstacle == task.obstacle:
                raise Conflict(f"“{task.title}” is {_SAID[target]} already.")
            return await _move(tx, project, task, target, place.user_id, now, obstacle)

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

    async def undo(self, place: Place, move_id: int) -> Moved:
        """Take one's own last move of a task back, and the task with it where one took it.

        Raises Conflict when it is somebody else's, or the task was moved since.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            move = await tx.tasks.get_move(place.guild_id, move_id)
            if move is None or move.origin is None:
                raise NotFound("That cannot be undone any more.")
            project, task = await _task(tx, place, move.task_id)
            last = await tx.tasks.last_move(place.guild_id, task.id)
            if move.user_id != place.user_id or last is None or last.id != move.id:
                raise Conflict(f"“{task.title}” was moved since: it is {_SAID[task.state]}.")
            if move.origin is TaskState.TODO and move.target is TaskState.DOING:
                await tx.tasks.remove_owner(task.id, place.user_id)
            return await _move(tx, project, task, move.origin, place.user_id, now)

    async def edit(
        self,
        place: Place,
        task_id: int,
        *,
        title: str | None = None,
        due_at: datetime | None = None,
        never_due: bool = False,
        notes: str | None = None,
    ) -> Moved:
        """Change what is given of a task; ``never_due`` takes its due time away."""
        now = self.clock.now()
        changed: dict[str, Any] = {}
        if title is not None:
            changed["title"] = board.check_text(title, "a title", board.TASK_LIMIT, "title: Train")
        if notes is not None:
            changed["notes"] = board.check_passage(notes, "the notes", board.NOTES_LIMIT)
        if due_at is not None:
            board.check_ahead(due_at, now)
        if due_at is not None or never_due:
            changed["due_at"] = due_at
        if not changed:
            raise InvalidInput("Give what is to be different: `title:`, `due:` or `notes:`.")
        async with self.store.transaction() as tx:
            project, task = await _task(tx, place, task_id)
            if "title" in changed:
                await _free_title(tx, task, changed["title"])
            await tx.tasks.edit(place.guild_id, task.id, **changed)
            edited = await _again(tx, task)
            if "due_at" in changed and not edited.is_done:
                await tx.deadlines.cancel(task.id, DUE)
                await _remind(tx, edited, now)
            await sign_of_life(tx, project, now)
        return Moved(project, edited, None)

    async def assign(
        self, place: Place, task_id: int, user_id: int, *, remove: bool = False
    ) -> Moved:
        """Give a task to a member beside its owners, or with ``remove`` take it from them."""
        now = self.clock.now()
        async with self.store.transaction() as tx:
            project, task = await _task(tx, place, task_id)
            if remove:
                if not await tx.tasks.remove_owner(task.id, user_id):
                    raise Conflict(f"<@{user_id}> does not have “{task.title}”.")
            else:
                await _owner(tx, project, user_id)
                if not await tx.tasks.add_owner(task.id, user_id, now):
                    raise Conflict(f"<@{user_id}> has “{task.title}” already.")
            await sign_of_life(tx, project, now)
            return Moved(project, await _again(tx, task), None)

    async def check_may_add(self, place: Place, project_id: int) -> None:
        """Raise what ``add`` would raise for who is no member, before anything is typed."""
        async with self.store.read() as tx:
            await for_member(tx, place, project_id)

    async def check_may_move(self, place: Place, task_id: int) -> None:
        """Raise what ``move`` would raise for who is no member, before anything is typed."""
        async with self.store.read() as tx:
            await _task(tx, place, task_id)

    async def whole(self, guild_id: int, task_id: int) -> tuple[Project, Task, list[Move]]:
        """Return a task with its project and its history; raises NotFound."""
        async with self.store.read() as tx:
            task = await tx.tasks.get(guild_id, task_id)
            if task is None:
                raise NotFound("That task does not exist any more.")
            project = await project_of(tx, guild_id, task.project_id)
            return project, task, await tx.tasks.moves(guild_id, task.id)

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


async def _free_title(tx: Transaction, task: Task, title: str) -> None:
    present = await tx.tasks.of_project(task.guild_id, task.project_id)
    board.check_free_title([other for other in present if other.id != task.id], title)


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
    obstacle: str | None = None,
) -> Moved:
    """Change the state, and with it whether the task still reminds anybody."""
    move = await tx.tasks.move(task, target, user_id, now, obstacle)
    await sign_of_life(tx, project, now)
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
    """Have a task's owners reminded before it is due, and asked when it is overdue."""
    if task.due_at is None:
        return
    for offset, instant in board.reminders(task.due_at, now, board.TASK_OFFSETS):
        await tx.deadlines.put(DUE, task.id, instant, guild_id=task.guild_id, offset=offset)
