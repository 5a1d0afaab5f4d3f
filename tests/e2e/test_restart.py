"""The process ends without a goodbye, and another takes its place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.client import STOPPING
from tests.world import World, text


async def test_after_a_crash_everything_due_meanwhile_is_delivered_late_and_says_so(
    world: World,
) -> None:
    await world.group()
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="sunday", time="18:00"
    )
    await world.alice.slash(world.channel, "checkin post", did="Read the paper", next="Code it")

    await world.crash(away=timedelta(days=8))

    messages = "\n".join(text(message) for message in world.channel.history())
    assert "Read the paper" in messages
    assert "round 1" in messages.lower(), "the digest of the round that closed meanwhile"
    status = text(await world.bob.slash(world.channel, "checkin status"))
    assert "round 2" in status.lower()
    assert await world.bot.deadlines.next_due() is not None


async def test_answers_given_while_the_bot_was_gone_count(world: World) -> None:
    await world.group()
    await world.alice.slash(world.channel, "meeting schedule", title="Toy models", when="in 3 days")
    card = next(message for message in world.channel.history() if message.reactions)
    await world.bob.react(card, "✅")

    def unheard() -> None:
        backend = world.env.backend
        backend.set_reaction(world.channel.id, card.id, "✅", world.bob.id, False)
        backend.set_reaction(world.channel.id, card.id, "❌", world.cara.id, True)

    await world.crash(meanwhile=unheard)

    shown = text(next(one for one in world.channel.history() if one.id == card.id))
    assert "Going (0)" in shown
    assert world.cara.mention in shown


async def test_what_one_person_was_shown_by_an_earlier_process_says_what_to_do(
    world: World,
) -> None:
    await world.group()
    asked = await world.organiser.slash(world.channel, "group archive")
    await world.crash()
    assert asked.response is not None
    pressed = await world.organiser.click(asked.response, label="Archive it")
    assert "Use the command again" in text(pressed)
    assert pressed.ephemeral
    again = await world.organiser.slash(world.channel, "group archive")
    assert again.response is not None
    archived = await world.organiser.click(again.response, label="Archive it")
    assert "Use the command again" not in text(archived)


async def test_buttons_of_an_earlier_process_work(world: World) -> None:
    card = await world.group()
    await world.alice.slash(
        world.channel, "project propose", paper="arXiv:2201.02177", title="Grokking again"
    )
    await world.crash()
    left = await world.bob.click(card, label="Leave")
    assert "You left" in text(left)


async def test_a_command_that_comes_while_the_bot_stops_is_refused_in_a_sentence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.group()
    stop, told = world.bot.deadlines.stop, list[str]()

    async def stopping(seconds: float) -> None:
        await stop(seconds)
        told.append(text(await world.alice.slash(world.channel, "checkin post", did="Read it")))

    monkeypatch.setattr(world.bot.deadlines, "stop", stopping)
    await world.restart()
    assert STOPPING in told[0]
    shown = text(await world.alice.slash(world.channel, "checkin history"))
    assert "Read it" not in shown
