"""The use cases of a unit's exercises: where somebody may take them, and taking them there.

The boards write the tasks: taking exercises puts a deadline of theirs into the same transaction,
so that a crash in between loses nothing. Commitments are written here.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from bot.base.clock import Clock
from bot.base.errors import Conflict, NotFound
from bot.base.wording import one_line
from bot.place import Place
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.writes import meeting_of_server
from data.boards.projects import Project
from data.delivery.kinds import DeadlineKind
from data.reading.lists import Exercise, Taken, Unit
from data.reading.meetings import Meeting, MeetingId
from data.server.groups import Group
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class Offer(Struct, frozen=True):
    """The exercises of a meeting's units, and the boards that somebody may put them on."""

    meeting: Meeting
    group: Group
    units: Sequence[Unit]
    boards: Sequence[Project]

    @property
    def exercises(self) -> list[Exercise]:
        """All of them, in the order of their units."""
        return [one for unit in self.units for one in unit.exercises]


class Took(Struct, frozen=True):
    """What somebody took that they had not taken there before; without a board, as commitments."""

    meeting: Meeting
    exercises: Sequence[Exercise]
    board: Project | None


class ExerciseService:
    """Offers exercises, and turns them into tasks or commitments."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @snapshot
    async def offer(self, tx: Transaction, place: Place, meeting_id: int) -> Offer:
        """Return a meeting's exercises and where somebody may take them.

        Raises NotFound for a meeting without any, NotAllowed for non-members.
        """
        return await self._offer(tx, place, meeting_id)

    @transaction
    async def take(
        self, tx: Transaction, place: Place, meeting_id: int, project_id: int | None
    ) -> Took:
        """Take all of a meeting's exercises onto a board, or with None as the person's commitments.

        What somebody has there already stays. Raises what :meth:`offer` raises, NotFound
        for a board that is not the group's or where they are not a member, and Conflict when
        there is nothing left to take.
        """
        now = self.clock.now()
        offer = await self._offer(tx, place, meeting_id)
        board = next((one for one in offer.boards if one.id == project_id), None)
        if project_id is not None and board is None:
            raise NotFound(
                "You are in no such project of this group. Join it on its board, then take "
                "the exercises."
            )
        units = offer.units
        taken = [one for unit in units for one in await tx.reading_lists.taken_of(unit.id)]
        left = _left(offer.exercises, taken, place.user_id, board)
        if not left:
            where = f"on “{one_line(board.title)}”" if board else "as commitments"
            raise Conflict(f"You have all of these exercises {where} already.")
        if board is not None:
            for one in left:
                await tx.reading_lists.take(
                    place.guild_id, one.id, place.user_id, now, project_id=board.id
                )
            # One deadline for each unit: taking more of the same unit later moves it, and writes
            # what is missing.
            for unit_id in dict.fromkeys(one.unit_id for one in left):
                await tx.deadlines.put(
                    DeadlineKind.BOARDS_EXERCISES,
                    board.id,
                    now,
                    guild_id=place.guild_id,
                    occurrence=unit_id,
                )
        else:
            await self._commit(tx, place, offer, left)
        return Took(offer.meeting, left, board)

    @snapshot
    async def meetings_of(self, tx: Transaction, unit_id: int) -> list[MeetingId]:
        """Return the meetings whose cards show a unit; for the process's own work."""
        return await tx.reading_lists.meetings_of([unit_id])

    @snapshot
    async def on_board(self, tx: Transaction, project_id: int) -> list[MeetingId] | None:
        """Return the meetings whose cards show exercises of a board; None where it has none."""
        units = await tx.reading_lists.units_on_board(project_id)
        return await tx.reading_lists.meetings_of(units) if units else None

    async def _offer(self, tx: Transaction, place: Place, meeting_id: int) -> Offer:
        meeting = await meeting_of_server(tx, place.guild_id, meeting_id)
        group = await tx.groups.by_id(meeting.group_id)
        assert group is not None  # noqa: S101 - a meeting goes with its group
        member = await tx.groups.member(group.id, place.user_id)
        meeting_rules.only_members(group, member=member is not None, what="take its exercises")
        units = await tx.reading_lists.units_of(meeting.id)
        if not any(unit.exercises for unit in units):
            raise NotFound(f"“{one_line(meeting.title)}” has no exercises.")
        boards = [
            one
            for one in await tx.projects.open_of_group(group.id)
            if await tx.projects.is_member(one.id, place.user_id)
        ]
        return Offer(meeting, group, units, boards)

    async def _commit(
        self, tx: Transaction, place: Place, offer: Offer, left: Sequence[Exercise]
    ) -> None:
        now = self.clock.now()
        round_ = await tx.checkins.open_round(offer.group.id)
        # Somebody may have committed to the same thing in their check-in: that one is meant.
        known = {
            one.text.casefold(): one.id
            for one in await tx.commitments.open_of(offer.group.id, place.user_id)
        }
        for one in left:
            made = known.get(one.text.casefold())
            if made is None:
                commitment = await tx.commitments.add(
                    guild_id=place.guild_id,
                    group_id=offer.group.id,
                    user_id=place.user_id,
                    round_id=round_.id if round_ else None,
                    text=one.text,
                    made_at=now,
                    due_at=None,
                    witness_id=None,
                )
                made = known[one.text.casefold()] = commitment.id
            await tx.reading_lists.take(
                place.guild_id, one.id, place.user_id, now, commitment_id=made
            )


def _left(
    exercises: Sequence[Exercise], taken: Sequence[Taken], user_id: int, board: Project | None
) -> list[Exercise]:
    """Return the exercises that somebody has not taken there yet."""
    had = {
        one.exercise_id
        for one in taken
        if one.taken_by == user_id and one.project_id == (board.id if board else None)
    }
    return [one for one in exercises if one.id not in had]
