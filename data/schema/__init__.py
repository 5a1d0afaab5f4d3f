"""The tables, as SQLAlchemy Core metadata, a module for each feature.

Importing this package fills :data:`metadata`; Alembic compares it with the database.
"""

from data.schema import (
    boards,
    checkins,
    deadlines,
    feeds,
    ledger,
    life,
    papers,
    people,
    programmes,
    reading,
    server,
    types,
)
from data.schema.types import metadata

__all__ = [
    "boards",
    "checkins",
    "deadlines",
    "feeds",
    "ledger",
    "life",
    "metadata",
    "papers",
    "people",
    "programmes",
    "reading",
    "server",
    "types",
]
