"""Tables of check-ins: schedules, rounds, what people posted, and what they commit to."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Text

from bot.base.recurrence import Cadence
from data.states import CommitmentState, Witnessed
from data.types import (
    BigInt,
    Choice,
    Flag,
    Instant,
    LocalDate,
    LocalTime,
    Strings,
    guild_id,
    own_id,
    partial_index,
    references,
    table,
)

schedules = table(
    "checkin_schedules",
    references("groups.id", "group_id", primary_key=True),
    guild_id(),
    Column("cadence", Choice(Cadence), nullable=False),
    Column("anchor", LocalDate, nullable=False),
    Column("at", LocalTime, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("set_by", BigInt, nullable=False),
    Column("set_at", Instant, nullable=False),
)

questions = table(
    "checkin_questions",
    references("groups.id", "group_id", primary_key=True),
    guild_id(),
    Column("questions", Strings, nullable=False),
)

rounds = table(
    "rounds",
    own_id(),
    guild_id(),
    references("groups.id", "group_id"),
    Column("number", Integer, nullable=False),
    Column("questions", Strings, nullable=False),
    Column("opens_at", Instant, nullable=False),
    Column("prompt_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("prompted_at", Instant),
    Column("closed_at", Instant),
)
Index("uq_rounds_group_id_number", rounds.c.group_id, rounds.c.number, unique=True)
partial_index(
    "ix_rounds_guild_id_open",
    rounds.c.guild_id,
    where=rounds.c.closed_at.is_(None),
)
partial_index(
    # A deadline that is delivered twice cannot open two rounds.
    "uq_rounds_open",
    rounds.c.group_id,
    unique=True,
    where=rounds.c.closed_at.is_(None),
)

round_members = table(
    "round_members",
    references("rounds.id", "round_id", primary_key=True),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("away", Flag, nullable=False),
    Column("resting", Flag),
)
Index("ix_round_members_user_id", round_members.c.user_id)

checkins = table(
    "checkins",
    own_id(),
    guild_id(),
    references("groups.id", "group_id"),
    Column("round_id", Integer, ForeignKey("rounds.id", ondelete="CASCADE")),
    Column("user_id", BigInt, nullable=False),
    Column("questions", Strings, nullable=False),
    Column("did", Text, nullable=False),
    Column("next", Text, nullable=False),
    Column("blocked", Text, nullable=False),
    Column("extra", Text, nullable=False),
    Column("late", Flag, nullable=False),
    Column("posted_at", Instant, nullable=False),
    Column("edited_at", Instant),
    Column("deleted_at", Instant),
    Column("source_url", Text),
)
Index("ix_checkins_guild_id_user_id", checkins.c.guild_id, checkins.c.user_id)
Index("ix_checkins_group_id_user_id", checkins.c.group_id, checkins.c.user_id)
Index("ix_checkins_round_id", checkins.c.round_id)
partial_index(
    # Whoever deleted theirs may post again in the same round.
    "uq_checkins_round_id_user_id",
    checkins.c.round_id,
    checkins.c.user_id,
    unique=True,
    where=checkins.c.deleted_at.is_(None),
)

commitments = table(
    "commitments",
    own_id(),
    guild_id(),
    references("groups.id", "group_id"),
    Column("user_id", BigInt, nullable=False),
    Column("checkin_id", Integer, ForeignKey("checkins.id", ondelete="SET NULL")),
    Column("round_id", Integer, ForeignKey("rounds.id", ondelete="SET NULL")),
    Column("text", Text, nullable=False),
    Column("state", Choice(CommitmentState), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("witness_id", BigInt),
    Column("witnessed", Choice(Witnessed)),
    Column("settled_at", Instant),
    Column("settled_round_id", Integer, ForeignKey("rounds.id", ondelete="SET NULL")),
    Column("reason", Text),
)
Index("ix_commitments_guild_id_user_id", commitments.c.guild_id, commitments.c.user_id)
Index("ix_commitments_group_id_user_id", commitments.c.group_id, commitments.c.user_id)
Index("ix_commitments_checkin_id", commitments.c.checkin_id)
Index("ix_commitments_round_id", commitments.c.round_id)
Index("ix_commitments_settled_round_id", commitments.c.settled_round_id)
