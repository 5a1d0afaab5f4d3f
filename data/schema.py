"""All tables, as SQLAlchemy Core metadata; each feature's are in its own ``schema`` module.

Importing this module fills :data:`metadata`; Alembic compares it with the database.
"""

from sqlalchemy import Index, Table

from data.boards import schema as boards
from data.checkins import schema as checkins
from data.delivery import schema as delivery
from data.papers import schema as papers
from data.people import schema as people
from data.programmes import schema as programmes
from data.reading import schema as reading
from data.server import schema as server
from data.types import metadata


def _has_index_by_server(table: Table) -> bool:
    """Return whether a server's rows can be found without reading the others."""
    keys = [list(table.primary_key.columns)]
    keys += [
        list(index.columns)
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is None
    ]
    return any(key[:1] == [table.c.guild_id] for key in keys)


# Exports, erasures and lists read one server's rows of every table, so this is done for all here.
for _table in metadata.tables.values():
    if "guild_id" in _table.c and not _has_index_by_server(_table):
        Index(f"ix_{_table.name}_guild_id", _table.c.guild_id)

__all__ = [
    "boards",
    "checkins",
    "delivery",
    "metadata",
    "papers",
    "people",
    "programmes",
    "reading",
    "server",
]
