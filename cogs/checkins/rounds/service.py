"""Check-ins: scheduling rounds, posting, closing, and seeing where a round stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from bot.base import when
from bot.base.clock import Clock
from bot.base.errors import Conflict, NotAllowed, NotFound
from bot.base.recurrence import Cadence
from bot.base.wording import one_line
from bot.place import Place, only_members_today, only_organisers
from cogs.checkins.rounds import rules, writes
from cogs.checkins.rounds.rules import Answers, Ticks
from cogs.checkins.task_links.writes import Alike, alike
from data.boards.projects import Project
from data.boards.tasks import Task
from data.checkins.commitments import Commitment
from data.checkins.rounds import Checkin, CheckinId, Round, Schedule
from data.delivery.cards import Card, delivery_key
from data.delivery.kinds import DeadlineKind
from data.server.groups import Group, GroupId
from data.states import CardKind, CommitmentState
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class NotMember(NotAllowed):
    """Only members check in; holds the group, so that joining can be offered."""

    def __init__(self, group: Group) -> None:
        super().__init__(
            f"You are not in {one_line(group.name)} yet. `/group join` joins it; then this works."
        )
        self.group = group


class Scheduled(Struct, frozen=True):
    """A schedule as it was set, with the round that it opened or moved."""

    group: Group
    schedule: Schedule
    round: Round
    moved: bool
    checkins: Sequence[CheckinId]
    """What was posted in the round already: its cards say when it is due."""


class CheckinDraft(Struct, frozen=True):
    """What a form starts from: the questions, what was posted before, what may be ticked."""

    group: Group
    round: Round | None
    questions: tuple[str, ...]
    before: Checkin | None
    ticks: list[Commitment]


class Posted(Struct, frozen=True):
    """What was logged, in which round, and whether it took the place of an earlier one.

    ``alike`` are its commitments that may be tasks of the person's.
    ``pod_thread_id`` is the thread of the person's pod, where it is new and they are in one.
    """

    group: Group
    round: Round | None
    checkin: Checkin
    replaced: bool
    joined: bool
    to_witness: list[Commitment] = field(default_factory=list[Commitment])
    alike: list[Alike] = field(default_factory=list[Alike])
    pod_thread_id: int | None = None


class Deleted(Struct, frozen=True):
    """What was deleted, and the messages that showed it."""

    group: Group
    round: Round | None
    checkin: Checkin
    cards: list[Card]


class CheckinView(Struct, frozen=True):
    """All that a check-in's card shows."""

    group: Group
    round: Round | None
    checkin: Checkin


class RoundView(Struct, frozen=True):
    """Where a round stands: who posted, who has not yet, who is away, and who rests."""

    group: Group
    round: Round
    posted: list[int]
    waiting: list[int]
    away: list[int]
    resting: list[int]
    card: Card | None
    now: datetime
    posted_at: datetime | None
    """When its prompt came, or comes if it is on its way; None before that."""


class DigestView(Struct, frozen=True):
    """All that a closed round's digest shows."""

    group: Group
    round: Round
    checkins: list[Checkin]
    urls: dict[int, str]
    posted: int
    missed: list[int]
    away: list[int]
    resting: list[int]
    blocked: list[Checkin]
    tasks: list[tuple[Project, Task]]
    kept: int
    made: int
    carried: int
    new: int
    next_round: Round | None
    posted_at: datetime | None
    """When it came, or comes."""


