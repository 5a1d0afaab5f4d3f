"""People and titles in sentences go through one place, which knows who was erased."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.base import wording

ROOT = Path(__file__).parents[2]


def sources() -> list[Path]:
    return [*(ROOT / "cogs").rglob("*.py"), *(ROOT / "bot" / "ui").rglob("*.py")]


def test_nobody_spells_a_mention_by_hand() -> None:
    spelled = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"<@!?\{", line)
    ]
    assert spelled == [], "theme.person(…), or person(…) of bot.wording, is for that"


NO_ENGLISH = re.compile(
    r"""
    (?:\"\"\"|\#\ )(?:Have|Let)\   # a docstring says what a thing does or is
    | \b(?:what|who|that|which)\ (?:is|are|was)\ (?:no(?!\ (?:longer|more)\b)\b|none\b)
    | \b(?:is|are)\ none\ of\b | \b(?:of|for|to|by|with|from|most)\ so\ (?:many|long)\b
    | \b(?:for|by|to|than|from)\ who\ (?:is|was|has|had|did|does|joined|left|leads|may|can)\b
    | \bof\ whom\b | \banew\b | \bby\ and\ by\b | \b(?:so|how)-manieth\b | \bparted\ by\b
    | \bin\ the\ place\ of\ what\b | \bit\ is\ looked\ (?!up|for)
    """,
    re.VERBOSE,
)
"""What no native speaker writes, in docstrings, comments and messages."""


def test_sentences_are_plain_english() -> None:
    folders = (ROOT / "cogs", ROOT / "bot", ROOT / "data", ROOT / "tests")
    odd = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in folders
        for path in folder.rglob("*.py")
        if "versions" not in path.parts  # released migrations are never changed
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if NO_ENGLISH.search(line)
    ]
    assert odd == [], "\n".join(odd)


@pytest.mark.parametrize(
    ("user_ids", "shown"),
    [
        ([], "—"),
        ([5, 6], "<@5>, <@6>"),
        ([0, 5], "<@5>, somebody"),
        ([0, 0, 0], "somebody"),
        ([5, 5], "<@5>"),
    ],
)
def test_several_who_were_erased_are_one_somebody(user_ids: list[int], shown: str) -> None:
    assert wording.names(user_ids) == shown


def test_who_is_past_the_limit_is_counted() -> None:
    assert wording.names([1, 2, 3, 4], limit=2) == "<@1>, <@2> and 2 more"


def test_who_was_erased_is_not_called_upon() -> None:
    assert wording.addressed(5, "nobody came.") == "<@5>, nobody came."
    assert wording.addressed(0, "nobody came.") == "Nobody came."
    assert wording.person(None) == "somebody"


def test_a_title_in_a_sentence_is_shown_as_typed_on_one_line() -> None:
    assert wording.one_line("**a**\n[b](c) @everyone") == "\\*\\*a\\*\\* \\[b\\](c) @\u200beveryone"
