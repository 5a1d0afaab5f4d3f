"""The buttons of a board's card, and what is behind its ⋯."""

from __future__ import annotations

from typing import Any

from discord import ui

from bot.base.errors import UserError
from bot.client import Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.controls import CardButton, CardButtons
from cogs.boards.board import cards
from cogs.boards.claims.views import AddClaimButton, CompareButton, ImportButton
from cogs.boards.deadlines.views import AddDeadlineButton
from cogs.boards.links.service import LinkService
from cogs.boards.links.views import LinkMenu, link_options
from cogs.boards.members.service import MemberService
from cogs.boards.members.views import JoinButton, RoleMenu, role_options
from cogs.boards.projects.service import ProjectService
from cogs.boards.projects.views import SettingsButton, StateMenu, UpdateButton, state_options
from cogs.boards.reports.views import ReportButton
from cogs.boards.results.views import LogResultButton, TemplateButton
from cogs.boards.tasks.views import AddTaskButton, TaskPageButton
from data.boards.projects import Project
from data.states import ProjectRole


class MoreButton(CardButton, custom_id="board:more:{project_id}", label="⋯"):
    """Shows what else can be done with a board: what is rarer than the buttons on its card."""

    project_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show it, to the person who asked."""
        bot = interaction.client
        project, member = await bot.service(MemberService).membership(place, self.project_id)
        try:
            await bot.service(ProjectService).check_may_lead(place, self.project_id)
            leads = True
        except UserError:
            leads = False
        items: list[ui.Item[Any]] = [TaskPageButton(project.id, 0), ReportButton(project.id)]
        if project.archived_at is None:
            links = await bot.service(LinkService).of_project(project)
            if member is not None:
                items += _for_members(project)
            if leads:
                items.append(SettingsButton(project.id))
            if member is not None:
                chosen = role_options(tuple(ProjectRole), member.roles or ())
                items.append(RoleMenu(project.id, options=chosen))
            if links:
                items.append(LinkMenu(project.id, options=link_options(links)))
            if leads:
                items.append(StateMenu(project.id, options=state_options(project)))
        await replies.send(interaction, cards.more(project, leads=leads), view=CardButtons(*items))


def _for_members(project: Project) -> list[ui.Item[Any]]:
    return [
        UpdateButton(project.id),
        AddDeadlineButton(project.id),
        AddClaimButton(project.id),
        LogResultButton(project.id),
        CompareButton(project.id),
        ImportButton(project.id),
        TemplateButton(project.id),
    ]


def board_buttons(project: Project, *, claims: bool) -> list[ui.Item[Any]]:
    """Return the buttons for the whole board; without claims the first one is what comes next."""
    ledger = LogResultButton(project.id) if claims else AddClaimButton(project.id)
    return [JoinButton(project.id), AddTaskButton(project.id), ledger, MoreButton(project.id)]


BUTTONS = (MoreButton,)
"""The controls that outlive a restart."""
