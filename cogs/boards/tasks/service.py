"""The tasks of projects: adding, moving and taking them, and taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from bot.base import wording
from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.base.wording import person
from bot.place import Place
from cogs.boards.deadlines import rules as deadline_rules
from cogs.boards.projects import rules as project_rules
from cogs.boards.projects.writes import for_member, project_of, zone_of
from cogs.boards.silence.rules import is_alive
from cogs.boards.silence.writes import sign_of_life
from cogs.boards.tasks import rules
from data.across import linked_writes
from data.boards.projects import Project, ProjectId
from data.boards.tasks import ChangeId, Move, MoveId, Task, TaskChange, TaskLine, TaskPatch
from data.checkins.commitments import Commitment
from data.delivery.deadlines import Due
from data.delivery.kinds import DeadlineKind
from data.states import TaskChangeKind, TaskState
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class Moved(Struct, frozen=True):
    """A task after a change, and the move or change that undoing takes back."""

    project: Project
    task: Task
    move: MoveId | None = None
    change: ChangeId | None = None


class WholeTask(Struct, frozen=True):
    """A task with all that is known of it."""

    project: Project
    task: Task
    moves: list[Move]
    changes: list[TaskChange]
    commitments: list[Commitment] = field(default_factory=list[Commitment])


class Overdue(Struct, frozen=True):
    """The overdue tasks of a project that owners, or the lead, are asked about today.

    ``asked`` are the people who are asked here; those whom another project asks today are left
    out. ``elsewhere`` lists the other threads that wait for each of them.
    """

    project: Project
    day: str
    of_owners: list[Task]
    of_lead: list[Task]
    asked: list[int]
    elsewhere: list[tuple[int, list[int]]]


class TaskService:
    """The use cases of tasks."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def add(
        self,
        tx: Transaction,
        place: Place,
        project_id: int,
        *,
        title: str,
        owners: Sequence[int] = (),
        due_at: datetime | None = None,
        notes: str | None = None,
    ) -> Moved:
        """Add a task to a project; ``owners`` have it, or are asked (:func:`_is_asked`).

        Raises NotAllowed for non-members, InvalidInput for what cannot be used, Conflict for
        an owner who is not a member, a title that an open task has, and a board that is full.
        """
        title = project_rules.check_text(
            title, "a title", rules.TASK_LIMIT, "title: Train on mod 97"
        )
        notes = project_rules.check_passage(notes, "the notes", rules.NOTES_LIMIT)
        now = self.clock.now()
        if due_at is not None:
            deadline_rules.check_ahead(due_at, now)
        project = await for_member(tx, place, project_id)
        present = await tx.tasks.lines(place.guild_id, project.id)
        rules.check_room(present)
        # Commands name tasks by their titles, so two open ones of a name could not be told apart.
        rules.check_free_title(present, title)
        for user_id in owners:
            await _owner(tx, project, user_id)
        asked = [one for one in owners if _is_asked(project, place, one)]
        for user_id in asked:
            await _may_ask(tx, project, user_id)
        task = await tx.tasks.add(
            guild_id=place.guild_id,
            project_id=project.id,
            title=title,
            notes=notes,
            due_at=due_at,
            owners=[one for one in owners if one not in asked],
            asked=asked,
            created_by=place.user_id,
            now=now,
        )
        await _remind(tx, project, task, now)
        await sign_of_life(tx, project, now)
        return Moved(project, task)

    @transaction
    async def move(
        self,
        tx: Transaction,
        place: Place,
        task_id: int,
        target: TaskState,
        *,
        obstacle: str | None = None,
    ) -> Moved:
        """Bring a task into another state; ``obstacle`` is what is in the way of a blocked one.

        Raises Conflict when it is in that state already, InvalidInput for an obstacle where
        nothing is blocked.
        """
        obstacle = project_rules.check_passage(obstacle, "what is in the way", rules.OBSTACLE_LIMIT)
        if obstacle is not None and target is not TaskState.BLOCKED:
            raise InvalidInput("Only a blocked task has something in its way: move it to blocked.")
        now = self.clock.now()
        project, task = await _task(tx, place, task_id)
        if task.state is target and obstacle == task.obstacle:
            raise Conflict(f"“{wording.one_line(task.title)}” is {_SAID[target]} already.")
        if place.user_id in task.asked and target is not TaskState.TODO:
            await tx.tasks.add_owner(task.id, place.user_id, now)
            task = task.had_by(place.user_id)
        return await _move(tx, project, task, target, place.user_id, now, obstacle)

    @transaction
    async def take(self, tx: Transaction, place: Place, task_id: int) -> Moved:
        """Make somebody an owner of a task, which is then being done.

        Raises Conflict when they have it already, or it is done.
        """
        now = self.clock.now()
        project, task = await _task(tx, place, task_id)
        if task.is_done:
            raise Conflict(f"“{wording.one_line(task.title)}” is done already.")
        if not await tx.tasks.add_owner(task.id, place.user_id, now):
            raise Conflict(f"You have “{wording.one_line(task.title)}” already.")
        target = rules.after_taking(task.state)
        # Taking and starting are one step for people, and so one undo.
        if target is not task.state:
            taken = task.had_by(place.user_id)
            return await _move(tx, project, taken, target, place.user_id, now)
        change = await tx.tasks.note_change(
            task, TaskChangeKind.ASSIGNED, place.user_id, now, place.user_id
        )
        await sign_of_life(tx, project, now)
        return Moved(project, await _again(tx, task), change=change)

    @transaction
    async def undo(self, tx: Transaction, place: Place, move_id: int) -> Moved:
        """Take back one's own last move of a task, and the task itself if one took it by that.

        Raises Conflict when it is somebody else's, or the task was moved since.
        """
        now = self.clock.now()
        move = await tx.tasks.get_move(place.guild_id, move_id)
        if move is None or move.origin is None:
            raise NotFound("That cannot be undone any more.")
        project, task = await _task(tx, place, move.task_id)
        last = await tx.tasks.last_move(place.guild_id, task.id)
        # Only the last move: undoing an earlier one would silently take back what others did since.
        if move.user_id != place.user_id or last is None or last.id != move.id:
            raise Conflict(
                f"“{wording.one_line(task.title)}” was moved since: it is {_SAID[task.state]}."
            )
        # Taking a task starts it, so undoing the start gives it back.
        if move.origin is TaskState.TODO and move.target is TaskState.DOING:
            await _give_back(tx, task, place.user_id)
            task = await _again(tx, task)
        return await _move(tx, project, task, move.origin, place.user_id, now)

    @transaction
    async def revert(self, tx: Transaction, place: Place, change_id: int) -> Moved:
        """Take back one's own last change of a task, other than a move.

        Raises Conflict when it is somebody else's, or the task was changed since.
        """
        now = self.clock.now()
        change = await tx.tasks.get_change(place.guild_id, change_id)
        if change is None:
            raise NotFound("That cannot be undone any more.")
        # Dropping is a change as well, and this is how it is taken back.
        task = await tx.tasks.get(place.guild_id, change.task_id, dropped=True)
        assert task is not None  # noqa: S101 - the change belongs to it
        project = await for_member(tx, place, task.project_id)
        last = (await tx.tasks.changes(place.guild_id, task.id))[-1]
        if change.user_id != place.user_id or last.id != change.id or change.undone_at is not None:
            raise Conflict(
                f"“{wording.one_line(task.title)}” was changed since: look at it on the board."
            )
        await _revert(tx, project, task, change, now)
        await tx.tasks.undone(change, now)
        await sign_of_life(tx, project, now)
        return Moved(project, await _again(tx, task))

    @transaction
    async def edit(
        self,
        tx: Transaction,
        place: Place,
        task_id: int,
        *,
        title: str | None = None,
        due_at: datetime | None = None,
        never_due: bool = False,
        notes: str | None = None,
    ) -> Moved:
        """Change what is given of a task; ``never_due`` takes its due time away.

        A linked commitment takes the new due time.
        """
        now = self.clock.now()
        changed = TaskPatch()
        if title is not None:
            changed["title"] = project_rules.check_text(
                title, "a title", rules.TASK_LIMIT, "title: Train"
            )
        if notes is not None:
            changed["notes"] = project_rules.check_passage(notes, "the notes", rules.NOTES_LIMIT)
        if due_at is not None:
            deadline_rules.check_ahead(due_at, now)
        if due_at is not None or never_due:
            changed["due_at"] = due_at
        if not changed:
            raise InvalidInput("Give what is to be different: `title:`, `due:` or `notes:`.")
        project, task = await _task(tx, place, task_id)
        if "title" in changed:
            await _free_title(tx, task, changed["title"])
        # Noted before it is edited: the note keeps how the task was.
        change = await tx.tasks.note_change(task, TaskChangeKind.EDITED, place.user_id, now)
        edited = await _edit(tx, project, task, changed, now)
        await sign_of_life(tx, project, now)
        return Moved(project, edited, change=change)

    @transaction
    async def drop(self, tx: Transaction, place: Place, task_id: int) -> Moved:
        """Take a task off the board; it can be brought back."""
        now = self.clock.now()
        project, task = await _task(tx, place, task_id)
        change = await tx.tasks.note_change(task, TaskChangeKind.DROPPED, place.user_id, now)
        await tx.tasks.edit(place.guild_id, task.id, dropped_at=now)
        await tx.deadlines.cancel(task.id, DeadlineKind.BOARDS_TASK)
        await linked_writes.task_closed(tx, task, now, dropped=True)
        await sign_of_life(tx, project, now)
        return Moved(project, await _again(tx, task), change=change)

    @transaction
    async def shift(self, tx: Transaction, place: Place, task_id: int, by: int) -> Moved:
        """Move a task up (negative) or down among those that are like it."""
        project, task = await _task(tx, place, task_id)
        if task.is_done:
            raise Conflict(f"“{wording.one_line(task.title)}” is done: what is done folds away.")
        present = await tx.tasks.lines(place.guild_id, project.id)
        ordered = rules.shifted(present, task, by)
        await tx.tasks.put_in_order(place.guild_id, [one.id for one in ordered])
        return Moved(project, await _again(tx, task))

    @transaction
    async def assign(
        self, tx: Transaction, place: Place, task_id: int, user_id: int, *, remove: bool = False
    ) -> Moved:
        """Give a task to a member beside its owners, or with ``remove`` take it from them.

        Whether they have it at once, or are asked, says :func:`_is_asked`. Raises Conflict when
        they have it already, are asked already, or don't have it.
        """
        now = self.clock.now()
        project, task = await _task(tx, place, task_id)
        if remove:
            if not await _give_back(tx, task, user_id):
                raise Conflict(f"{person(user_id)} does not have “{wording.one_line(task.title)}”.")
            kind = TaskChangeKind.REMOVED
        else:
            await _owner(tx, project, user_id)
            if _is_asked(project, place, user_id):
                await _may_ask(tx, project, user_id)
                new = await tx.tasks.ask(task.id, user_id, now)
            else:
                new = await tx.tasks.add_owner(task.id, user_id, now)
            if not new:
                verb = "is asked to do" if user_id in task.asked else "has"
                raise Conflict(
                    f"{person(user_id)} {verb} “{wording.one_line(task.title)}” already."
                )
            kind = TaskChangeKind.ASSIGNED
        change = await tx.tasks.note_change(task, kind, place.user_id, now, user_id)
        await sign_of_life(tx, project, now)
        return Moved(project, await _again(tx, task), change=change)

    @transaction
    async def commit(self, tx: Transaction, place: Place, task_id: int) -> tuple[Moved, Commitment]:
        """Make somebody's task a commitment in the project's group, and keep both in step.

        Raises Conflict for somebody who does not have it, is not in the group, or committed to it.
        """
        now = self.clock.now()
        project, task = await _task(tx, place, task_id)
        if task.is_done or place.user_id not in task.owners:
            raise Conflict(
                f"Take “{wording.one_line(task.title)}” first: one commits to what one has."
            )
        group = await tx.groups.by_id(project.group_id) if project.group_id else None
        if group is None or group.archived_at is not None:
            raise Conflict(
                f"“{wording.one_line(project.title)}” belongs to no group that checks in, so "
                "there is nowhere to commit."
            )
        if await tx.groups.member(group.id, place.user_id) is None:
            raise Conflict(
                f"Join {wording.one_line(group.name)} first, with `/group join`: you commit there."
            )
        for one in await tx.linked_work.open_of(task.id):
            if one.user_id == place.user_id:
                raise Conflict(f"You are committed to “{wording.one_line(task.title)}” already.")
        round_ = await tx.checkins.open_round(group.id)
        made = await tx.commitments.add(
            guild_id=group.guild_id,
            group_id=group.id,
            user_id=place.user_id,
            round_id=round_.id if round_ else None,
            text=task.title[: rules.COMMITTED_LIMIT],
            made_at=now,
            due_at=task.due_at,
            witness_id=None,
        )
        await linked_writes.make_one(tx, made, task, now)
        return Moved(project, task), made

    @snapshot
    async def check_may_add(self, tx: Transaction, place: Place, project_id: int) -> None:
        """Raise what ``add`` would raise for non-members, before anything is typed."""
        await for_member(tx, place, project_id)

    @snapshot
    async def check_may_move(self, tx: Transaction, place: Place, task_id: int) -> Task:
        """Return the task; raises what ``move`` would raise, before anything is typed."""
        _, task = await _task(tx, place, task_id)
        return task

    @snapshot
    async def whole(self, tx: Transaction, guild_id: int, task_id: int) -> WholeTask:
        """Return a task with its project and its history; raises NotFound."""
        task = await tx.tasks.get(guild_id, task_id)
        if task is None:
            raise NotFound("That task does not exist any more.")
        return WholeTask(
            await project_of(tx, guild_id, task.project_id),
            task,
            await tx.tasks.moves(guild_id, task.id),
            await tx.tasks.changes(guild_id, task.id),
            await tx.linked_work.open_of(task.id),
        )

    @snapshot
    async def choices(self, tx: Transaction, guild_id: int, project_id: int) -> list[Task]:
        """Return a project's tasks to choose from, in the order of its board."""
        project = await project_of(tx, guild_id, project_id)
        return rules.on_card(await tx.tasks.of_project(guild_id, project.id))

    @snapshot
    async def named(self, tx: Transaction, project: Project, given: str) -> TaskLine:
        """Return the task that was picked from the list or typed by title; raises NotFound."""
        wanted = given.strip()
        for task in rules.on_card(await tx.tasks.lines(project.guild_id, project.id)):
            if wanted == f"#{task.id}" or wanted.casefold() == task.title.casefold():
                return task
        raise NotFound(
            f"“{wording.one_line(project.title)}” has no task called “{wanted[:60]}”. Pick one "
            "from the list that opens while you type."
        )

    @snapshot
    async def due(self, tx: Transaction, guild_id: int, task_id: int) -> tuple[Project, Task]:
        """Return a task to remind of; raises NotFound when it is gone or nothing is left to do."""
        task = await tx.tasks.get(guild_id, task_id)
        if task is None or task.is_done or task.due_at is None:
            raise NotFound("That task is not due any more.")
        project = await project_of(tx, guild_id, task.project_id)
        if project.archived_at is not None:
            raise NotFound("That project is archived.")
        return project, task

    @transaction
    async def ask_overdue(self, tx: Transaction, project: Project, asked_at: datetime) -> None:
        """Schedule one question a morning about all overdue tasks of a project."""
        zone = await zone_of(tx, project)
        morning = asked_at.astimezone(zone).date()
        for row in await tx.deadlines.of(project.id, DeadlineKind.BOARDS_OVERDUE):
            # One question a morning for the whole project, however many of its tasks are overdue.
            if row.is_waiting or row.due_at.astimezone(zone).date() == morning:
                return
        await tx.deadlines.put(
            DeadlineKind.BOARDS_OVERDUE, project.id, asked_at, guild_id=project.guild_id
        )

    @snapshot
    async def overdue(
        self, tx: Transaction, guild_id: int, project_id: int, since: datetime
    ) -> Overdue:
        """Return what to ask about a project's overdue tasks now, in one message.

        The lead is asked about those whose last morning it is, or was after ``since``. Raises
        NotFound when the project is gone, is over or rests.
        """
        now = self.clock.now()
        project = await project_of(tx, guild_id, project_id)
        if not is_alive(project):
            raise NotFound("That project is over, or rests.")
        zone: ZoneInfo = await zone_of(tx, project)
        tasks = rules.on_card(await tx.tasks.of_project(project.guild_id, project.id))
        numbered = [
            (rules.ask_number(task.due_at, now, zone), task)
            for task in tasks
            if not task.is_done and task.due_at is not None
        ]
        of_owners = [task for number, task in numbered if 0 < number < rules.ASKS]
        of_lead = [
            task
            for number, task in numbered
            # Since the last question, and not today alone: a morning may have passed while the bot
            # was down.
            if number == rules.ASKS and _asked_since(task, since, zone)
        ]
        owners = dict.fromkeys(user_id for task in of_owners for user_id in task.owners)
        asking = [(user_id, await _asking(tx, project, user_id, now)) for user_id in owners]
        lead = [project.lead_id] if project.lead_id is not None else []
        first = [user_id for user_id, (own, *_) in asking if own == project]
        if any(not task.owners for task in of_owners):
            first += lead
        if of_lead:
            first += lead or [user_id for task in of_lead for user_id in task.owners]
        return Overdue(
            project,
            now.astimezone(zone).date().isoformat(),
            of_owners,
            of_lead,
            list(dict.fromkeys(first)),
            [
                (user_id, [one.thread_id for one in others if one.thread_id is not None])
                for user_id, (own, *others) in asking
                if own == project and others
            ],
        )

    @transaction
    async def remind_again(self, tx: Transaction, guild_id: int, task_id: int) -> None:
        """Set the reminders of a task that was opened or given a due time from elsewhere."""
        task = await tx.tasks.get(guild_id, task_id)
        if task is not None and not task.is_done:
            project = await project_of(tx, guild_id, task.project_id)
            await _remind(tx, project, task, self.clock.now())


