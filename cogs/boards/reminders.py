"""What falls due on boards: reminders of deadlines and tasks, and threads that are missing."""

from __future__ import annotations

from datetime import timedelta

from bot.client import CohortBot
from bot.deadlines import Lateness
from bot.errors import NotFound
from cogs.boards import cards
from cogs.boards.deadline_views import deadline_buttons
from cogs.boards.rules import board
from cogs.boards.service import (
    DeadlineService,
    PeopleService,
    ProjectService,
    TaskService,
    life,
    projects,
    tasks,
)
from cogs.boards.service import deadlines as project_deadlines
from cogs.boards.task_views import overdue_buttons, task_done_button
from cogs.boards.threads import BoardThreads
from cogs.boards.views import silence_buttons
from data.deadlines import Deadline


class Reminders:
    """Delivers what falls due on boards."""

    def __init__(self, bot: CohortBot, threads: BoardThreads) -> None:
        self._threads = threads
        self._projects = bot.service(ProjectService)
        self._tasks = bot.service(TaskService)
        self._people = bot.service(PeopleService)
        self._deadlines = bot.service(DeadlineService)
        bot.deadlines.on(projects.OPEN, self._open)
        bot.deadlines.on(project_deadlines.DUE, self._deadline, lateness=Lateness.COLLAPSE)
        bot.deadlines.on(life.SILENT, self._silent, lateness=Lateness.COLLAPSE)
        bot.deadlines.on(tasks.DUE, self._task, lateness=Lateness.COLLAPSE)

    async def _open(self, deadline: Deadline, late: timedelta) -> None:
        project = await self._projects.by_id(deadline.subject_id)
        if project.thread_id is None:
            await self._threads.open(project)

    async def _silent(self, deadline: Deadline, late: timedelta) -> None:
        """Ask the lead first; after another week everybody, and the organisers."""
        project, members, role_id = await self._people.silent(
            deadline.guild_id, deadline.subject_id
        )
        everybody = deadline.occurrence > 0 or project.lead_id is None
        user_ids = [member.user_id for member in members] if everybody else [project.lead_id or 0]
        content = cards.silence(
            project,
            (life.ASK_LEAD, life.ASK_EVERYBODY)[deadline.occurrence].days,
            user_ids=user_ids,
            role_id=role_id if deadline.occurrence > 0 else None,
            late=bool(late),
            buttons=silence_buttons(project),
        )
        await self._threads.post(project, _key(deadline), content)

    async def _deadline(self, deadline: Deadline, late: timedelta) -> None:
        project, due, members = await self._deadlines.due(deadline.guild_id, deadline.subject_id)
        passed = deadline.offset == 0
        content = cards.reminder(
            due.title,
            due.due_at,
            passed=passed,
            late=bool(late),
            user_ids=[member.user_id for member in members],
            buttons=deadline_buttons(due) if passed else [],
        )
        await self._threads.post(project, _key(deadline), content)

    async def _task(self, deadline: Deadline, late: timedelta) -> None:
        project, task = await self._tasks.due(deadline.guild_id, deadline.subject_id)
        if project.archived_at is not None or task.due_at is None:
            raise NotFound("That task is not due any more.")
        lead = [project.lead_id] if project.lead_id is not None else []
        asks_lead = deadline.offset == board.TASK_OFFSETS[-1]
        content = cards.reminder(
            task.title,
            task.due_at,
            passed=deadline.offset <= 0,
            overdue=deadline.offset < 0,
            late=bool(late),
            user_ids=lead if asks_lead else task.owners or lead,
            buttons=overdue_buttons(task) if deadline.offset < 0 else [task_done_button(task)],
        )
        await self._threads.post(project, _key(deadline), content)


def _key(deadline: Deadline) -> str:
    """Name one reminder; one that was moved to another time is another one."""
    return f"{deadline.key}/{int(deadline.due_at.timestamp())}"
