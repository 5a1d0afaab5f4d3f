"""Bringing together people who are stuck and people who can help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.base.errors import Conflict, Undeliverable
from bot.client import CohortBot
from bot.jobs.delivery import Content, Destination
from bot.ui import replies, theme


async def bring_together(
    interaction: discord.Interaction[Any],
    key: str,
    *,
    stuck: Sequence[int],
    what: str,
    to: Sequence[Destination],
) -> None:
    """Tell those who are stuck, in the first place that takes it, that somebody can help.

    Once for each ``key`` and helper. Raises Conflict for the stuck person, and when no place
    takes it.
    """
    bot: CohortBot = interaction.client
    assert interaction.guild_id is not None  # noqa: S101 - cards stand in servers
    helper = interaction.user.id
    others = [user_id for user_id in stuck if user_id != helper]
    if not others:
        raise Conflict("That is your own: somebody else will come. You can nudge them here.")
    await interaction.response.defer(ephemeral=True, thinking=True)
    content = Content(
        text=f"{theme.person(helper)} can help {theme.names(others, limit=10)} with: "
        f"{theme.one_line(what, 1500)}",
        mentions=theme.pings([helper, *others[:10]]),
    )
    try:
        sent = await bot.delivery.send(f"{key}/{helper}", interaction.guild_id, content, to)
    except Undeliverable as error:
        raise Conflict(f"I could not bring you together: {error.sentence}.") from error
    await replies.send(interaction, f"Thank you! Go on here: {sent.jump_url}")
