"""Rate limits: a bucket per route and channel, one for everything, and their headers."""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass

from .faults import path_matches


@dataclass(frozen=True, slots=True)
class Rule:
    """``limit`` requests per ``seconds`` to routes with these methods and this template."""

    methods: tuple[str, ...]
    route: str
    limit: int
    seconds: float

    @property
    def bucket(self) -> str:
        """The opaque name that Discord gives a bucket."""
        return hashlib.md5(repr(self).encode(), usedforsecurity=False).hexdigest()


OBSERVED = (
    Rule(("POST",), "/channels/{channel_id}/messages", 5, 5.0),
    Rule(("PATCH",), "/channels/{channel_id}/messages/{message_id}", 5, 5.0),
    Rule(("DELETE",), "/channels/{channel_id}/messages/{message_id}", 5, 1.0),
    Rule(
        ("PUT", "DELETE"),
        "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/*",
        1,
        0.25,
    ),
)
"""What bots have seen on the wire; Discord publishes none and changes them at will."""


@dataclass(slots=True)
class Bucket:
    remaining: int
    resets_at: float


class RateLimited(Exception):
    """Too many requests: the caller is to come back after ``retry_after`` seconds."""

    def __init__(self, retry_after: float, *, everywhere: bool, headers: dict[str, str]) -> None:
        super().__init__(f"limited for {retry_after:.3f} s")
        self.retry_after = retry_after
        self.everywhere = everywhere
        self.headers = headers


class Limits:
    """Counts requests in fixed windows that begin with the first request of each.

    ``rules`` are by route and channel, ``per_second`` is for the token as a whole; None turns it
    off.
    """

    def __init__(self, rules: Iterable[Rule] = OBSERVED, per_second: int | None = 50) -> None:
        self.rules = list(rules)
        self.per_second = per_second
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._everywhere: Bucket | None = None

    def only(self, *rules: Rule, per_second: int | None = 50) -> None:
        """Begin again with these limits instead."""
        self.rules, self.per_second = list(rules), per_second
        self._buckets.clear()
        self._everywhere = None

    def unlimited(self) -> None:
        """Take every request from now on."""
        self.only(per_second=None)

    def take(self, method: str, route: str, major: str, *, counts: bool) -> dict[str, str]:
        """Count one request and return the headers of its answer.

        ``major`` tells buckets of one rule apart; ``counts`` says whether the request is under the
        token's limit. Raises RateLimited, counting nothing.
        """
        now = asyncio.get_running_loop().time()
        if counts and self.per_second is not None:
            whole = self._everywhere
            if whole is None or now >= whole.resets_at:
                whole = self._everywhere = Bucket(self.per_second, now + 1.0)
            if whole.remaining <= 0:
                raise limited(whole.resets_at - now, everywhere=True)
        rule = next(
            (r for r in self.rules if method in r.methods and path_matches(r.route, route)), None
        )
        headers: dict[str, str] = {}
        if rule is not None:
            bucket = self._buckets.get((rule.bucket, major))
            if bucket is None or now >= bucket.resets_at:
                bucket = self._buckets[rule.bucket, major] = Bucket(rule.limit, now + rule.seconds)
            left = bucket.resets_at - now
            if bucket.remaining <= 0:
                raise limited(left, headers=_headers(rule, 0, left))
            bucket.remaining -= 1
            headers = _headers(rule, bucket.remaining, left)
        if counts and self._everywhere is not None:
            self._everywhere.remaining -= 1
        return headers


def limited(
    retry_after: float, *, everywhere: bool = False, headers: dict[str, str] | None = None
) -> RateLimited:
    """Return a refusal for ``retry_after`` seconds with the headers that Discord sends."""
    retry_after = math.ceil(retry_after * 1000) / 1000
    sent = {
        "Retry-After": str(math.ceil(retry_after)),
        "X-RateLimit-Scope": "global" if everywhere else "user",
        **(headers or {}),
    }
    if everywhere:
        sent["X-RateLimit-Global"] = "true"
    return RateLimited(retry_after, everywhere=everywhere, headers=sent)


def _headers(rule: Rule, remaining: int, resets_in: float) -> dict[str, str]:
    resets_in = math.ceil(resets_in * 1000) / 1000
    return {
        "X-RateLimit-Limit": str(rule.limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": f"{time.time() + resets_in:.3f}",
        "X-RateLimit-Reset-After": f"{resets_in:.3f}",
        "X-RateLimit-Bucket": rule.bucket,
    }
