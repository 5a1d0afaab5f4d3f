"""Servers, and the groups that meet in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NewType, TypedDict, Unpack

from msgspec import Struct
from sqlalchemy import Select, case, func, select, update

from bot.base.shards import ALL, Shards
from data.repository import Repository, insert_on
from data.server.schema import groups, members, servers
from data.shards import of_shards
from data.statements import Prepared, given

GroupId = NewType("GroupId", int)


class Server(Struct, frozen=True):
    """A Discord server and what its organisers set; ids are Discord's."""

    guild_id: int
    timezone: str | None = None
    organiser_role_id: int | None = None
    announcements_channel_id: int | None = None
    boards_channel_id: int | None = None
    joined_at: datetime | None = None
    left_at: datetime | None = None
    levels: tuple[str, ...] | None = None


class ServerColumns(TypedDict, total=False):
    """The settings of a server that can be changed."""

    timezone: str | None
    organiser_role_id: int | None
    announcements_channel_id: int | None
    boards_channel_id: int | None
    levels: tuple[str, ...] | None


class Group(Struct, frozen=True):
    """A study group, at home in one text channel, gathered around its focus."""

    id: GroupId
    guild_id: int
    channel_id: int
    name: str
    focus: str
    timezone: str | None
    created_by: int
    created_at: datetime
    archived_at: datetime | None
    asks_unanswered: bool = True
    """Whether members who have not answered a meeting are reminded of it, once."""


GLANCE = 20
"""How many people a glance at a group names, of those who are here and of those who are away."""


class Glance(Struct, frozen=True):
    """The first of some people in a group to join, and how many there are."""

    first: list[int]
    count: int


class Member(Struct, frozen=True):
    """Somebody who joined a group; away from ``away_since`` until ``away_until``.

    With a ``pace`` of their own they check in to every ``pace``-th round, counted from the round
    numbered ``pace_from``, and rest in between.
    """

    group_id: GroupId
    user_id: int
    joined_at: datetime
    left_at: datetime | None
    away_since: datetime | None
    away_until: datetime | None
    pace: int | None = None
    pace_from: int | None = None

    def is_away(self, now: datetime) -> bool:
        """Whether a pause holds at ``now``."""
        return self.away_until is not None and now < self.away_until

    def rests_in(self, number: int) -> bool:
        """Whether their own pace leaves out the round of this number."""
        if self.pace is None or self.pace_from is None:
            return False
        return (number - self.pace_from) % self.pace != 0


class GroupColumns(TypedDict, total=False):
    """What can be changed of a group."""

    name: str
    focus: str
    timezone: str | None
    channel_id: int
    archived_at: datetime | None
    asks_unanswered: bool


class Servers(Repository):
    """The rows of servers."""

    async def get(self, guild_id: int) -> Server:
        """Return the server's settings, empty ones where nothing was set."""
        found = await self._first(
            Server, lambda: select(servers).where(servers.c.guild_id == guild_id)
        )
        return found or Server(guild_id)

    async def joined(self, guild_ids: Sequence[int], now: datetime) -> None:
        """Note that the bot is in these servers, and forget that it ever left them."""
        if not guild_ids:
            return
        statement = self._upsert(servers).values(
            [{"guild_id": guild_id, "joined_at": now} for guild_id in guild_ids]
        )
        await self._run(
            statement.on_conflict_do_update(
                # The settings stay: a server that adds the bot again finds what it had.
                index_elements=[servers.c.guild_id],
                set_={"left_at": None},
            )
        )

    async def left(self, guild_id: int, now: datetime) -> None:
        """Note that the bot was removed from this server."""
        await self._run(
            lambda: update(servers).where(servers.c.guild_id == guild_id).values(left_at=now)
        )

    async def known(
        self, guild_ids: Sequence[int] | None = None, shards: Shards = ALL
    ) -> dict[int, bool]:
        """Return whether the bot is in each server that has a row, of these or of all."""
        statement = select(servers.c.guild_id, servers.c.left_at.is_(None)).where(
            *of_shards(shards, servers.c.guild_id)
        )
        if guild_ids is not None:
            statement = statement.where(servers.c.guild_id.in_(guild_ids))
        rows = await self._connection.execute(statement)
        return {guild_id: bool(inside) for guild_id, inside in rows}

    async def everywhere(self) -> list[Server]:
        """Return every known server, including those that removed the bot."""
        return await self._all(Server, lambda: select(servers).order_by(servers.c.guild_id))

    async def save(self, guild_id: int, now: datetime, **settings: Unpack[ServerColumns]) -> Server:
        """Set the named columns and leave the others; returns the whole."""
        statement = self._upsert(servers).values(guild_id=guild_id, joined_at=now, **settings)
        if settings:
            await self._run(
                statement.on_conflict_do_update(index_elements=[servers.c.guild_id], set_=settings)
            )
        return await self.get(guild_id)


