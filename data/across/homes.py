"""Where the things live that buttons and forms name, and so who may know about them.

Everything lives in a group's channel or on a project's board. A custom id names a row; anybody can
send any number in one, so before anything else is done the row's home is looked up here.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Table,
    exists,
    false,
    or_,
    select,
)

from data.boards.schema import (
    claims,
    join_requests,
    project_deadlines,
    project_links,
    project_members,
    projects,
    results,
    task_changes,
    task_moves,
    tasks,
)
from data.checkins.schema import checkins, commitments, rounds
from data.people.schema import coffees, introductions, pods
from data.programmes.schema import programmes
from data.reading.schema import meetings, nominations, polls, reading_lists, series
from data.repository import Repository
from data.server.schema import groups, members
from data.statements import Prepared, given
from data.states import CardKind

_ID: BindParameter[int] = given("subject")
_USER: BindParameter[int] = given("person")


class Home(Struct, frozen=True):
    """Where a row lives: its server and channel, and whether a person belongs there.

    ``member`` is whether the person is a member of its group or project today; ``own`` whether the
    row itself is about them, such as a commitment of theirs.
    """

    guild_id: int
    channel_id: int
    member: bool
    own: bool


def _own(*columns: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(false(), *(column == _USER for column in columns))


def _of_group(table: Table, *own: ColumnElement[Any]) -> Select[Any, Any, Any, Any]:
    belongs = exists().where(
        members.c.group_id == groups.c.id, members.c.user_id == _USER, members.c.left_at.is_(None)
    )
    found = select(groups.c.guild_id, groups.c.channel_id, belongs, _own(*own))
    if table is not groups:
        found = found.select_from(table).join(groups, groups.c.id == table.c.group_id)
    return found.where(table.c.id == _ID)


def _of_project(table: Table, *through: Table, own: tuple[ColumnElement[Any], ...] = ()) -> Any:
    """Return the home of a row; ``through`` leads from its table to the projects."""
    belongs = exists().where(
        project_members.c.project_id == projects.c.id,
        project_members.c.user_id == _USER,
        project_members.c.left_at.is_(None),
    )
    # A lead is asked about the board in direct messages, even when its channel is hidden from
    # them.
    own = (*own, projects.c.lead_id)
    found = select(projects.c.guild_id, projects.c.channel_id, belongs, _own(*own))
    found = found.select_from(table)
    last = table
    for step in (*through, *(() if table is projects else (projects,))):
        name = {"projects": "project_id", "tasks": "task_id", "claims": "claim_id"}[step.name]
        found = found.join(step, step.c.id == last.c[name])
        last = step
    return found.where(table.c.id == _ID)


_HOMES: dict[str, Select[Any, Any, Any, Any]] = {
    "group": _of_group(groups),
    "round": _of_group(rounds),
    "checkin": _of_group(checkins, checkins.c.user_id),
    "commitment": _of_group(commitments, commitments.c.user_id, commitments.c.witness_id),
    "meeting": _of_group(meetings),
    "series": _of_group(series),
    "nomination": _of_group(nominations),
    "poll": _of_group(polls),
    "list": _of_group(reading_lists),
    "programme": _of_group(programmes),
    "pod": _of_group(pods),
    "coffee": _of_group(coffees),
    # Two people and no group: nobody is a member of an introduction, it is theirs or it isn't.
    "introduction": select(
        introductions.c.guild_id,
        introductions.c.channel_id,
        false(),
        _own(introductions.c.asked_by, introductions.c.other_user_id),
    ).where(introductions.c.id == _ID),
    "project": _of_project(projects),
    "task": _of_project(tasks),
    "move": _of_project(task_moves, tasks),
    "task_change": _of_project(task_changes, tasks),
    "deadline": _of_project(project_deadlines),
    "project_link": _of_project(project_links),
    "request": _of_project(join_requests, own=(join_requests.c.user_id,)),
    "claim": _of_project(claims),
    "result": _of_project(results, claims),
}
_PREPARED = {kind: Prepared(home, ("subject", "person")) for kind, home in _HOMES.items()}
"""The statement that finds the home of each kind of thing, by what custom ids call it.

Its columns are those of :class:`Home`. Built once: a button is pressed often.
"""

KINDS = frozenset(_HOMES)

_THERE = {
    kind: Prepared(
        select(table.c.id).where(
            table.c.id == _ID,
            # Marked and kept, so that it can be brought back.
            *([table.c.deleted_at.is_(None)] if "deleted_at" in table.c else []),
        ),
        ("subject",),
    )
    for kind, table in {
        "group": groups,
        "round": rounds,
        "checkin": checkins,
        "meeting": meetings,
        "nomination": nominations,
        "poll": polls,
        "project": projects,
        "pod": pods,
        "programme": programmes,
        "claim": claims,
        "result": results,
    }.items()
}
"""The statement that finds each kind of thing that a card is about, unless it is deleted."""

OF_CARDS = {
    CardKind.GROUP: "group",
    CardKind.ROUND: "round",
    CardKind.DIGEST: "round",
    CardKind.CHECKIN: "checkin",
    CardKind.MEETING: "meeting",
    CardKind.MEETING_THREAD: "meeting",
    CardKind.NOMINATION: "nomination",
    CardKind.POLL: "poll",
    CardKind.BOARD: "project",
    CardKind.POD: "pod",
    CardKind.PROGRAMME: "programme",
    CardKind.POD_LINE: "checkin",
    CardKind.COFFEE: "group",
    CardKind.CLAIM: "claim",
    CardKind.RESULT: "result",
}
"""What a card's subject is called here."""


class Homes(Repository):
    """Finds where things live."""

    async def of(self, kind: str, subject_id: int, user_id: int) -> Home | None:
        """Return where a thing lives, and whether a person belongs there; None for no such row."""
        row = (await self._rows(_PREPARED[kind].filled(subject_id, user_id))).first()
        return Home(row[0], row[1], bool(row[2]), bool(row[3])) if row is not None else None

    async def have_subject(self, kind: CardKind, subject_id: int) -> bool:
        """Whether what a card is about is there, neither deleted nor erased."""
        found = await self._rows(_THERE[OF_CARDS[kind]].filled(subject_id))
        return found.scalar() is not None
