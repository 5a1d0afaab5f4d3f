"""The button that withdraws a nomination."""

from __future__ import annotations

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.controls import CardButton
from cogs.reading.nominations.service import NominationService
from data.reading.nominations import NominationId
from data.states import CardKind


class WithdrawButton(CardButton, custom_id="reading:withdraw:{nomination_id}", label="Withdraw"):
    """Withdraws a nomination; nominating the paper again brings it back."""

    nomination_id: NominationId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Withdraw it."""
        bot = interaction.client
        await bot.service(NominationService).withdraw(place, self.nomination_id)
        await replies.send(
            interaction, "It is withdrawn. `/reading nominate` with the same paper brings it back."
        )
        bot.cards.refresh(CardKind.NOMINATION, self.nomination_id)
