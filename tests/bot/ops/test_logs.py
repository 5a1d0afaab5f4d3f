"""Logs: structured, and never with the token in them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.config import LogFormat, Settings
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
