"""The use cases of programmes: starting one, joining and leaving it, leaving out a week, ending."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.base.wording import named
from bot.place import Place
from cogs.programmes import rules
from data.programmes.programmes import (
    ENDED,
    MEETS,
    PODS,
    Participant,
    Programme,
    ProgrammeId,
    ProgrammeUnit,
    Stage,
)
from data.reading.lists import ReadingList, Unit
from data.reading.meetings import Meeting
from data.server.groups import Group, GroupId
from data.states import CardKind
from data.store import Store
from data.transaction import Transaction

TURN = "programme.turn"
"""The deadline at which a unit is over; its occurrence is the unit's number."""

GATE = "programme.gate"
"""The deadline at which who waits at a gate is told of; its occurrence is the stage before it."""

DUE = "programme.due"
"""The deadline at which people are reminded of what is due; its occurrence is the stage."""

DUE_ONE = "programme.due_one"
"""The deadline at which one person is reminded; its occurrence is the person."""

OPENED = "programme.opened"
"""The deadline at which somebody is told that a stage is open; its occurrence is the person."""

AHEAD = timedelta(days=6)
"""How long before a unit its meeting is made and its card posted, as for any series."""

PODS_BEFORE = timedelta(days=2)
"""How long before the first unit pods are proposed, when most have joined."""

GATHERED = timedelta(minutes=10)
"""How long what is handed in is gathered, so that many hand-ins make one message."""

KINDS = (TURN, GATE, DUE, DUE_ONE, OPENED, PODS, MEETS)

