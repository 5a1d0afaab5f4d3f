"""Signs of life: a board on which nothing happens asks what is going on."""

from __future__ import annotations

from datetime import datetime, timedelta

from cogs.boards.rules import board
from data.boards import Project
from data.database import Transaction

SILENT = "boards.silent"
"""The deadline that asks a silent board's lead, and after a week more everybody."""

ASK_LEAD = timedelta(days=14)
ASK_EVERYBODY = timedelta(days=21)


async def sign_of_life(tx: Transaction, project: Project, now: datetime) -> None:
    """Note that something happened: silence counts from here again."""
    if not board.is_alive(project):
        await tx.deadlines.cancel(project.id, SILENT)
        return
    for step, silence in enumerate((ASK_LEAD, ASK_EVERYBODY)):
        await tx.deadlines.put(
            SILENT, project.id, now + silence, guild_id=project.guild_id, occurrence=step
        )
