"""The tasks of projects, who has them, and who moved them when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NewType

from sqlalchemy import delete, select, update

from data.boards import ProjectId
from data.repository import Repository
from data.schema.boards import projects, task_moves, task_owners, tasks
from data.states import TaskState

TaskId = NewType("TaskId", int)
MoveId = NewType("MoveId", int)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do in a project; ``owners`` are those who took it, the first one first.

    ``obstacle`` is what is in the way while it is blocked.
    """

    id: TaskId
    guild_id: int
    project_id: ProjectId
    title: str
    notes: str | None
    state: TaskState
    due_at: datetime | None
    obstacle: str | None
    created_by: int
    created_at: datetime
    moved_at: datetime
    owners: tuple[int, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.state is TaskState.DONE


@dataclass(frozen=True, slots=True)
class Move:
    """One change of a task's state; ``origin`` is None where the task began."""

    id: MoveId
    task_id: TaskId
    user_id: int
    moved_at: datetime
    origin: TaskState | None
    target: TaskState
    note: str | None


@dataclass(frozen=True, slots=True)
class _Ownership:
    task_id: int
    user_id: int


class Tasks(Repository):
    """The rows of tasks, their owners and their moves."""

    async def add(
        self,
        *,
        guild_id: int,
        project_id: ProjectId,
        title: str,
        notes: str | None,
        due_at: datetime | None,
        owners: Sequence[int],
        created_by: int,
        now: datetime,
    ) -> Task:
        """Add a task that is still to be done, and record where it began."""
        values: dict[str, Any] = {
            "guild_id": guild_id,
            "project_id": project_id,
            "title": title,
            "notes": notes,
            "state": TaskState.TODO,
            "due_at": due_at,
            "obstacle": None,
            "created_by": created_by,
            "created_at": now,
            "moved_at": now,
        }
        new = TaskId(await self._insert(tasks, **values))
        for user_id in owners:
            await self.add_owner(new, user_id, now)
        await self._insert(
            task_moves, task_id=new, user_id=created_by, moved_at=now, target=TaskState.TODO
        )
        return Task(id=new, owners=tuple(owners), **values)

    async def get(self, guild_id: int, task_id: int) -> Task | None:
        """Return a task of this server."""
        found = await self._with_owners(
            select(tasks).where(tasks.c.guild_id == guild_id, tasks.c.id == task_id)
        )
        return found[0] if found else None

    async def of_project(self, guild_id: int, project_id: ProjectId) -> list[Task]:
        """Return a project's tasks in the order in which they were added."""
        return await self._with_owners(
            select(tasks)
            .where(tasks.c.guild_id == guild_id, tasks.c.project_id == project_id)
            .order_by(tasks.c.id)
        )

    async def of_person(self, guild_id: int, user_id: int) -> list[Task]:
        """Return what somebody took and has not done, in projects not archived, by due time."""
        return await self._with_owners(
            select(tasks)
            .join(task_owners, task_owners.c.task_id == tasks.c.id)
            .join(projects, projects.c.id == tasks.c.project_id)
            .where(
                tasks.c.guild_id == guild_id,
                task_owners.c.user_id == user_id,
                tasks.c.state != TaskState.DONE,
                projects.c.archived_at.is_(None),
            )
            .order_by(tasks.c.due_at.asc().nulls_last(), tasks.c.id)
        )

    async def move(
        self,
        task: Task,
        target: TaskState,
        user_id: int,
        now: datetime,
        note: str | None = None,
    ) -> MoveId:
        """Change a task's state, and record who did; ``note`` is what blocks it, if anything."""
        await self._run(
            update(tasks)
            .where(tasks.c.guild_id == task.guild_id, tasks.c.id == task.id)
            .values(state=target, moved_at=now, obstacle=note)
        )
        return MoveId(
            await self._insert(
                task_moves,
                task_id=task.id,
                user_id=user_id,
                moved_at=now,
                origin=task.state,
                target=target,
                note=note,
            )
        )

    async def last_move(self, guild_id: int, task_id: TaskId) -> Move | None:
        """Return the last change of a task's state."""
        return await self._first(
            Move,
            select(task_moves)
            .join(tasks, tasks.c.id == task_moves.c.task_id)
            .where(tasks.c.guild_id == guild_id, task_moves.c.task_id == task_id)
            .order_by(task_moves.c.id.desc())
            .limit(1),
        )

    async def get_move(self, guild_id: int, move_id: int) -> Move | None:
        """Return one change of a task of this server."""
        return await self._first(
            Move,
            select(task_moves)
            .join(tasks, tasks.c.id == task_moves.c.task_id)
            .where(tasks.c.guild_id == guild_id, task_moves.c.id == move_id),
        )

    async def moves(self, guild_id: int, task_id: TaskId) -> list[Move]:
        """Return how a task came to be where it is, the beginning first."""
        return await self._all(
            Move,
            select(task_moves)
            .join(tasks, tasks.c.id == task_moves.c.task_id)
            .where(tasks.c.guild_id == guild_id, task_moves.c.task_id == task_id)
            .order_by(task_moves.c.id),
        )

    async def edit(self, guild_id: int, task_id: TaskId, **values: Any) -> None:
        """Set the named columns."""
        await self._run(
            update(tasks)
            .where(tasks.c.guild_id == guild_id, tasks.c.id == task_id)
            .values(**values)
        )

    async def add_owner(self, task_id: TaskId, user_id: int, now: datetime) -> bool:
        """Give a task to somebody beside those who have it; False when they had it already."""
        statement = self._upsert(task_owners).values(task_id=task_id, user_id=user_id, since=now)
        return bool(await self._run(statement.on_conflict_do_nothing()))

    async def remove_owner(self, task_id: TaskId, user_id: int) -> bool:
        """Take a task from somebody; False when they did not have it."""
        return bool(
            await self._run(
                delete(task_owners).where(
                    task_owners.c.task_id == task_id, task_owners.c.user_id == user_id
                )
            )
        )

    async def _with_owners(self, statement: Any) -> list[Task]:
        found = await self._all(Task, statement)
        if not found:
            return []
        owned = await self._all(
            _Ownership,
            select(task_owners.c.task_id, task_owners.c.user_id)
            .where(task_owners.c.task_id.in_([task.id for task in found]))
            .order_by(task_owners.c.since, task_owners.c.user_id),
        )
        owners: defaultdict[int, list[int]] = defaultdict(list)
        for one in owned:
            owners[one.task_id].append(one.user_id)
        return [replace(task, owners=tuple(owners[task.id])) for task in found]
