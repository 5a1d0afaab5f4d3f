"""Whose turn it is to lead, and when to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.reading.attendance import Led
from data.server.groups import Member

ASK_BEFORE = (timedelta(days=7), timedelta(days=1))
"""How long before a meeting the one whose turn it is gets asked to lead it."""

TAKE_OVER = timedelta(minutes=10)
"""How long into a meeting its leader is missed."""


def questions(starts_at: datetime, now: datetime) -> dict[timedelta, datetime]:
    """Return when to ask who leads a meeting, by how long before; none that has gone by."""
    return {before: starts_at - before for before in ASK_BEFORE if starts_at - before > now}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member who may lead: how often and when they last did, and whether they are away."""

    user_id: int
    times: int
    last: datetime | None
    away: bool


def turns(members: Sequence[Member], led: Mapping[int, Led], now: datetime) -> list[Candidate]:
    """Return members in the order of their turns: who led least, and longest ago, comes first.

    Who is away comes after all who are there; the longest a member goes before others alike.
    """
    candidates = [
        Candidate(
            one.user_id,
            led[one.user_id].times if one.user_id in led else 0,
            led[one.user_id].last if one.user_id in led else None,
            one.is_away(now),
        )
        for one in members
    ]
    never = datetime.min.replace(tzinfo=now.tzinfo)
    return sorted(candidates, key=lambda one: (one.away, one.times, one.last or never))
