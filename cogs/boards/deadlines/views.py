"""The controls of deadlines: what can be said when one has passed."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.client import Interaction
from bot.ui import theme
from bot.ui.controls import CardButton
from bot.ui.form import Form, Typed
from cogs.boards.deadlines import cards
from cogs.boards.deadlines.service import DeadlineService
from cogs.boards.projects.service import ProjectService
from data.boards.deadlines import ProjectDeadline
from data.states import ProjectDeadlineState


class DeadlineMoveButton(CardButton, template=r"deadline:move:(?P<deadline_id>\d{1,18})"):
    """Opens the form for another time."""

    def __init__(self, deadline_id: int) -> None:
        super().__init__(f"deadline:move:{deadline_id}", label="Move it")
        self.deadline_id = deadline_id

    async def pressed(self, interaction: Interaction) -> None:
        """Ask until when, and why."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(DeadlineService).check_may_move(place, self.deadline_id)
        await DeadlineForm.open(interaction, deadline_id=self.deadline_id)


class DeadlineDoneButton(CardButton, template=r"deadline:done:(?P<deadline_id>\d{1,18})"):
    """Marks a project's deadline done."""

    def __init__(self, deadline_id: int) -> None:
        super().__init__(
            f"deadline:done:{deadline_id}", label="Done", style=discord.ButtonStyle.success
        )
        self.deadline_id = deadline_id

    async def pressed(self, interaction: Interaction) -> None:
        """Mark it done."""
        await close_deadline(interaction, self.deadline_id, ProjectDeadlineState.DONE)


class DeadlineDropButton(CardButton, template=r"deadline:drop:(?P<deadline_id>\d{1,18})"):
    """Drops a project's deadline."""

    def __init__(self, deadline_id: int) -> None:
        super().__init__(f"deadline:drop:{deadline_id}", label="Drop it")
        self.deadline_id = deadline_id

    async def pressed(self, interaction: Interaction) -> None:
        """Drop it."""
        await close_deadline(interaction, self.deadline_id, ProjectDeadlineState.DROPPED)


class DeadlineForm(Form, template=r"deadline:move:(?P<deadline_id>\d{1,18})"):
    """Asks for another time."""

    @classmethod
    async def build(
        cls, interaction: Interaction, typed: Typed, *, deadline_id: int
    ) -> DeadlineForm:
        """Return the form."""
        form = cls("Move a deadline", f"deadline:move:{deadline_id}")
        form.ask(
            "due", "Until when", typed, placeholder="in 2 weeks, 2026-12-01 AoE", required=True,
            limit=100,
        )  # fmt: skip
        return form.ask("reason", "Why", typed, hint="May stay empty", long=True, limit=500)

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, *, deadline_id: int) -> None:
        """Move it."""
        await move_deadline(interaction, deadline_id, typed.text("due"), typed.text("reason"))


def deadline_buttons(deadline: ProjectDeadline) -> list[ui.Item[Any]]:
    """Return what can be said of a deadline that has passed."""
    return [
        DeadlineDoneButton(deadline.id),
        DeadlineMoveButton(deadline.id),
        DeadlineDropButton(deadline.id),
    ]


async def move_deadline(
    interaction: Interaction, deadline_id: int, due: str, reason: str | None
) -> None:
    """Give a project's deadline another time, and tell everybody."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    deadlines = bot.service(DeadlineService)
    project = await deadlines.check_may_move(place, deadline_id)
    zone = await bot.service(ProjectService).zone(place, project)
    due_at = when.parse(due, zone=zone, now=bot.clock.now(), end_of_day=True)
    _, moved, before = await deadlines.move(place, deadline_id, due_at)
    await interaction.response.send_message(cards.deadline_moved(moved, before, reason))
    bot.dispatch("project_changed", project.id)


async def close_deadline(
    interaction: Interaction, deadline_id: int, state: ProjectDeadlineState
) -> None:
    """Mark a project's deadline done or dropped, and tell everybody."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    project, deadline = await bot.service(DeadlineService).close(place, deadline_id, state)
    await interaction.response.send_message(
        f"{theme.DONE} {theme.person(place.user_id)} marked "
        f"**{theme.one_line(deadline.title, 120)}** {deadline.state}."
    )
    bot.dispatch("project_changed", project.id)


BUTTONS = (DeadlineDoneButton, DeadlineDropButton, DeadlineMoveButton)
"""The controls that outlive a restart."""