class CheckinService:
    """The use cases of rounds and check-ins."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def schedule(
        self,
        tx: Transaction,
        place: Place,
        group: Group,
        *,
        cadence: Cadence,
        day: str,
        time: str,
        timezone: str | None,
    ) -> Scheduled:
        """Set when a group's rounds are due, and open the first or move the one that is open.

        What was posted in the open round stays in it. Raises NotAllowed for non-organisers,
        InvalidInput for a day, time or zone that cannot be read, Conflict in an archived group.
        """
        only_organisers(place, "set a schedule")
        _alive(group)
        at, days_later = when.parse_time_on(time, day)
        # “Sunday 24:00” is Monday at midnight.
        weekday = (when.parse_weekday(day) + days_later) % 7
        zone = when.zone(timezone) if timezone else place.group_zone(group)
        now = self.clock.now()
        anchor, due_at = rules.first_due(cadence, weekday, at, zone, now)
        schedule = Schedule(
            group_id=group.id,
            guild_id=group.guild_id,
            cadence=cadence,
            anchor=anchor,
            at=at,
            timezone=zone.key,
            set_by=place.user_id,
            set_at=now,
        )
        await tx.checkins.set_schedule(schedule)
        open_round = await tx.checkins.open_round(group.id)
        if open_round is None:
            round_ = await writes.open_round(tx, group, due_at, now)
        else:
            # Moved and not closed: a new round would ask people again who have just posted.
            round_ = await writes.move_round(tx, open_round, due_at, now)
        # Their cards name the day on which the round is due.
        posted = await tx.checkins.in_round(round_.id, rules.MOST_CARDS)
        checkins = [one.id for one in posted]
        return Scheduled(group, schedule, round_, open_round is not None, checkins)

    @snapshot
    async def draft(
        self, tx: Transaction, place: Place, group: Group, round_id: int | None
    ) -> CheckinDraft:
        """Return what a form starts from; raises NotMember and Conflict as ``post`` does."""
        _alive(group)
        now = self.clock.now()
        round_, before = await self._target(tx, group, place.user_id, round_id, now)
        asked = round_.questions if round_ else await tx.checkins.questions_of(group.id)
        may_tick = await tx.commitments.to_tick(
            group.id, place.user_id, round_.id if round_ else None
        )
        own = before.id if before else None
        # What the post itself commits to is not yet due to be ticked off.
        ticks = [one for one in may_tick if own is None or one.checkin_id != own]
        return CheckinDraft(group, round_, asked, before, ticks)

    @transaction
    async def post(
        self,
        tx: Transaction,
        place: Place,
        group: Group,
        answers: Answers,
        *,
        round_id: int | None = None,
        ticks: Ticks | None = None,
        joining: bool = False,
        source_url: str | None = None,
    ) -> Posted:
        """Log a check-in, in ``round_id`` if it still takes posts, else in the present round.

        A second post in a round replaces the first. ``joining`` makes the person a member first.
        Raises NotMember, InvalidInput for no text or too much, Conflict in an archived group.
        """
        _alive(group)
        answers = rules.check_answers(answers)
        now = self.clock.now()
        # In the same transaction: nobody is left a member without the post for which they joined.
        joined = joining and await tx.groups.add_member(group.id, place.user_id, now)
        round_, before = await self._target(tx, group, place.user_id, round_id, now)
        pod_thread_id = None
        if before is None:
            questions = round_.questions if round_ else await tx.checkins.questions_of(group.id)
            checkin = await tx.checkins.add(
                guild_id=group.guild_id,
                group_id=group.id,
                round_id=round_.id if round_ else None,
                user_id=place.user_id,
                questions=rules.headings(questions, answers),
                did=answers.did,
                next=answers.next,
                blocked=answers.blocked,
                extra=answers.extra,
                late=round_ is not None and rules.is_late(round_, now),
                posted_at=now,
                source_url=source_url,
            )
            pod_thread_id = await writes.expect_cards(tx, place, group, checkin, now)
        else:
            checkin = await writes.rewrite(tx, before, answers, now, source_url)
        asked, made = list[Commitment](), list[Commitment]()
        if ticks is not None:
            asked = await writes.tick(tx, checkin, ticks, now)
        # Also with nothing next, where it replaces a post: that one's commitments go.
        if answers.next or before is not None:
            made = await writes.commit(tx, checkin, now)
        links = await alike(tx, made)
        return Posted(
            group, round_, checkin, before is not None, joined, asked, links, pod_thread_id
        )

    @snapshot
    async def schedule_of(self, tx: Transaction, group_id: GroupId) -> Schedule | None:
        """Return when a group's rounds are due, None where none are."""
        return await tx.checkins.schedule_of(group_id)

    @snapshot
    async def questions(self, tx: Transaction, group: Group) -> tuple[str, ...]:
        """Return a group's four questions, "" for those it does not ask."""
        return await tx.checkins.questions_of(group.id)

    @transaction
    async def ask(
        self, tx: Transaction, place: Place, group: Group, typed: Sequence[str]
    ) -> Round | None:
        """Change a group's questions, from its next prompt on.

        Returns the open round when its prompt is posted already and keeps the old questions.
        Raises NotAllowed for non-organisers, InvalidInput for none or for one too long.
        """
        only_organisers(place, "change the questions")
        _alive(group)
        asked = rules.check_questions(typed)
        await tx.checkins.set_questions(group.guild_id, group.id, asked)
        round_ = await tx.checkins.open_round(group.id)
        # Questions that people have been asked stay as they are: some have answered them.
        return round_ if round_ is not None and round_.prompted_at is not None else None

    @snapshot
    async def last(self, tx: Transaction, place: Place, group: Group) -> Checkin:
        """Return somebody's last post in a group; raises NotFound."""
        checkin = await tx.checkins.last_of(group.id, place.user_id)
        if checkin is None:
            raise NotFound(
                f"You have not checked in to {one_line(group.name)} yet: `/checkin post` does it."
            )
        return checkin

    @transaction
    async def edit(
        self, tx: Transaction, place: Place, checkin_id: int, answers: Answers
    ) -> Posted:
        """Replace one's own answers.

        Raises NotFound, InvalidInput, and NotAllowed for people who left the group: its channel
        shows what they write.
        """
        answers = rules.check_answers(answers)
        now = self.clock.now()
        checkin, group, round_ = await self._own(tx, place, checkin_id)
        if checkin.deleted_at is not None:
            raise NotFound("That check-in was deleted.")
        await only_members_today(tx, place, group.id)
        checkin = await writes.rewrite(tx, checkin, answers, now, checkin.source_url)
        links = await alike(tx, await writes.commit(tx, checkin, now))
        return Posted(group, round_, checkin, replaced=True, joined=False, alike=links)

    @transaction
    async def delete(self, tx: Transaction, place: Place, checkin_id: int) -> Deleted:
        """Delete one's own check-in, with the open commitments it made; it can be restored."""
        now = self.clock.now()
        checkin, group, round_ = await self._own(tx, place, checkin_id)
        await tx.checkins.edit(checkin.id, deleted_at=now)
        made = await tx.commitments.from_checkin(checkin.id)
        await tx.commitments.edit(
            [one.id for one in made if one.state is CommitmentState.OPEN],
            state=CommitmentState.DROPPED,
            reason=rules.TAKEN_BACK,
            settled_at=now,
        )
        shown: list[Card] = []
        for kind in (CardKind.CHECKIN, CardKind.POD_LINE):
            # One that is on its way is taken away when it arrives.
            await tx.deadlines.drop(DeadlineKind.for_card(kind), checkin.id)
            card = await tx.cards.get(kind, checkin.id)
            if card is not None:
                shown.append(card)
                await tx.cards.forget(kind, checkin.id)
                # Brought back, it is posted again.
                key = delivery_key(kind, checkin.id, card.channel_id)
                await tx.deliveries.forget(key)
        return Deleted(group, round_, checkin, shown)

    @transaction
    async def restore(self, tx: Transaction, place: Place, checkin_id: int) -> Posted:
        """Bring back one's own deleted check-in.

        Raises NotFound, NotAllowed as :meth:`edit`, and Conflict when it is there, or another took
        its place in the round.
        """
        checkin, group, round_ = await self._own(tx, place, checkin_id)
        await only_members_today(tx, place, group.id)
        if checkin.deleted_at is None:
            raise Conflict("That check-in is there: nothing to bring back.")
        if round_ is not None and await tx.checkins.of_person(group.id, place.user_id, [round_.id]):
            raise Conflict(
                "You checked in to that round again meanwhile. `/checkin edit` changes it."
            )
        await tx.checkins.edit(checkin.id, deleted_at=None)
        # Those alone that the deletion dropped: what was dropped or kept before stays so.
        made = [
            replace(one, state=CommitmentState.OPEN) if one.reason == rules.TAKEN_BACK else one
            for one in await tx.commitments.from_checkin(checkin.id)
        ]
        await tx.commitments.edit(
            [one.id for one in made if one.reason == rules.TAKEN_BACK],
            state=CommitmentState.OPEN,
            reason=None,
            settled_at=None,
        )
        thread_id = await writes.expect_cards(tx, place, group, checkin, self.clock.now())
        links = await alike(tx, made)
        return Posted(
            group,
            round_,
            checkin,
            replaced=False,
            joined=False,
            alike=links,
            pod_thread_id=thread_id,
        )

    @transaction
    async def join(self, tx: Transaction, place: Place, group: Group) -> None:
        """Become a member, or stay one; raises Conflict in an archived group."""
        _alive(group)
        await tx.groups.add_member(group.id, place.user_id, self.clock.now())

    @snapshot
    async def group(self, tx: Transaction, guild_id: int, group_id: int) -> Group:
        """Return a group of this server; raises NotFound."""
        group = await tx.groups.get(guild_id, group_id)
        if group is None:
            raise NotFound("That group does not exist any more.")
        return group

    @snapshot
    async def group_of_round(self, tx: Transaction, guild_id: int, round_id: int) -> Group:
        """Return the group of a round of this server; raises NotFound."""
        round_ = await tx.checkins.round(guild_id, round_id)
        group = await tx.groups.get(guild_id, round_.group_id) if round_ else None
        if group is None:
            raise NotFound("That round does not exist any more.")
        return group

    @snapshot
    async def status(self, tx: Transaction, group: Group) -> RoundView:
        """Return where a group's open round stands; raises NotFound where there is none."""
        round_ = await tx.checkins.open_round(group.id)
        if round_ is None:
            raise NotFound(
                f"{one_line(group.name)} has no rounds yet. An organiser sets them with "
                "`/checkin schedule`, for example `cadence: weekly day: sunday time: 18:00`. "
                "`/checkin post` still works."
            )
        return await self._standing(tx, group, round_)

    async def round_in(self, tx: Transaction, round_id: int) -> RoundView:
        """Return what a round's prompt shows; raises NotFound."""
        round_, group = await _round_and_group(tx, round_id)
        return await self._standing(tx, group, round_)

    round = snapshot(round_in)

    @transaction
    async def prompt(self, tx: Transaction, round_id: int) -> Round:
        """Note that a round's prompt is posted now, and fix its questions.

        Raises NotFound when it is not to be posted any more.
        """
        now = self.clock.now()
        round_, group = await _round_and_group(tx, round_id)
        if round_.closed_at is not None or group.archived_at is not None:
            raise NotFound("That round is over.")
        if round_.prompted_at is None:
            await tx.checkins.edit_round(round_.id, prompted_at=now)
        return round_

    @transaction
    async def close(self, tx: Transaction, round_id: int) -> tuple[Round, Group] | None:
        """Close a round that is due and open the next; None when it is due later than now.

        Rounds that passed while the bot was down are skipped: the next one is the first that is
        still ahead. Raises NotFound when there is nothing to close.
        """
        now = self.clock.now()
        round_, group = await _round_and_group(tx, round_id)
        if group.archived_at is not None:
            raise NotFound("That group is archived.")
        # A second call, after a crash between closing and posting the digest, goes on from here.
        if round_.closed_at is not None:
            return round_, group
        # The schedule was moved while this deadline was being sent.
        if round_.due_at > now:
            return None
        await tx.checkins.edit_round(round_.id, closed_at=now)
        # Who was there, away or resting is written down now: membership changes, and streaks look
        # back.
        await tx.checkins.take_roll(round_)
        await tx.deadlines.cancel(
            round_.id,
            DeadlineKind.CHECKIN_PROMPT,
            DeadlineKind.CHECKIN_NUDGE,
            DeadlineKind.CHECKIN_NUDGE_ONE,
        )
        schedule = await tx.checkins.schedule_of(group.id)
        if schedule is not None:
            await writes.open_round(tx, group, schedule.rule.after(now), now)
        later = now + rules.QUIET_AFTER
        await tx.deadlines.put(
            DeadlineKind.CHECKIN_QUIET, round_.id, later, guild_id=round_.guild_id
        )
        if await tx.pods.open_in(group.id):
            await tx.deadlines.put(
                DeadlineKind.POD_REFORM, group.id, later, guild_id=round_.guild_id
            )
        return round_, group

    @transaction
    async def take_up(self, tx: Transaction, group_id: GroupId) -> None:
        """Reschedule the rounds of a group that was archived and is back."""
        round_ = await tx.checkins.open_round(group_id)
        if round_ is not None:
            await writes.put_deadlines(tx, round_, self.clock.now())

    async def view_in(self, tx: Transaction, checkin_id: int) -> CheckinView:
        """Return what a check-in's card shows; raises NotFound."""
        checkin = await tx.checkins.by_id(checkin_id)
        if checkin is None or checkin.deleted_at is not None:
            raise NotFound("That check-in was deleted.")
        group = await tx.groups.by_id(checkin.group_id)
        round_ = (
            await tx.checkins.round_by_id(checkin.round_id)
            if checkin.round_id is not None
            else None
        )
        if group is None:
            raise NotFound("That group does not exist any more.")
        return CheckinView(group, round_, checkin)

    view = snapshot(view_in)

    @snapshot
    async def get(self, tx: Transaction, guild_id: int, checkin_id: int) -> Checkin:
        """Return a check-in of this server; raises NotFound."""
        checkin = await tx.checkins.get(guild_id, checkin_id)
        if checkin is None or checkin.deleted_at is not None:
            raise NotFound("That check-in was deleted.")
        return checkin

    @snapshot
    async def check_member(self, tx: Transaction, group_id: GroupId, user_id: int) -> None:
        """Raise NotAllowed for non-members of a group, Conflict where it is archived."""
        group = await tx.groups.by_id(group_id)
        if group is None or await tx.groups.member(group_id, user_id) is None:
            name = group.name if group is not None else "that group"
            raise NotAllowed(f"That is for members of {name}. `/group join` makes you one.")
        _alive(group)

    @snapshot
    async def card(self, tx: Transaction, checkin: Checkin) -> Card | None:
        """Return where a check-in's card stands."""
        return await tx.cards.get(CardKind.CHECKIN, checkin.id)

    async def line_in(self, tx: Transaction, checkin_id: int) -> tuple[Checkin, Card | None]:
        """Return what a pod's thread shows of a check-in; raises NotFound."""
        view = await self.view_in(tx, checkin_id)
        return view.checkin, await tx.cards.get(CardKind.CHECKIN, checkin_id)

    async def digest_in(self, tx: Transaction, round_id: int) -> DigestView:
        """Return what a closed round's digest shows; raises NotFound."""
        round_, group = await _round_and_group(tx, round_id)
        posted = await tx.checkins.posted_in(round_.id)
        checkins = await tx.checkins.in_round(round_.id, rules.DIGEST_ENTRIES)
        answers = await tx.checkins.blocked_in(round_.id, rules.DIGEST_ENTRIES)
        blocked = [one for one in answers if rules.is_blocker(one.blocked)]
        shown = [one.id for one in (*checkins, *blocked)]
        cards = await tx.cards.of_kind(CardKind.CHECKIN, list[int](shown))
        absent = await tx.checkins.absent_in(round_)
        tasks: list[tuple[Project, Task]] = []
        closed_at = round_.closed_at or self.clock.now()
        for task in await tx.tasks.blocked_in_group(group.id, closed_at, rules.BLOCKED_TASKS):
            project = await tx.projects.by_id(task.project_id)
            if project is not None:
                tasks.append((project, task))
        posted_at = await _posted_at(
            tx, CardKind.DIGEST, round_, group, closed_at, self.clock.now()
        )
        settled = await tx.commitments.settled_in(round_.id)
        carried = await tx.commitments.carried_in(round_)
        made = await tx.commitments.made_in(round_.id)
        next_round = await tx.checkins.open_round(group.id)
        return DigestView(
            group=group,
            round=round_,
            checkins=checkins,
            urls={card.subject_id: card.url for card in cards},
            posted=len(posted),
            missed=[one.user_id for one in absent if not one.away],
            away=[one.user_id for one in absent if one.away and not one.resting],
            resting=[one.user_id for one in absent if one.resting],
            blocked=blocked,
            tasks=tasks,
            kept=sum(one.state is CommitmentState.KEPT for one in settled),
            made=len(settled) + len(carried),
            carried=len(carried),
            new=len(made),
            next_round=next_round,
            posted_at=posted_at,
        )

    digest = snapshot(digest_in)

    async def _own(
        self, tx: Transaction, place: Place, checkin_id: int
    ) -> tuple[Checkin, Group, Round | None]:
        """Return one's own check-in, its group and its round; raises NotFound."""
        checkin = await tx.checkins.get(place.guild_id, checkin_id)
        group = await tx.groups.get(place.guild_id, checkin.group_id) if checkin else None
        if checkin is None or group is None or checkin.user_id != place.user_id:
            raise NotFound("That is not a check-in of yours.")
        round_ = await tx.checkins.round_by_id(checkin.round_id) if checkin.round_id else None
        return checkin, group, round_

    async def _target(
        self, tx: Transaction, group: Group, user_id: int, round_id: int | None, now: datetime
    ) -> tuple[Round | None, Checkin | None]:
        """Return the round that a post belongs to, and what the person posted in it before.

        Raises NotMember for those who may not post.
        """
        turn = await tx.checkins.turn_of(group.id, user_id)
        if turn is None:
            raise NotMember(group)
        # Without a schedule a post stands by itself; it is late for nothing.
        if not turn.rounds or turn.rounds[0].closed_at is not None:
            return None, None
        open_round, *earlier = turn.rounds
        last_round = earlier[0] if earlier else None
        # A button of an older prompt names its round; one that takes no posts any more gives way to
        # the present one.
        chosen = next((one for one in turn.rounds if one.id == round_id), None)
        if chosen is None:
            chosen = rules.target(
                open_round,
                last_round,
                posted_last=last_round is not None and last_round.id in turn.posted,
                joined_at=turn.member.joined_at,
                away_at_last=last_round is not None
                and (
                    turn.member.is_away(last_round.due_at)
                    or turn.member.rests_in(last_round.number)
                ),
                now=now,
            )
        before = turn.posted.get(chosen.id) if chosen else None
        return chosen, await tx.checkins.by_id(before) if before is not None else None

    async def _standing(self, tx: Transaction, group: Group, round_: Round) -> RoundView:
        posted = await tx.checkins.posted_in(round_.id)
        members = await tx.groups.members(group.id)
        card = await tx.cards.get(CardKind.ROUND, round_.id)
        now = self.clock.now()
        done = set(posted)
        rest = [one for one in members if one.user_id not in done]
        return RoundView(
            group=group,
            round=round_,
            posted=posted,
            waiting=[
                one.user_id
                for one in rest
                if not one.is_away(now) and not one.rests_in(round_.number)
            ],
            away=[one.user_id for one in rest if one.is_away(now)],
            resting=[
                one.user_id for one in rest if not one.is_away(now) and one.rests_in(round_.number)
            ],
            card=card,
            now=now,
            posted_at=await _posted_at(tx, CardKind.ROUND, round_, group, round_.prompted_at, now),
        )


