"""What the subjects of deadlines are called."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, select

from data.boards.schema import project_deadlines, projects, tasks
from data.checkins.schema import commitments, rounds
from data.papers.schema import papers
from data.people.schema import pods
from data.programmes.schema import programmes
from data.reading.schema import meetings, polls, series
from data.repository import Repository
from data.server.schema import groups

_CALLED: dict[str, Select[Any, Any]] = {
    "groups": select(groups.c.id, groups.c.name),
    "rounds": select(rounds.c.id, groups.c.name).join(groups, groups.c.id == rounds.c.group_id),
    "commitments": select(commitments.c.id, groups.c.name).join(
        groups, groups.c.id == commitments.c.group_id
    ),
    "pods": select(pods.c.id, groups.c.name).join(groups, groups.c.id == pods.c.group_id),
    "meetings": select(meetings.c.id, meetings.c.title),
    "series": select(series.c.id, series.c.title),
    "polls": select(polls.c.id, polls.c.title),
    "projects": select(projects.c.id, projects.c.title),
    "tasks": select(tasks.c.id, tasks.c.title),
    "project_deadlines": select(project_deadlines.c.id, project_deadlines.c.title),
    "programmes": select(programmes.c.id, programmes.c.title),
    "papers": select(papers.c.id, papers.c.title),
}
"""The id and the title of the rows of each table; what is one person's goes by its group's name."""


class Titles(Repository):
    """The titles that an organiser knows things by."""

    async def titles(self, table: str, ids: Collection[int]) -> Mapping[int, str]:
        """Return what rows are called, by id; a table without titles has none."""
        called = _CALLED.get(table)
        if called is None or not ids:
            return {}
        number, _ = called.selected_columns
        rows = await self._connection.execute(called.where(number.in_(ids)))
        return {row[0]: row[1] for row in rows if row[1]}
