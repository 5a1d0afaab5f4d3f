"""Where somebody stands in a server."""

from __future__ import annotations

from msgspec import Struct

from bot.base.clock import Clock
from bot.place import Place
from data.boards.projects import Project
from data.boards.tasks import Task
from data.checkins.rounds import Round
from data.reading.meetings import Meeting
from data.server.groups import Group, GroupId
from data.store import Store


class PersonStanding(Struct, frozen=True):
    """Where somebody stands: the groups they are in, and the others of the server."""

    own: list[Group]
    others: list[Group]
    rounds: dict[GroupId, Round]
    meeting: Meeting | None
    projects: list[Project]
    tasks: list[Task]


class HelpService:
    """What everybody may ask of a server."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def standing(self, place: Place) -> PersonStanding:
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
                # Their own are always named, also those in a channel that they can no longer read.
                if group.id not in own_ids and place.may_know(group.channel_id, member=False)
            ]
            due = {one.group_id: one for one in rounds}
            return PersonStanding(own, others, due, meeting, projects, tasks)
