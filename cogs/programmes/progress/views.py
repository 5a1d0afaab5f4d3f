"""The buttons with which people see progress."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import discord
from discord import ui
from msgspec.structs import replace

from bot.base.errors import NotAllowed
from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardButtons, Face
from cogs.programmes.progress import cards as progress_cards
from cogs.programmes.progress import picture
from cogs.programmes.progress.service import Cohort, OwnProgress, ProgressService
from cogs.programmes.stages.views import (
    HandInButton,
)
from data.programmes.programmes import ProgrammeId
from data.states import CardKind


class StandButton(
    CardButton,
    custom_id="programme:stand:{programme_id}",
    label="Where I stand",
    style=discord.ButtonStyle.primary,
):
    """Shows somebody where they stand."""

    programme_id: ProgrammeId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show it to them alone."""
        bot = interaction.client
        shown = await bot.service(ProgressService).standing(place, self.programme_id, place.user_id)
        await replies.send(
            interaction, embed=progress_cards.standing(shown), view=own_controls(shown)
        )


class ProgressButton(CardButton, custom_id="programme:progress:{programme_id}", label="Progress"):
    """Shows the picture of a cohort's progress."""

    programme_id: ProgrammeId

    async def pressed(self, interaction: Interaction) -> None:
        """Draw it for this person."""
        await show_progress(interaction, self.programme_id, None)


class PageButton(CardButton, custom_id="programme:page:{programme_id}:{page}"):
    """Turns to another page of the picture."""

    programme_id: ProgrammeId
    page: int
    emoji: str | None = None

    async def pressed(self, interaction: Interaction) -> None:
        """Draw it in the place of the one that is there."""
        await show_progress(interaction, self.programme_id, self.page)


class HideButton(CardButton, custom_id="programme:hide:{programme_id}:{hidden}"):
    """Hides one's progress from the others, or shows it to them."""

    programme_id: ProgrammeId
    hidden: bool

    def face(self) -> Face:
        """Say which of the two it does."""
        hide, show = "Keep my progress to myself", "Show my progress to the group"
        return replace(super().face(), label=hide if self.hidden else show)

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Do so, and show it."""
        bot = interaction.client
        shown = await bot.service(ProgressService).hide(
            place, self.programme_id, hidden=self.hidden
        )
        await replies.edit(
            interaction, embed=progress_cards.standing(shown), view=own_controls(shown)
        )
        bot.cards.refresh(CardKind.PROGRAMME, self.programme_id)


def own_controls(shown: OwnProgress) -> CardButtons:
    """Return what somebody can do where they stand."""
    whole, line = shown.course, shown.line
    programme = whole.programme
    buttons: list[ui.Item[Any]] = []
    if shown.own and programme.ended_at is None:
        asked = next(
            (whole.stage(one) for one in range(line.stage, 0, -1) if whole.stage(one).asks), None
        )
        if asked is not None:
            buttons.append(HandInButton(programme.id, again=asked.number in line.handed_in))
        if line.stage == whole.last_stage > 1 and not line.finished:
            # The boards answer this one: proposing a project is theirs.
            buttons.append(
                ui.Button(
                    custom_id=f"board:propose:{whole.group.id}",
                    label="Propose a project",
                    emoji=theme.BOARD,
                )
            )
        buttons.append(HideButton(programme.id, hidden=shown.shown))
    return CardButtons(*buttons)


async def show_progress(interaction: Interaction, programme_id: int, page: int | None) -> None:
    """Show a page of the picture to the person who asked; ``None`` is a new answer's first."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    cohort = await bot.service(ProgressService).cohort(place, programme_id)
    if not cohort.lines and not cohort.leads and place.user_id not in cohort.course.reached:
        member = any(one.user_id == place.user_id for one in cohort.course.people)
        if cohort.course.people and not member:
            raise NotAllowed(
                "The people in this programme show their progress to each other only. Join it on "
                "its card."
            )
    at = min(page or 0, progress_cards.pages(cohort) - 1)
    if page is None:
        await interaction.response.defer(ephemeral=True, thinking=True)
    else:
        await interaction.response.defer()
    drawn = await asyncio.to_thread(picture.draw, progress_cards.drawing(cohort, at))
    file = discord.File(
        io.BytesIO(drawn), "progress.png", description=progress_cards.alt(cohort, at)
    )
    view = _turning(cohort, at)
    text = progress_cards.progress_text(cohort, at)
    if page is None:
        await replies.send(interaction, text, files=[file], view=view)
    else:
        await replies.edit(interaction, text, files=[file], view=view)


def _turning(cohort: Cohort, page: int) -> CardButtons | None:
    last = progress_cards.pages(cohort) - 1
    programme_id = cohort.course.programme.id
    buttons: list[ui.Item[Any]] = []
    if page > 0:
        buttons.append(PageButton(programme_id, page - 1, "◀"))
    if page < last:
        buttons.append(PageButton(programme_id, page + 1, "▶"))
    return CardButtons(*buttons) if buttons else None


PROGRESS_BUTTONS = (StandButton, ProgressButton, PageButton, HideButton)
