"""Turning pages of something too long for one message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.ui import replies
from bot.ui.controls import CardButton, CardButtons, OwnView


class Pages(OwnView):
    """Embeds of which one is shown at a time, to the person who asked."""

    def __init__(self, pages: Sequence[discord.Embed]) -> None:
        super().__init__()
        self._pages = pages
        self._at = 0
        self._update()

    @classmethod
    async def show(
        cls,
        interaction: discord.Interaction[Any],
        pages: Sequence[discord.Embed],
        *buttons: CardButton,
    ) -> None:
        """Answer with the first page; with controls when there are more, and with ``buttons``."""
        if len(pages) == 1:
            await replies.send(
                interaction, embed=pages[0], view=CardButtons(*buttons) if buttons else None
            )
            return
        for number, page in enumerate(pages, start=1):
            page.set_footer(text=f"Page {number} of {len(pages)}")
        view = cls(pages)
        for button in buttons:
            # The id alone leads to the button's class: in a view that ends, the class would end.
            plain = button.item
            view.add_item(ui.Button(custom_id=plain.custom_id, label=plain.label))
        await replies.send(interaction, embed=pages[0], view=view)

    @ui.button(emoji="◀", style=discord.ButtonStyle.secondary)
    async def back(self, interaction: discord.Interaction[Any], button: ui.Button[Any]) -> None:
        """Show the page before."""
        await self._turn(interaction, -1)

    @ui.button(emoji="▶", style=discord.ButtonStyle.secondary)
    async def forward(self, interaction: discord.Interaction[Any], button: ui.Button[Any]) -> None:
        """Show the next page."""
        await self._turn(interaction, 1)

    async def _turn(self, interaction: discord.Interaction[Any], step: int) -> None:
        self._at = max(0, min(len(self._pages) - 1, self._at + step))
        self._update()
        await replies.edit(interaction, embed=self._pages[self._at], view=self)

    def _update(self) -> None:
        self.back.disabled = self._at == 0
        self.forward.disabled = self._at == len(self._pages) - 1
