"""What a programme is made of, and the steps that its use cases share inside a transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct, field

from bot.base.errors import Conflict, NotAllowed, NotFound
from bot.base.wording import one_line
from bot.place import Place, only_members_today
from cogs.programmes.programme import rules
from cogs.programmes.stages import rules as stages_rules
from data.delivery.kinds import DeadlineKind
from data.programmes.programmes import Participant, Programme, ProgrammeUnit, Stage
from data.reading.lists import Unit
from data.reading.meetings import Meeting
from data.server.groups import Group
from data.transaction import Transaction

KINDS = (
    DeadlineKind.PROGRAMME_TURN,
    DeadlineKind.PROGRAMME_GATE,
    DeadlineKind.PROGRAMME_DUE,
    DeadlineKind.PROGRAMME_DUE_ONE,
    DeadlineKind.PROGRAMME_OPENED,
    DeadlineKind.POD_PROGRAMME,
    DeadlineKind.READING_PROGRAMME,
)


class UnitLine(Struct, frozen=True):
    """One unit of a programme: when it is met, and where people talk about it."""

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


class ProgrammeView(Struct, frozen=True):
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
        return stages_rules.is_ready(
            self.stage(stage),
            handed_in=stage in self.handed_in.get(user_id, ()),
            units_over=all(line.is_over(self.now) for line in own),
        )

    def waiting(self, stage: int) -> list[int]:
        """Return who waits at the gate after a stage, in the order in which they joined."""
        # There is no gate behind the last stage.
        if stage >= self.last_stage:
            return []
        return [
            one.user_id
            for one in self.people
            if self.reached[one.user_id] == stage and self.is_ready(one.user_id, stage)
        ]


async def existing_programme(tx: Transaction, programme_id: int) -> Programme:
    """Return a programme whatever its server, or raise NotFound."""
    programme = await tx.programmes.by_id(programme_id)
    if programme is None:
        raise NotFound("That programme does not exist any more.")
    return programme


async def programme_of_server(tx: Transaction, guild_id: int, programme_id: int) -> Programme:
    """Return a programme of this server, or raise NotFound."""
    programme = await tx.programmes.get(guild_id, programme_id)
    if programme is None:
        raise NotFound("That programme does not exist any more.")
    return programme


async def running(tx: Transaction, guild_id: int, programme_id: int) -> Programme:
    """Return a programme of this server that goes on, or raise NotFound or Conflict."""
    programme = await programme_of_server(tx, guild_id, programme_id)
    if programme.ended_at is not None:
        raise Conflict(f"“{one_line(programme.title)}” has ended.")
    await group_of(tx, programme)
    return programme


def leads(place: Place, programme: Programme) -> bool:
    """Whether somebody leads a programme, or organises."""
    return place.organiser or place.user_id in (programme.facilitator_id, programme.created_by)


async def only_programme_leads(
    tx: Transaction, place: Place, programme: Programme, what: str
) -> None:
    """Raise NotAllowed unless a lead who is still in the group, or an organiser, acts."""
    if not leads(place, programme):
        raise NotAllowed(
            f"Only whoever leads “{one_line(programme.title)}”, or an organiser, can {what}."
        )
    await only_members_today(tx, place, programme.group_id)


async def course(tx: Transaction, programme: Programme, now: datetime) -> ProgrammeView:
    """Read a programme with all that belongs to it."""
    group = await tx.groups.by_id(programme.group_id)
    assert group is not None  # noqa: S101 - a programme goes with its group
    lines = await unit_lines(tx, programme)
    stages = await tx.programmes.stages(programme.id)
    people = await tx.programmes.people(programme.id)
    gates: dict[int, set[int]] = {}
    for gate in await tx.programmes.gates(programme.id):
        gates.setdefault(gate.user_id, set()).add(gate.stage)
    handed_in: dict[int, set[int]] = {}
    for one in await tx.programmes.hand_ins(programme.id):
        handed_in.setdefault(one.user_id, set()).add(one.stage)
    return ProgrammeView(
        programme,
        group,
        lines,
        stages,
        people,
        {
            one.user_id: stages_rules.reached(gates.get(one.user_id, ()), len(stages))
            for one in people
        },
        handed_in,
        now,
        {line.number: line.is_over(now) for line in lines},
    )


async def unit_lines(tx: Transaction, programme: Programme) -> list[UnitLine]:
    """Read a programme's units, each with its meeting."""
    listed = {one.id: one for one in await tx.reading_lists.units(programme.list_id)}
    lines: list[UnitLine] = []
    for unit in await tx.programmes.units(programme.id):
        meeting = await tx.meetings.by_id(unit.meeting_id) if unit.meeting_id else None
        # Its cancelled meeting stays a row; the unit is met at its new date.
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
    before: ProgrammeView,
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
    await put_plan(tx, await existing_programme(tx, programme.id), before.now)
    return moved


