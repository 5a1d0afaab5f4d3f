"""How Alembic meets the database: on the connection it is given, or on COHORT_DATABASE_URL."""

import os
from typing import Literal

from alembic import context
from sqlalchemy import Connection, create_engine

from data import types
from data.schema import metadata

_SPELT_OUT: dict[type[object], str] = {
    types.BigInt: 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")',
    types.Instant: 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")',
    types.Flag: "sa.Integer()",
    types.Choice: "sa.Text()",
    types.Strings: "sa.Text()",
    types.LocalDate: "sa.Text()",
    types.LocalTime: "sa.Text()",
}


def spell_out(kind: str, item: object, context: object) -> str | Literal[False]:
    """Write a column's type without our classes, which change while a migration must not."""
    return _SPELT_OUT.get(type(item), False) if kind == "type" else False


def run(connection: Connection) -> None:
    """Run what was asked for on this connection."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=spell_out,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = os.environ.get("COHORT_DATABASE_URL", "sqlite:///cohort.db").replace("+aiosqlite", "")
    with create_engine(url).begin() as own:
        run(own)
