"""Whom to ask about a project on which nothing has happened for a while."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from bot.base.clock import Clock
from bot.base.errors import NotFound
from cogs.boards.projects.writes import project_of
from cogs.boards.silence import rules
from data.boards.projects import Project, ProjectMember
from data.states import ProjectRole
from data.store import Store, snapshot
from data.transaction import Transaction


class SilentProject(Struct, frozen=True):
    """A project that has been silent, its people, and the organisers' role."""

    project: Project
    members: Sequence[ProjectMember]
    organiser_role_id: int | None

    @property
    def mentors(self) -> list[int]:
        """The members who are asked where nobody leads the project."""
        return [one.user_id for one in self.members if one.has(ProjectRole.MENTOR)]


class SilenceService:
    """The use case of asking about a silent project."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @snapshot
    async def silent(self, tx: Transaction, guild_id: int, project_id: int) -> SilentProject:
        """Return a silent project to ask about.

        Raises NotFound when it is over, paused or archived: its silence means nothing then.
        """
        project = await project_of(tx, guild_id, project_id)
        if not rules.is_alive(project):
            raise NotFound("That project is over, or paused.")
        members = await tx.projects.members(project.id)
        server = await tx.servers.get(guild_id)
        return SilentProject(project, members, server.organiser_role_id)
