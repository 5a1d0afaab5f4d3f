"""A task, a check-in's *next* and a commitment that are the same thing: closed together."""

from __future__ import annotations

from datetime import timedelta

from simcord.builders import ChannelHandle

from data.states import CommitmentState, TaskState
from tests.world import World, text


async def board(world: World) -> ChannelHandle:
    """Make a group, and have alice propose a project of its own that bob is in, too."""
    await world.group()
    await world.alice.slash(
        world.channel, "project propose", paper="arXiv:2201.02177", title="Grokking"
    )
    (thread,) = [one for place in world.guild.channels.values() for one in place.threads]
    await world.bob.slash(thread, "project join")
    return thread


def card(thread: ChannelHandle) -> str:
    return text(thread.pinned_messages()[0])


async def task_state(world: World, task_id: int = 1) -> TaskState:
    async with world.bot.store.read() as tx:
        task = await tx.tasks.get(world.guild.id, task_id)
    assert task is not None
    return task.state


async def commitment_state(world: World, commitment_id: int = 1) -> CommitmentState:
    async with world.bot.store.read() as tx:
        one = await tx.commitments.get(world.guild.id, commitment_id)
    assert one is not None
    return one.state


async def committed(world: World, **options: object) -> ChannelHandle:
    """As bob, commit to something that is a task of his, and say so."""
    thread = await board(world)
    await world.bob.slash(
        thread, "task add", title="Train on mod 97", owner=world.bob, due="in 9 days"
    )
    made = await world.bob.slash(world.channel, "commitment add", text="train on mod 97", **options)
    offered = made.followups[-1]
    assert "Is “train on mod 97” the task **Train on mod 97** of Grokking?" in text(offered)
    one = await world.bob.click(offered, label="It is the task “Train on mod 97”")
    assert "is one thing now" in text(one)
    return thread


async def test_done_on_the_board_is_done_in_the_commitments_also_after_a_restart(
    world: World,
) -> None:
    thread = await committed(world)
    async with world.bot.store.read() as tx:
        one = await tx.commitments.get(world.guild.id, 1)
        task = await tx.tasks.get(world.guild.id, 1)
    assert one is not None
    assert task is not None
    assert one.due_at == task.due_at
    await world.restart()
    done = await world.bob.click(thread.pinned_messages()[0], label="Done")
    assert await commitment_state(world) is CommitmentState.KEPT
    await world.restart()
    await world.bob.click(done.response, label="Undo")
    assert await commitment_state(world) is CommitmentState.OPEN
    assert "🔵" not in card(thread)


async def test_done_in_the_commitments_is_done_on_the_board_and_can_be_taken_back(
    world: World,
) -> None:
    thread = await committed(world)
    done = await world.bob.slash(world.channel, "commitment done", commitment="train on mod 97")
    assert "Its task on the board is done, too" in text(done)
    await world.forward(timedelta())
    assert await task_state(world) is TaskState.DONE
    assert "1 of 1 done" in card(thread)
    await world.restart()
    await world.bob.click(done.response, label="Undo")
    await world.forward(timedelta())
    assert await task_state(world) is TaskState.TODO
    assert "0 of 1 done" in card(thread)
    before = len(thread.history())
    await world.forward(timedelta(days=9))
    assert [one for one in thread.history()[before:] if "Train on mod 97** is due" in text(one)]


async def test_a_crash_right_after_loses_nothing(world: World) -> None:
    thread = await committed(world)
    await world.bob.slash(world.channel, "commitment done", commitment="train on mod 97")
    await world.crash()
    await world.forward(timedelta())
    assert await task_state(world) is TaskState.DONE
    assert "1 of 1 done" in card(thread)


async def test_let_go_the_task_can_be_taken_by_somebody_else(world: World) -> None:
    thread = await committed(world)
    await world.bob.slash(world.channel, "commitment drop", commitment="train on mod 97")
    await world.forward(timedelta())
    taken = await world.alice.click(thread.pinned_messages()[0], label="Take it")
    assert "It is yours" in text(taken)


async def test_a_dropped_task_drops_the_commitment_and_brings_it_back(world: World) -> None:
    thread = await committed(world)
    shown = await world.bob.select(thread.pinned_messages()[0], ["1"])
    assert "A commitment of" in text(shown)
    await world.bob.click(shown.response, label="⋯")
    dropped = await world.bob.click(shown.response, label="Drop it")
    assert await commitment_state(world) is CommitmentState.DROPPED
    assert "None yet" in card(thread)
    await world.restart()
    await world.bob.click(dropped.response, label="Undo")
    assert await commitment_state(world) is CommitmentState.OPEN
    assert "Train on mod 97" in card(thread)


