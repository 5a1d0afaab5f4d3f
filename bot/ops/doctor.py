"""Says what is wrong with an installation, and what to do about it."""

from __future__ import annotations

import asyncio
import os
import shutil
import zoneinfo
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiohttp
import discord
import tzdata
import yarl
from msgspec import Struct
from msgspec.structs import replace

from bot.base import when
from bot.base.errors import StartupError
from bot.base.shards import Shards
from bot.client import use_discord_at
from bot.config import Settings
from bot.jobs.scheduler import heartbeats
from bot.ops.backups import FAILED, OLD, folder
from bot.ui.permissions import Missing, missing_in, missing_in_server
from data import backups
from data.batching import in_parts
from data.states import DeadlineState
from data.store import Store
from data.transaction import Transaction

ALIVE = timedelta(minutes=3)
"""A heartbeat older than this, three times the sweep, means that the process is gone or stuck."""

DEADLINES, OTHERS = "deadlines", "other processes"
"""What is about more than this process."""

CLOCK_TOLERANCE = timedelta(seconds=30)

LEAST_FREE = 256 << 20
"""With less than so many bytes free, a disk is about to be full."""

LARGEST_LOG = 256 << 20
"""A write-ahead log of more bytes than this is not folded into the database as it should be."""

READABLE_BY_ALL = 0o004
"""The bit in a file's mode that lets everybody on the machine read it."""


class Finding(Struct, frozen=True):
    """One thing that was checked."""

    what: str
    well: bool
    sentence: str

    def __str__(self) -> str:
        return f"{'ok ' if self.well else '!! '} {self.what}: {self.sentence}"


NEVER_RAN = Finding("process", False, "no bot has run on this database yet")


RUNS = Finding("process", True, "a bot is running on this database")

WEB = "web"
LOOPBACK = "127.0.0.1"
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - nothing is bound here


async def alive(settings: Settings) -> list[Finding]:
    """Tell whether a bot is running on this database: for a container's health check."""
    found = await _database(settings)
    # A container must not be restarted because a message could not be delivered, or another process
    # is gone.
    findings = [finding for finding in found if finding.what not in (DEADLINES, OTHERS)]
    return findings + await _web(settings, runs=all(finding.well for finding in findings))


async def examine(settings: Settings) -> list[Finding]:
    """Check everything."""
    findings: list[Finding] = []
    findings += await _database(settings)
    findings += await _web(settings, runs=RUNS in findings)
    findings.append(_zones())
    findings += await asyncio.to_thread(_files, settings)
    findings += await _copies(settings)
    try:
        token = settings.read_token()
    except StartupError as error:
        findings.append(Finding("token", False, error.sentence))
        return findings
    use_discord_at(settings.discord_api)
    findings.append(await _clock(settings))
    findings += await _discord(token, await _channels(settings))
    return findings


def _zones() -> Finding:
    """Tell whose time zone rules count, and whether anything could override them."""
    version = f"rules {tzdata.IANA_VERSION} of the tzdata package"
    if zoneinfo.TZPATH:
        where = ", ".join(zoneinfo.TZPATH)
        return Finding("time zones", False, f"files in {where} override the {version}")
    return Finding("time zones", True, version)


async def _database(settings: Settings) -> list[Finding]:
    """Look at the database, without changing it, and at the process that runs on it."""
    try:
        store = Store(settings.database_url, settings.own_shards())
        # Opening it would make it, and the doctor changes nothing.
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
        others = await _others(store)
    finally:
        await store.close()
    next_due = f", the next at {due:%Y-%m-%d %H:%M} UTC" if due else ""
    told = f"{waiting} waiting{next_due}, {failed} failed"
    if failed:
        told += "; `/cohort health` in the server says why, and tries again"
    return [
        Finding("database", True, f"{store.name} can be used and is up to date"),
        beat,
        Finding(DEADLINES, not failed, told),
        *others,
    ]


async def _heartbeat(store: Store) -> Finding:
    """Look for a sign of life of the process that has the shards of these settings."""
    beats = await _beats(store, store.shards)
    if not any(beats.values()):
        return NEVER_RAN
    silent = [shard for shard, beat in beats.items() if not _is_fresh(beat)]
    if not silent:
        return RUNS
    last = max(beat for beat in beats.values() if beat is not None)
    since = f"no sign of life since {last:%Y-%m-%d %H:%M} UTC"
    if len(silent) < len(beats):
        since = f"no sign of life of shards {replace(store.shards, own=tuple(silent))}"
    return Finding("process", False, since)


async def _others(store: Store) -> list[Finding]:
    """Name the shards that no process has, where this one is to have only some."""
    total = store.shards.total
    rest = tuple(shard for shard in range(total) if shard not in store.shards.own)
    if not rest:
        return []
    beats = await _beats(store, Shards(total, rest))
    silent = tuple(shard for shard, beat in beats.items() if not _is_fresh(beat))
    if silent:
        told = f"no process has shards {Shards(total, silent)}: nothing is done in their servers"
        return [Finding(OTHERS, False, told)]
    return [Finding(OTHERS, True, f"a process has each of the shards {Shards(total, rest)}")]


