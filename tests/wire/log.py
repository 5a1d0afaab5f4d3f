"""The log of every request, with its timing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .faults import path_matches

COUNTED_AS_INVALID = {401, 403, 429}


@dataclass(slots=True, eq=False)
class Request:
    """One request and how it was answered; ``status`` is None where no answer was given.

    ``began`` and ``ended`` are seconds of the loop's clock, ``at`` the server's instant. ``route``
    is the path as a template, ``violations`` what was wrong with its body.
    """

    method: str
    path: str
    began: float
    at: datetime
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    reason: str | None = None
    route: str | None = None
    status: int | None = None
    code: int | None = None
    ended: float | None = None
    done: bool = False
    violations: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float | None:
        return None if self.ended is None else self.ended - self.began

    def __str__(self) -> str:
        return f"{self.method} {self.path} → {self.status or 'no answer'}"


class RequestLog:
    """Every request since the server started, oldest first."""

    def __init__(self) -> None:
        self._requests: list[Request] = []
        self._unanswered: list[Request] = []
        self._last_ended = -math.inf

    def __iter__(self) -> Iterator[Request]:
        return iter(self._requests)

    def __len__(self) -> int:
        return len(self._requests)

    def add(self, request: Request) -> None:
        """Take note of a request."""
        self._requests.append(request)
        self._unanswered.append(request)

    def busy_until(self, now: float) -> float:
        """Return when the last request was answered: now, where one still is to be."""
        ended = [one.ended for one in self._unanswered if one.ended is not None]
        self._last_ended = max(self._last_ended, *ended, -math.inf)
        self._unanswered = [one for one in self._unanswered if one.ended is None]
        return now if self._unanswered else self._last_ended

    def clear(self) -> None:
        """Forget what was before."""
        self._requests.clear()
        self._unanswered.clear()

    def matching(self, method: str, path: str) -> list[Request]:
        """Return the requests that match, by the patterns of faults."""
        return [
            r for r in self._requests if method in ("*", r.method) and path_matches(path, r.path)
        ]

    def violations(self) -> list[str]:
        """Return everything that was wrong with the form of a request."""
        return [
            f"{r.method} {r.route or r.path}: {v}" for r in self._requests for v in r.violations
        ]

    def unknown(self) -> list[Request]:
        """Return the requests for which there is no route here."""
        return [r for r in self._requests if r.route is None]

    def refused(self) -> int:
        """Count what Discord counts towards a ban of the address: 401, 403 and 429."""
        return sum(r.status in COUNTED_AS_INVALID for r in self._requests)

    def busiest(self, window: float = 1.0) -> int:
        """Return the largest number of requests that began within ``window`` seconds."""
        began = [r.began for r in self._requests]
        most = first = 0
        for last, moment in enumerate(began):
            while moment - began[first] >= window:
                first += 1
            most = max(most, last - first + 1)
        return most
