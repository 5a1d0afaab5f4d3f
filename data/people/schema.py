"""Tables of people: what they chose to say of themselves, who met whom, pods, and coffees."""

from sqlalchemy import Column, Index, Integer, Text

from data.states import Audience, Nudges, Purpose
from data.types import (
    BigInt,
    Choice,
    Flag,
    Instant,
    LocalTime,
    Strings,
    guild_id,
    own_id,
    references,
    table,
)

profiles = table(
    "profiles",
    Column("guild_id", BigInt, primary_key=True, autoincrement=False),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("timezone", Text),
    Column("nudges", Choice(Nudges)),
    Column("quiet_from", LocalTime),
    Column("quiet_until", LocalTime),
    Column("direct_closed_at", Instant),
    Column("streak_hidden", Flag),
    Column("level", Integer),
    Column("interests", Strings),
    Column("hours", Integer),
    Column("free", Strings),
    Column("about", Text),
    Column("open_to", Strings),
    Column("audience", Choice(Audience)),
    Column("hidden", Strings),
    Column("portfolio_shared", Flag),
    Column("voice_uncounted", Flag),
)

introductions = table(
    "introductions",
    own_id(),
    guild_id(),
    Column("purpose", Choice(Purpose), nullable=False),
    Column("channel_id", BigInt, nullable=False),
    Column("asked_by", BigInt, nullable=False),
    Column("other_user_id", BigInt, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("accepted", Flag),
    Column("thread_id", BigInt),
    Column("about", Text),
)
Index("ix_introductions_asked_by", introductions.c.guild_id, introductions.c.asked_by)
Index("ix_introductions_other_user_id", introductions.c.guild_id, introductions.c.other_user_id)

pods = table(
    "pods",
    own_id(),
    guild_id(),
    references("groups.id", "group_id"),
    Column("number", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("formed_by", BigInt, nullable=False),
    Column("formed_at", Instant, nullable=False),
    Column("opened_at", Instant),
    Column("dissolved_at", Instant),
    Column("reform_proposed_at", Instant),
)
Index("ix_pods_group_id", pods.c.group_id)

pod_members = table(
    "pod_members",
    references("pods.id", "pod_id", primary_key=True),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
)
Index("ix_pod_members_user_id", pod_members.c.user_id)

pod_wishes = table(
    "pod_wishes",
    references("groups.id", "group_id", primary_key=True),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("other_user_id", BigInt, primary_key=True, autoincrement=False),
    Column("together", Flag, nullable=False),
)

coffee_schedules = table(
    "coffee_schedules",
    references("groups.id", "group_id", primary_key=True),
    guild_id(),
    Column("weeks", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("set_by", BigInt, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

coffee_members = table(
    "coffee_members",
    references("groups.id", "group_id", primary_key=True),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
)

coffees = table(
    "coffees",
    own_id(),
    guild_id(),
    references("groups.id", "group_id"),
    Column("number", Integer, nullable=False),
    Column("rest", Flag, nullable=False),
    Column("paired_at", Instant, nullable=False),
    Column("channel_id", BigInt),
    Column("message_id", BigInt),
)
Index("ix_coffees_group_id_number", coffees.c.group_id, coffees.c.number)

coffee_people = table(
    "coffee_people",
    references("coffees.id", "coffee_id", primary_key=True),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("happened", Flag),
)
Index("ix_coffee_people_user_id", coffee_people.c.user_id)
