"""Who asked to join a project, and what its lead answered."""

from __future__ import annotations

from datetime import datetime
from typing import NewType

from msgspec import Struct
from sqlalchemy import select, update

from data.boards.projects import ProjectId
from data.boards.schema import join_requests
from data.repository import Repository
from data.states import ProjectRole

JoinRequestId = NewType("JoinRequestId", int)


class JoinRequest(Struct, frozen=True):
    """A request to join, as ``role`` if given; ``accepted`` is None until it is answered."""

    id: JoinRequestId
    guild_id: int
    project_id: ProjectId
    user_id: int
    note: str | None
    asked_at: datetime
    accepted: bool | None
    reason: str | None
    decided_by: int | None
    decided_at: datetime | None
    role: ProjectRole | None = None


class JoinRequests(Repository):
    """The rows of requests to join."""

    async def add(
        self,
        *,
        guild_id: int,
        project_id: ProjectId,
        user_id: int,
        note: str | None,
        now: datetime,
        role: ProjectRole | None = None,
    ) -> JoinRequest:
        """Add a request that waits for its answer."""
        new = await self._insert(
            join_requests,
            guild_id=guild_id,
            project_id=project_id,
            user_id=user_id,
            note=note,
            asked_at=now,
            role=role,
        )
        return JoinRequest(
            JoinRequestId(new),
            guild_id,
            project_id,
            user_id,
            note,
            now,
            None,
            None,
            None,
            None,
            role,
        )

    async def get(self, guild_id: int, request_id: int) -> JoinRequest | None:
        """Return a request of this server."""
        return await self._first(
            JoinRequest,
            lambda: select(join_requests).where(
                join_requests.c.guild_id == guild_id, join_requests.c.id == request_id
            ),
        )

    async def last(self, project_id: ProjectId, user_id: int) -> JoinRequest | None:
        """Return somebody's latest request to join a project."""
        return await self._first(
            JoinRequest,
            lambda: (
                select(join_requests)
                .where(join_requests.c.project_id == project_id, join_requests.c.user_id == user_id)
                .order_by(join_requests.c.id.desc())
                .limit(1)
            ),
        )

    async def decide(
        self,
        request: JoinRequest,
        decided_by: int,
        now: datetime,
        *,
        accepted: bool,
        reason: str | None = None,
    ) -> None:
        """Write the answer down."""
        await self._run(
            update(join_requests)
            .where(join_requests.c.guild_id == request.guild_id, join_requests.c.id == request.id)
            .values(accepted=accepted, reason=reason, decided_by=decided_by, decided_at=now)
        )
