"""The use cases of the reading list: nominating, voting, picking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from msgspec import Struct

from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.base.wording import one_line
from bot.place import Place
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.readings import Reading, read_for
from cogs.reading.meetings.writes import add_paper, meeting_of_server, only_leads
from cogs.reading.nominations import rules
from data.papers.papers import Paper
from data.reading.meetings import Meeting
from data.reading.nominations import Nomination, NominationId
from data.server.groups import Group
from data.states import CardKind
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class Nominated(Struct, frozen=True):
    """A nomination with its paper and who is for it."""

    nomination: Nomination
    paper: Paper
    voters: tuple[int, ...]


class Read(Struct, frozen=True):
    """What was read, and at which meeting."""

    meeting: Meeting
    reading: Reading

    @property
    def words(self) -> str:
        """All that it can be found by."""
        authors = self.reading.paper.authors if self.reading.paper is not None else ()
        return " ".join((self.meeting.title, self.reading.title, *authors)).casefold()


class NominationService:
    """Keeps what a group could read, ranked by votes."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def nominate(
        self, tx: Transaction, place: Place, group: Group, paper: str, note: str | None
    ) -> tuple[Nominated, bool]:
        """Nominate a paper, or vote for it if it is nominated already.

        Returns the nomination, and whether it is new. Raises NotAllowed for non-members,
        InvalidInput for a note that is too long, Conflict for what was picked before.
        """
        tidy = " ".join((note or "").split()) or None
        if tidy and len(tidy) > rules.NOTE_LIMIT:
            raise InvalidInput(
                f"That note has {len(tidy)} characters; {rules.NOTE_LIMIT} are the most."
            )
        if not paper.strip():
            raise InvalidInput("Name the paper, for example `paper: arXiv:2201.02177` or a link.")
        now = self.clock.now()
        member = await tx.groups.member(group.id, place.user_id)
        meeting_rules.only_members(group, member=member is not None, what="nominate what is read")
        found = await add_paper(tx, paper, now)
        known = await tx.nominations.of_paper(group.id, found.id)
        if known is None:
            nomination_id = await tx.nominations.add(
                guild_id=place.guild_id,
                group_id=group.id,
                paper_id=found.id,
                note=tidy,
                nominated_by=place.user_id,
                now=now,
            )
            await tx.expect_card(
                CardKind.NOMINATION,
                nomination_id,
                guild_id=place.guild_id,
                channel_id=group.channel_id,
                now=now,
                answer_to=place.interaction_id,
            )
        elif known.meeting_id is not None:
            raise Conflict(
                f"“{one_line(found.title)}” was picked before. `/reading shortlist` shows what "
                "is open."
            )
        else:
            nomination_id = known.id
            # Nominated again, a withdrawn one is open again, with the votes that it had.
            await tx.nominations.withdraw(nomination_id, None)
        await tx.nominations.vote(nomination_id, place.user_id, now)
        return await self.view_in(tx, nomination_id), known is None

    @transaction
    async def voted(
        self, tx: Transaction, guild_id: int, message_id: int, user_id: int
    ) -> Nomination | None:
        """Note a vote for the nomination of a card; None where it isn't such a card."""
        nomination = await self._of_card(tx, guild_id, message_id)
        if nomination is not None:
            await tx.nominations.vote(nomination.id, user_id, self.clock.now())
        return nomination

    @transaction
    async def unvoted(
        self, tx: Transaction, guild_id: int, message_id: int, user_id: int | None
    ) -> Nomination | None:
        """Take back somebody's vote, or with None everybody's; None where it isn't such a card."""
        nomination = await self._of_card(tx, guild_id, message_id)
        if nomination is not None:
            voters = [vote.user_id for vote in await tx.nominations.votes([nomination.id])]
            gone = voters if user_id is None else [user_id]
            await tx.nominations.unvote(nomination.id, gone)
        return nomination

    @transaction
    async def reconcile(
        self,
        tx: Transaction,
        nomination_id: NominationId,
        seen: Collection[int],
        *,
        but: Collection[int] = (),
    ) -> bool:
        """Bring the votes in line with who reacted; whoever nominated it stays for it.

        ``but`` are the people who reacted while the reactions were read. Returns whether
        anything changed.
        """
        now = self.clock.now()
        nomination = await tx.nominations.by_id(nomination_id)
        if nomination is None:
            return False
        voters = {vote.user_id for vote in await tx.nominations.votes([nomination.id])}
        # Whoever nominates a paper is for it without a reaction.
        gone = voters - set(seen) - {nomination.nominated_by} - set(but)
        new = set(seen) - voters - set(but)
        await tx.nominations.unvote(nomination.id, gone)
        for user_id in new:
            await tx.nominations.vote(nomination.id, user_id, now)
        return bool(gone or new)

    @snapshot
    async def shortlist(self, tx: Transaction, place: Place, group: Group) -> list[Nominated]:
        """Return what a group could read, ranked by votes, of equals the oldest first.

        Raises NotAllowed unless a member or an organiser asks.
        """
        member = await tx.groups.member(group.id, place.user_id)
        allowed = place.organiser or member is not None
        meeting_rules.only_members(group, member=allowed, what="see what is nominated")
        return await self._ranked(tx, group)

    @snapshot
    async def history(self, tx: Transaction, group: Group, words: str | None) -> list[Read]:
        """Return what a group has read, the latest first; with words, what has them all."""
        now = self.clock.now()
        found: list[Read] = []
        for meeting in await tx.meetings.with_paper(group.id, now):
            units = await tx.reading_lists.units_of(meeting.id)
            read = await read_for(tx, meeting, units)
            found += [Read(meeting, one) for one in read if one.paper is not None]
        wanted = (words or "").casefold().split()
        return [one for one in found if all(word in one.words for word in wanted)]

    @transaction
    async def pick(
        self,
        tx: Transaction,
        place: Place,
        group: Group,
        nomination_id: int | None,
        meeting_id: int | None,
    ) -> tuple[Nominated, Meeting]:
        """Make a nomination the reading of a group's next meeting: the one given, or the first.

        Without a meeting it is the next one that reads nothing yet. Raises NotAllowed for
        non-members, NotFound where there is no nomination or no such meeting, Conflict for a
        meeting that has begun.
        """
        now = self.clock.now()
        member = await tx.groups.member(group.id, place.user_id)
        meeting_rules.only_members(group, member=member is not None, what="pick what is read")
        ranked = await self._ranked(tx, group)
        chosen = next((one for one in ranked if nomination_id in (None, one.nomination.id)), None)
        if chosen is None:
            raise NotFound("Nothing is nominated yet. `/reading nominate` does it.")
        if meeting_id is not None:
            meeting = await meeting_of_server(tx, place.guild_id, meeting_id)
            if meeting.group_id != group.id:
                raise Conflict(f"“{one_line(meeting.title)}” is a meeting of another group.")
            meeting_rules.still_ahead(meeting, now)
        else:
            coming = await tx.meetings.coming(place.guild_id, now, group_id=group.id)
            free = [one for one in coming if one.paper_id is None]
            if not free:
                raise NotFound(
                    "No coming meeting is without a reading. `/meeting schedule` sets one, "
                    "or name one with `meeting:`."
                )
            meeting = free[0]
        await tx.meetings.edit(meeting.id, paper_id=chosen.paper.id)
        await tx.nominations.pick(chosen.nomination.id, meeting.id)
        return await self.view_in(tx, chosen.nomination.id), meeting

    @transaction
    async def withdraw(self, tx: Transaction, place: Place, nomination_id: int) -> Nomination:
        """Withdraw a nomination; raises NotAllowed for anybody but its author and organisers."""
        nomination = await tx.nominations.get(place.guild_id, nomination_id)
        if nomination is None:
            raise NotFound("That nomination does not exist any more.")
        await only_leads(tx, place, nomination.group_id, (nomination.nominated_by,), "withdraw it")
        await tx.nominations.withdraw(nomination.id, self.clock.now())
        return nomination

    @snapshot
    async def open(self, tx: Transaction, guild_id: int) -> list[Nominated]:
        """Return a server's open nominations."""
        return [await self.view_in(tx, one.id) for one in await tx.nominations.open(guild_id)]

    @snapshot
    async def about(self, tx: Transaction, paper_id: int) -> list[NominationId]:
        """Return the nominations of a paper."""
        return [one.id for one in await tx.nominations.about(paper_id)]

    @snapshot
    async def open_in(self, tx: Transaction, guild_ids: Sequence[int]) -> list[Nomination]:
        """Return what is open in these servers."""
        return await tx.nominations.open_in(guild_ids)

    async def _ranked(self, tx: Transaction, group: Group) -> list[Nominated]:
        found = await tx.nominations.open(group.guild_id, group.id)
        votes: defaultdict[int, list[int]] = defaultdict(list)
        for vote in await tx.nominations.votes([one.id for one in found]):
            votes[vote.nomination_id].append(vote.user_id)
        entries: list[Nominated] = []
        for one in found:
            paper = await tx.papers.get(one.paper_id)
            assert paper is not None  # noqa: S101 - a nomination goes with its paper
            entries.append(Nominated(one, paper, tuple(votes[one.id])))
        # Sorting is stable, and the oldest come first.
        return sorted(entries, key=lambda entry: -len(entry.voters))

    async def view_in(self, tx: Transaction, nomination_id: int) -> Nominated:
        """Return what a nomination's card shows; raises NotFound."""
        nomination = await tx.nominations.by_id(nomination_id)
        paper = nomination and await tx.papers.get(nomination.paper_id)
        if nomination is None or paper is None:
            raise NotFound("That nomination does not exist any more.")
        voters = await tx.nominations.votes([nomination.id])
        return Nominated(nomination, paper, tuple(vote.user_id for vote in voters))

    view = snapshot(view_in)

    async def _of_card(self, tx: Transaction, guild_id: int, message_id: int) -> Nomination | None:
        nomination = await tx.nominations.of_card(guild_id, message_id)
        if nomination is None or nomination.meeting_id or nomination.withdrawn_at:
            return None
        return nomination
