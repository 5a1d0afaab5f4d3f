"""What a transaction's statements go through, whichever database it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Dialect, Executable

from data.rows import Rows
from data.statements import Filled


class Session(Protocol):
    """One transaction, as the repositories see it."""

    @property
    def dialect(self) -> Dialect:
        """The dialect of the database."""
        ...

    async def execute(
        self,
        statement: Executable | Filled,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> Rows:
        """Run a statement, once for each set of parameters, and return its rows."""
        ...
