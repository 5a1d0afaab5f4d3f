"""When a link is checked again, and what an answer says about it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import cast
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from bot.base.errors import InvalidInput

FIRST = timedelta(minutes=1)
"""How long after a link was added it is checked for the first time."""

EVERY = timedelta(hours=8)
"""How often a link is checked."""

SELDOM = timedelta(days=7)
"""How often a link is checked that could not be read, or is gone."""

JITTER = 0.2
"""The share of the wait that is added at random, so that not all checks come at once."""

LONGEST = timedelta(days=3)
"""The longest wait after failed checks."""

PATIENCE = timedelta(days=7)
"""The longest wait that a server may ask for."""

MISSES = 2
"""After how many checks in a row that find nothing a link counts as gone."""

COMMITS = 30
"""How many commits one check asks GitHub for."""

EMPTY = "empty"
"""The fingerprint of a repository without commits."""

_UNREADABLE = frozenset((401, 402, 403, 451))
_MISSING = frozenset((404, 410))
_TREES = frozenset(("tree", "blob", "commits"))
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")

AT_ONCE = 4
"""How many links are checked at a time, one of each server."""

LINKS = 25
"""How many links a project may have: as many as a list offers to choose from."""

LABEL_LIMIT = 60

URL_LIMIT = 500

SAME_LINE = timedelta(days=1)
"""How long further changes of a link go into the line that told of the first."""

SAME_LAST_LINE = timedelta(days=7)
"""How long that goes on while nobody has written anything else."""


class Look(Enum):
    """What a check of a link found."""

    SAME = auto()
    CHANGED = auto()
    DENIED = auto()
    MISSING = auto()
    UNSTEADY = auto()
    FAILED = auto()


class SeenLink(Struct, frozen=True):
    """What a look found, and what to compare the next one with.

    ``commits`` are those that came since the last look, None where it is not known; there may be
    ``more``. ``wait`` is how long the server asks to be left alone. ``body`` is a file of results
    that changed or is new, and ``revision`` the commit it came from, where that is known.
    """

    look: Look
    etag: str | None = None
    modified: str | None = None
    fingerprint: str | None = None
    commits: int | None = None
    more: bool = False
    wait: timedelta | None = None
    reason: str = ""
    body: bytes | None = None
    revision: str | None = None


def repository(url: str) -> str | None:
    """Return the repository of GitHub that an address leads to, ``owner/name``, if to one."""
    parts = urlsplit(url)
    if parts.hostname not in ("github.com", "www.github.com"):
        return None
    path = [part for part in parts.path.split("/") if part]
    # Issues, releases and wikis of a repository change without its code: they are watched as
    # ordinary pages.
    if len(path) < 2 or (len(path) > 2 and path[2] not in _TREES):
        return None
    owner, name = path[0], path[1].removesuffix(".git")
    dots = {".", ".."}
    if not _NAME.fullmatch(owner) or not _NAME.fullmatch(name) or {owner, name} & dots:
        return None
    return f"{owner}/{name}"


class Blob(Struct, frozen=True):
    """A file in a repository of GitHub: ``owner/name``, a branch, tag or commit, and its path."""

    repository: str
    ref: str
    path: str


def blob(url: str) -> Blob | None:
    """Return the file of GitHub that an address leads to, if to one.

    A branch with a slash in its name cannot be told from a folder; its first part is taken.
    """
    parts = urlsplit(url)
    name = repository(url)
    path = [unquote(part) for part in parts.path.split("/") if part]
    if name is None or len(path) < 5 or path[2] != "blob" or {".", ".."} & set(path):
        return None
    return Blob(name, path[3], "/".join(path[4:]))


def next_look(
    now: datetime, link_id: int, *, failures: int = 0, seldom: bool = False,
    wait: timedelta | None = None,
) -> datetime:  # fmt: skip
    """Return when to check a link again: later after failures, and never all links at once."""
    pause = SELDOM if seldom else min(EVERY * 2 ** min(failures, 8), LONGEST)
    if failures == 0 and not seldom:
        pause = EVERY
    if wait is not None:
        pause = max(pause, min(wait, PATIENCE))
    # Spread by a hash and not by chance: planning the same check again after a crash gives the same
    # instant.
    digest = hashlib.blake2b(f"{link_id}/{now.isoformat()}".encode(), digest_size=2).digest()
    share = int.from_bytes(digest) / 65535
    return now + pause * (1 + JITTER * share)


def asked_wait(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long a server asks to be left alone: seconds, a date, or GitHub's own header."""
    given = headers.get("Retry-After", "").strip()
    if given.isdecimal():
        # Bounded before it is a number: a header is a stranger's text, and int() of a long one
        # takes its time.
        return timedelta(seconds=min(int(given[:12]), 10**7))
    if given:
        try:
            # A date in the year 9999 is valid, and its instant in another zone need not exist.
            return max(parsedate_to_datetime(given).astimezone(UTC) - now, timedelta())
        except (ValueError, OverflowError):
            return None
    reset = headers.get("X-RateLimit-Reset", "").strip()
    if headers.get("X-RateLimit-Remaining", "").strip() == "0" and reset.isdecimal():
        until = datetime.fromtimestamp(min(int(reset), 2**33), UTC)
        return max(until - now, timedelta())
    return None


