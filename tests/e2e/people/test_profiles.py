"""Profiles: said in a form, seen by whom they are meant for, and used for nudges and matches."""

from __future__ import annotations

from typing import Any

from simcord.results import InteractionResult

from data.states import Audience, Purpose
from tests.e2e.checkins.test_commitments import direct
from tests.e2e.checkins.test_nudges import HOUR, nudges
from tests.e2e.checkins.test_rounds import DUE, rounds
from tests.world import Person, World, text


async def say(world: World, who: Person, **values: Any) -> InteractionResult:
    """Fill in the form of a profile."""
    form = await who.slash(world.channel, "profile set")
    return await who.submit_modal(form, values)


async def choose(
    world: World,
    who: Person,
    *,
    seen_by: Audience = Audience.SERVER,
    open_to: tuple[Purpose, ...] = (),
    hide: tuple[str, ...] = (),
) -> InteractionResult:
    """Use the menus under one's profile."""
    shown = await who.slash(world.channel, "profile show")
    result = await who.select(shown.response, [seen_by.value], custom_id="profile:audience")
    if open_to:
        result = await who.select(
            shown.response, [one.value for one in open_to], custom_id="profile:open"
        )
    if hide:
        result = await who.select(shown.response, list(hide), custom_id="profile:hide")
    return result


async def person(
    world: World,
    who: Person,
    *,
    seen_by: Audience = Audience.SERVER,
    open_to: tuple[Purpose, ...] = (Purpose.PAIR,),
    hide: tuple[str, ...] = (),
    **values: Any,
) -> None:
    said = {
        "timezone": "Europe/London",
        "level": ["2"],
        "interests": "Mech interp, evals",
        "free": "weekday evenings",
        "about": f"I am {who.user.name}",
    } | values
    await say(world, who, **said)
    await choose(world, who, seen_by=seen_by, open_to=open_to, hide=hide)


async def test_a_profile_is_said_in_a_form_and_every_line_may_be_left_blank(world: World) -> None:
    blank = await say(world, world.alice)
    assert blank.ephemeral
    assert "say nothing about yourself yet" in text(blank)

    said = await say(
        world,
        world.alice,
        timezone="new york",
        level=["3"],
        interests="#Mech Interp, evals, evals",
        free="mon and wed evenings, sat morning; 6 hours a week",
        about="Physicist *at heart*",
    )
    shown = text(said)
    assert "America/New_York" in shown
    assert "3: reproducing papers" in shown
    assert "mech interp, evals" in shown
    assert "mon and wed evenings, sat morning, 6 hours a week" in shown
    assert "Physicist \\*at heart\\*" in shown
    assert "Seen by only you" in shown

    await world.restart()
    again = await world.alice.slash(world.channel, "profile set")
    assert "mon and wed evenings, sat morning, 6 hours a week" in repr(again.modal)


async def test_what_cannot_be_read_is_given_back(world: World) -> None:
    refused = await say(
        world, world.alice, free="whenever the moon is full", about="Something long and dear"
    )
    assert refused.ephemeral
    assert "whenever the moon is full" in text(refused)
    assert "Something long and dear" in text(refused)
    again = await world.alice.click(refused.response, label="Open it again")
    assert "Something long and dear" in repr(again.modal)
    done = await world.alice.submit_modal(again, {"free": "evenings"})
    assert "daily evenings" in text(done)


async def test_the_zone_is_used_at_once_for_times_that_are_typed(world: World) -> None:
    await world.group()
    await say(world, world.alice, timezone="America/New_York")
    made = await world.alice.slash(
        world.channel, "commitment add", text="Draft it", due="2026-11-06 18:00"
    )
    assert "<t:1794006000:F>" in text(made), "18:00 in New York is 23:00 in UTC"


async def test_only_who_may_sees_a_profile_and_hidden_parts_are_seen_by_nobody(
    world: World,
) -> None:
    await world.group()
    seen = "shows no profile"
    await say(world, world.alice, timezone="Asia/Tokyo", about="My secret line")

    def shown(who: Person) -> Any:
        return who.slash(world.channel, "profile show", person=world.alice)

    assert seen in text(await shown(world.bob))
    await choose(world, world.alice, seen_by=Audience.GROUPS)
    assert "My secret line" in text(await shown(world.bob))
    assert seen in text(await shown(world.cara))
    await choose(world, world.alice, seen_by=Audience.SERVER, hide=("about",))
    assert "My secret line" not in text(await shown(world.cara))
    assert "Asia/Tokyo" in text(await shown(world.cara))
    await choose(world, world.alice, seen_by=Audience.NOBODY)
    assert seen in text(await shown(world.bob))
    assert "My secret line" in text(await shown(world.alice))


