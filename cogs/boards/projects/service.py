"""Projects: proposing, changing and archiving them, and finding the one that is meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot import papers
from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.base.wording import folded, one_line
from bot.place import Place
from cogs.boards.ledger.headline import Headline, headline
from cogs.boards.ledger.service import standings_of
from cogs.boards.links.writes import watch_again
from cogs.boards.projects import rules
from cogs.boards.projects.writes import for_lead, for_member, project_of
from cogs.boards.silence.writes import count_silence, sign_of_life
from data.boards.projects import Project, ProjectPatch
from data.delivery.kinds import DeadlineKind
from data.papers.papers import Paper, PaperId
from data.server.groups import Group
from data.states import Joining, ProjectRole, ProjectState, Topic
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class ListedProject(Struct, frozen=True):
    """One project in a list."""

    project: Project
    paper: Paper | None
    members: int
    headline: Headline | None = None


class WhichProject(InvalidInput):
    """Several projects may be meant: ``projects``, of which one is to be picked."""

    def __init__(self, projects: Sequence[Project]) -> None:
        super().__init__("Which project? Use this in its board's thread, or give `project:`.")
        self.projects = projects


class Around(Struct, frozen=True):
    """The board of the thread that a person acts in, or else all that may be meant.

    Those of the person, of the channel's group, and of the server; which of them the person can
    read is not told.
    """

    here: Project | None
    mine: Sequence[Project] = ()
    theirs: Sequence[Project] = ()
    everything: Sequence[Project] = ()


class ProjectService:
    """The use cases of projects as a whole."""

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
        """Save a project that its proposer leads, or mentors; its thread is made later.

        Where ``opened`` is never called, a deadline makes the thread. Raises
        InvalidInput for what cannot be used, and Conflict when another project has the title.
        """
        title = rules.check_title(title)
        cited = rules.check_paper(paper)
        summary = rules.check_passage(summary, "the summary", rules.SUMMARY_LIMIT)
        listed = rules.check_skills(skills)
        now = self.clock.now()
        async with self.store.transaction() as tx:
            await _free_title(tx, place, title)
            server = await tx.servers.get(place.guild_id)
            project = await tx.projects.create(
                guild_id=place.guild_id,
                group_id=group.id if group else None,
                paper_id=await _paper(tx, cited, now),
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
            await tx.deadlines.put(
                DeadlineKind.BOARDS_OPEN, project.id, now + rules.PATIENCE, guild_id=place.guild_id
            )
            await sign_of_life(tx, project, now)
            return project

    @snapshot
    async def home(self, tx: Transaction, place: Place) -> int:
        """Return the channel where the board of a project without a group would open."""
        server = await tx.servers.get(place.guild_id)
        return _home(server.boards_channel_id, None, place.channel_id)

    @transaction
    async def withdraw(self, tx: Transaction, project: Project) -> None:
        """Take back a project whose thread could not be made."""
        await tx.deadlines.cancel(project.id, DeadlineKind.BOARDS_OPEN, DeadlineKind.BOARDS_SILENT)
        await tx.projects.remove(project.guild_id, project.id)

    @snapshot
    async def check_may_lead(self, tx: Transaction, place: Place, project_id: int) -> Project:
        """Return the project; raises for who neither leads it nor organises."""
        return await for_lead(tx, place, project_id)

    async def edit(
        self,
        place: Place,
        project_id: int,
        *,
        title: str | None = None,
        paper: str | None = None,
        summary: str | None = None,
        skills: str | None = None,
        capacity: int | None = None,
        joining: Joining | None = None,
    ) -> Project:
        """Change what is given, for the lead or an organiser.

        Raises InvalidInput for nothing and for what cannot be used, and Conflict for a title that
        another project has, or a capacity that is less than the members there are.
        """
        changed = ProjectPatch()
        if title is not None:
            changed["title"] = rules.check_title(title)
        if paper is not None:
            changed["cited"] = rules.check_paper(paper)
        if summary is not None:
            changed["summary"] = rules.check_passage(summary, "the summary", rules.SUMMARY_LIMIT)
        if skills is not None:
            changed["skills"] = rules.check_skills(skills)
        if capacity is not None:
            changed["capacity"] = capacity
        if joining is not None:
            changed["joining"] = joining
        if not changed:
            raise InvalidInput(
                "Say what to change: `title:`, `paper:`, `summary:`, `skills:`, `capacity:` or "
                "`joining:`."
            )
        async with self.store.transaction() as tx:
            project = await for_lead(tx, place, project_id)
            if "title" in changed:
                await _free_title(tx, place, changed["title"], but=project)
            if capacity is not None:
                rules.check_capacity(project, capacity, await tx.projects.member_count(project.id))
            if "cited" in changed:
                changed["paper_id"] = await _paper(tx, changed["cited"], self.clock.now())
            await tx.projects.edit(place.guild_id, project.id, **changed)
            return await project_of(tx, place.guild_id, project.id)

    async def on_same_paper(self, place: Place, project: Project) -> list[Project]:
        """Return the other projects on a project's paper that the person may know of.

        A paper without an identifier is the same where it is cited in the same words.
        """
        async with self.store.read() as tx:
            mine = await tx.projects.open_of_person(place.guild_id, place.user_id)
            everything = known(place, await tx.projects.of_server(place.guild_id), mine)
            return [
                one
                for one in everything
                if one.id != project.id
                and (
                    one.paper_id == project.paper_id
                    if project.paper_id is not None
                    else one.cited.casefold() == project.cited.casefold()
                )
            ]

    @transaction
    async def set_wanted(
        self, tx: Transaction, place: Place, project_id: int, roles: Iterable[str]
    ) -> Project:
        """Set whom a project looks for; for the lead or an organiser."""
        chosen = tuple(role for role in ProjectRole if str(role) in set(roles))
        project = await for_lead(tx, place, project_id)
        await tx.projects.edit(place.guild_id, project.id, wanted_roles=chosen or None)
        return await project_of(tx, place.guild_id, project.id)

    @transaction
    async def set_silence(
        self, tx: Transaction, place: Place, project_id: int, days: int
    ) -> Project:
        """Set after how many silent days the lead is asked, 0 for never; leads and organisers."""
        project = await for_lead(tx, place, project_id)
        await tx.projects.edit(place.guild_id, project.id, silence_days=days)
        changed = await project_of(tx, place.guild_id, project.id)
        # From now on, and not from the last sign of life: a shorter limit would otherwise ask at
        # once about days before anybody chose it.
        await count_silence(tx, changed, self.clock.now())
        return changed

    @transaction
    async def set_state(
        self, tx: Transaction, place: Place, project_id: int, state: ProjectState
    ) -> Project:
        """Say how far a project has come, for the lead or an organiser."""
        project = await for_lead(tx, place, project_id)
        if project.state is state:
            raise Conflict(f"“{one_line(project.title)}” is {state} already.")
        await tx.projects.edit(place.guild_id, project.id, state=state)
        changed = await project_of(tx, place.guild_id, project.id)
        await sign_of_life(tx, changed, self.clock.now())
        return changed

    @snapshot
    async def check_may_update(self, tx: Transaction, place: Place, project_id: int) -> None:
        """Raise what ``update`` would raise, before anything is typed."""
        await for_member(tx, place, project_id)

    @transaction
    async def update(
        self,
        tx: Transaction,
        place: Place,
        project_id: int,
        text: str,
        topic: Topic = Topic.PROGRESS,
    ) -> tuple[Project, str]:
        """Write a line in the log, for a section of the report; returns it as it was written."""
        line = rules.check_passage(text, "an update", rules.UPDATE_LIMIT)
        if line is None:
            raise InvalidInput("Say what is new, for example `text: 3 of 5 seeds have run`.")
        now = self.clock.now()
        project = await for_member(tx, place, project_id)
        await tx.project_log.write(
            guild_id=place.guild_id,
            project_id=project.id,
            user_id=place.user_id,
            topic=topic,
            text=line,
            now=now,
        )
        await sign_of_life(tx, project, now)
        return project, line

    @snapshot
    async def check_may_archive(self, tx: Transaction, place: Place, project_id: int) -> None:
        """Raise what ``archive`` would raise, before it is asked for."""
        await for_lead(tx, place, project_id)

    @transaction
    async def archive(self, tx: Transaction, place: Place, project_id: int) -> Project:
        """Archive a project, for the lead or an organiser; nothing changes in it any more."""
        project = await for_lead(tx, place, project_id)
        await tx.projects.edit(place.guild_id, project.id, archived_at=self.clock.now())
        # Reminders of tasks and dates stay: each asks when it is due, and reopening then has
        # nothing to restore.
        await tx.deadlines.cancel(project.id, DeadlineKind.BOARDS_SILENT)
        for watch in await tx.watches.of_project(place.guild_id, project.id):
            await tx.deadlines.cancel(watch.link_id, DeadlineKind.BOARDS_WATCH)
        return await project_of(tx, place.guild_id, project.id)

    async def reopen(self, place: Place, project_id: int) -> Project:
        """Reopen an archived project, for the lead or an organiser."""
        async with self.store.transaction() as tx:
            project = await project_of(tx, place.guild_id, project_id)
            rules.only_leads(project, place)
            if project.archived_at is None:
                raise Conflict(f"“{one_line(project.title)}” is not archived.")
            # Titles are free while a project is archived, since most never come back.
            for other in await _called(tx, place, project.title):
                raise Conflict(
                    f"Another project is called “{one_line(other.title)}” now. Archive that "
                    "one first."
                )
            await tx.projects.edit(place.guild_id, project.id, archived_at=None)
            reopened = await project_of(tx, place.guild_id, project.id)
            await sign_of_life(tx, reopened, self.clock.now())
            await watch_again(tx, reopened, self.clock.now())
            return reopened

    @snapshot
    async def get(self, tx: Transaction, guild_id: int, project_id: int) -> Project:
        """Return a project of this server; raises NotFound."""
        return await project_of(tx, guild_id, project_id)

    @snapshot
    async def zone(self, tx: Transaction, place: Place, project: Project) -> ZoneInfo:
        """Return the zone to read somebody's times in: theirs, the group's, or the server's."""
        if project.group_id is None:
            return place.zone()
        return place.zone(await tx.groups.get(place.guild_id, project.group_id))

    def meant(self, about: Around, place: Place, given: str | None, *, own: bool = True) -> Project:
        """Return the project that is meant, by a reference (``#12``), a title, or the place.

        ``about`` is what :meth:`around` found. Without ``given``: the board of this thread; else
        the only one of the person (``own``), of this channel's group, or of the server. Raises
        NotFound or InvalidInput with what to do.
        """
        if about.here is not None:
            return about.here
        everything = known(place, about.everything, about.mine)
        if given is not None:
            return _named(given, everything)
        own_ones = known(place, about.mine, about.mine) if own else []
        for candidates in (own_ones, known(place, about.theirs, about.mine), everything):
            if len(candidates) == 1:
                return candidates[0]
        if not everything:
            raise NotFound(
                "There is no project in this server yet. `/project propose` starts one with a "
                "paper and a title."
            )
        raise WhichProject(own_ones or everything)

    async def around(self, tx: Transaction, place: Place, *, named: bool) -> Around:
        """Return the projects around a person; the rest is not asked for in a board's thread.

        ``named`` says that one was named, which may be any of them.
        """
        if not named and place.thread_id is not None:
            here = await tx.projects.in_thread(place.guild_id, place.thread_id)
            if here is not None:
                return Around(here)
        mine = await tx.projects.open_of_person(place.guild_id, place.user_id)
        everything = await tx.projects.of_server(place.guild_id)
        group = await tx.groups.in_channel(place.guild_id, place.channel_id) if not named else None
        theirs = await tx.projects.open_of_group(group.id) if group else []
        return Around(None, mine, theirs, everything)

    async def put_away(self, place: Place, given: str | None) -> Project:
        """Return the archived project that is meant: by its title, or by the thread it was in."""
        async with self.store.read() as tx:
            archived = known(place, await tx.projects.archived(place.guild_id))
            if given is not None:
                return _named(given, archived)
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
    ) -> list[ListedProject]:
        """Return the projects that the person may know of, with state, skill and paper as given."""
        async with self.store.read() as tx:
            wanted = papers.find(paper) if paper else None
            found: list[ListedProject] = []
            mine = await tx.projects.open_of_person(place.guild_id, place.user_id)
            for project in known(place, await tx.projects.of_server(place.guild_id), mine):
                about = (
                    await tx.papers.get(project.paper_id) if project.paper_id is not None else None
                )
                titles = (project.cited, about.title if about else "")
                if state is not None and project.state is not state:
                    continue
                if skill and not rules.holds(skill, project.skills):
                    continue
                if paper and not (
                    (wanted is not None and about is not None and about.key == wanted.key)
                    or rules.holds(paper, titles)
                ):
                    continue
                members = await tx.projects.member_count(project.id)
                told = None
                if len(found) < rules.HEADLINES:
                    told = headline(await standings_of(tx, project))
                found.append(ListedProject(project, about, members, told))
            return found

    async def choices(self, place: Place) -> list[Project]:
        """Return the projects to choose from: those of the person first."""
        about = await self.store.fetch(lambda tx: self.around(tx, place, named=True))
        return sorted(
            known(place, about.everything, about.mine),
            key=lambda project: project not in about.mine,
        )


