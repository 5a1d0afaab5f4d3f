"""The commands `/claim`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui.command_groups import SubjectCog
from cogs.boards.claims import views
from cogs.boards.claims.views import ClaimForm, ClaimPages
from cogs.boards.command_groups import CLAIM
from cogs.boards.imports import views as import_views
from cogs.boards.ledger.fields import SPREAD_KINDS
from cogs.boards.ledger.options import CLAIM_HINT, ClaimOption
from cogs.boards.ledger.rules import LARGEST_RUNS, TypedComparison, TypedTerms
from cogs.boards.ledger.service import LedgerService
from cogs.boards.projects.options import with_project
from data.boards.projects import Project
from data.states import Better, Category, ClaimRole, Criterion, PrintedAs, SpreadKind

Choice = app_commands.Choice[str]


def _choices(names: Mapping[Any, str]) -> list[Choice]:
    return [Choice(name=name, value=str(value)) for value, name in names.items()]


BETTER = _choices(views.BETTER)
NEITHER = Choice(name="Neither is better", value="neither")
CRITERIA = _choices(views.CRITERIA)
COMPARED = _choices(
    {
        one: views.CRITERIA[one]
        for one in (
            Criterion.DIRECTION,
            Criterion.ABSOLUTE,
            Criterion.EQUIVALENT,
            Criterion.RELATIVE,
        )
    }
)
SPREADS = _choices(SPREAD_KINDS)
CATEGORIES = _choices(views.CATEGORIES)
PRINTED = _choices(views.PRINTED)
ROLES = _choices(views.ROLES)
HINTS = {
    "statement": "What the paper says, in a sentence",
    "metric": "What was measured, e.g. validation accuracy",
    "reported": "As printed: 97.4%, 97.4 ± 0.3, <0.05, 40-50, ≈0.9, n/r; or yes, no",
    "where": "Where in the paper, e.g. Table 2, row 3",
    "spread": "The paper's spread, e.g. 0.3",
    "runs": "How many runs the paper reports it over",
    "better": "Which way is better",
    "criterion": "How ours is compared with it",
    "tolerance": "How far ours may lie: a share such as 5%, or a difference such as 0.5",
    "weight": "How much it counts; by default 1",
    "headline": "The paper stands or falls with it",
    "dataset": "Which data",
    "spread_kind": "What the spread is; by default a standard deviation",
    "category": "What it is about; by default a result",
    "printed_as": "Which figure of its runs the paper prints; by default a mean",
    "role": "A claim of the paper, or a baseline that it compares itself with",
}


def _typed(
    better: Choice | None,
    criterion: Choice | None,
    spread_kind: Choice | None,
    category: Choice | None,
    printed_as: Choice | None,
    role: Choice | None,
    **texts: Any,
) -> TypedTerms:
    """Return what was typed for a claim's terms."""
    # None is already taken: an option that was left out changes nothing.
    neither = better is not None and better.value == NEITHER.value
    return TypedTerms(
        better=None if better is None or neither else Better(better.value),
        no_better=neither,
        criterion=Criterion(criterion.value) if criterion else None,
        spread_kind=SpreadKind(spread_kind.value) if spread_kind else None,
        category=Category(category.value) if category else None,
        printed_as=PrintedAs(printed_as.value) if printed_as else None,
        role=ClaimRole(role.value) if role else None,
        **texts,
    )


