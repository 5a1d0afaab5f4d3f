"""The use cases of boards: check, decide, write in one transaction."""

from cogs.boards.service.deadlines import DeadlineService
from cogs.boards.service.joining import Answered, JoiningService
from cogs.boards.service.ledger import Entry, History, LedgerService
from cogs.boards.service.people import Left, PeopleService
from cogs.boards.service.projects import BoardView, Found, ProjectService
from cogs.boards.service.reports import ReportContents, ReportService
from cogs.boards.service.sleeping import Silence, SleepService, VoteView
from cogs.boards.service.tasks import Moved, Overdue, TaskService, WholeTask
from cogs.boards.service.watching import Noted, Watched, WatchService

__all__ = [
    "Answered",
    "BoardView",
    "DeadlineService",
    "Entry",
    "Found",
    "History",
    "JoiningService",
    "LedgerService",
    "Left",
    "Moved",
    "Noted",
    "Overdue",
    "PeopleService",
    "ProjectService",
    "ReportContents",
    "ReportService",
    "Silence",
    "SleepService",
    "TaskService",
    "VoteView",
    "WatchService",
    "Watched",
    "WholeTask",
]
