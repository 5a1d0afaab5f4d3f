"""How long a server asks to be left alone, however oddly it says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cogs.boards.links.rules import asked_wait

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 02 Nov 2026 13:00:00 GMT", timedelta(hours=1)),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("Fri, 31 Dec 9999 23:59:59", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - NOW),
        ("9" * 6000, timedelta(seconds=10**7)),
        ("soon", None),
    ],
)
def test_a_wait_is_read_or_nothing(given: str, wait: timedelta | None) -> None:
    assert asked_wait({"Retry-After": given}, NOW) == wait
