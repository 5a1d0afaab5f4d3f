"""Reaching one person: by direct message where that is open, else in the group's channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import discord
from discord import ui

from bot.client import CohortBot
from bot.delivery import Content, Destination, channel, person
from bot.ui.items import CardButtons
from data.people import Profile

CLOSED_FOR = timedelta(days=30)
"""How long closed direct messages are remembered before they are tried again."""


def note_to(user_id: int, text: str, *links: tuple[str, str]) -> Content:
    """Return a message to one person, whom alone it mentions, with (label, address) links."""
    buttons = [ui.Button[ui.View](label=label, url=url) for label, url in links]
    return Content(
        text=f"<@{user_id}> {text}",
        view=CardButtons(*buttons) if buttons else None,
        mentions=discord.AllowedMentions(users=[discord.Object(user_id)]),
    )


async def tell(
    bot: CohortBot,
    key: str,
    profile: Profile,
    content: Content,
    otherwise: Sequence[int],
) -> None:
    """Send somebody a direct message, or where that is closed to the first of the channels.

    That direct messages are closed is remembered, so that the next goes to a channel at once.
    Raises Undeliverable when nothing takes it.
    """
    now = bot.clock.now()
    closed = profile.direct_closed_at
    to: list[Destination] = [channel(one) for one in otherwise]
    if closed is None or now - closed > CLOSED_FOR:
        to.insert(0, person(profile.user_id))
    sent = await bot.delivery.send(key, profile.guild_id, content, to)
    direct = to[0].user_id is not None
    refused = direct and sent.channel.id in otherwise
    if refused or (direct and closed is not None):
        async with bot.store.transaction() as tx:
            await tx.people.save(
                profile.guild_id, profile.user_id, direct_closed_at=now if refused else None
            )


async def tell_by_id(
    bot: CohortBot,
    key: str,
    guild_id: int,
    user_id: int,
    content: Content,
    otherwise: Sequence[int],
) -> None:
    """Do the same for somebody whose profile is not at hand."""
    async with bot.store.read() as tx:
        profile = await tx.people.get(guild_id, user_id)
    await tell(bot, key, profile, content, otherwise)
