"""Looking back: what somebody posted, their streak, and how a whole group does."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from bot.base.clock import Clock
from bot.place import Place, only_organisers
from cogs.checkins.history import rules as history_rules
from cogs.checkins.history.rules import RoundOutcome, Streak
from cogs.checkins.quiet import rules as quiet_rules
from cogs.checkins.rounds.service import NotMember
from data.checkins.commitments import Kept
from data.checkins.history import RoundRecord, RoundTurnout
from data.checkins.rounds import Checkin
from data.server.groups import Group
from data.states import CardKind
from data.store import Store, snapshot
from data.transaction import Transaction


class Past(Struct, frozen=True):
    """What somebody posted in a group, the newest first, with the cards' addresses."""

    group: Group
    user_id: int
    since: datetime | None
    checkins: list[Checkin]
    numbers: dict[int, int]
    urls: dict[int, str]


class Statistics(Struct, frozen=True):
    """How somebody did in a group; ``streak`` is None where they hide it."""

    group: Group
    user_id: int
    timezone: str
    records: list[tuple[RoundRecord, RoundOutcome]]
    streak: Streak | None
    kept: Kept

    def count(self, *outcomes: RoundOutcome) -> int:
        """Return how many rounds were one of these."""
        return sum(one in outcomes for _, one in self.records)


class GroupStatistics(Struct, frozen=True):
    """How a whole group does, its last rounds first."""

    group: Group
    members: int
    away: int
    checkins: int
    turnouts: list[RoundTurnout]
    kept: Kept
    quiet: list[int]


class HistoryService:
    """The use cases of looking back."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @snapshot
    async def past(
        self, tx: Transaction, place: Place, group: Group, user_id: int, since: datetime | None
    ) -> Past:
        """Return what somebody posted in a group; raises NotMember for those who may not see it."""
        if not place.organiser and await tx.groups.member(group.id, place.user_id) is None:
            raise NotMember(group)
        found = await tx.history.of_person(group.id, user_id, since, history_rules.PAGES_OF)
        records = await tx.history.records_of(group.id, user_id)
        cards = await tx.cards.of_kind(CardKind.CHECKIN, [one.id for one in found])
        return Past(
            group,
            user_id,
            since,
            found,
            {one.round_id: one.number for one in records},
            {card.subject_id: card.url for card in cards},
        )

    @snapshot
    async def statistics(
        self, tx: Transaction, place: Place, group: Group, user_id: int
    ) -> Statistics:
        """Return how somebody did in a group; raises NotMember for those who may not see it."""
        if not place.organiser and await tx.groups.member(group.id, place.user_id) is None:
            raise NotMember(group)
        records = await tx.history.records_of(group.id, user_id)
        kept = await tx.commitments.kept_of(group.id, user_id)
        profile = await tx.profiles.get(group.guild_id, user_id)
        schedule = await tx.checkins.schedule_of(group.id)
        outcomes = [history_rules.outcome(one) for one in records]
        hidden = bool(profile.streak_hidden) and user_id != place.user_id
        return Statistics(
            group,
            user_id,
            schedule.timezone if schedule is not None else place.group_zone(group).key,
            list(zip(records, outcomes, strict=True)),
            None if hidden else history_rules.streak(outcomes),
            kept,
        )

    @snapshot
    async def of_group(self, tx: Transaction, place: Place, group: Group) -> GroupStatistics:
        """Return how a whole group does; raises NotAllowed for non-organisers."""
        only_organisers(place, "see how a whole group does")
        now = self.clock.now()
        members = await tx.groups.members(group.id)
        turnouts = await tx.history.turnouts(group.id, history_rules.ROUNDS_SHOWN)
        count = await tx.checkins.count_of(group.id)
        kept = await tx.commitments.kept_of(group.id)
        last = turnouts[0].number if turnouts else 0
        turns = await tx.history.turns(group.id, last - quiet_rules.LOOK_BACK, last)
        present = {one.user_id for one in members if not one.is_away(now)}
        return GroupStatistics(
            group,
            len(members),
            len(members) - len(present),
            count,
            turnouts,
            kept,
            [
                user_id
                for user_id, missed in quiet_rules.silences(turns).items()
                if missed >= quiet_rules.QUIET_ROUNDS and user_id in present
            ],
        )
