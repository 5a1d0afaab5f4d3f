"""Tables of claims, as files have them and as papers print them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import InvalidInput
from cogs.boards.imports import tables
from cogs.boards.results import run_files
from data.states import Better, Category, Criterion, Origin, SpreadKind
from tests.pace import milliseconds

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


def test_a_list_says_what_a_claim_is_about_and_of_what_kind_its_spread_is() -> None:
    (claim,) = tables.parse(
        "statement | reported | category | unit | split | spread | spread_kind\n"
        "It runs | yes | code execution | | test | |\n"
    )
    assert (claim.category, claim.split, claim.unit) == (Category.RUN, "test", None)
    (claim,) = tables.parse("claim,value,sd,spread kind,unit\nx,1.0,0.1,se,ms\n")
    assert (claim.spread, claim.spread_kind, claim.unit) == ("0.1", SpreadKind.ERROR, "ms")
    assert tables.parse(tables.write([claim])) == [claim]


WHOLE_LATEX = r"""
\begin{table}[t]
\caption{Errors & more.}
\begin{tabular}{@{}l|cc}
\toprule
 & \multicolumn{2}{c}{Top-1 $\downarrow$} \\ \cmidrule(lr){2-3}
\multirow{2}{*}{Model} & small & \textbf{\textit{large}} \\
\midrule
\multirow{2}{*}{ResNet~\cite{he2016}} & 30.2$_{\pm 0.3}$ & {\bf 28.1}$^\dagger$ \\[2pt]
 & 29.9 & -- \\ % a comment & 1
