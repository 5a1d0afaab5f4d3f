"""Sending stays below what Discord takes."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.jobs.rate_limit import AT_ONCE, CATCHING_UP, OVERSLEPT, RequestPace, paced


async def test_a_few_go_at_once_and_the_rest_at_their_pace_in_order() -> None:
    pace = RequestPace(per_second=200)
    began = time.perf_counter()
    went: list[tuple[int, float]] = []

    async def go(number: int) -> None:
        await pace.turn()
        went.append((number, time.perf_counter() - began))

    await asyncio.gather(*(go(number) for number in range(AT_ONCE + 40)))

    assert [number for number, _ in went] == list(range(AT_ONCE + 40))
    # Not earlier than their turns; a slow machine may make them later.
    quickest = 200 * CATCHING_UP
    assert all(at >= (number - AT_ONCE) / quickest - OVERSLEPT - 0.001 for number, at in went), (
        "nobody goes before their turn"
    )


async def test_in_no_second_are_there_more_than_so_many_however_they_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds + 0.004  # nobody wakes at once

    monkeypatch.setattr("bot.jobs.rate_limit.time.perf_counter", lambda: now)
    monkeypatch.setattr("bot.jobs.rate_limit.asyncio.sleep", sleep)
    pace = RequestPace(per_second=49)
    went: list[float] = []
    for step in range(2000):
        await pace.turn()
        went.append(now)
        if step % 50 == 0:
            pace.count()
            went.append(now)
        if step > 1000 and step % 97 == 0:
            now += 0.3  # the process is held up
    for first, last in zip(went, went[50:], strict=False):
        assert last - first >= 1.0
    assert 1000 / (went[999] - went[0]) > 50 / 1.05, "and hardly fewer"


async def test_after_a_quiet_time_a_few_go_at_once_again() -> None:
    pace = RequestPace(per_second=10)
    for _ in range(AT_ONCE):
        async with asyncio.timeout(0.5):
            await pace.turn()


async def test_messages_wait_for_their_turn_right_before_they_leave_and_all_else_is_counted() -> (
    None
):
    class Counting(RequestPace):
        """A pace that tells who asked it."""

        turns = counts = 0

        async def turn(self) -> None:
            self.turns += 1

        def count(self) -> None:
            self.counts += 1

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="{}")

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    pace = Counting(per_second=50)
    async with TestServer(app) as server:
        api = str(server.make_url("/api/v10"))
        async with aiohttp.ClientSession(trace_configs=[paced(pace, api)]) as session:

            async def ask(method: str, url: str) -> None:
                async with session.request(method, url) as response:
                    assert response.status == 200

            for _ in range(3):
                await ask("POST", f"{api}/channels/12/messages")
            assert (pace.turns, pace.counts) == (3, 0)
            await ask("PATCH", f"{api}/channels/12/messages/34")
            await ask("GET", f"{api}/channels/12/messages?limit=5")
            assert (pace.turns, pace.counts) == (3, 2)
            # Answers to people are under no common limit, and other addresses are not Discord.
            await ask("POST", f"{api}/interactions/1/token/callback")
            await ask("POST", f"{api}/webhooks/1/token")
            await ask("POST", str(server.make_url("/channels/12/messages")))
            assert (pace.turns, pace.counts) == (3, 2)
