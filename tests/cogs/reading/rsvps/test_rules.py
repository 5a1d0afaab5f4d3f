"""Answers, and the waiting list of a full meeting."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.reading.rsvps import rules as rsvp_rules
from data.reading.meetings import MeetingId
from data.reading.rsvps import Rsvp
from data.states import Answer, Seat

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
CARD = 77
MEETING = MeetingId(1)

answers = st.sampled_from(Answer)
people = st.integers(min_value=1, max_value=6)
capacities = st.none() | st.integers(min_value=1, max_value=4)


class Line:
    """A meeting's answers, changed by the rules alone."""

    def __init__(self, capacity: int | None = None) -> None:
        self.capacity = capacity
        self.rsvps: dict[int, Rsvp] = {}

    @property
    def position(self) -> int:
        return 1 + max((one.position for one in self.rsvps.values()), default=0)

    def answer(self, user: int, answer: Answer) -> None:
        self.rsvps[user] = rsvp_rules.answered(
            self.rsvps.get(user),
            answer,
            meeting_id=MEETING,
            user_id=user,
            position=self.position,
            message_id=CARD,
            now=NOW,
        )

    def take_back(self, user: int, answer: Answer) -> None:
        current = self.rsvps.get(user)
        if current is None:
            return
        left = rsvp_rules.taken_back(
            current, answer, message_id=CARD, position=self.position, now=NOW
        )
        if left is None:
            del self.rsvps[user]
        else:
            self.rsvps[user] = left

    @property
    def turnout(self) -> rsvp_rules.MeetingTurnout:
        return rsvp_rules.turnout(list(self.rsvps.values()), self.capacity)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), people, answers),
        st.tuples(st.just("take back"), people, answers),
        st.tuples(st.just("capacity"), capacities),
    ),
    max_size=60,
)


@given(steps)
def test_the_waiting_list_is_never_over_capacity_keeps_its_order_and_loses_nobody(
    steps: list[tuple[object, ...]],
) -> None:
    line = Line()
    for step in steps:
        before = line.turnout
        match step:
            case ("answer", int(user), Answer() as answer):
                line.answer(user, answer)
                assert line.rsvps[user].answer is answer
            case ("take back", int(user), Answer() as answer):
                line.take_back(user, answer)
            case ("capacity", capacity):
                line.capacity = capacity if isinstance(capacity, int) else None
        after = line.turnout
        everybody = [*after.going, *after.waiting, *after.maybe, *after.not_going]
        assert sorted(everybody) == sorted(line.rsvps)
        if line.capacity is not None:
            assert len(after.going) <= line.capacity
            assert not after.waiting or len(after.going) == line.capacity
        else:
            assert not after.waiting
        # Who stays in the line stays in the same order.
        was, now = before.going + before.waiting, after.going + after.waiting
        if step[0] == "capacity":
            assert was == now
        else:
            others = [user for user in was if user != step[1]]
            assert [user for user in now if user != step[1]] == others


@given(st.lists(st.tuples(people, answers), max_size=30))
def test_the_last_reaction_of_each_person_is_their_answer(given: list[tuple[int, Answer]]) -> None:
    line = Line()
    for user, answer in given:
        line.answer(user, answer)
    assert {user: one.answer for user, one in line.rsvps.items()} == dict(given)


@given(st.lists(st.tuples(st.booleans(), answers), max_size=20))
def test_reactions_that_are_all_gone_leave_no_answer(given: list[tuple[bool, Answer]]) -> None:
    line = Line()
    under: list[Answer] = []
    for adds, answer in given:
        if adds:
            line.answer(1, answer)
            under = [*(one for one in under if one is not answer), answer]
        elif answer in under:
            line.take_back(1, answer)
            under.remove(answer)
        current = line.rsvps.get(1)
        assert (current.answer if current else None) is (under[-1] if under else None)


def rsvp(answer: Answer, *earlier: Answer, message_id: int | None = CARD) -> Rsvp:
    return Rsvp(MEETING, 1, answer, 1, tuple(earlier), message_id, NOW)


GOING, MAYBE, NOT = Answer


@pytest.mark.parametrize(
    ("current", "seen", "answer"),
    [
        (None, {GOING}, GOING),
        (None, {MAYBE, NOT}, MAYBE),
        (rsvp(GOING), {GOING}, GOING),
        (rsvp(GOING), {GOING, NOT}, NOT),
        (rsvp(GOING), {MAYBE}, MAYBE),
        (rsvp(GOING), set(), None),
        (rsvp(GOING, MAYBE), {GOING, MAYBE}, GOING),
        (rsvp(GOING, MAYBE), {MAYBE}, MAYBE),
        (rsvp(GOING, message_id=5), {MAYBE}, MAYBE),
        (rsvp(GOING, message_id=5), {GOING}, GOING),
    ],
)
def test_reactions_given_while_nobody_listened_count_as_the_later_ones(
    current: Rsvp | None, seen: set[Answer], answer: Answer | None
) -> None:
    assert rsvp_rules.reconciled(current, seen, CARD)[0] is answer


def test_news_tell_who_waits_and_who_moved_up_each_once() -> None:
    line = Line(capacity=1)
    for user in (1, 2, 3):
        line.answer(user, GOING)
    assert rsvp_rules.news(list(line.rsvps.values()), 1) == rsvp_rules.News((), (2, 3))

    told = [
        Rsvp(MEETING, user, GOING, user, (), CARD, NOW, Seat.WAITING if user > 1 else None)
        for user in (1, 2, 3)
    ]
    assert rsvp_rules.news(told, 1) == rsvp_rules.News((), ())
    assert rsvp_rules.news(told, 2) == rsvp_rules.News((2,), ())
    assert rsvp_rules.news(told[1:], 1) == rsvp_rules.News((2,), ())
