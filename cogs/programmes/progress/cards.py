"""What progress looks like, in words and as a picture."""

from __future__ import annotations

import discord

from bot.base import when
from bot.ui import theme
from cogs.programmes.programme.cards import thread_link
from cogs.programmes.programme.writes import UnitLine
from cogs.programmes.progress import picture
from cogs.programmes.progress.rules import UnitMark
from cogs.programmes.progress.service import Cohort, OwnProgress, PersonProgress, UnitProgress
from cogs.programmes.stages import rules as stages_rules
from cogs.programmes.stages.rules import shown_due
from cogs.programmes.symbols import GATE, HAND_IN, LOCKED, OPEN, PROGRAMME
from data.programmes.programmes import Stage

SYMBOL = {
    UnitMark.BOTH: "✅",
    UnitMark.READ: theme.PAPER,
    UnitMark.THERE: "🙋",
    UnitMark.OPEN: "⬜",
    UnitMark.AHEAD: "▫️",
    UnitMark.LOCKED: LOCKED,
    UnitMark.BEFORE: "➖",
}


ALT_LIMIT = 1024
"""The longest description of a file that Discord takes."""


def standing(shown: OwnProgress) -> discord.Embed:
    """Show where somebody stands, what is asked of them next, and each unit."""
    whole, line = shown.course, shown.line
    embed = discord.Embed(
        title=theme.clip(f"{PROGRAMME} {theme.escape(whole.programme.title)}", theme.TITLE_LIMIT),
        description=("" if shown.own else f"{theme.person(line.person.user_id)}\n") + _next(shown),
        colour=theme.GOOD if line.finished else theme.ACCENT,
    )
    if len(whole.stages) > 1:
        embed.add_field(
            name="Stages",
            value=theme.lines([_own_stage(shown, one) for one in whole.stages], theme.FIELD_LIMIT),
            inline=False,
        )
    # Whoever joined late is not measured by what was met before.
    met = sum(cell.mark is not UnitMark.BEFORE for cell in line.cells)
    units = [_own_unit(one, cell) for one, cell in zip(whole.units, line.cells, strict=True)]
    embed.add_field(
        name=f"Units · {line.read} read · {line.there} there · of {met}",
        value=theme.lines(units, theme.FIELD_LIMIT) or theme.NOTHING,
        inline=False,
    )
    if shown.own:
        who = (
            "The others in the group see this too."
            if shown.shown
            else "Only you, the lead and organisers see this."
        )
        embed.set_footer(text=who)
    return embed


def _next(shown: OwnProgress) -> str:
    """Say what is asked of somebody next."""
    whole, line = shown.course, shown.line
    stage = whole.stage(line.stage)
    title = theme.one_line(stage.title, 80)
    if whole.programme.ended_at is not None:
        return "The programme has ended."
    if line.finished:
        return f"{theme.GOING} Finished: **{title}** was the last stage."
    if line.waiting:
        after = theme.one_line(whole.stage(line.stage + 1).title, 80)
        if whole.programme.self_opening:
            return f"{GATE} **{after}** opens in a moment."
        return f"{GATE} At the gate: **{after}** opens once the lead has looked."
    parts: list[str] = []
    current = whole.current
    if current is not None and current.unit.stage <= line.stage:
        parts.append(
            f"{theme.CALENDAR} Next: **{current.number}. {theme.one_line(current.title, 80)}**, "
            f"{when.stamp(current.starts_at, 'R')}{thread_link(current)}"
        )
    if stage.asks and stage.number not in line.handed_in:
        due = stages_rules.due_at(stage, whole.programme.zone)
        by = f", until {when.stamp(shown_due(due), 'D')}" if due else ""
        late = due is not None and due <= whole.now
        parts.append(
            f"{HAND_IN} Hand in{by}: {theme.one_line(stage.asks, 300)}"
            + (" It is past, and late counts." if late else "")
        )
    return "\n".join(parts) or f"You are in **{title}**."


