"""Looks at links: the rules."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.boards.links import rules
from cogs.boards.links.rules import Look

INSTANTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/openai/grok", "openai/grok"),
        ("http://www.github.com/openai/grok.git", "openai/grok"),
        ("https://github.com/openai/grok/tree/main/grok", "openai/grok"),
        ("https://github.com/openai/grok/blob/main/README.md", "openai/grok"),
        ("https://github.com/openai/grok/issues/5", None),
        ("https://github.com/openai", None),
        ("https://github.com/../grok", None),
        ("https://github.com/a%2f/b", None),
        ("https://gist.github.com/openai/grok", None),
        ("https://github.com.evil.org/openai/grok", None),
    ],
)
def test_repositories_are_known_by_their_address(url: str, name: str | None) -> None:
    assert rules.repository(url) == name


def commits(*names: str) -> bytes:
    return json.dumps([{"sha": name * 40} for name in names]).encode()


def test_commits_since_the_last_look_are_counted() -> None:
    first = rules.read_commits(None, 200, commits("a"), {})
    assert (first.look, first.fingerprint) == (Look.SAME, "a" * 40)
    three = rules.read_commits("a" * 40, 200, commits("d", "c", "b", "a"), {})
    assert (three.look, three.commits, three.more) == (Look.CHANGED, 3, False)
    rewritten = rules.read_commits("e" * 40, 200, commits("d", "c"), {})
    assert (rewritten.look, rewritten.commits) == (Look.CHANGED, None)
    many = rules.read_commits("e" * 40, 200, commits(*["f"] * 30), {})
    assert (many.commits, many.more) == (30, True)
    empty = rules.read_commits(None, 409, b"", {})
    assert empty.fingerprint == rules.EMPTY
    begun = rules.read_commits(rules.EMPTY, 200, commits("b", "a"), {})
    assert begun.commits == 2


@pytest.mark.parametrize("body", [b"{}", b"[1]", b'[{"sha": 5}]', b'[{"sha": "x y"}]', b"no"])
def test_what_is_no_list_of_commits_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        rules.read_commits(None, 200, body, {})


@given(INSTANTS, st.integers(1, 10**6), st.integers(0, 50), st.booleans())
def test_the_next_look_is_never_soon_and_never_far(
    now: datetime, link_id: int, failures: int, seldom: bool
) -> None:
    wait = rules.next_look(now, link_id, failures=failures, seldom=seldom) - now
    assert rules.EVERY <= wait <= rules.SELDOM * 1.2


@given(INSTANTS, st.timedeltas(timedelta(), timedelta(days=100)))
def test_a_server_is_left_alone_as_long_as_it_asks_but_not_for_ever(
    now: datetime, asked: timedelta
) -> None:
    wait = rules.next_look(now, 1, failures=1, wait=asked) - now
    assert wait >= min(asked, rules.PATIENCE)
    assert wait <= rules.PATIENCE * 1.2
