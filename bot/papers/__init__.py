"""Papers: what people type to name one, and what its archive says of it."""

from __future__ import annotations

from bot.papers.details import Details
from bot.papers.identifiers import PaperIdentifier, Source, find
from bot.papers.metadata import (
    ARXIV,
    CROSSREF,
    OPENREVIEW,
    OPENREVIEW_V1,
    Lookup,
    LookupFailed,
)

__all__ = [
    "ARXIV",
    "CROSSREF",
    "OPENREVIEW",
    "OPENREVIEW_V1",
    "Details",
    "Lookup",
    "LookupFailed",
    "PaperIdentifier",
    "Source",
    "find",
]
