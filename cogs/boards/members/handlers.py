"""What a project's thread hears about its people: who asks to join, who came, who left."""

from __future__ import annotations

from discord.ext import commands

from bot import events
from bot.client import CohortBot
from cogs.boards.board.threads import BoardThreads
from cogs.boards.members import cards
from cogs.boards.members.service import Answered, Left
from cogs.boards.members.views import JoinButton, LeadButton, request_buttons
from data.boards.projects import Project


class MemberEvents(commands.Cog):
    """Hears who asks to join a project, who joins it and who leaves it."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.threads = BoardThreads(bot)

    @commands.Cog.listener()
    async def on_project_asked(self, asked: Answered) -> None:
        """Put a request to join to the lead, in the board's thread."""
        content = cards.request(asked, request_buttons(asked.request))
        await self.threads.post(asked.project, f"board/request/{asked.request.id}", content)

    @commands.Cog.listener()
    async def on_project_joined(self, project: Project, user_id: int) -> None:
        """Bring a new member into the thread, and show them on the board."""
        await self.threads.welcome(project, user_id)
        events.project_changed(self.bot, project.id)

    @commands.Cog.listener()
    async def on_project_left(self, left: Left, user_id: int) -> None:
        """Show that somebody left, and offer what they leave: their place, or the lead."""
        project = left.project
        events.project_changed(self.bot, project.id)
        if project.archived_at is not None:
            return
        key = f"board/{project.id}/left/{user_id}/{int(self.bot.clock.now().timestamp())}"
        if left.led:
            content = cards.lead_free(left, LeadButton(project.id))
            await self.threads.post(project, f"{key}/lead", content)
        if left.was_full or left.roles:
            content = cards.place_free(left, JoinButton(project.id))
            await self.threads.post(project, key, content)
