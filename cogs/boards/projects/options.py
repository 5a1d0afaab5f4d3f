"""Which project, and which of its tasks, a command means; and what its options offer."""

from __future__ import annotations

from collections.abc import Iterable

from discord import app_commands

from bot.base.errors import UserError
from bot.client import CohortBot, Interaction
from bot.ui import places
from cogs.boards.deadlines.service import DeadlineService
from cogs.boards.ledger.service import LedgerService, title
from cogs.boards.members.service import PeopleService
from cogs.boards.projects import rules
from cogs.boards.projects.service import ProjectService
from cogs.boards.tasks.service import TaskService
from data.boards.projects import Project

PROJECT_HINT = "Which; else this thread's"
TASK_HINT = "Which task"
DEADLINE_HINT = "Which deadline"
CLAIM_HINT = "Which claim: C3, or a part of what it says"

Choices = list[app_commands.Choice[str]]


class Choosing:
    """Offers projects and their parts by title."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._projects = bot.service(ProjectService)
        self._tasks = bot.service(TaskService)
        self._deadlines = bot.service(DeadlineService)
        self._people = bot.service(PeopleService)
        self._ledger = bot.service(LedgerService)

    async def projects(self, interaction: Interaction, typed: str) -> Choices:
        """Return the server's projects, the person's own first."""
        found = await self._projects.choices(await self._bot.places.of(interaction))
        return places.choices(typed, unambiguous((one.title, one.id) for one in found))

    async def tasks(self, interaction: Interaction, typed: str) -> Choices:
        """Return the tasks of the project that is meant."""
        project = await self.project(interaction)
        if project is None:
            return []
        found = await self._tasks.choices(project.guild_id, project.id)
        return places.choices(typed, unambiguous((one.title, one.id) for one in found))

    async def deadlines(self, interaction: Interaction, typed: str) -> Choices:
        """Return the open deadlines of the project that is meant."""
        project = await self.project(interaction)
        if project is None:
            return []
        found = await self._deadlines.of_project(project)
        return places.choices(
            typed, unambiguous((one.title, one.id) for one in found if one.is_open)
        )

    async def links(self, interaction: Interaction, typed: str) -> Choices:
        """Return the links of the project that is meant."""
        project = await self.project(interaction)
        if project is None:
            return []
        found = await self._people.links(project)
        return places.choices(typed, unambiguous((one.label, one.id) for one in found))

    async def archived(self, interaction: Interaction, typed: str) -> Choices:
        """Return the server's archived projects."""
        found = await self._projects.archived(await self._bot.places.of(interaction))
        return places.choices(typed, unambiguous((one.title, one.id) for one in found))

    async def claims(self, interaction: Interaction, typed: str) -> Choices:
        """Return the claims of the project that is meant."""
        project = await self.project(interaction)
        if project is None:
            return []
        found = await self._ledger.standings(project)
        return places.choices(
            typed, [(title(one.claim), places.reference(one.claim.id)) for one in found]
        )

    async def results(self, interaction: Interaction, typed: str) -> Choices:
        """Return the results that count in the project that is meant, the latest first."""
        return await self._results(interaction, typed, own=False)

    async def own_results(self, interaction: Interaction, typed: str) -> Choices:
        """Return those of them that the person logged."""
        return await self._results(interaction, typed, own=True)

    async def _results(self, interaction: Interaction, typed: str, *, own: bool) -> Choices:
        project = await self.project(interaction)
        if project is None:
            return []
        entries = [
            (
                f"{standing.claim.name} {result.name} · {result.findings.value}",
                places.reference(result.id),
            )
            for standing in await self._ledger.standings(project)
            for result in standing.results
            if not result.replaced and (result.runner_id == interaction.user.id) is own
        ]
        return places.choices(typed, reversed(entries))

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
    for name, own_id in entries:
        times = seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
        shown = name if times == 1 else f"{name[: rules.TITLE_LIMIT - 6]} ({times})"
        named.append((shown, places.reference(own_id)))
    return named
