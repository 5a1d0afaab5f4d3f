"""Steps of links between commitments and tasks inside somebody's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from cogs.checkins.task_links import rules
from data.boards.projects import Project
from data.boards.tasks import Task
from data.checkins.commitments import Commitment
from data.states import CommitmentState
from data.transaction import Transaction


class Alike(Struct, frozen=True):
    """A commitment and a task of the same person that may be the same thing."""

    commitment: Commitment
    project: Project
    task: Task


async def alike(tx: Transaction, made: Sequence[Commitment]) -> list[Alike]:
    """Return which of somebody's commitments name open tasks of theirs."""
    still = [one for one in made if one.state is CommitmentState.OPEN]
    if not still:
        return []
    guild_id, user_id = still[0].guild_id, still[0].user_id
    tasks = await tx.tasks.of_person(guild_id, user_id)
    if not tasks:
        return []
    linked = {link.commitment_id for link in await tx.linked_work.of([one.id for one in still])}
    found: list[Alike] = []
    for one in still:
        at = None
        if one.id not in linked:
            at = rules.same_thing(one.text, [task.title for task in tasks])
        if at is None:
            continue
        task = tasks[at]
        project = await tx.projects.get(guild_id, task.project_id)
        taken = await tx.linked_work.open_of(task.id)
        if project is not None and not any(other.user_id == user_id for other in taken):
            found.append(Alike(one, project, task))
    return found
