"""The links of projects: adding and removing them, watching them, and what their changes mean."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from bot.base import when
from bot.base.clock import Clock
from bot.base.errors import Conflict, NotFound
from bot.base.wording import one_line
from bot.place import Place
from cogs.boards.links import rules
from cogs.boards.links.rules import Look, SeenLink
from cogs.boards.links.writes import begin
from cogs.boards.projects import rules as project_rules
from cogs.boards.projects.writes import for_member, project_of
from cogs.boards.silence.writes import sign_of_life
from data.boards.log import Link
from data.boards.projects import Project
from data.boards.watches import Watch, WatchPatch
from data.delivery.kinds import DeadlineKind
from data.states import Topic, WatchState
from data.store import Store, snapshot, transaction
from data.transaction import Transaction

NOBODY = 0
"""The author of log lines that no person wrote."""


class Watched(Struct, frozen=True):
    """A link, and how it is watched: None where it is not."""

    project: Project
    link: Link
    watch: Watch | None


class Noted(Struct, frozen=True):
    """The outcome of a check: whether the board shows something new, and what to tell its adder."""

    project: Project
    link: Link
    changed: bool
    refused: str | None = None


class LinkService:
    """The use cases of links."""

    def __init__(self, store: Store, clock: Clock, *, on: bool) -> None:
        self.store = store
        self.clock = clock
        self.on = on

    @transaction
    async def add(
        self, tx: Transaction, place: Place, project_id: int, label: str, url: str
    ) -> tuple[Project, Link]:
        """Add a link, which is watched from now on where links are watched.

        Raises Conflict for a label that is there, InvalidInput for a text that is not a web link.
        """
        label = project_rules.check_text(label, "a label", rules.LABEL_LIMIT, "label: code")
        url = rules.check_url(url, rules.URL_LIMIT)
        project = await for_member(tx, place, project_id)
        present = await tx.project_log.links(place.guild_id, project.id)
        if len(present) >= rules.LINKS:
            raise Conflict(f"A board holds {rules.LINKS} links, and this one has them all.")
        for link in present:
            if link.label.casefold() == label.casefold():
                raise Conflict(f"There is a link called “{one_line(link.label)}” already.")
        now = self.clock.now()
        link = await tx.project_log.add_link(
            guild_id=place.guild_id,
            project_id=project.id,
            label=label,
            url=url,
            added_by=place.user_id,
            now=now,
        )
        if self.on:
            await begin(tx, link, now)
        return project, link

    @transaction
    async def remove(
        self, tx: Transaction, place: Place, project_id: int, given: str
    ) -> tuple[Project, Link]:
        """Remove a link, by its label or its reference; raises NotFound."""
        wanted = given.strip()
        project = await for_member(tx, place, project_id)
        for link in await tx.project_log.links(place.guild_id, project.id):
            if wanted == f"#{link.id}" or wanted.casefold() == link.label.casefold():
                await tx.project_log.remove_link(place.guild_id, link.id)
                await tx.deadlines.cancel(link.id, DeadlineKind.BOARDS_WATCH)
                return project, link
        raise NotFound(
            f"“{one_line(project.title)}” has no link called “{wanted[:60]}”. Pick one from the "
            "list that opens while you type."
        )

    @snapshot
    async def of_project(self, tx: Transaction, project: Project) -> list[Link]:
        """Return a project's links."""
        return await tx.project_log.links(project.guild_id, project.id)

    @snapshot
    async def get(self, tx: Transaction, guild_id: int, link_id: int) -> Watched:
        """Return a link with how it is watched; raises NotFound."""
        return await _watched(tx, guild_id, link_id)

    @transaction
    async def switch(self, tx: Transaction, place: Place, link_id: int) -> Watched:
        """Start or stop watching a link, for a member.

        Raises Conflict where the operator of the bot has turned watching off.
        """
        now = self.clock.now()
        found = await _watched(tx, place.guild_id, link_id)
        await for_member(tx, place, found.project.id)
        if found.watch is not None:
            await tx.watches.end(place.guild_id, found.link.id)
            await tx.deadlines.cancel(found.link.id, DeadlineKind.BOARDS_WATCH)
        elif self.on:
            await begin(tx, found.link, now)
        else:
            raise Conflict("Links are not watched here: whoever runs this bot turned it off.")
        return await _watched(tx, place.guild_id, link_id)

    @transaction
    async def due(self, tx: Transaction, guild_id: int, link_id: int) -> Watched:
        """Return a link that is to be checked, and plan the next check.

        So a check that is cut short is repeated. Raises NotFound for links no longer watched.
        """
        now = self.clock.now()
        found = await _watched(tx, guild_id, link_id)
        if found.watch is None or found.project.archived_at is not None:
            raise NotFound("That link is not watched any more.")
        # Before the request and not after it: a process that dies in between has the next check in
        # its table.
        await _plan(tx, found.watch, now)
        return found

    @transaction
    async def note(self, tx: Transaction, before: Watched, seen: SeenLink) -> Noted | None:
        """Write down what a check found; None when the link is no longer watched.

        A change is a line in the log and a sign of life.
        """
        now = self.clock.now()
        # Read again: a request takes seconds, in which somebody may have removed the link.
        link = await tx.project_log.link(before.link.guild_id, before.link.id)
        watch = await tx.watches.get(before.link.guild_id, before.link.id)
        if link is None or watch is None:
            return None
        project = await project_of(tx, link.guild_id, link.project_id)
        return await _note(tx, project, link, watch, seen, now)


