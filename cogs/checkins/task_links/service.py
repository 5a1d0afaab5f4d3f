"""Links between commitments and tasks of projects: suggesting and making them."""

from __future__ import annotations

from bot.base.clock import Clock
from bot.base.errors import Conflict, NotFound
from bot.place import Place
from cogs.checkins.task_links.writes import Alike, alike
from data.across import linked_writes
from data.boards.projects import Project
from data.boards.tasks import Task
from data.checkins.commitments import Commitment
from data.states import CommitmentState, TaskState
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class TaskLinkService:
    """The use cases of links between commitments and tasks."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @snapshot
    async def alike_one(self, tx: Transaction, made: Commitment) -> list[Alike]:
        """Return the open task of its maker that a commitment names, if there is one."""
        return await alike(tx, [made])

    @transaction
    async def make_one(
        self, tx: Transaction, place: Place, commitment_id: int, task_id: int
    ) -> Alike:
        """Link one's own commitment and one's own task.

        Raises NotFound for what is not there, or not theirs, and Conflict for what is closed.
        """
        now = self.clock.now()
        one, project, task = await _both(tx, place, commitment_id, task_id)
        if one.state is not CommitmentState.OPEN or task.is_done:
            raise Conflict("One of the two is settled already.")
        if await tx.linked_work.of([one.id]):
            raise Conflict("That commitment is a task already.")
        if any(other.user_id == one.user_id for other in await tx.linked_work.open_of(task.id)):
            raise Conflict("Another commitment of yours is that task already.")
        await linked_writes.make_one(tx, one, task, now)
        return Alike(one, project, task)

    @transaction
    async def part(self, tx: Transaction, place: Place, commitment_id: int) -> Commitment:
        """Unlink one's own commitment from its task."""
        one = await tx.commitments.get(place.guild_id, commitment_id)
        if one is None or one.user_id != place.user_id:
            raise NotFound("That is not a commitment of yours.")
        if not await tx.linked_work.unlink(one.id):
            raise Conflict("That commitment is a thing of its own already.")
        return one

    @snapshot
    async def in_the_way(
        self, tx: Transaction, guild_id: int, task_id: int
    ) -> tuple[Project, Task, list[int]]:
        """Return a blocked task and its stuck owner; raises NotFound when it isn't blocked."""
        task = await tx.tasks.get(guild_id, task_id)
        project = await tx.projects.get(guild_id, task.project_id) if task else None
        if task is None or project is None or task.state is not TaskState.BLOCKED:
            raise NotFound("Nothing is in the way of that task any more. Thank you!")
        last = await tx.tasks.last_move(guild_id, task.id)
        # A task that nobody has can be blocked as well; then whoever said so is the one to talk to.
        stuck = list(task.owners) or ([last.user_id] if last is not None else [])
        return project, task, stuck


async def _both(
    tx: Transaction, place: Place, commitment_id: int, task_id: int
) -> tuple[Commitment, Project, Task]:
    one = await tx.commitments.get(place.guild_id, commitment_id)
    task = await tx.tasks.get(place.guild_id, task_id)
    project = await tx.projects.get(place.guild_id, task.project_id) if task is not None else None
    if one is None or one.user_id != place.user_id:
        raise NotFound("That is not a commitment of yours.")
    if task is None or project is None or place.user_id not in task.owners:
        raise NotFound("That is not a task of yours.")
    if not await tx.projects.is_member(project.id, place.user_id):
        raise NotFound("That is not a task of yours: you left its project.")
    if project.archived_at is not None:
        raise Conflict("That project is archived.")
    return one, project, task
