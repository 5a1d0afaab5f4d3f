"""The commands of ``cohort``, also ``python -m bot``."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import click
import discord
import structlog

from bot import __version__, config
from bot.base.errors import StartupError
from bot.client import use_discord_at
from bot.ops import doctor, logs
from data import copying, migrations
from data.store import Store

log = structlog.stdlib.get_logger(__name__)

F = TypeVar("F", bound=Callable[..., Any])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cohort")
def cli() -> None:
    """Cohort: check-ins, reading groups and replication boards for a Discord server."""


@cli.command()
def run() -> None:
    """Run the bot until it is stopped."""
    settings = config.load()
    token = settings.read_token()
    logs.configure(settings, token=token)
    asyncio.run(_serve(settings, token))


@cli.command()
@click.option(
    "--script",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Run the lines of this file instead of asking for them.",
)
@click.option(
    "--screenshot",
    "screenshots",
    type=click.Path(file_okay=False, path_type=Path),
    help="Save a picture of each channel visited in this folder.",
)
@click.option("--people", type=click.IntRange(0, 5000), default=0, help="More people to seed.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The page's port.")
def demo(script: Path | None, screenshots: Path | None, people: int, port: int) -> None:
    """Try Cohort in a local browser page: no token, no network."""
    try:
        from bot import demo as demonstration
    except ModuleNotFoundError as error:
        raise StartupError(
            f"The demo needs {error.name}, which is not installed. `make demo` installs it."
        ) from None
    sys.exit(demonstration.main(script, screenshots, people, port or None))


@cli.command(name="doctor")
@click.option("--alive", is_flag=True, help="Only tell whether a running bot is alive.")
def examine(alive: bool) -> None:
    """Check the token, intents, permissions, database and clock."""
    settings = config.load()
    checks = doctor.alive(settings) if alive else doctor.examine(settings)
    findings = asyncio.run(checks)
    for finding in findings:
        click.echo(finding)
    if not all(finding.well for finding in findings):
        raise StartupError("Something needs your attention: see above.")


@cli.command()
def migrate() -> None:
    """Bring the database to this version's schema; a copy is set aside first."""
    store = Store(config.load().database_url)

    async def bring() -> str | None:
        try:
            return await store.open()
        finally:
            await store.close()

    before = asyncio.run(bring())
    if before is None:
        click.echo(f"{store.name} is new, and was made at revision {migrations.HEAD}.")
    elif before == migrations.HEAD:
        click.echo(f"{store.name} is at revision {before} already: there was nothing to do.")
    else:
        click.echo(f"{store.name} went from revision {before} to {migrations.HEAD}.")


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy the database to FILE, also while the bot runs, and check the copy."""
    store = Store(config.load().database_url)
    if store.path is not None and not store.path.is_file():
        raise StartupError(f"{store.path} does not exist: there is nothing to back up.")
    if file.exists():
        raise StartupError(f"{file} exists already. Choose another name; I overwrite no backup.")
    asyncio.run(store.backup(file))
    click.echo(f"Copied to {file}, and checked.")


@cli.command()
@click.option("--from", "source", metavar="URL", required=True, help="The database to copy.")
@click.option("--to", "target", metavar="URL", required=True, help="A new database.")
def copy(source: str, target: str) -> None:
    """Copy everything to another database, of SQLite or PostgreSQL, and compare both.

    Stop the bot first. Addresses are as in COHORT_DATABASE_URL.
    """
    old, new = Store(source), Store(target)
    if old.name == new.name:
        raise StartupError(f"--from and --to are both {old.name}.")
    if old.path is not None and not old.path.is_file():
        raise StartupError(f"{old.path} does not exist: there is nothing to copy.")

    async def move() -> None:
        try:
            await old.open(upgrade=False, alone=True)
            await new.open(alone=True)
            copied = await copying.copy(old, new, click.echo)
        finally:
            await new.close()
            await old.close()
        click.echo(
            f"Copied {copied.rows} rows of {copied.tables} tables to {new.name}, and compared "
            "every column. Set COHORT_DATABASE_URL to it, and start the bot."
        )

    asyncio.run(move())


@cli.command()
@click.option("--guild", "guild_id", type=int, required=True, help="The server's Discord id.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(guild_id: int, file: Path) -> None:
    """Write everything that one server has in the store to FILE, a zip of JSON and CSV."""
    store = Store(config.load().database_url)
    if file.exists():
        raise StartupError(f"{file} exists already. Choose another name; I overwrite nothing.")

    async def write(store: Store) -> None:
        async with store.read() as tx:
            known = [server.guild_id for server in await tx.servers.everywhere()]
        if guild_id not in known:
            raise StartupError(
                f"I know no server {guild_id}. With Discord's developer mode on, a "
                "right click on a server copies its id."
            )
        archive = await store.export(guild_id)
        try:
            await asyncio.to_thread(_write_private, file, archive)
        except OSError as error:
            raise StartupError(f"{file} cannot be written: {error.strerror}") from None

    asyncio.run(_with(store, write))
    click.echo(f"Written to {file}.")


async def _serve(settings: config.Settings, token: str) -> None:
    """Run the client until Discord or the operator ends it."""
    # Only here: the other commands have no use for all features, and start in half the time. What
    # is loaded stays: to look through it for garbage, until ``settle``, would be wasted.
    gc.disable()
    from bot.app import create_bot, settle, settle_servers

    use_discord_at(settings.discord_api)
    bot = create_bot(settings)
    loop = asyncio.get_running_loop()
    stopping: list[asyncio.Task[None]] = []

    def stop(name: str) -> None:
        log.info("stopping", signal=name)
        if not stopping:
            stopping.append(loop.create_task(bot.close()))

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number.name)
    try:
        await bot.store.open(alone=True)
        await bot.login(token)
        settle()
        settle_servers(bot)
        await bot.connect()
    except discord.LoginFailure:
        raise StartupError(
            "Discord does not accept the token. Reset it in the developer portal (your "
            "application, Bot, Reset Token) and put the new one into COHORT_TOKEN."
        ) from None
    except (aiohttp.ClientError, OSError, discord.GatewayNotFound) as error:
        if not stopping:
            raise StartupError(f"Discord cannot be reached: {error}") from error
    finally:
        await asyncio.gather(*stopping)
        await bot.close()


def _write_private(file: Path, content: bytes) -> None:
    """Write a new file that nobody else on this machine can read: it holds what people wrote."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)


async def _with(store: Store, work: Callable[[Store], Coroutine[Any, Any, None]]) -> None:
    await store.open()
    try:
        await work(store)
    finally:
        await store.close()


def main() -> None:
    """Run the command line: exit code 0, 1 for a failure named in one line, 2 for wrong usage."""
    # Whatever is written holds what people wrote, also what a library writes beside it.
    os.umask(0o077)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            cli()
    except StartupError as error:
        click.echo(f"cohort: {error.sentence}", err=True)
        sys.exit(1)
