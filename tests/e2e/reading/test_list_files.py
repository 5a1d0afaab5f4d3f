"""Calendar files and reading lists, as people get and give them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.e2e.reading.steps import TUESDAY_EVENING, last_card, meetings, schedule
from tests.world import World, text


async def calendar(world: World, person: Any, **options: object) -> list[str]:
    """Ask for a calendar file; returns its content lines."""
    result = await person.slash(world.channel, "meeting calendar", **options)
    assert result.ephemeral
    (file,) = result.response.message.attachments
    assert file.filename == "cohort.ics"
    return (await file.read()).decode().replace("\r\n ", "").split("\r\n")


async def test_the_group_s_meetings_are_a_calendar_file(world: World) -> None:
    await world.group()
    await schedule(world, repeat="weekly", times=3)
    lines = await calendar(world, world.bob)
    assert "X-WR-CALNAME:Mech Interp" in lines
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) == 3
    assert "DTSTART;TZID=Europe/London:20261110T190000" in lines
    assert any("Answer here" in line for line in lines)

    await world.alice.slash(
        world.channel, "meeting move", meeting="Grokking", when="2026-11-11 19:00"
    )
    await world.forward(TUESDAY_EVENING + timedelta(days=3))
    moved = await calendar(world, world.bob)
    assert [line for line in moved if line.startswith("UID:")] == uids
    assert "DTSTART;TZID=Europe/London:20261111T190000" in moved
    assert "SEQUENCE:1" in moved


async def test_moving_all_later_meetings_leaves_no_doubles_in_the_calendar(world: World) -> None:
    await world.group()
    await schedule(world, repeat="weekly", times=3)
    await world.alice.slash(
        world.channel,
        "meeting move",
        meeting="Grokking",
        when="2026-11-11 19:00",
        which="later",
    )
    lines = await calendar(world, world.bob)
    starts = [line for line in lines if line.startswith("DTSTART;")]
    assert len(starts) == len(set(starts))


async def test_one_s_own_meetings_are_those_one_comes_to(world: World) -> None:
    await world.group()
    card = await schedule(world)
    await schedule(world, title="Other", when="2026-11-12 19:00")
    nothing = await world.bob.slash(world.channel, "meeting calendar", mine=True)
    assert "nothing to put into a calendar" in text(nothing)
    await world.bob.react(card, "❔")
    lines = await calendar(world, world.bob, mine=True)
    assert [line for line in lines if line.startswith("SUMMARY:")] == ["SUMMARY:Grokking"]


LIST = b"""unit,title,link,minutes,level,exercises
1,Grokking,https://arxiv.org/abs/2201.02177,40,beginner,Reproduce figure 1; Try another prime
2,Progress measures,,25,,
"""


async def test_a_reading_list_becomes_a_series_with_one_press(world: World) -> None:
    await world.group()
    file = ("list.csv", LIST)
    shown = await world.alice.slash(
        world.channel, "reading import", file=file, title="Interp course", when="2026-11-10 19:00"
    )
    assert "every Tuesday at 19:00" in text(shown)
    assert "Progress measures" in text(shown)
    assert await meetings(world) == []

    await world.alice.click(shown.response.message, label="Schedule 2 meetings")
    assert "2201.02177" in text(last_card(world, "Grokking"))
    desk = text(world.channel.threads[0].history()[0])
    assert "about 40 minutes to read" in desk
    assert "Reproduce figure 1" in desk

    await world.restart()
    await world.forward(TUESDAY_EVENING + timedelta(days=2))
    assert [one.title for one in await meetings(world)] == ["Progress measures"]
    await world.forward(timedelta(days=30))
    assert len(world.channel.threads) == 2


async def test_a_list_that_cannot_be_read_says_where(world: World) -> None:
    await world.group()
    file = ("list.csv", b"title,link\nx,nowhere")
    refused = await world.alice.slash(
        world.channel, "reading import", file=file, title="Course", when="tue 19:00"
    )
    assert "Line 2" in text(refused)
