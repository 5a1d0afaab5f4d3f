"""The controls of deadlines: adding one, and saying what became of one that has passed."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot import events
from bot.base import when
from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton
from bot.ui.form import CardForm, Typed
from cogs.boards.deadlines import cards
from cogs.boards.deadlines.service import DeadlineService
from cogs.boards.projects.service import ProjectService
from cogs.boards.tasks import rules as task_rules
from data.boards.deadlines import ProjectDeadline
from data.states import ProjectDeadlineState


class AddDeadlineButton(
    CardButton, custom_id="board:deadline:{project_id}", label="Add a deadline", emoji=theme.BELL
):
    """Opens the form for a new deadline."""

    project_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open the form, for a member."""
        await interaction.client.service(DeadlineService).check_may_add(place, self.project_id)
        await NewDeadlineForm(self.project_id).show(interaction)


class NewDeadlineForm(CardForm, custom_id="deadline:add:{project_id}", title="A new deadline"):
    """Asks what is due, and when."""

    project_id: int

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Add the fields."""
        self.ask(
            "title", "What is due", typed, placeholder="ICML abstract", required=True,
            limit=task_rules.TASK_LIMIT,
        )  # fmt: skip
        self.ask(
            "due", "When", typed, placeholder="in 2 weeks, 2026-12-01 AoE", required=True,
            limit=100, hint="Everybody is reminded 7 days, 1 day and 2 hours before",
        )  # fmt: skip

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Add it, and tell everybody."""
        await add_deadline(
            interaction, place, self.project_id, typed.text("title"), typed.text("due")
        )


class DeadlineMoveButton(CardButton, custom_id="deadline:move:{deadline_id}", label="Move it"):
    """Opens the form for another time."""

    deadline_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Ask until when, and why."""
        bot = interaction.client
        await bot.service(DeadlineService).check_may_move(place, self.deadline_id)
        await DeadlineForm(self.deadline_id).show(interaction)


class DeadlineDoneButton(
    CardButton,
    custom_id="deadline:done:{deadline_id}",
    label="Done",
    style=discord.ButtonStyle.success,
):
    """Marks a project's deadline done."""

    deadline_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Mark it done."""
        await close_deadline(interaction, self.deadline_id, ProjectDeadlineState.DONE)


class DeadlineDropButton(CardButton, custom_id="deadline:drop:{deadline_id}", label="Drop it"):
    """Drops a project's deadline."""

    deadline_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Drop it."""
        await close_deadline(interaction, self.deadline_id, ProjectDeadlineState.DROPPED)


class DeadlineForm(CardForm, custom_id="deadline:move:{deadline_id}", title="Move a deadline"):
    """Asks for another time."""

    deadline_id: int

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Return the form."""
        self.ask(
            "due", "Until when", typed, placeholder="in 2 weeks, 2026-12-01 AoE", required=True,
            limit=100,
        )  # fmt: skip
        self.ask("reason", "Why", typed, hint="May stay empty", long=True, limit=500)

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Move it."""
        await move_deadline(interaction, self.deadline_id, typed.text("due"), typed.text("reason"))


def deadline_buttons(deadline: ProjectDeadline) -> list[ui.Item[Any]]:
    """Return what can be said of a deadline that has passed."""
    return [
        DeadlineDoneButton(deadline.id),
        DeadlineMoveButton(deadline.id),
        DeadlineDropButton(deadline.id),
    ]


async def add_deadline(
    interaction: Interaction, place: Place, project_id: int, title: str, due: str
) -> None:
    """Add a deadline to a project, and tell everybody."""
    bot = interaction.client
    project = await bot.service(ProjectService).get(place.guild_id, project_id)
    zone = await bot.service(ProjectService).zone(place, project)
    due_at = when.parse(due, zone=zone, now=bot.clock.now(), end_of_day=True)
    _, deadline, ahead = await bot.service(DeadlineService).add(
        place, project.id, title=title, due_at=due_at
    )
    await replies.send(interaction, cards.deadline_added(deadline, ahead), public=True)
    events.project_changed(bot, project.id)


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
    await replies.send(interaction, cards.deadline_moved(moved, before, reason), public=True)
    events.project_changed(bot, project.id)


async def close_deadline(
    interaction: Interaction, deadline_id: int, state: ProjectDeadlineState
) -> None:
    """Mark a project's deadline done or dropped, and tell everybody."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    project, deadline = await bot.service(DeadlineService).close(place, deadline_id, state)
    await replies.send(
        interaction,
        f"{theme.DONE} {theme.person(place.user_id)} marked "
        f"**{theme.one_line(deadline.title, 120)}** {deadline.state}.",
        public=True,
    )
    events.project_changed(bot, project.id)


BUTTONS = (AddDeadlineButton, DeadlineDoneButton, DeadlineDropButton, DeadlineMoveButton)
"""The controls that outlive a restart."""
