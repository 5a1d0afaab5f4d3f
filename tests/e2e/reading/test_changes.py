"""Meetings that are moved, cancelled, edited, and series that end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import discord

from bot.ui.permissions import INVITE
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

WEDNESDAY_EVENING = TUESDAY_EVENING + timedelta(days=1)


def at(instant: datetime) -> str:
    return f"<t:{int(instant.timestamp())}:F>"


async def test_moving_updates_card_thread_and_reminders_and_tells_those_who_answered_once(
    world: World,
) -> None:
    # Discord lets Manage Threads rename a thread; the simulation asks for Manage Channels.
    world.allow(INVITE | discord.Permissions(manage_channels=True))
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")
    await world.bob.react(card, "❌")

    moved = await world.alice.slash(
        world.channel, "meeting move", meeting="grokking", when="2026-11-11 19:00"
    )
    assert moved.ephemeral
    assert "2 people" in text(moved)
    assert at(WEDNESDAY_EVENING) in shown(world)
    (thread,) = world.channel.threads
    assert thread.name == "Grokking · 11 Nov"
    await world.restart()
    await world.forward(timedelta())
    await world.forward(timedelta(hours=1))

    (told,) = said(world)
    assert at(TUESDAY_EVENING) in text(told)
    assert at(WEDNESDAY_EVENING) in text(told)
    assert pinged(world, told) == {world.alice.id, world.bob.id}

    await world.forward(WEDNESDAY_EVENING - timedelta(hours=24, minutes=1))
    assert not any("starts" in text(one) for one in said(world))
    await world.forward(timedelta(minutes=1))
    assert "starts" in text(said(world)[-1])
    assert pinged(world, said(world)[-1]) == {world.alice.id}


async def test_only_who_runs_a_meeting_and_organisers_change_it(world: World) -> None:
    await world.group()
    await schedule(world)
    for command, options in (
        ("move", {"when": "2026-11-11 19:00"}),
        ("edit", {"minutes": 30}),
    ):
        refused = await world.bob.slash(
            world.channel, f"meeting {command}", meeting="Grokking", **options
        )
        assert refused.ephemeral
        assert world.alice.mention in text(refused)
    moved = await world.organiser.slash(
        world.channel, "meeting move", meeting="Grokking", when="2026-11-11 19:00"
    )
    assert "is moved" in text(moved)


async def test_cancelling_tells_those_who_answered_and_can_be_undone(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.bob.react(card, "❔")
    done = await world.alice.slash(
        world.channel, "meeting cancel", meeting="Grokking", reason="the room is closed"
    )
    await world.forward(timedelta())

    assert "cancelled" in shown(world)
    assert "the room is closed" in shown(world)
    assert await meetings(world) == []
    assert "cancelled" in text(said(world)[-1])
    assert pinged(world, said(world)[-1]) == {world.bob.id}
    await world.bob.react(card, "✅")
    assert "✅ Going (0)" in fields(world)

    await world.alice.click(done.response.message, label="Undo")
    await world.forward(timedelta())
    assert "takes place after all" in text(said(world)[-1])
    assert len(await meetings(world)) == 1

    await world.forward(TUESDAY_EVENING - timedelta(minutes=30))
    assert "starts" in text(said(world)[-1])


async def test_a_cancelled_meeting_is_not_reminded_of(world: World) -> None:
    await world.group()
    card = await schedule(world)
    await world.bob.react(card, "✅")
    await world.alice.slash(world.channel, "meeting cancel", meeting="Grokking")
    await world.restart()
    await world.forward(TUESDAY_EVENING + timedelta(days=1))

    assert len(said(world)) == 1


async def test_editing_changes_what_is_given_and_says_so(world: World) -> None:
    await world.group()
    card = await schedule(world, where="room 1", minutes=60)
    await world.bob.react(card, "✅")
    await world.alice.slash(
        world.channel,
        "meeting edit",
        meeting="Grokking",
        where="room 2",
        minutes=90,
        paper="arXiv:2201.02177",
    )
    await world.forward(timedelta())

    assert "room 2" in shown(world)
    assert "90 minutes" in shown(world)
    assert "2201.02177" in shown(world)
    assert "where: room 2" in text(said(world)[-1])
    assert "1 hour 30 minutes" in text(said(world)[-1])

    await world.alice.slash(world.channel, "meeting edit", meeting="Grokking", where="-", paper="-")
    assert "room 2" not in shown(world)
    assert "2201.02177" not in shown(world)

    nothing = await world.alice.slash(world.channel, "meeting edit", meeting="Grokking")
    assert "what should be different" in text(nothing)


async def test_raising_the_capacity_moves_the_line_up_and_lowering_it_back(world: World) -> None:
    await world.group()
    card = await schedule(world, capacity=1)
    for person in (world.alice, world.bob, world.cara):
        await person.react(card, "✅")
    await world.forward(timedelta(seconds=10))

    await world.alice.slash(world.channel, "meeting edit", meeting="Grokking", capacity=2)
    await world.forward(timedelta(seconds=10))
    assert fields(world)["✅ Going (2 of 2)"] == f"{world.alice.mention}, {world.bob.mention}"
    assert pinged(world, said(world)[-1]) == {world.bob.id}

    await world.alice.slash(world.channel, "meeting edit", meeting="Grokking", capacity=1)
    await world.forward(timedelta(seconds=10))
    assert fields(world)["⏳ Waiting list (2)"] == f"{world.bob.mention}, {world.cara.mention}"
    assert pinged(world, said(world)[-1]) == {world.bob.id}

    await world.alice.slash(world.channel, "meeting edit", meeting="Grokking", capacity=0)
    assert "✅ Going (3)" in fields(world)


async def test_one_meeting_of_a_series_moves_without_the_others(world: World) -> None:
    await world.group()
    await schedule(world, repeat="weekly")
    await world.alice.slash(
        world.channel, "meeting move", meeting="Grokking", when="2026-11-12 18:00"
    )
    await world.forward(TUESDAY_EVENING + timedelta(days=3))

    assert [one.starts_at for one in await meetings(world)] == [TUESDAY_EVENING + timedelta(days=7)]


async def test_this_and_all_later_meetings_move_together_and_keep_their_local_time(
    world: World,
) -> None:
    await world.group()
    world.clock.move_to(datetime(2027, 3, 15, 12, tzinfo=UTC))
    await schedule(world, when="tue 19:00", repeat="weekly", ahead=10)
    await world.forward(timedelta())
    assert len(await meetings(world)) == 2

    moved = await world.alice.slash(
        world.channel,
        "meeting move",
        meeting=(await world.alice.autocomplete(world.channel, "meeting move", "meeting", ""))[0][
            "value"
        ],
        when="2027-03-17 20:00",
        which="later",
    )
    assert "every Wednesday at 20:00 (Europe/London)" in text(moved)
    assert [one.starts_at for one in await meetings(world)] == [
        datetime(2027, 3, 17, 20, tzinfo=UTC),
        datetime(2027, 3, 24, 20, tzinfo=UTC),
    ]
    await world.restart()
    await world.forward(datetime(2027, 3, 26, tzinfo=UTC))
    assert [one.starts_at for one in await meetings(world)] == [
        datetime(2027, 3, 31, 19, tzinfo=UTC)
    ]


async def test_editing_this_and_all_later_changes_what_the_series_goes_on_with(
    world: World,
) -> None:
    await world.group()
    await schedule(world, repeat="weekly")
    await world.alice.slash(
        world.channel, "meeting edit", meeting="Grokking", title="Circuits", which="later"
    )
    await world.forward(TUESDAY_EVENING + timedelta(days=2))
    assert [one.title for one in await meetings(world)] == ["Circuits"]

    single = await world.alice.slash(
        world.channel, "meeting schedule", title="Once", when="2026-12-24 10:00"
    )
    assert not single.ephemeral
    refused = await world.alice.slash(
        world.channel, "meeting edit", meeting="Once", title="More", which="later"
    )
    assert "does not repeat" in text(refused)


async def test_a_series_ends_by_count_and_by_date(world: World) -> None:
    await world.group()
    await schedule(world, repeat="weekly", times=2)
    await schedule(world, title="Papers", repeat="weekly", until="2026-11-20")
    await world.forward(TUESDAY_EVENING + timedelta(days=40))

    assert await meetings(world) == []
    assert len(world.channel.threads) == 4
    refused = await world.alice.slash(
        world.channel,
        "meeting schedule",
        title="x",
        when="2027-01-10 19:00",
        repeat="weekly",
        until="2027-01-05",
    )
    assert "before its first meeting" in text(refused)


async def test_the_last_day_of_a_series_is_the_one_that_was_typed_in_whatever_zone(
    world: World,
) -> None:
    await world.group()
    # Anywhere on earth, 17 November ends on the 18th in London; the meeting on the 18th is out.
    await schedule(world, when="2026-11-11 08:00", repeat="weekly", until="2026-11-17 AoE")
    await world.forward(TUESDAY_EVENING + timedelta(days=20))
    assert len(world.channel.threads) == 1


async def test_ending_a_series_asks_about_the_meetings_that_have_a_card(world: World) -> None:
    await world.group()
    card = await schedule(world, repeat="weekly")
    await world.bob.react(card, "✅")
    asked = await world.alice.slash(world.channel, "meeting end", series="Grokking")
    await world.alice.click(asked.response.message, label="Cancel these too")
    await world.forward(timedelta(days=30))

    assert await meetings(world) == []
    assert "cancelled" in shown(world)
    assert pinged(world, said(world)[0]) == {world.bob.id}

    again = await world.alice.slash(world.channel, "meeting end", series="Grokking")
    assert "no series" in text(again)


async def test_ending_a_series_after_the_meeting_that_has_a_card(world: World) -> None:
    await world.group()
    await schedule(world, repeat="weekly")
    await world.alice.slash(world.channel, "meeting end", series="Grokking")
    await world.forward(timedelta(days=30))
    assert len(world.channel.threads) == 1
    assert "cancelled" not in shown(world)


async def test_the_list_shows_what_is_coming_with_one_s_own_answer(world: World) -> None:
    await world.group()
    nothing = await world.bob.slash(world.channel, "meeting list")
    assert "Nothing is planned" in text(nothing)

    card = await schedule(world)
    sooner = await schedule(world, title="Sooner", when="2026-11-04 18:00")
    await schedule(world, title="Unanswered", when="2026-11-20 18:00")
    await world.bob.react(card, "✅")
    await world.alice.react(sooner, "❔")
    mine = await world.bob.slash(world.channel, "meeting list")

    assert mine.ephemeral
    said = text(mine)
    assert said.index("Sooner") < said.index("Grokking")
    assert "you are going · 1 going" in said
    assert "you have not answered · 1 maybe" in said
    assert "nobody has answered yet" in said
    assert "0 " not in said, "nobody is counted where nobody is"
    shown_one = await world.bob.slash(world.channel, "meeting show", meeting="Grokking")
    assert "You are going" in text(shown_one) or "you are going" in text(shown_one)
    assert card.jump_url in text(shown_one)


async def test_a_shown_meeting_can_be_answered_by_button_and_the_reaction_gives_way(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.bob.react(card, "✅")
    seen = await world.bob.slash(world.channel, "meeting show", meeting="Grokking")
    await world.bob.click(seen.response.message, label="Maybe")
    assert fields(world)["❔ Maybe (1)"] == world.bob.mention
    await world.bob.react(card, "❌")
    assert fields(world)["❌ Not going (1)"] == world.bob.mention
    await world.bob.click(seen.response.message, label="Maybe")
    assert reactions(last_card(world)) == {"✅": 1, "❔": 1, "❌": 1}

    await world.forward(TUESDAY_EVENING)
    late = await world.bob.click(seen.response.message, label="Going")
    assert "has started" in text(late)
    assert fields(world)["❔ Maybe (1)"] == world.bob.mention


async def test_a_long_list_has_pages(world: World) -> None:
    await world.group()
    for day in range(10, 25):
        if day == 20:  # one person opens ten an hour
            await world.forward(timedelta(hours=1, minutes=1))
        await schedule(world, title=f"Reading {day}", when=f"2026-11-{day} 18:00")
    first = await world.bob.slash(world.channel, "meeting list")
    assert "Page 1 of 3" in text(first)
    assert "Reading 10" in text(first)


async def test_meetings_are_offered_by_title_soonest_first_and_clashes_by_date(
    world: World,
) -> None:
    await world.group()
    await schedule(world)
    await schedule(world, title="Sooner", when="2026-11-04 18:00")
    offered = await world.alice.autocomplete(world.channel, "meeting move", "meeting", "")
    assert [choice["name"] for choice in offered] == ["Sooner", "Grokking"]

    await schedule(world, when="2026-11-17 19:00")
    offered = await world.alice.autocomplete(world.channel, "meeting move", "meeting", "grok")
    assert [choice["name"] for choice in offered] == [
        "Grokking · 10 Nov 19:00 UTC",
        "Grokking · 17 Nov 19:00 UTC",
    ]
    missing = await world.alice.slash(
        world.channel, "meeting move", meeting="Nothing", when="tue 19:00"
    )
    assert "no meeting called" in text(missing)


async def test_a_meeting_of_another_server_is_unknown_here(world: World) -> None:
    await world.group()
    await schedule(world)
    (meeting,) = await meetings(world)
    async with world.bot.store.read() as tx:
        assert await tx.meetings.get(1, meeting.id) is None


async def test_one_day_of_a_series_is_left_out_before_it_has_a_card(world: World) -> None:
    await world.group()
    await schedule(world, repeat="weekly")
    refused = await world.bob.slash(
        world.channel, "meeting skip", series="Grokking", day="2026-11-24"
    )
    assert world.alice.mention in text(refused)
    for day, sentence in (
        ("2026-11-25", "every Tuesday at 19:00"),
        ("2026-11-10", "has a card already"),
    ):
        refused = await world.alice.slash(world.channel, "meeting skip", series="Grokking", day=day)
        assert sentence in text(refused)
    done = await world.alice.slash(
        world.channel, "meeting skip", series="Grokking", day="2026-11-24", reason="holidays"
    )
    assert done.ephemeral
    assert at(TUESDAY_EVENING + timedelta(weeks=2)) in text(done)
    again = await world.alice.slash(
        world.channel, "meeting skip", series="Grokking", day="2026-11-24"
    )
    assert "does not take place already" in text(again)

    await world.restart()
    await world.forward(TUESDAY_EVENING + timedelta(weeks=3, minutes=-1))
    starts = [
        TUESDAY_EVENING,
        TUESDAY_EVENING + timedelta(weeks=1),
        TUESDAY_EVENING + timedelta(weeks=3),
    ]
    assert len(world.channel.threads) == 3
    assert [one.starts_at for one in await meetings(world)] == starts[-1:]


async def test_a_day_that_was_left_out_comes_back(world: World) -> None:
    await world.group()
    await schedule(world, repeat="weekly")
    done = await world.alice.slash(
        world.channel, "meeting skip", series="Grokking", day="2026-11-17"
    )
    # Its card would have been posted meanwhile.
    world.clock.move_to(TUESDAY_EVENING + timedelta(days=1, minutes=-5))
    await world.forward(timedelta(minutes=10))
    assert len(world.channel.threads) == 1
    await world.alice.click(done.response.message, label="Undo")
    await world.forward(timedelta())
    assert len(world.channel.threads) == 2
    card = last_card(world)
    await world.bob.react(card, "✅")
    await world.restart()
    await world.forward(TUESDAY_EVENING + timedelta(weeks=1, minutes=-30))
    reminder = said(world, world.channel.threads[1])[-1]
    assert pinged(world, reminder) == {world.bob.id}
    await world.forward(timedelta(days=3))
    assert len(world.channel.threads) == 3


async def test_how_far_ahead_cards_are_posted_can_be_changed_for_all_later_ones(
    world: World,
) -> None:
    await world.group()
    await schedule(world, repeat="weekly")
    one = await world.alice.slash(world.channel, "meeting edit", meeting="Grokking", ahead=2)
    assert "this and all later ones" in text(one)
    done = await world.alice.slash(
        world.channel, "meeting edit", meeting="Grokking", which="later", ahead=2
    )
    assert "each card is posted 2 days before its meeting" in text(done)
    await world.forward(TUESDAY_EVENING + timedelta(days=5, minutes=-1))
    assert len(world.channel.threads) == 1, "the first had its card already"
    await world.forward(timedelta(minutes=2))
    assert len(world.channel.threads) == 2

    await world.alice.slash(
        world.channel, "meeting edit", meeting="Grokking", which="later", ahead=20
    )
    await world.forward(timedelta(minutes=1))
    assert len(world.channel.threads) == 4, "those whose time has come are posted at once"


async def test_the_list_names_the_next_meeting_of_a_series_that_has_no_card_yet(
    world: World,
) -> None:
    await world.group()
    await schedule(world, repeat="weekly")
    await world.forward(TUESDAY_EVENING + timedelta(hours=2))

    listed = text(await world.bob.slash(world.channel, "meeting list"))
    following = TUESDAY_EVENING + timedelta(days=7)
    assert "Grokking" in listed
    assert f"<t:{int(following.timestamp())}:F>" in listed

    await world.forward(timedelta(days=2))
    await world.alice.slash(world.channel, "meeting cancel", meeting="Grokking")
    listed = text(await world.bob.slash(world.channel, "meeting list"))
    assert f"<t:{int((following + timedelta(days=7)).timestamp())}:F>" in listed

    await world.alice.slash(world.channel, "meeting end", series="Grokking")
    assert "Nothing is planned" in text(await world.bob.slash(world.channel, "meeting list"))


async def test_a_title_that_two_meetings_have_is_asked_back_with_their_times(
    world: World,
) -> None:
    await world.group()
    await schedule(world, title="Paper club")
    await schedule(world, title="Paper club", when="2026-11-12 19:00")
    await schedule(world, title="Paper club", when="2026-11-12 19:00")
    thursday = datetime(2026, 11, 12, 19, 0, tzinfo=UTC)

    asked = await world.alice.slash(world.channel, "meeting cancel", meeting="paper club ")
    assert asked.ephemeral
    assert "10 Nov 19:00 UTC" in text(asked)
    assert "12 Nov 19:00 UTC" in text(asked)
    assert len(await meetings(world)) == 3, "nothing was cancelled"

    offered = await world.alice.autocomplete(world.channel, "meeting cancel", "meeting", "")
    assert [one["name"] for one in offered] == [
        "Paper club · 10 Nov 19:00 UTC",
        "Paper club · 12 Nov 19:00 UTC",
        "Paper club · 12 Nov 19:00 UTC (2)",
    ]
    await world.alice.slash(world.channel, "meeting cancel", meeting=offered[2]["value"])
    await world.alice.slash(world.channel, "meeting cancel", meeting=offered[0]["name"])
    (left,) = await meetings(world)
    assert left.starts_at == thursday


async def test_of_one_series_the_next_meeting_is_meant(world: World) -> None:
    await world.group()
    await schedule(world, title="Club", repeat="weekly", ahead=20)
    assert len(await meetings(world)) >= 1
    await world.forward(timedelta(seconds=1))
    done = await world.alice.slash(world.channel, "meeting cancel", meeting="club")
    assert f"<t:{int(TUESDAY_EVENING.timestamp())}:F> is cancelled" in text(done)


async def test_in_a_group_s_channel_its_own_meeting_is_meant(world: World) -> None:
    await world.group()
    await schedule(world, title="Club")
    other = world.guild.create_text_channel("agents")
    await world.group("Agents", other)
    await world.alice.slash(other, "meeting schedule", title="Club", when="2026-11-12 19:00")

    done = await world.alice.slash(other, "meeting cancel", meeting="club")

    assert "is cancelled" in text(done)
    (left,) = await meetings(world)
    assert left.starts_at == TUESDAY_EVENING
    shown_there = await world.bob.slash(world.channel, "meeting show", meeting="club")
    assert f"<t:{int(TUESDAY_EVENING.timestamp())}:F>" in text(shown_there)


async def test_what_has_begun_is_said_to_have_begun(world: World) -> None:
    await world.group()
    await schedule(world)
    await world.forward(TUESDAY_EVENING + timedelta(minutes=70))
    for command, options in (
        ("meeting cancel", {}),
        ("meeting move", {"when": "2026-11-20 19:00"}),
        ("meeting edit", {"where": "Room 2"}),
    ):
        refused = await world.alice.slash(world.channel, command, meeting="grokking", **options)
        assert refused.ephemeral
        assert f"“Grokking” began <t:{int(TUESDAY_EVENING.timestamp())}:R>" in text(refused)


async def test_a_series_whose_next_card_is_still_to_come_is_said_to_be_so(world: World) -> None:
    await world.group()
    await schedule(world, title="Club", repeat="weekly", times=4)
    await world.alice.slash(world.channel, "meeting cancel", meeting="Club")
    refused = await world.alice.slash(world.channel, "meeting edit", meeting="Club", where="Room 2")
    soon = TUESDAY_EVENING + timedelta(days=7)
    assert f"<t:{int(soon.timestamp())}:F>" in text(refused)
    assert "/meeting skip" in text(refused)


async def test_what_was_called_off_or_left_out_is_undone_after_a_restart(world: World) -> None:
    await world.group()
    await schedule(world, repeat="weekly")
    cancelled = await world.alice.slash(world.channel, "meeting cancel", meeting="Grokking")
    skipped = await world.alice.slash(
        world.channel, "meeting skip", series="Grokking", day="2026-11-17"
    )
    await world.restart()

    for answer in (cancelled, skipped):
        assert "after all" in text(await world.alice.click(answer.response, label="Undo"))

    await world.forward(TUESDAY_EVENING + timedelta(days=2))
    (meeting,) = await meetings(world)
    assert meeting.starts_at == TUESDAY_EVENING + timedelta(days=7)


async def test_a_series_that_was_ended_goes_on_when_that_is_undone(world: World) -> None:
    await world.group()
    await schedule(world, repeat="weekly")
    ended = await world.alice.slash(world.channel, "meeting end", series="Grokking")
    await world.restart()
    await world.alice.click(ended.response, label="Cancel these too")
    assert await meetings(world) == []
    await world.forward(timedelta(days=3))

    undone = await world.alice.click(ended.response, label="Undo")
    assert "goes on" in text(undone)
    await world.forward(TUESDAY_EVENING + timedelta(days=2))
    (meeting,) = await meetings(world)
    assert meeting.starts_at == TUESDAY_EVENING + timedelta(days=7)


async def test_an_archived_group_s_meetings_are_silent_and_its_series_goes_on_once_it_is_back(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world, repeat="weekly")
    await world.bob.react(card, "✅")
    asked = await world.organiser.slash(world.channel, "group archive")
    archived = await world.organiser.click(asked.response, label="Archive it")
    assert "no rounds, prompts or reminders" in text(archived)

    await world.forward(TUESDAY_EVENING + timedelta(days=10))
    assert said(world) == []
    assert len(world.channel.threads) == 1, "no card was posted"
    listed = await world.alice.slash(world.channel, "meeting list")
    assert "Grokking" not in text(listed)

    await world.restart()
    await world.organiser.click(asked.response, label="Undo")
    await world.forward(TUESDAY_EVENING + timedelta(days=12))
    assert "Grokking" in text(await world.alice.slash(world.channel, "meeting list"))
    await world.forward(TUESDAY_EVENING + timedelta(days=20))
    (meeting,) = await meetings(world)
    assert meeting.starts_at == TUESDAY_EVENING + timedelta(days=21)
