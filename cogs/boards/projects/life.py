"""Signs of life: a board on which nothing happens asks what is going on."""

from __future__ import annotations

from datetime import datetime

from cogs.boards.projects import rules
from data.boards.projects import Project
from data.transaction import Transaction

SILENT = "boards.silent"
"""The deadline that asks about a silent board: first its lead, a week later the organisers."""


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
        await tx.deadlines.cancel(project.id, SILENT)
        return
    for step, after in enumerate((silence, silence + rules.ORGANISERS_AFTER)):
        await tx.deadlines.put(
            SILENT, project.id, since + after, guild_id=project.guild_id, occurrence=step
        )
