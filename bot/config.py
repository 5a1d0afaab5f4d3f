"""The settings, read once from the environment (``COHORT_…``) or an ``.env`` file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from math import inf
from pathlib import Path
from zoneinfo import ZoneInfo

from dotenv import dotenv_values

from bot.base.errors import InvalidInput, StartupError
from bot.base.shards import ALL, Shards
from bot.base.when import zone
from bot.papers import ARXIV, CROSSREF, OPENREVIEW, OPENREVIEW_V1

DISCORD = "https://discord.com/api/v10"
GITHUB = "https://api.github.com"

MOST_SHARDS = 10_000
"""More than anybody needs: Discord recommends a shard for a thousand servers."""


class LogFormat(StrEnum):
    """How a line of the log is written."""

    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """The least level that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


# Readers: each takes what stands after a name, and returns the value or raises ValueError, with a
# sentence that does not repeat the text, which may be a secret in the wrong place.


def _number(least: float, most: float, *, whole: bool = True) -> Callable[[str], float]:
    """Read a number of this range."""

    def read(text: str) -> float:
        try:
            found = int(text) if whole else float(text)
        except ValueError:
            found = inf
        if not least <= found <= most:
            kind = "whole number" if whole else "number"
            raise ValueError(f"give a {kind} from {least} to {most}")
        return found

    return read


def _one_of(kinds: type[StrEnum]) -> Callable[[str], StrEnum]:
    """Read one of these words."""

    def read(text: str) -> StrEnum:
        try:
            return kinds(text.lower())
        except ValueError:
            raise ValueError(f"give one of {', '.join(kinds)}") from None

    return read


def _yes_or_no(text: str) -> bool:
    if text.lower() in ("true", "yes", "on", "1"):
        return True
    if text.lower() in ("false", "no", "off", "0"):
        return False
    raise ValueError("give true or false")


def _zone(text: str) -> str:
    try:
        return zone(text).key
    except InvalidInput as error:
        raise ValueError(error.sentence) from None


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("give an address that starts with https:// or http://")
    return text.rstrip("/")


