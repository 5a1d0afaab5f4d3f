"""Commitments, as people use them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import discord

from tests.e2e.checkins.test_rounds import post, rounds, shown
from tests.world import Person, World, text


def direct(world: World, who: Person) -> list[str]:
    """Return what somebody was sent by direct message."""
    return [text(message) for message in who.user.dm_channel.history()]


async def test_a_commitment_is_made_listed_kept_and_taken_back(world: World) -> None:
    await world.group()
    made = await world.alice.slash(
        world.channel, "commitment add", text="Draft the application", due="fri 18:00"
    )
    assert made.ephemeral
    assert f"<t:{int(datetime(2026, 11, 6, 18, tzinfo=UTC).timestamp())}:F>" in text(made)
    listed = await world.alice.slash(world.channel, "commitment list")
    assert "Draft the application" in text(listed)

    choices = await world.alice.autocomplete(
        world.channel, "commitment done", "commitment", "draft"
    )
    assert [choice["name"] for choice in choices] == ["Draft the application"]
    done = await world.alice.slash(
        world.channel, "commitment done", commitment="draft the application"
    )
    assert "Done" in text(done)
    await world.restart()
    await world.alice.click(done.response, label="Undo")
    assert "Draft" in text(await world.alice.slash(world.channel, "commitment list"))

    dropped = await world.alice.slash(
        world.channel, "commitment drop", commitment="Draft the application", reason="No time"
    )
    assert "not failing" in text(dropped)
    listed = text(await world.alice.slash(world.channel, "commitment list"))
    assert "let go: No time" in listed
    assert "Nothing open" in listed


async def test_the_menu_of_the_list_keeps_one(world: World) -> None:
    await world.group()
    await world.alice.slash(world.channel, "commitment add", text="Read chapter 3")
    listed = await world.alice.slash(world.channel, "commitment list")
    done = await world.alice.select(listed.response, ["1"])
    assert "Done" in text(done)
    assert "1 of 1" in text(await world.alice.slash(world.channel, "commitment list"))


async def test_what_cannot_wait_for_the_end_of_quiet_hours_makes_no_sound(world: World) -> None:
    await world.group()
    await world.alice.slash(
        world.channel, "profile notify", quiet_from="11:00", quiet_until="14:00"
    )
    await world.alice.slash(world.channel, "commitment add", text="Ship it", witness=world.bob)
    await world.alice.slash(world.channel, "commitment done", commitment="Ship it")
    await world.bob.click(shown(world, "named you"), label="Not yet")
    (told,) = world.alice.user.dm_channel.history()
    assert "does not see this as done yet" in text(told)
    assert told.flags.suppress_notifications


async def test_reminders_come_a_day_before_and_when_due_but_not_once_done(world: World) -> None:
    await world.group()
    for name in ("One", "Two"):
        await world.alice.slash(world.channel, "commitment add", text=name, due="fri 18:00")
    due = datetime(2026, 11, 6, 18, tzinfo=UTC)
    await world.forward(due - timedelta(days=1))
    assert any("One" in said for said in direct(world, world.alice))
    await world.alice.slash(world.channel, "commitment done", commitment="One")
    await world.forward(due)
    sent = direct(world, world.alice)
    assert sum("One" in said for said in sent) == 1
    assert sum("Two" in said for said in sent) == 2


async def test_closed_direct_messages_go_to_the_channel_and_are_remembered(world: World) -> None:
    await world.group()
    await world.alice.slash(world.channel, "commitment add", text="One", due="fri 18:00")
    due = datetime(2026, 11, 6, 18, tzinfo=UTC)
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    await world.forward(due - timedelta(days=1))
    first = shown(world, "One")
    assert [user.id for user in first.mentions] == [world.alice.id]
    asked = [r for r in world.env.http_requests if r.path.endswith("/users/@me/channels")]
    await world.forward(due)
    assert shown(world, "One").id > first.id
    again = [r for r in world.env.http_requests if r.path.endswith("/users/@me/channels")]
    assert len(again) == len(asked)


async def test_a_person_cannot_settle_the_commitment_of_another(world: World) -> None:
    await rounds(world)
    await post(world, world.alice, next="chapter 4")
    refused = await world.bob.slash(world.channel, "commitment done", commitment="#1")
    assert refused.ephemeral
    assert "no open commitment" in text(refused)

    forged = discord.ui.View(timeout=None)
    forged.add_item(discord.ui.Button(label="Undo", custom_id="commitment:reopen:1"))
    sent = await world.bot.get_partial_messageable(world.channel.id).send(view=forged)
    refused = await world.bob.click(sent, label="Undo")
    assert "not a commitment of yours" in text(refused)
    assert "chapter 4" in text(await world.alice.slash(world.channel, "commitment list"))


async def test_a_commitment_due_within_a_day_promises_no_reminder_a_day_before(
    world: World,
) -> None:
    await world.group()
    soon = await world.alice.slash(world.channel, "commitment add", text="Soon", due="in 2 hours")
    assert "I remind you when it is due" in text(soon)
    later = await world.alice.slash(world.channel, "commitment add", text="Later", due="fri 18:00")
    assert "a day before, and when it is due" in text(later)


async def test_reminders_follow_the_persons_own_zone_and_quiet_hours(world: World) -> None:
    await world.group()
    form = await world.alice.slash(world.channel, "profile set")
    await world.alice.submit_modal(form, {"timezone": "America/Los_Angeles"})
    await world.alice.slash(world.channel, "profile notify", quiet_from="22:00", quiet_until="8:00")
    made = await world.alice.slash(world.channel, "commitment add", text="Read", due="fri")
    due = datetime(2026, 11, 7, 7, 59, tzinfo=UTC)  # Friday 23:59 in Los Angeles
    the_evening_before = datetime(2026, 11, 6, 5, tzinfo=UTC)  # Thursday 21:00 there
    the_morning_after = datetime(2026, 11, 7, 16, tzinfo=UTC)  # Saturday 8:00 there
    for instant in (due, the_evening_before, the_morning_after):
        assert f"<t:{int(instant.timestamp())}:F>" in text(made)
    for instant, count in (
        (the_evening_before - timedelta(minutes=1), 0),
        (the_evening_before, 1),
        (the_morning_after - timedelta(minutes=1), 1),
        (the_morning_after, 2),
    ):
        await world.forward(instant)
        assert sum("Read" in said for said in direct(world, world.alice)) == count, instant


async def test_only_the_reminders_that_come_are_promised(world: World) -> None:
    await world.group()
    await world.forward(datetime(2026, 11, 4, 20, tzinfo=UTC))  # Wednesday evening
    made = await world.alice.slash(world.channel, "commitment add", text="Read", due="fri 00:30")
    promised = [
        datetime.fromtimestamp(int(one), UTC)
        for one in re.findall(r"<t:(\d+):F>", text(made).partition("I remind you")[2])
    ]
    assert promised == [
        datetime(2026, 11, 5, 9, tzinfo=UTC),
        datetime(2026, 11, 6, 9, tzinfo=UTC),
    ]
    for count, instant in enumerate(promised):
        await world.forward(instant - timedelta(minutes=1))
        assert sum("Read" in said for said in direct(world, world.alice)) == count
        await world.forward(instant)
        assert sum("Read" in said for said in direct(world, world.alice)) == count + 1


async def test_quiet_hours_that_were_set_later_hold_for_what_was_promised_before(
    world: World,
) -> None:
    await world.group()
    await world.alice.slash(world.channel, "commitment add", text="Read", due="fri 18:00")
    await world.alice.slash(
        world.channel, "profile notify", quiet_from="17:00", quiet_until="20:00"
    )
    due = datetime(2026, 11, 6, 18, tzinfo=UTC)
    await world.forward(due + timedelta(minutes=5))
    assert sum("was due" in said for said in direct(world, world.alice)) == 0
    await world.forward(due + timedelta(hours=2))
    assert sum("was due" in said for said in direct(world, world.alice)) == 1


async def test_equal_commitments_are_told_apart_and_this_channel_s_is_meant(world: World) -> None:
    await world.group()
    other = world.guild.create_text_channel("agents")
    await world.group("Agents", other)
    await world.alice.slash(world.channel, "commitment add", text="Read", due="2026-11-10")
    await world.alice.slash(other, "commitment add", text="read")

    offered = await world.alice.autocomplete(world.channel, "commitment done", "commitment", "")
    assert {one["name"] for one in offered} == {"Read · due 10 Nov", "read · made 02 Nov"}
    await world.alice.slash(world.channel, "commitment done", commitment="read")
    assert "Nothing open" in text(await world.alice.slash(world.channel, "commitment list"))
    assert "read" in text(await world.alice.slash(other, "commitment list"))
