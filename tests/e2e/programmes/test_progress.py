"""Programmes: how far people are, as a picture and in words, and who is shown whose progress."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

from PIL import Image
from simcord.results import InteractionResult
from sqlalchemy import update

from cogs.programmes.progress import cards
from data.programmes.schema import programmes
from data.states import Audience
from tests.e2e.programmes.steps import (
    card,
    hand_in,
    join,
    meetings,
    panel,
    programme,
    reading_list,
    start,
)
from tests.rows import erase
from tests.security.stage import press
from tests.world import Person, World, text

SECOND = datetime(2026, 11, 18, tzinfo=UTC)
"""After the second of four units."""


async def attended(world: World, *people: Person, read: bool = True) -> None:
    """Put these people at every meeting, as having read for it."""
    for meeting in await meetings(world):
        for one in people:
            async with world.bot.store.transaction() as tx:
                await tx.attendance.note(
                    meeting.id, one.id, world.clock.now(), was_there=True, had_read=read
                )


async def under_way(world: World, *people: Person) -> None:
    await start(world)
    await join(world, *people)
    await world.forward(SECOND)


def picture(result: InteractionResult) -> tuple[bytes, str]:
    """Return a picture that was answered, and what it says to who cannot see it."""
    assert result.response is not None, text(result)
    (file,) = result.response.message.attachments
    return file.filename.encode(), str(file.description)


async def alt(world: World, person: Person) -> str:
    result = await panel(person, world, "progress")
    return picture(result)[1]


async def exercises_done(world: World, person: Person) -> None:
    """Take the first exercise as a commitment, and keep it."""
    now = world.clock.now()
    async with world.bot.store.transaction() as tx:
        one = await programme(world)
        listed = await tx.reading_lists.units(one.list_id)
        commitment = await tx.commitments.add(
            guild_id=world.guild.id,
            group_id=one.group_id,
            user_id=person.id,
            round_id=None,
            text="Exercise 1",
            made_at=now,
            due_at=None,
            witness_id=None,
        )
        await tx.reading_lists.take(
            world.guild.id,
            listed[0].exercises[0].id,
            person.id,
            now,
            commitment_id=commitment.id,
        )
    listed_result = await person.slash(world.channel, "commitment done", commitment="Exercise 1")
    assert listed_result.acknowledged


async def test_progress_is_a_picture_with_a_line_for_each(world: World) -> None:
    await under_way(world, world.alice, world.bob)
    await attended(world, world.alice)
    result = await panel(world.alice, world, "progress")
    assert result.ephemeral
    name, described = picture(result)
    assert name == b"progress.png"
    assert "alice: 2 read, 2 there" in described
    assert "bob: 0 read, 0 there" in described
    assert "stage 1" in described


async def test_where_one_stands_shows_each_unit_and_what_is_asked_next(world: World) -> None:
    await world.group()
    await reading_list(world, exercises=("Reproduce figure 1", "Try another prime"))
    await under_way(world, world.alice)
    await attended(world, world.alice)
    await exercises_done(world, world.alice)
    own = text(await panel(world.alice, world))
    assert "Next: **3. Superposition**" in own
    assert "✅ 1. Attention · 1 of 2 exercises" in own
    assert "2 read · 2 there · of 4" in own
    assert "1 exercise" in await alt(world, world.alice)


async def test_one_persons_progress_is_shown_to_the_group_and_not_to_strangers(
    world: World,
) -> None:
    await under_way(world, world.alice, world.bob)
    shown = await world.bob.slash(world.channel, "programme progress", person=world.alice)
    assert f"<@{world.alice.id}>" in text(shown)
    assert "Hand in" not in text(shown)
    await world.organiser.slash(
        world.channel, "programme open", stage="Artefact", person=world.alice
    )
    await hand_in(world, world.alice, "https://example.org/draft")
    shown = await world.bob.slash(world.channel, "programme progress", person=world.alice)
    assert "handed in" in text(shown)
    assert "draft" not in text(shown)
    led = await world.organiser.slash(world.channel, "programme progress", person=world.alice)
    assert "https://example.org/draft" in text(led)
    refused = await world.cara.slash(world.channel, "programme progress", person=world.alice)
    assert "keep their progress to themselves" in text(refused)
    nothing = await world.cara.slash(world.channel, "programme progress")
    assert "to each other only" in text(nothing)
    async with world.bot.store.transaction() as tx:
        await tx.profiles.save(world.guild.id, world.alice.id, audience=Audience.SERVER)
    assert "alice" in await alt(world, world.cara)
    assert "bob" not in await alt(world, world.cara)


async def test_who_hides_their_line_is_seen_by_who_leads_alone(world: World) -> None:
    await under_way(world, world.alice, world.bob)
    shown = await panel(world.alice, world)
    assert shown.response is not None
    hidden = await world.alice.click(shown.response, label="Keep my progress to myself")
    assert hidden.acknowledged
    await world.restart()
    assert "Only you, the lead and organisers see this" in text(await panel(world.alice, world))
    assert "alice" not in await alt(world, world.bob)
    result = await panel(world.bob, world, "progress")
    assert "1 person keeps theirs to themselves" in text(result)
    assert "alice" in await alt(world, world.organiser)
    assert "alice" in await alt(world, world.alice)
    refused = await world.bob.slash(world.channel, "programme progress", person=world.alice)
    assert "keep their progress to themselves" in text(refused)
    assert f"<@{world.alice.id}>" not in text(card(world))
    assert "**2 people** " in text(card(world))

    shown = await panel(world.alice, world)
    assert shown.response is not None
    await world.alice.click(shown.response, label="Show my progress to the group")
    assert "alice" in await alt(world, world.bob)


async def test_a_lead_who_left_the_group_sees_no_more_than_others(world: World) -> None:
    await under_way(world, world.alice, world.bob)
    number = (await programme(world)).id
    async with world.bot.store.transaction() as tx:
        given = update(programmes).where(programmes.c.id == number)
        await tx.connection.execute(given.values(facilitator_id=world.bob.id))
    shown = await panel(world.alice, world)
    assert shown.response is not None
    await world.alice.click(shown.response, label="Keep my progress to myself")
    assert "alice" in await alt(world, world.bob)
    await world.bob.slash(world.channel, "group leave")
    refused = await world.bob.slash(world.channel, "programme progress", person=world.alice)
    assert "keep their progress to themselves" in text(refused)


async def test_a_profile_that_is_for_nobody_keeps_the_progress_too(world: World) -> None:
    await under_way(world, world.alice, world.bob)
    async with world.bot.store.transaction() as tx:
        await tx.profiles.save(world.guild.id, world.alice.id, audience=Audience.NOBODY)
    assert "alice" not in await alt(world, world.bob)
    assert "alice" in await alt(world, world.organiser)


async def test_hiding_is_ones_own(world: World) -> None:
    await under_way(world, world.alice)
    number = (await programme(world)).id
    refused = await press(world.bob, world.channel, f"programme:hide:{number}:yes")
    assert "not in" in text(refused)
    assert "alice" in await alt(world, world.bob)


async def test_many_people_are_shown_on_several_pictures(world: World) -> None:
    await start(world)
    people = [world.join(f"member{number:02}") for number in range(23)]
    await join(world, *people)
    result = await panel(world.organiser, world, "progress")
    assert "Page 1 of 2" in text(result)
    assert "member19" in picture(result)[1]
    assert "member20" not in picture(result)[1]
    await world.restart()
    turned = await press(
        world.organiser, world.channel, f"programme:page:{(await programme(world)).id}:1"
    )
    assert turned.acknowledged


async def test_a_name_that_cannot_be_drawn_is_a_number_that_is_explained(world: World) -> None:
    await start(world)
    await join(world, world.join("Зоя"))
    result = await panel(world.organiser, world, "progress")
    assert "no. 1" in picture(result)[1]
    assert "no. 1 is <@" in text(result)


async def test_what_somebody_did_in_a_programme_is_told_to_them_and_erased_wholly(
    world: World,
) -> None:
    await start(world, gates="open")
    await join(world, world.alice, world.bob)
    await world.forward(datetime(2026, 12, 1, 21, tzinfo=UTC))
    await hand_in(world, world.alice, "https://example.org/mine")
    async with world.bot.store.read() as tx:
        told = await tx.person_export.everything(world.guild.id, world.alice.id)
    assert {"programme_people", "programme_gates", "programme_hand_ins"} <= told.keys()
    assert told["programme_people"][0]["name"] == "alice"

    await erase(world.bot.store, world.guild.id, world.alice.id)
    async with world.bot.store.read() as tx:
        assert await tx.person_export.everything(world.guild.id, world.alice.id) == {}
    archive = zipfile.ZipFile(io.BytesIO(await world.bot.store.export(world.guild.id)))
    everything = json.loads(archive.read("cohort.json"))
    assert [row["user_id"] for row in everything["programme_people"]] == [world.bob.id]
    assert everything["programme_hand_ins"] == []
    assert str(world.alice.id) not in json.dumps(
        {name: rows for name, rows in everything.items() if name.startswith("programme")}
    )


async def test_the_programme_of_a_leader_who_was_erased_goes_on(world: World) -> None:
    await start(world, facilitator=world.bob)
    await join(world, world.alice)
    for person in (world.bob, world.organiser):
        await erase(world.bot.store, world.guild.id, person.id)
    await world.forward(datetime(2026, 12, 1, 21, tzinfo=UTC))
    assert len(await meetings(world)) == 4
    waits = [m for m in world.channel.history() if "1 person waits" in m.content]
    assert len(waits) == 1


async def test_the_servers_export_holds_all_of_its_programmes_and_of_no_other(
    world: World,
) -> None:
    await under_way(world, world.alice)
    archive = zipfile.ZipFile(io.BytesIO(await world.bot.store.export(world.guild.id)))
    everything = json.loads(archive.read("cohort.json"))
    assert len(everything["programmes"]) == 1
    assert len(everything["programme_units"]) == 4
    assert len(everything["programme_stages"]) == 3
    other = zipfile.ZipFile(io.BytesIO(await world.bot.store.export(world.guild.id + 1)))
    nothing: dict[str, Any] = json.loads(other.read("cohort.json"))
    assert all(not rows for name, rows in nothing.items() if name.startswith("programme"))


async def test_the_picture_is_a_png_that_a_phone_shows_whole(world: World) -> None:
    await under_way(world, world.alice)
    await panel(world.alice, world, "progress")
    from cogs.programmes.progress import picture as drawing
    from cogs.programmes.progress.service import ProgressService
    from tests.e2e.programmes.steps import course

    whole = await course(world)
    service = world.bot.service(ProgressService)
    place = world.place(world.alice)
    cohort = await service.cohort(place, whole.programme.id)
    image = Image.open(io.BytesIO(drawing.draw(cards.drawing(cohort, 0))))
    assert image.size[0] == 880
    assert image.size[1] < 2 * image.size[0]
