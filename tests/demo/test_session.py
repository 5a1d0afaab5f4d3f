"""Whole runs of the demo: from a script, at a terminal, and where it cannot begin."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image

from bot.base.errors import StartupError
from bot.demo import seed
from bot.demo.chromium import BROWSERS
from bot.demo.screenshots import KEPT, WIDTHS
from bot.demo.session import run
from tests.demo.no_story import no_story

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for what the demo writes while it runs, to see whether anything is left.

    Its path is short, since Chromium puts a socket there.
    """
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def script(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "walk.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def never_started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a Chromium on the PATH that ends with an error, so that a test needs no real one."""
    broken = folder / "chromium"
    broken.write_text("#!/bin/sh\necho Out of luck >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return broken


async def test_a_script_walks_through_the_story_and_leaves_nothing_behind(
    tmp_path: Path, temporary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    walk = script(
        tmp_path,
        "# two days in the life of a group",
        "channel grokking",
        "threads",
        "as ben",
        "click Check in",
        'fill did: "Wrote a training loop" next: "Sweep weight decay"',
        "channel Grokking on one GPU",
        "click Take it of both halves",
        "forward 2d",
        "quit",
        "never read",
    )
    assert await run(walk, people=3) == 0

    told = capsys.readouterr().out
    for heard in (
        "Open http://127.0.0.1:",
        "#grokking › Grokking on one GPU",
        "#mech-interp › ARENA evening",
        "@Ben checked in",
        "Cohort (only to Ben): It is yours.",
        "It is Fri 6 Nov 17:00.",
    ):
        assert heard in told
    reminded = told.index("Thu 5 Nov 17:00 · #grokking › Why does it grok?")
    closed = told.index("Fri 6 Nov 11:00 · #grokking · 📬 Grokking replication: round 2")
    assert told.index("Wed 4 Nov 18:00 · #grokking › Why does it grok?") < reminded < closed
    assert left_in(temporary) == []


async def test_a_failing_line_ends_a_script_with_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(seed, "play", no_story)
    walk = script(tmp_path, "as olga", "", "chanel grokking", "say never said")

    assert await run(walk) == 1
    said = capsys.readouterr()
    assert said.err == f"{walk}:3: I do not know “chanel”. Did you mean `channel` or `channels`?\n"
    assert "never said" not in said.out


async def test_a_port_that_is_taken_is_named_before_anything_is_done(
    tmp_path: Path, temporary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartupError, match=f"Port {port} is taken"):
            await run(script(tmp_path, "quit"), port=port)
    assert "Setting the scene" not in capsys.readouterr().out
    assert left_in(temporary) == []


async def test_without_chromium_there_are_no_pictures_and_nothing_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StartupError, match="need Chromium, and none is on the PATH"):
        await run(script(tmp_path, "quit"), screenshots=tmp_path / "pictures")
    assert capsys.readouterr().out == ""
    assert "pictures" not in left_in(tmp_path)


async def test_a_browser_that_does_not_start_is_named(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = never_started(tmp_path, monkeypatch)
    with pytest.raises(StartupError, match=rf"{broken} did not start.*: Out of luck"):
        await run(script(tmp_path, "quit"), screenshots=tmp_path / "pictures")
    assert left_in(temporary) == []


async def test_a_script_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match=r"nowhere\.txt cannot be read: No such file"):
        await run(tmp_path / "nowhere.txt")
    picture = tmp_path / "picture.txt"
    picture.write_bytes(b"\xff\xfe")
    with pytest.raises(StartupError, match="it is not text"):
        await run(picture)


async def test_a_folder_that_cannot_be_made_is_named_before_a_browser_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_started(tmp_path, monkeypatch)
    taken = tmp_path / "taken"
    taken.touch()
    with pytest.raises(StartupError, match="No pictures can be saved"):
        await run(script(tmp_path, "quit"), screenshots=taken)


@pytest.mark.skipif(
    not any(shutil.which(name) for name in BROWSERS),
    reason="needs Chromium, and none is on the PATH",
)
async def test_every_step_is_photographed_in_both_widths(tmp_path: Path, temporary: Path) -> None:
    pictures = tmp_path / "pictures"
    walk = script(tmp_path, "channel Grokking on one GPU", "threads", "picture board top")

    assert await run(walk, screenshots=pictures) == 0
    taken = sorted(path.name for path in pictures.iterdir())
    steps = sorted(f"01-grokking-on-one-gpu-{width}.png" for width in WIDTHS)
    assert taken == [*steps, "board.png"]
    with Image.open(pictures / "board.png") as picture:
        assert picture.size == KEPT
    for name in steps:
        with Image.open(pictures / name) as picture:
            width = int(name.removesuffix(".png").split("-")[-1])
            assert picture.width == width
            assert picture.height > 720  # the whole board, not a window of it
            colours = picture.convert("RGB").getcolors(maxcolors=1 << 24)
            assert colours is not None
            assert len(colours) > 100  # something is drawn
    assert left_in(temporary) == []


AS_PEOPLE_DO = ("-m", "bot", "demo")
WITHOUT_THE_STORY = ("-m", "tests.demo.no_story", "demo")
"""The same command, in a town where nothing has happened: it is there in a moment."""


def demo(command: Sequence[str] = AS_PEOPLE_DO) -> subprocess.Popen[str]:
    """Start the demo with its input and output in our hands."""
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_at_the_terminal_a_mistake_is_told_and_it_goes_on_until_the_input_ends() -> None:
    with demo() as process:
        out, err = process.communicate("xyzzy\nchannel mech\nas olga\nchannels", timeout=60)

    assert process.returncode == 0
    assert err == "I do not know “xyzzy”. `help` shows what there is.\n"
    assert "#mech-interp, #grokking or #announcements" in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_good_order_when_it_is_told_to(number: signal.Signals, temporary: Path) -> None:
    with demo(WITHOUT_THE_STORY) as process:
        assert process.stdout is not None
        while "Open http" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(number)
        _, err = process.communicate(timeout=30)

    assert process.returncode == 0
    assert err == ""
    assert left_in(temporary) == []
