"""What a board has behind “More …”: one's own part, all tasks, its links, and its settings."""

from __future__ import annotations

from typing import Any

from discord import ui

from bot.base.errors import UserError
from bot.client import Interaction
from bot.ui.controls import CardButton, CardButtons
from cogs.boards.board import cards
from cogs.boards.links.service import LinkService
from cogs.boards.links.views import LinkMenu, link_options
from cogs.boards.members.service import MemberService
from cogs.boards.members.views import JoinButton, RoleMenu, role_options
from cogs.boards.projects.service import ProjectService
from cogs.boards.projects.views import SettingsButton, UpdateButton
from cogs.boards.tasks.views import AddTaskButton, TaskPageButton
from data.boards.projects import Project
from data.states import ProjectRole


class MoreButton(CardButton, template=r"board:more:(?P<project_id>\d{1,18})"):
    """Shows what else can be done with a board."""

    def __init__(self, project_id: int) -> None:
        super().__init__(f"board:more:{project_id}", label="More …")
        self.project_id = project_id

    async def pressed(self, interaction: Interaction) -> None:
        """Show it, to the person who asked."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project, member = await bot.service(MemberService).membership(place, self.project_id)
        try:
            await bot.service(ProjectService).check_may_lead(place, self.project_id)
            leads = True
        except UserError:
            leads = False
        items: list[ui.Item[Any]] = [TaskPageButton(project.id, 0)]
        if project.archived_at is None:
            if member is not None:
                items.append(UpdateButton(project.id))
            if leads:
                items.append(SettingsButton(project.id))
            if member is not None:
                items.append(
                    RoleMenu(project.id, role_options(tuple(ProjectRole), member.roles or ()))
                )
            links = await bot.service(LinkService).of_project(project)
            if links:
                items.append(LinkMenu(project.id, link_options(links)))
        await interaction.response.send_message(
            cards.more(project, leads=leads), view=CardButtons(*items), ephemeral=True
        )


def board_buttons(project: Project) -> list[ui.Item[Any]]:
    """Return the buttons for the whole board."""
    return [JoinButton(project.id), AddTaskButton(project.id), MoreButton(project.id)]


BUTTONS = (MoreButton,)
"""The controls that outlive a restart."""
