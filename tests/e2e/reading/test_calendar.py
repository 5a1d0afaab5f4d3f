"""Calendars that are followed by their address."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from simcord.results import InteractionResult

from bot.base.clock import SteppedClock
from bot.config import Settings
from tests.bot.net.test_web import free_port
from tests.e2e.programmes import steps as programmes
from tests.e2e.reading.steps import TUESDAY_EVENING, schedule
from tests.ics import Component, read
from tests.world import World, text


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, web_port=free_port(), web_address="https://cohort.example")


class Reader:
    """A calendar program: it asks for an address, and remembers the tag of what it has."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.tags: dict[str, str] = {}

    async def get(self, address: str) -> Component | int:
        """Return the calendar, or the status of an answer without one."""
        path = address.removeprefix("https://cohort.example")
        tag = self.tags.get(address)
        conditions = {"If-None-Match": tag} if tag else {}
        async with (
            TestClient(TestServer(self._world.bot.web.application())) as client,
            client.get(path, headers=conditions) as answer,
        ):
            if answer.status != 200:
                return answer.status
            self.tags[address] = answer.headers["ETag"]
            return read(await answer.read())

    async def titles(self, address: str) -> list[str]:
        self.tags.pop(address, None)
        found = await self.get(address)
        assert isinstance(found, Component), found
        return sorted(event["SUMMARY"] for event in found.named("VEVENT"))


@pytest.fixture
def reader(world: World) -> Reader:
    return Reader(world)


def address_in(result: InteractionResult) -> str:
    (found,) = re.findall(r"https://cohort\.example/calendar/\S+\.ics", text(result))
    return found


async def follow(world: World, person: Any, **options: object) -> tuple[InteractionResult, str]:
    result = await person.slash(world.channel, "meeting calendar", **options)
    assert result.ephemeral
    return result, address_in(result)


async def test_an_address_holds_the_group_s_meetings_and_follows_their_changes(
    world: World, reader: Reader
) -> None:
    await world.group()
    await schedule(world, repeat="weekly", times=3, where="Room 1, upstairs")
    _, address = await follow(world, world.bob)
    first = await reader.get(address)
    assert isinstance(first, Component)
    events = first.named("VEVENT")
    assert [one.instant("DTSTART") for one in events] == [
        TUESDAY_EVENING + timedelta(weeks=week) for week in range(3)
    ]
    assert {one["SEQUENCE"] for one in events} == {"0"}
    assert events[0]["LOCATION"] == "Room 1, upstairs"
    assert await reader.get(address) == 304

    await world.alice.slash(
        world.channel, "meeting edit", meeting="Grokking", title="Circuits", which="later"
    )
    await world.alice.slash(
        world.channel, "meeting move", meeting="Circuits", when="2026-11-11 18:00"
    )
    moved = await reader.get(address)
    assert isinstance(moved, Component)
    after = {one["UID"]: one for one in moved.named("VEVENT")}
    assert after.keys() == {one["UID"] for one in events}
    assert {one["SUMMARY"] for one in after.values()} == {"Circuits"}
    assert after[events[0]["UID"]].instant("DTSTART") == TUESDAY_EVENING + timedelta(hours=23)
    assert [after[one["UID"]]["SEQUENCE"] for one in events] == ["2", "1", "1"]

    await world.alice.slash(world.channel, "meeting cancel", meeting="Circuits")
    gone = await reader.get(address)
    assert isinstance(gone, Component)
    cancelled = next(one for one in gone.named("VEVENT") if one["UID"] == events[0]["UID"])
    assert (cancelled["STATUS"], cancelled["SEQUENCE"]) == ("CANCELLED", "3")

    await world.forward(TUESDAY_EVENING + timedelta(days=2))
    await world.restart()
    later = await reader.get(address)
    assert isinstance(later, Component)
    sequences = {one["UID"]: int(one["SEQUENCE"]) for one in later.named("VEVENT")}
    assert all(sequences[uid] >= int(one["SEQUENCE"]) for uid, one in after.items())


async def test_the_address_of_one_s_own_meetings_holds_those_one_comes_to(
    world: World, reader: Reader
) -> None:
    await world.group()
    card = await schedule(world)
    await schedule(world, title="Other", when="2026-11-12 19:00")
    _, address = await follow(world, world.bob, mine=True)
    assert await reader.titles(address) == []
    await world.bob.react(card, "❔")
    assert await reader.titles(address) == ["Grokking"]
    await world.bob.react(card, "❌")
    assert await reader.titles(address) == []


