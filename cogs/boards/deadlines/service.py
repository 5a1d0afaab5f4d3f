"""The dates that projects work towards."""

from __future__ import annotations

from datetime import datetime

from bot.base import wording
from bot.base.clock import Clock
from bot.base.errors import Conflict, NotFound
from bot.place import Place
from cogs.boards.deadlines import rules
from cogs.boards.projects import rules as project_rules
from cogs.boards.projects.writes import for_member, project_of, zone_of
from cogs.boards.silence.writes import sign_of_life
from cogs.boards.tasks import rules as task_rules
from data.boards.deadlines import ProjectDeadline
from data.boards.projects import Project, ProjectMember
from data.delivery.deadlines import Due
from data.delivery.kinds import DeadlineKind
from data.states import ProjectDeadlineState
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class DeadlineService:
    """The use cases of projects' deadlines."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def add(
        self, tx: Transaction, place: Place, project_id: int, *, title: str, due_at: datetime
    ) -> tuple[Project, ProjectDeadline, int]:
        """Add a deadline; returns it, and how often it reminds before it passes.

        Raises NotAllowed for non-members, InvalidInput for the past, Conflict for a title
        that an open deadline has.
        """
        title = project_rules.check_text(
            title, "a title", task_rules.TASK_LIMIT, "title: ICML abstract"
        )
        now = self.clock.now()
        rules.check_ahead(due_at, now)
        project = await for_member(tx, place, project_id)
        present = [
            one
            for one in await tx.project_deadlines.of_project(place.guild_id, project.id)
            # Closed ones keep their titles: the same date comes round each year.
            if one.is_open
        ]
        if len(present) >= rules.DEADLINES:
            raise Conflict(f"A board holds {rules.DEADLINES} open deadlines, and has them all.")
        for other in present:
            if other.title.casefold() == title.casefold():
                raise Conflict(
                    f"There is an open deadline called “{wording.one_line(other.title)}” already."
                )
        deadline = await tx.project_deadlines.add(
            guild_id=place.guild_id,
            project_id=project.id,
            title=title,
            due_at=due_at,
            created_by=place.user_id,
            now=now,
        )
        ahead = await _remind(tx, project, deadline, now)
        await sign_of_life(tx, project, now)
        return project, deadline, ahead

    @snapshot
    async def check_may_add(self, tx: Transaction, place: Place, project_id: int) -> None:
        """Raise what ``add`` would raise for non-members, before anything is typed."""
        await for_member(tx, place, project_id)

    @snapshot
    async def check_may_move(self, tx: Transaction, place: Place, deadline_id: int) -> Project:
        """Return the project; raises what ``move`` would raise, before a time is typed."""
        project, _ = await _open(tx, place, deadline_id)
        return project

    @transaction
    async def move(
        self, tx: Transaction, place: Place, deadline_id: int, due_at: datetime
    ) -> tuple[Project, ProjectDeadline, datetime]:
        """Give a deadline another time; returns the time that it had, too."""
        now = self.clock.now()
        rules.check_ahead(due_at, now)
        project, deadline = await _open(tx, place, deadline_id)
        await tx.project_deadlines.edit(place.guild_id, deadline.id, due_at=due_at)
        moved = await _again(tx, deadline)
        # All of them, before those of the new time are put: a nearer date has fewer reminders, and
        # ``put`` moves only those that both have.
        await tx.deadlines.cancel(deadline.id, DeadlineKind.BOARDS_DEADLINE)
        await _remind(tx, project, moved, now)
        await sign_of_life(tx, project, now)
        return project, moved, deadline.due_at

    @snapshot
    async def of_project(self, tx: Transaction, project: Project) -> list[ProjectDeadline]:
        """Return a project's deadlines in any state, by when they are due."""
        return await tx.project_deadlines.of_project(project.guild_id, project.id)

    async def named(self, project: Project, given: str) -> ProjectDeadline:
        """Return the deadline that was picked or typed by title, an open one first."""
        wanted = given.strip()
        # Two may have one title, of which at most one is open, and that is the one people mean.
        found = sorted(await self.of_project(project), key=lambda one: not one.is_open)
        for deadline in found:
            if wanted == f"#{deadline.id}" or wanted.casefold() == deadline.title.casefold():
                return deadline
        raise NotFound(
            f"“{wording.one_line(project.title)}” has no deadline called “{wanted[:60]}”. Pick one "
            "from the list that opens while you type."
        )

    @transaction
    async def close(
        self, tx: Transaction, place: Place, deadline_id: int, state: ProjectDeadlineState
    ) -> tuple[Project, ProjectDeadline]:
        """Mark a deadline done or dropped; raises Conflict when it is so already."""
        now = self.clock.now()
        project, deadline = await _open(tx, place, deadline_id)
        await tx.project_deadlines.edit(
            place.guild_id,
            deadline.id,
            state=state,
            closed_by=place.user_id,
            closed_at=now,
        )
        await tx.deadlines.cancel(deadline.id, DeadlineKind.BOARDS_DEADLINE)
        await sign_of_life(tx, project, now)
        return project, await _again(tx, deadline)

    @snapshot
    async def due(
        self, tx: Transaction, guild_id: int, deadline_id: int
    ) -> tuple[Project, ProjectDeadline, list[ProjectMember]]:
        """Return a deadline to remind of, and whom; raises NotFound when it is gone or closed."""
        deadline = await tx.project_deadlines.get(guild_id, deadline_id)
        if deadline is None or not deadline.is_open:
            raise NotFound("That deadline is not ahead any more.")
        project = await project_of(tx, guild_id, deadline.project_id)
        # Asked again when it is due, since archiving cancels nothing here: reopening then needs to
        # put nothing back.
        if project.archived_at is not None:
            raise NotFound("That project is archived.")
        return project, deadline, await tx.projects.members(project.id)


async def _open(tx: Transaction, place: Place, deadline_id: int) -> tuple[Project, ProjectDeadline]:
    """Return an open deadline to change for a member of its project."""
    deadline = await tx.project_deadlines.get(place.guild_id, deadline_id)
    if deadline is None:
        raise NotFound("That deadline does not exist any more.")
    project = await for_member(tx, place, deadline.project_id)
    if not deadline.is_open:
        raise Conflict(f"“{wording.one_line(deadline.title)}” is {deadline.state} already.")
    return project, deadline


async def _again(tx: Transaction, deadline: ProjectDeadline) -> ProjectDeadline:
    found = await tx.project_deadlines.get(deadline.guild_id, deadline.id)
    assert found is not None  # noqa: S101 - it was read in this transaction
    return found


async def _remind(
    tx: Transaction, project: Project, deadline: ProjectDeadline, now: datetime
) -> int:
    """Schedule a deadline's reminders: before it, and when it passes.

    Returns how often before.
    """
    ahead = rules.reminders(deadline.due_at, now, await zone_of(tx, project))
    planned = [
        Due(DeadlineKind.BOARDS_DEADLINE, instant, offset=offset) for offset, instant in ahead
    ]
    await tx.deadlines.put_all(deadline.id, planned, guild_id=deadline.guild_id)
    return sum(offset > 0 for offset, _ in ahead)
