"""What a reminder says."""

from __future__ import annotations

from collections.abc import Sequence

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import theme
from cogs.reading.meetings.card_view import MeetingView
from cogs.reading.meetings.cards import shown_where
from cogs.reading.mentions import mentioning
from cogs.reading.reminders.rules import Called
from data.delivery.cards import Card
from data.reading.meetings import Meeting


def reminder(
    one: Meeting, called: Called, mentions: Sequence[int], *, late: bool, started: bool
) -> Content:
    """Remind those who come; says so when it is late.

    The time is absolute: a relative one would read “starts 14 hours ago” the next morning.
    """
    verb = "started" if started else "starts"
    text = f"{theme.BELL} **{theme.escape(one.title)}** {verb} on {when.stamp(one.starts_at)}"
    where = shown_where(one, words=80, link=300)  # fifty people are named below it
    if where:
        text += f" · {where}"
    if called.undecided:
        text += (
            f"\n{theme.MAYBE} {theme.names(called.undecided, limit=8)}: will you come? Answer "
            f"{theme.GOING} or {theme.NOT_GOING} on the card."
        )
    if late:
        text += "\n-# This reminder is late: I could not send it when it was due."
    return mentioning(text, mentions)


def unanswered(view: MeetingView, card: Card | None, mentions: Sequence[int]) -> Content:
    """Ask members who have not answered, once."""
    one = view.meeting
    where = f"[on its card]({card.url})" if card is not None else "on its card"
    return mentioning(
        f"{theme.CALENDAR} **{theme.escape(one.title)}** is on {when.stamp(one.starts_at)}. "
        f"You have not answered yet: {theme.GOING} {theme.MAYBE} {theme.NOT_GOING} {where} "
        "is enough. I ask only once.",
        mentions,
    )