_SAID = {
    TaskState.TODO: "to do",
    TaskState.DOING: "being done",
    TaskState.REVIEW: "in review",
    TaskState.DONE: "done",
    TaskState.BLOCKED: "blocked",
}


def _asked_since(task: Task, since: datetime, zone: ZoneInfo) -> bool:
    """Whether the last morning on which we ask about a task is that of ``since``, or later."""
    assert task.due_at is not None  # noqa: S101 - only what is due is overdue
    last = rules.asked_at(task.due_at, zone)[-1]
    return last.astimezone(zone).date() >= since.astimezone(zone).date()


async def _asking(tx: Transaction, here: Project, user_id: int, now: datetime) -> list[Project]:
    """Return the projects that would ask somebody about their tasks today; the first one does.

    That is the one whose task has waited longest, and the same all day: a day of UTC, since the
    mornings of projects differ.
    """
    tonight = now.astimezone(UTC).replace(hour=23, minute=59, second=59, microsecond=999_999)
    found: dict[ProjectId, Project] = {}
    tasks = await tx.tasks.of_person(here.guild_id, user_id)
    for task in sorted(tasks, key=lambda one: (one.due_at or tonight, one.id)):
        if task.due_at is None or task.due_at > now or task.project_id in found:
            continue
        project = await project_of(tx, here.guild_id, task.project_id)
        zone = await zone_of(tx, project)
        times = {rules.ask_number(task.due_at, instant, zone) for instant in (now, tonight)}
        if is_alive(project) and times & set(range(1, rules.ASKS)):
            found[project.id] = project
    return list(found.values()) or [here]


