"""What a commitment and a task have in common: the rules."""

from __future__ import annotations

import pytest

from cogs.checkins.task_links.rules import same_thing


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("train on MOD 97!", "Train on mod 97"),
        ("Train on mod 97 with three seeds", "Train on mod 97"),
        ("train mod 97", "Train on mod 97"),
        ("Write the related work", "Write related work"),
        ("train", "Train on mod 97"),
        ("read chapter 3", "Read chapter 4 of the thesis and take notes"),
        ("", "Train"),
    ],
)
def test_what_sounds_like_a_task(text: str, title: str) -> None:
    alike = text in (
        "train on MOD 97!",
        "Train on mod 97 with three seeds",
        "train mod 97",
        "Write the related work",
    )
    assert (same_thing(text, ["Something else", title]) == 1) is alike
