"""What falls due on boards: reminders, silence, and what is missing or happened elsewhere."""

from __future__ import annotations

from datetime import timedelta

from bot.base.errors import NotFound
from bot.client import CohortBot
from bot.jobs.scheduler import Lateness
from cogs.boards.board import cards
from cogs.boards.deadlines import service as project_deadlines
from cogs.boards.deadlines.service import DeadlineService
from cogs.boards.deadlines.views import deadline_buttons
from cogs.boards.members.views import silence_buttons
from cogs.boards.projects import life, rules
from cogs.boards.projects import service as projects
from cogs.boards.projects.service import ProjectService
from cogs.boards.projects.threads import BoardThreads
from cogs.boards.tasks import service as tasks
from cogs.boards.tasks.service import TaskService
from cogs.boards.tasks.views import overdue_buttons, task_done_button
from data.across import linked_writes
from data.delivery.deadlines import Deadline


class Reminders:
    """Delivers what falls due on boards."""

    def __init__(self, bot: CohortBot, threads: BoardThreads) -> None:
        self._bot = bot
        self._threads = threads
        self._projects = bot.service(ProjectService)
        self._tasks = bot.service(TaskService)
        self._deadlines = bot.service(DeadlineService)
        bot.deadlines.on(projects.OPEN, self._open)
        bot.deadlines.on(project_deadlines.DUE, self._deadline, lateness=Lateness.COLLAPSE)
        bot.deadlines.on(life.SILENT, self._silent, lateness=Lateness.COLLAPSE)
        bot.deadlines.on(tasks.DUE, self._task, lateness=Lateness.COLLAPSE)
        bot.deadlines.on(tasks.OVERDUE, self._overdue)
        bot.deadlines.on(linked_writes.TOUCHED, self._touched)
        bot.deadlines.on(linked_writes.REOPENED, self._reopened)

    async def _open(self, deadline: Deadline, late: timedelta) -> None:
        project = await self._projects.by_id(deadline.subject_id)
        if project.thread_id is None:
            await self._threads.open(project, again=True)

    async def _silent(self, deadline: Deadline, late: timedelta) -> None:
        """Ask the lead, or the mentors where nobody leads; after another week the organisers."""
        found = await self._projects.silent(deadline.guild_id, deadline.subject_id)
        project = found.project
        silence = rules.silence_of(project) or timedelta(days=rules.USUAL_DAYS)
        buttons = silence_buttons(project)
        if deadline.occurrence > 0:
            days = (silence + rules.ORGANISERS_AFTER).days
            content = cards.still_silent(
                days, role_id=found.organiser_role_id, late=bool(late), buttons=buttons
            )
        else:
            answering = [project.lead_id] if project.lead_id is not None else found.mentors
            content = cards.silence(
                silence.days,
                user_ids=answering or [member.user_id for member in found.members],
                late=bool(late),
                buttons=buttons,
            )
        await self._threads.post(project, _key(deadline), content)

    async def _deadline(self, deadline: Deadline, late: timedelta) -> None:
        project, due, members = await self._deadlines.due(deadline.guild_id, deadline.subject_id)
        passed = deadline.offset == 0
        everybody = [member.user_id for member in members]
        lead = [project.lead_id] if project.lead_id is not None else everybody
        content = cards.reminder(
            due.title,
            due.due_at,
            passed=passed,
            late=bool(late),
            user_ids=lead if passed else everybody,
            buttons=deadline_buttons(due) if passed else [],
        )
        await self._threads.post(project, _key(deadline), content)

    async def _task(self, deadline: Deadline, late: timedelta) -> None:
        project, task = await self._tasks.due(deadline.guild_id, deadline.subject_id)
        if task.due_at is None:
            raise NotFound("That task is not due any more.")
        if deadline.offset < 0:
            await self._tasks.ask_overdue(project, deadline.due_at)
            return
        lead = [project.lead_id] if project.lead_id is not None else []
        content = cards.reminder(
            task.title,
            task.due_at,
            passed=deadline.offset == 0,
            late=bool(late),
            user_ids=task.owners or lead,
            buttons=[task_done_button(task)],
        )
        await self._threads.post(project, _key(deadline), content)

    async def _overdue(self, deadline: Deadline, late: timedelta) -> None:
        """Ask about all overdue tasks of a project at once, and of nobody twice a day."""
        due = await self._tasks.overdue(deadline.guild_id, deadline.subject_id, deadline.due_at)
        if not due.of_owners and not due.of_lead:
            return
        content = cards.overdue(due, overdue_buttons, late=bool(late))
        await self._threads.post(due.project, f"board/{due.project.id}/overdue/{due.day}", content)

    async def _touched(self, deadline: Deadline, late: timedelta) -> None:
        """Note what happened in a project elsewhere, and show it."""
        project = await self._tasks.touched(deadline.guild_id, deadline.subject_id)
        self._bot.dispatch("project_changed", project.id)

    async def _reopened(self, deadline: Deadline, late: timedelta) -> None:
        await self._tasks.remind_again(deadline.guild_id, deadline.subject_id)


def _key(deadline: Deadline) -> str:
    """Name one reminder; one that was moved to another time is another one."""
    return f"{deadline.key}/{int(deadline.due_at.timestamp())}"
