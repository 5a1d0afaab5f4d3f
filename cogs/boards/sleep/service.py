"""Silence: whom it is asked of, and letting a project sleep until something happens again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.base.clock import Clock
from bot.base.errors import Conflict, NotAllowed, NotFound
from bot.base.wording import named
from bot.place import Place
from cogs.boards.projects import rules as board
from cogs.boards.projects.access import for_lead, for_member, project_of
from cogs.boards.projects.life import SILENT, VOTE, count_silence, sign_of_life
from cogs.boards.sleep import rules as sleeping
from data.boards.projects import Project, ProjectId, ProjectMember
from data.boards.sleep_votes import SleepVote
from data.states import ProjectRole, SleepOutcome
from data.store import Store
from data.transaction import Transaction


@dataclass(frozen=True, slots=True)
class VoteView:
    """All that a vote's card shows; the voices of those who left do not count."""

    project: Project
    vote: SleepVote
    user_ids: list[int]
    organiser_role_id: int | None
    sleep: list[int]
    go_on: list[int]

    @property
    def members(self) -> int:
        """How many may vote."""
        return len(self.user_ids)


@dataclass(frozen=True, slots=True)
class Silence:
    """A project that has been silent, its people, and the organisers' role."""

    project: Project
    members: list[ProjectMember]
    organiser_role_id: int | None

    @property
    def mentors(self) -> list[int]:
        """Who stands in where nobody leads it."""
        return [one.user_id for one in self.members if one.has(ProjectRole.MENTOR)]


class SleepService:
    """The use cases of silence."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def silent(self, guild_id: int, project_id: int) -> Silence:
        """Return a project to ask about; raises NotFound when its silence means nothing."""
        async with self.store.read() as tx:
            project = await project_of(tx, guild_id, project_id)
            if not board.is_alive(project):
                raise NotFound("That project rests.")
            members = await tx.projects.members(project.id)
            server = await tx.servers.get(guild_id)
        return Silence(project, members, server.organiser_role_id)

    async def ask_everybody(self, guild_id: int, project_id: int) -> VoteView:
        """Open the vote on letting a project sleep, or return the one that is open."""
        now = self.clock.now()
        async with self.store.transaction() as tx:
            project = await project_of(tx, guild_id, project_id)
            if not board.is_alive(project):
                raise NotFound("That project rests.")
            vote = await tx.sleep_votes.latest(project.id)
            if vote is None or vote.closed_at is not None:
                closes_at = now + sleeping.OPEN_FOR
                vote = await tx.sleep_votes.open(guild_id, project.id, closes_at, now)
                await tx.deadlines.put(VOTE, vote.id, closes_at, guild_id=guild_id)
            return await _view(tx, project, vote)

    async def view(self, vote_id: int) -> VoteView:
        """Return what a vote's card shows; raises NotFound."""
        async with self.store.read() as tx:
            vote = await tx.sleep_votes.by_id(vote_id)
            if vote is None:
                raise NotFound("That vote does not exist any more.")
            return await _view(tx, await project_of(tx, vote.guild_id, vote.project_id), vote)

    async def latest(self, project_id: int) -> SleepVote | None:
        """Return a project's latest vote."""
        async with self.store.read() as tx:
            project = await tx.projects.by_id(ProjectId(project_id))
            return await tx.sleep_votes.latest(project.id) if project is not None else None

    async def cast(self, place: Place, vote_id: int, *, sleep: bool) -> VoteView:
        """Be for sleep or against, as a member; decides it once the rest cannot change it.

        Raises Conflict when it is over.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            vote = await _vote(tx, place, vote_id)
            project = await for_member(tx, place, vote.project_id)
            if vote.closed_at is not None:
                raise Conflict("That vote is over. An update on the board says how it goes on.")
            await tx.sleep_votes.cast(vote, place.user_id, now, sleep=sleep)
            view = await _view(tx, project, vote)
            outcome = sleeping.early(view.members, len(view.sleep), len(view.go_on))
            if outcome is not None:
                await _end(tx, project, vote, outcome, now)
            return await _view(tx, await project_of(tx, place.guild_id, project.id), vote)

    async def close(self, vote_id: int) -> VoteView:
        """End a vote whose time is over; raises NotFound when it is over already."""
        now = self.clock.now()
        async with self.store.transaction() as tx:
            vote = await tx.sleep_votes.by_id(vote_id)
            if vote is None:
                raise NotFound("That vote does not exist any more.")
            project = await project_of(tx, vote.guild_id, vote.project_id)
            if vote.closed_at is None:
                view = await _view(tx, project, vote)
                outcome = sleeping.at_close(view.members, len(view.sleep), len(view.go_on))
                await _end(tx, project, vote, outcome, now)
            return await _view(tx, await project_of(tx, vote.guild_id, project.id), vote)

    async def let_sleep(self, place: Place, project_id: int) -> Project:
        """Let a project sleep at once, for an organiser.

        Raises NotAllowed for anybody else, and Conflict for one that sleeps or rests.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            project = await project_of(tx, place.guild_id, project_id)
            board.check_alive(project)
            if not place.organiser:
                raise NotAllowed(
                    "Only an organiser can let a project sleep at once; its members decide it by "
                    "a vote, when nothing has happened for a while."
                )
            if not board.is_alive(project):
                raise Conflict(f"“{named(project.title)}” rests already.")
            vote = await tx.sleep_votes.latest(project.id)
            if vote is not None and vote.outcome in (None, SleepOutcome.UNDECIDED):
                await tx.sleep_votes.close(vote, SleepOutcome.SLEEPS, now, place.user_id)
                await tx.deadlines.cancel(vote.id, VOTE)
            await _fall_asleep(tx, project, now)
            return await project_of(tx, place.guild_id, project.id)

    async def wake(self, place: Place, project_id: int) -> Project:
        """Wake a project that sleeps, for a member; any other sign of life does the same."""
        async with self.store.transaction() as tx:
            project = await for_member(tx, place, project_id)
            if project.dormant_at is None:
                raise Conflict(f"“{named(project.title)}” does not sleep.")
            await sign_of_life(tx, project, self.clock.now())
            return await project_of(tx, place.guild_id, project.id)

    async def set_days(self, place: Place, project_id: int, days: int) -> Project:
        """Set after how many days silence is asked about, 0 for never; for lead and organisers."""
        async with self.store.transaction() as tx:
            project = await for_lead(tx, place, project_id)
            await tx.projects.edit(place.guild_id, project.id, silence_days=days)
            changed = await project_of(tx, place.guild_id, project.id)
            await count_silence(tx, changed, self.clock.now())
        return changed


