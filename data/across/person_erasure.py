"""Erasing one person from one server: what is deleted, what only loses their name, what shows it.

:data:`OWN` and :data:`OWN_TABLES` say which rows are deleted; all others that name the person stay,
without the id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Table,
    Text,
    delete,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from data.across.person_rows import PersonRows, person_columns, rows_naming
from data.across.server_export import rows_of_server
from data.delivery.cards import Card
from data.delivery.schema import cards, deliveries
from data.schema import metadata
from data.states import CardKind
from data.types import Strings

NOBODY = 0
"""Replaces the id of somebody who was erased, in rows that need one."""

ERASED = "somebody"
"""Replaces the mention of somebody who was erased, in other people's texts."""

OWN = frozenset({"user_id", "other_user_id", "occurrence"})
"""The columns whose rows belong to the person and are deleted; elsewhere only the id goes."""

OWN_TABLES = frozenset({"introductions"})
"""Tables whose rows are deleted with any person whom they name."""

SHOWN_ON = {
    "groups": (CardKind.GROUP, CardKind.COFFEE),
    "rounds": (CardKind.ROUND, CardKind.DIGEST),
    "checkins": (CardKind.CHECKIN, CardKind.POD_LINE),
    "meetings": (CardKind.MEETING, CardKind.MEETING_THREAD),
    "nominations": (CardKind.NOMINATION,),
    "polls": (CardKind.POLL,),
    "projects": (CardKind.BOARD,),
    "claims": (CardKind.CLAIM,),
    "results": (CardKind.RESULT,),
    "programmes": (CardKind.PROGRAMME,),
    "pods": (CardKind.POD,),
}
"""The tables whose rows have a card, and of which kinds."""

REACTED_ON = {"rsvps": "meetings", "votes": "nominations", "poll_fits": "polls"}
"""The tables that hold what people answered by reaction, and whose card the reaction is under."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What erasing somebody leaves to do in Discord.

    ``rows`` is how many were erased or made nameless. ``removed`` are the cards of what is gone,
    ``changed`` those that show something that changed. ``quoting`` are other messages, as (channel,
    message), in which the bot quoted what is gone.
    """

    rows: int
    removed: tuple[Card, ...]
    changed: tuple[Card, ...]
    quoting: tuple[tuple[int, int], ...] = ()


