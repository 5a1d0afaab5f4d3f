"""A server's settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.base import when
from bot.base.clock import Clock
from bot.base.errors import NotAllowed
from bot.place import Place
from cogs.server import rules
from cogs.server.subjects import DeadlineName, deadline_names
from data.boards.projects import Project
from data.boards.tasks import Task
from data.checkins.rounds import Round
from data.delivery.deadlines import Deadline, DeadlineId
from data.reading.meetings import Meeting
from data.server.groups import Group, GroupId, Server
from data.store import Store


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: the groups they are in, and the server's others."""

    own: list[Group]
    others: list[Group]
    rounds: dict[GroupId, Round]
    meeting: Meeting | None
    projects: list[Project]
    tasks: list[Task]


UPCOMING_SHOWN = 5
FAILED_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Health:
    """How a server's deliveries are doing: what is next, and what failed (one more than shown)."""

    server: Server
    upcoming: Sequence[Deadline]
    failed: Sequence[Deadline]
    names: Mapping[DeadlineId, DeadlineName]
    now: datetime


class ServerService:
    """What organisers decide for the whole server, and what everybody may ask of it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def settings(self, guild_id: int) -> Server:
        """Return the server's settings."""
        async with self.store.read() as tx:
            return await tx.servers.get(guild_id)

    async def set_up(
        self,
        place: Place,
        *,
        timezone: str | None = None,
        organiser_role_id: int | None = None,
        announcements_channel_id: int | None = None,
        boards_channel_id: int | None = None,
    ) -> Server:
        """Save what is given and leave the rest.

        Raises NotAllowed without Manage Server, InvalidInput for an unknown zone.
        """
        if not place.manager:
            raise NotAllowed("Only people with Manage Server can set Cohort up.")
        given: dict[str, Any] = {
            "timezone": when.zone(timezone).key if timezone else None,
            "organiser_role_id": organiser_role_id,
            "announcements_channel_id": announcements_channel_id,
            "boards_channel_id": boards_channel_id,
        }
        settings = {name: value for name, value in given.items() if value is not None}
        async with self.store.transaction() as tx:
            return await tx.servers.save(place.guild_id, self.clock.now(), **settings)

    async def standing(self, place: Place) -> Standing:
        """Return the server's groups, those of the person apart."""
        async with self.store.read() as tx:
            own = await tx.groups.of_person(place.guild_id, place.user_id)
            everything = await tx.groups.of_server(place.guild_id)
            rounds = await tx.checkins.open_rounds(place.guild_id)
            meeting = await tx.meetings.next_of_person(
                place.guild_id, place.user_id, self.clock.now()
            )
            projects = await tx.projects.open_of_person(place.guild_id, place.user_id)
            tasks = await tx.tasks.of_person(place.guild_id, place.user_id)
        own_ids = {group.id for group in own}
        others = [
            group
            for group in everything
            if group.id not in own_ids and place.may_know(group.channel_id, member=False)
        ]
        due = {one.group_id: one for one in rounds}
        return Standing(own, others, due, meeting, projects, tasks)

    async def health(self, place: Place) -> Health:
        """Return how deliveries in this server are doing; raises NotAllowed for non-organisers."""
        rules.only_organisers(place, "look at the bot's health")
        async with self.store.read() as tx:
            upcoming = await tx.deadlines.upcoming(place.guild_id, UPCOMING_SHOWN)
            failed = await tx.deadlines.failed(place.guild_id, FAILED_SHOWN + 1)
            server = await tx.servers.get(place.guild_id)
            named = await deadline_names(tx, [*upcoming, *failed])
        return Health(server, upcoming, failed, named, self.clock.now())

    async def retry_failed(self, place: Place) -> int:
        """Have everything that failed delivered again; returns how many there were."""
        rules.only_organisers(place, "retry what failed")
        async with self.store.transaction() as tx:
            return await tx.deadlines.retry_failed(place.guild_id, self.clock.now())

    async def dismiss_failed(self, place: Place) -> int:
        """Let go of everything that failed; returns how many there were."""
        rules.only_organisers(place, "dismiss what failed")
        async with self.store.transaction() as tx:
            return await tx.deadlines.dismiss_failed(place.guild_id)

    async def export(self, place: Place) -> bytes:
        """Return the whole server's data, as a zip of JSON and CSV; for organisers."""
        rules.only_organisers(place, "export the server's data")
        return await self.store.export(place.guild_id)

    async def channels_in_use(self, server: Server) -> list[int]:
        """Return the channels that the server's groups and settings name, each once."""
        async with self.store.read() as tx:
            return await tx.groups.channels(server.guild_id)
