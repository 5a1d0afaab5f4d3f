"""Signs of life: a board on which nothing happens asks what is going on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cogs.boards.projects import rules as board
from cogs.boards.sleep import rules as sleeping
from data.boards.projects import Project
from data.states import SleepOutcome
from data.transaction import Transaction

SILENT = "boards.silent"
"""The deadline that asks a silent board's lead, and after a week more everybody."""

VOTE = "boards.vote"
"""The deadline that ends a vote on letting a project sleep; its subject is the vote."""


async def sign_of_life(tx: Transaction, project: Project, now: datetime) -> None:
    """Note that something happened: what sleeps wakes, and silence counts from here again."""
    await tx.projects.edit(project.guild_id, project.id, lived_at=now, dormant_at=None)
    if project.lived_at is None or now - project.lived_at > sleeping.EVERYBODY_AFTER:
        vote = await tx.sleep_votes.latest(project.id)
        if vote is not None and vote.closed_at is None:
            await tx.sleep_votes.close(vote, SleepOutcome.STIRRED, now)
            await tx.deadlines.cancel(vote.id, VOTE)
    await count_silence(tx, replace(project, dormant_at=None), now)


async def count_silence(tx: Transaction, project: Project, since: datetime) -> None:
    """Have the silence that began at ``since`` asked about, where it means something."""
    silence = sleeping.silence_of(project)
    if silence is None or not board.is_alive(project):
        await tx.deadlines.cancel(project.id, SILENT)
        return
    for step, after in enumerate((silence, silence + sleeping.EVERYBODY_AFTER)):
        await tx.deadlines.put(
            SILENT, project.id, since + after, guild_id=project.guild_id, occurrence=step
        )
