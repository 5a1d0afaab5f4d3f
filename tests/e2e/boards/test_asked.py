"""What lands on somebody else's list is theirs to accept: tasks that a member gives another."""

from __future__ import annotations

from datetime import timedelta

from simcord.builders import ChannelHandle

from cogs.boards.tasks import rules
from data.boards.tasks import Task
from tests.e2e.boards.test_tasks import board, card
from tests.world import Person, World, text


async def joined(world: World) -> tuple[ChannelHandle, Person]:
    """Return alice's board, which bob and carol joined, and carol."""
    thread = await board(world)
    carol = world.join("carol")
    for person in (world.bob, carol):
        await person.slash(thread, "project join")
    return thread, carol


async def task(world: World, number: int = 1) -> Task:
    async with world.bot.store.read() as tx:
        found = await tx.tasks.get(world.guild.id, number)
    assert found is not None
    return found


async def test_a_member_asks_and_the_other_takes_it(world: World) -> None:
    thread, carol = await joined(world)
    added = await carol.slash(thread, "task add", title="Train", owner=world.bob, due="in 3 days")
    assert f"asked: <@{world.bob.id}>" in text(added)
    assert f"asked: <@{world.bob.id}>" in card(thread)
    told = thread.last_message
    assert told is not None
    assert f"<@{world.bob.id}>, <@{carol.id}> asks you to do" in text(told)
    assert (await task(world)).owners == ()
    async with world.bot.store.read() as tx:
        assert await tx.tasks.of_person(world.guild.id, world.bob.id) == []

    await world.restart()
    await world.bob.click(told, label="Take it")
    assert ((await task(world)).owners, (await task(world)).asked) == ((world.bob.id,), ())
    async with world.bot.store.read() as tx:
        assert len(await tx.tasks.of_person(world.guild.id, world.bob.id)) == 1


async def test_whoever_is_asked_says_no_and_nobody_else_can_for_them(world: World) -> None:
    thread, carol = await joined(world)
    await carol.slash(thread, "task add", title="Train", owner=world.bob)
    told = thread.last_message
    assert told is not None
    refused = await carol.click(told, label="Not mine")
    assert "does not have" in text(refused)
    await world.bob.click(told, label="Not mine")
    assert (await task(world)).asked == ()
    assert f"is not <@{world.bob.id}>'s" in text(thread.last_message)
    assert "asked" not in card(thread)


async def test_a_task_that_nobody_took_reminds_its_lead_and_pings_nobody_who_was_asked(
    world: World,
) -> None:
    thread, carol = await joined(world)
    await carol.slash(thread, "task add", title="Train", owner=world.bob, due="in 3 days")
    before, requests = len(thread.history()), len(world.env.http_requests)
    await world.forward(timedelta(days=10))
    reminders = thread.history()[before:]
    assert reminders
    sent = [
        str(entry.json["allowed_mentions"])
        for entry in world.env.http_requests[requests:]
        if entry.method == "POST" and entry.path == f"/channels/{thread.id}/messages"
    ]
    assert len(sent) == len(reminders)
    assert not [one for one in sent if str(world.bob.id) in one]
    assert all(str(world.alice.id) in one for one in sent)
    assert f"Asked, without an answer yet: <@{world.bob.id}>" in text(reminders[0])
    assert f"<@{world.alice.id}>" in text(reminders[0])


async def test_what_the_lead_or_an_organiser_gives_is_theirs_until_they_give_it_back(
    world: World,
) -> None:
    thread, _ = await joined(world)
    await world.organiser.slash(thread, "project join")
    for number, giver in enumerate((world.alice, world.organiser), 1):
        await giver.slash(thread, "task add", title=f"Train {number}", owner=world.bob)
        assert (await task(world, number)).owners == (world.bob.id,)
        told = thread.last_message
        assert told is not None
        assert f"<@{giver.id}> gave you" in text(told)
        await world.bob.click(told, label="Not mine")
        assert (await task(world, number)).owners == ()


async def test_whoever_moves_a_task_that_they_were_asked_to_do_has_it(world: World) -> None:
    thread, carol = await joined(world)
    await carol.slash(thread, "task add", title="Train", owner=world.bob)
    await world.bob.slash(thread, "task move", task="Train", state="doing")
    assert (await task(world)).owners == (world.bob.id,)


async def test_taking_a_task_away_and_undoing_that_is_no_way_around_asking(world: World) -> None:
    thread, carol = await joined(world)
    await carol.slash(thread, "task add", title="Train", owner=world.bob)
    again = await carol.slash(thread, "task assign", task="Train", person=world.bob)
    assert "is asked to do" in text(again)
    taken = await carol.slash(thread, "task assign", task="Train", person=world.bob, remove=True)
    await carol.click(taken.response, label="Undo")
    assert ((await task(world)).owners, (await task(world)).asked) == ((), (world.bob.id,))


async def test_so_much_waits_for_an_answer_and_no_more(world: World) -> None:
    thread, carol = await joined(world)
    dave = world.join("dave")
    await dave.slash(thread, "project join")
    for number in range(rules.ASKED):
        asking = (carol, dave)[number % 2]
        done = await asking.slash(thread, "task add", title=f"T{number}", owner=world.bob)
        assert "New task" in text(done)
    refused = await dave.slash(thread, "task add", title="More", owner=world.bob)
    assert f"{rules.ASKED} tasks wait for <@{world.bob.id}>" in text(refused)
