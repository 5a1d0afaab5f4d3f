"""The command `/result review`."""

from __future__ import annotations

from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui.command_groups import SubjectCog
from cogs.boards.command_groups import RESULT
from cogs.boards.ledger.options import ResultOption
from cogs.boards.ledger.service import LedgerService
from cogs.boards.projects.options import with_project
from cogs.boards.reviews.views import review
from data.boards.projects import Project
from data.states import Decision

Choice = app_commands.Choice[str]

DECISIONS = [
    Choice(name="Confirm", value=Decision.CONFIRM.value),
    Choice(name="Dispute", value=Decision.DISPUTE.value),
    Choice(name="Uphold: settles a dispute (lead)", value=Decision.UPHOLD.value),
    Choice(name="Reject: settles a dispute (lead)", value=Decision.REJECT.value),
]


class ReviewCommands(SubjectCog, group=RESULT):
    """Confirms, disputes and settles what others found."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.ledger = bot.service(LedgerService)

    @app_commands.command(description="Confirm or dispute somebody else's result, with a reason")
    @app_commands.describe(
        result="Which result, e.g. C1 R2",
        decision="What you say of it",
        reason="How you checked it, or what is wrong with it",
    )
    @app_commands.choices(decision=DECISIONS)
    @with_project()
    async def review(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        result: ResultOption,
        decision: Choice,
        reason: str,
    ) -> None:
        """Review a result."""
        found = await self.ledger.named_result(project, result)
        await review(interaction, found.id, Decision(decision.value), reason)
