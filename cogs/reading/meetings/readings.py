"""What is read for a meeting: its own paper, and the readings of the units that it is about."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from data.papers.papers import Paper
from data.reading.lists import Unit, UnitReading
from data.reading.meetings import Meeting
from data.transaction import Transaction


class Reading(Struct, frozen=True):
    """Something to read: the paper, and what the meeting's list says of it, where either is."""

    paper: Paper | None
    listed: UnitReading | None = None

    @property
    def title(self) -> str:
        """What it is called: by its list, until more is known of it than its link."""
        known = self.paper is not None and self.paper.looked_up_at is not None
        if self.listed is not None and self.listed.title and not known:
            return self.listed.title
        return self.paper.title if self.paper is not None else ""

    @property
    def url(self) -> str | None:
        """The page about it."""
        return self.paper.url if self.paper is not None else None


async def read_for(tx: Transaction, meeting: Meeting, units: Sequence[Unit]) -> list[Reading]:
    """Return what is read for a meeting about these units, in their order.

    What the meeting was given instead of its units' own paper goes before the rest.
    """
    own = await tx.papers.get(meeting.paper_id) if meeting.paper_id else None
    listed = [one for unit in units for one in unit.readings]
    if own is not None and all(one.paper_id != own.id for one in listed):
        replaced = next((one for one in listed if one.paper_id is not None), None)
        rest = [one for one in listed if one is not replaced]
        return [Reading(own), *[await _listed(tx, one) for one in rest]]
    return [await _listed(tx, one) for one in listed]


async def _listed(tx: Transaction, one: UnitReading) -> Reading:
    return Reading(await tx.papers.get(one.paper_id) if one.paper_id else None, one)