async def _beats(store: Store, shards: Shards) -> dict[int, datetime | None]:
    async def read(tx: Transaction) -> dict[int, datetime | None]:
        return {
            shard: await tx.notes.written_at(name) for shard, name in heartbeats(shards).items()
        }

    return await store.fetch(read)


def _is_fresh(beat: datetime | None) -> bool:
    return beat is not None and datetime.now(UTC) - beat <= ALIVE


async def _web(settings: Settings, *, runs: bool) -> list[Finding]:
    """Ask the web server for the bot's health, if one is configured and a bot runs."""
    if not settings.web_port:
        if settings.web_address is None or not settings.own_shards().is_all:
            return []  # where there are several processes, another may serve
        return [Finding(WEB, False, "COHORT_WEB_ADDRESS is set without COHORT_WEB_PORT")]
    host = LOOPBACK if settings.web_host in EVERYWHERE else settings.web_host
    url = yarl.URL.build(scheme="http", host=host, port=settings.web_port, path="/health")
    if not runs:
        return [Finding(WEB, True, f"{url} answers once a bot runs")]
    try:
        timeout = aiohttp.ClientTimeout(total=5)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url) as answer,
        ):
            told = await answer.text()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return [Finding(WEB, False, f"{url} does not answer: {error!r}")]
    if answer.status != 200:
        return [Finding(WEB, False, f"{url} answers {answer.status}: {told[:200]}")]
    offered = "calendars at " + settings.web_address if settings.web_address else "no calendars"
    return [Finding(WEB, True, f"{url} answers; {offered}")]


def _files(settings: Settings) -> list[Finding]:
    """Look at the database's file, its disk, and who else may read what is private; blocks."""
    path = Store(settings.database_url).path
    if path is None or not path.is_file():
        return []
    findings: list[Finding] = []
    if wrong := backups.problem(path):
        sentence = f"{path} is damaged ({wrong}). Stop the bot and restore a copy in its place"
        findings.append(Finding("integrity", False, sentence))
    free, size = shutil.disk_usage(path.absolute().parent).free, backups.size(path)
    room = f"{free >> 20} MB free, and the database has {_megabytes(size)}"
    # A copy takes as much again, and so does an upgrade, which sets one aside.
    short = free < max(LEAST_FREE, size)
    advice = ". Free some space: on a full disk nothing can be written any more" if short else ""
    findings.append(Finding("disk", not short, room + advice))
    log = backups.wal_size(path)
    if log > LARGEST_LOG:
        sentence = (
            f"{path}-wal has {_megabytes(log)}: something keeps it from being folded into the "
            "database. Close other programs that have it open, then restart the bot"
        )
        findings.append(Finding("log of writes", False, sentence))
    for file in (path, settings.token_file, Path(".env")):
        if file is None or not file.is_file():
            continue
        if not os.access(file, os.R_OK):
            sentence = f"{file} cannot be read by this user"
            findings.append(Finding("files", False, sentence))
        elif os.name == "posix" and file.stat().st_mode & READABLE_BY_ALL:
            sentence = f"everybody on this machine can read {file}: chmod 600 {file}"
            findings.append(Finding("files", False, sentence))
    if not os.access(path, os.W_OK) or not os.access(path.absolute().parent, os.W_OK):
        sentence = f"{path} or its folder cannot be written by this user"
        findings.append(Finding("files", False, sentence))
    return findings


async def _copies(settings: Settings) -> list[Finding]:
    """Look at the daily copies: how old the last one is, and whether it is whole."""
    store = Store(settings.database_url)
    where = folder(settings, store)
    if store.path is None:
        told = f"yours to make: I copy files, and {store.name} is not a file (pg_dump)"
        return [Finding("copies", True, told)]
    if not store.path.is_file():
        return []
    if where is None:
        return [Finding("copies", True, "none are made, as COHORT_BACKUPS says")]
    failure = await _failure(settings)
    made = await asyncio.to_thread(backups.kept, where)
    if failure is not None:
        sentence = f"the next one could not be made: {failure}. It is tried again each hour"
        return [Finding("copies", False, sentence)]
    if not made:
        sentence = f"none in {where} yet: a bot that runs makes the first after a minute"
        return [Finding("copies", True, sentence)]
    last = made[0]
    if wrong := await asyncio.to_thread(backups.problem, last.path):
        sentence = f"{last.path} is damaged ({wrong}). Delete it, and look at that disk"
        return [Finding("copies", False, sentence)]
    age = datetime.now(UTC) - last.made_at
    told = f"the last is {when.duration(age)} old and whole, of {len(made)} in {where}"
    if age > OLD:
        return [Finding("copies", False, f"{told}. A bot that runs makes one each day")]
    return [Finding("copies", True, told)]