NAME_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Plan:
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
    self_opening: bool = False


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit of a programme: when it is met, and where that is talked about."""

    unit: ProgrammeUnit
    listed: Unit | None
    meeting: Meeting | None
    starts_at: datetime
    ends_at: datetime

    @property
    def number(self) -> int:
        """Its place, from 1."""
        return self.unit.number

    @property
    def title(self) -> str:
        """What it is called."""
        return self.listed.title if self.listed else f"Unit {self.number}"

    def is_over(self, now: datetime) -> bool:
        """Whether it has been met."""
        return self.ends_at <= now


@dataclass(frozen=True, slots=True)
class Course:
    """A programme with all that belongs to it."""

    programme: Programme
    group: Group
    units: list[UnitLine]
    stages: list[Stage]
    people: list[Participant]
    reached: dict[int, int]
    """Which stage each person is in."""
    handed_in: dict[int, set[int]]
    """For which stages each person has handed something in."""
    now: datetime
    over: dict[int, bool] = field(default_factory=dict[int, bool])
    """Which units have been met, by their number."""

    @property
    def last_stage(self) -> int:
        """The number of the last stage."""
        return len(self.stages)

    @property
    def current(self) -> UnitLine | None:
        """The unit that is met next, None once all have been."""
        return next((line for line in self.units if not line.is_over(self.now)), None)

    def stage(self, number: int) -> Stage:
        """Return a stage by its number."""
        return self.stages[number - 1]

    def is_ready(self, user_id: int, stage: int) -> bool:
        """Whether somebody may pass the gate after a stage."""
        own = [line for line in self.units if line.unit.stage == stage]
        return rules.is_ready(
            self.stage(stage),
            handed_in=stage in self.handed_in.get(user_id, ()),
            units_over=all(line.is_over(self.now) for line in own),
        )

    def waiting(self, stage: int) -> list[int]:
        """Return who waits at the gate after a stage, in the order in which they joined."""
        if stage >= self.last_stage:
            return []
        return [
            one.user_id
            for one in self.people
            if self.reached[one.user_id] == stage and self.is_ready(one.user_id, stage)
        ]


class ProgrammeService:
    """The use cases of programmes."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def lists(self, guild_id: int) -> list[ReadingList]:
        """Return the reading lists that a programme can go through, the newest first."""
        async with self.store.read() as tx:
            return await tx.reading_lists.of_server(guild_id)

    async def of_server(self, guild_id: int) -> list[Programme]:
        """Return a server's programmes, those that go on first."""
        async with self.store.read() as tx:
            return await tx.programmes.of_server(guild_id)

    async def of_group(self, group: Group) -> list[Programme]:
        """Return a group's programmes that go on."""
        async with self.store.read() as tx:
            return await tx.programmes.of_group(group.id)

    async def of_meeting(self, meeting_id: int) -> list[ProgrammeId]:
        """Return the programmes that meet at a meeting."""
        async with self.store.read() as tx:
            return await tx.programmes.of_meeting(meeting_id)

    async def startable(self, place: Place, list_id: int) -> tuple[ReadingList, Group]:
        """Return a list that this person may start a programme from, and its group.

        Raises NotFound, NotAllowed and Conflict as :meth:`start`.
        """
        async with self.store.read() as tx:
            return await self._startable(tx, place, list_id)

    async def start(self, place: Place, plan: Plan) -> Programme:
        """Write a programme, its units' days and its usual stages, and have the rest follow.

        Meetings are made by the reading group, each a few days ahead, and pods are proposed by
        the people's side. Raises NotAllowed for who neither organises nor facilitates, Conflict
        for a list that is met already, InvalidInput for days that cannot be.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            listed, group = await self._startable(tx, place, plan.list_id)
            units = await tx.reading_lists.units(listed.id)
            if not units:
                raise Conflict(f"“{named(listed.title)}” has no units.")
            title = _check_title(plan.title or listed.title)
            for one in await tx.programmes.of_group(group.id):
                if one.title.casefold() == title.casefold():
                    raise Conflict(
                        f"“{named(one.title)}” goes on in {named(group.name)} already. `/programme "
                        "end` ends it, or give this one another `title`."
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
            programme = await existing(tx, programme_id)
            if programme.starts_at(days[0]) <= now:
                raise InvalidInput(
                    "The first unit would be in the past. Give a later day, for example "
                    "`starts: tue 19:00`."
                )
            for unit, day in zip(units, days, strict=True):
                await tx.programmes.add_unit(
                    programme_id=programme.id,
                    guild_id=place.guild_id,
                    number=unit.number,
                    unit_id=unit.id,
                    week=unit.week,
                    stage=1,
                    on_day=day,
                )
            stages = [
                Stage(programme.id, number, one.title, one.asks, one.due_on)
                for number, one in enumerate(rules.usual_stages(days[-1]), start=1)
            ]
            await tx.programmes.put_stages(programme.id, stages)
            await put_plan(tx, programme, now)
            await tx.expect_card(
                CardKind.PROGRAMME,
                programme.id,
                guild_id=place.guild_id,
                channel_id=group.channel_id,
                now=now,
            )
            if plan.pod_size is not None:
                await tx.deadlines.put(
                    PODS,
                    programme.id,
                    max(now, programme.starts_at(days[0]) - PODS_BEFORE),
                    guild_id=programme.guild_id,
                )
        return programme

    async def join(self, place: Place, programme_id: int, name: str) -> tuple[Course, bool]:
        """Take somebody in, at the unit that is met next, and into the group if need be.

        Returns the programme, and whether they came into the group too. Raises Conflict for who
        is in it, or once it has ended.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            programme = await running(tx, place.guild_id, programme_id)
            group = await _group(tx, programme)
            joined = await tx.groups.add_member(group.id, place.user_id, now)
            lines = await _lines(tx, programme)
            from_unit = rules.current_unit({line.number: line.is_over(now) for line in lines})
            if not await tx.programmes.join(
                programme.id, place.user_id, name[:NAME_LIMIT], from_unit, now
            ):
                raise Conflict(f"You are in “{named(programme.title)}” already.")
            return await settle(tx, programme, [place.user_id], now), joined

    async def leave(self, place: Place, programme_id: int) -> Programme:
        """Let somebody go; they stay in the group. Raises Conflict for who is not in it."""
        async with self.store.transaction() as tx:
            programme = await of_server(tx, place.guild_id, programme_id)
            if await tx.programmes.participant(programme.id, place.user_id) is None:
                raise Conflict(f"You are not in “{named(programme.title)}”.")
            await self._let_go(tx, programme, place.user_id)
        return programme

    async def left_group(self, group_id: int) -> list[ProgrammeId]:
        """Let those go who left the group; returns the programmes that go on in it."""
        async with self.store.read() as tx:
            group = await tx.groups.by_id(GroupId(group_id))
            programmes = await tx.programmes.of_group(group.id) if group else []
            gone = [one for one in programmes if await self._leavers(tx, one)]
        if gone:
            async with self.store.transaction() as tx:
                for programme in gone:
                    for user_id in await self._leavers(tx, programme):
                        await self._let_go(tx, programme, user_id)
        return [programme.id for programme in programmes]

    async def skip(self, place: Place, programme_id: int, day: date) -> tuple[Course, int]:
        """Leave out the week of a local day: what was to be met then, and all after it, is a week
        later, and so is what is due later.

        Returns the programme, and how many units moved. Raises NotAllowed for who does not lead
        it, Conflict when that week has been met or holds nothing.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            programme = await running(tx, place.guild_id, programme_id)
            only_leads(place, programme, "leave out a week")
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
            programme = await existing(tx, programme.id)
            return await course(tx, programme, now), moved

    async def called_off(self, programme_id: int, meeting_id: int) -> None:
        """Leave out the week of a meeting that was called off, or give it back.

        It is given back when the meeting takes place after all and none is held instead. Raises
        NotFound where nothing is to be done.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            programme = await existing(tx, programme_id)
            meeting = await tx.meetings.by_id(meeting_id)
            before = await course(tx, programme, now)
            own = [one.unit for one in before.units if one.unit.meeting_id == meeting_id]
            if meeting is None or meeting.occurs_on is None or programme.ended_at or not own:
                raise NotFound(ENDED)
            day = meeting.occurs_on
            kept = [one for one in programme.skipped_days if not rules.same_week(one, day)]
            left_out = len(kept) < len(programme.skipped)
            if meeting.cancelled_at is not None and not left_out:
                if len(kept) < rules.MOST_SKIPPED:
                    skipped = sorted([*kept, day])
                    await replan(tx, before, skipped, lambda due: rules.put_off(due, day))
            elif meeting.cancelled_at is None and left_out:
                await replan(tx, before, kept, lambda due: rules.bring_forward(due, day))

    async def endable(self, place: Place, programme_id: int) -> Programme:
        """Return a programme that this person may end; raises as :meth:`end`."""
        async with self.store.read() as tx:
            programme = await running(tx, place.guild_id, programme_id)
            only_leads(place, programme, "end it")
        return programme

    async def end(self, place: Place, programme_id: int) -> Programme:
        """End a programme; its meetings that have not begun are called off."""
        now = self.clock.now()
        async with self.store.transaction() as tx:
            programme = await running(tx, place.guild_id, programme_id)
            only_leads(place, programme, "end it")
            await tx.programmes.edit(programme.id, ended_at=now)
            await tx.deadlines.cancel(programme.id, *KINDS)
            ended = await existing(tx, programme.id)
            for line in (await course(tx, ended, now)).units:
                if line.meeting is not None and line.starts_at > now:
                    await _put_meeting(tx, ended, line.number, now)
        return ended

    async def restore(self, place: Place, programme_id: int) -> Programme:
        """Have a programme go on that was ended, within 30 days."""
        now = self.clock.now()
        async with self.store.transaction() as tx:
            programme = await of_server(tx, place.guild_id, programme_id)
            only_leads(place, programme, "bring it back")
            if programme.ended_at is None:
                raise Conflict(f"“{named(programme.title)}” goes on: nothing is to be undone.")
            if now - programme.ended_at > timedelta(days=30):
                raise Conflict("It ended more than 30 days ago. `/programme start` begins anew.")
            await _group(tx, programme)
            await tx.programmes.edit(programme.id, ended_at=None)
            programme = await existing(tx, programme.id)
            await put_plan(tx, programme, now)
        return programme

    async def resumed(self, group_id: int) -> list[ProgrammeId]:
        """Plan anew what goes on in a group that was brought back; returns the programmes."""
        now = self.clock.now()
        async with self.store.transaction() as tx:
            group = await tx.groups.by_id(GroupId(group_id))
            programmes = await tx.programmes.of_group(group.id) if group else []
            for programme in programmes:
                await put_plan(tx, programme, now)
        return [programme.id for programme in programmes]

    async def course(self, programme_id: int) -> Course:
        """Return a programme whatever its server; for the process's own work, not a request."""
        async with self.store.read() as tx:
            return await course(tx, await existing(tx, programme_id), self.clock.now())

    async def of_place(self, place: Place, programme_id: int) -> Course:
        """Return a programme of this server; raises NotFound."""
        async with self.store.read() as tx:
            programme = await of_server(tx, place.guild_id, programme_id)
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
            raise Conflict(f"{named(group.name)} is archived: nothing happens in it any more.")
        if not place.organiser and not await tx.programmes.has_led(group.id, place.user_id):
            raise NotAllowed(
                f"Only organisers, and those who lead meetings of {named(group.name)}, can start a "
                "programme."
            )
        standing = await tx.programmes.series_through(listed.id)
        if standing is not None:
            raise Conflict(
                f"“{named(listed.title)}” is read by a series already: {standing.rule.describe()}. "
                "End it with `/meeting end`, and the programme makes its own meetings."
            )
        return listed, group

    async def _leavers(self, tx: Transaction, programme: Programme) -> list[int]:
        """Return who is in a programme and not in its group any more."""
        belong = {one.user_id for one in await tx.groups.members(programme.group_id)}
        people = await tx.programmes.people(programme.id)
        return [one.user_id for one in people if one.user_id not in belong]

    async def _let_go(self, tx: Transaction, programme: Programme, user_id: int) -> None:
        await tx.programmes.edit_participant(programme.id, user_id, left_at=self.clock.now())
        await tx.deadlines.cancel(programme.id, DUE_ONE, OPENED, occurrence=user_id)


