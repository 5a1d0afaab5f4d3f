"""The commands `/claim`."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.ui.command_groups import SubjectCog
from bot.ui.report import answered
from cogs.boards.claims import views
from cogs.boards.claims.views import ClaimPages
from cogs.boards.command_groups import CLAIM
from cogs.boards.imports import views as import_views
from cogs.boards.imports.views import ImportForm, preview
from cogs.boards.ledger.options import CLAIM_HINT, ClaimOption
from cogs.boards.ledger.rules import LARGEST_RUNS, TypedTerms
from cogs.boards.ledger.service import LedgerService
from cogs.boards.projects.options import PROJECT_HINT, ProjectOption
from cogs.boards.projects.service import ProjectService
from data.states import Better, Category, Criterion, SpreadKind


def _choices(names: dict[Any, str]) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=name, value=str(value)) for value, name in names.items()]


BETTER = _choices(views.BETTER)
NEITHER = app_commands.Choice(name="Neither is better", value="neither")
CRITERIA = _choices(views.CRITERIA)
SPREADS = _choices(views.SPREADS)
CATEGORIES = _choices(views.CATEGORIES)
HINTS = {
    "statement": "What the paper says, in a sentence",
    "metric": "What was measured, e.g. validation accuracy",
    "reported": "As printed: 97.4%, 1.2e-3, 97.4 ± 0.3, <0.05, 40-50, ≈0.9, n/r; or yes, no",
    "where": "Where in the paper, e.g. Table 2, row 3",
    "spread": "The paper's spread, e.g. 0.3",
    "runs": "Over how many runs the paper reports it",
    "better": "Which way it is better",
    "criterion": "How ours is compared; relative unless said",
    "tolerance": "A share, 5% unless said, or a difference such as 0.5",
    "weight": "How much it counts; 1 unless said",
    "headline": "The paper stands or falls with it",
    "dataset": "Which data",
    "spread_kind": "What the spread is; a standard deviation unless said",
    "project": PROJECT_HINT,
}


def typed_terms(interaction: Interaction) -> TypedTerms:
    """Return what was typed into the options of a claim, which have the same names everywhere."""
    given: dict[str, Any] = dict(iter(interaction.namespace))
    kinds = {
        "better": Better,
        "criterion": Criterion,
        "spread_kind": SpreadKind,
        "category": Category,
    }
    if given.get("better") == NEITHER.value:
        given.update(better=None, no_better=True)
    for name, kind in kinds.items():
        if given.get(name) is not None:
            given[name] = kind(given[name])
    return TypedTerms(
        place=given.get("where"),
        **{
            name: given[name]
            for name in TypedTerms.__dataclass_fields__
            if name in given and name != "place"
        },
    )


class ClaimCommands(SubjectCog, group=CLAIM):
    """Writes down what the paper says, and how it will be judged."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.projects = bot.service(ProjectService)
        self.service = bot.service(LedgerService)

    @app_commands.command(description="Write down what the paper claims (members)")
    @app_commands.describe(**HINTS, category="What it is about; a result unless said")
    @app_commands.choices(
        better=BETTER, criterion=CRITERIA, spread_kind=SPREADS, category=CATEGORIES
    )
    @answered
    async def add(
        self,
        interaction: Interaction,
        statement: str,
        metric: str,
        reported: str,
        where: str | None = None,
        spread: str | None = None,
        runs: app_commands.Range[int, 1, LARGEST_RUNS] | None = None,
        better: app_commands.Choice[str] | None = None,
        criterion: app_commands.Choice[str] | None = None,
        tolerance: str | None = None,
        weight: str | None = None,
        headline: bool | None = None,
        dataset: str | None = None,
        spread_kind: app_commands.Choice[str] | None = None,
        project: ProjectOption | None = None,
        category: app_commands.Choice[str] | None = None,
    ) -> None:
        """Add a claim."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        entry = await self.service.add(place, meant.id, typed_terms(interaction))
        await views.tell_claim(interaction, entry)

    @app_commands.command(description="Change a claim; once it has results, as a new version")
    @app_commands.describe(claim=CLAIM_HINT, **HINTS)
    @app_commands.choices(better=[*BETTER, NEITHER], criterion=CRITERIA, spread_kind=SPREADS)
    @answered
    async def edit(
        self,
        interaction: Interaction,
        claim: ClaimOption,
        statement: str | None = None,
        metric: str | None = None,
        reported: str | None = None,
        where: str | None = None,
        spread: str | None = None,
        runs: app_commands.Range[int, 1, LARGEST_RUNS] | None = None,
        better: app_commands.Choice[str] | None = None,
        criterion: app_commands.Choice[str] | None = None,
        tolerance: str | None = None,
        weight: str | None = None,
        headline: bool | None = None,
        dataset: str | None = None,
        spread_kind: app_commands.Choice[str] | None = None,
        project: ProjectOption | None = None,
    ) -> None:
        """Change a claim."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        found = await self.service.named_claim(meant, claim)
        await views.change(interaction, found.id, typed_terms(interaction))

    @app_commands.command(name="import", description="Many claims at once, from a table (members)")
    @app_commands.describe(
        file="A CSV or text file; without it, paste a table of the paper", project=PROJECT_HINT
    )
    @answered
    async def read_in(
        self,
        interaction: Interaction,
        file: discord.Attachment | None = None,
        project: ProjectOption | None = None,
    ) -> None:
        """Read a table, and show what it comes to before anything is written down."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        await self.service.check_may_add(place, meant.id)
        if file is None:
            await ImportForm.open(interaction, project_id=meant.id)
            return
        await interaction.response.defer(ephemeral=True)
        await preview(interaction, meant.id, await import_views.read(file))

    @app_commands.command(name="list", description="All claims of a project with their verdicts")
    @app_commands.describe(project=PROJECT_HINT)
    @answered
    async def show(self, interaction: Interaction, project: ProjectOption | None = None) -> None:
        """Show the claims, to the person who asked."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        standings = await self.service.standings(meant)
        await ClaimPages.show_claims(interaction, meant, standings)
