"""Counting a project's silence, in somebody's transaction: from each sign of life again."""

from __future__ import annotations

from datetime import datetime

from cogs.boards.silence import rules
from data.boards.projects import Project
from data.delivery.deadlines import Due
from data.delivery.kinds import DeadlineKind
from data.transaction import Transaction


async def sign_of_life(tx: Transaction, project: Project, now: datetime) -> None:
    """Note that something happened in a project: its silence counts from here again."""
    await tx.projects.edit(project.guild_id, project.id, lived_at=now)
    await count_silence(tx, project, now)


async def count_silence(tx: Transaction, project: Project, since: datetime) -> None:
    """Schedule the questions about a silence that began at ``since``.

    A project that is over, paused or archived, or that wants no questions, gets none.
    """
    silence = rules.silence_of(project)
    if silence is None or not rules.is_alive(project):
        await tx.deadlines.cancel(project.id, DeadlineKind.BOARDS_SILENT)
        return
    # Both at once, each with an occurrence of its own: a sign of life puts them off together.
    planned = [
        Due(DeadlineKind.BOARDS_SILENT, since + after, occurrence=step)
        for step, after in enumerate((silence, silence + rules.ORGANISERS_AFTER))
    ]
    await tx.deadlines.put_all(project.id, planned, guild_id=project.guild_id)
