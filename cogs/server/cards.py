"""What groups and servers look like as messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot import when
from bot.delivery import Content
from bot.recurrence import Cadence
from bot.ui import theme
from bot.ui.items import CardLayout
from bot.ui.permissions import Missing
from cogs.server.groups import GroupView
from cogs.server.service import Standing
from data.checkins import Round, Schedule
from data.server import Group, Server

CADENCES = {
    Cadence.WEEKLY: "weekly",
    Cadence.FORTNIGHTLY: "every two weeks",
    Cadence.MONTHLY: "every four weeks",
}


def group(view: GroupView, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Show a group: its focus, its members, and how to join."""
    away = [member.user_id for member in view.members if member.is_away(view.now)]
    here = [member.user_id for member in view.members if not member.is_away(view.now)]
    people = f"**{theme.count(len(view.members), 'member')}** · {theme.names(here, limit=20)}"
    if away:
        people += f"\n{theme.AWAY} Away: {theme.names(away, limit=10)}"
    body: list[ui.Item[Any]] = [
        ui.TextDisplay(
            f"## {theme.GROUP} {theme.plain(view.group.name)}\n"
            f"Gathers around **{theme.plain(view.group.focus)}**"
        ),
        ui.Separator(),
    ]
    if view.schedule is not None and view.group.archived_at is None:
        body.append(ui.TextDisplay(_rounds(view.schedule, view.round)))
    body.append(ui.TextDisplay(people))
    if view.group.archived_at is not None:
        body.append(ui.TextDisplay("-# This group is archived."))
    elif buttons:
        body.append(ui.ActionRow(*buttons))
    accent = theme.QUIET if view.group.archived_at else theme.GOOD
    return Content(view=CardLayout(ui.Container(*body, accent_colour=accent)))


def settings(server: Server, default_zone: str, missing: Sequence[Missing]) -> discord.Embed:
    """Show a server's settings and what the bot is not allowed to do."""
    embed = discord.Embed(title="Cohort in this server", colour=theme.ACCENT)
    zone = server.timezone or f"{default_zone} (the bot's default)"
    embed.add_field(name="Time zone", value=zone)
    embed.add_field(
        name="Organisers",
        value=f"<@&{server.organiser_role_id}> and Manage Server"
        if server.organiser_role_id
        else "whoever has Manage Server",
    )
    embed.add_field(
        name="Announcements",
        value=f"<#{server.announcements_channel_id}>"
        if server.announcements_channel_id
        else "none: each group's own channel",
    )
    embed.add_field(
        name="Boards",
        value=f"<#{server.boards_channel_id}>"
        if server.boards_channel_id
        else "as threads in each group's channel",
    )
    if missing:
        embed.colour = theme.WARM
        embed.add_field(
            name="Missing permissions",
            value=theme.lines((f"• {entry}" for entry in missing), theme.FIELD_LIMIT),
            inline=False,
        )
    else:
        embed.add_field(
            name="Permissions", value="Everything that is needed is there.", inline=False
        )
    return embed


def standing(where: Standing, *, organiser: bool) -> discord.Embed:
    """Show somebody what there is, and what to do first."""
    embed = discord.Embed(
        title="Cohort",
        description="Check-ins that keep you going, reading groups that meet, and boards where "
        "a paper's claims are replicated and judged.",
        colour=theme.ACCENT,
    )
    own = [_own(g, where.rounds.get(g.id)) for g in where.own]
    others = [
        f"• **{theme.plain(g.name)}** · {theme.one_line(g.focus, 80)} · <#{g.channel_id}>"
        for g in where.others
    ]
    embed.add_field(
        name="Your groups",
        value=theme.lines(own, theme.FIELD_LIMIT) if own else "None yet. `/group join` joins one.",
        inline=False,
    )
    if others:
        embed.add_field(
            name="Groups to join", value=theme.lines(others, theme.FIELD_LIMIT), inline=False
        )
    elif not own:
        first = (
            "`/group create` makes the first group, in the channel where it should live."
            if organiser
            else "There is no group yet: ask an organiser to make one with `/group create`."
        )
        embed.add_field(name="Start here", value=first, inline=False)
    embed.set_footer(text="/cohort help topic: check-ins, reading, projects, groups, times")
    return embed


def _rounds(schedule: Schedule, round_: Round | None) -> str:
    """Say when check-ins are due."""
    weekday = when.WEEKDAYS[schedule.anchor.weekday()]
    text = (
        f"{theme.CHECK_IN} Check-ins {CADENCES[schedule.cadence]}, {weekday}s "
        f"{schedule.at:%H:%M} ({schedule.timezone})"
    )
    if round_ is not None:
        text += f" · round {round_.number} is due {when.stamp(round_.due_at, 'R')}"
    return text


def _own(group: Group, round_: Round | None) -> str:
    """Show one of the person's groups, and when its round is due."""
    text = f"• **{theme.plain(group.name)}** in <#{group.channel_id}>"
    if round_ is not None:
        text += f" · check-in due {when.stamp(round_.due_at, 'R')}"
    return text


def welcome(group: Group) -> str:
    """Greet a new member with what to do next."""
    return (
        f"Welcome to **{theme.plain(group.name)}** in <#{group.channel_id}>. "
        f"It gathers around {theme.plain(group.focus)}. "
        "Say hello there; `/checkin post` tells the others what you are up to."
    )


def goodbye(group: Group) -> str:
    """Confirm that somebody left."""
    return (
        f"You left **{theme.plain(group.name)}**: no more prompts or reminders. What you posted "
        "stays. `/group join` brings you back."
    )
