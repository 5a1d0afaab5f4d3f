"""The page around the channel: the same lines as at the terminal, all channels, who one is."""

from __future__ import annotations

from typing import Any

import aiohttp

from bot.demo.line_queue import Desk
from bot.demo.main_page import window
from tests.demo.conftest import Demo


async def test_the_page_and_the_terminal_do_the_same_lines(demo: Demo) -> None:
    desk = Desk()
    desk.stage = demo.stage
    demo.stage._tell = desk.say
    async with (
        window(demo.town, demo.page, desk, None) as shown,
        aiohttp.ClientSession(shown.url) as client,
    ):

        async def state(seen: int = 0) -> dict[str, Any]:
            async with client.get("state", params={"seen": seen}) as answer:
                return await answer.json()

        first = await state()
        assert first["person"] == "Olga"
        assert [(one["name"], one["here"]) for one in first["places"]] == [
            ("grokking", True),
            ("grokking-again", False),
        ]
        await client.post("line", data="channel grokking-again")
        await client.post("line", data="as ben")
        await client.post("line", data="xyzzy")
        after = await state()
        assert after["person"] == "Ben"
        assert [one["name"] for one in after["places"] if one["here"]] == ["grokking-again"]
        assert any("I do not know" in text for _, text in after["said"])

        async with client.get("") as page:
            text = await page.text()
        assert demo.page.url in text


async def test_without_the_secret_of_its_address_the_page_is_not_served(demo: Demo) -> None:
    async with (
        window(demo.town, demo.page, Desk(), None) as shown,
        aiohttp.ClientSession() as client,
    ):
        port = shown.url.split(":")[2].split("/")[0]
        async with client.post(f"http://127.0.0.1:{port}/line", data="quit") as answer:
            assert answer.status == 404
