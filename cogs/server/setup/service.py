"""A server's settings."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from bot.base import when
from bot.base.clock import Clock
from bot.base.errors import InvalidInput, NotAllowed
from bot.place import Place
from data.server.groups import Group, Server, ServerColumns
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class Step(StrEnum):
    """One decision of the guided set-up, in the order in which they are asked."""

    ZONE = "zone"
    ORGANISERS = "organisers"
    CHANNELS = "channels"
    GROUP = "group"
    CHECKINS = "checkins"
    MEETING = "meeting"


class SetupState(Struct, frozen=True):
    """How far a server is set up, read from its rows alone, so that it can wait for weeks.

    ``group`` is its first group, whose check-ins and meeting the last steps are about.
    """

    server: Server
    group: Group | None
    has_checkins: bool
    has_meeting: bool

    def is_done(self, step: Step) -> bool:
        """Whether a step's decision was made."""
        server = self.server
        return {
            Step.ZONE: server.timezone is not None,
            Step.ORGANISERS: server.organiser_role_id is not None,
            Step.CHANNELS: server.announcements_channel_id is not None
            or server.boards_channel_id is not None,
            Step.GROUP: self.group is not None,
            Step.CHECKINS: self.has_checkins,
            Step.MEETING: self.has_meeting,
        }[step]

    def next_step(self, after: Step | None = None) -> Step | None:
        """Return the first open step, past ``after`` where that is given; None when all is done."""
        steps = list(Step)
        start = steps.index(after) + 1 if after is not None else 0
        return next((one for one in steps[start:] if not self.is_done(one)), None)


class ServerService:
    """What organisers decide for the whole server, and what everybody may ask of it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @snapshot
    async def settings(self, tx: Transaction, guild_id: int) -> Server:
        """Return the server's settings."""
        return await tx.servers.get(guild_id)

    @transaction
    async def set_up(
        self,
        tx: Transaction,
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
        if organiser_role_id == place.guild_id:  # the id of @everyone is the server's
            raise InvalidInput(
                "That role is everybody's. Choose one that only your organisers have."
            )
        settings = ServerColumns()
        if timezone:
            settings["timezone"] = when.zone(timezone).key
        if organiser_role_id is not None:
            settings["organiser_role_id"] = organiser_role_id
        if announcements_channel_id is not None:
            settings["announcements_channel_id"] = announcements_channel_id
        if boards_channel_id is not None:
            settings["boards_channel_id"] = boards_channel_id
        return await tx.servers.save(place.guild_id, self.clock.now(), **settings)

    @snapshot
    async def state(self, tx: Transaction, guild_id: int) -> SetupState:
        """Return how far the server is set up."""
        server = await tx.servers.get(guild_id)
        groups = await tx.groups.of_server(guild_id)
        # The first that was made and is not archived: the walk is about that one, whatever was
        # added since.
        group = min(groups, key=lambda one: one.id, default=None)
        schedule = meeting = None
        if group is not None:
            schedule = await tx.checkins.schedule_of(group.id)
            meeting = await tx.meetings.next_of_group(group.id, self.clock.now())
        return SetupState(server, group, schedule is not None, meeting is not None)

    @snapshot
    async def channels_in_use(self, tx: Transaction, server: Server) -> list[int]:
        """Return the channels that the server's groups and settings name, each once."""
        return await tx.groups.channels(server.guild_id)