async def _note(
    tx: Transaction, project: Project, link: Link, watch: Watch, seen: SeenLink, now: datetime
) -> Noted:
    if seen.look is Look.FAILED:
        await tx.watches.edit(watch, failures=watch.failures + 1)
        await _plan(tx, watch, now, failures=watch.failures + 1, wait=seen.wait)
        return Noted(project, link, changed=False)
    if seen.look in (Look.SAME, Look.CHANGED):
        return await _found(tx, project, link, watch, seen, now)
    if seen.look is Look.UNSTEADY:
        await tx.watches.edit(watch, state=WatchState.UNSTEADY, checked_at=now)
        await tx.deadlines.cancel(link.id, DeadlineKind.BOARDS_WATCH)
        return Noted(project, link, changed=True, refused="it is another page at each look")
    known = watch.fingerprint is not None
    if known and seen.look is Look.MISSING and watch.failures + 1 < rules.MISSES:
        # One failure proves nothing: it may be back at the next check.
        await tx.watches.edit(watch, failures=watch.failures + 1)
        return Noted(project, link, changed=False)
    gone = known and seen.look is Look.MISSING
    state = WatchState.GONE if gone else WatchState.DENIED
    await _plan(tx, watch, now, seldom=True)
    # Told once, and not at each look.
    if watch.state is state:
        return Noted(project, link, changed=False)
    await tx.watches.edit(watch, state=state, checked_at=now, failures=0)
    if gone:
        await _write(tx, project, f"{link.label} is not there any more.", now)
        return Noted(project, link, changed=True)
    return Noted(project, link, changed=True, refused=seen.reason)


async def _found(
    tx: Transaction, project: Project, link: Link, watch: Watch, seen: SeenLink, now: datetime
) -> Noted:
    """Note a page as it is, and tell of what changed."""
    back = watch.state is not WatchState.WATCHED
    values = WatchPatch(
        state=WatchState.WATCHED,
        checked_at=now,
        failures=0,
        # A 304 need not repeat them, and without them the next look would fetch the whole page.
        etag=seen.etag or watch.etag,
        modified=seen.modified or watch.modified,
        fingerprint=seen.fingerprint or watch.fingerprint,
    )
    # Where it changed too, that line says it.
    if back and watch.state is WatchState.GONE and seen.look is Look.SAME:
        await _write(tx, project, f"{link.label} is there again.", now)
    if seen.look is Look.CHANGED:
        values.update(await _tell(tx, project, link, watch, seen, now))
        await sign_of_life(tx, project, now)
    await tx.watches.edit(watch, **values)
    await _plan(tx, watch, now)
    return Noted(project, link, changed=back or seen.look is Look.CHANGED)


async def _tell(
    tx: Transaction, project: Project, link: Link, watch: Watch, seen: SeenLink, now: datetime
) -> WatchPatch:
    """Write what changed into the log: in the line of the changes just before, if there is one."""
    last = await tx.project_log.last(project.guild_id, project.id)
    same = watch.line_id is not None and watch.changed_at is not None
    if same:
        is_last = last is not None and last.id == watch.line_id
        assert watch.changed_at is not None  # noqa: S101 - checked above
        same = now - watch.changed_at < (rules.SAME_LAST_LINE if is_last else rules.SAME_LINE)
    since = watch.line_since if same else watch.checked_at or link.added_at
    commits = seen.commits
    if same and commits is not None:
        commits = None if watch.line_count is None else watch.line_count + commits
    text = f"{link.label}: {_what(commits, more=seen.more)} since {_day(since or link.added_at)}"
    line_id = watch.line_id
    if same and line_id is not None:
        await tx.project_log.rewrite(project.guild_id, line_id, text, now)
    else:
        line_id = await _write(tx, project, text, now)
    return WatchPatch(changed_at=now, line_id=line_id, line_since=since, line_count=commits)


def _what(commits: int | None, *, more: bool) -> str:
    if commits is None:
        return "changed"
    if more:
        return f"{commits} or more commits"
    return "1 commit" if commits == 1 else f"{commits} commits"


def _day(instant: datetime) -> str:
    return when.stamp(instant, "D")


async def _write(tx: Transaction, project: Project, text: str, now: datetime) -> int:
    return await tx.project_log.write(
        guild_id=project.guild_id,
        project_id=project.id,
        user_id=NOBODY,
        topic=Topic.CHANGE,
        text=text,
        now=now,
    )


async def _plan(
    tx: Transaction,
    watch: Watch,
    now: datetime,
    *,
    failures: int = 0,
    seldom: bool = False,
    wait: timedelta | None = None,
) -> None:
    instant = rules.next_look(now, watch.link_id, failures=failures, seldom=seldom, wait=wait)
    await tx.deadlines.put(
        DeadlineKind.BOARDS_WATCH, watch.link_id, instant, guild_id=watch.guild_id
    )


async def _watched(tx: Transaction, guild_id: int, link_id: int) -> Watched:
    link = await tx.project_log.link(guild_id, link_id)
    if link is None:
        raise NotFound("That link is not on the board any more.")
    project = await project_of(tx, guild_id, link.project_id)
    return Watched(project, link, await tx.watches.get(guild_id, link.id))
