"""The controls of results: to confirm, to dispute, and to settle a dispute."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.client import Interaction
from bot.ui.form import Form, Typed
from bot.ui.items import CardButton
from cogs.boards import ledger_cards
from cogs.boards.rules import ledger
from cogs.boards.service import (
    LedgerService,
)
from data.results import Result
from data.states import Decision


class ReviewButton(
    CardButton,
    template=r"result:(?P<decision>confirm|dispute|uphold|reject):(?P<result_id>\d{1,18})",
):
    """Confirms or disputes somebody else's result, or settles a dispute of it."""

    def __init__(self, decision: str, result_id: int) -> None:
        self.decision = Decision(decision)
        self.result_id = result_id
        good = self.decision in (Decision.CONFIRM, Decision.UPHOLD)
        super().__init__(
            f"result:{decision}:{result_id}",
            label=self.decision.capitalize(),
            style=discord.ButtonStyle.success if good else discord.ButtonStyle.secondary,
        )

    async def pressed(self, interaction: Interaction) -> None:
        """Ask for the reason."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(LedgerService).check_may_review(place, self.result_id, self.decision)
        await ReviewForm.open(interaction, decision=str(self.decision), result_id=self.result_id)


_REASONS = {
    Decision.CONFIRM: ("How did you check it?", "Ran it again from the commit: 97.0"),
    Decision.DISPUTE: ("What is wrong with it?", "The learning rate differs from the paper's"),
    Decision.UPHOLD: ("Why does it stand?", "The paper's appendix has the same learning rate"),
    Decision.REJECT: ("Why does it not count?", "It was measured on the training set"),
}


class ReviewForm(
    Form,
    template=r"result:review:(?P<decision>confirm|dispute|uphold|reject):(?P<result_id>\d{1,18})",
):
    """Asks why somebody confirms or disputes a result, or settles a dispute."""

    @classmethod
    async def build(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, decision: str, result_id: int
    ) -> ReviewForm:
        """Return the form."""
        form = cls(f"{decision.capitalize()} a result", f"result:review:{decision}:{result_id}")
        label, placeholder = _REASONS[Decision(decision)]
        return form.ask(
            "reason",
            label,
            typed,
            placeholder=placeholder,
            long=True,
            required=True,
            limit=ledger.NOTES_LIMIT,
        )

    @classmethod
    async def submitted(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, decision: str, result_id: int
    ) -> None:
        """Write the review down, and tell everybody."""
        await review(interaction, result_id, Decision(decision), typed.text("reason"))


async def review(interaction: Interaction, result_id: int, decision: Decision, reason: str) -> None:
    """Write down what somebody says of a result, and tell everybody."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    entry = await bot.service(LedgerService).review(place, result_id, decision, reason)
    assert entry.result is not None  # noqa: S101 - it was just reviewed
    disputes = decision is Decision.DISPUTE
    buttons = settle_buttons(entry.result) if disputes else []
    content = ledger_cards.review(entry, entry.project, place.user_id, buttons)
    await interaction.response.send_message(**content.for_sending())
    bot.dispatch("project_changed", entry.project.id)


def review_buttons(result: Result) -> list[ui.Item[Any]]:
    """Return what others can say of a result."""
    return [
        ReviewButton(str(Decision.CONFIRM), result.id),
        ReviewButton(str(Decision.DISPUTE), result.id),
    ]


def settle_buttons(result: Result) -> list[ui.Item[Any]]:
    """Return what the lead can say of a dispute."""
    return [
        ReviewButton(str(Decision.UPHOLD), result.id),
        ReviewButton(str(Decision.REJECT), result.id),
    ]


BUTTONS = (ReviewButton,)
"""The controls that outlive a restart."""
