"""What a board shows, and the thread it is in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from bot.base.clock import Clock
from bot.base.errors import NotFound
from cogs.boards.ledger.service import standings_of
from cogs.boards.ledger.standings import ClaimStanding
from cogs.boards.projects.writes import project_of
from cogs.boards.silence.writes import sign_of_life
from cogs.boards.tasks import rules as task_rules
from data.boards.deadlines import ProjectDeadline
from data.boards.log import Link, Update
from data.boards.projects import Project, ProjectId, ProjectMember
from data.boards.tasks import Task, TaskLine
from data.boards.watches import Watch
from data.delivery.kinds import DeadlineKind
from data.papers.papers import Paper
from data.states import CardKind
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class BoardView(Struct, frozen=True):
    """All that a board's card shows.

    ``tasks`` are all of them in the order of the card, and ``first`` the first open ones, whole.
    """

    project: Project
    paper: Paper | None
    members: Sequence[ProjectMember]
    tasks: Sequence[TaskLine]
    first: Sequence[Task]
    deadlines: Sequence[ProjectDeadline]
    standings: Sequence[ClaimStanding]
    links: Sequence[Link]
    last_update: Update | None
    now: datetime
    watches: Sequence[Watch] = ()


class BoardService:
    """The use cases of boards: what they show, and where they are."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def view_in(self, tx: Transaction, project_id: int) -> BoardView:
        """Return what a board shows; raises NotFound."""
        project = await tx.projects.by_id(ProjectId(project_id))
        if project is None:
            raise NotFound("That project does not exist any more.")
        paper = await tx.papers.get(project.paper_id) if project.paper_id is not None else None
        tasks = task_rules.on_card(await tx.tasks.lines(project.guild_id, project.id))
        links = await tx.project_log.links(project.guild_id, project.id)
        still = [task.id for task in tasks if not task.is_done]
        return BoardView(
            project=project,
            paper=paper,
            members=await tx.projects.members(project.id),
            tasks=tasks,
            first=await tx.tasks.these(project.guild_id, still[: task_rules.ROWS]),
            deadlines=await tx.project_deadlines.of_project(project.guild_id, project.id),
            standings=await standings_of(tx, project),
            links=links,
            last_update=await tx.project_log.last(project.guild_id, project.id),
            now=self.clock.now(),
            watches=await tx.watches.of_project(project.guild_id, project.id) if links else (),
        )

    view = snapshot(view_in)

    @snapshot
    async def by_id(self, tx: Transaction, project_id: int) -> Project:
        """Return a project whatever its server, for the process's own work; raises NotFound."""
        project = await tx.projects.by_id(ProjectId(project_id))
        if project is None:
            raise NotFound("That project does not exist any more.")
        return project

    @transaction
    async def opened(
        self, tx: Transaction, project: Project, channel_id: int, thread_id: int
    ) -> Project:
        """Note which thread a board is in now."""
        await tx.projects.edit(
            project.guild_id, project.id, channel_id=channel_id, thread_id=thread_id
        )
        await tx.deadlines.cancel(project.id, DeadlineKind.BOARDS_OPEN)
        return await project_of(tx, project.guild_id, project.id)

    @snapshot
    async def in_thread(self, tx: Transaction, guild_id: int, thread_id: int) -> Project | None:
        """Return the project whose board is a thread."""
        return await tx.projects.in_thread(guild_id, thread_id)

    @transaction
    async def lost(self, tx: Transaction, guild_id: int, thread_id: int) -> Project | None:
        """Note that a thread was deleted, and schedule making its board again."""
        project = await tx.projects.in_thread(guild_id, thread_id)
        if project is None:
            return None
        await tx.projects.edit(guild_id, project.id, thread_id=None)
        # The card went with the thread; without this the keeper would take it for standing.
        await tx.cards.forget(CardKind.BOARD, project.id)
        if project.archived_at is None:
            await tx.deadlines.put(
                DeadlineKind.BOARDS_OPEN, project.id, self.clock.now(), guild_id=guild_id
            )
        return await project_of(tx, guild_id, project.id)

    async def lost_channel(self, guild_id: int, channel_id: int) -> None:
        """Note that a channel was deleted, and with it every board in it."""
        there = await self.store.fetch(lambda tx: tx.projects.in_channel(guild_id, channel_id))
        for project in there:
            if project.thread_id is not None:
                await self.lost(guild_id, project.thread_id)

    @snapshot
    async def homes(self, tx: Transaction, project: Project) -> list[int]:
        """Return the channels where a board's thread can be made, the best first."""
        server = await tx.servers.get(project.guild_id)
        group = await tx.groups.by_id(project.group_id) if project.group_id is not None else None
        # Where it was before comes first: people look for it there.
        homes = [project.channel_id, server.boards_channel_id, group and group.channel_id]
        return list(dict.fromkeys(home for home in homes if home is not None))

    @transaction
    async def touched(self, tx: Transaction, guild_id: int, project_id: int) -> Project:
        """Note a sign of life that did not come from the board itself; raises NotFound."""
        project = await project_of(tx, guild_id, project_id)
        if project.archived_at is None:
            await sign_of_life(tx, project, self.clock.now())
        return project

    @snapshot
    async def about_paper(self, tx: Transaction, paper_id: int) -> list[Project]:
        """Return the projects about a paper."""
        return await tx.projects.about_paper(paper_id)
