"""Which project, and which of its tasks, a command means; and what its options offer."""

from __future__ import annotations

from collections.abc import Iterable

from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.errors import UserError
from bot.ui import places
from cogs.boards.rules import board as rules
from cogs.boards.service import ProjectService, TaskService
from data.boards import Project

PROJECT_HINT = "Which project; in a board's thread, that board's"
TASK_HINT = "Which task"

Choices = list[app_commands.Choice[str]]


class Choosing:
    """Offers projects and their parts by title."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._projects = bot.service(ProjectService)
        self._tasks = bot.service(TaskService)

    async def projects(self, interaction: Interaction, typed: str) -> Choices:
        """Return the server's projects, the person's own first."""
        assert interaction.guild_id is not None  # noqa: S101 - our commands are used in servers
        found = await self._projects.choices(interaction.guild_id, interaction.user.id)
        return places.choices(typed, unambiguous((one.title, one.id) for one in found))

    async def tasks(self, interaction: Interaction, typed: str) -> Choices:
        """Return the tasks of the project that is meant."""
        project = await self.project(interaction)
        if project is None:
            return []
        found = await self._tasks.choices(project.guild_id, project.id)
        return places.choices(typed, unambiguous((one.title, one.id) for one in found))

    async def project(self, interaction: Interaction) -> Project | None:
        """Return the project that a command means while it is still being typed."""
        place = await self._bot.places.of(interaction)
        given: str | None = getattr(interaction.namespace, "project", None)
        try:
            return await self._projects.meant(place, given or None)
        except UserError:
            return None


def unambiguous(entries: Iterable[tuple[str, int]]) -> list[tuple[str, str]]:
    """Return titles with the references that they stand for, equal titles told apart."""
    seen: dict[str, int] = {}
    named: list[tuple[str, str]] = []
    for title, own_id in entries:
        times = seen[title.casefold()] = seen.get(title.casefold(), 0) + 1
        shown = title if times == 1 else f"{title[: rules.TITLE_LIMIT - 6]} ({times})"
        named.append((shown, places.reference(own_id)))
    return named
