"""The index of what features tell each other: one function for each event.

A feature calls the function; cogs of any feature listen to the event of the same name, as
``on_group_changed`` for :func:`group_changed`. Features never import each other, so this list is
where to see what one may hear of another. A test checks that each event has a listener.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from data.boards.projects import Project
from data.checkins.rounds import Round


class Dispatches(Protocol):
    """The client, as far as events need it."""

    def dispatch(self, event: str, /, *args: Any, **options: Any) -> None:
        """Call all listeners of an event, each in a task of its own."""
        ...


def group_changed(bot: Dispatches, group_id: int) -> None:
    """A group changed: who is in it or away, its schedule, its name, or what it is committed to."""
    bot.dispatch("group_changed", group_id)


def group_joined(bot: Dispatches, group_id: int, round_: Round | None) -> None:
    """Somebody became a member of a group, in which this round is open."""
    bot.dispatch("group_joined", group_id, round_)


def group_used(bot: Dispatches, group_id: int) -> None:
    """A group has other meetings or projects, or other ones are next: its card tells of them."""
    bot.dispatch("group_used", group_id)


def meeting_posted(bot: Dispatches, posted: object) -> None:
    """A new meeting has its card and its thread; ``posted`` is the reading groups' own record."""
    bot.dispatch("meeting_posted", posted)


def meeting_changed(bot: Dispatches, group_id: int) -> None:
    """A group's meeting was moved, cancelled, held or the like, which programmes' cards tell of."""
    bot.dispatch("meeting_changed", group_id)


def group_restored(bot: Dispatches, group_id: int) -> None:
    """An archived group was brought back: what stopped with it starts again."""
    bot.dispatch("group_restored", group_id)


def checkin_blocked(bot: Dispatches, interaction: Any, checkin_id: int) -> None:
    """Somebody checked in and named something that is in their way."""
    bot.dispatch("checkin_blocked", interaction, checkin_id)


def exercises_written(bot: Dispatches, unit_id: int) -> None:
    """The exercises of a reading list's unit became tasks on a board."""
    bot.dispatch("exercises_written", unit_id)


def project_changed(bot: Dispatches, project_id: int) -> None:
    """Something changed that a project's board shows."""
    bot.dispatch("project_changed", project_id)


def project_state_changed(bot: Dispatches, project: Project) -> None:
    """A project moved to another state, or was archived or reopened."""
    bot.dispatch("project_state_changed", project)


def project_joined(bot: Dispatches, project: Project, user_id: int) -> None:
    """Somebody became a member of a project."""
    bot.dispatch("project_joined", project, user_id)


def project_left(bot: Dispatches, left: object, user_id: int) -> None:
    """Somebody left a project; ``left`` is the boards' own record of it."""
    bot.dispatch("project_left", left, user_id)


def project_asked(bot: Dispatches, asked: object) -> None:
    """Somebody asked to join a project; ``asked`` is the boards' own record of it."""
    bot.dispatch("project_asked", asked)


def paper_described(bot: Dispatches, paper_id: int) -> None:
    """The title and authors of a paper were found after it was first used."""
    bot.dispatch("paper_described", paper_id)


def servers_back(bot: Dispatches, guild_ids: Sequence[int]) -> None:
    """Discord tells of these servers again, after a time in which it told nothing of them."""
    bot.dispatch("servers_back", guild_ids)


def server_joined(bot: Dispatches, guild_id: int) -> None:
    """The bot is in a server in which it never was, or whose data was erased since."""
    bot.dispatch("server_joined", guild_id)
