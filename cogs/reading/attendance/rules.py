"""Who was there, and who does what afterwards: values in, values out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from bot.base.errors import InvalidInput
from data.reading.attendance import Attendance
from data.reading.meetings import Meeting

ACTION_LIMIT = 300

ACTIONS = 20
"""How many action items one command takes: they land on other people's lists."""

_MENTION = re.compile(r"<@!?(\d{15,20})>")

PROMPT_LIMIT = 300

PROMPTS = 20

OWN_PROMPTS = 5
"""How many questions one person adds to a meeting at most."""

NOTES_LIMIT = 3500

WAITING = 20
"""How many things noted by others wait for one person in a group, until they take them on."""


class ActionItem(Struct, frozen=True):
    """Something that somebody said at a meeting that they would do."""

    user_id: int
    text: str


def action_items(text: str, writer_id: int) -> list[ActionItem]:
    """Return who does what, from “@ada writes it up; @ben asks for the code”.

    Items are separated by semicolons or lines; one without a mention is the writer's own. Raises
    InvalidInput for one that is too long, or that says nothing.
    """
    items: list[ActionItem] = []
    for part in re.split(r"[;\n]", text):
        found = _MENTION.search(part)
        said = " ".join(_MENTION.sub("", part, count=1).split()).lstrip(":-–—, ")
        if not said and found is None:
            continue
        if not said:
            raise InvalidInput(f"Say what {found[0] if found else 'that person'} does.")
        if len(said) > ACTION_LIMIT:
            raise InvalidInput(f"One of them has {len(said)} characters; {ACTION_LIMIT} at most.")
        items.append(ActionItem(int(found[1]) if found else writer_id, said))
        if len(items) > ACTIONS:
            raise InvalidInput(f"{ACTIONS} action items at once are the most. Give the rest later.")
    if not items:
        raise InvalidInput("Say who does what, for example `actions: @ada writes the summary`.")
    return items


MOST_PEOPLE = 100
"""How many people one command notes."""


def mentioned(text: str) -> list[int]:
    """Return the people whom a text mentions, each once.

    Raises InvalidInput for none, and for a name after an @ that was typed but not picked.
    """
    found = [int(user_id) for user_id in dict.fromkeys(re.findall(r"<@!?(\d{15,20})>", text))]
    if not found:
        raise InvalidInput("Mention the people: type @ and pick them, one after the other.")
    unknown = re.search(r"(?<!<)@[^\s,;<>@]+", text)
    if unknown is not None:
        raise InvalidInput(
            f"I can't tell who `{unknown[0][:40]}` is: type @ and pick each from the list. Nothing "
            "is noted yet."
        )
    if len(found) > MOST_PEOPLE:
        raise InvalidInput(f"That is {len(found)} people; {MOST_PEOPLE} at once are the most.")
    return found


YES = frozenset({"yes", "y", "true", "all", "everybody", "everyone"})
NO = frozenset({"no", "n", "false", "none", "nobody"})


def readers_in(text: str, there: Sequence[int]) -> dict[int, bool]:
    """Return who had read it, and who had not, as it was typed.

    That's the people whom the text mentions, whether they came or not; or “yes” or “no” for all
    ``there``. Raises InvalidInput for anything else.
    """
    word = text.strip().casefold()
    if word in YES or word in NO:
        return dict.fromkeys(there, word in YES)
    return dict.fromkeys(mentioned(text), True)


# Who is in the voice channel

VOICE_FROM = timedelta(minutes=15)
"""From how long before a meeting its voice channel is watched: people come early."""

PRESENT_FOR = timedelta(minutes=5)
"""How long somebody must be in the voice channel during a meeting to count as there."""


def joined(known: Attendance | None, meeting: Meeting, user_id: int, now: datetime) -> Attendance:
    """Return what is known of somebody who joined a meeting's voice channel."""
    if known is None:
        return Attendance(meeting.id, user_id, False, False, now, here_since=now)
    return known if known.here_since is not None else replace(known, here_since=now)


def left(known: Attendance, meeting: Meeting, now: datetime) -> Attendance:
    """Return what is known of somebody who left it, or is still there when the meeting ends.

    Only the time during the meeting counts.
    """
    if known.here_since is None:
        return known
    began, ended = max(known.here_since, meeting.starts_at), min(now, meeting.ends_at)
    seconds = (known.seconds or 0) + max(0, int((ended - began).total_seconds()))
    there = known.was_there or seconds >= PRESENT_FOR.total_seconds()
    return replace(known, here_since=None, seconds=seconds, was_there=there)