class Groups(Repository):
    """The rows of groups and of their members."""

    async def create(
        self,
        *,
        guild_id: int,
        channel_id: int,
        name: str,
        focus: str,
        timezone: str | None,
        created_by: int,
        now: datetime,
    ) -> Group:
        """Add a group and return it."""
        values: dict[str, Any] = {
            "guild_id": guild_id,
            "channel_id": channel_id,
            "name": name,
            "focus": focus,
            "timezone": timezone,
            "created_by": created_by,
            "created_at": now,
        }
        new = await self._insert(groups, **values)
        return Group(id=GroupId(new), archived_at=None, **values)

    async def get(self, guild_id: int, group_id: int) -> Group | None:
        """Return a group of this server, archived or not."""
        return await self._first(
            Group,
            lambda: select(groups).where(groups.c.guild_id == guild_id, groups.c.id == group_id),
        )

    async def by_id(self, group_id: GroupId) -> Group | None:
        """Return a group whatever its server; for the process's own work, never for a request."""
        return await self._first(Group, lambda: select(groups).where(groups.c.id == group_id))

    async def in_channel(self, guild_id: int, channel_id: int) -> Group | None:
        """Return the group that lives in this channel."""
        return await self._first(
            Group,
            lambda: select(groups).where(
                groups.c.guild_id == guild_id,
                groups.c.channel_id == channel_id,
                groups.c.archived_at.is_(None),
            ),
        )

    async def of_server(self, guild_id: int) -> list[Group]:
        """Return the server's groups that are not archived, newest first."""
        return await self._all(
            Group,
            lambda: (
                select(groups)
                .where(groups.c.guild_id == guild_id, groups.c.archived_at.is_(None))
                .order_by(groups.c.id.desc())
            ),
        )

    async def homes(self, guild_id: int) -> dict[GroupId, int]:
        """Return the channels of the server's groups, archived or not, by the groups' ids."""
        found = select(groups.c.id, groups.c.channel_id).where(groups.c.guild_id == guild_id)
        rows = (await self._connection.execute(found)).all()
        return {GroupId(row[0]): row[1] for row in rows}

    async def channels(self, guild_id: int) -> list[int]:
        """Return the channels that the server's groups and settings name, each once."""
        return (await self.channels_of([guild_id]))[guild_id]

    async def channels_of(self, guild_ids: Sequence[int]) -> dict[int, list[int]]:
        """Return the channels that servers' groups and settings name, each once, by server."""
        living = select(groups.c.guild_id, groups.c.channel_id).where(
            groups.c.guild_id.in_(guild_ids), groups.c.archived_at.is_(None)
        )
        named = select(
            servers.c.guild_id, servers.c.announcements_channel_id, servers.c.boards_channel_id
        ).where(servers.c.guild_id.in_(guild_ids))
        # Dicts as sets that keep their order: groups first, the newest of them at the front.
        found: dict[int, dict[int, None]] = {guild_id: {} for guild_id in guild_ids}
        for statement in (living.order_by(groups.c.id.desc()), named):
            for guild_id, *channels in await self._connection.execute(statement):
                found[guild_id].update(dict.fromkeys(one for one in channels if one is not None))
        return {guild_id: list(channels) for guild_id, channels in found.items()}

    async def of_person(self, guild_id: int, user_id: int) -> list[Group]:
        """Return the groups of this server that the person is a member of, newest first."""
        return await self._all(
            Group,
            lambda: (
                select(groups)
                .join(members, members.c.group_id == groups.c.id)
                .where(
                    groups.c.guild_id == guild_id,
                    groups.c.archived_at.is_(None),
                    members.c.user_id == user_id,
                    members.c.left_at.is_(None),
                )
                .order_by(groups.c.id.desc())
            ),
        )

    async def edit(self, group_id: GroupId, **values: Unpack[GroupColumns]) -> None:
        """Set the named columns."""
        await self._change(groups, {"id": group_id}, values)

    async def add_member(self, group_id: GroupId, user_id: int, now: datetime) -> bool:
        """Make somebody a member; False when they were one already."""
        joining = _joining(self._connection.dialect.name)
        return bool(await self._run(joining.filled(group_id, user_id, now)))

    async def remove_member(self, group_id: GroupId, user_id: int, now: datetime) -> bool:
        """Note that somebody left; False when they were no member."""
        return bool(
            await self._run(
                lambda: (
                    update(members)
                    .where(
                        members.c.group_id == group_id,
                        members.c.user_id == user_id,
                        members.c.left_at.is_(None),
                    )
                    .values(left_at=now)
                )
            )
        )

    async def set_away(
        self, group_id: GroupId, user_id: int, since: datetime | None, until: datetime | None
    ) -> None:
        """Pause somebody from ``since`` until ``until``, or with None end their pause."""
        await self._run(
            lambda: (
                update(members)
                .where(members.c.group_id == group_id, members.c.user_id == user_id)
                .values(away_since=since, away_until=until)
            )
        )

    async def set_pace(
        self, group_id: GroupId, user_id: int, pace: int | None, first: int | None
    ) -> None:
        """Set somebody's pace: every ``every``-th round from the ``first`` on; None for all."""
        await self._run(
            lambda: (
                update(members)
                .where(members.c.group_id == group_id, members.c.user_id == user_id)
                .values(pace=pace, pace_from=first)
            )
        )

    async def member(self, group_id: GroupId, user_id: int) -> Member | None:
        """Return somebody's membership, or None when they are not a member now."""
        return await self._first(
            Member,
            lambda: select(members).where(
                members.c.group_id == group_id,
                members.c.user_id == user_id,
                members.c.left_at.is_(None),
            ),
        )

    async def members(self, group_id: GroupId) -> list[Member]:
        """Return the present members, in the order in which they joined."""
        return await self._all(
            Member,
            lambda: (
                select(members)
                .where(members.c.group_id == group_id, members.c.left_at.is_(None))
                .order_by(members.c.joined_at, members.c.user_id)
            ),
        )

    async def at_a_glance(self, group_id: GroupId, now: datetime) -> tuple[Glance, Glance]:
        """Return who is here and who is away, the first to join first."""
        found = (await self._rows(lambda: _glance(group_id, now))).all()
        here = [(user_id, of) for user_id, away, of in found if not away]
        away = [(user_id, of) for user_id, away, of in found if away]
        return _seen(here), _seen(away)

    async def member_count(self, group_id: GroupId) -> int:
        """Return how many members a group has now."""
        return await self._value(
            lambda: (
                select(func.count())
                .select_from(members)
                .where(members.c.group_id == group_id, members.c.left_at.is_(None))
            )
        )


