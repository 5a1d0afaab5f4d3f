"""Exercises of reading lists that members took onto boards."""

from __future__ import annotations

from datetime import timedelta

from bot.client import CohortBot
from bot.jobs.delivery import Content, channel
from bot.ui import theme
from cogs.boards.tasks.exercises import ExerciseTasks
from data.delivery.deadlines import Deadline
from data.reading.lists import WRITE_TASKS


class Exercises:
    """Has a board write what was taken, and says what it had no room for."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._tasks = ExerciseTasks(bot.store, bot.clock)
        bot.deadlines.on(WRITE_TASKS, self.write)

    async def write(self, deadline: Deadline, late: timedelta) -> None:
        """Write the tasks, and bring all that shows them up to date."""
        done = await self._tasks.write(deadline.guild_id, deadline.subject_id, deadline.occurrence)
        self._bot.dispatch("project_changed", done.project.id)
        self._bot.dispatch("exercises_written", done.unit.id)
        if done.refused:
            some = theme.count(done.refused, "exercise")
            await self._bot.delivery.send(
                f"boards/exercises/{deadline.id}/{int(deadline.due_at.timestamp())}",
                deadline.guild_id,
                Content(
                    text=f"This board is full: {some} of **{theme.plain(done.unit.title)}** found "
                    "no place on it. Once tasks are gone, take them again on the meeting's card."
                ),
                [channel(done.project.thread_id or done.project.channel_id)],
            )
