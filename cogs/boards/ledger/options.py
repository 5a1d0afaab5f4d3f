"""The options that name a claim or a result."""

from __future__ import annotations

from discord import app_commands

from bot.client import Interaction
from bot.ui.places import reference
from cogs.boards.ledger.service import LedgerService, title
from cogs.boards.projects.options import Entries, InProject
from data.boards.projects import Project

CLAIM_HINT = "Which claim: C3, or a part of what it says"


class _Claims(InProject):
    async def within(self, interaction: Interaction, project: Project) -> Entries:
        found = await interaction.client.service(LedgerService).standings(project)
        return [(title(one.claim), reference(one.claim.id)) for one in found]


class _Results(InProject):
    own = False

    async def within(self, interaction: Interaction, project: Project) -> Entries:
        entries = [
            (
                f"{standing.claim.name} {result.name} · {result.findings.value}",
                reference(result.id),
            )
            for standing in await interaction.client.service(LedgerService).standings(project)
            for result in standing.results
            if not result.replaced and (result.runner_id == interaction.user.id) is self.own
        ]
        return entries[::-1]


class _OwnResults(_Results):
    own = True


ClaimOption = app_commands.Transform[str, _Claims]
"""One of the project's claims."""

ResultOption = app_commands.Transform[str, _Results]
"""One of the results that others logged in the project and that count, the latest first."""

OwnResultOption = app_commands.Transform[str, _OwnResults]
"""One of the results that the person logged in the project and that count, the latest first."""
