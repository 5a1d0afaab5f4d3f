"""The options that name a claim or a result."""

from __future__ import annotations

from discord import app_commands

from bot.ui.places import reference
from cogs.boards.ledger.service import standings_of, title
from cogs.boards.projects.options import Entries, InProject
from data.boards.projects import Project
from data.transaction import Transaction

CLAIM_HINT = "Which claim: C3, or a part of what it says"


class _Claims(InProject):
    async def within(self, tx: Transaction, project: Project, user_id: int) -> Entries:
        found = await standings_of(tx, project)
        return [(title(one.claim), reference(one.claim.id)) for one in found]


class _Results(InProject):
    own = False

    async def within(self, tx: Transaction, project: Project, user_id: int) -> Entries:
        entries = [
            (
                f"{standing.claim.name} {result.name} · {result.findings.value}",
                reference(result.id),
            )
            for standing in await standings_of(tx, project)
            for result in standing.results
            if not result.replaced and (result.runner_id == user_id) is self.own
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
