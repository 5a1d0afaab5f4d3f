"""What the card in a meeting's thread says of what is read for it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ui import theme
from bot.ui.papers import linked
from cogs.reading.attendance.service import ThreadView
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.readings import Reading
from data.papers.papers import Paper
from data.reading.lists import UnitReading

READINGS_LIMIT = 1100
"""How many characters all readings take: a card has 4000 for everything."""


def readings(view: ThreadView) -> list[str]:
    """Return the lines that say what is read: each title with its link, and what to know of it."""
    entries = [_entry(one) for one in view.readings]
    if not entries:
        return []
    shown = theme.lines(entries, READINGS_LIMIT)
    minutes = sum(unit.minutes or 0 for unit in view.units)
    if len(entries) > 1 and minutes:
        shown += f"\n-# {len(entries)} readings, about {minutes} minutes in all"
    return [shown]


def _entry(one: Reading) -> str:
    """Show one reading: its title, and below it who wrote it and when, how long it takes."""
    paper, listed = one.paper, one.listed
    title = linked(paper, one.title) if paper is not None else theme.one_line(one.title, 200)
    head = f"{theme.PAPER} **{title}**"
    said = [
        _authors(paper.authors) if paper is not None else "",
        str(paper.year or "") if paper is not None else "",
        theme.one_line(paper.venue or "", 60) if paper is not None else "",
        _effort(paper, listed),
        theme.one_line(listed.level or "", 40) if listed is not None else "",
    ]
    about = " · ".join(part for part in said if part)
    return f"{head}\n-# {about}" if about else head


def _authors(authors: Sequence[str]) -> str:
    people = [theme.one_line(name, 40) for name in authors]
    more = len(people) - 4
    return ", ".join(people[:4]) + (f" and {more} more" if more > 0 else "")


def _effort(paper: Paper | None, listed: UnitReading | None) -> str:
    """Say how long a reading takes: as its list says, or by the paper's pages."""
    pages = paper.pages if paper is not None else None
    minutes = listed.minutes if listed is not None else None
    minutes = minutes or (meeting_rules.reading_minutes(pages) if pages else None)
    said = [theme.count(pages, "page")] if pages else []
    said += [f"about {minutes} minutes to read"] if minutes else []
    return ", ".join(said)
