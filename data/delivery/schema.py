"""The deadlines, which are the scheduler; the record of what was sent; the live cards."""

from sqlalchemy import Column, Index, Text

from data.states import CardKind, DeadlineState, Sent
from data.types import BigInt, Choice, Instant, guild_id, own_id, partial_index, table

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
# For the alarm and for taking what is due: most rows are over, and those are not in this index.
partial_index(
    "ix_deadlines_waiting",
    deadlines.c.deliver_at,
    where=_WAITING,
)
# For `/cohort health`.
partial_index(
    "ix_deadlines_upcoming",
    deadlines.c.guild_id,
    deadlines.c.deliver_at,
    where=_WAITING,
)
_AFTER_AN_ERROR = _WAITING & deadlines.c.error.is_not(None)
# Once Discord is back, one query finds everything that was waiting for it.
partial_index(
    "ix_deadlines_to_hurry",
    deadlines.c.error,
    deadlines.c.deliver_at,
    where=_AFTER_AN_ERROR,
)
_FAILED = deadlines.c.state == DeadlineState.FAILED
# For `/cohort health` and the alerts, which look every ten minutes in every server.
partial_index(
    "ix_deadlines_failed",
    deadlines.c.guild_id,
    deadlines.c.finished_at,
    where=_FAILED,
)
_SENDING = deadlines.c.state == DeadlineState.SENDING
# For each start, and whenever the store was away.
partial_index(
    "ix_deadlines_sending",
    deadlines.c.guild_id,
    where=_SENDING,
)
_HELD = deadlines.c.state == DeadlineState.HELD
partial_index("ix_deadlines_held", deadlines.c.guild_id, where=_HELD)
# Not only those that are over: an index should not decide which states those are.
Index("ix_deadlines_due_at", deadlines.c.due_at)

cards = table(
    "cards",
    Column("kind", Choice(CardKind), primary_key=True),
    Column("subject_id", BigInt, primary_key=True, autoincrement=False),
    guild_id(),
    Column("channel_id", BigInt, nullable=False),
    Column("message_id", BigInt, nullable=False),
    Column("posted_at", Instant, nullable=False),
    Column("shown", Text, server_default=""),
)
# For each reaction: which card is it under?
Index("ix_cards_message_id", cards.c.message_id)
Index("ix_cards_channel_id", cards.c.channel_id)
Index("ix_cards_guild_id_posted_at", cards.c.guild_id, cards.c.posted_at)
# For the start, which compares the newest with their rows.
Index("ix_cards_posted_at", cards.c.posted_at)

deliveries = table(
    "deliveries",
    Column("key", Text, primary_key=True),
    guild_id(),
    Column("state", Choice(Sent), nullable=False),
    Column("channel_id", BigInt),
    Column("message_id", BigInt),
    Column("first_tried_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("attempts", BigInt, nullable=False),
    Column("error", Text),
)
Index("ix_deliveries_first_tried_at", deliveries.c.first_tried_at)
Index("ix_deliveries_guild_id_first_tried_at", deliveries.c.guild_id, deliveries.c.first_tried_at)
