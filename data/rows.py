"""Rows that a statement found, and what makes them of the values that a database gives."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

R = TypeVar("R")

Row = Any
"""A named tuple, one field for each column."""


@cache
def _fields(record: type) -> tuple[str, ...]:
    """Return the names of a record's fields, in their order."""
    return getattr(record, "__struct_fields__", ())


class Shape:
    """How the rows of a statement are made of what the database gives."""

    __slots__ = ("_converted", "_make", "names")

    def __init__(
        self, names: tuple[str, ...], processors: tuple[Callable[[Any], Any] | None, ...]
    ) -> None:
        self.names = names
        self._converted = [(at, one) for at, one in enumerate(processors) if one is not None]
        # A column's name may be invalid for a field; its value still has a place.
        self._make = namedtuple("Row", names, rename=True)._make  # pyright: ignore[reportUntypedNamedTuple]

    def row(self, raw: Sequence[Any]) -> Row:
        """Return a row with its values as the columns' types have them."""
        return self._make(self.values(raw))

    def values(self, raw: Sequence[Any]) -> Sequence[Any]:
        """Return the values of a row as the columns' types have them."""
        if not self._converted:
            return raw
        values = list(raw)
        for at, convert in self._converted:
            values[at] = convert(values[at])
        return values


class Rows:
    """What a statement found, and how many rows it touched."""

    __slots__ = ("_raw", "_shape", "rowcount")

    def __init__(self, shape: Shape, raw: Sequence[Sequence[Any]], rowcount: int) -> None:
        self._shape = shape
        self._raw = raw
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Row]:
        return map(self._shape.row, self._raw)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return self._shape.names

    def records(self, record: Callable[..., R]) -> Iterator[R]:
        """Yield what ``record`` makes of each row, of its columns by their names."""
        names, values = self._shape.names, self._shape.values
        # A column that a migration adds at the end must not end up in another field.
        if isinstance(record, type) and _fields(record)[: len(names)] == names:
            return (record(*values(raw)) for raw in self._raw)
        return (record(**dict(zip(names, values(raw), strict=True))) for raw in self._raw)

    def all(self) -> list[Row]:
        """Return every row."""
        return list(self)

    def first(self) -> Row | None:
        """Return the first row, or None."""
        return self._shape.row(self._raw[0]) if self._raw else None

    def one(self) -> Row:
        """Return the only row; raises ValueError where there is another number of them."""
        (raw,) = self._raw
        return self._shape.row(raw)

    def scalar(self) -> Any:
        """Return the first value of the first row, or None."""
        return self._shape.row(self._raw[0])[0] if self._raw else None

    def scalars(self) -> list[Any]:
        """Return the first value of every row."""
        return [row[0] for row in self]