async def _posted_at(
    tx: Transaction,
    kind: CardKind,
    round_: Round,
    group: Group,
    tried_at: datetime | None,
    now: datetime,
) -> datetime | None:
    """Return when a round's card came, or comes, which may be long after it was tried first."""
    record = await tx.deliveries.get(delivery_key(kind, round_.id, group.channel_id))
    if record is not None:
        return record.sent_at or now
    # Without a record nothing was delivered; a card that exists came as an answer.
    stands = tried_at is None or await tx.cards.get(kind, round_.id) is not None
    return tried_at if stands else now


def late_by(planned: datetime, done: datetime | None) -> timedelta:
    """Return how much later than planned something was done; zero for what counts as in time."""
    late = done - planned if done is not None else timedelta()
    return late if late > rules.GRACE else timedelta()


def _alive(group: Group) -> None:
    if group.archived_at is not None:
        raise Conflict(f"{one_line(group.name)} is archived: nothing happens in it any more.")


async def _round_and_group(tx: Transaction, round_id: int) -> tuple[Round, Group]:
    round_ = await tx.checkins.round_by_id(round_id)
    group = await tx.groups.by_id(round_.group_id) if round_ is not None else None
    if round_ is None or group is None:
        raise NotFound("That round does not exist any more.")
    return round_, group
