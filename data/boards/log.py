"""What a project's people write in its log, and the links that belong to it."""

from __future__ import annotations

from datetime import datetime
from typing import NewType

from msgspec import Struct
from sqlalchemy import delete, select, update

from data.boards.projects import ProjectId
from data.boards.schema import project_links, project_updates
from data.repository import Repository
from data.states import Topic

LinkId = NewType("LinkId", int)


class Update(Struct, frozen=True):
    """A line in a project's log."""

    id: int
    guild_id: int
    project_id: ProjectId
    user_id: int
    topic: Topic
    text: str
    posted_at: datetime


class Link(Struct, frozen=True):
    """Something elsewhere that belongs to a project: a repository, a document, a run."""

    id: LinkId
    guild_id: int
    project_id: ProjectId
    label: str
    url: str
    added_by: int
    added_at: datetime


class ProjectLog(Repository):
    """The rows of projects' updates and links."""

    async def write(
        self,
        *,
        guild_id: int,
        project_id: ProjectId,
        user_id: int,
        topic: Topic,
        text: str,
        now: datetime,
    ) -> int:
        """Add a line; returns its id."""
        return await self._insert(
            project_updates,
            guild_id=guild_id,
            project_id=project_id,
            user_id=user_id,
            topic=topic,
            text=text,
            posted_at=now,
        )

    async def rewrite(self, guild_id: int, line_id: int, text: str, now: datetime) -> None:
        """Replace what a line says."""
        await self._run(
            lambda: (
                update(project_updates)
                .where(project_updates.c.guild_id == guild_id, project_updates.c.id == line_id)
                .values(text=text, posted_at=now)
            )
        )

    async def last(self, guild_id: int, project_id: ProjectId) -> Update | None:
        """Return a project's latest line."""
        found = await self.of_project(guild_id, project_id, limit=1)
        return found[0] if found else None

    async def of_project(self, guild_id: int, project_id: ProjectId, *, limit: int) -> list[Update]:
        """Return a project's latest lines, the newest first."""
        return await self._all(
            Update,
            lambda: (
                select(project_updates)
                .where(
                    project_updates.c.guild_id == guild_id,
                    project_updates.c.project_id == project_id,
                )
                .order_by(project_updates.c.id.desc())
                .limit(limit)
            ),
        )

    async def add_link(
        self,
        *,
        guild_id: int,
        project_id: ProjectId,
        label: str,
        url: str,
        added_by: int,
        now: datetime,
    ) -> Link:
        """Add a link."""
        new = await self._insert(
            project_links,
            guild_id=guild_id,
            project_id=project_id,
            label=label,
            url=url,
            added_by=added_by,
            added_at=now,
        )
        return Link(LinkId(new), guild_id, project_id, label, url, added_by, now)

    async def link(self, guild_id: int, link_id: int) -> Link | None:
        """Return a link of this server."""
        return await self._first(
            Link,
            lambda: select(project_links).where(
                project_links.c.guild_id == guild_id, project_links.c.id == link_id
            ),
        )

    async def links(self, guild_id: int, project_id: ProjectId) -> list[Link]:
        """Return a project's links in the order in which they were added."""
        return await self._all(
            Link,
            lambda: (
                select(project_links)
                .where(
                    project_links.c.guild_id == guild_id, project_links.c.project_id == project_id
                )
                .order_by(project_links.c.id)
            ),
        )

    async def remove_link(self, guild_id: int, link_id: LinkId) -> bool:
        """Remove a link; False when there was none."""
        return bool(
            await self._run(
                lambda: delete(project_links).where(
                    project_links.c.guild_id == guild_id, project_links.c.id == link_id
                )
            )
        )
