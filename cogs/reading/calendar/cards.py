"""What goes with a calendar's file or address."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ui import theme
from cogs.reading.calendar.service import CalendarEntry


def calendar_file(name: str, entries: Sequence[CalendarEntry]) -> str:
    """Say what to do with a calendar's file, where no address is served."""
    return (
        f"{_holds(name, entries)}. Open the file to put them into your calendar. When something "
        "has changed, ask for it again: what you have is brought up to date."
    )


def calendar_feed(
    name: str, entries: Sequence[CalendarEntry], address: str, *, renewed: bool = False
) -> str:
    """Say what to do with a calendar's address."""
    ended = "\n-# The address that you had before opens nothing any more." if renewed else ""
    return (
        f"{_holds(name, entries)}. Subscribe to this address in your calendar, and it keeps itself "
        f"up to date:\n```\n{address}\n```\n"
        "-# It is yours: whoever has it can read this calendar. *New address* ends it. The file "
        f"holds the same as of now.{ended}"
    )


def _holds(name: str, entries: Sequence[CalendarEntry]) -> str:
    """Say how many meetings a calendar holds, and how many of them are marked as cancelled."""
    called_off = sum(one.cancelled for one in entries)
    held = theme.count(len(entries) - called_off, "meeting")
    apart = f", and {called_off} marked as cancelled" if called_off else ""
    return f"{theme.CALENDAR} **{theme.escape(name)}**: {held}{apart}"
