"""The commands `/result`."""

from __future__ import annotations

import asyncio

import discord
from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.ui.command_groups import SubjectCog
from bot.ui.pages import Pages
from bot.ui.report import answered
from cogs.boards.claims.views import ORIGINS, tell_result
from cogs.boards.command_groups import RESULT
from cogs.boards.imports import views as import_views
from cogs.boards.ledger import cards as ledger_cards
from cogs.boards.ledger.options import CLAIM_HINT, ClaimOption, OwnResultOption, ResultOption
from cogs.boards.ledger.rules import LARGEST_RUNS
from cogs.boards.ledger.service import LedgerService
from cogs.boards.projects.options import PROJECT_HINT, ProjectOption
from cogs.boards.projects.service import ProjectService
from cogs.boards.results import runs as run_files
from cogs.boards.results.rules import TypedFindings, merged
from cogs.boards.results.views import review
from data.states import Decision, Origin

CODE = [app_commands.Choice(name=name, value=one.value) for one, name in ORIGINS.items()]
DECISIONS = [
    app_commands.Choice(name="Confirm", value=Decision.CONFIRM.value),
    app_commands.Choice(name="Dispute", value=Decision.DISPUTE.value),
    app_commands.Choice(name="Uphold: settles a dispute (lead)", value=Decision.UPHOLD.value),
    app_commands.Choice(name="Reject: settles a dispute (lead)", value=Decision.REJECT.value),
]


class ResultCommands(SubjectCog, group=RESULT):
    """Logs what was found, and what others say of it."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.projects = bot.service(ProjectService)
        self.service = bot.service(LedgerService)

    @app_commands.command(description="Log what you found for a claim (members)")
    @app_commands.describe(
        claim=CLAIM_HINT,
        value="97.1%, 97.1 ± 0.2, each run's: 97.1, 96.8, 97.4; or yes, no",
        spread="The standard deviation over your runs",
        runs="How many runs it is the mean of",
        evidence="A link or file that shows it",
        deviations="What you did otherwise than the paper",
        hours="How many hours it took to compute",
        notes="What else one should know",
        replaces="Your earlier result that this one corrects",
        code="Whose code you ran",
        commit="The commit that you ran",
        hardware="What it ran on, e.g. 1 × RTX 4090",
        file="CSV or JSON with every run; `value` is then its column",
        project=PROJECT_HINT,
    )
    @app_commands.choices(code=CODE)
    @answered
    async def log(
        self,
        interaction: Interaction,
        claim: ClaimOption,
        value: str,
        spread: str | None = None,
        runs: app_commands.Range[int, 1, LARGEST_RUNS] | None = None,
        evidence: str | None = None,
        deviations: str | None = None,
        hours: str | None = None,
        notes: str | None = None,
        replaces: OwnResultOption | None = None,
        code: app_commands.Choice[str] | None = None,
        commit: str | None = None,
        hardware: str | None = None,
        file: discord.Attachment | None = None,
        project: ProjectOption | None = None,
    ) -> None:
        """Log a result, and say what the verdict is now."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        found = await self.service.named_claim(meant, claim)
        old = await self.service.named_result(meant, replaces) if replaces else None
        typed = TypedFindings(
            value=value,
            spread=spread,
            runs=runs,
            evidence=evidence,
            deviations=deviations,
            hours=hours,
            notes=notes,
            origin=Origin(code.value) if code else None,
            revision=commit,
            hardware=hardware,
        )
        if file is not None:
            # Only the person sees this wait: what goes wrong is for their eyes alone.
            await interaction.response.defer(ephemeral=True)
            of_file = await asyncio.to_thread(run_files.read, await import_views.read(file), value)
            typed = merged(typed, of_file)
        entry = await self.service.log(place, found.id, typed, replaces=old.id if old else None)
        await tell_result(interaction, entry)

    @app_commands.command(name="list", description="Everything that was found, and its reviews")
    @app_commands.describe(claim=CLAIM_HINT + "; without it, all", project=PROJECT_HINT)
    @answered
    async def show(
        self,
        interaction: Interaction,
        claim: ClaimOption | None = None,
        project: ProjectOption | None = None,
    ) -> None:
        """Show the results and how the terms changed, to the person who asked."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        if claim is None:
            pages = ledger_cards.result_pages(meant, await self.service.standings(meant), [])
        else:
            found = await self.service.named_claim(meant, claim)
            entry = await self.service.standing(place.guild_id, found.id)
            versions = await self.service.versions(found)
            pages = ledger_cards.result_pages(meant, [entry.standing], versions)
        await Pages.show(interaction, pages)

    @app_commands.command(description="Confirm or dispute somebody else's result, with a reason")
    @app_commands.describe(
        result="Which result, e.g. C1 R2",
        decision="What you say of it",
        reason="How you checked it, or what is wrong with it",
        project=PROJECT_HINT,
    )
    @app_commands.choices(decision=DECISIONS)
    @answered
    async def review(
        self,
        interaction: Interaction,
        result: ResultOption,
        decision: app_commands.Choice[str],
        reason: str,
        project: ProjectOption | None = None,
    ) -> None:
        """Review a result."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        found = await self.service.named_result(meant, result)
        await review(interaction, found.id, Decision(decision.value), reason)
