"""Asks a witness whether a commitment was kept."""

from __future__ import annotations

from bot.base.errors import Undeliverable
from bot.base.use_limits import SAME, Use
from bot.client import CohortBot
from bot.jobs.delivery import Content, to_channel
from bot.ui import theme
from bot.ui.controls import CardButtons
from cogs.checkins.commitments.writes import CommitmentView
from cogs.checkins.witnesses.service import WitnessService
from cogs.checkins.witnesses.views import ConfirmButton, DeclineButton


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
    pings = await bot.service(WitnessService).may_ping(view) and bot.uses.may(
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
