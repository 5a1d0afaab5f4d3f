"""Pods: proposed, changed by hand, made, kept whole, and dissolved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import pytest
from simcord.results import InteractionResult

from bot.base.errors import NotFound
from data.people.pods import Pod
from data.server.groups import GroupId
from tests.e2e.checkins.test_commitments import direct
from tests.e2e.checkins.test_rounds import DUE, post, rounds
from tests.e2e.people.test_profiles import person
from tests.world import Person, World, text

GROUP = GroupId(1)
WEEK = timedelta(days=7)


async def crowd(world: World, count: int) -> list[Person]:
    """Make a group of alice, bob, the organiser and so many others."""
    await world.group()
    others = [world.join(f"member{number}") for number in range(count)]
    for one in others:
        await one.slash(world.channel, "group join")
    return others


async def pods(world: World) -> list[Pod]:
    async with world.bot.store.read() as tx:
        return await tx.pods.open_in(GROUP)


async def proposed(world: World) -> list[Pod]:
    async with world.bot.store.read() as tx:
        return await tx.pods.proposed(GROUP)


async def due(world: World) -> None:
    await world.bot.deadlines.run_due()
    await world.env.settle()


async def made(world: World, size: int = 3) -> InteractionResult:
    shown = await world.organiser.slash(world.channel, "pod form", size=size)
    assert shown.response is not None, text(shown)
    result = await world.organiser.click(shown.response, label="Make these pods")
    await due(world)
    return result


def posted(world: World, where: int) -> list[Any]:
    return [
        request.json
        for request in world.env.http_requests
        if request.method == "POST" and request.path.endswith(f"/channels/{where}/messages")
    ]


def cards(world: World) -> list[discord.Message]:
    """Return the pods' cards by their numbers; they are posted side by side, in any order."""
    found = [one for one in world.channel.history() if "🫛" in text(one)]
    return sorted(found, key=lambda one: text(one)[text(one).index("🫛") :])


async def test_a_proposal_is_looked_at_first_and_then_made_with_a_thread_each(
    world: World,
) -> None:
    await crowd(world, 3)
    shown = await world.organiser.slash(world.channel, "pod form", size=3)
    assert shown.ephemeral
    assert "2 pods for 6 people" in text(shown)
    assert "Nothing happens before you make them" in text(shown)
    assert await pods(world) == []
    assert cards(world) == []

    await world.restart()
    assert shown.response is not None
    result = await world.organiser.click(shown.response, label="Make these pods")
    assert "Made 2 pods" in text(result)
    await due(world)
    found = await pods(world)
    everybody = sorted(user_id for pod in found for user_id in pod.members)
    assert len(everybody) == 6
    assert len(set(everybody)) == 6
    assert [len(pod.members) for pod in found] == [3, 3]
    for card, pod in zip(cards(world), found, strict=True):
        hellos = posted(world, card.id)
        assert len(hellos) == 1
        assert sorted(map(int, hellos[0]["allowed_mentions"]["users"])) == sorted(pod.members)
    await due(world)
    await world.restart()
    await due(world)
    assert len(cards(world)) == 2


async def test_only_organisers_form_change_and_dissolve(world: World) -> None:
    await crowd(world, 1)
    await made(world, 2)
    for command, options in (
        ("pod form", {}),
        ("pod swap", {"person": world.alice, "other": world.bob}),
        ("pod dissolve", {}),
    ):
        refused = await world.alice.slash(world.channel, command, **options)
        assert "Only organisers" in text(refused)


async def test_a_button_of_another_servers_proposal_does_nothing_here(world: World) -> None:
    await world.group()
    async with world.bot.store.transaction() as tx:
        elsewhere = await tx.groups.create(
            guild_id=999,
            channel_id=998,
            name="Elsewhere",
            focus="x",
            timezone=None,
            created_by=1,
            now=world.clock.now(),
        )
        await tx.pods.propose(
            [[1, 2]],
            guild_id=999,
            group_id=elsewhere.id,
            size=2,
            formed_by=1,
            now=world.clock.now(),
        )
    # Here and not above: each bot loads the feature again, and knows services by their class.
    from cogs.people.pods.service import PodService

    with pytest.raises(NotFound):
        await world.bot.service(PodService).group(world.guild.id, elsewhere.id)


async def test_the_proposal_says_what_people_share_and_uses_it(world: World) -> None:
    others = await crowd(world, 1)
    early = (world.alice, others[0])
    late = (world.bob, world.organiser)
    for who in early:
        await person(world, who, free="weekday mornings", interests="evals")
    for who in late:
        await person(world, who, free="weekday evenings", interests="rlhf")
    shown = text(await world.organiser.slash(world.channel, "pod form", size=2))
    assert "20 hours a week that suit both; evals; level 2" in shown
    assert "25 hours a week that suit both; rlhf; level 2" in shown
    assert {frozenset(pod.members) for pod in await proposed(world)} == {
        frozenset(one.id for one in early),
        frozenset(one.id for one in late),
    }


