"""What holds for meetings and series: values in, values out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from bot.base import when, wording
from bot.base.errors import Conflict, InvalidInput, NotAllowed
from bot.base.recurrence import Cadence, Rule
from bot.place import Place
from data.reading.meetings import Meeting, Series
from data.server.groups import Group

TITLE_LIMIT = 90

LOCATION_LIMIT = 200

MENTIONS = 50
"""How many people one message mentions at most."""

MINUTES_A_PAGE = 4
"""How long a page of a paper takes to read with care."""


def check_title(title: str) -> str:
    """Return a meeting's title in one line, or raise InvalidInput."""
    tidy = " ".join(title.split())
    if not tidy:
        raise InvalidInput("Give the meeting a title, for example `title: Grokking, sections 1–3`.")
    if len(tidy) > TITLE_LIMIT:
        raise InvalidInput(f"That title has {len(tidy)} characters; {TITLE_LIMIT} are the most.")
    return tidy


def fitting_title(title: str) -> str:
    """Return the title of a unit as that of a meeting, cut where it is too long for one."""
    return title if len(title) <= TITLE_LIMIT else title[: TITLE_LIMIT - 1].rstrip() + "…"


def check_location(location: str | None) -> str | None:
    """Return where a meeting takes place in one line, or raise InvalidInput."""
    tidy = " ".join((location or "").split())
    if len(tidy) > LOCATION_LIMIT:
        raise InvalidInput(
            f"That place has {len(tidy)} characters; {LOCATION_LIMIT} are the most. Give the "
            "room or a link, for example `where: https://meet.example.org/reading`."
        )
    return tidy or None


def check_link(link: str) -> str | None:
    """Return a link as it was typed, None for an empty one, or raise InvalidInput."""
    tidy = link.strip()
    if not tidy:
        return None
    if not re.fullmatch(r"https?://[^\s<>()]{4,1900}", tidy):
        raise InvalidInput("Give a link that starts with https://, without blanks or brackets.")
    return tidy


def only_members(group: Group, *, member: bool, what: str) -> None:
    """Raise NotAllowed unless a member acts; ``what`` completes “Only members of X can …”."""
    if not member:
        raise NotAllowed(
            f"Only members of {wording.named(group.name)} can {what}: `/group join` first."
        )


def leads_of(planned: Meeting | Series) -> tuple[int, ...]:
    """Return who runs a meeting or a series: who leads it, and who scheduled it."""
    return tuple(
        dict.fromkeys(
            user_id
            for user_id in (planned.facilitator_id, planned.created_by)
            if user_id is not None
        )
    )


def only_leads(place: Place, leads: Sequence[int], what: str) -> None:
    """Raise NotAllowed unless one of ``leads`` or an organiser acts; ``what`` completes “can …”."""
    if not place.organiser and place.user_id not in leads:
        named = " or ".join(wording.person(user_id) for user_id in dict.fromkeys(leads))
        raise NotAllowed(f"Only {named} and organisers can {what}. Ask one of them.")


def not_cancelled(meeting: Meeting) -> None:
    """Raise Conflict for a meeting that was cancelled."""
    if meeting.cancelled_at is not None:
        raise Conflict(
            f"“{wording.named(meeting.title)}” was cancelled. `/meeting list` shows what is coming."
        )


def has_begun(meeting: Meeting, now: datetime) -> None:
    """Raise Conflict before a meeting begins."""
    if now < meeting.starts_at:
        raise Conflict(
            f"“{wording.named(meeting.title)}” begins {when.stamp(meeting.starts_at, 'R')}; come "
            "back then."
        )


def still_ahead(meeting: Meeting, now: datetime) -> None:
    """Raise Conflict for a meeting that was cancelled or has begun."""
    not_cancelled(meeting)
    if not meeting.is_open(now):
        raise Conflict(
            f"“{wording.named(meeting.title)}” has begun already. `/meeting list` shows what is "
            "coming."
        )


def batches(user_ids: Sequence[int], size: int = MENTIONS) -> list[Sequence[int]]:
    """Return people in batches that one message can mention."""
    return [user_ids[start : start + size] for start in range(0, len(user_ids), size)]


def reading_minutes(pages: int) -> int:
    """Return how many minutes so many pages take to read, in steps of five."""
    return max(5, 5 * round(pages * MINUTES_A_PAGE / 5))


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a series takes place: its local day, its instant, and when it is posted."""

    day: date
    starts_at: datetime
    posted_at: datetime


def rule_from(cadence: Cadence, starts_at: datetime, zone: ZoneInfo) -> Rule:
    """Return the rule of a series whose first meeting starts at an instant."""
    local = starts_at.astimezone(zone)
    return Rule(cadence, local.date(), local.time().replace(second=0, microsecond=0, fold=0), zone)


def last_day(rule: Rule, *, until: date | None, times: int | None) -> date | None:
    """Return the last local day that a series can be on, from a date or from how often it is.

    Raises InvalidInput when that is before its first meeting.
    """
    if times is not None:
        starts = when.local(rule.anchor, rule.at, rule.zone)
        found = list(islice(rule.occurrences(starts), times))
        by_times = rule.occurrence_date(found[-1])
        until = by_times if until is None else min(until, by_times)
    if until is not None and until < rule.anchor:
        raise InvalidInput(
            f"The series would end on {until}, before its first meeting on {rule.anchor}. Give a "
            "later `until`, or how many `times` it takes place."
        )
    return until


def uid_of(series_id: int, day: date) -> str:
    """Return what calendars know an occurrence of a series by, before and after it has a card."""
    return f"series-{series_id}-{day:%Y%m%d}"


def uid_of_units(programme_id: int, number: int) -> str:
    """Return the same for the meeting of a programme's unit, and of those of the same week."""
    return f"programme-{programme_id}-{number}"


def next_occurrence(series: Series, after: datetime) -> Occurrence | None:
    """Return the first occurrence of a series strictly after an instant, None past its end."""
    starts_at = series.rule.after(after)
    day = series.rule.occurrence_date(starts_at)
    if series.until is not None and day > series.until:
        return None
    return Occurrence(day, starts_at, starts_at - timedelta(days=series.days_ahead))
