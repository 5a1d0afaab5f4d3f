"""What holds for rounds, check-ins and commitments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz

from bot.base import when
from bot.base.errors import InvalidInput, NotAllowed
from bot.base.recurrence import Cadence, Rule
from bot.place import Place
from data.checkins.history import RoundRecord, Turned
from data.checkins.rounds import DEFAULT_QUESTIONS, Round
from data.server.groups import Member

PROMPT_BEFORE = timedelta(hours=48)
"""How long before the due time a round's prompt is posted."""

NUDGES_BEFORE = (timedelta(hours=24), timedelta(hours=3))
"""How long before the due time those who have not posted are reminded."""

DAY = timedelta(days=1)

GRACE = timedelta(minutes=2)
"""What happens within this of its time is not called late."""

ANSWER_LIMIT = 4000
"""Characters of one answer: what a form's field takes."""

CLOSE = 85
"""How alike, of 100, a commitment and a task's title are that may be the same thing."""

SHARED_WORDS = 2
"""How many words they share at least, where one says more than the other."""

LINE_LIMIT = 300
LINES = 20
"""How many lines of one check-in become commitments."""

QUESTION_LIMIT = 100
"""Characters of one question: what a form shows under a field's label."""

_BULLET = re.compile(r"^\s*(?:[-*•‣–—]\s+|\d{1,2}[.)]\s+)?(?:\[[ xX]?\]\s*)?")


