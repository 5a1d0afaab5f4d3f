"""Projects and the people in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NewType, TypedDict, Unpack

from msgspec import Struct
from sqlalchemy import delete, func, select, update

from data.boards.schema import project_members, projects
from data.papers.papers import PaperId
from data.repository import Repository
from data.server.groups import GroupId
from data.states import Joining, ProjectRole, ProjectState

ProjectId = NewType("ProjectId", int)


class Project(Struct, frozen=True):
    """A paper that is replicated together, on a board in a thread of its own; ids are Discord's.

    ``cited`` is what was typed for the paper. The thread lies in ``channel_id``; ``thread_id`` is
    None until it is made, and again after it was deleted. ``silence_days`` is after how many days
    of silence to ask: None for the usual, 0 for never. ``lived_at`` is when something last
    happened.
    """

    id: ProjectId
    guild_id: int
    group_id: GroupId | None
    paper_id: PaperId | None
    cited: str
    title: str
    summary: str | None
    skills: Sequence[str]
    capacity: int | None
    joining: Joining
    state: ProjectState
    lead_id: int | None
    channel_id: int
    thread_id: int | None
    created_by: int
    created_at: datetime
    archived_at: datetime | None
    wanted_roles: Sequence[str] | None = None
    silence_days: int | None = None
    lived_at: datetime | None = None


class ProjectMember(Struct, frozen=True):
    """Somebody who joined a project, and what they do in it."""

    project_id: ProjectId
    user_id: int
    joined_at: datetime
    left_at: datetime | None
    roles: Sequence[str] | None = None

    def has(self, role: ProjectRole) -> bool:
        """Whether they do this in the project."""
        return str(role) in (self.roles or ())


_OPEN = projects.c.archived_at.is_(None) & projects.c.state.not_in(
    [ProjectState.DONE, ProjectState.ABANDONED]
)


class ProjectPatch(TypedDict, total=False):
    """The columns of a project that can be changed."""

    paper_id: PaperId | None
    cited: str
    title: str
    summary: str | None
    skills: Sequence[str]
    capacity: int | None
    joining: Joining
    state: ProjectState
    lead_id: int | None
    channel_id: int
    thread_id: int | None
    archived_at: datetime | None
    wanted_roles: Sequence[str] | None
    silence_days: int | None
    lived_at: datetime


class Projects(Repository):
    """The rows of projects and of their members."""

    async def create(
        self,
        *,
        guild_id: int,
        group_id: GroupId | None,
        paper_id: PaperId | None,
        cited: str,
        title: str,
        summary: str | None,
        skills: Sequence[str],
        capacity: int | None,
        joining: Joining,
        channel_id: int,
        created_by: int,
        now: datetime,
        mentored: bool = False,
    ) -> Project:
        """Add a project that its maker leads, or mentors, still without a thread."""
        values: dict[str, Any] = {
            "guild_id": guild_id,
            "group_id": group_id,
            "paper_id": paper_id,
            "cited": cited,
            "title": title,
            "summary": summary,
            "skills": skills,
            "capacity": capacity,
            "joining": joining,
            "state": ProjectState.PROPOSED,
            "lead_id": None if mentored else created_by,
            "channel_id": channel_id,
            "created_by": created_by,
            "created_at": now,
        }
        new = ProjectId(await self._insert(projects, **values))
        await self.add_member(new, created_by, now)
        if mentored:
            await self.set_roles(new, created_by, (ProjectRole.MENTOR,))
        return Project(id=new, thread_id=None, archived_at=None, **values)

    async def remove(self, guild_id: int, project_id: ProjectId) -> None:
        """Delete a project that never had a board, with all that belongs to it."""
        await self._run(
            lambda: delete(projects).where(
                projects.c.guild_id == guild_id, projects.c.id == project_id
            )
        )

    async def get(self, guild_id: int, project_id: int) -> Project | None:
        """Return a project of this server, archived or not."""
        return await self._first(
            Project,
            lambda: select(projects).where(
                projects.c.guild_id == guild_id, projects.c.id == project_id
            ),
        )

    async def by_id(self, project_id: ProjectId) -> Project | None:
        """Return a project whatever its server; for the process's own work, not for a request."""
        return await self._first(
            Project, lambda: select(projects).where(projects.c.id == project_id)
        )

    async def in_thread(self, guild_id: int, thread_id: int) -> Project | None:
        """Return the project whose board is this thread."""
        return await self._first(
            Project,
            lambda: select(projects).where(
                projects.c.guild_id == guild_id, projects.c.thread_id == thread_id
            ),
        )

    async def in_channel(self, guild_id: int, channel_id: int) -> list[Project]:
        """Return the projects whose boards are threads of this channel."""
        return await self._all(
            Project,
            lambda: select(projects).where(
                projects.c.guild_id == guild_id, projects.c.channel_id == channel_id
            ),
        )

    async def of_server(self, guild_id: int) -> list[Project]:
        """Return the server's projects that are not archived, newest first."""
        return await self._all(
            Project,
            lambda: (
                select(projects)
                .where(projects.c.guild_id == guild_id, projects.c.archived_at.is_(None))
                .order_by(projects.c.id.desc())
            ),
        )

    async def archived(self, guild_id: int) -> list[Project]:
        """Return the server's archived projects, the latest archived first."""
        return await self._all(
            Project,
            lambda: (
                select(projects)
                .where(projects.c.guild_id == guild_id, projects.c.archived_at.is_not(None))
                .order_by(projects.c.archived_at.desc())
            ),
        )

    async def open_of_group(self, group_id: GroupId) -> list[Project]:
        """Return a group's projects that are neither over nor archived, newest first."""
        return await self._all(
            Project,
            lambda: (
                select(projects)
                .where(projects.c.group_id == group_id, _OPEN)
                .order_by(projects.c.id.desc())
            ),
        )

    async def open_of_person(self, guild_id: int, user_id: int) -> list[Project]:
        """Return the open projects of this server that somebody is in, newest first."""
        return await self._all(
            Project,
            lambda: (
                select(projects)
                .join(project_members, project_members.c.project_id == projects.c.id)
                .where(
                    projects.c.guild_id == guild_id,
                    _OPEN,
                    project_members.c.user_id == user_id,
                    project_members.c.left_at.is_(None),
                )
                .order_by(projects.c.id.desc())
            ),
        )

    async def about_paper(self, paper_id: int) -> list[Project]:
        """Return the projects about a paper, in every server; for the process's own work."""
        return await self._all(
            Project, lambda: select(projects).where(projects.c.paper_id == paper_id)
        )

    async def edit(
        self, guild_id: int, project_id: ProjectId, **values: Unpack[ProjectPatch]
    ) -> None:
        """Set the named columns."""
        await self._change(projects, {"guild_id": guild_id, "id": project_id}, values)

    async def add_member(self, project_id: ProjectId, user_id: int, now: datetime) -> bool:
        """Make somebody a member; False when they were one already."""
        statement = self._upsert(project_members).values(
            project_id=project_id, user_id=user_id, joined_at=now
        )
        return bool(
            await self._run(
                statement.on_conflict_do_update(
                    index_elements=[project_members.c.project_id, project_members.c.user_id],
                    # People who come back have no role until they say so again.
                    set_={"joined_at": now, "left_at": None, "roles": None},
                    # Nothing is changed for a member, so that the count of rows tells whether they
                    # joined.
                    where=project_members.c.left_at.is_not(None),
                )
            )
        )

    async def remove_member(self, project_id: ProjectId, user_id: int, now: datetime) -> bool:
        """Note that somebody left; False when they were no member."""
        return bool(
            await self._run(
                lambda: (
                    update(project_members)
                    .where(
                        project_members.c.project_id == project_id,
                        project_members.c.user_id == user_id,
                        project_members.c.left_at.is_(None),
                    )
                    .values(left_at=now)
                )
            )
        )

    async def set_roles(self, project_id: ProjectId, user_id: int, roles: Sequence[str]) -> None:
        """Note what a member does in the project."""
        await self._run(
            update(project_members)
            .where(project_members.c.project_id == project_id, project_members.c.user_id == user_id)
            .values(roles=tuple(roles) or None)
        )

    async def member(self, project_id: ProjectId, user_id: int) -> ProjectMember | None:
        """Return a present member."""
        return await self._first(
            ProjectMember,
            lambda: select(project_members).where(
                project_members.c.project_id == project_id,
                project_members.c.user_id == user_id,
                project_members.c.left_at.is_(None),
            ),
        )

    async def members(self, project_id: ProjectId) -> list[ProjectMember]:
        """Return the present members, in the order in which they joined."""
        return await self._all(
            ProjectMember,
            lambda: (
                select(project_members)
                .where(
                    project_members.c.project_id == project_id, project_members.c.left_at.is_(None)
                )
                .order_by(project_members.c.joined_at, project_members.c.user_id)
            ),
        )

    async def is_member(self, project_id: ProjectId, user_id: int) -> bool:
        """Whether somebody is a member now."""
        found = await self._value(
            lambda: (
                select(func.count())
                .select_from(project_members)
                .where(
                    project_members.c.project_id == project_id,
                    project_members.c.user_id == user_id,
                    project_members.c.left_at.is_(None),
                )
            )
        )
        return bool(found)

    async def member_count(self, project_id: ProjectId) -> int:
        """Return how many members a project has now."""
        return await self._value(
            lambda: (
                select(func.count())
                .select_from(project_members)
                .where(
                    project_members.c.project_id == project_id, project_members.c.left_at.is_(None)
                )
            )
        )
