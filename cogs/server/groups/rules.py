"""What holds for servers and groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.base.errors import Conflict, InvalidInput

LONGEST_PAUSE = timedelta(days=366)
NAME_LIMIT = 80
FOCUS_LIMIT = 300

HOMES = frozenset({"text", "news"})
"""The kinds of channels in which a group can live, by Discord's names for them."""

NOT_HOMES = {
    "forum": "a forum",
    "media": "a media channel",
    "voice": "a voice channel",
    "stage_voice": "a stage",
    "category": "a category",
}


def check_name(name: str) -> str:
    """Return a group's name in one line, or raise InvalidInput."""
    tidy = " ".join(name.split())
    if not tidy:
        raise InvalidInput("Give the group a name, for example `name: Mech Interp beginners`.")
    if len(tidy) > NAME_LIMIT:
        raise InvalidInput(f"That name has {len(tidy)} characters; {NAME_LIMIT} are the most.")
    return tidy


def check_focus(focus: str) -> str:
    """Return what a group works on in one line, or raise InvalidInput."""
    tidy = " ".join(focus.split())
    if not tidy:
        raise InvalidInput(
            "Say what the group works on: a course, a paper, a library. For example "
            "`focus: the ARENA course, one chapter a week`."
        )
    if len(tidy) > FOCUS_LIMIT:
        raise InvalidInput(f"That focus has {len(tidy)} characters; {FOCUS_LIMIT} are the most.")
    return tidy


def check_pause(until: datetime, now: datetime) -> None:
    """Raise InvalidInput for a pause of more than a year."""
    if until > now + LONGEST_PAUSE:
        raise InvalidInput(
            "A pause is a year at most. For longer, `/group leave` is better: you can come back."
        )


def check_channel(
    channel_id: int, kind: str | None, *, in_thread: bool, missing: Sequence[str]
) -> None:
    """Raise unless a group can live in a channel.

    ``kind`` is Discord's name for what the channel is, None for one that the bot cannot see;
    ``missing`` are the permissions that it lacks there. Raises InvalidInput for a thread or a
    channel of another kind, and Conflict where the bot cannot post.
    """
    mention = f"<#{channel_id}>"
    # Before threads: each post of a forum is one, and “give a whole text channel” with the forum
    # as its example would be refused again.
    if kind in ("forum", "media"):
        raise InvalidInput(
            f"{mention} is {NOT_HOMES[kind]}, and a group lives in a text channel, where its "
            "prompts and meetings are posted. Use this in a text channel, or give one with "
            "`channel:`."
        )
    if in_thread:
        raise InvalidInput(
            "This is a thread, and a group lives in a whole text channel. Give `channel:`, for "
            f"example {mention}."
        )
    if kind in NOT_HOMES:
        raise InvalidInput(
            f"{mention} is {NOT_HOMES[kind]}, and a group lives in a text channel. Use this in "
            "one, or give one with `channel:`."
        )
    if kind not in HOMES:
        raise InvalidInput(
            f"I cannot see {mention}. Let me see it (View Channel), or give another text channel "
            "with `channel:`."
        )
    if missing:
        needed = "\n".join(f"• {one}" for one in missing)
        raise Conflict(
            f"I cannot post in {mention}, so a group there would hear nothing of me. Allow me, in "
            f"that channel's settings:\n{needed}\nThen send this again, or choose another channel."
        )
