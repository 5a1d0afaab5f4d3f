"""Several cogs feed one top-level command, and keep all that discord.py gives a cog's commands."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.base.errors import InvalidInput
from bot.client import CohortBot, Interaction
from bot.ui.command_groups import CommandGroup, SubjectCog
from bot.ui.report import reports_errors
from tests.world import World

GARDEN = CommandGroup("garden", "Plants and tools")


class Doubled(app_commands.Transformer):
    async def transform(self, interaction: discord.Interaction[Any], value: str) -> str:
        return value * 2


class Plants(SubjectCog, group=GARDEN):
    def __init__(self, bot: CohortBot, kinds: list[str]) -> None:
        super().__init__(bot)
        self.kinds = kinds
        self.failures: list[BaseException] = []

    @app_commands.command(description="Plant something")
    @reports_errors
    async def plant(
        self, interaction: Interaction, kind: str, label: app_commands.Transform[str, Doubled] = ""
    ) -> None:
        if kind not in self.kinds:
            raise InvalidInput("Nobody plants that here.")
        await interaction.response.send_message(f"Planted {kind} {label}", ephemeral=True)

    @plant.autocomplete("kind")
    async def _kinds(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=kind, value=kind) for kind in self.kinds]

    @app_commands.command(description="Fails")
    async def trample(self, interaction: Interaction) -> None:
        raise app_commands.CheckFailure("Keep off the beds.")

    async def cog_app_command_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError
    ) -> None:
        self.failures.append(error)
        await interaction.response.send_message("It broke.", ephemeral=True)


class Tools(SubjectCog, group=GARDEN):
    heard: int = 0

    @app_commands.command(description="Dig a hole")
    @reports_errors
    async def dig(self, interaction: Interaction) -> None:
        await interaction.response.send_message("Dug.", ephemeral=True)

    @commands.Cog.listener()
    async def on_dug(self) -> None:
        self.heard += 1


class Thieves(SubjectCog, group=GARDEN):
    @app_commands.command(description="Run away")
    async def run(self, interaction: Interaction) -> None: ...

    @app_commands.command(name="dig", description="Dig where somebody digs already")
    async def dig(self, interaction: Interaction) -> None: ...


async def test_two_cogs_feed_one_command(world: World) -> None:
    plants, tools = Plants(world.bot, ["beans", "kale"]), Tools(world.bot)
    await world.bot.add_cog(plants)
    await world.bot.add_cog(tools)
    await world.bot.tree.sync()

    group = world.bot.tree.get_command("garden")
    assert isinstance(group, app_commands.Group)
    assert {one.qualified_name for one in group.commands} == {
        "garden plant",
        "garden trample",
        "garden dig",
    }
    assert plants.plant.binding is plants
    assert plants.plant.qualified_name == "garden plant"

    planted = await world.alice.slash(world.channel, "garden plant", kind="beans", label="ab")
    assert planted.response.content == "Planted beans abab"
    dug = await world.bob.slash(world.channel, "garden dig")
    assert dug.response.content == "Dug."
    refused = await world.bob.slash(world.channel, "garden plant", kind="oaks")
    assert refused.response.content == "Nobody plants that here."


async def test_autocomplete_and_errors_stay_with_the_cog_they_belong_to(world: World) -> None:
    plants = Plants(world.bot, ["beans", "kale"])
    await world.bot.add_cog(plants)
    await world.bot.add_cog(Tools(world.bot))
    await world.bot.tree.sync()

    offered = await world.alice.autocomplete(world.channel, "garden plant", "kind", "")
    assert [one["name"] for one in offered] == ["beans", "kale"]
    broken = await world.alice.slash(world.channel, "garden trample")
    assert broken.response.content == "It broke."
    assert len(plants.failures) == 1
    world.env._errors.clear()  # this one was meant


async def test_a_cog_that_is_removed_takes_its_commands_along_and_the_last_one_the_group(
    world: World,
) -> None:
    await world.bot.add_cog(Plants(world.bot, []))
    tools = Tools(world.bot)
    await world.bot.add_cog(tools)

    await world.bot.remove_cog("Plants")
    group = world.bot.tree.get_command("garden")
    assert isinstance(group, app_commands.Group)
    assert [one.name for one in group.commands] == ["dig"]

    await world.bot.remove_cog("Tools")
    assert world.bot.tree.get_command("garden") is None

    await world.bot.add_cog(tools)
    assert world.bot.tree.get_command("garden") is not None


async def test_a_cog_whose_command_has_a_name_in_use_adds_nothing(world: World) -> None:
    await world.bot.add_cog(Tools(world.bot))
    with pytest.raises(app_commands.CommandAlreadyRegistered):
        await world.bot.add_cog(Thieves(world.bot))
    group = world.bot.tree.get_command("garden")
    assert isinstance(group, app_commands.Group)
    assert [one.name for one in group.commands] == ["dig"]


async def test_two_bots_in_one_process_have_a_group_each(world: World) -> None:
    await world.bot.add_cog(Tools(world.bot))
    first = world.bot.tree.get_command("garden")
    await world.restart()
    await world.bot.add_cog(Tools(world.bot))
    assert world.bot.tree.get_command("garden") is not first