async def test_whom_to_keep_together_and_apart_is_respected_and_remembered(world: World) -> None:
    others = await crowd(world, 3)
    together = f"<@{world.alice.id}> <@{others[0].id}>"
    apart = f"<@{world.alice.id}> <@{world.bob.id}>, <@{world.bob.id}> <@{others[1].id}>"
    shown = await world.organiser.slash(
        world.channel, "pod form", size=3, together=together, apart=apart
    )
    for _ in range(4):
        circles = [set(pod.members) for pod in await proposed(world)]
        assert any({world.alice.id, others[0].id} <= one for one in circles)
        assert not any({world.alice.id, world.bob.id} <= one for one in circles)
        assert not any({world.bob.id, others[1].id} <= one for one in circles)
        assert shown.response is not None
        await world.organiser.click(shown.response, label="Mix again")
    (bobs,) = [pod for pod in await proposed(world) if world.bob.id in pod.members]
    stranger = next(one for one in bobs.members if one != world.bob.id)
    refused = await world.organiser.slash(
        world.channel,
        "pod swap",
        person=world.alice,
        other=next(one for one in (*others, world.organiser) if one.id == stranger),
    )
    assert "kept apart" in text(refused)
    wrong = await world.organiser.slash(
        world.channel, "pod form", together=f"<@{world.cara.id}> <@{world.bob.id}>"
    )
    assert "is not in this group" in text(wrong)


async def test_two_people_swap_in_the_proposal_and_in_the_pods(world: World) -> None:
    await crowd(world, 1)
    shown = await world.organiser.slash(world.channel, "pod form", size=2)
    assert shown.response is not None
    one, other = await proposed(world)
    by_id = {who.id: who for who in (world.alice, world.bob, world.organiser)}
    a = next(by_id[user_id] for user_id in one.members if user_id in by_id)
    b = next(by_id[user_id] for user_id in other.members if user_id in by_id)
    form = await world.organiser.click(shown.response, label="Swap two people")
    await world.organiser.submit_modal(form, {"one": [a], "other": [b]})
    first, second = await proposed(world)
    assert b.id in first.members
    assert a.id in second.members

    await world.organiser.click(shown.response, label="Make these pods")
    await due(world)
    answer = await world.organiser.slash(world.channel, "pod swap", person=a, other=b)
    assert "changed places." in text(answer)
    await due(world)
    first, second = await pods(world)
    assert a.id in first.members
    assert b.id in second.members
    for card, pod, newcomer in zip(cards(world), (first, second), (a, b), strict=True):
        assert all(f"<@{user_id}>" in text(card) for user_id in pod.members)
        assert posted(world, card.id)[-1]["allowed_mentions"]["users"] == [newcomer.id]
    same = await world.organiser.slash(world.channel, "pod swap", person=a, other=a)
    assert "same pod" in text(same)


async def test_who_joins_late_is_placed_and_who_leaves_is_taken_out(world: World) -> None:
    others = await crowd(world, 1)
    await made(world, 2)
    assert [len(pod.members) for pod in await pods(world)] == [2, 2]
    await world.cara.slash(world.channel, "group join")
    await due(world)
    found = await pods(world)
    (home,) = [pod for pod in found if world.cara.id in pod.members]
    assert len(home.members) == 3
    card = next(one for one in cards(world) if home.name in text(one))
    assert f"<@{world.cara.id}>" in text(card)
    assert any(
        f"<@{world.cara.id}> is in this pod now" in one["content"] for one in posted(world, card.id)
    )

    (other,) = [pod for pod in found if world.cara.id not in pod.members]
    by_id = {who.id: who for who in (*others, world.alice, world.bob, world.organiser)}
    leaver, left = (by_id[user_id] for user_id in other.members)
    await leaver.slash(world.channel, "group leave")
    await due(world)
    (whole,) = await pods(world)
    assert left.id not in whole.members, "three of two are as many as a pod holds"
    shown = await world.organiser.slash(world.channel, "pod show")
    assert f"<@{left.id}>" in text(shown)
    assert "In no pod" in text(shown)


async def test_somebody_away_is_left_out_and_placed_when_back(world: World) -> None:
    others = await crowd(world, 2)
    await world.alice.slash(world.channel, "group pause", until="in 10 days")
    await made(world, 2)
    assert all(world.alice.id not in pod.members for pod in await pods(world))
    await world.alice.slash(world.channel, "group resume")
    await due(world)
    assert any(world.alice.id in pod.members for pod in await pods(world))
    assert others


