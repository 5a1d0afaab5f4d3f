"""Nominations as messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardButtons
from cogs.reading.meetings.cards import paper_line, reading_line
from cogs.reading.nominations.service import Nominated, Read

FOR = "👍"

READ_PAGE = 8
"""How many readings a page of the history shows."""


def nomination(one: Nominated, withdraw: ui.Item[Any]) -> Content:
    """Show what is nominated, and who is for it."""
    lines = [
        f"{theme.PAPER} {paper_line(one.paper)}",
        f"nominated by {theme.person(one.nomination.nominated_by)}",
    ]
    is_open = one.nomination.meeting_id is None and one.nomination.withdrawn_at is None
    if one.nomination.meeting_id is not None:
        lines.append("**Picked.** It is on the card of its meeting.")
    elif one.nomination.withdrawn_at is not None:
        lines.append("Withdrawn.")
    if one.nomination.note:
        lines.append(f"> {theme.one_line(one.nomination.note, 300)}")
    embed = discord.Embed(
        title="📚 Shall we read this?",
        description="\n".join(lines),
        colour=theme.ACCENT if is_open else theme.QUIET,
    )
    embed.add_field(name=f"{FOR} For it ({len(one.voters)})", value=theme.names(one.voters))
    if is_open:
        embed.set_footer(text=f"{FOR} if you want to read it, too.")
    return Content(
        embeds=[embed],
        view=CardButtons(withdraw) if is_open else None,
        reactions=[FOR] if is_open else (),
    )


def shortlist(name: str, ranked: Sequence[Nominated]) -> discord.Embed:
    """Show what is nominated, the most wanted first."""
    entries = [
        f"**{number}.** {paper_line(one.paper)}\n{FOR} {len(one.voters)}"
        f" · nominated by {theme.person(one.nomination.nominated_by)}"
        for number, one in enumerate(ranked, start=1)
    ]
    return discord.Embed(
        title=f"📚 What {theme.escape(name)} could read next",
        description=theme.lines(entries, theme.DESCRIPTION_LIMIT),
        colour=theme.ACCENT,
    ).set_footer(text="/reading pick takes the first one for the next meeting.")


def history(name: str, read: Sequence[Read]) -> list[discord.Embed]:
    """Show what was read, the latest first, some to a page."""
    return [
        discord.Embed(
            title=f"📚 What {theme.escape(name)} has read ({len(read)})",
            description="\n".join(
                f"{when.stamp(one.meeting.starts_at, 'D')} · {reading_line(one.reading)}"
                for one in read[start : start + READ_PAGE]
            ),
            colour=theme.ACCENT,
        )
        for start in range(0, len(read), READ_PAGE)
    ]