def is_unreadable(status: int, headers: Mapping[str, str], now: datetime) -> SeenLink | None:
    """Return what an answer without a page says; None for one that has it, or has not changed."""
    if status in (200, 304):
        return None
    wait = asked_wait(headers, now)
    # GitHub says “too many requests” with 403, and tells it from “not allowed” by these headers
    # alone.
    if status == 429 or status >= 500 or wait is not None:
        return SeenLink(Look.FAILED, wait=wait, reason=f"status {status}")
    if status in _MISSING:
        return SeenLink(Look.MISSING, reason="it is not there, or not for everybody")
    if status in _UNREADABLE:
        return SeenLink(Look.DENIED, reason="it is not open to everybody")
    return SeenLink(Look.FAILED, reason=f"status {status}")


def hashed(body: bytes) -> str:
    """Return a page's fingerprint."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def compared(before: str | None, fingerprint: str, headers: Mapping[str, str]) -> SeenLink:
    """Compare a page with how it was; the first time it counts as unchanged."""
    same = before is None or before == fingerprint
    return SeenLink(
        Look.SAME if same else Look.CHANGED,
        etag=_short(headers.get("ETag")),
        modified=_short(headers.get("Last-Modified")),
        fingerprint=fingerprint,
    )


def read_commits(
    before: str | None, status: int, body: bytes, headers: Mapping[str, str]
) -> SeenLink:
    """Read GitHub's list of a repository's latest commits; 409 is one that has none yet.

    Raises ValueError for anything else.
    """
    names = [] if status == 409 else _names(body)
    latest = names[0] if names else EMPTY
    seen = compared(before, latest, headers)
    if seen.look is Look.SAME:
        return seen
    full = len(names) >= COMMITS
    if before in names:
        commits, more = names.index(before), False
    elif before == EMPTY or full:
        commits, more = len(names), full
    else:  # its history was rewritten
        commits, more = None, False
    return SeenLink(Look.CHANGED, seen.etag, seen.modified, latest, commits or None, more)


def _names(body: bytes) -> list[str]:
    try:
        answer: object = json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(answer, list):
        raise ValueError("not a list of commits")
    names: list[str] = []
    for entry in cast("list[object]", answer):
        name = cast("dict[str, object]", entry).get("sha") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not re.fullmatch(r"[0-9a-f]{7,64}", name):
            raise ValueError("not a commit")
        names.append(name)
    return names


def _short(header: str | None) -> str | None:
    """Return a validator that is worth sending back, else None."""
    return header if header and len(header) <= 200 and header.isprintable() else None


_WITHOUT_SCHEME = re.compile(
    r"(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?::\d{1,5})?(?:[/?#]|\Z)", re.IGNORECASE
)


def check_url(url: str, limit: int) -> str:
    """Return the address of a web page; InvalidInput for anything else.

    What people copy out of a browser's bar often begins with the host: it is taken as https.
    """
    tidy = url.strip()
    if _WITHOUT_SCHEME.match(tidy):
        tidy = f"https://{tidy}"
    try:
        parts = urlsplit(tidy)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or not tidy.isprintable():
        raise InvalidInput("Give a link to a web page, for example `https://github.com/you/code`.")
    # Inside a card's Markdown they would end the link early, and make a link of what follows.
    if any(mark in tidy for mark in " <>()[]|`\\") or parts.username or parts.password:
        raise InvalidInput("That link has signs in it that cannot be shown. Shorten it.")
    if len(tidy) > limit:
        raise InvalidInput(f"That link has {len(tidy)} characters; {limit} are the most.")
    return tidy
