"""What the store needs of a database, and why one may refuse to work just now."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

from bot.base.errors import StoreUnavailable
from bot.base.shards import Shards
from data.session import Session

T = TypeVar("T")

Work: TypeAlias = Callable[[Session], Coroutine[Any, Any, T]]
"""What a transaction does, from its first statement to its last."""

ONLY_THE_STORE = (
    "a transaction awaits its own statements and nothing else: neither another transaction, nor "
    "Discord, nor time"
)
"""Said where one awaits something else."""


class Why(Enum):
    """Why a database cannot be used right now: the sentence for the person who acts."""

    LOCKED = (
        "Another program is using my database just now, so I could not write that down: nothing "
        "was changed. Try again in a minute; if it stays, tell whoever runs this bot."
    )
    FULL = (
        "The disk that I write on is full, so I could not write that down: nothing was changed. "
        "Tell whoever runs this bot, and do it again once there is space."
    )
    UNWRITABLE = (
        "I cannot write to my database just now, so nothing was changed. Tell whoever runs this "
        "bot, and do it again later."
    )
    AWAY = (
        "I cannot reach my database just now, so nothing was changed. Try again in a minute; if "
        "it stays, tell whoever runs this bot."
    )
    UNKNOWN = (
        "I lost my database while I was writing that down, and cannot tell whether I did. Look "
        "whether it is there before you do it again."
    )
    TAKEN = (
        "Another Cohort has taken over my database, so nothing was changed. Tell whoever runs "
        "this bot."
    )


WAITED_FOR = frozenset({Why.LOCKED, Why.AWAY, Why.TAKEN})
"""What is found out by waiting: those who waited meanwhile need not wait as long again."""


class Refused(StoreUnavailable):
    """The database cannot be used right now, and why."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class Writing(Session, Protocol):
    """A transaction that writes. It begins with its first statement."""

    async def commit(self) -> None:
        """Commit, where anything was done; raises Refused."""
        ...

    def abandon(self) -> None:
        """Roll back what is open before the connection does anything else, and wait for nothing.

        Nobody waits for it, so that a task that is cancelled leaves nothing open either.
        """
        ...


class Database(Protocol):
    """A database that can be opened, written by one at a time, and read by several.

    What it raises for a reason that passes is :class:`Refused`.
    """

    @property
    def path(self) -> Path | None:
        """The file that it is, or None where it is not a file."""
        ...

    @property
    def name(self) -> str:
        """What it is called in sentences: the file, or the address without the password."""
        ...

    @property
    def version(self) -> str:
        """The engine and its version, for people."""
        ...

    @property
    def readers(self) -> int:
        """How many may read at once; with none, reading waits for the writer."""
        ...

    async def open(self, *, upgrade: bool, own: Shards | None) -> str | None:
        """Bring the schema up to date; see :meth:`data.store.Store.open`.

        ``own`` are the shards that no other process may have, None for a look beside it.
        """
        ...

    async def close(self) -> None:
        """Close every connection; harmless when repeated."""
        ...

    def on_woken(self, heard: Callable[[int, datetime], None], lost: Callable[[], None]) -> None:
        """Call ``heard`` when another process puts a deadline, with its server and instant.

        ``lost`` is called where that may go unheard from now on, until something is written.
        """
        ...

    def identifying(self, turn: int) -> AbstractAsyncContextManager[None]:
        """Wait for a turn to identify, and hold it; one process at a time holds each turn."""
        ...

    def write(self) -> Writing:
        """Return a transaction that writes, once the one before was committed or abandoned."""
        ...

    def read(self) -> AbstractAsyncContextManager[Session]:
        """Read a consistent snapshot."""
        ...

    async def whole(self, work: Work[T], *, writes: bool) -> T:
        """Run a whole transaction: commit at its end, or roll back where it raises.

        ``work`` may run in another thread, and awaits only its session.
        """
        ...

    async def wake(self, session: Session, guild_id: int, at: datetime) -> None:
        """With the commit, wake the process that has this server: something is due ``at`` then."""
        ...

    async def given(self, session: Session) -> dict[str, int]:
        """Return the last id that each table gave to a row of its own, by the table's name."""
        ...

    async def give_after(self, session: Session, given: Mapping[str, int]) -> None:
        """Make each table give ids after these."""
        ...
