"""Links that are watched: what changed there is told, and counts as life."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from simcord.builders import ChannelHandle

from bot.base.clock import SteppedClock
from bot.config import Settings
from data.boards.projects import ProjectId
from tests.world import World, text

DAY = timedelta(days=1)


class Elsewhere:
    """GitHub's API and a few pages, on this machine."""

    def __init__(self) -> None:
        self.commits = ["a" * 40]
        self.status = 200
        self.headers: dict[str, str] = {}
        self.page = b"first"
        self.asked: list[web.Request] = []
        application = web.Application()
        application.router.add_get("/repos/{owner}/{name}/commits", self._commits)
        application.router.add_get("/repos/{owner}/{name}/contents/{path:.*}", self._contents)
        application.router.add_get("/{page}", self._page)
        self.server = TestServer(application)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def push(self, count: int) -> None:
        for _ in range(count):
            self.commits.insert(0, f"{len(self.commits):040x}")

    async def _commits(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        tag = f'"{self.commits[0]}"'
        if self.status != 200:
            return web.Response(status=self.status, headers=self.headers)
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304)
        body = json.dumps([{"sha": one} for one in self.commits[:30]])
        return web.Response(text=body, headers={"ETag": tag})

    async def _contents(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        assert request.query["ref"] == self.commits[0]
        assert request.match_info["path"] == "out/results.csv"
        return web.Response(body=self.page)

    async def _page(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        if self.status != 200:
            return web.Response(status=self.status, headers=self.headers)
        page = self.page
        if request.match_info["page"] == "clock":
            page = str(len(self.asked)).encode()
        return web.Response(body=page)


@pytest.fixture
async def elsewhere() -> AsyncIterator[Elsewhere]:
    one = Elsewhere()
    await one.server.start_server()
    yield one
    await one.server.close()


@pytest.fixture
def settings(settings: Settings, elsewhere: Elsewhere) -> Settings:
    return replace(settings, watch_links=True, github_url=elsewhere.base)


async def board(world: World, url: str) -> ChannelHandle:
    await world.alice.slash(
        world.channel, "project propose", paper="arXiv:2201.02177", title="Grokking"
    )
    (thread,) = world.channel.threads
    await world.bob.slash(thread, "project join")
    added = await world.bob.slash(thread, "project link", label="code", url=url)
    assert "It is watched" in text(added)
    await look(world, timedelta(minutes=2))
    return thread


async def look(world: World, by: timedelta) -> None:
    """Move the clock on, until every look at a link that falls due has ended."""
    to = world.clock.now() + by
    while (due := await world.bot.deadlines.next_due()) is not None and due <= to:
        await world.forward(due)
        looks = [one for one in world.bot.background._tasks if "look at" in one.get_name()]
        await asyncio.gather(*looks)
        await world.env.settle()
    await world.forward(to)


def card(thread: ChannelHandle) -> str:
    return text(thread.pinned_messages()[0])


async def test_commits_are_told_once_and_count_as_life(world: World, elsewhere: Elsewhere) -> None:
    thread = await board(world, "https://github.com/openai/grok")
    assert "[code](https://github.com/openai/grok) 👁️" in card(thread)
    before = len(thread.history())
    await look(world, 3 * DAY)
    assert "commit" not in card(thread)
    assert 7 <= len(elsewhere.asked) <= 10
    assert all(one.headers["User-Agent"].startswith("Cohort/") for one in elsewhere.asked)

    elsewhere.push(3)
    await look(world, DAY / 2)
    assert "code: 3 commits since" in card(thread)
    elsewhere.push(1)
    await world.restart()
    await look(world, DAY / 2)
    assert "code: 4 commits since" in card(thread)
    async with world.bot.store.read() as tx:
        project = await tx.projects.get(world.guild.id, 1)
        assert project is not None
        lines = await tx.project_log.of_project(world.guild.id, project.id, limit=9)
    assert len(lines) == 1
    assert project.lived_at is not None
    assert world.clock.now() - project.lived_at < DAY
    assert len(thread.history()) == before, "no message for each change"
    await look(world, 13 * DAY)
    assert len(thread.history()) == before, "it counts as life"
    await look(world, 2 * DAY)
    assert "Nothing has happened here" in text(thread.last_message)


async def test_a_look_that_the_process_did_not_live_to_take_is_made_up_for(
    world: World, elsewhere: Elsewhere
) -> None:
    from cogs.boards.links.service import LinkService

    thread = await board(world, "https://github.com/openai/grok")
    elsewhere.push(2)
    await world.bot.service(LinkService).due(world.guild.id, 1)
    await world.crash(away=timedelta(minutes=1))
    assert "commits" not in card(thread)
    await look(world, timedelta(hours=10))
    assert "code: 2 commits since" in card(thread)


async def test_a_page_without_any_header_goes_by_what_it_says(
    world: World, elsewhere: Elsewhere
) -> None:
    thread = await board(world, f"{elsewhere.base}/notes")
    await look(world, 2 * DAY)
    assert "changed" not in card(thread)
    elsewhere.page = b"second"
    await look(world, DAY)
    assert "code: changed since" in card(thread)


async def test_a_page_that_is_another_at_each_look_is_said_so_once(
    world: World, elsewhere: Elsewhere
) -> None:
    thread = await board(world, f"{elsewhere.base}/clock")
    (told,) = world.bob.user.dm_channel.history()
    assert "it is another page at each look" in text(told)
    asked = len(elsewhere.asked)
    await look(world, 9 * DAY)
    assert len(elsewhere.asked) == asked
    assert "👁️" not in card(thread)


async def test_a_private_one_is_told_to_whom_added_it_and_found_when_it_opens(
    world: World, elsewhere: Elsewhere
) -> None:
    elsewhere.status = 404
    thread = await board(world, "https://github.com/openai/secret")
    (told,) = world.bob.user.dm_channel.history()
    assert "I cannot watch **code**" in text(told)
    assert "👁️" not in card(thread)
    await look(world, 9 * DAY)
    assert len(world.bob.user.dm_channel.history()) == 1
    assert len(elsewhere.asked) <= 3
    elsewhere.status = 200
    await look(world, 9 * DAY)
    assert "👁️" in card(thread)
    assert "commit" not in card(thread)


async def test_one_that_is_gone_is_said_once_and_a_single_miss_is_not(
    world: World, elsewhere: Elsewhere
) -> None:
    thread = await board(world, "https://github.com/openai/grok")
    elsewhere.status = 404
    await look(world, timedelta(hours=10))
    assert "gone" not in card(thread)
    await look(world, 3 * DAY)
    assert "(gone)" in card(thread)
    assert "code is not there any more." in card(thread)
    async with world.bot.store.read() as tx:
        lines = await tx.project_log.of_project(world.guild.id, ProjectId(1), limit=9)
    assert len(lines) == 1
    elsewhere.status = 200
    elsewhere.push(2)
    await look(world, 9 * DAY)
    assert "(gone)" not in card(thread)
    assert "code: 2 commits since" in card(thread)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (429, {"Retry-After": "172800"}),
        (503, {"Retry-After": "Wed, 04 Nov 2026 12:02:00 GMT"}),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1793793720"}),
    ],
)
async def test_a_server_that_asks_to_be_left_alone_is(
    world: World, elsewhere: Elsewhere, status: int, headers: dict[str, str]
) -> None:
    elsewhere.status, elsewhere.headers = status, headers
    await board(world, "https://github.com/openai/grok")
    await look(world, timedelta(hours=47))
    assert len(elsewhere.asked) == 1
    assert world.bob.user.dm_channel is None or world.bob.user.dm_channel.history() == []
    await look(world, timedelta(hours=15))
    assert len(elsewhere.asked) == 2


