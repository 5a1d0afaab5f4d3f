"""Replication boards: a thread for each project, with its tasks, its dates and its ledger."""

from bot.client import CohortBot
from cogs.boards.board import views as board_views
from cogs.boards.board.handlers import BoardEvents
from cogs.boards.board.service import BoardService
from cogs.boards.claims import views as claim_views
from cogs.boards.claims.cog import ClaimCommands
from cogs.boards.deadlines import views as deadline_views
from cogs.boards.deadlines.cog import DeadlineCommands
from cogs.boards.deadlines.handlers import DeadlineReminders
from cogs.boards.deadlines.service import DeadlineService
from cogs.boards.ledger.service import LedgerService
from cogs.boards.links import views as link_views
from cogs.boards.links.cog import LinkCommands
from cogs.boards.links.handlers import Watcher
from cogs.boards.links.service import LinkService
from cogs.boards.members import views as member_views
from cogs.boards.members.cog import MemberCommands
from cogs.boards.members.handlers import MemberEvents
from cogs.boards.members.service import MemberService
from cogs.boards.projects import views as project_views
from cogs.boards.projects.cog import ProjectCommands
from cogs.boards.projects.service import ProjectService
from cogs.boards.reports import views as report_views
from cogs.boards.reports.cog import ReportCommands
from cogs.boards.reports.service import ReportService
from cogs.boards.results import views as result_views
from cogs.boards.results.cog import ResultCommands
from cogs.boards.results.service import ResultFileService
from cogs.boards.reviews import views as review_views
from cogs.boards.reviews.cog import ReviewCommands
from cogs.boards.reviews.service import ReviewService
from cogs.boards.silence.handlers import Silences
from cogs.boards.silence.service import SilenceService
from cogs.boards.tasks import views as task_views
from cogs.boards.tasks.cog import TaskCommands
from cogs.boards.tasks.handlers import Exercises, TaskReminders
from cogs.boards.tasks.service import TaskService

VIEWS = (
    board_views,
    claim_views,
    deadline_views,
    link_views,
    member_views,
    project_views,
    report_views,
    result_views,
    review_views,
    task_views,
)

SERVICES = (
    BoardService,
    DeadlineService,
    LedgerService,
    MemberService,
    ProjectService,
    ReportService,
    ResultFileService,
    ReviewService,
    SilenceService,
    TaskService,
)

HANDLERS = (DeadlineReminders, Exercises, Silences, TaskReminders, Watcher)

COGS = (
    BoardEvents,
    MemberEvents,
    ProjectCommands,
    MemberCommands,
    LinkCommands,
    ReportCommands,
    TaskCommands,
    DeadlineCommands,
    ClaimCommands,
    ResultCommands,
    ReviewCommands,
)


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    for service in SERVICES:
        bot.provide(service(bot.store, bot.clock))
    bot.provide(LinkService(bot.store, bot.clock, on=bot.settings.watch_links))
    bot.verdicts.come_from(bot.service(LedgerService).verdicts)
    for views in VIEWS:
        bot.add_dynamic_items(*views.BUTTONS)
    claim_views.render_with(bot)
    result_views.render_with(bot)
    for handler in HANDLERS:
        handler(bot)
    for cog in COGS:
        await bot.add_cog(cog(bot))
