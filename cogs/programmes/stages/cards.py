"""What stages, gates and hand-ins look like as messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.base import when
from bot.ui import theme
from cogs.programmes.programme.writes import ProgrammeView
from cogs.programmes.stages import rules as stages_rules
from cogs.programmes.stages.rules import shown_due
from cogs.programmes.stages.service import Gates, GateView, Waiter
from cogs.programmes.symbols import GATE, HAND_IN, OPEN
from data.programmes.programmes import HandIn, Programme, Stage


def handed_in(whole: ProgrammeView, stage: Stage, *, late: bool, user_id: int) -> str:
    """Confirm what was handed in, and say what happens with it."""
    text = f"{HAND_IN} Handed in for **{theme.one_line(stage.title, 80)}**."
    if late:
        text += " Late, and it counts."
    if stage.number == whole.last_stage:
        return f"{text} That was the last stage: well done."
    following = theme.one_line(whole.stage(stage.number + 1).title, 80)
    if whole.reached.get(user_id, 0) > stage.number:
        return f"{text} **{following}** is open to you."
    return f"{text} The lead will hear of it; **{following}** opens once they have looked."


def opened(whole: ProgrammeView, stage: Stage) -> str:
    """Tell somebody that a stage is open to them, and what it asks."""
    text = (
        f"{OPEN} **{theme.escape(whole.programme.title)}**: stage {stage.number}, "
        f"**{theme.one_line(stage.title, 80)}**, is open to you."
    )
    if stage.asks:
        due = stages_rules.due_at(stage, whole.programme.zone)
        by = f" until {when.stamp(shown_due(due), 'D')}" if due else ""
        text += f"\nTo hand in{by}: {theme.one_line(stage.asks, 300)}"
    return text


def reminder(whole: ProgrammeView, stage: Stage, due_at: datetime, *, late: bool) -> str:
    """Remind somebody of what is due."""
    by = f"{when.stamp(shown_due(due_at), 'D')}, {when.stamp(due_at, 'R')}"
    text = (
        f"{theme.BELL} **{theme.escape(whole.programme.title)}**: "
        f"{theme.one_line(stage.title, 80)} is due {by}. "
        "Unfinished counts, and so does late."
    )
    if late:
        text += "\n-# This reminder is late: it could not come when it was due."
    return text


def waiting(programme: Programme, gate: GateView, *, names: bool) -> str:
    """Tell the facilitator that somebody waits at a gate."""
    number = len(gate.waiting)
    text = (
        f"{GATE} **{theme.escape(programme.title)}**: "
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
    """Show the lead all gates and who waits at each."""
    whole = shown.course
    if not shown.gates:
        return discord.Embed(
            title=theme.clip(f"Stages of {theme.escape(whole.programme.title)}", theme.TITLE_LIMIT),
            description="There is one stage, and everything in it is open. *Change the stages* "
            "adds more: what people hand in for one opens the next.",
            colour=theme.ACCENT,
        )
    embed = discord.Embed(
        title=theme.clip(
            f"{GATE} Gates of {theme.escape(whole.programme.title)}", theme.TITLE_LIMIT
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
