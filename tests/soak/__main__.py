"""``make soak``: a quarter of an hour of faults, crashes, load, hostile people, and figures.

``--part`` plays one part alone; ``--json FILE`` is where the figures go besides.
"""

from __future__ import annotations

import ast
import asyncio
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import click

from tests import postgresql
from tests.figures import Figures, table, together
from tests.wire.burst import burst
from tests.wire.crashes import crash_everywhere, figures, kinds_not_played
from tests.wire.fleet import LARGE, fleet
from tests.wire.hostile import attack
from tests.wire.season import STAGE, Season
from tests.wire.server import WireDiscord
from tests.wire.stream import stream

ROOT = Path(__file__).resolve().parents[2]
MINUTES = 15.0
STREAM_SECONDS = 60.0
HOSTILE_SECONDS = 60.0
FOR_CRASHES = 150.0
"""How many seconds are kept for them, of which the season that comes first takes half."""

LEAST_FOR_CRASHES = 30.0
SECONDS_A_ROW = 2.0
"""How long a row of the crash matrix takes about: as many rows are drawn as there is time for."""

BURST = 10_000
INPUTS = 10_000
BATCH = 1000
"""How many inputs one process tries; as many run beside each other as there are cores."""

RIGHTS = (
    "tests/security/test_matrix.py",
    "tests/security/test_controls.py",
)
"""The tests that walk over everything that somebody may be refused."""

PARTS = ("faults", "hostile", "processes", "rights", "load", "texts", "inputs", "crashes")

RATIO = 1.05
P99 = 0.5


async def crashes(directory: Path, seed: int, seconds: float) -> Figures:
    """Kill the process at some steps of as many kinds as there is time for, or at every step."""
    began = asyncio.get_running_loop().time()
    async with WireDiscord() as wire:
        season = Season(wire, directory / "season")
        try:
            await season.play()
        finally:
            await season.bot.kill()
    missing = await kinds_not_played(season.scenes, directory)
    loop = asyncio.get_running_loop()
    left = max(LEAST_FOR_CRASHES, seconds - (loop.time() - began))
    draw = random.Random(seed)  # noqa: S311 - repeatable on purpose
    names = sorted(season.scenes.keys() - {STAGE})
    drawn = draw.sample(names, min(len(names), math.ceil(left / SECONDS_A_ROW)))
    outcomes = await crash_everywhere(
        {name: season.scenes[name] for name in (STAGE, *drawn)},
        directory / "crashes",
        draw,
        each=None if len(drawn) == len(names) else 2,
        until=loop.time() + left,
    )
    for one in outcomes:
        if one.difference:
            click.echo(f"{one.row}, {one.point}:\n{one.difference}", err=True)
    killed = any(one.reached for one in outcomes)
    outcome = f"not played: {missing}" if missing else "ok" if killed else "none was killed"
    return {**figures(outcomes), "outcome": outcome}


async def faults(directory: Path, seed: int, seconds: float) -> Figures:
    """Act as people while all kinds of things go wrong."""
    found = await stream(seconds, directory, seed=seed)
    for one in (*found.lost, *found.doubled):
        click.echo(one, err=True)
    return found.figures()


async def load(directory: Path, seed: int, count: int) -> Figures:
    """Make many deadlines fall due in the same second."""
    return (await burst(count, directory, seed=seed)).figures()


async def hostile(directory: Path, seed: int, seconds: float) -> Figures:
    """One member does everything nasty, while another is to be answered."""
    return (await attack(seconds, directory, seed=seed)).figures()


async def processes(directory: Path, seed: int) -> Figures:
    """Kill several processes on one PostgreSQL, and the server too, while people act."""
    if (server := postgresql.start(durable=True)) is None:
        return {"outcome": "ok", "not played": postgresql.MISSING}
    try:
        databases = postgresql.Databases(str(server.folder), "fleet")
        found = await fleet(
            LARGE, server, databases.address(databases.template), directory, seed=seed
        )
    finally:
        server.remove()
    for one in found.wrong:
        click.echo(one, err=True)
    return found.figures()


