"""Tables of claims, as files have them and as papers print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidInput
from cogs.boards.rules import tables
from data.states import Better, Criterion

LATEX = r"""
\toprule
Model & EN-DE $\uparrow$ & PPL $\downarrow$ \\
\midrule
Transformer (base) & 27.3 & 4.92 \\
Transformer (big) & \textbf{28.4} & $4.33 \pm 0.02$ \\
\bottomrule
"""

MARKDOWN = """
| Model | EN-DE | EN-FR |
|:------|------:|------:|
| Base  | 27.3  | 38.1  |
| **Big** | 28.4 | **41.8** |
| ConvS2S | 25.16 | – |
"""


def test_a_latex_table_is_a_claim_for_each_number_with_its_direction() -> None:
    claims = tables.parse(LATEX)
    assert [(one.statement, one.reported, one.better) for one in claims] == [
        ("Transformer (base): EN-DE", "27.3", Better.HIGHER),
        ("Transformer (base): PPL", "4.92", Better.LOWER),
        ("Transformer (big): EN-DE", "28.4", Better.HIGHER),
        ("Transformer (big): PPL", "4.33 ± 0.02", Better.LOWER),
    ]


def test_a_markdown_table_leaves_out_what_is_not_reported() -> None:
    claims = tables.parse(MARKDOWN)
    assert [one.statement for one in claims] == [
        "Base: EN-DE", "Base: EN-FR", "Big: EN-DE", "Big: EN-FR", "ConvS2S: EN-DE",
    ]  # fmt: skip
    assert claims[3].reported == "41.8"


def test_a_pasted_spreadsheet_is_parted_by_tabs() -> None:
    claims = tables.parse("Model\tTop-1\nResNet-50\t76.1%\nViT-B\t77.9 %\n")
    assert [(one.metric, one.reported) for one in claims] == [
        ("Top-1", "76.1%"),
        ("Top-1", "77.9 %"),
    ]


def test_a_list_names_its_fields() -> None:
    (claim,) = tables.parse(
        "statement,metric,reported,where,better,criterion,tolerance,weight,headline,runs\n"
        '"Base model, EN-DE",BLEU,27.30,Table 2,higher,absolute,0.5,2,yes,3\n'
    )
    assert claim.statement == "Base model, EN-DE"
    assert claim.reported == "27.30"
    assert claim.place == "Table 2"
    assert claim.better is Better.HIGHER
    assert claim.criterion is Criterion.ABSOLUTE
    assert (claim.tolerance, claim.weight, claim.headline, claim.runs) == ("0.5", "2", True, 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names of the columns"),
        ("just a sentence", "names of the columns"),
        ("a | b\nc | d", "no numbers"),
        ("statement | reported\n | 1", "Line 2"),
        ("statement | reported | better\nx | 1 | wider", "Line 2"),
        ("statement | reported | runs\nx | 1 | many", "Line 2"),
        ("x" * 200_001, "in parts"),
    ],
)
def test_what_is_no_table_is_refused_naming_the_line(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        tables.parse(text)


def test_what_is_given_back_to_correct_is_read_again() -> None:
    claims = tables.parse(LATEX)
    assert tables.parse(tables.write(claims)) == claims


def test_no_field_of_a_list_is_lost_when_it_is_given_back() -> None:
    claims = tables.parse(
        "statement | reported | weight | headline | runs | spread | dataset\n"
        "One | 1.0 | 2 | yes | 3 | 0.1 | test\nTwo | 2 | | | | |\n"
    )
    assert tables.parse(tables.write(claims)) == claims


def test_what_is_there_already_is_left_out() -> None:
    claims = tables.parse(MARKDOWN)
    fresh = tables.without([*claims, *claims], ["base: en-de"])
    assert fresh[0].statement == "Base: EN-FR"
    assert len(fresh) == 4


@given(st.text(max_size=300))
def test_any_text_is_a_table_or_refused(text: str) -> None:
    try:
        claims = tables.parse(text)
    except InvalidInput:
        return
    assert claims


@pytest.mark.parametrize(
    "text",
    [
        "seed,acc,loss\n0,97.10,1\n1,96.8,2\n2,,3\n",
        "acc\n97.10\n96.8\n",
        '[{"seed": 0, "acc": 97.10}, {"seed": 1, "acc": 96.8}]',
        '{"acc": [97.10, 96.8]}',
        "[97.10, 96.8]",
    ],
)
def test_a_column_of_runs_is_read_with_its_digits(text: str) -> None:
    assert tables.column(text, "acc") == "97.10; 96.8"


@pytest.mark.parametrize("text", ["a,b\n1,2", "{}", "[1", '{"acc": 1}', "acc\n", '[{"b": 1}]', ""])
def test_a_file_without_the_column_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        tables.column(text, "acc")
