"""Buttons and forms of a meeting's thread."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui
from msgspec.structs import replace

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, Face
from bot.ui.form import CardForm, Typed
from cogs.reading.attendance import cards
from cogs.reading.attendance.rules import NOTES_LIMIT, PROMPT_LIMIT
from cogs.reading.attendance.service import AttendanceService, ThreadView
from cogs.reading.facilitators.views import LeadButton
from cogs.reading.meetings.rules import LINK_LIMIT
from data.reading.meetings import MeetingId
from data.states import CardKind


class ReadButton(
    CardButton, custom_id="reading:read:{meeting_id}", label="I read it", emoji=cards.READ
):
    """Notes that somebody has read what the meeting is about."""

    meeting_id: MeetingId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Note it, or take it back."""
        bot = interaction.client
        read = await bot.service(AttendanceService).read(place, self.meeting_id)
        text = "Noted that you have read it." if read else "Noted that you have not read it yet."
        await replies.send(interaction, text)
        bot.cards.refresh(CardKind.MEETING_THREAD, self.meeting_id)


class HereButton(
    CardButton,
    custom_id="reading:here:{meeting_id}",
    label="I'm here",
    emoji=cards.HERE,
    style=discord.ButtonStyle.success,
):
    """Notes that somebody is there, or was."""

    meeting_id: MeetingId
    over: bool = False

    def face(self) -> Face:
        """Return how it looks; after the meeting it asks who was there."""
        return replace(super().face(), label="I was there") if self.over else super().face()

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Note it."""
        bot = interaction.client
        meeting = await bot.service(AttendanceService).here(place, self.meeting_id)
        await replies.send(
            interaction, f"Noted: you are among those at **{theme.escape(meeting.title)}**."
        )
        bot.cards.refresh(CardKind.MEETING_THREAD, self.meeting_id)


class TakeOnButton(
    CardButton,
    custom_id="reading:take_on:{meeting_id}",
    label="Take mine on",
    style=discord.ButtonStyle.success,
):
    """Makes what others noted for somebody at a meeting a commitment of theirs."""

    meeting_id: MeetingId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Take it on."""
        service = interaction.client.service(AttendanceService)
        texts = await service.take_on(place, self.meeting_id, accepted=True)
        await replies.send(interaction, cards.taken_on(texts))


class NotMineButton(CardButton, custom_id="reading:not_mine:{meeting_id}", label="Not mine"):
    """Takes away what others noted for somebody."""

    meeting_id: MeetingId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Take it away."""
        service = interaction.client.service(AttendanceService)
        texts = await service.take_on(place, self.meeting_id, accepted=False)
        count = theme.count(len(texts), "thing")
        await replies.send(interaction, f"Taken away: {count} that others noted for you.")


class PromptButton(
    CardButton,
    custom_id="reading:prompt:{meeting_id}",
    label="Add a question",
    emoji=cards.QUESTION,
):
    """Opens the form for a question."""

    meeting_id: MeetingId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Ask for the question."""
        await PromptForm(self.meeting_id).show(interaction)


class NotesButton(
    CardButton, custom_id="reading:notes:{meeting_id}", label="Notes", emoji=cards.NOTES
):
    """Opens the form for the notes."""

    meeting_id: MeetingId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Ask for the notes."""
        await NotesForm(self.meeting_id).show(interaction)


class PromptForm(CardForm, custom_id="reading:ask:{meeting_id}", title="A question to discuss"):
    """Asks for a question to discuss."""

    meeting_id: MeetingId

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask for one question; raises NotFound for a meeting that is not of this server."""
        bot = interaction.client
        await bot.service(AttendanceService).meeting(place, self.meeting_id)
        self.ask(
            "text",
            "What should we talk about?",
            typed,
            placeholder="Why does it generalise so late?",
            long=True,
            required=True,
            limit=PROMPT_LIMIT,
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Add the question."""
        bot = interaction.client
        service = bot.service(AttendanceService)
        meeting = await service.add_prompt(place, self.meeting_id, typed.text("text"))
        await replies.send(
            interaction, f"Your question is among those for **{theme.escape(meeting.title)}**."
        )
        bot.cards.refresh(CardKind.MEETING_THREAD, meeting.id)


class NotesForm(CardForm, custom_id="reading:write:{meeting_id}", title="Notes"):
    """Asks for a meeting's notes and recording."""

    meeting_id: MeetingId

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Fill in what is there already."""
        bot = interaction.client
        meeting = await bot.service(AttendanceService).meeting(place, self.meeting_id)
        self.ask(
            "notes",
            "What was said?",
            typed,
            filled=meeting.notes or "",
            hint="What you agreed on, what stays open, who does what",
            long=True,
            limit=NOTES_LIMIT,
        )
        self.ask(
            "link",
            "Recording or document",
            typed,
            filled=meeting.recording or "",
            placeholder="https://…",
            limit=LINK_LIMIT,
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Keep the notes."""
        bot = interaction.client
        meeting = await bot.service(AttendanceService).write_notes(
            place, self.meeting_id, text=typed.text("notes"), link=typed.text("link")
        )
        await replies.send(interaction, f"The notes of **{theme.escape(meeting.title)}** are kept.")
        bot.cards.refresh(CardKind.MEETING_THREAD, meeting.id)


def thread_buttons(view: ThreadView) -> list[ui.Item[Any]]:
    """Return the buttons that a meeting's thread offers now."""
    meeting, now = view.meeting, view.now
    if meeting.cancelled_at is not None:
        return []
    begun, over = meeting.starts_at <= now, meeting.ends_at <= now
    buttons: list[ui.Item[Any]] = [ReadButton(meeting.id)] if view.has_reading else []
    if begun:
        buttons.append(HereButton(meeting.id, over=over))
    if not over:
        buttons.append(PromptButton(meeting.id))
        if meeting.facilitator_id is None:
            buttons.append(LeadButton(meeting.id))
    if begun:
        buttons.append(NotesButton(meeting.id))
    return buttons
