"""Pair meetings: who wants them, who meets whom, and whether it happened."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base import availability
from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.base.wording import one_line
from bot.place import Place, only_organisers
from cogs.people import compatibility
from cogs.people.coffee import rules
from cogs.people.coffee.rules import Before
from cogs.people.compatibility import Candidate
from cogs.people.profiles.rules import seen
from cogs.people.profiles.service import candidates
from data.delivery.cards import Card
from data.delivery.kinds import DeadlineKind
from data.people.coffees import Coffee, CoffeeSchedule
from data.server.groups import Group, GroupId
from data.states import CardKind
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class CoffeeView(Struct, frozen=True):
    """A group's coffees: who is in, which of them are away, and how the last round went."""

    group: Group
    schedule: CoffeeSchedule
    inside: list[int]
    away: list[int]
    last: list[Coffee]


class Introduced(Struct, frozen=True):
    """A coffee, with what its people show to everyone and times that suit them all."""

    coffee: Coffee
    group: Group
    people: tuple[Candidate, ...]
    reasons: tuple[str, ...]
    times: Sequence[datetime]


class CoffeeService:
    """The use cases of pair meetings."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def set_up(self, tx: Transaction, place: Place, group: Group, weeks: int) -> CoffeeView:
        """Make pairs every ``weeks`` weeks; 0 ends coffees.

        Raises NotAllowed for non-organisers, InvalidInput for a number of weeks that is not in
        ``rules.EVERY``, and Conflict in an archived group, or where there is nothing to end.
        """
        only_organisers(place, "set up coffees")
        if group.archived_at is not None:
            raise Conflict(f"{one_line(group.name)} is archived: nothing happens in it any more.")
        if weeks and weeks not in rules.EVERY:
            raise InvalidInput("Pairs are made every week, every 2 weeks or every 4 weeks.")
        now = self.clock.now()
        zone = place.group_zone(group)
        before = await tx.coffees.schedule_of(group.id)
        if not weeks:
            if before is None or before.ended_at is not None:
                raise Conflict("There are no coffees in this group to end.")
            await tx.coffees.edit_schedule(group.id, ended_at=now)
            await tx.deadlines.cancel(group.id, DeadlineKind.COFFEE_PAIR)
        else:
            # Changing how often keeps the date that people know; only a new start waits for a
            # Monday.
            running = before is not None and before.ended_at is None and before.next_at > now
            next_at = before.next_at if before and running else rules.first_at(zone, now)
            schedule = CoffeeSchedule(
                group.id, group.guild_id, weeks, next_at, place.user_id, now, None
            )
            await tx.coffees.set_schedule(schedule)
            await self._put_pair(tx, group, next_at)
            if await tx.cards.get(CardKind.COFFEE, group.id) is None:
                await tx.expect_card(
                    CardKind.COFFEE,
                    group.id,
                    guild_id=group.guild_id,
                    channel_id=group.channel_id,
                    now=now,
                    answer_to=place.interaction_id,
                )
        return await self.view_in(tx, group.id)

    async def view_in(self, tx: Transaction, group_id: int) -> CoffeeView:
        """Return a group's coffees; raises NotFound where it has none."""
        now = self.clock.now()
        group = await tx.groups.by_id(GroupId(group_id))
        schedule = await tx.coffees.schedule_of(group.id) if group else None
        if group is None or schedule is None:
            raise NotFound(
                "This group has no coffees yet. An organiser begins them with `/coffee`, "
                "for example `every: every 2 weeks`."
            )
        inside = await tx.coffees.members(group.id)
        number = await tx.coffees.last_number(group.id)
        last = await tx.coffees.of_group(group.id, number) if number else []
        away = [one.user_id for one in inside if one.is_away(now)]
        return CoffeeView(group, schedule, [one.user_id for one in inside], away, last)

    view = snapshot(view_in)

    @snapshot
    async def card(self, tx: Transaction, group_id: int) -> Card | None:
        """Return where the card of a group's coffees is, or None before it is posted."""
        return await tx.cards.get(CardKind.COFFEE, group_id)

    @transaction
    async def opt(
        self, tx: Transaction, place: Place, group_id: int, *, inside: bool
    ) -> CoffeeView:
        """Put the person into a group's coffees, or take them out.

        Raises NotFound for another server's group or one without coffees, and Conflict for
        non-members and where nothing would change.
        """
        now = self.clock.now()
        group = await tx.groups.get(place.guild_id, group_id)
        schedule = await tx.coffees.schedule_of(group.id) if group else None
        if group is None or group.archived_at is not None:
            raise NotFound("That group is gone.")
        if schedule is None or schedule.ended_at is not None:
            raise NotFound("Coffees have ended in this group.")
        if not inside:
            if not await tx.coffees.opt_out(group.id, [place.user_id], now):
                raise Conflict("You are not in the coffees here.")
        else:
            if await tx.groups.member(group.id, place.user_id) is None:
                raise Conflict(f"Join {one_line(group.name)} first: `/group join` does it.")
            if not await tx.coffees.opt_in(group.id, place.user_id, now):
                raise Conflict("You are in already: I introduce you when I make the next pairs.")
        return await self.view_in(tx, group_id)

    async def pair(self, group_id: int) -> int | None:
        """Make a group's pairs if they are due, and set the next; return the round's number.

        Returns None where they are due later, or too few people are in. Raises NotFound where
        coffees have ended.
        """
        now = self.clock.now()
        async with self.store.read() as tx:
            group, schedule = await self._running(tx, group_id)
            # The deadline came twice, or the schedule was changed while it was being sent.
            if schedule.next_at > now:
                return None
            present = [
                one.user_id for one in await tx.coffees.members(group.id) if not one.is_away(now)
            ]
            people = await candidates(tx, group.guild_id, present, now)
            number = await tx.coffees.last_number(group.id) + 1
            history = [
                Before(one.number, one.people, one.rest, one.happened is not False)
                for one in await tx.coffees.of_group(group.id)
            ]
            wishes = await tx.pods.wishes(group.id)
            server = await tx.servers.get(group.guild_id)
        apart = {frozenset((one.user_id, one.other_user_id)) for one in wishes if not one.together}
        # Off the loop, and with no transaction open: pairing hundreds of people takes longer than
        # anybody else may wait.
        drawn = await asyncio.to_thread(rules.pair, people, history, apart, number=number)
        zone = ZoneInfo(group.timezone or server.timezone or "UTC")
        following = rules.next_at(schedule.next_at, schedule.weeks, zone, now)
        async with self.store.transaction() as tx:
            _, still = await self._running(tx, group_id)
            if still.next_at != schedule.next_at:
                return None  # somebody changed the schedule meanwhile, or the pairs were made
            for circle in drawn.circles:
                new = await tx.coffees.add(
                    circle,
                    guild_id=group.guild_id,
                    group_id=group.id,
                    number=number,
                    rest=False,
                    now=now,
                )
                for kind, due in (
                    (DeadlineKind.COFFEE_INTRODUCE, now),
                    (DeadlineKind.COFFEE_ASK, now + rules.ASK_AFTER),
                ):
                    await tx.deadlines.put(kind, new, due, guild_id=group.guild_id)
            if drawn.circles:
                for user_id in drawn.resting:
                    await tx.coffees.add(
                        [user_id],
                        guild_id=group.guild_id,
                        group_id=group.id,
                        number=number,
                        rest=True,
                        now=now,
                    )
            await tx.coffees.edit_schedule(group.id, next_at=following)
            await self._put_pair(tx, group, following)
        return number if drawn.circles else None

    @snapshot
    async def coffee(self, tx: Transaction, coffee_id: int) -> Introduced:
        """Return a coffee with its people; raises NotFound when it is gone."""
        now = self.clock.now()
        one = await tx.coffees.by_id(coffee_id)
        group = await tx.groups.by_id(one.group_id) if one else None
        if one is None or group is None or group.archived_at is not None:
            raise NotFound("That coffee is gone.")
        if len(one.people) < 2:
            raise NotFound("Somebody of that coffee had their data erased.")
        people = await candidates(tx, group.guild_id, one.people, now, for_all=True)
        known = await tx.profiles.of(group.guild_id, one.people)
        shown = [
            # As everybody sees them: the introduction is posted where others read.
            seen(known[user_id], shares_group=False) if user_id in known else None
            for user_id in one.people
        ]
        free = [
            (availability.restored(profile.free), ZoneInfo(profile.timezone))
            for profile in shown
            if profile is not None and profile.timezone is not None
        ]
        # Hours that only one of them shows would suggest times to somebody who never named any.
        times = rules.shared_times(free, now) if len(free) == len(one.people) else []
        reasons = compatibility.in_common(people)
        return Introduced(one, group, tuple(people), reasons, times)

    @transaction
    async def introduced(
        self, tx: Transaction, coffee: Coffee, channel_id: int, message_id: int
    ) -> None:
        """Note where two people were introduced."""
        await tx.coffees.posted(coffee.id, channel_id, message_id)

    @transaction
    async def answer(
        self, tx: Transaction, guild_id: int, coffee_id: int, user_id: int, *, happened: bool
    ) -> Coffee:
        """Note whether two people met, as one of them says; the answer can be changed.

        Raises NotFound for anybody else.
        """
        one = await tx.coffees.by_id(coffee_id)
        if one is None or one.guild_id != guild_id or user_id not in one.people or one.rest:
            raise NotFound("That coffee is gone, or it was not yours.")
        await tx.coffees.answer(one.id, user_id, happened=happened)
        answered = await tx.coffees.by_id(one.id)
        assert answered is not None  # noqa: S101 - it was written just now
        return answered

    async def keep(self, group_id: GroupId) -> bool:
        """Take people who left the group out; return whether the card may have changed."""
        async with self.store.read() as tx:
            if await tx.coffees.schedule_of(group_id) is None:
                return False
            members = {one.user_id for one in await tx.groups.members(group_id)}
            gone = [one for one in await tx.coffees.inside(group_id) if one not in members]
        if gone:
            await self.store.write(lambda tx: tx.coffees.opt_out(group_id, gone, self.clock.now()))
        return True

    @transaction
    async def take_up(self, tx: Transaction, group_id: GroupId) -> None:
        """Make pairs again in a group that was archived and is back."""
        now = self.clock.now()
        schedule = await tx.coffees.schedule_of(group_id)
        group = await tx.groups.by_id(group_id)
        if group is None or schedule is None or schedule.ended_at is not None:
            return
        server = await tx.servers.get(group.guild_id)
        zone = ZoneInfo(group.timezone or server.timezone or "UTC")
        at = schedule.next_at if schedule.next_at > now else rules.first_at(zone, now)
        await tx.coffees.edit_schedule(group_id, next_at=at)
        await self._put_pair(tx, group, at)

    async def _put_pair(self, tx: Transaction, group: Group, at: datetime) -> None:
        await tx.deadlines.put(DeadlineKind.COFFEE_PAIR, group.id, at, guild_id=group.guild_id)

    async def _running(self, tx: Transaction, group_id: int) -> tuple[Group, CoffeeSchedule]:
        group = await tx.groups.by_id(GroupId(group_id))
        schedule = await tx.coffees.schedule_of(group.id) if group else None
        if group is None or group.archived_at is not None:
            raise NotFound("That group is gone.")
        if schedule is None or schedule.ended_at is not None:
            raise NotFound("Coffees have ended in that group.")
        return group, schedule
