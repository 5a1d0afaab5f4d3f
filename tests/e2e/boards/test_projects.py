"""Boards, as people use them."""

from __future__ import annotations

from datetime import timedelta

import discord
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from cogs.boards.tasks.service import TaskService
from data.boards.projects import ProjectId
from data.states import CardKind
from tests.world import Person, World, text

PAPER = "arXiv:2201.02177"


async def propose(
    world: World, channel: ChannelHandle | None = None, **options: object
) -> ChannelHandle:
    """As alice, propose a project; returns its thread."""
    where = channel or world.channel
    before = {thread.id for thread in all_threads(world)}
    given = {"paper": PAPER, "title": "Grokking on small groups", **options}
    result = await world.alice.slash(where, "project propose", **given)
    new = [thread for thread in all_threads(world) if thread.id not in before]
    assert len(new) == 1, text(result)
    return new[0]


def all_threads(world: World) -> list[ChannelHandle]:
    return [thread for one in world.guild.channels.values() for thread in one.threads]


def card(thread: ChannelHandle) -> discord.Message:
    return thread.pinned_messages()[0]


def components(message: discord.Message) -> int:
    def count(item: object) -> int:
        if isinstance(item, dict):
            own = 1 if "type" in item else 0
            nested = [item.get("components", []), item.get("accessory", [])]
            return own + sum(count(one) for one in nested)
        return sum(count(one) for one in item) if isinstance(item, list) else 0

    return sum(count(one.to_dict()) for one in message.components)


def shown_characters(message: discord.Message) -> int:
    def count(item: object) -> int:
        if isinstance(item, dict):
            own = len(item["content"]) if item.get("type") == 10 else 0
            return own + sum(count(one) for key, one in item.items() if key != "content")
        return sum(count(one) for one in item) if isinstance(item, list) else 0

    return sum(count(one.to_dict()) for one in message.components)


async def test_a_project_gets_a_thread_whose_first_message_is_its_pinned_board(
    world: World,
) -> None:
    thread = await propose(
        world, summary="Does it hold for S5?", skills="PyTorch, writing", capacity=3
    )

    assert thread.name == "Grokking on small groups"
    board = thread.pinned_messages()[0]
    assert thread.history()[0].id == board.id
    assert "arXiv:2201.02177" in text(board)
    assert "https://arxiv.org/abs/2201.02177" in text(board)
    assert "1 of 3 members" in text(board)
    assert "PyTorch, writing" in text(board)
    announced = next(one for one in world.channel.history() if "proposed" in text(one))
    assert f"<#{thread.id}>" in text(announced)

    joined = await world.bob.click(announced, label="Join")

    assert joined.ephemeral
    assert "Welcome to" in text(joined)
    assert "2 of 3 members" in text(card(thread))


async def test_tasks_are_added_taken_and_done_also_across_a_restart(world: World) -> None:
    thread = await propose(world)
    await world.alice.slash(thread, "task add", title="Train on mod 97", due="in 2 weeks")
    await world.bob.slash(thread, "project join")
    assert "⬜ **Train on mod 97**" in text(card(thread))

    await world.restart()
    taken = await world.bob.click(card(thread), label="Take it")

    assert taken.ephemeral
    assert "It is yours" in text(taken)
    assert "🔵 **Train on mod 97**" in text(card(thread))
    assert f"<@{world.bob.id}>" in text(card(thread))

    await world.restart()
    await world.bob.click(card(thread), label="Done")
    assert "1 of 1 done" in text(card(thread))
    async with world.bot.store.read() as tx:
        task = (await tx.tasks.of_project(world.guild.id, ProjectId(1)))[0]
        moves = await tx.tasks.moves(world.guild.id, task.id)
    assert [(move.user_id, move.origin, move.target) for move in moves] == [
        (world.alice.id, None, "todo"),
        (world.bob.id, "todo", "doing"),
        (world.bob.id, "doing", "done"),
    ]
    assert moves[0].moved_at == world.clock.now()