async def _vote(tx: Transaction, place: Place, vote_id: int) -> SleepVote:
    vote = await tx.sleep_votes.get(place.guild_id, vote_id)
    if vote is None:
        raise NotFound("That vote does not exist any more.")
    return vote


async def _view(tx: Transaction, project: Project, vote: SleepVote) -> VoteView:
    present = [member.user_id for member in await tx.projects.members(project.id)]
    ballots = [one for one in await tx.sleep_votes.ballots(vote) if one.user_id in present]
    latest = await tx.sleep_votes.by_id(vote.id)
    assert latest is not None  # noqa: S101 - it was read in this transaction
    return VoteView(
        project,
        latest,
        present,
        (await tx.servers.get(project.guild_id)).organiser_role_id,
        [one.user_id for one in ballots if one.sleep],
        [one.user_id for one in ballots if not one.sleep],
    )


async def _end(
    tx: Transaction, project: Project, vote: SleepVote, outcome: SleepOutcome, now: datetime
) -> None:
    await tx.sleep_votes.close(vote, outcome, now)
    await tx.deadlines.cancel(vote.id, VOTE)
    if not board.is_alive(project):
        return
    if outcome is SleepOutcome.SLEEPS:
        await _fall_asleep(tx, project, now)
    elif outcome is SleepOutcome.GOES_ON:
        await sign_of_life(tx, project, now)


async def _fall_asleep(tx: Transaction, project: Project, now: datetime) -> None:
    await tx.projects.edit(project.guild_id, project.id, dormant_at=now)
    await tx.deadlines.cancel(project.id, SILENT)