async def test_a_server_that_fails_is_asked_ever_less_often(
    world: World, elsewhere: Elsewhere
) -> None:
    elsewhere.status = 500
    await board(world, "https://github.com/openai/grok")
    await look(world, 20 * DAY)
    assert 6 <= len(elsewhere.asked) <= 10


async def test_watching_is_switched_off_and_on(world: World, elsewhere: Elsewhere) -> None:
    thread = await board(world, "https://github.com/openai/grok")
    more = await world.bob.click(thread.pinned_messages()[0], label="⋯")
    shown = await world.bob.select(more.response, ["1"], custom_id="board:links:1")
    await world.restart()
    await world.bob.click(shown.response, label="Stop watching it")
    assert "👁️" not in card(thread)
    asked = len(elsewhere.asked)
    await look(world, 3 * DAY)
    assert len(elsewhere.asked) == asked
    again = await world.bob.select(more.response, ["1"], custom_id="board:links:1")
    await world.bob.click(again.response, label="Watch it")
    await look(world, DAY)
    assert len(elsewhere.asked) > asked
    stranger = await world.cara.click(thread.pinned_messages()[0], label="⋯")
    theirs = await world.cara.select(stranger.response, ["1"], custom_id="board:links:1")
    refused = await world.cara.click(theirs.response, label="Stop watching it")
    assert "Press Join" in text(refused)