async def test_nothing_of_who_hid_it_reaches_anybody_in_any_command(world: World) -> None:
    await world.group()
    secrets = ("quokka research", "the unsaid line", "Asia/Tokyo")
    await person(
        world,
        world.alice,
        seen_by=Audience.NOBODY,
        open_to=tuple(Purpose),
        timezone="Asia/Tokyo",
        interests="quokka research",
        about="the unsaid line",
    )
    await person(
        world,
        world.bob,
        seen_by=Audience.GROUPS,
        open_to=tuple(Purpose),
        timezone="Asia/Tokyo",
        interests="quokka research",
        about="the unsaid line",
        hide=("interests", "about", "timezone"),
    )
    await person(world, world.cara, interests="quokka", open_to=(Purpose.PAIR,))
    await world.cara.slash(world.channel, "group join")
    answers = [
        await world.cara.slash(world.channel, "profile show", person=world.alice),
        await world.cara.slash(world.channel, "profile show", person=world.bob),
        await world.cara.slash(world.channel, "profile portfolio", person=world.alice),
        await world.cara.slash(world.channel, "group show"),
        await world.cara.slash(world.channel, "cohort help"),
        await world.organiser.slash(world.channel, "pod form", size=2),
        await world.organiser.slash(world.channel, "pod show"),
    ]
    answers += [
        await world.cara.slash(world.channel, "profile match", **{"for": one.value})
        for one in Purpose
    ]
    assert f"<@{world.bob.id}>" in text(answers[-1])
    for answer in answers:
        assert not any(secret in text(answer) for secret in secrets), text(answer)
        if answer is not answers[5]:
            assert f"<@{world.alice.id}>:" not in text(answer)
    form = await world.cara.slash(world.channel, "profile set")
    assert not any(secret in repr(form.modal) for secret in secrets)


async def test_the_form_offers_the_interests_that_others_show(world: World) -> None:
    await person(world, world.bob)
    form = await world.cara.slash(world.channel, "profile set")
    assert "In use here: evals, mech interp" in repr(form.modal)


async def test_how_one_is_reminded_is_in_force_for_nudges(world: World) -> None:
    answer = await world.alice.slash(
        world.channel, "profile notify", how="thread", quiet_from="22:00", quiet_until="8:00"
    )
    assert "By a mention in your pod's thread, or else the round's" in text(answer)
    assert "22:00 to 08:00" in text(answer)
    half = await world.alice.slash(world.channel, "profile notify", quiet_from="22:00")
    assert "both ends" in text(half)
    never = await world.alice.slash(
        world.channel, "profile notify", quiet_from="8:00", quiet_until="8:00"
    )
    assert "None" in text(never)
    await world.alice.slash(world.channel, "profile notify", quiet_from="22:00", quiet_until="8:00")
    off = await world.alice.slash(world.channel, "profile notify", quiet_from="off")
    assert "None" in text(off)
    shown = await world.alice.slash(world.channel, "profile notify")
    assert "By a mention in your pod's thread" in text(shown)
    assert "Shown" in text(shown)
    hidden = await world.alice.slash(world.channel, "profile notify", streak="hide")
    assert "Hidden" in text(hidden)


async def test_nudges_follow_what_was_chosen(world: World) -> None:
    await rounds(world)
    await world.alice.slash(world.channel, "profile notify", how="none")
    await say(world, world.bob, timezone="Asia/Tokyo")
    await world.bob.slash(
        world.channel, "profile notify", how="direct", quiet_from="1:00", quiet_until="9:00"
    )
    await world.forward(DUE - 24 * HOUR + HOUR)
    assert not nudges(world, world.bob), "18:00 in London is 3:00 in Tokyo"
    await world.forward(DUE - 12 * HOUR)
    assert len(nudges(world, world.bob)) == 1
    await world.forward(DUE)
    assert not nudges(world, world.alice)


