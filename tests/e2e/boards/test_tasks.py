"""Tasks that are put in order, changed, dropped and taken back; and who does what in a project."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from simcord.builders import ChannelHandle

from bot.ui import theme
from cogs.boards.tasks import rules
from tests.world import World, text


async def board(world: World, **options: object) -> ChannelHandle:
    given = {"paper": "arXiv:2201.02177", "title": "Grokking", **options}
    await world.alice.slash(world.channel, "project propose", **given)
    return world.channel.threads[0]


def card(thread: ChannelHandle) -> str:
    return text(thread.pinned_messages()[0])


def order(thread: ChannelHandle) -> list[str]:
    """Return the first words of the tasks' rows, from above."""
    shown = card(thread).partition("### Tasks")[2]
    return [line.split("**")[1] for line in shown.splitlines() if line.count("**") == 2]


async def picked(world: World, thread: ChannelHandle, number: int) -> Any:
    return await world.alice.select(thread.pinned_messages()[0], [str(number)])


async def test_tasks_stand_as_somebody_puts_them_also_after_a_restart(world: World) -> None:
    thread = await board(world)
    for title in ("Read", "Train", "Plot"):
        await world.alice.slash(thread, "task add", title=title)
    assert order(thread) == ["Read", "Train", "Plot"]
    shown = await picked(world, thread, 3)
    await world.alice.click(shown.response, label="⋯")
    await world.alice.click(shown.response, custom_id="task:up:3")
    assert order(thread) == ["Read", "Plot", "Train"]
    await world.restart()
    await world.alice.click(shown.response, custom_id="task:top:3")
    assert order(thread) == ["Plot", "Read", "Train"]
    first = await world.alice.click(shown.response, custom_id="task:up:3")
    assert "is the first" in text(first)
    await world.alice.click(shown.response, custom_id="task:down:3")
    await world.alice.slash(thread, "task add", title="Write")
    assert order(thread) == ["Read", "Plot", "Train", "Write"]


async def test_an_edit_a_gift_and_a_drop_are_taken_back(world: World) -> None:
    thread = await board(world)
    await world.bob.slash(thread, "project join")
    added = await world.alice.slash(
        thread, "task add", title="Train", due="in 5 days", notes="3 seeds"
    )
    assert added.ephemeral
    before = len(thread.history())

    edited = await world.bob.slash(
        thread, "task edit", task="Train", title="Train twice", due="none", notes="4 seeds"
    )
    assert edited.ephemeral
    await world.restart()
    await world.bob.click(edited.response, label="Undo")
    async with world.bot.store.read() as tx:
        task = await tx.tasks.get(world.guild.id, 1)
    assert task is not None
    assert (task.title, task.notes) == ("Train", "3 seeds")
    assert task.due_at is not None

    taken = await world.alice.slash(thread, "task assign", task="Train", person=world.alice)
    await world.alice.click(taken.response, label="Undo")
    assert "Take it" in card(thread)
    assert len(thread.history()) == before, "none of this is said in the thread"
    given = await world.alice.slash(thread, "task assign", task="Train", person=world.bob)
    told = thread.last_message
    assert f"<@{world.bob.id}>, <@{world.alice.id}> gave you" in text(told)
    await world.alice.click(given.response, label="Undo")
    assert "Take it" in card(thread)

    shown = await picked(world, thread, 1)
    await world.alice.click(shown.response, label="⋯")
    dropped = await world.alice.click(shown.response, label="Drop it")
    assert "None yet" in card(thread)
    await world.restart()
    await world.alice.click(dropped.response, label="Undo")
    assert order(thread) == ["Train"]
    whole = await picked(world, thread, 1)
    assert "dropped it, and took that back" in text(whole)
    assert f"<@{world.bob.id}>: changed it, and took that back" in text(whole)


async def test_an_undo_after_somebody_else_changed_it_is_refused(world: World) -> None:
    thread = await board(world)
    await world.bob.slash(thread, "project join")
    await world.alice.slash(thread, "task add", title="Train")
    edited = await world.alice.slash(thread, "task edit", task="Train", notes="3 seeds")
    await world.bob.slash(thread, "task edit", task="Train", notes="5 seeds")
    refused = await world.alice.click(edited.response, label="Undo")
    assert "was changed since" in text(refused)


async def test_undoing_a_drop_fills_no_board_beyond_what_it_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "TASKS", 2)
    thread = await board(world)
    await world.alice.slash(thread, "task add", title="Train")
    shown = await picked(world, thread, 1)
    await world.alice.click(shown.response, label="⋯")
    dropped = await world.alice.click(shown.response, label="Drop it")
    for title in ("Tune", "Plot"):
        await world.alice.slash(thread, "task add", title=title)
    refused = await world.alice.click(dropped.response, label="Undo")
    assert "this one has them all" in text(refused)
    assert order(thread) == ["Tune", "Plot"]


