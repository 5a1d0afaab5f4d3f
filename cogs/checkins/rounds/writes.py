"""Steps of rounds and check-ins inside somebody's transaction."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from bot.place import Place
from cogs.checkins.commitments import rules as commitments_rules
from cogs.checkins.rounds import rules
from cogs.checkins.rounds.rules import Answers, Ticks
from data.across import linked_writes
from data.checkins.commitments import Commitment
from data.checkins.rounds import Checkin, Round
from data.delivery.deadlines import Due
from data.delivery.kinds import DeadlineKind
from data.server.groups import Group, GroupId
from data.states import CardKind, CommitmentState, Witnessed
from data.transaction import Transaction


async def open_round(tx: Transaction, group: Group, due_at: datetime, now: datetime) -> Round:
    """Open a group's next round, due at ``due_at``."""
    latest = await tx.checkins.latest_rounds(group.id, 1)
    round_ = await tx.checkins.add_round(
        guild_id=group.guild_id,
        group_id=group.id,
        # Counted in the group, without gaps: streaks and slower paces go by it.
        number=latest[0].number + 1 if latest else 1,
        questions=await tx.checkins.questions_of(group.id),
        opens_at=now,
        prompt_at=rules.prompt_at(due_at, now),
        due_at=due_at,
    )
    await put_deadlines(tx, round_, now)
    return round_


async def move_round(tx: Transaction, round_: Round, due_at: datetime, now: datetime) -> Round:
    """Move an open round's due time; a prompt that is already posted stays."""
    prompt_at = round_.prompt_at if round_.prompted_at else rules.prompt_at(due_at, now)
    await tx.checkins.edit_round(round_.id, due_at=due_at, prompt_at=prompt_at)
    moved = await tx.checkins.round_by_id(round_.id)
    assert moved is not None  # noqa: S101 - it was written just now
    await put_deadlines(tx, moved, now)
    return moved


async def put_deadlines(tx: Transaction, round_: Round, now: datetime) -> None:
    """Set what falls due in a round; what is set already is moved."""
    # Nudges of the old time may not all have one of the new, and would stay; the other two are
    # moved by being put again.
    await tx.deadlines.cancel(round_.id, DeadlineKind.CHECKIN_NUDGE, DeadlineKind.CHECKIN_NUDGE_ONE)
    planned = [
        Due(DeadlineKind.CHECKIN_NUDGE, round_.due_at - before, offset=int(before.total_seconds()))
        for before in rules.NUDGES_BEFORE
        if round_.due_at - before > now
    ]
    if round_.prompted_at is None:
        prompt = DeadlineKind.CHECKIN_PROMPT
        planned.append(Due(prompt, round_.prompt_at, expires_at=round_.due_at))
    planned.append(Due(DeadlineKind.CHECKIN_CLOSE, round_.due_at))
    await tx.deadlines.put_all(round_.id, planned, guild_id=round_.guild_id)


async def rewrite(
    tx: Transaction,
    before: Checkin,
    answers: Answers,
    now: datetime,
    source_url: str | None,
) -> Checkin:
    """Replace the answers that were posted before."""
    await tx.checkins.edit(
        before.id,
        questions=rules.headings(before.questions, answers),
        did=answers.did,
        next=answers.next,
        blocked=answers.blocked,
        extra=answers.extra,
        edited_at=now,
        source_url=source_url,
    )
    checkin = await tx.checkins.by_id(before.id)
    assert checkin is not None  # noqa: S101 - it was written just now
    return checkin


async def commit(tx: Transaction, checkin: Checkin, now: datetime) -> list[Commitment]:
    """Make each line of what comes next a commitment, unless it is an open one already.

    Returns what the check-in commits to.
    """
    lines = commitments_rules.commitments(checkin.next)
    wanted = {line.casefold() for line in lines}
    made = await tx.commitments.from_checkin(checkin.id) if checkin.edited_at else []
    gone = [
        one.id
        for one in made
        # A line that somebody took out of their post is taken back, unless they have settled it
        # already: that stays told.
        if one.state is CommitmentState.OPEN and one.text.casefold() not in wanted
    ]
    await tx.commitments.remove(gone)
    standing = await tx.commitments.open_of(checkin.group_id, checkin.user_id) if lines else []
    known = {one.text.casefold() for one in (*made, *standing) if one.id not in gone}
    new = [line for line in lines if line.casefold() not in known]
    added = await tx.commitments.add_lines(checkin, new, now)
    return [*(one for one in made if one.id not in gone), *added]


async def tick(tx: Transaction, checkin: Checkin, ticks: Ticks, now: datetime) -> list[Commitment]:
    """Settle what was ticked, and reopen what is no longer ticked.

    Returns the kept ones whose witness is to be asked.
    """
    offered = [
        one
        for one in await tx.commitments.to_tick(checkin.group_id, checkin.user_id, checkin.round_id)
        if one.checkin_id != checkin.id
    ]
    # Ticked in both lists, it is not kept: the harder thing to admit is what people mean.
    kept = [one for one in offered if one.id in ticks.kept - ticks.not_kept]
    new = [one for one in kept if one.state is not CommitmentState.KEPT]
    missed = [one.id for one in offered if one.id in ticks.not_kept]
    left = [
        one.id
        for one in offered
        if one.state is not CommitmentState.OPEN and one.id not in ticks.kept | ticks.not_kept
    ]
    to_witness = [one.id for one in new if one.witness_id is not None]
    for settled, state in (
        ([one.id for one in new], CommitmentState.KEPT),
        (missed, CommitmentState.NOT_KEPT),
    ):
        await tx.commitments.edit(
            settled, state=state, settled_at=now, settled_round_id=checkin.round_id
        )
    await tx.commitments.edit(to_witness, witnessed=Witnessed.ASKED)
    for one in offered:
        if one.id in left:
            await linked_writes.commitment_opened(tx, one, now)
    await tx.commitments.edit(
        left, state=CommitmentState.OPEN, settled_at=None, settled_round_id=None
    )
    for one in new:
        await linked_writes.commitment_kept(tx, one, now)
    return [
        replace(one, settled_at=now)
        for one in new
        if one.witness_id is not None and one.still_asked is None
    ]


async def expect_cards(
    tx: Transaction, place: Place, group: Group, checkin: Checkin, now: datetime
) -> int | None:
    """Queue a check-in's cards, for its group and its pod; return the pod's thread."""
    thread_id = (await pod_threads(tx, group.id)).get(checkin.user_id)
    wanted = [(CardKind.CHECKIN, group.channel_id, place.interaction_id)]
    if thread_id is not None:
        wanted.append((CardKind.POD_LINE, thread_id, 0))
    for kind, channel_id, answer_to in wanted:
        await tx.expect_card(
            kind,
            checkin.id,
            guild_id=group.guild_id,
            channel_id=channel_id,
            now=now,
            answer_to=answer_to,
        )
    return thread_id


async def pod_threads(tx: Transaction, group_id: GroupId) -> dict[int, int]:
    """Return the thread of each person's pod, for those of a group who are in one."""
    pods = await tx.pods.open_in(group_id)
    cards = await tx.cards.of_kind(CardKind.POD, [pod.id for pod in pods]) if pods else []
    # A thread that was opened on a message has the message's id.
    threads = {card.subject_id: card.message_id for card in cards}
    return {
        user_id: threads[pod.id] for pod in pods if pod.id in threads for user_id in pod.members
    }
