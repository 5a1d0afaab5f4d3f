"""What becomes of work that nobody waits for."""

from __future__ import annotations

import asyncio
import inspect

from structlog.testing import capture_logs

from bot.base.errors import StoreUnavailable
from bot.jobs.background import Background


async def _fail(error: Exception) -> None:
    raise error


async def test_a_store_that_takes_nothing_is_no_defect_of_the_work() -> None:
    background = Background()
    with capture_logs() as lines:
        background.spawn(_fail(StoreUnavailable("The disk is full.")), "sweep")
        background.spawn(_fail(KeyError("oops")), "count")
        await background.close(1)
    told = {line["work"]: line for line in lines}
    assert told["sweep"]["log_level"] == "warning"
    assert told["sweep"]["reason"] == "The disk is full."
    assert "exc_info" not in told["sweep"]
    assert told["count"]["log_level"] == "error"
    assert told["count"]["exc_info"] is True


async def test_work_that_is_cancelled_before_it_begins_is_ended_too() -> None:
    work = _fail(KeyError("oops"))
    task = Background().spawn(work, "count")
    assert task is not None
    task.cancel()
    await asyncio.wait([task])
    assert inspect.getcoroutinestate(work) == inspect.CORO_CLOSED


async def test_what_something_else_started_is_finished_too_also_where_it_begins_meanwhile() -> None:
    background, ended = Background(), list[str]()

    async def second() -> None:
        await asyncio.sleep(0)
        ended.append("second")

    async def first() -> None:
        await asyncio.sleep(0)
        background.keep(asyncio.create_task(second()))
        ended.append("first")

    task = asyncio.create_task(first())
    assert background.keep(task)
    assert not background.keep(task)
    await background.close(5)
    assert ended == ["first", "second"]
