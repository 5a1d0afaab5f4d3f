"""The index of everything that Cohort does by itself: one kind of deadline for each.

The features say when a deadline of a kind falls due, and which handler delivers it; a test checks
that every kind here has exactly one. What is in the database is the value, so it never changes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from data.states import CardKind

CARD_PREFIX = "card."


class DeadlineKind(StrEnum):
    """A kind of deadline, with its words for organisers and the table of its subjects.

    ``what`` completes “X was not delivered” in `/cohort health`; ``table`` is where the title of
    what it is about is looked up, None for what has no title that everybody may see.
    """

    what: str
    table: str | None

    def __new__(cls, value: str, what: str, table: str | None = None) -> Self:
        """Return the member for a row of the table below."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.what = what
        member.table = table
        return member

    @classmethod
    def for_card(cls, kind: CardKind) -> Self:
        """Return the kind that posts a card which nobody has posted yet.

        Its occurrence is the channel, its offset the interaction whose answer may be the card.
        """
        return cls(CARD_PREFIX + kind)  # pyright: ignore[reportCallIssue] - looks up by the value

    @property
    def card(self) -> CardKind:
        """The kind of card that this posts; raises ValueError for one that posts no card."""
        return CardKind(self.value.removeprefix(CARD_PREFIX))

    # Servers and groups
    SERVER_ERASE = "server.erase", "erasing the server's data"
    GROUP_RESUME = "group.resume", "the end of a pause", "groups"
    GROUP_TOUCHED = "group.touched", "bringing the group's card up to date", "groups"
    PAPER_LOOK_UP = "paper.look_up", "looking up a paper", "papers"

    # Check-ins
    CHECKIN_PROMPT = "checkin.prompt", "the prompt to check in", "rounds"
    CHECKIN_NUDGE = "checkin.nudge", "reminders to check in", "rounds"
    CHECKIN_NUDGE_ONE = "checkin.nudge.one", "a reminder to check in", "rounds"
    CHECKIN_CLOSE = "checkin.close", "the digest", "rounds"
    CHECKIN_QUIET = "checkin.quiet", "checking who went quiet", "rounds"
    CHECKIN_QUIET_ONE = "checkin.quiet.one", "a message to somebody who went quiet", "rounds"
    COMMITMENT_REMIND = "commitment.remind", "a reminder of a commitment", "commitments"
    COMMITMENT_WITNESS = "commitment.witness", "asking a witness", "commitments"
    COMMITMENT_SETTLED = "commitment.settled", "counting a commitment as settled", "commitments"

    # Meetings and readings
    READING_REMIND = "reading.remind", "the reminder", "meetings"
    READING_UNANSWERED = "reading.unanswered", "asking members who have not answered", "meetings"
    READING_NEWS = "reading.news", "news of seats and answers", "meetings"
    READING_CHANGED = "reading.changed", "the notice of a change", "meetings"
    READING_BEGIN = "reading.begin", "the start", "meetings"
    READING_TAKE_OVER = "reading.take_over", "asking who can lead instead", "meetings"
    READING_OVER = "reading.over", "the end", "meetings"
    READING_ASK = "reading.ask", "asking the leader", "meetings"
    READING_MIRROR = "reading.mirror", "the server's event", "meetings"
    READING_NEXT = "reading.next", "the next meeting", "series"
    READING_POLL = "reading.poll", "the end of the poll", "polls"
    READING_LIST_DRAFT = "reading.list_draft", "discarding a reading list that nobody decided on"
    READING_POLL_DRAFT = "reading.poll_draft", "discarding a poll that nobody decided on"
    READING_PROGRAMME = "reading.programme", "a programme's meeting", "programmes"

    # Boards
    BOARDS_OPEN = "boards.open", "the board's thread", "projects"
    BOARDS_DEADLINE = "boards.deadline", "the reminder", "project_deadlines"
    BOARDS_TASK = "boards.task", "the reminder", "tasks"
    BOARDS_OVERDUE = "boards.overdue", "asking about overdue tasks", "projects"
    BOARDS_SILENT = "boards.silent", "asking how it is going", "projects"
    BOARDS_WATCH = "boards.watch", "checking a watched link"
    BOARDS_EXERCISES = "boards.exercises", "tasks from exercises", "projects"
    BOARDS_TOUCHED = "boards.touched", "noting that somebody worked on it", "projects"
    BOARDS_REOPENED = "boards.reopened", "the reminders", "tasks"

    # People
    INTRODUCTION_ASK = "introduction.ask", "asking about an introduction"
    INTRODUCTION_MEET = "introduction.meet", "an introduction"
    INTRODUCTION_ANSWER = "introduction.answer", "the answer to an introduction"
    POD_OPEN = "pod.open", "a pod's thread", "pods"
    POD_WELCOME = "pod.welcome", "the welcome to a pod", "pods"
    POD_REFORM = "pod.reform", "checking for pods that are too small", "groups"
    POD_PROGRAMME = "pod.programme", "pods for a programme", "programmes"
    COFFEE_PAIR = "coffee.pair", "pairing people for coffee", "groups"
    COFFEE_INTRODUCE = "coffee.introduce", "introducing a pair"
    COFFEE_ASK = "coffee.ask", "asking whether a pair met"
    PEOPLE_FORGET = "people.forget", "erasing somebody's data"
    PEOPLE_TAKE_AWAY = "people.take_away", "deleting a message of somebody whose data was erased"

    # Programmes
    PROGRAMME_TURN = "programme.turn", "the next unit", "programmes"
    PROGRAMME_GATE = "programme.gate", "telling the lead who is waiting", "programmes"
    PROGRAMME_DUE = "programme.due", "reminders of what is due", "programmes"
    PROGRAMME_DUE_ONE = "programme.due_one", "a reminder of what is due", "programmes"
    PROGRAMME_OPENED = "programme.opened", "the notice of an open stage", "programmes"
    PROGRAMME_CALLED_OFF = (
        "programme.called_off",
        "moving on after a cancelled meeting",
        "programmes",
    )

    # Cards that nobody has posted yet, because the process ended first
    CARD_GROUP = "card.group", "the group's card", "groups"
    CARD_ROUND = "card.round", "the prompt to check in", "rounds"
    CARD_DIGEST = "card.digest", "the digest", "rounds"
    CARD_CHECKIN = "card.checkin", "a check-in's card"
    CARD_MEETING = "card.meeting", "the meeting's card", "meetings"
    CARD_DESK = "card.desk", "the meeting's thread", "meetings"
    CARD_NOMINATION = "card.nomination", "a nomination's card"
    CARD_POLL = "card.poll", "the poll's card", "polls"
    CARD_BOARD = "card.board", "the board's card", "projects"
    CARD_POD = "card.pod", "the pod's card", "pods"
    CARD_PROGRAMME = "card.programme", "the programme's card", "programmes"
    CARD_POD_LINE = "card.pod_line", "a check-in in the pod's thread"
    CARD_COFFEE = "card.coffee", "a pair's card"
    CARD_CLAIM = "card.claim", "a claim's card"
    CARD_RESULT = "card.result", "a result's card"
