"""The commands `/result`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.jobs.file_readers import FILES
from bot.place import Place
from bot.ui.command_groups import SubjectCog
from bot.ui.pages import Pages
from cogs.boards.command_groups import RESULT
from cogs.boards.imports import views as import_views
from cogs.boards.ledger import cards as ledger_cards
from cogs.boards.ledger.fields import SPREAD_KINDS
from cogs.boards.ledger.options import CLAIM_HINT, ClaimOption, OwnResultOption
from cogs.boards.ledger.rules import LARGEST_RUNS
from cogs.boards.ledger.service import LedgerService
from cogs.boards.projects.options import with_project
from cogs.boards.results import run_files, views
from cogs.boards.results.rules import TypedFindings, merged
from cogs.boards.results.views import (
    LogForm,
    ResultDraft,
    ResultForm,
    show_file,
    tell_result,
)
from data.boards.projects import Project
from data.states import Origin, SpreadKind

Choice = app_commands.Choice[str]

CODE = [Choice(name=name, value=one.value) for one, name in views.ORIGINS.items()]
SPREADS = [Choice(name=name, value=kind.value) for kind, name in SPREAD_KINDS.items()]


class ResultCommands(SubjectCog, group=RESULT):
    """Logs what was found, and what others say of it."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(LedgerService)

    @app_commands.command(description="Log what you found for a claim; a form asks what is missing")
    @app_commands.describe(
        claim=CLAIM_HINT,
        value="97.1%, 97.1 ± 0.2, each run's: 97.1, 96.8, 97.4; or yes, no",
        spread="The spread over your runs; by default a standard deviation",
        runs="How many runs it is the mean of",
        evidence="A link or file that shows it",
        deviations="What you did differently from the paper",
        hours="How many hours of computing it took",
        notes="What else there is to know",
        replaces="Your earlier result that this one corrects",
        code="Whose code you ran",
        commit="The commit that you ran",
        hardware="What it ran on, e.g. 1 × RTX 4090",
        file="CSV or JSON: a results file; or with `claim`, every run, and `value` is its column",
        spread_kind="What the spread is; by default a standard deviation",
        seeds="The seeds of the runs: 0, 1, 2 or 0-4",
    )
    @app_commands.choices(code=CODE, spread_kind=SPREADS)
    @with_project(before="spread_kind")
    async def log(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        claim: ClaimOption | None = None,
        value: str | None = None,
        spread: str | None = None,
        runs: app_commands.Range[int, 1, LARGEST_RUNS] | None = None,
        evidence: str | None = None,
        deviations: str | None = None,
        hours: str | None = None,
        notes: str | None = None,
        replaces: OwnResultOption | None = None,
        code: Choice | None = None,
        commit: str | None = None,
        hardware: str | None = None,
        file: discord.Attachment | None = None,
        spread_kind: Choice | None = None,
        seeds: str | None = None,
    ) -> None:
        """Log a result, or ask for what is missing."""
        found = await self.service.named_claim(project, claim) if claim else None
        old = await self.service.named_result(project, replaces) if replaces else None
        if old is not None and found is None:
            found = await self.service.editable(place, old.claim_id)
        typed = TypedFindings(
            value=value or "",
            spread=spread,
            runs=runs,
            evidence=evidence,
            deviations=deviations,
            hours=hours,
            notes=notes,
            origin=Origin(code.value) if code else None,
            revision=commit,
            hardware=hardware,
            spread_kind=SpreadKind(spread_kind.value) if spread_kind else None,
            seeds=seeds,
        )
        if found is None and value is None and file is not None:
            await interaction.response.defer(ephemeral=True)
            await show_file(interaction, place, project.id, await import_views.read(file))
            return
        if found is None or (value is None and file is None):
            draft = views.DRAFTS.keep(ResultDraft(typed, old.id if old else None))
            form = LogForm(found.id, draft) if found else ResultForm(project.id, draft)
            await form.show(interaction)
            return
        if file is not None:
            # Only the person sees this wait: what goes wrong is for their eyes alone.
            await interaction.response.defer(ephemeral=True)
            read = await import_views.read(file)
            of_file = await FILES.run(run_files.read, read, value or "value")
            typed = merged(typed, of_file)
        entry = await self.service.log(place, found.id, typed, replaces=old.id if old else None)
        await tell_result(interaction, entry)

    @app_commands.command(name="list", description="Everything that was found, and its reviews")
    @app_commands.describe(claim="Which claim; by default all")
    @with_project()
    async def show(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        claim: ClaimOption | None = None,
    ) -> None:
        """Show the results and how the terms changed, to the person who asked."""
        if claim is None:
            pages = ledger_cards.result_pages(project, await self.service.standings(project), [])
        else:
            found = await self.service.named_claim(project, claim)
            entry = await self.service.standing(place.guild_id, found.id)
            versions = await self.service.versions(found)
            pages = ledger_cards.result_pages(project, [entry.standing], versions)
        await Pages.show(interaction, pages)
