"""What goes with a calendar's file or address."""

from __future__ import annotations

from bot.ui import theme


def calendar_file(name: str, count: int) -> str:
    """Say what to do with a calendar's file, where no address is served."""
    return (
        f"{theme.CALENDAR} **{theme.escape(name)}**: {theme.count(count, 'meeting')}. Open the "
        "file to put them into your calendar. When something has changed, ask for it again: what "
        "you have is brought up to date."
    )


def calendar_feed(name: str, count: int, address: str, *, renewed: bool = False) -> str:
    """Say what to do with a calendar's address."""
    ended = "\n-# The address that you had before opens nothing any more." if renewed else ""
    return (
        f"{theme.CALENDAR} **{theme.escape(name)}**: {theme.count(count, 'meeting')}. Subscribe to "
        f"this address in your calendar, and it keeps itself up to date:\n```\n{address}\n```\n"
        "-# It is yours: whoever has it can read this calendar. *New address* ends it. The file "
        f"holds the same as of now.{ended}"
    )
