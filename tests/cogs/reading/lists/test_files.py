"""Reading lists in files: what is read of CSV and YAML, and what is refused, with its line."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import InvalidInput
from cogs.reading.lists.files import Faulty, ReadingPlan, Sheet, UnitPlan, decode, read
from tests.pace import milliseconds

GROKKING = ReadingPlan("Grokking", "https://arxiv.org/abs/2201.02177", 40, "beginner")
FIRST = UnitPlan("Grokking", (GROKKING,), ("Reproduce figure 1", "Try another prime"))

LIST = """unit,title,link,minutes,level,exercises
1,Grokking,https://arxiv.org/abs/2201.02177,40,beginner,Reproduce figure 1; Try another prime

2,Progress measures,,,,
"""

YAML_LIST = """# A first course
- title: Grokking
  link: https://arxiv.org/abs/2201.02177
  minutes: 40
  level: beginner
  exercises:
    - Reproduce figure 1
    - Try another prime
- Progress measures
"""


@pytest.mark.parametrize(
    "text", [LIST, LIST.replace(",", "\t"), LIST.replace("\n", "\r\n"), YAML_LIST]
)
def test_a_unit_has_what_its_line_has_in_csv_and_yaml_alike(text: str) -> None:
    sheet = read(decode(text.encode("utf-8-sig")))
    assert sheet == Sheet(
        (FIRST, UnitPlan("Progress measures", (ReadingPlan("Progress measures"),)))
    )


SEVERAL = """unit,week,title,minutes,exercises,prerequisites,mood
Circuits,2,Zoom in,30,Draw one,linear algebra,good
,,A mathematical framework,90,"Find an induction head; Ablate it",,
7,,Toy models,,,,
7,,Superposition,,,,
Circuits,,Curve detectors,20,,,
"""

SEVERAL_YAML = """
title: The course
units:
  - unit: Circuits
    week: 2
    prerequisites: linear algebra
    readings:
      - {title: Zoom in, minutes: 30}
      - title: A mathematical framework
        minutes: 90
      - title: Curve detectors
        minutes: '20'
    exercises: [Draw one, Find an induction head, Ablate it]
  - unit: 7
    readings: [Toy models, Superposition]
