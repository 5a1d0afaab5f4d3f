"""Pages of many people."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.ui.people_pages import ON_PAGE, Crowd, pages


def test_each_page_says_of_whom_it_tells_and_nothing_twice() -> None:
    crowd = list(range(1, 351))
    first, *rest = pages(
        "Interp: round 3", "Due tomorrow", [Crowd("Checked in", [400]), Crowd("Not yet", crowd)]
    )
    assert str(first.description).startswith("Due tomorrow\n\n**Checked in (1)**\n<@400>\n\n")
    assert "**Not yet (350)** · 1 to 59\n" in str(first.description)
    assert [str(page.description).splitlines()[0] for page in rest] == [
        "**Not yet (350)** · 60 to 119",
        "**Not yet (350)** · 120 to 179",
        "**Not yet (350)** · 180 to 239",
        "**Not yet (350)** · 240 to 299",
        "**Not yet (350)** · 300 to 350",
    ]


def test_a_crowd_of_nobody_is_said_to_be_one() -> None:
    (page,) = pages("Interp", "Soon", [Crowd("Going", [])])
    assert page.description == "Soon\n\n**Going (0)**\n—"


@given(st.lists(st.integers(0, 200), min_size=1, max_size=4))
def test_everybody_is_there_once_in_their_order(sizes: list[int]) -> None:
    start = 10**18
    crowds: list[Crowd] = []
    for number, size in enumerate(sizes):
        crowds.append(Crowd(f"Crowd {number}", range(start, start + size)))
        start += size
    embeds = pages("Title", "About", crowds)
    found = [int(one) for page in embeds for one in re.findall(r"<@(\d+)>", str(page.description))]
    assert found == list(range(10**18, start))
    assert all(len(str(page.description)) <= 4096 for page in embeds)
    assert all(str(page.description).count("<@") <= ON_PAGE for page in embeds)
