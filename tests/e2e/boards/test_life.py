"""The life of projects: people, states, tasks that change hands, dates, links, silence."""

from __future__ import annotations

from datetime import timedelta

import discord
from simcord.builders import ChannelHandle

from data.boards.projects import ProjectId
from tests.world import World, text


async def board(
    world: World, channel: ChannelHandle | None = None, **options: object
) -> ChannelHandle:
    """As alice, propose a project that bob is in, too; returns the thread."""
    given = {"paper": "arXiv:2201.02177", "title": "Grokking", **options}
    await world.alice.slash(channel or world.channel, "project propose", **given)
    (thread,) = [one for place in world.guild.channels.values() for one in place.threads]
    await world.bob.slash(thread, "project join")
    return thread


def card(thread: ChannelHandle) -> str:
    return text(thread.pinned_messages()[0])


async def test_who_leaves_gives_tasks_back_and_a_free_place_is_offered(world: World) -> None:
    thread = await board(world, capacity=2)
    await world.bob.slash(thread, "task add", title="Train", owner=world.bob)
    refused = await world.cara.slash(thread, "project join")
    assert "is full" in text(refused)

    left = await world.bob.slash(thread, "project leave")

    assert "1 task of yours can be taken" in text(left)
    assert f"<@{world.bob.id}>" not in card(thread)
    assert "A place in **Grokking** is free" in text(thread.last_message)
    await world.restart()
    joined = await world.cara.click(thread.last_message, label="Join")
    assert "Welcome" in text(joined)


async def test_a_lead_hands_over_before_leaving(world: World) -> None:
    thread = await board(world)
    asked = await world.alice.slash(thread, "project leave")
    assert asked.ephemeral
    assert "Who leads it when you leave?" in text(asked)
    stays = await world.alice.click(asked.response, label="Stay")
    assert stays.acknowledged
    outsider = await world.alice.slash(thread, "project lead", person=world.cara)
    assert "only a member can lead" in text(outsider)
    stranger = await world.bob.slash(thread, "project lead", person=world.bob)
    assert "Only the lead" in text(stranger)

    handed = await world.alice.slash(thread, "project lead", person=world.bob)

    assert f"<@{world.bob.id}> leads" in text(handed)
    assert f"Lead <@{world.bob.id}>" in card(thread)
    left = await world.alice.slash(thread, "project leave")
    assert "You left" in text(left)


async def test_the_last_one_leaves_and_another_takes_the_lead(world: World) -> None:
    thread = await board(world)
    await world.bob.slash(thread, "project leave")
    await world.alice.slash(thread, "project leave")
    assert "No lead" in card(thread)
    await world.cara.slash(thread, "project join")
    taken = await world.cara.slash(thread, "project lead", person=world.cara)
    assert "leads **Grokking** now" in text(taken)


async def test_an_invitation_reaches_the_thread_and_joins(world: World) -> None:
    thread = await board(world)
    invited = await world.bob.slash(
        world.channel, "project invite", person=world.cara, project="Grokking"
    )
    assert "is invited" in text(invited)
    asked = thread.last_message
    assert f"<@{world.cara.id}>" in text(asked)
    assert "Welcome" in text(await world.cara.click(asked, label="Join"))
    again = await world.bob.slash(thread, "project invite", person=world.cara)
    assert "is in “Grokking” already" in text(again)


async def test_only_the_lead_and_organisers_say_how_far_it_is(world: World) -> None:
    thread = await board(world)
    refused = await world.bob.slash(thread, "project status", state="active")
    assert refused.ephemeral
    assert "Only the lead" in text(refused)
    assert "is **active**" in text(
        await world.alice.slash(thread, "project status", state="active")
    )
    assert "-# active" in card(thread)
    organised = await world.organiser.slash(thread, "project status", state="writing")
    assert "is **writing**" in text(organised)


async def test_the_forums_tag_follows_the_state_and_peoples_own_tags_stay(world: World) -> None:
    forum = world.guild.create_forum_channel("replications")
    stored = world.env.backend.get_channel(forum.id)
    names = ["Proposed", "active", "vision"]
    stored.available_tags = [
        {"id": str(900 + index), "name": name, "moderated": False, "emoji_id": None,
         "emoji_name": None}
        for index, name in enumerate(names)
    ]  # fmt: skip
    let_manage(world, forum)
    await world.organiser.slash(world.channel, "cohort setup", boards=forum)
    await world.restart()

    thread = await board(world)
    post = world.env.backend.get_channel(thread.id)
    assert [int(tag) for tag in post.applied_tags] == [900]
    post.applied_tags = [900, 902]
    await world.restart()
    await world.alice.slash(thread, "project status", state="active")

    assert sorted(int(tag) for tag in post.applied_tags) == [901, 902]
    await world.alice.slash(thread, "project status", state="done")
    assert len(world.env.backend.get_channel(forum.id).available_tags) == 4
    assert len(post.applied_tags) == 2


