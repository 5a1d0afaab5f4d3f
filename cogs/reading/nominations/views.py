"""The button that withdraws a nomination."""

from __future__ import annotations

from bot.client import Interaction
from bot.ui.controls import CardButton
from cogs.reading.nominations.service import NominationService
from data.states import CardKind


class WithdrawButton(CardButton, template=r"reading:withdraw:(?P<nomination_id>\d{1,18})"):
    """Withdraws a nomination; nominating the paper again brings it back."""

    def __init__(self, nomination_id: int) -> None:
        super().__init__(f"reading:withdraw:{nomination_id}", label="Withdraw")
        self.nomination_id = nomination_id

    async def pressed(self, interaction: Interaction) -> None:
        """Withdraw it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(NominationService).withdraw(place, self.nomination_id)
        await interaction.response.send_message(
            "It is withdrawn. `/reading nominate` with the same paper brings it back.",
            ephemeral=True,
        )
        bot.cards.refresh(CardKind.NOMINATION, self.nomination_id)
