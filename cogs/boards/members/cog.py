"""The commands of `/project` about who takes part."""

from __future__ import annotations

import discord
from discord import app_commands

from bot import events
from bot.base.errors import InvalidInput
from bot.base.use_limits import INVITE, Use
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies, theme, use_limits
from bot.ui.command_groups import SubjectCog
from cogs.boards.board.threads import BoardThreads
from cogs.boards.command_groups import PROJECT
from cogs.boards.members import cards
from cogs.boards.members.service import MemberService
from cogs.boards.members.views import HandOver, JoinButton, join
from cogs.boards.projects.options import with_project
from cogs.boards.projects.service import ProjectService
from data.boards.projects import Project


class MemberCommands(SubjectCog, group=PROJECT):
    """Joining, leaving, inviting others, and leading."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.projects = bot.service(ProjectService)
        self.service = bot.service(MemberService)
        self.threads = BoardThreads(bot)

    @app_commands.command(description="Join a project")
    @with_project(own=False)
    async def join(self, interaction: Interaction, place: Place, project: Project) -> None:
        """Become a member, or ask to."""
        await join(interaction, project.id)

    @app_commands.command(description="Leave a project; others can then take your open tasks")
    @with_project()
    async def leave(self, interaction: Interaction, place: Place, project: Project) -> None:
        """Stop being a member; a lead says first who leads next."""
        if await self.service.has_to_hand_over(place, project.id):
            await replies.send(
                interaction, cards.who_leads_next(project), view=HandOver(project.id)
            )
            return
        left = await self.service.leave(place, project.id)
        await replies.send(interaction, cards.goodbye(left))
        events.project_left(self.bot, left, place.user_id)

    @app_commands.command(description="Invite somebody to a project (members)")
    @app_commands.describe(person="Who you invite")
    @with_project()
    async def invite(
        self, interaction: Interaction, place: Place, project: Project, person: discord.Member
    ) -> None:
        """Ask somebody in the board's thread; the mention brings them there."""
        if person.bot:
            raise InvalidInput("Bots cannot join. Invite a person.")
        invited = await self.service.invite(place, project.id, person.id)
        await use_limits.take(interaction, [Use(INVITE, (project.id, person.id))])
        content = cards.invitation(invited, place.user_id, person.id, JoinButton(project.id))
        if place.thread_id == invited.thread_id:
            await replies.send(interaction, content, public=True)
            return
        await interaction.response.defer(ephemeral=True)
        await self.threads.post(invited, f"board/{project.id}/invite/{interaction.id}", content)
        await replies.send(
            interaction, f"{theme.person(person.id)} is invited, in <#{invited.thread_id}>."
        )

    @app_commands.command(description="Hand a project over to another member (its lead)")
    @app_commands.describe(person="The member who leads from now on")
    @with_project()
    async def lead(
        self, interaction: Interaction, place: Place, project: Project, person: discord.Member
    ) -> None:
        """Make a member the lead."""
        handed = await self.service.hand_over(place, project.id, person.id)
        await replies.send(interaction, cards.leads(handed, person.id), public=True)
        events.project_changed(self.bot, project.id)