async def _task(tx: Transaction, place: Place, task_id: int) -> tuple[Project, Task]:
    task = await tx.tasks.get(place.guild_id, task_id)
    if task is None:
        raise NotFound("That task does not exist any more.")
    return await for_member(tx, place, task.project_id), task


async def _free_title(tx: Transaction, task: Task, title: str) -> None:
    present = await tx.tasks.lines(task.guild_id, task.project_id)
    rules.check_free_title([other for other in present if other.id != task.id], title)


async def _may_ask(tx: Transaction, project: Project, user_id: int) -> None:
    rules.check_may_ask(await tx.tasks.of_project(project.guild_id, project.id), user_id)


async def _owner(tx: Transaction, project: Project, user_id: int) -> None:
    if not await tx.projects.is_member(project.id, user_id):
        raise Conflict(
            f"{person(user_id)} is not in “{wording.one_line(project.title)}”: only members can "
            "have its tasks. They can join with `/project join`."
        )


def _is_asked(project: Project, place: Place, user_id: int) -> bool:
    """Whether a task that somebody gives away has still to be taken by whoever gets it.

    Whoever joins a project lets its lead hand out its tasks, and organisers serve everybody. What
    another member gives is an offer: nobody fills somebody else's list.
    """
    return user_id != place.user_id and place.user_id != project.lead_id and not place.organiser


