"""What holds for meetings and the answers to them: values in, values out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from bot.base import when, wording
from bot.base.errors import Conflict, InvalidInput, NotAllowed
from bot.base.recurrence import Cadence, Rule
from bot.place import Place
from data.reading.attendance import Led
from data.reading.meetings import Meeting, MeetingId, Series
from data.reading.rsvps import Rsvp
from data.server.groups import Group, Member
from data.states import Answer, Seat

TITLE_LIMIT = 90
LOCATION_LIMIT = 200
REMIND_BEFORE = (timedelta(hours=24), timedelta(hours=1))
"""How long before a meeting those who come are reminded of it."""

ASK_BEFORE = (timedelta(days=7), timedelta(days=1))
"""How long before a meeting the one whose turn it is gets asked to lead it."""

TAKE_OVER = timedelta(minutes=10)
"""How long into a meeting its leader is missed."""

MINUTES_A_PAGE = 4
"""How long a page of a paper takes to read with care."""

ACTION_LIMIT = 300
_MENTION = re.compile(r"<@!?(\d{15,20})>")

MENTIONS = 50
"""How many people one message mentions at most."""


# What people type


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


def only_members(group: Group, *, member: bool, what: str) -> None:
    """Raise NotAllowed unless a member acts; ``what`` completes “Only members of X can …”."""
    if not member:
        raise NotAllowed(
            f"Only members of {wording.named(group.name)} can {what}: `/group join` first."
        )


# Answers


@dataclass(frozen=True, slots=True)
class Turnout:
    """Who comes to a meeting, each in the order in which they answered."""

    going: tuple[int, ...]
    waiting: tuple[int, ...]
    maybe: tuple[int, ...]
    not_going: tuple[int, ...]

    @property
    def expected(self) -> tuple[int, ...]:
        """Those who come or may come, and are reminded."""
        return self.going + self.maybe


def turnout(rsvps: Sequence[Rsvp], capacity: int | None) -> Turnout:
    """Return who comes: past ``capacity`` those who are going wait, in order; maybe takes no seat.

    Nothing but the answers and their order decides, so that a seat that frees goes to who waits
    longest, and lowering the capacity moves the last who came back to the head of the line.
    """
    ordered = sorted(rsvps, key=lambda rsvp: rsvp.position)
    by_answer = {
        answer: tuple(rsvp.user_id for rsvp in ordered if rsvp.answer is answer)
        for answer in Answer
    }
    going = by_answer[Answer.GOING]
    seats = len(going) if capacity is None else capacity
    return Turnout(
        going[:seats], going[seats:], by_answer[Answer.MAYBE], by_answer[Answer.NOT_GOING]
    )


def answered(
    current: Rsvp | None,
    answer: Answer,
    *,
    meeting_id: MeetingId,
    user_id: int,
    position: int,
    message_id: int | None,
    now: datetime,
) -> Rsvp:
    """Return somebody's answer after they gave ``answer``, with ``position`` if it is a new one.

    The same answer again keeps its place in the order; another one goes to the end. The reaction
    of the one before is remembered until it is gone.
    """
    shown = _shown(current, message_id)
    earlier = tuple(one for one in shown if one != answer)
    if current is not None and current.answer is answer:
        return replace(current, earlier=earlier, message_id=message_id or current.message_id)
    return Rsvp(meeting_id, user_id, answer, position, earlier, message_id, now)


def taken_back(
    current: Rsvp, answer: Answer, *, message_id: int | None, position: int, now: datetime
) -> Rsvp | None:
    """Return what is left of somebody's answer when their reaction for ``answer`` goes.

    An earlier reaction of theirs that is still under the card counts again; without one there is
    no answer left. An answer that no reaction under this card gave stays.
    """
    if message_id is not None and current.message_id != message_id:
        return current
    earlier = tuple(one for one in current.earlier if one != answer)
    if current.answer is not answer:
        return replace(current, earlier=earlier)
    if not earlier:
        return None
    return replace(
        current,
        answer=Answer(earlier[-1]),
        position=position,
        earlier=earlier[:-1],
        answered_at=now,
        told=None,
    )


def reconciled(
    current: Rsvp | None, seen: Collection[Answer], message_id: int
) -> tuple[Answer | None, tuple[str, ...]]:
    """Return the answer that the reactions under a card (``seen``) stand for, and the others.

    A reaction that we did not know of was given while nobody listened, so it is the later one;
    of several such the first under the card counts. Otherwise the answer stands while its
    reaction does, and after that the latest reaction that is left.
    """
    known = _shown(current, message_id)
    fresh = [answer for answer in Answer if answer in seen and answer not in known]
    left = [Answer(one) for one in known if one in seen]
    if not fresh and not left:
        return None, ()
    answer = fresh[0] if fresh else left[-1]
    return answer, tuple(one.value for one in (*left, *fresh) if one is not answer)


def _shown(current: Rsvp | None, message_id: int | None) -> tuple[str, ...]:
    """Return the answers whose reactions are under a card, as far as is known, the latest last."""
    if current is None or message_id is None or current.message_id != message_id:
        return ()
    return (*current.earlier, current.answer.value)


@dataclass(frozen=True, slots=True)
class News:
    """Who is to be told about their seat."""

    promoted: tuple[int, ...]
    waiting: tuple[int, ...]


def news(rsvps: Sequence[Rsvp], capacity: int | None) -> News:
    """Return who moved up since they were told that they wait, and who waits without knowing."""
    told = {rsvp.user_id: rsvp.told for rsvp in rsvps}
    now = turnout(rsvps, capacity)
    return News(
        promoted=tuple(user for user in now.going if told[user] is Seat.WAITING),
        waiting=tuple(user for user in now.waiting if told[user] is not Seat.WAITING),
    )


def batches(user_ids: Sequence[int], size: int = MENTIONS) -> list[Sequence[int]]:
    """Return people in batches that one message can mention."""
    return [user_ids[start : start + size] for start in range(0, len(user_ids), size)]


# Reminders and series


def reminders(starts_at: datetime, now: datetime) -> dict[timedelta, datetime]:
    """Return when to remind of a meeting, by how long before it; none that has gone by."""
    return {before: starts_at - before for before in REMIND_BEFORE if starts_at - before > now}


def questions(starts_at: datetime, now: datetime) -> dict[timedelta, datetime]:
    """Return when to ask who leads a meeting, by how long before; none that has gone by."""
    return {before: starts_at - before for before in ASK_BEFORE if starts_at - before > now}


@dataclass(frozen=True, slots=True)
class Called:
    """Who a reminder pings, and who of them has not decided yet."""

    pinged: tuple[int, ...]
    undecided: tuple[int, ...]


def called(rsvps: Sequence[Rsvp], meeting: Meeting, before: timedelta) -> Called:
    """Return whom a reminder ``before`` a meeting is for.

    Who comes is pinged each time. Who may come is pinged once and asked to decide: by the first
    reminder after they answered. Who leads is asked to confirm when the first reminder is due, so
    that one leaves them out.
    """
    seats = turnout(rsvps, meeting.capacity)
    answered_at = {rsvp.user_id: rsvp.answered_at for rsvp in rsvps}
    earlier = [meeting.starts_at - other for other in REMIND_BEFORE if other > before]
    undecided = tuple(
        user_id
        for user_id in seats.maybe
        if all(answered_at[user_id] > instant for instant in earlier)
    )
    asked = meeting.facilitator_id if before in ASK_BEFORE else None
    return Called(tuple(one for one in (*seats.going, *undecided) if one != asked), undecided)


def is_overtaken(meeting: Meeting, before: timedelta, now: datetime) -> bool:
    """Whether a reminder comes so late that a later one is due as well."""
    return any(other < before and meeting.starts_at - other <= now for other in REMIND_BEFORE)


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


# Changes


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
            f"“{wording.named(meeting.title)}” was cancelled. `/reading list` shows what is coming."
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
            f"“{wording.named(meeting.title)}” has begun already. `/reading list` shows what is "
            "coming."
        )


def check_link(link: str) -> str | None:
    """Return a link as it was typed, None for an empty one, or raise InvalidInput."""
    tidy = link.strip()
    if not tidy:
        return None
    if not re.fullmatch(r"https?://[^\s<>()]{4,1900}", tidy):
        raise InvalidInput("Give a link that starts with https://, without blanks or brackets.")
    return tidy


@dataclass(frozen=True, slots=True)
class ActionItem:
    """Something that somebody said at a meeting that they would do."""

    user_id: int
    text: str


def action_items(text: str, writer_id: int) -> list[ActionItem]:
    """Return who does what, from “@ada writes it up; @ben asks for the code”.

    Items are parted by semicolons or lines; one without a mention is the writer's own. Raises
    InvalidInput for one that is too long, or that says nothing.
    """
    items: list[ActionItem] = []
    for part in re.split(r"[;\n]", text):
        found = _MENTION.search(part)
        said = " ".join(_MENTION.sub("", part, count=1).split()).lstrip(":-–—, ")
        if not said and found is None:
            continue
        if not said:
            raise InvalidInput(f"Say what {found[0] if found else 'that person'} does.")
        if len(said) > ACTION_LIMIT:
            raise InvalidInput(f"One of them has {len(said)} characters; {ACTION_LIMIT} at most.")
        items.append(ActionItem(int(found[1]) if found else writer_id, said))
    if not items:
        raise InvalidInput("Say who does what, for example `actions: @ada writes the summary`.")
    return items


# Who leads


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


def reading_minutes(pages: int) -> int:
    """Return how many minutes so many pages take to read, in steps of five."""
    return max(5, 5 * round(pages * MINUTES_A_PAGE / 5))
