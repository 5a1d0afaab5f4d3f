"""Tables of programmes: cohorts that go through a reading list in stages, with gates."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Text

from data.types import (
    BigInt,
    Flag,
    Instant,
    LocalDate,
    LocalTime,
    Strings,
    guild_id,
    own_id,
    references,
    table,
)

programmes = table(
    "programmes",
    own_id(),
    guild_id(),
    references("groups.id", "group_id"),
    Column("list_id", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("starts_on", LocalDate, nullable=False),
    Column("at", LocalTime, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("skipped", Strings, nullable=False),
    Column("pod_size", Integer),
    Column("self_opening", Flag, nullable=False),
    Column("facilitator_id", BigInt),
    Column("created_by", BigInt, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("changes", Integer, nullable=False, default=0, server_default="0"),
)
Index("ix_programmes_guild_id", programmes.c.guild_id)
Index("ix_programmes_group_id", programmes.c.group_id)

programme_units = table(
    "programme_units",
    references("programmes.id", "programme_id", primary_key=True),
    guild_id(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("unit_id", Integer, nullable=False),
    Column("week", Integer, nullable=False),
    Column("stage", Integer, nullable=False),
    Column("on_day", LocalDate, nullable=False),
    Column("meeting_id", Integer, ForeignKey("meetings.id", ondelete="SET NULL")),
)
Index("ix_programme_units_meeting_id", programme_units.c.meeting_id)
Index("ix_programme_units_unit_id", programme_units.c.unit_id)

programme_stages = table(
    "programme_stages",
    references("programmes.id", "programme_id", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("asks", Text),
    Column("due_on", LocalDate),
)

programme_people = table(
    "programme_people",
    references("programmes.id", "programme_id", primary_key=True),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("name", Text),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
    Column("from_unit", Integer, nullable=False),
    Column("hidden", Flag),
)
Index("ix_programme_people_user_id", programme_people.c.user_id)

programme_gates = table(
    "programme_gates",
    references("programmes.id", "programme_id", primary_key=True),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("stage", Integer, primary_key=True, autoincrement=False),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", BigInt, nullable=False),
)
Index("ix_programme_gates_user_id", programme_gates.c.user_id)

programme_hand_ins = table(
    "programme_hand_ins",
    references("programmes.id", "programme_id", primary_key=True),
    guild_id(),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("stage", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="SET NULL")),
    Column("handed_in_at", Instant, nullable=False),
    Column("changed_at", Instant),
)
Index("ix_programme_hand_ins_user_id", programme_hand_ins.c.user_id)
Index("ix_programme_hand_ins_project_id", programme_hand_ins.c.project_id)
