"""Erasing one person from one server: what is deleted, what only loses their name, what shows it.

:data:`OWN` and :data:`OWN_TABLES` say which rows are deleted; all others that name the person stay,
without the id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
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
from data.across.row_keys import PART, Key, rows_with
from data.across.server_export import rows_of_server
from data.batching import in_parts
from data.delivery.cards import Card
from data.delivery.deliveries import REPLY
from data.delivery.kinds import DeadlineKind
from data.delivery.schema import cards, deadlines, deliveries
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

QUOTING = (
    ("checkins", "user_id", "checkin/", "/help"),
    ("commitments", "user_id", "commitment/", "/witness"),
    ("join_requests", "user_id", "board/request/", ""),
    ("introductions", "asked_by", f"{DeadlineKind.INTRODUCTION_ASK}/", ""),
)
"""What other messages than cards quote: the table, the column with its author, and
what stands before and after the row's id where the messages' keys begin."""

REACTED_ON = {"rsvps": "meetings", "votes": "nominations", "poll_fits": "polls"}
"""The tables that hold what people answered by reaction, and whose card the reaction is under."""


class Part(Struct, frozen=True):
    """Rows of one table, by their keys; with ``whole`` all of them go."""

    table: Table
    keys: Sequence[Key]
    whole: bool = False


class Traces(Struct, frozen=True):
    """All that there is of somebody in a server.

    ``parts`` are the rows that name them, in the order in which they can go. ``removed`` are the
    cards of what will be gone, ``changed`` those that show something that will change. ``quoting``
    are other messages, as (channel, message), in which the bot quoted what will be gone, and its
    public replies that name them.
    """

    parts: tuple[Part, ...]
    removed: tuple[Card, ...]
    changed: tuple[Card, ...]
    quoting: tuple[tuple[int, int], ...] = ()


class PersonErasure(PersonRows):
    """Deletes a person from every table, or takes their id out of what others build on.

    What there is of them is looked for first, while others may write, and then erased a part at a
    time: in one transaction it would keep everybody else from writing, for seconds in a large
    server.
    """

    async def find(self, guild_id: int, user_id: int) -> Traces:
        """Return all that there is of somebody in a server."""
        parts: list[Part] = []
        touched: dict[str, set[int]] = defaultdict(set)
        above: dict[Table, set[int]] = defaultdict(set)
        for table in reversed(metadata.sorted_tables):  # what refers to others comes first
            keys = await self._found_in(table, guild_id, user_id, above)
            await self._climb(table, above)
            if table.name in SHOWN_ON:
                touched[table.name] |= above[table]
                touched[table.name].update(key[0] for key in keys)
            parts += [Part(table, some) for some in in_parts(keys, PART)]
        told = [(key,) for key in await self.delivery_keys(guild_id, user_id)]
        parts += [Part(deliveries, some, whole=True) for some in in_parts(told, PART)]
        gone = await self._checkin_cards(guild_id, user_id)
        names = {(one.kind, one.subject_id) for one in gone}
        changed = [
            one
            for one in await self._cards(guild_id, touched)
            if (one.kind, one.subject_id) not in names
        ]
        quoting = await self._quoting(guild_id, user_id)
        return Traces(tuple(parts), tuple(gone), tuple(changed), quoting)

    async def erase(self, user_id: int, part: Part) -> int:
        """Delete what is somebody's of these rows, and take them out of the others.

        Returns how many rows that were.
        """
        table, these = part.table, rows_with(part.table, part.keys)
        if part.whole:
            return await self._run(delete(table).where(these))
        rows = 0
        for column in person_columns(table):
            is_theirs = these & (column == user_id)
            if column.name in OWN or table.name in OWN_TABLES:
                rows += await self._run(delete(table).where(is_theirs))
                continue
            values: dict[str, Any] = {column.name: None if column.nullable else NOBODY}
            # With nobody left to answer, it must not wait for an answer.
            if column.name == "witness_id" and "witnessed" in table.c:
                values["witnessed"] = None
            rows += await self._run(update(table).where(is_theirs).values(**values))
        mentioned = _mentions(table, user_id)
        if mentioned is not None:
            without = {column.name: _without(column, user_id) for column in _texts(table)}
            rows += await self._run(update(table).where(these, mentioned).values(without))
        return rows

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

    async def _found_in(
        self, table: Table, guild_id: int, user_id: int, above: dict[Table, set[int]]
    ) -> list[Key]:
        """Return the keys of the rows that name or mention somebody; note what they refer to."""
        ours, mentioned = rows_of_server(table, guild_id), _mentions(table, user_id)
        names = [column == user_id for column in person_columns(table)]
        if ours is None or (not names and mentioned is None):
            return []
        if table is deadlines:  # the one that sees to it that all of this is done goes last
            ours &= deadlines.c.kind != DeadlineKind.PEOPLE_FORGET
        theirs = or_(*names) if mentioned is None else or_(*names, mentioned)
        key, references = list(table.primary_key.columns), list(table.foreign_keys)
        statement = select(*key, *(one.parent.label(f"to_{n}") for n, one in enumerate(references)))
        keys: list[Key] = []
        for row in await self._connection.execute(statement.where(ours, theirs)):
            keys.append(tuple(row[: len(key)]))
            for reference, parent in zip(references, row[len(key) :], strict=True):
                if parent is not None:
                    above[reference.column.table].add(parent)
        return keys

    async def _climb(self, table: Table, above: dict[Table, set[int]]) -> None:
        """Note what those rows of a table refer to that others refer to."""
        references = list(table.foreign_keys)
        for some in in_parts(sorted(above[table]), PART) if references else ():
            statement = select(*(one.parent.label(f"to_{n}") for n, one in enumerate(references)))
            for row in await self._connection.execute(statement.where(table.c.id.in_(some))):
                for reference, parent in zip(references, row, strict=True):
                    if parent is not None:
                        above[reference.column.table].add(parent)

    async def _cards(self, guild_id: int, touched: Mapping[str, set[int]]) -> list[Card]:
        found: list[Card] = []
        for name, ids in touched.items():
            for some in in_parts(sorted(ids), PART):
                found += await self._all(
                    Card,
                    select(cards).where(
                        cards.c.guild_id == guild_id,
                        cards.c.kind.in_(SHOWN_ON[name]),
                        cards.c.subject_id.in_(some),
                    ),
                )
        return found

    async def _quoting(self, guild_id: int, user_id: int) -> tuple[tuple[int, int], ...]:
        """Return the messages in which others were told what somebody wrote, or that name them."""
        named = f"{REPLY}{user_id}/"
        wanted = {named}
        for name, column, before, after in QUOTING:
            table = metadata.tables[name]
            theirs = await self._values(
                select(table.c.id).where(table.c.guild_id == guild_id, table.c[column] == user_id)
            )
            wanted |= {f"{before}{one}{after}/" for one in theirs}
        sent = await self._connection.execute(
            select(deliveries.c.key, deliveries.c.channel_id, deliveries.c.message_id).where(
                deliveries.c.guild_id == guild_id,
                or_(
                    deliveries.c.key.startswith(named),
                    *(deliveries.c.key.startswith(before) for _, _, before, _ in QUOTING),
                ),
                deliveries.c.message_id.is_not(None),
            )
        )
        # Compared here: a condition for each row that somebody wrote could be thousands of them.
        return tuple(
            (row[1], row[2]) for row in sent if wanted.intersection(_beginnings(f"{row[0]}/"))
        )

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


def _beginnings(key: str) -> Iterator[str]:
    """Return how a key begins, up to each of its slashes."""
    return (key[: at + 1] for at, letter in enumerate(key) if letter == "/")


def _mentions(table: Table, user_id: int) -> ColumnElement[bool] | None:
    """Return the condition for rows whose texts mention somebody; None where there are no texts."""
    holds = [
        type_coerce(column, Text()).contains(mention)
        for column in _texts(table)
        for mention in _spellings(user_id)
    ]
    return or_(*holds) if holds else None


def _without(column: Column[Any], user_id: int) -> ColumnElement[Any]:
    """Return a text without its mentions of somebody."""
    without: ColumnElement[Any] = type_coerce(column, Text())
    for mention in _spellings(user_id):
        without = func.replace(without, mention, ERASED)
    return without


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
