"""The use cases of stages: handing in, passing gates, and being reminded of what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from bot.base import wording
from bot.base.clock import Clock
from bot.base.errors import Conflict, NotAllowed, NotFound
from bot.base.wording import one_line
from bot.place import Place
from cogs.programmes.programme.rules import NAME_LIMIT
from cogs.programmes.programme.writes import (
    ProgrammeView,
    course,
    existing_programme,
    leads,
    only_programme_leads,
    put_opened,
    put_plan,
    running,
    settle,
)
from cogs.programmes.stages import rules as stages_rules
from data.boards.projects import Project
from data.delivery.kinds import DeadlineKind
from data.people.profiles import Profile
from data.programmes.programmes import HandIn, Programme, Stage
from data.states import Nudges
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class Waiter(Struct, frozen=True):
    """Somebody who waits at a gate, with what they handed in, if anything was asked."""

    user_id: int
    name: str | None
    hand_in: HandIn | None
    late: bool
    project: Project | None = None


class GateView(Struct, frozen=True):
    """A gate, as a facilitator sees it: the stage before it, who waits, how many are on the way."""

    stage: Stage
    opens: Stage
    waiting: list[Waiter]
    behind: int


class Gates(Struct, frozen=True):
    """All gates of a programme."""

    course: ProgrammeView
    gates: list[GateView]


class HandInDraft(Struct, frozen=True):
    """What somebody is about to hand in: for which stage, what they did before, their projects."""

    course: ProgrammeView
    stage: Stage
    before: HandIn | None
    projects: list[Project]


class Reminder(Struct, frozen=True):
    """One person to remind of what is due."""

    course: ProgrammeView
    stage: Stage
    profile: Profile
    due_at: datetime


class StageService:
    """The use cases of stages."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @snapshot
    async def draft(self, tx: Transaction, place: Place, programme_id: int) -> HandInDraft:
        """Return what somebody is to hand in now; raises as :meth:`hand_in`."""
        whole, stage = await self._asked(tx, place, programme_id)
        hand_ins = await tx.programmes.hand_ins(whole.programme.id)
        projects = await tx.projects.open_of_person(place.guild_id, place.user_id)
        before = next((one for one in hand_ins if _is(one, place.user_id, stage)), None)
        return HandInDraft(whole, stage, before, projects[: stages_rules.PROJECTS])

    @transaction
    async def hand_in(
        self,
        tx: Transaction,
        place: Place,
        programme_id: int,
        stage: int,
        *,
        text: str,
        project_id: int | None,
        name: str,
    ) -> tuple[ProgrammeView, bool]:
        """Keep what somebody made in a stage that is open to them; returns whether it is late.

        Late hand-ins count too, and can be changed as long as the programme goes on. Raises
        NotAllowed for non-participants, Conflict for a stage that asks for nothing or is locked,
        InvalidInput for nothing at all.
        """
        now = self.clock.now()
        whole, _ = await self._asked(tx, place, programme_id)
        programme = whole.programme
        if not 1 <= stage <= whole.last_stage or not whole.stage(stage).asks:
            raise Conflict("That stage asks for nothing any more. Look where you stand.")
        asked = whole.stage(stage)
        # The form names a stage, and a form can be kept open, or its custom id made up.
        if stage > whole.reached[place.user_id]:
            raise Conflict(f"“{one_line(asked.title)}” is not open to you yet.")
        if project_id is not None:
            own = await tx.projects.open_of_person(place.guild_id, place.user_id)
            if all(one.id != project_id for one in own):
                raise NotFound("That project is not one of yours. Pick one from the list.")
        tidy = stages_rules.check_hand_in(text, board=project_id is not None)
        await tx.programmes.put_hand_in(programme, place.user_id, stage, tidy, project_id, now)
        await tx.programmes.edit_participant(programme.id, place.user_id, name=name[:NAME_LIMIT])
        await tx.deadlines.cancel(
            programme.id, DeadlineKind.PROGRAMME_DUE_ONE, occurrence=place.user_id, offset=stage
        )
        # In the same transaction, so that the answer can say whether the next stage is open.
        whole = await settle(tx, programme, [place.user_id], now)
        # Read again: of several hand-ins the first one decides whether it was late.
        first = next(
            one
            for one in await tx.programmes.hand_ins(programme.id)
            if _is(one, place.user_id, asked)
        )
        return whole, stages_rules.is_late(first.handed_in_at, asked, programme.zone)

    @snapshot
    async def gates(self, tx: Transaction, place: Place, programme_id: int) -> Gates:
        """Return who waits at which gate; raises NotAllowed for non-facilitators."""
        programme = await running(tx, place.guild_id, programme_id)
        await only_programme_leads(tx, place, programme, "open its gates")
        return await _gates(tx, programme, self.clock.now())

    @snapshot
    async def waiting(
        self, tx: Transaction, programme_id: int, stage: int
    ) -> tuple[Programme, GateView]:
        """Return who waits at a gate now; raises NotFound when nobody does."""
        programme = await existing_programme(tx, programme_id)
        if programme.ended_at is not None:
            raise NotFound("The programme has ended.")
        found = await _gates(tx, programme, self.clock.now())
        for gate in found.gates:
            if gate.stage.number == stage and gate.waiting:
                return programme, gate
        raise NotFound("Nobody waits there any more.")

    @transaction
    async def open(
        self,
        tx: Transaction,
        place: Place,
        programme_id: int,
        stage: int,
        user_ids: Sequence[int] | None,
    ) -> tuple[ProgrammeView, list[int]]:
        """Open a stage to these people, or with None to all who wait before it.

        Returns the programme, and to whom it is open now that it was not before. A facilitator
        may open it also to somebody who has handed in nothing yet. Raises NotAllowed for
        non-facilitators, NotFound for non-participants, Conflict where nobody is waiting.
        """
        now = self.clock.now()
        programme = await running(tx, place.guild_id, programme_id)
        await only_programme_leads(tx, place, programme, "open its gates")
        whole = await course(tx, programme, now)
        if not 2 <= stage <= whole.last_stage:
            raise NotFound("There is no such stage, or it is open from the beginning.")
        title = whole.stage(stage).title
        if user_ids is None:
            user_ids = whole.waiting(stage - 1)
            if not user_ids:
                raise Conflict(
                    f"Nobody waits for “{title}”. Give a `person:` to open it to somebody who "
                    "has not handed in yet."
                )
        for user_id in user_ids:
            if user_id not in whole.reached:
                raise NotFound(
                    f"{wording.person(user_id)} is not in “{one_line(programme.title)}”."
                )
        let_in = [one for one in user_ids if whole.reached[one] < stage]
        if not let_in:
            raise Conflict(f"“{title}” is open to them already.")
        for user_id in let_in:
            # Each gate on the way: which were passed is what “reached” is counted from.
            for number in stages_rules.to_open(whole.reached[user_id], stage):
                await tx.programmes.open(programme.id, user_id, number, place.user_id, now)
            await put_opened(tx, programme, user_id, stage, now)
        return await settle(tx, programme, let_in, now), let_in

    @snapshot
    async def stages_text(self, tx: Transaction, place: Place, programme_id: int) -> str:
        """Return the stages as they are typed; raises NotAllowed for non-facilitators."""
        programme = await running(tx, place.guild_id, programme_id)
        await only_programme_leads(tx, place, programme, "change its stages")
        stages = await tx.programmes.stages(programme.id)
        units = await tx.programmes.units(programme.id)
        spans = stages_rules.spans([unit.stage for unit in units], len(stages))
        return stages_rules.write_stages(
            [
                stages_rules.StagePlan(one.title, one.asks, one.due_on, span)
                for one, span in zip(stages, spans, strict=True)
            ]
        )

    @transaction
    async def edit_stages(
        self, tx: Transaction, place: Place, programme_id: int, text: str
    ) -> ProgrammeView:
        """Replace a programme's stages; see ``stages_rules.parse_stages``.

        Raises Conflict when there would be fewer than somebody has reached or handed in for.
        """
        now = self.clock.now()
        programme = await running(tx, place.guild_id, programme_id)
        await only_programme_leads(tx, place, programme, "change its stages")
        units = await tx.programmes.units(programme.id)
        plans = stages_rules.parse_stages(text, units=len(units), zone=programme.zone, now=now)
        used = [gate.stage for gate in await tx.programmes.gates(programme.id)]
        used += [one.stage for one in await tx.programmes.hand_ins(programme.id)]
        if len(plans) < max(used, default=1):
            raise Conflict(
                f"Somebody is in stage {max(used)} already: keep that many, {len(plans)} are "
                "too few."
            )
        await tx.programmes.put_stages(
            programme.id,
            [
                Stage(programme.id, number, one.title, one.asks, one.due_on)
                for number, one in enumerate(plans, start=1)
            ],
        )
        for unit, stage in zip(units, stages_rules.stages_of_units(plans, len(units)), strict=True):
            if unit.stage != stage:
                await tx.programmes.edit_units(programme.id, [unit.number], stage=stage)
        await put_plan(tx, programme, now)
        people = [one.user_id for one in await tx.programmes.people(programme.id)]
        if programme.self_opening:
            return await settle(tx, programme, people, now)
        return await course(tx, programme, now)

    @transaction
    async def turned(self, tx: Transaction, programme_id: int, number: int) -> ProgrammeView:
        """Note that a unit is over: open, or have told of, the gate that waited for it alone."""
        now = self.clock.now()
        programme = await existing_programme(tx, programme_id)
        if programme.ended_at is not None:
            raise NotFound("The programme has ended.")
        whole = await course(tx, programme, now)
        line = next((one for one in whole.units if one.number == number), None)
        # Where something is asked for, the end of a unit opens nothing: the hand-in does.
        if line is not None and not whole.stage(line.unit.stage).asks:
            people = [one for one, stage in whole.reached.items() if stage == line.unit.stage]
            return await settle(tx, programme, people, now)
        return whole

    # Reminding

    @transaction
    async def plan_reminders(
        self, tx: Transaction, programme_id: int, stage: int, since: datetime
    ) -> int:
        """Remind everybody who has not handed in, in the way they chose; returns how many.

        People whose reminder was planned ``since`` this one fell due are skipped on a retry.
        Nobody is reminded in quiet hours, while away, or if they want no reminders. Raises
        NotFound when nobody is to be reminded.
        """
        now = self.clock.now()
        programme = await existing_programme(tx, programme_id)
        whole = await course(tx, programme, now)
        asked, due_at = _due(whole, stage, now)
        away = {
            one.user_id for one in await tx.groups.members(programme.group_id) if one.is_away(now)
        }
        waited_for = [
            one.user_id
            for one in whole.people
            if whole.reached[one.user_id] == asked.number
            and stage not in whole.handed_in.get(one.user_id, ())
            and one.user_id not in away
        ]
        profiles = await tx.profiles.of(programme.guild_id, waited_for)
        planned = {
            one.occurrence
            for one in await tx.deadlines.of(programme.id, DeadlineKind.PROGRAMME_DUE_ONE)
            if one.offset == stage and one.due_at >= since
        }
        number = 0
        for user_id in waited_for:
            profile = profiles.get(user_id, Profile(programme.guild_id, user_id))
            at = profile.quiet_ends(programme.zone, now) or now
            if profile.nudges is Nudges.NONE or at >= due_at or user_id in planned:
                continue
            number += 1
            await tx.deadlines.put(
                DeadlineKind.PROGRAMME_DUE_ONE,
                programme.id,
                at,
                guild_id=programme.guild_id,
                occurrence=user_id,
                offset=stage,
                expires_at=due_at,
            )
        return number

    @snapshot
    async def reminder(
        self, tx: Transaction, programme_id: int, user_id: int, stage: int
    ) -> Reminder:
        """Return whom to remind; raises NotFound for somebody who handed in, left or is away."""
        now = self.clock.now()
        programme = await existing_programme(tx, programme_id)
        whole = await course(tx, programme, now)
        asked, due_at = _due(whole, stage, now)
        member = await tx.groups.member(programme.group_id, user_id)
        profile = await tx.profiles.get(programme.guild_id, user_id)
        if (
            user_id not in whole.reached
            or stage in whole.handed_in.get(user_id, ())
            or member is None
            or member.is_away(now)
            or profile.nudges is Nudges.NONE
        ):
            raise NotFound("There is nobody to remind.")
        return Reminder(whole, asked, profile, due_at)

    @snapshot
    async def opened(
        self, tx: Transaction, programme_id: int, user_id: int, stage: int
    ) -> tuple[ProgrammeView, Profile]:
        """Return whom to tell that a stage is open; raises NotFound for people who left."""
        programme = await existing_programme(tx, programme_id)
        whole = await course(tx, programme, self.clock.now())
        profile = await tx.profiles.get(programme.guild_id, user_id)
        if (
            programme.ended_at is not None
            or whole.group.archived_at is not None
            or whole.reached.get(user_id, 0) < stage
            or stage > whole.last_stage
        ):
            raise NotFound("There is nobody to tell.")
        return whole, profile

    async def _asked(
        self, tx: Transaction, place: Place, programme_id: int
    ) -> tuple[ProgrammeView, Stage]:
        """Return the stage for which somebody is to hand something in now."""
        programme = await running(tx, place.guild_id, programme_id)
        whole = await course(tx, programme, self.clock.now())
        reached = whole.reached.get(place.user_id)
        if reached is None:
            lead = " You lead it; who is in it hands in." if leads(place, programme) else ""
            raise NotAllowed(
                f"Only people in “{one_line(programme.title)}” can hand in: join it on its "
                f"card.{lead}"
            )
        # Backwards: late hand-ins count, so somebody in a stage without a task may still owe one
        # for the stage before.
        for number in range(reached, 0, -1):
            if whole.stage(number).asks:
                return whole, whole.stage(number)
        raise Conflict(f"“{whole.stage(reached).title}” asks for nothing to be handed in.")


