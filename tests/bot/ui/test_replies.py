"""Answers to interactions: within Discord's limits, and with commands that can be clicked."""

from __future__ import annotations

import re
from pathlib import Path

import discord

from bot.client import Interaction
from bot.jobs.delivery import Content
from bot.place import Place
from bot.ui import replies
from bot.ui.controls import CardButton, CardButtons
from tests.security.stage import press
from tests.world import World

ROOT = Path(__file__).parents[3]

LONG = "much too long " * 400

BY_THEMSELVES = {"bot/ui/replies.py", "bot/jobs/cards.py"}
"""What sends or edits answers: replies, and the cards, which need the message's id."""


class Speak(CardButton, custom_id="speech:{way}", label="Speak"):
    way: str

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        embed = discord.Embed(description=LONG)
        if self.way == "once":
            await replies.send(interaction, LONG, embed=embed)
        elif self.way == "twice":
            await replies.send(interaction, "First")
            await replies.send(interaction, LONG, public=True)
        elif self.way == "instead":
            await replies.edit(interaction, Content(text=LONG))
        else:
            await interaction.response.defer()
            await replies.edit(interaction, LONG, view=CardButtons(Speak("once")))


async def test_what_is_too_long_is_shortened_in_every_answer_and_every_edit(world: World) -> None:
    world.bot.add_dynamic_items(Speak)
    said: list[str] = []
    for way in ("once", "twice", "instead", "later"):
        channel = world.bot.get_channel(world.channel.id)
        await channel.send(view=CardButtons(Speak(way)))  # type: ignore[union-attr]
        result = await press(world.alice, world.channel, f"speech:{way}")
        messages = [one for one in (result.response, *result.followups) if one is not None]
        said += [one.content for one in messages if one.content != "First"]
        assert all(len(embed) <= 6000 for one in messages for embed in one.embeds)
    said += [one.content for one in world.channel.history() if one.content]
    shortened = [one for one in said if one.startswith("much")]
    assert len(shortened) >= 3
    assert all(len(one) <= 2000 for one in shortened)


def test_nothing_answers_an_interaction_by_itself() -> None:
    own = re.compile(
        r"\.response\.(send|edit)_message\(|\.followup\.send\(|\.edit_original_response\("
    )
    bypassing = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("bot", "cogs")
        for path in (ROOT / folder).rglob("*.py")
        if str(path.relative_to(ROOT)) not in BY_THEMSELVES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if own.search(line)
    ]
    assert bypassing == [], "bot.ui.replies is for that: it keeps to Discord's limits"
