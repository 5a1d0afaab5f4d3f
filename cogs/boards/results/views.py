"""The controls of results: to confirm, to dispute, to settle a dispute, and to say how it ran."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.client import CohortBot, Interaction
from bot.ui.controls import CardButton
from bot.ui.form import Form, Typed
from cogs.boards.ledger import cards as ledger_cards
from cogs.boards.ledger import rules as ledger_rules
from cogs.boards.ledger.service import Entry, LedgerService
from cogs.boards.results import rules
from cogs.boards.results.rules import TypedFindings
from data.boards.results import Result
from data.states import CardKind, Decision


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
    async def build(
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
            limit=ledger_rules.NOTES_LIMIT,
        )

    @classmethod
    async def submitted(
        cls, interaction: Interaction, typed: Typed, *, decision: str, result_id: int
    ) -> None:
        """Write the review down, and tell everybody."""
        await review(interaction, result_id, Decision(decision), typed.text("reason"))


class DetailsButton(CardButton, template=r"result:details:(?P<result_id>\d{1,18})"):
    """Lets who ran it say how: what a result leaves open."""

    def __init__(self, result_id: int) -> None:
        self.result_id = result_id
        super().__init__(f"result:details:{result_id}", label="Add details")

    async def pressed(self, interaction: Interaction) -> None:
        """Open the form, with what is missing."""
        await DetailsForm.open(interaction, result_id=self.result_id)


_DETAILS = {
    "command": ("Command or configuration", "python train.py --wd 1 --steps 1e5", True),
    "revision": ("Commit", "3f2a9c1", False),
    "seeds": ("Seeds", "0, 1, 2 or 0-4", False),
    "hardware": ("Hardware", "1 × RTX 4090", False),
    "hours": ("Hours of computing", "3.5", False),
    "cost": ("Cost", "$12.50", False),
    "evidence": ("Evidence", "https://wandb.ai/…", False),
    "deviations": ("What you did otherwise than the paper", "Batches of 1024", True),
    "notes": ("What else one should know", "Seed 2 was stopped early", True),
}
FIELDS = 5
"""How many fields a form has."""


class DetailsForm(Form, template=r"result:details:(?P<result_id>\d{1,18})"):
    """Asks for what a result does not say of how it was made; the most wanted first."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, *, result_id: int) -> DetailsForm:
        """Return the form with the gaps that there are."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        result = await bot.service(LedgerService).completable(place, result_id)
        form = cls("How it was run", f"result:details:{result_id}")
        for name in rules.gaps(result.findings)[:FIELDS]:
            label, placeholder, long = _DETAILS[name]
            form.ask(name, label, typed, placeholder=placeholder, long=long, limit=1000)
        return form

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, *, result_id: int) -> None:
        """Fill the gaps."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        said = TypedFindings(**{name: typed.text(name) or None for name in _DETAILS})  # pyright: ignore[reportArgumentType]
        entry = await bot.service(LedgerService).complete(place, result_id, said)
        assert entry.result is not None  # noqa: S101 - it was just completed
        name = f"{entry.standing.claim.name} {entry.result.name}"
        await interaction.response.send_message(f"**{name}** says so now.", ephemeral=True)
        show_changed(bot, entry)


async def review(interaction: Interaction, result_id: int, decision: Decision, reason: str) -> None:
    """Write down what somebody says of a result, and tell everybody.

    A dispute that is settled where it is told of is shown with what came of it, in its place.
    """
    bot = interaction.client
    place = await bot.places.of(interaction)
    entry = await bot.service(LedgerService).review(place, result_id, decision, reason)
    assert entry.result is not None  # noqa: S101 - it was just reviewed
    if decision in ledger_rules.SETTLES and await _stands_elsewhere(interaction, result_id):
        content = ledger_cards.settled(entry, place.user_id)
        await interaction.response.edit_message(
            view=content.view, allowed_mentions=content.mentions
        )
    else:
        disputes = decision is Decision.DISPUTE
        buttons = settle_buttons(entry.result) if disputes else []
        content = ledger_cards.review(entry, entry.project, place.user_id, buttons)
        await interaction.response.send_message(**content.for_sending())
    show_changed(bot, entry)


async def _stands_elsewhere(interaction: Interaction, result_id: int) -> bool:
    """Whether a button was pressed that is not on the result's own card."""
    if interaction.message is None:
        return False
    async with interaction.client.store.read() as tx:
        card = await tx.cards.get(CardKind.RESULT, result_id)
    return card is None or card.message_id != interaction.message.id


def show_changed(bot: CohortBot, entry: Entry, *, posted: CardKind | None = None) -> None:
    """Have every card show what changed in the ledger: the board's, the claim's, the results'.

    Only those are shown anew that say something else now; ``posted`` is the kind of the card that
    was posted just now, with all of it.
    """
    bot.dispatch("project_changed", entry.project.id)
    if posted is not CardKind.CLAIM:
        bot.cards.refresh(CardKind.CLAIM, entry.standing.claim.id)
    if entry.result is None:
        for one in entry.standing.results:
            if one.counts:
                bot.cards.refresh(CardKind.RESULT, one.id)
        return
    if posted is not CardKind.RESULT:
        bot.cards.refresh(CardKind.RESULT, entry.result.id)
    if entry.result.replaces is not None:
        bot.cards.refresh(CardKind.RESULT, entry.result.replaces)


def result_buttons(result: Result) -> list[ui.Item[Any]]:
    """Return what can be done with a result: to review it as far as it is not, and to complete it.

    What was confirmed can still be disputed; what is disputed the lead settles; after that, and
    once it was replaced, it is only shown.
    """
    if result.replaced or not result.counts:
        return []
    buttons: list[ui.Item[Any]] = []
    if result.is_disputed:
        buttons += settle_buttons(result)
    elif result.is_confirmed:
        buttons.append(ReviewButton(str(Decision.DISPUTE), result.id))
    else:
        buttons.append(ReviewButton(str(Decision.CONFIRM), result.id))
        buttons.append(ReviewButton(str(Decision.DISPUTE), result.id))
    if set(rules.gaps(result.findings)) - {"notes", "deviations"}:
        buttons.append(DetailsButton(result.id))
    return buttons


def settle_buttons(result: Result) -> list[ui.Item[Any]]:
    """Return what the lead can say of a dispute."""
    return [
        ReviewButton(str(Decision.UPHOLD), result.id),
        ReviewButton(str(Decision.REJECT), result.id),
    ]


BUTTONS = (ReviewButton, DetailsButton)
"""The controls that outlive a restart."""
