"""Projects: proposing and joining them, finding the one that is meant, and what a board shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import papers
from bot.base import wording
from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.place import Place
from cogs.boards.ledger.rules import Standing
from cogs.boards.ledger.service import standings_of
from cogs.boards.projects import rules as board
from cogs.boards.projects.access import for_lead, project_of
from cogs.boards.projects.life import SILENT, count_silence, sign_of_life
from data.boards.deadlines import ProjectDeadline
from data.boards.log import Link, Update
from data.boards.projects import Project, ProjectId, ProjectMember
from data.boards.tasks import Task
from data.boards.watches import Watch
from data.papers.papers import Paper
from data.server.groups import Group
from data.states import CardKind, Joining, ProjectRole, ProjectState
from data.store import Store
from data.transaction import Transaction

OPEN = "boards.open"
"""The deadline that makes a board's thread where it is missing."""

PATIENCE = timedelta(minutes=2)
"""How long a board's thread may be in the making before it is made anew."""


@dataclass(frozen=True, slots=True)
class BoardView:
    """All that a board's card shows."""

    project: Project
    paper: Paper | None
    members: Sequence[ProjectMember]
    tasks: Sequence[Task]
    deadlines: Sequence[ProjectDeadline]
    standings: Sequence[Standing]
    links: Sequence[Link]
    last_update: Update | None
    now: datetime
    watches: Sequence[Watch] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One project in a list."""

    project: Project
    paper: Paper | None
    members: int


@dataclass(frozen=True, slots=True)
class Silence:
    """A project that has been silent, its people, and the organisers' role."""

    project: Project
    members: Sequence[ProjectMember]
    organiser_role_id: int | None

    @property
    def mentors(self) -> list[int]:
        """The members who are asked where nobody leads the project."""
        return [one.user_id for one in self.members if one.has(ProjectRole.MENTOR)]


