"""Splits long lists of people into pages; each page repeats its heading and range."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from msgspec import Struct

from bot.ui import theme

ON_PAGE = 60
"""How many people a page names."""


class Crowd(Struct, frozen=True):
    """A heading, and the people it applies to, in their order."""

    heading: str
    people: Sequence[int]


def pages(title: str, about: str, crowds: Sequence[Crowd]) -> list[discord.Embed]:
    """Return crowds on as many pages as they fill; ``about`` is on the first.

    Where a crowd goes on over a page's end, each part says which of its people it has.
    """
    blocks: list[list[str]] = [[]]
    room = ON_PAGE
    for crowd in crowds:
        total = len(crowd.people)
        start = 0
        while start < total or not start:
            if room <= 0:
                blocks.append([])
                room = ON_PAGE
            part = crowd.people[start : start + room]
            heading = f"**{crowd.heading} ({total})**"
            if len(part) < total:
                heading += f" · {start + 1} to {start + len(part)}"
            blocks[-1].append(f"{heading}\n{theme.names(part, limit=len(part))}")
            room -= max(len(part), 1)
            start += max(len(part), 1)
    blocks[0].insert(0, about)
    return [
        discord.Embed(
            title=title, description="\n\n".join(filter(None, block)), colour=theme.ACCENT
        )
        for block in blocks
    ]