async def test_matches_give_their_reasons_in_words_and_only_who_opted_in(world: World) -> None:
    await person(world, world.alice)
    await person(world, world.bob, timezone="Europe/Paris", free="weekday evenings", level=["3"])
    await person(world, world.cara, open_to=())
    found = text(await world.alice.slash(world.channel, "profile match"))
    assert (
        f"<@{world.bob.id}>: 20 shared hours a week; both evals and mech interp; levels 2 and 3"
        in found
    )
    assert f"<@{world.cara.id}>" not in found
    none = text(await world.alice.slash(world.channel, "profile match", **{"for": "mentored"}))
    assert "Nobody" in none


async def introduction(world: World) -> Any:
    """As alice, ask to be introduced to bob; returns the question."""
    await world.group()
    await person(world, world.alice)
    await person(world, world.bob)
    found = await world.alice.slash(world.channel, "profile match")
    asked = await world.alice.click(found.response, label="Introduce us")
    assert asked.ephemeral
    assert "I'm asking" in text(asked)
    await world.restart()
    await world.bot.deadlines.run_due()
    await world.env.settle()
    return next(
        message
        for message in world.bob.user.dm_channel.history()
        if "would like to meet you" in text(message)
    )


async def test_the_other_is_asked_first_and_a_yes_opens_a_thread_with_a_question(
    world: World,
) -> None:
    question = await introduction(world)
    assert "both evals and mech interp" in text(question)
    await world.bob.user.click(question, label="Introduce us")
    await world.restart()
    await world.bot.deadlines.run_due()
    await world.env.settle()
    hello = next(one for one in world.channel.history() if "you both said" in text(one))
    assert f"<@{world.alice.id}>" in text(hello)
    posted = [
        request.json["content"]
        for request in world.env.http_requests
        if request.method == "POST" and request.path.endswith(f"/channels/{hello.id}/messages")
    ]
    assert any("working on this week" in one for one in posted)
    second = await world.alice.slash(world.channel, "profile match")
    again = await world.alice.click(second.response, label="Introduce us")
    assert "in the last 30 days" in text(again)


async def test_a_no_is_told_without_a_reason_and_opens_nothing(world: World) -> None:
    question = await introduction(world)
    await world.bob.user.click(question, label="Not now")
    await world.bot.deadlines.run_due()
    await world.env.settle()
    assert any("does not work out" in one for one in direct(world, world.alice))
    assert not any("you both said" in text(one) for one in world.channel.history())


async def test_closed_direct_messages_ask_in_a_channel_that_both_share(world: World) -> None:
    await world.group()
    await person(world, world.alice)
    await person(world, world.bob)
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    found = await world.alice.slash(world.channel, "profile match")
    await world.alice.click(found.response, label="Introduce us")
    await world.bot.deadlines.run_due()
    await world.env.settle()
    question = next(
        one for one in world.channel.history() if "would like to be introduced" in text(one)
    )
    refused = await world.cara.click(question, label="Introduce us")
    assert "somebody else was asked" in text(refused)
    await world.bob.click(question, label="Introduce us")
    await world.bot.deadlines.run_due()
    await world.env.settle()
    assert any("you both said" in text(one) for one in world.channel.history())


async def test_nobody_is_asked_by_a_forged_button_or_by_somebody_who_asks_everybody(
    world: World,
) -> None:
    await person(world, world.alice)
    await person(world, world.bob)
    found = await world.alice.slash(world.channel, "profile match")
    await choose(world, world.bob, seen_by=Audience.NOBODY)
    assert found.response is not None
    refused = await world.alice.click(found.response, label="Introduce us")
    assert "not open to that" in text(refused)

    await choose(world, world.bob, seen_by=Audience.SERVER)
    async with world.bot.store.transaction() as tx:
        for number in range(5):
            await tx.introductions.add(
                guild_id=world.guild.id,
                purpose=Purpose.PAIR,
                channel_id=world.channel.id,
                asked_by=world.alice.id,
                other_user_id=1000 + number,
                now=world.clock.now(),
            )
    refused = await world.alice.click(found.response, label="Introduce us")
    assert "have not answered yet" in text(refused)