async def test_a_task_is_moved_by_its_title_from_anywhere(world: World) -> None:
    thread = await propose(world)
    await world.alice.slash(thread, "task add", title="Read the appendix")
    offered = await world.alice.autocomplete(
        world.channel, "task move", "task", "append", project="Grokking on small groups"
    )
    assert [choice["name"] for choice in offered] == ["Read the appendix"]
    boards = await world.alice.autocomplete(world.channel, "task move", "project", "grok")
    assert [choice["name"] for choice in boards] == ["Grokking on small groups"]

    moved = await world.alice.slash(
        world.channel, "task move", task="read the APPENDIX", state="blocked",
        project="grokking on small groups",
    )  # fmt: skip

    assert "is blocked" in text(moved)
    assert "⛔ **Read the appendix**" in text(card(thread))
    again = await world.alice.slash(thread, "task move", task=offered[0]["value"], state="blocked")
    assert "blocked already" in text(again)


async def test_only_members_change_a_board_and_are_told_how_to_join(world: World) -> None:
    thread = await propose(world)
    await world.alice.slash(thread, "task add", title="Train")

    for refused in (
        await world.bob.slash(thread, "task add", title="Mine"),
        await world.bob.slash(thread, "task move", task="Train", state="done"),
        await world.bob.slash(thread, "deadline add", title="ICML", due="in 3 days"),
        await world.bob.click(card(thread), label="Take it"),
        await world.bob.click(card(thread), label="Add a task"),
    ):
        assert refused.ephemeral
        assert "Press Join" in text(refused)


async def test_a_full_project_says_so(world: World) -> None:
    thread = await propose(world, capacity=1)
    refused = await world.bob.slash(thread, "project join")
    assert "is full" in text(refused)


async def test_the_form_of_the_card_adds_a_task_and_gives_back_what_was_typed(world: World) -> None:
    thread = await propose(world)
    shown = await world.alice.click(card(thread), label="Add a task")
    await world.restart()
    wrong = await world.alice.submit_modal(
        shown, {"title": "Plot the curves", "due": "yesterday", "notes": "log scale"}
    )
    assert wrong.ephemeral
    assert "log scale" in text(wrong)

    shown = await world.alice.click(card(thread), label="Add a task")
    added = await world.alice.submit_modal(
        shown, {"title": "Plot the curves", "due": "", "notes": "log scale"}
    )
    assert "New task: **Plot the curves**" in text(added)
    assert "Plot the curves" in text(card(thread))


async def test_a_deadline_reminds_the_members_three_times_and_when_it_passes(world: World) -> None:
    thread = await propose(world)
    await world.bob.slash(thread, "project join")
    added = await world.alice.slash(
        thread, "deadline add", title="ICML abstract", due="2026-11-20 AoE"
    )
    due = discord.utils.format_dt(world.clock.now().replace(day=21, hour=11, minute=59))
    assert due.replace(">", ":F>") in text(added)
    assert "3 reminders ahead" in text(added)
    assert "ICML abstract" in text(card(thread))
    before = len(thread.history())

    await world.forward(timedelta(days=12))
    await world.restart()
    await world.forward(timedelta(days=8))

    reminders = [one for one in thread.history()[before:] if "ICML abstract" in text(one)]
    assert len(reminders) == 4
    for ahead in reminders[:3]:
        assert {user.id for user in ahead.mentions} == {world.alice.id, world.bob.id}
    assert [user.id for user in reminders[-1].mentions] == [world.alice.id]
    assert "was due" in text(reminders[-1])
    closed = await world.bob.click(reminders[-1], label="Done")
    assert "done" in text(closed)
    assert "ICML abstract" not in text(card(thread))


async def test_reminders_missed_while_the_bot_was_away_are_one_that_says_it_is_late(
    world: World,
) -> None:
    thread = await propose(world)
    await world.alice.slash(thread, "deadline add", title="ICML", due="in 10 days")
    before = len(thread.history())

    world.clock.move_to(world.clock.now() + timedelta(days=11))
    await world.restart()
    await world.forward(timedelta())

    reminders = thread.history()[before:]
    assert len(reminders) == 1
    assert "was due" in text(reminders[0])
    assert "late" in text(reminders[0])