def _shard_ids(text: str) -> tuple[int, ...]:
    """Read numbers and ranges of shards: ``0-3``, or ``4,5``."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = (side.strip() for side in part.partition("-"))
        if not (first.isdecimal() and (last or first).isdecimal()):
            raise ValueError("give numbers of shards and ranges of them, such as 0-3 or 4,5")
        # Cut, so that 0-9999999999 is refused rather than counted through.
        found.update(range(int(first), min(int(last or first), MOST_SHARDS) + 1))
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can decide; each field is documented in ``.env.example``."""

    token: str | None = field(default=None, repr=False)
    token_file: Path | None = None
    # PostgreSQL's address has a password in it.
    database_url: str = field(default="sqlite+aiosqlite:///cohort.db", repr=False)
    timezone: str = "UTC"
    log_level: LogLevel = LogLevel.INFO
    log_format: LogFormat = LogFormat.CONSOLE
    card_interval: float = 1.0
    # Discord allows 50 requests a second in all
    # (https://discord.com/developers/docs/topics/rate-limits).
    sends_per_second: float = 49.0
    shards: int = 1
    shard_ids: tuple[int, ...] | None = None
    backups: int = 7
    backup_folder: Path | None = None
    contact: str | None = None
    web_port: int = 0
    web_host: str = "127.0.0.1"
    web_address: str | None = None
    discord_api: str = DISCORD
    arxiv_api: str = ARXIV
    crossref_api: str = CROSSREF
    openreview_api: str = OPENREVIEW
    openreview_v1_api: str = OPENREVIEW_V1
    watch_links: bool = True
    github_url: str = GITHUB
    github_token: str | None = field(default=None, repr=False)

    @property
    def zone(self) -> ZoneInfo:
        """The zone that holds where neither a person, a group nor a server set one."""
        return ZoneInfo(self.timezone)

    def own_shards(self) -> Shards:
        """Return which shards this process has: all, where Discord says how many there are.

        Raises StartupError where they cannot be these.
        """
        if self.shard_ids is None:
            return Shards(self.shards, tuple(range(self.shards))) if self.shards else ALL
        if not self.shards:
            raise StartupError(
                "COHORT_SHARD_IDS needs COHORT_SHARDS: say how many shards there are in all."
            )
        if not self.shard_ids or self.shard_ids[-1] >= self.shards:
            raise StartupError(
                f"COHORT_SHARD_IDS: with COHORT_SHARDS={self.shards}, shards go from 0 to "
                f"{self.shards - 1}."
            )
        if len(self.shard_ids) < self.shards and self.database_url.startswith("sqlite"):
            raise StartupError(
                "COHORT_SHARD_IDS: an SQLite database is one process's, which needs all shards. "
                "Leave COHORT_SHARD_IDS out, or use PostgreSQL (COHORT_DATABASE_URL)."
            )
        return Shards(self.shards, self.shard_ids)

    def read_token(self) -> str:
        """Return the bot's token, from the environment or from ``token_file``.

        Raises StartupError, without the token in it, when there is none or it has the wrong form.
        """
        if self.token is not None:
            token, source = self.token, "COHORT_TOKEN"
        elif self.token_file is not None:
            source = f"COHORT_TOKEN_FILE ({self.token_file})"
            try:
                token = self.token_file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "it is not text"
                raise StartupError(f"{source} cannot be read: {reason}") from None
        else:
            raise StartupError(
                "There is no token. Put the bot's token from Discord's developer portal "
                "into COHORT_TOKEN (or its path into COHORT_TOKEN_FILE)."
            )
        # Discord's documentation shows the header, “Bot …”, and people copy all of it.
        token = token.strip().removeprefix("Bot ").strip()
        if not token or not token.isascii() or any(character.isspace() for character in token):
            raise StartupError(
                f"{source} does not hold a bot token. Copy it again from Discord's developer "
                "portal: your application, Bot, Reset Token."
            )
        return token


READERS: Mapping[str, Callable[[str], object]] = {
    "token_file": Path,
    "timezone": _zone,
    "log_level": _one_of(LogLevel),
    "log_format": _one_of(LogFormat),
    "card_interval": _number(0, 60, whole=False),
    "sends_per_second": _number(0.01, 50, whole=False),
    "shards": _number(0, MOST_SHARDS),
    "shard_ids": _shard_ids,
    "backups": _number(0, 1000),
    "backup_folder": Path,
    "web_port": _number(0, 65535),
    "web_address": _address,
    "discord_api": _address,
    "arxiv_api": _address,
    "crossref_api": _address,
    "openreview_api": _address,
    "openreview_v1_api": _address,
    "watch_links": _yes_or_no,
    "github_url": _address,
}
"""How each setting is read from its text; what is not here is the text."""


def load(env_file: Path | None = Path(".env")) -> Settings:
    """Return the settings, or raise StartupError naming the variable that is wrong.

    The environment wins over the file. A name with nothing after it counts as left out, as in a
    copy of ``.env.example``; and other programs may keep settings of their own in the same file.
    """
    given = {**_said(dotenv_values(env_file) if env_file else {}), **_said(os.environ)}
    values: dict[str, object] = {}
    for one in fields(Settings):
        name = f"COHORT_{one.name.upper()}"
        if name in given:
            try:
                values[one.name] = READERS.get(one.name, str)(given[name])
            except ValueError as error:
                raise StartupError(f"{name}: {error}") from None
    settings = Settings(**values)  # pyright: ignore[reportArgumentType] - as its readers return
    # Only for its errors: they are said at once, and not when the client is made.
    settings.own_shards()
    return settings


def _said(given: Mapping[str, str | None]) -> dict[str, str]:
    return {name: text.strip() for name, text in given.items() if text and text.strip()}
