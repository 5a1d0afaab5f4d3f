"""What the terminal says: messages in one line of plain text, instants, names to choose from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import discord
from rapidfuzz import process

WIDTH = 96
"""Characters of a message that are told."""

CLOSE = 15
"""Points of a hundred by which a second guess may be worse than the first."""

_STAMP = re.compile(r"<t:(-?\d+)(?::[a-zA-Z])?>")
_MENTION = re.compile(r"<(?:@[!&]?|#)(\d+)>")
_CROWD = re.compile(r"((?:<@!?\d+>[\s,]*){2})((?:<@!?\d+>[\s,]*){2,})")
_LINK = re.compile(r"\[([^\]]+)\]\([^)\s]+\)")
_MARKUP = re.compile(r"^(?:#{1,3}|-#|>) |\*\*|__|~~|`|\\(?=[^\w\s])", re.MULTILINE)

_READABLE = ("author", "title", "description", "content", "name", "value", "text")
"""What can be read in an embed or a component, in the order in which it is shown."""


def instant(at: datetime) -> str:
    """Say when, in the demo's zone, which is UTC: “Thu 5 Nov 18:00”."""
    at = at.astimezone(UTC)
    return f"{at:%a} {at.day} {at:%b %H:%M}"


def one_line(message: discord.Message, names: Mapping[int, str], width: int = WIDTH) -> str:
    """Return what a message says, without its markup, in at most ``width`` characters."""
    parts = [message.content]
    parts += [text for embed in message.embeds for text in _texts(embed.to_dict())]
    parts += [text for component in message.components for text in _texts(component.to_dict())]
    lines = (line.strip() for part in parts for line in plain(part, names).splitlines())
    text = " · ".join(line for line in lines if line) or "(nothing to read)"
    return text if len(text) <= width else text[: width - 1].rstrip(" ·") + "…"


def plain(text: str, names: Mapping[int, str]) -> str:
    """Return Discord's markup as it reads: names for mentions, times for timestamps."""
    text = _STAMP.sub(lambda stamp: instant(datetime.fromtimestamp(int(stamp[1]), UTC)), text)
    text = _CROWD.sub(lambda crowd: f"{crowd[1]}and {crowd[2].count('<@')} others ", text)
    text = _MENTION.sub(lambda mention: names.get(int(mention[1]), "somebody"), text)
    return _MARKUP.sub("", _LINK.sub(r"\1", text))


def either(choices: Iterable[str]) -> str:
    """Join what can be chosen from: “A, B or C”."""
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last


def meant(typed: str, known: Iterable[str]) -> list[str]:
    """Return which of ``known`` was typed: in full, or its beginning, or a part of it."""
    wanted = typed.strip().casefold()
    folded = {name: name.casefold() for name in known}
    return (
        [name for name, low in folded.items() if low == wanted]
        or [name for name, low in folded.items() if low.startswith(wanted)]
        or [name for name, low in folded.items() if wanted in low]
    )


def like(typed: str, known: Iterable[str]) -> list[str]:
    """Return up to three of ``known`` that look like what was typed, the likest first."""
    folded = {name: name.casefold() for name in known}
    found = process.extract(typed.strip().casefold(), folded, limit=3, score_cutoff=60)
    return [name for _, score, name in found if score > found[0][1] - CLOSE]


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:  # pyright: ignore[reportUnknownVariableType]
            yield from _texts(item)
    elif isinstance(part, dict):
        ranked: list[tuple[str, Any]] = sorted(part.items(), key=_rank)  # pyright: ignore
        for key, value in ranked:
            if isinstance(value, str) and key in _READABLE:
                yield value
            elif isinstance(value, dict | list):
                yield from _texts(value)


def _rank(entry: tuple[str, Any]) -> int:
    return _READABLE.index(entry[0]) if entry[0] in _READABLE else len(_READABLE)
