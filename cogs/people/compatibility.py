"""How well people fit together, and why, in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace
from rapidfuzz.distance import Levenshtein

from bot.base import availability
from cogs.people.profiles.rules import level_name
from data.people.profiles import Profile
from data.states import Purpose

SOUGHT = {
    Purpose.PAIR: Purpose.PAIR,
    Purpose.POD: Purpose.POD,
    Purpose.PROJECT: Purpose.PROJECT,
    Purpose.MENTORED: Purpose.MENTORING,
    Purpose.MENTORING: Purpose.MENTORED,
}
"""People who look for this are shown people who are open to that."""

# Without a bound, two people without work would fit each other best whatever they read.
HOURS_COUNTED = 10
HOUR_WEIGHT = 10
INTERESTS_COUNTED = 3
INTEREST_WEIGHT = 8
LEVEL_WEIGHT = 3
NOT_MET_WEIGHT = 4

_WORDS = re.compile(r"[^\W_]+")


class Candidate(Struct, frozen=True):
    """What matching knows about somebody; ``week`` holds free quarters of an hour as bits."""

    user_id: int
    week: int = 0
    interests: frozenset[str] = frozenset()
    level: int | None = None


class Match(Struct, frozen=True):
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

    The first ten hours and the first three interests count; two levels apart or more count
    nothing. Never negative.
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


def reasons(one: Candidate, other: Candidate, levels: Sequence[str]) -> tuple[str, ...]:
    """Say why two people fit: “6 shared hours a week”, “both evals”, “both at level 2”."""
    said: list[str] = []
    hours = availability.shared_hours(one.week, other.week)
    if hours:
        said.append(f"{hours:g} shared hour{'s' * (hours != 1)} a week")
    common = sorted(one.interests & other.interests)
    if common:
        said.append(f"both {' and '.join(common[:INTERESTS_COUNTED])}")
    if one.level is not None and other.level is not None:
        if one.level == other.level:
            said.append(f"both at level {level_name(one.level, levels)}")
        elif abs(one.level - other.level) == 1:
            said.append(f"levels {min(one.level, other.level)} and {max(one.level, other.level)}")
    return tuple(said)


def in_common(people: Sequence[Candidate]) -> tuple[str, ...]:
    """Say what all, or most, of these people share: hours a week, interests, levels."""
    if len(people) < 2:
        return ()
    said: list[str] = []
    hours = availability.shared_hours(people[0].week, *(one.week for one in people[1:]))
    if hours:
        suit = "both" if len(people) == 2 else "all"
        said.append(
            f"{hours:g} hour{'s' * (hours != 1)} a week that suit{'s' * (hours == 1)} {suit}"
        )
    counted = Counter(tag for one in people for tag in one.interests)
    shared = sorted((-times, tag) for tag, times in counted.items() if times >= 2)
    if shared:
        said.append(", ".join(tag for _, tag in shared[:INTERESTS_COUNTED]))
    known = sorted({one.level for one in people if one.level is not None})
    if known:
        low, high = known[0], known[-1]
        said.append(f"level {low}" if low == high else f"levels {low} to {high}")
    return tuple(said)


def skills_in(text: str, tags: Iterable[str]) -> list[str]:
    """Return the tags that a text is about: those all of whose words occur in it, or nearly.

    “CUDA errors” is about `cuda` and `cuda error`: a plural does not matter, nor a slip of the pen
    in a long word.
    """
    words = {_singular(word) for word in _WORDS.findall(text.casefold())}

    def occurs(wanted: str) -> bool:
        if wanted in words:
            return True
        # In a short word a slip makes another word: “jax” and “tax”.
        slips = 0 if len(wanted) < 6 else 1 if len(wanted) < 10 else 2
        return slips > 0 and any(
            Levenshtein.distance(wanted, word, score_cutoff=slips) <= slips for word in words
        )

    return [
        tag
        for tag in tags
        if (wanted := _WORDS.findall(tag.casefold()))
        and all(occurs(_singular(word)) for word in wanted)
    ]


def _singular(word: str) -> str:
    # Only in longer words: “css” and “aws” end with an s of their own.
    return word.removesuffix("s") if len(word) > 3 else word


def helpers(
    own: Profile, others: Iterable[Profile], text: str, now: datetime
) -> list[tuple[Profile, list[str]]]:
    """Return who could help with what a text is about, the best first, each with their skills.

    Only people who are open to mentoring, show a skill that the text names, and are not at a lower
    level.
    """
    me = candidate(own, now)
    found: list[tuple[float, Profile, list[str]]] = []
    for profile in others:
        if profile.user_id == own.user_id or Purpose.MENTORING.value not in (profile.open_to or ()):
            continue
        them = candidate(profile, now)
        # Only where both say their level: people who say nothing are not taken for beginners.
        if me.level is not None and them.level is not None and them.level < me.level:
            continue
        skills = skills_in(text, profile.interests or ())
        if skills:
            found.append(
                (affinity(me, them) + HOURS_COUNTED * HOUR_WEIGHT * len(skills), profile, skills)
            )
    found.sort(key=lambda one: (-one[0], one[1].user_id))
    return [(profile, skills) for _, profile, skills in found]


def matches(
    own: Profile, others: list[Profile], purpose: Purpose, now: datetime, levels: Sequence[str]
) -> list[Match]:
    """Return people who are open to it, the best first; mentors are at least at one's own level."""
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
        said = reasons(me, them, levels)
        if sought is Purpose.MENTORING and them.level is not None:
            said = (
                *reasons(me, replace(them, level=None), levels),
                f"mentors at level {level_name(them.level, levels)}",
            )
        found.append(Match(profile, affinity(me, them), said))
    return sorted(found, key=lambda match: (-match.score, match.profile.user_id))
