"""The commands `/cohort` and `/group`."""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import timedelta

import discord
from discord import app_commands
from discord.ext import commands
from discord.utils import MISSING

from bot import events
from bot.base import when
from bot.base.errors import Conflict
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardButtons
from bot.ui.direct_messages import note_to, tell
from bot.ui.report import answered
from cogs.server import cards, guide, rules
from cogs.server.groups import RESUME, GroupService
from cogs.server.health import missing_permissions, page
from cogs.server.service import ServerService
from cogs.server.views import (
    ConfirmArchive,
    DismissButton,
    RetryButton,
    SetupPanel,
    group_buttons,
    settings_embed,
)
from data.delivery.cards import delivery_key
from data.delivery.deadlines import Deadline
from data.server.groups import Group, GroupId
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

    @app_commands.command(description="What is due next, what failed, and what is missing")
    @answered
    async def health(self, interaction: Interaction) -> None:
        """Show how deliveries are doing, with what can be done about failures."""
        place = await self.bot.places.of(interaction)
        health = await self.service.health(place)
        assert interaction.guild is not None  # noqa: S101 - our commands are used in servers
        missing = missing_permissions(
            interaction.guild, await self.service.channels_in_use(health.server)
        )
        view = CardButtons(RetryButton(), DismissButton()) if health.failed else MISSING
        await interaction.response.send_message(
            embed=page(health, missing, await self.bot.backups.state()), view=view, ephemeral=True
        )

    @app_commands.command(description="Everything this server has in Cohort, as JSON and CSV")
    @answered
    async def export(self, interaction: Interaction) -> None:
        """Send the archive to the person who asked."""
        place = await self.bot.places.of(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        archive = await self.service.export(place)
        limit = interaction.filesize_limit
        if len(archive) > limit:
            raise Conflict(
                f"The archive has {len(archive) >> 20} MiB, more than Discord takes here. Whoever "
                f"runs the bot can write it with `cohort export --guild {place.guild_id} FILE`."
            )
        name = f"cohort-{self.bot.clock.now():%Y-%m-%d}.zip"
        await interaction.followup.send(
            "Everything that Cohort keeps of this server. It holds what people wrote: keep it "
            "as you would keep their messages.",
            file=discord.File(io.BytesIO(archive), name),
            ephemeral=True,
        )

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
        bot.deadlines.on(RESUME, self.end_pause)

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
        events.group_changed(self.bot, joined.id)

    @app_commands.command(description="Leave a group")
    @app_commands.describe(group=GROUP_HINT)
    @answered
    async def leave(self, interaction: Interaction, group: str | None = None) -> None:
        """Stop being a member."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group, leaving=True)
        left = await self.service.leave(place, meant)
        await interaction.response.send_message(cards.goodbye(left), ephemeral=True)
        events.group_changed(self.bot, left.id)

    @app_commands.command(description="Show a group: its focus, members and what is coming")
    @app_commands.describe(group=GROUP_HINT)
    @answered
    async def show(self, interaction: Interaction, group: str | None = None) -> None:
        """Show the card, to the person who asked."""
        place = await self.bot.places.of(interaction)
        shown = await self.bot.places.group(place, group)
        content = await self.render(shown.id)
        await interaction.response.send_message(**content.for_sending(), ephemeral=True)

    @app_commands.command(description="Be away for a while: no nudges, no broken streak")
    @app_commands.describe(until="Until when: for example 2026-12-24, in 2 weeks", group=GROUP_HINT)
    @answered
    async def pause(self, interaction: Interaction, until: str, group: str | None = None) -> None:
        """Begin a pause, or change its end."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        ends = when.parse(until, zone=place.zone(meant), now=self.bot.clock.now(), end_of_day=True)
        await self.service.pause(place, meant, ends)
        await interaction.response.send_message(cards.paused(meant, ends), ephemeral=True)
        events.group_changed(self.bot, meant.id)

    @app_commands.command(description="End your pause")
    @app_commands.describe(group=GROUP_HINT)
    @answered
    async def resume(self, interaction: Interaction, group: str | None = None) -> None:
        """End a pause before its time."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        round_ = await self.service.resume(place, meant)
        await interaction.response.send_message(cards.resumed(meant, round_), ephemeral=True)
        events.group_changed(self.bot, meant.id)

    @app_commands.command(description="Change a group's name, focus, time zone or channel")
    @app_commands.describe(
        name="What the group is called",
        focus="What it gathers around",
        timezone=ZONE_HINT,
        group=GROUP_HINT,
        channel="Where it lives from now on",
    )
    @answered
    async def edit(
        self,
        interaction: Interaction,
        name: str | None = None,
        focus: str | None = None,
        timezone: str | None = None,
        group: str | None = None,
        channel: discord.TextChannel | None = None,
    ) -> None:
        """Change what is given."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        done = await self.service.edit(
            place,
            meant,
            name=name,
            focus=focus,
            timezone=timezone,
            channel_id=channel.id if channel else None,
        )
        if done.moved:
            await self._move_card(interaction, done.group)
        else:
            await interaction.response.send_message(cards.edited(done), ephemeral=True)
        events.group_changed(self.bot, meant.id)

    async def _move_card(self, interaction: Interaction, group: Group) -> None:
        """Post a group's card in its new channel, and take the old one away."""
        async with self.bot.store.transaction() as tx:
            old = await tx.cards.get(CardKind.GROUP, group.id)
            await tx.cards.forget(CardKind.GROUP, group.id)
            # It may have stood there before.
            key = delivery_key(CardKind.GROUP, group.id, group.channel_id)
            await tx.deliveries.forget(key)
        await self.bot.cards.answer(interaction, CardKind.GROUP, group.id, group.channel_id)
        if old is not None:
            message = self.bot.delivery.message(old.channel_id, old.message_id, old.guild_id)
            with suppress(discord.Forbidden, discord.NotFound):
                await message.delete()

    @app_commands.command(description="End a group; all of it stays (organisers)")
    @app_commands.describe(group=GROUP_HINT)
    @answered
    async def archive(self, interaction: Interaction, group: str | None = None) -> None:
        """Ask before a group is archived."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        rules.only_organisers(place, "archive a group")
        await interaction.response.send_message(
            f"Archive **{theme.plain(meant.name)}**? Its rounds, prompts and reminders stop; what "
            "was posted stays, and you can bring it back.",
            view=ConfirmArchive(meant.id),
            ephemeral=True,
        )

    async def end_pause(self, deadline: Deadline, late: timedelta) -> None:
        """Welcome somebody back whose pause is over."""
        back = await self.service.back(deadline.subject_id, deadline.occurrence)
        user_id = back.profile.user_id
        content = note_to(user_id, cards.resumed(back.group, back.round))
        key = f"{deadline.key}/{int(deadline.due_at.timestamp())}"
        await tell(self.bot, key, back.profile, content, [back.group.channel_id])
        events.group_changed(self.bot, back.group.id)

    @join.autocomplete("group")
    @pause.autocomplete("group")
    @resume.autocomplete("group")
    @edit.autocomplete("group")
    @archive.autocomplete("group")
    @show.autocomplete("group")
    async def _groups(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.bot.places.group_choices(interaction, typed)

    @leave.autocomplete("group")
    async def _left(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.bot.places.group_choices(interaction, typed, leaving=True)

    @create.autocomplete("timezone")
    @edit.autocomplete("timezone")
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
