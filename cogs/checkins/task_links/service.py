"""Links between commitments and tasks of projects: suggesting and making them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.base.clock import Clock
from bot.base.errors import Conflict, NotFound
from bot.place import Place
from cogs.checkins.task_links import rules as task_links_rules
from data.across import linked_writes
from data.boards.projects import Project
from data.boards.tasks import Task
from data.checkins.commitments import Commitment
from data.checkins.rounds import Checkin
from data.states import CommitmentState, TaskState
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Alike:
    """A commitment and a task of the same person that may be the same thing."""

    commitment: Commitment
    project: Project
    task: Task


class TaskLinkService:
    """The use cases of links between commitments and tasks."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @snapshot
    async def alike(self, tx: Transaction, checkin: Checkin) -> list[Alike]:
        """Return which of a check-in's commitments name open tasks of their maker."""
        if not checkin.next:  # its lines are what is committed to
            return []
        made = await tx.commitments.from_checkin(checkin.id)
        return await _alike(tx, made, checkin.guild_id, checkin.user_id)

    @snapshot
    async def alike_one(self, tx: Transaction, made: Commitment) -> list[Alike]:
        """Return the open task of its maker that a commitment names, if there is one."""
        return await _alike(tx, [made], made.guild_id, made.user_id)

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


async def _alike(
    tx: Transaction, made: Sequence[Commitment], guild_id: int, user_id: int
) -> list[Alike]:
    still = [one for one in made if one.state is CommitmentState.OPEN]
    if not still:
        return []
    tasks = await tx.tasks.of_person(guild_id, user_id)
    if not tasks:
        return []
    linked = {link.commitment_id for link in await tx.linked_work.of([one.id for one in still])}
    found: list[Alike] = []
    for one in still:
        at = None
        if one.id not in linked:
            at = task_links_rules.same_thing(one.text, [task.title for task in tasks])
        if at is None:
            continue
        task = tasks[at]
        project = await tx.projects.get(guild_id, task.project_id)
        taken = await tx.linked_work.open_of(task.id)
        if project is not None and not any(other.user_id == user_id for other in taken):
            found.append(Alike(one, project, task))
    return found


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
    if project.archived_at is not None:
        raise Conflict("That project is archived.")
    return one, project, task
