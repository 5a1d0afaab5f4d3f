"""The options of commands that name a project or something in one; they offer titles."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Concatenate, cast

from discord import app_commands

from bot.base.errors import UserError
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import places
from bot.ui.command_arguments import Done, ask_which, offering
from bot.ui.options import MOST
from bot.ui.report import reports_errors
from cogs.boards.projects import rules
from cogs.boards.projects.service import Around, ProjectService, WhichProject
from data.boards.projects import Project
from data.transaction import Transaction

PROJECT_HINT = "Which project; by default this thread's"

Choices = list[app_commands.Choice[str | int | float]]
"""What discord.py wants of a transformer; ours are all texts."""
Entries = Sequence[tuple[str, str]]


class _ByTitle(app_commands.Transformer[CohortBot]):
    """Offers titles while an option is typed; the command gets what was picked or typed."""

    async def transform(self, interaction: Interaction, value: Any, /) -> str:
        """Return what was given: the service finds what it means, in the command's own project."""
        return str(value)

    async def autocomplete(self, interaction: Interaction, value: Any, /) -> Choices:
        """Return the titles that are closest to what was typed."""
        found = places.choices(str(value), await self.entries(interaction))
        return cast("Choices", found)  # a list of choices is invariant in what they hold

    async def entries(self, interaction: Interaction) -> Entries:
        """Return everything that there is to choose from, as titles and references."""
        raise NotImplementedError


class InProject(_ByTitle):
    """Offers what is in the project that the command means."""

    async def entries(self, interaction: Interaction) -> Entries:
        """Return what there is in the project, nothing while it is unclear which that is."""
        bot, user_id = interaction.client, interaction.user.id
        projects = bot.service(ProjectService)
        given: str | None = getattr(interaction.namespace, "project", None) or None

        # In a board's thread this takes one trip to the store: Discord asks again with every
        # keystroke.
        async def ask(tx: Transaction, place: Place) -> tuple[Around, Entries]:
            about = await projects.around(tx, place, named=given is not None)
            here = about.here
            return about, await self.within(tx, here, user_id) if here is not None else ()

        place, (about, found) = await bot.places.asking(interaction, ask)
        if about.here is not None:
            return found
        try:
            project = projects.meant(about, place, given)
        except UserError:
            return ()
        return await bot.store.fetch(lambda tx: self.within(tx, project, user_id))

    async def within(self, tx: Transaction, project: Project, user_id: int) -> Entries:
        """Return what there is in a project, for this person."""
        raise NotImplementedError


class _Projects(_ByTitle):
    async def entries(self, interaction: Interaction) -> Entries:
        place = await interaction.client.places.of(interaction)
        found = await interaction.client.service(ProjectService).choices(place)
        return unambiguous((one.title, one.id) for one in found)


class _Archived(_ByTitle):
    async def entries(self, interaction: Interaction) -> Entries:
        place = await interaction.client.places.of(interaction)
        found = await interaction.client.service(ProjectService).archived(place)
        return unambiguous((one.title, one.id) for one in found)


ProjectOption = app_commands.Transform[str, _Projects]
"""One of the server's projects, the person's own first."""

ArchivedOption = app_commands.Transform[str, _Archived]
"""One of the server's archived projects."""


def with_project(
    hint: str = PROJECT_HINT, *, own: bool = True, before: str | None = None
) -> Callable[[Callable[Concatenate[Any, Any, Place, Project, ...], Done]], Callable[..., Done]]:
    """Hand a command its place and the project that is meant, after the interaction.

    People see an option ``project``, described by ``hint``. Where several projects may be meant
    they pick one from a menu, after which the command goes on with everything that they typed.
    Without ``own``, a project that the person is in does not come first. The option is the last
    one, or right ``before`` another.
    """

    def decorate(
        callback: Callable[Concatenate[Any, Any, Place, Project, ...], Done],
    ) -> Callable[..., Done]:
        @reports_errors
        @functools.wraps(callback)
        async def handed(
            self: Any, interaction: Interaction, /, project: str | None = None, **kw: Any
        ) -> None:
            bot = interaction.client
            projects = bot.service(ProjectService)
            place, about = await bot.places.asking(
                interaction, lambda tx, place: projects.around(tx, place, named=project is not None)
            )
            try:
                meant = projects.meant(about, place, project, own=own)
            except WhichProject as which:
                if len(which.projects) > MOST:
                    raise

                # By name, as if it had been given: somebody may have lost the right to know of it
                # while the menu was open.
                async def go_on(again: Interaction, chosen: Project) -> None:
                    await handed(self, again, project=places.reference(chosen.id), **kw)

                # Two may have one title, where few may know of both.
                named = unambiguous((one.title, one.id) for one in which.projects)
                titles = {name: one for (name, _), one in zip(named, which.projects, strict=True)}
                await ask_which(interaction, "project", titles, go_on)
                return
            await callback(self, interaction, place, meant, **kw)

        return cast(
            "Callable[..., Done]",
            offering(callback, handed, "project", ProjectOption, hint, before=before),
        )

    return decorate


def unambiguous(entries: Iterable[tuple[str, int]]) -> list[tuple[str, str]]:
    """Return titles with their references; equal titles get a number each."""
    seen: dict[str, int] = {}
    named: list[tuple[str, str]] = []
    for name, own_id in entries:
        times = seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
        shown = name if times == 1 else f"{name[: rules.TITLE_LIMIT - 6]} ({times})"
        named.append((shown, places.reference(own_id)))
    return named
