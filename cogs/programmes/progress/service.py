"""How far people are in a programme, and who is shown whose progress."""

from __future__ import annotations

from msgspec import Struct

from bot.base import wording
from bot.base.clock import Clock
from bot.base.errors import NotAllowed, NotFound
from bot.place import Place
from cogs.programmes.programme.writes import ProgrammeView, course, leads, programme_of_server
from cogs.programmes.progress import rules as progress_rules
from cogs.programmes.progress.rules import UnitMark
from cogs.programmes.stages import rules as stages_rules
from data.boards.projects import Project
from data.programmes.programmes import HandIn, Participant, Programme
from data.store import Store, snapshot
from data.transaction import Transaction


class UnitProgress(Struct, frozen=True):
    """What became of a unit for somebody, and how many of its exercises they did."""

    number: int
    mark: UnitMark
    exercises: int
    done: int


class PersonProgress(Struct, frozen=True):
    """How far one person is: each unit, their stage, and what they handed in for which stage."""

    person: Participant
    cells: list[UnitProgress]
    stage: int
    handed_in: dict[int, HandIn]
    late: frozenset[int]
    waiting: bool
    finished: bool

    @property
    def read(self) -> int:
        """How many units they have read."""
        return sum(cell.mark in (UnitMark.READ, UnitMark.BOTH) for cell in self.cells)

    @property
    def there(self) -> int:
        """At how many units' meetings they were."""
        return sum(cell.mark in (UnitMark.THERE, UnitMark.BOTH) for cell in self.cells)

    @property
    def done(self) -> int:
        """How many exercises they did."""
        return sum(cell.done for cell in self.cells)


class Cohort(Struct, frozen=True):
    """The progress that the viewer may see, and how many people hide theirs."""

    course: ProgrammeView
    lines: list[PersonProgress]
    kept: int
    leads: bool


class OwnProgress(Struct, frozen=True):
    """Where one person stands, as seen by themselves or by somebody who may see it."""

    course: ProgrammeView
    line: PersonProgress
    own: bool
    whole: bool
    """Whether what they handed in is shown: to themselves, and to facilitators."""
    projects: dict[int, Project]
    """The boards that they handed in, by stage."""
    shown: bool
    """Whether others in the programme see it."""


class ProgressService:
    """The use cases of progress."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @snapshot
    async def cohort(self, tx: Transaction, place: Place, programme_id: int) -> Cohort:
        """Return how far everybody is whose progress this person may see, by their names."""
        programme = await programme_of_server(tx, place.guild_id, programme_id)
        whole = await course(tx, programme, self.clock.now())
        lines = await _lines(tx, whole)
        visible = await _visible(tx, place, whole)
        shown = sorted(
            (line for line in lines if line.person.user_id in visible),
            # By name and not by progress: it is a list and not a ranking.
            key=lambda line: ((line.person.name or "").casefold(), line.person.joined_at),
        )
        facilitates = await _facilitates(tx, place, programme)
        return Cohort(whole, shown, len(lines) - len(shown), facilitates)

    @snapshot
    async def standing(
        self, tx: Transaction, place: Place, programme_id: int, user_id: int
    ) -> OwnProgress:
        """Return where somebody stands.

        Raises NotFound for non-participants, NotAllowed when they hide it from this person.
        """
        programme = await programme_of_server(tx, place.guild_id, programme_id)
        whole = await course(tx, programme, self.clock.now())
        own = user_id == place.user_id
        if user_id not in whole.reached:
            whom = "You are" if own else f"{wording.person(user_id)} is"
            raise NotFound(
                f"{whom} not in “{wording.one_line(programme.title)}”."
                + (" Join it on its card." if own else "")
            )
        if user_id not in await _visible(tx, place, whole):
            raise NotAllowed("They keep their progress to themselves.")
        line = next(one for one in await _lines(tx, whole) if one.person.user_id == user_id)
        projects: dict[int, Project] = {}
        for stage, hand_in in line.handed_in.items():
            if hand_in.project_id is not None:
                project = await tx.projects.get(place.guild_id, hand_in.project_id)
                if project is not None:
                    projects[stage] = project
        profile = await tx.profiles.get(place.guild_id, user_id)
        shown = progress_rules.sees(
            own=False,
            facilitates=False,
            companion=True,
            hidden=line.person.hidden,
            audience=profile.audience,
        )
        all_of_it = own or await _facilitates(tx, place, programme)
        return OwnProgress(whole, line, own, all_of_it, projects, shown)

    async def hide(self, place: Place, programme_id: int, *, hidden: bool) -> OwnProgress:
        """Hide one's progress from all but the facilitators, or show it to the group."""
        async with self.store.transaction() as tx:
            programme = await programme_of_server(tx, place.guild_id, programme_id)
            if await tx.programmes.participant(programme.id, place.user_id) is None:
                raise NotFound(
                    f"You are not in “{wording.one_line(programme.title)}”. Join it on its card."
                )
            await tx.programmes.edit_participant(programme.id, place.user_id, hidden=hidden)
        return await self.standing(place, programme_id, place.user_id)

    async def named_in(self, tx: Transaction, whole: ProgrammeView) -> tuple[list[int], int]:
        """Return whom a public card may name, and how many more there are."""
        profiles = await tx.profiles.of(
            whole.programme.guild_id, [one.user_id for one in whole.people]
        )
        named = [
            one.user_id
            for one in whole.people
            if progress_rules.sees(
                own=False,
                facilitates=False,
                companion=True,
                hidden=one.hidden,
                audience=profiles[one.user_id].audience if one.user_id in profiles else None,
            )
        ]
        return named, len(whole.people) - len(named)

    named = snapshot(named_in)


