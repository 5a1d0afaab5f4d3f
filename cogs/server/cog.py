"""The commands `/cohort` and `/group`."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot import when
from bot.client import CohortBot, Interaction
from bot.delivery import Content
from bot.ui.report import answered
from cogs.server import cards, guide
from cogs.server.groups import GroupService
from cogs.server.service import ServerService
from cogs.server.views import SetupPanel, group_buttons, settings_embed
from data.server import GroupId
from data.states import CardKind

ZONE_HINT = "A time zone such as Europe/London"
GROUP_HINT = "Which group; without it, the one of this channel"


class ServerCommands(commands.GroupCog, group_name="cohort", name="server"):
    """Set Cohort up, and find your way."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(ServerService)

    @app_commands.command(description="Set Cohort up in this server, and see what is missing")
    @app_commands.describe(
        timezone=ZONE_HINT,
        organisers="The role whose holders may make groups and schedules",
        announcements="Where news for the whole server goes",
        boards="The forum or channel where project boards go",
    )
    @answered
    async def setup(
        self,
        interaction: Interaction,
        timezone: str | None = None,
        organisers: discord.Role | None = None,
        announcements: discord.TextChannel | None = None,
        boards: discord.ForumChannel | discord.TextChannel | None = None,
    ) -> None:
        """Save what is given; with nothing given, show a panel to choose in."""
        place = await self.bot.places.of(interaction)
        await self.service.set_up(
            place,
            timezone=timezone,
            organiser_role_id=organisers.id if organisers else None,
            announcements_channel_id=announcements.id if announcements else None,
            boards_channel_id=boards.id if boards else None,
        )
        embed = await settings_embed(interaction)
        if timezone or organisers or announcements or boards:
            await interaction.response.send_message(embed=embed, ephemeral=True)
        else:
            await interaction.response.send_message(embed=embed, view=SetupPanel(), ephemeral=True)

    @app_commands.command(description="What there is, and where you stand")
    @app_commands.describe(topic="What you want to know about")
    @answered
    async def help(self, interaction: Interaction, topic: str | None = None) -> None:
        """Show a topic, or where the person stands and what to do next."""
        if topic is not None:
            await interaction.response.send_message(embed=guide.topic(topic), ephemeral=True)
            return
        place = await self.bot.places.of(interaction)
        standing = await self.service.standing(place)
        embed = cards.standing(standing, organiser=place.organiser)
        await interaction.response.send_message(embed=embed, ephemeral=True)

    @setup.autocomplete("timezone")
    async def _zones(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return zone_choices(typed)

    @help.autocomplete("topic")
    async def _topics(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return guide.choices(typed)


class GroupCommands(commands.GroupCog, group_name="group", name="groups"):
    """Study groups, each in a channel of its own."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(GroupService)
        bot.cards.render_with(CardKind.GROUP, self.render)

    @app_commands.command(description="Make a group in this channel (organisers)")
    @app_commands.describe(
        name="What the group is called",
        focus="What it gathers around: a course, a paper, a library",
        channel="Where it lives; without it, this channel",
        timezone=ZONE_HINT + "; without it, the server's",
    )
    @answered
    async def create(
        self,
        interaction: Interaction,
        name: str,
        focus: str,
        channel: discord.TextChannel | None = None,
        timezone: str | None = None,
    ) -> None:
        """Make a group and post its card."""
        place = await self.bot.places.of(interaction)
        group = await self.service.create(
            place,
            channel_id=channel.id if channel else place.channel_id,
            name=name,
            focus=focus,
            timezone=timezone,
        )
        await self.bot.cards.answer(interaction, CardKind.GROUP, group.id, group.channel_id)

    @app_commands.command(description="Join a group")
    @app_commands.describe(group=GROUP_HINT)
    @answered
    async def join(self, interaction: Interaction, group: str | None = None) -> None:
        """Become a member."""
        place = await self.bot.places.of(interaction)
        joined = await self.service.join(place, await self.bot.places.group(place, group))
        await interaction.response.send_message(cards.welcome(joined), ephemeral=True)
        self.bot.dispatch("group_changed", joined.id)

    @app_commands.command(description="Leave a group")
    @app_commands.describe(group=GROUP_HINT)
    @answered
    async def leave(self, interaction: Interaction, group: str | None = None) -> None:
        """Stop being a member."""
        place = await self.bot.places.of(interaction)
        left = await self.service.leave(place, await self.bot.places.group(place, group))
        await interaction.response.send_message(cards.goodbye(left), ephemeral=True)
        self.bot.dispatch("group_changed", left.id)

    @app_commands.command(description="Show a group: its focus, members and what is coming")
    @app_commands.describe(group=GROUP_HINT)
    @answered
    async def show(self, interaction: Interaction, group: str | None = None) -> None:
        """Show the card, to the person who asked."""
        place = await self.bot.places.of(interaction)
        shown = await self.bot.places.group(place, group)
        content = await self.render(shown.id)
        await interaction.response.send_message(**content.for_sending(), ephemeral=True)

    @join.autocomplete("group")
    @leave.autocomplete("group")
    @show.autocomplete("group")
    async def _groups(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.bot.places.group_choices(interaction, typed)

    @create.autocomplete("timezone")
    async def _zones(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return zone_choices(typed)

    @commands.Cog.listener()
    async def on_group_changed(self, group_id: GroupId) -> None:
        """Bring a group's card up to date."""
        self.bot.cards.refresh(CardKind.GROUP, group_id)

    async def render(self, group_id: int) -> Content:
        """Return a group's card."""
        view = await self.service.view(group_id)
        return cards.group(view, group_buttons(group_id))


def zone_choices(typed: str) -> list[app_commands.Choice[str]]:
    """Return time zones for autocomplete."""
    return [app_commands.Choice(name=name, value=name) for name in when.zone_choices(typed)]
