"""The commands `/pod`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.place import Place, only_organisers
from bot.ui import replies, theme
from bot.ui.command_arguments import with_group
from bot.ui.command_groups import SubjectCog
from bot.ui.controls import CardButtons
from cogs.people.command_groups import POD
from cogs.people.pods import cards
from cogs.people.pods.rules import LEAST, MOST, USUAL
from cogs.people.pods.service import PodService
from cogs.people.pods.views import PageButton, confirm_dissolve, controls, refresh
from data.server.groups import Group


class PodCommands(SubjectCog, group=POD):
    """Small circles inside a group, each with a thread of its own."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(PodService)

    @app_commands.command(description="Propose pods for a group, to look at first (organisers)")
    @app_commands.describe(
        size=f"How many people in each; {USUAL} if you don't say",
        together="Who belongs together, by mentions: @ada @ben, @cleo @dan; or none",
        apart="Who to keep apart, in the same way; remembered until you say none",
    )
    @with_group(before="together")
    async def form(
        self,
        interaction: Interaction,
        place: Place,
        group: Group,
        size: app_commands.Range[int, LEAST, MOST] = USUAL,
        together: str | None = None,
        apart: str | None = None,
    ) -> None:
        """Match the members, and show the result to the organiser alone."""
        await interaction.response.defer(ephemeral=True)
        proposal = await self.service.propose(
            place, group, size=size, together=together, apart=apart
        )
        await replies.send(interaction, embed=cards.proposal(proposal, 0), view=controls(proposal))

    @app_commands.command(description="The pods of a group, your own first")
    @with_group()
    async def show(self, interaction: Interaction, place: Place, group: Group) -> None:
        """Show them to the person who asked."""
        shown = await self.service.pods_of(group)
        look = PageButton(group.id, 0, label="Look at the proposal")
        await replies.send(
            interaction,
            embed=cards.pods(shown, place.user_id),
            view=CardButtons(look) if place.organiser and shown.proposed else None,
        )

    @app_commands.command(description="Swap two people between pods (organisers)")
    @app_commands.describe(person="One of the two", other="The other")
    @with_group()
    async def swap(
        self,
        interaction: Interaction,
        place: Place,
        group: Group,
        person: discord.Member,
        other: discord.Member,
    ) -> None:
        """Swap them, in the proposal where there is one."""
        changed = await self.service.swap(place, group, person.id, other.id)
        refresh(self.bot, changed)
        await replies.send(interaction, cards.swapped(changed))

    @app_commands.command(description="End a group's pods; you can undo it (organisers)")
    @with_group()
    async def dissolve(self, interaction: Interaction, place: Place, group: Group) -> None:
        """Ask before they end."""
        only_organisers(place, "dissolve pods")
        count = await self.service.dissolvable(group)
        await replies.send(
            interaction,
            f"Dissolve {theme.count(count, 'pod')} of **{theme.escape(group.name)}**?",
            view=confirm_dissolve(group.id),
        )
