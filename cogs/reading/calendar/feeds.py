"""Serves calendars to everybody who has their address."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import discord
import structlog

from bot.client import CohortBot
from bot.net.web import Document
from bot.place import Place
from cogs.reading.calendar import rules
from cogs.reading.calendar.service import CalendarService, Followed
from data.reading.feeds import FeedId
from data.server.groups import Group

log = structlog.stdlib.get_logger(__name__)

FOLDER = "calendar"


class CalendarFeeds:
    """Gives out addresses, and answers those who follow them."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._calendars = bot.service(CalendarService)
        self._asked: dict[FeedId, datetime] = {}
        bot.web.serve(FOLDER, ".ics", self.find)

    async def address(
        self, place: Place, group: Group | None, *, renew: bool = False
    ) -> str | None:
        """Return where somebody follows a group's meetings, or their own; None where nowhere."""
        if not self._bot.web.is_public:
            return None
        secret = await self._calendars.secret(place, group, renew=renew)
        return self._bot.web.address(FOLDER, secret)

    async def find(self, secret: str) -> Document | None:
        """Return the calendar that a secret opens, or None."""
        followed = await self._calendars.followed(secret)
        if followed is None or not await self._may_follow(followed):
            return None
        # Off the loop: the clock changes of a zone are computed for each file.
        from cogs.reading.calendar import ics  # with a library that few starts need

        body = await asyncio.to_thread(ics.write, followed.name, followed.entries)
        return Document(body, "text/calendar; charset=utf-8", "cohort.ics")

    async def _may_follow(self, followed: Followed) -> bool:
        """Whether the follower is still in the server, and can read the group's channel.

        Discord announces neither. All feeds of somebody who has left end; those of a server that
        removed the bot wait. When Discord can't be asked, nothing has changed.
        """
        feed = followed.feed
        now = self._bot.clock.now()
        asked = self._asked.get(feed.id)
        if asked is not None and timedelta() <= now - asked < rules.STILL_THERE:
            return True
        try:
            guild = await self._server(feed.guild_id)
            member = await self._bot.roster.find(guild, feed.user_id) if guild else None
            if guild is not None and member is None:
                await self._calendars.left_server(feed)
            if member is None or not await self._may_read(member, followed.channel_id):
                return False
        except discord.HTTPException as error:
            log.info("a member could not be asked for", reason=str(error))
        self._asked[feed.id] = now
        return True

    async def _server(self, guild_id: int) -> discord.Guild | None:
        """Return a server, also one that another process is told of; None where the bot is out."""
        guild = self._bot.get_guild(guild_id)
        if guild is not None:
            return guild
        try:
            return await self._bot.fetch_guild(guild_id, with_counts=False)
        except (discord.Forbidden, discord.NotFound):
            return None

    async def _may_read(self, member: discord.Member, channel_id: int | None) -> bool:
        """Whether somebody can read a group's channel; an organiser may know what is in each."""
        guild = member.guild
        channel = guild.get_channel(channel_id) if channel_id is not None else None
        if channel is None and channel_id is not None and self._bot.get_guild(guild.id) is None:
            channels = {one.id: one for one in await guild.fetch_channels()}
            channel = channels.get(channel_id)
        if channel is None or channel.permissions_for(member).view_channel:
            return True
        server = await self._bot.store.fetch(lambda tx: tx.servers.get(member.guild.id))
        organises = any(role.id == server.organiser_role_id for role in member.roles)
        return organises or member.guild_permissions.manage_guild
