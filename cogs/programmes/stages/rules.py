"""What holds for stages: who passes a gate, what is due when, and how stages are written down."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base import when, wording
from bot.base.errors import InvalidInput
from cogs.programmes.programme.rules import TITLE_LIMIT, WEEK
from data.programmes.programmes import Stage

ASKS_LIMIT = 300


HAND_IN_LIMIT = 1500


MOST_STAGES = 6


REMIND_BEFORE = (timedelta(days=7), timedelta(days=1))
"""How long before something is due those who have not handed it in are reminded."""


MORNING = time(9)
"""At what time of the day they are."""


STAGE_EXAMPLE = "`Artefact | a link to your summary | due 2027-01-15`"

PROJECTS = 24
"""How many of somebody's projects are offered to be handed in."""


class StagePlan(Struct, frozen=True):
    """A stage as it is typed: what is asked for, by when, and which units belong to it."""

    title: str
    asks: str | None = None
    due_on: date | None = None
    units: tuple[int, int] | None = None


READINGS = StagePlan("Readings")
"""The only stage of a programme that was started without gates: it asks for nothing."""


def usual_stages(last_day: date) -> list[StagePlan]:
    """Return the stages that a programme with gates starts with.

    Shared readings, then an artefact, then an open problem: the model that Evan Hubinger describes
    in “Interviews on Improving the AI Safety Pipeline”.
    """
    return [
        READINGS,
        StagePlan(
            "Artefact",
            "A summary of something you read that goes a step further, as a link",
            last_day + 2 * WEEK,
        ),
        StagePlan(
            "Open problem",
            "A project on an open problem, proposed as a board",
            last_day + 6 * WEEK,
        ),
    ]


def parse_stages(text: str, *, units: int, zone: ZoneInfo, now: datetime) -> list[StagePlan]:
    """Return the stages in a text, a line for each: “title | what is asked | due DAY | units 1-4”.

    Only the title is needed; the other parts may come in any order. Raises InvalidInput naming
    the line and what is wrong with it.
    """
    plans: list[StagePlan] = []
    lines = [line for line in text.splitlines() if line.strip(" |")]
    if not 1 <= len(lines) <= MOST_STAGES:
        raise InvalidInput(
            f"Give one line for each stage, {MOST_STAGES} at most. For example {STAGE_EXAMPLE}."
        )
    for number, line in enumerate(lines, start=1):
        plan = _stage(number, line, units=units, zone=zone, now=now)
        if any(plan.title.casefold() == one.title.casefold() for one in plans):
            raise InvalidInput(
                f"Two stages are called “{wording.one_line(plan.title)}”: give one another title."
            )
        plans.append(plan)
    return plans


def _stage(number: int, line: str, *, units: int, zone: ZoneInfo, now: datetime) -> StagePlan:
    title, *parts = [" ".join(part.split()) for part in line.split("|")]
    if not 1 <= len(title) <= TITLE_LIMIT:
        raise InvalidInput(
            f"Line {number}: begin it with a title of {TITLE_LIMIT} characters at most. For "
            f"example {STAGE_EXAMPLE}."
        )
    asks: str | None = None
    due_on: date | None = None
    span: tuple[int, int] | None = None
    for part in filter(None, parts):
        if found := _UNITS.fullmatch(part):
            first = int(found[1])
            last = int(found[2] or found[1])
            if not 1 <= first <= last <= units:
                raise InvalidInput(f"Line {number}: there are units 1 to {units}, not “{part}”.")
            span = (first, last)
        elif part.casefold().startswith("due "):
            due_on = _day(part[4:], zone, now)
        elif asks is None:
            asks = part
        else:
            raise InvalidInput(
                f"Line {number}: I take “{asks}” for what is handed in; what is “{part}”? For "
                f"example {STAGE_EXAMPLE}."
            )
    if asks is not None and len(asks) > ASKS_LIMIT:
        raise InvalidInput(
            f"Line {number}: what is asked has {len(asks)} characters; {ASKS_LIMIT} are the most."
        )
    return StagePlan(title, asks, due_on, span)


