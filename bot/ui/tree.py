"""The command tree, whose errors go to the one report."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands

from bot.base import addresses
from bot.base.errors import Conflict, UserError
from bot.ui import use_limits
from bot.ui.controls import acting
from bot.ui.permissions import INVITE
from bot.ui.report import report
from bot.ui.sanitise import sound, typed_texts


class CohortTree(app_commands.CommandTree[Any]):
    """discord.py's tree, reporting what its commands raise."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Clean what was typed, and refuse passwords in addresses.

        discord.py calls this before it reads the options. Every command takes texts that others
        will see, so here, and not in each of them, an address with a password is refused.
        """
        # Before discord.py reads the options: a NUL byte or half a surrogate pair would fail in the
        # database, much later.
        interaction.data = sound(interaction.data)
        try:
            acting(interaction)
            if interaction.type is discord.InteractionType.application_command:
                _check_member(interaction)
                await use_limits.take(interaction, use_limits.uses_of(interaction))
                for text in typed_texts(interaction.data):
                    addresses.check(text)
        except UserError as error:
            await _tell(interaction, error)
            return False
        return True

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the person."""
        await _tell(interaction, error)

    async def run_again(
        self,
        interaction: discord.Interaction[Any],
        data: dict[str, Any],
        /,
        *,
        shown: Sequence[str] | None = None,
    ) -> None:
        """Run the command that ``data`` describes, in answer to a form or a menu.

        To discord.py the interaction then is that of a command. Discord itself knows it by its
        token, and takes the same answers to a form that it takes to a command. ``shown`` are the
        options that a form showed: refused, it opens again with those.
        """
        again = copy.copy(interaction)
        again.type = discord.InteractionType.application_command
        if shown is not None:
            again.extras = again.extras | {"shown": tuple(shown)}
        again.data = data  # pyright: ignore[reportAttributeAccessIssue] - as Discord sends it
        # The copy carries what discord.py worked out for the form; left there, it would answer for
        # the command.
        for cached in ("_cs_response", "_cs_followup", "_cs_namespace", "_cs_command"):
            if hasattr(again, cached):
                delattr(again, cached)
        for shared in ("response", "followup"):  # whoever holds the first sees it answered
            setattr(interaction, f"_cs_{shared}", getattr(again, shared))
        try:
            await self._call(again)
        except app_commands.AppCommandError as error:
            await self.on_error(again, error)


async def _tell(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Tell the person what went wrong; an autocomplete that fails offers nothing."""
    if interaction.type is not discord.InteractionType.autocomplete:
        await report(interaction, error)
    elif not interaction.response.is_done():
        await interaction.response.autocomplete([])


def _check_member(interaction: discord.Interaction[Any]) -> None:
    """Raise Conflict in a server that added the commands without the bot.

    Discord allows that (OAuth2: the scope ``applications.commands`` alone). The commands exist
    there, but the bot can see no channel and post in none.
    """
    client, guild_id = interaction.client, interaction.guild_id
    if guild_id is not None and client.is_ready() and client.get_guild(guild_id) is None:
        link = discord.utils.oauth_url(
            interaction.application_id,
            permissions=INVITE,
            guild=discord.Object(guild_id),
            scopes=("bot", "applications.commands"),
        )
        raise Conflict(
            "I was added here without the scope `bot`, so I can't see or post anything. Somebody "
            f"with Manage Server can add me again, and nothing is lost: <{link}>"
        )