async def test_a_due_time_that_moves_moves_both_and_one_reminds(world: World) -> None:
    thread = await committed(world, due="in 2 days")
    await world.bob.slash(thread, "task edit", task="Train on mod 97", due="in 20 days")
    async with world.bot.store.read() as tx:
        one = await tx.commitments.get(world.guild.id, 1)
        task = await tx.tasks.get(world.guild.id, 1)
    assert one is not None
    assert task is not None
    assert one.due_at == task.due_at
    await world.forward(timedelta(days=12))
    assert world.bob.user.dm_channel.history() == []


async def test_blocked_it_says_so_in_the_commitments(world: World) -> None:
    thread = await committed(world)
    await world.bob.slash(
        thread, "task move", task="Train on mod 97", state="blocked", obstacle="No GPU"
    )
    listed = await world.bob.slash(world.channel, "commitment list")
    assert "blocked: No GPU" in text(listed)
    assert await commitment_state(world) is CommitmentState.OPEN


async def test_a_witness_is_asked_when_the_task_is_done_even_after_a_crash(world: World) -> None:
    thread = await committed(world, witness=world.alice)
    await world.bob.click(thread.pinned_messages()[0], label="Done")
    await world.crash()
    await world.forward(timedelta())
    asked = world.channel.last_message
    assert "named you as the witness" in text(asked)
    await world.alice.click(asked, label="Not yet")
    await world.forward(timedelta())
    assert await task_state(world) is TaskState.TODO


async def test_the_next_line_of_a_check_in_is_offered_and_ticking_it_off_does_the_task(
    world: World,
) -> None:
    thread = await board(world)
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="sunday", time="18:00"
    )
    await world.alice.slash(thread, "task add", title="Plot the curves on a log scale")
    await world.bob.click(thread.pinned_messages()[0], label="Take it")
    posted = await world.bob.slash(
        world.channel, "checkin post", did="read", next="- plot the curves, log scale\n- rest"
    )
    offered = posted.followups[-1]
    assert offered.ephemeral
    assert "Plot the curves" in text(offered)
    assert "rest" not in text(offered).partition("**")[0]
    await world.restart()
    await world.bob.click(offered, label="It is the task “Plot the curves on a log scale”")

    await world.forward(timedelta(days=7))
    async with world.bot.store.read() as tx:
        (one,) = [
            one
            for one in await tx.commitments.open_in_server(world.guild.id, world.bob.id)
            if "plot" in one.text
        ]
    form = await world.bob.slash(world.channel, "checkin post")
    await world.bob.submit_modal(form, {"did": "plotted", "kept": [f"kept:{one.id}"]})
    await world.forward(timedelta())
    assert await task_state(world) is TaskState.DONE
    assert "1 of 1 done" in card(thread)


async def test_who_takes_a_task_may_commit_to_it(world: World) -> None:
    thread = await board(world)
    await world.alice.slash(thread, "task add", title="Train", due="in 4 days")
    taken = await world.bob.click(thread.pinned_messages()[0], label="Take it")
    await world.restart()
    made = await world.bob.click(taken.response, label="Commit to it")
    assert "You are committed to **Train**" in text(made)
    again = await world.bob.click(taken.response, label="Commit to it")
    assert "already" in text(again)
    assert "🧪 a task" in text(await world.bob.slash(world.channel, "commitment list"))
    await world.alice.slash(thread, "task move", task="Train", state="done")
    assert await commitment_state(world) is CommitmentState.KEPT


async def test_nothing_is_offered_for_what_only_sounds_a_little_alike(world: World) -> None:
    thread = await board(world)
    await world.bob.slash(thread, "task add", title="Train on mod 97", owner=world.bob)
    for said in ("train", "write the report", "97"):
        made = await world.bob.slash(world.channel, "commitment add", text=said)
        assert made.followups == [], said


async def test_what_is_in_the_way_of_a_task_stands_in_the_next_digest_with_a_way_to_help(
    world: World,
) -> None:
    thread = await board(world)
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="sunday", time="18:00"
    )
    await world.bob.slash(thread, "task add", title="Train", owner=world.bob)
    await world.bob.slash(
        thread, "task move", task="Train", state="blocked", obstacle="No GPU until Monday"
    )
    await world.alice.slash(world.channel, "checkin post", did="read")
    await world.forward(timedelta(days=7))
    digest = next(one for one in world.channel.history()[::-1] if "who can help" in text(one))
    assert "**Train** is blocked: No GPU until Monday" in text(digest)
    await world.restart()
    helped = await world.alice.click(digest, label="I can help")
    assert "Thank you" in text(helped)
    assert f"<@{world.alice.id}> can help <@{world.bob.id}>" in text(thread.last_message)
    await world.bob.slash(thread, "task move", task="Train", state="doing")
    late = await world.alice.click(digest, label="I can help")
    assert "not" in text(late) or "Nothing is in the way" in text(late)
