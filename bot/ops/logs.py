"""Structured logs, for people (console) or machines (JSON), with the token never in them."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import discord
import structlog

from bot.config import LogFormat, Settings

HIDDEN = "[token hidden]"


def configure(settings: Settings, *, stream: TextIO = sys.stderr, token: str | None = None) -> None:
    """Send everything that is logged, by us and by the libraries, to ``stream``.

    ``token`` is replaced wherever it would appear, in tracebacks too.
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
            _hiding(token),
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
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


def _hiding(token: str | None) -> structlog.typing.Processor:
    def hide(
        logger: Any, name: str, line: MutableMapping[str, Any] | str | bytes
    ) -> str | bytes | MutableMapping[str, Any]:
        return line.replace(token, HIDDEN) if token and isinstance(line, str) else line

    return hide  # pyright: ignore[reportReturnType] - the last processor is handed the line
