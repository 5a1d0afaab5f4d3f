"""Coffees: set up, opted in to, paired in turn, introduced, asked about, and safe over restarts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import discord

from data.people.coffees import Coffee
from data.server.groups import GroupId
from tests.e2e.checkins.test_commitments import direct
from tests.e2e.people.test_portfolio import files
from tests.e2e.people.test_profiles import person
from tests.world import Person, World, text

GROUP = GroupId(1)
FIRST = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
"""The first Monday morning, in London, that is at least two days off."""

WEEK = timedelta(days=7)


async def begun(world: World, *others: Person, every: int = 2) -> discord.Message:
    """Set coffees up in a group; alice, bob and the others are in. Returns the card."""
    await world.group()
    answer = await world.organiser.slash(world.channel, "coffee", every=every)
    assert "Coffee in Mech Interp" in text(answer)
    card = shown(world, "Coffee in Mech Interp")
    for who in (world.alice, world.bob, *others):
        await who.slash(world.channel, "group join")
        joined = await who.click(card, label="Count me in")
        assert "You are in" in text(joined)
    return card


def shown(world: World, words: str) -> discord.Message:
    return [one for one in world.channel.history() if words in text(one)][-1]


def hellos(world: World) -> list[discord.Message]:
    return [one for one in world.channel.history() if "for half an hour" in one.content]


def posted(world: World, where: int) -> list[Any]:
    return [
        request.json
        for request in world.env.http_requests
        if request.method == "POST" and request.path.endswith(f"/channels/{where}/messages")
    ]


async def coffees(world: World, number: int | None = None) -> list[Coffee]:
    async with world.bot.store.read() as tx:
        return await tx.coffees.of_group(GROUP, number)


async def test_two_people_are_introduced_in_a_thread_with_a_question_and_times(
    world: World,
) -> None:
    await begun(world)
    await person(world, world.alice, free="tue and thu evenings", open_to=())
    await person(world, world.bob, free="evenings", timezone="Europe/Paris", open_to=())
    await world.restart()
    await world.forward(FIRST)
    (hello,) = hellos(world)
    assert "coffee, the two of you" in hello.content
    assert "8 hours a week that suit both; evals, mech interp; level 2" in hello.content
    sent = posted(world, world.channel.id)[-1]
    assert sorted(map(int, sent["allowed_mentions"]["users"])) == sorted(
        [world.alice.id, world.bob.id]
    )
    (question,) = posted(world, hello.id)
    at = int(datetime(2026, 11, 10, 17, 0, tzinfo=UTC).timestamp())
    assert f"<t:{at}:F>" in question["content"]
    assert "To begin with" in question["content"]
    assert any(one.name == "Coffee, round 1" for one in world.channel.threads)


async def test_the_card_comes_after_a_while_if_the_process_ended_before_it_was_posted(
    world: World,
) -> None:
    # Those of this bot: an extension that was unloaded is imported again.
    from cogs.people.coffee.service import CoffeeService

    await world.group()
    async with world.bot.store.read() as tx:
        group = await tx.groups.by_id(GROUP)
    assert group is not None
    # As when the process ends between writing it down and answering.
    organiser = world.place(world.organiser, organiser=True, manager=True)
    await world.bot.service(CoffeeService).set_up(organiser, group, 2)
    await world.restart()
    await world.forward(timedelta(minutes=3))
    assert "Every 2 weeks" in text(shown(world, "Coffee in"))
    await world.organiser.slash(world.channel, "coffee", every=4)
    await world.forward(timedelta(minutes=3))
    assert len([one for one in world.channel.history() if "Coffee in" in text(one)]) == 1


async def test_only_organisers_set_it_up_and_everybody_may_look(world: World) -> None:
    await world.group()
    refused = await world.alice.slash(world.channel, "coffee", every=1)
    assert "Only organisers" in text(refused)
    nothing = await world.alice.slash(world.channel, "coffee")
    assert "no coffees yet" in text(nothing)
    await world.organiser.slash(world.channel, "coffee", every=1)
    look = await world.alice.slash(world.channel, "coffee")
    assert look.ephemeral
    assert f"<t:{int(FIRST.timestamp())}:F>" in text(look)
    again = await world.organiser.slash(world.channel, "coffee", every=4)
    assert "every 4 weeks" in text(again)
    await world.env.settle()
    assert "Every 4 weeks" in text(shown(world, "Coffee in"))
    assert len([one for one in world.channel.history() if "Coffee in" in text(one)]) == 1


async def test_one_is_in_only_when_one_says_so_as_a_member_and_may_leave(world: World) -> None:
    card = await begun(world)
    refused = await world.cara.click(card, label="Count me in")
    assert "Join Mech Interp first" in text(refused)
    twice = await world.alice.click(card, label="Count me in")
    assert "in already" in text(twice)
    assert "**In** (2)" in text(shown(world, "Coffee in"))
    left = await world.alice.click(card, label="Leave me out")
    assert "I leave you out" in text(left)
    await world.env.settle()
    assert "**In** (1)" in text(shown(world, "Coffee in"))
    await world.forward(FIRST + 2 * WEEK)
    assert hellos(world) == []
    await world.alice.click(card, label="Count me in")
    await world.alice.slash(world.channel, "group leave")
    await world.alice.slash(world.channel, "group join")
    await world.env.settle()
    assert "**In** (1)" in text(shown(world, "Coffee in")), "leaving the group leaves the coffees"


async def test_nobody_meets_twice_before_everybody_and_who_rests_is_first_next(
    world: World,
) -> None:
    others = [world.join(f"member{number}") for number in range(3)]
    await begun(world, *others, every=1)
    everybody = {who.id for who in (world.alice, world.bob, *others)}
    for week in range(5):
        await world.forward(FIRST + week * WEEK + timedelta(hours=1))
        if week == 2:
            await world.restart()
    met = [frozenset(one.people) for one in await coffees(world) if not one.rest]
    rested = [one.people[0] for one in await coffees(world) if one.rest]
    assert len(met) == len(set(met)) == 10
    assert sorted(rested) == sorted(everybody)
    assert len(hellos(world)) == 10
    assert f"<@{rested[-1]}> rested, and comes first next time" in text(shown(world, "Coffee in"))


async def test_who_is_away_is_left_out_and_whom_to_keep_apart_never_meets(world: World) -> None:
    others = [world.join(f"member{number}") for number in range(2)]
    await begun(world, *others, every=1)
    await world.organiser.slash(
        world.channel, "pod form", size=5, apart=f"<@{world.alice.id}> <@{world.bob.id}>"
    )
    for week in range(4):
        await world.forward(FIRST + week * WEEK + timedelta(hours=1))
    met = [frozenset(one.people) for one in await coffees(world) if not one.rest]
    assert frozenset((world.alice.id, world.bob.id)) not in met
    await others[0].slash(world.channel, "group pause", until="in 20 days")
    assert "Away" in text(shown(world, "Coffee in"))
    await world.forward(FIRST + 4 * WEEK + timedelta(hours=1))
    assert all(others[0].id not in one.people for one in await coffees(world, 5))


async def test_it_is_asked_whether_they_met_and_counted(world: World) -> None:
    await begun(world)
    await world.forward(FIRST)
    (hello,) = hellos(world)
    await world.restart()
    await world.forward(FIRST + timedelta(days=6))
    asked = next(
        one
        for thread in world.channel.threads
        for one in thread.history()
        if "did you meet?" in text(one)
    )
    assert posted(world, hello.id)[-1]["allowed_mentions"]["users"]
    stranger = await world.cara.click(asked, label="We met")
    assert "not yours" in text(stranger)
    await world.alice.click(asked, label="Not this time")
    (one,) = await coffees(world)
    assert one.happened is False
    await world.restart()
    await world.bob.click(asked, label="We met")
    (one,) = await coffees(world)
    assert one.happened is True
    await world.env.settle()
    assert "1 of 1 coffee happened" in text(shown(world, "Coffee in"))
    mine = await world.alice.slash(world.channel, "profile portfolio")
    both = await files(mine)
    assert "## 1 coffee with others" in both["portfolio.md"]
    assert f"Mech Interp, round 1 ([evidence]({hello.jump_url}))" in both["portfolio.md"]


async def test_never_ends_it_and_another_beginning_goes_on_where_it_was(world: World) -> None:
    await begun(world)
    await world.forward(FIRST)
    ended = await world.organiser.slash(world.channel, "coffee", every=0)
    assert "have ended" in text(ended)
    await world.env.settle()
    card = shown(world, "Coffee in")
    assert "have ended here" in text(card)
    await world.forward(FIRST + 5 * WEEK)
    assert len(hellos(world)) == 1
    nothing = await world.organiser.slash(world.channel, "coffee", every=0)
    assert "no coffees in this group to end" in text(nothing)
    await world.organiser.slash(world.channel, "coffee", every=1)
    await world.forward(2 * WEEK)
    assert len(hellos(world)) > 1


async def test_what_fell_due_while_the_bot_was_away_happens_once_when_it_is_back(
    world: World,
) -> None:
    await begun(world, every=1)
    await world.crash(away=5 * WEEK)
    assert len(hellos(world)) == 1
    await world.bot.deadlines.run_due()
    assert len(hellos(world)) == 1
    due = next(iter([one for one in await upcoming(world) if one.kind == "coffee.pair"]))
    assert due.due_at > world.clock.now()


async def upcoming(world: World) -> Any:
    async with world.bot.store.read() as tx:
        return await tx.deadlines.upcoming(world.guild.id, 20)


async def test_a_channel_that_refuses_loses_nothing_and_no_thread_means_the_channel(
    world: World,
) -> None:
    await begun(world)
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=1)
    world.env.inject_error(
        "POST", "/channels/*/messages/*/threads", status=403, code=50013, times=None
    )
    await world.forward(FIRST + timedelta(hours=1))
    assert len(hellos(world)) == 1
    assert len([one for one in world.channel.history() if "To begin with" in text(one)]) == 1
    await world.forward(FIRST + timedelta(days=7))
    assert shown(world, "did you meet?")


async def test_an_archived_group_pairs_nobody_until_it_is_back(world: World) -> None:
    await begun(world, every=1)
    asked = await world.organiser.slash(world.channel, "group archive")
    assert asked.response is not None
    await world.organiser.click(asked.response, label="Archive it")
    await world.forward(FIRST + 3 * WEEK)
    assert hellos(world) == []
    await world.organiser.click(asked.response, label="Undo")
    await world.forward(2 * WEEK)
    assert hellos(world)


async def test_what_somebody_hides_is_not_in_their_introduction(world: World) -> None:
    await begun(world)
    await person(world, world.alice, interests="quokka research", hide=("interests", "free"))
    await person(world, world.bob, interests="quokka research")
    await world.forward(FIRST)
    (hello,) = hellos(world)
    said = hello.content + str(posted(world, hello.id))
    assert "quokka" not in said
    assert "hours" not in hello.content
    assert "When would it suit you?" in said


async def test_who_is_forgotten_is_on_no_card_any_more(world: World) -> None:
    await begun(world)
    await world.forward(FIRST)
    asked = await world.alice.slash(world.channel, "profile forget")
    assert asked.response is not None
    await world.alice.click(asked.response, label="Erase me here")
    await world.alice.click(asked.response, label="Yes, erase everything")
    await world.env.settle()
    assert f"<@{world.alice.id}>" not in text(shown(world, "Coffee in"))
    (one,) = await coffees(world)
    assert one.people == (world.bob.id,)
    await world.forward(FIRST + 2 * WEEK)
    assert not [one for one in direct(world, world.bob) if "did you meet" in one]
