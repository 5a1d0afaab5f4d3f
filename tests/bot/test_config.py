"""Settings, as an operator writes them: the environment and a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.base.errors import StartupError
from bot.config import LogLevel, Settings, load


def test_the_environment_wins_over_the_file_and_what_is_left_empty_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "COHORT_TIMEZONE=Europe/Berlin\nCOHORT_BACKUPS=3\nCOHORT_CONTACT=\n# COHORT_WEB_PORT=1\n"
        "COHORT_LOG_LEVEL=error\nSOMEBODY_ELSES=1\n"
    )
    monkeypatch.setenv("COHORT_BACKUPS", " 5 ")
    monkeypatch.setenv("COHORT_LOG_LEVEL", "")
    assert load(file) == Settings(timezone="Europe/Berlin", backups=5, log_level=LogLevel.ERROR)
    assert load(tmp_path / "none") == Settings(backups=5)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("BACKUPS", "many", "give a whole number from 0 to 1000"),
        ("BACKUPS", "2.5", "give a whole number from 0 to 1000"),
        ("WEB_PORT", "-1", "give a whole number from 0 to 65535"),
        ("CARD_INTERVAL", "nan", "give a number from 0 to 60"),
        ("CARD_INTERVAL", "1e999", "give a number from 0 to 60"),
        ("SENDS_PER_SECOND", "0", "give a number from 0.01 to 50"),
        ("LOG_LEVEL", "loud", "give one of debug, info, warning, error"),
        ("WATCH_LINKS", "perhaps", "give true or false"),
        ("GITHUB_URL", "api.github.com", "give an address that starts with https:// or http://"),
        ("TIMEZONE", "Atlantis", "Atlantis"),
        ("SHARD_IDS", "one", "give numbers of shards and ranges of them, such as 0-3 or 4,5"),
        ("SHARDS", "9" * 5000, "give a whole number from 0 to 10000"),
    ],
)
def test_what_cannot_be_is_named_with_what_to_write(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, sentence: str
) -> None:
    monkeypatch.setenv(f"COHORT_{name}", text)
    with pytest.raises(StartupError) as refused:
        load(None)
    assert str(refused.value).startswith(f"COHORT_{name}: ")
    assert sentence in str(refused.value)


def test_addresses_lose_their_last_slash_and_words_their_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COHORT_WEB_ADDRESS", "https://cohort.example/")
    monkeypatch.setenv("COHORT_LOG_LEVEL", "DEBUG")
    monkeypatch.setenv("COHORT_WATCH_LINKS", "No")
    monkeypatch.setenv("COHORT_SHARDS", "6")
    monkeypatch.setenv("COHORT_SHARD_IDS", "5, 0-2")
    monkeypatch.setenv("COHORT_DATABASE_URL", "postgresql+asyncpg://db/cohort")
    settings = load(None)
    assert settings.web_address == "https://cohort.example"
    assert settings.log_level is LogLevel.DEBUG
    assert not settings.watch_links
    assert settings.shard_ids == (0, 1, 2, 5)


def test_no_secret_is_shown_with_the_settings() -> None:
    settings = Settings(
        token="s3cr3t",
        github_token="ghp_x",
        database_url="postgresql+asyncpg://cohort:hunter2x@db/cohort",
    )
    shown = repr(settings)
    assert not any(one in shown for one in ("s3cr3t", "ghp_x", "hunter2x"))
