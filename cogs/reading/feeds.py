"""Serves calendars to whoever has their address."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import discord
import structlog

from bot.client import CohortBot
from bot.place import Place
from bot.web import Document
from cogs.reading import calendars
from cogs.reading.calendars import CalendarService
from data.feeds import Feed, FeedId
from data.server import Group

log = structlog.stdlib.get_logger(__name__)

FOLDER = "calendar"

STILL_THERE = timedelta(hours=6)
"""How often it is looked whether who follows a calendar is still in the server."""


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
        if followed is None or await self._has_left(followed.feed):
            return None
        # Off the loop: the clock changes of a zone are computed anew for each file.
        body = await asyncio.to_thread(calendars.write, followed.name, followed.entries)
        return Document(body, "text/calendar; charset=utf-8", "cohort.ics")

    async def _has_left(self, feed: Feed) -> bool:
        """Whether who follows has left the server, which Discord does not tell; ends their feeds.

        When Discord cannot be asked, they are taken to be there still.
        """
        now = self._bot.clock.now()
        guild = self._bot.get_guild(feed.guild_id)
        asked = self._asked.get(feed.id)
        if guild is None or (asked is not None and now - asked < STILL_THERE):
            return False
        try:
            await guild.fetch_member(feed.user_id)
        except discord.NotFound:
            await self._calendars.left_server(feed)
            return True
        except discord.HTTPException as error:
            log.info("a member could not be asked for", reason=str(error))
        self._asked[feed.id] = now
        return False