async def put_plan(tx: Transaction, programme: Programme, now: datetime) -> None:
    """Schedule a programme's meetings, the ends of its units, and reminders of what is due."""
    whole = await course(tx, programme, now)
    await tx.deadlines.cancel(programme.id, DeadlineKind.PROGRAMME_TURN, DeadlineKind.PROGRAMME_DUE)
    for line in whole.units:
        planned = programme.starts_at(line.unit.on_day)
        if line.meeting is None:
            if planned + timedelta(minutes=programme.minutes) > now:
                await put_meeting(tx, programme, line.number, max(now, planned - rules.AHEAD))
        # At once: it exists, and only has to be brought to its new day.
        elif line.meeting.starts_at > now:
            await put_meeting(tx, programme, line.number, now)
        if line.ends_at > now:
            await tx.deadlines.put(
                DeadlineKind.PROGRAMME_TURN,
                programme.id,
                line.ends_at,
                guild_id=programme.guild_id,
                occurrence=line.number,
            )
    for stage in whole.stages:
        due = stages_rules.due_at(stage, programme.zone)
        for before in stages_rules.REMIND_BEFORE if due is not None and stage.asks else ():
            at = stages_rules.reminded_at(stage, before, programme.zone)
            if at is not None and at > now:
                await tx.deadlines.put(
                    DeadlineKind.PROGRAMME_DUE,
                    programme.id,
                    at,
                    guild_id=programme.guild_id,
                    occurrence=stage.number,
                    offset=int(before.total_seconds()),
                    expires_at=due,
                )


async def settle(
    tx: Transaction, programme: Programme, user_ids: Collection[int], now: datetime
) -> ProgrammeView:
    """Open the gates that open by themselves to these people, and schedule news of the others
    at which they wait; returns the programme as it is then."""
    whole = await course(tx, programme, now)
    if not programme.self_opening:
        for stage in range(1, whole.last_stage):
            if not set(user_ids).isdisjoint(whole.waiting(stage)):
                await put_gate(tx, programme, stage, now)
        return whole
    opened = False
    for user_id in user_ids:
        stage = whole.reached.get(user_id, whole.last_stage)
        # Several at a time: somebody who comes late may have met what two stages ask for.
        while stage < whole.last_stage and whole.is_ready(user_id, stage):
            stage += 1
            await tx.programmes.open(programme.id, user_id, stage, user_id, now)
            await put_opened(tx, programme, user_id, stage, now)
            opened = True
    return await course(tx, programme, now) if opened else whole


async def put_gate(tx: Transaction, programme: Programme, stage: int, now: datetime) -> None:
    """Schedule a message to the facilitators about people who wait at the gate after a stage."""
    gathered = rules.GATHERED.total_seconds()
    # To the end of the present ten minutes: the first who waits does not wait longer for each who
    # follows.
    due_at = datetime.fromtimestamp((now.timestamp() // gathered + 1) * gathered, now.tzinfo)
    await tx.deadlines.put(
        DeadlineKind.PROGRAMME_GATE,
        programme.id,
        due_at,
        guild_id=programme.guild_id,
        occurrence=stage,
    )


async def put_opened(
    tx: Transaction, programme: Programme, user_id: int, stage: int, now: datetime
) -> None:
    """Schedule a message that a stage is open to somebody, after their quiet hours."""
    profile = await tx.profiles.get(programme.guild_id, user_id)
    at = profile.quiet_ends(programme.zone, now) or now
    await tx.deadlines.put(
        DeadlineKind.PROGRAMME_OPENED,
        programme.id,
        at,
        guild_id=programme.guild_id,
        occurrence=user_id,
        offset=stage,
    )


async def put_meeting(tx: Transaction, programme: Programme, number: int, due_at: datetime) -> None:
    """Schedule the making of a unit's meeting, which the reading feature does."""
    await tx.deadlines.put(
        DeadlineKind.READING_PROGRAMME,
        programme.id,
        due_at,
        guild_id=programme.guild_id,
        occurrence=number,
    )


async def group_of(tx: Transaction, programme: Programme) -> Group:
    """Return a programme's group; raises Conflict once that is archived."""
    group = await tx.groups.by_id(programme.group_id)
    assert group is not None  # noqa: S101 - a programme goes with its group
    if group.archived_at is not None:
        raise Conflict(f"{one_line(group.name)} is archived: nothing happens in it any more.")
    return group
