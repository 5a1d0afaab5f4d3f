"""The buttons of introductions: asking somebody, and their answer."""

from __future__ import annotations

import discord

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, Face
from cogs.people.introductions.service import IntroductionService
from data.people.introductions import Introduction
from data.states import Purpose


class IntroduceButton(
    CardButton,
    custom_id="people:introduce:{purpose}:{user_id}",
    label="Introduce us",
    style=discord.ButtonStyle.primary,
):
    """Asks somebody whether they want to meet the presser."""

    purpose: Purpose
    user_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Ask them; the service checks that they are open to it."""
        service = interaction.client.service(IntroductionService)
        asked = await service.ask(place, self.user_id, self.purpose)
        await replies.send(
            interaction,
            f"I'm asking {theme.person(self.user_id)} now. {_what_next('If they agree', asked)}",
        )


class AskForHelpButton(
    CardButton,
    custom_id="people:help:{user_id}:{checkin_id}",
    label="Ask",
    style=discord.ButtonStyle.primary,
):
    """Asks somebody whether they can help with what is in the presser's way."""

    user_id: int
    checkin_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Ask them; the service checks whose check-in it is, and who could help."""
        service = interaction.client.service(IntroductionService)
        asked = await service.ask_for_help(place, self.checkin_id, self.user_id)
        await replies.send(
            interaction,
            f"I'm asking {theme.person(self.user_id)} now. {_what_next('If they can help', asked)}",
        )


class AnswerButton(CardButton, custom_id="people:meet:{accepted}:{introduction_id}"):
    """Says whether somebody wants to be introduced; usually in a direct message."""

    accepted: bool
    introduction_id: int

    def face(self) -> Face:
        """Say which."""
        if self.accepted:
            return Face("Introduce us", discord.ButtonStyle.success)
        return Face("Not now")

    async def pressed(self, interaction: Interaction) -> None:
        """Note the answer; only the person who was asked can give it."""
        service = interaction.client.service(IntroductionService)
        answered = await service.answer(
            self.introduction_id, interaction.user.id, accepted=self.accepted
        )
        said = (
            f"You will find each other in a thread in <#{answered.channel_id}>."
            if self.accepted
            else "All right. I'll tell them that it does not work out just now, and nothing else."
        )
        await replies.edit(interaction, said)


INTRODUCTION_BUTTONS = (IntroduceButton, AnswerButton, AskForHelpButton)


def _what_next(condition: str, asked: Introduction) -> str:
    return (
        f"{condition}, you two get a thread in <#{asked.channel_id}>; either way I'll let you know."
    )
