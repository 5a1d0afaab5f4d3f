"""Replication boards: a thread for each project, with its tasks, its dates and its ledger."""

from bot.client import CohortBot
from cogs.boards.board import views as panel
from cogs.boards.claims import views as claim_views
from cogs.boards.deadlines import views as deadline_views
from cogs.boards.deadlines.service import DeadlineService
from cogs.boards.ledger.service import LedgerService
from cogs.boards.links.service import WatchService
from cogs.boards.members import views
from cogs.boards.members.joining import JoiningService
from cogs.boards.members.service import PeopleService
from cogs.boards.projects import proposing
from cogs.boards.projects.cog import ProjectCommands
from cogs.boards.projects.service import ProjectService
from cogs.boards.reports.service import ReportService
from cogs.boards.results import views as review_views
from cogs.boards.tasks import views as task_views
from cogs.boards.tasks.handlers import Exercises
from cogs.boards.tasks.service import TaskService


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    bot.provide(ProjectService(bot.store, bot.clock))
    bot.provide(JoiningService(bot.store, bot.clock))
    watching = bot.settings.watch_links
    bot.provide(PeopleService(bot.store, bot.clock, watching=watching))
    bot.provide(WatchService(bot.store, bot.clock, on=watching))
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
        panel,
    ):
        bot.add_dynamic_items(*controls.BUTTONS)
    claim_views.render_with(bot)
    Exercises(bot)
    await bot.add_cog(ProjectCommands(bot))
