"""One top-level command, such as `/meeting`, whose subcommands come from several ordinary cogs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from discord import app_commands
from discord.ext import commands
from msgspec import Struct

if TYPE_CHECKING:
    from bot.client import CohortBot

Subcommand: TypeAlias = "app_commands.Command[Any, ..., Any] | app_commands.Group"


class CommandGroup(Struct, frozen=True):
    """A top-level command: its name, and what it is for (Discord shows that nowhere, yet asks).

    It is a value, not discord.py's group itself: several bots may live in one process, and each
    makes a group of its own.
    """

    name: str
    description: str


class SubjectCog(commands.Cog):
    """A cog whose commands go into a :class:`CommandGroup`, beside those of other cogs.

    The first cog that is added makes the group; the last one that is removed takes it away. All
    else is as in any cog: commands are bound to it, and so are their autocompletes, checks and
    ``cog_app_command_error``. discord.py's ``GroupCog`` cannot do this, since it owns its group.
    """

    command_group: ClassVar[CommandGroup]

    def __init_subclass__(cls, *, group: CommandGroup | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if group is not None:
            cls.command_group = group

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        # discord.py adds what is left in this list to the tree, as commands at the top.
        self._subcommands: Sequence[Subcommand] = self.__cog_app_commands__
        self.__cog_app_commands__ = []

    async def cog_load(self) -> None:
        """Add the commands to the group.

        Raises CommandAlreadyRegistered for a name in use, and ValueError for more than Discord's
        25 subcommands; then nothing has been added.
        """
        wanted = self.command_group
        group = self.bot.tree.get_command(wanted.name)
        if not isinstance(group, app_commands.Group):
            group = app_commands.Group(name=wanted.name, description=wanted.description)
            self.bot.tree.add_command(group)
        try:
            for command in self._subcommands:
                group.add_command(command)
        except Exception:
            await self.cog_unload()  # discord.py does not call it for a cog that fails to load
            raise

    async def cog_unload(self) -> None:
        """Take the commands out of the group, and the group away when it is empty."""
        group = self.bot.tree.get_command(self.command_group.name)
        if not isinstance(group, app_commands.Group):
            return
        for command in self._subcommands:
            if group.get_command(command.name) is command:
                group.remove_command(command.name)
        if not group.commands:
            self.bot.tree.remove_command(group.name)
