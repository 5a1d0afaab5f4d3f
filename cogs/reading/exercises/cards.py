"""A unit's exercises as people see them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ui import theme
from cogs.reading.attendance.service import ThreadView
from cogs.reading.exercises.service import Took
from data.reading.lists import Exercise, Taken

EXERCISES = "🏋️"

EXERCISES_LIMIT = 700

TAKERS = 3
"""How many of those who took an exercise are named."""


def exercises(view: ThreadView) -> str | None:
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


def said(took: Took) -> str:
    """Say where somebody's exercises went."""
    some = theme.count(len(took.exercises), "exercise")
    be = "is" if len(took.exercises) == 1 else "are"
    if took.board is None:
        what = "a commitment" if len(took.exercises) == 1 else "commitments"
        return f"{EXERCISES} {some} {be} now {what} of yours: `/commitment list` shows them."
    where = f"<#{took.board.thread_id}>" if took.board.thread_id else "its board"
    return (
        f"{EXERCISES} {some} {be} yours on **{theme.escape(took.board.title)}**: the tasks are in "
        f"{where}."
    )
