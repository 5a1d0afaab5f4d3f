"""What a meeting's thread shows: the reading, the questions, who is there, and the notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardButtons, CardLayout
from cogs.reading import reading_card, rules
from cogs.reading.cards import mentioning
from cogs.reading.exercise_views import TakeButton
from cogs.reading.gathering import DeskView
from cogs.reading.rules import ActionItem, Candidate
from data.reading.meetings import Meeting

READ = "📖"
HERE = "🙋"
QUESTION = "💬"
LEAD = "🎙️"
NOTES = "📝"

TEXT_LIMIT = 4000
"""How many characters a card of components has for all its texts."""

PEOPLE = 15
"""How many people a line of the card names."""


def desk(view: DeskView, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Show what a meeting is about, and what people brought to it."""
    meeting = view.meeting
    parts = [_heading(view)]
    todo = reading_card.exercises(view)
    if todo is not None:
        parts.append(todo)
    if view.prompts:
        questions = [
            f"{number}. {theme.one_line(one.text, 300)} · {theme.person(one.user_id)}"
            for number, one in enumerate(view.prompts, start=1)
        ]
        parts.append(f"**{QUESTION} Questions to discuss**\n{theme.lines(questions, 700)}")
    people: list[str] = []
    if view.readers:
        names = theme.names(view.readers, limit=PEOPLE)
        people.append(f"{READ} Read it ({len(view.readers)}): {names}")
    if view.here:
        verb = "Were there" if meeting.ends_at <= view.now else "Here"
        people.append(f"{HERE} {verb} ({len(view.here)}): {theme.names(view.here, limit=PEOPLE)}")
    if people:
        parts.append("\n".join(people))
    if meeting.notes or meeting.recording:
        room = max(200, TEXT_LIMIT - sum(map(len, parts)) - len(meeting.recording or "") - 60)
        notes = [theme.clip(theme.plain(meeting.notes), min(room, 1500))] if meeting.notes else []
        notes += [f"[Recording or document]({meeting.recording})"] if meeting.recording else []
        parts.append(f"**{NOTES} Notes**\n" + "\n".join(notes))
    body: list[ui.Item[Any]] = []
    for part in parts:
        if body:
            body.append(ui.Separator())
        body.append(ui.TextDisplay(part))
        if part is todo and meeting.cancelled_at is None:
            take: list[ui.Item[Any]] = [TakeButton(meeting.id)]
            body.append(ui.ActionRow(*take))
    if buttons:
        if isinstance(body[-1], ui.ActionRow):
            body.append(ui.Separator())
        body.append(ui.ActionRow(*buttons))
    accent = theme.QUIET if meeting.ends_at <= view.now else theme.ACCENT
    return Content(view=CardLayout(ui.Container(*body, accent_colour=accent)))


def _heading(view: DeskView) -> str:
    meeting = view.meeting
    lines = [f"### {theme.CALENDAR} {theme.plain(meeting.title)}"]
    if meeting.cancelled_at is not None:
        lines.append("This meeting was cancelled.")
    else:
        lines.append(f"{when.stamp(meeting.starts_at)} · {when.stamp(meeting.starts_at, 'R')}")
    if meeting.facilitator_id is not None:
        lines.append(f"{LEAD} led by {theme.person(meeting.facilitator_id)}")
    lines += reading_card.readings(view)
    if meeting.prerequisites:
        lines.append(f"🧩 It helps to know: {theme.one_line(meeting.prerequisites, 200)}")
    return "\n".join(lines)


def begins(meeting: Meeting, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Say in the thread that a meeting begins."""
    where = f" · {theme.one_line(meeting.location, 200)}" if meeting.location else ""
    return Content(
        text=f"{HERE} **{theme.plain(meeting.title)}** begins now{where}. Press when you are in.",
        view=CardButtons(*buttons),
    )


def who_takes_over(
    view: DeskView, mentions: Sequence[int], buttons: Sequence[ui.Item[Any]]
) -> Content:
    """Ask who leads a meeting whose leader has not come."""
    leader = view.meeting.facilitator_id
    missing = (
        "nobody leads yet"
        if leader is None
        else f"{theme.person(leader)} has not said that they are here"
    )
    asked = mentioning(
        f"{LEAD} Ten minutes in, and {missing}. Who takes over?",
        mentions,
    )
    return Content(text=asked.text, mentions=asked.mentions, view=CardButtons(*buttons))


def over(view: DeskView, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Ask after a meeting for its notes, of who led it where somebody did."""
    leader = view.meeting.facilitator_id
    came = (
        f"{theme.count(len(view.here), 'person', 'people')} said so far that they were there"
        if view.here
        else "nobody has said yet that they were there"
    )
    text = (
        f"{NOTES} That was **{theme.plain(view.meeting.title)}**; {came}. The first button does "
        "it. Who keeps the notes? A few lines, and a link to the recording if there is one."
    )
    asked = mentioning(text, [] if leader is None else [leader])
    return Content(text=asked.text, mentions=asked.mentions, view=CardButtons(*buttons))


def action_items(meeting: Meeting, items: Sequence[ActionItem]) -> Content:
    """Tell people what they said at a meeting that they would do."""
    entries = [f"• {theme.person(one.user_id)}: {theme.one_line(one.text, 300)}" for one in items]
    people = list(dict.fromkeys(one.user_id for one in items))
    text = (
        f"📌 From **{theme.plain(meeting.title)}**, as commitments: `/commitment list` shows yours."
    )
    told = mentioning("", people[: rules.MENTIONS])
    return Content(text=f"{text}\n{theme.lines(entries, 1700)}", mentions=told.mentions)


def your_turn(meeting: Meeting, user_id: int, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Ask somebody to lead, or to confirm that they do."""
    stamp = f"{when.stamp(meeting.starts_at)} ({when.stamp(meeting.starts_at, 'R')})"
    title = f"**{theme.plain(meeting.title)}**"
    question = (
        f"{LEAD} You lead {title} on {stamp}. Does that still work?"
        if meeting.facilitator_id == user_id
        else f"{LEAD} It is your turn to lead {title} on {stamp}. Will you?"
    )
    asked = mentioning(question, [user_id])
    return Content(text=asked.text, mentions=asked.mentions, view=CardButtons(*buttons))


def rotation(name: str, turns: Sequence[Candidate]) -> discord.Embed:
    """Show whose turn it is to lead, and who did how often."""
    entries = [_turn(number, one) for number, one in enumerate(turns, start=1)]
    embed = discord.Embed(
        title=f"{LEAD} Who leads in {theme.plain(name)}",
        description=theme.lines(entries, theme.DESCRIPTION_LIMIT) or "Nobody is in the group yet.",
        colour=theme.ACCENT,
    )
    embed.set_footer(text="Who led least, and longest ago, comes first.")
    return embed


def _turn(number: int, one: Candidate) -> str:
    last = f", last {when.stamp(one.last, 'D')}" if one.last else ""
    away = f" {theme.AWAY} away" if one.away else ""
    did = f"led {theme.count(one.times, 'time')}" if one.times else "has not led yet"
    return f"{number}. {theme.person(one.user_id)} · {did}{last}{away}"
