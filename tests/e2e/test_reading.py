"""Meetings, as people schedule and answer them."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import discord
import pytest

from data.states import Answer
from tests.e2e.reading import (
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


async def test_a_meeting_is_a_card_with_its_answers_and_a_thread(world: World) -> None:
    await world.group()
    card = await schedule(
        world,
        paper="https://arxiv.org/abs/2201.02177",
        minutes=90,
        where="voice channel",
        facilitator=world.bob,
    )

    assert f"<t:{int(TUESDAY_EVENING.timestamp())}:F>" in text(card)
    assert f"<t:{int(TUESDAY_EVENING.timestamp())}:R>" in text(card)
    assert "90 minutes" in text(card)
    assert "voice channel" in text(card)
    assert f"led by {world.bob.mention}" in text(card)
    assert "https://arxiv.org/abs/2201.02177" in text(card)
    assert list(reactions(card)) == ["✅", "❔", "❌"]
    (thread,) = world.channel.threads
    assert thread.name == "Grokking · 10 Nov"
    assert thread.mention not in shown(world), "Discord shows the thread below the card"
    assert fields(world) == {"✅ Going (0)": "Nobody yet"}

    await world.alice.react(card, "✅")
    await world.bob.react(card, "❔")
    assert fields(world)["✅ Going (1)"] == world.alice.mention
    assert fields(world)["❔ Maybe (1)"] == world.bob.mention


async def test_a_card_that_may_have_come_out_as_an_answer_is_not_posted_by_the_next_start(
    world: World,
) -> None:
    # Those of this bot: an extension that was unloaded is imported anew.
    from cogs.reading.meetings.service import MeetingService
    from cogs.reading.meetings.writes import Plan

    await world.group()
    async with world.bot.store.read() as tx:
        (group,) = await tx.groups.of_server(world.guild.id)
    # As when the process ends between writing the meeting down and noting where its card stands.
    alice = world.place(world.alice, organiser=True)
    plan = Plan("Grokking", TUESDAY_EVENING, ZoneInfo("UTC"))
    await world.bot.service(MeetingService).schedule(alice, group, plan)

    def cards() -> list[discord.Message]:
        return [one for one in world.channel.history() if "React to answer" in text(one)]

    await world.restart()
    await world.env.settle()
    assert cards() == [], "first it is looked for"
    await world.forward(timedelta(minutes=3))
    assert len(cards()) == 1
    assert world.channel.threads


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


async def test_who_comes_or_may_come_is_reminded_in_the_thread_a_day_and_an_hour_before(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")
    await world.bob.react(card, "❔")
    await world.cara.react(card, "❌")

    await world.forward(TUESDAY_EVENING - timedelta(hours=24, minutes=1))
    assert said(world) == []
    await world.restart()
    await world.forward(timedelta(minutes=1))
    first = said(world)[-1]
    assert first is not None
    assert "starts" in text(first)
    assert {user.id for user in first.mentions} == {world.alice.id, world.bob.id}

    assert pinged(world, first) == {world.alice.id, world.bob.id}
    assert "will you come?" in text(first)

    await world.forward(TUESDAY_EVENING - timedelta(minutes=1))
    assert len(said(world)) == 2
    assert pinged(world, said(world)[-1]) == {world.alice.id}, "who may come is pinged once"
    await world.restart()
    await world.forward(timedelta())
    assert len(said(world)) == 2


async def test_who_says_maybe_after_the_first_reminder_is_asked_by_the_second(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")
    await world.forward(TUESDAY_EVENING - timedelta(hours=5))
    await world.bob.react(card, "❔")
    await world.restart()
    await world.forward(TUESDAY_EVENING - timedelta(minutes=30))

    last = said(world)[-1]
    assert pinged(world, last) == {world.alice.id, world.bob.id}
    assert f"{world.bob.mention}: will you come?" in text(last)


async def test_who_leads_gets_one_message_a_day_before(world: World) -> None:
    await world.group()
    card = await schedule(world, facilitator=world.bob)
    await world.alice.react(card, "✅")
    await world.bob.react(card, "✅")
    await world.forward(TUESDAY_EVENING - timedelta(hours=23))
    asked, reminded = said(world)[-2:]
    assert "Does that still work?" in text(asked)
    assert pinged(world, asked) == {world.bob.id}
    assert pinged(world, reminded) == {world.alice.id}

    await world.forward(TUESDAY_EVENING - timedelta(minutes=30))
    assert pinged(world, said(world)[-1]) == {world.alice.id, world.bob.id}


async def test_a_reminder_that_comes_late_says_so_and_only_the_last_one_comes(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")
    world.clock.move_to(TUESDAY_EVENING + timedelta(minutes=20))
    await world.restart()
    await world.forward(timedelta())

    (message,) = said(world)
    assert "started" in text(message)
    assert "late" in text(message)


async def test_a_reminder_for_a_meeting_that_is_over_is_let_go(world: World) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")
    world.clock.move_to(TUESDAY_EVENING + timedelta(hours=2))
    await world.restart()
    await world.forward(timedelta())

    (asked,) = said(world)
    assert "Who keeps the notes?" in text(asked)
    assert "over" in shown(world)


async def test_a_reminder_mentions_fifty_people_at_most(world: World) -> None:
    await world.group()
    card = await schedule(world)
    people = [world.join(f"person{number}") for number in range(60)]
    for person in people:
        await person.react(card, "✅")

    await world.forward(TUESDAY_EVENING - timedelta(hours=23))

    counts = [len(message.mentions) for message in said(world)]
    assert counts == [50, 10]


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

    world.bot.dispatch("ready")
    await world.env.settle()

    assert "✅ Going (1)" in fields(world)


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


async def test_a_series_stays_at_its_local_time_through_the_change_of_the_clocks(
    world: World,
) -> None:
    await world.group()
    world.clock.move_to(datetime(2027, 3, 15, 12, tzinfo=UTC))
    await schedule(world, when="tue 19:00", repeat="weekly")
    (first,) = await meetings(world)
    assert first.starts_at == datetime(2027, 3, 16, 19, tzinfo=UTC)
    assert "every Tuesday at 19:00 (Europe/London)" in shown(world)

    await world.forward(datetime(2027, 3, 24, 0, tzinfo=UTC))
    await world.restart()
    await world.forward(datetime(2027, 3, 25, 12, tzinfo=UTC))

    # The clocks in London go forward on 28 March.
    assert [one.starts_at for one in await meetings(world)] == [
        datetime(2027, 3, 30, 18, tzinfo=UTC)
    ]
    cards = [one for one in world.channel.history() if one.embeds]
    assert len(cards) == 3
    assert len(world.channel.threads) == 3
    assert f"<t:{int(datetime(2027, 3, 30, 18, tzinfo=UTC).timestamp())}:F>" in shown(world)


async def test_the_next_card_of_a_series_is_posted_six_days_ahead(world: World) -> None:
    await world.group()
    await schedule(world, repeat="fortnightly")
    second = TUESDAY_EVENING + timedelta(days=14)
    await world.forward(second - timedelta(days=6, minutes=1))
    assert len(world.channel.threads) == 1
    await world.forward(timedelta(minutes=1))
    assert len(world.channel.threads) == 2
    assert [one.starts_at for one in await meetings(world)] == [second]


async def test_after_a_long_time_away_a_series_goes_on_with_what_is_still_to_come(
    world: World,
) -> None:
    await world.group()
    await schedule(world, repeat="weekly")
    world.clock.move_to(TUESDAY_EVENING + timedelta(days=30))
    await world.restart()
    await world.forward(timedelta())

    assert [one.starts_at for one in await meetings(world)] == [
        TUESDAY_EVENING + timedelta(days=35)
    ]
    assert len(world.channel.threads) == 2


async def test_a_zone_that_is_typed_is_the_one_the_series_keeps(world: World) -> None:
    await world.group()
    await schedule(world, when="2026-11-10 19:00 America/New_York", repeat="monthly")
    assert "every month on the 2nd Tuesday at 19:00 (America/New_York)" in shown(world)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"when": "2026-10-01 19:00"}, "Try"),
        ({"title": "   "}, "title"),
        ({"title": "x" * 91}, "91 characters"),
    ],
)
async def test_what_cannot_be_is_refused_with_an_example(
    world: World, options: dict[str, str], sentence: str
) -> None:
    await world.group()
    given = {"title": "Grokking", "when": "tue 19:00"} | options
    refused = await world.alice.slash(world.channel, "meeting schedule", **given)
    assert refused.ephemeral
    assert sentence in text(refused)
    assert await meetings(world) == []


async def test_only_members_schedule_and_are_told_how_to_join(world: World) -> None:
    await world.group()
    refused = await world.cara.slash(
        world.channel, "meeting schedule", title="Mine", when="tue 19:00"
    )
    assert refused.ephemeral
    assert "`/group join` first" in text(refused)


async def test_without_the_permission_for_threads_the_meeting_stands_and_says_what_is_missing(
    world: World,
) -> None:
    await world.group()
    world.env.inject_error(
        "POST", "/channels/*/messages/*/threads", status=403, code=50013, times=None
    )
    result = await world.alice.slash(
        world.channel, "meeting schedule", title="Grokking", when="2026-11-10 19:00"
    )
    assert "✅ Going (0)" in fields(world)
    assert result.followups[-1].ephemeral
    assert "thread" in text(result.followups[-1])
    card = last_card(world)
    await world.alice.react(card, "✅")

    await world.forward(TUESDAY_EVENING - timedelta(hours=23))
    assert "starts" in text(world.channel.last_message)


async def test_scheduling_elsewhere_posts_in_the_group_s_channel(world: World) -> None:
    await world.group()
    lobby = world.guild.create_text_channel("lobby")
    told = await world.alice.slash(
        lobby, "meeting schedule", title="Grokking", when="2026-11-10 19:00"
    )
    assert told.ephemeral
    assert world.channel.mention in text(told)
    assert len(world.channel.threads) == 1


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


async def test_a_thread_that_was_deleted_is_opened_anew_and_what_is_due_comes_there(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.bob.react(card, "✅")
    (gone,) = world.channel.threads
    world.env.backend.delete_channel(gone.id)
    await world.env.settle()
    await world.forward(timedelta(seconds=1))

    (thread,) = world.channel.threads
    assert thread.history()[0].embeds or thread.history()[0].components, "its card stands there"
    await world.restart()
    await world.forward(TUESDAY_EVENING + timedelta(hours=2))
    assert "starts" in text(said(world)[0])
    assert any("begins now" in text(one) for one in thread.history())
    assert any("That was" in text(one) for one in thread.history())


async def test_where_discord_gives_a_card_no_second_thread_one_is_opened_beside_it(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    (gone,) = world.channel.threads
    world.env.inject_error(
        "POST", "/channels/*/messages/*/threads", status=400, code=160004, times=None
    )
    world.env.backend.delete_channel(gone.id)
    await world.env.settle()
    await world.forward(timedelta(seconds=1))

    (thread,) = world.channel.threads
    assert thread.id != card.id
    assert f"<#{thread.id}>" in shown(world)


async def test_a_thread_of_a_meeting_that_is_over_stays_deleted(world: World) -> None:
    await world.group()
    await schedule(world)
    await world.forward(TUESDAY_EVENING + timedelta(days=1))
    world.env.backend.delete_channel(world.channel.threads[0].id)
    await world.env.settle()
    await world.forward(timedelta(days=1))
    assert world.channel.threads == []
    assert "<#" not in shown(world)


async def test_a_meeting_whose_thread_refuses_begins_and_ends_in_the_channel(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.bob.react(card, "✅")
    thread = world.channel.threads[0].id
    world.env.inject_error(
        "POST", f"/channels/{thread}/messages", status=403, code=50013, times=None
    )
    await world.forward(TUESDAY_EVENING + timedelta(hours=2))
    shown_there = [text(one) for one in world.channel.history()]
    assert any("begins now" in one for one in shown_there)
    assert any("That was" in one for one in shown_there)
