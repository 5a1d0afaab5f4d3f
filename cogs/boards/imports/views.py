"""Many claims at once: a table is read, shown, corrected if need be, and only then written down."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import discord
from discord import ui

from bot.base.errors import InvalidInput
from bot.client import Interaction
from bot.ui.controls import OwnView
from bot.ui.form import TEXT_LIMIT, Form, Typed
from bot.ui.report import answered
from cogs.boards.imports import tables
from cogs.boards.ledger import cards
from cogs.boards.ledger.rules import TypedTerms
from cogs.boards.ledger.service import LedgerService, checked
from data.boards.claims import ClaimTerms


async def read(file: discord.Attachment) -> str:
    """Return an attached text; raises InvalidInput when it is too large or no text."""
    if file.size > tables.LARGEST:
        raise InvalidInput(
            f"That file has {file.size} bytes; {tables.LARGEST} are the most. Import it in parts."
        )
    data = await file.read()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("That file is no text. Save the table as CSV, in UTF-8.") from None


async def preview(interaction: Interaction, project_id: int, text: str) -> None:
    """Show the person what a table comes to; raises InvalidInput, naming what cannot be read."""
    claims, terms = await asyncio.to_thread(_read, text)
    listed = tables.write(claims)
    unclear = tables.unclear(claims)
    question = ImportQuestion(project_id, listed, complete=not unclear)
    shown = cards.import_preview(terms, unclear)
    arguments: dict[str, Any] = {"view": question, "ephemeral": True}
    if len(listed) > TEXT_LIMIT:
        shown += "\nIt is too long for a form: correct it in this file, and import that."
        arguments["file"] = discord.File(io.BytesIO(listed.encode()), "claims.txt")
    if interaction.response.is_done():
        await interaction.followup.send(shown, **arguments)
    else:
        await interaction.response.send_message(shown, **arguments)


def _read(text: str) -> tuple[list[TypedTerms], list[ClaimTerms]]:
    """Return a table's claims, and the terms of those whose column is certain."""
    claims = tables.parse(text)
    return claims, [checked(claim) for claim in claims if claim.metric != tables.UNKNOWN]


class ImportForm(Form, template=r"claim:import:(?P<project_id>\d{1,18})"):
    """Takes a pasted table, or one to correct."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, *, project_id: int) -> ImportForm:
        """Return the form."""
        form = cls("Claims from a table", f"claim:import:{project_id}")
        return form.ask(
            "table",
            "The table, its first line naming the columns",
            typed,
            hint="As printed: LaTeX, Markdown, CSV, or copied from a spreadsheet or a PDF",
            placeholder="Model | EN-DE ↑ | EN-FR ↑\nBase | 27.3 | 38.1",
            long=True,
            required=True,
        )

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, *, project_id: int) -> None:
        """Show what it comes to."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(LedgerService).check_may_add(place, project_id)
        await preview(interaction, project_id, typed.text("table"))


class ImportQuestion(OwnView):
    """Asks whether what was read is right."""

    def __init__(self, project_id: int, text: str, *, complete: bool) -> None:
        super().__init__()
        self.add.disabled = not complete
        self._project_id = project_id
        self._text = text
        self.correct.disabled = len(text) > TEXT_LIMIT

    @ui.button(label="Add them", style=discord.ButtonStyle.success)
    @answered
    async def add(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Write them down, and tell everybody."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project, claims = await bot.service(LedgerService).add_all(
            place, self._project_id, await asyncio.to_thread(tables.parse, self._text)
        )
        await interaction.response.edit_message(content="They are on the board.", view=None)
        await interaction.followup.send(cards.imported(claims, place.user_id))
        bot.dispatch("project_changed", project.id)

    @ui.button(label="Correct them", style=discord.ButtonStyle.secondary)
    @answered
    async def correct(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Open them in the form."""
        typed = Typed({"table": self._text})
        await ImportForm.open(interaction, typed, project_id=self._project_id)