async def test_an_update_is_logged_shown_and_a_sign_of_life(world: World) -> None:
    thread = await board(world)
    await world.forward(timedelta(days=10))
    told = await world.bob.slash(thread, "project update", text="3 of 5 seeds\nhave *run*")
    assert "3 of 5 seeds" in text(told)
    assert "3 of 5 seeds have" in card(thread)
    before = len(thread.history())
    await world.forward(timedelta(days=13))
    assert len(thread.history()) == before


async def test_a_silent_board_asks_its_lead_and_a_week_later_the_organisers_and_never_again(
    world: World,
) -> None:
    thread = await board(world)
    organisers = world.guild.roles["Organisers"]
    world.env.backend.edit_role(world.guild.id, organisers.id, {"mentionable": True})
    await world.organiser.slash(world.channel, "cohort setup", organisers=organisers)
    before = len(thread.history())
    await world.forward(timedelta(days=14))
    await world.restart()
    (first,) = thread.history()[before:]
    assert "Nothing has happened here for 14 days" in text(first)
    assert f"<@{world.alice.id}>" in text(first)
    assert f"<@{world.bob.id}>" not in text(first)

    await world.forward(timedelta(days=7))
    second = thread.history()[-1]
    assert len(thread.history()) == before + 2
    assert "for 21 days" in text(second)
    assert f"<@&{organisers.id}>" in text(second)
    assert second.mentions == []
    await world.forward(timedelta(days=60))
    assert len(thread.history()) == before + 2

    shown = await world.bob.click(second, label="Write an update")
    await world.bob.submit_modal(shown, {"text": "Waiting for a GPU"})
    assert "Waiting for a GPU" in card(thread)
    refused = await world.bob.click(first, label="Pause it")
    assert "Only the lead" in text(refused)
    paused = await world.alice.click(first, label="Pause it")
    assert "is **paused**" in text(paused)
    count = len(thread.history())
    await world.forward(timedelta(days=60))
    assert len(thread.history()) == count


async def test_a_take_is_undone(world: World) -> None:
    thread = await board(world)
    await world.alice.slash(thread, "task add", title="Train")
    taken = await world.bob.click(thread.pinned_messages()[0], label="Take it")
    await world.restart()
    undone = await world.bob.click(taken.response, label="Undo")
    assert "is to do" in text(undone) or undone.acknowledged
    assert "⬜ **Train**" in card(thread)
    async with world.bot.store.read() as tx:
        (task,) = await tx.tasks.of_project(world.guild.id, ProjectId(1))
    assert task.owners == ()


async def test_an_undo_after_somebody_moved_the_task_is_refused(world: World) -> None:
    thread = await board(world)
    await world.alice.slash(thread, "task add", title="Train", owner=world.bob)
    done = await world.bob.click(thread.pinned_messages()[0], label="Done")
    await world.alice.slash(thread, "task move", task="Train", state="review")
    refused = await world.bob.click(done.response, label="Undo")
    assert "was moved since" in text(refused)


async def test_a_blocked_task_says_what_is_in_the_way(world: World) -> None:
    thread = await board(world)
    await world.alice.slash(thread, "task add", title="Train")
    moved = await world.bob.slash(
        thread, "task move", task="Train", state="blocked", obstacle="No GPU until Monday"
    )
    assert "is blocked: No GPU until Monday" in text(moved)
    listed = await world.cara.slash(thread, "task list", state="blocked")
    assert "In the way: No GPU until Monday" in text(listed)
    wrong = await world.bob.slash(thread, "task move", task="Train", state="doing", obstacle="hm")
    assert "Only a blocked task" in text(wrong)
    await world.bob.slash(thread, "task move", task="Train", state="doing")
    assert "No GPU" not in text(await world.cara.slash(thread, "task list"))