async def test_the_same_address_is_told_again_until_a_new_one_is_asked_for(
    world: World, reader: Reader
) -> None:
    await world.group()
    await schedule(world)
    shown, address = await follow(world, world.bob)
    await world.restart()
    assert (await follow(world, world.bob))[1] == address
    _, alices = await follow(world, world.alice)
    assert alices != address

    shown, _ = await follow(world, world.bob)
    renewed = await world.bob.click(shown.response.message, label="New address")
    new = address_in(renewed)
    assert new not in (address, alices)
    assert "\n```\n-# It is yours" in text(renewed), "the small print stands below the address"
    assert "opens nothing any more" in text(renewed)
    assert await reader.get(address) == 404
    assert await reader.titles(new) == ["Grokking"]
    assert await reader.titles(alices) == ["Grokking"]


async def test_leaving_the_group_ends_the_address(world: World, reader: Reader) -> None:
    card = await world.group()
    await schedule(world)
    _, address = await follow(world, world.bob)
    await world.forward(timedelta(minutes=1))
    await world.bob.click(card, label="Leave")
    assert await reader.get(address) == 404


async def test_leaving_the_server_ends_every_address(
    world: World, reader: Reader, clock: SteppedClock
) -> None:
    await world.group()
    await schedule(world)
    _, address = await follow(world, world.bob)
    _, own = await follow(world, world.bob, mine=True)
    assert await reader.titles(address) == ["Grokking"]
    world.guild.remove_member(world.bob)
    clock.move_to(clock.now() + timedelta(hours=7))
    assert await reader.get(address) == 404
    assert await reader.get(own) == 404


