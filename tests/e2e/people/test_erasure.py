"""What is somebody's: told to them whole, and erased everywhere."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from cogs.people.erasure.handlers import Eraser
from cogs.people.export.service import PersonExportService
from data import sqlite
from data.statements import Ready
from data.states import Purpose
from tests.database import everything
from tests.e2e.people.test_profiles import person
from tests.e2e.reading.steps import last_card
from tests.world import Person, World, text


async def life(world: World) -> None:
    """Leave traces of every kind as alice, and some of hers as bob."""
    await world.group()
    await person(world, world.alice, open_to=(Purpose.PAIR,))
    await person(world, world.bob, open_to=(Purpose.PAIR,))
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="sunday", time="18:00"
    )
    await world.alice.slash(
        world.channel, "checkin post", did="Alice did a thing", next="Write it up"
    )
    await world.bob.slash(
        world.channel, "checkin post", did=f"Talked to <@{world.alice.id}> at length"
    )
    await world.bob.slash(world.channel, "commitment add", text="Read it", witness=world.alice)
    await world.alice.slash(
        world.channel, "meeting schedule", title="Superposition", when="fri 18:00"
    )
    meeting = last_card(world, "Superposition")
    await world.alice.react(meeting, "✅")
    await world.bob.react(meeting, "✅")
    await world.alice.slash(
        world.channel, "project propose", paper="arxiv:1706.03762", title="Attention again"
    )
    found = await world.alice.slash(world.channel, "profile match")
    await world.alice.click(found.response, label="Introduce us")
    await world.organiser.slash(
        world.channel,
        "pod form",
        size=3,
        apart=f"<@{world.alice.id}> <@{world.organiser.id}>, <@{world.alice.id}> <@{world.bob.id}>",
    )
    await world.organiser.slash(world.channel, "pod form", size=3, apart="none")
    await world.bot.deadlines.run_due()
    await world.env.settle()


async def exported(world: World, who: Person) -> Any:
    result = await who.slash(world.channel, "profile export")
    assert result.response is not None
    (file,) = result.response.message.attachments
    return json.loads(await file.read())


async def test_a_file_that_is_larger_than_discord_takes_is_sent_as_an_archive(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = b"[" + b" " * (30 << 20) + b"]"

    async def export(service: PersonExportService, place: object) -> bytes:
        return large

    monkeypatch.setattr(PersonExportService, "export", export)
    result = await world.alice.slash(world.channel, "profile export")
    assert result.response is not None
    (file,) = result.response.message.attachments
    assert file.filename.endswith(".zip")
    with zipfile.ZipFile(io.BytesIO(await file.read())) as archive:
        assert archive.read("cohort-my-data.json") == large


def traces(world: World, needle: str) -> dict[str, int]:
    """Count the rows of each table in which something occurs, whatever the column."""
    found = {
        name: sum(any(needle in str(value) for value in row.values()) for row in rows)
        for name, rows in everything(world.bot.store).items()
    }
    return {name: hits for name, hits in found.items() if hits}


async def test_an_export_holds_what_is_theirs_from_every_feature(world: World) -> None:
    await life(world)
    whole = await exported(world, world.alice)
    tables = whole["tables"]
    assert set(tables) >= {
        "profiles",
        "members",
        "checkins",
        "commitments",
        "rsvps",
        "meetings",
        "projects",
        "project_members",
        "introductions",
        "pod_members",
    }
    assert "pod_wishes" not in tables
    assert [one["did"] for one in tables["checkins"]] == ["Alice did a thing"]
    assert tables["profiles"][0]["about"] == "I am alice"
    kept = set(traces(world, str(world.alice.id)))
    assert kept - set(tables) <= {"checkins"}, "only in the text of somebody else"


async def forget(world: World, who: Person) -> str:
    asked = await who.slash(world.channel, "profile forget")
    assert asked.ephemeral
    assert "backup" in text(asked)
    again = await who.click(asked.response, label="Erase me here")
    assert "cannot be undone" in text(again)
    done = await who.click(asked.response, label="Yes, erase everything")
    await world.bot.deadlines.run_due()
    await world.env.settle()
    return text(asked.response.message) + text(done)


async def test_forgetting_asks_twice_and_leaves_no_trace(world: World) -> None:
    await life(world)
    card = next(one for one in world.channel.history() if "Alice did a thing" in text(one))
    answer = await forget(world, world.alice)

    assert traces(world, str(world.alice.id)) == {}
    assert traces(world, "Alice did a thing") == {}
    assert "records erased" in answer
    assert card.id not in {one.id for one in world.channel.history()}
    assert not any("Alice did a thing" in text(one) for one in world.channel.history())
    group = await world.bob.slash(world.channel, "group show")
    assert "2 members" in text(group)
    assert str(world.alice.id) not in text(group)
    whole = await exported(world, world.alice)
    assert whole["tables"] == {}


async def test_what_others_build_on_stays_and_their_own_is_untouched(world: World) -> None:
    await life(world)
    before = (await exported(world, world.bob))["tables"]
    await forget(world, world.alice)
    after = (await exported(world, world.bob))["tables"]
    assert [one["did"] for one in after["checkins"]] == ["Talked to somebody at length"]
    assert len(after["commitments"]) == len(before["commitments"])
    assert all(one["witness_id"] is None for one in after["commitments"])
    listed = await world.bob.slash(world.channel, "meeting list")
    assert "Superposition" in text(listed)
    assert traces(world, "Attention again").keys() >= {"projects"}


async def test_an_answer_by_reaction_does_not_come_back_after_a_restart(world: World) -> None:
    await life(world)
    await forget(world, world.alice)
    await world.restart()
    await world.env.settle()
    assert traces(world, str(world.alice.id)) == {}
    meeting = last_card(world, "Superposition")
    assert str(world.alice.id) not in text(meeting)
    assert str(world.bob.id) in text(meeting)


async def test_keeping_it_erases_nothing_and_another_server_keeps_its_own(world: World) -> None:
    await life(world)
    elsewhere = 4242
    async with world.bot.store.transaction() as tx:
        await tx.profiles.save(elsewhere, world.alice.id, about="Known elsewhere")
    asked = await world.alice.slash(world.channel, "profile forget")
    kept = await world.alice.click(asked.response, label="Keep it")
    assert "Nothing was erased" in text(kept)
    assert traces(world, "Alice did a thing")
    await forget(world, world.alice)
    assert traces(world, str(world.alice.id)) == {"profiles": 1}
    assert traces(world, "Known elsewhere") == {"profiles": 1}


async def test_the_same_person_may_come_back_as_somebody_new(world: World) -> None:
    await life(world)
    await forget(world, world.alice)
    joined = await world.alice.slash(world.channel, "group join")
    assert "Welcome" in text(joined) or "You are in" in text(joined) or joined.ephemeral
    shown = await world.alice.slash(world.channel, "profile show")
    assert "say nothing about yourself yet" in text(shown)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
async def test_an_erasure_that_was_interrupted_goes_on_after_the_next_start(
    world: World, share: float
) -> None:
    await life(world)
    guild_id, alice = world.guild.id, world.alice.id
    eraser = world.bot.service(Eraser)
    await eraser.service.begin(guild_id, alice)
    for card in await eraser.service.reacted(guild_id, alice) if share else ():
        await eraser._take_reactions(card, alice)
    async with world.bot.store.read() as tx:
        found = await tx.person_erasure.find(guild_id, alice)
    for part in found.parts[: int(len(found.parts) * share)]:
        async with world.bot.store.transaction() as tx:
            await tx.person_erasure.erase(alice, part)

    await world.crash(away=timedelta(minutes=5))
    await world.forward(timedelta(minutes=1))
    await world.forward(timedelta(minutes=1))

    assert traces(world, str(alice)) == {}
    assert not shown_on_cards(world, str(alice))
    assert not any(
        row["kind"] == "people.forget" for row in everything(world.bot.store)["deadlines"]
    )


@pytest.mark.sqlite("it fills SQLite's disk")
async def test_an_erasure_that_the_disk_stops_is_said_to_go_on_and_does(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await life(world)
    asked = await world.alice.slash(world.channel, "profile forget")
    await world.alice.click(asked.response, label="Erase me here")
    step, deleted = sqlite._step, count()

    def full(database: sqlite3.Connection, ready: Ready) -> Any:
        if ready.sql.startswith("DELETE") and next(deleted) >= 3:
            raise sqlite3.OperationalError("database or disk is full")
        return step(database, ready)

    with monkeypatch.context() as patched:
        patched.setattr(sqlite, "_step", full)
        done = await world.alice.click(asked.response, label="Yes, erase everything")
    assert "Some of it is erased" in text(done.followups[-1])
    assert traces(world, str(world.alice.id))
    await world.forward(timedelta(minutes=5))
    assert traces(world, str(world.alice.id)) == {}
    assert not shown_on_cards(world, str(world.alice.id))


async def test_cards_show_no_name_that_was_erased(world: World) -> None:
    await life(world)
    await forget(world, world.alice)
    assert not shown_on_cards(world, str(world.alice.id))


def shown_on_cards(world: World, said: str) -> list[str]:
    """Return the cards in the channel that show something."""
    cards = {row["message_id"] for row in everything(world.bot.store)["cards"]}
    here = [text(one) for one in world.channel.history() if one.id in cards]
    assert len(here) > 2
    return [one for one in here if said in one]