async def test_the_form_changes_a_task(world: World) -> None:
    thread = await board(world)
    await world.alice.slash(thread, "task add", title="Train", due="2026-11-20 18:00")
    shown = await picked(world, thread, 1)
    await world.alice.click(shown.response, label="⋯")
    form = await world.alice.click(shown.response, label="Change …")
    await world.restart()
    changed = await world.alice.submit_modal(
        form, {"title": "Train", "due": "2026-11-20 18:00", "notes": "log scale"}
    )
    assert "log scale" in text(changed)
    async with world.bot.store.read() as tx:
        task = await tx.tasks.get(world.guild.id, 1)
    assert task is not None
    assert task.due_at is not None
    assert task.due_at.hour == 18


async def test_a_blocked_task_that_nobody_has_does_not_come_first(world: World) -> None:
    thread = await board(world)
    for title in ("Read", "Train"):
        await world.alice.slash(thread, "task add", title=title)
    await world.alice.slash(thread, "task move", task="Read", state="blocked", obstacle="No PDF")
    assert order(thread) == ["Train", "Read"]
    assert "blocked: No PDF" in card(thread)
    assert "I can help" in card(thread)


async def test_all_of_a_projects_overdue_tasks_are_one_question_a_day(world: World) -> None:
    thread = await board(world)
    await world.bob.slash(thread, "project join")
    for title, owner in (("Read", world.alice), ("Train", world.bob), ("Plot", world.bob)):
        await world.alice.slash(thread, "task add", title=title, owner=owner, due="in 3 days")
    await world.forward(timedelta(days=4, hours=12))
    before = len(thread.history())
    await world.forward(timedelta(days=1))
    await world.restart()
    await world.forward(timedelta(days=8))
    asked = [one for one in thread.history()[before:] if "Overdue" in text(one)]
    assert len(asked) == 3
    assert all(title in text(asked[0]) for title in ("Read", "Train", "Plot"))
    form = await world.bob.click(asked[0], custom_id="task:edit:2")
    moved = await world.bob.submit_modal(form, {"title": "Train", "due": "in 2 days", "notes": ""})
    assert "Changed: **Train**" in text(moved)


@pytest.mark.parametrize("state", ["paused", "done", "abandoned"])
async def test_nobody_is_asked_about_overdue_tasks_of_a_project_that_rests_or_is_over(
    world: World, state: str
) -> None:
    thread = await board(world)
    await world.bob.slash(thread, "project join")
    await world.alice.slash(thread, "task add", title="Train", owner=world.bob, due="in 3 days")
    await world.alice.slash(world.channel, "project propose", paper="A paper", title="Second")
    second = world.channel.threads[1]
    await world.bob.slash(second, "project join")
    await world.alice.slash(second, "task add", title="Plot", owner=world.bob, due="in 73 hours")
    await world.forward(timedelta(days=3, hours=2))
    before = len(thread.history())
    await world.alice.slash(thread, "project status", state=state)
    await world.forward(timedelta(days=6))
    assert not any("Overdue" in text(one) for one in thread.history()[before:])
    asked = [text(one) for one in second.history() if "Overdue" in text(one)]
    assert asked[0].startswith(f"<@{world.bob.id}>"), "the other project's is asked about"


async def test_who_has_overdue_tasks_in_two_projects_is_asked_in_one_a_day(world: World) -> None:
    first = await board(world)
    await world.alice.slash(world.channel, "project propose", paper="A paper", title="Second")
    second = world.channel.threads[1]
    for thread, due in ((first, "in 3 days"), (second, "in 71 hours")):
        await world.bob.slash(thread, "project join")
        await world.alice.slash(thread, "task add", title=f"Train {due}", owner=world.bob, due=due)
    await world.forward(timedelta(days=3, hours=1))
    before = {thread.id: len(thread.history()) for thread in (first, second)}
    await world.forward(timedelta(days=1))
    await world.restart()
    await world.forward(timedelta(days=9))

    asked = {
        thread.id: [one for one in thread.history()[before[thread.id] :] if "Overdue" in text(one)]
        for thread in (first, second)
    }
    bob, alice = f"<@{world.bob.id}>", f"<@{world.alice.id}>"
    assert [text(one).split()[0] for one in asked[second.id]] == [bob, bob, alice]
    assert [text(one).split()[0] for one in asked[first.id]] == [theme.BELL, bob, alice]
    assert "too" not in text(asked[second.id][0]), "the other one is asked about the next day"
    assert f"{bob}, yours in <#{first.id}> too" in text(asked[second.id][1])
    done = await world.bob.click(asked[first.id][0], label="Done")
    assert "done" in text(done)