async def test_pods_are_dissolved_after_asking_and_that_can_be_undone(world: World) -> None:
    await crowd(world, 1)
    await made(world, 2)
    before = [pod.members for pod in await pods(world)]
    asked = await world.organiser.slash(world.channel, "pod dissolve")
    assert asked.response is not None
    kept = await world.organiser.click(asked.response, label="Keep them")
    assert "go on" in text(kept)
    asked = await world.organiser.slash(world.channel, "pod dissolve")
    assert asked.response is not None
    await world.organiser.click(asked.response, label="Dissolve them")
    await due(world)
    assert await pods(world) == []
    assert all("was dissolved" in text(card) for card in cards(world))
    shown = await world.alice.slash(world.channel, "pod show")
    assert "There are none" in text(shown)
    await world.restart()
    await world.organiser.click(asked.response, label="Undo")
    await due(world)
    assert [pod.members for pod in await pods(world)] == before
    assert not any("was dissolved" in text(card) for card in cards(world))
    assert len(cards(world)) == 2


async def test_new_pods_replace_the_old_and_prefer_people_who_have_not_met(world: World) -> None:
    await crowd(world, 1)
    await made(world, 2)
    first = {frozenset(pod.members) for pod in await pods(world)}
    await made(world, 2)
    second = {frozenset(pod.members) for pod in await pods(world)}
    assert len(second) == 2
    assert not first & second


async def test_a_channel_that_refuses_loses_nothing(world: World) -> None:
    await crowd(world, 1)
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=2)
    await made(world, 2)
    await world.forward(timedelta(hours=1))
    assert len(cards(world)) == 2
    for card in cards(world):
        assert len([one for one in posted(world, card.id) if "your pod" in one["content"]]) == 1


async def test_no_thread_means_the_introduction_is_in_the_channel(world: World) -> None:
    await world.group()
    world.env.inject_error(
        "POST", "/channels/*/messages/*/threads", status=403, code=50013, times=None
    )
    await made(world, 3)
    assert any("This is your pod" in text(one) for one in world.channel.history())


async def test_too_few_people_is_said(world: World) -> None:
    await world.group()
    for who in (world.alice, world.bob):
        await who.slash(world.channel, "group leave")
    refused = await world.organiser.slash(world.channel, "pod form")
    assert "at least two" in text(refused)


async def test_who_is_forgotten_leaves_nobody_alone(world: World) -> None:
    await crowd(world, 1)
    await made(world, 2)
    asked = await world.alice.slash(world.channel, "profile forget")
    assert asked.response is not None
    await world.alice.click(asked.response, label="Erase me here")
    await world.alice.click(asked.response, label="Yes, erase everything")
    await due(world)
    (whole,) = await pods(world)
    assert len(whole.members) == 3


async def quiet_pods(world: World) -> list[Person]:
    """Go through two rounds in which the pods of a group of six fall quiet but for alice."""
    await rounds(world)
    others = [world.join(f"member{number}") for number in range(3)]
    for one in others:
        await one.slash(world.channel, "group join")
    await made(world, 3)
    for number in range(2):
        await world.forward(DUE + number * WEEK - timedelta(hours=30))
        await post(world, world.alice, f"Week {number}")
    return others


def told(world: World) -> list[str]:
    return [one for one in direct(world, world.organiser) if "other pods could look" in one]


async def test_pods_that_fall_under_half_active_are_proposed_anew_once_and_not_imposed(
    world: World,
) -> None:
    await quiet_pods(world)
    before = [pod.members for pod in await pods(world)]
    assert told(world) == []
    await world.forward(DUE + WEEK + timedelta(hours=23))
    await world.restart()
    await world.forward(DUE + WEEK + timedelta(hours=25))
    (offer,) = told(world)
    assert "fewer than half in Pod 1 and Pod 2 checked in to the last two rounds" in offer
    assert "I offer this once" in offer
    assert [pod.members for pod in await pods(world)] == before
    preview = await proposed(world)
    assert sorted(one for pod in preview for one in pod.members) == sorted(
        one for members in before for one in members
    )
    await world.forward(DUE + 4 * WEEK)
    assert len(told(world)) == 1

    look = await world.organiser.slash(world.channel, "pod show")
    assert look.response is not None
    shown = await world.organiser.click(look.response, label="Look at the proposal")
    assert "A proposal: 2 pods for 6 people" in text(shown)
    await world.organiser.click(look.response, label="Make these pods")
    await due(world)
    assert {pod.id for pod in await pods(world)} == {pod.id for pod in preview}
    theirs = await world.alice.slash(world.channel, "pod show")
    assert "Look at the proposal" not in text(theirs)


