"""What pauses and paces look like as messages."""

from __future__ import annotations

from datetime import datetime

from bot.base import when
from bot.ui import theme
from cogs.checkins.quiet.service import Pace
from data.server.groups import Group


def away_until(group: Group, until: datetime) -> str:
    """Confirm a pause that was offered."""
    return (
        f"{theme.AWAY} You are away from **{theme.escape(group.name)}** until {when.stamp(until)}. "
        "I tell you when it ends."
    )


def own_pace(pace: Pace) -> str:
    """Say to which rounds somebody checks in, and when the next of them is due."""
    name = theme.escape(pace.group.name)
    if pace.every == 1:
        text = f"{theme.CHECK_IN} You check in to every round of **{name}**."
    else:
        text = (
            f"{theme.REST} You check in to every second round of **{name}**. In between nobody "
            "asks you, nothing is missed, and your streak waits."
        )
    if pace.number is not None and pace.due_at is not None:
        text += f" Your next is round {pace.number}, due {when.stamp(pace.due_at)}."
    return text
