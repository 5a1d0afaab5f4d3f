"""Reading groups: meetings with answers by reaction, series, and reminders."""

from bot.client import CohortBot
from cogs.reading.changes import ChangeService
from cogs.reading.cog import ReadingCommands
from cogs.reading.gathering import GatheringService
from cogs.reading.posting import Posting
from cogs.reading.reactions import Reactions
from cogs.reading.reminders import Reminders
from cogs.reading.service import ReadingService
from cogs.reading.views import BUTTONS


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    service = ReadingService(bot.store, bot.clock, bot.settings.zone)
    bot.provide(service)
    bot.provide(ChangeService(bot.store, bot.clock))
    bot.provide(GatheringService(bot.store, bot.clock))
    bot.add_dynamic_items(*BUTTONS)
    posting = Posting(bot, service)
    reactions = Reactions(bot, service, posting)
    Reminders(bot, service, posting, reactions).register()
    await bot.add_cog(reactions)
    await bot.add_cog(ReadingCommands(bot, posting))
