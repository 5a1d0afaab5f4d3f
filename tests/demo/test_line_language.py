"""The demo's language, line by line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.base.errors import InvalidInput
from bot.demo.line_language import HELP, ScriptLine, Verb, moment, read, values
from bot.demo.wording import like, meant, plain

NOW = datetime(2026, 11, 4, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("channel mech-interp", ScriptLine(Verb.CHANNEL, "mech-interp")),
        ("  AS  Olga ", ScriptLine(Verb.AS, "Olga")),
        ("/checkin status", ScriptLine(Verb.SLASH, "/checkin status")),
        ("slash /checkin status", ScriptLine(Verb.SLASH, "/checkin status")),
        ("react ✅", ScriptLine(Verb.REACT, "✅")),
        ("quit", ScriptLine(Verb.QUIT, "")),
    ],
)
def test_a_line_says_one_thing_to_do(text: str, line: ScriptLine) -> None:
    assert read(text) == line


@pytest.mark.parametrize("text", ["", "   ", "# a comment", "  # another"])
def test_empty_lines_and_comments_say_nothing(text: str) -> None:
    assert read(text) is None


def test_an_unknown_word_is_refused_with_the_word_that_was_meant() -> None:
    with pytest.raises(InvalidInput, match=r"“chanel”. Did you mean `channel` or `channels`\?"):
        read("chanel grokking")
    with pytest.raises(InvalidInput, match="`help` shows"):
        read("xyzzy")


def test_the_help_names_every_word() -> None:
    assert [verb for verb in Verb if verb is not Verb.SLASH and verb not in HELP] == []


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("2d", NOW + timedelta(days=2)),
        ("90m", NOW + timedelta(minutes=90)),
        ("3 hours", NOW + timedelta(hours=3)),
        ("1w, 1d 12h", NOW + timedelta(days=8, hours=12)),
        ("to 2026-11-10 18:00", datetime(2026, 11, 10, 18, 0, tzinfo=UTC)),
        ("to fri 9:00", datetime(2026, 11, 6, 9, 0, tzinfo=UTC)),
    ],
)
def test_forward_goes_by_a_span_or_to_a_date(text: str, to: datetime) -> None:
    assert moment(text, NOW) == to


@pytest.mark.parametrize(
    "text", ["", "2", "two days", "2d soon", "-1d", "to", "to 2020-01-01", "60w", "9" * 30 + "w"]
)
def test_forward_refuses_what_is_unreadable_past_or_too_far(text: str) -> None:
    with pytest.raises(InvalidInput):
        moment(text, NOW)


def test_values_stand_in_quotes_or_go_on_to_the_next_name() -> None:
    typed = 'did: "Read \\"it\\": twice\\nand again" when: tue 19:00 title: “A, or B”'
    assert values(typed, ["did", "when", "title"]) == {
        "did": 'Read "it": twice\nand again',
        "when": "tue 19:00",
        "title": "A, or B",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("what: x", "`did:` or `next:`"),
        ("just words", "`did:` or `next:`"),
        ("did: a did: b", "twice"),
        ('did: "a" left over', "“left over”"),
    ],
)
def test_unreadable_values_are_refused_with_what_can_be_given(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        values(text, ["did", "next"])


def test_a_name_is_meant_in_full_before_by_its_beginning_before_by_a_part() -> None:
    names = ["grokking", "Grokking on one GPU", "mech-interp"]
    assert meant("GROKKING", names) == ["grokking"]
    assert meant("grok", names) == ["grokking", "Grokking on one GPU"]
    assert meant("one gpu", names) == ["Grokking on one GPU"]
    assert meant("other", names) == []
    assert like("mech-intrep", names) == ["mech-interp"]


def test_markup_is_told_as_it_reads() -> None:
    told = plain("## **Due** <t:1793984400:F> by <@7> in <#8>, [read](https://x.org)", {7: "@Ben"})
    assert told == "Due Fri 6 Nov 17:00 by @Ben in somebody, read"


def test_of_many_mentions_the_first_two_are_told() -> None:
    told = plain("<@1> <@2> <@3>, <@4> hello", {1: "@A", 2: "@B"})
    assert told == "@A @B and 2 others hello"
    assert plain("<@1>, <@2>", {1: "@A", 2: "@B"}) == "@A, @B"
