"""How somebody takes the exercises of a meeting's unit."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.base.errors import InvalidInput
from bot.client import Interaction
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons, CardSelect
from cogs.reading.exercises.cards import EXERCISES, said
from cogs.reading.exercises.service import ExerciseService, Offer
from data.states import CardKind

OWN = "own"
"""The choice of one's own commitments."""

BOARDS = 24
"""How many boards are offered beside one's commitments: Discord's menus hold 25."""


class TakeButton(CardButton, template=r"reading:take:(?P<meeting_id>\d{1,18})"):
    """Takes the exercises; asks where to, when there are several boards."""

    def __init__(self, meeting_id: int) -> None:
        super().__init__(f"reading:take:{meeting_id}", label="Take as tasks", emoji=EXERCISES)
        self.meeting_id = meeting_id

    async def pressed(self, interaction: Interaction) -> None:
        """Take them where there is one place for them, else ask which."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(ExerciseService)
        offer = await service.offer(place, self.meeting_id)
        if len(offer.boards) > 1:
            await interaction.response.send_message(
                f"{EXERCISES} {theme.count(len(offer.exercises), 'exercise')} of "
                f"**{theme.plain(offer.meeting.title)}**. Where do you want to do them?",
                view=CardButtons(TakeMenu(self.meeting_id, _places(offer))),
                ephemeral=True,
            )
            return
        project_id = offer.boards[0].id if offer.boards else None
        took = await service.take(place, self.meeting_id, project_id)
        await interaction.response.send_message(said(took), ephemeral=True)
        bot.cards.refresh(CardKind.MEETING_THREAD, self.meeting_id)


class TakeMenu(CardSelect, template=r"reading:into:(?P<meeting_id>\d{1,18})"):
    """Asks where exercises are taken."""

    def __init__(self, meeting_id: int, options: Sequence[discord.SelectOption]) -> None:
        super().__init__(
            f"reading:into:{meeting_id}", options=options, placeholder="A board, or just you"
        )
        self.meeting_id = meeting_id

    async def chosen(self, interaction: Interaction, values: tuple[str, ...]) -> None:
        """Take them there."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        (value,) = values
        if value != OWN and not (value.isascii() and value.isdecimal() and len(value) <= 18):
            raise InvalidInput("Pick one of the places in the list.")
        project_id = None if value == OWN else int(value)
        took = await bot.service(ExerciseService).take(place, self.meeting_id, project_id)
        await interaction.response.edit_message(content=said(took), view=None)
        bot.cards.refresh(CardKind.MEETING_THREAD, self.meeting_id)


BUTTONS = (TakeButton, TakeMenu)


def _places(offer: Offer) -> list[discord.SelectOption]:
    boards = [
        discord.SelectOption(
            label=theme.clip(one.title, theme.CHOICE_LIMIT), value=str(one.id), emoji=theme.BOARD
        )
        for one in offer.boards[:BOARDS]
    ]
    own = discord.SelectOption(
        label="My own commitments", value=OWN, emoji="📌", description="For yourself, on no board"
    )
    return [*boards, own]