class ProjectService:
    """The use cases of projects."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def propose(
        self,
        place: Place,
        *,
        group: Group | None,
        paper: str,
        title: str,
        summary: str | None,
        skills: str | None,
        capacity: int | None,
        joining: Joining = Joining.OPEN,
        mentored: bool = False,
    ) -> Project:
        """Write down a project that its proposer leads, or mentors; its thread is to be made.

        Should that never be told (``opened``), the thread is made by a deadline. Raises
        InvalidInput for what cannot be used, and Conflict when another project has the title.
        """
        title = board.check_text(title, "a title", board.TITLE_LIMIT, "title: Grokking again")
        cited = board.check_text(paper, "the paper", board.CITED_LIMIT, "paper: arXiv:2201.02177")
        summary = board.check_passage(summary, "the summary", board.SUMMARY_LIMIT)
        listed = board.check_skills(skills)
        found = papers.find(cited)
        now = self.clock.now()
        async with self.store.transaction() as tx:
            await _free_title(tx, place.guild_id, title)
            server = await tx.servers.get(place.guild_id)
            row = None
            if found is not None:
                row = await tx.papers.add(key=found.key, url=found.url, title=found.label, now=now)
            project = await tx.projects.create(
                guild_id=place.guild_id,
                group_id=group.id if group else None,
                paper_id=row.id if row else None,
                cited=cited,
                title=title,
                summary=summary,
                skills=listed,
                capacity=capacity,
                joining=joining,
                channel_id=_home(server.boards_channel_id, group, place.channel_id),
                created_by=place.user_id,
                now=now,
                mentored=mentored,
            )
            await tx.deadlines.put(OPEN, project.id, now + PATIENCE, guild_id=place.guild_id)
            await sign_of_life(tx, project, now)
        return project

    async def withdraw(self, project: Project) -> None:
        """Take back a project whose thread could not be made."""
        async with self.store.transaction() as tx:
            await tx.deadlines.cancel(project.id, OPEN, SILENT)
            await tx.projects.remove(project.guild_id, project.id)

    async def opened(self, project: Project, channel_id: int, thread_id: int) -> Project:
        """Note in which thread a board stands now."""
        async with self.store.transaction() as tx:
            await tx.projects.edit(
                project.guild_id, project.id, channel_id=channel_id, thread_id=thread_id
            )
            await tx.deadlines.cancel(project.id, OPEN)
            return await project_of(tx, project.guild_id, project.id)

    async def silent(self, guild_id: int, project_id: int) -> Silence:
        """Return a silent project to ask about.

        Raises NotFound when it is over, paused or archived: its silence means nothing then.
        """
        async with self.store.read() as tx:
            project = await project_of(tx, guild_id, project_id)
            if not board.is_alive(project):
                raise NotFound("That project is over, or paused.")
            members = await tx.projects.members(project.id)
            server = await tx.servers.get(guild_id)
        return Silence(project, members, server.organiser_role_id)

    async def set_silence(self, place: Place, project_id: int, days: int) -> Project:
        """Set after how many silent days the lead is asked, 0 for never; leads and organisers."""
        async with self.store.transaction() as tx:
            project = await for_lead(tx, place, project_id)
            await tx.projects.edit(place.guild_id, project.id, silence_days=days)
            changed = await project_of(tx, place.guild_id, project.id)
            await count_silence(tx, changed, self.clock.now())
        return changed

    async def in_thread(self, guild_id: int, thread_id: int) -> Project | None:
        """Return the project whose board is a thread."""
        async with self.store.read() as tx:
            return await tx.projects.in_thread(guild_id, thread_id)

    async def lost(self, guild_id: int, thread_id: int) -> Project | None:
        """Note that a thread was deleted, and have the board that stood there made anew."""
        async with self.store.transaction() as tx:
            project = await tx.projects.in_thread(guild_id, thread_id)
            if project is None:
                return None
            await tx.projects.edit(guild_id, project.id, thread_id=None)
            await tx.cards.forget(CardKind.BOARD, project.id)
            if project.archived_at is None:
                await tx.deadlines.put(OPEN, project.id, self.clock.now(), guild_id=guild_id)
            return await project_of(tx, guild_id, project.id)

    async def lost_channel(self, guild_id: int, channel_id: int) -> None:
        """Note that a channel was deleted, and with it every board that stood there."""
        async with self.store.read() as tx:
            there = await tx.projects.in_channel(guild_id, channel_id)
        for project in there:
            if project.thread_id is not None:
                await self.lost(guild_id, project.thread_id)

    async def homes(self, project: Project) -> list[int]:
        """Return the channels where a board's thread can be made, the best first."""
        async with self.store.read() as tx:
            server = await tx.servers.get(project.guild_id)
            group = (
                await tx.groups.by_id(project.group_id) if project.group_id is not None else None
            )
        homes = [project.channel_id, server.boards_channel_id, group and group.channel_id]
        return list(dict.fromkeys(home for home in homes if home is not None))

    async def get(self, guild_id: int, project_id: int) -> Project:
        """Return a project of this server; raises NotFound."""
        async with self.store.read() as tx:
            return await project_of(tx, guild_id, project_id)

    async def by_id(self, project_id: int) -> Project:
        """Return a project whatever its server, for the process's own work; raises NotFound."""
        async with self.store.read() as tx:
            project = await tx.projects.by_id(ProjectId(project_id))
        if project is None:
            raise NotFound("That project does not exist any more.")
        return project

    async def zone(self, place: Place, project: Project) -> ZoneInfo:
        """Return the zone to read somebody's times in: theirs, the group's, or the server's."""
        if project.group_id is None:
            return place.zone()
        async with self.store.read() as tx:
            return place.zone(await tx.groups.get(place.guild_id, project.group_id))

    async def about_paper(self, paper_id: int) -> list[Project]:
        """Return the projects about a paper."""
        async with self.store.read() as tx:
            return await tx.projects.about_paper(paper_id)

    async def view(self, project_id: int) -> BoardView:
        """Return what a board shows; raises NotFound."""
        async with self.store.read() as tx:
            project = await tx.projects.by_id(ProjectId(project_id))
            if project is None:
                raise NotFound("That project does not exist any more.")
            paper = await tx.papers.get(project.paper_id) if project.paper_id is not None else None
            return BoardView(
                project=project,
                paper=paper,
                members=await tx.projects.members(project.id),
                tasks=await tx.tasks.of_project(project.guild_id, project.id),
                deadlines=await tx.project_deadlines.of_project(project.guild_id, project.id),
                standings=await standings_of(tx, project),
                links=await tx.project_log.links(project.guild_id, project.id),
                last_update=await tx.project_log.last(project.guild_id, project.id),
                now=self.clock.now(),
                watches=await tx.watches.of_project(project.guild_id, project.id),
            )

    async def meant(self, place: Place, given: str | None, *, own: bool = True) -> Project:
        """Return the project that is meant, by a reference (``#12``), a title, or the place.

        Without ``given``: the board of this thread; else the only one of the person (``own``), of
        this channel's group, or of the server. Raises NotFound or InvalidInput with what to do.
        """
        async with self.store.read() as tx:
            mine = await tx.projects.open_of_person(place.guild_id, place.user_id)
            everything = known(place, await tx.projects.of_server(place.guild_id), mine)
            if given is not None:
                return named(given, everything)
            if place.thread_id is not None:
                here = await tx.projects.in_thread(place.guild_id, place.thread_id)
                if here is not None:
                    return here
            group = await tx.groups.in_channel(place.guild_id, place.channel_id)
            theirs = await tx.projects.open_of_group(group.id) if group else []
        own_ones = known(place, mine, mine) if own else []
        for candidates in (own_ones, known(place, theirs, mine), everything):
            if len(candidates) == 1:
                return candidates[0]
        if not everything:
            raise NotFound(
                "There is no project in this server yet. `/project propose` starts one with a "
                "paper and a title."
            )
        raise InvalidInput("Which project? Use this in its board's thread, or give `project:`.")

    async def put_away(self, place: Place, given: str | None) -> Project:
        """Return the archived project that is meant: by its title, or by the thread it was in."""
        async with self.store.read() as tx:
            archived = known(place, await tx.projects.archived(place.guild_id))
        if given is not None:
            return named(given, archived)
        for project in archived:
            if place.thread_id == project.thread_id or len(archived) == 1:
                return project
        raise NotFound("Which archived project? Give `project:`, as the list offers it.")

    async def archived(self, place: Place) -> list[Project]:
        """Return the server's archived projects that the person may know of, newest first."""
        async with self.store.read() as tx:
            return known(place, await tx.projects.archived(place.guild_id))

    async def search(
        self,
        place: Place,
        *,
        state: ProjectState | None,
        skill: str | None,
        paper: str | None,
    ) -> list[Found]:
        """Return the projects that the person may know of, with state, skill and paper as given."""
        wanted = papers.find(paper) if paper else None
        async with self.store.read() as tx:
            found: list[Found] = []
            mine = await tx.projects.open_of_person(place.guild_id, place.user_id)
            for project in known(place, await tx.projects.of_server(place.guild_id), mine):
                about = (
                    await tx.papers.get(project.paper_id) if project.paper_id is not None else None
                )
                named = (project.cited, about.title if about else "")
                if state is not None and project.state is not state:
                    continue
                if skill and not board.holds(skill, project.skills):
                    continue
                if paper and not (
                    (wanted is not None and about is not None and about.key == wanted.key)
                    or board.holds(paper, named)
                ):
                    continue
                members = await tx.projects.member_count(project.id)
                found.append(Found(project, about, members))
        return found

    async def choices(self, place: Place) -> list[Project]:
        """Return the projects to choose from: those of the person first."""
        async with self.store.read() as tx:
            everything = await tx.projects.of_server(place.guild_id)
            mine = await tx.projects.open_of_person(place.guild_id, place.user_id)
        return sorted(known(place, everything, mine), key=lambda project: project not in mine)


