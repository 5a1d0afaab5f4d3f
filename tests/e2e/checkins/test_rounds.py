"""Check-ins, as people use them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import discord
import pytest

from tests.world import Person, World, text

DUE = datetime(2026, 11, 8, 18, 0, tzinfo=UTC)
"""The first Sunday, 18:00 in London, after the Monday on which the tests begin."""


async def rounds(world: World, **options: str) -> None:
    """Make the group, and its weekly rounds."""
    await world.group()
    given = {"cadence": "weekly", "day": "sunday", "time": "18:00"} | options
    await world.organiser.slash(world.channel, "checkin schedule", **given)


async def post(world: World, who: Person, did: str = "Read chapter 3", **more: str) -> str:
    """Check in by the command; returns all that its answer says."""
    return text(await who.slash(world.channel, "checkin post", did=did, **more))


def shown(world: World, words: str) -> discord.Message:
    """Return the newest message of the channel that holds these words."""
    found = [message for message in world.channel.history() if words in text(message)]
    assert found, f"no message says {words!r}"
    return max(found, key=lambda message: message.id)


def stamp(instant: datetime, style: str = "F") -> str:
    return f"<t:{int(instant.timestamp())}:{style}>"


async def test_a_schedule_says_when_the_round_and_its_prompt_come(world: World) -> None:
    await world.group()
    answer = await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="Sun", time="6pm"
    )
    assert stamp(DUE) in text(answer)
    assert stamp(DUE - timedelta(hours=48)) in text(answer)
    assert not answer.ephemeral


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"day": "someday"}, "weekday"),
        ({"time": "25:00"}, "25:00"),
        ({"timezone": "Mars/Olympus"}, "time zone"),
    ],
)
async def test_a_schedule_that_cannot_be_read_is_refused_with_an_example(
    world: World, options: dict[str, str], word: str
) -> None:
    await world.group()
    given = {"cadence": "weekly", "day": "sunday", "time": "18:00"} | options
    refused = await world.organiser.slash(world.channel, "checkin schedule", **given)
    assert refused.ephemeral
    assert word in text(refused)


async def test_a_check_ins_card_follows_a_round_that_is_moved(world: World) -> None:
    await rounds(world)
    await post(world, world.alice)
    assert stamp(DUE, "D") in text(shown(world, "Read chapter 3"))
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="saturday", time="12:00"
    )
    await world.forward(timedelta(minutes=1))
    moved = datetime(2026, 11, 7, 12, tzinfo=UTC)
    assert stamp(moved, "D") in text(shown(world, "Read chapter 3"))


async def test_midnight_is_asked_back_and_24_00_ends_the_day(world: World) -> None:
    await world.group()
    given = {"cadence": "weekly", "day": "friday"}
    asked = await world.organiser.slash(world.channel, "checkin schedule", **given, time="midnight")
    assert asked.ephemeral
    assert "Does `midnight` begin friday or end it? Type `00:00`" in text(asked)
    done = await world.organiser.slash(world.channel, "checkin schedule", **given, time="24:00")
    assert "<t:1762560000" in text(done) or "Saturday" in text(done), text(done)


async def test_only_organisers_schedule(world: World) -> None:
    await world.group()
    refused = await world.alice.slash(
        world.channel, "checkin schedule", cadence="weekly", day="sunday", time="18:00"
    )
    assert refused.ephemeral
    assert "Only organisers" in text(refused)


async def test_a_round_goes_from_prompt_to_digest_and_the_next_one_follows(world: World) -> None:
    await rounds(world)
    before = world.channel.last_message
    await world.forward(DUE - timedelta(hours=49))
    assert world.channel.last_message == before

    await world.forward(DUE - timedelta(hours=48))
    prompt = shown(world, "Check in")
    assert stamp(DUE) in text(prompt)
    assert stamp(DUE, "R") in text(prompt)
    assert "What did you do?" in text(prompt)
    assert "0 of 3" in text(prompt)

    await post(world, world.alice, "Read *chapter* 3", next="- chapter 4\n- exercise 2")
    await world.env.settle()
    assert "1 of 3" in text(shown(world, "Check in"))

    await world.forward(DUE)
    digest = text(shown(world, "Round 1".lower() + "\n"))
    assert "1 person checked in" in digest
    assert "Read \\*chapter\\* 3" in digest
    assert f"<@{world.bob.id}>" in digest
    assert "2 commitments" in digest
    assert stamp(DUE + timedelta(days=7)) in digest

    await world.forward(timedelta(days=7))
    assert "round 2" in text(shown(world, "Nobody checked in"))


async def test_a_prompt_less_than_two_days_ahead_is_posted_at_once(world: World) -> None:
    await rounds(world, day="tuesday", time="12:00")
    await world.forward(timedelta(seconds=1))
    assert stamp(datetime(2026, 11, 3, 12, 0, tzinfo=UTC)) in text(shown(world, "Check in"))


async def test_the_restarted_bot_goes_on_in_the_middle_of_a_round(world: World) -> None:
    await rounds(world)
    await post(world, world.alice)
    await world.restart()
    await world.forward(DUE - timedelta(hours=48))
    prompt = shown(world, "1 of 3")

    await world.restart()
    form = await world.bob.click(prompt, label="Check in")
    assert form.modal is not None
    await world.restart()
    answer = await world.bob.submit_modal(form, {"did": "Trained a probe"})
    assert "Trained a probe" in text(answer)

    await world.restart()
    await world.forward(DUE)
    assert "2 people checked in" in text(shown(world, "2 people"))


async def test_a_second_post_in_a_round_replaces_the_first(world: World) -> None:
    await rounds(world)
    await post(world, world.alice, "Read chapter 3", next="chapter 4")
    card = shown(world, "Read chapter 3")
    answer = await post(world, world.alice, "Read chapters 3 and 4", next="chapter 5")
    await world.env.settle()

    assert "replaced" in answer
    assert card.jump_url in answer
    assert "Read chapters 3 and 4" in text(shown(world, "Read chapters"))
    await world.forward(DUE)
    assert "1 commitment\n" in text(shown(world, "1 person checked in")) + "\n"


async def test_a_check_in_between_rounds_is_taken_by_its_form_too(world: World) -> None:
    await world.group()
    form = await world.alice.slash(world.channel, "checkin post")
    assert form.modal is not None
    answer = await world.alice.submit_modal(form, {"did": "Read section 1"})
    assert "Read section 1" in text(world.channel.last_message), text(answer)


async def test_the_form_ticks_what_was_committed_to(world: World) -> None:
    await rounds(world)
    await post(world, world.alice, next="chapter 4\nexercise 2\nwrite it up")
    await world.forward(DUE)
    await world.forward(timedelta(days=5))
    form = await world.alice.click(shown(world, "Who has?"), label="Check in")
    assert "chapter 4" in text(form)
    assert "carried over" in text(form)
    answer = await world.alice.submit_modal(
        form, {"did": "Chapter 4", "kept": ["kept:1"], "missed": ["missed:2"]}
    )
    assert not answer.ephemeral
    await world.forward(timedelta(days=2))
    digest = text(shown(world, "Commitments kept"))
    assert "1 of 3" in digest
    assert "1 carried over" in digest

    form = await world.alice.slash(world.channel, "checkin post")
    assert "write it up" in text(form)
    assert "chapter 4" not in text(form)


async def test_without_text_a_form_opens_that_keeps_what_was_given(world: World) -> None:
    await rounds(world)
    form = await world.alice.slash(world.channel, "checkin post", next="chapter 4")
    assert form.modal is not None
    assert "chapter 4" in text(form)
    refused = await world.alice.submit_modal(form, {"did": "   ", "next": "  ", "blocked": ""})
    assert refused.ephemeral
    assert "Write a line or two" in text(refused)


async def test_who_is_no_member_keeps_the_text_and_may_join_with_it(world: World) -> None:
    await rounds(world)
    refused = await world.cara.slash(world.channel, "checkin post", did="Read chapter 3")
    assert refused.ephemeral
    assert "/group join" in text(refused)
    assert "Read chapter 3" in text(refused)

    answer = await world.cara.click(refused.response, label="Join Mech Interp and check in")
    assert not answer.ephemeral
    assert "Read chapter 3" in text(answer)
    assert "4 members" in text(shown(world, "4 members"))


async def test_who_is_no_member_may_join_from_the_prompt(world: World) -> None:
    await rounds(world, day="tuesday", time="12:00")
    await world.forward(timedelta(seconds=1))
    refused = await world.cara.click(shown(world, "Who has?"), label="Check in")
    form = await world.cara.click(refused.response, label="Join Mech Interp and check in")
    answer = await world.cara.submit_modal(form, {"did": "Said hello"})
    assert "Said hello" in text(answer)


async def test_a_late_post_counts_is_marked_and_changes_the_digest(world: World) -> None:
    await rounds(world)
    await post(world, world.alice)
    await world.forward(DUE + timedelta(hours=3))
    digest = shown(world, "1 person checked in")
    answer = await post(world, world.bob, "Slept, then read")
    await world.env.settle()

    assert "late" in answer
    assert "round 1" in answer
    assert "2 people checked in" in text(shown(world, "people checked in"))
    assert shown(world, "people checked in").id == digest.id

    early = await post(world, world.alice, "Ahead of time")
    assert "round 2" in early
    assert "late" not in early


async def test_status_tells_who_has_and_who_has_not_also_before_the_prompt(world: World) -> None:
    await rounds(world)
    await post(world, world.alice)
    status = await world.cara.slash(world.channel, "checkin status")
    assert status.ephemeral
    said = text(status)
    assert stamp(DUE) in said
    has, not_yet = said.split("Not yet (2)")
    assert f"<@{world.alice.id}>" in has
    assert f"<@{world.bob.id}>" in not_yet


async def test_a_group_without_rounds_keeps_check_ins_all_the_same(world: World) -> None:
    await world.group()
    answer = await post(world, world.alice, "Just started")
    assert "Just started" in answer
    status = await world.alice.slash(world.channel, "checkin status")
    assert "/checkin schedule" in text(status)


async def test_changing_the_schedule_keeps_what_was_posted(world: World) -> None:
    await rounds(world)
    await post(world, world.alice)
    moved = await world.organiser.slash(
        world.channel, "checkin schedule", cadence="fortnightly", day="wed", time="19:00"
    )
    due = datetime(2026, 11, 4, 19, 0, tzinfo=UTC)
    assert stamp(due) in text(moved)
    assert "1 check-in" in text(moved)
    await world.forward(DUE)
    assert "1 person checked in" in text(shown(world, "1 person checked in"))
    assert sum("1 person checked in" in text(m) for m in world.channel.history()) == 1
    assert stamp(due + timedelta(days=14)) in text(
        await world.alice.slash(world.channel, "checkin status")
    )


async def test_rounds_that_went_by_while_the_bot_was_down_collapse_into_one(world: World) -> None:
    await rounds(world)
    await post(world, world.alice)
    world.clock.move_to(DUE + timedelta(days=16))
    await world.restart()
    await world.forward(timedelta(seconds=1))

    messages = [text(message) for message in world.channel.history()]
    digests = [said for said in messages if "checked in\n" in said and "Due" in said]
    assert len(digests) == 1
    assert "late" in digests[0]
    assert not any("Who has?" in said for said in messages)
    status = text(await world.alice.slash(world.channel, "checkin status"))
    assert stamp(DUE + timedelta(days=21)) in status
    assert "round 2" in status


@pytest.mark.parametrize(
    ("zone", "start", "dues"),
    [
        (
            "Europe/London",
            datetime(2027, 3, 22, tzinfo=UTC),
            [datetime(2027, 3, 28, 17, tzinfo=UTC), datetime(2027, 4, 4, 17, tzinfo=UTC)],
        ),
        (
            "America/New_York",
            datetime(2027, 3, 8, tzinfo=UTC),
            [datetime(2027, 3, 14, 22, tzinfo=UTC), datetime(2027, 3, 21, 22, tzinfo=UTC)],
        ),
        (
            "Australia/Lord_Howe",
            datetime(2027, 3, 29, tzinfo=UTC),
            [datetime(2027, 4, 4, 7, 30, tzinfo=UTC), datetime(2027, 4, 11, 7, 30, tzinfo=UTC)],
        ),
    ],
)
async def test_rounds_keep_their_hour_when_the_clocks_change(
    world: World, zone: str, start: datetime, dues: list[datetime]
) -> None:
    """London and New York spring forward on the due day itself; Lord Howe goes back by half."""
    before = dues[0] - timedelta(days=7)
    world.clock.move_to(before - timedelta(days=1))
    await rounds(world, timezone=zone)
    for due in dues:
        await world.forward(due - timedelta(minutes=1))
        closed = [m for m in world.channel.history() if stamp(due, "f") in text(m)]
        assert not closed
        await world.forward(due)
        assert shown(world, stamp(due, "f"))
        await world.restart()


async def test_what_people_write_is_shown_as_typed(world: World) -> None:
    await rounds(world)
    answer = await post(world, world.alice, "# Big **bold** @everyone <@1>", next="- a `b`")
    assert "\\# Big" in answer or "\\*\\*bold" in answer
    assert "@everyone" not in answer


async def test_a_long_check_in_is_cut_on_the_card_and_read_in_full(world: World) -> None:
    await rounds(world)
    long = "word " * 700
    answer = await world.alice.slash(
        world.channel, "checkin post", did=long, next=long, blocked=long
    )
    assert len(text(answer)) < 4200
    whole = await world.bob.click(answer.response, label="Read it all")
    assert whole.ephemeral
    assert "Page 1" in text(whole) or "word word" in text(whole)


async def test_a_forged_button_of_another_server_opens_nothing(world: World) -> None:
    await rounds(world)
    await world.forward(DUE - timedelta(hours=48))
    prompt = shown(world, "Who has?")
    other = world.env.create_guild("Elsewhere")
    stranger = world.join("mallory", guild=other)
    channel = other.create_text_channel("general")
    forged = discord.ui.View(timeout=None)
    forged.add_item(discord.ui.Button(label="Check in", custom_id="checkin:open:1"))
    sent = await world.bot.get_partial_messageable(channel.id).send(view=forged)
    refused = await stranger.click(sent, label="Check in")
    assert refused.ephemeral
    assert "What this was about is gone" in text(refused)
    assert prompt


async def test_the_groups_card_and_help_tell_when_the_round_is_due(world: World) -> None:
    await rounds(world)
    await world.env.settle()
    assert "Check-ins weekly, Sundays 18:00 (Europe/London)" in text(shown(world, "3 members"))
    assert stamp(DUE, "R") in text(shown(world, "3 members"))
    assert stamp(DUE, "R") in text(await world.alice.slash(world.channel, "cohort help"))


async def test_what_comes_after_the_digest_is_late_even_at_the_due_instant(world: World) -> None:
    await rounds(world)
    await world.forward(DUE)
    assert "**late**, and it counts" in await post(world, world.alice)


async def test_an_answer_to_a_question_that_is_not_asked_has_its_heading(world: World) -> None:
    await rounds(world)
    asking = await world.organiser.slash(world.channel, "checkin questions")
    await world.organiser.submit_modal(
        asking, {"did": "", "next": "What is next?", "blocked": "", "extra": ""}
    )
    card = await post(world, world.alice, "Read chapter 3")
    assert "**What did you do?**\nRead chapter 3" in card
    await post(world, world.alice, "Read chapter 3", blocked="no GPU")
    await world.env.settle()
    assert "**What is in the way?**\nno GPU" in text(shown(world, "no GPU"))


async def test_the_digest_counts_what_is_open_of_who_only_settled_something(world: World) -> None:
    await world.group()
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="sunday", time="18:00"
    )
    await world.alice.slash(world.channel, "checkin post", did="Some", next="one\ntwo\nthree")
    await world.forward(DUE + timedelta(hours=1))
    await world.alice.slash(world.channel, "commitment done", commitment="two")
    await world.forward(DUE + timedelta(days=7, hours=1))
    assert "**Commitments kept**: 1 of 3" in text(world.channel.last_message)
