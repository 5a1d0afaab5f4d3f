"""Tasks and commitments that are linked: closing one closes the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, select, update

from data.boards.schema import commitment_tasks
from data.boards.tasks import TaskId
from data.checkins.commitments import Commitment, CommitmentId
from data.checkins.schema import commitments
from data.repository import Repository
from data.states import CommitmentState


class Linked(Struct, frozen=True):
    """A commitment linked to a task; ``closed_at`` is when closing one closed the other."""

    commitment_id: CommitmentId
    task_id: TaskId
    linked_at: datetime
    closed_at: datetime | None


class LinkedWork(Repository):
    """The links between commitments and tasks."""

    async def link(self, commitment_id: CommitmentId, task_id: TaskId, now: datetime) -> None:
        """Link a commitment to a task."""
        await self._put(
            commitment_tasks,
            key=("commitment_id",),
            commitment_id=commitment_id,
            task_id=task_id,
            linked_at=now,
            closed_at=None,
        )

    async def unlink(self, commitment_id: CommitmentId) -> bool:
        """Unlink a commitment from its task; False when it was not linked."""
        return bool(
            await self._run(
                lambda: delete(commitment_tasks).where(
                    commitment_tasks.c.commitment_id == commitment_id
                )
            )
        )

    async def of(self, commitment_ids: Sequence[CommitmentId]) -> list[Linked]:
        """Return which of these commitments are linked to tasks."""
        if not commitment_ids:
            return []
        return await self._all(
            Linked,
            lambda: select(commitment_tasks).where(
                commitment_tasks.c.commitment_id.in_(commitment_ids)
            ),
        )

    async def commitments_of(self, task_id: TaskId) -> list[Commitment]:
        """Return the commitments linked to a task, in any state."""
        return await self._all(
            Commitment,
            lambda: (
                select(commitments)
                .join(commitment_tasks, commitment_tasks.c.commitment_id == commitments.c.id)
                .where(commitment_tasks.c.task_id == task_id)
                .order_by(commitments.c.id)
            ),
        )

    async def open_of(self, task_id: TaskId) -> list[Commitment]:
        """Return the open ones of them."""
        found = await self.commitments_of(task_id)
        return [one for one in found if one.state is CommitmentState.OPEN]

    async def closed(
        self, commitment_ids: Sequence[CommitmentId], closed_at: datetime | None
    ) -> None:
        """Note when closing one closed the other, or that it was taken back."""
        if commitment_ids:
            await self._run(
                lambda: (
                    update(commitment_tasks)
                    .where(commitment_tasks.c.commitment_id.in_(commitment_ids))
                    .values(closed_at=closed_at)
                )
            )
