"""Keeps a server event for each meeting, and asks when somebody changed one by hand."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import structlog
from discord import ui
from discord.ext import commands
from msgspec import Struct

from bot.base import when
from bot.base.errors import StoreUnavailable, Undeliverable
from bot.client import CohortBot
from bot.discord_codes import Code, reason
from bot.jobs.cards import AWAY
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardButtons
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.card_view import MeetingView
from cogs.reading.meetings.posting import destinations
from cogs.reading.meetings.rules import is_link
from cogs.reading.meetings.service import MeetingService
from cogs.reading.mentions import mentioning
from cogs.reading.server_events.views import FollowButton, PutBackButton
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.reading.meetings import Meeting

log = structlog.stdlib.get_logger(__name__)

PARTS = {"name": "the name", "end_time": "the end", "location": "the place"}

NAME_LIMIT = 100

PLACE_LIMIT = 100

READINGS_LIMIT = 800
"""How many characters of an event's description, which has 1000, are for what is read."""


class Wanted(Struct, frozen=True):
    """How a server event should be: in a voice or stage channel, or elsewhere."""

    name: str
    start_time: datetime
    end_time: datetime
    location: str
    channel: discord.VoiceChannel | discord.StageChannel | None

    def arguments(self) -> dict[str, Any]:
        """Return the arguments for making or editing it."""
        times = {"name": self.name, "start_time": self.start_time, "end_time": self.end_time}
        if self.channel is None:
            external = discord.EntityType.external
            return {**times, "entity_type": external, "location": self.location}
        stage = isinstance(self.channel, discord.StageChannel)
        kind = discord.EntityType.stage_instance if stage else discord.EntityType.voice
        return {**times, "entity_type": kind, "channel": self.channel}

    def differences(self, event: discord.ScheduledEvent) -> list[str]:
        """Return what differs in an event, by the event's own names."""
        found = [
            name
            for name in ("name", "start_time", "end_time")
            if getattr(event, name) != getattr(self, name)
        ]
        here = event.channel_id == (self.channel.id if self.channel else None)
        if not here or (self.channel is None and event.location != self.location):
            found.append("location")
        return found


