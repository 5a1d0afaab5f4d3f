"""Pair meetings: how often a group has them, who wants to be in them, and who met whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NewType, TypedDict, Unpack

from msgspec import Struct
from sqlalchemy import and_, func, insert, select, update

from data.people.schema import coffee_members, coffee_people, coffee_schedules, coffees
from data.repository import Repository
from data.server.groups import GroupId, Member
from data.server.schema import members

CoffeeId = NewType("CoffeeId", int)


class CoffeeSchedule(Struct, frozen=True):
    """After how many weeks a group's next pairs are made; none any more once it has ended."""

    group_id: GroupId
    guild_id: int
    weeks: int
    next_at: datetime
    set_by: int
    set_at: datetime
    ended_at: datetime | None


class Taker(Struct, frozen=True):
    """Somebody who wants to be paired, with what one coffee was for them."""

    user_id: int
    happened: bool | None


class Coffee(Struct, frozen=True):
    """Two people, or three, who are introduced; or with ``rest`` one who is left over.

    ``number`` counts a group's rounds from 1. ``message_id`` is where they were introduced, and
    the thread that was opened there.
    """

    id: CoffeeId
    guild_id: int
    group_id: GroupId
    number: int
    rest: bool
    paired_at: datetime
    channel_id: int | None
    message_id: int | None
    takers: tuple[Taker, ...] = ()

    @property
    def people(self) -> tuple[int, ...]:
        """Who is in it."""
        return tuple(one.user_id for one in self.takers)

    @property
    def happened(self) -> bool | None:
        """Whether they met: True when one of them says so; None while nobody has answered."""
        said = [one.happened for one in self.takers if one.happened is not None]
        # One who says so is enough: people forget to answer rather than make it up.
        return any(said) if said else None

    @property
    def url(self) -> str | None:
        """The address of where they were introduced."""
        if self.message_id is None:
            return None
        return f"https://discord.com/channels/{self.guild_id}/{self.channel_id}/{self.message_id}"


class CoffeeSchedulePatch(TypedDict, total=False):
    """What may change about a group's coffees."""

    next_at: datetime
    ended_at: datetime


