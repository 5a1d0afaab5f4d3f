"""Tables of people: what they chose to say of themselves, a row for each server."""

from sqlalchemy import Column, Text

from data.schema.types import BigInt, Choice, Flag, Instant, LocalTime, table
from data.states import Nudges

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
)
