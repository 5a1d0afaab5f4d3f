"""The papers that meetings and projects are about, and what is known of them."""

from sqlalchemy import Column, Index, Integer, Text

from data.types import Instant, Strings, own_id, table

papers = table(
    "papers",
    own_id(),
    Column("key", Text, nullable=False),
    Column("url", Text),
    Column("title", Text, nullable=False),
    Column("authors", Strings, nullable=False),
    Column("year", Integer),
    Column("venue", Text),
    Column("abstract", Text),
    Column("pages", Integer),
    Column("looked_up_at", Instant),
    Column("created_at", Instant, nullable=False),
)
Index("uq_papers_key", papers.c.key, unique=True)
