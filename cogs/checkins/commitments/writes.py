"""What commitments and their witnesses share inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base.errors import NotFound
from cogs.checkins.commitments import rules
from data.across import linked_writes
from data.boards.tasks import Task
from data.checkins.commitments import Commitment, CommitmentId
from data.delivery.kinds import DeadlineKind
from data.server.groups import Group
from data.states import Witnessed
from data.transaction import Transaction

REMIND = DeadlineKind.COMMITMENT_REMIND


class CommitmentView(Struct, frozen=True):
    """A commitment, the group in which it was made, and the task linked to it, if any.

    ``asks`` is whether its witness is to be asked now: a question without an answer still counts.
    """

    group: Group
    commitment: Commitment
    task: Task | None = None
    asks: bool = True


async def open_again(
    tx: Transaction, one: Commitment, now: datetime, witnessed: Witnessed | None
) -> None:
    """Open a settled commitment again, its linked task and its reminders with it."""
    await linked_writes.commitment_opened(tx, one, now)
    await tx.commitments.open_again(one.id, witnessed=witnessed)
    await set_reminders(tx, one, now)


async def set_reminders(
    tx: Transaction, one: Commitment, now: datetime
) -> Sequence[tuple[int, datetime]]:
    """Set the reminders that are still ahead, outside the person's quiet hours; return them.

    A linked task sends its own reminders.
    """
    if one.due_at is None or await tx.linked_work.of([one.id]):
        return ()
    group = await tx.groups.by_id(one.group_id)
    name = group.timezone if group is not None else None
    zone = ZoneInfo(name or (await tx.servers.get(one.guild_id)).timezone or "UTC")
    profile = await tx.profiles.get(one.guild_id, one.user_id)
    reminders = rules.reminders(one.due_at, now, profile, zone)
    for offset, instant in reminders:
        await tx.deadlines.put(
            REMIND,
            one.id,
            instant,
            guild_id=one.guild_id,
            offset=offset,
            # The reminder before it is pointless afterwards; the one at the due time is not.
            expires_at=one.due_at if offset else None,
        )
    return reminders


async def view_of(tx: Transaction, guild_id: int, commitment_id: int) -> CommitmentView:
    """Return a commitment of this server; raises NotFound."""
    one = await tx.commitments.get(guild_id, commitment_id)
    group = await tx.groups.get(guild_id, one.group_id) if one else None
    tasks = await tasks_of(tx, guild_id, [one] if one else [])
    if one is None or group is None:
        raise NotFound("That commitment does not exist any more.")
    return CommitmentView(group, one, tasks.get(one.id))


async def tasks_of(
    tx: Transaction, guild_id: int, commitments: Sequence[Commitment]
) -> dict[CommitmentId, Task]:
    """Return the tasks linked to commitments."""
    found: dict[CommitmentId, Task] = {}
    for link in await tx.linked_work.of([one.id for one in commitments]):
        task = await tx.tasks.get(guild_id, link.task_id)
        if task is not None:
            found[link.commitment_id] = task
    return found
