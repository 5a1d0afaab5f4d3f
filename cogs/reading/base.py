"""What the commands of reading groups share."""

from __future__ import annotations

from typing import TypeAlias

from discord import app_commands
from discord.ext import commands

from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import places
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
from data.reading import Meeting
from data.server import Group

GROUP_HINT = "Which group; without it, the one of this channel"
Choices: TypeAlias = "list[app_commands.Choice[str]]"

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

    async def coming(self, place: Place, given: str) -> Meeting:
        """Return the coming meeting that was picked or typed; raises NotFound."""
        return choices.named(given, await self.service.coming(place.guild_id))

    async def recent(self, place: Place, given: str) -> Meeting:
        """Return the meeting of the last weeks that was picked or typed; raises NotFound."""
        return choices.named(given, await self.service.recent(place.guild_id))

    async def coming_choices(self, interaction: Interaction, typed: str) -> Choices:
        """Offer what is coming, the soonest first."""
        found = await self.service.coming(interaction.guild_id or 0)
        return places.choices(typed, choices.titled(found))

    async def recent_choices(self, interaction: Interaction, typed: str) -> Choices:
        """Offer what has begun, the latest first, and then what is coming."""
        found = await self.service.recent(interaction.guild_id or 0)
        return places.choices(typed, choices.titled(found))
