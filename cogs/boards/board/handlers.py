"""Keeps boards true: their cards and threads follow the rows, whatever happens in Discord."""

from __future__ import annotations

from datetime import timedelta

import discord
from discord.ext import commands

from bot import events
from bot.client import CohortBot
from bot.jobs.delivery import Content
from cogs.boards.board import cards
from cogs.boards.board.service import BoardService, BoardView
from cogs.boards.board.threads import BoardThreads
from cogs.boards.board.views import board_buttons
from cogs.boards.tasks.views import task_button, task_menu
from data.boards.projects import Project
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.states import CardKind


class BoardEvents(commands.Cog):
    """Renders boards, and hears what happens to them, their threads and their channels."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(BoardService)
        self.threads = BoardThreads(bot)
        bot.cards.render_with(CardKind.BOARD, self.service.view_in, self.render)
        bot.deadlines.on(DeadlineKind.BOARDS_OPEN, self.open)
        bot.deadlines.on(DeadlineKind.BOARDS_TOUCHED, self.touched)

    def render(self, view: BoardView) -> Content:
        """Return a board's card."""
        still_open = [task for task in view.tasks if not task.is_done]
        menu = task_menu(view.project, still_open)
        return cards.board(
            view, board_buttons(view.project, claims=bool(view.standings)), task_button, menu
        )

    async def open(self, deadline: Deadline, late: timedelta) -> None:
        """Make the thread of a board that has none."""
        project = await self.service.by_id(deadline.subject_id)
        if project.thread_id is None:
            await self.threads.open(project, again=True)

    async def touched(self, deadline: Deadline, late: timedelta) -> None:
        """Note and show what happened in a project elsewhere, such as a commitment kept."""
        project = await self.service.touched(deadline.guild_id, deadline.subject_id)
        events.project_changed(self.bot, project.id)

    @commands.Cog.listener()
    async def on_project_changed(self, project_id: int) -> None:
        """Bring a board up to date."""
        self.bot.cards.refresh(CardKind.BOARD, project_id)

    @commands.Cog.listener()
    async def on_project_state_changed(self, project: Project) -> None:
        """Show a project's state on its board, its thread, its tag and the group's card."""
        self.bot.cards.refresh(CardKind.BOARD, project.id)
        if project.group_id is not None:
            events.group_used(self.bot, project.group_id)
        # Discord refuses edits in an archived thread, so the card comes before the thread.
        await self.bot.cards.flush()
        await self.threads.follow(project)

    @commands.Cog.listener()
    async def on_paper_described(self, paper_id: int) -> None:
        """Show a paper's title and authors on the boards about it."""
        for project in await self.service.about_paper(paper_id):
            self.bot.cards.refresh(CardKind.BOARD, project.id)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Post a board's card again when somebody deletes it."""
        await self._deleted(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Post a board's card again when it is deleted with many other messages."""
        for message_id in payload.message_ids:
            await self._deleted(message_id)

    @commands.Cog.listener()
    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """Open the thread of a living board again when Discord archives it for inactivity."""
        state: dict[str, object] = payload.data.get("thread_metadata", {})  # pyright: ignore[reportAssignmentType]
        if state.get("archived") is not True:
            return
        project = await self.service.in_thread(payload.guild_id, payload.thread_id)
        if project is not None:
            await self.threads.keep_open(project)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Make a board's thread again when somebody deletes it."""
        await self.service.lost(payload.guild_id, payload.thread_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Make boards again elsewhere when the channel that held them is deleted."""
        await self.service.lost_channel(channel.guild.id, channel.id)

    async def _deleted(self, message_id: int) -> None:
        card = await self.bot.store.fetch(lambda tx: tx.cards.at(message_id))
        if card is not None and card.kind is CardKind.BOARD:
            self.bot.cards.refresh(CardKind.BOARD, card.subject_id)
