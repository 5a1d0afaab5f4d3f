"""How well people fit together, and why, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import availability
from cogs.people.rules.profiles import LEVELS
from data.people import Profile
from data.states import Purpose

SOUGHT = {
    Purpose.PAIR: Purpose.PAIR,
    Purpose.POD: Purpose.POD,
    Purpose.PROJECT: Purpose.PROJECT,
    Purpose.MENTORED: Purpose.MENTORING,
    Purpose.MENTORING: Purpose.MENTORED,
}
"""Who looks for this is shown people who are open to that."""

HOURS_COUNTED = 10
HOUR_WEIGHT = 10
INTERESTS_COUNTED = 3
INTEREST_WEIGHT = 8
LEVEL_WEIGHT = 3
NOT_MET_WEIGHT = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of somebody for matching; ``week`` are free quarters of an hour as bits."""

    user_id: int
    week: int = 0
    interests: frozenset[str] = frozenset()
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody who fits, how well, and the reasons in words."""

    profile: Profile
    score: float
    reasons: tuple[str, ...]


def candidate(profile: Profile, now: datetime) -> Candidate:
    """Return what a profile says for matching, in the week of ``now``."""
    week = 0
    if profile.timezone is not None and profile.free:
        spans = availability.restored(profile.free)
        week = availability.week(spans, ZoneInfo(profile.timezone), now)
    return Candidate(profile.user_id, week, frozenset(profile.interests or ()), profile.level)


def affinity(one: Candidate, other: Candidate, *, met: bool = False) -> float:
    """Return how well two people fit: shared hours first, then interests, level, and new faces.

    Of the hours the first ten count, of the interests the first three; two levels apart and more
    count nothing. Never negative.
    """
    hours = min(availability.shared_hours(one.week, other.week), HOURS_COUNTED)
    common = min(len(one.interests & other.interests), INTERESTS_COUNTED)
    closeness = 0
    if one.level is not None and other.level is not None:
        closeness = max(0, 2 - abs(one.level - other.level))
    return (
        HOUR_WEIGHT * hours
        + INTEREST_WEIGHT * common
        + LEVEL_WEIGHT * closeness
        + NOT_MET_WEIGHT * (not met)
    )


def reasons(one: Candidate, other: Candidate) -> tuple[str, ...]:
    """Say why two people fit: “6 shared hours a week”, “both evals”, “both level 2”."""
    said: list[str] = []
    hours = availability.shared_hours(one.week, other.week)
    if hours:
        said.append(f"{hours:g} shared hour{'s' * (hours != 1)} a week")
    common = sorted(one.interests & other.interests)
    if common:
        said.append(f"both {' and '.join(common[:INTERESTS_COUNTED])}")
    if one.level is not None and other.level is not None:
        if one.level == other.level:
            said.append(f"both at level {one.level}, {LEVELS[one.level - 1]}")
        elif abs(one.level - other.level) == 1:
            said.append(f"levels {min(one.level, other.level)} and {max(one.level, other.level)}")
    return tuple(said)


def matches(own: Profile, others: list[Profile], purpose: Purpose, now: datetime) -> list[Match]:
    """Return those who are open to it, the best first; mentors are at least at one's own level."""
    sought = SOUGHT[purpose]
    me = candidate(own, now)
    found: list[Match] = []
    for profile in others:
        if profile.user_id == own.user_id or sought.value not in (profile.open_to or ()):
            continue
        them = candidate(profile, now)
        if me.level is not None and them.level is not None:
            ahead = them.level - me.level
            if sought is Purpose.MENTORING and ahead < 0:
                continue
            if sought is Purpose.MENTORED and ahead > 0:
                continue
        said = reasons(me, them)
        if sought is Purpose.MENTORING and them.level is not None:
            said = (*(one for one in said if "level" not in one), f"mentors at level {them.level}")
        found.append(Match(profile, affinity(me, them), said))
    return sorted(found, key=lambda match: (-match.score, match.profile.user_id))