def known(place: Place, projects: Sequence[Project], mine: Sequence[Project] = ()) -> list[Project]:
    """Return those whose board the person can read; ``mine`` are those they are in."""
    return [
        one
        for one in projects
        if place.may_know(one.channel_id, member=one in mine or one.lead_id == place.user_id)
    ]


def _named(given: str, projects: Sequence[Project]) -> Project:
    """Return the project that was picked from the list or typed by title; raises NotFound."""
    wanted = given.strip()
    for project in projects:
        if wanted == f"#{project.id}" or wanted.casefold() == project.title.casefold():
            return project
    raise NotFound(
        f"There is no project called “{wanted[:60]}” here. Pick one from the list that opens "
        "while you type."
    )


async def _paper(tx: Transaction, cited: str, now: datetime) -> PaperId | None:
    """Return the paper that a citation identifies; None where it only describes one."""
    found = papers.find(cited)
    if found is None:
        return None
    row = await tx.papers.add(key=found.key, url=found.url, title=found.label, now=now)
    return row.id


async def _free_title(
    tx: Transaction, place: Place, title: str, *, but: Project | None = None
) -> None:
    for other in await _called(tx, place, title):
        if but is None or other.id != but.id:
            where = f" in <#{other.thread_id}>" if other.thread_id is not None else ""
            raise Conflict(
                f"There is a project called “{one_line(other.title)}”{where} already. Join "
                "it, or choose another title."
            )


async def _called(tx: Transaction, place: Place, title: str) -> list[Project]:
    """Return the open projects of a title; what the person may not know of refuses no title.

    It looks at what the person can read, so the transaction stays on the loop.
    """
    mine = await tx.projects.open_of_person(place.guild_id, place.user_id)
    everything = await tx.projects.of_server(place.guild_id)
    return [one for one in known(place, everything, mine) if folded(one.title) == folded(title)]


def _home(boards_channel_id: int | None, group: Group | None, here: int) -> int:
    """Return the channel for a new board: the server's for boards, the group's, or this one."""
    if boards_channel_id is not None:
        return boards_channel_id
    return group.channel_id if group is not None else here
