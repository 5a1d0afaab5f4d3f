"""Steps that several subjects share: finding a meeting, and writing what falls due for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import papers
from bot.base.errors import NotFound
from bot.place import Place, only_members_today
from cogs.reading.facilitators import rules as facilitator_rules
from cogs.reading.meetings import rules
from cogs.reading.reminders import rules as reminder_rules
from data.delivery.deadlines import Due
from data.delivery.kinds import DeadlineKind
from data.papers.papers import Paper, PaperId
from data.programmes.programmes import Programme, ProgrammeUnit
from data.reading.lists import Unit
from data.reading.meetings import Meeting, MeetingPatch
from data.server.groups import GroupId
from data.transaction import Transaction

KINDS = (
    DeadlineKind.READING_REMIND,
    DeadlineKind.READING_UNANSWERED,
    DeadlineKind.READING_ASK,
    DeadlineKind.READING_BEGIN,
    DeadlineKind.READING_TAKE_OVER,
    DeadlineKind.READING_OVER,
)
"""What falls due for every meeting, at times that follow from when it starts."""


async def existing_meeting(tx: Transaction, meeting_id: int) -> Meeting:
    """Return a meeting whatever its server, or raise NotFound."""
    meeting = await tx.meetings.by_id(meeting_id)
    if meeting is None:
        raise NotFound("That meeting does not exist any more.")
    return meeting


async def meeting_of_server(tx: Transaction, guild_id: int, meeting_id: int) -> Meeting:
    """Return a meeting of this server, or raise NotFound."""
    meeting = await tx.meetings.get(guild_id, meeting_id)
    if meeting is None:
        raise NotFound(
            "That meeting does not exist any more. `/meeting list` shows what is coming."
        )
    return meeting


def main_paper(unit: Unit) -> PaperId | None:
    """Return the first paper of what is read for a unit, which its meeting's card shows."""
    return next((one.paper_id for one in unit.readings if one.paper_id is not None), None)


def about_unit(unit: Unit) -> MeetingPatch:
    """Return the columns of a meeting that say what it is about, for a unit of a list."""
    return {
        "title": rules.fitting_title(unit.title),
        "paper_id": main_paper(unit),
        "prerequisites": unit.prerequisites,
    }


async def add_paper(tx: Transaction, text: str, now: datetime) -> Paper:
    """Return the paper that ``text`` names: by its identifier, or as a bare title."""
    found = papers.find(text)
    if found is not None:
        return await tx.papers.add(key=found.key, url=found.url, title=found.label, now=now)
    title = " ".join(text.split())[:300]
    # The title is its identifier: two people who type it alike mean one paper.
    return await tx.papers.add(key=f"title:{title.casefold()}", url=None, title=title, now=now)


async def put_deadlines(tx: Transaction, meeting: Meeting, zone: ZoneInfo, now: datetime) -> None:
    """Schedule all that falls due for a new meeting of a group in ``zone``.

    That is reminders, questions, its start, its end and its server event.
    """
    starts_at, ends_at = meeting.starts_at, meeting.ends_at
    planned = [
        *(
            Due(DeadlineKind.READING_REMIND, at, offset=_seconds(before), expires_at=ends_at)
            for before, at in reminder_rules.reminders(starts_at, now).items()
        ),
        # A reminder is still news to whoever comes late; asking somebody to lead is not, once it
        # runs.
        *(
            Due(DeadlineKind.READING_ASK, at, offset=_seconds(before), expires_at=starts_at)
            for before, at in facilitator_rules.questions(starts_at, now).items()
        ),
        Due(DeadlineKind.READING_BEGIN, starts_at, expires_at=ends_at),
        *(
            Due(DeadlineKind.READING_TAKE_OVER, starts_at + into, offset=who, expires_at=ends_at)
            for into, who in facilitator_rules.ASKED
        ),
        Due(DeadlineKind.READING_OVER, ends_at),
    ]
    asks_at = reminder_rules.asks_unanswered_at(starts_at, zone, now)
    if asks_at is not None:
        planned.append(Due(DeadlineKind.READING_UNANSWERED, asks_at, expires_at=starts_at))
    # A meeting that has its thread soon would otherwise have its event made and then changed.
    is_new = meeting.thread_id is None and meeting.event_id is None
    mirrored_at = now + rules.POSTED_WITHIN if is_new else now
    planned.append(Due(DeadlineKind.READING_MIRROR, mirrored_at))
    await tx.deadlines.put_all(meeting.id, planned, guild_id=meeting.guild_id)


async def move_deadlines(tx: Transaction, meeting: Meeting, now: datetime) -> None:
    """Schedule again all that falls due for a meeting, at the times that it has now."""
    # All first, since a meeting that moved nearer has fewer of them than before.
    await tx.deadlines.cancel(meeting.id, *KINDS)
    await put_deadlines(tx, meeting, await zone_of(tx, meeting), now)


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


async def zone_of(tx: Transaction, meeting: Meeting) -> ZoneInfo:
    """Return the zone that a meeting's group goes by, UTC if neither it nor the server has one."""
    group = await tx.groups.by_id(meeting.group_id)
    server = await tx.servers.get(meeting.guild_id)
    return ZoneInfo((group and group.timezone) or server.timezone or "UTC")


async def put_mirror(tx: Transaction, meeting: Meeting, at: datetime) -> None:
    """Schedule an update of a meeting's server event."""
    await tx.deadlines.put(DeadlineKind.READING_MIRROR, meeting.id, at, guild_id=meeting.guild_id)


async def free_uid(tx: Transaction, programme: Programme, unit: ProgrammeUnit) -> str:
    """Return what calendars know the meeting of a unit by, before and after it is made.

    A cancelled meeting keeps its name, and the one that is held instead has another.
    """
    uid = rules.uid_of_units(programme.id, unit.number)
    # A calendar that has seen the name cancelled may never show it again.
    if await tx.meetings.has_uid(programme.guild_id, uid):
        return f"{uid}-{unit.on_day:%Y%m%d}"
    return uid


async def put_news(tx: Transaction, meeting: Meeting, now: datetime) -> None:
    """Schedule the news about seats: to people who moved up, and people who wait."""
    # The end of the present ten seconds, and not ten seconds from now: each further answer would
    # put it off.
    gathered = now.timestamp() // rules.NEWS_EVERY.total_seconds() + 1
    due_at = datetime.fromtimestamp(gathered * rules.NEWS_EVERY.total_seconds(), now.tzinfo)
    await tx.deadlines.put(
        DeadlineKind.READING_NEWS,
        meeting.id,
        due_at,
        guild_id=meeting.guild_id,
        expires_at=meeting.starts_at,
    )


async def check_member(tx: Transaction, place: Place, meeting: Meeting, what: str) -> None:
    """Raise NotAllowed unless a member of the meeting's group acts."""
    group = await tx.groups.by_id(meeting.group_id)
    member = await tx.groups.member(meeting.group_id, place.user_id)
    assert group is not None  # noqa: S101 - a meeting goes with its group
    rules.only_members(group, member=member is not None, what=what)


async def only_leads(
    tx: Transaction, place: Place, group_id: GroupId, leads: Sequence[int], what: str
) -> None:
    """Raise NotAllowed unless a lead who is still in the group, or an organiser, acts."""
    rules.only_leads(place, leads, what)
    await only_members_today(tx, place, group_id)
