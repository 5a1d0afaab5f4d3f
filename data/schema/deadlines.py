"""The table that is the scheduler."""

from sqlalchemy import Column, Index, Text

from data.schema.types import BigInt, Choice, Instant, guild_id, own_id, table
from data.states import DeadlineState

deadlines = table(
    "deadlines",
    own_id(),
    guild_id(),
    Column("kind", Text, nullable=False),
    Column("subject_id", BigInt, nullable=False),
    Column("occurrence", BigInt, nullable=False),
    Column("offset", BigInt, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("deliver_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("state", Choice(DeadlineState), nullable=False),
    Column("attempts", BigInt, nullable=False),
    Column("finished_at", Instant),
    Column("error", Text),
)
Index(
    "uq_deadlines_key",
    deadlines.c.kind,
    deadlines.c.subject_id,
    deadlines.c.occurrence,
    deadlines.c.offset,
    unique=True,
)
_WAITING = deadlines.c.state == DeadlineState.PENDING
Index(
    "ix_deadlines_waiting",
    deadlines.c.deliver_at,
    sqlite_where=_WAITING,
    postgresql_where=_WAITING,
)
_STUCK = deadlines.c.state.in_([DeadlineState.SENDING, DeadlineState.FAILED])
Index(
    "ix_deadlines_stuck",
    deadlines.c.guild_id,
    deadlines.c.state,
    sqlite_where=_STUCK,
    postgresql_where=_STUCK,
)