class ClaimCommands(SubjectCog, group=CLAIM):
    """Writes down what the paper says, and how it will be judged."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(LedgerService)

    @app_commands.command(
        description="Write down what the paper claims; a form asks what is missing"
    )
    @app_commands.describe(**HINTS)
    @app_commands.choices(
        better=BETTER,
        criterion=CRITERIA,
        spread_kind=SPREADS,
        category=CATEGORIES,
        printed_as=PRINTED,
        role=ROLES,
    )
    @with_project(before="category")
    async def add(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        statement: str | None = None,
        metric: str | None = None,
        reported: str | None = None,
        where: str | None = None,
        spread: str | None = None,
        runs: app_commands.Range[int, 1, LARGEST_RUNS] | None = None,
        better: Choice | None = None,
        criterion: Choice | None = None,
        tolerance: str | None = None,
        weight: str | None = None,
        headline: bool | None = None,
        dataset: str | None = None,
        spread_kind: Choice | None = None,
        category: Choice | None = None,
        printed_as: Choice | None = None,
        role: Choice | None = None,
    ) -> None:
        """Add a claim, or ask for what is missing."""
        typed = _typed(
            better, criterion, spread_kind, category, printed_as, role,
            statement=statement, metric=metric, reported=reported, place=where, spread=spread,
            runs=runs, tolerance=tolerance, weight=weight, headline=headline, dataset=dataset,
        )  # fmt: skip
        # Options that Discord requires would refuse the command before we could offer the form.
        if statement is None or metric is None or reported is None:
            draft = views.DRAFTS.keep(typed)
            await ClaimForm(project.id, draft).show(interaction)
            return
        await views.tell_claim(interaction, await self.service.add(place, project.id, typed))

    @app_commands.command(description="Claim that one row of the ledger beats another")
    @app_commands.describe(
        statement="What the paper says, in a sentence",
        first="The row that is better",
        second="The row that it beats",
        better="Which way is better; by default as the rows say",
        by="By how much, in the metric's own unit, e.g. 2.3",
        criterion="How the difference is judged; by default only its direction",
    )
    @app_commands.choices(better=BETTER, criterion=COMPARED)
    @with_project()
    async def compare(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        statement: str,
        first: ClaimOption,
        second: ClaimOption,
        better: Choice | None = None,
        by: str | None = None,
        criterion: Choice | None = None,
    ) -> None:
        """Add a comparison of two claims."""
        one = await self.service.named_claim(project, first)
        other = await self.service.named_claim(project, second)
        typed = TypedComparison(
            statement=statement,
            better=Better(better.value) if better else None,
            by=by,
            criterion=Criterion(criterion.value) if criterion else None,
        )
        entry = await self.service.compare(place, project.id, typed, one.id, other.id)
        await views.tell_claim(interaction, entry)

    @app_commands.command(description="Change a claim; once it has results, as a new version")
    @app_commands.describe(
        claim=CLAIM_HINT, **HINTS, reason="Why it changes; kept beside the old terms"
    )
    @app_commands.choices(
        better=[*BETTER, NEITHER],
        criterion=CRITERIA,
        spread_kind=SPREADS,
        category=CATEGORIES,
        printed_as=PRINTED,
        role=ROLES,
    )
    @with_project()
    async def edit(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        claim: ClaimOption,
        statement: str | None = None,
        metric: str | None = None,
        reported: str | None = None,
        where: str | None = None,
        spread: str | None = None,
        runs: app_commands.Range[int, 1, LARGEST_RUNS] | None = None,
        better: Choice | None = None,
        criterion: Choice | None = None,
        tolerance: str | None = None,
        weight: str | None = None,
        headline: bool | None = None,
        dataset: str | None = None,
        spread_kind: Choice | None = None,
        category: Choice | None = None,
        printed_as: Choice | None = None,
        role: Choice | None = None,
        reason: str | None = None,
    ) -> None:
        """Change a claim."""
        found = await self.service.named_claim(project, claim)
        typed = _typed(
            better, criterion, spread_kind, category, printed_as, role,
            statement=statement, metric=metric, reported=reported, place=where, spread=spread,
            runs=runs, tolerance=tolerance, weight=weight, headline=headline, dataset=dataset,
            reason=reason,
        )  # fmt: skip
        await views.change(interaction, found.id, typed)

    @app_commands.command(name="import", description="Many claims at once, from a table (members)")
    @app_commands.describe(file="A CSV or text file; without it, paste a table of the paper")
    @with_project()
    async def read_in(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        file: discord.Attachment | None = None,
    ) -> None:
        """Read a table, and show what was read before anything is written down."""
        await self.service.check_may_add(place, project.id)
        if file is None:
            await import_views.ImportForm(project.id).show(interaction)
            return
        # Discord waits three seconds for an answer, and the file is still to be fetched.
        await interaction.response.defer(ephemeral=True)
        await import_views.preview(interaction, project.id, await import_views.read(file))

    @app_commands.command(name="list", description="All claims of a project with their verdicts")
    @with_project()
    async def show(self, interaction: Interaction, place: Place, project: Project) -> None:
        """Show the claims, to the person who asked."""
        standings = await self.service.standings(project)
        await ClaimPages.show_claims(interaction, project, standings)
