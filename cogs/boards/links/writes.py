"""Starting to watch a project's links, in somebody's transaction."""

from __future__ import annotations

from datetime import datetime

from cogs.boards.links import rules
from data.boards.log import Link
from data.boards.projects import Project
from data.delivery.kinds import DeadlineKind
from data.transaction import Transaction


async def begin(tx: Transaction, link: Link, now: datetime) -> None:
    """Watch a link from now on."""
    await tx.watches.begin(link.guild_id, link.project_id, link.id)
    await tx.deadlines.put(
        DeadlineKind.BOARDS_WATCH, link.id, now + rules.FIRST, guild_id=link.guild_id
    )


async def watch_again(tx: Transaction, project: Project, now: datetime) -> None:
    """Check the links of a reopened project again."""
    for watch in await tx.watches.of_project(project.guild_id, project.id):
        await tx.deadlines.put(
            DeadlineKind.BOARDS_WATCH, watch.link_id, now + rules.FIRST, guild_id=project.guild_id
        )
