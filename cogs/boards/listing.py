"""Lists that are too long for one message, as pages of embeds."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.ui import theme

ENTRIES = 7
"""How many entries one page shows."""

CHARACTERS = 5200
"""How much text the entries of one page may hold; Discord allows 6000 in an embed."""


def pages(
    title: str, entries: Sequence[tuple[str, str]], nothing: str, *, above: str | None = None
) -> list[discord.Embed]:
    """Return names with texts below them, as many on each page as fit; at least one page.

    ``above`` is on every page; ``nothing`` is on the only one where there are no entries.
    """
    title = theme.clip(theme.escape(title), theme.TITLE_LIMIT)
    if not entries:
        return [discord.Embed(title=title, description=nothing, colour=theme.ACCENT)]
    made: list[discord.Embed] = []
    used = 0
    for name, text in entries:
        name = theme.clip(name, theme.TITLE_LIMIT)
        text = theme.clip(text, theme.FIELD_LIMIT)
        size = len(name) + len(text)
        full = bool(made) and (len(made[-1].fields) >= ENTRIES or used + size > CHARACTERS)
        if not made or full:
            made.append(discord.Embed(title=title, description=above, colour=theme.ACCENT))
            used = 0
        made[-1].add_field(name=name, value=text, inline=False)
        used += size
    return made
