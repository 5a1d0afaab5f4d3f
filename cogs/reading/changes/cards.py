"""What people are told of a change."""

from __future__ import annotations

from collections.abc import Sequence

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import theme
from cogs.reading.changes.writes import Changed
from cogs.reading.meetings.card_view import MeetingView
from cogs.reading.mentions import mentioning
from cogs.reading.series.rules import DAYS_SHOWN, Day
from data.reading.meetings import MeetingChange
from data.states import Change


def changed(view: MeetingView, change: MeetingChange, mentions: Sequence[int]) -> Content:
    """Tell those who answered what was done to a meeting, with the old and the new time."""
    one = view.meeting
    title = f"**{theme.escape(one.title)}**"
    by = theme.person(change.changed_by)
    was = when.stamp(change.starts_before) if change.starts_before else theme.NOTHING
    match change.what:
        case Change.MOVED:
            text = (
                f"{theme.CALENDAR} {by} moved {title} from {was} to "
                f"**{when.stamp(one.starts_at)}** ({when.stamp(one.starts_at, 'R')}). Your answer "
                "still counts; change it on the card if the new time doesn't suit you."
            )
        case Change.CANCELLED:
            text = f"🚫 {by} cancelled {title}, which was to be on {was}."
            if one.cancelled_because:
                text += f"\n> {theme.one_line(one.cancelled_because, 300)}"
        case Change.RESTORED:
            text = f"{theme.CALENDAR} {title} takes place after all: {when.stamp(one.starts_at)}."
        case Change.EDITED:
            said = "; ".join(theme.one_line(detail, 120) for detail in change.details)
            text = f"✏️ {by} changed {title} on {when.stamp(one.starts_at)}: {said}."
    return mentioning(text, mentions)


def again(done: Changed) -> str:
    """Say when what was to be read comes up instead."""
    if done.programmes:
        return (
            "\nThe programme goes on a week later: what was to be read comes up at its next "
            "meeting, and what follows, and is due, moves on by a week."
        )
    return "".join(
        f"\nIts unit, “{theme.one_line(unit.title, 100)}”, comes up again on {when.stamp(at)}; "
        "what follows it moves on by a meeting."
        for unit, at in done.again
    )


def told(done: Changed) -> str:
    """Say how many people hear of a change."""
    if not done.told:
        return ""
    return f"I tell the {theme.count(done.told, 'person', 'people')} who answered."


def moved_on(done: Changed) -> str:
    """Say what happens to the meetings that had taken over a restored one's unit."""
    return "".join(
        f"\nThe meeting on {when.stamp(one.starts_at)} is cancelled: nothing is left for it."
        if one.cancelled_at is not None
        else f"\nThe meeting on {when.stamp(one.starts_at)} is about "
        f"“{theme.one_line(one.title, 100)}” now."
        for one in done.meetings[1:]
    )


def what_comes(days: Sequence[Day]) -> str:
    """Say what becomes of each of the next days of a series."""
    if not days:
        return ""
    lines = [
        f"• {when.stamp(day.starts_at)}"
        if day.held
        else f"• ~~{when.stamp(day.starts_at)}~~ left out"
        for day in days
    ]
    if len(days) == DAYS_SHOWN:
        lines.append("… and so on")
    return "\nWhat comes now:\n" + "\n".join(lines)
