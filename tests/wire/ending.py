"""How a story ended: what stands in Discord and in the store, with nothing in it that may differ.

Ids become names, instants become ten-minute spans, and what counts attempts is left out; so two
endings are equal where people would see the same and the bot would do the same next.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .models import Channel, Message, MessageKind, Thread
from .world import World

SPAN_MS = 600_000
INSTANTS = range(10**12, 10**13)
"""Milliseconds since 1970, of this century and the next; no id of ours or Discord's is there."""
LONG = re.compile(r"\d{15,20}")
STAMP = re.compile(r"<t:(\d+)(:\w)?>")
SECONDS = re.compile(r"(?<!\d)(1[789]\d{8})(?:\d{3})?(?!\d)")
"""Seconds or milliseconds since 1970, in keys and custom ids."""

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
READ = re.compile(r" \\u00b7 \[read\]\([^)]*\)")
"""A link to a card, which is left out of what is said while the card is still being posted."""

MADE_UP = re.compile(r"\b[0-9a-f]{32}\b")

PASSING = {
    "notes": {"*"},
    "deliveries": {"attempts", "error"},
    "deadlines": {"id", "attempts", "error"},
    "cards": {"shown"},
}
"""Columns, of which ``*`` is all, that say how something came about and not what is."""

SPREAD = frozenset({"boards.watch"})
"""Kinds of deadlines whose next instant is drawn, so that not all come at once."""

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is missing of the one ending, and what the other has too much."""

    lost: list[Row]
    doubled: list[Row]

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled)

    def __str__(self) -> str:
        told = [f"lost: {row}" for row in self.lost] + [f"too much: {row}" for row in self.doubled]
        return "\n".join(told)


@dataclass(frozen=True, slots=True)
class Ending:
    """What stands in Discord, and what in the store, each with how often."""

    discord: Counter[Row]
    store: Counter[Row]

    def differs(self, other: Ending) -> Difference:
        """Compare ``other`` with this one, which is how it should be."""
        lost, doubled = [], []
        for own, theirs in ((self.discord, other.discord), (self.store, other.store)):
            lost += list((own - theirs).elements())
            doubled += list((theirs - own).elements())
        return Difference(sorted(lost), sorted(doubled))


def ending(world: World, database: Path) -> Ending:
    """Return how it stands now; the database may be in use."""
    names = _names(world)
    return Ending(Counter(_discord(world, names)), Counter(_store(database, names)))


def _names(world: World) -> dict[str, str]:
    """Return what the ids of those things are called that keep their names."""
    names = {str(user.id): user.name for user in world.users.values()}
    for guild in world.guilds.values():
        names[str(guild.id)] = guild.name
        names |= {str(role.id): role.name for role in guild.roles.values()}
    for channel in world.channels.values():
        names.setdefault(str(channel.id), _place(channel))
    return names


def _place(channel: Channel) -> str:
    if isinstance(channel, Thread):
        return f"{channel.parent.name}/{channel.name}"
    return f"@{channel.name}" if channel.recipient is not None else f"#{channel.name}"


def _plain(value: Any, names: dict[str, str]) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    text = STAMP.sub(lambda found: f"<t:{int(found[1]) // 600}>", text)
    text = SECONDS.sub(lambda found: f"span {int(found[1]) // 600}", text)
    text = ADDRESS.sub("", text)
    text = MADE_UP.sub("…", text)
    text = READ.sub("", text)
    return LONG.sub(lambda found: names.get(found[0], "…"), text)


def _discord(world: World, names: dict[str, str]) -> Iterator[Row]:
    for channel in world.channels.values():
        place = _place(channel)
        if isinstance(channel, Thread):
            yield "thread", place, f"archived {channel.archived}, locked {channel.locked}"
        for message in channel.messages.values():
            if message.author is world.bot:
                yield "message", place, *_message(message, names)
    for guild in world.guilds.values():
        for event in guild.events.values():
            fields = {name: value for name, value in event.fields.items() if value is not None}
            yield "event", _plain(fields, names)


def _message(message: Message, names: dict[str, str]) -> Row:
    shown = {
        "content": message.content,
        "embeds": message.embeds,
        "components": _without_ids(message.components),
        "files": sorted(file.filename for file in message.attachments),
    }
    reactions = {emoji: sorted(people) for emoji, people in message.reactions.items()}
    # Whether a card answered somebody or was posted later makes no difference to who reads it.
    kind = MessageKind.DEFAULT if message.kind is MessageKind.COMMAND else message.kind
    return (
        kind.name,
        _plain(shown, names),
        _plain(reactions, names),
        "pinned" if message.pinned_at else "",
    )


def _without_ids(value: Any) -> Any:
    """Leave out the numbers that Discord gives to components."""
    if isinstance(value, dict):
        return {key: _without_ids(inner) for key, inner in value.items() if key != "id"}
    if isinstance(value, list):
        return [_without_ids(inner) for inner in value]
    return value


def _store(database: Path, names: dict[str, str]) -> Iterator[Row]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        for (table,) in tables:
            left_out = PASSING.get(table, set())
            if "*" in left_out:
                continue
            found = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            columns = [column[0] for column in found.description]
            for row in found:
                if _posted_a_card(table, dict(zip(columns, row, strict=True))):
                    continue
                spread = table == "deadlines" and row[columns.index("kind")] in SPREAD
                told = {
                    column: _value(value, names)
                    for column, value in zip(columns, row, strict=True)
                    if column not in left_out
                    and not (spread and column in ("due_at", "deliver_at"))
                }
                yield "row", table, json.dumps(told, sort_keys=True)


def _posted_a_card(table: str, row: dict[str, Any]) -> bool:
    """Whether a row is over that only made sure that a card stands, as it then does.

    One that answered an interaction has none; how often each stands is seen in Discord.
    """
    if table == "deadlines":
        return row["kind"].startswith("card.") and row["state"] == "done"
    return table == "deliveries" and row["key"].startswith("card/") and row["state"] == "sent"


def _value(value: Any, names: dict[str, str]) -> str:
    if isinstance(value, int) and value in INSTANTS:
        return f"span {value // SPAN_MS}"
    return _plain(str(value), names)
