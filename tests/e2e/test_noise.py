"""How much a group hears in a week: messages in its channels, and notifications for each person.

The figures are limits that hold today; whoever makes the bot say more has to raise them on purpose.
A group of eight that meets and checks in once a week is what most study groups are.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import discord
import pytest

from data.states import CardKind
from tests.world import Person, World

PEOPLE = 8

MESSAGES = {"normal": 27, "silent": 23}
"""Messages of the bot's in a week, reminders in threads and direct messages among them.

One of them asks the members who have not answered the meeting; a group can switch it off.
"""

NOTIFICATIONS = {"normal": 4, "silent": 3}
"""Direct messages and mentions that reach one person in a week, at most."""


@pytest.mark.parametrize("week", ["normal", "silent"])
async def test_a_week_is_no_louder_than_it_was(world: World, week: str) -> None:
    people = [world.alice, world.bob, *(world.join(f"person{at}") for at in range(PEOPLE - 2))]
    card = await world.group()
    for person in people[2:]:
        await person.click(card, label="Join")
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="sunday", time="18:00"
    )
    await world.organiser.slash(
        world.channel, "meeting schedule", title="Reading night", when="thu 19:00", repeat="weekly"
    )
    await _live(world, people, silent=False)  # the first week is the set-up's
    begin = len(world.env.http_requests)
    await _live(world, people, silent=week == "silent")
    sent, told = _heard(world.env.http_requests[begin:])
    assert sent <= MESSAGES[week]
    assert max(told.values(), default=0) <= NOTIFICATIONS[week], told


async def _live(world: World, people: list[Person], *, silent: bool) -> None:
    """Go from Monday to Monday."""
    for day in range(7):
        await world.forward(timedelta(days=1))
        if not silent and day == 1:
            card = await _meeting_card(world)
            for person in people:
                await person.react(card, "✅")
        if silent or day != 5:
            continue
        for person in people:
            await person.slash(world.channel, "checkin post", did="read", next="read on")


async def _meeting_card(world: World) -> discord.Message:
    """Return the card of the meeting that comes next."""
    async with world.bot.store.read() as tx:
        cards = await tx.cards.of_server(world.guild.id)
    newest = max(one.message_id for one in cards if one.kind is CardKind.MEETING)
    return next(one for one in world.channel.history() if one.id == newest)


def _heard(requests: list[Any]) -> tuple[int, Counter[str]]:
    """Return how many messages were sent, and how often each person was notified."""
    sent, told = 0, Counter[str]()
    for one in requests:
        if one.method != "POST" or not re.search(r"/(messages|callback)$", one.path):
            continue
        payload = one.json or {}
        data = payload.get("data", payload) or {}
        if data.get("flags", 0) & 64 or payload.get("type", 4) != 4:
            continue  # ephemeral, or no message
        sent += 1
        allowed = (data.get("allowed_mentions") or {}).get("users") or []
        told.update(str(user) for user in allowed if f"<@{user}>" in str(data.get("content")))
    return sent, told
