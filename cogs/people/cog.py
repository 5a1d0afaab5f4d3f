"""The command `/profile`."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.base import wording
from bot.base.errors import InvalidInput
from bot.client import CohortBot, Interaction
from bot.ui.controls import CardButtons
from bot.ui.report import answered
from cogs.people import cards, portfolio_cards
from cogs.people.introducing import IntroduceButton
from cogs.people.service import (
    IntroductionService,
    PersonalService,
    PortfolioService,
    ProfileService,
)
from cogs.people.views import (
    AskToForget,
    ProfileForm,
    ShareButton,
    forget_question,
    own_profile,
)
from cogs.people.wording import LOOKING_FOR
from data.states import Nudges, Purpose


class ProfileCommands(commands.GroupCog, group_name="profile", name="people"):
    """What you say of yourself, and what is yours."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(ProfileService)

    @app_commands.command(description="Say who you are, when you are free, and who may see it")
    @answered
    async def set(self, interaction: Interaction) -> None:
        """Open the form."""
        await ProfileForm.open(interaction)

    @app_commands.command(description="Your profile, or what somebody shows of theirs")
    @app_commands.describe(person="Whose; without it, your own")
    @answered
    async def show(self, interaction: Interaction, person: discord.Member | None = None) -> None:
        """Show a profile to the person who asked."""
        place = await self.bot.places.of(interaction)
        user_id = person.id if person else place.user_id
        shown = await self.service.shown(place, user_id)
        own = user_id == place.user_id
        if own:
            embed, view = await own_profile(interaction, place, shown)
            await interaction.response.send_message(embed=embed, view=view, ephemeral=True)
            return
        levels = await self.service.levels(place.guild_id)
        embed = cards.profile(shown, levels, own=False)
        await interaction.response.send_message(embed=embed, ephemeral=True)

    @app_commands.command(description="How you are reminded, when not, and who sees your streak")
    @app_commands.describe(
        how="Where you are reminded of a check-in that you have not posted yet",
        quiet_from="From when on you are not to be disturbed, for example 22:00",
        quiet_until="Until when, for example 8:00; `off` for no quiet hours",
        streak="Whether others may see your streak",
    )
    @app_commands.choices(
        how=[
            app_commands.Choice(name="by direct message", value="direct"),
            app_commands.Choice(name="by a mention in a thread", value="thread"),
            app_commands.Choice(name="not at all", value="none"),
        ],
        streak=[
            app_commands.Choice(name="show it", value="show"),
            app_commands.Choice(name="hide it", value="hide"),
        ],
    )
    @answered
    async def notify(
        self,
        interaction: Interaction,
        how: str | None = None,
        quiet_from: str | None = None,
        quiet_until: str | None = None,
        streak: str | None = None,
    ) -> None:
        """Change what is given, and show all of it."""
        place = await self.bot.places.of(interaction)
        own = await self.service.notify(
            place,
            how=Nudges(how) if how else None,
            quiet_from=quiet_from,
            quiet_until=quiet_until,
            streak_hidden=streak == "hide" if streak else None,
        )
        await interaction.response.send_message(
            embed=cards.reminders(own, place.zone()), ephemeral=True
        )

    @app_commands.command(description="People who are open to it, and why you fit")
    @app_commands.describe(purpose="What you look for; without it, what you are open to yourself")
    @app_commands.rename(purpose="for")
    @app_commands.choices(
        purpose=[
            app_commands.Choice(name=LOOKING_FOR[one], value=one.value)
            for one in (
                Purpose.PAIR,
                Purpose.POD,
                Purpose.PROJECT,
                Purpose.MENTORED,
                Purpose.MENTORING,
            )
        ]
    )
    @answered
    async def match(self, interaction: Interaction, purpose: str | None = None) -> None:
        """List who fits, to the person who asked."""
        place = await self.bot.places.of(interaction)
        found = await self.bot.service(IntroductionService).find(
            place, Purpose(purpose) if purpose else None
        )
        buttons: dict[int, discord.ui.Item[Any]] = {
            match.profile.user_id: IntroduceButton(found.purpose.value, match.profile.user_id)
            for match in found.matches[: cards.MATCHES_SHOWN]
        }
        await interaction.response.send_message(
            view=cards.matches(found, buttons),
            ephemeral=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )

    @app_commands.command(description="What you did here, with its evidence: to keep, or to share")
    @app_commands.describe(person="Whose, where they share it; without it, your own")
    @answered
    async def portfolio(
        self, interaction: Interaction, person: discord.Member | None = None
    ) -> None:
        """Show a portfolio and its files, to the person who asked."""
        place = await self.bot.places.of(interaction)
        user_id = person.id if person else place.user_id
        view = await self.bot.service(PortfolioService).view(place, user_id)
        own = user_id == place.user_id
        if view.portfolio.is_empty:
            raise InvalidInput(
                "There is nothing in it yet. What you post, attend, lead, run and review in this "
                "server gathers here by itself."
                if own
                else f"{wording.person(user_id)} has nothing in theirs yet."
            )
        server = interaction.guild.name if interaction.guild else "Cohort"
        embed = portfolio_cards.embed(view, own=own)
        now = self.bot.clock.now()
        files = await asyncio.to_thread(portfolio_cards.files, view, server, now)
        if not own:
            await interaction.response.send_message(embed=embed, files=files, ephemeral=True)
            return
        button = ShareButton("keep" if view.shared else "share")
        await interaction.response.send_message(
            embed=embed, files=files, view=CardButtons(button), ephemeral=True
        )

    @app_commands.command(description="Everything that I have of you in this server, as a file")
    @answered
    async def export(self, interaction: Interaction) -> None:
        """Send the file to the person alone."""
        place = await self.bot.places.of(interaction)
        await interaction.response.defer(ephemeral=True)
        whole = await self.bot.service(PersonalService).export(place)
        await interaction.followup.send(
            "This is everything that names you here, from every table. Times are UTC. What "
            "organisers noted on whom to keep apart is left out: it is about others too.",
            file=discord.File(io.BytesIO(whole), "cohort-my-data.json"),
            ephemeral=True,
        )

    @app_commands.command(description="Erase everything of yours in this server")
    @answered
    async def forget(self, interaction: Interaction) -> None:
        """Say what that does, and ask."""
        await interaction.response.send_message(
            embed=forget_question(), view=AskToForget(), ephemeral=True
        )
