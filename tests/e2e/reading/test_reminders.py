"""Reminders of meetings: who gets one, when, and where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.e2e.reading.steps import TUESDAY_EVENING, pinged, said, schedule, shown
from tests.world import World, text


async def test_who_comes_or_may_come_is_reminded_in_the_thread_a_day_and_an_hour_before(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")
    await world.bob.react(card, "❔")
    await world.cara.react(card, "❌")

    await world.forward(TUESDAY_EVENING - timedelta(hours=24, minutes=1))
    before = len(said(world))
    await world.restart()
    await world.forward(timedelta(minutes=1))
    first = said(world)[-1]
    assert first is not None
    assert "starts" in text(first)
    assert {user.id for user in first.mentions} == {world.alice.id, world.bob.id}

    assert pinged(world, first) == {world.alice.id, world.bob.id}
    assert "will you come?" in text(first)

    await world.forward(TUESDAY_EVENING - timedelta(minutes=1))
    assert len(said(world)) == before + 2
    assert pinged(world, said(world)[-1]) == {world.alice.id}, "who may come is pinged once"
    await world.restart()
    await world.forward(timedelta())
    assert len(said(world)) == before + 2


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

    reminders = [one for one in said(world) if "not answered" not in text(one)]
    counts = [len(message.mentions) for message in reminders]
    assert counts == [50, 10]


async def test_a_maybe_is_asked_an_hour_before_where_a_move_left_out_the_day_before(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world, when="2026-11-11 19:00")
    await world.bob.react(card, "❔")
    await world.forward(datetime(2026, 11, 10, 10, 0, tzinfo=UTC))
    await world.alice.slash(
        world.channel, "meeting move", meeting="Grokking", when="2026-11-10 15:00"
    )
    await world.forward(datetime(2026, 11, 10, 14, 0, tzinfo=UTC))
    last = said(world)[-1]
    assert "starts" in text(last)
    assert pinged(world, last) == {world.bob.id}


async def test_a_reminder_reads_the_same_the_morning_after(world: World) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")
    await world.forward(TUESDAY_EVENING)
    reminders = [text(one) for one in said(world) if "starts" in text(one)]
    assert len(reminders) == 2
    assert not any(":R>" in one for one in reminders), "“starts 14 hours ago”"


async def test_members_who_have_not_answered_are_asked_once_in_the_thread(world: World) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "❌")
    await world.forward(TUESDAY_EVENING - timedelta(hours=47))
    (asked,) = said(world)
    assert "not answered" in text(asked)
    assert world.alice.id not in pinged(world, asked)
    assert world.bob.id in pinged(world, asked)
    await world.alice.slash(
        world.channel, "meeting move", meeting="Grokking", when="2026-11-15 19:00"
    )
    await world.restart()
    await world.forward(datetime(2026, 11, 15, 18, 30, tzinfo=UTC))
    assert sum("not answered" in text(one) for one in said(world)) == 1, "once per meeting"


async def test_a_group_that_wants_no_such_question_gets_none(world: World) -> None:
    await world.group()
    await world.organiser.slash(world.channel, "group edit", ask_unanswered=False)
    await schedule(world)
    await world.forward(TUESDAY_EVENING - timedelta(hours=1))
    assert said(world) == []
