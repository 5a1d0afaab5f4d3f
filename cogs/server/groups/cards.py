"""What groups and servers look like as messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from discord import ui

from bot.base import when
from bot.base.recurrence import Cadence
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardLayout
from bot.ui.permissions import Missing
from cogs.server.groups.service import Edited, GroupView
from data.checkins.rounds import Round, Schedule
from data.reading.meetings import Meeting
from data.server.groups import GLANCE, Group

PROJECTS_SHOWN = 5
"""How many of a group's projects its card names."""

CADENCES = {
    Cadence.WEEKLY: "weekly",
    Cadence.FORTNIGHTLY: "every two weeks",
    Cadence.MONTHLY: "every four weeks",
}


def group(view: GroupView, buttons: Sequence[Sequence[ui.Item[Any]]]) -> Content:
    """Show a group: its focus, what is coming, its members, and the rows of ``buttons``."""
    here, away = view.here, view.away
    named = theme.names(here.first, limit=GLANCE, of=here.count)
    people = f"**{theme.count(here.count + away.count, 'member')}** · {named}"
    if away.count:
        people += f"\n{theme.AWAY} Away: {theme.names(away.first, limit=10, of=away.count)}"
    body: list[ui.Item[Any]] = [
        ui.TextDisplay(
            f"## {theme.GROUP} {theme.escape(view.group.name)}\n"
            f"**Focus**: {theme.escape(view.group.focus)}"
        ),
        ui.Separator(),
    ]
    if view.group.archived_at is None and (facts := _facts(view)):
        body.append(ui.TextDisplay("\n".join(facts)))
    body.append(ui.TextDisplay(people))
    if view.group.archived_at is not None:
        body.append(ui.TextDisplay("-# This group is archived."))
    else:
        body += [ui.ActionRow(*row) for row in buttons]
    accent = theme.QUIET if view.group.archived_at else theme.GOOD
    return Content(view=CardLayout(ui.Container(*body, accent_colour=accent)))


def _facts(view: GroupView) -> list[str]:
    """Say what is going on in a group: its rounds, its next meeting, its projects."""
    facts: list[str] = []
    if view.schedule is not None:
        facts.append(_rounds(view.schedule, view.round))
    if view.meeting is not None:
        facts.append(f"{theme.CALENDAR} Next meeting: {meeting_line(view.meeting)}")
    facts += [
        f"{theme.BOARD} {theme.one_line(project.title, 80)} · {project.state}"
        + (f" · <#{project.thread_id}>" if project.thread_id else "")
        for project in view.projects[:PROJECTS_SHOWN]
    ]
    more = len(view.projects) - PROJECTS_SHOWN
    if more > 0:
        facts.append(f"-# and {theme.count(more, 'more project')}")
    return facts


def meeting_line(meeting: Meeting) -> str:
    """Name a meeting, when it is, and its thread."""
    thread = f" · <#{meeting.thread_id}>" if meeting.thread_id else ""
    starts = f"{when.stamp(meeting.starts_at, 'f')} ({when.stamp(meeting.starts_at, 'R')})"
    return f"**{theme.one_line(meeting.title, 80)}** · {starts}{thread}"


def _rounds(schedule: Schedule, round_: Round | None) -> str:
    """Say when check-ins are due."""
    weekday = when.WEEKDAYS[schedule.anchor.weekday()]
    text = (
        f"{theme.CHECK_IN} Check-ins {CADENCES[schedule.cadence]}, {weekday}s "
        f"{schedule.at:%H:%M} ({schedule.timezone})"
    )
    if round_ is not None:
        text += f" · round {round_.number} is due {when.stamp(round_.due_at, 'R')}"
    return text


