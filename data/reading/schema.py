"""Tables of reading groups: meetings, series, lists, nominations, polls, calendar feeds."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Text

from bot.base.recurrence import Cadence
from data.states import Answer, Change, Fit, Seat
from data.types import (
    BigInt,
    Choice,
    Flag,
    Instant,
    LocalDate,
    LocalTime,
    Secret,
    Strings,
    guild_id,
    own_id,
    references,
    table,
)

series = table(
    "series",
    own_id(),
    guild_id(),
    references("groups.id", "group_id"),
    Column("title", Text, nullable=False),
    Column("cadence", Choice(Cadence), nullable=False),
    Column("anchor", LocalDate, nullable=False),
    Column("at", LocalTime, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("location", Text),
    Column("facilitator_id", BigInt),
    Column("capacity", Integer),
    Column("created_by", BigInt, nullable=False),
    Column("days_ahead", Integer, nullable=False),
    Column("until", LocalDate),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("changes", Integer, nullable=False, default=0, server_default="0"),
    Column("changed_at", Instant),
    Column("times", Integer),
    Column("numbered_from", Integer, nullable=False, default=0, server_default="0"),
    Column("first_day", LocalDate),
    Column("voice_id", BigInt),
)
Index("ix_series_group_id", series.c.group_id)

meetings = table(
    "meetings",
    own_id(),
    guild_id(),
    references("groups.id", "group_id"),
    Column("series_id", Integer, ForeignKey("series.id", ondelete="SET NULL")),
    Column("occurs_on", LocalDate),
    Column("title", Text, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("location", Text),
    Column("facilitator_id", BigInt),
    Column("capacity", Integer),
    Column("paper_id", Integer, ForeignKey("papers.id", ondelete="SET NULL")),
    Column("thread_id", BigInt),
    Column("created_by", BigInt, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("cancelled_at", Instant),
    Column("cancelled_because", Text),
    Column("changes", Integer, nullable=False, default=0),
    Column("changed_at", Instant),
    Column("event_id", BigInt),
    Column("notes", Text),
    Column("recording", Text),
    Column("prerequisites", Text),
    Column("uid", Text),
    Column("number", Integer),
    Column("voice_id", BigInt),
    Column("leader_seen_at", Instant),
)
Index("ix_meetings_guild_id_starts_at", meetings.c.guild_id, meetings.c.starts_at)
Index("ix_meetings_group_id_starts_at", meetings.c.group_id, meetings.c.starts_at)
Index("ix_meetings_starts_at", meetings.c.starts_at)
Index("ix_meetings_paper_id", meetings.c.paper_id)
Index("ix_meetings_thread_id", meetings.c.thread_id)
Index("ix_meetings_event_id", meetings.c.event_id)
Index("uq_meetings_number", meetings.c.series_id, meetings.c.number, unique=True)
Index("ix_meetings_voice_id", meetings.c.voice_id)

rsvps = table(
    "rsvps",
    references("meetings.id", "meeting_id", primary_key=True),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("answer", Choice(Answer), nullable=False),
    Column("position", Integer, nullable=False),
    Column("earlier", Strings, nullable=False),
    Column("message_id", BigInt),
    Column("answered_at", Instant, nullable=False),
    Column("told", Choice(Seat)),
    Column("reminded_of", Instant),
)
Index("uq_rsvps_position", rsvps.c.meeting_id, rsvps.c.position, unique=True)
Index("ix_rsvps_user_id", rsvps.c.user_id)

reading_lists = table(
    "reading_lists",
    own_id(),
    guild_id(),
    references("groups.id", "group_id"),
    Column("title", Text, nullable=False),
    Column("created_by", BigInt, nullable=False),
    Column("created_at", Instant, nullable=False),
)
Index("ix_reading_lists_guild_id", reading_lists.c.guild_id)
Index("ix_reading_lists_group_id", reading_lists.c.group_id)

units = table(
    "units",
    own_id(),
    references("reading_lists.id", "list_id"),
    Column("number", Integer, nullable=False),
    Column("week", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("prerequisites", Text),
)
Index("uq_units_number", units.c.list_id, units.c.number, unique=True)

unit_readings = table(
    "unit_readings",
    own_id(),
    guild_id(),
    references("units.id", "unit_id"),
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("paper_id", Integer, ForeignKey("papers.id", ondelete="SET NULL")),
    Column("minutes", Integer),
    Column("level", Text),
)
Index("uq_unit_readings_number", unit_readings.c.unit_id, unit_readings.c.number, unique=True)
Index("ix_unit_readings_paper_id", unit_readings.c.paper_id)

exercises = table(
    "exercises",
    own_id(),
    references("units.id", "unit_id"),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
)
Index("uq_exercises_number", exercises.c.unit_id, exercises.c.number, unique=True)

list_series = table(
    "list_series",
    references("series.id", "series_id", primary_key=True),
    references("reading_lists.id", "list_id"),
)
Index("ix_list_series_list_id", list_series.c.list_id)

unit_meetings = table(
    "unit_meetings",
    references("meetings.id", "meeting_id", primary_key=True),
    references("units.id", "unit_id"),
)
Index("ix_unit_meetings_unit_id", unit_meetings.c.unit_id)

exercise_takings = table(
    "exercise_takings",
    own_id(),
    guild_id(),
    references("exercises.id", "exercise_id"),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE")),
    Column("task_id", Integer, ForeignKey("tasks.id", ondelete="CASCADE")),
    Column("commitment_id", Integer, ForeignKey("commitments.id", ondelete="CASCADE")),
    Column("taken_by", BigInt, nullable=False),
    Column("taken_at", Instant, nullable=False),
)
Index("ix_exercise_takings_exercise_id", exercise_takings.c.exercise_id)
Index("ix_exercise_takings_project_id", exercise_takings.c.project_id)
Index("ix_exercise_takings_task_id", exercise_takings.c.task_id)
Index("ix_exercise_takings_commitment_id", exercise_takings.c.commitment_id)

list_drafts = table(
    "list_drafts",
    own_id(),
    guild_id(),
    references("groups.id", "group_id"),
    Column("title", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("cadence", Choice(Cadence), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("created_by", BigInt, nullable=False),
    Column("created_at", Instant, nullable=False),
)
Index("ix_list_drafts_group_id", list_drafts.c.group_id)

poll_drafts = table(
    "poll_drafts",
    own_id(),
    guild_id(),
    references("groups.id", "group_id"),
    Column("title", Text, nullable=False),
    Column("slots", Text, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("closes_at", Instant),
    Column("created_by", BigInt, nullable=False),
    Column("created_at", Instant, nullable=False),
)
Index("ix_poll_drafts_group_id", poll_drafts.c.group_id)

changes = table(
    "meeting_changes",
    own_id(),
    references("meetings.id", "meeting_id"),
    Column("what", Choice(Change), nullable=False),
    Column("starts_before", Instant),
    Column("details", Strings, nullable=False),
    Column("changed_by", BigInt, nullable=False),
    Column("changed_at", Instant, nullable=False),
)
Index("ix_meeting_changes_meeting_id", changes.c.meeting_id)

attendances = table(
    "attendances",
    references("meetings.id", "meeting_id", primary_key=True),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("was_there", Flag, nullable=False),
    Column("had_read", Flag, nullable=False),
    Column("noted_at", Instant, nullable=False),
    Column("here_since", Instant),
    Column("seconds", Integer),
)
Index("ix_attendances_user_id", attendances.c.user_id)

prompts = table(
    "prompts",
    own_id(),
    references("meetings.id", "meeting_id"),
    Column("user_id", BigInt, nullable=False),
    Column("text", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
)
Index("ix_prompts_meeting_id", prompts.c.meeting_id)

turns = table(
    "turns",
    references("meetings.id", "meeting_id", primary_key=True),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("asked_at", Instant),
    Column("declined_at", Instant),
)

nominations = table(
    "nominations",
    own_id(),
    guild_id(),
    references("groups.id", "group_id"),
    references("papers.id", "paper_id"),
    Column("note", Text),
    Column("nominated_by", BigInt, nullable=False),
    Column("nominated_at", Instant, nullable=False),
    Column("meeting_id", Integer, ForeignKey("meetings.id", ondelete="SET NULL")),
    Column("withdrawn_at", Instant),
)
Index("uq_nominations_paper", nominations.c.group_id, nominations.c.paper_id, unique=True)
Index("ix_nominations_paper_id", nominations.c.paper_id)
Index("ix_nominations_meeting_id", nominations.c.meeting_id)

votes = table(
    "votes",
    references("nominations.id", "nomination_id", primary_key=True),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("voted_at", Instant, nullable=False),
)

polls = table(
    "polls",
    own_id(),
    guild_id(),
    references("groups.id", "group_id"),
    Column("title", Text, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("created_by", BigInt, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("closes_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("meeting_id", Integer, ForeignKey("meetings.id", ondelete="SET NULL")),
)
Index("ix_polls_group_id", polls.c.group_id)
Index("ix_polls_meeting_id", polls.c.meeting_id)

slots = table(
    "poll_slots",
    references("polls.id", "poll_id", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("starts_at", Instant, nullable=False),
)

fits = table(
    "poll_fits",
    references("polls.id", "poll_id", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("fit", Choice(Fit), primary_key=True),
)

feeds = table(
    "feeds",
    own_id(),
    guild_id(),
    Column("user_id", BigInt, nullable=False),
    Column("group_id", Integer, ForeignKey("groups.id", ondelete="CASCADE")),
    Column("token", Secret, nullable=False),
    Column("made_at", Instant, nullable=False),
)
Index("uq_feeds_token", feeds.c.token, unique=True)
Index("ix_feeds_user_id", feeds.c.user_id)
Index("ix_feeds_group_id", feeds.c.group_id)