async def _facilitates(tx: Transaction, place: Place, programme: Programme) -> bool:
    """Whether somebody sees what others hide: a lead who is in the group, or an organiser."""
    if place.organiser or not leads(place, programme):
        return place.organiser
    return await tx.groups.member(programme.group_id, place.user_id) is not None


async def _visible(tx: Transaction, place: Place, whole: ProgrammeView) -> set[int]:
    """Return whose progress this person sees."""
    programme = whole.programme
    people = [one.user_id for one in whole.people]
    profiles = await tx.profiles.of(programme.guild_id, people)
    companion = place.user_id in whole.reached or (
        await tx.groups.member(programme.group_id, place.user_id) is not None
    )
    facilitates = await _facilitates(tx, place, programme)
    return {
        one.user_id
        for one in whole.people
        if progress_rules.sees(
            own=one.user_id == place.user_id,
            facilitates=facilitates,
            companion=companion,
            hidden=one.hidden,
            audience=profiles[one.user_id].audience if one.user_id in profiles else None,
        )
    }


async def _lines(tx: Transaction, whole: ProgrammeView) -> list[PersonProgress]:
    programme = whole.programme
    seen = {(one.number, one.user_id): one for one in await tx.programmes.seen(programme.id)}
    exercise_of = {
        exercise.id: line.number
        for line in whole.units
        if line.listed is not None
        for exercise in line.listed.exercises
    }
    done: dict[tuple[int, int], set[int]] = {}
    for taken in await tx.reading_lists.taken(programme.list_id):
        if taken.is_done and taken.exercise_id in exercise_of:
            # Whoever committed to it did it, also where somebody else put it on the board.
            who = taken.committed_by or taken.taken_by
            done.setdefault((exercise_of[taken.exercise_id], who), set()).add(taken.exercise_id)
    handed_in: dict[int, dict[int, HandIn]] = {}
    for one in await tx.programmes.hand_ins(programme.id):
        if one.stage <= whole.last_stage:
            handed_in.setdefault(one.user_id, {})[one.stage] = one
    lines: list[PersonProgress] = []
    for person in whole.people:
        user_id = person.user_id
        stage = whole.reached[user_id]
        cells: list[UnitProgress] = []
        for line in whole.units:
            noted = seen.get((line.number, user_id))
            cells.append(
                UnitProgress(
                    line.number,
                    progress_rules.mark(
                        number=line.number,
                        from_unit=person.from_unit,
                        over=line.is_over(whole.now),
                        locked=line.unit.stage > stage,
                        was_there=noted is not None and noted.was_there,
                        had_read=noted is not None and noted.had_read,
                    ),
                    len(line.listed.exercises) if line.listed else 0,
                    len(done.get((line.number, user_id), ())),
                )
            )
        own = handed_in.get(user_id, {})
        late = frozenset(
            number
            for number, one in own.items()
            if stages_rules.is_late(one.handed_in_at, whole.stage(number), programme.zone)
        )
        waiting = stage < whole.last_stage and whole.is_ready(user_id, stage)
        finished = stage == whole.last_stage and whole.is_ready(user_id, stage)
        lines.append(PersonProgress(person, cells, stage, own, late, waiting, finished))
    return lines
