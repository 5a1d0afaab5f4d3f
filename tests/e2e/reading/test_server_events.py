"""Meetings among the server's own events."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.ui.permissions import INVITE
from cogs.reading.changes.service import ChangeService
from cogs.reading.meetings.rules import POSTED_WITHIN
from cogs.reading.meetings.service import MeetingService
from data.states import DeadlineState
from tests.e2e.reading.steps import (
    TUESDAY_EVENING,
    last_card,
    meetings,
    pinged,
    said,
    schedule,
    shown,
)
from tests.world import World, text

WEDNESDAY_EVENING = TUESDAY_EVENING + timedelta(days=1)


def events(world: World) -> list[discord.ScheduledEvent]:
    guild = world.bot.get_guild(world.guild.id)
    assert guild is not None
    return list(guild.scheduled_events)


async def edit(world: World, event: discord.ScheduledEvent, **changes: Any) -> None:
    """Change an event by hand."""
    world.env.backend.edit_scheduled_event(world.guild.id, event.id, changes)
    await world.env.settle()


async def test_a_meeting_is_mirrored_moved_and_cancelled_among_the_events(world: World) -> None:
    await world.group()
    await schedule(world, where="Room 1")
    await world.forward(timedelta())
    (event,) = events(world)
    assert (event.name, event.start_time, event.location) == (
        "Grokking",
        TUESDAY_EVENING,
        "Room 1",
    )
    assert last_card(world).jump_url in (event.description or "")

    await world.alice.slash(
        world.channel, "meeting move", meeting="Grokking", when="2026-11-11 19:00"
    )
    await world.restart()
    await world.forward(timedelta())
    (event,) = events(world)
    assert event.start_time == WEDNESDAY_EVENING

    await world.alice.slash(world.channel, "meeting cancel", meeting="Grokking")
    await world.forward(timedelta())
    assert events(world) == []
    assert all("Somebody" not in text(one) for one in said(world))


async def test_an_event_that_cannot_be_made_with_its_meeting_follows_soon_and_once(
    world: World,
) -> None:
    await world.group()
    world.env.inject_error("POST", "/guilds/*/scheduled-events", status=403, code=50013)
    card = await schedule(world)
    assert events(world) == []
    await world.forward(POSTED_WITHIN)
    (event,) = events(world)
    assert card.jump_url in (event.description or "")
    await world.forward(timedelta(hours=1))
    assert events(world) == [event]


async def test_a_meeting_that_is_moved_while_its_event_is_made_has_it_moved_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.group()
    service = world.bot.service(MeetingService)
    at_once = service.mirrored_at_once

    async def moved_first(*told: Any) -> None:
        place = world.place(world.alice)
        await world.bot.service(ChangeService).move(place, 1, WEDNESDAY_EVENING)
        await at_once(*told)

    monkeypatch.setattr(service, "mirrored_at_once", moved_first)
    await schedule(world)
    await world.forward(timedelta())
    (event,) = events(world)
    assert event.start_time == WEDNESDAY_EVENING


async def test_an_event_that_was_not_told_of_yet_was_deleted_by_nobody(world: World) -> None:
    await world.group()
    await schedule(world)
    await world.forward(timedelta())
    (event,) = events(world)
    guild = world.bot.get_guild(world.guild.id)
    assert guild is not None
    del guild._scheduled_events[event.id]
    world.bot.dispatch("ready")
    await world.env.settle()
    assert all("Somebody" not in text(one) for one in said(world))


async def test_an_event_that_is_remembered_as_it_was_was_moved_by_nobody(world: World) -> None:
    await world.group()
    await schedule(world)
    await world.forward(timedelta())
    (event,) = events(world)
    before = copy.copy(event)
    await world.alice.slash(
        world.channel, "meeting move", meeting="Grokking", when="2026-11-11 19:00"
    )
    await world.forward(timedelta())
    guild = world.bot.get_guild(world.guild.id)
    assert guild is not None
    assert before.start_time == TUESDAY_EVENING
    guild._scheduled_events[event.id] = before
    world.bot.dispatch("ready")
    await world.env.settle()
    assert all("Somebody" not in text(one) for one in said(world))


async def test_an_event_that_discord_would_not_delete_goes_later(world: World) -> None:
    await world.group()
    await schedule(world)
    await world.forward(timedelta())
    world.env.inject_error("DELETE", "/guilds/*/scheduled-events/*", status=403, code=50013)
    await world.alice.slash(world.channel, "meeting cancel", meeting="Grokking")
    await world.forward(timedelta())
    assert len(events(world)) == 1

    await world.forward(timedelta(hours=1))
    assert events(world) == []


async def test_without_the_permission_there_is_no_event_and_all_the_rest(world: World) -> None:
    world.allow(INVITE & ~discord.Permissions(create_events=True))
    await world.group()
    await schedule(world)
    await world.forward(timedelta())
    assert events(world) == []


async def test_when_discord_has_no_room_for_an_event_the_reason_is_kept(world: World) -> None:
    world.env.inject_error("POST", "/guilds/*/scheduled-events", status=400, code=30038, times=None)
    await world.group()
    await schedule(world)
    await world.forward(timedelta(days=5))
    async with world.bot.store.read() as tx:
        (row,) = await tx.deadlines.of((await meetings(world))[0].id, "reading.mirror")
    assert row.state is DeadlineState.FAILED
    assert row.error is not None
    assert "100 events" in row.error


async def test_an_event_moved_by_hand_is_asked_about_and_the_meeting_can_follow(
    world: World,
) -> None:
    await world.group()
    await schedule(world)
    await world.forward(timedelta())
    (event,) = events(world)
    await edit(world, event, scheduled_start_time=WEDNESDAY_EVENING.isoformat())

    question = said(world)[-1]
    assert "moved the server's event" in text(question)
    assert pinged(world, question) == {world.alice.id}
    refused = await world.bob.click(question, label="Move the meeting too")
    assert world.alice.mention in text(refused)
    await world.restart()
    await world.alice.click(question, label="Move the meeting too")
    assert f"<t:{int(WEDNESDAY_EVENING.timestamp())}:F>" in shown(world)


async def test_an_event_moved_by_hand_can_be_put_back(world: World) -> None:
    await world.group()
    await schedule(world)
    await world.forward(timedelta())
    (event,) = events(world)
    await edit(world, event, scheduled_start_time=WEDNESDAY_EVENING.isoformat())
    await world.alice.click(said(world)[-1], label="Put the event back")
    await world.forward(timedelta())
    (event,) = events(world)
    assert event.start_time == TUESDAY_EVENING


async def test_an_event_deleted_by_hand_is_asked_about_and_can_come_back(world: World) -> None:
    await world.group()
    await schedule(world)
    await world.forward(timedelta())
    (event,) = events(world)
    world.env.backend.delete_scheduled_event(world.guild.id, event.id)
    await world.env.settle()
    assert events(world) == []
    assert "deleted the server's event" in text(said(world)[-1])
    await world.alice.click(said(world)[-1], label="Put the event back")
    await world.forward(timedelta())
    assert len(events(world)) == 1


async def test_a_change_by_hand_of_the_name_or_the_place_is_asked_about(world: World) -> None:
    await world.group()
    await schedule(world, where="Room 1")
    await world.forward(timedelta())
    (event,) = events(world)
    await edit(world, event, name="Party", entity_metadata={"location": "the bar"})

    question = said(world)[-1]
    assert "changed the name and the place of the server's event" in text(question)
    await world.restart()
    assert len(said(world)) == 1, "it is asked once"
    await world.alice.click(question, label="Put the event back")
    await world.forward(timedelta())
    (event,) = events(world)
    assert (event.name, event.location) == ("Grokking", "Room 1")


async def test_an_event_cancelled_by_hand_is_asked_about_and_can_come_back(world: World) -> None:
    await world.group()
    await schedule(world)
    await world.forward(timedelta())
    (event,) = events(world)
    await edit(world, event, status=discord.EventStatus.cancelled.value)

    assert "deleted the server's event" in text(said(world)[-1])
    await world.alice.click(said(world)[-1], label="Put the event back")
    await world.forward(timedelta())
    (back,) = [one for one in events(world) if one.status is discord.EventStatus.scheduled]
    assert back.start_time == TUESDAY_EVENING


async def test_what_was_done_to_the_events_while_the_bot_was_away_is_asked_about(
    world: World,
) -> None:
    await world.group()
    await schedule(world)
    await schedule(world, title="Other", when="2026-11-12 19:00")
    await world.forward(timedelta())
    moved, deleted = sorted(events(world), key=lambda one: one.start_time)
    backend, guild_id = world.env.backend, world.guild.id

    def meanwhile() -> None:
        backend.edit_scheduled_event(
            guild_id, moved.id, {"scheduled_start_time": WEDNESDAY_EVENING.isoformat()}
        )
        backend.delete_scheduled_event(guild_id, deleted.id)

    await world.crash(meanwhile=meanwhile)
    first, second = world.channel.threads
    assert "moved the server's event" in text(said(world, first)[-1])
    assert "deleted the server's event" in text(said(world, second)[-1])
    await world.restart()
    assert len(said(world, first)) == len(said(world, second)) == 1


async def test_an_event_that_has_not_followed_its_meeting_yet_was_moved_by_nobody(
    world: World,
) -> None:
    await world.group()
    await schedule(world)
    await world.forward(timedelta())
    world.env.inject_error("PATCH", "/guilds/*/scheduled-events/*", status=403, code=50013)
    await world.alice.slash(
        world.channel, "meeting move", meeting="Grokking", when="2026-11-11 19:00"
    )
    await world.restart()
    await world.env.settle()
    assert all("Somebody" not in text(one) for one in said(world))
    await world.forward(timedelta(minutes=5))
    (event,) = events(world)
    assert event.start_time == WEDNESDAY_EVENING
    assert all("Somebody" not in text(one) for one in said(world))
