"""Commands are handed their place and their group."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.base.errors import Conflict
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui.command_arguments import with_group, with_place
from bot.ui.command_groups import CommandGroup, SubjectCog
from data.server.groups import Group
from tests.world import World

GARDEN = CommandGroup("garden", "Plants and tools")


class Plants(SubjectCog, group=GARDEN):
    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)

    @app_commands.command(description="Plant something")
    @app_commands.describe(kind="What to plant")
    @with_place
    async def plant(self, interaction: Interaction, place: Place, kind: str, many: int = 1) -> None:
        said = f"{place.user_id} plants {many} {kind}"
        await interaction.response.send_message(said, ephemeral=True)

    @app_commands.command(description="Water a group's bed")
    @app_commands.describe(litres="How much")
    @with_group()
    async def water(
        self,
        interaction: Interaction,
        place: Place,
        group: Group,
        litres: app_commands.Range[int, 1, 9] = 3,
        by: discord.Member | None = None,
    ) -> None:
        if litres == 9:
            raise Conflict("That would drown it.")
        said = f"{place.user_id} waters {group.name} with {litres}"
        await interaction.response.send_message(said, ephemeral=True)


async def garden(world: World) -> Plants:
    cog = Plants(world.bot)
    await world.bot.add_cog(cog)
    await world.bot.tree.sync()
    return cog


async def test_people_see_the_options_alone(world: World) -> None:
    cog = await garden(world)
    assert [one.name for one in cog.plant.parameters] == ["kind", "many"]
    assert {one.name: str(one.description) for one in cog.water.parameters} == {
        "litres": "How much",
        "by": "…",
        "group": "Which group; without it, the one of this channel",
    }
    assert not any(one.required for one in cog.water.parameters)
    planted = await world.alice.slash(world.channel, "garden plant", kind="beans")
    assert planted.response.content == f"{world.alice.id} plants 1 beans"


async def test_the_group_of_the_channel_is_handed_over_and_any_other_by_its_name(
    world: World,
) -> None:
    await garden(world)
    await world.group("Kale Bed")
    other = world.guild.create_text_channel("other")
    await world.group("Leek Bed", other)
    here = await world.alice.slash(world.channel, "garden water", litres=2)
    assert here.response.content == f"{world.alice.id} waters Kale Bed with 2"
    there = await world.alice.slash(world.channel, "garden water", group="leek bed")
    assert there.response.content == f"{world.alice.id} waters Leek Bed with 3"
    offered = await world.alice.autocomplete(world.channel, "garden water", "group", "leek")
    assert offered[0]["name"] == "Leek Bed"
    refused = await world.alice.slash(world.channel, "garden water", litres=9)
    assert refused.response.content == "That would drown it."
    unknown = await world.alice.slash(world.channel, "garden water", group="oak bed")
    assert "no group called “oak bed”" in unknown.response.content


async def test_where_several_groups_may_be_meant_a_menu_asks_and_the_command_goes_on(
    world: World,
) -> None:
    await garden(world)
    await world.group("Kale Bed")
    await world.group("Leek Bed", world.guild.create_text_channel("other"))
    lobby = world.guild.create_text_channel("lobby")
    asked = await world.alice.slash(lobby, "garden water", litres=5)
    assert asked.response.content == "Which group do you mean?"
    assert asked.ephemeral
    (menu,) = [one for row in asked.response.components for one in row["components"]]
    (leek,) = [one["value"] for one in menu["options"] if one["label"] == "Leek Bed"]
    done = await world.alice.select(asked.response, values=[leek])
    assert done.response.content == f"{world.alice.id} waters Leek Bed with 5"
