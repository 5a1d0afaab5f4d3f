"""Nominations, votes, picks, and polls for a time."""

from __future__ import annotations

from datetime import timedelta

import discord

from tests.e2e.reading.steps import fields, last_card, reactions, schedule, shown
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