def _own_stage(shown: OwnProgress, stage: Stage) -> str:
    line = shown.line
    if stage.number > line.stage:
        symbol = LOCKED
    elif stage.number < line.stage or line.finished:
        symbol = theme.GOING
    else:
        symbol = GATE if line.waiting else OPEN
    text = f"{symbol} {stage.number}. {theme.one_line(stage.title, 60)}"
    hand_in = line.handed_in.get(stage.number)
    if hand_in is not None:
        text += " · handed in"
        if stage.number in line.late:
            text += ", late"
        project = shown.projects.get(stage.number)
        if project is not None and project.thread_id is not None:
            text += f" <#{project.thread_id}>"
        # That somebody handed in is known to more people than what it was.
        if hand_in.text and shown.whole:
            text += f"\n-# {theme.one_line(hand_in.text, 90)}"
    elif stage.asks and stage.number != line.stage:  # else it is asked for above
        text += f"\n-# {theme.one_line(stage.asks, 90)}"
    return text


def _own_unit(line: UnitLine, cell: UnitProgress) -> str:
    text = f"{SYMBOL[cell.mark]} {line.number}. {theme.one_line(line.title, 44)}"
    if cell.mark in (UnitMark.AHEAD, UnitMark.LOCKED):
        text += f" · {when.stamp(line.starts_at, 'd')}"
    # “0 of 3 exercises” would be a reproach for what has not begun.
    if cell.done or (cell.exercises and cell.mark not in (UnitMark.AHEAD, UnitMark.LOCKED)):
        text += f" · {cell.done} of {theme.count(cell.exercises, 'exercise')}"
    return text


def drawing(cohort: Cohort, page: int) -> picture.ProgressDrawing:
    """Return what the picture of a page shows."""
    whole = cohort.course
    current = whole.current
    number = current.number if current is not None else len(whole.units)
    first, last = picture.window(len(whole.units), number)
    lines = of_page(cohort, page)
    people = theme.count(len(cohort.lines) + cohort.kept, "person", "people")
    where = f"Unit {number} of {len(whole.units)}" if current else "All units have been met"
    return picture.ProgressDrawing(
        picture.drawable(whole.programme.title) or "Programme",
        f"{where} · {people}",
        first,
        number if current is not None else None,
        tuple(line.unit.stage for line in whole.units[first - 1 : last]),
        tuple(
            picture.PersonRow(
                _label(cohort, line),
                tuple(
                    picture.UnitBox(cell.mark, cell.exercises, cell.done)
                    for cell in line.cells[first - 1 : last]
                ),
                line.stage,
                line.waiting,
                line.finished,
            )
            for line in lines
        ),
    )


def of_page(cohort: Cohort, page: int) -> list[PersonProgress]:
    """Return the people on a page of the picture, from 0."""
    return cohort.lines[page * picture.ROWS : (page + 1) * picture.ROWS]


def pages(cohort: Cohort) -> int:
    """Return how many pictures it takes."""
    return max(1, -(-len(cohort.lines) // picture.ROWS))


def _label(cohort: Cohort, line: PersonProgress) -> str:
    # A name in another script has nothing that the font can draw; the text beside says who it is.
    return picture.drawable(line.person.name or "") or f"no. {cohort.lines.index(line) + 1}"


def alt(cohort: Cohort, page: int) -> str:
    """Say in words what the picture shows."""
    whole = cohort.course
    said = [
        f"Progress in {whole.programme.title}: {theme.count(len(whole.units), 'unit')}, "
        f"{theme.count(len(whole.stages), 'stage')}."
    ]
    for line in of_page(cohort, page):
        state = ", finished" if line.finished else ", at the gate" if line.waiting else ""
        said.append(
            f"{_label(cohort, line)}: {line.read} read, {line.there} there, "
            f"{theme.count(line.done, 'exercise')}, stage {line.stage}{state}."
        )
    return theme.clip(" ".join(said), ALT_LIMIT)


def progress_text(cohort: Cohort, page: int) -> str:
    """Say beside the picture who is behind each number, and how many hide their progress."""
    parts: list[str] = []
    numbered = [
        f"no. {cohort.lines.index(line) + 1} is {theme.person(line.person.user_id)}"
        for line in of_page(cohort, page)
        if not picture.drawable(line.person.name or "")
    ]
    if numbered:
        parts.append(theme.clip(", ".join(numbered), 800))
    if cohort.kept:
        keeps = "keeps theirs" if cohort.kept == 1 else "keep theirs"
        parts.append(f"{theme.count(cohort.kept, 'person', 'people')} {keeps} to themselves.")
    if pages(cohort) > 1:
        parts.append(f"Page {page + 1} of {pages(cohort)}")
    return "\n".join(f"-# {part}" for part in parts)
