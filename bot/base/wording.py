"""How people, their texts and their titles appear in a sentence; imports no discord."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

SOMEBODY = "somebody"
"""Shown in place of somebody whose data was erased."""

NOTHING = "—"

NAME_LIMIT = 200

MENTIONS = 50
"""How many people one message mentions: Discord pings 100 at most, but a mention takes up to 23
characters, and a hundred of them would leave no room for what is said to those people."""


def person(user_id: int | None) -> str:
    """Return a person as a mention, which pings nobody by itself; “somebody” once erased."""
    return f"<@{user_id}>" if user_id else SOMEBODY


def names(user_ids: Sequence[int], *, limit: int = 30, of: int = 0) -> str:
    """Return people as mentions, with “and 12 more” past ``limit``.

    There are ``of`` in all, where these are not all. People who were erased come last, together as
    one “somebody”.
    """
    shown = list(dict.fromkeys(map(person, sorted(user_ids, key=lambda one: not one))))
    if not shown:
        return NOTHING
    more = max(of, len(shown)) - limit
    listed = ", ".join(shown[:limit])
    return f"{listed} and {more} more" if more > 0 else listed


def batches(user_ids: Sequence[int]) -> list[Sequence[int]]:
    """Return people in batches that one message can mention."""
    return [user_ids[start : start + MENTIONS] for start in range(0, len(user_ids), MENTIONS)]


def addressed(user_id: int | None, sentence: str) -> str:
    """Return a sentence that addresses somebody; a person who was erased is not addressed."""
    if user_id:
        return f"{person(user_id)}, {sentence}"
    return sentence[:1].upper() + sentence[1:]


def escape(text: str) -> str:
    """Return a person's text with its Markdown and mentions shown as typed, not acted on."""
    return _MENTION.sub("@\u200b\\1", _MARKDOWN.sub(_escaped, text))


def folded(title: str) -> str:
    """Return what two titles share that people read as the same.

    Case, width, blanks, and characters that show nothing do not matter: full-width letters are
    letters, and a zero-width space makes no new title (Unicode's NFKC, UAX #15).
    """
    if title.isascii():  # nothing to look up of each character, as in most of a long list
        return " ".join(title.casefold().split())
    text = unicodedata.normalize("NFKC", title)
    shown = "".join(one if not one.isspace() else " " for one in text if not _hidden(one))
    return " ".join(shown.casefold().split())


def _hidden(character: str) -> bool:
    """Whether a character shows nothing: of zero width, or for the writing direction."""
    return unicodedata.category(character) == "Cf" or character in "\u034f\u115f\u1160\u2800\u3164"


def clip(text: str, limit: int) -> str:
    """Return at most ``limit`` characters, cut between words, with an ellipsis for the rest."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    words = kept.rstrip().rpartition(" ")[0] if not text[limit - 1].isspace() else kept
    # A single long word is cut where it must be.
    return (words if len(words) >= limit // 2 else kept).rstrip() + "…"


def one_line(text: str, limit: int = NAME_LIMIT) -> str:
    """Return a text, such as a title, on one line, cut to ``limit`` characters and escaped."""
    return escape(clip(" ".join(text.split()), limit))


# Not discord.py's escape_markdown: it leaves whatever is between two brackets as it is, and so
# would let a second link through.
_MARKDOWN = re.compile(
    r"""
    (?P<address> https?://[^\s\\<>()\[\]|`*]+ )    # what Discord itself makes a link is left whole
    | (?P<line> ^[^\S\n]* (?= \#{1,3} | - | >(?:>>)?\s ) )
    | (?P<character> [\\*_~|`\[\]] )
    """,
    re.MULTILINE | re.VERBOSE,
)

_MENTION = re.compile(r"@(everyone|here|[!&]?[0-9]{17,20})")


def _escaped(match: re.Match[str]) -> str:
    if match["character"] is not None:
        return "\\" + match["character"]
    return match[0] if match["address"] is not None else match[0] + "\\"
