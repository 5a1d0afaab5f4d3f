"""The controls of reviews: confirming a result, disputing it, settling a dispute."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui
from msgspec.structs import replace

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.controls import CardButton, Face
from bot.ui.form import CardForm, Typed
from cogs.boards.ledger.posting import show_changed
from cogs.boards.ledger.rules import NOTES_LIMIT
from cogs.boards.reviews import cards, rules
from cogs.boards.reviews.service import ReviewService
from data.boards.results import Result
from data.states import CardKind, Decision


class ReviewButton(CardButton, custom_id="result:{decision}:{result_id}"):
    """Confirms or disputes somebody else's result, or settles a dispute about it."""

    decision: Decision
    result_id: int

    def face(self) -> Face:
        """Return the decision's name; what speaks for the result is green."""
        good = self.decision in (Decision.CONFIRM, Decision.UPHOLD)
        style = discord.ButtonStyle.success if good else discord.ButtonStyle.secondary
        return replace(super().face(), label=self.decision.capitalize(), style=style)

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Ask for the reason."""
        service = interaction.client.service(ReviewService)
        await service.check_may(place, self.result_id, self.decision)
        await ReviewForm(self.decision, self.result_id).show(interaction)


_REASONS = {
    Decision.CONFIRM: ("How did you check it?", "Ran it again from the commit: 97.0"),
    Decision.DISPUTE: ("What is wrong with it?", "The learning rate differs from the paper's"),
    Decision.UPHOLD: ("Why does it stand?", "The paper's appendix has the same learning rate"),
    Decision.REJECT: ("Why does it not count?", "It was measured on the training set"),
}


class ReviewForm(CardForm, custom_id="result:review:{decision}:{result_id}"):
    """Asks why somebody confirms or disputes a result, or settles a dispute."""

    decision: Decision
    result_id: int

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Return the form."""
        self.title = f"{self.decision.capitalize()} a result"
        label, placeholder = _REASONS[self.decision]
        self.ask(
            "reason",
            label,
            typed,
            placeholder=placeholder,
            long=True,
            required=True,
            limit=NOTES_LIMIT,
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Write the review down, and tell everybody."""
        await review(interaction, self.result_id, self.decision, typed.text("reason"))


async def review(interaction: Interaction, result_id: int, decision: Decision, reason: str) -> None:
    """Write down what somebody says of a result, and tell everybody.

    A dispute settled on its own message is replaced there by its outcome.
    """
    bot = interaction.client
    place = await bot.places.of(interaction)
    entry = await bot.service(ReviewService).review(place, result_id, decision, reason)
    assert entry.result is not None  # noqa: S101 - it was just reviewed
    if decision in rules.SETTLES and await _stands_elsewhere(interaction, result_id):
        content = cards.settled(entry, place.user_id)
        await replies.edit(interaction, content)
    else:
        disputes = decision is Decision.DISPUTE
        buttons = settle_buttons(entry.result) if disputes else []
        content = cards.review(entry, entry.project, place.user_id, buttons)
        await replies.send(interaction, content, public=True)
    show_changed(bot, entry)


async def _stands_elsewhere(interaction: Interaction, result_id: int) -> bool:
    """Whether a button was pressed that is not on the result's own card."""
    if interaction.message is None:
        return False
    card = await interaction.client.store.fetch(lambda tx: tx.cards.get(CardKind.RESULT, result_id))
    return card is None or card.message_id != interaction.message.id


def settle_buttons(result: Result) -> list[ui.Item[Any]]:
    """Return what the lead can say of a dispute."""
    return [
        ReviewButton(Decision.UPHOLD, result.id),
        ReviewButton(Decision.REJECT, result.id),
    ]


BUTTONS = (ReviewButton,)
"""The controls that outlive a restart."""
