"""Reaching one person: by direct message where that is open, else in the group's channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import discord
from discord import ui

from bot import events
from bot.base.errors import NotFound, Undeliverable
from bot.client import CohortBot
from bot.jobs.delivery import Content, channel, person
from bot.ui import theme
from bot.ui.controls import CardButtons
from data.people.profiles import Profile

CLOSED_FOR = timedelta(days=30)
"""How long closed direct messages are remembered before they are tried again."""


def note_to(user_id: int, text: str, *links: tuple[str, str]) -> Content:
    """Return a message to one person, whom alone it mentions, with (label, address) links."""
    buttons = [ui.Button[ui.View](label=label, url=url) for label, url in links]
    return Content(
        text=f"{theme.person(user_id)} {text}",
        view=CardButtons(*buttons) if buttons else None,
        mentions=theme.pings([user_id]),
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
    Raises Undeliverable when nothing takes it, and NotFound for who had themselves erased, or left
    the server, whose memberships end with that.
    """
    now = bot.clock.now()
    guild_id, user_id = profile.guild_id, profile.user_id
    if not user_id:
        raise NotFound("They had themselves erased.")
    closed = profile.direct_closed_at
    if closed is None or now - closed > CLOSED_FOR:
        try:
            await bot.delivery.send(key, guild_id, content, [person(user_id)])
        except Undeliverable:
            if await _has_left(bot, guild_id, user_id):
                await _let_go(bot, guild_id, user_id)
                raise NotFound("They left the server.") from None
            await _remember(bot, guild_id, user_id, now)
        else:
            if closed is not None:
                await _remember(bot, guild_id, user_id, None)
            return
    await bot.delivery.send(key, guild_id, content, [channel(one) for one in otherwise])


async def _remember(
    bot: CohortBot, guild_id: int, user_id: int, closed_at: datetime | None
) -> None:
    async with bot.store.transaction() as tx:
        await tx.profiles.save(guild_id, user_id, direct_closed_at=closed_at)


async def _has_left(bot: CohortBot, guild_id: int, user_id: int) -> bool:
    """Ask Discord: without a privileged intent nobody tells us."""
    guild = bot.get_guild(guild_id)
    if guild is None:
        return False
    try:
        await guild.fetch_member(user_id)
    except discord.NotFound:
        return True
    return False


async def _let_go(bot: CohortBot, guild_id: int, user_id: int) -> None:
    """End somebody's memberships in a server that they left."""
    now = bot.clock.now()
    async with bot.store.transaction() as tx:
        groups = await tx.groups.of_person(guild_id, user_id)
        for group in groups:
            await tx.groups.remove_member(group.id, user_id, now)
    for group in groups:
        events.group_changed(bot, group.id)


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
        profile = await tx.profiles.get(guild_id, user_id)
    await tell(bot, key, profile, content, otherwise)
