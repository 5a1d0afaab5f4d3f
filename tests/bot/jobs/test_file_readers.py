"""Files are read in threads of their own: what is bounded, and that the bot's own stay free."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from bot.base.errors import Conflict, InvalidInput
from bot.jobs import file_readers
from bot.jobs.file_readers import Apart


@pytest.fixture
def files() -> Iterator[Apart]:
    files = Apart(threads=1, waiting=2)
    yield files
    files.close()


async def test_a_file_is_read_in_a_thread_that_is_not_of_the_default_pool(files: Apart) -> None:
    assert (await files.run(lambda: threading.current_thread().name)).startswith("files")


async def test_what_a_reader_raises_reaches_the_person(files: Apart) -> None:
    def read(text: str) -> int:
        raise InvalidInput(f"{text} is no table")

    with pytest.raises(InvalidInput, match="x is no table"):
        await files.run(read, "x")


async def test_more_files_than_wait_are_refused_and_later_ones_read_again(files: Apart) -> None:
    held = threading.Event()
    waiting = [asyncio.create_task(files.run(held.wait, 5)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Conflict, match="Try again"):
        await files.run(int)
    held.set()
    assert await asyncio.gather(*waiting) == [True, True]
    await asyncio.sleep(0)
    assert await files.run(int, "7") == 7


async def test_a_file_that_takes_too_long_is_given_up(
    files: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = threading.Event()
    monkeypatch.setattr(file_readers, "SECONDS", 0.01)
    with pytest.raises(InvalidInput, match="in parts"):
        await files.run(held.wait, 5)
    held.set()


async def test_a_reader_that_never_ends_is_ended_and_its_thread_reads_on(
    files: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forever() -> None:
        while True:
            pass

    monkeypatch.setattr(file_readers, "SECONDS", 0.05)
    with pytest.raises(InvalidInput, match="in parts"):
        await files.run(forever)
    monkeypatch.setattr(file_readers, "SECONDS", 20.0)
    async with asyncio.timeout(10):
        while files.under_way:  # the thread says so at its next instruction
            await asyncio.to_thread(time.sleep, 0.001)
    assert await files.run(int, "7") == 7