_NOTHING = frozenset(
    ("", "no", "none", "nope", "nothing", "nothing really", "nothing at all", "n a", "na", "nil",
     "not really", "nothing so far", "nothing right now", "no blockers", "no blocker", "all good")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody typed into a check-in, each part possibly empty."""

    did: str = ""
    next: str = ""
    blocked: str = ""
    extra: str = ""

    def quoted(self) -> str:
        """Return all of it, to be given back."""
        parts = (self.did, self.next, self.blocked, self.extra)
        return "\n\n".join(part for part in parts if part)


NOTHING_IN_THE_WAY = frozenset(
    ["", "-", "–", "—", "n/a", "na", "nil", "no", "none", "nope", "nothing", "not really"]
)


def check_answers(answers: Answers) -> Answers:
    """Return the answers without surrounding blanks; nothing or too much is InvalidInput."""
    tidy = Answers(
        did=answers.did.strip(),
        next=answers.next.strip(),
        blocked=_in_the_way(answers.blocked),
        extra=answers.extra.strip(),
    )
    if not tidy.quoted():
        raise InvalidInput("Write a line or two: for example `did: finished chapter 3`.")
    for text in (tidy.did, tidy.next, tidy.blocked, tidy.extra):
        if len(text) > ANSWER_LIMIT:
            raise InvalidInput(
                f"One of your answers has {len(text)} characters; {ANSWER_LIMIT} are the most. "
                "Put the long part behind a link."
            )
    return tidy


def _in_the_way(text: str) -> str:
    """Return what blocks somebody, empty for the many ways of writing “nothing”."""
    tidy = text.strip()
    return "" if tidy.casefold().rstrip(".! ") in NOTHING_IN_THE_WAY else tidy


def is_blocker(text: str) -> bool:
    """Whether an answer to “what is in the way?” names something, and is no “nothing”."""
    return " ".join(re.findall(r"\w+", text.casefold())) not in _NOTHING


def check_questions(typed: Sequence[str]) -> tuple[str, ...]:
    """Return four questions in one line each, "" for those not asked; raises InvalidInput."""
    tidy = tuple(" ".join(question.split()) for question in typed)
    if not any(tidy):
        raise InvalidInput("Ask at least one thing: for example `What did you do?`.")
    for question in tidy:
        if len(question) > QUESTION_LIMIT:
            raise InvalidInput(
                f"A question may have {QUESTION_LIMIT} characters; this one has {len(question)}: "
                f"“{question[:40]}…”."
            )
    return tidy


def headings(questions: Sequence[str], answers: Answers) -> tuple[str, ...]:
    """Return a check-in's questions, with the usual one for an answer that was not asked for."""
    given = (answers.did, answers.next, answers.blocked, answers.extra)
    return tuple(
        question or (usual or "Anything else?") if answer else question
        for question, usual, answer in zip(questions, DEFAULT_QUESTIONS, given, strict=True)
    )


def commitments(text: str) -> list[str]:
    """Return what an answer to “what next?” commits to: its lines, without bullets, each once."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        tidy = " ".join(_BULLET.sub("", line, count=1).split())[:LINE_LIMIT]
        if any(character.isalnum() for character in tidy):
            found.setdefault(tidy.casefold(), tidy)
    return list(found.values())[:LINES]


def same_thing(text: str, titles: Sequence[str]) -> int | None:
    """Return which title of a task a commitment names: the same words, or nearly; None for none.

    One word alone is only taken for the same word: “train” says too little.
    """
    wanted = " ".join(re.findall(r"\w+", text.casefold()))
    spoken = [" ".join(re.findall(r"\w+", title.casefold())) for title in titles]
    if not wanted:
        return None
    if wanted in spoken:
        return spoken.index(wanted)
    best: tuple[float, int] | None = None
    for at, title in enumerate(spoken):
        shared = set(wanted.split()) & set(title.split())
        numbers = [set(re.findall(r"\d+", said)) for said in (wanted, title)]
        if not (numbers[0] <= numbers[1] or numbers[1] <= numbers[0]):
            continue  # chapter 3 is not chapter 4
        closeness = fuzz.token_sort_ratio(wanted, title)
        if len(shared) >= SHARED_WORDS:
            closeness = max(closeness, fuzz.token_set_ratio(wanted, title))
        if closeness >= CLOSE and (best is None or closeness > best[0]):
            best = closeness, at
    return best[1] if best is not None else None


def check_commitment(text: str) -> str:
    """Return a commitment in one line; raises InvalidInput for none, or one too long."""
    tidy = " ".join(text.split())
    if not tidy:
        raise InvalidInput("Say what you commit to: for example `finish the exercises of week 2`.")
    if len(tidy) > LINE_LIMIT:
        raise InvalidInput(f"That has {len(tidy)} characters; {LINE_LIMIT} are the most.")
    return tidy


def check_reason(text: str | None) -> str | None:
    """Return a reason in one line, or None; raises InvalidInput for one too long."""
    tidy = " ".join((text or "").split())
    if len(tidy) > LINE_LIMIT:
        raise InvalidInput(f"That reason has {len(tidy)} characters; {LINE_LIMIT} are the most.")
    return tidy or None


def first_due(
    cadence: Cadence, weekday: int, at: time, zone: ZoneInfo, now: datetime
) -> tuple[date, datetime]:
    """Return the local day and the instant (UTC) of the first round: the next such weekday.

    ``weekday`` counts from 0 for Monday; ``at`` is on the clocks of ``zone``.
    """
    today = now.astimezone(zone).date()
    anchor = today + timedelta(days=(weekday - today.weekday()) % 7)
    weekly = Rule(Cadence.WEEKLY, anchor, at, zone)
    due = weekly.after(now)
    day = weekly.occurrence_date(due)
    return day, Rule(cadence, day, at, zone, four_weekly=True).after(now)


def prompt_at(due_at: datetime, now: datetime) -> datetime:
    """Return when a round's prompt is posted: 48 hours before it is due, or at once."""
    return max(due_at - PROMPT_BEFORE, now)


def target(
    open_round: Round | None,
    last_round: Round | None,
    *,
    posted_last: bool,
    joined_at: datetime,
    away_at_last: bool,
    now: datetime,
) -> Round | None:
    """Return the round that a check-in belongs to; None where a group has no rounds.

    It is the open one, also early. But who missed the last round, and was not away, can make up
    for it until the open one's prompt is posted: then it is a late post of the last one.
    """
    if open_round is None:
        return None
    missed = (
        last_round is not None
        and last_round.closed_at is not None
        and not posted_last
        and not away_at_last
        and joined_at <= last_round.due_at
    )
    asked_already = open_round.prompted_at is not None or open_round.prompt_at <= now
    return last_round if missed and not asked_already else open_round


QUIET_ROUNDS = 2
"""Who misses so many of the rounds that are theirs, one after the other, went quiet."""

LOOK_BACK = 16
"""How many rounds back somebody's silence is looked for: four at the slowest pace."""

PACES = (1, 2)
"""To every so-manieth round somebody can check in; 1 is every round."""


def silences(turns: Iterable[Turned]) -> dict[int, int]:
    """Return in how many of their latest rounds each person missed; the newest come first.

    A post or a pause ends a silence. Who rests is not asked, so those rounds are not among them.
    """
    missed: dict[int, int] = {}
    broken: set[int] = set()
    for one in turns:
        missed.setdefault(one.user_id, 0)
        if not one.missed:
            broken.add(one.user_id)
        elif one.user_id not in broken:
            missed[one.user_id] += 1
    return missed


def first_of_pace(open_number: int, *, posted: bool) -> int:
    """Return the number of a round that somebody's new pace includes.

    Who has posted in the open round has done theirs; who has not may let it pass, and is next
    expected in the one after it.
    """
    return open_number if posted else open_number + 1


def next_of_pace(member: Member, number: int) -> int:
    """Return the number of the first round from ``number`` on that a member is expected in."""
    while member.rests_in(number):
        number += 1
    return number


class Outcome(Enum):
    """What a round was for one person."""

    POSTED = auto()
    LATE = auto()
    AWAY = auto()
    MISSED = auto()
    OPEN = auto()
    ABSENT = auto()
    """They were no member then."""


@dataclass(frozen=True, slots=True)
class Streak:
    """Rounds in a row, counted in rounds and not in days."""

    current: int
    best: int


def outcome(record: RoundRecord) -> Outcome:
    """Return what a round was for one person: a post counts before everything else."""
    if record.posted:
        return Outcome.LATE if record.late else Outcome.POSTED
    if record.closed_at is None:
        return Outcome.OPEN
    if record.away is None:
        return Outcome.ABSENT
    return Outcome.AWAY if record.away else Outcome.MISSED


def streak(outcomes: Iterable[Outcome]) -> Streak:
    """Count a streak over outcomes, the oldest first.

    A late post keeps it, a pause is neutral, as is a round from before somebody joined, and the
    one that is still open.
    """
    current = best = 0
    for one in outcomes:
        if one in (Outcome.POSTED, Outcome.LATE):
            current += 1
            best = max(best, current)
        elif one is Outcome.MISSED:
            current = 0
    return Streak(current, best)


def since(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the instant (UTC) that “2026-11-01”, “6 weeks” or “3 months ago” reach back to.

    A date begins at its midnight on the clocks of ``zone``. Raises InvalidInput for the rest.
    """
    words = text.strip().lower().removesuffix("ago").removeprefix("last").strip()
    if match := re.fullmatch(r"(\d{1,3})? ?(day|week|month|year)s?", words):
        days = {"day": 1, "week": 7, "month": 31, "year": 366}[match[2]]
        return now - timedelta(days=days * int(match[1] or 1))
    try:
        return when.local(date.fromisoformat(words), time(0), zone)
    except (ValueError, OverflowError):
        raise InvalidInput(
            "Since when? Type a date, as in `2026-11-01`, or how far back, as in `6 weeks`."
        ) from None


def is_late(round_: Round, now: datetime) -> bool:
    """Whether a post for this round comes after its due time, or once the round has closed."""
    return now > round_.due_at or round_.closed_at is not None


def only_organisers(place: Place, what: str) -> None:
    """Raise NotAllowed unless an organiser acts; ``what`` completes “Only organisers can …”."""
    if not place.organiser:
        raise NotAllowed(
            f"Only organisers can {what}: people with the organiser role of `/cohort setup`, "
            "or with Manage Server."
        )
