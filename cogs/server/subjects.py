"""What each kind of deadline is, in words that an organiser knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.delivery.deadlines import Deadline, DeadlineId
from data.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Sort:
    """What is delivered, and the table of its subjects."""

    what: str
    table: str | None = None


SORTS: dict[str, Sort] = {
    "group.resume": Sort("the end of a pause", "groups"),
    "checkin.prompt": Sort("the prompt to check in", "rounds"),
    "checkin.nudge": Sort("reminders to check in", "rounds"),
    "checkin.nudge.one": Sort("a reminder to check in", "rounds"),
    "checkin.close": Sort("the digest", "rounds"),
    "checkin.quiet": Sort("a look at who went quiet", "rounds"),
    "checkin.quiet.one": Sort("a word to who went quiet", "rounds"),
    "commitment.remind": Sort("a reminder of a commitment", "commitments"),
    "commitment.witness": Sort("asking a witness", "commitments"),
    "commitment.settled": Sort("a commitment's card", "commitments"),
    "reading.remind": Sort("the reminder", "meetings"),
    "reading.news": Sort("news", "meetings"),
    "reading.changed": Sort("the word of a change", "meetings"),
    "reading.begin": Sort("the beginning", "meetings"),
    "reading.take_over": Sort("who leads instead", "meetings"),
    "reading.over": Sort("the end", "meetings"),
    "reading.ask": Sort("who leads it", "meetings"),
    "reading.mirror": Sort("the server's event", "meetings"),
    "reading.next": Sort("the next meeting", "series"),
    "reading.poll": Sort("the poll's end", "polls"),
    "reading.list_draft": Sort("a reading list that nobody decided on"),
    "reading.poll_draft": Sort("a poll that nobody decided on"),
    "reading.programme": Sort("a programme's meeting", "programmes"),
    "boards.vote": Sort("the end of a vote"),
    "boards.watch": Sort("a look at a watched link"),
    "boards.exercises": Sort("tasks from exercises", "projects"),
    "boards.touched": Sort("a sign of life", "projects"),
    "boards.reopened": Sort("the reminders", "tasks"),
    "boards.open": Sort("its thread", "projects"),
    "boards.silent": Sort("asking how it stands", "projects"),
    "boards.overdue": Sort("asking about what is overdue", "projects"),
    "boards.deadline": Sort("the reminder", "project_deadlines"),
    "boards.task": Sort("the reminder", "tasks"),
    "introduction.ask": Sort("an introduction"),
    "introduction.meet": Sort("an introduction"),
    "introduction.answer": Sort("an introduction"),
    "pod.open": Sort("a pod's thread", "pods"),
    "pod.welcome": Sort("a welcome to a pod", "pods"),
    "pod.reform": Sort("pods that are too small", "groups"),
    "pod.programme": Sort("pods for a programme", "programmes"),
    "coffee.pair": Sort("the pairs", "groups"),
    "coffee.introduce": Sort("a pair's introduction"),
    "coffee.ask": Sort("asking whether a pair met"),
    "programme.turn": Sort("the next unit", "programmes"),
    "programme.gate": Sort("a gate", "programmes"),
    "programme.due": Sort("what is due", "programmes"),
    "programme.due_one": Sort("a reminder of what is due", "programmes"),
    "programme.called_off": Sort("the week of a meeting that was called off", "programmes"),
    "programme.opened": Sort("the word of an open gate", "programmes"),
    "people.take_away": Sort("deleting a message of somebody who was erased"),
    "paper.look_up": Sort("looking up a paper", "papers"),
    "server.erase": Sort("erasing the server"),
    "card.group": Sort("the group's card", "groups"),
    "card.round": Sort("the round's card", "rounds"),
    "card.digest": Sort("the digest", "rounds"),
    "card.checkin": Sort("a check-in's card"),
    "card.meeting": Sort("the meeting's card", "meetings"),
    "card.desk": Sort("the meeting's thread", "meetings"),
    "card.nomination": Sort("a nomination's card"),
    "card.poll": Sort("the poll's card", "polls"),
    "card.board": Sort("the board's card", "projects"),
    "card.pod": Sort("the pod's card", "pods"),
    "card.pod_line": Sort("the pod's line", "pods"),
    "card.coffee": Sort("a pair's card"),
    "card.programme": Sort("the programme's card", "programmes"),
    "card.sleep": Sort("a vote to let it rest"),
    "card.claim": Sort("a claim's card"),
    "card.result": Sort("a result's card"),
}
"""By kind; one that is not here is named by its kind's own words."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a deadline delivers, and for what: a title, where there is one."""

    what: str
    title: str | None


def sort_of(kind: str) -> Sort:
    """Return what a kind is."""
    return SORTS.get(kind) or Sort(kind.replace(".", ": ").replace("_", " "))


async def subjects(tx: Transaction, deadlines: Sequence[Deadline]) -> Mapping[DeadlineId, Subject]:
    """Name the subjects of deadlines, by the deadline's id."""
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for one in deadlines:
        if (table := sort_of(one.kind).table) is not None:
            wanted[table].add(one.subject_id)
    titles = {table: await tx.titles.titles(table, ids) for table, ids in wanted.items()}
    return {
        one.id: Subject(
            sort_of(one.kind).what,
            titles.get(sort_of(one.kind).table or "", {}).get(one.subject_id),
        )
        for one in deadlines
    }