async def _give_back(tx: Transaction, task: Task, user_id: int) -> bool:
    """Take a task from somebody; their commitment stays, no longer linked to the task."""
    for one in await tx.linked_work.open_of(task.id):
        if one.user_id == user_id:
            await tx.linked_work.unlink(one.id)
    return await tx.tasks.remove_owner(task.id, user_id)


async def _edit(
    tx: Transaction, project: Project, task: Task, changed: TaskPatch, now: datetime
) -> Task:
    await tx.tasks.edit(task.guild_id, task.id, **changed)
    edited = await _again(tx, task)
    if "due_at" in changed and not edited.is_done:
        await tx.deadlines.cancel(task.id, DeadlineKind.BOARDS_TASK)
        await _remind(tx, project, edited, now)
        await linked_writes.task_moved(tx, edited, edited.due_at)
    return edited


async def _revert(
    tx: Transaction, project: Project, task: Task, change: TaskChange, now: datetime
) -> None:
    match change.kind:
        case TaskChangeKind.EDITED:
            if change.title is not None and change.title != task.title:
                await _free_title(tx, task, change.title)
            before = TaskPatch(notes=change.notes, due_at=change.due_at)
            if change.title is not None:
                before["title"] = change.title
            await _edit(tx, project, task, before, now)
        case TaskChangeKind.ASSIGNED if change.owner_id is not None:
            await _give_back(tx, task, change.owner_id)
        case TaskChangeKind.REMOVED if change.owner_id is not None:
            await _owner(tx, project, change.owner_id)
            if change.owner_id == change.user_id:
                await tx.tasks.add_owner(task.id, change.owner_id, now)
            else:  # they may have been asked only: undoing gives them no more than that
                await tx.tasks.ask(task.id, change.owner_id, now)
        case TaskChangeKind.DROPPED:
            present = await tx.tasks.lines(task.guild_id, task.project_id)
            rules.check_room(present)
            if not task.is_done:
                rules.check_free_title(present, task.title)
            await tx.tasks.edit(task.guild_id, task.id, dropped_at=None)
            await linked_writes.task_opened(tx, task, now)
            if not task.is_done:
                task = await tx.tasks.take_from_former_members(task)
                await _remind(tx, project, task, now)
        case _:
            raise NotFound("That cannot be undone any more.")


