"""Logs: structured, and never with the token in them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from urllib.parse import quote

import aiohttp
import discord
import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.http import Route
from discord.webhook.async_ import AsyncWebhookAdapter

from bot.config import LogFormat, LogLevel, Settings
from bot.ops import logs


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, _ = handlers, root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("form", list(LogFormat))
def test_the_token_is_hidden_in_messages_fields_and_tracebacks(form: LogFormat) -> None:
    written = io.StringIO()
    logs.configure(Settings(log_format=form), stream=written, token="s3cr3t")
    log = logging.getLogger("some.library")
    log.warning("the token is s3cr3t")
    structlog.stdlib.get_logger("ours").info("asked", url="https://x/?token=s3cr3t")
    try:
        raise ValueError("s3cr3t")
    except ValueError:
        log.exception("it broke")
    assert "s3cr3t" not in written.getvalue()
    assert written.getvalue().count(logs.HIDDEN) >= 3


def test_json_lines_carry_level_logger_and_fields() -> None:
    written = io.StringIO()
    logs.configure(Settings(log_format=LogFormat.JSON), stream=written)
    structlog.stdlib.get_logger("ours").info("deadline", key="remind/1")
    line = json.loads(written.getvalue())
    assert (line["event"], line["level"], line["logger"], line["key"]) == (
        "deadline",
        "info",
        "ours",
        "remind/1",
    )


def test_what_repeats_is_written_a_few_times_a_minute_and_counted() -> None:
    written, now = io.StringIO(), [0.0]
    logs.configure(Settings(log_format=LogFormat.JSON), stream=written)
    (handler,) = logging.getLogger().handlers
    handler.filters = [logs.Repeats(lambda: now[0])]
    for number in range(1000):
        logging.getLogger("asyncio").error("socket.accept() out of system resource")
        structlog.stdlib.get_logger("ours").warning("a card falls behind", number=number)
    structlog.stdlib.get_logger("ours").info("another")
    assert len(written.getvalue().splitlines()) == 2 * logs.ALIKE + 1
    now[0] += 61
    logging.getLogger("asyncio").error("socket.accept() out of system resource")
    structlog.stdlib.get_logger("ours").warning("a card falls behind", number=1000)
    last = [json.loads(line) for line in written.getvalue().splitlines()[-2:]]
    assert [one["left_out"] for one in last] == [1000 - logs.ALIKE] * 2


def test_no_secret_of_the_settings_and_no_address_of_a_calendar_is_logged() -> None:
    written = io.StringIO()
    settings = Settings(
        database_url="postgresql+asyncpg://cohort:hunter2x@db/cohort",
        github_token="ghp_secret",
        log_level=LogLevel.DEBUG,
    )
    logs.configure(settings, stream=written, token="s3cr3t")
    secret = "k" * 43
    logging.getLogger("aiohttp.server").debug(
        "GET /calendar/%s.ics %s %s %s", secret, "ghp_secret", settings.database_url, "s3cr3t"
    )
    structlog.stdlib.get_logger("ours").warning("asked", path=f"/calendar/{secret}.ics")
    said = written.getvalue()
    assert "GET /calendar/" in said
    assert not any(one in said for one in (secret, "ghp_secret", "hunter2x", "s3cr3t"))


@pytest.mark.parametrize("form", list(LogFormat))
async def test_who_reads_a_log_cannot_answer_in_our_name(form: LogFormat) -> None:
    written, key = io.StringIO(), "aW50ZXJhY3Rpb246" + "x" * 180
    logs.configure(Settings(log_format=form), stream=written)
    # The library's own line for each request; it stays silent unless somebody has it speak.
    monitored = logging.getLogger("discord.webhook.async_")
    monitored.setLevel(logging.DEBUG)
    try:
        async with TestServer(web.Application()) as server, aiohttp.ClientSession() as session:
            for base in (f"/webhooks/1234/{key}", f"/interactions/1234/{key}/callback"):
                route = Route("POST", base)
                route.url = str(server.make_url(base))
                with pytest.raises(discord.NotFound):
                    await AsyncWebhookAdapter().request(route, session=session)
                structlog.stdlib.get_logger("ours").error("refused", url=route.url)
    finally:
        monitored.setLevel(logging.NOTSET)
    assert "has returned status code 404" in written.getvalue()
    assert "/callback" in written.getvalue()
    assert key not in written.getvalue()


@pytest.mark.parametrize("form", list(LogFormat))
def test_a_password_is_hidden_in_every_form_that_it_has(form: LogFormat) -> None:
    written = io.StringIO()
    password = 'hünt"er/2x'
    settings = Settings(
        database_url=f"postgresql+asyncpg://cohort:{quote(password, safe='')}@db/cohort",
        log_level=LogLevel.DEBUG,
        log_format=form,
    )
    logs.configure(settings, stream=written)
    try:
        raise OSError(f"no connection as {password}", {"password": password})
    except OSError:
        logging.getLogger("asyncpg").exception("%s: %r", settings.database_url, password)
    assert "no connection as" in written.getvalue()
    assert "er/2x" not in written.getvalue()
    assert "er%2F2x" not in written.getvalue()