ViT \citep[see][]{d} & \multicolumn{2}{c}{$2.3\cdot10^{-1}$} \\
\bottomrule
\end{tabular}
\end{table}
"""


def test_a_table_from_a_papers_source_is_read_with_its_groups() -> None:
    claims = tables.parse(WHOLE_LATEX)
    assert [(one.statement, one.reported, one.better) for one in claims] == [
        ("ResNet: Top-1 small", "30.2 ± 0.3", Better.LOWER),
        ("ResNet: Top-1 large", "28.1", Better.LOWER),
        ("ResNet: Top-1 small (2)", "29.9", Better.LOWER),
        ("ViT: Top-1", "2.3·10^-1", Better.LOWER),
    ]


PDF = """Table 1: What came out
Error Cost (FLOPs)
Model EN-DE EN-FR EN-DE EN-FR
ByteNet [18] 23.75
GNMT + RL [38, 39] 24.6 39.92 2.3 · 1019 1.4 · 1020
MoE 2 [32] 26.03 40.56 2.0 · 1019 1.2 · 1020
"""


def test_a_table_copied_out_of_a_pdf_is_parted_by_blanks() -> None:
    claims = tables.parse(PDF)
    assert [(one.statement, one.metric, one.reported) for one in claims] == [
        ("ByteNet: 23.75", "?", "23.75"),
        ("GNMT + RL: EN-DE", "EN-DE", "24.6"),
        ("GNMT + RL: EN-FR", "EN-FR", "39.92"),
        ("GNMT + RL: EN-DE (2)", "EN-DE (2)", "2.3 · 1019"),
        ("GNMT + RL: EN-FR (2)", "EN-FR (2)", "1.4 · 1020"),
        ("MoE 2: EN-DE", "EN-DE", "26.03"),
        ("MoE 2: EN-FR", "EN-FR", "40.56"),
        ("MoE 2: EN-DE (2)", "EN-DE (2)", "2.0 · 1019"),
        ("MoE 2: EN-FR (2)", "EN-FR (2)", "1.2 · 1020"),
    ]
    assert tables.unclear(claims) == 1


def test_a_caption_does_not_hide_a_table() -> None:
    text = "Table 3. Our results, in percent.\n" + MARKDOWN + "\nHigher is better."
    assert len(tables.parse(text)) == 5
    tabbed = "Results\nModel\tdata\tTop-1\nA\timagenet\t76.1\nA\tcifar\t95\n"
    assert [one.statement for one in tables.parse(tabbed)] == [
        "A imagenet: Top-1",
        "A cifar: Top-1",
    ]


def test_what_is_there_already_is_left_out() -> None:
    claims = tables.parse(MARKDOWN)
    fresh = tables.without([*claims, *claims], ["base: en-de"])
    assert fresh[0].statement == "Base: EN-FR"
    assert len(fresh) == 4


def test_a_claim_knows_how_far_the_nearest_other_number_of_its_metric_is() -> None:
    claims = tables.parse(
        "| M | Acc | Loss |\n|--|--|--|\n| A | 90.1 | 0.3 |\n| B | 92.0 | <0.2 |\n"
        "| C | 92.5% | 0.0 |\n| D | 90.1 | 0.3 |"
    )
    gaps = {one.statement: one.gap for one in claims}
    assert gaps["A: Acc"] == gaps["D: Acc"] == "1.9"
    assert gaps["B: Acc"] == "0.5"
    assert gaps["B: Loss"] is None, "a bound"
    assert gaps["C: Loss"] is None, "zero has a tolerance"


HOSTILE = {
    "tabulars": r"\begin{tabular}" * 13_000,
    "tabulars and rows": r"\begin{tabular}{c}" * 9_000 + "a & b \\\\" * 200,
    "braces": "a & b \\\\ " + "{" * 199_000,
    "columns": r"\multicolumn{9999}{c}{" * 8_000 + "& \\\\",
    "rows": r"\multirow{9999}{*}{a} & \\\\" * 8_000,
    "breaks": "& \\\\" * 50_000,
    "backslashes": "&" + "\\" * 199_000,
    "formulas": "| a | b |\n|---|---|\n" + "| $" * 60_000,
    "bars": "|" * 199_000 + "\n|",
    "dividers": "|-" * 90_000 + "\n" + "|-" * 9_000,
    "emphasis": "| a | b |\n|---|---|\n| " + "*_" * 900 + " | 1 |\n",
    "many emphasised": "| a | b |\n|---|---|\n" + ("| " + "*_" * 200 + " | 1 |\n") * 480,
    "tags": "<table>" * 28_000,
    "divs": "<table><tr><td>" + "<div>" * 39_000,
    "comments": "<table>" + "<!--" * 49_000,
    "spans": '<table><tr><td colspan="999" rowspan="999">' * 4_000,
    "quoted commas": 'a,b\n"' + "," * 90_000 + '",1\n',
    "unclosed quote": 'a,b\n"' + "," * 190_000,
    "names": ",".join(f"n{number}" for number in range(5_000)) + "\n1,2\n",
    "tabs": "\t" * 199_000,
    "blanks": "a" + " " * 199_000 + "1",
    "words and numbers": "a b\n" + "x 1 " * 49_000,
    "lines": "a b\nx 1\n" * 30_000,
    "dashes": "a b\n" + "1–" * 8_000,
    "semicolons": ";" * 199_000,
    "points": "a b\nx " + "1." * 90_000,
    "brackets": "a b\nx " + "[1, " * 40_000,
    "entities": "<table><tr><td>" + "&#1;" * 49_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_paste_takes_long_or_fails(kind: str) -> None:
    def paste() -> None:
        with suppress(InvalidInput):
            tables.read(HOSTILE[kind])

    assert milliseconds(paste, 1_500) < 1_500


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HOSTILE["quoted commas"], "looks like prose"),
        (HOSTILE["unclosed quote"], "as CSV"),
        (HOSTILE["names"], "cells"),
        (HOSTILE["breaks"], "cells"),
    ],
)
def test_what_is_too_much_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        tables.read(text)


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
    assert run_files.read(text, "acc").value == "97.10; 96.8"


@pytest.mark.parametrize("text", ["a,b\n1,2", "{}", "[1", '{"acc": 1}', "acc\n", '[{"b": 1}]', ""])
def test_a_file_without_the_column_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        run_files.read(text, "acc")


def test_a_file_of_runs_says_how_they_were_made() -> None:
    found = run_files.read(
        "seed,acc,hours,cost,commit,gpu\n0,97.10,1.5,$2,3f2a,4090\n1,96.8,2.25,$1.50,3f2a,3060\n",
        "ACC",
    )
    assert (found.value, found.seeds) == ("97.10; 96.8", "0, 1")
    assert (found.hours, found.cost) == ("3.75", "3.50 USD")
    assert found.revision == "3f2a"
    assert found.hardware is None, "it was not the same for all"
    found = run_files.read(
        '{"acc": [1, null, 0.10], "seeds": [7, 8, 9], "config": {"lr": 0.001}, "code": "authors"}',
        "acc",
    )
    assert (found.value, found.seeds) == ("1; 0.10", "7, 9")
    assert found.command == '{"lr": "0.001"}'
    assert found.origin is Origin.AUTHORS


@given(st.text(max_size=200), st.text(max_size=8))
def test_any_file_of_runs_is_read_or_refused(text: str, name: str) -> None:
    try:
        found = run_files.read(text, name)
    except InvalidInput:
        return
    assert found.value