class Coffees(Repository):
    """The rows of pair meetings."""

    async def schedule_of(self, group_id: GroupId) -> CoffeeSchedule | None:
        """Return how often a group's pairs are made, also where that has ended."""
        return await self._first(
            CoffeeSchedule,
            lambda: select(coffee_schedules).where(coffee_schedules.c.group_id == group_id),
        )

    async def set_schedule(self, schedule: CoffeeSchedule) -> None:
        """Keep how often a group's pairs are made, over an earlier one."""
        await self._put(
            coffee_schedules,
            key=("group_id",),
            group_id=schedule.group_id,
            guild_id=schedule.guild_id,
            weeks=schedule.weeks,
            next_at=schedule.next_at,
            set_by=schedule.set_by,
            set_at=schedule.set_at,
            ended_at=schedule.ended_at,
        )

    async def edit_schedule(self, group_id: GroupId, **values: Unpack[CoffeeSchedulePatch]) -> None:
        """Set the named columns."""
        await self._change(coffee_schedules, {"group_id": group_id}, values)

    async def opt_in(self, group_id: GroupId, user_id: int, now: datetime) -> bool:
        """Add somebody to the pairing; False where they were in already."""
        statement = self._upsert(coffee_members).values(
            group_id=group_id, user_id=user_id, joined_at=now
        )
        return bool(
            await self._run(
                statement.on_conflict_do_update(
                    index_elements=[coffee_members.c.group_id, coffee_members.c.user_id],
                    set_={"joined_at": now, "left_at": None},
                    # Nothing is changed for somebody inside, so that the count of rows tells.
                    where=coffee_members.c.left_at.is_not(None),
                )
            )
        )

    async def opt_out(self, group_id: GroupId, user_ids: Iterable[int], now: datetime) -> int:
        """Remove these people from the pairing; returns how many were in it."""
        return await self._run(
            update(coffee_members)
            .where(
                coffee_members.c.group_id == group_id,
                coffee_members.c.user_id.in_(list(user_ids)),
                coffee_members.c.left_at.is_(None),
            )
            .values(left_at=now)
        )

    async def inside(self, group_id: GroupId) -> list[int]:
        """Return who wants to be paired, in the order in which they said so."""
        return await self._values(
            lambda: (
                select(coffee_members.c.user_id)
                .where(coffee_members.c.group_id == group_id, coffee_members.c.left_at.is_(None))
                .order_by(coffee_members.c.joined_at, coffee_members.c.user_id)
            )
        )

    async def members(self, group_id: GroupId) -> list[Member]:
        """Return those who want to be paired and are members of the group, in that order."""
        same = and_(
            members.c.group_id == coffee_members.c.group_id,
            members.c.user_id == coffee_members.c.user_id,
        )
        return await self._all(
            Member,
            select(members)
            # Both: until somebody who left the group is taken out here too, their wish still
            # stands.
            .join(coffee_members, same)
            .where(
                coffee_members.c.group_id == group_id,
                coffee_members.c.left_at.is_(None),
                members.c.left_at.is_(None),
            )
            .order_by(coffee_members.c.joined_at, coffee_members.c.user_id),
        )

    async def last_number(self, group_id: GroupId) -> int:
        """Return the number of a group's last round, 0 before the first."""
        found = await self._value(
            lambda: select(func.max(coffees.c.number)).where(coffees.c.group_id == group_id)
        )
        return found or 0

    async def add(
        self,
        circle: Sequence[int],
        *,
        guild_id: int,
        group_id: GroupId,
        number: int,
        rest: bool,
        now: datetime,
    ) -> CoffeeId:
        """Note who meets in a round, or who rests in it."""
        new = await self._insert(
            coffees, guild_id=guild_id, group_id=group_id, number=number, rest=rest, paired_at=now
        )
        for user_id in circle:
            await self._run(insert(coffee_people).values(coffee_id=new, user_id=user_id))
        return CoffeeId(new)

    async def of_group(self, group_id: GroupId, number: int | None = None) -> list[Coffee]:
        """Return a group's coffees and rests, of one round or of all."""
        statement = select(coffees).where(coffees.c.group_id == group_id)
        if number is not None:
            statement = statement.where(coffees.c.number == number)
        return await self._whole(statement)

    async def by_id(self, coffee_id: int) -> Coffee | None:
        """Return one whatever its server; who may see it is for the caller to check."""
        found = await self._whole(select(coffees).where(coffees.c.id == coffee_id))
        return found[0] if found else None

    async def posted(self, coffee_id: CoffeeId, channel_id: int, message_id: int) -> None:
        """Note where its people were introduced."""
        await self._run(
            lambda: (
                update(coffees)
                .where(coffees.c.id == coffee_id)
                .values(channel_id=channel_id, message_id=message_id)
            )
        )

    async def answer(self, coffee_id: CoffeeId, user_id: int, *, happened: bool) -> None:
        """Note what one of them says."""
        await self._run(
            lambda: (
                update(coffee_people)
                .where(coffee_people.c.coffee_id == coffee_id, coffee_people.c.user_id == user_id)
                .values(happened=happened)
            )
        )

    async def _whole(self, statement: Any) -> list[Coffee]:
        """Return coffees with who is in them."""
        chosen = statement.with_only_columns(coffees.c.id)
        rows = await self._all(
            _place,
            select(coffee_people)
            .where(coffee_people.c.coffee_id.in_(chosen))
            .order_by(coffee_people.c.user_id),
        )
        inside: dict[int, list[Taker]] = {}
        for coffee_id, taker in rows:
            inside.setdefault(coffee_id, []).append(taker)

        def whole(**row: Any) -> Coffee:
            return Coffee(takers=tuple(inside.get(row["id"], ())), **row)

        return await self._all(whole, statement.order_by(coffees.c.id))


def _place(coffee_id: int, user_id: int, happened: bool | None) -> tuple[int, Taker]:
    return coffee_id, Taker(user_id, happened)
