"""What people type is shown as they typed it: no link, no heading, no ping comes out of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ui import theme
from bot.ui.sanitise import sound

SPECIAL = "\\*_~|`[]"
EVIL = "https://evil.example"

unescaped_link = re.compile(r"(?<!\\)(?:\\\\)*\[[^\[\]]*\]\s*\(")


@pytest.mark.parametrize(
    "typed",
    [
        f"[the course]({EVIL})",
        f"[a](b) [the course]({EVIL})",
        f"[[the course]({EVIL})",
        f"[a](b) \\\\[the course]({EVIL})",
        f"[the\ncourse]({EVIL})",
        f"[the course](<{EVIL}>)",
        f"https://a.example/_[the course]({EVIL})",
    ],
)
def test_no_masked_link_comes_out_of_a_text(typed: str) -> None:
    assert not unescaped_link.search(theme.escape(typed))


def test_markdown_after_a_bracket_is_escaped_too() -> None:
    assert theme.escape("[a](b) **loud** ||hidden|| (c)") == (
        r"\[a\](b) \*\*loud\*\* \|\|hidden\|\| (c)"
    )


@pytest.mark.parametrize("start", ["# ", "### ", "-# ", "- ", "> ", ">>> "])
def test_a_line_begins_no_heading_quote_or_list(start: str) -> None:
    shown = theme.escape(f"first\n{start}second")
    assert shown == f"first\n\\{start}second"


@pytest.mark.parametrize(
    "mark", [chr(one) for one in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
)
def test_no_text_turns_around_what_follows_it(mark: str) -> None:
    assert sound({"name": [f"ab{mark}cd"]}) == {"name": ["abcd"]}
    assert sound(mark) == ""


def test_an_address_stays_what_it_is() -> None:
    address = "https://arena.example/chapter_0~1/day_2"
    assert theme.escape(f"see {address}, it_is good") == f"see {address}, it\\_is good"


@pytest.mark.parametrize(
    "typed", ["@everyone", "@here", "<@123456789012345678>", "<@&123456789012345678>"]
)
def test_a_mention_is_not_one(typed: str) -> None:
    assert typed not in theme.escape(typed)


@given(st.text(st.sampled_from([*SPECIAL, "(", ")", "a", "\n", " ", "#", ">", "-"])))
def test_every_special_character_is_escaped_and_none_is_lost(typed: str) -> None:
    shown = theme.escape(typed)
    assert re.sub(r"\\([\\*_~|`\[\]#>-])", r"\1", shown) == typed
    assert not re.search(r"[*_~|`\[\]]", re.sub(r"\\.", "", shown, flags=re.DOTALL))
