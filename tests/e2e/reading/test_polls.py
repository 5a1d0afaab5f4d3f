"""Polls: asking when to meet, answering by reaction, closing, scheduling the best time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import discord
import pytest

from tests.e2e.reading.steps import fields, last_card, meetings, pinged, reactions, shown
from tests.world import World, text

WEDNESDAY = datetime(2026, 11, 11, 19, tzinfo=UTC)

THURSDAY = WEDNESDAY + timedelta(days=1)


async def ask(world: World, **options: object) -> discord.Message:
    given = {
        "title": "Circuits",
        "slots": "2026-11-12 19:00; 2026-11-11 19:00; 2026-11-14 11:00",
        **options,
    }
    result = await world.alice.slash(world.channel, "meeting poll", **given)
    assert not result.ephemeral, text(result)
    return last_card(world, "Circuits")


async def test_a_poll_offers_times_in_their_order_with_two_reactions_each(world: World) -> None:
    await world.group()
    card = await ask(world)
    assert list(reactions(card)) == ["1️⃣", "2️⃣", "3️⃣", "🇦", "🇧", "🇨"]
    assert text(card).index(f"<t:{int(WEDNESDAY.timestamp())}:F>") < text(card).index(
        f"<t:{int(THURSDAY.timestamp())}:F>"
    )
    await world.alice.react(card, "1️⃣")
    await world.bob.react(card, "🇦")
    await world.bob.react(card, "2️⃣")
    assert "1️⃣ 🇦 1 can, 1 if need be" in fields(world, "Circuits")
    assert "2️⃣ 🇧 1 can" in fields(world, "Circuits")
    await world.bob.unreact(card, "2️⃣")
    assert "2️⃣ 🇧 nobody yet" in fields(world, "Circuits")


async def test_a_poll_closes_at_its_time_names_the_best_and_one_press_schedules_it(
    world: World,
) -> None:
    await world.group()
    card = await ask(world)
    for person in (world.alice, world.bob):
        await person.react(card, "2️⃣")
        await person.react(card, "1️⃣")
    await world.cara.react(card, "🇧")
    await world.restart()
    await world.forward(timedelta(days=3))

    told = world.channel.last_message
    assert told is not None
    assert f"<t:{int(THURSDAY.timestamp())}:F> suits 2 people, 1 more if need be" in text(told)
    assert pinged(world, told) == {world.alice.id}
    assert "closed" in shown(world, "Circuits")
    await world.cara.react(card, "1️⃣")
    assert "1️⃣ 🇦 2 can" in fields(world, "Circuits")

    refused = await world.cara.click(told, label="Schedule the best time")
    assert "`/group join` first" in text(refused)
    await world.bob.click(told, label="Schedule the best time")
    (meeting,) = await meetings(world)
    assert meeting.starts_at == THURSDAY
    assert meeting.title == "Circuits"
    assert len(await meetings(world)) == 1


async def test_a_poll_that_was_settled_leads_to_its_meeting(world: World) -> None:
    await world.group()
    card = await ask(world)
    await world.bob.react(card, "2️⃣")
    await world.forward(timedelta(days=3))
    told = world.channel.last_message
    assert told is not None
    await world.bob.click(told, label="Schedule the best time")

    meeting_card = last_card(world, "Circuits")
    polled = next(one for one in world.channel.history() if one.id == card.id)
    named = next(one for one in world.channel.history() if one.id == told.id)
    for message in (polled, named):
        assert "Schedule the best time" not in text(message)
        assert meeting_card.jump_url in text(message)


async def test_a_button_that_outlived_the_scheduling_is_taken_away_when_pressed(
    world: World,
) -> None:
    await world.group()
    card = await ask(world)
    await world.bob.react(card, "2️⃣")
    await world.forward(timedelta(days=3))
    told = world.channel.last_message
    assert told is not None
    world.env.inject_error("PATCH", f"*/messages/{told.id}", status=403, code=50013)
    await world.bob.click(told, label="Schedule the best time")
    meeting_card = last_card(world, "Circuits")
    again = await world.alice.click(told, label="Schedule the best time")
    assert "scheduled already" in text(again)
    assert meeting_card.jump_url in text(again)
    assert len(await meetings(world)) == 1
    named = next(one for one in world.channel.history() if one.id == told.id)
    assert "Schedule the best time" not in text(named)


async def test_who_asked_closes_a_poll_by_hand(world: World) -> None:
    await world.group()
    card = await ask(world)
    await world.bob.react(card, "3️⃣")
    refused = await world.bob.click(card, label="Close the poll")
    assert world.alice.mention in text(refused)
    await world.alice.click(card, label="Close the poll")
    assert "suits 1 person" in text(world.channel.last_message)
    before = len(world.channel.history())
    await world.forward(timedelta(days=4))
    assert len(world.channel.history()) == before


async def test_poll_answers_given_while_the_bot_was_away_count(world: World) -> None:
    await world.group()
    card = await ask(world)
    await world.bob.react(card, "1️⃣")
    await world.bot.close()
    world.env.backend.remove_reaction(card.channel.id, card.id, "1️⃣", world.bob.id)
    world.env.backend.add_reaction(card.channel.id, card.id, "🇨", world.bob.id)
    await world.restart()
    assert "1️⃣ 🇦 nobody yet" in fields(world, "Circuits")
    assert "3️⃣ 🇨 1 if need be" in fields(world, "Circuits")


async def test_a_poll_needs_two_to_ten_times_that_are_still_ahead(world: World) -> None:
    await world.group()
    for slots, sentence in (
        ("2026-11-11 19:00", "between 2 and 10"),
        (";", "with semicolons between them"),
        ("2026-10-11 19:00; 2026-11-11 19:00", "gone by"),
        ("; ".join(f"2026-11-{day} 19:00" for day in range(10, 21)), "between 2 and 10"),
    ):
        refused = await world.alice.slash(
            world.channel, "meeting poll", title="Circuits", slots=slots
        )
        assert refused.ephemeral
        assert sentence in text(refused)


@pytest.mark.parametrize(
    "slots",
    [
        "tue 19:00, wed 19:00, thu 18:00",
        "tue 19:00; wed 19:00\nthu 18:00",
        "tue 7pm|wed 7pm|thu 6pm",
    ],
)
async def test_the_times_of_a_poll_may_stand_between_commas_too(world: World, slots: str) -> None:
    await world.group()
    asked = await world.alice.slash(world.channel, "meeting poll", title="When?", slots=slots)
    assert not asked.ephemeral, text(asked)
    assert "3️⃣" in text(asked)


@pytest.mark.parametrize(
    ("slots", "times"),
    [
        ("sat 11:00; 14:00; 16:00", ["07 11:00", "07 14:00", "07 16:00"]),
        ("tomorrow 7pm, 8pm", ["03 19:00", "03 20:00"]),
        ("fri 19:00; 20:00; sun 11:00; 12:00", ["06 19:00", "06 20:00", "08 11:00", "08 12:00"]),
    ],
)
async def test_a_time_without_a_day_is_on_the_day_before_it(
    world: World, slots: str, times: list[str]
) -> None:
    await world.group()
    asked = await world.alice.slash(world.channel, "meeting poll", title="When?", slots=slots)
    assert not asked.ephemeral, text(asked)
    stamps = re.findall(r"<t:(\d+):F>", text(asked))
    found = [datetime.fromtimestamp(int(one), UTC) for one in stamps]
    assert [f"{one:%d %H:%M}" for one in found[: len(times)]] == times


async def test_too_many_times_are_refused_before_any_is_read(world: World) -> None:
    await world.group()
    refused = await world.alice.slash(
        world.channel, "meeting poll", title="When?", slots="mercredi 19:00;" * 300
    )
    assert "between 2 and 10" in text(refused)


async def test_a_comma_within_a_time_does_not_part_it(world: World) -> None:
    await world.group()
    asked = await world.alice.slash(
        world.channel, "meeting poll", title="When?", slots="nov 10, 19:00; nov 11, 19:00"
    )
    assert "2️⃣" in text(asked)
    refused = await world.alice.slash(
        world.channel, "meeting poll", title="When?", slots="tue 19:00, 2026-13-01 19:00"
    )
    assert "There is no month 13" in text(refused)
    assert "tue 19:00, 2026-13-01 19:00" in text(refused)


async def test_a_tie_is_named_and_each_time_of_it_can_be_scheduled(world: World) -> None:
    await world.group()
    card = await ask(world)
    await world.alice.react(card, "1️⃣")
    await world.bob.react(card, "2️⃣")
    await world.alice.click(card, label="Close the poll")
    await world.env.settle()
    announced = world.channel.history()[-1]
    assert "It is a tie" in text(announced)
    for instant in (WEDNESDAY, THURSDAY):
        assert f"<t:{int(instant.timestamp())}:F>" in text(announced)
    await world.alice.click(announced, label="Thu 12 Nov 19:00")
    (meeting,) = await meetings(world)
    assert meeting.starts_at == THURSDAY


async def test_a_poll_closes_while_people_are_awake(world: World) -> None:
    await world.group()
    night = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
    await world.forward(night)
    await ask(world)
    async with world.bot.store.read() as tx:
        (poll,) = await tx.polls.open_in([world.guild.id])
    assert 8 <= poll.closes_at.hour <= 22
