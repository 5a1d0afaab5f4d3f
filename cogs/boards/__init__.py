"""Replication boards: a thread for each project, with its tasks, its dates and its ledger."""

from bot.client import CohortBot
from cogs.boards import deadline_views, review_views, task_views, views
from cogs.boards.cog import ProjectCommands
from cogs.boards.service import (
    DeadlineService,
    JoiningService,
    LedgerService,
    PeopleService,
    ProjectService,
    ReportService,
    TaskService,
)


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    bot.provide(ProjectService(bot.store, bot.clock))
    bot.provide(JoiningService(bot.store, bot.clock))
    bot.provide(PeopleService(bot.store, bot.clock))
    bot.provide(TaskService(bot.store, bot.clock))
    bot.provide(DeadlineService(bot.store, bot.clock))
    bot.provide(ReportService(bot.store, bot.clock))
    bot.provide(LedgerService(bot.store, bot.clock))
    for controls in (views, task_views, deadline_views, review_views):
        bot.add_dynamic_items(*controls.BUTTONS)
    await bot.add_cog(ProjectCommands(bot))
