"""What programmes look like as messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardLayout
from cogs.programmes.programme.writes import ProgrammeView, UnitLine
from cogs.programmes.stages import rules as stages_rules
from cogs.programmes.stages.rules import shown_due
from cogs.programmes.symbols import GATE, HAND_IN, LOCKED, OPEN, PROGRAMME
from data.programmes.programmes import Programme, Stage

NAMES = 6
"""How many people a card names."""


def card(
    whole: ProgrammeView, named: Sequence[int], unnamed: int, buttons: Sequence[ui.Item[Any]]
) -> Content:
    """Show a programme: what is met next, its stages and gates, and who is in it."""
    programme = whole.programme
    body: list[ui.Item[Any]] = [
        ui.TextDisplay(
            f"## {PROGRAMME} {theme.escape(programme.title)}\n"
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
        *_stages(whole),
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


def started(whole: ProgrammeView) -> str:
    """Say when a programme begins, where its card is in another channel."""
    first = whole.units[0].starts_at
    return f"{PROGRAMME} **{theme.one_line(whole.programme.title)}** begins {when.stamp(first)}."


def rhythm(programme: Programme) -> str:
    """Say when a programme meets."""
    weekday = when.WEEKDAYS[programme.starts_on.weekday()]
    return f"{weekday}s at {programme.at:%H:%M} ({programme.timezone})"


def _now(whole: ProgrammeView) -> str:
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
        + thread_link(current)
    )
    if about := _about(current):
        text += f"\n-# {about}"
    for line in following:
        text += (
            f"\nThen {line.number}. {theme.one_line(line.title, 80)} · "
            f"{when.stamp(line.starts_at, 'd')}"
        )
    return text


def thread_link(line: UnitLine) -> str:
    """Return the link to a unit's thread, or nothing."""
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


def _stages(whole: ProgrammeView) -> list[ui.Item[Any]]:
    """Show the stages; nothing where the only one asks for nothing, as it says nothing."""
    if len(whole.stages) == 1 and not whole.stages[0].asks:
        return []
    return [
        ui.TextDisplay("\n".join(_stage(whole, stage) for stage in whole.stages)),
        ui.Separator(),
    ]


def _stage(whole: ProgrammeView, stage: Stage) -> str:
    """Show one stage: what it asks for, who is in it, and who waits at its gate."""
    inside = sum(reached == stage.number for reached in whole.reached.values())
    beyond = sum(reached > stage.number for reached in whole.reached.values())
    opened = stage.number == 1 or inside + beyond > 0
    text = f"{OPEN if opened else LOCKED} **{stage.number}. {theme.one_line(stage.title, 80)}**"
    if due := stages_rules.due_at(stage, whole.programme.zone):
        text += f" · due {when.stamp(shown_due(due), 'd')}"
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


def _finished(whole: ProgrammeView) -> int:
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


def joined(whole: ProgrammeView, user_id: int, *, group_too: bool) -> str:
    """Welcome somebody with what comes first for them."""
    programme = whole.programme
    text = f"Welcome to **{theme.escape(programme.title)}**."
    if group_too:
        text += f" You are in **{theme.escape(whole.group.name)}** now, too."
    person = next(one for one in whole.people if one.user_id == user_id)
    current = whole.current
    if current is not None:
        begin = "You begin with everybody" if person.from_unit == 1 else "You begin where they are"
        text += (
            f"\n{begin}: **{current.number}. {theme.one_line(current.title, 90)}**, "
            f"{when.stamp(current.starts_at)}{thread_link(current)}."
        )
        if person.from_unit > 1:
            text += " You need not make up for what came before."
    return text + "\n-# *Where I stand* on the card tells what comes next for you."


def left(programme: Programme) -> str:
    """Confirm that somebody left."""
    return (
        f"You left **{theme.escape(programme.title)}**: no more reminders of it. What you handed "
        "in stays; *Join* brings you back to where you were."
    )


# What facilitators are told


def skipped(whole: ProgrammeView, moved: int) -> str:
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


def overview(whole: ProgrammeView, stage: int | None) -> discord.Embed:
    """Show all units with their days; those of stages past ``stage`` as locked."""
    programme = whole.programme
    embed = discord.Embed(
        title=theme.clip(f"{PROGRAMME} {theme.escape(programme.title)}", theme.TITLE_LIMIT),
        description=f"{rhythm(programme)[0].upper()}{rhythm(programme)[1:]}",
        colour=theme.ACCENT,
    )
    for one in whole.stages:
        own = [line for line in whole.units if line.unit.stage == one.number]
        lock = stage is not None and one.number > stage
        parts: list[str] = []
        if one.asks:
            due = stages_rules.due_at(one, programme.zone)
            by = f" · due {when.stamp(shown_due(due), 'D')}" if due else ""
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