"""


@pytest.mark.parametrize("text", [SEVERAL, SEVERAL_YAML])
def test_a_unit_has_several_readings_and_exercises_of_them_all(text: str) -> None:
    first, second = read(text).units
    assert first.title == "Circuits"
    assert [one.title for one in first.readings] == [
        "Zoom in",
        "A mathematical framework",
        "Curve detectors",
    ]
    assert first.minutes == 140
    assert first.exercises == ("Draw one", "Find an induction head", "Ablate it")
    assert (first.week, first.prerequisites) == (2, "linear algebra")
    assert second.title == "Toy models and 1 more"


@pytest.mark.parametrize(
    "text",
    [
        "title,url\nGrokking,https://arxiv.org/abs/2201.02177",
        "title,paper\nGrokking,arXiv:2201.02177",
        "title,link\nGrokking,2201.02177",
        "- title: Grokking\n  url: arXiv:2201.02177",
        "- unit: Grokking\n  readings:\n  - title: Grokking\n    paper: 2201.02177",
    ],
)
def test_a_paper_is_named_as_in_a_command(text: str) -> None:
    (unit,) = read(text).units
    assert unit.readings == (ReadingPlan("Grokking", "https://arxiv.org/abs/2201.02177"),)


def test_a_title_that_names_its_paper_needs_no_link() -> None:
    (unit,) = read("- Grokking (arXiv:2201.02177)").units
    assert unit.readings[0].link == "https://arxiv.org/abs/2201.02177"


def test_columns_that_are_not_known_are_named() -> None:
    assert read(SEVERAL).ignored == ("mood",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no unit"),
        ("a,b\n1,2", "no column `title`"),
        ("title\n", "no unit"),
        ("title,minutes\nGrokking,soon", "Line 2: give the `minutes`"),
        ("title,minutes\nGrokking,٣", "Line 2"),
        ("title,link\nGrokking,nowhere", "Line 2: give a link"),
        ("title,link\n,https://a.example", "Line 2: give what is read a `title`"),
        ("title\n" + "x" * 251, "Line 2"),
        ("title\n" + "x\n" * 61, "more than 60 units"),
        ("unit,title\n" + "1,x\n" * 13, "Line 14: a unit has 12 readings"),
        ("title,exercises\nx," + ";".join("y" * 21), "Line 2: a unit has 20 exercises"),
        ("title,exercises\nx," + "y" * 301, "Line 2: an exercise has 300"),
        ('title\n"a\nb"\nc,d', "Line 4: it has more cells"),
        ('title\n"a', "as CSV"),
        ("- title: [a]", "Line 1: `title` is a text"),
        ("- titel: a", "Line 1: I don't know `titel`"),
        ("- unit: 1\n  link: https://a.example\n  readings: [x]", "Line 2: I don't know `link`"),
        ("- title: a\n- - b", "Line 2: a unit is a title"),
        ("- title: a\n  title: b", "Line 2: `title` is there twice"),
        ("- title: a\n  exercises:\n  - {b: c}", "Line 3: an exercise is a text"),
        ("- title: a\n\tlink: b", "Line 2: this is no YAML"),
        ("- a: b: c", "Line 1: this is no YAML"),
        ("units: []", "no unit"),
        ("units: none", "no list of units"),
        ("- a\n---\n- b", "Line 2: one list"),
        ("- &a x", "Line 1: anchors and aliases"),
        ("- x\n- *a", "Line 2: anchors and aliases"),
        ("- <<: *a", "Line 1: anchors and aliases"),
        ("!!python/object/apply:os.system ['true']", "Line 1: tags"),
        ("- !!str x", "Line 1: tags"),
        ("%TAG ! tag:x,2000:\n---\n- x", "no tags"),
        ("[" * 5000, "deeper than 6"),
        ("- " + "{a: " * 7 + "b" + "}" * 7, "deeper than 6"),
        ("- x\n" * 10_001, "more than 10000 parts"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(text)
    assert sentence in refused.value.sentence


def test_every_wrong_line_is_named_up_to_a_handful() -> None:
    text = "title,minutes\n" + "".join(f"t{number},soon\n" for number in range(12))
    with pytest.raises(Faulty) as refused:
        read(text)
    assert len(refused.value.faults) == 12
    assert "Line 9:" in refused.value.sentence
    assert refused.value.sentence.endswith("… and 4 more.")


@pytest.mark.parametrize("text", ["title\n" + "t\n" * 61, "- t\n" * 61, "title\n" + "t\n" * 90_000])
def test_more_units_than_a_list_has_are_refused_and_not_all_read(text: str) -> None:
    with pytest.raises(InvalidInput, match="more than 60 units"):
        read(text)
    tracemalloc.start()
    with pytest.raises(InvalidInput):
        read(text)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4_000_000


def test_texts_of_yaml_stay_as_they_are_typed() -> None:
    (one,) = read("- title: 2201.02177\n  level: yes\n  link: ~\n  exercises: [0x1f, 1e3]").units
    assert (one.title, one.readings[0].level) == ("2201.02177", "yes")
    assert one.exercises == ("0x1f", "1e3")


def test_what_is_too_large_or_not_text_is_refused() -> None:
    for data in (b"x" * 200_001, bytes(range(256)), "title\na".encode("utf-16")):
        with pytest.raises(InvalidInput):
            decode(data)


@pytest.mark.parametrize(
    "text",
    [
        "- " * 90_000,
        "? " * 90_000,
        "{" * 200_000,
        "- '" + "''" * 99_000,
        "a: " + "x " * 99_000,
        "- |\n" + " x\n" * 60_000,
        "- title: x\n  exercises: [" + "a," * 9_000 + "]",
        "#" * 199_999,
        " \n" * 99_999 + "!",
        "\n" * 40 + "@",
        "\n" * 199_000 + "@",
        " \n#\n" * 40_000 + "@",
        "a" + " " * 199_000 + "x",
        "a " * 99_999 + ":",
        "title\n" + "a," * 99_000,
        "title\n" + '"' * 199_000,
    ],
)
def test_no_file_takes_long(text: str) -> None:
    def hostile() -> None:
        with suppress(InvalidInput):
            read(text)

    assert milliseconds(hostile, 3_000) < 3_000


@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
    | st.lists(
        st.sampled_from(
            [
                "- ",
                "title: ",
                "x",
                "\n",
                "  ",
                "readings:",
                "[",
                "]",
                "{",
                "}",
                ",",
                "units:",
                '"',
                "1",
            ]
        ),
        max_size=40,
    ).map(lambda parts: "".join(parts).encode())
)
def test_any_file_is_read_or_refused_in_words(data: bytes) -> None:
    with suppress(InvalidInput):
        sheet = read(decode(data))
        assert all(unit.title for unit in sheet.units)
