"""Addresses among what people type: those that would give a password away."""

from __future__ import annotations

import re
from itertools import pairwise

from bot.base.errors import InvalidInput

_SCHEME = re.compile(r"(?:https?|ftp|ssh|git|s3|wss?)\Z", re.IGNORECASE)
_LONGEST = 5
"""How many letters the longest of them has."""

_END_OF_AUTHORITY = re.compile(r"[\s/?#\\<>\"]")
_ESCAPED = {"%3a": ":", "%2f": "/", "%40": "@"}
_CELL = re.compile(r"[^,;|&\t\n]+")
_ESCAPES = re.compile("|".join(_ESCAPED), re.IGNORECASE)


def has_password(text: str) -> bool:
    """Whether an address in ``text`` carries a user name or a password, as in a copied log-in.

    An address within another counts too: services that only send on are given one in the query.
    Linear: what follows a scheme is read up to the end of its host (RFC 3986, 3.2). To look for
    schemes at each character would, in a large file, keep the event loop from its turn for 20 ms.
    """
    plain = _ESCAPES.sub(lambda one: _ESCAPED[one[0].lower()], text)
    return any(
        "@" in _END_OF_AUTHORITY.split(after, maxsplit=1)[0] and _SCHEME.search(before[-_LONGEST:])
        for before, after in pairwise(plain.split("://"))
    )


def check(text: str) -> None:
    """Raise InvalidInput where an address in ``text`` would give a password away."""
    if has_password(text):
        raise InvalidInput(
            "An address there holds a user name or a password, and others would see it. Leave "
            "the part before the @ out. If the password is real, change it where it is used."
        )


def check_file(text: str) -> None:
    """Raise InvalidInput where an address in a file of cells or lines would give a password away.

    Each cell is read by itself: ``https://a.example,ann@b.example`` is a link and a name.
    Blocks for as long as a large file takes.
    """
    for cell in _CELL.finditer(text):
        check(cell[0])
