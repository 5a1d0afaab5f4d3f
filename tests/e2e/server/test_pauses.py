"""Being away, and what organisers change of a group."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.e2e.checkins.test_rounds import DUE, post, rounds, shown, stamp
from tests.world import World, text


async def test_who_is_away_is_not_missed_and_is_welcomed_back(world: World) -> None:
    await rounds(world)
    paused = await world.bob.slash(world.channel, "group pause", until="2026-11-10")
    assert paused.ephemeral
    assert "<t:" in text(paused)
    status = text(await world.alice.slash(world.channel, "checkin status"))
    assert f"<@{world.bob.id}>" in status.split("Away (1)")[1]
    await world.forward(DUE - timedelta(hours=48))
    assert "Away" in text(shown(world, "Who has?"))

    await world.restart()
    await world.forward(DUE)
    digest = text(shown(world, "We missed"))
    assert f"<@{world.bob.id}>" in digest.split("Away")[1].split("We missed")[0]

    await world.forward(timedelta(days=3))
    told = [text(message) for message in world.bob.user.dm_channel.history()]
    assert any("Welcome back" in said and stamp(DUE + timedelta(days=7)) in said for said in told)
    status = text(await world.alice.slash(world.channel, "checkin status"))
    assert "Away" not in status


async def test_nobody_is_welcomed_back_in_their_quiet_hours(world: World) -> None:
    await rounds(world)
    await world.bob.slash(world.channel, "profile notify", quiet_from="20:00", quiet_until="9:00")
    await world.bob.slash(world.channel, "group pause", until="2026-11-05 07:00")
    await world.forward(datetime(2026, 11, 5, 8, 59, tzinfo=UTC))
    assert not world.bob.user.dm_channel.history()
    await world.forward(datetime(2026, 11, 5, 9, tzinfo=UTC))
    (told,) = world.bob.user.dm_channel.history()
    assert "Welcome back" in text(told)


async def test_a_pause_is_ended_before_its_time_and_nobody_is_told_twice(world: World) -> None:
    await rounds(world)
    await world.bob.slash(world.channel, "group pause", until="in 2 weeks")
    back = await world.bob.slash(world.channel, "group resume")
    assert stamp(DUE) in text(back)
    again = await world.bob.slash(world.channel, "group resume")
    assert "not away" in text(again)
    await world.forward(timedelta(days=20))
    assert not any(
        "Welcome back" in text(message) for message in world.bob.user.dm_channel.history()
    )


async def test_a_pause_made_longer_ends_once(world: World) -> None:
    await rounds(world)
    await world.bob.slash(world.channel, "group pause", until="in 2 days")
    await world.bob.slash(world.channel, "group pause", until="in 5 days")
    await world.forward(timedelta(days=6))
    told = [text(message) for message in world.bob.user.dm_channel.history()]
    assert sum("Welcome back" in said for said in told) == 1
    refused = await world.cara.slash(world.channel, "group pause", until="in 2 days")
    assert "/group join" in text(refused)
    refused = await world.bob.slash(world.channel, "group pause", until="in 3 years")
    assert "a year at most" in text(refused)


async def test_a_group_is_renamed_and_moved_and_its_card_follows(world: World) -> None:
    await rounds(world)
    refused = await world.alice.slash(world.channel, "group edit", name="Mine")
    assert "Only organisers" in text(refused)
    await world.organiser.slash(world.channel, "group edit", focus="*Grokking*", name="Grok")
    await world.env.settle()
    assert "Grok" in text(shown(world, "3 members"))

    elsewhere = world.guild.create_text_channel("grokking")
    await world.organiser.slash(world.channel, "group edit", channel=elsewhere)
    await world.env.settle()
    assert "3 members" in text(elsewhere.last_message)
    assert not [m for m in world.channel.history() if "3 members" in text(m)]
    await world.forward(DUE)
    assert any("We missed" in text(m) for m in elsewhere.history())

    other = world.guild.create_text_channel("other")
    await world.organiser.slash(other, "group create", name="Other", focus="a paper")
    refused = await world.organiser.slash(other, "group edit", name="grok")
    assert "already" in text(refused)
    refused = await world.organiser.slash(other, "group edit", channel=elsewhere)
    assert "already" in text(refused)
    refused = await world.organiser.slash(other, "group edit")
    assert "Nothing to change" in text(refused)


async def test_an_archived_group_is_quiet_until_it_is_brought_back(world: World) -> None:
    await rounds(world)
    refused = await world.alice.slash(world.channel, "group archive")
    assert "Only organisers" in text(refused)
    asked = await world.organiser.slash(world.channel, "group archive")
    await world.organiser.click(asked.response, label="Archive it")
    await world.env.settle()
    assert "archived" in text(shown(world, "This group is archived"))
    before = len(world.channel.history())
    await world.forward(DUE - timedelta(hours=1))
    assert len(world.channel.history()) == before

    await world.restart()
    await world.organiser.click(asked.response, label="Undo")
    await world.env.settle()
    assert "checked in" in await post(world, world.alice)
    await world.forward(DUE)
    assert "1 person checked in" in text(shown(world, "1 person checked in"))
