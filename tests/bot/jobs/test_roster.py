"""Nobody tells of people who leave a server: whoever comes across it notes it."""

from __future__ import annotations

from bot.jobs.delivery import Content, to_person
from tests.world import World


async def groups_of_bob(world: World) -> list[str]:
    async with world.bot.store.read() as tx:
        return [one.name for one in await tx.groups.of_person(world.guild.id, world.bob.id)]


async def test_somebody_named_in_a_message_to_another_is_found_to_have_left(world: World) -> None:
    await world.group()
    world.env.backend.remove_member(world.guild.id, world.bob.id)
    assert await groups_of_bob(world) == ["Mech Interp"]
    told = Content(text=f"<@{world.bob.id}> kept a promise.")
    await world.bot.delivery.send("key", world.guild.id, told, [to_person(world.alice.id)])
    assert await groups_of_bob(world) == []


async def test_a_report_finds_who_has_left(world: World) -> None:
    await world.group()
    await world.alice.slash(world.channel, "project propose", paper="A paper", title="A project")
    (thread,) = world.channel.threads
    await world.bob.slash(thread, "project join")
    world.env.backend.remove_member(world.guild.id, world.bob.id)
    await world.alice.slash(thread, "project report")
    assert await groups_of_bob(world) == []


async def test_who_has_left_is_not_added_to_a_thread_that_is_made_again(world: World) -> None:
    await world.group()
    await world.alice.slash(world.channel, "project propose", paper="A paper", title="A project")
    (thread,) = world.channel.threads
    await world.bob.slash(thread, "project join")
    world.env.backend.remove_member(world.guild.id, world.bob.id)
    world.env.backend.delete_channel(thread.id)
    await world.env.settle()
    await world.alice.slash(world.channel, "project update", project="A project", text="It goes on")
    assert await groups_of_bob(world) == []
