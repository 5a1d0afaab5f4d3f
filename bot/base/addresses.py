"""Addresses among what people type: those that would give a password away."""

from __future__ import annotations

import re

from bot.base.errors import InvalidInput

_SCHEME = re.compile(r"(?:https?|ftp|ssh|git|s3|wss?)://", re.IGNORECASE)
_END_OF_AUTHORITY = re.compile(r"[\s/?#\\<>\"]")
_ESCAPED = {"%3a": ":", "%2f": "/", "%40": "@"}
_BETWEEN_CELLS = re.compile(r"[,;|&\t\n]+")
_ESCAPES = re.compile("|".join(_ESCAPED), re.IGNORECASE)


def has_password(text: str) -> bool:
    """Whether an address in ``text`` carries a user name or a password, as in a copied log-in.

    An address within another counts too: services that only send on are given one in the query.
    Linear: each part between two schemes is read up to the end of its host (RFC 3986, 3.2).
    """
    plain = _ESCAPES.sub(lambda one: _ESCAPED[one[0].lower()], text)
    return any(
        "@" in _END_OF_AUTHORITY.split(part, maxsplit=1)[0] for part in _SCHEME.split(plain)[1:]
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
    for cell in _BETWEEN_CELLS.split(text):
        check(cell)
