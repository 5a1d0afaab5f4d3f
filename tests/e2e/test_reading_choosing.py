"""Nominations, votes, picks, and polls for a time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import discord
import pytest

from tests.e2e.reading import fields, last_card, meetings, pinged, reactions, schedule, shown
from tests.world import World, text

CARD = "Shall we read this?"


async def nominate(world: World, paper: str, **options: object) -> discord.Message:
    result = await world.alice.slash(world.channel, "reading nominate", paper=paper, **options)
    assert not result.ephemeral, text(result)
    return last_card(world, CARD)


async def test_a_nomination_is_a_card_to_vote_on(world: World) -> None:
    await world.group()
    card = await nominate(world, "https://arxiv.org/abs/2201.02177v1", note="short and odd")
    assert "https://arxiv.org/abs/2201.02177" in text(card)
    assert "short and odd" in text(card)
    assert fields(world, CARD) == {"👍 For it (1)": world.alice.mention}
    assert reactions(card) == {"👍": 1}

    await world.bob.react(card, "👍")
    await world.restart()
    await world.cara.react(card, "👍")
    assert "👍 For it (3)" in fields(world, CARD)
    await world.bob.unreact(card, "👍")
    assert "👍 For it (2)" in fields(world, CARD)


async def test_votes_given_while_the_bot_was_away_count(world: World) -> None:
    await world.group()
    card = await nominate(world, "arXiv:2201.02177")
    await world.bob.react(card, "👍")
    await world.bot.close()
    world.env.backend.remove_reaction(card.channel.id, card.id, "👍", world.bob.id)
    world.env.backend.add_reaction(card.channel.id, card.id, "👍", world.cara.id)
    await world.restart()
    assert fields(world, CARD) == {"👍 For it (2)": f"{world.alice.mention}, {world.cara.mention}"}


async def test_the_same_paper_again_joins_the_nomination_whichever_form_it_has(
    world: World,
) -> None:
    await world.group()
    await nominate(world, "arXiv:2201.02177")
    joined = await world.bob.slash(
        world.channel, "reading nominate", paper="https://arxiv.org/pdf/2201.02177.pdf"
    )
    assert joined.ephemeral
    assert "nominated already" in text(joined)
    assert "👍 For it (2)" in fields(world, CARD)


async def test_the_shortlist_ranks_by_votes_and_of_equals_the_oldest_first(world: World) -> None:
    await world.group()
    empty = await world.bob.slash(world.channel, "reading shortlist")
    assert "Nothing is nominated" in text(empty)
    await nominate(world, "First book")
    world.clock.move_to(world.clock.now() + timedelta(minutes=1))
    await nominate(world, "Second book")
    world.clock.move_to(world.clock.now() + timedelta(minutes=1))
    card = await nominate(world, "Third book")
    await world.bob.react(card, "👍")

    ranked = text(await world.bob.slash(world.channel, "reading shortlist"))
    order = [ranked.index(title) for title in ("Third book", "First book", "Second book")]
    assert order == sorted(order)


async def test_the_pick_becomes_the_next_meeting_s_reading(world: World) -> None:
    await world.group()
    await nominate(world, "First book")
    card = await nominate(world, "Second book")
    await world.bob.react(card, "👍")
    nothing = await world.alice.slash(world.channel, "reading pick")
    assert "without a reading" in text(nothing)
    await schedule(world)

    picked = await world.alice.slash(world.channel, "reading pick")
    assert not picked.ephemeral
    assert "Second book" in shown(world)
    assert "Picked" in shown(world, CARD)
    await world.cara.react(card, "👍")
    assert "👍 For it (2)" in fields(world, CARD)

    offered = await world.alice.autocomplete(world.channel, "reading pick", "nomination", "")
    assert [choice["name"] for choice in offered] == ["First book"]
    await world.alice.slash(
        world.channel, "reading pick", nomination="first book", meeting="Grokking"
    )
    assert "First book" in shown(world)
    again = await world.alice.slash(world.channel, "reading nominate", paper="First book")
    assert "picked before" in text(again)


async def test_what_was_read_can_be_searched(world: World) -> None:
    await world.group()
    nothing = await world.bob.slash(world.channel, "reading history")
    assert "has read nothing yet" in text(nothing)
    await schedule(world, title="Evening", when="2026-11-03 19:00", paper="A book on circuits")
    await schedule(world, title="Later", when="2026-11-05 19:00", paper="Another book")
    await world.forward(timedelta(days=2))

    read = text(await world.bob.slash(world.channel, "reading history"))
    assert "A book on circuits" in read
    assert "Another book" not in read
    await world.forward(timedelta(days=2))
    found = text(await world.bob.slash(world.channel, "reading history", search="CIRCUITS book"))
    assert "A book on circuits" in found
    assert "Another book" not in found
    missing = await world.bob.slash(world.channel, "reading history", search="dogs")
    assert "nothing about “dogs”" in text(missing)


async def test_who_nominated_withdraws_it_and_nominating_again_brings_it_back(
    world: World,
) -> None:
    await world.group()
    card = await nominate(world, "A book")
    refused = await world.bob.click(card, label="Withdraw")
    assert world.alice.mention in text(refused)
    await world.restart()
    await world.alice.click(card, label="Withdraw")
    assert "Withdrawn" in shown(world, CARD)
    empty = await world.bob.slash(world.channel, "reading shortlist")
    assert "Nothing is nominated" in text(empty)
    await world.bob.slash(world.channel, "reading nominate", paper="A book")
    assert "Withdrawn" not in shown(world, CARD)
    assert "👍 For it (2)" in fields(world, CARD)


async def test_only_members_nominate(world: World) -> None:
    await world.group()
    refused = await world.cara.slash(world.channel, "reading nominate", paper="A book")
    assert "`/group join` first" in text(refused)


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
