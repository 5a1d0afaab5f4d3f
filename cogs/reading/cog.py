"""The commands `/reading`, gathered from what they are about."""

from __future__ import annotations

from discord.ext import commands

from bot.client import CohortBot
from cogs.reading.attending import Attending
from cogs.reading.calendars import CalendarService
from cogs.reading.changes import ChangeService
from cogs.reading.choosing import Choosing
from cogs.reading.curriculum import CurriculumService
from cogs.reading.feeds import CalendarFeeds
from cogs.reading.gathering import GatheringService
from cogs.reading.nominations import NominationService
from cogs.reading.polls import PollService
from cogs.reading.posting import Posting
from cogs.reading.proposals import ProposalService
from cogs.reading.reactions import Reactions
from cogs.reading.scheduling import Scheduling
from cogs.reading.service import ReadingService


class ReadingCommands(
    Scheduling, Attending, Choosing, commands.GroupCog, group_name="reading", name="reading"
):
    """Reading groups: meetings, answers, series."""

    def __init__(self, bot: CohortBot, posting: Posting, reactions: Reactions) -> None:
        self.bot = bot
        self.service = bot.service(ReadingService)
        self.changes = bot.service(ChangeService)
        self.gatherings = bot.service(GatheringService)
        self.nominations = bot.service(NominationService)
        self.polls = bot.service(PollService)
        self.proposals = bot.service(ProposalService)
        self.calendars = bot.service(CalendarService)
        self.feeds = bot.service(CalendarFeeds)
        self.curricula = bot.service(CurriculumService)
        self.posting = posting
        self.reactions = reactions
