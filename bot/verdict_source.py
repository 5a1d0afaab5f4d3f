"""How claims came out, for those who do not judge them: asked of the feature that does.

A verdict is computed from a claim's results each time, and kept nowhere, so that it is never
another one on one page than on the next. The feature that knows how says so when it is loaded.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

Judge = Callable[[int, Sequence[int]], Awaitable[Mapping[int, str]]]
"""Says the verdicts on a server's claims and how well they are known, by the claims' ids."""


class VerdictSource:
    """Knows whom to ask for verdicts."""

    def __init__(self) -> None:
        self._judge: Judge | None = None

    def come_from(self, judge: Judge) -> None:
        """Ask ``judge`` from now on."""
        self._judge = judge

    async def of(self, guild_id: int, claim_ids: Sequence[int]) -> Mapping[int, str]:
        """Say the verdicts on claims of a server; none where nobody judges."""
        if self._judge is None or not claim_ids:
            return {}
        return await self._judge(guild_id, claim_ids)
