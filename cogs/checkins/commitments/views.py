"""The buttons of commitments, and what they look like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

import discord
from discord import ui

from bot.base.errors import Undeliverable
from bot.base.use_limits import SAME, Use
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content, to_channel
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardButtons, OwnView, chosen_id
from bot.ui.direct_messages import note_to, tell_by_id
from bot.ui.places import reference
from bot.ui.report import reports_errors
from cogs.checkins.commitments.cards import witnessed
from cogs.checkins.commitments.service import (
    CommitmentService,
    CommitmentView,
)
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


class _WitnessButton(CardButton):
    """What a witness may answer."""

    confirmed: ClassVar[bool]
    commitment_id: CommitmentId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Note the answer, show it in place of the question, and tell the person who asked."""
        bot = interaction.client
        service = bot.service(CommitmentService)
        view = await service.witness(place, self.commitment_id, confirmed=self.confirmed)
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


COMMITMENT_BUTTONS = (ReopenButton, ConfirmButton, DeclineButton)


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


async def ask_witness(bot: CohortBot, view: CommitmentView) -> None:
    """Ask a commitment's witness, in the group's channel, whether it was kept.

    Only members of the group are pinged, and each of them as often as one may name them: what was
    promised over days can be said to be done in a minute. Otherwise the witness is named, and can
    answer all the same.
    """
    one = view.commitment
    if one.witness_id is None or one.settled_at is None:
        return
    asking = Use(SAME, ("witness", one.witness_id))
    pings = await bot.service(CommitmentService).may_ping_witness(view) and bot.uses.may(
        one.guild_id, one.user_id, asking, bot.clock.now()
    )
    content = Content(
        text=(
            f"{theme.person(one.witness_id)}, {theme.person(one.user_id)} says this is done, and "
            f"named you as the witness: **{theme.escape(one.text)}**"
        ),
        view=CardButtons(ConfirmButton(one.id), DeclineButton(one.id)),
        mentions=theme.pings([one.witness_id] if pings else []),
    )
    key = f"commitment/{one.id}/witness/{int(one.settled_at.timestamp() * 1000)}"
    try:
        await bot.delivery.send(key, one.guild_id, content, [to_channel(view.group.channel_id)])
    except Undeliverable:
        # It stays unconfirmed; the delivery record says why. It counts as done either way.
        return


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
