"""Programmes: cohorts that go through a reading list together, stage by stage."""

from bot.client import CohortBot
from cogs.programmes.programme.cog import ProgrammeCommands
from cogs.programmes.programme.handlers import ProgrammeHandlers
from cogs.programmes.programme.service import ProgrammeService
from cogs.programmes.programme.views import BUTTONS
from cogs.programmes.progress.cog import ProgressCommands
from cogs.programmes.progress.service import ProgressService
from cogs.programmes.progress.views import PROGRESS_BUTTONS
from cogs.programmes.stages.cog import StageCommands
from cogs.programmes.stages.handlers import StageHandlers
from cogs.programmes.stages.service import StageService
from cogs.programmes.stages.views import STAGE_BUTTONS


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    bot.provide(ProgrammeService(bot.store, bot.clock))
    bot.provide(StageService(bot.store, bot.clock))
    bot.provide(ProgressService(bot.store, bot.clock))
    StageHandlers(bot)
    bot.add_dynamic_items(*BUTTONS, *STAGE_BUTTONS, *PROGRESS_BUTTONS)
    await bot.add_cog(ProgrammeHandlers(bot))
    await bot.add_cog(ProgrammeCommands(bot))
    await bot.add_cog(StageCommands(bot))
    await bot.add_cog(ProgressCommands(bot))
