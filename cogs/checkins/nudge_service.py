"""Nudges: whom to remind of a round, how, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot import when
from bot.clock import Clock
from bot.errors import NotFound
from bot.place import Place
from cogs.checkins import rules
from cogs.checkins.service import NUDGE_ONE
from data.cards import Card
from data.checkins import Round
from data.database import Store, Transaction
from data.people import Profile
from data.server import Group
from data.states import CardKind, Nudges

DIRECT_AT_MOST = 50
"""Past so many people to remind, only who asked for direct messages gets them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom to mention now in the round's thread; the others have a deadline of their own."""

    group: Group
    round: Round
    card: Card | None
    mention: list[int]


@dataclass(frozen=True, slots=True)
class Nudge:
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

    async def plan(self, round_id: int) -> Plan:
        """Decide how each who has not posted yet is reminded, and set the direct ones.

        Nobody is reminded in their quiet hours: that waits for the end of them, where the round
        is still open then. Raises NotFound when nobody is to be reminded any more.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            round_, group, card = await self._open(tx, round_id, now)
            zone = await self._zone(tx, group)
            posted = set(await tx.checkins.posted_in(round_.id))
            waiting = [
                one.user_id
                for one in await tx.groups.members(group.id)
                if one.user_id not in posted and not one.is_away(now)
            ]
            profiles = await tx.people.of(group.guild_id, waiting)
            usual = Nudges.DIRECT if len(waiting) <= DIRECT_AT_MOST else Nudges.THREAD
            mention: list[int] = []
            for user_id in waiting:
                profile = profiles.get(user_id, Profile(group.guild_id, user_id))
                how = profile.nudges or usual
                if how is Nudges.NONE:
                    continue
                at = quiet_until(profile, zone, now) or now
                if how is Nudges.THREAD and at == now:
                    mention.append(user_id)
                elif at < round_.due_at:
                    await tx.deadlines.put(
                        NUDGE_ONE,
                        round_.id,
                        at,
                        guild_id=round_.guild_id,
                        occurrence=user_id,
                        expires_at=round_.due_at,
                    )
        return Plan(group, round_, card, mention)

    async def one(self, round_id: int, user_id: int) -> Nudge:
        """Return whom to remind; raises NotFound for who posted, left, or is away by now."""
        now = self.clock.now()
        async with self.store.read() as tx:
            round_, group, card = await self._open(tx, round_id, now)
            member = await tx.groups.member(group.id, user_id)
            own = await tx.checkins.of_person(group.id, user_id, [round_.id])
            profile = await tx.people.get(group.guild_id, user_id)
        if member is None or member.is_away(now) or own or profile.nudges is Nudges.NONE:
            raise NotFound("There is nobody to remind.")
        return Nudge(group, round_, card, profile)

    async def prefer(
        self,
        place: Place,
        *,
        how: Nudges | None,
        quiet_from: str | None,
        quiet_until: str | None,
        streak_hidden: bool | None,
    ) -> Profile:
        """Change how one is reminded, and what is shown of oneself; returns all of it.

        Raises InvalidInput for a time that cannot be read, or for only one end of quiet hours.
        """
        hours = rules.quiet_hours(quiet_from, quiet_until)
        changes: dict[str, object] = {}
        if how is not None:
            changes["nudges"] = how
            changes["direct_closed_at"] = None
        if hours is not None:
            changes["quiet_from"], changes["quiet_until"] = hours
        if streak_hidden is not None:
            changes["streak_hidden"] = streak_hidden
        async with self.store.transaction() as tx:
            if changes:
                await tx.people.save(place.guild_id, place.user_id, **changes)
            return await tx.people.get(place.guild_id, place.user_id)

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


def quiet_until(profile: Profile, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when the person's present quiet hours end, or None outside of them.

    They are read on the person's own clocks, or where those are not known on those of ``zone``.
    """
    begin, end = profile.quiet_from, profile.quiet_until
    if begin is None or end is None or begin == end:
        return None
    if profile.timezone is not None:
        zone = ZoneInfo(profile.timezone)
    there = now.astimezone(zone)
    if not _within(there.time(), begin, end):
        return None
    day = there.date()
    ends = when.local(day, end, zone)
    return ends if ends > now else when.local(day + rules.DAY, end, zone)


def _within(at: time, begin: time, end: time) -> bool:
    if begin < end:
        return begin <= at < end
    return at >= begin or at < end
