"""From the invitation to the second meeting on an empty server, and how much work that is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import discord
from simcord.results import InteractionResult

from tests.world import Person, World, text

PRESSES, FIELDS = 12, 4
"""The most presses and typed fields that a volunteer needs for a group that checks in and meets."""


class Hand:
    """Somebody who presses and types, counted as they do it.

    A press is a button, a choice from a menu of a message, or sending a form; a choice in a form is
    one too. A field counts where something has to be typed, not where what is in it will do.
    """

    def __init__(self, person: Person) -> None:
        self.person = person
        self.presses = 0
        self.typed = 0

    async def press(self, shown: Any, label: str) -> InteractionResult:
        self.presses += 1
        return await self.person.click(shown, label=label)

    async def choose(self, shown: Any, value: object, custom_id: str) -> InteractionResult:
        self.presses += 1
        return await self.person.select(shown, [value], custom_id=custom_id)

    async def send(
        self,
        form: InteractionResult,
        typed: dict[str, str],
        *,
        chosen: Mapping[str, list[str]] | None = None,
        left: Mapping[str, Any] | None = None,
    ) -> InteractionResult:
        """Type what has to be typed, choose what differs, leave the rest, and send the form."""
        self.presses += 1 + len(chosen or {})
        self.typed += len(typed)
        return await self.person.submit_modal(form, {**typed, **(chosen or {}), **(left or {})})


async def test_a_group_that_checks_in_and_meets_takes_few_presses_and_fields(world: World) -> None:
    guild = world.env.create_guild("Reading circle")
    general = guild.create_text_channel("general")
    channel = guild.create_text_channel("mech-interp")
    manager = guild.create_role("Hosts", permissions=discord.Permissions(manage_guild=True))
    hand = Hand(world.join("vera", manager, guild=guild))
    await world.env.settle()

    shown = await hand.press(general.last_message, "Set up")
    shown = await hand.choose(shown.response, "Europe/London", "setup:zone")
    shown = await hand.press(shown.response, "Later")  # who manages the server organises
    shown = await hand.press(shown.response, "Go on")  # each group uses its own channel
    form = await hand.press(shown.response, "Make the first group")
    shown = await hand.send(
        form,
        {"name": "Mech Interp", "focus": "the ARENA course"},
        chosen={"channel": [str(channel.id)]},
    )
    form = await hand.press(shown.response, "Schedule check-ins")
    done = await hand.send(
        form, {}, left={"cadence": ["weekly"], "day": ["sunday"], "time": "18:00"}
    )
    form = await hand.press(done.response, "Plan a meeting")
    await hand.send(
        form, {"title": "Toy models", "when": "tue 19:00"}, chosen={"repeat": ["weekly"]}
    )
    assert hand.presses <= PRESSES
    assert hand.typed <= FIELDS

    card = channel.history()[0]
    meeting = channel.last_message
    assert meeting is not None
    assert "Toy models" in text(meeting)
    for name in ("Ann", "Bo"):
        friend = Hand(world.join(name, guild=guild))
        joined = await friend.press(card, "Join")
        assert "Toy models" in text(joined), "the next meeting"
        assert "round 1" in text(joined), "the next round"
        await friend.person.react(meeting, "✅")
        assert (friend.presses, friend.typed) == (1, 0)
    await world.forward(datetime(2026, 11, 9, 12, tzinfo=UTC))
    seen = "\n".join(text(one) for one in channel.history())
    assert "round 1" in seen.casefold(), "the prompt and the digest came by themselves"
    assert sum("Going (" in text(one) for one in channel.history()) == 2, (
        "the second meeting's card"
    )
