"""Programmes: cohorts that go through a reading list together, stage by stage."""

from bot.client import CohortBot
from cogs.programmes.cog import ProgrammeCommands
from cogs.programmes.progress_service import ProgressService
from cogs.programmes.service import ProgrammeService
from cogs.programmes.stage_service import StageService
from cogs.programmes.views import BUTTONS


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    bot.provide(ProgrammeService(bot.store, bot.clock))
    bot.provide(StageService(bot.store, bot.clock))
    bot.provide(ProgressService(bot.store, bot.clock))
    bot.add_dynamic_items(*BUTTONS)
    await bot.add_cog(ProgrammeCommands(bot))
