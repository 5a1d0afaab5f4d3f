"""What people are asked and told about leading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardButtons
from cogs.reading.attendance.service import ThreadView
from cogs.reading.facilitators.rules import PossibleLeader
from cogs.reading.mentions import mentioning
from data.reading.meetings import Meeting

LEAD = "🎙️"


def are_you_there(meeting: Meeting, user_id: int, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Ask the leader alone whether they are there."""
    asked = mentioning(
        f"{LEAD} **{theme.escape(meeting.title)}** has begun, and you lead it. If you are in, "
        "a press is enough; if you can't make it, I ask the others.",
        [user_id],
    )
    return Content(text=asked.text, mentions=asked.mentions, view=CardButtons(*buttons))


def who_takes_over(
    view: ThreadView, mentions: Sequence[int], buttons: Sequence[ui.Item[Any]]
) -> Content:
    """Ask the others who leads a meeting without its leader."""
    leader = view.meeting.facilitator_id
    what = (
        "Nobody leads this meeting yet"
        if leader is None
        else f"{theme.person(leader)} may be held up"
    )
    asked = mentioning(f"{LEAD} {what}. Who takes over?", mentions)
    return Content(text=asked.text, mentions=asked.mentions, view=CardButtons(*buttons))


def your_turn(meeting: Meeting, user_id: int, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Ask somebody to lead, or to confirm that they do."""
    stamp = f"{when.stamp(meeting.starts_at)} ({when.stamp(meeting.starts_at, 'R')})"
    title = f"**{theme.escape(meeting.title)}**"
    question = (
        f"{LEAD} You lead {title} on {stamp}. Does that still work?"
        if meeting.facilitator_id == user_id
        else f"{LEAD} It is your turn to lead {title} on {stamp}. Will you?"
    )
    asked = mentioning(question, [user_id])
    return Content(text=asked.text, mentions=asked.mentions, view=CardButtons(*buttons))


def rotation(name: str, turns: Sequence[PossibleLeader]) -> discord.Embed:
    """Show whose turn it is to lead, and who did how often."""
    entries = [_turn(number, one) for number, one in enumerate(turns, start=1)]
    embed = discord.Embed(
        title=f"{LEAD} Who leads in {theme.escape(name)}",
        description=theme.lines(entries, theme.DESCRIPTION_LIMIT) or "Nobody is in the group yet.",
        colour=theme.ACCENT,
    )
    embed.set_footer(text="Who led least, and longest ago, comes first.")
    return embed


def _turn(number: int, one: PossibleLeader) -> str:
    last = f", last {when.stamp(one.last, 'D')}" if one.last else ""
    away = f" {theme.AWAY} away" if one.away else ""
    did = f"led {theme.count(one.times, 'time')}" if one.times else "has not led yet"
    return f"{number}. {theme.person(one.user_id)} · {did}{last}{away}"
