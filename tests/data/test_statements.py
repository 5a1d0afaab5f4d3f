"""Statements that are built once and only filled after that."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Table, Text, func, select, update

from data import sqlite
from data.statements import Ready, filled

things = Table("things", MetaData(), Column("id", Integer, primary_key=True), Column("name", Text))


def ready(number: int, names: list[str]) -> Ready:
    return sqlite._STATEMENTS.ready(
        filled(lambda: select(things.c.id).where(things.c.id == number, things.c.name.in_(names))),
        None,
    )


def test_a_statement_is_compiled_once_and_filled_with_the_values_of_each_call() -> None:
    first, second = ready(1, ["a", "b"]), ready(2, ["c", "d"])
    assert first.compiled is second.compiled
    assert [list(one.values[0]) for one in (first, second)] == [[1, "a", "b"], [2, "c", "d"]]


def test_a_list_is_as_long_as_it_is_each_time() -> None:
    assert [ready(1, names).sql.count("?") for names in (["a"], ["a", "b", "c"], [])] == [2, 4, 1]
    assert list(ready(1, ["a", "b", "c"]).values[0]) == [1, "a", "b", "c"]


def test_two_places_in_the_code_have_statements_of_their_own() -> None:
    def counted(number: int) -> Ready:
        return sqlite._STATEMENTS.ready(
            filled(lambda: select(func.count()).where(things.c.id == number)), None
        )

    assert counted(1).sql != ready(1, ["a"]).sql


def test_a_column_can_be_set_by_its_own_name_and_compared_as_well() -> None:
    def renamed(id: int, name: str | None) -> Ready:
        return sqlite._STATEMENTS.ready(
            filled(lambda: update(things).where(things.c.id == id).values(name=name)), None
        )

    assert renamed(1, "a").sql == "UPDATE things SET name=? WHERE things.id = ?"
    assert list(renamed(1, "a").values[0]) == ["a", 1]
    assert list(renamed(2, None).values[0]) == [None, 2]
