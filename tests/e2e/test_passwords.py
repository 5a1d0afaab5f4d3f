"""Addresses that hold a password are refused privately, wherever one is typed."""

from __future__ import annotations

import pytest

from tests.world import World, text

SECRET = "https://ada:secret@example.org/paper"


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("project propose", {"paper": SECRET, "title": "Grokking"}),
        ("project propose", {"paper": "2201.02177", "title": "G", "summary": f"See {SECRET}."}),
        ("reading nominate", {"paper": f"[notes]({SECRET})"}),
        ("meeting schedule", {"title": "Grokking", "when": "tomorrow 19:00", "where": SECRET}),
        ("commitment add", {"text": f"read {SECRET}"}),
    ],
)
async def test_no_command_posts_an_address_with_a_password(
    world: World, command: str, options: dict[str, str]
) -> None:
    before = len(world.channel.history())
    result = await world.alice.slash(world.channel, command, **options)
    assert result.ephemeral
    assert "holds a user name or a password" in text(result)
    assert len(world.channel.history()) == before


async def test_no_form_posts_one_and_it_can_be_corrected(world: World) -> None:
    await world.group()
    before = len(world.channel.history())
    form = await world.alice.slash(world.channel, "checkin post")
    told = await world.alice.submit_modal(form, {"did": f"Read {SECRET}"})
    assert told.ephemeral
    assert "holds a user name or a password" in text(told)
    assert SECRET in text(told), "what was typed is given back, to this person only"
    assert len(world.channel.history()) == before


@pytest.mark.parametrize(
    ("command", "options", "file"),
    [
        ("claim import", {}, f"| Model | Acc |\n| {SECRET} | 45.2 |"),
        ("result log", {}, f"claim,value,evidence\nC1,1.0,{SECRET}\n"),
        (
            "reading import",
            {"title": "L", "when": "2026-11-12 19:00"},
            f"title,link\nGrokking,{SECRET}",
        ),
    ],
)
async def test_no_file_brings_one_in(
    world: World, command: str, options: dict[str, str], file: str
) -> None:
    await world.group()
    await world.alice.slash(world.channel, "project propose", paper="2201.02177", title="Grokking")
    refused = await world.alice.slash(
        world.channel, command, file=("t.csv", file.encode()), **options
    )
    assert refused.ephemeral
    assert "holds a user name or a password" in text(refused)
