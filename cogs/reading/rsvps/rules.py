"""What answers come to: who has a seat, who waits, and whose answer counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from data.reading.meetings import MeetingId
from data.reading.rsvps import Rsvp
from data.states import Answer, Seat


class MeetingTurnout(Struct, frozen=True):
    """Who comes to a meeting, each in the order in which they answered."""

    going: tuple[int, ...]
    waiting: tuple[int, ...]
    maybe: tuple[int, ...]
    not_going: tuple[int, ...]

    @property
    def expected(self) -> tuple[int, ...]:
        """Those who come or may come, and are reminded."""
        return self.going + self.maybe


def turnout(rsvps: Sequence[Rsvp], capacity: int | None) -> MeetingTurnout:
    """Return who comes: past ``capacity`` those who are going wait, in order; maybe takes no seat.

    Nothing but the answers and their order decides, so that a free seat goes to whoever waits
    longest, and lowering the capacity moves the last who came back to the head of the line.
    """
    # By position and not by time: two answers may come in one millisecond.
    ordered = sorted(rsvps, key=lambda rsvp: rsvp.position)
    by_answer = {
        answer: tuple(rsvp.user_id for rsvp in ordered if rsvp.answer is answer)
        for answer in Answer
    }
    going = by_answer[Answer.GOING]
    seats = len(going) if capacity is None else capacity
    return MeetingTurnout(
        going[:seats], going[seats:], by_answer[Answer.MAYBE], by_answer[Answer.NOT_GOING]
    )


def answered(
    current: Rsvp | None,
    answer: Answer,
    *,
    meeting_id: MeetingId,
    user_id: int,
    position: int,
    message_id: int | None,
    now: datetime,
) -> Rsvp:
    """Return somebody's answer after they gave ``answer``, with ``position`` if it is a new one.

    The same answer again keeps its place in the order; another one goes to the end. The reaction
    of the one before is remembered until it is gone.
    """
    shown = reacted_with(current, message_id)
    earlier = tuple(one for one in shown if one != answer)
    if current is not None and current.answer is answer:
        # Pressing the same thing twice must cost nobody their place in the line.
        return replace(current, earlier=earlier, message_id=message_id or current.message_id)
    return Rsvp(meeting_id, user_id, answer, position, earlier, message_id, now)


def taken_back(
    current: Rsvp, answer: Answer, *, message_id: int | None, position: int, now: datetime
) -> Rsvp | None:
    """Return what is left of somebody's answer when their reaction for ``answer`` goes.

    An earlier reaction of theirs that is still under the card counts again; without one there is
    no answer left. An answer that no reaction under this card gave stays.
    """
    # The card was posted again since, and deleting the old one takes its reactions away: nobody
    # took an answer back.
    if message_id is not None and current.message_id != message_id:
        return current
    earlier = tuple(one for one in current.earlier if one != answer)
    if current.answer is not answer:
        return replace(current, earlier=earlier)
    if not earlier:
        return None
    return replace(
        current,
        answer=Answer(earlier[-1]),
        position=position,
        earlier=earlier[:-1],
        answered_at=now,
        told=None,
    )


def reconciled(
    current: Rsvp | None, seen: Collection[Answer], message_id: int
) -> tuple[Answer | None, tuple[str, ...]]:
    """Return the answer that the reactions under a card (``seen``) mean, and the others.

    A reaction that we did not know of was given while the bot was not listening, so it is the later
    one; of several, the first under the card counts. Otherwise the answer counts while its reaction
    is there, and after that the latest reaction left.
    """
    known = reacted_with(current, message_id)
    # Discord does not say when a reaction was given, only that it is there.
    fresh = [answer for answer in Answer if answer in seen and answer not in known]
    left = [Answer(one) for one in known if one in seen]
    if not fresh and not left:
        return None, ()
    answer = fresh[0] if fresh else left[-1]
    return answer, tuple(one.value for one in (*left, *fresh) if one is not answer)


def reacted_with(current: Rsvp | None, message_id: int | None) -> tuple[str, ...]:
    """Return the answers whose reactions are under a card, as far as is known, the latest last."""
    if current is None or message_id is None or current.message_id != message_id:
        return ()
    return (*current.earlier, current.answer.value)


class News(Struct, frozen=True):
    """Who is to be told about their seat."""

    promoted: tuple[int, ...]
    waiting: tuple[int, ...]


def news(rsvps: Sequence[Rsvp], capacity: int | None) -> News:
    """Return who moved up since they were told to wait, and who waits without knowing it."""
    told = {rsvp.user_id: rsvp.told for rsvp in rsvps}
    now = turnout(rsvps, capacity)
    return News(
        promoted=tuple(user for user in now.going if told[user] is Seat.WAITING),
        waiting=tuple(user for user in now.waiting if told[user] is not Seat.WAITING),
    )