async def _move(
    tx: Transaction,
    project: Project,
    task: Task,
    target: TaskState,
    user_id: int,
    now: datetime,
    obstacle: str | None = None,
) -> Moved:
    """Change the state, and whether the task still reminds anybody.

    A linked commitment is kept when the task is done, and open again when it is not.
    """
    move, moved = await tx.tasks.move(task, target, user_id, now, obstacle)
    await sign_of_life(tx, project, now)
    if moved.is_done:
        await tx.deadlines.cancel(task.id, DeadlineKind.BOARDS_TASK)
        await linked_writes.task_closed(tx, task, now)
    elif task.is_done:
        await _remind(tx, project, moved, now)
        await linked_writes.task_opened(tx, task, now)
    return Moved(project, moved, move)


async def _again(tx: Transaction, task: Task) -> Task:
    found = await tx.tasks.get(task.guild_id, task.id, dropped=True)
    assert found is not None  # noqa: S101 - it was read in this transaction
    return found


async def _remind(tx: Transaction, project: Project, task: Task, now: datetime) -> None:
    """Schedule the reminders of a task, and the questions once it is overdue."""
    if task.due_at is None:
        return
    zone = await zone_of(tx, project)
    planned = [
        Due(DeadlineKind.BOARDS_TASK, instant, offset=offset)
        for offset, instant in rules.task_reminders(task.due_at, now, zone)
    ]
    await tx.deadlines.put_all(task.id, planned, guild_id=task.guild_id)