async def existing(tx: Transaction, programme_id: int) -> Programme:
    """Return a programme whatever its server, or raise NotFound."""
    programme = await tx.programmes.by_id(programme_id)
    if programme is None:
        raise NotFound("That programme does not exist any more.")
    return programme


async def of_server(tx: Transaction, guild_id: int, programme_id: int) -> Programme:
    """Return a programme of this server, or raise NotFound."""
    programme = await tx.programmes.get(guild_id, programme_id)
    if programme is None:
        raise NotFound("That programme does not exist any more.")
    return programme


async def running(tx: Transaction, guild_id: int, programme_id: int) -> Programme:
    """Return a programme of this server that goes on, or raise NotFound or Conflict."""
    programme = await of_server(tx, guild_id, programme_id)
    if programme.ended_at is not None:
        raise Conflict(f"“{named(programme.title)}” has ended.")
    await _group(tx, programme)
    return programme


def leads(place: Place, programme: Programme) -> bool:
    """Whether somebody leads a programme, or organises."""
    return place.organiser or place.user_id in (programme.facilitator_id, programme.created_by)


def only_leads(place: Place, programme: Programme, what: str) -> None:
    """Raise NotAllowed unless who leads it, or an organiser, acts; ``what`` completes the rest."""
    if not leads(place, programme):
        raise NotAllowed(f"Only who leads “{named(programme.title)}”, or an organiser, can {what}.")


