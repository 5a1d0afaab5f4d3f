"""What a reminder says."""

from __future__ import annotations

from collections.abc import Sequence

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import theme
from cogs.reading.mentions import mentioning
from cogs.reading.reminders.rules import Called
from data.reading.meetings import Meeting


def reminder(
    one: Meeting, called: Called, mentions: Sequence[int], *, late: bool, started: bool
) -> Content:
    """Remind those who come; says so when it is late."""
    verb = "started" if started else "starts"
    text = (
        f"{theme.BELL} **{theme.plain(one.title)}** {verb} {when.stamp(one.starts_at, 'R')}, "
        f"{when.stamp(one.starts_at)}"
    )
    if one.location:
        text += f" · {theme.one_line(one.location, 80)}"
    if called.undecided:
        text += (
            f"\n{theme.MAYBE} {theme.names(called.undecided, limit=8)}: will you come? "
            f"{theme.GOING} or {theme.NOT_GOING} under the card says so."
        )
    if late:
        text += "\n-# This reminder is late: it could not come when it was due."
    return mentioning(text, mentions)
