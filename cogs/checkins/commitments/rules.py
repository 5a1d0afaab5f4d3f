"""What holds for commitments: what makes one, and how long it may be."""

from __future__ import annotations

import re

from bot.base.errors import InvalidInput

LINE_LIMIT = 300


LINES = 20
"""How many lines of one check-in become commitments."""


_BULLET = re.compile(r"^\s*(?:[-*•‣–—]\s+|\d{1,2}[.)]\s+)?(?:\[[ xX]?\]\s*)?")


def commitments(text: str) -> list[str]:
    """Return what an answer to “what next?” commits to: its lines, without bullets, each once."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        tidy = " ".join(_BULLET.sub("", line, count=1).split())[:LINE_LIMIT]
        if any(character.isalnum() for character in tidy):
            found.setdefault(tidy.casefold(), tidy)
    return list(found.values())[:LINES]


def check_commitment(text: str) -> str:
    """Return a commitment in one line; raises InvalidInput for none, or one too long."""
    tidy = " ".join(text.split())
    if not tidy:
        raise InvalidInput("Say what you commit to: for example `finish the exercises of week 2`.")
    if len(tidy) > LINE_LIMIT:
        raise InvalidInput(f"That has {len(tidy)} characters; {LINE_LIMIT} are the most.")
    return tidy


def check_reason(text: str | None) -> str | None:
    """Return a reason in one line, or None; raises InvalidInput for one too long."""
    tidy = " ".join((text or "").split())
    if len(tidy) > LINE_LIMIT:
        raise InvalidInput(f"That reason has {len(tidy)} characters; {LINE_LIMIT} are the most.")
    return tidy or None
