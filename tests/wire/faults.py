"""What goes wrong on purpose: which request, when, and how."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .log import Request


class Moment(StrEnum):
    """When a fault strikes: before the thing is done, or after, before it is answered."""

    BEFORE = "before"
    AFTER = "after"


class ConnectionCut(Exception):
    """The connection is to be cut without an answer."""


@dataclass(eq=False)
class Fault:
    """One thing that goes wrong, for requests that match.

    Of ``status``, ``code``, ``retry_after``, ``cut`` and ``hang`` one decides the answer; with
    none of them, ``hook`` runs and the request goes on. ``skip`` lets the first matches through and
    ``times`` is how many are struck, None being every one.
    """

    method: str
    path: str
    when: Moment = Moment.BEFORE
    status: int | None = None
    code: int | None = None
    retry_after: float | None = None
    everywhere: bool = False
    cut: bool = False
    hang: bool = False
    hook: Callable[[Request], Awaitable[Any] | Any] | None = None
    only: Callable[[Request], bool] | None = None
    skip: int = 0
    times: int | None = 1
    hits: int = 0
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def matches(self, method: str, path: str) -> bool:
        """Whether the fault is about this method and path.

        In ``path`` a ``*`` stands for one segment, and ``**`` at the end for all that follow.
        """
        return self.method in ("*", method) and path_matches(self.path, path)

    def release(self) -> None:
        """Release what hangs, and strike no more."""
        self.times = self.hits
        self._released.set()

    async def strike(self, request: Request) -> None:
        """Run the hook, then hang or cut; the answer is left to the caller."""
        if self.hook is not None:
            outcome = self.hook(request)
            if inspect.isawaitable(outcome):
                await outcome
        if self.hang:
            await self._released.wait()
        if self.cut:
            raise ConnectionCut


class Faults:
    """The list of faults, asked for each request; the first that applies strikes."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, method: str, path: str, **how: Any) -> Fault:
        """Add a fault, described by the fields of ``Fault``, and return it."""
        fault = Fault(method, path, **how)
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """End every fault."""
        for fault in self._faults:
            fault.release()
        self._faults.clear()

    def next(self, request: Request, when: Moment) -> Fault | None:
        """Return the fault that strikes ``request`` now, if one does, and count it."""
        for fault in self._faults:
            if fault.when != when or not fault.matches(request.method, request.path):
                continue
            if fault.times is not None and fault.hits >= fault.times:
                continue
            if fault.only is not None and not fault.only(request):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.hits += 1
            return fault
        return None


def path_matches(pattern: str, path: str) -> bool:
    """Whether ``path`` fits ``pattern``; ``*`` is one segment, a final ``**`` all that follow."""
    wanted, given = pattern.strip("/").split("/"), path.strip("/").split("/")
    if wanted[-1] == "**":
        wanted = wanted[:-1]
        given = given[: len(wanted)]
    return len(wanted) == len(given) and all(
        w in ("*", g) for w, g in zip(wanted, given, strict=True)
    )
