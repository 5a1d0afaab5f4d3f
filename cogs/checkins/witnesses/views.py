"""The buttons of a question to a witness."""

from __future__ import annotations

from typing import ClassVar

import discord

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton
from bot.ui.direct_messages import note_to, tell_by_id
from cogs.checkins.witnesses.cards import witnessed
from cogs.checkins.witnesses.service import WitnessService
from data.checkins.commitments import CommitmentId


class _WitnessButton(CardButton):
    """What a witness may answer."""

    confirmed: ClassVar[bool]
    commitment_id: CommitmentId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Note the answer, show it in place of the question, and tell the person who asked."""
        bot = interaction.client
        service = bot.service(WitnessService)
        view = await service.answer(place, self.commitment_id, confirmed=self.confirmed)
        one = view.commitment
        await replies.edit(interaction, witnessed(one))
        if not self.confirmed:
            key = f"commitment/{one.id}/declined/{interaction.id}"
            text = (
                f"{theme.person(one.witness_id)} does not see this as done yet, so it is open "
                f"again: **{theme.escape(one.text)}**"
            )
            await tell_by_id(
                bot,
                key,
                one.guild_id,
                one.user_id,
                note_to(one.user_id, text),
                [view.group.channel_id],
                waits=False,
            )


class ConfirmButton(
    _WitnessButton,
    custom_id="commitment:confirm:{commitment_id}",
    label="Confirm",
    style=discord.ButtonStyle.success,
):
    """Confirms that a commitment was kept."""

    confirmed = True


class DeclineButton(
    _WitnessButton, custom_id="commitment:decline:{commitment_id}", label="Not yet"
):
    """Says that it is not done yet."""

    confirmed = False


WITNESS_BUTTONS = (ConfirmButton, DeclineButton)
