"""The results files that watched links lead to, each as it was seen last."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import select

from data.boards.log import Link, LinkId
from data.boards.projects import ProjectId
from data.boards.schema import link_files
from data.repository import Repository


class LinkFile(Struct, frozen=True):
    """A results file as it was seen last; ``revision`` is the commit that it came from, if known.

    ``version`` counts how often it changed, so that a button means what stood beside it.
    """

    link_id: LinkId
    guild_id: int
    project_id: ProjectId
    version: int
    text: str
    revision: str | None
    seen_at: datetime


class LinkFiles(Repository):
    """The rows of results files."""

    async def put(self, link: Link, text: str, revision: str | None, now: datetime) -> LinkFile:
        """Keep a file as it is now, in place of how it was."""
        before = await self.get(link.guild_id, link.id)
        version = before.version + 1 if before is not None else 1
        made = LinkFile(link.id, link.guild_id, link.project_id, version, text, revision, now)
        await self._put(
            link_files,
            key=("link_id",),
            link_id=link.id,
            guild_id=link.guild_id,
            project_id=link.project_id,
            version=version,
            text=text,
            revision=revision,
            seen_at=now,
        )
        return made

    async def get(self, guild_id: int, link_id: int) -> LinkFile | None:
        """Return the file that a link of this server leads to, if it was ever seen."""
        return await self._first(
            LinkFile,
            lambda: select(link_files).where(
                link_files.c.guild_id == guild_id, link_files.c.link_id == link_id
            ),
        )
