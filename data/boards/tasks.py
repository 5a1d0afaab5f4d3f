"""The tasks of projects, who has them, and who moved them when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NewType, TypedDict, Unpack

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import case, delete, exists, select, true, update

from data.boards.projects import ProjectId
from data.boards.schema import (
    project_members,
    projects,
    task_changes,
    task_moves,
    task_owners,
    tasks,
)
from data.repository import Repository, Statement, insert_on
from data.server.groups import GroupId
from data.statements import Prepared, given
from data.states import TaskChangeKind, TaskState

TaskId = NewType("TaskId", int)
MoveId = NewType("MoveId", int)
ChangeId = NewType("ChangeId", int)


class Task(Struct, frozen=True):
    """Something to do in a project; ``owners`` are those who have it, the first one first.

    ``asked`` are those whom another member asked to do it, until they take it or give it back.
    ``obstacle`` is what is in the way while it is blocked. ``position`` is where somebody put it
    among the others, None where nobody did. Dropped, it is on no list any more.
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
    asked: tuple[int, ...] = ()
    position: int | None = None
    dropped_at: datetime | None = None

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to do."""
        return self.state is TaskState.DONE

    @property
    def owned(self) -> bool:
        """Whether somebody has it."""
        return bool(self.owners)

    def had_by(self, user_id: int) -> Task:
        """Return it as it is once somebody has it who did not."""
        return replace(
            self,
            owners=(*self.owners, user_id),
            asked=tuple(one for one in self.asked if one != user_id),
        )


class TaskLine(Struct, frozen=True):
    """A task as a line among others: its title, and what decides where it stands."""

    id: TaskId
    title: str
    state: TaskState
    due_at: datetime | None
    position: int | None
    owned: bool

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to do."""
        return self.state is TaskState.DONE


class Move(Struct, frozen=True):
    """One change of a task's state; ``origin`` is None where the task began."""

    id: MoveId
    task_id: TaskId
    user_id: int
    moved_at: datetime
    origin: TaskState | None
    target: TaskState
    note: str | None


class TaskChange(Struct, frozen=True):
    """One change of a task other than a move, with what was there before it.

    ``owner_id`` is whom an ASSIGNED or REMOVED one is about; the title, notes and due time are
    those before an EDITED one.
    """

    id: ChangeId
    task_id: TaskId
    user_id: int
    changed_at: datetime
    kind: TaskChangeKind
    title: str | None
    notes: str | None
    due_at: datetime | None
    owner_id: int | None
    undone_at: datetime | None


class _Ownership(Struct, frozen=True):
    task_id: int
    user_id: int
    asked: bool


