"""The column types, and the one metadata that every table belongs to.

SQLite tables are strict (https://www.sqlite.org/stricttables.html), which allows INTEGER, REAL
and TEXT only, so richer types are spelt out here and hold on PostgreSQL too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

E = TypeVar("E", bound=StrEnum)


def table(name: str, *items: SchemaItem) -> Table:
    """Return a strict table of :data:`metadata`, whose own ids are never given twice.

    Delivery keys and buttons of old messages name rows by these ids. Without AUTOINCREMENT, SQLite
    gives the id of a deleted newest row to the next one (https://www.sqlite.org/autoinc.html).
    """
    numbered = any(isinstance(item, Column) and item.name == "id" for item in items)
    return Table(name, metadata, *items, sqlite_strict=True, sqlite_autoincrement=numbered)


def partial_index(
    name: str, *columns: Column[Any], where: ColumnElement[bool], unique: bool = False
) -> Index:
    """Index only the rows that meet a condition, on both databases.

    :mod:`data.postgresql.dialect` hands the condition on: named here, it would load SQLAlchemy's
    PostgreSQL wherever there are tables.
    """
    return Index(name, *columns, unique=unique, sqlite_where=where)


class BigInt(TypeDecorator[int]):
    """A 64-bit integer: Discord's ids, and ours."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """SQLite's INTEGER is 64 bits wide, and the only strict one."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored as UTC milliseconds since 1970; finer digits are dropped."""

    impl = BigInt
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuse naive times: they mean nothing once stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"a stored instant needs a zone: {value!r}")
        # Whole numbers throughout: a float of seconds loses milliseconds in this century.
        return (value - _EPOCH) // _MILLISECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the instant, aware, in UTC."""
        return None if value is None else _EPOCH + value * _MILLISECOND


class Flag(TypeDecorator[bool]):
    """True or false, stored as 1 or 0.

    To SQLAlchemy it is a boolean, so that a condition may be a flag alone: it is written as a
    comparison, where PostgreSQL takes no number for a condition.
    """

    impl = Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Store a number; a strict table of SQLite knows no booleans."""
        return dialect.type_descriptor(Integer())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        """Store as an integer."""
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:
        """Return a bool."""
        return None if value is None else bool(value)


class LocalDate(TypeDecorator[date]):
    """A calendar date without a zone, stored as ``YYYY-MM-DD``."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """Store in ISO form."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """Return a date."""
        return None if value is None else date.fromisoformat(value)


class LocalTime(TypeDecorator[time]):
    """A wall-clock time without a zone, stored as ``HH:MM``."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: time | None, dialect: Dialect) -> str | None:
        """Store to the minute."""
        return None if value is None else value.strftime("%H:%M")

    def process_result_value(self, value: str | None, dialect: Dialect) -> time | None:
        """Return a time."""
        return None if value is None else time.fromisoformat(value)


class Strings(TypeDecorator[Sequence[str]]):
    """A tuple of texts, stored as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:
        """Store as JSON."""
        return None if value is None else json.dumps(list(value), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Sequence[str] | None:
        """Return a tuple."""
        return None if value is None else tuple(json.loads(value))


class Choice(TypeDecorator[E]):
    """A member of a ``StrEnum``, stored as its value."""

    impl = Text
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        """Store the value, refusing what is not a member."""
        return None if value is None else str(self.enum(value).value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        """Return the member."""
        return None if value is None else self.enum(value)


class Secret(TypeDecorator[str]):
    """A text that opens something to whoever has it; a server's export leaves it out."""

    impl = Text
    cache_ok = True


def own_id() -> Column[int]:
    """Our own id, made by the database."""
    return Column("id", Integer, primary_key=True)


def references(target: str, name: str, *, primary_key: bool = False) -> Column[int]:
    """A row of another table (``table.column``), without which this one goes too."""
    return Column(
        name,
        Integer,
        ForeignKey(target, ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


def guild_id() -> Column[int]:
    """The Discord server that a row belongs to."""
    return Column("guild_id", BigInt, nullable=False)
