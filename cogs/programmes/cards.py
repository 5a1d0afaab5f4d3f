"""What programmes look like as messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardLayout
from cogs.programmes import picture, rules
from cogs.programmes.progress_service import Cell, Cohort, Line, Standing
from cogs.programmes.rules import Mark
from cogs.programmes.service import Course, UnitLine
from cogs.programmes.stage_service import Gates, GateView, Waiter
from data.programmes.programmes import HandIn, Programme, Stage

PROGRAMME = "🎓"
LOCKED = "🔒"
OPEN = "🔓"
GATE = "🚪"
HAND_IN = "📤"

SYMBOL = {
    Mark.BOTH: "✅",
    Mark.READ: theme.PAPER,
    Mark.THERE: "🙋",
    Mark.OPEN: "⬜",
    Mark.AHEAD: "▫️",
    Mark.LOCKED: LOCKED,
    Mark.BEFORE: "➖",
}

NAMES = 6
"""How many people a card names."""

ALT_LIMIT = 1024
"""The longest description of a file that Discord takes."""


def card(
    whole: Course, named: Sequence[int], unnamed: int, buttons: Sequence[ui.Item[Any]]
) -> Content:
    """Show a programme: what is met next, its stages and gates, and who is in it."""
    programme = whole.programme
    body: list[ui.Item[Any]] = [
        ui.TextDisplay(
            f"## {PROGRAMME} {theme.plain(programme.title)}\n"
            f"{theme.count(len(whole.units), 'unit')}, {rhythm(programme)}"
            + (
                f" · led by {theme.person(programme.facilitator_id)}"
                if programme.facilitator_id
                else ""
            )
        ),
        ui.Separator(),
        ui.TextDisplay(_now(whole)),
        ui.Separator(),
        ui.TextDisplay("\n".join(_stage(whole, stage) for stage in whole.stages)),
        ui.Separator(),
        ui.TextDisplay(_people(named, unnamed)),
    ]
    if programme.ended_at is not None:
        body.append(ui.TextDisplay(f"-# It ended {when.stamp(programme.ended_at, 'D')}."))
    elif whole.group.archived_at is not None:
        body.append(ui.TextDisplay("-# Its group is archived."))
    elif buttons:
        body.append(ui.ActionRow(*buttons))
    over = programme.ended_at is not None or whole.group.archived_at is not None
    accent = theme.QUIET if over else theme.ACCENT
    return Content(view=CardLayout(ui.Container(*body, accent_colour=accent)))


def rhythm(programme: Programme) -> str:
    """Say when a programme meets."""
    weekday = when.WEEKDAYS[programme.starts_on.weekday()]
    return f"{weekday}s at {programme.at:%H:%M} ({programme.timezone})"


def _now(whole: Course) -> str:
    """Say which unit is met next, and which after it."""
    current = whole.current
    if current is None:
        return "All units have been met."
    following = [line for line in whole.units if line.number > current.number][:1]
    first = current.number == 1 and current.starts_at > whole.now
    word = "Begins" if first else "Next"
    text = (
        f"{theme.CALENDAR} **{word}: {current.number}. {theme.one_line(current.title, 90)}**\n"
        f"{when.stamp(current.starts_at, 'F')} · {when.stamp(current.starts_at, 'R')}"
        + _thread(current)
    )
    if about := _about(current):
        text += f"\n-# {about}"
    for line in following:
        text += (
            f"\nThen {line.number}. {theme.one_line(line.title, 80)} · "
            f"{when.stamp(line.starts_at, 'd')}"
        )
    return text


def _thread(line: UnitLine) -> str:
    meeting = line.meeting
    return f" · <#{meeting.thread_id}>" if meeting is not None and meeting.thread_id else ""


def _about(line: UnitLine) -> str:
    """Say how much there is to read and to do for a unit."""
    if line.listed is None:
        return ""
    said: list[str] = []
    if line.listed.minutes:
        said.append(f"{line.listed.minutes} min to read")
    levels = dict.fromkeys(one.level for one in line.listed.readings if one.level)
    said += [theme.one_line(level, 30) for level in levels]
    if line.listed.exercises:
        said.append(theme.count(len(line.listed.exercises), "exercise"))
    return " · ".join(said)


def _stage(whole: Course, stage: Stage) -> str:
    """Show one stage: what it asks for, who is in it, and who waits at its gate."""
    inside = sum(reached == stage.number for reached in whole.reached.values())
    beyond = sum(reached > stage.number for reached in whole.reached.values())
    opened = stage.number == 1 or inside + beyond > 0
    text = f"{OPEN if opened else LOCKED} **{stage.number}. {theme.one_line(stage.title, 80)}**"
    if due := rules.due_at(stage, whole.programme.zone):
        text += f" · due {when.stamp(_shown(due), 'd')}"
    if stage.asks:
        text += f"\n-# {HAND_IN} {theme.one_line(stage.asks, 120)}"
    facts: list[str] = []
    if inside and inside < len(whole.people):
        facts.append(f"{theme.count(inside, 'person', 'people')} here")
    if waiting := len(whole.waiting(stage.number)):
        facts.append(f"{GATE} {waiting} at the gate")
    if stage.number == whole.last_stage and (finished := _finished(whole)):
        facts.append(f"{theme.GOING} {finished} finished")
    return text + (f"\n-# {' · '.join(facts)}" if facts else "")


def _shown(due: datetime) -> datetime:
    """Return an instant on the day that something is due, whose end is midnight."""
    return due - timedelta(minutes=1)


def _finished(whole: Course) -> int:
    last = whole.last_stage
    return sum(
        reached == last and last in whole.handed_in.get(user_id, ())
        for user_id, reached in whole.reached.items()
    )


def _people(named: Sequence[int], unnamed: int) -> str:
    number = len(named) + unnamed
    if not number:
        return "Nobody has joined yet."
    text = f"**{theme.count(number, 'person', 'people')}**"
    shown = ", ".join(theme.person(one) for one in named[:NAMES])
    more = number - min(len(named), NAMES)
    if shown:
        text += f" · {shown}" + (f" and {more} more" if more else "")
    return text


# What one person is told


def joined(whole: Course, user_id: int, *, group_too: bool) -> str:
    """Welcome somebody with what comes first for them."""
    programme = whole.programme
    text = f"Welcome to **{theme.plain(programme.title)}**."
    if group_too:
        text += f" You are in **{theme.plain(whole.group.name)}** now, too."
    person = next(one for one in whole.people if one.user_id == user_id)
    current = whole.current
    if current is not None:
        begin = "You begin with everybody" if person.from_unit == 1 else "You begin where they are"
        text += (
            f"\n{begin}: **{current.number}. {theme.one_line(current.title, 90)}**, "
            f"{when.stamp(current.starts_at)}{_thread(current)}."
        )
        if person.from_unit > 1:
            text += " Nothing before it is asked of you."
    return text + "\n-# *Where I stand* on the card tells what comes next for you."


def left(programme: Programme) -> str:
    """Confirm that somebody left."""
    return (
        f"You left **{theme.plain(programme.title)}**: no more reminders of it. What you handed in "
        "stays; *Join* brings you back to where you were."
    )


def standing(shown: Standing) -> discord.Embed:
    """Show where somebody stands, what is asked of them next, and each unit."""
    whole, line = shown.course, shown.line
    embed = discord.Embed(
        title=theme.clip(f"{PROGRAMME} {theme.plain(whole.programme.title)}", theme.TITLE_LIMIT),
        description=("" if shown.own else f"{theme.person(line.person.user_id)}\n") + _next(shown),
        colour=theme.GOOD if line.finished else theme.ACCENT,
    )
    embed.add_field(
        name="Stages",
        value=theme.lines([_own_stage(shown, one) for one in whole.stages], theme.FIELD_LIMIT),
        inline=False,
    )
    met = sum(cell.mark is not Mark.BEFORE for cell in line.cells)
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


def _next(shown: Standing) -> str:
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
            f"{when.stamp(current.starts_at, 'R')}{_thread(current)}"
        )
    if stage.asks and stage.number not in line.handed_in:
        due = rules.due_at(stage, whole.programme.zone)
        by = f", until {when.stamp(_shown(due), 'D')}" if due else ""
        late = due is not None and due <= whole.now
        parts.append(
            f"{HAND_IN} Hand in{by}: {theme.one_line(stage.asks, 300)}"
            + (" It is past, and late counts." if late else "")
        )
    return "\n".join(parts) or f"You are in **{title}**."


def _own_stage(shown: Standing, stage: Stage) -> str:
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
        if hand_in.text and shown.whole:
            text += f"\n-# {theme.one_line(hand_in.text, 90)}"
    elif stage.asks and stage.number != line.stage:  # else it is asked for above
        text += f"\n-# {theme.one_line(stage.asks, 90)}"
    return text


def _own_unit(line: UnitLine, cell: Cell) -> str:
    text = f"{SYMBOL[cell.mark]} {line.number}. {theme.one_line(line.title, 44)}"
    if cell.mark in (Mark.AHEAD, Mark.LOCKED):
        text += f" · {when.stamp(line.starts_at, 'd')}"
    if cell.done or (cell.exercises and cell.mark not in (Mark.AHEAD, Mark.LOCKED)):
        text += f" · {cell.done} of {theme.count(cell.exercises, 'exercise')}"
    return text


def handed_in(whole: Course, stage: Stage, *, late: bool, user_id: int) -> str:
    """Confirm what was handed in, and say what happens with it."""
    text = f"{HAND_IN} Handed in for **{theme.one_line(stage.title, 80)}**."
    if late:
        text += " Late, and it counts."
    if stage.number == whole.last_stage:
        return f"{text} That was the last stage: well done."
    following = theme.one_line(whole.stage(stage.number + 1).title, 80)
    if whole.reached.get(user_id, 0) > stage.number:
        return f"{text} **{following}** is open to you."
    return f"{text} The lead is told; **{following}** opens once they have looked."


def opened(whole: Course, stage: Stage) -> str:
    """Tell somebody that a stage is open to them, and what it asks."""
    text = (
        f"{OPEN} **{theme.plain(whole.programme.title)}**: stage {stage.number}, "
        f"**{theme.one_line(stage.title, 80)}**, is open to you."
    )
    if stage.asks:
        due = rules.due_at(stage, whole.programme.zone)
        by = f" until {when.stamp(_shown(due), 'D')}" if due else ""
        text += f"\nTo hand in{by}: {theme.one_line(stage.asks, 300)}"
    return text


def reminder(whole: Course, stage: Stage, due_at: datetime, *, late: bool) -> str:
    """Remind somebody of what is due."""
    by = f"{when.stamp(_shown(due_at), 'D')}, {when.stamp(due_at, 'R')}"
    text = (
        f"{theme.BELL} **{theme.plain(whole.programme.title)}**: "
        f"{theme.one_line(stage.title, 80)} is due {by}. "
        "Unfinished counts, and so does late."
    )
    if late:
        text += "\n-# This reminder is late: it could not come when it was due."
    return text


# What who leads is told


def waiting(programme: Programme, gate: GateView, *, names: bool) -> str:
    """Tell who leads that somebody waits at a gate."""
    number = len(gate.waiting)
    text = (
        f"{GATE} **{theme.plain(programme.title)}**: "
        f"{theme.count(number, 'person waits', 'people wait')} for stage {gate.opens.number}, "
        f"**{theme.one_line(gate.opens.title, 80)}**."
    )
    if names:
        text += "\n" + theme.lines([_waiter(one) for one in gate.waiting], 1200)
    return text + "\nOpen it with *Gates* on the card, or `/programme open`."


def _waiter(one: Waiter) -> str:
    text = theme.person(one.user_id)
    if one.hand_in is not None:
        text += ": " + _handed(one.hand_in, one)
    return text


def _handed(hand_in: HandIn, one: Waiter) -> str:
    parts: list[str] = []
    if one.project is not None:
        where = f" <#{one.project.thread_id}>" if one.project.thread_id else ""
        parts.append(f"{theme.one_line(one.project.title, 80)}{where}")
    if hand_in.text:
        parts.append(theme.one_line(hand_in.text, 160))
    if one.late:
        parts.append("late")
    return " · ".join(parts)


def gates(shown: Gates) -> discord.Embed:
    """Show who leads all gates, and who waits at each."""
    whole = shown.course
    embed = discord.Embed(
        title=theme.clip(
            f"{GATE} Gates of {theme.plain(whole.programme.title)}", theme.TITLE_LIMIT
        ),
        colour=theme.ACCENT,
    )
    if whole.programme.self_opening:
        embed.description = "They open by themselves, for whoever is ready."
    for gate in shown.gates:
        people = theme.lines([_waiter(one) for one in gate.waiting], theme.FIELD_LIMIT - 60)
        note = f"{theme.count(gate.behind, 'person', 'people')} on the way" if gate.behind else ""
        embed.add_field(
            name=theme.clip(f"{gate.stage.title} → {gate.opens.title}", theme.TITLE_LIMIT),
            value="\n".join(filter(None, [people, note])) or "Nobody is here.",
            inline=False,
        )
    embed.set_footer(text="Pick people to open a gate to, or open it to all who wait.")
    return embed


def gate_opened(stage: Stage, user_ids: Sequence[int]) -> str:
    """Confirm that a gate was opened."""
    return (
        f"{OPEN} **{theme.one_line(stage.title, 80)}** is open to "
        f"{theme.names(user_ids, limit=20)}. They are told."
    )


def skipped(whole: Course, moved: int) -> str:
    """Confirm that a week is left out."""
    current = whole.current
    ends = whole.units[-1]
    text = f"That week is left out: {theme.count(moved, 'unit')} moved by a week."
    if current is not None:
        text += (
            f" Next is {current.number}. {theme.one_line(current.title, 80)}, "
            f"{when.stamp(current.starts_at)}; the last is {when.stamp(ends.starts_at, 'D')}."
        )
    return text


# Everything at a glance


def overview(whole: Course, stage: int | None) -> discord.Embed:
    """Show all units with their days; those of stages past ``stage`` as locked."""
    programme = whole.programme
    embed = discord.Embed(
        title=theme.clip(f"{PROGRAMME} {theme.plain(programme.title)}", theme.TITLE_LIMIT),
        description=f"{rhythm(programme)[0].upper()}{rhythm(programme)[1:]}",
        colour=theme.ACCENT,
    )
    for one in whole.stages:
        own = [line for line in whole.units if line.unit.stage == one.number]
        lock = stage is not None and one.number > stage
        parts: list[str] = []
        if one.asks:
            due = rules.due_at(one, programme.zone)
            by = f" · due {when.stamp(_shown(due), 'D')}" if due else ""
            parts.append(f"{HAND_IN} {theme.one_line(one.asks, 200)}{by}")
        parts += [
            f"{_when_met(line, whole.now, lock=lock)} {line.number}. "
            f"{theme.one_line(line.title, 50)} · {when.stamp(line.starts_at, 'd')}"
            for line in own
        ]
        embed.add_field(
            name=theme.clip(
                f"{LOCKED if lock else OPEN} {one.number}. {one.title}", theme.TITLE_LIMIT
            ),
            value=theme.lines(parts, theme.FIELD_LIMIT) or theme.NOTHING,
            inline=False,
        )
    return embed


def _when_met(line: UnitLine, now: datetime, *, lock: bool) -> str:
    if lock:
        return LOCKED
    return "☑️" if line.is_over(now) else "▫️"


# The picture


def drawing(cohort: Cohort, page: int) -> picture.Drawing:
    """Return what the picture of a page shows."""
    whole = cohort.course
    current = whole.current
    number = current.number if current is not None else len(whole.units)
    first, last = picture.window(len(whole.units), number)
    lines = of_page(cohort, page)
    people = theme.count(len(cohort.lines) + cohort.kept, "person", "people")
    where = f"Unit {number} of {len(whole.units)}" if current else "All units have been met"
    return picture.Drawing(
        picture.drawable(whole.programme.title) or "Programme",
        f"{where} · {people}",
        first,
        number if current is not None else None,
        tuple(line.unit.stage for line in whole.units[first - 1 : last]),
        tuple(
            picture.Row(
                _label(cohort, line),
                tuple(
                    picture.Box(cell.mark, cell.exercises, cell.done)
                    for cell in line.cells[first - 1 : last]
                ),
                line.stage,
                line.waiting,
                line.finished,
            )
            for line in lines
        ),
    )


def of_page(cohort: Cohort, page: int) -> list[Line]:
    """Return the people on a page of the picture, from 0."""
    return cohort.lines[page * picture.ROWS : (page + 1) * picture.ROWS]


def pages(cohort: Cohort) -> int:
    """Return how many pictures it takes."""
    return max(1, -(-len(cohort.lines) // picture.ROWS))


def _label(cohort: Cohort, line: Line) -> str:
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
    """Say beside the picture who stands behind a number, and how many keep theirs."""
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