async def course(tx: Transaction, programme: Programme, now: datetime) -> Course:
    """Read a programme with all that belongs to it."""
    group = await tx.groups.by_id(programme.group_id)
    assert group is not None  # noqa: S101 - a programme goes with its group
    lines = await _lines(tx, programme)
    stages = await tx.programmes.stages(programme.id)
    people = await tx.programmes.people(programme.id)
    gates: dict[int, set[int]] = {}
    for gate in await tx.programmes.gates(programme.id):
        gates.setdefault(gate.user_id, set()).add(gate.stage)
    handed_in: dict[int, set[int]] = {}
    for one in await tx.programmes.hand_ins(programme.id):
        handed_in.setdefault(one.user_id, set()).add(one.stage)
    return Course(
        programme,
        group,
        lines,
        stages,
        people,
        {one.user_id: rules.reached(gates.get(one.user_id, ()), len(stages)) for one in people},
        handed_in,
        now,
        {line.number: line.is_over(now) for line in lines},
    )


async def _lines(tx: Transaction, programme: Programme) -> list[UnitLine]:
    """Read a programme's units, each with its meeting."""
    listed = {one.id: one for one in await tx.reading_lists.units(programme.list_id)}
    lines: list[UnitLine] = []
    for unit in await tx.programmes.units(programme.id):
        meeting = await tx.meetings.by_id(unit.meeting_id) if unit.meeting_id else None
        if meeting is not None and unit.was_put_off(meeting):
            meeting = None
        planned = programme.starts_at(unit.on_day)
        # Somebody may have moved this one meeting by hand.
        by_hand = meeting is not None and meeting.occurs_on == unit.on_day
        starts_at = meeting.starts_at if meeting is not None and by_hand else planned
        minutes = meeting.minutes if meeting is not None else programme.minutes
        ends_at = starts_at + timedelta(minutes=minutes)
        lines.append(UnitLine(unit, listed.get(unit.unit_id), meeting, starts_at, ends_at))
    return lines


async def replan(
    tx: Transaction,
    before: Course,
    skipped: Sequence[date],
    due: Callable[[date | None], date | None],
) -> int:
    """Plan a programme's units around these weeks, and have its stages due when ``due`` says.

    Returns how many units moved.
    """
    programme = before.programme
    await tx.programmes.edit(programme.id, skipped=tuple(one.isoformat() for one in skipped))
    days = rules.schedule(programme.starts_on, [line.unit.week for line in before.units], skipped)
    moved = 0
    for line, new in zip(before.units, days, strict=True):
        if new != line.unit.on_day:
            moved += 1
            await tx.programmes.edit_units(programme.id, [line.number], on_day=new)
    stages = [
        Stage(programme.id, one.number, one.title, one.asks, due(one.due_on))
        for one in before.stages
    ]
    await tx.programmes.put_stages(programme.id, stages)
    await put_plan(tx, await existing(tx, programme.id), before.now)
    return moved