async def test_a_task_is_edited_given_and_taken_away(world: World) -> None:
    thread = await board(world)
    await world.alice.slash(thread, "task add", title="Train", due="in 3 days")
    edited = await world.bob.slash(
        thread, "task edit", task="Train", title="Train mod 97", due="in 10 days",
        notes="3 seeds",
    )  # fmt: skip
    assert "Train mod 97" in text(edited)
    before = len(thread.history())
    await world.forward(timedelta(days=2, hours=13))
    assert len(thread.history()) == before
    await world.bob.slash(thread, "task edit", task="Train mod 97", due="none")
    await world.forward(timedelta(days=9))
    assert not [one for one in thread.history()[before:] if "Train mod 97** is due" in text(one)]

    given = await world.alice.slash(thread, "task assign", task="Train mod 97", person=world.bob)
    assert f"<@{world.bob.id}> has" in text(given)
    both = await world.alice.slash(thread, "task assign", task="Train mod 97", person=world.alice)
    owners = text(both).partition("owners: ")[2]
    assert f"<@{world.bob.id}>" in owners
    assert f"<@{world.alice.id}>" in owners
    removed = await world.alice.slash(
        thread, "task assign", task="Train mod 97", person=world.bob, remove=True
    )
    assert "no longer has" in text(removed)
    outsider = await world.alice.slash(
        thread, "task assign", task="Train mod 97", person=world.cara
    )
    assert "only members can have its tasks" in text(outsider)


async def test_a_deadline_moves_with_its_reminders_and_is_closed(world: World) -> None:
    thread = await board(world)
    await world.alice.slash(thread, "deadline add", title="ICML", due="in 10 days")
    offered = await world.bob.autocomplete(thread, "deadline move", "deadline", "ic", due="x")
    assert [choice["name"] for choice in offered] == ["ICML"]
    moved = await world.bob.slash(
        thread, "deadline move", deadline="icml", due="in 12 days", reason="Extended"
    )
    assert "Why: Extended" in text(moved)
    before = len(thread.history())
    await world.forward(timedelta(days=4))
    assert len(thread.history()) == before
    await world.forward(timedelta(days=2))
    assert "ICML" in text(thread.history()[-1])

    closed = await world.bob.slash(thread, "deadline done", deadline="ICML")
    assert "done" in text(closed)
    await world.forward(timedelta(days=5))
    assert len(thread.history()) == before + 2
    listed = await world.cara.slash(thread, "deadline list")
    assert f"done by <@{world.bob.id}>" in text(listed)
    again = await world.bob.slash(thread, "deadline done", deadline="ICML", dropped=True)
    assert "done already" in text(again)


async def test_links_stand_on_the_board(world: World) -> None:
    thread = await board(world)
    for url in (
        "ftp://x.org",
        "javascript:alert(1)",
        "https://",
        "https://a:b@x.org",
        "https://x.org/)(",
    ):
        refused = await world.bob.slash(thread, "project link", label="code", url=url)
        assert refused.ephemeral, url
    await world.bob.slash(
        thread, "project link", label="code", url="https://github.com/openai/grok"
    )
    assert "[code](https://github.com/openai/grok)" in card(thread)
    removed = await world.alice.slash(thread, "project unlink", link="CODE")
    assert "It led to <https://github.com/openai/grok>" in text(removed)
    assert "github" not in card(thread)


async def test_an_archived_project_rests_until_it_is_reopened(world: World) -> None:
    thread = await board(world, where_threads_can_be_managed(world))
    await world.alice.slash(thread, "deadline add", title="ICML", due="in 10 days")
    refused = await world.bob.slash(thread, "project archive")
    assert "Only the lead" in text(refused)
    asked = await world.alice.slash(thread, "project archive")
    kept = await world.alice.click(asked.response, label="Keep it")
    assert kept.acknowledged
    asked = await world.alice.slash(thread, "project archive")
    await world.alice.click(asked.response, label="Archive")

    assert world.env.backend.get_channel(thread.id).thread_metadata.archived
    assert "-# archived" in card(thread)
    count = len(thread.history())
    await world.forward(timedelta(days=40))
    assert len(thread.history()) == count
    late = await world.bob.slash(thread, "task add", title="Train")
    assert "/project reopen" in text(late)

    await world.restart()
    offered = await world.alice.autocomplete(world.channel, "project reopen", "project", "")
    assert [choice["name"] for choice in offered] == ["Grokking"]
    reopened = await world.alice.slash(world.channel, "project reopen", project="Grokking")
    assert "reopened" in text(reopened)
    assert not world.env.backend.get_channel(thread.id).thread_metadata.archived
    assert "-# proposed" in card(thread)


