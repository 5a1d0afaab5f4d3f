"""The dates that projects work towards."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NewType, TypedDict, Unpack

from msgspec import Struct
from sqlalchemy import select

from data.boards.projects import ProjectId
from data.boards.schema import project_deadlines
from data.repository import Repository
from data.states import ProjectDeadlineState

ProjectDeadlineId = NewType("ProjectDeadlineId", int)


class ProjectDeadline(Struct, frozen=True):
    """A date by which something in a project is to be ready."""

    id: ProjectDeadlineId
    guild_id: int
    project_id: ProjectId
    title: str
    due_at: datetime
    state: ProjectDeadlineState
    created_by: int
    created_at: datetime
    closed_by: int | None
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it is neither done nor dropped."""
        return self.state is ProjectDeadlineState.OPEN


class DeadlinePatch(TypedDict, total=False):
    """The columns of a deadline that can be changed."""

    due_at: datetime
    state: ProjectDeadlineState
    closed_by: int
    closed_at: datetime


class ProjectDeadlines(Repository):
    """The rows of projects' deadlines."""

    async def add(
        self,
        *,
        guild_id: int,
        project_id: ProjectId,
        title: str,
        due_at: datetime,
        created_by: int,
        now: datetime,
    ) -> ProjectDeadline:
        """Add a deadline."""
        values: dict[str, Any] = {
            "guild_id": guild_id,
            "project_id": project_id,
            "title": title,
            "due_at": due_at,
            "state": ProjectDeadlineState.OPEN,
            "created_by": created_by,
            "created_at": now,
        }
        new = ProjectDeadlineId(await self._insert(project_deadlines, **values))
        return ProjectDeadline(id=new, closed_by=None, closed_at=None, **values)

    async def get(self, guild_id: int, deadline_id: int) -> ProjectDeadline | None:
        """Return a deadline of this server."""
        return await self._first(
            ProjectDeadline,
            lambda: select(project_deadlines).where(
                project_deadlines.c.guild_id == guild_id, project_deadlines.c.id == deadline_id
            ),
        )

    async def of_project(self, guild_id: int, project_id: ProjectId) -> list[ProjectDeadline]:
        """Return a project's deadlines in any state, by when they are due."""
        return await self._all(
            ProjectDeadline,
            lambda: (
                select(project_deadlines)
                .where(
                    project_deadlines.c.guild_id == guild_id,
                    project_deadlines.c.project_id == project_id,
                )
                .order_by(project_deadlines.c.due_at, project_deadlines.c.id)
            ),
        )

    async def edit(
        self, guild_id: int, deadline_id: ProjectDeadlineId, **values: Unpack[DeadlinePatch]
    ) -> None:
        """Set the named columns."""
        await self._change(project_deadlines, {"guild_id": guild_id, "id": deadline_id}, values)
