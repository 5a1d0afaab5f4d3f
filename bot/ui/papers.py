"""How papers appear in messages."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.papers.identifiers import Source
from bot.ui import theme
from data.papers.papers import Paper


def linked(paper: Paper, title: str | None = None, *, limit: int = 200) -> str:
    """Return a paper's title, or the given one, as a link to its page where it has one.

    The title of a plain link is whatever a person or the page itself calls it, so that it could
    hide where the link leads: its site follows in brackets. Those of arXiv and the like need none.
    """
    shown = theme.one_line(title or paper.title, limit)
    if not paper.url:
        return shown
    link = f"[{shown}]({paper.url})"
    site = urlsplit(paper.url).netloc.removeprefix("www.")
    is_named = not paper.key.startswith(f"{Source.URL}:") or f"{shown}/".startswith(f"{site}/")
    return link if is_named else f"{link} ({theme.escape(site)})"