def welcome(view: GroupView) -> str:
    """Greet a new member with the next meeting and the next round."""
    group = view.group
    lines = [
        f"Welcome to **{theme.escape(group.name)}** in <#{group.channel_id}>. Say hello there.",
        f"**Focus**: {theme.escape(group.focus)}",
    ]
    if view.meeting is not None:
        lines.append(f"{theme.CALENDAR} Next meeting: {meeting_line(view.meeting)}")
    else:
        lines.append(f"{theme.CALENDAR} No meeting is planned yet; any member can plan one.")
    if view.round is not None:
        lines.append(
            f"{theme.CHECK_IN} Next check-in: round {view.round.number}, due "
            f"{when.stamp(view.round.due_at)} ({when.stamp(view.round.due_at, 'R')})"
        )
    else:
        lines.append(f"{theme.CHECK_IN} `/checkin post` tells the others what you are up to.")
    return "\n".join(lines)


def next_steps(group: Group, zone: ZoneInfo, lacking: Sequence[Missing]) -> str:
    """Say what comes after a group was made, and what the bot still lacks in its channel.

    ``zone`` is the one in which its times are read: UTC is nobody's city, so that is pointed out.
    """
    text = (
        f"**{theme.escape(group.name)}** is ready, and its card in <#{group.channel_id}> is its "
        "home. Next: say when check-ins are due, plan the first meeting, and invite people."
    )
    if zone.key == "UTC":
        text += (
            "\nIts times are read in UTC, as nobody has said where you are: `/group edit "
            "timezone:` takes a city."
        )
    if lacking:
        listed = theme.lines((f"• {one}" for one in lacking), 1200)
        text += f"\nI can post there, but I lack:\n{listed}"
    return text


def manage(group: Group) -> str:
    """Head the buttons with which organisers change a group."""
    return (
        f"⚙️ **{theme.escape(group.name)}**: what would you like to change? `/group edit` moves it "
        "to another channel, `/group archive` ends it."
    )


def invitation(view: GroupView) -> str:
    """Return a text to copy, with which people are invited to a group."""
    group = view.group
    lines = [
        f"Join **{theme.escape(group.name)}** in <#{group.channel_id}>!",
        f"We work on {theme.escape(group.focus)}.",
    ]
    if view.schedule is not None:
        lines.append(
            f"We check in {CADENCES[view.schedule.cadence]}: a line on what you did and what "
            "comes next is enough."
        )
    if view.meeting is not None:
        lines.append(f"Our next meeting: {meeting_line(view.meeting)}")
    lines.append("Press Join on the group's card, or use `/group join`.")
    quoted = "\n".join(lines)
    return f"Copy this to wherever people are:\n```\n{quoted.replace('```', '')}\n```"


def goodbye(group: Group) -> str:
    """Confirm that somebody left."""
    return (
        f"You left **{theme.escape(group.name)}**: no more prompts or reminders. What you posted "
        "stays. `/group join` brings you back."
    )


def paused(group: Group, until: datetime) -> str:
    """Confirm a pause."""
    return (
        f"{theme.AWAY} You are away from **{theme.escape(group.name)}** until {when.stamp(until)} "
        f"({when.stamp(until, 'R')}): no nudges, and your streak waits. I tell you when it ends; "
        "`/group resume` ends it before."
    )


def resumed(group: Group, round_: Round | None) -> str:
    """Welcome somebody back."""
    text = f"Welcome back to **{theme.escape(group.name)}** in <#{group.channel_id}>."
    if round_ is not None:
        text += f" Round {round_.number} is due {when.stamp(round_.due_at)}."
    return text


def edited(done: Edited) -> str:
    """Confirm that a group was changed."""
    group = done.group
    text = f"**{theme.escape(group.name)}** now works on {theme.escape(group.focus)}."
    if group.timezone:
        text += f" Its time zone is {group.timezone}."
    if done.schedule is not None and group.timezone not in (None, done.schedule.timezone):
        text += (
            f" Check-ins stay at {done.schedule.at:%H:%M} in {done.schedule.timezone}; "
            "`/checkin schedule` changes that."
        )
    return text


def archived(group: Group) -> str:
    """Confirm that a group was archived."""
    return (
        f"**{theme.escape(group.name)}** is archived: no rounds, prompts or reminders any more. "
        "What was posted stays."
    )
