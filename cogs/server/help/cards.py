"""What help looks like: where somebody stands, and what to do next."""

from __future__ import annotations

import discord

from bot.base import when
from bot.ui import theme
from cogs.server.groups.cards import meeting_line
from cogs.server.help.service import PersonStanding
from data.checkins.rounds import Round
from data.server.groups import Group


def standing(where: PersonStanding, *, organiser: bool) -> discord.Embed:
    """Show somebody what there is, and what to do first."""
    embed = discord.Embed(
        title="Cohort",
        description="Check-ins that keep you going, reading groups that meet, and boards where "
        "a paper's claims are replicated and judged. The buttons below do what is next; the menu "
        "explains the rest.",
        colour=theme.ACCENT,
    )
    own = [_own(group, where.rounds.get(group.id)) for group in where.own]
    others = [
        f"• **{theme.escape(group.name)}** · {theme.one_line(group.focus, 80)} "
        f"· <#{group.channel_id}>"
        for group in where.others
    ]
    if own:
        mine = theme.lines(own, theme.FIELD_LIMIT)
        embed.add_field(name="Your groups", value=mine, inline=False)
    if stand := _where_they_stand(where):
        embed.add_field(
            name="What comes next for you",
            value=theme.lines(stand, theme.FIELD_LIMIT),
            inline=False,
        )
    if others:
        embed.add_field(
            name="Groups to join", value=theme.lines(others, theme.FIELD_LIMIT), inline=False
        )
    elif not own:
        embed.add_field(name="Start here", value=_start(organiser=organiser), inline=False)
    return embed


def _start(*, organiser: bool) -> str:
    if organiser:
        return (
            "There is no group yet. **New group** makes the first one; `/group create` does the "
            "same in the channel where the group should live."
        )
    return "There is no group yet: ask an organiser to make one with `/group create`."


def _where_they_stand(where: PersonStanding) -> list[str]:
    """Say what comes next for somebody: their meeting, projects and tasks."""
    lines: list[str] = []
    if where.meeting is not None:
        lines.append(f"{theme.CALENDAR} Next meeting: {meeting_line(where.meeting)}")
    lines += [
        f"{theme.BOARD} {theme.one_line(project.title, 80)}"
        + (f" · <#{project.thread_id}>" if project.thread_id else "")
        for project in where.projects
    ]
    lines += [
        f"{theme.DONE} {theme.one_line(task.title, 80)} · {task.state}"
        + (f" · due {when.stamp(task.due_at, 'R')}" if task.due_at else "")
        for task in where.tasks
    ]
    return lines


def _own(group: Group, round_: Round | None) -> str:
    """Show one of the person's groups, and when its round is due."""
    text = f"• **{theme.escape(group.name)}** in <#{group.channel_id}>"
    if round_ is not None:
        text += f" · check-in due {when.stamp(round_.due_at, 'R')}"
    return text