def _seen(found: Sequence[tuple[int, int]]) -> Glance:
    return Glance([user_id for user_id, _ in found], found[0][1] if found else 0)


def _glance(group_id: GroupId, now: datetime) -> Select[Any, Any, Any]:
    """Return the first members of a group, here and away, each with how many of those there are."""
    away = case((members.c.away_until > now, 1), else_=0)
    joined = (members.c.joined_at, members.c.user_id)
    numbered = (
        select(
            members.c.user_id,
            away.label("away"),
            func.count().over(partition_by=away).label("of"),
            func.row_number().over(partition_by=away, order_by=joined).label("number"),
        )
        .where(members.c.group_id == group_id, members.c.left_at.is_(None))
        .subquery()
    )
    return (
        select(numbered.c.user_id, numbered.c.away, numbered.c.of)
        .where(numbered.c.number <= GLANCE)
        .order_by(numbered.c.number)
    )


@cache
def _joining(dialect: str) -> Prepared:
    """Return the statement that makes somebody a member; it changes nothing for a member."""
    now = given("now", members.c.joined_at.type)
    statement = insert_on(dialect, members).values(
        group_id=given("group_id"), user_id=given("user_id"), joined_at=now
    )
    return Prepared(
        statement.on_conflict_do_update(
            index_elements=[members.c.group_id, members.c.user_id],
            # Without an old pause or pace, of which people who come back know nothing any more.
            set_={
                "joined_at": now,
                "left_at": None,
                "away_since": None,
                "away_until": None,
                "pace": None,
                "pace_from": None,
            },
            # The count of rows tells whether they joined.
            where=members.c.left_at.is_not(None),
        ),
        ("group_id", "user_id", "now"),
    )
