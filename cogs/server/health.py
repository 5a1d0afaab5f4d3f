"""Whether Discord lets the bot do what it is for, and whether what was due arrived."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Iterable, Sequence

import discord

from bot import __version__, when
from bot.deadlines import GRACE
from bot.ui import theme
from bot.ui.permissions import Missing, missing_in, missing_in_server
from cogs.server.service import FAILED_SHOWN, Health
from data.deadlines import Deadline


def missing_permissions(guild: discord.Guild, channel_ids: Iterable[int]) -> list[Missing]:
    """Return every permission that is missing, by channel, with what it is for."""
    found: list[Missing] = []
    for channel_id in channel_ids:
        channel = guild.get_channel(channel_id)
        if channel is None:
            found.append(
                Missing("view_channel", f"<#{channel_id}>", "it is hidden from me, or was deleted")
            )
        else:
            found += missing_in(channel, guild.me)
    return found + missing_in_server(guild.me)


def page(health: Health, missing: Sequence[Missing]) -> discord.Embed:
    """Show what is next, what failed and why, what is missing, and the versions."""
    well = not health.failed and not missing
    embed = discord.Embed(
        title="Everything is well" if well else "Something needs attention",
        colour=theme.GOOD if well else theme.WARM,
    )
    overdue = [one for one in health.upcoming if health.now - one.deliver_at > GRACE]
    if overdue:
        embed.description = (
            f"Deliveries lag by {when.duration(health.now - overdue[0].deliver_at)}."
        )
    if health.failed:
        failed = [
            f"• {_named(one)}, due {when.stamp(one.due_at, 'f')}: "
            f"{theme.clip(one.error or 'no reason was given', 160)}"
            for one in health.failed[:FAILED_SHOWN]
        ]
        if len(health.failed) > FAILED_SHOWN:
            failed.append("… and more")
        embed.add_field(
            name="Not delivered", value=theme.lines(failed, theme.FIELD_LIMIT), inline=False
        )
    if missing:
        embed.add_field(
            name="Missing permissions",
            value=theme.lines((f"• {entry}" for entry in missing), theme.FIELD_LIMIT),
            inline=False,
        )
    upcoming = [f"• {_named(one)} {when.stamp(one.deliver_at, 'R')}" for one in health.upcoming]
    embed.add_field(
        name="Next",
        value=theme.lines(upcoming, theme.FIELD_LIMIT) if upcoming else "Nothing is waiting.",
        inline=False,
    )
    embed.set_footer(
        text=f"Cohort {__version__} · discord.py {discord.__version__} · "
        f"Python {platform.python_version()} · SQLite {sqlite3.sqlite_version}"
    )
    return embed


def _named(deadline: Deadline) -> str:
    """Name a deadline by its kind: “reading: remind”."""
    return deadline.kind.replace(".", ": ").replace("_", " ")
