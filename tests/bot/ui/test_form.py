"""Declared forms: found by their custom id, filled again with what was typed."""

from __future__ import annotations

from typing import Any

import discord

from bot.base.errors import InvalidInput
from bot.client import Interaction
from bot.place import Place
from bot.ui.controls import ENDED, MOST_OPEN, CardButton, CardButtons
from bot.ui.form import CardForm, Typed
from tests.security.stage import submit
from tests.world import World


class SowForm(CardForm, custom_id="bed:sow:{bed}:{deep}", title="What to sow"):
    bed: int
    deep: bool = False

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        self.title = f"What to sow in bed {self.bed}"
        self.ask("seed", "Seed", typed, filled="kale", required=True)

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        if typed.text("seed") == "stones":
            raise InvalidInput("Stones do not grow.")
        said = f"{place.user_id} sows {typed.text('seed')} in {self.bed}, deep: {self.deep}"
        await interaction.response.send_message(said, ephemeral=True)


class SowButton(CardButton, custom_id="bed:sow:{bed}", label="Sow"):
    bed: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        await SowForm(self.bed, deep=True).show(interaction)


async def test_a_form_is_shown_and_handled_by_its_custom_id(world: World) -> None:
    world.bot.add_dynamic_items(SowButton)
    channel = world.bot.get_channel(world.channel.id)
    card = await channel.send(view=CardButtons(SowButton(4)))  # type: ignore[union-attr]
    shown = await world.alice.click(card, label="Sow")
    assert shown.modal is not None
    assert shown.modal["title"] == "What to sow in bed 4"
    assert shown.modal["custom_id"] == "bed:sow:4:yes"
    sown = await submit(world.alice, world.channel, "bed:sow:4:yes", {"seed": "leek"})
    assert sown.response.content == f"{world.alice.id} sows leek in 4, deep: True"


async def test_a_refused_form_opens_again_with_what_was_typed(world: World) -> None:
    refused = await submit(world.alice, world.channel, "bed:sow:4:no", {"seed": "stones"})
    assert refused.response.content.startswith("Stones do not grow.")
    again = await world.alice.click(refused.response, label="Open it again")
    assert again.modal is not None
    assert again.modal["custom_id"] == "bed:sow:4:no"
    assert "stones" in str(again.modal)


async def test_somebody_s_eleventh_answer_with_controls_ends_their_first(world: World) -> None:
    async def refuse() -> Any:
        return await submit(world.alice, world.channel, "bed:sow:4:no", {"seed": "stones"})

    first = await refuse()
    others = [await refuse() for _ in range(MOST_OPEN - 1)]
    await submit(world.bob, world.channel, "bed:sow:4:no", {"seed": "stones"})
    assert (await world.alice.click(first.response, label="Open it again")).modal is not None
    await refuse()
    ended = await world.alice.click(first.response, label="Open it again")
    assert ended.response.content == ENDED
    again = await world.alice.click(others[-1].response, label="Open it again")
    assert again.modal is not None


async def test_a_form_that_is_open_is_kept_by_nobody(world: World) -> None:
    world.bot.add_dynamic_items(SowButton)
    channel = world.bot.get_channel(world.channel.id)
    card = await channel.send(view=CardButtons(SowButton(4)))  # type: ignore[union-attr]
    shown = await world.alice.click(card, label="Sow")
    assert shown.modal is not None
    assert world.bot._connection._view_store._modals == {}  # pyright: ignore[reportPrivateUsage]


def test_what_is_in_a_field_is_whole_also_where_it_is_longer_than_its_limit() -> None:
    address = "https://example.org/" + "a" * 300
    form = SowForm(1)
    form.ask("link", "Link", Typed(), filled=address, limit=100)
    (label,) = form.children
    assert isinstance(label, discord.ui.Label)
    assert isinstance(label.component, discord.ui.TextInput)
    assert label.component.default == address
    assert label.component.max_length == len(address)
