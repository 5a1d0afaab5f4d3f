"""The zone that a project's people live in, as far as it is known: for humane reminders."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from data.boards.projects import Project
from data.transaction import Transaction


async def zone_of(tx: Transaction, project: Project) -> ZoneInfo:
    """Return the zone of a project's group, else its server's, else UTC."""
    group = await tx.groups.by_id(project.group_id) if project.group_id is not None else None
    name = group.timezone if group is not None else None
    if name is None:
        name = (await tx.servers.get(project.guild_id)).timezone
    return ZoneInfo(name or "UTC")
