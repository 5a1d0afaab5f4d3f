"""The command `/group`."""

from __future__ import annotations

from contextlib import suppress

import discord
from discord import app_commands

from bot import events
from bot.base import when
from bot.client import CohortBot, Interaction
from bot.place import only_organisers
from bot.ui import replies, theme
from bot.ui.command_groups import SubjectCog
from bot.ui.controls import CardButtons
from bot.ui.permissions import missing_in, readers_know
from bot.ui.report import reports_errors
from cogs.server.command_groups import GROUP, GROUP_HINT, ZONE_HINT, zone_choices
from cogs.server.groups import cards
from cogs.server.groups.options import group_home
from cogs.server.groups.service import GroupService
from cogs.server.groups.views import (
    confirm_archive_group,
    group_buttons,
    guild_of,
    next_step_buttons,
    welcome,
)
from data.across.homes import OF_CARDS
from data.delivery.cards import Card, delivery_key
from data.reading.meetings import MeetingId
from data.server.groups import Group
from data.states import CardKind

MOVED = "moved"
"""What a thread is called that a group left behind in a channel that others read."""


class GroupCommands(SubjectCog, group=GROUP):
    """Study groups, each in a channel of its own."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(GroupService)

    @app_commands.command(description="Make a group in this channel (organisers)")
    @app_commands.describe(
        name="What the group is called",
        focus="What it works on: a course, a paper, a library",
        channel="Where it lives; without it, this channel",
        timezone=ZONE_HINT + "; without it, the server's",
    )
    @reports_errors
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
        only_organisers(place, "make a group")
        home = group_home(
            guild_of(interaction),
            channel.id if channel else place.channel_id,
            in_thread=channel is None and place.thread_id is not None,
        )
        group = await self.service.create(
            place, channel_id=home.id, name=name, focus=focus, timezone=timezone
        )
        await self.bot.cards.answer(interaction, CardKind.GROUP, group.id, group.channel_id)
        lacking = missing_in(home, home.guild.me)
        await replies.send(
            interaction,
            self.bot.command_mentions.in_text(
                cards.next_steps(group, place.group_zone(group), lacking)
            ),
            view=CardButtons(*next_step_buttons(group.id)),
        )

    @app_commands.command(description="Join a group")
    @app_commands.describe(group=GROUP_HINT)
    @reports_errors
    async def join(self, interaction: Interaction, group: str | None = None) -> None:
        """Become a member."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        await welcome(interaction, await self.service.join(place, meant))

    @app_commands.command(description="Leave a group")
    @app_commands.describe(group=GROUP_HINT)
    @reports_errors
    async def leave(self, interaction: Interaction, group: str | None = None) -> None:
        """Stop being a member."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group, leaving=True)
        left = await self.service.leave(place, meant)
        await replies.send(interaction, cards.goodbye(left))
        events.group_changed(self.bot, left.id)

    @app_commands.command(description="Show a group: its focus, members and what is coming")
    @app_commands.describe(group=GROUP_HINT)
    @reports_errors
    async def show(self, interaction: Interaction, group: str | None = None) -> None:
        """Show the card, to the person who asked."""
        place = await self.bot.places.of(interaction)
        shown = await self.bot.places.group(place, group)
        content = cards.group(await self.service.view(shown.id), group_buttons(shown.id))
        await replies.send(interaction, content)

    @app_commands.command(description="Be away for a while: no nudges, no broken streak")
    @app_commands.describe(until="Until when: for example 2026-12-24, in 2 weeks", group=GROUP_HINT)
    @reports_errors
    async def pause(self, interaction: Interaction, until: str, group: str | None = None) -> None:
        """Begin a pause, or change its end."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        ends = when.parse(until, zone=place.zone(meant), now=self.bot.clock.now(), end_of_day=True)
        await self.service.pause(place, meant, ends)
        await replies.send(interaction, cards.paused(meant, ends))
        events.group_changed(self.bot, meant.id)

    @app_commands.command(description="End your pause")
    @app_commands.describe(group=GROUP_HINT)
    @reports_errors
    async def resume(self, interaction: Interaction, group: str | None = None) -> None:
        """End a pause before its time."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        round_ = await self.service.resume(place, meant)
        await replies.send(interaction, cards.resumed(meant, round_))
        events.group_changed(self.bot, meant.id)

    @app_commands.command(description="Change a group's name, focus, time zone or channel")
    @app_commands.describe(
        name="What the group is called",
        focus="What it works on",
        timezone=ZONE_HINT,
        group=GROUP_HINT,
        channel="Where it lives from now on",
        ask_unanswered="Whether members who have not answered a meeting are asked, once",
    )
    @reports_errors
    async def edit(
        self,
        interaction: Interaction,
        name: str | None = None,
        focus: str | None = None,
        timezone: str | None = None,
        group: str | None = None,
        channel: discord.TextChannel | None = None,
        ask_unanswered: bool | None = None,
    ) -> None:
        """Change what is given."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        only_organisers(place, "change a group")
        home = group_home(guild_of(interaction), channel.id) if channel else None
        done = await self.service.edit(
            place,
            meant,
            name=name,
            focus=focus,
            timezone=timezone,
            channel_id=home.id if home else None,
            asks_unanswered=ask_unanswered,
        )
        if done.moved:
            await self._move_card(interaction, done.group)
        else:
            await replies.send(interaction, cards.edited(done))
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
            await self._move_others(guild_of(interaction), old.channel_id, group)

    async def _move_others(self, guild: discord.Guild, left_id: int, group: Group) -> None:
        """Take the group's other cards along where people could read them who may no longer.

        Elsewhere they stay where the conversation about them is.
        """
        if readers_know(guild, left_id, group.channel_id):
            return
        threads = [one.id for one in guild.threads if one.parent_id == left_id]
        async with self.bot.store.read() as tx:
            there = [
                card
                for channel_id in (left_id, *threads)
                for card in await tx.cards.in_channel(guild.id, channel_id)
            ]
            cards_of_group: list[Card] = []
            for card in there:
                home = await tx.homes.of(OF_CARDS[card.kind], card.subject_id, 0)
                if home is not None and home.channel_id == group.channel_id:
                    cards_of_group.append(card)
        for card in cards_of_group:
            await self._close_thread(guild, card)
            # What was in a thread is laid out again with the thread.
            to = group.channel_id if card.channel_id == left_id else None
            await self.bot.cards.move(card, to)

    async def _close_thread(self, guild: discord.Guild, card: Card) -> None:
        """Take the title off the thread under a card, and forget it: a new one opens elsewhere.

        What people wrote in it stays theirs.
        """
        thread = guild.get_thread(card.message_id)  # it has the id of the message it is under
        if thread is None:
            return
        if card.kind is CardKind.MEETING:
            await self.bot.store.write(
                lambda tx: tx.meetings.edit(MeetingId(card.subject_id), thread_id=None)
            )
        with suppress(discord.HTTPException):
            await thread.edit(name=MOVED, archived=True)

    @app_commands.command(description="End a group; all of it stays (organisers)")
    @app_commands.describe(group=GROUP_HINT)
    @reports_errors
    async def archive(self, interaction: Interaction, group: str | None = None) -> None:
        """Ask before a group is archived."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        only_organisers(place, "archive a group")
        await replies.send(
            interaction,
            f"Archive **{theme.escape(meant.name)}**? Its rounds, prompts and reminders stop; what "
            "was posted stays, and you can bring it back.",
            view=confirm_archive_group(meant.id),
        )

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
