"""Nudges: whom to remind of a round, how, and when."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base.clock import Clock
from bot.base.errors import NotFound
from cogs.checkins.nudges import rules
from data.checkins.rounds import Round
from data.delivery.cards import Card
from data.delivery.kinds import DeadlineKind
from data.people.profiles import Profile
from data.server.groups import Group
from data.states import CardKind, Nudges
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class NudgePlan(Struct, frozen=True):
    """Whom to mention now in the round's thread; the others have a deadline of their own."""

    group: Group
    round: Round
    card: Card | None
    mention: list[int]


class Nudge(Struct, frozen=True):
    """One person to remind now."""

    group: Group
    round: Round
    card: Card | None
    profile: Profile


class NudgeService:
    """The use cases of nudges."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def plan(self, tx: Transaction, round_id: int, due_at: datetime) -> NudgePlan:
        """Decide how each who has not posted yet is reminded, and set the direct ones.

        Those are for ``due_at``, when the nudge as a whole was due: planned again after a crash
        they have the same keys, and nobody is reminded twice.

        Nobody is reminded in their quiet hours, and nobody directly in the nights of a zone of
        their own: that waits for the end of them, where the round is still open then. Raises
        NotFound when nobody is to be reminded any more.
        """
        now = self.clock.now()
        round_, group, card = await self._open(tx, round_id, now)
        zone = await self._zone(tx, group)
        posted = set(await tx.checkins.posted_in(round_.id))
        waiting = [
            one.user_id
            for one in await tx.groups.members(group.id)
            if one.user_id not in posted
            and not one.is_away(now)
            and not one.rests_in(round_.number)
        ]
        profiles = await tx.profiles.of(group.guild_id, waiting)
        mention: list[int] = []
        for user_id in waiting:
            profile = profiles.get(user_id, Profile(group.guild_id, user_id))
            how = profile.nudges or rules.usual(len(waiting))
            if how is Nudges.NONE:
                continue
            at = rules.not_before(profile, how, zone, now) or due_at
            if how is Nudges.THREAD and at == due_at:
                mention.append(user_id)
            # After the due time there is nothing left to remind of.
            elif at < round_.due_at:
                await tx.deadlines.put(
                    DeadlineKind.CHECKIN_NUDGE_ONE,
                    round_.id,
                    at,
                    guild_id=round_.guild_id,
                    occurrence=user_id,
                    expires_at=round_.due_at,
                )
        return NudgePlan(group, round_, card, mention)

    @snapshot
    async def one(self, tx: Transaction, round_id: int, user_id: int) -> Nudge:
        """Return whom to remind; raises NotFound for somebody who posted, left, or is away."""
        now = self.clock.now()
        round_, group, card = await self._open(tx, round_id, now)
        member = await tx.groups.member(group.id, user_id)
        own = await tx.checkins.of_person(group.id, user_id, [round_.id])
        profile = await tx.profiles.get(group.guild_id, user_id)
        if (
            member is None
            or member.is_away(now)
            or member.rests_in(round_.number)
            or own
            or profile.nudges is Nudges.NONE
        ):
            raise NotFound("There is nobody to remind.")
        return Nudge(group, round_, card, profile)

    async def _open(
        self, tx: Transaction, round_id: int, now: datetime
    ) -> tuple[Round, Group, Card | None]:
        round_ = await tx.checkins.round_by_id(round_id)
        group = await tx.groups.by_id(round_.group_id) if round_ else None
        if (
            round_ is None
            or group is None
            or group.archived_at is not None
            or round_.closed_at is not None
            or round_.due_at <= now
        ):
            raise NotFound("That round is over.")
        return round_, group, await tx.cards.get(CardKind.ROUND, round_.id)

    async def _zone(self, tx: Transaction, group: Group) -> ZoneInfo:
        schedule = await tx.checkins.schedule_of(group.id)
        name = schedule.timezone if schedule is not None else group.timezone
        return ZoneInfo(name or "UTC")
