"""Who is in a project, who leads it, and how it goes: leaving, handing over, states, the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.base.wording import named, person
from bot.place import Place
from cogs.boards.links.service import WATCH, begin, watch_again
from cogs.boards.projects import rules as board
from cogs.boards.projects.access import for_lead, for_member, project_of
from cogs.boards.projects.life import SILENT, sign_of_life
from data.boards.log import Link
from data.boards.projects import Project, ProjectMember
from data.states import Joining, ProjectRole, ProjectState, Topic
from data.store import Store

LINKS = 25
"""How many links a project may have: as many as a list offers to choose from."""

LABEL_LIMIT = 60
URL_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Left:
    """A project that somebody left: how many tasks they gave back, and whether it had been full.

    ``roles`` is what they did in it; ``led`` when they led it and nobody does now.
    """

    project: Project
    tasks: int
    was_full: bool
    roles: tuple[str, ...] = ()
    led: bool = False


class PeopleService:
    """The use cases of a project's life and people."""

    def __init__(self, store: Store, clock: Clock, *, watching: bool) -> None:
        self.store = store
        self.clock = clock
        self.watching = watching

    async def has_to_hand_over(self, place: Place, project_id: int) -> bool:
        """Whether somebody leads a project that others are in, too."""
        async with self.store.read() as tx:
            project = await project_of(tx, place.guild_id, project_id)
            return (
                project.lead_id == place.user_id and await tx.projects.member_count(project.id) > 1
            )

    async def leave(
        self,
        place: Place,
        project_id: int,
        *,
        successor: int | None = None,
        leaderless: bool = False,
    ) -> Left:
        """Stop being a member; what one had of the open tasks is free again.

        A lead names a ``successor`` among the members, or leaves it to them (``leaderless``).
        Raises Conflict for who is no member, and for a lead who does neither.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            project = await project_of(tx, place.guild_id, project_id)
            count = await tx.projects.member_count(project.id)
            leads = project.lead_id == place.user_id
            if leads and count > 1 and successor is None and not leaderless:
                raise Conflict(
                    f"You lead “{named(project.title)}”. Hand it over first, with `/project lead`; "
                    "then you can leave."
                )
            if successor is not None and (
                successor == place.user_id or not await tx.projects.is_member(project.id, successor)
            ):
                raise Conflict(
                    f"{person(successor)} cannot lead “{named(project.title)}”: choose another "
                    "member of it."
                )
            member = await tx.projects.member(project.id, place.user_id)
            if member is None:
                raise Conflict(f"You are not in “{named(project.title)}”.")
            await tx.projects.remove_member(project.id, place.user_id, now)
            if leads:
                await tx.projects.edit(place.guild_id, project.id, lead_id=successor)
            given_back = 0
            for task in await tx.tasks.of_project(place.guild_id, project.id):
                if task.is_done or not await tx.tasks.remove_owner(task.id, place.user_id):
                    continue
                given_back += 1
                for one in await tx.linked_work.open_of(task.id):
                    if one.user_id == place.user_id:
                        await tx.linked_work.unlink(one.id)
            left = await project_of(tx, place.guild_id, project.id)
        return Left(
            left,
            given_back,
            project.capacity is not None and count >= project.capacity,
            tuple(member.roles or ()),
            leads and successor is None and count > 1,
        )

    async def set_roles(self, place: Place, project_id: int, roles: Iterable[str]) -> Project:
        """Say what one does in a project."""
        chosen = tuple(role for role in ProjectRole if str(role) in set(roles))
        async with self.store.transaction() as tx:
            project = await for_member(tx, place, project_id)
            await tx.projects.set_roles(project.id, place.user_id, chosen)
        return project

    async def set_wanted(self, place: Place, project_id: int, roles: Iterable[str]) -> Project:
        """Say whom a project looks for, for the lead or an organiser."""
        chosen = tuple(role for role in ProjectRole if str(role) in set(roles))
        async with self.store.transaction() as tx:
            project = await for_lead(tx, place, project_id)
            await tx.projects.edit(place.guild_id, project.id, wanted_roles=chosen or None)
            return await project_of(tx, place.guild_id, project.id)

    async def membership(
        self, place: Place, project_id: int
    ) -> tuple[Project, ProjectMember | None]:
        """Return a project, and somebody's part in it; raises NotFound."""
        async with self.store.read() as tx:
            project = await project_of(tx, place.guild_id, project_id)
            return project, await tx.projects.member(project.id, place.user_id)

    async def check_may_lead(self, place: Place, project_id: int) -> Project:
        """Return the project; raises for who neither leads it nor organises."""
        async with self.store.read() as tx:
            return await for_lead(tx, place, project_id)

    async def edit(
        self,
        place: Place,
        project_id: int,
        *,
        summary: str | None = None,
        skills: str | None = None,
        capacity: int | None = None,
        joining: Joining | None = None,
    ) -> Project:
        """Change what is given, for the lead or an organiser; raises InvalidInput for nothing."""
        given: dict[str, Any] = {"capacity": capacity, "joining": joining}
        changed = {name: value for name, value in given.items() if value is not None}
        if summary is not None:
            changed["summary"] = board.check_passage(summary, "the summary", board.SUMMARY_LIMIT)
        if skills is not None:
            changed["skills"] = board.check_skills(skills)
        if not changed:
            raise InvalidInput(
                "Give what is to be different: `summary:`, `skills:`, `capacity:` or `joining:`."
            )
        async with self.store.transaction() as tx:
            project = await for_lead(tx, place, project_id)
            await tx.projects.edit(place.guild_id, project.id, **changed)
            return await project_of(tx, place.guild_id, project.id)

    async def hand_over(self, place: Place, project_id: int, user_id: int) -> Project:
        """Make a member the lead, for the lead or an organiser; a board without one takes any."""
        async with self.store.transaction() as tx:
            project = await project_of(tx, place.guild_id, project_id)
            board.check_alive(project)
            if project.lead_id is not None or not await tx.projects.is_member(
                project.id, place.user_id
            ):
                project = await for_lead(tx, place, project_id)
            if not await tx.projects.is_member(project.id, user_id):
                raise Conflict(
                    f"{person(user_id)} is not in “{named(project.title)}”: only a member can lead "
                    "it. They can join with `/project join`."
                )
            if project.lead_id == user_id:
                raise Conflict(f"{person(user_id)} leads “{named(project.title)}” already.")
            await tx.projects.edit(place.guild_id, project.id, lead_id=user_id)
            return await project_of(tx, place.guild_id, project.id)

    async def take_lead(self, place: Place, project_id: int) -> Project:
        """Lead a project that nobody leads, as a member; raises Conflict where somebody does."""
        async with self.store.transaction() as tx:
            project = await for_member(tx, place, project_id)
            if project.lead_id is not None:
                raise Conflict(f"{person(project.lead_id)} leads “{named(project.title)}”.")
            await tx.projects.edit(place.guild_id, project.id, lead_id=place.user_id)
            return await project_of(tx, place.guild_id, project.id)

    async def set_state(self, place: Place, project_id: int, state: ProjectState) -> Project:
        """Say how far a project has come, for the lead or an organiser."""
        async with self.store.transaction() as tx:
            project = await for_lead(tx, place, project_id)
            if project.state is state:
                raise Conflict(f"“{named(project.title)}” is {state} already.")
            await tx.projects.edit(place.guild_id, project.id, state=state)
            changed = await project_of(tx, place.guild_id, project.id)
            await sign_of_life(tx, changed, self.clock.now())
        return changed

    async def update(
        self, place: Place, project_id: int, text: str, topic: Topic = Topic.PROGRESS
    ) -> tuple[Project, str]:
        """Write a line in the log, for a section of the report; returns it as it was written."""
        line = board.check_passage(text, "an update", board.UPDATE_LIMIT)
        if line is None:
            raise InvalidInput("Say what is new, for example `text: 3 of 5 seeds have run`.")
        now = self.clock.now()
        async with self.store.transaction() as tx:
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

    async def check_may_update(self, place: Place, project_id: int) -> None:
        """Raise what ``update`` would raise, before anything is typed."""
        async with self.store.read() as tx:
            await for_member(tx, place, project_id)

    async def check_may_archive(self, place: Place, project_id: int) -> None:
        """Raise what ``archive`` would raise, before it is asked for."""
        async with self.store.read() as tx:
            await for_lead(tx, place, project_id)

    async def archive(self, place: Place, project_id: int) -> Project:
        """Put a project away, for the lead or an organiser; nothing changes in it any more."""
        async with self.store.transaction() as tx:
            project = await for_lead(tx, place, project_id)
            await tx.projects.edit(place.guild_id, project.id, archived_at=self.clock.now())
            await tx.deadlines.cancel(project.id, SILENT)
            for watch in await tx.watches.of_project(place.guild_id, project.id):
                await tx.deadlines.cancel(watch.link_id, WATCH)
            return await project_of(tx, place.guild_id, project.id)

    async def reopen(self, place: Place, project_id: int) -> Project:
        """Take an archived project up again, for the lead or an organiser."""
        async with self.store.transaction() as tx:
            project = await project_of(tx, place.guild_id, project_id)
            board.only_leads(project, place)
            if project.archived_at is None:
                raise Conflict(f"“{named(project.title)}” is not archived.")
            for other in await tx.projects.of_server(place.guild_id):
                if other.title.casefold() == project.title.casefold():
                    raise Conflict(
                        f"Another project is called “{named(other.title)}” now. Archive that one "
                        "first."
                    )
            await tx.projects.edit(place.guild_id, project.id, archived_at=None)
            reopened = await project_of(tx, place.guild_id, project.id)
            await sign_of_life(tx, reopened, self.clock.now())
            await watch_again(tx, reopened, self.clock.now())
        return reopened

    async def add_link(
        self, place: Place, project_id: int, label: str, url: str
    ) -> tuple[Project, Link]:
        """Add a link, which is watched from now on where links are watched.

        Raises Conflict for a label that is there, InvalidInput for what is no web link.
        """
        label = board.check_text(label, "a label", LABEL_LIMIT, "label: code")
        url = board.check_url(url, URL_LIMIT)
        async with self.store.transaction() as tx:
            project = await for_member(tx, place, project_id)
            present = await tx.project_log.links(place.guild_id, project.id)
            if len(present) >= LINKS:
                raise Conflict(f"A board holds {LINKS} links, and this one has them all.")
            for link in present:
                if link.label.casefold() == label.casefold():
                    raise Conflict(f"There is a link called “{named(link.label)}” already.")
            now = self.clock.now()
            link = await tx.project_log.add_link(
                guild_id=place.guild_id,
                project_id=project.id,
                label=label,
                url=url,
                added_by=place.user_id,
                now=now,
            )
            if self.watching:
                await begin(tx, link, now)
        return project, link

    async def remove_link(self, place: Place, project_id: int, given: str) -> tuple[Project, Link]:
        """Take a link away, by its label or its reference; raises NotFound."""
        wanted = given.strip()
        async with self.store.transaction() as tx:
            project = await for_member(tx, place, project_id)
            for link in await tx.project_log.links(place.guild_id, project.id):
                if wanted == f"#{link.id}" or wanted.casefold() == link.label.casefold():
                    await tx.project_log.remove_link(place.guild_id, link.id)
                    await tx.deadlines.cancel(link.id, WATCH)
                    return project, link
        raise NotFound(
            f"“{named(project.title)}” has no link called “{wanted[:60]}”. Pick one from the list "
            "that opens while you type."
        )

    async def links(self, project: Project) -> list[Link]:
        """Return a project's links."""
        async with self.store.read() as tx:
            return await tx.project_log.links(project.guild_id, project.id)
