"""The use cases of boards: check, decide, write in one transaction."""

from cogs.boards.service.deadlines import DeadlineService
from cogs.boards.service.projects import BoardView, ProjectService
from cogs.boards.service.tasks import Moved, TaskService

__all__ = ["BoardView", "DeadlineService", "Moved", "ProjectService", "TaskService"]
