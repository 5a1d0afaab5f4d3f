"""The links of projects that are watched for change, and what was seen there last."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict, Unpack

from msgspec import Struct
from sqlalchemy import delete, select

from data.boards.log import LinkId
from data.boards.projects import ProjectId
from data.boards.schema import link_watches
from data.repository import Repository
from data.states import WatchState


class Watch(Struct, frozen=True):
    """A link that is watched, or cannot be.

    ``etag`` and ``modified`` are what its server said last, ``fingerprint`` the latest commit or
    a hash of the page. ``line_id`` is the line of the log that tells of its latest changes, all
    those since ``line_since``: ``line_count`` commits, None where it is not known.
    """

    link_id: LinkId
    guild_id: int
    project_id: ProjectId
    state: WatchState
    etag: str | None
    modified: str | None
    fingerprint: str | None
    checked_at: datetime | None
    changed_at: datetime | None
    failures: int
    line_id: int | None
    line_since: datetime | None
    line_count: int | None


class WatchPatch(TypedDict, total=False):
    """The columns of a watched link that can be changed."""

    state: WatchState
    etag: str | None
    modified: str | None
    fingerprint: str | None
    checked_at: datetime
    changed_at: datetime
    failures: int
    line_id: int | None
    line_since: datetime | None
    line_count: int | None


class Watches(Repository):
    """The rows of watched links."""

    async def begin(self, guild_id: int, project_id: ProjectId, link_id: LinkId) -> None:
        """Watch a link, forgetting what was seen there before."""
        fresh: dict[str, Any] = {
            "guild_id": guild_id,
            "project_id": project_id,
            "state": WatchState.WATCHED,
            "etag": None,
            "modified": None,
            "fingerprint": None,
            "checked_at": None,
            "failures": 0,
        }
        # Over what was known: somebody who starts watching again wants news from now on.
        await self._put(link_watches, key=("link_id",), link_id=link_id, **fresh)

    async def get(self, guild_id: int, link_id: int) -> Watch | None:
        """Return what is known of a link that is watched."""
        return await self._first(
            Watch,
            lambda: select(link_watches).where(
                link_watches.c.guild_id == guild_id, link_watches.c.link_id == link_id
            ),
        )

    async def of_project(self, guild_id: int, project_id: ProjectId) -> list[Watch]:
        """Return a project's watched links."""
        return await self._all(
            Watch,
            lambda: select(link_watches).where(
                link_watches.c.guild_id == guild_id, link_watches.c.project_id == project_id
            ),
        )

    async def edit(self, watch: Watch, **values: Unpack[WatchPatch]) -> None:
        """Set the named columns."""
        await self._change(
            link_watches, {"guild_id": watch.guild_id, "link_id": watch.link_id}, values
        )

    async def end(self, guild_id: int, link_id: LinkId) -> bool:
        """Stop watching a link; False when it was not watched."""
        return bool(
            await self._run(
                lambda: delete(link_watches).where(
                    link_watches.c.guild_id == guild_id, link_watches.c.link_id == link_id
                )
            )
        )
