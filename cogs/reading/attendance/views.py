"""Buttons and forms of a meeting's thread."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.client import Interaction
from bot.ui import theme
from bot.ui.controls import CardButton
from bot.ui.form import Form, Typed
from cogs.reading.attendance import cards
from cogs.reading.attendance.service import NOTES_LIMIT, PROMPT_LIMIT, AttendanceService, ThreadView
from cogs.reading.facilitators.views import LeadButton
from data.states import CardKind


class ReadButton(CardButton, template=r"reading:read:(?P<meeting_id>\d{1,18})"):
    """Notes that one has read what the meeting is about."""

    def __init__(self, meeting_id: int) -> None:
        super().__init__(f"reading:read:{meeting_id}", label="I read it", emoji=cards.READ)
        self.meeting_id = meeting_id

    async def pressed(self, interaction: Interaction) -> None:
        """Note it, or take it back."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        read = await bot.service(AttendanceService).read(place, self.meeting_id)
        text = "Noted that you have read it." if read else "Noted that you have not read it yet."
        await interaction.response.send_message(text, ephemeral=True)
        bot.cards.refresh(CardKind.MEETING_THREAD, self.meeting_id)


class HereButton(CardButton, template=r"reading:here:(?P<meeting_id>\d{1,18})"):
    """Notes that one is there, or was."""

    def __init__(self, meeting_id: int, *, over: bool = False) -> None:
        label = "I was there" if over else "I'm here"
        super().__init__(
            f"reading:here:{meeting_id}",
            label=label,
            emoji=cards.HERE,
            style=discord.ButtonStyle.success,
        )
        self.meeting_id = meeting_id

    async def pressed(self, interaction: Interaction) -> None:
        """Note it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        meeting = await bot.service(AttendanceService).here(place, self.meeting_id)
        await interaction.response.send_message(
            f"Noted: you are among those at **{theme.plain(meeting.title)}**.", ephemeral=True
        )
        bot.cards.refresh(CardKind.MEETING_THREAD, self.meeting_id)


class PromptButton(CardButton, template=r"reading:prompt:(?P<meeting_id>\d{1,18})"):
    """Opens the form for a question."""

    def __init__(self, meeting_id: int) -> None:
        super().__init__(
            f"reading:prompt:{meeting_id}", label="Add a question", emoji=cards.QUESTION
        )
        self.meeting_id = meeting_id

    async def pressed(self, interaction: Interaction) -> None:
        """Ask for the question."""
        await PromptForm.open(interaction, meeting_id=self.meeting_id)


class NotesButton(CardButton, template=r"reading:notes:(?P<meeting_id>\d{1,18})"):
    """Opens the form for the notes."""

    def __init__(self, meeting_id: int) -> None:
        super().__init__(f"reading:notes:{meeting_id}", label="Notes", emoji=cards.NOTES)
        self.meeting_id = meeting_id

    async def pressed(self, interaction: Interaction) -> None:
        """Ask for the notes."""
        await NotesForm.open(interaction, meeting_id=self.meeting_id)


class PromptForm(Form, template=r"reading:ask:(?P<meeting_id>\d{1,18})"):
    """Asks for a question to discuss."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, **about: Any) -> PromptForm:
        """Return the empty form; raises NotFound for a meeting that is not of this server."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(AttendanceService).meeting(place, about["meeting_id"])
        form = cls("A question to discuss", f"reading:ask:{about['meeting_id']}")
        return form.ask(
            "text",
            "What should we talk about?",
            typed,
            placeholder="Why does it generalise so late?",
            long=True,
            required=True,
            limit=PROMPT_LIMIT,
        )

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, **about: Any) -> None:
        """Add the question."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(AttendanceService)
        meeting = await service.add_prompt(place, about["meeting_id"], typed.text("text"))
        await interaction.response.send_message(
            f"Your question is among those for **{theme.plain(meeting.title)}**.", ephemeral=True
        )
        bot.cards.refresh(CardKind.MEETING_THREAD, meeting.id)


class NotesForm(Form, template=r"reading:write:(?P<meeting_id>\d{1,18})"):
    """Asks for a meeting's notes and recording."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, **about: Any) -> NotesForm:
        """Return the form with what is there already."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        meeting = await bot.service(AttendanceService).meeting(place, about["meeting_id"])
        form = cls("Notes", f"reading:write:{meeting.id}")
        form.ask(
            "notes",
            "What was said?",
            typed,
            filled=meeting.notes or "",
            hint="What you agreed on, what stays open, who does what",
            long=True,
            limit=NOTES_LIMIT,
        )
        return form.ask(
            "link",
            "Recording or document",
            typed,
            filled=meeting.recording or "",
            placeholder="https://…",
            limit=1900,
        )

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, **about: Any) -> None:
        """Keep the notes."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        meeting = await bot.service(AttendanceService).write_notes(
            place, about["meeting_id"], text=typed.text("notes"), link=typed.text("link")
        )
        await interaction.response.send_message(
            f"The notes of **{theme.plain(meeting.title)}** are kept.", ephemeral=True
        )
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