class PersonErasure(PersonRows):
    """Deletes a person from every table, or takes their id out of what others build on."""

    async def erase(self, guild_id: int, user_id: int) -> Erased:
        """Delete what is somebody's in this server, and take their id out of all the rest."""
        touched: dict[str, set[int]] = defaultdict(set)
        for table in metadata.sorted_tables:
            for condition in (
                rows_naming(table, guild_id, user_id),
                self._mentions(table, guild_id, user_id),
            ):
                if condition is not None:
                    await self._climb(table, condition, touched)
        gone = await self._checkin_cards(guild_id, user_id)
        quoting = await self._quoting(guild_id, user_id)
        rows = 0
        for table in reversed(metadata.sorted_tables):
            rows += await self._erase_from(table, guild_id, user_id)
            rows += await self._erase_mentions(table, guild_id, user_id)
        about = await self.delivery_keys(guild_id, user_id)
        for start in range(0, len(about), 500):
            rows += await self._run(
                delete(deliveries).where(deliveries.c.key.in_(about[start : start + 500]))
            )
        changed = await self._cards(guild_id, touched)
        names = {(one.kind, one.subject_id) for one in gone}
        for kind, subject_id in names:
            await self._run(
                delete(cards).where(cards.c.kind == kind, cards.c.subject_id == subject_id)
            )
        changed = [one for one in changed if (one.kind, one.subject_id) not in names]
        return Erased(rows, tuple(gone), tuple(changed), quoting)

    async def reacted(self, guild_id: int, user_id: int) -> list[Card]:
        """Return the cards that somebody answered by reaction."""
        standing: list[Card] = []
        for name, target in REACTED_ON.items():
            table = metadata.tables[name]
            condition = rows_naming(table, guild_id, user_id)
            (key,) = (one.parent for one in table.foreign_keys)
            if condition is not None:
                ids = set(await self._values(select(key).where(condition)))
                standing += await self._cards(guild_id, {target: ids})
        return standing

    async def _erase_from(self, table: Table, guild_id: int, user_id: int) -> int:
        ours = rows_of_server(table, guild_id)
        if ours is None:
            return 0
        rows = 0
        for column in person_columns(table):
            is_theirs = ours & (column == user_id)
            if column.name in OWN or table.name in OWN_TABLES:
                rows += await self._run(delete(table).where(is_theirs))
                continue
            values: dict[str, Any] = {column.name: None if column.nullable else NOBODY}
            if column.name == "witness_id" and "witnessed" in table.c:
                values["witnessed"] = None
            rows += await self._run(update(table).where(is_theirs).values(**values))
        return rows

    def _mentions(self, table: Table, guild_id: int, user_id: int) -> ColumnElement[bool] | None:
        """Return the condition for a server's rows whose texts mention somebody."""
        ours = rows_of_server(table, guild_id)
        holds = [
            type_coerce(column, Text()).contains(mention)
            for column in _texts(table)
            for mention in _spellings(user_id)
        ]
        return ours & or_(*holds) if ours is not None and holds else None

    async def _erase_mentions(self, table: Table, guild_id: int, user_id: int) -> int:
        condition = self._mentions(table, guild_id, user_id)
        if condition is None:
            return 0
        values: dict[str, Any] = {}
        for column in _texts(table):
            without = type_coerce(column, Text())
            for mention in _spellings(user_id):
                without = func.replace(without, mention, ERASED)
            values[column.name] = without
        return await self._run(update(table).where(condition).values(**values))

    async def _climb(
        self, table: Table, condition: ColumnElement[bool], touched: dict[str, set[int]]
    ) -> None:
        """Collect the rows that have a card among these rows and those above them."""
        if table.name in SHOWN_ON:
            touched[table.name] |= set(await self._values(select(table.c.id).where(condition)))
        for key in table.foreign_keys:
            parent = key.column.table
            above = select(key.parent).where(condition, key.parent.is_not(None))
            await self._climb(parent, key.column.in_(above), touched)

    async def _cards(self, guild_id: int, touched: Mapping[str, set[int]]) -> list[Card]:
        standing = await self._all(Card, select(cards).where(cards.c.guild_id == guild_id))
        shown = {
            (kind, one) for name, ids in touched.items() for kind in SHOWN_ON[name] for one in ids
        }
        return [one for one in standing if (one.kind, one.subject_id) in shown]

    async def _quoting(self, guild_id: int, user_id: int) -> tuple[tuple[int, int], ...]:
        """Return the messages that told helpers what somebody's check-ins say."""
        table = metadata.tables["checkins"]
        theirs = await self._values(
            select(table.c.id).where(table.c.guild_id == guild_id, table.c.user_id == user_id)
        )
        wanted = {f"checkin/{one}/help" for one in theirs}
        sent = await self._connection.execute(
            select(deliveries.c.key, deliveries.c.channel_id, deliveries.c.message_id).where(
                deliveries.c.guild_id == guild_id,
                deliveries.c.key.startswith("checkin/"),
                deliveries.c.message_id.is_not(None),
            )
        )
        return tuple((row[1], row[2]) for row in sent if row[0].rpartition("/")[0] in wanted)

    async def _checkin_cards(self, guild_id: int, user_id: int) -> list[Card]:
        """Return the cards that show nothing but what somebody wrote."""
        table = metadata.tables["checkins"]
        theirs = select(table.c.id).where(table.c.guild_id == guild_id, table.c.user_id == user_id)
        return await self._all(
            Card,
            select(cards).where(
                cards.c.guild_id == guild_id,
                cards.c.kind.in_([CardKind.CHECKIN, CardKind.POD_LINE]),
                cards.c.subject_id.in_(theirs),
            ),
        )


def _texts(table: Table) -> list[Column[Any]]:
    """Return the columns in which people's own words are kept."""
    return [
        column
        for column in table.columns
        if isinstance(column.type, Text | Strings) and not column.primary_key
    ]


def _spellings(user_id: int) -> tuple[str, str]:
    """Return the two ways in which Discord writes a mention of somebody."""
    return f"<@{user_id}>", f"<@!{user_id}>"
