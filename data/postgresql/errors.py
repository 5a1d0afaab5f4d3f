"""What PostgreSQL raises, and whether it passes; the driver, asyncpg."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, TypeVar

from data.database import Refused, Why

T = TypeVar("T")

try:
    import asyncpg  # pyright: ignore[reportMissingTypeStubs]
except ModuleNotFoundError:  # an extra, without which only SQLite can be used
    asyncpg = None

driver: Any = asyncpg


class Error(Exception):
    """A statement that PostgreSQL refuses, without the values in it: people wrote those."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code


class IntegrityError(Error):
    """A row that a constraint forbids."""


def _why(code: str) -> Why | None:
    """Say why an error, by its SQLSTATE, is one that passes; None where the statement is at fault.

    https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    if code == "53100":
        return Why.FULL
    if code in ("55P03", "40P01", "40001"):  # no lock in time, a deadlock, a conflict
        return Why.LOCKED
    if code == "25P03":  # it stood still in a transaction for too long
        return Why.AWAY
    if code in ("25006", "58030"):  # read-only, as a standby is; a disk's error
        return Why.UNWRITABLE
    if code[:2] in ("08", "53", "57", "58", "28", "3D"):
        return Why.AWAY
    return None


async def said(work: Awaitable[T], *, writing: bool = True) -> T:
    """Await what the driver does; raises Refused for a reason that passes, otherwise Error."""
    try:
        return await work
    except driver.PostgresError as error:
        code: str = error.sqlstate or ""
        # The message alone: the detail that comes with it holds values.
        kind = IntegrityError if code.startswith("23") else Error
        told = kind(code, str(error.args[0]) if error.args else type(error).__name__)
        why = _why(code)
        if why is None or (why is Why.UNWRITABLE and not writing):
            raise told from None
        raise Refused(why) from told
    except (driver.InterfaceError, driver.InternalClientError, OSError, TimeoutError) as error:
        # An internal error: the server's last word, that it ends the connection, was just read.
        if isinstance(error, ValueError):  # the driver's message quotes the value
            raise Error("22000", "a value does not fit where it is to go") from None
        raise Refused(Why.AWAY) from error
