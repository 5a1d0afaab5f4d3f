"""Tables of people: what they chose to say of themselves, a row for each server."""

from sqlalchemy import Column, Text

from data.schema.types import BigInt, table

profiles = table(
    "profiles",
    Column("guild_id", BigInt, primary_key=True, autoincrement=False),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("timezone", Text),
)
