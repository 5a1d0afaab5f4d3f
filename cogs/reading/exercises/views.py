"""How somebody takes the exercises of a meeting's unit."""

from __future__ import annotations

import discord

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardButtons, CardSelect, chosen_id
from cogs.reading.exercises.cards import EXERCISES, said
from cogs.reading.exercises.service import ExerciseService, Offer
from data.reading.meetings import MeetingId
from data.states import CardKind

OWN = "own"
"""The choice of the person's own commitments."""

BOARDS = 24
"""How many boards are offered beside the person's commitments: Discord's menus hold 25."""


class TakeButton(
    CardButton, custom_id="reading:take:{meeting_id}", label="Take as tasks", emoji=EXERCISES
):
    """Takes the exercises; asks where to, when there are several boards."""

    meeting_id: MeetingId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Take them where there is one place for them, else ask which."""
        bot = interaction.client
        service = bot.service(ExerciseService)
        offer = await service.offer(place, self.meeting_id)
        if len(offer.boards) > 1:
            await replies.send(
                interaction,
                f"{EXERCISES} {theme.count(len(offer.exercises), 'exercise')} of "
                f"**{theme.escape(offer.meeting.title)}**. Where do you want to do them?",
                view=CardButtons(TakeMenu(self.meeting_id, options=_places(offer))),
            )
            return
        project_id = offer.boards[0].id if offer.boards else None
        took = await service.take(place, self.meeting_id, project_id)
        await replies.send(interaction, said(took))
        bot.cards.refresh(CardKind.MEETING_THREAD, self.meeting_id)


class TakeMenu(
    CardSelect,
    custom_id="reading:into:{meeting_id}",
    placeholder="A board, or just you",
    chooses="project",
):
    """Asks where exercises are taken."""

    meeting_id: MeetingId

    async def chosen(self, interaction: Interaction, place: Place, values: tuple[str, ...]) -> None:
        """Take them there."""
        bot = interaction.client
        (value,) = values
        project_id = None if value == OWN else chosen_id(value)
        took = await bot.service(ExerciseService).take(place, self.meeting_id, project_id)
        await replies.edit(interaction, said(took))
        bot.cards.refresh(CardKind.MEETING_THREAD, self.meeting_id)


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
