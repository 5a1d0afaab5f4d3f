"""SQLAlchemy's PostgreSQL with our types, and the statements that make every table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler, PGTypeCompiler
from sqlalchemy.engine.mock import MockConnection

from data import migrations
from data.schema import metadata


class _Types(PGTypeCompiler):
    """Every integer has 64 bits, as SQLite's have: people paste and forge large ids."""

    def visit_INTEGER(self, type_: Any, **kw: Any) -> str:  # noqa: N802 - SQLAlchemy's name
        return "BIGINT"


class _Tables(PGDDLCompiler):
    """Text is ordered by its bytes, as SQLite orders it, whatever the database's locale."""

    def get_column_specification(self, column: Column[Any], **kwargs: Any) -> str:
        written = super().get_column_specification(column, **kwargs)
        name, _, rest = written.partition(" ")
        rest = rest.replace("TEXT", 'TEXT COLLATE "C"', 1)
        return f"{name} {'BIGSERIAL' + rest[6:] if rest.startswith('SERIAL') else rest}"


class Dialect(PGDialect_asyncpg):
    """PostgreSQL with our types: integers of 64 bits, flags that are integers, bytewise text."""

    supports_statement_cache = True
    type_compiler_cls = _Types
    ddl_compiler = _Tables
    # A flag is compared with 1 and 0, as it is stored, and not with true and false.
    supports_native_boolean = False


class MigratingDialect(Dialect):
    """The same for migrations, which also read what the server says of its tables.

    In that, flags are PostgreSQL's own booleans.
    """

    supports_statement_cache = True
    supports_native_boolean = True


for _table in metadata.tables.values():
    for _index in _table.indexes:
        if (_condition := _index.dialect_options["sqlite"]["where"]) is not None:
            _index.dialect_kwargs["postgresql_where"] = _condition

DIALECT = Dialect()


def tables() -> str:
    """Return the statements that make every table, and note the revision as Alembic does."""
    made: list[str] = []

    def add(statement: Any, *_: Any) -> None:
        made.append(str(statement.compile(dialect=DIALECT)).strip())

    metadata.create_all(MockConnection(DIALECT, add), checkfirst=False)
    made.append(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    made.append(f"INSERT INTO alembic_version VALUES ('{migrations.HEAD}')")  # noqa: S608
    return ";\n".join(made)
