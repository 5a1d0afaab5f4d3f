"""Names deadlines for organisers: what is delivered, and the title of what it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from data.delivery.deadlines import Deadline, DeadlineId
from data.delivery.kinds import DeadlineKind
from data.transaction import Transaction


class DeadlineName(Struct, frozen=True):
    """What a deadline delivers, and the title of what it is about, where there is one."""

    what: str
    title: str | None


async def deadline_names(
    tx: Transaction, deadlines: Sequence[Deadline]
) -> Mapping[DeadlineId, DeadlineName]:
    """Name deadlines, by the deadline's id."""
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for one in deadlines:
        if (table := _table(one.kind)) is not None:
            wanted[table].add(one.subject_id)
    titles = {table: await tx.titles.titles(table, ids) for table, ids in wanted.items()}
    return {
        one.id: DeadlineName(
            _what(one.kind), titles.get(_table(one.kind) or "", {}).get(one.subject_id)
        )
        for one in deadlines
    }


_HOMES = {"series": "series", "project_deadlines": "deadline"}


def home_kind(deadline: Deadline) -> str | None:
    """Return what ``data.across.homes`` calls the subject of a deadline that has a title."""
    table = _table(deadline.kind)
    return _HOMES.get(table, table.removesuffix("s")) if table is not None else None


# A row may hold a kind that this version does not know: a newer one wrote it before a rollback.
def _known(kind: str) -> DeadlineKind | None:
    return DeadlineKind(kind) if kind in KNOWN else None


KNOWN = frozenset(kind.value for kind in DeadlineKind)


def _what(kind: str) -> str:
    known = _known(kind)
    return known.what if known else kind.replace(".", ": ").replace("_", " ")


def _table(kind: str) -> str | None:
    known = _known(kind)
    return known.table if known else None
