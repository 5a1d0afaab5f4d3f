"""What the card in a meeting's thread says of what is read for it, and what is done for it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ui import theme
from cogs.reading import rules
from cogs.reading.gathering import DeskView
from cogs.reading.readings import Reading
from data.papers.papers import Paper
from data.reading.lists import Exercise, Taken, UnitReading

EXERCISES = "🏋️"

READINGS_LIMIT = 1100
"""How many characters all readings take: a card has 4000 for everything."""

EXERCISES_LIMIT = 700
TAKERS = 3
"""How many of those who took an exercise are named."""


def readings(view: DeskView) -> list[str]:
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
    title = theme.one_line(one.title, 200)
    head = f"{theme.PAPER} **[{title}]({one.url})**" if one.url else f"{theme.PAPER} **{title}**"
    paper, listed = one.paper, one.listed
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
    minutes = minutes or (rules.reading_minutes(pages) if pages else None)
    said = [theme.count(pages, "page")] if pages else []
    said += [f"about {minutes} minutes to read"] if minutes else []
    return ", ".join(said)


def exercises(view: DeskView) -> str | None:
    """Return what is to be done for the units, and who took it; None where there is nothing."""
    entries = [_exercise(one, view.taken) for unit in view.units for one in unit.exercises]
    if not entries:
        return None
    return f"**{EXERCISES} Exercises**\n{theme.lines(entries, EXERCISES_LIMIT)}"


def _exercise(one: Exercise, taken: Sequence[Taken]) -> str:
    own = [entry for entry in taken if entry.exercise_id == one.id]
    people = list(dict.fromkeys(entry.taken_by for entry in own if entry.taken_by))
    done = own and all(entry.is_done for entry in own)
    line = f"{theme.DONE if done else '•'} {theme.one_line(one.text, 200)}"
    return f"{line} · {theme.names(people, limit=TAKERS)}" if people else line
