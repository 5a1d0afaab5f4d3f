"""Says what is wrong with an installation, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import discord

from bot.client import use_discord_at
from bot.config import Settings
from bot.deadlines import HEARTBEAT
from bot.errors import StartupError
from bot.ui.permissions import missing_in, missing_in_server
from data.database import Store
from data.states import DeadlineState

ALIVE = timedelta(minutes=3)
"""A heartbeat older than this, three times the sweep, means that the process is gone or stuck."""

DEADLINES = "deadlines"

CLOCK_TOLERANCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    well: bool
    sentence: str

    def __str__(self) -> str:
        return f"{'ok ' if self.well else '!! '} {self.what}: {self.sentence}"


NEVER_RAN = Finding("process", False, "no bot has run on this database yet")


async def alive(settings: Settings) -> list[Finding]:
    """Tell whether a bot is running on this database: for a container's health check."""
    return [finding for finding in await _database(settings) if finding.what != DEADLINES]


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything there is to look at."""
    findings: list[Finding] = []
    findings += await _database(settings)
    try:
        token = settings.read_token()
    except StartupError as error:
        findings.append(Finding("token", False, error.sentence))
        return findings
    use_discord_at(settings.discord_api)
    findings.append(await _clock(settings))
    findings += await _discord(token)
    return findings


async def _database(settings: Settings) -> list[Finding]:
    """Look at the database, without changing it, and at the process that runs on it."""
    try:
        store = Store(settings.database_url)
        if store.path is not None and not store.path.exists():
            return [
                Finding("database", True, f"{store.path} is made at the first start"),
                NEVER_RAN,
            ]
        await store.open(upgrade=False)
    except StartupError as error:
        return [Finding("database", False, error.sentence)]
    try:
        async with store.read() as tx:
            waiting = await tx.deadlines.count(DeadlineState.PENDING)
            failed = await tx.deadlines.count(DeadlineState.FAILED)
            due = await tx.deadlines.next_due()
        beat = await _heartbeat(store)
    finally:
        await store.close()
    next_due = f", the next at {due:%Y-%m-%d %H:%M} UTC" if due else ""
    told = f"{waiting} waiting{next_due}, {failed} failed"
    if failed:
        told += "; `/cohort health` in the server says why, and tries again"
    return [
        Finding("database", True, f"{store.path or 'it'} can be used and is up to date"),
        beat,
        Finding(DEADLINES, not failed, told),
    ]


async def _heartbeat(store: Store) -> Finding:
    async with store.read() as tx:
        beat = await tx.notes.written_at(HEARTBEAT)
    if beat is None:
        return NEVER_RAN
    age = datetime.now(UTC) - beat
    if age > ALIVE:
        return Finding("process", False, f"no sign of life since {beat:%Y-%m-%d %H:%M} UTC")
    return Finding("process", True, "a bot is running on this database")


async def _clock(settings: Settings) -> Finding:
    """Compare this machine's clock with Discord's."""
    try:
        timeout = aiohttp.ClientTimeout(total=5)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{settings.discord_api}/gateway") as answer,
        ):
            theirs = parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, TimeoutError, OSError, KeyError, ValueError) as error:
        return Finding("clock", False, f"Discord cannot be reached to compare: {error!r}")
    off = abs(datetime.now(UTC) - theirs)
    well = off < CLOCK_TOLERANCE
    advice = "" if well else "; switch time synchronisation on, or reminders come at wrong times"
    return Finding("clock", well, f"{off.total_seconds():.0f} s off Discord's{advice}")


async def _discord(token: str) -> list[Finding]:
    """Look at the token, and at the permissions in every server, over REST alone."""
    client = discord.Client(intents=discord.Intents.none())
    async with client:
        try:
            await client.login(token)
        except discord.LoginFailure:
            return [
                Finding(
                    "token",
                    False,
                    "Discord does not accept it. Reset it in the developer portal and put the "
                    "new one into COHORT_TOKEN",
                )
            ]
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            return [Finding("token", False, f"Discord cannot be reached to try it: {error}")]
        findings = [
            Finding("token", True, f"it is {client.user}'s"),
            Finding("intents", True, "none that Discord must approve is used"),
        ]
        findings += [
            await _permissions(client, guild.id, guild.name)
            async for guild in client.fetch_guilds(with_counts=False)
        ]
    if len(findings) == 2:
        findings.append(
            Finding("servers", False, "none yet. Invite the bot: the README's address does it")
        )
    return findings


async def _permissions(client: discord.Client, guild_id: int, name: str) -> Finding:
    try:
        guild = await client.fetch_guild(guild_id)
        assert client.user is not None  # noqa: S101 - logged in
        me = await guild.fetch_member(client.user.id)
        channels = await guild.fetch_channels()
    except discord.HTTPException as error:
        return Finding(f"permissions in {name}", False, f"cannot be read: {error.text}")
    text = [one for one in channels if isinstance(one, discord.TextChannel)]
    missing = missing_in_server(me)
    everywhere = [one for one in text if not missing_in(one, me)]
    lacking = ", ".join(sorted({entry.permission for one in text for entry in missing_in(one, me)}))
    if missing or not everywhere:
        names = ", ".join(entry.permission for entry in missing) or lacking
        return Finding(f"permissions in {name}", False, f"missing: {names}")
    told = f"all there in {len(everywhere)} of {len(text)} text channels"
    return Finding(f"permissions in {name}", True, told)
