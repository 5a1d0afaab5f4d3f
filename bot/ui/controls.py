"""Buttons and selects that outlive a restart: their state is in their custom id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar, Self
from weakref import WeakSet

import discord
from discord import ui

from bot.base.errors import NotFound
from bot.ui.report import report

NEVER = r"(?!)"


class CardButton(ui.DynamicItem[ui.Button[Any]], template=NEVER):
    """A button on a card.

    A subclass names the template of its custom id, takes the template's groups as keyword
    arguments (digits as int), and says in ``pressed`` what happens. Errors go to the one report:
    discord.py hands those of dynamic items to nobody.
    """

    def __init__(
        self,
        custom_id: str,
        *,
        label: str | None = None,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        emoji: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(
            ui.Button(custom_id=custom_id, label=label, style=style, emoji=emoji, disabled=disabled)
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button that was pressed from its custom id."""
        return cls(**arguments(match))  # pyright: ignore[reportCallIssue] - a subclass's own

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Press, and report what goes wrong."""
        try:
            await self.pressed(interaction)
        except Exception as error:
            await report(interaction, error)

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says."""
        raise NotImplementedError


class CardSelect(ui.DynamicItem[ui.Select[Any]], template=NEVER):
    """A select menu on a card; like :class:`CardButton`, with ``chosen`` for ``pressed``."""

    def __init__(
        self,
        custom_id: str,
        *,
        options: Sequence[discord.SelectOption],
        placeholder: str,
        least: int = 1,
        most: int = 1,
    ) -> None:
        super().__init__(
            ui.Select(
                custom_id=custom_id,
                options=list(options),
                placeholder=placeholder,
                min_values=least,
                max_values=most,
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the menu that was used from its custom id and its present options."""
        return cls(**arguments(match), options=getattr(item, "options", []))  # pyright: ignore[reportCallIssue]

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Choose, and report what goes wrong."""
        try:
            await self.chosen(interaction, tuple(self.item.values))
        except Exception as error:
            await report(interaction, error)

    async def chosen(self, interaction: discord.Interaction[Any], values: tuple[str, ...]) -> None:
        """Do what was chosen."""
        raise NotImplementedError


class CardLayout(ui.LayoutView):
    """A Components V2 card. It never times out: discord.py would forget its buttons' classes."""

    def __init__(self, *items: ui.Item[Any]) -> None:
        super().__init__(timeout=None)
        for item in items:
            self.add_item(item)


class CardButtons(ui.View):
    """A row of buttons under an embed. It never times out, as :class:`CardLayout`."""

    def __init__(self, *items: ui.Item[Any]) -> None:
        super().__init__(timeout=None)
        for item in items:
            self.add_item(item)


class OwnView(ui.View):
    """Controls that one person sees for a while; errors go to the one report.

    Their state is in this process: whoever uses them later is answered by :class:`PastControl`.
    """

    MINUTES: ClassVar[int] = 14
    """The interaction's token lives for 15 minutes; the controls end before it."""

    _all: ClassVar[WeakSet[OwnView]] = WeakSet()

    def __init__(self) -> None:
        super().__init__(timeout=self.MINUTES * 60)
        self._all.add(self)

    @classmethod
    def has(cls, custom_id: str) -> bool:
        """Whether a control belongs to a view that still takes it."""
        return any(
            getattr(item, "custom_id", None) == custom_id
            for view in cls._all
            if not view.is_finished()
            for item in view.children
        )

    async def on_error(
        self, interaction: discord.Interaction[Any], error: Exception, item: ui.Item[Any], /
    ) -> None:
        """Report what goes wrong."""
        await report(interaction, error)


class PastControl(ui.DynamicItem[ui.Button[Any]], template=r"[0-9a-f]{32}"):
    """A control of an :class:`OwnView` that has ended, or that an earlier process made.

    Its custom id is one that discord.py drew. The living have such ids too, and are left alone.
    """

    def __init__(self, custom_id: str) -> None:
        super().__init__(ui.Button(custom_id=custom_id))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the control that was used from its custom id."""
        return cls(match.string)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Say what to do."""
        if not OwnView.has(self.custom_id):
            gone = NotFound("These controls have ended. Use the command again for new ones.")
            await report(interaction, gone)


def chosen_id(value: str) -> int:
    """Return the id that a menu's value is; raises NotFound for one that was never offered."""
    if not value.isdecimal() or len(value) > 18:
        raise NotFound("That is not among the choices. Open the list again and pick one.")
    return int(value)


def arguments(match: re.Match[str]) -> dict[str, Any]:
    """Return the named groups of a custom id, digits as int."""
    return {
        name: int(value) if value and value.isdecimal() else value
        for name, value in match.groupdict().items()
    }
