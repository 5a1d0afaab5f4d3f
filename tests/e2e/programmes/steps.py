"""What the tests of programmes share: a reading list, a programme, and reading its card."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord
from simcord.results import InteractionResult

from data.programmes.programmes import Programme, ProgrammeUnit
from data.reading.lists import ListId, NewReading
from data.reading.meetings import Meeting
from data.server.groups import GroupId
from tests.world import World, text

if TYPE_CHECKING:
    from cogs.programmes.programme.writes import ProgrammeView

TITLES = ("Attention", "Induction heads", "Superposition", "Grokking")
FIRST = "2026-11-10 19:00"
"""The first unit: a Tuesday, eight days after the world's beginning."""


async def reading_list(
    world: World,
    titles: tuple[str, ...] = TITLES,
    *,
    title: str = "Mech interp",
    weeks: tuple[int, ...] = (),
    exercises: tuple[str, ...] = (),
    group_id: int = 1,
) -> ListId:
    """Write a reading list, as an import does that schedules nothing."""
    now = world.clock.now()
    async with world.bot.store.transaction() as tx:
        list_id = await tx.reading_lists.add(
            guild_id=world.guild.id,
            group_id=GroupId(group_id),
            title=title,
            created_by=world.organiser.id,
            created_at=now,
        )
        for number, unit in enumerate(titles, start=1):
            paper = await tx.papers.add(
                key=f"title:{unit}", url=f"https://example.org/{number}", title=unit, now=now
            )
            await tx.reading_lists.add_unit(
                world.guild.id,
                list_id,
                number=number,
                week=weeks[number - 1] if weeks else number,
                title=unit,
                readings=[NewReading(unit, paper.id, 30, "beginner")],
                tasks=exercises,
            )
    return list_id


async def start(world: World, **options: Any) -> InteractionResult:
    """Start a programme with gates as the organiser; make a group and a list if there are none.

    ``gates=None`` leaves the gates out.
    """
    async with world.bot.store.read() as tx:
        groups = await tx.groups.of_server(world.guild.id)
        lists = await tx.reading_lists.of_server(world.guild.id)
    if not groups:
        await world.group()
    if not lists:
        await reading_list(world)
    given: dict[str, Any] = {"list": "Mech interp", "starts": FIRST, "gates": "led", **options}
    given = {name: value for name, value in given.items() if value is not None}
    result = await world.organiser.slash(world.channel, "programme start", **given)
    await due(world)
    return result


async def due(world: World) -> None:
    """Deliver what is due now."""
    await world.bot.deadlines.run_due()
    await world.env.settle()


def card(world: World) -> discord.Message:
    """Return the programme's card."""
    found = [one for one in world.channel.history() if "🎓" in text(one)]
    return found[-1]


async def programme(world: World) -> Programme:
    """Return the server's newest programme."""
    async with world.bot.store.read() as tx:
        found = await tx.programmes.of_server(world.guild.id)
    return max(found, key=lambda one: one.id)


async def course(world: World) -> ProgrammeView:
    """Return the newest programme with all that belongs to it."""
    # Only now: a bot that starts again loads the feature's modules again.
    from cogs.programmes.programme.service import ProgrammeService

    return await world.bot.service(ProgrammeService).course((await programme(world)).id)


async def units(world: World) -> list[ProgrammeUnit]:
    async with world.bot.store.read() as tx:
        return await tx.programmes.units((await programme(world)).id)


async def meetings(world: World) -> list[Meeting]:
    """Return all of the server's meetings, cancelled ones too, the first first."""
    async with world.bot.store.read() as tx:
        now = world.clock.now()
        return await tx.meetings.between(
            world.guild.id, now - timedelta(days=400), now + timedelta(days=400)
        )


async def join(world: World, *people: Any) -> None:
    for one in people:
        result = await one.click(card(world), label="Join")
        assert "Welcome" in text(result), text(result)


async def panel(person: Any, world: World, verb: str = "stand") -> InteractionResult:
    """Press a button of the card: “stand”, “gates” or “progress”."""
    number = (await programme(world)).id
    return await person.click(card(world), custom_id=f"programme:{verb}:{number}")


async def hand_in(
    world: World, person: Any, words: str = "https://example.org/mine", **more: Any
) -> InteractionResult:
    """Hand something in, from where one stands."""
    shown = await panel(person, world)
    assert shown.response is not None, text(shown)
    form = await person.click(shown.response, label="Hand in")
    assert form.modal is not None, text(form)
    return await person.submit_modal(form, {"text": words, **more})


def direct(world: World, person: Any) -> list[str]:
    """Return the direct messages that somebody got."""
    found: list[str] = []
    for entry in world.env.http_requests:
        if entry.method == "POST" and entry.path.endswith("/messages") and entry.json:
            content = str(entry.json.get("content") or "")
            channel_id = int(entry.path.split("/")[2])
            if content.startswith(f"<@{person.id}>") and channel_id != world.channel.id:
                found.append(content)
    return found