async def put_plan(tx: Transaction, programme: Programme, now: datetime) -> None:
    """Have a programme's meetings made, its units' ends noticed, and what is due reminded of."""
    whole = await course(tx, programme, now)
    await tx.deadlines.cancel(programme.id, TURN, DUE)
    for line in whole.units:
        planned = programme.starts_at(line.unit.on_day)
        if line.meeting is None:
            if planned + timedelta(minutes=programme.minutes) > now:
                await _put_meeting(tx, programme, line.number, max(now, planned - AHEAD))
        elif line.meeting.starts_at > now:
            await _put_meeting(tx, programme, line.number, now)
        if line.ends_at > now:
            await tx.deadlines.put(
                TURN,
                programme.id,
                line.ends_at,
                guild_id=programme.guild_id,
                occurrence=line.number,
            )
    for stage in whole.stages:
        due = rules.due_at(stage, programme.zone)
        for before in rules.REMIND_BEFORE if due is not None and stage.asks else ():
            at = rules.reminded_at(stage, before, programme.zone)
            if at is not None and at > now:
                await tx.deadlines.put(
                    DUE,
                    programme.id,
                    at,
                    guild_id=programme.guild_id,
                    occurrence=stage.number,
                    offset=int(before.total_seconds()),
                    expires_at=due,
                )


async def settle(
    tx: Transaction, programme: Programme, user_ids: Collection[int], now: datetime
) -> Course:
    """Let these people through the gates that open by themselves, and have it told at which of
    the others they wait; returns the programme as it is then."""
    whole = await course(tx, programme, now)
    if not programme.self_opening:
        for stage in range(1, whole.last_stage):
            if not set(user_ids).isdisjoint(whole.waiting(stage)):
                await put_gate(tx, programme, stage, now)
        return whole
    opened = False
    for user_id in user_ids:
        stage = whole.reached.get(user_id, whole.last_stage)
        while stage < whole.last_stage and whole.is_ready(user_id, stage):
            stage += 1
            await tx.programmes.open(programme.id, user_id, stage, user_id, now)
            await put_opened(tx, programme, user_id, stage, now)
            opened = True
    return await course(tx, programme, now) if opened else whole


async def put_gate(tx: Transaction, programme: Programme, stage: int, now: datetime) -> None:
    """Have who leads told soon of those who wait at the gate after a stage."""
    gathered = GATHERED.total_seconds()
    due_at = datetime.fromtimestamp((now.timestamp() // gathered + 1) * gathered, now.tzinfo)
    await tx.deadlines.put(
        GATE, programme.id, due_at, guild_id=programme.guild_id, occurrence=stage
    )


async def put_opened(
    tx: Transaction, programme: Programme, user_id: int, stage: int, now: datetime
) -> None:
    """Have somebody told that a stage is open to them, after their quiet hours."""
    profile = await tx.profiles.get(programme.guild_id, user_id)
    at = profile.quiet_ends(programme.zone, now) or now
    await tx.deadlines.put(
        OPENED, programme.id, at, guild_id=programme.guild_id, occurrence=user_id, offset=stage
    )


async def _put_meeting(
    tx: Transaction, programme: Programme, number: int, due_at: datetime
) -> None:
    await tx.deadlines.put(
        MEETS, programme.id, due_at, guild_id=programme.guild_id, occurrence=number
    )


async def _group(tx: Transaction, programme: Programme) -> Group:
    """Return a programme's group; raises Conflict once that is archived."""
    group = await tx.groups.by_id(programme.group_id)
    assert group is not None  # noqa: S101 - a programme goes with its group
    if group.archived_at is not None:
        raise Conflict(f"{named(group.name)} is archived: nothing happens in it any more.")
    return group


def _check_title(title: str) -> str:
    tidy = " ".join(title.split())
    if not tidy:
        raise InvalidInput("Give the programme a title, for example `title: Mech interp, winter`.")
    if len(tidy) > rules.TITLE_LIMIT + 20:
        raise InvalidInput(
            f"That title has {len(tidy)} characters; {rules.TITLE_LIMIT + 20} are the most."
        )
    return tidy
