"""All tables, as SQLAlchemy Core metadata; each feature's stand in its own ``schema`` module.

Importing this module fills :data:`metadata`; Alembic compares it with the database.
"""

from data.boards import schema as boards
from data.checkins import schema as checkins
from data.delivery import schema as delivery
from data.papers import schema as papers
from data.people import schema as people
from data.programmes import schema as programmes
from data.reading import schema as reading
from data.server import schema as server
from data.types import metadata

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
