"""What holds for meetings and series: values in, values out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base import when, wording
from bot.base.errors import Conflict, InvalidInput, NotAllowed
from bot.base.recurrence import Cadence, Rule
from bot.place import Place
from data.reading.meetings import Meeting, Series
from data.server.groups import Group

TITLE_LIMIT = 90

LOCATION_LIMIT = 200
LINK_LIMIT = 2000
"""The longest link; browsers and mail programs cut longer ones."""


MINUTES_A_PAGE = 4
"""How long a page of a paper takes to read with care."""

RECENT = timedelta(days=60)
"""How far back meetings are offered for noting who came and what was said."""

DRAFTS_KEPT = timedelta(days=1)
"""How long drafts are kept."""

POSTED_WITHIN = timedelta(seconds=10)
"""How long a new meeting's server event waits for the card and its thread, which it links to."""

NEWS_EVERY = timedelta(seconds=10)
"""How long news about seats is gathered, so that many answers make one message."""

MOST_PINGED = 200
"""How many members one meeting pings; for more a role does it in one mention."""


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


class Where(Struct, frozen=True):
    """Where a meeting takes place, in words or as a link, and the voice channel if it is in one."""

    text: str | None = None
    voice_id: int | None = None


NOWHERE = Where()


def check_where(where: Where) -> Where:
    """Return where a meeting takes place in one line, or raise InvalidInput.

    A link may be long, as meeting services make them, and is shown in full or not at all.
    """
    tidy = " ".join((where.text or "").split())
    if is_link(tidy):
        return Where(_short_enough(tidy), where.voice_id)
    return Where(check_short(tidy), where.voice_id)


def _short_enough(link: str) -> str:
    if len(link) > LINK_LIMIT:
        raise InvalidInput(
            f"That link has {len(link)} characters; {LINK_LIMIT} are the most. A link "
            "shortener, or a page that leads there, makes it shorter."
        )
    return link


def is_link(text: str) -> bool:
    """Whether a text is a link and nothing else."""
    # The whole text and not a part: “room 4, or https://…” is words with a link in it, and is cut
    # like words.
    return re.fullmatch(r"https?://[^\s<>]+", text) is not None


def check_short(text: str) -> str | None:
    """Return a place or a remark in one line, None for an empty one, or raise InvalidInput."""
    tidy = " ".join(text.split())
    if len(tidy) > LOCATION_LIMIT:
        raise InvalidInput(
            f"That has {len(tidy)} characters; {LOCATION_LIMIT} are the most. Give the room, or a "
            "link alone, for example `where: https://meet.example.org/reading`."
        )
    return tidy or None


def check_link(link: str) -> str | None:
    """Return a link as it was typed, None for an empty one, or raise InvalidInput."""
    tidy = link.strip()
    if not tidy:
        return None
    # No brackets: the link becomes the target of a Markdown link, which the first bracket would
    # end.
    if not re.fullmatch(r"https?://[^\s<>()]{4,}", tidy):
        raise InvalidInput("Give a link that starts with https://, without blanks or brackets.")
    return _short_enough(tidy)


def only_members(group: Group, *, member: bool, what: str) -> None:
    """Raise NotAllowed unless a member acts; ``what`` completes “Only members of X can …”."""
    if not member:
        raise NotAllowed(
            f"Only members of {wording.one_line(group.name)} can {what}: `/group join` first."
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
            f"“{wording.one_line(meeting.title)}” was cancelled. `/meeting list` shows what is "
            "coming."
        )


def has_begun(meeting: Meeting, now: datetime) -> None:
    """Raise Conflict before a meeting begins."""
    if now < meeting.starts_at:
        raise Conflict(
            f"“{wording.one_line(meeting.title)}” begins {when.stamp(meeting.starts_at, 'R')}; "
            "come back then."
        )


def still_ahead(meeting: Meeting, now: datetime) -> None:
    """Raise Conflict for a meeting that was cancelled or has begun."""
    not_cancelled(meeting)
    if not meeting.is_open(now):
        raise Conflict(
            f"“{wording.one_line(meeting.title)}” has begun already. `/meeting list` shows what is "
            "coming."
        )


def reading_minutes(pages: int) -> int:
    """Return how many minutes ``pages`` take to read, in steps of five."""
    return max(5, 5 * round(pages * MINUTES_A_PAGE / 5))


def rule_from(cadence: Cadence, starts_at: datetime, zone: ZoneInfo) -> Rule:
    """Return the rule of a series whose first meeting starts at an instant."""
    local = starts_at.astimezone(zone)
    # Without the fold: the rule says 02:30, and which of the two it is in autumn is settled for
    # each day by ``when.local``.
    return Rule(cadence, local.date(), local.time().replace(second=0, microsecond=0, fold=0), zone)


def last_day(rule: Rule, until: date | None) -> date | None:
    """Return the last local day that a series can be on; raises InvalidInput before its first."""
    if until is not None and until < rule.anchor:
        raise InvalidInput(
            f"The series would end on {until}, before its first meeting on {rule.anchor}. Give a "
            "later `until`, or how many `times` it takes place."
        )
    return until


def uid_of_units(programme_id: int, number: int) -> str:
    """Return the same for the meeting of a programme's unit, and of those of the same week."""
    return f"programme-{programme_id}-{number}"
