"""Structured logs, for people (console) or machines (JSON), with no secret ever in them."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from collections.abc import Callable, MutableMapping
from typing import Any, TextIO, cast
from urllib.parse import unquote, urlsplit

import discord
import structlog

from bot.config import LogFormat, Settings

HIDDEN = "[token hidden]"

_OPENS = re.compile(
    r"(/calendar/|/(?:webhooks|interactions)/\d{1,20}/|\btoken\\{0,3}[\"']: ?\\{0,3}[\"'])"
    r"[A-Za-z0-9._-]{32,500}"
)
"""Addresses that are a key: who has a calendar's reads it, and who has an interaction's or a
webhook's writes in our name, in a quarter of an hour or for ever. Also the same key as a field of
what Discord sends, as Python or JSON writes it, within JSON too."""

ALIKE = 20
"""How many warnings or errors of one kind are written a minute; more are counted."""

MINUTE = 60.0

KINDS = 1000
"""Of how many kinds it is counted at once."""


def configure(settings: Settings, *, stream: TextIO = sys.stderr, token: str | None = None) -> None:
    """Send everything that is logged, by us and by the libraries, to ``stream``.

    ``token`` is replaced wherever it would appear, in tracebacks too; so are GitHub's token, the
    password of the database, and the addresses of calendars, interactions and webhooks.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderers: list[structlog.typing.Processor]
    if settings.log_format is LogFormat.JSON:
        renderers = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        plain = structlog.dev.plain_traceback
        colours = stream.isatty()
        renderers = [structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain)]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *renderers,
            _hiding(_secrets(settings, token)),
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    handler.addFilter(Repeats())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    # Cohort has no voice; discord.py would warn at each start that it cannot have one.
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False
    # Below these levels the libraries describe every request, every heartbeat and every job, and
    # every statement with what people wrote in it.
    for name, level in (
        ("discord", "INFO"),
        ("aiosqlite", "INFO"),
        ("apscheduler", "WARNING"),
        ("alembic", "WARNING"),
    ):
        logging.getLogger(name).setLevel(max(getattr(logging, level), root.level))


class Repeats(logging.Filter):
    """Writes what is wrong a few times a minute, and how often it was so.

    A full disk, or too many connections, is reported thousands of times a second, by us and by the
    libraries: such a log fills the disk.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write a record; what was left out is counted on the next that is written."""
        if record.levelno < logging.WARNING:
            return True
        # structlog hands over what it logs as a dict, and other libraries a text.
        said = cast("Any", record.msg)
        fields = cast("dict[str, Any]", said) if isinstance(said, dict) else {}
        event: Any = fields.get("event", said)
        kind = (record.name, str(event)[:200])
        began, count = self._seen.get(kind, (self._now(), 0))
        left_out = 0
        if self._now() - began >= MINUTE:
            left_out = max(0, count - ALIKE)
            began, count = self._now(), 0
        if len(self._seen) >= KINDS and kind not in self._seen:
            self._seen.clear()
        self._seen[kind] = (began, count + 1)
        if left_out and fields:
            record.msg = {**fields, "left_out": left_out}
        elif left_out:
            record.left_out = left_out
        return count < ALIKE


def _secrets(settings: Settings, token: str | None) -> list[str]:
    """Return what no line may show, in each form that it can have there, the longest first."""
    password = urlsplit(settings.database_url).password or ""
    known = [token or "", settings.github_token or "", password, unquote(password)]
    # As JSON writes it, and as a traceback does: a quotation mark or an umlaut is escaped there.
    forms = {form for one in known for form in (one, json.dumps(one)[1:-1], repr(one)[1:-1])}
    return sorted(forms - {""}, key=len, reverse=True)


def _hiding(secrets: list[str]) -> structlog.typing.Processor:
    def hide(
        logger: Any, name: str, line: MutableMapping[str, Any] | str | bytes
    ) -> str | bytes | MutableMapping[str, Any]:
        if not isinstance(line, str):
            return line
        for secret in secrets:
            line = line.replace(secret, HIDDEN)
        return _OPENS.sub(rf"\1{HIDDEN}", line)

    return hide  # pyright: ignore[reportReturnType] - the last processor is handed the line
