"""How commands name reading lists."""

from __future__ import annotations

from collections.abc import Sequence

from bot.base.choices import Offered
from data.reading.lists import ReadingList


def offered_lists(lists: Sequence[ReadingList]) -> Offered[ReadingList]:
    """Return reading lists to choose from; equal titles are told apart by when they were made."""
    return Offered(
        lists,
        "reading list",
        apart=lambda one: f"{one.created_at:%d %b %Y}",
        hint="`/reading import` makes one from a file, or from text.",
    )
