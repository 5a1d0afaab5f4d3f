"""What a poll comes to: which of its times is best, which tie, and when it closes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base import when
from data.reading.polls import Slot, SlotFit
from data.states import Fit

OPEN_FOR = timedelta(days=3)
"""How long a poll is open unless its first time is sooner."""

MOST_SLOTS = 10
"""How many times a poll offers: Discord shows 20 different reactions under a message at most."""

TYPED_LIMIT = 1500
"""How much of what was typed is kept."""

PROPOSED = 5
"""How many times are proposed."""

AHEAD = timedelta(days=14)
"""How far ahead a proposed time may begin."""

NOTICE = timedelta(days=2)
"""How soon it may begin: a poll has to be answered before."""

STEP = timedelta(minutes=30)

APART = timedelta(hours=2)
"""How far apart the beginnings of two proposed times of one day are at least."""

DAY_BEGINS = time(7)

DAY_ENDS = time(23)
"""Between these on the group's clocks it is not night."""


class SlotView(Struct, frozen=True):
    """One time, and whom it suits: for sure, and if need be."""

    slot: Slot
    can: tuple[int, ...]
    if_need_be: tuple[int, ...]


def best(slots: Sequence[SlotView], now: datetime) -> list[SlotView]:
    """Return the times that suit most people, and then most if need be, the earliest first.

    Several are a tie; empty where every time has passed.
    """
    ahead = [one for one in slots if one.slot.starts_at > now]
    # Those who can come for sure decide; “if need be” only among equals, or a time that suits
    # nobody well would win by politeness.
    most = max(((len(one.can), len(one.if_need_be)) for one in ahead), default=None)
    found = [one for one in ahead if (len(one.can), len(one.if_need_be)) == most]
    return sorted(found, key=lambda one: one.slot.starts_at)


def slot_view(slot: Slot, fits: Sequence[SlotFit]) -> SlotView:
    """Return a time with the people it suits; whoever said both can come for sure."""
    can = tuple(one.user_id for one in fits if (one.number, one.fit) == (slot.number, Fit.CAN))
    perhaps = tuple(
        one.user_id
        for one in fits
        if (one.number, one.fit) == (slot.number, Fit.IF_NEED_BE) and one.user_id not in can
    )
    return SlotView(slot, can, perhaps)


def closing_time(first: datetime, zone: ZoneInfo, now: datetime) -> datetime:
    """Return when a poll closes: in three days, or halfway to its first time if that is sooner.

    Never at night in ``zone``, the group's, unless the evening before has passed.
    """
    closes_at = min(now + OPEN_FOR, now + (first - now) / 2)
    # Earlier and not later: the poll's first time may be the very next morning.
    awake = when.waking(closes_at, zone, earlier=True)
    return awake if awake > now else closes_at
