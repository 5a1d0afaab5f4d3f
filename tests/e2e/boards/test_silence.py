"""Silent boards: the lead is asked, then the organisers, and after that nobody."""

from __future__ import annotations

from datetime import timedelta

from simcord.builders import ChannelHandle

from tests.world import World, text

DAY = timedelta(days=1)


async def board(world: World) -> ChannelHandle:
    await world.alice.slash(
        world.channel, "project propose", paper="arXiv:2201.02177", title="Grokking"
    )
    (thread,) = world.channel.threads
    await world.bob.slash(thread, "project join")
    return thread


def card(thread: ChannelHandle) -> str:
    return text(thread.pinned_messages()[0])


async def test_after_the_lead_the_organisers_are_asked_and_then_nobody(world: World) -> None:
    role = world.guild.create_role("Guides")
    world.env.backend.edit_role(world.guild.id, role.id, {"mentionable": True})
    await world.organiser.slash(world.channel, "cohort setup", organisers=role)
    thread = await board(world)
    await world.forward(14 * DAY)
    first = thread.last_message
    assert f"<@{world.alice.id}>" in text(first)
    assert "Nothing has happened here for 14 days" in text(first)
    await world.restart()
    await world.forward(7 * DAY)
    second = thread.last_message
    assert f"<@&{role.id}>" in text(second)
    assert "for 21 days, and its lead has not answered" in text(second)
    before = len(thread.history())
    await world.forward(90 * DAY)
    assert len(thread.history()) == before

    refused = await world.bob.click(second, label="Pause it")
    assert "Only the lead" in text(refused)
    await world.organiser.click(second, label="Pause it")
    assert "paused" in card(thread)
    await world.alice.slash(thread, "project status", state="active")
    before = len(thread.history())
    await world.forward(13 * DAY)
    assert len(thread.history()) == before
    await world.forward(2 * DAY)
    assert "for 14 days" in text(thread.last_message)


async def test_organisers_whose_role_cannot_be_pinged_are_named(world: World) -> None:
    role = world.guild.create_role("Guides")
    await world.organiser.slash(world.channel, "cohort setup", organisers=role)
    await world.group()
    gina = world.join("gina", role)
    away = world.guild.create_text_channel("away")
    await gina.slash(away, "group create", name="Another", focus="a paper")
    thread = await board(world)
    await world.forward(21 * DAY)
    asked = text(thread.last_message)
    assert f"<@{gina.id}>" in asked
    assert f"<@{world.organiser.id}>" in asked
    assert "<@&" not in asked
    (sent,) = [
        one.json
        for one in world.env.http_requests
        if one.method == "POST" and "has not answered" in str(one.json)
    ]
    assert set(map(int, sent["allowed_mentions"]["users"])) == {gina.id, world.organiser.id}


async def test_where_no_organiser_is_known_the_owner_is_named(world: World) -> None:
    thread = await board(world)
    await world.forward(21 * DAY)
    assert f"<@{world.guild.owner.id}>" in text(thread.last_message)


async def test_an_update_between_the_two_questions_spares_the_organisers(world: World) -> None:
    thread = await board(world)
    await world.forward(14 * DAY)
    form = await world.alice.click(thread.last_message, label="Write an update")
    await world.alice.submit_modal(form, {"text": "It runs"})
    before = len(thread.history())
    await world.forward(13 * DAY)
    assert len(thread.history()) == before
    await world.forward(2 * DAY)
    assert "for 14 days" in text(thread.last_message)


async def test_a_crash_between_the_two_questions_asks_each_once(world: World) -> None:
    thread = await board(world)
    await world.forward(14 * DAY)
    await world.crash(away=8 * DAY)
    asked = [text(one) for one in thread.history() if "Nothing has happened" in text(one)]
    assert len(asked) == 2
    assert "comes late" in asked[-1]


async def test_the_lead_changes_after_how_long_it_is_asked_or_never(world: World) -> None:
    thread = await board(world)
    more = await world.bob.click(thread.pinned_messages()[0], label="⋯")
    assert "Settings" not in text(more)
    more = await world.alice.click(thread.pinned_messages()[0], label="⋯")
    form = await world.alice.click(more.response, label="Settings …")
    wrong = await world.alice.submit_modal(form, {"days": "3"})
    assert "7 to 90" in text(wrong)
    form = await world.alice.click(more.response, label="Settings …")
    await world.restart()
    saved = await world.alice.submit_modal(form, {"days": "30", "wanted": ["writer", "engineer"]})
    assert "after 30 silent days" in text(saved)
    assert "Wanted: engineer, writer" in card(thread)
    before = len(thread.history())
    await world.forward(29 * DAY)
    assert len(thread.history()) == before
    await world.forward(2 * DAY)
    assert "for 30 days" in text(thread.last_message)

    form = await world.alice.click(more.response, label="Settings …")
    await world.alice.submit_modal(form, {"days": "off", "wanted": []})
    before = len(thread.history())
    await world.forward(200 * DAY)
    assert len(thread.history()) == before
