"""How commands name groups, meetings and series."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Optional, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import discord
from discord import app_commands

from bot.base import when
from bot.base.choices import Offered
from bot.base.errors import Conflict, NotFound
from bot.base.recurrence import Cadence
from bot.base.wording import one_line
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui.command_arguments import GroupOption
from bot.ui.options import choices, offer
from bot.ui.places import OfGroup
from cogs.reading.meetings.rules import Where
from cogs.reading.meetings.service import MeetingService
from cogs.reading.series.service import SeriesService
from data.reading.meetings import Meeting, Series
from data.server.groups import Group

OptionalGroup = Optional[GroupOption]  # noqa: UP045 - it is made by a call, and takes no |
"""An optional group: leaving it out does not mean this channel's."""

Choices: TypeAlias = "list[app_commands.Choice[str]]"

T = TypeVar("T", bound=OfGroup)

MEETING_HINT = "Which meeting"

WHEN_HINT = "For example tue 19:00, 2026-12-01 18:00, in 3 days"

REPEATS = [
    app_commands.Choice(name="not at all", value=Cadence.NONE.value),
    app_commands.Choice(name="every week", value=Cadence.WEEKLY.value),
    app_commands.Choice(name="every two weeks", value=Cadence.FORTNIGHTLY.value),
    app_commands.Choice(name="every month, on the same weekday", value=Cadence.MONTHLY.value),
]


class MeetingPicker:
    """Finds the meetings and series that a person names in a command, and offers them."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._service = bot.service(MeetingService)
        self._series = bot.service(SeriesService)

    async def group_here(self, place: Place, given: str | None) -> Group | None:
        """Return the group that was named, else this channel's, if there is one."""
        if given is not None:
            return await self._bot.places.group(place, given)
        return await self._bot.store.fetch(
            lambda tx: tx.groups.in_channel(place.guild_id, place.channel_id)
        )

    async def known(self, place: Place, things: Iterable[T]) -> list[T]:
        """Return those that the person may know about, this channel's group first."""
        here = place.here.id if place.here is not None else None
        seen = await self._bot.places.seen(place, things)
        return sorted(seen, key=lambda one: one.group_id != here)

    async def coming(self, place: Place, given: str) -> Meeting:
        """Return the coming meeting that was picked or typed.

        Raises NotFound, Conflict for one that has begun or has no card yet, and InvalidInput where
        several have the title.
        """
        found = await self.known(place, await self._service.coming(place.guild_id))
        missing: NotFound | None = None
        here = place.here.id if place.here is not None else None
        for some in ([one for one in found if one.group_id == here], found):
            try:
                return _offered(some).named(given)
            except NotFound as error:
                missing = error
        explained = await self._explained(place, given)
        raise explained or missing or AssertionError("both lists were looked through")

    async def _explained(self, place: Place, given: str) -> Conflict | None:
        """Say why what was typed is not coming, where there is a meeting or a series of it."""
        try:
            begun = await self.recent(place, given)
        except NotFound:
            later = await self._series.later(place.guild_id)
            wanted = given.strip().casefold()
            for series, occurrence in later:
                if series.title.casefold() == wanted and await self.known(place, [series]):
                    return Conflict(
                        f"“{one_line(series.title)}” is next on "
                        f"{when.stamp(occurrence.starts_at)}, and can be changed once it has its "
                        "card. `/meeting skip` leaves that day out."
                    )
            return None
        return Conflict(
            f"“{one_line(begun.title)}” began {when.stamp(begun.starts_at, 'R')}, so it stays as "
            "it is. `/meeting attended` and `/meeting notes` keep what came of it."
        )

    async def recent(self, place: Place, given: str) -> Meeting:
        """Return the meeting of the last weeks that was picked or typed; raises NotFound.

        Of several with the title it is the latest that has begun.
        """
        found = await self._service.recent(place.guild_id)
        return _offered(await self.known(place, found), first=True).named(given)

    async def shown(self, place: Place, given: str) -> Meeting:
        """Return a meeting, coming or begun, that was picked or typed; raises NotFound."""
        return _offered(await self._shown(place), first=True).named(given)

    async def _shown(self, place: Place) -> list[Meeting]:
        """Return what can be shown: what is coming, the soonest first, and then what has begun."""
        return await self.known(place, await self._service.shown(place.guild_id))

    async def coming_choices(self, interaction: Interaction, typed: str) -> Choices:
        """Offer what is coming, the soonest first."""
        place = await self._bot.places.of(interaction)
        found = await self.known(place, await self._service.coming(place.guild_id))
        return offer(typed, _offered(found))

    async def recent_choices(self, interaction: Interaction, typed: str) -> Choices:
        """Offer what has begun, the latest first, and then what is coming."""
        place = await self._bot.places.of(interaction)
        found = await self.known(place, await self._service.recent(place.guild_id))
        return offer(typed, _offered(found))

    async def shown_choices(self, interaction: Interaction, typed: str) -> Choices:
        """Offer what can be shown."""
        return offer(typed, _offered(await self._shown(await self._bot.places.of(interaction))))

    async def series(self, place: Place, given: str) -> Series:
        """Return the series that was picked or typed.

        Raises NotFound, and InvalidInput where several have the title.
        """
        return (await self._offered_series(place)).named(given)

    async def series_choices(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the series that have not ended."""
        return offer(typed, await self._offered_series(await self._bot.places.of(interaction)))

    async def _offered_series(self, place: Place) -> Offered[Series]:
        found = await self.known(place, await self._series.of_server(place.guild_id))
        return Offered(found, "series", apart=lambda one: one.rule.describe())


def _offered(meetings: Sequence[Meeting], *, first: bool = False) -> Offered[Meeting]:
    """Return meetings to choose from; with ``first`` a title means the first that has it."""
    return Offered(
        meetings,
        "meeting",
        apart=lambda one: f"{one.starts_at:%d %b %H:%M} UTC",
        same=lambda one: True if first else one.series_id or -one.id,
    )


def where_in(interaction: Interaction, text: str | None) -> Where:
    """Return the place that was picked or typed: a voice or stage channel, a link, or words.

    A channel is picked from the list, mentioned, or typed by its name.
    """
    wanted = (text or "").strip()
    for channel in _voice_channels(interaction):
        if wanted.casefold() in (
            channel.mention,
            f"#{channel.name.casefold()}",
            channel.name.casefold(),
        ):
            return Where(f"#{channel.name}", channel.id)
    return Where(text)


def where_choices(interaction: Interaction, typed: str) -> Choices:
    """Offer the voice and stage channels that the person can see, after what they typed."""
    entries = [(f"🔊 {one.name}", one.mention) for one in _voice_channels(interaction)]
    return choices(typed, entries)


def _voice_channels(interaction: Interaction) -> list[discord.VoiceChannel | discord.StageChannel]:
    guild, user = interaction.guild, interaction.user
    if guild is None or not isinstance(user, discord.Member):
        return []
    return [
        one
        for one in (*guild.voice_channels, *guild.stage_channels)
        if one.permissions_for(user).view_channel
    ]


def parse(text: str, zone: ZoneInfo, now: datetime) -> tuple[datetime, ZoneInfo]:
    """Return the instant that was typed, and the zone it was read in."""
    typed = when.read(text, zone=zone, now=now)
    return typed.at, typed.zone


def parse_day(text: str, zone: ZoneInfo, now: datetime) -> date:
    """Return the day that was typed, as it is called in the zone that was typed with it."""
    return when.read(text, zone=zone, now=now, end_of_day=True).day
