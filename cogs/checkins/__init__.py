"""Check-ins: rounds with prompts and digests, and what people commit to."""

from bot.client import CohortBot
from cogs.checkins.cog import CheckinCommands
from cogs.checkins.service import CheckinService
from cogs.checkins.views import BUTTONS


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    bot.provide(CheckinService(bot.store, bot.clock))
    bot.add_dynamic_items(*BUTTONS)
    await bot.add_cog(CheckinCommands(bot))
