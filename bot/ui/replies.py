"""The one way in which an interaction is answered.

Whatever is said goes through :class:`~bot.jobs.delivery.Content`, which keeps it within Discord's
limits, and gets its commands as links. Nothing else sends or edits an answer (a test holds to it).
What everybody sees is noted under whom it names, so that it is taken away when they are erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
import structlog
from discord import ui

from bot.base.errors import StoreUnavailable
from bot.jobs.delivery import Content
from data.transaction import Transaction

log = structlog.stdlib.get_logger(__name__)


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
        sent = await interaction.followup.send(**arguments, ephemeral=not public, wait=True)
        message_id: int | None = sent.id
    else:
        answered = await interaction.response.send_message(**arguments, ephemeral=not public)
        message_id = answered.message_id
    if public and message_id is not None:
        await _note_people(interaction, message_id, content, is_new=True)


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
        edited: discord.Message | None = await interaction.edit_original_response(**arguments)
    else:
        await interaction.response.edit_message(**arguments)
        edited = interaction.message
    if edited is not None and not edited.flags.ephemeral:
        await _note_people(interaction, edited.id, content, is_new=False)


async def _note_people(
    interaction: discord.Interaction[Any], message_id: int, content: Content, *, is_new: bool
) -> None:
    """Note a public answer under those whom it names; cards and direct messages are found anyway.

    The answer stands: where the store is away it is not noted, and nobody is told to try again.
    """
    people = sorted(content.people)
    guild_id, channel_id, bot = interaction.guild_id, interaction.channel_id, interaction.client
    if guild_id is None or channel_id is None or not people:
        return
    now = bot.clock.now()

    async def note(tx: Transaction) -> None:
        if is_new or await tx.cards.at(message_id) is None:
            await tx.deliveries.replied(people, guild_id, channel_id, message_id, now)

    try:
        await bot.store.write(note)
    except StoreUnavailable as error:
        log.warning("a reply is not noted", message=message_id, reason=repr(error))


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
