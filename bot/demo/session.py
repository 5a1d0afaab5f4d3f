"""One run of the demo: the town, its page, and the lines of a terminal or of a script."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack, aclosing
from datetime import timedelta
from pathlib import Path

import click

from bot.base.errors import CohortError, StartupError
from bot.demo import seed, terminal
from bot.demo.channel_page import Page, PageClosed, page
from bot.demo.chromium import browser, camera
from bot.demo.line_actions import DemoStage
from bot.demo.line_language import read
from bot.demo.line_queue import Desk
from bot.demo.main_page import window
from bot.demo.screenshots import Album
from bot.demo.simulated_server import Town, town

TICK = timedelta(seconds=1)
"""How often the clock moves while somebody sits at the terminal."""


async def run(
    script: Path | None = None,
    screenshots: Path | None = None,
    people: int = 0,
    port: int | None = None,
) -> int:
    """Run the demo until its script or its input ends; returns the exit code.

    ``people`` more of them live in the town. Raises StartupError when it cannot begin. Nothing is
    left of it afterwards.
    """
    steps = None if script is None else _lines_of(script)
    if screenshots is not None:
        browser()
        _make(screenshots)
    async with AsyncExitStack() as stack:
        album = None
        if screenshots is not None:
            album = Album(screenshots, await stack.enter_async_context(camera()))
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="cohort-demo-", ignore_cleanup_errors=True)
        )
        there = await stack.enter_async_context(town(Path(folder)))
        person, place = seed.settle(there)
        desk = Desk()
        shown = await stack.enter_async_context(page(there, place, person))
        frame = await stack.enter_async_context(window(there, shown, desk, port))
        click.echo("Setting the scene …")
        await _set_the_scene(there, people)
        stage = DemoStage(there, shown, desk.say, album)
        await stage.enter(person, place)
        desk.stage = stage
        click.echo(f"Open {frame.url} in a browser.")
        if steps is not None:
            return await _perform(stage, script, steps)
        click.echo("`help` shows what can be typed, here or on the page; `quit` ends it.")
        async with asyncio.TaskGroup() as group:
            living = group.create_task(_live(there, shown, desk))
            await _converse(desk, shown)
            living.cancel()
    return 0


async def _set_the_scene(there: Town, people: int) -> None:
    try:
        await seed.play(there, people)
    finally:
        for failure in there.env.errors:
            raise StartupError(f"The bot failed while the scene was set: {failure}")


async def _perform(stage: DemoStage, script: Path | None, steps: Sequence[str]) -> int:
    """Do a script's lines; the first that fails ends it."""
    for number, text in enumerate(steps, start=1):
        try:
            line = read(text)
            if line is None:
                continue
            click.echo(f"{stage.where} › {text.strip()}")
            if not await stage.do(line):
                break
        except CohortError as error:
            click.echo(f"{script}:{number}: {error.sentence}", err=True)
            return 1
    return 0


async def _live(there: Town, shown: Page, desk: Desk) -> None:
    """Keep the clock going while people type, and show what happens."""
    known = there.doings
    with contextlib.suppress(PageClosed):
        while True:
            await asyncio.sleep(TICK.total_seconds())
            try:
                await there.tick(TICK)
            except TimeoutError:
                continue  # somebody's action takes long; time passes after it
            except Exception as error:
                desk.say(f"The bot failed: {type(error).__name__}: {error}", wrong=True)
            if there.doings != known:
                await shown.refresh()
                known = there.doings


async def _converse(desk: Desk, shown: Page) -> None:
    """Do what is typed until the input ends."""

    def where() -> str:
        assert desk.stage is not None  # noqa: S101 - the scene is set
        return desk.stage.where

    async with aclosing(terminal.typed(where, shown.closed())) as lines:
        async for text in lines:
            if not await desk.do(text):
                return


def _lines_of(script: Path) -> list[str]:
    try:
        return script.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise StartupError(f"{script} cannot be read: {reason}.") from None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartupError(f"No pictures can be saved in {folder}: {error.strerror}.") from None
