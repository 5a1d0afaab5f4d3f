"""What is a task and a commitment at once is closed, opened and moved in one transaction.

The one place that writes for two features: each calls it in its own transaction, and hears of the
rest by a deadline that is due at once, so that a crash in between loses nothing.
"""

from __future__ import annotations

from datetime import datetime

from data.boards.projects import Project
from data.boards.tasks import Task
from data.checkins.commitments import Commitment
from data.delivery.kinds import DeadlineKind
from data.states import CommitmentState, TaskState, Witnessed
from data.transaction import Transaction

TASK_WAS_DROPPED = "the task was dropped"


async def make_one(tx: Transaction, commitment: Commitment, task: Task, now: datetime) -> None:
    """Link a commitment and a task; the task's due time wins, if it has one."""
    await tx.linked_work.link(commitment.id, task.id, now)
    await tx.deadlines.cancel(commitment.id, DeadlineKind.COMMITMENT_REMIND)
    if task.due_at is not None:
        await tx.commitments.edit([commitment.id], due_at=task.due_at)
    # A task that is overdue from its first moment would ask its owner at once.
    elif commitment.due_at is not None and commitment.due_at > now:
        await tx.tasks.edit(task.guild_id, task.id, due_at=commitment.due_at)
        await tx.deadlines.put(DeadlineKind.BOARDS_REOPENED, task.id, now, guild_id=task.guild_id)
    await tx.deadlines.put(
        DeadlineKind.BOARDS_TOUCHED, task.project_id, now, guild_id=task.guild_id
    )


async def task_closed(tx: Transaction, task: Task, now: datetime, *, dropped: bool = False) -> None:
    """Keep the commitments linked to a task that is done, or drop them with it."""
    for one in await tx.linked_work.open_of(task.id):
        round_ = None if dropped else await tx.checkins.open_round(one.group_id)
        # What was dropped was not kept: there is nothing for a witness to confirm.
        asks = one.witness_id is not None and not dropped
        await tx.commitments.edit(
            [one.id],
            state=CommitmentState.DROPPED if dropped else CommitmentState.KEPT,
            settled_at=now,
            settled_round_id=round_.id if round_ else None,
            witnessed=Witnessed.ASKED if asks else None,
            reason=TASK_WAS_DROPPED if dropped else None,
        )
        await tx.deadlines.cancel(one.id, DeadlineKind.COMMITMENT_REMIND)
        await tx.linked_work.closed([one.id], now)
        await tx.deadlines.put(DeadlineKind.COMMITMENT_SETTLED, one.id, now, guild_id=one.guild_id)
        if asks and one.still_asked is None:
            await tx.deadlines.put(
                DeadlineKind.COMMITMENT_WITNESS, one.id, now, guild_id=one.guild_id
            )


async def task_opened(tx: Transaction, task: Task, now: datetime) -> None:
    """Open the commitments again that were closed with a task."""
    together = {
        one.id: one for one in await tx.linked_work.commitments_of(task.id) if one.settled_at
    }
    for link in await tx.linked_work.of(list(together)):
        one = together[link.commitment_id]
        if link.closed_at is None or one.settled_at != link.closed_at:
            continue  # it was settled by itself
        # A question that was not sent yet is taken back; one that was sent stays, and is not sent
        # twice.
        unasked = await tx.deadlines.cancel(one.id, DeadlineKind.COMMITMENT_WITNESS)
        await tx.commitments.open_again(one.id, witnessed=None if unasked else one.still_asked)
        await tx.linked_work.closed([one.id], None)
        await tx.deadlines.put(DeadlineKind.COMMITMENT_SETTLED, one.id, now, guild_id=one.guild_id)


async def task_moved(tx: Transaction, task: Task, due_at: datetime | None) -> None:
    """Give the open commitments linked to a task its new due time."""
    for one in await tx.linked_work.open_of(task.id):
        await tx.commitments.edit([one.id], due_at=due_at)


async def commitment_kept(tx: Transaction, commitment: Commitment, now: datetime) -> Task | None:
    """Finish the task linked to a commitment, and others' commitments to it; returns it."""
    found = await _task_of(tx, commitment)
    if found is None or found[1].is_done:
        return None
    _, task = found
    await tx.tasks.move(task, TaskState.DONE, commitment.user_id, now)
    await tx.deadlines.cancel(task.id, DeadlineKind.BOARDS_TASK)
    # Marked here, since the next call goes through the open ones and this one is settled already.
    await tx.linked_work.closed([commitment.id], now)
    await task_closed(tx, task, now)
    await tx.deadlines.put(
        DeadlineKind.BOARDS_TOUCHED, task.project_id, now, guild_id=task.guild_id
    )
    return task


async def commitment_opened(tx: Transaction, commitment: Commitment, now: datetime) -> None:
    """Reopen the task that was done with a commitment (given as it was when settled)."""
    found = await _task_of(tx, commitment)
    (link,) = await tx.linked_work.of([commitment.id]) or (None,)
    if found is None or link is None or link.closed_at != commitment.settled_at:
        return
    _, task = found
    await tx.linked_work.closed([commitment.id], None)
    last = await tx.tasks.last_move(task.guild_id, task.id)
    # Only what was closed together is opened together: somebody may have moved the task since.
    if not task.is_done or last is None or last.moved_at != link.closed_at or last.origin is None:
        return
    await tx.tasks.move(task, last.origin, commitment.user_id, now)
    await task_opened(tx, task, now)
    await tx.deadlines.put(DeadlineKind.BOARDS_REOPENED, task.id, now, guild_id=task.guild_id)
    await tx.deadlines.put(
        DeadlineKind.BOARDS_TOUCHED, task.project_id, now, guild_id=task.guild_id
    )


async def commitment_dropped(tx: Transaction, commitment: Commitment, now: datetime) -> Task | None:
    """Give back the task linked to a commitment, so that somebody else can take it; returns it."""
    found = await _task_of(tx, commitment)
    if found is None or found[1].is_done:
        return None
    _, task = found
    if not await tx.tasks.remove_owner(task.id, commitment.user_id):
        return None
    # Counted before the owner went: with nobody left on it, nobody is doing it.
    if len(task.owners) == 1 and task.state is TaskState.DOING:
        await tx.tasks.move(task, TaskState.TODO, commitment.user_id, now)
    await tx.linked_work.unlink(commitment.id)
    await tx.deadlines.put(
        DeadlineKind.BOARDS_TOUCHED, task.project_id, now, guild_id=task.guild_id
    )
    return task


async def _task_of(tx: Transaction, commitment: Commitment) -> tuple[Project, Task] | None:
    """Return the task linked to a commitment, if its owner may still change it."""
    for link in await tx.linked_work.of([commitment.id]):
        task = await tx.tasks.get(commitment.guild_id, link.task_id)
        if task is None:
            continue
        project = await tx.projects.get(task.guild_id, task.project_id)
        if (
            project is not None
            and project.archived_at is None
            and await tx.projects.is_member(project.id, commitment.user_id)
        ):
            return project, task
    return None
