"""The commands `/profile set`, `show` and `notify`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.command_arguments import with_place
from bot.ui.command_groups import SubjectCog
from bot.ui.report import reports_errors
from cogs.people.command_groups import PROFILE
from cogs.people.profiles import cards
from cogs.people.profiles.service import ProfileService
from cogs.people.profiles.views import ProfileForm, own_profile
from data.states import Nudges

HOW = [
    app_commands.Choice(name="by direct message", value="direct"),
    app_commands.Choice(name="by a mention in a thread", value="thread"),
    app_commands.Choice(name="not at all", value="none"),
]
STREAK = [
    app_commands.Choice(name="show it", value="show"),
    app_commands.Choice(name="hide it", value="hide"),
]
VOICE = [
    app_commands.Choice(name="note me", value="yes"),
    app_commands.Choice(name="leave me out", value="no"),
]


class ProfileCommands(SubjectCog, group=PROFILE):
    """What people say about themselves."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(ProfileService)

    @app_commands.command(description="Say who you are, when you are free, and who may see it")
    @reports_errors
    async def set(self, interaction: Interaction) -> None:
        """Open the form."""
        await ProfileForm().show(interaction)

    @app_commands.command(description="Your profile, or what somebody shows of theirs")
    @app_commands.describe(person="Whose; without it, your own")
    @with_place
    async def show(
        self, interaction: Interaction, place: Place, person: discord.Member | None = None
    ) -> None:
        """Show a profile to the person who asked."""
        user_id = person.id if person else place.user_id
        shown = await self.service.shown(place, user_id)
        if user_id == place.user_id:
            embed, view = await own_profile(interaction, place, shown)
            await replies.send(interaction, embed=embed, view=view)
            return
        levels = await self.service.levels(place.guild_id)
        embed = cards.profile(shown, levels, own=False)
        await replies.send(interaction, embed=embed)

    @app_commands.command(description="How you are reminded, when not, and who sees your streak")
    @app_commands.describe(
        how="Where I remind you of a check-in that you have not posted yet",
        quiet_from="From when on I leave you alone, for example 22:00",
        quiet_until="Until when, for example 8:00; `off` for no quiet hours",
        streak="Whether others may see your streak",
        voice="Whether being in a meeting's voice channel notes you as there",
    )
    @app_commands.choices(how=HOW, streak=STREAK, voice=VOICE)
    @with_place
    async def notify(
        self,
        interaction: Interaction,
        place: Place,
        how: str | None = None,
        quiet_from: str | None = None,
        quiet_until: str | None = None,
        streak: str | None = None,
        voice: str | None = None,
    ) -> None:
        """Change what is given, and show all of it."""
        own = await self.service.notify(
            place,
            how=Nudges(how) if how else None,
            quiet_from=quiet_from,
            quiet_until=quiet_until,
            streak_hidden=streak == "hide" if streak else None,
            voice_uncounted=voice == "no" if voice else None,
        )
        embed = cards.reminders(own, place.zone())
        await replies.send(interaction, embed=embed)
