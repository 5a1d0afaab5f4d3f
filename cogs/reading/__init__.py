"""Reading groups: meetings with answers by reaction, series, and reminders."""

from bot.client import CohortBot
from cogs.reading import ballots, events, exercise_views, list_views, poll_views, undoing
from cogs.reading.calendars import CalendarService
from cogs.reading.changes import ChangeService
from cogs.reading.cog import ReadingCommands
from cogs.reading.curriculum import CurriculumService
from cogs.reading.exercises import ExerciseService
from cogs.reading.feeds import CalendarFeeds
from cogs.reading.gathering import GatheringService
from cogs.reading.nominations import NominationService
from cogs.reading.polls import PollService
from cogs.reading.posting import Posting
from cogs.reading.programme import ProgrammeMeetings
from cogs.reading.proposals import ProposalService
from cogs.reading.reactions import Reactions
from cogs.reading.reminders import Reminders
from cogs.reading.service import LIST_DRAFT, POLL_DRAFT, ReadingService
from cogs.reading.views import BUTTONS


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    service = ReadingService(bot.store, bot.clock, bot.settings.zone)
    bot.provide(service)
    bot.provide(ChangeService(bot.store, bot.clock))
    bot.provide(GatheringService(bot.store, bot.clock))
    bot.provide(NominationService(bot.store, bot.clock))
    bot.provide(PollService(bot.store, bot.clock))
    proposals = ProposalService(bot.store, bot.clock)
    bot.provide(proposals)
    bot.deadlines.on(POLL_DRAFT, proposals.expire)
    bot.provide(ExerciseService(bot.store, bot.clock))
    bot.provide(CalendarService(bot.store, bot.clock, bot.settings.zone))
    bot.provide(CalendarFeeds(bot))
    curricula = CurriculumService(bot.store, bot.clock)
    bot.provide(curricula)
    bot.deadlines.on(LIST_DRAFT, curricula.expire)
    bot.add_dynamic_items(
        *BUTTONS,
        *undoing.BUTTONS,
        *ballots.BUTTONS,
        *events.BUTTONS,
        *poll_views.BUTTONS,
        *list_views.BUTTONS,
        *exercise_views.BUTTONS,
    )
    posting = Posting(bot, service)
    bot.provide(posting)
    reactions = Reactions(bot, service, posting)
    Reminders(bot, service, posting, reactions).register()
    ProgrammeMeetings(bot, posting)
    await bot.add_cog(reactions)
    await bot.add_cog(events.Events(bot))
    await bot.add_cog(ballots.Ballots(bot, posting))
    await bot.add_cog(exercise_views.ExerciseCards(bot))
    await bot.add_cog(ReadingCommands(bot, posting, reactions))
