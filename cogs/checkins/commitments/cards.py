"""What commitments look like as messages."""

from __future__ import annotations

from datetime import datetime, timedelta

import discord

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.direct_messages import note_to
from cogs.checkins.commitments.service import (
    Added,
    Overview,
)
from cogs.checkins.commitments.writes import CommitmentView
from data.boards.tasks import Task
from data.checkins.commitments import Commitment
from data.states import CommitmentState, TaskState, Witnessed

STATES = {
    CommitmentState.KEPT: "kept",
    CommitmentState.NOT_KEPT: "not kept",
    CommitmentState.DROPPED: "let go",
}


def added(new: Added) -> str:
    """Confirm a new commitment, and say when its reminders come."""
    one = new.commitment
    text = f"You are committed to **{theme.escape(one.text)}**"
    if one.due_at is not None:
        often = ", and ".join(_remind_at(one.due_at, offset, at) for offset, at in new.reminders)
        text += f"\nDue {when.stamp(one.due_at)}: I remind you {often}."
    if one.witness_id is not None:
        witness = theme.person(one.witness_id)
        text += f"\n{witness} is asked to confirm it once you say `/commitment done`."
    return text


def _remind_at(due_at: datetime, offset: int, instant: datetime) -> str:
    """Say when a reminder comes; quiet hours may have moved it."""
    if instant != due_at - timedelta(seconds=offset):
        return when.stamp(instant)
    return "a day before" if offset else "when it is due"


def dropped(one: Commitment) -> str:
    """Confirm that a commitment was dropped."""
    text = f"You let go of **{theme.escape(one.text)}**. That is not failing."
    return f"{text}\nBecause: {theme.escape(one.reason)}" if one.reason else text


def overview(view: Overview) -> list[discord.Embed]:
    """Show what somebody is committed to, and what became of the rest, on pages."""
    title = f"Your commitments in {theme.clip(theme.escape(view.group.name), 150)}"
    entries = [f"• {_line(one)}{_as_task(view.tasks.get(one.id))}" for one in view.open]
    if not entries:
        entries = ["Nothing open. `/commitment add`, or a check-in's *next*, makes one."]
    pages = [
        discord.Embed(
            title=title, description="\n".join(entries[start : start + 10]), colour=theme.ACCENT
        )
        for start in range(0, len(entries), 10)
    ]
    if view.settled:
        past = [f"• {theme.one_line(one.text, 80)} · {_became(one)}" for one in view.settled]
        pages[0].add_field(name="Lately", value=theme.lines(past, theme.FIELD_LIMIT), inline=False)
    if view.kept.settled:
        rate = view.kept.kept / view.kept.settled
        pages[0].add_field(
            name="Kept",
            value=f"{theme.bar(rate)} {view.kept.kept} of {view.kept.settled} ({rate:.0%})",
            inline=False,
        )
    return pages


def reminder(view: CommitmentView, *, due: bool) -> Content:
    """Remind somebody of a commitment."""
    one = view.commitment
    assert one.due_at is not None  # noqa: S101 - only what is due is reminded of
    is_due = "was due" if due else "is due"
    text = (
        f"{theme.BELL} **{theme.escape(one.text)}** {is_due} {when.stamp(one.due_at, 'R')}. "
        "In the server, `/commitment done` settles it, and `/commitment drop` lets it go."
    )
    return note_to(one.user_id, text)


def _line(one: Commitment) -> str:
    text = theme.one_line(one.text, 200)
    if one.due_at is not None:
        text += f" · due {when.stamp(one.due_at, 'R')}"
    if one.witness_id is not None:
        text += f" · witness {theme.person(one.witness_id)}"
    if one.witnessed is Witnessed.DECLINED:
        text += " · not yet, says the witness"
    return text


def _as_task(task: Task | None) -> str:
    """Say that a commitment is linked to a task, and what blocks it."""
    if task is None:
        return ""
    if task.state is not TaskState.BLOCKED:
        return " · 🧪 a task"
    return (
        f" · ⛔ blocked: {theme.one_line(task.obstacle, 80)}" if task.obstacle else " · ⛔ blocked"
    )


def _became(one: Commitment) -> str:
    text = STATES[one.state]
    if one.witnessed is Witnessed.CONFIRMED:
        text += f", confirmed by {theme.person(one.witness_id)}"
    if one.reason:
        text += f": {theme.one_line(one.reason, 60)}"
    return text