async def test_the_calendar_of_a_server_of_another_process_is_for_its_members_too(
    world: World, reader: Reader, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.group()
    await schedule(world)
    _, address = await follow(world, world.bob)
    # Discord tells of it in another process, so here it can only be asked for.
    monkeypatch.setattr(world.bot, "get_guild", lambda _: None)
    assert await reader.titles(address) == ["Grokking"]
    world.guild.remove_member(world.bob)
    clock.move_to(clock.now() + timedelta(hours=7))
    assert await reader.get(address) == 404


async def test_when_discord_cannot_be_asked_the_calendar_is_served(
    world: World, reader: Reader
) -> None:
    await world.group()
    await schedule(world)
    _, address = await follow(world, world.bob)
    world.env.inject_error("GET", "/guilds/*/members/*", status=500, code=0, times=None)
    assert await reader.titles(address) == ["Grokking"]


async def test_forgetting_ends_every_address(world: World, reader: Reader) -> None:
    await world.group()
    card = await schedule(world)
    await world.bob.react(card, "✅")
    _, address = await follow(world, world.bob)
    _, own = await follow(world, world.bob, mine=True)
    asked = await world.bob.slash(world.channel, "profile forget")
    sure = await world.bob.click(asked.response.message, label="Erase me here")
    if sure.response is not None:
        await world.bob.click(sure.response.message, label="Yes, erase everything")
    assert await reader.get(address) == 404
    assert await reader.get(own) == 404


async def test_a_server_that_removed_the_bot_is_served_no_more(
    world: World, reader: Reader
) -> None:
    await world.group()
    await schedule(world)
    _, address = await follow(world, world.bob)
    async with world.bot.store.transaction() as tx:
        await tx.servers.left(world.guild.id, world.clock.now())
    assert await reader.get(address) == 404


async def test_an_address_shows_nothing_of_another_server_or_group(
    world: World, reader: Reader
) -> None:
    await world.group()
    await schedule(world)
    other = world.guild.create_text_channel("other")
    await world.group("Other group", other)
    await world.alice.slash(other, "meeting schedule", title="Elsewhere", when="2026-11-12 19:00")
    async with world.bot.store.transaction() as tx:
        group = await tx.groups.create(
            guild_id=1,
            channel_id=2,
            name="Foreign",
            focus="x",
            timezone=None,
            created_by=3,
            now=world.clock.now(),
        )
        await tx.meetings.add(
            guild_id=1,
            group_id=group.id,
            title="Foreign",
            starts_at=TUESDAY_EVENING,
            minutes=60,
            created_by=3,
            created_at=world.clock.now(),
        )
    _, address = await follow(world, world.bob)
    assert await reader.titles(address) == ["Grokking"]


async def test_an_export_for_organisers_holds_no_secret(world: World) -> None:
    await world.group()
    await schedule(world)
    _, address = await follow(world, world.bob)
    secret = address.rpartition("/")[2].removesuffix(".ics")
    archive = await world.bot.store.export(world.guild.id)
    assert secret.encode() not in archive
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        assert "feeds.csv" in files.namelist()
        assert not any(secret.encode() in files.read(name) for name in files.namelist())


async def test_without_a_public_address_there_is_the_file_alone(
    world: World, settings: Settings
) -> None:
    world.settings = replace(settings, web_port=0)
    await world.restart()
    await world.group()
    await schedule(world)
    result = await world.bob.slash(world.channel, "meeting calendar")
    assert "https://cohort.example" not in text(result)
    assert "ask for it again" in text(result)


async def test_health_knows_whether_discord_is_connected(world: World, reader: Reader) -> None:
    assert (await world.bot.web.health()).well


async def test_a_series_that_ended_stays_in_calendars_as_cancelled_for_two_months(
    world: World, reader: Reader
) -> None:
    await world.group()
    await schedule(world, repeat="weekly")
    _, address = await follow(world, world.bob)
    held = await reader.get(address)
    assert isinstance(held, Component)
    before = {one["UID"]: int(one["SEQUENCE"]) for one in held.named("VEVENT")}
    assert len(before) > 10

    ended = await world.alice.slash(world.channel, "meeting end", series="Grokking")
    after = await reader.get(address)
    assert isinstance(after, Component)
    events = {one["UID"]: one for one in after.named("VEVENT")}
    assert events.keys() >= before.keys(), "a file that is opened takes nothing away by silence"
    kept = [uid for uid, one in events.items() if one["STATUS"] == "CONFIRMED"]
    assert len(kept) == 1, "the meeting that has a card still takes place"
    for uid, one in events.items():
        if uid not in kept:
            assert one["STATUS"] == "CANCELLED"
            assert int(one["SEQUENCE"]) > before[uid]
    told = await world.bob.slash(world.channel, "meeting calendar")
    assert "1 meeting, and" in text(told)
    assert "marked as cancelled" in text(told)

    await world.alice.click(ended.response, label="Undo")
    resumed = await reader.get(address)
    assert isinstance(resumed, Component)
    back = {one["UID"]: one for one in resumed.named("VEVENT")}
    assert {one["STATUS"] for one in back.values()} == {"CONFIRMED"}
    for uid in before.keys() - set(kept):
        assert int(back[uid]["SEQUENCE"]) > int(events[uid]["SEQUENCE"])

    await world.alice.slash(world.channel, "meeting end", series="Grokking")
    last = max(one.instant("DTSTART") for one in back.values())
    await world.forward(last + timedelta(days=59))
    assert len(await reader.titles(address)) > 0
    await world.forward(last + timedelta(days=61))
    assert await reader.titles(address) == []


async def test_a_programme_that_ended_stays_in_calendars_as_cancelled(
    world: World, reader: Reader
) -> None:
    await programmes.start(world)
    _, address = await follow(world, world.bob)
    held = await reader.get(address)
    assert isinstance(held, Component)
    before = {one["UID"]: int(one["SEQUENCE"]) for one in held.named("VEVENT")}
    assert len(before) == 4
    asked = await world.organiser.slash(world.channel, "programme end")
    ended = await world.organiser.click(asked.response, label="End it")
    after = await reader.get(address)
    assert isinstance(after, Component)
    events = {one["UID"]: one for one in after.named("VEVENT")}
    assert events.keys() == before.keys()
    for uid, one in events.items():
        assert one["STATUS"] == "CANCELLED"
        assert int(one["SEQUENCE"]) > before[uid]

    await world.organiser.click(ended.response, label="Undo")
    resumed = await reader.get(address)
    assert isinstance(resumed, Component)
    for one in resumed.named("VEVENT"):
        assert one["STATUS"] == "CONFIRMED"
        assert int(one["SEQUENCE"]) > int(events[one["UID"]]["SEQUENCE"])
