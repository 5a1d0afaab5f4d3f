"""Replication boards: a thread for each project, with its tasks, its dates and its ledger."""

from bot.client import CohortBot
from cogs.boards import (
    claim_views,
    deadline_views,
    panel,
    proposing,
    review_views,
    sleep_views,
    task_views,
    views,
)
from cogs.boards.cog import ProjectCommands
from cogs.boards.exercises import Exercises
from cogs.boards.service import (
    DeadlineService,
    JoiningService,
    LedgerService,
    PeopleService,
    ProjectService,
    ReportService,
    SleepService,
    TaskService,
    WatchService,
)


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    bot.provide(ProjectService(bot.store, bot.clock))
    bot.provide(JoiningService(bot.store, bot.clock))
    watching = bot.settings.watch_links
    bot.provide(PeopleService(bot.store, bot.clock, watching=watching))
    bot.provide(WatchService(bot.store, bot.clock, on=watching))
    bot.provide(SleepService(bot.store, bot.clock))
    bot.provide(TaskService(bot.store, bot.clock))
    bot.provide(DeadlineService(bot.store, bot.clock))
    bot.provide(ReportService(bot.store, bot.clock))
    bot.provide(LedgerService(bot.store, bot.clock))
    bot.verdicts.come_from(bot.service(LedgerService).verdicts)
    for controls in (
        views,
        task_views,
        deadline_views,
        review_views,
        claim_views,
        proposing,
        sleep_views,
        panel,
    ):
        bot.add_dynamic_items(*controls.BUTTONS)
    claim_views.render_with(bot)
    Exercises(bot)
    await bot.add_cog(ProjectCommands(bot))
