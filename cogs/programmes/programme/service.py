"""The use cases of programmes: starting one, joining and leaving it, leaving out a week, ending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from msgspec import Struct

from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.base.wording import one_line
from bot.place import Place
from cogs.programmes.programme import rules
from cogs.programmes.programme.writes import (
    KINDS,
    ProgrammeView,
    course,
    existing_programme,
    group_of,
    only_programme_leads,
    programme_of_server,
    put_meeting,
    put_plan,
    replan,
    running,
    settle,
    unit_lines,
)
from cogs.programmes.stages import rules as stages_rules
from data.delivery.kinds import DeadlineKind
from data.programmes.programmes import ENDED, Programme, ProgrammeId, Stage
from data.reading.lists import ReadingList
from data.server.groups import Group, GroupId
from data.states import CardKind
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class ProgrammePlan(Struct, frozen=True):
    """What somebody asks for when they start a programme."""

    list_id: int
    starts_on: date
    at: time
    timezone: str
    skipped: Sequence[date] = ()
    pod_size: int | None = None
    minutes: int = 60
    title: str | None = None
    facilitator_id: int | None = None
    gated: bool = False
    """Whether it starts with the usual stages and gates; otherwise it has its readings alone."""
    self_opening: bool = False


class ProgrammeService:
    """The use cases of programmes."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @snapshot
    async def lists(self, tx: Transaction, guild_id: int) -> list[ReadingList]:
        """Return the reading lists that a programme can go through, the newest first."""
        return await tx.reading_lists.of_server(guild_id)

    @snapshot
    async def of_server(self, tx: Transaction, guild_id: int) -> list[Programme]:
        """Return a server's programmes, those that go on first."""
        return await tx.programmes.of_server(guild_id)

    @snapshot
    async def of_group(self, tx: Transaction, group: Group) -> list[Programme]:
        """Return a group's programmes that go on."""
        return await tx.programmes.of_group(group.id)

    @snapshot
    async def of_meeting(self, tx: Transaction, meeting_id: int) -> list[ProgrammeId]:
        """Return the programmes that meet at a meeting."""
        return await tx.programmes.of_meeting(meeting_id)

    @snapshot
    async def startable(
        self, tx: Transaction, place: Place, list_id: int
    ) -> tuple[ReadingList, Group]:
        """Return a list that this person may start a programme from, and its group.

        Raises NotFound, NotAllowed and Conflict as :meth:`start`.
        """
        return await self._startable(tx, place, list_id)

    @transaction
    async def start(self, tx: Transaction, place: Place, plan: ProgrammePlan) -> Programme:
        """Write a programme, its units' days and its stages, and plan what follows.

        The reading feature makes the meetings, each a few days ahead; the people's feature
        proposes the pods. Raises NotAllowed for people who neither organise nor facilitate,
        Conflict for a list that a series reads already, InvalidInput for impossible days.
        """
        now = self.clock.now()
        listed, group = await self._startable(tx, place, plan.list_id)
        units = await tx.reading_lists.units(listed.id)
        if not units:
            raise Conflict(f"“{one_line(listed.title)}” has no units.")
        title = _check_title(plan.title or listed.title)
        for one in await tx.programmes.of_group(group.id):
            # Commands name programmes by their titles.
            if one.title.casefold() == title.casefold():
                raise Conflict(
                    f"“{one_line(one.title)}” goes on in {one_line(group.name)} already. "
                    "`/programme end` ends it, or give this one another `title`."
                )
        days = rules.schedule(plan.starts_on, [unit.week for unit in units], plan.skipped)
        programme_id = await tx.programmes.add(
            guild_id=place.guild_id,
            group_id=group.id,
            list_id=listed.id,
            title=title,
            starts_on=plan.starts_on,
            at=plan.at,
            timezone=plan.timezone,
            minutes=plan.minutes,
            skipped=tuple(day.isoformat() for day in plan.skipped),
            pod_size=plan.pod_size,
            self_opening=plan.self_opening,
            facilitator_id=plan.facilitator_id or place.user_id,
            created_by=place.user_id,
            created_at=now,
        )
        programme = await existing_programme(tx, programme_id)
        if programme.starts_at(days[0]) <= now:
            raise InvalidInput(
                "The first unit would be in the past. Give a later day, for example "
                "`starts: tue 19:00`."
            )
        for unit, day in zip(units, days, strict=True):
            await tx.programmes.add_unit(programme, unit, day)
        planned = stages_rules.usual_stages(days[-1]) if plan.gated else [stages_rules.READINGS]
        stages = [
            Stage(programme.id, number, one.title, one.asks, one.due_on)
            for number, one in enumerate(planned, start=1)
        ]
        await tx.programmes.put_stages(programme.id, stages)
        await put_plan(tx, programme, now)
        await tx.expect_card(
            CardKind.PROGRAMME,
            programme.id,
            guild_id=place.guild_id,
            channel_id=group.channel_id,
            now=now,
            answer_to=place.interaction_id,
        )
        if plan.pod_size is not None:
            await tx.deadlines.put(
                DeadlineKind.POD_PROGRAMME,
                programme.id,
                max(now, programme.starts_at(days[0]) - rules.PODS_BEFORE),
                guild_id=programme.guild_id,
            )
        return programme

    @transaction
    async def join(
        self, tx: Transaction, place: Place, programme_id: int, name: str
    ) -> tuple[ProgrammeView, bool]:
        """Add somebody, starting at the next unit, and to the group if need be.

        Returns the programme, and whether they came into the group too. Raises Conflict for
        somebody who is in it, or once it has ended.
        """
        now = self.clock.now()
        programme = await running(tx, place.guild_id, programme_id)
        group = await group_of(tx, programme)
        # Its meetings, pods and nudges go by the group, so nobody is in a programme alone.
        joined = await tx.groups.add_member(group.id, place.user_id, now)
        lines = await unit_lines(tx, programme)
        # What was met before they came does not count as missed.
        from_unit = rules.current_unit({line.number: line.is_over(now) for line in lines})
        if not await tx.programmes.join(
            programme.id, place.user_id, name[: rules.NAME_LIMIT], from_unit, now
        ):
            raise Conflict(f"You are in “{one_line(programme.title)}” already.")
        return await settle(tx, programme, [place.user_id], now), joined

    @transaction
    async def leave(self, tx: Transaction, place: Place, programme_id: int) -> Programme:
        """Take somebody out; they stay in the group. Raises Conflict for non-participants."""
        programme = await programme_of_server(tx, place.guild_id, programme_id)
        if await tx.programmes.participant(programme.id, place.user_id) is None:
            raise Conflict(f"You are not in “{one_line(programme.title)}”.")
        await self._let_go(tx, programme, place.user_id)
        return programme

    @snapshot
    async def going_on_in(self, tx: Transaction, group_id: GroupId) -> list[ProgrammeId]:
        """Return the programmes that go on in a group."""
        return [one.id for one in await tx.programmes.of_group(group_id)]

    async def left_group(self, group_id: int) -> list[ProgrammeId]:
        """Take out people who left the group; returns the programmes that go on in it."""
        async with self.store.read() as tx:
            group = await tx.groups.by_id(GroupId(group_id))
            programmes = await tx.programmes.of_group(group.id) if group else []
            # Read first: a group's changes are frequent, and hardly any concern somebody in a
            # programme.
            gone = [one for one in programmes if await self._leavers(tx, one)]
        if gone:
            async with self.store.transaction() as tx:
                for programme in gone:
                    for user_id in await self._leavers(tx, programme):
                        await self._let_go(tx, programme, user_id)
        return [programme.id for programme in programmes]

    @transaction
    async def skip(
        self, tx: Transaction, place: Place, programme_id: int, day: date
    ) -> tuple[ProgrammeView, int]:
        """Leave out the week of a local day: what was to be met then, and all after it, is a week
        later, and so is what is due later.

        Returns the programme, and how many units moved. Raises NotAllowed for
        non-facilitators, Conflict when that week has been met or holds nothing.
        """
        now = self.clock.now()
        programme = await running(tx, place.guild_id, programme_id)
        await only_programme_leads(tx, place, programme, "leave out a week")
        before = await course(tx, programme, now)
        hit = [line for line in before.units if rules.same_week(line.unit.on_day, day)]
        if any(rules.same_week(day, one) for one in programme.skipped_days):
            raise Conflict("That week is left out already.")
        if not hit:
            raise Conflict("Nothing is met in that week, so there is nothing to put off.")
        if any(line.starts_at <= now for line in hit):
            raise Conflict("That week's meeting has begun. Leave out a later week.")
        skipped = sorted({*programme.skipped_days, day})
        if len(skipped) > rules.MOST_SKIPPED:
            raise Conflict(f"{rules.MOST_SKIPPED} weeks are left out already: no more.")
        moved = await replan(tx, before, skipped, lambda due: rules.put_off(due, day))
        programme = await existing_programme(tx, programme.id)
        return await course(tx, programme, now), moved

    @transaction
    async def called_off(self, tx: Transaction, programme_id: int, meeting_id: int) -> None:
        """Leave out the week of a meeting that was called off, or give it back.

        It is given back when the meeting takes place after all and none is held instead. Raises
        NotFound where nothing is to be done.
        """
        now = self.clock.now()
        programme = await existing_programme(tx, programme_id)
        meeting = await tx.meetings.by_id(meeting_id)
        before = await course(tx, programme, now)
        own = [one.unit for one in before.units if one.unit.meeting_id == meeting_id]
        if meeting is None or meeting.occurs_on is None or programme.ended_at or not own:
            raise NotFound(ENDED)
        day = meeting.occurs_on
        kept = [one for one in programme.skipped_days if not rules.same_week(one, day)]
        left_out = len(kept) < len(programme.skipped)
        # Both ways by comparing, and not by what was done: the same news may come twice, or after
        # the next.
        if meeting.cancelled_at is not None and not left_out:
            if len(kept) < rules.MOST_SKIPPED:
                skipped = sorted([*kept, day])
                await replan(tx, before, skipped, lambda due: rules.put_off(due, day))
        elif meeting.cancelled_at is None and left_out:
            await replan(tx, before, kept, lambda due: rules.bring_forward(due, day))

    @snapshot
    async def endable(self, tx: Transaction, place: Place, programme_id: int) -> Programme:
        """Return a programme that this person may end; raises as :meth:`end`."""
        programme = await running(tx, place.guild_id, programme_id)
        await only_programme_leads(tx, place, programme, "end it")
        return programme

    @transaction
    async def end(self, tx: Transaction, place: Place, programme_id: int) -> Programme:
        """End a programme; its meetings that have not begun are called off."""
        now = self.clock.now()
        programme = await running(tx, place.guild_id, programme_id)
        await only_programme_leads(tx, place, programme, "end it")
        await tx.programmes.edit(programme.id, ended_at=now)
        await tx.deadlines.cancel(programme.id, *KINDS)
        ended = await existing_programme(tx, programme.id)
        for line in (await course(tx, ended, now)).units:
            # The reading feature calls its meetings off, as it made them.
            if line.meeting is not None and line.starts_at > now:
                await put_meeting(tx, ended, line.number, now)
        return ended

    @transaction
    async def restore(self, tx: Transaction, place: Place, programme_id: int) -> Programme:
        """Resume a programme that was ended, within 30 days."""
        now = self.clock.now()
        programme = await programme_of_server(tx, place.guild_id, programme_id)
        await only_programme_leads(tx, place, programme, "bring it back")
        if programme.ended_at is None:
            raise Conflict(f"“{one_line(programme.title)}” goes on: nothing is to be undone.")
        if now - programme.ended_at > rules.BACK_WITHIN:
            raise Conflict("It ended more than 30 days ago. `/programme start` starts another.")
        await group_of(tx, programme)
        await tx.programmes.edit(programme.id, ended_at=None)
        programme = await existing_programme(tx, programme.id)
        await put_plan(tx, programme, now)
        return programme

    @transaction
    async def resumed(self, tx: Transaction, group_id: int) -> list[ProgrammeId]:
        """Plan again what goes on in a group that was restored; returns the programmes."""
        now = self.clock.now()
        group = await tx.groups.by_id(GroupId(group_id))
        programmes = await tx.programmes.of_group(group.id) if group else []
        for programme in programmes:
            await put_plan(tx, programme, now)
        return [programme.id for programme in programmes]

    async def course_in(self, tx: Transaction, programme_id: int) -> ProgrammeView:
        """Return a programme whatever its server; for the process's own work, not a request."""
        return await course(tx, await existing_programme(tx, programme_id), self.clock.now())

    course = snapshot(course_in)

    @snapshot
    async def of_place(self, tx: Transaction, place: Place, programme_id: int) -> ProgrammeView:
        """Return a programme of this server; raises NotFound."""
        programme = await programme_of_server(tx, place.guild_id, programme_id)
        return await course(tx, programme, self.clock.now())

    async def _startable(
        self, tx: Transaction, place: Place, list_id: int
    ) -> tuple[ReadingList, Group]:
        listed = await tx.reading_lists.get(place.guild_id, list_id)
        group = await tx.groups.get(place.guild_id, listed.group_id) if listed else None
        if listed is None or group is None:
            raise NotFound(
                "That reading list is gone. `/reading import` makes one from a file, or from text."
            )
        if group.archived_at is not None:
            raise Conflict(f"{one_line(group.name)} is archived: nothing happens in it any more.")
        if not place.organiser and not await tx.programmes.has_led(group.id, place.user_id):
            raise NotAllowed(
                f"Only organisers, and those who lead meetings of {one_line(group.name)}, can "
                "start a programme."
            )
        standing = await tx.programmes.series_through(listed.id)
        if standing is not None:
            raise Conflict(
                f"“{one_line(listed.title)}” is read by a series already: "
                f"{standing.rule.describe()}. End it with `/meeting end`, and the programme makes "
                "its own meetings."
            )
        return listed, group

    async def _leavers(self, tx: Transaction, programme: Programme) -> list[int]:
        """Return the people of a programme who have left its group."""
        belong = {one.user_id for one in await tx.groups.members(programme.group_id)}
        people = await tx.programmes.people(programme.id)
        return [one.user_id for one in people if one.user_id not in belong]

    async def _let_go(self, tx: Transaction, programme: Programme, user_id: int) -> None:
        await tx.programmes.edit_participant(programme.id, user_id, left_at=self.clock.now())
        await tx.deadlines.cancel(
            programme.id,
            DeadlineKind.PROGRAMME_DUE_ONE,
            DeadlineKind.PROGRAMME_OPENED,
            occurrence=user_id,
        )


def _check_title(title: str) -> str:
    tidy = " ".join(title.split())
    if not tidy:
        raise InvalidInput("Give the programme a title, for example `title: Mech interp, winter`.")
    if len(tidy) > rules.TITLE_LIMIT + 20:
        raise InvalidInput(
            f"That title has {len(tidy)} characters; {rules.TITLE_LIMIT + 20} are the most."
        )
    return tidy