async def test_reminders_that_are_past_when_a_deadline_is_added_are_not_made(world: World) -> None:
    thread = await propose(world)
    added = await world.alice.slash(
        thread, "deadline add", title="Tomorrow's call", due="in 20 hours"
    )
    assert "1 reminder ahead" in text(added)
    past = await world.alice.slash(thread, "deadline add", title="Gone", due="2026-11-01")
    assert past.ephemeral


async def test_a_task_reminds_its_owners_and_stops_when_it_is_done(world: World) -> None:
    thread = await propose(world)
    await world.alice.slash(thread, "task add", title="Train", owner=world.alice, due="in 3 days")
    before = len(thread.history())
    await world.forward(timedelta(days=2, hours=13))
    assert len(thread.history()) == before + 1
    await world.alice.click(thread.last_message, label="Done")
    await world.forward(timedelta(days=2))
    assert len(thread.history()) == before + 1


async def test_in_a_forum_the_board_is_the_post(world: World) -> None:
    forum = world.guild.create_forum_channel("replications")
    await world.organiser.slash(world.channel, "cohort setup", boards=forum)

    thread = await propose(world)

    assert [one.id for one in forum.threads] == [thread.id]
    assert "Grokking on small groups" in text(thread.history()[0])
    assert thread.history()[0].pinned
    await world.bob.click(thread.history()[0], label="Join")
    assert "2 members" in text(thread.history()[0])


async def test_a_deleted_card_and_a_deleted_thread_are_made_anew(world: World) -> None:
    thread = await propose(world)
    await world.alice.slash(thread, "task add", title="Train")

    world.env.backend.delete_message(thread.id, card(thread).id)
    await world.env.settle()
    assert "Train" in text(card(thread))

    await delete_channel(world, thread)
    await world.forward(timedelta())
    (rebuilt,) = all_threads(world)
    assert rebuilt.id != thread.id
    assert "Train" in text(card(rebuilt))
    await world.alice.slash(rebuilt, "task move", task="Train", state="done")
    assert "1 of 1 done" in text(card(rebuilt))


async def test_a_card_that_went_with_many_others_is_made_anew(world: World) -> None:
    thread = await propose(world)
    await world.alice.slash(thread, "task add", title="Train")
    world.env.backend.bulk_delete_messages(thread.id, [one.id for one in thread.history()])
    await world.env.settle()
    assert "Train" in text(card(thread))


async def test_a_board_whose_forum_is_deleted_opens_in_its_groups_channel(world: World) -> None:
    await world.group()
    forum = world.guild.create_forum_channel("replications")
    await world.organiser.slash(world.channel, "cohort setup", boards=forum)
    thread = await propose(world)
    assert [one.id for one in forum.threads] == [thread.id]

    await delete_channel(world, forum)
    await world.forward(timedelta())

    assert "Grokking" in text(card(world.channel.threads[-1]))


async def test_a_busy_board_is_edited_less_often_than_it_changes(world: World) -> None:
    thread = await propose(world)
    for number in range(10):
        await world.alice.slash(thread, "task add", title=f"Task {number}")
    before = len(world.env.http_requests)
    for number in range(5):
        place = world.place(world.alice)
        await world.bot.service(TaskService).add(place, 1, title=f"Another {number}")
        for _ in range(4):
            world.bot.dispatch("project_changed", 1)
        await world.env.settle()
    edits = [
        one
        for one in world.env.http_requests[before:]
        if one.method == "PATCH" and str(card(thread).id) in one.path
    ]
    assert 1 <= len(edits) <= 5


async def test_a_thread_deleted_while_the_bot_was_away_is_made_anew_to_remind(world: World) -> None:
    thread = await propose(world)
    await world.alice.slash(thread, "deadline add", title="ICML", due="in 10 days")
    await world.bot.close()
    await delete_channel(world, thread)
    await world.restart()

    await world.forward(timedelta(days=4))

    (rebuilt,) = all_threads(world)
    assert "ICML" in text(rebuilt.last_message)