async def _failure(settings: Settings) -> str | None:
    """Return why the last copy could not be made."""
    store = Store(settings.database_url)
    try:
        await store.open(upgrade=False)
        return await store.fetch(lambda tx: tx.notes.get(FAILED))
    except StartupError:
        return None  # told already
    finally:
        await store.close()


async def _channels(settings: Settings) -> dict[int, list[int]]:
    """Return the channels that are in use, by server."""
    store = Store(settings.database_url)
    if store.path is not None and not store.path.is_file():
        return {}
    try:
        await store.open(upgrade=False)
        async with store.read() as tx:
            found: dict[int, list[int]] = {}
            for some in in_parts([one.guild_id for one in await tx.servers.everywhere()], 500):
                found |= await tx.groups.channels_of(some)
            return found
    except StartupError:
        return {}  # told already
    finally:
        await store.close()


def _megabytes(size: int) -> str:
    return f"{max(1, size >> 20)} MB"


async def _clock(settings: Settings) -> Finding:
    """Compare this machine's clock with Discord's."""
    try:
        timeout = aiohttp.ClientTimeout(total=5)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{settings.discord_api}/gateway") as answer,
        ):
            # Any answer has the header, also one that refuses: so no token is needed for this.
            theirs = parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, TimeoutError, OSError, KeyError, ValueError) as error:
        reason = str(error) or "no answer within 5 seconds"
        return Finding("clock", False, f"Discord cannot be reached to compare: {reason}")
    off = abs(datetime.now(UTC) - theirs)
    well = off < CLOCK_TOLERANCE
    advice = "" if well else "; switch time synchronisation on, or reminders come at wrong times"
    return Finding("clock", well, f"{off.total_seconds():.0f} s off Discord's{advice}")


async def _discord(token: str, in_use: Mapping[int, Sequence[int]]) -> list[Finding]:
    """Look at the token, and at the permissions in every server, over REST alone."""
    # Never connected: a second session of the same bot would be sent what people do, and hold up
    # the one that answers.
    client = discord.Client(intents=discord.Intents(guilds=True))
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
        findings = [Finding("token", True, f"it is {client.user}'s"), _intents(client)]
        guilds = [guild async for guild in client.fetch_guilds(with_counts=False)]
        for guild in guilds:
            used = in_use.get(guild.id, ())
            findings += await _permissions(client, guild.id, guild.name, used)
    if not guilds:
        findings.append(
            Finding("servers", False, "none yet. Invite the bot: the README's address does it")
        )
    return findings


def _intents(client: discord.Client) -> Finding:
    """Check that nothing is switched on in the portal that is not used."""
    flags = client.application_flags
    switched_on = [
        name
        for name, on in (
            ("Presence", flags.gateway_presence or flags.gateway_presence_limited),
            ("Server Members", flags.gateway_guild_members or flags.gateway_guild_members_limited),
            (
                "Message Content",
                flags.gateway_message_content or flags.gateway_message_content_limited,
            ),
        )
        if on
    ]
    told = "none that Discord must approve is used"
    if switched_on:
        told += f"; {', '.join(switched_on)} can be switched off in the portal"
    return Finding("intents", True, told)


async def _permissions(
    client: discord.Client, guild_id: int, name: str, in_use: Sequence[int]
) -> list[Finding]:
    """Name what is missing in a server: in the channels in use, else wherever groups could be."""
    what = f"permissions in {name}"
    try:
        guild = await client.fetch_guild(guild_id)
        assert client.user is not None  # noqa: S101 - logged in
        me = await guild.fetch_member(client.user.id)
        channels = {one.id: one for one in await guild.fetch_channels()}
    except discord.HTTPException as error:
        return [Finding(what, False, f"cannot be read: {error.text}")]
    missing = missing_in_server(me)
    hidden = len([one for one in in_use if one not in channels])
    used = [channels[one] for one in in_use if one in channels]
    for channel in used:
        missing += [_in_words(one, channel.name) for one in missing_in(channel, me)]
    findings = [Finding(what, False, str(one).replace("**", "")) for one in missing]
    if hidden:
        channels_word = "a channel" if hidden == 1 else f"{hidden} channels"
        sentence = f"{channels_word} in use cannot be seen: hidden from me, or deleted"
        findings.append(Finding(what, False, sentence))
    if findings:
        return findings
    if used:
        return [Finding(what, True, f"all there in the channels in use ({len(used)})")]
    text = [one for one in channels.values() if isinstance(one, discord.TextChannel)]
    usable = [one for one in text if not missing_in(one, me)]
    if not usable:
        lacking = {entry.permission for one in text for entry in missing_in(one, me)}
        return [Finding(what, False, f"missing: {', '.join(sorted(lacking))}")]
    return [Finding(what, True, f"all there in {len(usable)} of {len(text)} text channels")]


def _in_words(missing: Missing, channel: str) -> Missing:
    return replace(missing, where=f"#{channel}")
