"""Names of commands that can be clicked.

Discord renders ``</meeting schedule:ID>`` as a link that fills in the command. Wording everywhere
in the code says `/meeting schedule` in backticks, which is right where the id is not known yet and
where Discord renders no mentions (titles, footers, labels, forms); this makes links of it
elsewhere. Source: https://discord.com/developers/docs/reference#message-formatting
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands

CONTENT_LIMIT = 2000
DESCRIPTION_LIMIT = 4096
VALUE_LIMIT = 1024

_QUOTED = re.compile(r"(?<!\\)`/([a-z]{1,32}(?: [a-z]{1,32}){0,2})([^`\n]*)`")
"""A command in backticks, with options behind it or not."""


class CommandMentions:
    """The ids that Discord gave the commands, and texts in which they are links."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._names: frozenset[str] = frozenset()

    def learn(
        self,
        registered: Iterable[app_commands.AppCommand],
        tree: app_commands.CommandTree[Any],
    ) -> None:
        """Remember the ids of the commands that Discord was told of."""
        self._ids = {one.name: one.id for one in registered}
        self._names = frozenset(
            command.qualified_name
            for command in tree.walk_commands()
            if isinstance(command, app_commands.Command)
        )

    def mention(self, name: str) -> str:
        """Return a command as a link, or in backticks while its id is not known."""
        own_id = self._ids.get(name.partition(" ")[0])
        return f"</{name}:{own_id}>" if own_id and name in self._names else f"`/{name}`"

    def in_text(self, text: str, limit: int = CONTENT_LIMIT) -> str:
        """Return a text with links for the commands in it, unless that made it too long."""
        linked = _QUOTED.sub(self._linked, text)
        return linked if len(linked) <= limit else text

    def in_embed(self, embed: discord.Embed) -> discord.Embed:
        """Return a copy of an embed with links in its description and its fields."""
        linked = embed.copy()
        if linked.description:
            linked.description = self.in_text(linked.description, DESCRIPTION_LIMIT)
        for at, one in enumerate(linked.fields):
            linked.set_field_at(
                at,
                name=one.name,
                value=self.in_text(one.value or "", VALUE_LIMIT),
                inline=one.inline,
            )
        # Discord takes 6,000 characters in all of a message's embeds.
        return linked if len(linked) <= 6000 else embed

    def in_message(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of a message with links in its text and its embeds."""
        linked = dict(arguments)
        if isinstance(text := linked.get("content"), str):
            linked["content"] = self.in_text(text)
        if linked.get("embeds"):
            linked["embeds"] = [self.in_embed(one) for one in linked["embeds"]]
        return linked

    def _linked(self, found: re.Match[str]) -> str:
        words = found[1].split()
        for length in range(len(words), 0, -1):
            name = " ".join(words[:length])
            if name in self._names and name.partition(" ")[0] in self._ids:
                rest = (" ".join(words[length:]) + found[2]).strip()
                return self.mention(name) + (f" `{rest}`" if rest else "")
        return found[0]
