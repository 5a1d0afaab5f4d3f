"""What a meeting's thread shows: the reading, the questions, who is there, and the notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from discord import ui

from bot.base import when
from bot.base.wording import MENTIONS
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardButtons, CardLayout
from cogs.reading.attendance import readings
from cogs.reading.attendance.rules import ActionItem
from cogs.reading.attendance.service import ThreadView
from cogs.reading.exercises import cards as exercise_cards
from cogs.reading.exercises.views import TakeButton
from cogs.reading.facilitators.cards import LEAD
from cogs.reading.meetings.cards import shown_where
from cogs.reading.mentions import mentioning
from data.reading.meetings import Meeting

READ = "📖"

HERE = "🙋"

QUESTION = "💬"

NOTES = "📝"

TEXT_LIMIT = 4000
"""How many characters a card of components has for all its texts."""

PEOPLE = 15
"""How many people a line of the card names."""


def noted(
    meeting: Meeting,
    user_id: int,
    came: Sequence[int],
    readers: Mapping[int, bool],
    *,
    there: bool,
) -> str:
    """Confirm to a person who was there, and who had read it."""
    said: list[str] = []
    if came:
        at = "at" if there else "not at"
        said.append(f"{_who(user_id, came, 'were')} {at} **{theme.escape(meeting.title)}**")
    for value, had in ((True, "had read it"), (False, "had not read it")):
        if named := [one for one, read in readers.items() if read is value]:
            said.append(f"{_who(user_id, named)} {had}")
    text = f"Noted: {', and '.join(said)}"
    return f"{text}." if came else f"{text} for **{theme.escape(meeting.title)}**."


def _who(user_id: int, people: Sequence[int], verb: str = "") -> str:
    """Name people, with the verb “were” as it goes with them."""
    if list(people) == [user_id]:
        return f"you {verb}".rstrip()
    verb = "was" if verb and len(people) == 1 else verb
    return f"{theme.names(people)} {verb}".rstrip()


def thread_card(view: ThreadView, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Show what a meeting is about, and what people brought to it."""
    meeting = view.meeting
    parts = [_heading(view)]
    todo = exercise_cards.exercises(view)
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
        # Notes may be long, and take what the rest leaves.
        room = max(200, TEXT_LIMIT - sum(map(len, parts)) - len(meeting.recording or "") - 60)
        notes = [theme.clip(theme.escape(meeting.notes), min(room, 1500))] if meeting.notes else []
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


def _heading(view: ThreadView) -> str:
    meeting = view.meeting
    lines = [f"### {theme.CALENDAR} {theme.escape(meeting.title)}"]
    if meeting.cancelled_at is not None:
        lines.append("This meeting was cancelled.")
    else:
        lines.append(f"{when.stamp(meeting.starts_at)} · {when.stamp(meeting.starts_at, 'R')}")
    if meeting.facilitator_id is not None:
        lines.append(f"{LEAD} led by {theme.person(meeting.facilitator_id)}")
    lines += readings.readings(view)
    if meeting.prerequisites:
        lines.append(f"🧩 It helps to know: {theme.one_line(meeting.prerequisites, 200)}")
    return "\n".join(lines)


def begins(meeting: Meeting, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Say in the thread that a meeting begins."""
    where = f" · {shown_where(meeting, link=1500)}" if meeting.location else ""
    return Content(
        text=f"{HERE} **{theme.escape(meeting.title)}** begins now{where}. Press when you are in.",
        view=CardButtons(*buttons),
    )


def over(view: ThreadView, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Ask after a meeting for its notes, and ping the leader if there was one."""
    leader = view.meeting.facilitator_id
    came = (
        f"{theme.count(len(view.here), 'person', 'people')} said so far that they were there"
        if view.here
        else "nobody has said yet that they were there"
    )
    text = (
        f"{NOTES} That was **{theme.escape(view.meeting.title)}**; {came}. If you "
        "were, press the first button. Who keeps the notes? A few lines, and a link to the "
        "recording if there is one."
    )
    asked = mentioning(text, [] if leader is None else [leader])
    return Content(text=asked.text, mentions=asked.mentions, view=CardButtons(*buttons))


def action_items(
    meeting: Meeting, items: Sequence[ActionItem], writer_id: int, *buttons: ui.Item[Any]
) -> Content:
    """Tell people what they said at a meeting that they would do; others' are theirs to accept."""
    entries = [f"• {theme.person(one.user_id)}: {theme.one_line(one.text, 300)}" for one in items]
    people = list(dict.fromkeys(one.user_id for one in items))
    title = theme.escape(meeting.title)
    text = f"📌 From **{title}**, as commitments: `/commitment list` shows yours."
    asked = [one for one in people if one != writer_id]
    if asked:
        text += f" {theme.names(asked)}: yours are on it once you press *Take mine on*."
    told = mentioning("", people[:MENTIONS])
    return Content(
        text=f"{text}\n{theme.lines(entries, 1500)}",
        mentions=told.mentions,
        view=CardButtons(*buttons) if asked else None,
    )


def taken_on(texts: Sequence[str]) -> str:
    """Say what somebody is committed to from now on."""
    entries = [f"• {theme.one_line(one, 300)}" for one in texts]
    return f"These are commitments of yours now:\n{theme.lines(entries, 1800)}"
