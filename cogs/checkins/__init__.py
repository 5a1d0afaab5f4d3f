"""Check-ins: rounds with prompts and digests, and what people commit to."""

from bot.client import CohortBot
from cogs.checkins.commitments.cog import CommitmentCommands
from cogs.checkins.commitments.handlers import CommitmentHandlers
from cogs.checkins.commitments.service import CommitmentService
from cogs.checkins.commitments.views import COMMITMENT_BUTTONS
from cogs.checkins.history.cog import HistoryCommands
from cogs.checkins.history.service import HistoryService
from cogs.checkins.nudges.handlers import NudgeHandlers
from cogs.checkins.nudges.service import NudgeService
from cogs.checkins.quiet.handlers import QuietHandlers
from cogs.checkins.quiet.service import QuietService
from cogs.checkins.quiet.views import QUIET_BUTTONS
from cogs.checkins.rounds.cog import RoundCommands
from cogs.checkins.rounds.handlers import RoundHandlers
from cogs.checkins.rounds.service import CheckinService
from cogs.checkins.rounds.views import BUTTONS
from cogs.checkins.task_links.handlers import TaskLinkHandlers
from cogs.checkins.task_links.service import TaskLinkService
from cogs.checkins.task_links.views import TASK_BUTTONS
from cogs.checkins.witnesses.service import WitnessService
from cogs.checkins.witnesses.views import WITNESS_BUTTONS


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    bot.provide(CheckinService(bot.store, bot.clock))
    bot.provide(CommitmentService(bot.store, bot.clock))
    bot.provide(NudgeService(bot.store, bot.clock))
    bot.provide(HistoryService(bot.store, bot.clock))
    bot.provide(QuietService(bot.store, bot.clock))
    bot.provide(TaskLinkService(bot.store, bot.clock))
    bot.provide(WitnessService(bot.store, bot.clock))
    CommitmentHandlers(bot)
    NudgeHandlers(bot)
    QuietHandlers(bot)
    TaskLinkHandlers(bot)
    bot.add_dynamic_items(
        *BUTTONS, *COMMITMENT_BUTTONS, *WITNESS_BUTTONS, *TASK_BUTTONS, *QUIET_BUTTONS
    )
    await bot.add_cog(RoundHandlers(bot))
    await bot.add_cog(RoundCommands(bot))
    await bot.add_cog(HistoryCommands(bot))
    await bot.add_cog(CommitmentCommands(bot))
