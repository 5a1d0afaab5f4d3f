"""Steps in a transaction that several use cases share: finding a project, signs of life."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.base.errors import NotFound
from bot.place import Place
from cogs.boards.projects import rules
from data.boards.projects import Project
from data.states import ProjectRole
from data.transaction import Transaction


async def project_of(tx: Transaction, guild_id: int, project_id: int) -> Project:
    """Return a project of this server; raises NotFound."""
    project = await tx.projects.get(guild_id, project_id)
    if project is None:
        raise NotFound("That project does not exist any more.")
    return project


async def for_member(tx: Transaction, place: Place, project_id: int) -> Project:
    """Return a project to change for one of its members.

    Raises NotFound, Conflict when it is archived, and NotAllowed for non-members.
    """
    project = await project_of(tx, place.guild_id, project_id)
    rules.check_alive(project)
    rules.only_members(project, member=await tx.projects.is_member(project.id, place.user_id))
    return project


async def for_lead(tx: Transaction, place: Place, project_id: int) -> Project:
    """Return a project to change for its lead, or for an organiser.

    Where nobody leads it, its mentors count as leads. Raises NotFound, Conflict when it is
    archived, and NotAllowed for anybody else.
    """
    project = await project_of(tx, place.guild_id, project_id)
    rules.check_alive(project)
    if project.lead_id is None:
        member = await tx.projects.member(project.id, place.user_id)
        if member is not None and member.has(ProjectRole.MENTOR):
            return project
    rules.only_leads(project, place)
    return project


async def zone_of(tx: Transaction, project: Project) -> ZoneInfo:
    """Return the zone of a project's group, else its server's, else UTC."""
    group = await tx.groups.by_id(project.group_id) if project.group_id is not None else None
    name = group.timezone if group is not None else None
    if name is None:
        name = (await tx.servers.get(project.guild_id)).timezone
    return ZoneInfo(name or "UTC")
