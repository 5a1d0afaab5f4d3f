"""Writing the exercises of a reading list that members took onto a board as its tasks."""

from __future__ import annotations

from msgspec import Struct

from bot.base.clock import Clock
from bot.base.errors import NotFound
from cogs.boards.projects.writes import project_of
from cogs.boards.silence.writes import sign_of_life
from cogs.boards.tasks import rules
from data.boards.projects import Project
from data.boards.tasks import Task
from data.reading.lists import Exercise, Taken, Unit
from data.store import Store, transaction
from data.transaction import Transaction


class Written(Struct, frozen=True):
    """What became of the exercises of a unit: how many the board had no room for."""

    project: Project
    unit: Unit
    refused: int


class ExerciseTasks:
    """Makes tasks of exercises, each once, with everybody who took it as an owner."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def write(self, tx: Transaction, guild_id: int, project_id: int, unit_id: int) -> Written:
        """Write what was taken and is no task yet; harmless when repeated.

        An exercise that is a task already, or has the words of an open task, is linked to that one.
        What a full board has no room for is dropped. Raises NotFound when the project or the unit
        is gone.
        """
        now = self.clock.now()
        project = await project_of(tx, guild_id, project_id)
        unit = await tx.reading_lists.unit(guild_id, unit_id)
        if unit is None:
            raise NotFound("That unit does not exist any more.")
        texts = {one.id: one for one in unit.exercises}
        tasks = await tx.tasks.of_project(guild_id, project.id)
        refused = 0
        for taken in await tx.reading_lists.taken_of(unit.id):
            if taken.project_id != project.id or taken.task_id is not None:
                continue
            task = await self._task(tx, project, unit, texts[taken.exercise_id], taken, tasks)
            if task is None:
                await tx.reading_lists.let_go(taken.id)
                refused += 1
                continue
            await tx.reading_lists.became(taken.id, task.id)
            if await tx.projects.is_member(project.id, taken.taken_by):
                await tx.tasks.add_owner(task.id, taken.taken_by, now)
        await sign_of_life(tx, project, now)
        return Written(project, unit, refused)

    async def _task(
        self,
        tx: Transaction,
        project: Project,
        unit: Unit,
        exercise: Exercise,
        taken: Taken,
        tasks: list[Task],
    ) -> Task | None:
        """Return the task that an exercise is, written where there is none; None where it is full.

        ``tasks`` are the board's, to which a new one is added.
        """
        title = rules.fitting(exercise.text)
        for other in tasks:
            if not other.is_done and other.title.casefold() == title.casefold():
                return other
        if len(tasks) >= rules.TASKS or project.archived_at is not None:
            return None
        notes = f"An exercise of “{unit.title}”."
        if title != exercise.text:
            notes = f"{exercise.text}\n{notes}"
        task = await tx.tasks.add(
            guild_id=project.guild_id,
            project_id=project.id,
            title=title,
            notes=notes[: rules.NOTES_LIMIT],
            due_at=None,
            owners=(),
            created_by=taken.taken_by,
            now=self.clock.now(),
        )
        tasks.append(task)
        return task
