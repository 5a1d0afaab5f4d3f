"""Looks for what goes wrong in each server, and tells its organisers once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import discord
import structlog
from msgspec import Struct
from msgspec.structs import replace

from bot.base.errors import TryLater, Undeliverable
from bot.client import CohortBot
from bot.jobs.delivery import Content, to_channel, to_person
from bot.ui import theme
from bot.ui.direct_messages import let_rest_by_id
from bot.ui.permissions import readers_know
from cogs.server.health import rules
from cogs.server.health.cards import named, wrong_with
from cogs.server.health.deadline_names import deadline_names, home_kind
from cogs.server.setup.permissions import missing_in_channels
from cogs.server.setup.service import ServerService
from data.across.homes import KINDS
from data.batching import in_parts
from data.server.alerts import Trouble
from data.server.groups import Server
from data.transaction import Transaction

log = structlog.stdlib.get_logger(__name__)


class Known(Struct, frozen=True):
    """What the store knows of a server: channels in use, whether anything failed, its troubles."""

    channels: Sequence[int]
    is_failing: bool
    troubles: Sequence[Trouble]


class Alerts:
    """Compares what is wrong now with what was wrong before.

    A lasting problem is reported once, and again only after it was fixed and came back.
    """

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self._looked_at: datetime | None = None
        self._looking = asyncio.Lock()
        self._not_before: dict[int, datetime] = {}

    async def look_when_due(self) -> None:
        """Check every server regularly."""
        now = self.bot.clock.now()
        # Not less than zero: a clock that was set back must not stop it for as long.
        if self._looked_at is not None and timedelta() <= now - self._looked_at < rules.EVERY:
            return
        # Before the client is ready most servers are unknown to it, and all of their channels would
        # seem to be gone.
        if not self.bot.is_ready() or self._looking.locked():
            return
        self._looked_at = now
        async with self._looking:
            await self.look()

    async def look(self) -> None:
        """Check every server that can be reached, and report what is new."""
        # After a time away a copy is due and being made: there is no problem yet.
        await self.bot.backups.make_when_due()
        copied = await self.bot.backups.state()
        copies = wrong_with(copied, self.bot.clock.now()) if copied is not None else None
        there = {guild.id: guild for guild in self.bot.guilds if not guild.unavailable}
        for guild_ids in in_parts(list(there), rules.AT_A_TIME):
            known = await self._known(guild_ids)
            for guild_id in guild_ids:
                await self._look_at(there[guild_id], known[guild_id], copies)
                await asyncio.sleep(0)  # reading permissions takes its time where there are many

    async def _known(self, guild_ids: Sequence[int]) -> dict[int, Known]:
        """Return what the store knows of servers that matters here, by server."""

        async def read(tx: Transaction) -> dict[int, Known]:
            channels = await tx.groups.channels_of(guild_ids)
            failing = await tx.deadlines.failing(guild_ids)
            troubles: dict[int, list[Trouble]] = {guild_id: [] for guild_id in guild_ids}
            for one in await tx.troubles.of_servers(guild_ids):
                troubles[one.guild_id].append(one)
            return {one: Known(channels[one], one in failing, troubles[one]) for one in guild_ids}

        return await self.bot.store.fetch(read)

    async def _look_at(self, guild: discord.Guild, known: Known, copies: str | None) -> None:
        """Compare what is wrong in a server with what was; most have nothing of either."""
        found: dict[str, str] = {}
        for one in missing_in_channels(guild, known.channels):
            found[f"{one.permission} in {one.where}"] = f"I lack {one}."
        if copies is not None:
            found["copies"] = copies
        told = {one.name for one in known.troubles if one.told_at}
        # Nearly every server, each time: nothing new and nothing mended needs no transaction.
        if not known.is_failing and found.keys() == told and len(told) == len(known.troubles):
            return
        server = await self.bot.service(ServerService).settings(guild.id)
        if known.is_failing:
            found |= await self._failed(guild, server)
        now = self.bot.clock.now()
        async with self.bot.store.transaction() as tx:
            await tx.troubles.compare(guild.id, found, now)
            untold = [one for one in await tx.troubles.of_server(guild.id) if not one.told_at]
        if untold and now >= self._not_before.get(guild.id, now):
            await self._tell(guild, server, untold)

    async def _failed(self, guild: discord.Guild, server: Server) -> dict[str, str]:
        """Return what was not delivered, by reason: what fails for one reason is one problem.

        What lives where somebody who reads the announcements cannot read is not called by its
        title there; `/cohort health` shows it to the organiser who looks.
        """
        public = server.announcements_channel_id
        async with self.bot.store.read() as tx:
            failed = await tx.deadlines.failed(guild.id, rules.FAILED_NAMED)
            names = dict(await deadline_names(tx, failed))
            for one in failed:
                kind = home_kind(one)
                if public is None or kind is None or kind not in KINDS:
                    continue
                home = await tx.homes.of(kind, one.subject_id, 0)
                if home is None or not readers_know(guild, public, home.channel_id):
                    names[one.id] = replace(names[one.id], title=None)
        reasons = Counter(one.error or "no reason was given" for one in failed)
        # The latest come first, and a later key overwrites an earlier one: so each reason names its
        # newest.
        first = {one.error or "no reason was given": one for one in reversed(failed)}
        return {
            f"failed: {reason[:200]}": _not_delivered(
                named(names[first[reason].id]), number - 1, reason
            )
            for reason, number in reasons.items()
        }

    async def _tell(self, guild: discord.Guild, server: Server, untold: list[Trouble]) -> None:
        """Tell the organisers in their announcements channel, else the owner of the server."""
        now = self.bot.clock.now()
        to = [to_person(guild.owner_id)] if guild.owner_id else []
        if server.announcements_channel_id is not None:
            to.insert(0, to_channel(server.announcements_channel_id))
        elif guild.owner_id:
            try:
                await let_rest_by_id(self.bot, guild.id, guild.owner_id)
            except TryLater as quiet:
                self._not_before[guild.id] = now + timedelta(seconds=quiet.after)
                return
        # The key stays the same until somebody was told, so that a crash does not report twice.
        key = f"trouble/{guild.id}/{int(max(one.since for one in untold).timestamp() * 1000)}"
        try:
            await self.bot.delivery.send(key, guild.id, notice(guild.name, untold), to)
        except (Undeliverable, discord.HTTPException, OSError) as error:
            self._not_before[guild.id] = now + rules.AGAIN
            log.warning("organisers could not be told", guild_id=guild.id, reason=str(error))
            return
        self._not_before.pop(guild.id, None)
        await self.bot.store.write(
            lambda tx: tx.troubles.told(guild.id, [one.name for one in untold], now)
        )


def notice(server: str, untold: list[Trouble]) -> Content:
    """Say what goes wrong, where to see it, and that this is said once."""
    embed = discord.Embed(
        title=f"Something needs an organiser in {theme.clip(server, 80)}",
        description=theme.lines((f"• {one.text}" for one in untold), 3000),
        colour=theme.WARM,
    )
    embed.set_footer(text="/cohort health shows all of it. I say this once, not each time.")
    return Content(embeds=[embed])


def _not_delivered(first: str, others: int, reason: str) -> str:
    more = f" and {theme.count(others, 'other delivery', 'other deliveries')}" if others else ""
    return f"Not delivered: {first}{more}\n↳ {theme.clip(reason, 160)}"
