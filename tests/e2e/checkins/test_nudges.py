"""Nudges: who is reminded, how, and when not."""

from __future__ import annotations

from datetime import timedelta

from data.server.groups import GroupId
from tests.e2e.checkins.test_commitments import direct
from tests.e2e.checkins.test_rounds import DUE, post, rounds, shown
from tests.world import Person, World, text

HOUR = timedelta(hours=1)


def nudges(world: World, who: Person) -> list[str]:
    return [said for said in direct(world, who) if "is due" in said]


async def test_only_who_has_not_posted_is_reminded_a_day_and_three_hours_before(
    world: World,
) -> None:
    await rounds(world)
    await world.bob.slash(world.channel, "group pause", until="in 20 days")
    await world.forward(DUE - 25 * HOUR)
    assert not nudges(world, world.alice)
    await world.forward(DUE - 24 * HOUR)
    assert len(nudges(world, world.alice)) == 1
    assert len(nudges(world, world.organiser)) == 1
    await post(world, world.alice)
    await world.restart()
    await world.forward(DUE)
    assert len(nudges(world, world.alice)) == 1
    assert len(nudges(world, world.organiser)) == 2
    assert not nudges(world, world.bob)


async def test_quiet_hours_move_a_nudge_to_their_end_and_drop_it_past_the_due_time(
    world: World,
) -> None:
    await rounds(world)
    answer = await world.alice.slash(
        world.channel, "profile notify", quiet_from="17:00", quiet_until="9:00"
    )
    assert "17:00 to 09:00" in text(answer)
    await world.bob.slash(world.channel, "profile notify", quiet_from="14:00", quiet_until="20:00")
    await world.forward(DUE - 24 * HOUR)
    assert not nudges(world, world.alice)
    await world.forward(DUE - 9 * HOUR - timedelta(minutes=1))
    assert not nudges(world, world.alice)
    await world.forward(DUE - 9 * HOUR)
    assert len(nudges(world, world.alice)) == 1
    await world.forward(DUE)
    assert len(nudges(world, world.alice)) == 2
    assert len(nudges(world, world.bob)) == 1


async def test_a_night_in_a_zone_of_ones_own_is_quiet_where_nothing_was_said(world: World) -> None:
    await rounds(world)
    form = await world.alice.slash(world.channel, "profile set")
    await world.alice.submit_modal(form, {"timezone": "Asia/Kolkata"})
    form = await world.bob.slash(world.channel, "profile set")
    await world.bob.submit_modal(form, {"timezone": "Pacific/Auckland"})
    await world.forward(DUE - 24 * HOUR)  # 18:00 in London, 23:30 in Kolkata, 07:00 in Auckland
    assert len(nudges(world, world.organiser)) == 1
    assert not nudges(world, world.alice)
    assert not nudges(world, world.bob)
    await world.forward(DUE - 14 * HOUR)
    assert len(nudges(world, world.alice)) == 1, "at 9:00 in Kolkata"
    assert len(nudges(world, world.bob)) == 1
    await world.forward(DUE)
    assert len(nudges(world, world.alice)) == 2, "at 20:30"
    assert len(nudges(world, world.bob)) == 1, "at 4:00 it would have been, and too late at 9:00"


async def test_who_wants_none_gets_none_and_who_wants_the_thread_is_mentioned_there(
    world: World,
) -> None:
    await rounds(world)
    await world.alice.slash(world.channel, "profile notify", how="none")
    await world.bob.slash(world.channel, "profile notify", how="thread")
    await world.forward(DUE - timedelta(minutes=1))
    assert not nudges(world, world.alice)
    assert not nudges(world, world.bob)
    prompt = shown(world, "Who has?")
    sent = [
        request
        for request in world.env.http_requests
        if request.method == "POST" and request.path.endswith(f"/channels/{prompt.id}/messages")
    ]
    assert len(sent) == 2
    for request in sent:
        assert request.json["allowed_mentions"]["users"] == [world.bob.id]


async def test_closed_direct_messages_fall_back_to_a_mention(world: World) -> None:
    await rounds(world)
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    await world.forward(DUE - 23 * HOUR)
    assert shown(world, f"<@{world.alice.id}> ⏰")


async def test_nudges_that_were_missed_together_are_one_and_none_comes_after_the_close(
    world: World,
) -> None:
    await rounds(world)
    await world.forward(DUE - 30 * HOUR)
    world.clock.move_to(DUE - HOUR)
    await world.restart()
    await world.forward(timedelta(seconds=1))
    assert len(nudges(world, world.alice)) == 1

    await world.forward(timedelta(days=3))
    world.clock.move_to(DUE + timedelta(days=8))
    await world.restart()
    await world.forward(timedelta(seconds=1))
    assert len(nudges(world, world.alice)) == 1


async def test_a_large_group_is_mentioned_in_its_thread_fifty_at_a_time(world: World) -> None:
    await rounds(world)
    group_id = GroupId(1)
    async with world.bot.store.transaction() as tx:
        for number in range(120):
            await tx.groups.add_member(group_id, 10**17 + number, world.clock.now())
    await world.forward(DUE - 23 * HOUR)
    prompt = shown(world, "Who has?")
    sent = [
        request.json
        for request in world.env.http_requests
        if request.method == "POST" and request.path.endswith(f"/channels/{prompt.id}/messages")
    ]
    assert [len(json["allowed_mentions"]["users"]) for json in sent] == [50, 50, 23]
    assert all(len(json["content"]) <= 2000 for json in sent)
    assert not nudges(world, world.alice)


async def test_who_left_the_server_is_noticed_and_neither_nudged_nor_missed(world: World) -> None:
    await rounds(world)
    world.env.backend.remove_member(world.guild.id, world.bob.id)
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    await world.forward(DUE - 23 * HOUR)
    assert not [m for m in world.channel.history() if f"<@{world.bob.id}> ⏰" in text(m)]
    assert shown(world, f"<@{world.alice.id}> ⏰")
    await world.forward(DUE)
    assert f"<@{world.bob.id}>" not in text(shown(world, "We missed"))
