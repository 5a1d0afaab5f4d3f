"""What holds for rounds, check-ins and commitments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base.errors import InvalidInput
from bot.base.recurrence import Cadence, Rule
from data.checkins.rounds import DEFAULT_QUESTIONS, Round

PROMPT_BEFORE = timedelta(hours=48)
"""How long before the due time a round's prompt is posted."""

NUDGES_BEFORE = (timedelta(hours=24), timedelta(hours=3))
"""How long before the due time those who have not posted are reminded."""

DAY = timedelta(days=1)

GRACE = timedelta(minutes=2)
"""What happens within this of its time is not called late."""

ANSWER_LIMIT = 4000
"""Characters of one answer: what a form's field takes."""

QUIET_AFTER = timedelta(days=1)
"""How long after the close, so that a late post counts."""

DIGEST_ENTRIES = 40
"""How many check-ins a digest quotes; it names no more than fit."""

QUOTED = 110
"""Characters of a check-in that a digest quotes."""

BLOCKED_TASKS = 3
"""How many blocked tasks of a group's projects a digest asks for help with."""

MOST_CARDS = 500
"""How many check-ins' cards follow a round that moved: each is an edit that Discord has to take."""

TAKEN_BACK = "its check-in was deleted"
"""Why the commitments of a deleted check-in are dropped, until it is restored."""

QUESTION_LIMIT = 100
"""Characters of one question: what a form shows under a field's label."""

_NOTHING = frozenset(
    ("", "no", "none", "nope", "nothing", "nothing really", "nothing at all", "n a", "na", "nil",
     "not really", "nothing so far", "nothing right now", "no blockers", "no blocker", "all good")
)  # fmt: skip

TICK_LIMIT = 10
"""How many boxes a list of boxes may hold."""


class Answers(Struct, frozen=True):
    """What somebody typed into a check-in, each part possibly empty."""

    did: str = ""
    next: str = ""
    blocked: str = ""
    extra: str = ""

    def quoted(self) -> str:
        """Return all of it, to be given back."""
        parts = (self.did, self.next, self.blocked, self.extra)
        return "\n\n".join(part for part in parts if part)


class Ticks(Struct, frozen=True):
    """What somebody ticked in a form; what they left is carried over."""

    kept: frozenset[int] = frozenset()
    not_kept: frozenset[int] = frozenset()


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
    # Otherwise the digest would list a “no” among what people need help with.
    return tidy if is_blocker(tidy) else ""


def is_blocker(text: str) -> bool:
    """Whether an answer to “what is in the way?” names something, rather than “nothing”."""
    # By its words alone: a dash, a full stop or 👍 says that nothing is.
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
    """Return a check-in's questions, with the usual one for an answer that was given unasked."""
    given = (answers.did, answers.next, answers.blocked, answers.extra)
    return tuple(
        question or (usual or "Anything else?") if answer else question
        for question, usual, answer in zip(questions, DEFAULT_QUESTIONS, given, strict=True)
    )


def first_due(
    cadence: Cadence, weekday: int, at: time, zone: ZoneInfo, now: datetime
) -> tuple[date, datetime]:
    """Return the local day and the instant (UTC) of the first round: the next such weekday.

    ``weekday`` counts from 0 for Monday; ``at`` is on the clocks of ``zone``.
    """
    today = now.astimezone(zone).date()
    anchor = today + timedelta(days=(weekday - today.weekday()) % 7)
    # Weekly first, whatever the cadence: the first round is the very next such day, and the rule
    # counts from it.
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

    It is the open one, also early. But somebody who missed the last round, and was not away, can
    make up for it until the open one's prompt is posted: then it is a late post of the last one.
    """
    if open_round is None:
        return None
    # Every part guards somebody: who posted already, who was excused, and who was not there to be
    # asked.
    missed = (
        last_round is not None
        and last_round.closed_at is not None
        and not posted_last
        and not away_at_last
        and joined_at <= last_round.due_at
    )
    asked_already = open_round.prompted_at is not None or open_round.prompt_at <= now
    return last_round if missed and not asked_already else open_round


def is_late(round_: Round, now: datetime) -> bool:
    """Whether a post for this round comes after its due time, or once the round has closed."""
    return now > round_.due_at or round_.closed_at is not None
