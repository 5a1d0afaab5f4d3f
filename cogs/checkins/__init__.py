"""Check-ins: rounds with prompts and digests, and what people commit to."""

from bot.client import CohortBot
from cogs.checkins.cog import CheckinCommands
from cogs.checkins.commitment_cog import CommitmentCommands
from cogs.checkins.commitment_service import CommitmentService
from cogs.checkins.commitment_views import COMMITMENT_BUTTONS
from cogs.checkins.history_service import HistoryService
from cogs.checkins.nudge_service import NudgeService
from cogs.checkins.nudges import Nudger
from cogs.checkins.quiet import QUIET_BUTTONS, Listener
from cogs.checkins.quiet_service import QuietService
from cogs.checkins.service import CheckinService
from cogs.checkins.task_service import TaskLinkService
from cogs.checkins.task_views import TASK_BUTTONS, TaskLinks
from cogs.checkins.views import BUTTONS


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    bot.provide(CheckinService(bot.store, bot.clock))
    bot.provide(CommitmentService(bot.store, bot.clock))
    bot.provide(NudgeService(bot.store, bot.clock))
    bot.provide(HistoryService(bot.store, bot.clock))
    bot.provide(QuietService(bot.store, bot.clock))
    bot.provide(TaskLinkService(bot.store, bot.clock))
    Nudger(bot)
    Listener(bot)
    TaskLinks(bot)
    bot.add_dynamic_items(*BUTTONS, *COMMITMENT_BUTTONS, *TASK_BUTTONS, *QUIET_BUTTONS)
    await bot.add_cog(CheckinCommands(bot))
    await bot.add_cog(CommitmentCommands(bot))
