"""Polls as messages, and suggested times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardButtons
from cogs.reading.mentions import mentioning
from cogs.reading.polls.drafts import PollProposal
from cogs.reading.polls.rules import MOST_SLOTS
from cogs.reading.polls.service import PollMark, PollView
from data.reading.polls import Poll
from data.states import Fit

CAN = (*(f"{digit}\ufe0f\u20e3" for digit in range(1, 10)), "🔟")

IF_NEED_BE = tuple(chr(0x1F1E6 + index) for index in range(MOST_SLOTS))

MARKS: Mapping[str, PollMark] = {
    **{emoji.replace("\ufe0f", ""): (number, Fit.CAN) for number, emoji in enumerate(CAN, 1)},
    **{emoji: (number, Fit.IF_NEED_BE) for number, emoji in enumerate(IF_NEED_BE, 1)},
}


def asked(one: Poll, starts: Sequence[datetime]) -> str:
    """Say what a poll asks about, where its card is in another channel."""
    times = "\n".join(f"• {when.stamp(start)}" for start in sorted(starts))
    return (
        f"{theme.CALENDAR} **{theme.one_line(one.title)}** closes {when.stamp(one.closes_at)} and "
        f"asks about\n{times}\n"
    )


def poll(view: PollView, close: ui.Item[Any], schedule: Sequence[ui.Item[Any]]) -> Content:
    """Show the times to choose from, and whom they suit."""
    one = view.poll
    is_open = one.closed_at is None
    lines = [
        f"When shall we meet, for {theme.count(one.minutes, 'minute')}?",
        f"Closes {when.stamp(one.closes_at)} ({when.stamp(one.closes_at, 'R')})."
        if is_open
        else "**This poll is closed.**",
    ]
    if view.meeting is not None:
        lines = [_scheduled(view)]
    embed = discord.Embed(
        title=f"{theme.CALENDAR} {theme.escape(one.title)}",
        description="\n".join(lines),
        colour=theme.ACCENT if is_open else theme.QUIET,
    )
    for entry in view.slots:
        number = entry.slot.number
        chosen = " ⭐" if entry in view.best and entry.can and not is_open else ""
        counts = [f"{len(entry.can)} can"] if entry.can else []
        counts += [f"{len(entry.if_need_be)} if need be"] if entry.if_need_be else []
        suits = ", ".join(counts) or ("nobody yet" if is_open else "nobody")
        people: list[str] = []
        if entry.can:
            people.append(theme.names(entry.can, limit=12))
        if entry.if_need_be:
            people.append(f"if need be: {theme.names(entry.if_need_be, limit=12)}")
        marks = f"{CAN[number - 1]} {IF_NEED_BE[number - 1]}"
        embed.add_field(
            name=f"{marks} {suits}{chosen}",
            value=f"{when.stamp(entry.slot.starts_at)}\n{' · '.join(people)}",
            inline=False,
        )
    buttons: list[ui.Item[Any]] = []
    if is_open:
        embed.set_footer(text="A number: I can. Its letter: if need be. Choose as many as suit.")
        buttons.append(close)
    elif view.meeting is None:
        buttons += schedule
    shown = len(view.slots)
    return Content(
        embeds=[embed],
        view=CardButtons(*buttons) if buttons else None,
        reactions=[*CAN[:shown], *IF_NEED_BE[:shown]] if is_open else (),
    )


def announcement_key(poll_id: int) -> str:
    """Return the key of the message that names a poll's best time."""
    return f"reading/poll/{poll_id}"


def _scheduled(view: PollView) -> str:
    """Say that a poll's best time is scheduled, and lead there."""
    assert view.meeting is not None  # noqa: S101 - the caller looked
    where = f" · [open the meeting]({view.card.url})" if view.card else ""
    return f"{theme.DONE} **Scheduled** for {when.stamp(view.meeting.starts_at)}{where}"


def closed(view: PollView, schedule: Sequence[ui.Item[Any]]) -> Content:
    """Name the best times of a closed poll to whoever asked, or say that one is scheduled."""
    title = f"**{theme.escape(view.poll.title)}**"
    if view.meeting is not None:
        text = f"{theme.CALENDAR} The poll for {title} is closed.\n{_scheduled(view)}"
        return Content(text=text)
    first = view.best[0]
    if not first.can and not first.if_need_be:
        text = f"{theme.CALENDAR} The poll for {title} is closed, and nobody has answered."
        return mentioning(text, [view.poll.created_by])
    perhaps = f", {len(first.if_need_be)} more if need be" if first.if_need_be else ""
    stamps = [when.stamp(one.slot.starts_at) for one in view.best]
    if len(stamps) == 1:
        suits = f"{stamps[0]} suits {theme.count(len(first.can), 'person', 'people')}{perhaps}."
    else:
        listed = f"{', '.join(stamps[:-1])} and {stamps[-1]}"
        suits = (
            f"It is a tie: {listed} each suit {theme.count(len(first.can), 'person', 'people')}"
            f"{perhaps}. Pick one of them."
        )
    told = mentioning(
        f"{theme.CALENDAR} The poll for {title} is closed. {suits}", [view.poll.created_by]
    )
    return Content(text=told.text, mentions=told.mentions, view=CardButtons(*schedule))


NAMED = 3
"""How many of those who cannot come are named."""


def proposal(found: PollProposal) -> discord.Embed:
    """Show proposed times, each with how many of those whose hours are known are free."""
    name = theme.escape(found.group.name)
    embed = discord.Embed(
        title=f"{theme.CALENDAR} {theme.one_line(found.draft.title, 200)}", colour=theme.ACCENT
    )
    if not found.known:
        embed.description = (
            f"I can't tell when anybody in {name} is free. `/profile set` asks for "
            "your weekly hours; they count here once your groups may see them. Or write the times "
            "yourself."
        )
        return embed
    if not found.times:
        length = theme.count(found.draft.minutes, "minute")
        embed.description = (
            f"In the coming two weeks nobody is free for {length} on end, as far as I can tell. "
            "Try a shorter meeting, or write the times yourself."
        )
        return embed
    for one in found.times:
        value = when.stamp(one.starts_at)
        if 0 < len(one.cannot) <= NAMED:
            value += f"\nnot {theme.names(one.cannot)}"
        embed.add_field(name=f"{len(one.can)} of {one.known} free", value=value, inline=False)
    if found.others:
        some = theme.count(found.others, "member has", "members have")
        embed.set_footer(
            text=f"{some} not said when they are free, or only to themselves. /profile set does it."
        )
    return embed