async def test_projects_are_found_by_state_skill_and_paper(world: World) -> None:
    await board(world, skills="PyTorch, writing")
    await world.cara.slash(
        world.channel, "project propose", paper="Attention Is All You Need", title="Transformers"
    )
    every = text(await world.bob.slash(world.channel, "project list"))
    assert "Grokking" in every
    assert "Transformers" in every
    for options in (
        {"skill": "pytorch"},
        {"paper": "https://arxiv.org/abs/2201.02177v1"},
    ):
        found = text(await world.bob.slash(world.channel, "project list", **options))
        assert "Grokking" in found
        assert "Transformers" not in found
    by_title = text(await world.bob.slash(world.channel, "project list", paper="attention"))
    assert "Transformers" in by_title
    none = text(await world.bob.slash(world.channel, "project list", state="done"))
    assert "None like that" in none


async def test_nobody_of_another_server_can_touch_a_project(world: World) -> None:
    await board(world)
    elsewhere = world.env.create_guild("Elsewhere")
    channel = elsewhere.create_text_channel("general")
    boss = elsewhere.create_role("Boss", permissions=discord.Permissions(manage_guild=True))
    eve = world.join("eve", boss, guild=elsewhere)
    for name, options in (
        ("project status", {"state": "done"}),
        ("project update", {"text": "x"}),
        ("project leave", {}),
        ("project archive", {}),
        ("task add", {"title": "x"}),
        ("task list", {}),
        ("claim list", {}),
        ("project link", {"label": "x", "url": "https://x.org"}),
        ("deadline add", {"title": "x", "due": "in 2 days"}),
    ):
        refused = await eve.slash(channel, name, project="#1", **options)
        assert "no project called" in text(refused), name
    assert "None like that" in text(await eve.slash(channel, "project list"))


def where_threads_can_be_managed(world: World) -> ChannelHandle:
    """Return a channel where SimCord lets the bot do what Manage Threads allows at Discord."""
    assert world.bot.user is not None
    return world.guild.create_text_channel(
        "managed",
        overwrites={world.bot.user: discord.PermissionOverwrite(manage_channels=True)},
    )


def let_manage(world: World, channel: ChannelHandle) -> None:
    """Give the bot Manage Channels in a channel that is there already."""
    from simcord.backend.models import Overwrite
    from simcord.enums import OverwriteType

    assert world.bot.user is not None
    allow = discord.Permissions(manage_channels=True).value
    world.env.backend.get_channel(channel.id).overwrites.append(
        Overwrite(target_id=world.bot.user.id, type=OverwriteType.MEMBER, allow=allow, deny=0)
    )


async def test_the_menu_shows_a_task_and_moves_it_also_after_a_restart(world: World) -> None:
    thread = await board(world)
    await world.alice.slash(thread, "task add", title="Train", notes="3 seeds")
    await world.restart()
    shown = await world.bob.select(thread.pinned_messages()[0], ["1"])
    assert shown.ephemeral
    assert "> 3 seeds" in text(shown)
    assert f"<@{world.alice.id}>: added" in text(shown)
    await world.restart()
    await world.bob.click(shown.response, label="In review")
    assert "🔎 **Train**" in card(thread)
    outsider = await world.cara.select(thread.pinned_messages()[0], ["1"])
    refused = await world.cara.click(outsider.response, label="Done")
    assert "Press Join" in text(refused)


async def test_blocking_a_task_by_its_menu_asks_what_is_in_the_way(world: World) -> None:
    thread = await board(world)
    await world.alice.slash(thread, "task add", title="Train")
    shown = await world.bob.select(thread.pinned_messages()[0], ["1"])
    form = await world.bob.click(shown.response, label="Blocked")
    await world.restart()
    told = await world.bob.submit_modal(form, {"obstacle": "No GPU until Monday"})
    assert told.ephemeral
    assert "is blocked: No GPU until Monday" in text(told)
    asked = thread.last_message
    assert "Who can help" in text(asked)
    helped = await world.alice.click(asked, label="I can help")
    assert "Thank you" in text(helped)
    together = thread.last_message
    assert {user.id for user in together.mentions} == {world.alice.id, world.bob.id}
    own = await world.bob.click(asked, label="I can help")
    assert "your own" in text(own)
    assert "⛔ **Train**" in card(thread)


