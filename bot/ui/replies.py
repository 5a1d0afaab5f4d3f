"""The one way in which an interaction is answered.

Whatever is said goes through :class:`~bot.jobs.delivery.Content`, which keeps it within Discord's
limits, and gets its commands as links. Nothing else sends or edits an answer (a test holds to it).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.jobs.delivery import Content


async def send(
    interaction: discord.Interaction[Any],
    said: str | Content | None = None,
    *,
    embed: discord.Embed | None = None,
    embeds: Sequence[discord.Embed] = (),
    view: ui.View | ui.LayoutView | None = None,
    files: Sequence[discord.File] = (),
    public: bool = False,
) -> None:
    """Answer with a message that only this person sees, unless it is ``public``.

    What comes after the first answer, or after a deferral, is a message of its own.
    """
    content = _content(said, embed, embeds, view, files)
    arguments = interaction.client.command_mentions.in_message(content.for_sending())
    if interaction.response.is_done():
        await interaction.followup.send(**arguments, ephemeral=not public)
    else:
        await interaction.response.send_message(**arguments, ephemeral=not public)


async def edit(
    interaction: discord.Interaction[Any],
    said: str | Content | None = None,
    *,
    embed: discord.Embed | None = None,
    embeds: Sequence[discord.Embed] = (),
    view: ui.View | ui.LayoutView | None = None,
    files: Sequence[discord.File] = (),
) -> None:
    """Show this in place of all that the message whose control was used shows.

    After a deferral, or a first answer, it is the answer itself that changes. Files that are there
    stay, unless there are new ones.
    """
    content = _content(said, embed, embeds, view, files)
    arguments = interaction.client.command_mentions.in_message(content.for_editing())
    if interaction.response.is_done():
        arguments.pop("suppress_embeds", None)  # discord.py takes no flags there
        await interaction.edit_original_response(**arguments)
    else:
        await interaction.response.edit_message(**arguments)


def _content(
    said: str | Content | None,
    embed: discord.Embed | None,
    embeds: Sequence[discord.Embed],
    view: ui.View | ui.LayoutView | None,
    files: Sequence[discord.File],
) -> Content:
    if isinstance(said, Content):
        return said
    return Content(
        text=said,
        embeds=[embed] if embed is not None else embeds,
        view=view,
        files=(lambda: files) if files else None,
    )
