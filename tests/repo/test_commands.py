"""The page of commands says what the bot has, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

from discord import app_commands

from tests.world import World

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
ROW = re.compile(r"^\| (?:`(/[^`]+)`|message menu \*\*([^*]+)\*\*) \|", re.MULTILINE)


def usage(command: app_commands.Command | app_commands.ContextMenu) -> str:
    """Return a command as the table writes it: required options bare, the others in brackets."""
    if isinstance(command, app_commands.ContextMenu):
        return command.name
    options = [
        option.display_name if option.required else f"[{option.display_name}]"
        for option in command.parameters
    ]
    return " ".join([f"/{command.qualified_name}", *options])


async def test_the_page_lists_every_command_with_its_options(world: World) -> None:
    tree = world.bot.tree
    commands = [one for one in tree.walk_commands() if isinstance(one, app_commands.Command)]
    menus = [one for one in tree.get_commands() if isinstance(one, app_commands.ContextMenu)]
    have = {usage(one) for one in (*commands, *menus)}
    said = {row or menu for row, menu in ROW.findall(PAGE.read_text(encoding="utf-8"))}
    assert sorted(have - said) == [], "docs/commands.md lacks these"
    assert sorted(said - have) == [], "docs/commands.md has these, which do not exist"


LARGEST = 5000
"""Discord takes 8000 characters in one command with everything below it; translations add to it."""


async def test_every_command_has_room_to_grow_and_to_be_translated(world: World) -> None:
    def size(payload: object) -> int:
        """Count names, descriptions and choices' values, as Discord does."""
        if isinstance(payload, dict):
            own = sum(
                len(str(payload.get(key, "") or "")) for key in ("name", "description", "value")
            )
            return own + sum(size(value) for value in payload.values())
        if isinstance(payload, list):
            return sum(size(item) for item in payload)
        return 0

    for command in world.bot.tree.get_commands():
        payload = command.to_dict(world.bot.tree)
        assert size(payload) <= LARGEST, command.name
        assert len(payload.get("options", [])) <= 25, command.name
