"""Answers by reaction: as they come, in storms, and while the bot was away."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from data.database import Refused, Why
from data.states import Answer
from tests.e2e.reading.steps import (
    TUESDAY_EVENING,
    fields,
    last_card,
    meetings,
    pinged,
    reactions,
    said,
    schedule,
    shown,
)
from tests.world import World, text


async def test_one_person_has_one_answer_and_the_earlier_reaction_is_taken_off(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")
    await world.alice.react(card, "❌")

    assert "✅ Going (0)" in fields(world)
    assert fields(world)["❌ Not going (1)"] == world.alice.mention
    assert reactions(last_card(world)) == {"✅": 1, "❔": 1, "❌": 2}

    await world.alice.unreact(card, "❌")
    assert fields(world) == {"✅ Going (0)": "Nobody yet"}


async def test_other_emoji_are_left_alone(world: World) -> None:
    await world.group()
    card = await schedule(world)
    await world.bob.react(card, "🎉")

    assert reactions(last_card(world))["🎉"] == 1
    assert "✅ Going (0)" in fields(world)


async def test_where_the_bot_may_not_take_reactions_off_the_one_that_is_left_counts(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    world.env.inject_error("DELETE", "*/reactions/*", status=403, code=50013, times=None)
    await world.alice.react(card, "✅")
    await world.alice.react(card, "❔")
    assert "❔ Maybe (1)" in fields(world)
    await world.restart()
    assert "❔ Maybe (1)" in fields(world)

    await world.alice.unreact(card, "❔")

    assert "✅ Going (1)" in fields(world)
    await world.restart()
    assert "✅ Going (1)" in fields(world)


async def test_clearing_reactions_takes_the_answers_back_and_offers_them_again(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")
    await world.bob.react(card, "❔")

    world.env.backend.clear_reaction(card.channel.id, card.id, "✅")
    await world.env.settle()
    assert "✅ Going (0)" in fields(world)
    assert "❔ Maybe (1)" in fields(world)

    world.env.backend.clear_reactions(card.channel.id, card.id)
    await world.env.settle()
    assert fields(world) == {"✅ Going (0)": "Nobody yet"}
    assert reactions(last_card(world)) == {"✅": 1, "❔": 1, "❌": 1}


async def test_a_deleted_card_comes_back_with_its_answers(world: World) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")

    world.env.backend.delete_message(card.channel.id, card.id)
    await world.env.settle()

    again = last_card(world)
    assert again.id != card.id
    assert world.channel.threads[0].mention in text(again), "the thread hangs on the old one"
    assert fields(world)["✅ Going (1)"] == world.alice.mention
    assert list(reactions(again)) == ["✅", "❔", "❌"]
    await world.restart()
    assert fields(world)["✅ Going (1)"] == world.alice.mention
    await world.alice.react(again, "❌")
    assert "✅ Going (0)" in fields(world)


async def test_of_many_the_first_are_named_and_a_press_shows_everybody(world: World) -> None:
    await world.group()
    card = await schedule(world, facilitator=world.cara)
    people = [world.join(f"p{number}") for number in range(12)]
    for person in people:
        await person.react(card, "✅")
    await world.cara.react(card, "✅")
    await world.restart()

    going = fields(world)["✅ Going (13)"]
    assert going.startswith(f"{world.cara.mention}, {people[0].mention}, ")
    assert going.endswith(f"{people[8].mention} and 3 more")
    told = await world.bob.click(last_card(world), label="Everybody who answered")
    assert told.ephemeral
    assert all(person.mention in text(told) for person in people)
    own = await world.bob.slash(world.channel, "meeting show", meeting="Grokking")
    assert people[11].mention in text(await world.bob.click(own.response, label="Everybody"))

    for person in people[:2]:
        await person.unreact(card, "✅")
    assert people[11].mention in fields(world)["✅ Going (11)"]
    assert "Everybody" not in shown(world), "nobody is left out"


async def test_past_the_capacity_people_wait_in_order_and_are_told_when_they_move_up(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world, capacity=1)
    for person in (world.alice, world.bob, world.cara):
        await person.react(card, "✅")
    assert fields(world)["✅ Going (1 of 1)"] == world.alice.mention
    assert fields(world)["⏳ Waiting list (2)"] == f"{world.bob.mention}, {world.cara.mention}"
    await world.forward(timedelta(seconds=10))
    assert "waiting list" in text(said(world)[-1])
    assert {user.id for user in said(world)[-1].mentions} == {world.bob.id, world.cara.id}

    await world.restart()
    await world.alice.unreact(card, "✅")
    await world.forward(timedelta(seconds=10))

    assert fields(world)["✅ Going (1 of 1)"] == world.bob.mention
    assert "you are in" in text(said(world)[-1])
    assert {user.id for user in said(world)[-1].mentions} == {world.bob.id}


async def test_answers_given_while_the_bot_was_away_are_caught_up_with_at_the_start(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")
    await world.bob.react(card, "✅")
    backend, channel = world.env.backend, card.channel.id

    await world.bot.close()
    backend.remove_reaction(channel, card.id, "✅", world.alice.id)
    backend.add_reaction(channel, card.id, "❌", world.bob.id)
    backend.add_reaction(channel, card.id, "❔", world.cara.id)
    await world.restart()

    assert fields(world) == {
        "✅ Going (0)": "Nobody yet",
        "❔ Maybe (1)": world.cara.mention,
        "❌ Not going (1)": world.bob.mention,
    }
    assert reactions(last_card(world)) == {"✅": 1, "❔": 2, "❌": 2}


async def test_a_card_under_which_nothing_changed_is_caught_up_with_in_one_request(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")
    await world.bob.react(card, "❔")
    before = len(world.env.http_requests)
    await world.restart()
    assert [one.method for one in asked_of(world, card, since=before)] == ["GET"]

    backend, channel = world.env.backend, card.channel.id
    await world.bot.close()
    backend.add_reaction(channel, card.id, "❌", world.cara.id)
    before = len(world.env.http_requests)
    await world.restart()
    asked = [one for one in asked_of(world, card, since=before) if one.method == "GET"]
    assert len(asked) == 4, "the card, and who gave each of three reactions"
    assert fields(world)["❌ Not going (1)"] == world.cara.mention


async def test_one_who_took_anothers_place_while_the_bot_was_away_is_seen_by_the_reminder(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")
    backend, channel = world.env.backend, card.channel.id
    await world.bot.close()
    backend.remove_reaction(channel, card.id, "✅", world.alice.id)
    backend.add_reaction(channel, card.id, "✅", world.bob.id)
    await world.restart()
    await world.forward(TUESDAY_EVENING - timedelta(hours=23))
    assert fields(world)["✅ Going (1)"] == world.bob.mention


def asked_of(world: World, card: discord.Message, *, since: int) -> list[Any]:
    """Return the requests about a card and its reactions."""
    path = f"/channels/{card.channel.id}/messages/{card.id}"
    return [one for one in world.env.http_requests[since:] if one.path.startswith(path)]


async def test_a_card_that_was_deleted_while_the_bot_was_away_comes_back_with_its_answers(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")
    backend = world.env.backend
    await world.crash(meanwhile=lambda: backend.delete_message(card.channel.id, card.id))

    again = last_card(world)
    assert again.id != card.id
    assert fields(world)["✅ Going (1)"] == world.alice.mention
    assert list(reactions(again)) == ["✅", "❔", "❌"]


async def test_reactions_that_were_cleared_while_the_bot_was_away_are_no_answers(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")
    await world.bob.react(card, "❔")
    backend, channel = world.env.backend, card.channel.id
    await world.crash(meanwhile=lambda: backend.clear_reactions(channel, card.id))

    assert fields(world) == {"✅ Going (0)": "Nobody yet"}
    assert reactions(last_card(world)) == {"✅": 1, "❔": 1, "❌": 1}


async def test_a_fresh_session_catches_up_too(world: World) -> None:
    await world.group()
    card = await schedule(world)
    message = world.env.backend.get_message(card.channel.id, card.id)
    message.reaction_for("✅").user_ids.append(world.alice.id)

    world.bot.dispatch("shard_connect", 0)
    await world.env.settle()
    world.bot.dispatch("shard_ready", 0)
    await world.env.settle()

    assert "✅ Going (1)" in fields(world)


async def test_a_reaction_while_the_store_takes_no_writes_is_counted_once_it_does(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.group()
    card = await schedule(world)

    async def refuse(*_: object) -> None:
        raise Refused(Why.AWAY)

    with monkeypatch.context() as away:
        away.setattr(world.bot.store, "write", refuse)
        await world.alice.react(card, "✅")
        await world.bob.react(card, "❔")
        await world.bot.deadlines.sweep()
        assert "✅ Going (0)" in fields(world)
    await world.bot.deadlines.sweep()
    await world.env.settle()
    await world.bot.cards.flush()
    assert "✅ Going (1)" in fields(world)
    assert "❔ Maybe (1)" in fields(world)


async def test_a_reaction_after_the_start_changes_nothing(world: World) -> None:
    await world.group()
    card = await schedule(world)
    await world.forward(TUESDAY_EVENING)
    await world.alice.react(card, "✅")

    assert "✅ Going (0)" in fields(world)


async def test_leaving_the_group_frees_the_place(world: World) -> None:
    group_card = await world.group()
    card = await schedule(world, capacity=1)
    await world.bob.react(card, "✅")
    await world.cara.react(card, "✅")

    await world.bob.click(group_card, label="Leave")

    assert fields(world)["✅ Going (1 of 1)"] == world.cara.mention
    assert reactions(last_card(world))["✅"] == 2
    await world.restart()
    assert fields(world)["✅ Going (1 of 1)"] == world.cara.mention


async def test_leaving_the_server_frees_the_place_before_the_reminder(world: World) -> None:
    await world.group()
    card = await schedule(world, capacity=1)
    await world.bob.react(card, "✅")
    await world.cara.react(card, "✅")
    world.guild.remove_member(world.bob)

    await world.forward(TUESDAY_EVENING - timedelta(hours=24))

    assert fields(world)["✅ Going (1 of 1)"] == world.cara.mention
    reminder = next(one for one in said(world) if "starts" in text(one))
    assert pinged(world, reminder) == {world.cara.id}


async def test_a_card_from_another_server_is_not_answered(world: World) -> None:
    await world.group()
    card = await schedule(world)
    service = listener(world).rsvps
    assert await service.reacted(1, card.id, world.alice.id, Answer.GOING) is None


async def test_a_storm_of_reactions_is_all_recorded_with_few_edits(world: World) -> None:
    await world.group()
    card = await schedule(world)
    before = len(world.env.http_requests)
    world.bot.cards._interval = 0.5
    started = asyncio.get_running_loop().time()

    await asyncio.gather(
        *(
            listener(world).on_raw_reaction_add(added(world, card, "✅", 10_000 + n))
            for n in range(1000)
        )
    )
    await world.bot.cards.flush()

    assert "✅ Going (1000)" in fields(world)
    assert "and 990 more" in fields(world)["✅ Going (1000)"]
    edits = [one for one in world.env.http_requests[before:] if one.method == "PATCH"]
    elapsed = asyncio.get_running_loop().time() - started
    assert len(edits) <= elapsed / 0.5 + 1


async def test_a_storm_in_any_order_leaves_everybody_with_their_last_answer(world: World) -> None:
    """Adding, changing and taking back, mixed between people but not within one."""
    await world.group()
    card = await schedule(world, capacity=3)
    chance = random.Random(4)  # noqa: S311 - so that a failure comes again
    waiting: dict[int, list[tuple[str, str]]] = {}
    expected: dict[str, set[int]] = {"✅": set(), "❔": set(), "❌": set()}
    for user in range(10_000, 10_030):
        last = ""
        steps: list[tuple[str, str]] = []
        for _ in range(chance.randint(1, 4)):
            emoji = chance.choice([one for one in expected if one != last])
            # Discord tells of both; which of them comes first is not said.
            steps.append(("add", emoji))
            if last:
                steps.insert(len(steps) - chance.randint(0, 1), ("remove", last))
            last = emoji
        if chance.random() < 0.3:
            steps.append(("remove", last))
        else:
            expected[last].add(user)
        waiting[user] = steps
    before = len(world.env.http_requests)
    world.bot.cards._interval = 0.5
    started = asyncio.get_running_loop().time()
    heard: list[Any] = []
    while waiting:
        user = chance.choice(list(waiting))
        kind, emoji = waiting[user].pop(0)
        hear = getattr(listener(world), f"on_raw_reaction_{kind}")
        heard.append(hear(added(world, card, emoji, user)))
        if not waiting[user]:
            del waiting[user]

    await asyncio.gather(*heard)
    await world.bot.cards.flush()

    async with world.bot.store.read() as tx:
        rows = await tx.rsvps.of((await meetings(world))[0].id)
    for emoji, answer in zip(expected, Answer, strict=True):
        assert {one.user_id for one in rows if one.answer is answer} == expected[emoji]
    assert "✅ Going (3 of 3)" in fields(world)
    assert f"⏳ Waiting list ({len(expected['✅']) - 3})" in fields(world)
    edits = [one for one in world.env.http_requests[before:] if one.method == "PATCH"]
    elapsed = asyncio.get_running_loop().time() - started
    assert len(edits) <= elapsed / 0.5 + 1


def listener(world: World) -> Any:
    return world.bot.get_cog("rsvp reactions")


def added(
    world: World, card: discord.Message, emoji: str, user_id: int
) -> discord.RawReactionActionEvent:
    data: Any = {
        "channel_id": card.channel.id,
        "message_id": card.id,
        "guild_id": world.guild.id,
        "user_id": user_id,
        "type": 0,
    }
    return discord.RawReactionActionEvent(data, discord.PartialEmoji(name=emoji), "REACTION_ADD")


async def test_super_reactions_are_answers_as_plain_ones_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The simulation knows none: what Discord would tell of bob's is put beside what it tells.
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "❌")
    fetch, users = discord.PartialMessage.fetch, discord.Reaction.users

    async def fetched(self: discord.PartialMessage) -> discord.Message:
        message = await fetch(self)
        for reaction in message.reactions:
            reaction.burst_count = int(reaction.emoji == "✅")
            reaction.count += reaction.burst_count
        return message

    async def gave(self: discord.Reaction, **options: Any) -> AsyncIterator[Any]:
        if options.get("type") is discord.ReactionType.burst:
            yield SimpleNamespace(id=world.bob.id, bot=False)
            return
        async for user in users(self, **options):
            yield user

    monkeypatch.setattr(discord.PartialMessage, "fetch", fetched)
    monkeypatch.setattr(discord.Reaction, "users", gave)
    await listener(world).catch_up([world.guild.id])
    await world.env.settle()
    assert world.bob.mention in fields(world)["✅ Going (1)"]
    assert world.alice.mention in fields(world)["❌ Not going (1)"]