class TaskPatch(TypedDict, total=False):
    """The columns of a task that can be changed."""

    title: str
    notes: str | None
    due_at: datetime | None
    dropped_at: datetime | None


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
        asked: Sequence[int] = (),
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
        for user_id in asked:
            await self.ask(new, user_id, now)
        await self._insert(
            # Without an origin: that is how the first move, which nobody can undo, is told.
            task_moves,
            task_id=new,
            user_id=created_by,
            moved_at=now,
            target=TaskState.TODO,
        )
        return Task(id=new, owners=tuple(owners), asked=tuple(asked), **values)

    async def get(self, guild_id: int, task_id: int, *, dropped: bool = False) -> Task | None:
        """Return a task of this server; one that was dropped only with ``dropped``."""
        found = await self._with_owners(
            lambda: select(tasks).where(tasks.c.guild_id == guild_id, tasks.c.id == task_id)
        )
        return found[0] if found and (dropped or found[0].dropped_at is None) else None

    async def of_project(self, guild_id: int, project_id: ProjectId) -> list[Task]:
        """Return a project's tasks in the order in which they were added."""
        return await self._with_owners(
            lambda: (
                select(tasks)
                .where(
                    tasks.c.guild_id == guild_id,
                    tasks.c.project_id == project_id,
                    tasks.c.dropped_at.is_(None),
                )
                .order_by(tasks.c.id)
            )
        )

    async def lines(self, guild_id: int, project_id: ProjectId) -> list[TaskLine]:
        """Return a project's tasks as lines, in the order in which they were added."""
        return await self._all(
            TaskLine,
            lambda: (
                select(
                    tasks.c.id,
                    tasks.c.title,
                    tasks.c.state,
                    tasks.c.due_at,
                    tasks.c.position,
                    exists()
                    .where(task_owners.c.task_id == tasks.c.id, ~task_owners.c.asked)
                    .label("owned"),
                )
                .where(
                    tasks.c.guild_id == guild_id,
                    tasks.c.project_id == project_id,
                    tasks.c.dropped_at.is_(None),
                )
                .order_by(tasks.c.id)
            ),
        )

    async def these(self, guild_id: int, task_ids: Sequence[TaskId]) -> list[Task]:
        """Return these tasks of a server, in this order."""
        if not task_ids:
            return []
        found = await self._with_owners(
            lambda: select(tasks).where(tasks.c.guild_id == guild_id, tasks.c.id.in_(task_ids))
        )
        return sorted(found, key=lambda task: task_ids.index(task.id))

    async def blocked_in_group(self, group_id: GroupId, before: datetime, limit: int) -> list[Task]:
        """Return what has been blocked in a group's projects since before then, with its why."""
        return await self._with_owners(
            lambda: (
                select(tasks)
                .join(projects, projects.c.id == tasks.c.project_id)
                .where(
                    projects.c.group_id == group_id,
                    projects.c.archived_at.is_(None),
                    tasks.c.dropped_at.is_(None),
                    tasks.c.state == TaskState.BLOCKED,
                    tasks.c.obstacle.is_not(None),
                    # The digest tells how it was when the round closed, also where it comes late.
                    tasks.c.moved_at <= before,
                )
                .order_by(tasks.c.moved_at, tasks.c.id)
                .limit(limit)
            )
        )

    async def of_person(self, guild_id: int, user_id: int) -> list[Task]:
        """Return what somebody has and has not done, in projects not archived, by due time."""
        return await self._with_owners(
            lambda: (
                select(tasks)
                .join(task_owners, task_owners.c.task_id == tasks.c.id)
                .join(projects, projects.c.id == tasks.c.project_id)
                .where(
                    tasks.c.guild_id == guild_id,
                    task_owners.c.user_id == user_id,
                    ~task_owners.c.asked,
                    tasks.c.state != TaskState.DONE,
                    tasks.c.dropped_at.is_(None),
                    projects.c.archived_at.is_(None),
                )
                .order_by(tasks.c.due_at.asc().nulls_last(), tasks.c.id)
            )
        )

    async def move(
        self,
        task: Task,
        target: TaskState,
        user_id: int,
        now: datetime,
        note: str | None = None,
    ) -> tuple[MoveId, Task]:
        """Change a task's state, and record who did; ``note`` is what blocks it, if anything.

        Returns the move, and the task as it is then.
        """
        if task.is_done and target is not TaskState.DONE:
            task = await self.take_from_former_members(task)
        await self._change(
            tasks,
            {"guild_id": task.guild_id, "id": task.id},
            {"state": target, "moved_at": now, "obstacle": note},
        )
        move = await self._insert(
            task_moves,
            task_id=task.id,
            user_id=user_id,
            moved_at=now,
            origin=task.state,
            target=target,
            note=note,
        )
        return MoveId(move), replace(task, state=target, moved_at=now, obstacle=note)

    async def last_move(self, guild_id: int, task_id: TaskId) -> Move | None:
        """Return the last change of a task's state."""
        return await self._first(
            Move,
            lambda: (
                select(task_moves)
                .join(tasks, tasks.c.id == task_moves.c.task_id)
                .where(tasks.c.guild_id == guild_id, task_moves.c.task_id == task_id)
                .order_by(task_moves.c.id.desc())
                .limit(1)
            ),
        )

    async def get_move(self, guild_id: int, move_id: int) -> Move | None:
        """Return one change of a task of this server."""
        return await self._first(
            Move,
            lambda: (
                select(task_moves)
                .join(tasks, tasks.c.id == task_moves.c.task_id)
                .where(tasks.c.guild_id == guild_id, task_moves.c.id == move_id)
            ),
        )

    async def moves(self, guild_id: int, task_id: TaskId) -> list[Move]:
        """Return how a task came to be where it is, the beginning first."""
        return await self._all(
            Move,
            lambda: (
                select(task_moves)
                .join(tasks, tasks.c.id == task_moves.c.task_id)
                .where(tasks.c.guild_id == guild_id, task_moves.c.task_id == task_id)
                .order_by(task_moves.c.id)
            ),
        )

    async def edit(self, guild_id: int, task_id: TaskId, **values: Unpack[TaskPatch]) -> None:
        """Set the named columns."""
        await self._change(tasks, {"guild_id": guild_id, "id": task_id}, values)

    async def put_in_order(self, guild_id: int, task_ids: Sequence[TaskId]) -> None:
        """Put tasks into this order."""
        if task_ids:
            places = {task_id: place for place, task_id in enumerate(task_ids, start=1)}
            await self._run(
                update(tasks)
                .where(tasks.c.guild_id == guild_id, tasks.c.id.in_(task_ids))
                # One statement for all of them, and so one trip.
                .values(position=case(places, value=tasks.c.id))
            )

    async def note_change(
        self,
        task: Task,
        kind: TaskChangeKind,
        user_id: int,
        now: datetime,
        owner_id: int | None = None,
    ) -> ChangeId:
        """Record a change of a task, which is given as it was before."""
        return ChangeId(
            await self._insert(
                task_changes,
                task_id=task.id,
                user_id=user_id,
                changed_at=now,
                kind=kind,
                title=task.title,
                notes=task.notes,
                due_at=task.due_at,
                owner_id=owner_id,
            )
        )

    async def get_change(self, guild_id: int, change_id: int) -> TaskChange | None:
        """Return one change of a task of this server."""
        return await self._first(
            TaskChange,
            lambda: (
                select(task_changes)
                .join(tasks, tasks.c.id == task_changes.c.task_id)
                .where(tasks.c.guild_id == guild_id, task_changes.c.id == change_id)
            ),
        )

    async def changes(self, guild_id: int, task_id: TaskId) -> list[TaskChange]:
        """Return the other changes of a task, oldest first."""
        return await self._all(
            TaskChange,
            lambda: (
                select(task_changes)
                .join(tasks, tasks.c.id == task_changes.c.task_id)
                .where(tasks.c.guild_id == guild_id, task_changes.c.task_id == task_id)
                .order_by(task_changes.c.id)
            ),
        )

    async def undone(self, change: TaskChange, now: datetime) -> None:
        """Note that a change was taken back."""
        await self._run(
            update(task_changes).where(task_changes.c.id == change.id).values(undone_at=now)
        )

    async def add_owner(self, task_id: TaskId, user_id: int, now: datetime) -> bool:
        """Give a task to somebody beside those who have it; False when they had it already."""
        statement = _owning(self._connection.dialect.name)
        return bool(await self._run(statement.filled(task_id, user_id, now)))

    async def ask(self, task_id: TaskId, user_id: int, now: datetime) -> bool:
        """Ask somebody to do a task; False when they were asked, or have it, already."""
        statement = self._upsert(task_owners).values(
            task_id=task_id, user_id=user_id, since=now, asked=True
        )
        return bool(await self._run(statement.on_conflict_do_nothing()))

    async def remove_owner(self, task_id: TaskId, user_id: int) -> bool:
        """Take a task from somebody who has it or is asked; False when neither is so."""
        return bool(
            await self._run(
                lambda: delete(task_owners).where(
                    task_owners.c.task_id == task_id, task_owners.c.user_id == user_id
                )
            )
        )

    async def take_from_former_members(self, task: Task) -> Task:
        """Take a task from those who left its project, and return it as it is then.

        Whoever leaves keeps what they have done, as theirs; opened again, it is work of members.
        """
        belongs = exists().where(
            project_members.c.project_id == task.project_id,
            project_members.c.user_id == task_owners.c.user_id,
            project_members.c.left_at.is_(None),
        )
        await self._run(delete(task_owners).where(task_owners.c.task_id == task.id, ~belongs))
        (found,) = await self.these(task.guild_id, [task.id])
        return found

    async def _with_owners(self, statement: Statement) -> list[Task]:
        found = await self._all(Task, statement)
        if not found:
            return []
        task_ids = [task.id for task in found]
        owned = await self._all(
            _Ownership,
            lambda: (
                select(task_owners.c.task_id, task_owners.c.user_id, task_owners.c.asked)
                .where(task_owners.c.task_id.in_(task_ids))
                .order_by(task_owners.c.since, task_owners.c.user_id)
            ),
        )
        owners: defaultdict[int, list[int]] = defaultdict(list)
        asked: defaultdict[int, list[int]] = defaultdict(list)
        for one in owned:
            (asked if one.asked else owners)[one.task_id].append(one.user_id)
        return [
            replace(task, owners=tuple(owners[task.id]), asked=tuple(asked[task.id]))
            # Most of a long board is free, and a copy takes longer than reading the row.
            if task.id in owners or task.id in asked
            else task
            for task in found
        ]


@cache
def _owning(dialect: str) -> Prepared:
    """Return the statement that gives a task to somebody, or makes it theirs who was asked."""
    values = {"since": given("since", task_owners.c.since.type), "asked": False}
    statement = insert_on(dialect, task_owners).values(
        task_id=given("task_id"), user_id=given("user_id"), **values
    )
    return Prepared(
        statement.on_conflict_do_update(
            index_elements=["task_id", "user_id"],
            set_=values,
            # Only from asked to having it: a second press is no news. Compared, since a
            # conflict's condition is written as it stands, and PostgreSQL takes no number.
            where=task_owners.c.asked == true(),
        ),
        ("task_id", "user_id", "since"),
    )
