"""Reaching one person: by direct message where that is open, else in the group's channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from discord import ui
from msgspec.structs import replace

from bot.base.errors import MayHaveArrived, NotFound, TryLater, Undeliverable
from bot.client import CohortBot
from bot.jobs.delivery import Content, to_channel, to_person
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


async def let_rest(bot: CohortBot, profile: Profile) -> None:
    """Raise TryLater in somebody's quiet hours, so that a deadline waits for the end of them.

    They are read on the person's own clocks, or where those are not known on the server's.
    """
    server = await bot.store.fetch(lambda tx: tx.servers.get(profile.guild_id))
    now = bot.clock.now()
    ends = profile.quiet_ends(ZoneInfo(server.timezone or "UTC"), now)
    if ends is not None:
        raise TryLater("These are their quiet hours.", (ends - now).total_seconds())


async def let_rest_by_id(bot: CohortBot, guild_id: int, user_id: int) -> None:
    """Do the same, looking up the profile."""
    profile = await bot.store.fetch(lambda tx: tx.profiles.get(guild_id, user_id))
    await let_rest(bot, profile)


async def hushed(bot: CohortBot, guild_id: int, user_id: int, content: Content) -> Content:
    """Return ``content`` without a sound where these are somebody's quiet hours.

    For messages that cannot wait for their end, since nothing would retry them.
    """
    try:
        await let_rest_by_id(bot, guild_id, user_id)
    except TryLater:
        return replace(content, silent=True)
    return content


async def tell(
    bot: CohortBot,
    key: str,
    profile: Profile,
    content: Content,
    otherwise: Sequence[int],
    *,
    waits: bool = True,
) -> None:
    """Send somebody a direct message, or post in the first of the channels where that is closed.

    Closed direct messages are remembered, so that the next message goes to a channel at once. The
    channels also take what cannot be sent directly just now: few conversations are opened a minute.
    In quiet hours it waits for the end of them, as TryLater; what nothing would retry (``waits`` is
    False) is sent without a sound.

    Raises Undeliverable when nothing takes it, and NotFound for people who erased themselves or
    left the server.
    """
    now = bot.clock.now()
    guild_id, user_id = profile.guild_id, profile.user_id
    if not user_id:
        raise NotFound("They erased themselves.")
    try:
        await let_rest(bot, profile)
    except TryLater:
        if waits:
            raise
        content = replace(content, silent=True)
    closed = profile.direct_closed_at
    # Tried again after a month and not never: people open their messages without telling anybody,
    # and not each time either, since Discord counts refused messages against a bot.
    if closed is None or now - closed > CLOSED_FOR:
        try:
            await bot.delivery.send(key, guild_id, content, [to_person(user_id)])
        except Undeliverable as error:
            if error.left:
                raise NotFound("They left the server.") from None
            if error.closed:
                await _remember(bot, guild_id, user_id, now)
        except MayHaveArrived:
            raise  # in the channel it would be a second one
        except TryLater:
            if not otherwise:
                raise
        else:
            # They are open again.
            if closed is not None:
                await _remember(bot, guild_id, user_id, None)
            return
    await bot.delivery.send(key, guild_id, content, [to_channel(one) for one in otherwise])


async def _remember(
    bot: CohortBot, guild_id: int, user_id: int, closed_at: datetime | None
) -> None:
    await bot.store.write(
        lambda tx: tx.profiles.save(guild_id, user_id, direct_closed_at=closed_at)
    )


async def tell_by_id(
    bot: CohortBot,
    key: str,
    guild_id: int,
    user_id: int,
    content: Content,
    otherwise: Sequence[int],
    *,
    waits: bool = True,
) -> None:
    """Do the same, looking up the profile."""
    profile = await bot.store.fetch(lambda tx: tx.profiles.get(guild_id, user_id))
    await tell(bot, key, profile, content, otherwise, waits=waits)
