"""What the card in a meeting's thread says of what is read for it, and what is done for it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ui import theme
from cogs.reading import rules
from cogs.reading.gathering import DeskView
from data.papers import Paper
from data.reading_lists import Exercise, Taken, UnitReading

EXERCISES = "🏋️"

READINGS_LIMIT = 1100
"""How many characters all readings take: a card has 4000 for everything."""

EXERCISES_LIMIT = 700
TAKERS = 3
"""How many of those who took an exercise are named."""


def readings(view: DeskView) -> list[str]:
    """Return the lines that say what is read: each title with its link, and what to know of it."""
    entries = [_entry(paper, reading) for paper, reading in _read(view)]
    if not entries:
        return []
    shown = theme.lines(entries, READINGS_LIMIT)
    minutes = view.unit.minutes if view.unit is not None else None
    if len(entries) > 1 and minutes:
        shown += f"\n-# {len(entries)} readings, about {minutes} minutes in all"
    return [shown]


def _read(view: DeskView) -> list[tuple[Paper | None, UnitReading | None]]:
    """Return what is read with what the list says of it.

    What the meeting was given instead of its unit's own paper goes before the rest.
    """
    unit = view.unit
    listed = [
        (view.papers.get(one.paper_id) if one.paper_id is not None else None, one)
        for one in (unit.readings if unit is not None else ())
    ]
    if view.paper is None or any(paper and paper.id == view.paper.id for paper, _ in listed):
        return [*listed]
    rest = [pair for pair in listed if pair[1] != _replaced(view)]
    return [(view.paper, None), *rest]


def _replaced(view: DeskView) -> UnitReading | None:
    """Return the reading that a meeting's own paper stands for: the unit's first with a paper."""
    readings = view.unit.readings if view.unit is not None else ()
    return next((one for one in readings if one.paper_id is not None), None)


def _entry(paper: Paper | None, reading: UnitReading | None) -> str:
    """Show one reading: its title, and below it who wrote it, when, how long it takes, its level.

    The list's title goes before what was looked up only where no more than the link is known.
    """
    named = reading.title if reading is not None else ""
    known = paper.title if paper is not None else ""
    looked_up = paper is not None and paper.looked_up_at is not None
    title = theme.one_line(known if looked_up or not named else named, 200)
    url = paper.url if paper is not None else None
    head = f"{theme.PAPER} **[{title}]({url})**" if url else f"{theme.PAPER} **{title}**"
    said = [
        _authors(paper.authors) if paper is not None else "",
        str(paper.year or "") if paper is not None else "",
        theme.one_line(paper.venue or "", 60) if paper is not None else "",
        _effort(paper, reading),
        theme.one_line(reading.level or "", 40) if reading is not None else "",
    ]
    about = " · ".join(part for part in said if part)
    return f"{head}\n-# {about}" if about else head


def _authors(authors: Sequence[str]) -> str:
    people = [theme.one_line(name, 40) for name in authors]
    more = len(people) - 4
    return ", ".join(people[:4]) + (f" and {more} more" if more > 0 else "")


def _effort(paper: Paper | None, reading: UnitReading | None) -> str:
    """Say how long a reading takes: as its list says, or by the paper's pages."""
    pages = paper.pages if paper is not None else None
    minutes = reading.minutes if reading is not None else None
    minutes = minutes or (rules.reading_minutes(pages) if pages else None)
    said = [theme.count(pages, "page")] if pages else []
    said += [f"about {minutes} minutes to read"] if minutes else []
    return ", ".join(said)


def exercises(view: DeskView) -> str | None:
    """Return what is to be done for a unit, and who took it; None where there is nothing."""
    if view.unit is None or not view.unit.exercises:
        return None
    entries = [_exercise(one, view.taken) for one in view.unit.exercises]
    return f"**{EXERCISES} Exercises**\n{theme.lines(entries, EXERCISES_LIMIT)}"


def _exercise(one: Exercise, taken: Sequence[Taken]) -> str:
    own = [entry for entry in taken if entry.exercise_id == one.id]
    people = list(dict.fromkeys(entry.taken_by for entry in own if entry.taken_by))
    done = own and all(entry.is_done for entry in own)
    line = f"{theme.DONE if done else '•'} {theme.one_line(one.text, 200)}"
    return f"{line} · {theme.names(people, limit=TAKERS)}" if people else line
