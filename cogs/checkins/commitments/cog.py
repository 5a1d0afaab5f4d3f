"""The command `/commitment`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.base import when
from bot.client import CohortBot, Interaction
from bot.ui import replies
from bot.ui.command_groups import SubjectCog
from bot.ui.controls import CardButtons
from bot.ui.pages import Pages
from bot.ui.places import choices, referred
from bot.ui.report import reports_errors
from cogs.checkins.command_groups import COMMITMENT, GROUP_HINT
from cogs.checkins.commitments import cards
from cogs.checkins.commitments import views as views
from cogs.checkins.commitments.service import CommitmentService
from cogs.checkins.task_links.service import TaskLinkService
from cogs.checkins.task_links.views import offer

COMMITMENT_HINT = "Which of your open commitments"


class CommitmentCommands(SubjectCog, group=COMMITMENT):
    """What you said you would do."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(CommitmentService)

    @app_commands.command(description="Commit to something, with a due time and a witness")
    @app_commands.describe(
        text="What you will do",
        due="By when: for example fri 18:00, in 3 days, 2026-12-01",
        witness="Who confirms that it is done",
        group=GROUP_HINT,
    )
    @reports_errors
    async def add(
        self,
        interaction: Interaction,
        text: str,
        due: str | None = None,
        witness: discord.Member | None = None,
        group: str | None = None,
    ) -> None:
        """Make a commitment."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        due_at = (
            when.parse(due, zone=place.zone(meant), now=self.bot.clock.now(), end_of_day=True)
            if due
            else None
        )
        witness_id = witness.id if witness and not witness.bot else None
        made = await self.service.add(place, meant, text=text, due_at=due_at, witness_id=witness_id)
        await replies.send(interaction, cards.added(made))
        alike = await self.bot.service(TaskLinkService).alike_one(made.commitment)
        await offer(interaction, alike)

    @app_commands.command(description="What you are committed to, and how it went so far")
    @app_commands.describe(group=GROUP_HINT)
    @reports_errors
    async def list(self, interaction: Interaction, group: str | None = None) -> None:
        """Show one's commitments in a group."""
        place = await self.bot.places.of(interaction)
        overview = await self.service.overview(place, await self.bot.places.group(place, group))
        pages = cards.overview(overview)
        if len(pages) > 1 or not overview.open:
            await Pages.show(interaction, pages)
            return
        await replies.send(interaction, embed=pages[0], view=views.DoneMenu(overview.open))

    @app_commands.command(description="Say that you did it")
    @app_commands.describe(commitment=COMMITMENT_HINT)
    @reports_errors
    async def done(self, interaction: Interaction, commitment: str) -> None:
        """Keep a commitment."""
        place = await self.bot.places.of(interaction)
        one = await self.service.named(place, commitment, referred(commitment))
        await views.keep(interaction, one.id)

    @app_commands.command(description="Let go of one, which is not failing")
    @app_commands.describe(commitment=COMMITMENT_HINT, reason="Why, if you like to say")
    @reports_errors
    async def drop(
        self, interaction: Interaction, commitment: str, reason: str | None = None
    ) -> None:
        """Drop a commitment."""
        place = await self.bot.places.of(interaction)
        one = await self.service.named(place, commitment, referred(commitment))
        view = await self.service.drop(place, one.id, reason)
        await replies.send(
            interaction,
            cards.dropped(view.commitment),
            view=CardButtons(views.ReopenButton(one.id)),
        )

    @add.autocomplete("group")
    @list.autocomplete("group")
    async def _groups(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.bot.places.group_choices(interaction, typed)

    @done.autocomplete("commitment")
    @drop.autocomplete("commitment")
    async def _open(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        assert interaction.guild_id is not None  # noqa: S101 - our commands are used in servers
        found = await self.service.open_of(interaction.guild_id, interaction.user.id)
        return choices(typed, views.offered(found))