async def test_no_address_of_this_network_is_looked_at(
    world: World, elsewhere: Elsewhere, clock: SteppedClock
) -> None:
    """Only the base address that whoever runs the bot chose may be one."""
    other = Elsewhere()
    await other.server.start_server()
    thread = await board(world, f"{other.base}/notes")
    (told,) = world.bob.user.dm_channel.history()
    assert "it is not on the open web" in text(told)
    assert other.asked == []
    assert "👁️" not in card(thread)
    await other.server.close()


async def test_an_archived_project_looks_nowhere_until_it_is_reopened(
    world: World, elsewhere: Elsewhere
) -> None:
    thread = await board(world, "https://github.com/openai/grok")
    question: Any = await world.alice.slash(thread, "project archive")
    await world.alice.click(question.response, label="Archive")
    asked = len(elsewhere.asked)
    await look(world, 5 * DAY)
    assert len(elsewhere.asked) == asked
    await world.alice.slash(world.channel, "project reopen", project="Grokking")
    await look(world, DAY)
    assert len(elsewhere.asked) > asked


async def test_one_row_of_deadlines_for_each_link_however_long(
    world: World, elsewhere: Elsewhere
) -> None:
    await board(world, "https://github.com/openai/grok")
    await look(world, 10 * DAY)
    async with world.bot.store.read() as tx:
        rows = await tx.deadlines.of(1, "boards.watch")
    assert len(rows) == 1


HEAD = "claim,value,seed,commit,hardware,hours,config\n"


async def claims(world: World, thread: ChannelHandle) -> None:
    for name in ("loss", "accuracy"):
        await world.bob.slash(
            thread, "claim add", statement=f"The {name} holds", metric=name, reported="1.0"
        )


async def test_a_results_file_that_changes_is_shown_with_its_commit_and_logged_by_a_press(
    world: World, elsewhere: Elsewhere
) -> None:
    elsewhere.page = HEAD.encode()
    thread = await board(world, "https://github.com/openai/grok/blob/main/out/results.csv")
    await claims(world, thread)
    before = len(thread.history())
    elsewhere.push(1)
    elsewhere.page = (HEAD + "C1,1.01,0,,A100,2,\nC1,0.99,1,,A100,2,\nC7,3,,,,,\n").encode()
    await look(world, DAY / 2)
    (posted,) = thread.history()[before:]
    said = text(posted)
    assert "1 new result" in said
    assert "1.01; 0.99" in said
    assert elsewhere.commits[0][:12] in said
    assert "C7" in said
    await world.restart()
    await look(world, DAY / 2)
    assert len(thread.history()) == before + 1, "nothing is said twice"

    refused = await world.cara.click(posted, label="Log them")
    assert "Press Join" in text(refused)
    done = await world.alice.click(posted, label="Log them")
    assert "C1 R1" in text(done)
    async with world.bot.store.read() as tx:
        claim = await tx.claims.get(world.guild.id, 1)
        assert claim is not None
        (result,) = await tx.results.of_claim(claim)
    assert result.runner_id == world.alice.id
    assert result.findings.revision == elsewhere.commits[0]
    assert (result.findings.seeds, result.findings.hours) == ("0, 1", "4")
    again = await world.bob.click(posted, label="Log them")
    assert "on the board already" in text(again)


async def test_an_older_message_about_a_file_that_changed_since_logs_nothing(
    world: World, elsewhere: Elsewhere
) -> None:
    elsewhere.page = HEAD.encode()
    thread = await board(world, f"{elsewhere.base}/results.csv")
    await claims(world, thread)
    elsewhere.page = (HEAD + "C1,1.01,0,,,,\n").encode()
    await look(world, DAY / 2)
    first = thread.last_message
    assert "1 new result" in text(first)
    elsewhere.page = (HEAD + "C1,1.02,0,,,,\n").encode()
    await look(world, DAY / 2)
    stale = await world.bob.click(first, label="Log them")
    assert "changed since" in text(stale)
    done = await world.bob.click(thread.history()[-1], label="Log them")
    assert "C1 R1" in text(done) or "logged" in text(done)


async def test_a_file_in_another_format_is_an_ordinary_link(
    world: World, elsewhere: Elsewhere
) -> None:
    elsewhere.page = b"name,number\nx,1\n"
    thread = await board(world, f"{elsewhere.base}/results.csv")
    before = len(thread.history())
    elsewhere.page = b"name,number\nx,2\n"
    await look(world, DAY / 2)
    assert len(thread.history()) == before
    assert "changed since" in card(thread)
