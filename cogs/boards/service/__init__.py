"""The use cases of boards: check, decide, write in one transaction."""

from cogs.boards.service.deadlines import DeadlineService
from cogs.boards.service.joining import Answered, JoiningService
from cogs.boards.service.ledger import Entry, LedgerService
from cogs.boards.service.people import Left, PeopleService
from cogs.boards.service.projects import BoardView, Found, ProjectService
from cogs.boards.service.reports import ReportContents, ReportService
from cogs.boards.service.tasks import Moved, TaskService

__all__ = [
    "Answered",
    "BoardView",
    "DeadlineService",
    "Entry",
    "Found",
    "JoiningService",
    "LedgerService",
    "Left",
    "Moved",
    "PeopleService",
    "ProjectService",
    "ReportContents",
    "ReportService",
    "TaskService",
]
