"""Pods: the small circles inside a group, as they are proposed, opened and dissolved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NewType, TypedDict, Unpack

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import delete, insert, select, update

from data.people.schema import pod_members, pod_wishes, pods
from data.repository import Repository, Statement
from data.server.groups import GroupId

PodId = NewType("PodId", int)


class Pod(Struct, frozen=True):
    """One circle of a group; a proposal until ``opened_at``. ``size`` is the size asked for.

    ``reform_proposed_at`` is when organisers were last offered to form it again.
    """

    id: PodId
    guild_id: int
    group_id: GroupId
    number: int
    size: int
    formed_by: int
    formed_at: datetime
    opened_at: datetime | None
    dissolved_at: datetime | None
    reform_proposed_at: datetime | None = None
    members: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """What people call it."""
        return f"Pod {self.number}"


class PodPatch(TypedDict, total=False):
    """What may change about a pod."""

    opened_at: datetime
    dissolved_at: datetime
    reform_proposed_at: datetime


class Wish(Struct, frozen=True):
    """That two people are to be in one pod, or never."""

    user_id: int
    other_user_id: int
    together: bool


class Pods(Repository):
    """The rows of pods, of who is in them, and of who should be together or apart."""

    async def propose(
        self,
        circles: Sequence[Sequence[int]],
        *,
        guild_id: int,
        group_id: GroupId,
        size: int,
        formed_by: int,
        now: datetime,
    ) -> None:
        """Replace what was proposed for the group with these circles."""
        await self._run(
            lambda: delete(pods).where(
                pods.c.group_id == group_id,
                pods.c.opened_at.is_(None),
                pods.c.dissolved_at.is_(None),
            )
        )
        for number, circle in enumerate(circles, start=1):
            new = await self._insert(
                pods,
                guild_id=guild_id,
                group_id=group_id,
                number=number,
                size=size,
                formed_by=formed_by,
                formed_at=now,
            )
            for user_id in circle:
                await self._run(
                    insert(pod_members).values(pod_id=new, user_id=user_id, joined_at=now)
                )

    async def proposed(self, group_id: GroupId) -> list[Pod]:
        """Return what is proposed for a group, by number."""
        return await self._with_members(
            lambda: (
                select(pods)
                .where(
                    pods.c.group_id == group_id,
                    pods.c.opened_at.is_(None),
                    pods.c.dissolved_at.is_(None),
                )
                .order_by(pods.c.number)
            )
        )

    async def open_in(self, group_id: GroupId) -> list[Pod]:
        """Return a group's pods, by number."""
        return await self._with_members(
            lambda: (
                select(pods)
                .where(
                    pods.c.group_id == group_id,
                    pods.c.opened_at.is_not(None),
                    pods.c.dissolved_at.is_(None),
                )
                .order_by(pods.c.number)
            )
        )

    async def by_id(self, pod_id: int) -> Pod | None:
        """Return a pod whatever its state; for the process's own work, never for a request."""
        found = await self._with_members(lambda: select(pods).where(pods.c.id == pod_id))
        return found[0] if found else None

    async def edit(self, pod_ids: Iterable[PodId], **values: Unpack[PodPatch]) -> None:
        """Set the named columns of several."""
        await self._run(update(pods).where(pods.c.id.in_(list(pod_ids))).values(**values))

    # By the instant, which names those that one command dissolved.
    async def restore(self, group_id: GroupId, dissolved_at: datetime) -> None:
        """Restore the pods of a group that were dissolved at an instant."""
        await self._run(
            lambda: (
                update(pods)
                .where(pods.c.group_id == group_id, pods.c.dissolved_at == dissolved_at)
                .values(dissolved_at=None)
            )
        )

    async def move(self, user_id: int, origin: PodId, target: PodId, now: datetime) -> None:
        """Take somebody out of one pod and into another; nothing is left of a mere proposal."""
        await self.leave(user_id, origin, now)
        await self.join(user_id, target, now)

    async def join(self, user_id: int, pod_id: PodId, now: datetime) -> None:
        """Put somebody in a pod, even if they were in it before."""
        await self._put(
            pod_members,
            # Somebody who comes back takes up the row that they left.
            key=("pod_id", "user_id"),
            pod_id=pod_id,
            user_id=user_id,
            joined_at=now,
            left_at=None,
        )

    async def leave(self, user_id: int, pod_id: PodId, now: datetime) -> None:
        """Note that somebody left a pod; take them out of a mere proposal."""
        where = (pod_members.c.pod_id == pod_id, pod_members.c.user_id == user_id)
        opened = await self._value(lambda: select(pods.c.opened_at).where(pods.c.id == pod_id))
        # A proposal that was changed has no history; in a pod that existed, who was in it counts as
        # having met.
        if opened is None:
            await self._run(delete(pod_members).where(*where))
        else:
            await self._run(update(pod_members).where(*where).values(left_at=now))

    async def met(self, group_id: GroupId) -> set[frozenset[int]]:
        """Return the pairs who were in an opened pod of this group together."""
        one, other = pod_members.alias(), pod_members.alias()
        rows = await self._all(
            _pair,
            select(one.c.user_id, other.c.user_id.label("other"))
            # Less than, so that each pair comes once and nobody is paired with themselves.
            .join(other, (one.c.pod_id == other.c.pod_id) & (one.c.user_id < other.c.user_id))
            .join(pods, pods.c.id == one.c.pod_id)
            .where(pods.c.group_id == group_id, pods.c.opened_at.is_not(None)),
        )
        return set(rows)

    async def wishes(self, group_id: GroupId) -> list[Wish]:
        """Return who should be together or apart in a group."""
        return await self._all(
            Wish,
            lambda: select(
                pod_wishes.c.user_id, pod_wishes.c.other_user_id, pod_wishes.c.together
            ).where(pod_wishes.c.group_id == group_id),
        )

    async def wish(self, group_id: GroupId, wishes: Iterable[Wish], *, together: bool) -> None:
        """Replace a group's wishes of one kind."""
        await self._run(
            lambda: delete(pod_wishes).where(
                pod_wishes.c.group_id == group_id, pod_wishes.c.together == together
            )
        )
        for one in wishes:
            await self._put(
                pod_wishes,
                key=("group_id", "user_id", "other_user_id"),
                group_id=group_id,
                user_id=one.user_id,
                other_user_id=one.other_user_id,
                together=one.together,
            )

    async def _with_members(self, statement: Statement) -> list[Pod]:
        found = await self._all(Pod, statement)
        if not found:
            return []
        inside: dict[int, list[int]] = {one.id: [] for one in found}
        rows = await self._all(
            _place,
            select(pod_members.c.pod_id, pod_members.c.user_id)
            .where(pod_members.c.pod_id.in_(list(inside)), pod_members.c.left_at.is_(None))
            .order_by(pod_members.c.joined_at, pod_members.c.user_id),
        )
        for pod_id, user_id in rows:
            inside[pod_id].append(user_id)
        return [replace(one, members=tuple(inside[one.id])) for one in found]


def _pair(user_id: int, other: int) -> frozenset[int]:
    return frozenset((user_id, other))


def _place(pod_id: int, user_id: int) -> tuple[int, int]:
    return pod_id, user_id
