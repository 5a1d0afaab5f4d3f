"""The one clock that everything asks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time; tests and the demo bring their own."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)


class SteppedClock:
    """A clock that stands still until it is moved; the tests' and the demo's."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return its present instant, aware, in UTC."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Stand at ``instant`` (aware) from now on."""
        self._now = instant.astimezone(UTC)
