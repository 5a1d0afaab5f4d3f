"""The commands `/project`, and what keeps the boards true."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import CohortBot, Interaction
from bot.delivery import Content
from bot.errors import Conflict, Undeliverable, UserError
from bot.place import Place
from bot.ui.report import answered, report
from cogs.boards import cards
from cogs.boards.choosing import PROJECT_HINT, Choices, Choosing
from cogs.boards.deadlines import DeadlineCommands
from cogs.boards.reminders import Reminders
from cogs.boards.service import ProjectService
from cogs.boards.tasks import TaskCommands
from cogs.boards.threads import BoardThreads
from cogs.boards.views import JoinButton, board_buttons, task_button
from data.boards import Project
from data.server import Group
from data.states import CardKind

CAPACITY = 100
"""The largest number of members that a project may be limited to."""


HTTP_SERVER_ERROR = 500
"""From this status on it is Discord that failed, and trying again later helps."""


class ProjectCommands(commands.GroupCog, group_name="project", name="boards"):
    """Papers that are replicated together, each on a board of its own."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(ProjectService)
        self.choosing = Choosing(bot)
        self.threads = BoardThreads(bot)
        self.reminders = Reminders(bot, self.threads)
        bot.cards.render_with(CardKind.BOARD, self.render)
        group = self.app_command
        assert group is not None  # noqa: S101 - this cog is a group
        group.add_command(TaskCommands(bot))
        group.add_command(DeadlineCommands(bot))

    @app_commands.command(description="Propose a paper to replicate: opens a board for it")
    @app_commands.describe(
        paper="An arXiv id, a DOI, a link, or a title",
        title="What the project is called",
        summary="What you want to find out, and how",
        skills="What you are looking for, between commas: PyTorch, writing",
        capacity="How many people it can take",
        group="The group that it belongs to; without it, the one of this channel",
    )
    @answered
    async def propose(
        self,
        interaction: Interaction,
        paper: str,
        title: str,
        summary: str | None = None,
        skills: str | None = None,
        capacity: app_commands.Range[int, 1, CAPACITY] | None = None,
        group: str | None = None,
    ) -> None:
        """Write the project down, open its board, and tell this channel."""
        place = await self.bot.places.of(interaction)
        belongs = await self._group(place, group)
        project = await self.service.propose(
            place,
            group=belongs,
            paper=paper,
            title=title,
            summary=summary,
            skills=skills,
            capacity=capacity,
        )
        # Only the person sees this wait: what goes wrong is for their eyes alone.
        await interaction.response.defer(ephemeral=True)
        try:
            opened = await self.threads.open(project)
        except Undeliverable as error:
            await self.service.withdraw(project)
            refusal = Conflict(
                f"I could not open a board: {error.sentence}. An organiser can let me there, or "
                "choose another place with `/cohort setup boards:`. Then propose it again."
            )
            typed = [paper, title, summary or "", skills or ""]
            await report(interaction, refusal, typed="\n".join(filter(None, typed)))
            return
        except (discord.HTTPException, OSError) as error:
            if isinstance(error, discord.HTTPException) and error.status < HTTP_SERVER_ERROR:
                await self.service.withdraw(project)
                raise
            await interaction.followup.send(
                f"“{project.title}” is saved, but Discord is not answering well just now. I open "
                "its board as soon as it does.",
                ephemeral=True,
            )
            return
        await interaction.followup.send(cards.opened(opened), ephemeral=True)
        content = cards.proposed(opened, place.user_id, JoinButton(opened.id))
        await interaction.followup.send(**content.for_sending())
        if opened.paper_id is not None:
            self.bot.library.look_up(opened.paper_id, opened.guild_id)
        if opened.group_id is not None:
            self.bot.dispatch("group_changed", opened.group_id)

    @app_commands.command(description="Join a project")
    @app_commands.describe(project=PROJECT_HINT)
    @answered
    async def join(self, interaction: Interaction, project: str | None = None) -> None:
        """Become a member."""
        place = await self.bot.places.of(interaction)
        meant = await self.service.meant(place, project, own=False)
        joined = await self.service.join(place, meant.id)
        await interaction.response.send_message(cards.welcome(joined), ephemeral=True)
        self.bot.dispatch("project_joined", joined, place.user_id)

    @propose.autocomplete("group")
    async def _groups(self, interaction: Interaction, typed: str) -> Choices:
        return await self.bot.places.group_choices(interaction, typed)

    @join.autocomplete("project")
    async def _projects(self, interaction: Interaction, typed: str) -> Choices:
        return await self.choosing.projects(interaction, typed)

    @commands.Cog.listener()
    async def on_project_joined(self, project: Project, user_id: int) -> None:
        """Bring a new member into the thread, and show them on the board."""
        await self.threads.welcome(project, user_id)
        self.bot.dispatch("project_changed", project.id)

    @commands.Cog.listener()
    async def on_project_changed(self, project_id: int) -> None:
        """Bring a board up to date."""
        self.bot.cards.refresh(CardKind.BOARD, project_id)

    @commands.Cog.listener()
    async def on_paper_described(self, paper_id: int) -> None:
        """Show what was learned of a paper on the boards about it."""
        for project in await self.service.about_paper(paper_id):
            self.bot.cards.refresh(CardKind.BOARD, project.id)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Post a board's card anew when somebody deletes it."""
        async with self.bot.store.read() as tx:
            card = await tx.cards.at(payload.message_id)
        if card is not None and card.kind is CardKind.BOARD:
            self.bot.cards.refresh(CardKind.BOARD, card.subject_id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Make a board's thread anew when somebody deletes it."""
        await self.service.lost(payload.guild_id, payload.thread_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Make boards anew elsewhere when the channel that held them is deleted."""
        await self.service.lost_channel(channel.guild.id, channel.id)

    async def render(self, project_id: int) -> Content:
        """Return a board's card."""
        view = await self.service.view(project_id)
        return cards.board(view, board_buttons(view.project), task_button)

    async def _group(self, place: Place, given: str | None) -> Group | None:
        """Return the group that a new project belongs to; a project may belong to none."""
        if given is not None:
            return await self.bot.places.group(place, given)
        try:
            return await self.bot.places.group(place)
        except UserError:
            return None
