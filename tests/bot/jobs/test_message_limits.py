"""Messages that are too long for Discord are shortened, never refused."""

from __future__ import annotations

import discord
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs import message_limits

ADDRESS = "https://zoom.us/j/123?pwd=" + "a" * 300


def test_what_fits_is_left_alone() -> None:
    embed = discord.Embed(title="A", description="B")
    assert message_limits.text("hello") == "hello"
    assert message_limits.embeds([embed])[0] is embed


def test_a_list_that_is_too_long_says_how_many_more_there_are() -> None:
    lines = [f"• task {number}" for number in range(400)]
    short = message_limits.text("\n".join(lines))
    assert len(short) <= message_limits.TEXT
    *kept, last = short.split("\n")
    assert kept == lines[: len(kept)]
    assert last == f"… and {400 - len(kept)} more"


def test_an_address_is_whole_or_left_out() -> None:
    short = message_limits.shorten(f"Join here: {ADDRESS} and be on time", 200)
    assert "https" not in short
    assert short.startswith("Join here:")


@given(st.text(max_size=500), st.integers(20, 400))
def test_a_shortened_text_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert len(message_limits.shorten(text, limit)) <= limit


@given(
    st.lists(
        st.tuples(
            st.integers(0, 300), st.integers(0, 5000), st.lists(st.integers(1, 1100), max_size=30)
        ),
        min_size=1,
        max_size=3,
    )
)
def test_embeds_of_any_size_fit(sizes: list[tuple[int, int, list[int]]]) -> None:
    given_embeds: list[discord.Embed] = []
    for title, description, fields in sizes:
        embed = discord.Embed(title="t " * (title // 2), description="d " * (description // 2))
        for size in fields:
            embed._fields = getattr(embed, "_fields", [])
            embed._fields.append({"name": "n", "value": "v " * (size // 2 + 1), "inline": False})
        given_embeds.append(embed)
    fitted = message_limits.embeds(given_embeds)
    assert sum(map(len, fitted)) <= message_limits.EMBEDS
    for one in fitted:
        assert len(one.fields) <= 25
        assert all(len(str(field.value)) <= 1024 for field in one.fields)
        assert len(one.description or "") <= 4096


def test_a_layout_of_any_size_fits() -> None:
    view = ui.LayoutView()
    container: ui.Container[ui.LayoutView] = ui.Container()
    for number in range(30):
        container.add_item(ui.TextDisplay("x " * (100 + number)))
    view.add_item(container)
    fitted = message_limits.layout(view)
    texts = [one for one in fitted.walk_children() if isinstance(one, ui.TextDisplay)]
    assert sum(len(one.content) for one in texts) <= message_limits.LAYOUT_TEXT