async def test_an_archived_thread_is_opened_to_remind(world: World) -> None:
    thread = await propose(world, where_threads_can_be_managed(world))
    await world.alice.slash(thread, "deadline add", title="ICML", due="in 10 days")
    before = len(thread.history())
    world.env.inject_error(
        "POST",
        f"/channels/{thread.id}/messages",
        status=400,
        code=50083,
        message="Thread is archived",
    )

    await world.forward(timedelta(days=4))

    assert len(thread.history()) == before + 1
    edits = [one for one in world.env.http_requests if one.path == f"/channels/{thread.id}"]
    assert [one.method for one in edits] == ["PATCH"]


async def test_without_the_permission_nothing_is_half_made_and_what_was_typed_is_given_back(
    world: World,
) -> None:
    world.env.inject_error(
        "POST", "/channels/*/threads", status=403, code=50013, message="Missing Permissions"
    )

    refused = await world.alice.slash(
        world.channel, "project propose", paper=PAPER, title="Grokking", summary="mod 97 and S5"
    )

    assert f"<#{world.channel.id}>" in text(refused)
    assert "mod 97 and S5" in text(refused)
    assert all_threads(world) == []
    async with world.bot.store.read() as tx:
        assert await tx.projects.of_server(world.guild.id) == []
    await world.forward(timedelta(minutes=10))
    assert all_threads(world) == []
    again = await propose(world, title="Grokking")
    assert again.name == "Grokking"


async def test_a_thread_that_takes_no_message_is_taken_back(world: World) -> None:
    channel = where_threads_can_be_managed(world)
    world.env.inject_error(
        "POST", "/channels/*/messages", status=403, code=50013, message="Missing Permissions"
    )
    refused = await world.alice.slash(channel, "project propose", paper=PAPER, title="Grokking")
    assert "could not open a board" in text(refused)
    assert all_threads(world) == []


async def test_when_discord_does_not_answer_the_board_opens_later(world: World) -> None:
    world.env.inject_error("POST", "/channels/*/threads", status=500, times=5)
    saved = await world.alice.slash(world.channel, "project propose", paper=PAPER, title="Grokking")
    assert "is saved" in text(saved)
    world.env.backend.faults.clear()

    await world.forward(timedelta(minutes=3))

    (thread,) = all_threads(world)
    assert "Grokking" in text(card(thread))


async def test_a_board_with_two_hundred_wordy_tasks_stays_within_discords_limits(
    world: World,
) -> None:
    thread = await propose(
        world,
        title="*" * 100,
        summary="_" * 600,
        skills=", ".join("`" * 38 + str(n) for n in range(10)),
    )
    async with world.bot.store.transaction() as tx:
        for number in range(200):
            await tx.tasks.add(
                guild_id=world.guild.id,
                project_id=ProjectId(1),
                title=f"{number:03}" + "*" * 117,
                notes=None,
                due_at=world.clock.now() + timedelta(days=1),
                owners=[world.alice.id],
                created_by=world.alice.id,
                now=world.clock.now(),
            )
        for number in range(25):
            await tx.project_deadlines.add(
                guild_id=world.guild.id,
                project_id=ProjectId(1),
                title=f"{number:02}" + "*" * 118,
                due_at=world.clock.now() + timedelta(days=9),
                created_by=world.alice.id,
                now=world.clock.now(),
            )
    world.bot.cards.refresh(CardKind.BOARD, 1)
    await world.env.settle()

    message = card(thread)
    assert "open tasks more" in text(message)
    assert components(message) <= 40
    assert shown_characters(message) <= 4000


async def test_ids_of_another_server_are_not_found(world: World) -> None:
    thread = await propose(world)
    await world.alice.slash(thread, "task add", title="Train")
    elsewhere = world.env.create_guild("Elsewhere")
    channel = elsewhere.create_text_channel("general")
    eve = world.join("eve", guild=elsewhere)

    none = await eve.slash(channel, "project join", project="#1")
    assert "no project called" in text(none)
    own = await eve.slash(channel, "project propose", paper="A book", title="Ours")
    assert own.acknowledged
    (there,) = channel.threads
    for custom_id in ("board:join:1", "task:take:1", "task:done:1", "board:add:1"):
        forged = await forge(world, eve, there, custom_id)
        assert forged.ephemeral
        assert "What this was about is gone" in text(forged)