async def test_an_overdue_task_that_is_blocked_is_not_asked_whether_it_is(world: World) -> None:
    thread = await board(world)
    await world.alice.slash(thread, "task add", title="Train", owner=world.alice, due="in 3 days")
    await world.alice.slash(thread, "task move", task="Train", state="blocked", obstacle="No GPU")
    await world.forward(timedelta(days=5))
    (asked,) = [one for one in thread.history() if "Overdue" in text(one)][-1:]
    assert "Another time …" in text(asked)
    assert "Blocked" not in text(asked)


async def test_people_say_what_they_do_and_the_board_shows_it(world: World) -> None:
    thread = await board(world)
    await world.bob.slash(thread, "project join")
    more = await world.bob.click(thread.pinned_messages()[0], label="⋯")
    await world.restart()
    said = await world.bob.select(more.response, ["engineer", "writer"], custom_id="board:roles:1")
    assert "You are **engineer and writer**" in text(said)
    assert f"engineer <@{world.bob.id}> · writer <@{world.bob.id}>" in card(thread)
    left = await world.bob.slash(thread, "project leave")
    assert "You left" in text(left)
    assert "is free, as engineer, writer" in text(thread.last_message)
    await world.bob.click(thread.last_message, label="Join")
    assert "engineer" not in card(thread)


async def test_a_mentor_proposes_and_others_apply_with_their_part(world: World) -> None:
    thread = await board(world, joining="mentor")
    assert "No lead" in card(thread)
    assert f"mentor <@{world.alice.id}>" in card(thread)
    form = await world.bob.click(thread.pinned_messages()[0], label="Join")
    await world.restart()
    asked = await world.bob.submit_modal(form, {"note": "I know JAX", "role": ["engineer"]})
    assert f"<@{world.alice.id}> is asked" in text(asked)
    request = thread.last_message
    assert f"<@{world.bob.id}> asks to join as engineer" in text(request)
    stranger = await world.cara.click(request, label="Let them in")
    assert stranger.ephemeral
    await world.alice.click(request, label="Let them in")
    assert f"engineer <@{world.bob.id}>" in card(thread)

    form = await world.cara.click(thread.pinned_messages()[0], label="Join")
    await world.cara.submit_modal(form, {"note": "Please"})
    reason = await world.alice.click(thread.last_message, label="Refuse …")
    await world.alice.submit_modal(reason, {"reason": "We are enough"})
    assert "We are enough" in text(world.cara.user.dm_channel.last_message)
    handed = await world.alice.slash(thread, "project lead", person=world.bob)
    assert "leads **Grokking** now" in text(handed)
    form = await world.cara.click(thread.pinned_messages()[0], label="Join")
    await world.cara.submit_modal(form, {"note": "And now?"})
    assert f"<@{world.bob.id}>" in text(thread.last_message)


async def test_a_lead_who_leaves_hands_over_or_lets_the_members_decide(world: World) -> None:
    thread = await board(world)
    await world.bob.slash(thread, "project join")
    asked = await world.alice.slash(thread, "project leave")
    wrong = await world.alice.select(asked.response, [world.cara])
    assert "another member" in text(wrong)
    await world.alice.select(asked.response, [world.bob])
    assert f"Lead <@{world.bob.id}>" in card(thread)
    assert f"<@{world.alice.id}>" not in card(thread)

    await world.cara.slash(thread, "project join")
    asked = await world.bob.slash(thread, "project leave")
    await world.bob.click(asked.response, label="Let the members decide")
    offered = thread.last_message
    assert "needs somebody to lead it" in text(offered)
    await world.restart()
    refused = await world.alice.click(offered, label="I lead it")
    assert "Press Join" in text(refused)
    await world.cara.click(offered, label="I lead it")
    assert f"Lead <@{world.cara.id}>" in card(thread)
    late = await world.cara.click(offered, label="I lead it")
    assert "leads “Grokking”" in text(late)


async def test_a_board_without_tasks_says_how_to_add_one(world: World) -> None:
    await world.alice.slash(
        world.channel, "project propose", paper="arXiv:2201.02177", title="Grokking"
    )
    listed = text(await world.alice.slash(world.channel, "task list"))
    assert "There are none. `/task add` adds one." in listed
