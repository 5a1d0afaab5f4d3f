"""Changing what was posted, and what is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cogs.checkins.rounds.service import CheckinService
from data.checkins.rounds import CheckinId
from data.delivery.kinds import DeadlineKind
from data.states import CardKind
from tests.e2e.checkins.test_rounds import DUE, post, rounds, shown
from tests.world import World, text


async def test_the_last_check_in_is_edited_in_a_form_and_its_card_follows(world: World) -> None:
    await rounds(world)
    await post(world, world.alice, "Read chapter 3", next="chapter 4\nexercise 2")
    form = await world.alice.slash(world.channel, "checkin edit")
    assert "Read chapter 3" in text(form)
    await world.restart()
    done = await world.alice.submit_modal(
        form, {"did": "Read chapter 3 twice", "next": "exercise 2\nrest", "blocked": ""}
    )
    await world.env.settle()
    assert done.ephemeral
    card = shown(world, "Read chapter 3 twice")
    assert "edited" in text(card)
    assert card.jump_url in text(done)
    await world.forward(DUE)
    assert "2 commitments" in text(shown(world, "1 person checked in"))


async def test_deleting_asks_first_and_is_undone_also_after_a_restart(world: World) -> None:
    await rounds(world)
    await world.forward(DUE - timedelta(hours=48))
    await post(world, world.alice, "Read chapter 3", next="chapter 4")
    asked = await world.alice.slash(world.channel, "checkin delete")
    assert "Delete this check-in?" in text(asked)
    kept = await world.alice.click(asked.response, label="Keep it")
    assert "It stays" in text(kept)

    asked = await world.alice.slash(world.channel, "checkin delete")
    await world.alice.click(asked.response, label="Delete it")
    await world.env.settle()
    assert not [m for m in world.channel.history() if "Read chapter 3" in text(m)]
    assert "0 of 3" in text(shown(world, "Who has?"))

    await world.restart()
    back = await world.alice.click(asked.response, label="Undo")
    await world.env.settle()
    assert "Read chapter 3" in text(back)
    assert "1 of 3" in text(shown(world, "Who has?"))
    form = await world.alice.slash(world.channel, "checkin edit")
    assert "Read chapter 3" in text(form)


async def test_undo_does_not_overwrite_what_was_posted_meanwhile(world: World) -> None:
    await rounds(world)
    await post(world, world.alice, "Read chapter 3")
    asked = await world.alice.slash(world.channel, "checkin delete")
    await world.alice.click(asked.response, label="Delete it")
    await post(world, world.alice, "Read chapter 4")
    refused = await world.alice.click(asked.response, label="Undo")
    assert refused.ephemeral
    assert "meanwhile" in text(refused)


async def test_a_message_of_ones_own_is_logged_from_its_menu(world: World) -> None:
    await rounds(world)
    message = await world.alice.send(world.channel, "Trained my first **probe**!")
    answer = await world.alice.context_menu(world.channel, "Log as check-in", message)
    assert not answer.ephemeral
    assert "Trained my first" in text(answer)
    assert message.jump_url in text(answer)

    refused = await world.bob.context_menu(world.channel, "Log as check-in", message)
    assert refused.ephemeral
    assert "your own messages" in text(refused)

    hers = await world.cara.send(world.channel, "Me too")
    offered = await world.cara.context_menu(world.channel, "Log as check-in", hers)
    joined = await world.cara.click(offered.response, label="Join Mech Interp and check in")
    assert hers.jump_url in text(joined)


async def test_a_message_is_logged_in_the_group_that_is_picked_where_several_are_possible(
    world: World,
) -> None:
    await rounds(world)
    other = world.guild.create_text_channel("other")
    await world.group("Other group", other)
    elsewhere = world.guild.create_text_channel("elsewhere")
    await world.env.settle()
    message = await world.alice.send(elsewhere, "Read the ARENA chapter on circuits")
    asked = await world.alice.context_menu(elsewhere, "Log as check-in", message)
    assert "Which group do you mean?" in text(asked)
    assert asked.response is not None
    row: Any = asked.response.message.components[0]
    (menu,) = row.children
    (value,) = [one.value for one in menu.options if one.label == "Mech Interp"]
    logged = await world.alice.select(asked.response, [value])
    assert logged.acknowledged
    assert "Read the ARENA chapter on circuits" in text(world.channel.last_message)


async def test_questions_hold_from_the_next_prompt_and_old_answers_keep_theirs(
    world: World,
) -> None:
    await rounds(world)
    await world.forward(DUE - timedelta(hours=48))
    await post(world, world.alice, "Read chapter 3")
    refused = await world.alice.slash(world.channel, "checkin questions")
    assert "Only organisers" in text(refused)

    form = await world.organiser.slash(world.channel, "checkin questions")
    assert "What did you do?" in text(form)
    done = await world.organiser.submit_modal(
        form, {"did": "What did you learn?", "next": "", "blocked": "", "extra": "How was it?"}
    )
    assert "keeps its questions" in text(done)
    assert "What did you do?" in text(await world.bob.slash(world.channel, "checkin post"))

    await world.forward(DUE + timedelta(days=6))
    prompt = text(shown(world, "round 2"))
    assert "What did you learn?" in prompt
    assert "What will you do next?" not in prompt
    form = await world.bob.slash(world.channel, "checkin post")
    answer = await world.bob.submit_modal(form, {"did": "Superposition", "extra": "Good"})
    assert "How was it?" in text(answer)
    old = [text(m) for m in world.channel.history() if "Read chapter 3" in text(m)]
    assert any("What did you do?" in said for said in old)


async def test_no_question_at_all_is_refused_and_the_form_opens_again(world: World) -> None:
    await world.group()
    form = await world.organiser.slash(world.channel, "checkin questions")
    refused = await world.organiser.submit_modal(
        form, {"did": "", "next": " ", "blocked": "", "extra": ""}
    )
    assert "at least one" in text(refused)


async def test_four_questions_leave_one_list_to_tick_in(world: World) -> None:
    await world.group()
    form = await world.organiser.slash(world.channel, "checkin questions")
    await world.organiser.submit_modal(
        form, {"did": "Did?", "next": "Next?", "blocked": "Blocked?", "extra": "Else?"}
    )
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="sunday", time="18:00"
    )
    await post(world, world.alice, next="chapter 4\nexercise 2")
    await world.forward(DUE + timedelta(days=6))
    form = await world.alice.slash(world.channel, "checkin post")
    assert "Not kept: chapter 4" in text(form)
    refused = await world.alice.submit_modal(form, {"did": "Some", "ticks": ["kept:1", "missed:1"]})
    assert "both" in text(refused)
    again = await world.alice.click(refused.response, label="Open it again")
    await world.alice.submit_modal(again, {"did": "Some", "ticks": ["kept:1"]})
    await world.forward(timedelta(days=2))
    assert "1 of 2" in text(shown(world, "Commitments kept"))


async def test_one_that_is_deleted_while_its_card_is_on_its_way_leaves_no_card(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rounds(world)
    service = world.bot.service(CheckinService)
    place = world.place(world.alice)
    settle = world.bot.cards._settle

    async def arrives_late(*args: Any, **kwargs: Any) -> Any:
        checkin_id = args[1]
        await service.delete(place, checkin_id)
        return await settle(*args, **kwargs)

    monkeypatch.setattr(world.bot.cards, "_settle", arrives_late)
    told = await world.alice.slash(
        world.channel, "checkin post", did="Read chapter 3", next="chapter 4"
    )
    assert "deleted meanwhile" in text(told.followups[-1])
    assert not [m for m in world.channel.history() if "Read chapter 3" in text(m)]
    async with world.bot.store.read() as tx:
        assert await tx.cards.get(CardKind.CHECKIN, 1) is None
        assert await tx.deadlines.of(1, DeadlineKind.for_card(CardKind.CHECKIN)) == []
    monkeypatch.undo()
    await world.forward(timedelta(minutes=5))
    assert not [m for m in world.channel.history() if "Read chapter 3" in text(m)]

    back = await service.restore(place, CheckinId(1))
    await world.forward(timedelta(minutes=5))
    assert back.checkin.did == "Read chapter 3"
    assert shown(world, "Read chapter 3")