def known(place: Place, projects: Sequence[Project], mine: Sequence[Project] = ()) -> list[Project]:
    """Return those whose board stands where the person can read; ``mine`` are those they are in."""
    return [
        one
        for one in projects
        if place.may_know(one.channel_id, member=one in mine or one.lead_id == place.user_id)
    ]


def named(given: str, projects: Sequence[Project]) -> Project:
    """Return the project that was picked from the list or typed by title; raises NotFound."""
    wanted = given.strip()
    for project in projects:
        if wanted == f"#{project.id}" or wanted.casefold() == project.title.casefold():
            return project
    raise NotFound(
        f"There is no project called “{wanted[:60]}” here. Pick one from the list that opens "
        "while you type."
    )


async def _free_title(tx: Transaction, guild_id: int, title: str) -> None:
    for other in await tx.projects.of_server(guild_id):
        if other.title.casefold() == title.casefold():
            where = f" in <#{other.thread_id}>" if other.thread_id is not None else ""
            raise Conflict(
                f"There is a project called “{wording.named(other.title)}”{where} already. Join "
                "it, or choose another title."
            )


def _home(boards_channel_id: int | None, group: Group | None, here: int) -> int:
    """Return the channel for a new board: the server's for boards, the group's, or this one."""
    if boards_channel_id is not None:
        return boards_channel_id
    return group.channel_id if group is not None else here
