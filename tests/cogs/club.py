"""A group with people and a project, made by the services that people use."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.base.clock import SteppedClock
from bot.place import Place
from cogs.boards.ledger.rules import TypedTerms
from cogs.boards.ledger.service import LedgerService
from cogs.boards.members.service import MemberService
from cogs.boards.projects.service import ProjectService
from cogs.reading.meetings.scheduling import MeetingPlan
from cogs.reading.meetings.service import MeetingService
from data.boards.claims import Claim
from data.boards.projects import Project
from data.delivery.deadlines import Deadline
from data.reading.meetings import Meeting
from data.server.groups import Group
from data.states import Joining
from data.store import Store

SERVER, CHANNEL = 10, 20
ALICE, BOB, CARA, OLGA = 1, 2, 3, 4
LONDON = ZoneInfo("Europe/London")


def at(user_id: int, *, organiser: bool = False, channel_id: int = CHANNEL) -> Place:
    """Return somebody in the group's channel."""
    return Place(
        guild_id=SERVER,
        channel_id=channel_id,
        thread_id=None,
        user_id=user_id,
        organiser=organiser,
        manager=organiser,
        own_zone=None,
        server_zone=LONDON,
    )


class Club:
    """Alice and bob are in a group; alice leads a project, and bob is in it."""

    group: Group
    project: Project

    def __init__(self, store: Store, clock: SteppedClock) -> None:
        self.store, self.clock = store, clock

    async def open(self, joining: Joining = Joining.OPEN) -> Club:
        now = self.clock.now()
        async with self.store.transaction() as tx:
            self.group = await tx.groups.create(
                guild_id=SERVER,
                channel_id=CHANNEL,
                name="Interp",
                focus="a paper",
                timezone=LONDON.key,
                created_by=OLGA,
                now=now,
            )
            for user_id in (ALICE, BOB):
                await tx.groups.add_member(self.group.id, user_id, now)
        self.project = await ProjectService(self.store, self.clock).propose(
            at(ALICE),
            group=self.group,
            paper="arXiv:2201.02177",
            title="Grokking",
            summary=None,
            skills=None,
            capacity=3,
            joining=joining,
        )
        async with self.store.transaction() as tx:
            await tx.projects.add_member(self.project.id, BOB, now)
        return self

    async def claim(self, reported: str = "99.0%") -> Claim:
        """Add a claim to the project."""
        typed = TypedTerms(statement="It generalises", metric="accuracy", reported=reported)
        ledger = LedgerService(self.store, self.clock)
        return (await ledger.add(at(ALICE), self.project.id, typed)).standing.claim

    async def meeting(self, days: int = 3) -> Meeting:
        """Schedule a meeting that nobody leads."""
        starts_at = self.clock.now() + timedelta(days=days)
        plan = MeetingPlan(title="Grokking", starts_at=starts_at, zone=LONDON)
        meetings = MeetingService(self.store, self.clock, LONDON)
        return (await meetings.schedule(at(ALICE), self.group, plan)).view.meeting

    def members(self) -> MemberService:
        return MemberService(self.store, self.clock)

    async def due(self, until: datetime) -> list[Deadline]:
        """Take what falls due until then."""
        async with self.store.transaction() as tx:
            return await tx.deadlines.take(until, 200)
