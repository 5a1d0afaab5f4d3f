"""Whether Discord lets the bot do what it is for, and whether what was due arrived."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import datetime, timedelta

import discord

from bot import __version__
from bot.base import when
from bot.jobs.scheduler import GRACE
from bot.ops.backups import OLD, CopyState
from bot.ui import theme
from bot.ui.permissions import Missing
from cogs.server.health.deadline_names import DeadlineName
from cogs.server.health.rules import FAILED_SHOWN
from cogs.server.health.service import ServerHealth
from data.delivery.deadlines import Deadline

SHOWN = 1000
"""How much of a field is used: Discord counts some characters differently from us."""


def page(
    health: ServerHealth, missing: Sequence[Missing], copied: CopyState | None
) -> discord.Embed:
    """Show what is next, what failed and why, what is missing, and the versions."""
    late = _lag(health)
    copies_well = copied is None or not wrong_with(copied, health.now)
    refused = any(one.error for one in health.upcoming)
    well = not (health.failed or refused or missing or late) and copies_well
    embed = discord.Embed(
        title="Everything is well" if well else "Something needs attention",
        colour=theme.GOOD if well else theme.WARM,
    )
    if late:
        embed.description = f"Deliveries lag by {when.duration(late)}."
    if health.failed:
        failed = [f"• {failure(health.names[one.id], one)}" for one in health.failed[:FAILED_SHOWN]]
        if len(health.failed) > FAILED_SHOWN:
            failed.append("… and more")
        embed.add_field(name="Not delivered", value=theme.lines(failed, SHOWN), inline=False)
    if missing:
        lines = (f"• {entry}" for entry in missing)
        embed.add_field(name="Missing permissions", value=theme.lines(lines, SHOWN), inline=False)
    upcoming = [
        f"• {named(health.names[one.id])} {when.stamp(one.deliver_at, 'R')}{_refused(one)}"
        for one in health.upcoming
    ]
    embed.add_field(
        name="Next",
        value=theme.lines(upcoming, SHOWN) if upcoming else "Nothing is waiting.",
        inline=False,
    )
    if copied is not None:
        embed.add_field(name="Last copy", value=_copy(copied, health.now), inline=False)
    embed.set_footer(
        text=f"Cohort {__version__} · discord.py {discord.__version__} · "
        f"Python {platform.python_version()} · {health.database}"
    )
    return embed


def named(name: DeadlineName) -> str:
    """Name a deadline by its subject: “**Toy models**: the reminder”."""
    if name.title is None:
        return name.what[0].upper() + name.what[1:]
    return f"**{theme.one_line(name.title, 60)}**: {name.what}"


def _refused(deadline: Deadline) -> str:
    """Say why something that is tried again did not arrive so far."""
    if deadline.error is None:
        return ""
    return f"\n↳ will be tried again: {theme.clip(deadline.error, 160)}"


def failure(name: DeadlineName, deadline: Deadline) -> str:
    """Say what was not delivered, when it was due, and why."""
    reason = theme.clip(deadline.error or "no reason was given", 160)
    return f"{named(name)}, due {when.stamp(deadline.due_at, 'f')}\n↳ {reason}"


def wrong_with(copied: CopyState, now: datetime) -> str | None:
    """Say what is wrong with the daily copies, for people who cannot mend it themselves."""
    if copied.failure is not None:
        return "The database could not be copied. Whoever runs me sees why with `cohort doctor`."
    if copied.made_at is not None and now - copied.made_at > OLD:
        return "The database has not been copied for more than a day."
    return None


def _copy(copied: CopyState, now: datetime) -> str:
    made = when.stamp(copied.made_at, "R") if copied.made_at else "None yet."
    wrong = wrong_with(copied, now)
    return f"{made}\n{wrong}" if wrong else made


def _lag(health: ServerHealth) -> timedelta:
    """Return how long the first of what is waiting is overdue, or zero."""
    lags = [health.now - one.deliver_at for one in health.upcoming]
    longest = max(lags, default=timedelta())
    return longest if longest > GRACE else timedelta()
