"""The settings, read once from the environment (``COHORT_…``), an ``.env`` file or keywords."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

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


class Settings(BaseSettings):
    """Everything an operator can decide; each field is documented in ``.env.example``."""

    model_config = SettingsConfigDict(
        # A name with nothing after it counts as left out, as in a copy of .env.example; and other
        # programs may keep settings of their own in the same file.
        env_prefix="COHORT_",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
    )

    token: SecretStr | None = None
    token_file: Path | None = None
    # Not shown in errors: PostgreSQL's address has a password in it.
    database_url: str = Field(default="sqlite+aiosqlite:///cohort.db", repr=False)
    timezone: str = "UTC"
    log_level: LogLevel = LogLevel.INFO
    log_format: LogFormat = LogFormat.CONSOLE
    card_interval: float = Field(default=1.0, ge=0, le=60)
    # Discord allows 50 requests a second in all
    # (https://discord.com/developers/docs/topics/rate-limits).
    sends_per_second: float = Field(default=49, gt=0, le=50)
    shards: int = Field(default=1, ge=0, le=MOST_SHARDS)
    # Pydantic would take the text for JSON, in which 0-3 is a mistake.
    shard_ids: Annotated[tuple[int, ...] | None, NoDecode] = None
    backups: int = Field(default=7, ge=0, le=1000)
    backup_folder: Path | None = None
    contact: str | None = None
    web_port: int = Field(default=0, ge=0, le=65535)
    web_host: str = "127.0.0.1"
    web_address: str | None = None
    discord_api: str = DISCORD
    arxiv_api: str = ARXIV
    crossref_api: str = CROSSREF
    openreview_api: str = OPENREVIEW
    openreview_v1_api: str = OPENREVIEW_V1
    watch_links: bool = True
    github_url: str = GITHUB
    github_token: SecretStr | None = None

    @field_validator("shard_ids", mode="before")
    @classmethod
    def _shard_ids(cls, given: object) -> object:
        """Read numbers and ranges of shards: ``0-3``, or ``4,5``."""
        if not isinstance(given, str):
            return given
        found: set[int] = set()
        for part in given.split(","):
            first, _, last = (side.strip() for side in part.partition("-"))
            if not (first.isdecimal() and (last or first).isdecimal()):
                raise ValueError("give numbers of shards and ranges of them, such as 0-3 or 4,5")
            # Cut, so that 0-9999999999 is refused rather than counted through.
            found.update(range(int(first), min(int(last or first), MOST_SHARDS) + 1))
        return tuple(sorted(found))

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            return zone(name).key
        except InvalidInput as error:
            raise ValueError(error.sentence) from None

    @field_validator(
        "discord_api",
        "arxiv_api",
        "crossref_api",
        "openreview_api",
        "openreview_v1_api",
        "github_url",
        "web_address",
    )
    @classmethod
    def _address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        if not url.startswith(("http://", "https://")):
            raise ValueError("give an address that starts with https:// or http://")
        return url.rstrip("/")

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
            token, source = self.token.get_secret_value(), "COHORT_TOKEN"
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


def load(env_file: Path | None = Path(".env"), **values: Any) -> Settings:
    """Return the settings, or raise StartupError naming the variable that is wrong."""
    try:
        settings = Settings(_env_file=env_file, **values)  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        # Without what was given, which may be the token.
        problem = error.errors(include_url=False, include_input=False)[0]
        name = "COHORT_" + "_".join(str(part) for part in problem["loc"]).upper().removeprefix(
            "COHORT_"
        )
        raise StartupError(f"{name}: {problem['msg'].removeprefix('Value error, ')}") from None
    # Only for its errors: they are said at once, and not when the client is made.
    settings.own_shards()
    return settings
