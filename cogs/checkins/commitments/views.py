"""The buttons of commitments, and what they look like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardButtons, OwnView, chosen_id
from bot.ui.places import reference
from bot.ui.report import reports_errors
from cogs.checkins.commitments.service import (
    CommitmentService,
)
from cogs.checkins.witnesses.posting import ask_witness
from data.checkins.commitments import Commitment, CommitmentId


class ReopenButton(CardButton, custom_id="commitment:reopen:{commitment_id}", label="Undo"):
    """Reopens a commitment that was kept or dropped."""

    commitment_id: CommitmentId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it again."""
        service = interaction.client.service(CommitmentService)
        view = await service.reopen(place, self.commitment_id)
        text = f"It is open again: **{theme.escape(view.commitment.text)}**"
        await replies.edit(interaction, text)


COMMITMENT_BUTTONS = (ReopenButton,)


class DoneMenu(OwnView):
    """A menu of one's open commitments, to keep one."""

    def __init__(self, commitments: Sequence[Commitment]) -> None:
        super().__init__()
        self.menu.options = [
            discord.SelectOption(label=theme.clip(one.text, theme.CHOICE_LIMIT), value=str(one.id))
            for one in commitments[:25]
        ]

    @ui.select(placeholder="Done with one?")
    @reports_errors
    async def menu(self, interaction: Interaction, select: ui.Select[Any]) -> None:
        """Keep it."""
        await keep(interaction, chosen_id(select.values[0]))


async def keep(interaction: Interaction, commitment_id: int) -> None:
    """Keep a commitment, say so, and ask its witness."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    view = await bot.service(CommitmentService).done(place, commitment_id)
    one = view.commitment
    text = f"{theme.DONE} Done: **{theme.escape(one.text)}**"
    if view.task is not None and view.task.is_done:
        text += "\nIts task on the board is done, too."
    if one.witness_id is not None:
        what = "is asked to confirm it" if view.asks else "was asked, and can still confirm it"
        text += f"\n{theme.person(one.witness_id)} {what}."
    await replies.send(interaction, text, view=CardButtons(ReopenButton(one.id)))
    if view.asks:
        await ask_witness(bot, view)


def offered(found: Sequence[Commitment]) -> list[tuple[str, str]]:
    """Return (text, value) for autocomplete; equal texts are told apart by their days."""
    clashes = Counter(one.text.casefold() for one in found)
    return [
        (one.text if clashes[one.text.casefold()] == 1 else _dated(one), reference(one.id))
        for one in found
    ]


def _dated(one: Commitment) -> str:
    day = f"due {one.due_at:%d %b}" if one.due_at else f"made {one.made_at:%d %b}"
    return f"{theme.clip(one.text, 75)} · {day}"
