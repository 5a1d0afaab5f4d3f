"""Makes a message fit what Discord takes, by shortening it rather than failing.

The limits are those of Discord's documentation: Message Resource (content 2000, embeds 6000 in all)
with Embed Limits, and Component Reference (40 components and 4000 characters of text in all).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, cast

import discord
import structlog
from discord import ui

log = structlog.stdlib.get_logger(__name__)

TEXT = 2000
EMBEDS = 6000
EMBED_PARTS = {"title": 256, "description": 4096}
FIELDS, FIELD_NAME, FIELD_VALUE, FOOTER, AUTHOR = 25, 256, 1024, 2048, 256
LAYOUT_TEXT = 4000
COMPONENTS = 40
LEAST = 80
"""Characters that a text keeps at least, however long the others are."""

_WHOLE = re.compile(r"<[^<>\s]{1,200}>|https?://[^\s<>]+|\]\([^\s()]+\)|\S+|\s+")
"""What is left whole or left out: mentions, timestamps, addresses, link targets, words."""


def shorten(text: str, limit: int) -> str:
    """Return at most ``limit`` characters of a text: whole lines, and how many more there are.

    Where the first line alone is too long, whole words of it. An address, a mention or a timestamp
    appears whole or not at all.
    """
    if len(text) <= limit:
        return text
    lines = text.split("\n")
    kept: list[str] = []
    length = 0
    for line in lines:
        if length + len(line) + 1 > limit - len("… and 9999 more"):
            break
        kept.append(line)
        length += len(line) + 1
    if kept and any(line.strip() for line in kept):
        return "\n".join([*kept, f"… and {len(lines) - len(kept)} more"])
    words: list[str] = []
    length = 0
    for word in _WHOLE.findall(lines[0][: limit + 1]):
        if length + len(word) > limit - 1:
            break
        words.append(word)
        length += len(word)
    return "".join(words).rstrip() + "…" if words else text[: limit - 1] + "…"


def text(content: str) -> str:
    """Return a message's text within Discord's limit."""
    return _said(content, shorten(content, TEXT))


def embeds(given: Sequence[discord.Embed]) -> list[discord.Embed]:
    """Return a message's embeds within Discord's limits; those that fit are the same objects."""
    fitted = [_embed(one) for one in given]
    over = sum(map(len, fitted)) - EMBEDS
    while over > 0:
        # The longest description or field gives way, until all fit.
        raw = [one.to_dict() for one in fitted]
        longest, key = max(
            (
                (holder, key)
                for one in raw
                for holder, key in _texts(one)
                if isinstance(holder.get(key), str)
            ),
            key=lambda place: len(place[0][place[1]]),
        )
        before = longest[key]
        longest[key] = _said(before, shorten(before, max(len(before) - over, LEAST)))
        # Nothing is left to take away: Discord may refuse it, but this must end.
        if longest[key] == before:
            break
        fitted = [discord.Embed.from_dict(one) for one in raw]
        over = sum(map(len, fitted)) - EMBEDS
    return fitted


def layout(view: ui.LayoutView) -> ui.LayoutView:
    """Return a layout within Discord's limits; its texts and items are shortened in place."""
    shown = [one for one in view.walk_children() if isinstance(one, ui.TextDisplay)]
    over = sum(len(one.content) for one in shown) - LAYOUT_TEXT
    while over > 0:
        longest = max(shown, key=lambda one: len(one.content))
        before = longest.content
        longest.content = _said(before, shorten(before, max(len(before) - over, LEAST)))
        if longest.content == before:
            break
        over = sum(len(one.content) for one in shown) - LAYOUT_TEXT
    while view.total_children_count > COMPONENTS and _drop_last(view):
        log.warning("a message was shortened to fit", what="components")
    return view


def _embed(embed: discord.Embed) -> discord.Embed:
    raw = cast("dict[str, Any]", embed.to_dict())
    changed = False

    def within(holder: dict[str, Any], key: str, limit: int) -> None:
        nonlocal changed
        value = holder.get(key)
        if isinstance(value, str) and len(value) > limit:
            holder[key] = _said(value, shorten(value, limit))
            changed = True

    for key, limit in EMBED_PARTS.items():
        within(raw, key, limit)
    within(raw.get("footer") or {}, "text", FOOTER)
    within(raw.get("author") or {}, "name", AUTHOR)
    fields: list[dict[str, Any]] = raw.get("fields") or []
    if len(fields) > FIELDS:
        log.warning("a message was shortened to fit", what="fields", count=len(fields))
        more = len(fields) - FIELDS + 1
        fields[FIELDS - 1 :] = [{"name": "…", "value": f"and {more} more", "inline": False}]
        changed = True
    for one in fields:
        within(one, "name", FIELD_NAME)
        within(one, "value", FIELD_VALUE)
    return discord.Embed.from_dict(raw) if changed else embed


def _texts(raw: Any) -> Iterable[tuple[dict[str, Any], str]]:
    yield raw, "description"
    fields: list[dict[str, Any]] = raw.get("fields") or []
    for one in fields:
        yield one, "value"


def _drop_last(view: ui.LayoutView) -> bool:
    """Take the last item out of the fullest container, else of the layout itself."""
    containers = [one for one in view.children if isinstance(one, ui.Container)]
    fullest: Any = max(containers, key=lambda one: len(list(one.walk_children())), default=view)
    if len(fullest.children) < 2:
        return False
    fullest.remove_item(fullest.children[-1])
    return True


def _said(before: str, after: str) -> str:
    """Log that a text was shortened; a message of ours that needs it should have had pages."""
    if after != before:
        log.warning("a message was shortened to fit", characters=len(before), kept=len(after))
    return after