async def test_a_deadline_that_passed_is_moved_by_its_button(world: World) -> None:
    thread = await board(world)
    await world.alice.slash(thread, "deadline add", title="ICML", due="in 3 days")
    await world.forward(timedelta(days=4))
    passed = thread.last_message
    assert "Is it done?" in text(passed)
    assert [user.id for user in passed.mentions] == [world.alice.id]
    form = await world.bob.click(passed, label="Move it")
    moved = await world.bob.submit_modal(form, {"due": "in 5 days", "reason": "Extended"})
    assert "Why: Extended" in text(moved)
    before = len(thread.history())
    await world.forward(timedelta(days=6))
    assert [one for one in thread.history()[before:] if "ICML** was due" in text(one)]


async def test_an_overdue_task_asks_its_owner_daily_and_then_the_lead(world: World) -> None:
    thread = await board(world)
    await world.alice.slash(thread, "task add", title="Train", owner=world.bob, due="in 3 days")
    await world.forward(timedelta(days=4))
    before = len(thread.history())
    await world.restart()
    await world.forward(timedelta(days=9))

    asked = thread.history()[before:]
    assert len(asked) == 3
    bob, alice = f"<@{world.bob.id}>", f"<@{world.alice.id}>"
    assert [text(one).split()[0] for one in asked] == [bob, bob, alice]
    form = await world.bob.click(asked[-1], label="Blocked")
    await world.bob.submit_modal(form, {"obstacle": "No GPU"})
    assert "⛔ **Train**" in card(thread)


async def test_where_the_lead_wants_to_be_asked_joining_is_asked_and_answered(
    world: World,
) -> None:
    thread = await board(world, joining="asked")
    assert f"<@{world.bob.id}>" not in card(thread)
    form = await world.bob.click(thread.pinned_messages()[0], label="Join")
    await world.restart()
    asked = await world.bob.submit_modal(form, {"note": "I know PyTorch"})
    assert "You are told" in text(asked)
    request = thread.last_message
    assert f"<@{world.alice.id}>, <@{world.bob.id}> asks to join" in text(request)
    assert "I know PyTorch" in text(request)
    stranger = await world.cara.click(request, label="Let them in")
    assert "Only the lead" in text(stranger)

    await world.restart()
    await world.alice.click(request, label="Let them in")

    assert f"<@{world.bob.id}>" in card(thread)
    assert "let" in text(next(one for one in thread.history() if one.id == request.id))


async def test_a_refusal_carries_its_reason_to_that_person_alone(world: World) -> None:
    thread = await board(world, joining="asked")
    form = await world.cara.slash(world.channel, "project join", project="Grokking")
    await world.cara.submit_modal(form, {"note": "Please"})
    request = thread.last_message
    twice = await world.cara.click(thread.pinned_messages()[0], label="Join")
    waiting = await world.cara.submit_modal(twice, {"note": "Please!"})
    assert "has still to answer" in text(waiting)
    reason = await world.alice.click(request, label="Refuse …")
    await world.alice.submit_modal(reason, {"reason": "We need somebody with JAX"})

    assert "JAX" not in "".join(text(one) for one in thread.history())
    told = world.cara.user.dm_channel.last_message
    assert "We need somebody with JAX" in text(told)
    once_more = await world.cara.click(thread.pinned_messages()[0], label="Join")
    assert "Refused before: We need somebody with JAX" in str(once_more.modal)


async def test_whom_the_lead_invites_joins_at_once(world: World) -> None:
    thread = await board(world, joining="asked")
    await world.alice.slash(thread, "project invite", person=world.bob)
    joined = await world.bob.click(thread.last_message, label="Join")
    assert "Welcome" in text(joined)


async def test_the_lead_edits_what_the_project_says(world: World) -> None:
    thread = await board(world)
    refused = await world.bob.slash(thread, "project edit", capacity=9)
    assert "Only the lead" in text(refused)
    nothing = await world.alice.slash(thread, "project edit")
    assert "Say what to change: `title:`" in text(nothing)
    await world.alice.slash(
        thread, "project edit", summary="S5 too", skills="JAX", capacity=9, joining="asked"
    )
    assert "S5 too" in card(thread)
    assert "2 of 9 members" in card(thread)
    assert "Wanted: JAX" in card(thread)
    form = await world.cara.click(thread.pinned_messages()[0], label="Join")
    assert form.modal is not None