class ServerEvents(commands.Cog, name="server events"):
    """Keeps a server event for each meeting, where the bot may."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(MeetingService)
        bot.deadlines.on(DeadlineKind.READING_MIRROR, self.mirror)

    async def mirror(self, deadline: Deadline, late: timedelta) -> None:
        """Bring a meeting's event in line with the meeting.

        Raises Undeliverable when Discord refuses, so that the reason is shown to organisers.
        """
        view = await self.service.view(deadline.subject_id)
        meeting, guild = view.meeting, self._guild(view.meeting)
        if guild is None:
            return
        try:
            if meeting.cancelled_at is not None or _is_private(guild, view.group.channel_id):
                await self._delete(guild, meeting)
            elif meeting.starts_at <= view.now:
                return  # Discord makes no event in the past
            elif meeting.event_id is not None:
                await self._edit(guild, view, meeting.event_id)
            else:
                # What was made before, once there was a thread, may not have been told of yet.
                before = deadline.attempts > 1 or meeting.thread_id is not None
                event = await self._make(guild, view, again=before)
                await self.service.mirrored(meeting, event.id)
        except discord.HTTPException as error:
            if error.code == Code.TOO_MANY_EVENTS:
                raise Undeliverable(
                    "the server has 100 events, as many as Discord allows; delete some"
                ) from error
            if error.code == Code.MISSING_PERMISSIONS:
                raise Undeliverable(
                    "the server's events: I'm not allowed to change them (Create Events)"
                ) from error
            if error.status in (400, 403, 404):
                raise Undeliverable(f"the server's events: {reason(error)}") from error
            raise

    @commands.Cog.listener()
    async def on_meeting_posted(self, view: MeetingView) -> None:
        """Make the event of a meeting that was posted just now; failing that, its deadline does."""
        meeting, guild = view.meeting, self._guild(view.meeting)
        if guild is None or _is_private(guild, view.group.channel_id):
            return
        if meeting.event_id is not None or not meeting.is_open(view.now):
            return  # it has its event, and only lacked its thread
        try:
            async with asyncio.timeout(meeting_rules.POSTED_WITHIN.total_seconds()):
                event = await self._make(guild, view, again=False)
            await self.service.mirrored_at_once(meeting, event.id)
        except (discord.HTTPException, StoreUnavailable, *AWAY) as error:
            log.info("an event is made later", meeting=meeting.id, reason=str(error))

    def _guild(self, meeting: Meeting) -> discord.Guild | None:
        """Return a meeting's server, if it is to have server events."""
        guild = self.bot.get_guild(meeting.guild_id)
        # No permission, no event: it is a convenience, and `/cohort setup` says what is missing.
        if guild is None or not guild.me.guild_permissions.create_events:
            return None
        return guild

    async def _make(
        self, guild: discord.Guild, view: MeetingView, *, again: bool
    ) -> discord.ScheduledEvent:
        """Make a meeting's event, or return the one that was made before, where ``again``."""
        known = guild.scheduled_events
        if again:
            known = await guild.fetch_scheduled_events(with_counts=False)
        return await self._standing(known, guild, view) or await guild.create_scheduled_event(
            **self._wanted(guild, view).arguments(),
            description=_description(view),
            privacy_level=discord.PrivacyLevel.guild_only,
        )

    async def _edit(self, guild: discord.Guild, view: MeetingView, event_id: int) -> None:
        wanted, description = self._wanted(guild, view), _description(view)
        event = await guild.fetch_scheduled_event(event_id, with_counts=False)
        # Each edit tells everybody who is interested, so there is none without a difference.
        if wanted.differences(event) or event.description != description:
            arguments = wanted.arguments()
            if wanted.channel is None:
                arguments["channel"] = None  # it may have been in a voice channel so far
            await event.edit(**arguments, description=description)

    def _wanted(self, guild: discord.Guild, view: MeetingView) -> Wanted:
        """Return what a meeting's event shows of it."""
        meeting = view.meeting
        voice = guild.get_channel(meeting.voice_id or 0)
        channel = guild.get_channel(view.group.channel_id)
        location = meeting.location
        if location is None or (is_link(location) and len(location) > PLACE_LIMIT):
            # A link is shown whole or not at all; the description has room for a longer one.
            location = f"#{channel.name}" if channel else view.group.name
        return Wanted(
            name=theme.clip(meeting.title, NAME_LIMIT),
            start_time=meeting.starts_at,
            end_time=meeting.ends_at,
            location=theme.clip(location, PLACE_LIMIT),
            channel=voice
            if isinstance(voice, discord.VoiceChannel | discord.StageChannel)
            else None,
        )

    async def _standing(
        self,
        known: Sequence[discord.ScheduledEvent],
        guild: discord.Guild,
        view: MeetingView,
    ) -> discord.ScheduledEvent | None:
        """Return the event that an earlier attempt made, after which the process ended.

        It points at the card or, made before that, is of the same name, time and place.
        """
        wanted = self._wanted(guild, view)
        for event in known:
            same = not {"name", "start_time", "location"} & set(wanted.differences(event))
            points = view.card is not None and view.card.url in (event.description or "")
            if (
                (same or points)
                and event.creator_id == guild.me.id
                and event.status is discord.EventStatus.scheduled
                and await self.service.of_event(guild.id, event.id) is None
            ):
                return event
        return None

    async def _delete(self, guild: discord.Guild, meeting: Meeting) -> None:
        if meeting.event_id is None:
            return
        try:
            event = await guild.fetch_scheduled_event(meeting.event_id, with_counts=False)
            await event.delete()
        except discord.NotFound:
            log.info("an event was gone already", meeting=meeting.id)
        # Last: until then the deadline is pending, and would do all of it again.
        await self.service.mirrored(meeting, None)

    # What others do to the events

    @commands.Cog.listener()
    async def on_servers_back(self, guild_ids: Sequence[int]) -> None:
        """Catch up with what was done to servers' events while the bot was not listening."""
        self.bot.background.spawn(self.catch_up(guild_ids), "catch up with events")

    async def catch_up(self, guild_ids: Sequence[int]) -> None:
        """Compare every event with its meeting."""
        for meeting in await self.service.mirrors(guild_ids):
            guild = self.bot.get_guild(meeting.guild_id)
            if guild is None or guild.unavailable or not guild.me.guild_permissions.create_events:
                continue
            event_id = meeting.event_id or 0
            await self._look(guild, meeting.id, event_id, guild.get_scheduled_event(event_id))

    @commands.Cog.listener()
    async def on_scheduled_event_update(
        self, before: discord.ScheduledEvent, after: discord.ScheduledEvent
    ) -> None:
        """Ask what becomes of a meeting when somebody changed its event by hand."""
        meeting = await self.service.of_event(after.guild_id, after.id)
        guild = self.bot.get_guild(after.guild_id)
        if meeting is not None and guild is not None:
            await self._look(guild, meeting.id, after.id, after)

    @commands.Cog.listener()
    async def on_scheduled_event_delete(self, event: discord.ScheduledEvent) -> None:
        """Ask what becomes of a meeting whose event somebody deleted."""
        meeting = await self.service.of_event(event.guild_id, event.id)
        guild = self.bot.get_guild(event.guild_id)
        if meeting is not None and guild is not None:
            await self._look(guild, meeting.id, event.id, None)

    async def _look(
        self,
        guild: discord.Guild,
        meeting_id: int,
        event_id: int,
        told: discord.ScheduledEvent | None,
    ) -> None:
        """Ask what becomes of a meeting, if its event is not as we made it.

        What Discord ``told`` us of the event may be older than our last change of it, so we ask
        Discord before we ask a person. Changes of our own are not anybody's doing.
        """
        view = await self.service.view(meeting_id)
        if told is not None and not self._is_changed(told, guild, view):
            return
        if await self.service.of_event(guild.id, event_id) is None:
            return
        try:
            event = await guild.fetch_scheduled_event(event_id, with_counts=False)
        except discord.NotFound:
            event = None
        except discord.HTTPException as error:
            log.warning("an event cannot be seen", meeting=meeting_id, reason=str(error))
            return
        since = await self.service.view(meeting_id)
        # The meeting was changed while Discord was asked: that change brings the event in line
        # itself.
        if self._wanted(guild, since) != self._wanted(guild, view):
            return
        if event is None or event.status is discord.EventStatus.cancelled:
            await self._deleted(since.meeting, event_id)
        elif self._is_changed(event, guild, since):
            await self._changed(since.meeting, event, self._wanted(guild, since).differences(event))

    def _is_changed(
        self, event: discord.ScheduledEvent, guild: discord.Guild, view: MeetingView
    ) -> bool:
        """Whether an event was cancelled, or differs from its meeting, before the meeting began."""
        if event.status is discord.EventStatus.cancelled:
            return True
        differs = bool(self._wanted(guild, view).differences(event))
        return differs and event.status is discord.EventStatus.scheduled

    async def _changed(
        self, meeting: Meeting, event: discord.ScheduledEvent, differences: list[str]
    ) -> None:
        moment = event.start_time.astimezone(UTC).replace(microsecond=0)
        if moment != meeting.starts_at:
            await self._ask(
                meeting,
                f"moved/{int(moment.timestamp())}",
                f"Somebody moved the server's event to {when.stamp(moment)}. The meeting still is "
                f"on {when.stamp(meeting.starts_at)}.",
                [FollowButton(meeting.id, int(moment.timestamp())), PutBackButton(meeting.id)],
            )
            return
        what = " and ".join(PARTS[name] for name in differences if name in PARTS)
        shown = "/".join(f"{getattr(event, name)}:{event.channel_id}" for name in differences)
        await self._ask(
            meeting,
            f"changed/{hashlib.blake2b(shown.encode(), digest_size=8).hexdigest()}",
            f"Somebody changed {what} of the server's event. The meeting is as it was; "
            "`/meeting edit` changes it.",
            [PutBackButton(meeting.id)],
        )

    async def _deleted(self, meeting: Meeting, event_id: int) -> None:
        await self.service.mirrored(meeting, None)
        if meeting.cancelled_at is not None:
            return  # then we deleted it ourselves, or it doesn't matter
        await self._ask(
            meeting,
            f"deleted/{event_id}",
            f"Somebody deleted the server's event. The meeting still is on "
            f"{when.stamp(meeting.starts_at)}; `/meeting cancel` cancels it.",
            [PutBackButton(meeting.id)],
        )

    async def _ask(
        self, meeting: Meeting, key: str, text: str, buttons: list[ui.Item[Any]]
    ) -> None:
        """Ask those who run a meeting, in its thread."""
        view = await self.service.view(meeting.id)
        asked = mentioning(f"{theme.CALENDAR} {text}", meeting_rules.leads_of(meeting))
        content = Content(text=asked.text, mentions=asked.mentions, view=CardButtons(*buttons))
        to = destinations(meeting, view.group.channel_id)
        try:
            await self.bot.delivery.send(
                f"reading/event/{meeting.id}/{key}", meeting.guild_id, content, to
            )
        except Undeliverable as error:
            log.warning("nobody could be asked", meeting=meeting.id, reason=error.sentence)


def _is_private(guild: discord.Guild, channel_id: int) -> bool:
    """Whether a channel is hidden from some members: a server event is shown to all of them."""
    channel = guild.get_channel(channel_id)
    everyone = guild.default_role
    return (
        channel is not None
        and everyone.permissions.view_channel
        and not channel.permissions_for(everyone).view_channel
    )


def _description(view: MeetingView) -> str:
    lines: list[str] = []
    read = [f"{theme.one_line(one.title, 300)} {one.url or ''}".strip() for one in view.readings]
    if read:
        lines.append(theme.lines([f"We read: {read[0]}", *read[1:]], READINGS_LIMIT))
    where = view.meeting.location or ""
    if is_link(where) and PLACE_LIMIT < len(where) <= READINGS_LIMIT - sum(map(len, lines)):
        lines.insert(0, f"Where: {where}")
    if view.card is not None:
        lines.append(f"Answer here: {view.card.url}")
    return "\n".join(lines) or view.group.name
