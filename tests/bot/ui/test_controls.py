"""Declared buttons and selects: their custom id is written once, and read back with its types."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any, Literal, NewType, cast

import discord
import pytest
from msgspec.structs import replace

from bot.client import Interaction
from bot.place import Place
from bot.ui.controls import CardButton, CardButtons, CardSelect, Face
from tests.world import World

PlantId = NewType("PlantId", int)


class Tool(StrEnum):
    SPADE = "spade"
    RAKE = "rake"


class Water(CardButton, custom_id="plant:water:{plant}", label="Water it", emoji="💧"):
    plant: PlantId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        said = f"{place.user_id} waters {self.plant}"
        await interaction.response.send_message(said, ephemeral=True)


class Use(CardButton, custom_id="plant:use:{tool}:{way}:{gently}:{plant}:{word}"):
    tool: Tool
    way: Literal["up", "down"]
    gently: bool
    plant: int
    word: str
    label: str = "Use it"
    disabled: bool = False

    async def pressed(self, interaction: Interaction, place: Place) -> None: ...


SHOWN: list[CardButtons] = []


class Plant(CardButton, custom_id="plant:plant", label="Plant"):
    async def pressed(self, interaction: Interaction, place: Place) -> None:
        SHOWN.append(CardButtons(Water(PlantId(4))))
        await interaction.response.send_message(view=SHOWN[-1], ephemeral=True)


class Whistle(CardButton, custom_id="plant:whistle", label="Whistle"):
    """Is still about nothing in particular, and does not ask where it is."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.send_message("Whistled", ephemeral=True)


class _Bed(CardButton):
    bed: int


class Dig(_Bed, custom_id="bed:dig:{bed}:{deep}"):
    deep: bool = False

    def face(self) -> Face:
        return replace(super().face(), label=f"Dig bed {self.bed}")

    async def pressed(self, interaction: Interaction, place: Place) -> None: ...


class Pick(CardSelect, custom_id="bed:pick:{bed}", placeholder="What to pick", least=0, most=3):
    bed: int

    async def chosen(self, interaction: Interaction, place: Place, values: tuple[str, ...]) -> None:
        said = f"{place.user_id} picks {', '.join(values)} of bed {self.bed}"
        await interaction.response.send_message(said, ephemeral=True)


def options(*names: str) -> list[discord.SelectOption]:
    return [discord.SelectOption(label=name, value=name) for name in names]


async def again(kind: type[Any], custom_id: str, item: Any = None) -> Any:
    """Make the control as Discord's answer would."""
    match = re.fullmatch(kind.__discord_ui_compiled_template__, custom_id)
    assert match is not None, "no such control"
    return await kind.from_custom_id(cast("Any", None), item, match)


async def test_a_buttons_custom_id_is_written_and_read_by_its_fields() -> None:
    one = Use(Tool.RAKE, "up", True, 7, "softly", label="Rake it")
    assert one.custom_id == "plant:use:rake:up:yes:7:softly"
    assert one.item.label == "Rake it"

    back = await again(Use, one.custom_id)
    assert (back.tool, back.way, back.gently, back.plant, back.word) == (
        Tool.RAKE,
        "up",
        True,
        7,
        "softly",
    )
    assert back.tool is Tool.RAKE
    assert back.item.label == "Use it"


async def test_a_button_looks_as_its_class_says() -> None:
    button = Water(PlantId(3)).item
    assert (button.label, str(button.emoji), button.disabled) == ("Water it", "💧", False)
    assert Dig(4, deep=True).item.label == "Dig bed 4"
    assert Dig(4).custom_id == "bed:dig:4:no"
    assert Use(Tool.SPADE, "down", False, 1, "x", disabled=True).item.disabled


async def test_a_number_beyond_63_bits_names_no_row() -> None:
    assert (await again(Water, f"plant:water:{2**63 - 1}")).plant == 2**63 - 1
    assert (await again(Water, f"plant:water:{2**63}")).plant == 0


@pytest.mark.parametrize(
    "custom_id",
    [
        "plant:use:hoe:up:yes:7:softly",
        "plant:use:rake:left:yes:7:softly",
        "plant:use:rake:up:maybe:7:softly",
        "plant:use:rake:up:yes:-7:softly",
        "plant:use:rake:up:yes:7:",
        "plant:use:rake:up:yes:7:a:b",
        f"plant:use:rake:up:yes:{'7' * 21}:a",
    ],
)
def test_a_custom_id_that_does_not_fit_the_types_is_no_such_control(custom_id: str) -> None:
    assert Use.__discord_ui_compiled_template__.fullmatch(custom_id) is None


def test_what_cannot_be_a_custom_id_is_refused_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="no custom id"):
        Use(Tool.RAKE, "up", True, 7, "a:b")
    with pytest.raises(ValueError, match="no custom id"):
        Use(Tool.RAKE, "up", True, 7, "a" * 90)


def test_a_class_whose_custom_id_names_what_it_has_not_is_refused() -> None:
    with pytest.raises(TypeError, match="no field 'plant'"):

        class Lost(CardButton, custom_id="plant:lost:{plant}"):
            pass

    with pytest.raises(TypeError, match="cannot hold"):

        class Odd(CardButton, custom_id="plant:odd:{weight}"):
            weight: float

    with pytest.raises(TypeError, match="uses view itself"):

        class Clash(CardButton, custom_id="plant:clash:{view}"):
            view: int  # pyright: ignore[reportIncompatibleMethodOverride] - what is tested


async def test_a_card_in_an_answer_to_one_person_is_kept_by_nobody(world: World) -> None:
    world.bot.add_dynamic_items(Plant, Water)
    channel = world.bot.get_channel(world.channel.id)
    card = await channel.send(view=CardButtons(Plant()))  # type: ignore[union-attr]
    shown = await world.alice.click(card, label="Plant")
    assert not SHOWN[-1].is_dispatching()
    watered = await world.alice.click(shown.response, label="Water it")
    assert watered.response.content == f"{world.alice.id} waters 4"


async def test_pressing_hands_over_the_place_of_whoever_pressed(world: World) -> None:
    world.bot.add_dynamic_items(Water, Whistle, Pick)
    channel = world.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    card = await channel.send(
        view=CardButtons(Water(PlantId(5)), Whistle(), Pick(2, options=options("kale", "leek")))
    )
    pressed = await world.alice.click(card, label="Water it")
    assert pressed.response.content == f"{world.alice.id} waters 5"
    whistled = await world.alice.click(card, label="Whistle")
    assert whistled.response.content == "Whistled"
    picked = await world.alice.select(card, values=["leek"], custom_id="bed:pick:2")
    assert picked.response.content == f"{world.alice.id} picks leek of bed 2"


async def test_a_select_takes_no_more_than_it_offers() -> None:
    few = Pick(2, options=options("kale", "leek")).item
    assert (few.min_values, few.max_values, few.placeholder) == (0, 2, "What to pick")
    many = Pick(2, options=options("kale", "leek", "peas", "beans")).item
    assert many.max_values == 3
    back = await again(Pick, "bed:pick:2", few)
    assert [one.value for one in back.options] == ["kale", "leek"]
