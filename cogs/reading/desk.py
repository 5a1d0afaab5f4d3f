"""What a meeting's thread shows: the reading, the questions, who is there, and the notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot import when
from bot.delivery import Content
from bot.ui import theme
from bot.ui.items import CardButtons, CardLayout
from cogs.reading import rules
from cogs.reading.cards import mentioning
from cogs.reading.gathering import DeskView
from cogs.reading.rules import ActionItem, Candidate
from data.papers import Paper
from data.reading import Meeting, Unit

READ = "📖"
HERE = "🙋"
QUESTION = "💬"
LEAD = "🎙️"
NOTES = "📝"
EXERCISES = "🏋️"


def desk(view: DeskView, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Show what a meeting is about, and what people brought to it."""
    meeting = view.meeting
    parts = [_heading(view)]
    if view.unit is not None and view.unit.exercises:
        exercises = [f"• {theme.one_line(one, 200)}" for one in view.unit.exercises]
        parts.append(f"**{EXERCISES} Exercises**\n{theme.lines(exercises, 800)}")
    if view.prompts:
        questions = [
            f"{number}. {theme.one_line(one.text, 300)} · <@{one.user_id}>"
            for number, one in enumerate(view.prompts, start=1)
        ]
        parts.append(f"**{QUESTION} Questions to discuss**\n{theme.lines(questions, 1200)}")
    people: list[str] = []
    if view.readers:
        people.append(f"{READ} Read it ({len(view.readers)}): {theme.names(view.readers)}")
    if view.here:
        verb = "Were there" if meeting.ends_at <= view.now else "Here"
        people.append(f"{HERE} {verb} ({len(view.here)}): {theme.names(view.here)}")
    if people:
        parts.append("\n".join(people))
    if meeting.notes or meeting.recording:
        notes = [theme.clip(theme.plain(meeting.notes), 1500)] if meeting.notes else []
        notes += [f"[Recording or document]({meeting.recording})"] if meeting.recording else []
        parts.append(f"**{NOTES} Notes**\n" + "\n".join(notes))
    body: list[ui.Item[Any]] = []
    for part in parts:
        if body:
            body.append(ui.Separator())
        body.append(ui.TextDisplay(part))
    if buttons:
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
        lines.append(f"{LEAD} led by <@{meeting.facilitator_id}>")
    if view.paper is not None:
        lines += _paper(view.paper, view.unit)
    elif view.unit is not None and (about := _effort(None, view.unit)):
        lines.append(f"-# {about}")
    if meeting.prerequisites:
        lines.append(f"🧩 It helps to know: {theme.one_line(meeting.prerequisites, 200)}")
    return "\n".join(lines)


def _paper(paper: Paper, unit: Unit | None) -> list[str]:
    title = theme.one_line(paper.title, 250)
    lines = [
        f"{theme.PAPER} **[{title}]({paper.url})**" if paper.url else f"{theme.PAPER} **{title}**"
    ]
    people = [theme.one_line(name, 60) for name in paper.authors]
    by = ", ".join(people[:6]) + (f" and {len(people) - 6} more" if len(people) > 6 else "")
    said = [
        by,
        str(paper.year or ""),
        theme.one_line(paper.venue or "", 80),
        _effort(paper, unit),
    ]
    about = " · ".join(part for part in said if part)
    return [*lines, f"-# {about}"] if about else lines


def _effort(paper: Paper | None, unit: Unit | None) -> str:
    """Say how long the reading takes, as the curriculum says or by its pages, and its level."""
    said: list[str] = []
    pages = paper.pages if paper is not None else None
    if pages:
        said.append(theme.count(pages, "page"))
    minutes = unit.reading_minutes if unit is not None else None
    minutes = minutes or (rules.reading_minutes(pages) if pages else None)
    if minutes:
        said.append(f"about {minutes} minutes to read")
    if unit is not None and unit.level:
        said.append(theme.one_line(unit.level, 40))
    return ", ".join(said)


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
        "nobody leads yet" if leader is None else f"<@{leader}> has not said that they are here"
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
        f"{theme.count(len(view.here), 'person')} said so far that they were there"
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
    entries = [f"• <@{one.user_id}>: {theme.one_line(one.text, 300)}" for one in items]
    people = list(dict.fromkeys(one.user_id for one in items))
    text = (
        f"📌 From **{theme.plain(meeting.title)}**, as commitments: `/commitment list` shows yours."
    )
    content = mentioning("", people[: rules.MENTIONS])
    return Content(text=f"{text}\n{theme.lines(entries, 1700)}", mentions=content.mentions)


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
    return f"{number}. <@{one.user_id}> · {did}{last}{away}"