def _due(whole: ProgrammeView, stage: int, now: datetime) -> tuple[Stage, datetime]:
    """Return a stage that something is due for; raises NotFound when nobody needs reminding."""
    if (
        whole.programme.ended_at is not None
        or whole.group.archived_at is not None
        or stage > whole.last_stage
    ):
        raise NotFound("The programme has ended.")
    asked = whole.stage(stage)
    due_at = stages_rules.due_at(asked, whole.programme.zone)
    if due_at is None or due_at <= now or not asked.asks:
        raise NotFound("Nothing is due there any more.")
    return asked, due_at


def _is(hand_in: HandIn, user_id: int, stage: Stage) -> bool:
    return hand_in.user_id == user_id and hand_in.stage == stage.number


async def _gates(tx: Transaction, programme: Programme, now: datetime) -> Gates:
    whole = await course(tx, programme, now)
    hand_ins = await tx.programmes.hand_ins(programme.id)
    names = {one.user_id: one.name for one in whole.people}
    found: list[GateView] = []
    for stage in whole.stages[:-1]:
        waiters: list[Waiter] = []
        for user_id in whole.waiting(stage.number):
            hand_in = next((one for one in hand_ins if _is(one, user_id, stage)), None)
            project = None
            if hand_in is not None and hand_in.project_id is not None:
                project = await tx.projects.get(programme.guild_id, hand_in.project_id)
            late = hand_in is not None and stages_rules.is_late(
                hand_in.handed_in_at, stage, programme.zone
            )
            waiters.append(Waiter(user_id, names[user_id], hand_in, late, project))
        inside = sum(reached == stage.number for reached in whole.reached.values())
        found.append(GateView(stage, whole.stage(stage.number + 1), waiters, inside - len(waiters)))
    return Gates(whole, found)
