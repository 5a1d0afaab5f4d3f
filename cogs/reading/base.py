"""What the commands of reading groups share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, TypeVar

from discord import app_commands
from discord.ext import commands

from bot.base import when
from bot.base.errors import Conflict, NotFound
from bot.base.wording import named
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import places
from bot.ui.places import OfGroup
from cogs.reading import choices
from cogs.reading.calendars import CalendarService
from cogs.reading.changes import ChangeService
from cogs.reading.curriculum import CurriculumService
from cogs.reading.feeds import CalendarFeeds
from cogs.reading.gathering import GatheringService
from cogs.reading.nominations import NominationService
from cogs.reading.polls import PollService
from cogs.reading.posting import Posting
from cogs.reading.proposals import ProposalService
from cogs.reading.reactions import Reactions
from cogs.reading.service import ReadingService
from data.reading.meetings import Meeting
from data.server.groups import Group

GROUP_HINT = "Which group; without it, the one of this channel"
Choices: TypeAlias = "list[app_commands.Choice[str]]"
T = TypeVar("T", bound=OfGroup)

MEETING_HINT = "Which meeting"
WHEN_HINT = "For example tue 19:00, 2026-12-01 18:00, in 3 days"


class ReadingBase(commands.Cog):
    """The bot, the services, and how meetings are named."""

    bot: CohortBot
    service: ReadingService
    changes: ChangeService
    gatherings: GatheringService
    nominations: NominationService
    polls: PollService
    proposals: ProposalService
    calendars: CalendarService
    feeds: CalendarFeeds
    curricula: CurriculumService
    posting: Posting
    reactions: Reactions

    async def group_here(self, place: Place, given: str | None) -> Group | None:
        """Return the group that was named, else this channel's, if there is one."""
        if given is not None:
            return await self.bot.places.group(place, given)
        async with self.bot.store.read() as tx:
            return await tx.groups.in_channel(place.guild_id, place.channel_id)

    async def known(self, place: Place, things: Iterable[T]) -> list[T]:
        """Return those of these that the person can read of, of this channel's group first."""
        here = place.here.id if place.here is not None else None
        seen = await self.bot.places.seen(place, things)
        return sorted(seen, key=lambda one: one.group_id != here)

    async def coming(self, place: Place, given: str) -> Meeting:
        """Return the coming meeting that was picked or typed.

        Raises NotFound, Conflict for one that has begun or has no card yet, and InvalidInput where
        several are called so.
        """
        found = await self.known(place, await self.service.coming(place.guild_id))
        try:
            return choices.only(given, found, place.here.id if place.here is not None else None)
        except NotFound as missing:
            raise await self._explained(place, given) or missing from None

    async def _explained(self, place: Place, given: str) -> Conflict | None:
        """Say why what was typed is not coming, where there is a meeting or a series of it."""
        recent = await self.service.recent(place.guild_id)
        try:
            begun = choices.named(given, await self.known(place, recent))
        except NotFound:
            later = await self.service.later(place.guild_id)
            wanted = given.strip().casefold()
            for series, occurrence in later:
                if series.title.casefold() == wanted and await self.known(place, [series]):
                    return Conflict(
                        f"“{named(series.title)}” is next on {when.stamp(occurrence.starts_at)}, "
                        "and can be changed once it has its card. `/reading skip` leaves that day "
                        "out."
                    )
            return None
        return Conflict(
            f"“{named(begun.title)}” began {when.stamp(begun.starts_at, 'R')}, so it stays as it "
            "is. `/reading attended` and `/reading notes` keep what became of it."
        )

    async def recent(self, place: Place, given: str) -> Meeting:
        """Return the meeting of the last weeks that was picked or typed; raises NotFound."""
        found = await self.service.recent(place.guild_id)
        return choices.named(given, await self.known(place, found))

    async def shown(self, place: Place) -> list[Meeting]:
        """Return what can be shown: what is coming, the soonest first, and then what has begun."""
        return await self.known(place, await self.service.shown(place.guild_id))

    async def coming_choices(self, interaction: Interaction, typed: str) -> Choices:
        """Offer what is coming, the soonest first."""
        place = await self.bot.places.of(interaction)
        found = await self.known(place, await self.service.coming(place.guild_id))
        return places.choices(typed, choices.titled(found))

    async def recent_choices(self, interaction: Interaction, typed: str) -> Choices:
        """Offer what has begun, the latest first, and then what is coming."""
        place = await self.bot.places.of(interaction)
        found = await self.known(place, await self.service.recent(place.guild_id))
        return places.choices(typed, choices.titled(found))