def _day(text: str, zone: ZoneInfo, now: datetime) -> date:
    """Read a day; one that is past may stay as it is."""
    try:
        # The form fills in stages as they are, and some of their days may be over.
        return date.fromisoformat(text.strip())
    except ValueError:
        return when.parse(text, zone=zone, now=now, end_of_day=True).astimezone(zone).date()


def write_stages(plans: Sequence[StagePlan]) -> str:
    """Return the text that :func:`parse_stages` reads as these stages."""
    lines: list[str] = []
    for plan in plans:
        parts = [plan.title]
        if plan.asks:
            parts.append(plan.asks)
        if plan.due_on:
            parts.append(f"due {plan.due_on}")
        if plan.units:
            first, last = plan.units
            parts.append(f"units {first}-{last}" if last > first else f"unit {first}")
        lines.append(" | ".join(parts))
    return "\n".join(lines)


def stages_of_units(plans: Sequence[StagePlan], units: int) -> list[int]:
    """Return the stage of each unit, from 1: that which names it last, else the first."""
    found = [1] * units
    for number, plan in enumerate(plans, start=1):
        if plan.units:
            for unit in range(plan.units[0], plan.units[1] + 1):
                found[unit - 1] = number
    return found


def spans(stage_of_unit: Sequence[int], stages: int) -> list[tuple[int, int] | None]:
    """Return which units each stage names; None for the first, and for one that has none."""
    result: list[tuple[int, int] | None] = []
    for stage in range(1, stages + 1):
        own = [number for number, one in enumerate(stage_of_unit, start=1) if one == stage]
        # The first stage has whatever no other one names.
        result.append((own[0], own[-1]) if own and stage > 1 else None)
    return result


def reached(gates: Collection[int], stages: int) -> int:
    """Return the stage that somebody is in, from 1, to whom the stages ``gates`` were opened.

    A gate is passed in its order: what lies behind one that is closed stays closed.
    """
    stage = 1
    while stage < stages and stage + 1 in gates:
        stage += 1
    return stage


def to_open(stage: int, target: int) -> range:
    """Return the stages to open so that somebody in ``stage`` reaches ``target``."""
    return range(stage + 1, target + 1)


def is_ready(stage: Stage, *, handed_in: bool, units_over: bool) -> bool:
    """Whether somebody may pass the gate after a stage.

    Those who handed in what it asks for may; where it asks for nothing, all once its units have
    been met.
    """
    return handed_in if stage.asks else units_over


def is_late(handed_in_at: datetime, stage: Stage, zone: ZoneInfo) -> bool:
    """Whether something was handed in after it was due; it still counts."""
    due = due_at(stage, zone)
    return due is not None and handed_in_at > due


def due_at(stage: Stage, zone: ZoneInfo) -> datetime | None:
    """Return the instant at which a stage's work is due: the end of its day, in UTC."""
    if stage.due_on is None:
        return None
    # The midnight that ends the day: whoever hands in half a minute before is in time.
    return when.local(stage.due_on + timedelta(days=1), datetime.min.time(), zone)


def reminded_at(stage: Stage, before: timedelta, zone: ZoneInfo) -> datetime | None:
    """Return when to remind of what is due so long after, in UTC: a morning, not the midnight."""
    if stage.due_on is None:
        return None
    return when.local(stage.due_on + timedelta(days=1) - before, MORNING, zone)


def check_hand_in(text: str, *, board: bool) -> str:
    """Return what is handed in, tidied, or raise InvalidInput."""
    tidy = text.strip()
    if not tidy and not board:
        raise InvalidInput("Paste the link to what you made, or describe it in a few lines.")
    if len(tidy) > HAND_IN_LIMIT:
        raise InvalidInput(
            f"That has {len(tidy)} characters; {HAND_IN_LIMIT} are the most. Put it in a document, "
            "and hand in its link."
        )
    return tidy


_UNITS = re.compile(r"units?\s+(\d{1,3})(?:\s*(?:-|\u2013|to)\s*(\d{1,3}))?", re.IGNORECASE)


def shown_due(due: datetime) -> datetime:
    """Return an instant on the day that something is due, whose end is midnight."""
    return due - timedelta(minutes=1)