async def test_two_projects_of_one_title_cannot_be(world: World) -> None:
    thread = await propose(world)
    again = await world.bob.slash(
        world.channel, "project propose", paper="x", title="GROKKING on small groups"
    )
    assert again.ephemeral
    assert f"<#{thread.id}>" in text(again)


def where_threads_can_be_managed(world: World) -> ChannelHandle:
    """Return a channel where SimCord lets the bot do what Manage Threads allows at Discord.

    SimCord asks for Manage Channels there, which the invitation does not ask for.
    """
    assert world.bot.user is not None
    return world.guild.create_text_channel(
        "managed",
        overwrites={world.bot.user: discord.PermissionOverwrite(manage_channels=True)},
    )


async def delete_channel(world: World, channel: ChannelHandle) -> None:
    world.env.backend.delete_channel(channel.id)
    await world.env.settle()


async def forge(
    world: World, actor: Person, thread: ChannelHandle, custom_id: str
) -> InteractionResult:
    """Press a button whose id was forged, on a message of the bot's."""
    message = card(thread)
    stored = world.env.backend.get_message(message.channel.id, message.id)
    stored.components.append(
        {
            "type": 1,
            "id": 900,
            "components": [
                {"type": 2, "id": 901, "style": 1, "label": custom_id, "custom_id": custom_id}
            ],
        }
    )
    result = await actor.click(card(thread), label=custom_id)
    stored.components.pop()
    return result


async def test_a_capacity_below_the_members_there_are_is_refused(world: World) -> None:
    thread = await propose(world)
    await world.bob.slash(thread, "project join")
    refused = await world.alice.slash(thread, "project edit", capacity=1)
    assert "has 2 members, so 1 is too few" in text(refused)
    await world.alice.slash(thread, "project edit", capacity=2)
    assert "2 of 2 members" in text(card(thread))


async def test_a_link_without_its_scheme_is_taken_as_https(world: World) -> None:
    thread = await propose(world)
    await world.alice.slash(thread, "project link", label="code", url="github.com/x/y")
    assert "https://github.com/x/y" in text(card(thread))
    refused = await world.alice.slash(thread, "project link", label="file", url="results.csv/a b")
    assert "Give a link to a web page" in text(refused) or "cannot be shown" in text(refused)


async def test_boards_kept_under_an_older_identifier_are_found_as_on_one_paper(
    world: World,
) -> None:
    """An earlier version kept a publisher's address as a plain link, now it is the DOI in it."""
    address = "https://dl.acm.org/doi/abs/10.1145/3292500.3330701"
    await propose(world, paper=address, title="Older")
    await propose(world, paper="arXiv:1412.6980", title="Apart")
    async with world.bot.store.transaction() as tx:
        (paper,) = list(await tx.paper_keys.of_sources("doi"))
        assert paper.key == "doi:10.1145/3292500.3330701"
        await tx.papers.describe(paper.id, world.clock.now(), url=address)
        await tx.paper_keys.change(paper, f"url:{address}")
        await tx.notes.forget("papers.reading")
    await propose(world, paper="10.1145/3292500.3330701", title="Newer")

    await world.crash()

    async with world.bot.store.read() as tx:
        assert await tx.paper_keys.of_sources("url") == []
        assert len(await tx.paper_keys.of_sources("doi")) == 1
        first, apart, second = [
            await tx.projects.get(world.guild.id, ProjectId(n)) for n in (1, 2, 3)
        ]
    assert first is not None
    assert second is not None
    assert apart is not None
    assert first.paper_id == second.paper_id != apart.paper_id
    told = await world.alice.slash(
        world.channel, "project propose", paper=f"{address}?download=true", title="Newest"
    )
    announced = [text(one) for one in world.channel.history()][-1]
    assert "Older" in announced + text(told)
    assert "Newer" in announced + text(told)
