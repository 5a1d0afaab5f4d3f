"""The table of calendar feeds: one address for each person and what they may follow."""

from sqlalchemy import Column, ForeignKey, Index, Integer

from data.schema.types import BigInt, Instant, Secret, guild_id, own_id, table

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
