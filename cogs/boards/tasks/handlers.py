"""What tasks do by themselves: remind, ask when overdue, and come from exercises."""

from __future__ import annotations

from datetime import timedelta

from bot import events
from bot.base.errors import NotFound
from bot.client import CohortBot
from bot.jobs.delivery import Content, to_channel
from bot.jobs.scheduler import Lateness
from bot.ui import theme
from cogs.boards.board.threads import BoardThreads
from cogs.boards.deadlines import cards as deadline_cards
from cogs.boards.tasks import cards
from cogs.boards.tasks.exercises import ExerciseTasks
from cogs.boards.tasks.service import TaskService
from cogs.boards.tasks.views import TakeButton, overdue_buttons, task_done_button
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind


class TaskReminders:
    """Reminds the owners of tasks, and asks about overdue ones."""

    def __init__(self, bot: CohortBot) -> None:
        self._threads = BoardThreads(bot)
        self._service = bot.service(TaskService)
        bot.deadlines.on(DeadlineKind.BOARDS_TASK, self.remind, lateness=Lateness.COLLAPSE)
        bot.deadlines.on(DeadlineKind.BOARDS_OVERDUE, self.ask)
        bot.deadlines.on(DeadlineKind.BOARDS_REOPENED, self.remind_again)

    async def remind(self, deadline: Deadline, late: timedelta) -> None:
        """Remind a task's owners, or its project's lead; at an offset below 0 it is overdue."""
        project, task = await self._service.due(deadline.guild_id, deadline.subject_id)
        if task.due_at is None:
            raise NotFound("That task is not due any more.")
        if deadline.offset < 0:
            await self._service.ask_overdue(project, deadline.due_at)
            return
        lead = [project.lead_id] if project.lead_id is not None else []
        buttons = [task_done_button(task)]
        if task.asked and not task.owners:
            buttons.insert(0, TakeButton(task.id))
        content = deadline_cards.reminder(
            task.title,
            task.due_at,
            passed=deadline.offset == 0,
            late=bool(late),
            # Where nobody is on it, somebody should hear of it all the same.
            user_ids=task.owners or lead,
            asked=() if task.owners else task.asked,
            buttons=buttons,
        )
        await self._threads.deliver(project, deadline, content)

    async def ask(self, deadline: Deadline, late: timedelta) -> None:
        """Ask about all overdue tasks of a project at once, and nobody twice a day."""
        due = await self._service.overdue(deadline.guild_id, deadline.subject_id, deadline.due_at)
        if not due.of_owners and not due.of_lead:
            return
        content = cards.overdue(due, overdue_buttons, late=bool(late))
        await self._threads.post(due.project, f"board/{due.project.id}/overdue/{due.day}", content)

    async def remind_again(self, deadline: Deadline, late: timedelta) -> None:
        """Set the reminders of a task that was opened, or given a due time, from elsewhere."""
        await self._service.remind_again(deadline.guild_id, deadline.subject_id)


class Exercises:
    """Turns exercises that members took onto a board into tasks."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._tasks = ExerciseTasks(bot.store, bot.clock)
        bot.deadlines.on(DeadlineKind.BOARDS_EXERCISES, self.write)

    async def write(self, deadline: Deadline, late: timedelta) -> None:
        """Write the tasks, refresh what shows them, and say how many the board had no room for."""
        done = await self._tasks.write(deadline.guild_id, deadline.subject_id, deadline.occurrence)
        events.project_changed(self._bot, done.project.id)
        events.exercises_written(self._bot, done.unit.id)
        if done.refused:
            some = theme.count(done.refused, "exercise")
            await self._bot.delivery.send(
                f"boards/exercises/{deadline.id}/{int(deadline.due_at.timestamp())}",
                deadline.guild_id,
                Content(
                    text=f"This board is full: it has no room for {some} of "
                    f"**{theme.escape(done.unit.title)}**. Once tasks are gone, take them again on "
                    "the meeting's card."
                ),
                [to_channel(done.project.thread_id or done.project.channel_id)],
            )
