"""Tables of servers, their groups, and what the process itself remembers."""

from sqlalchemy import Column, Index, Integer, Text

from data.types import (
    BigInt,
    Flag,
    Instant,
    Strings,
    guild_id,
    own_id,
    partial_index,
    references,
    table,
)

servers = table(
    "servers",
    Column("guild_id", BigInt, primary_key=True, autoincrement=False),
    Column("timezone", Text),
    Column("organiser_role_id", BigInt),
    Column("announcements_channel_id", BigInt),
    Column("boards_channel_id", BigInt),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
    Column("levels", Strings),
)

groups = table(
    "groups",
    own_id(),
    guild_id(),
    Column("channel_id", BigInt, nullable=False),
    Column("name", Text, nullable=False),
    Column("focus", Text, nullable=False),
    Column("timezone", Text),
    Column("created_by", BigInt, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("archived_at", Instant),
    Column("asks_unanswered", Flag, nullable=False, default=True, server_default="1"),
)
Index("ix_groups_guild_id", groups.c.guild_id)
partial_index(
    # A channel is home to one group; an archived one leaves it to the next.
    "uq_groups_channel_id",
    groups.c.channel_id,
    unique=True,
    where=groups.c.archived_at.is_(None),
)

members = table(
    "members",
    references("groups.id", "group_id", primary_key=True),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
    Column("away_since", Instant),
    Column("away_until", Instant),
    Column("pace", Integer),
    Column("pace_from", Integer),
)
Index("ix_members_user_id", members.c.user_id)

troubles = table(
    "troubles",
    Column("guild_id", BigInt, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("told_at", Instant),
)

notes = table(
    "notes",
    Column("name", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("written_at", Instant, nullable=False),
)