def inputs(count: int, seconds: float, seed: int) -> Figures:
    """Try bad inputs on every option, as many as there is time for, up to ``count``."""
    until = time.monotonic() + seconds
    seeds = iter(range(seed * 1000, seed * 1000 + math.ceil(count / BATCH)))

    def batches() -> list[subprocess.CompletedProcess[str]]:
        done: list[subprocess.CompletedProcess[str]] = []
        longest = 0.0
        while (began := time.monotonic()) + longest < until:
            drawn = next(seeds, None)
            if drawn is None or (done and done[-1].returncode):
                break
            done.append(_batch(drawn))
            longest = max(longest, time.monotonic() - began)
        return done

    with ThreadPoolExecutor() as workers:
        each = [workers.submit(batches) for _ in range(os.cpu_count() or 1)]
        done = [batch for one in each for batch in one.result()]
    wrong = [batch for batch in done if batch.returncode]
    for batch in wrong:
        click.echo(batch.stdout[-4000:], err=True)
    return {
        "bad inputs tried": (len(done) - len(wrong)) * BATCH,
        "outcome": "failed" if wrong else "ok",
    }


def rights(directory: Path) -> Figures:
    """Try commands, controls and options on everybody who may not use them; count the cells."""
    report = directory / "rights.xml"
    # The other family has no place for figures.
    run = _tests(*RIGHTS, f"--junit-xml={report}", "-o", "junit_family=xunit1")
    if run.returncode:
        click.echo(run.stdout[-4000:], err=True)
        return {"outcome": "failed"}
    # Written by the run right above.
    told = ElementTree.parse(report).iterfind(".//property[@name='rights']")  # noqa: S314
    cells = together([ast.literal_eval(one.attrib["value"]) for one in told])
    return {**cells, "outcome": "ok"}


def _batch(seed: int) -> subprocess.CompletedProcess[str]:
    return _tests(
        "tests/security/test_fuzz.py", f"--hypothesis-seed={seed}", SECURITY_INPUTS=str(BATCH)
    )


def texts() -> Figures:
    """Try the longest texts on everything that reads texts."""
    done = _tests(
        "tests/security/test_parsers.py", "tests/security/test_expressions.py", LENGTHS="all"
    )
    if done.returncode:
        click.echo(done.stdout[-4000:], err=True)
    return {"outcome": "failed" if done.returncode else "ok"}


def _tests(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-m", "pytest", "-q", "-x", *arguments),
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@click.command()
@click.option("--seed", default=1, help="What is drawn; the same draws the same.")
@click.option("--minutes", default=MINUTES, help="How long it may take.")
@click.option(
    "--part",
    type=click.Choice(PARTS),
)
@click.option("--burst", "count", default=BURST, help="How many deadlines fall due at once.")
@click.option("--json", "file", type=click.Path(path_type=Path), default=Path("soak.json"))
def main(seed: int, minutes: float, part: str | None, count: int, file: Path) -> None:
    """Play everything, print the table, and end with 1 where something was lost or doubled."""
    began = time.monotonic()
    results: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)

        def left() -> float:
            return minutes * 60 - (time.monotonic() - began)

        def play(name: str, run: Callable[[Path], Figures]) -> None:
            if part in (None, name):
                own = directory / name
                own.mkdir()
                results[name] = run(own)
                click.echo(table(name, results[name]))

        play("faults", lambda own: asyncio.run(faults(own, seed, STREAM_SECONDS)))
        play("hostile", lambda own: asyncio.run(hostile(own, seed, HOSTILE_SECONDS)))
        play("processes", lambda own: asyncio.run(processes(own, seed)))
        play("rights", rights)
        play("load", lambda own: asyncio.run(load(own, seed, count)))
        play("texts", lambda _: texts())
        play("inputs", lambda own: inputs(INPUTS, max(60.0, left() - FOR_CRASHES), seed))
        play(
            "crashes",
            lambda own: asyncio.run(crashes(own, seed, left())),
        )
    seconds = round(time.monotonic() - began)
    file.write_text(json.dumps({"seconds": seconds, "seed": seed, **results}, indent=1) + "\n")
    bad = sum(int(found.get(name, 0)) for found in results.values() for name in ("lost", "doubled"))
    wrong = [name for name, found in results.items() if found.get("outcome", "ok") != "ok"]
    click.echo(f"{seconds} s, seed {seed}: lost or doubled {bad}; written to {file}")
    heavy = results.get("load", {})
    if float(heavy.get("times the limit's own", 0)) > RATIO:
        wrong.append("the burst took too long")
    if float(heavy.get("p99 of their answers, ms", 0)) > P99 * 1000:
        wrong.append("people waited too long")
    if bad or wrong:
        click.echo("; ".join(wrong) or "something was lost or doubled", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