async def test_a_proposal_that_somebody_looks_at_is_left_alone_and_closed_messages_shame_nobody(
    world: World,
) -> None:
    await quiet_pods(world)
    await world.organiser.slash(world.channel, "pod form", size=2)
    mine = [pod.members for pod in await proposed(world)]
    await world.forward(DUE + WEEK + timedelta(hours=25))
    assert told(world) == []
    assert [pod.members for pod in await proposed(world)] == mine
    private = f"/channels/{world.organiser.user.dm_channel.id}/messages"
    world.env.inject_error("POST", private, status=403, code=50007, times=None)
    await world.forward(DUE + 2 * WEEK + timedelta(hours=25))
    said = next(
        one for one in world.channel.history() if "could be formed differently" in text(one)
    )
    assert "Pod 1" not in text(said)
    assert f"<@{world.organiser.id}>" in text(said)


async def test_a_pods_thread_gets_its_nudges_and_whom_a_round_missed(world: World) -> None:
    await rounds(world)
    await world.bob.slash(world.channel, "profile notify", how="thread")
    await made(world, 3)
    (card,) = cards(world)
    await world.forward(DUE - timedelta(hours=23))
    nudges = [one for one in posted(world, card.id) if "is due" in one["content"]]
    assert [one["allowed_mentions"]["users"] for one in nudges] == [[world.bob.id]]
    await post(world, world.alice, "Read")
    await world.forward(DUE + timedelta(minutes=1))
    (missed,) = [one for one in posted(world, card.id) if "we missed" in one["content"]]
    assert f"<@{world.bob.id}>" in missed["content"]
    assert f"<@{world.alice.id}>" not in missed["content"]
    assert not missed["allowed_mentions"].get("users")
    await world.restart()
    await due(world)
    assert len([one for one in posted(world, card.id) if "we missed" in one["content"]]) == 1


def lines(world: World) -> list[discord.Message]:
    return [
        one
        for thread in world.channel.threads
        for one in thread.history()
        if "checked in:" in text(one)
    ]


async def test_a_check_ins_line_in_the_pods_thread_follows_its_edits_and_its_deletion(
    world: World,
) -> None:
    await rounds(world)
    await made(world, 3)
    await post(world, world.alice, "Read chapter 3")
    await world.env.settle()
    (line,) = lines(world)
    assert "Read chapter 3" in text(line)
    await world.restart()
    form = await world.alice.slash(world.channel, "checkin edit")
    await world.alice.submit_modal(form, {"did": "Read chapters 3 and 4"})
    await world.env.settle()
    (line,) = lines(world)
    assert "Read chapters 3 and 4" in text(line)
    asked = await world.alice.slash(world.channel, "checkin delete")
    assert asked.response is not None
    await world.alice.click(asked.response, label="Delete it")
    await world.env.settle()
    assert lines(world) == []
    await world.alice.click(asked.response, label="Undo")
    await world.env.settle()
    (line,) = lines(world)
    assert "Read chapters 3 and 4" in text(line)
    asked = await world.alice.slash(world.channel, "profile forget")
    assert asked.response is not None
    await world.alice.click(asked.response, label="Erase me here")
    await world.alice.click(asked.response, label="Yes, erase everything")
    await due(world)
    assert lines(world) == []


async def test_a_check_ins_line_that_was_not_posted_follows_a_minute_later(world: World) -> None:
    await rounds(world)
    await made(world, 3)
    (card,) = cards(world)
    world.env.inject_error("POST", f"/channels/{card.id}/messages", status=403, code=50013)
    await post(world, world.alice, "Read chapter 3")
    await world.env.settle()
    assert lines(world) == []
    await world.forward(timedelta(minutes=2))
    (line,) = lines(world)
    assert "Read chapter 3" in text(line)
    await world.forward(timedelta(minutes=2))
    assert len(lines(world)) == 1


async def test_who_finds_no_room_is_reason_enough_to_propose_pods_anew(world: World) -> None:
    await rounds(world)
    await made(world, 2)
    for number in range(2):
        await world.join(f"late{number}").slash(world.channel, "group join")
    shown = text(await world.organiser.slash(world.channel, "pod show"))
    assert "In no pod" in shown
    for who in (world.alice, world.bob, world.organiser):
        await post(world, who, "Here")
    await world.forward(DUE + timedelta(hours=25))
    (offer,) = told(world)
    assert "2 people are in no pod, because all are full" in offer
