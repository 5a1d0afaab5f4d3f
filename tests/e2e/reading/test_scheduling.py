"""What `/meeting schedule` takes beside a title and a time: whom to ping, where, and clashes."""

from __future__ import annotations

from datetime import timedelta

import discord

from tests.e2e.programmes.steps import start
from tests.e2e.reading.steps import TUESDAY_EVENING, last_card, pinged, schedule, shown
from tests.world import INVITE, World, text


def after(world: World, words: str) -> list[discord.Message]:
    return [one for one in world.channel.history() if words in one.content]


async def test_a_new_meeting_pings_nobody_unless_asked_to(world: World) -> None:
    await world.group()
    await schedule(world)
    assert after(world, "Answer") == []


async def test_members_are_pinged_by_choice_without_the_person_who_scheduled(world: World) -> None:
    await world.group()
    await schedule(world, ping="members")
    (message,) = after(world, "Answer")
    people = pinged(world, message)
    assert world.bob.id in people
    assert world.alice.id not in people


async def test_a_role_is_pinged_if_the_person_may_mention_it(world: World) -> None:
    await world.group()
    readers = world.env.backend.create_role(world.guild.id, "Readers", mentionable=True)
    quiet = world.env.backend.create_role(world.guild.id, "Staff")
    await world.env.settle()
    await schedule(world, ping="readers")
    (message,) = after(world, "Answer")
    assert [role.id for role in message.role_mentions] == [readers.id]
    offered = await world.alice.autocomplete(world.channel, "meeting schedule", "ping", "")
    assert [one["name"] for one in offered] == ["nobody", "members", "@Readers"]

    for given, why in ((f"<@&{quiet.id}>", "may not mention"), ("Writers", "no role called")):
        refused = await world.alice.slash(
            world.channel, "meeting schedule", title="Other", when="2026-11-12 19:00", ping=given
        )
        assert refused.ephemeral
        assert why in text(refused)
    everyone = await world.alice.slash(
        world.channel, "meeting schedule", title="Other", when="2026-11-12 19:00", ping="@everyone"
    )
    assert "whole server" in text(everyone)


async def test_a_long_link_is_shown_whole(world: World) -> None:
    await world.group()
    link = "https://meet.example.org/" + "x" * 900
    await schedule(world, where=link)
    assert link in shown(world)
    refused = await world.alice.slash(
        world.channel,
        "meeting schedule",
        title="Other",
        when="2026-11-12 19:00",
        where="https://meet.example.org/" + "x" * 2000,
    )
    assert "2000 are the most" in text(refused)


async def test_a_voice_channel_is_offered_and_is_where_the_meeting_is(world: World) -> None:
    await world.group()
    room = world.guild.create_voice_channel("Reading room")
    await world.env.settle()
    offered = await world.alice.autocomplete(world.channel, "meeting schedule", "where", "read")
    assert [one["name"] for one in offered] == ["🔊 Reading room"]
    await schedule(world, where=offered[0]["value"])
    assert f"<#{room.id}>" in shown(world)


async def test_two_meetings_at_one_hour_draw_a_warning(world: World) -> None:
    await world.group()
    await schedule(world, repeat="weekly")
    result = await world.alice.slash(
        world.channel, "meeting schedule", title="Replication hour", when="2026-11-17 19:30"
    )
    warned = [text(one) for one in result.followups]
    assert any("already meets then" in one and "Grokking" in one for one in warned)
    assert last_card(world, "Replication hour")
    apart = await world.alice.slash(
        world.channel, "meeting schedule", title="Coffee", when="2026-11-18 20:00"
    )
    assert not any("already meets" in text(one) for one in apart.followups)
    moved = await world.alice.slash(
        world.channel, "meeting move", meeting="Coffee", when="2026-11-17 19:00"
    )
    assert "already meets then" in text(moved)


async def test_attendance_comes_from_the_voice_channel_and_can_be_corrected(world: World) -> None:
    await world.group()
    room = world.guild.create_voice_channel("Reading room")
    await world.env.settle()
    await schedule(world, where="Reading room", facilitator=world.alice)
    await world.forward(TUESDAY_EVENING - timedelta(minutes=10))
    voice = world.env.backend.set_voice_state
    voice(world.guild.id, world.alice.id, room.id)
    await world.env.settle()
    await world.forward(TUESDAY_EVENING + timedelta(minutes=2))
    voice(world.guild.id, world.bob.id, room.id)
    await world.env.settle()
    await world.forward(timedelta(minutes=1))
    voice(world.guild.id, world.bob.id, None)  # passing by
    voice(world.guild.id, world.cara.id, room.id)
    await world.env.settle()
    await world.restart()
    await world.forward(TUESDAY_EVENING + timedelta(hours=1))

    async with world.bot.store.read() as tx:
        (meeting,) = await tx.meetings.between(
            world.guild.id, TUESDAY_EVENING, TUESDAY_EVENING + timedelta(hours=1)
        )
        noted = {one.user_id: one for one in await tx.attendance.attendances(meeting.id)}
    assert noted[world.alice.id].was_there
    assert noted[world.alice.id].seconds == 3600, "the time before it does not count"
    assert not noted[world.bob.id].was_there
    assert noted[world.cara.id].was_there

    said = await world.cara.slash(
        world.channel, "meeting attended", meeting="Grokking", there=False
    )
    assert (
        "not at" in text(said) or "not in the group" in text(said) or "Only members" in text(said)
    )


async def test_whoever_opted_out_is_not_noted_by_the_voice_channel(world: World) -> None:
    await world.group()
    room = world.guild.create_voice_channel("Reading room")
    await world.env.settle()
    await world.bob.slash(world.channel, "profile notify", voice="no")
    await schedule(world, where="Reading room")
    await world.forward(TUESDAY_EVENING)
    world.env.backend.set_voice_state(world.guild.id, world.bob.id, room.id)
    await world.env.settle()
    await world.forward(TUESDAY_EVENING + timedelta(hours=1))
    async with world.bot.store.read() as tx:
        (meeting,) = await tx.meetings.between(
            world.guild.id, TUESDAY_EVENING, TUESDAY_EVENING + timedelta(hours=1)
        )
        assert await tx.attendance.attendances(meeting.id) == []


async def test_what_is_coming_includes_the_next_meeting_of_a_programme(world: World) -> None:
    await start(world, starts="2026-12-08 19:00")
    listed = await world.alice.slash(world.channel, "meeting list")
    assert "Attention" in text(listed)
    assert "of the programme Mech interp" in text(listed)


async def test_a_meeting_in_a_voice_channel_has_a_server_event_there(world: World) -> None:
    world.allow(INVITE | discord.Permissions(manage_events=True, create_events=True))
    await world.group()
    room = world.guild.create_voice_channel("Reading room")
    await world.env.settle()
    await schedule(world, where="Reading room")
    await world.forward(timedelta(seconds=1))
    (event,) = world.bot.get_guild(world.guild.id).scheduled_events  # type: ignore[union-attr]
    assert event.entity_type is discord.EntityType.voice
    assert event.channel_id == room.id
    await world.alice.slash(world.channel, "meeting edit", meeting="Grokking", where="room 2")
    await world.forward(timedelta(seconds=1))
    (event,) = world.bot.get_guild(world.guild.id).scheduled_events  # type: ignore[union-attr]
    assert event.entity_type is discord.EntityType.external
    assert event.location == "room 2"
