"""What meetings look like as messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardButtons
from bot.ui.papers import linked
from cogs.reading.calendar.service import CalendarEntry, Clash
from cogs.reading.meetings.card_view import MeetingView
from cogs.reading.meetings.readings import Reading
from cogs.reading.meetings.rules import is_link
from cogs.reading.meetings.service import Listed
from cogs.reading.rsvps.cards import EMOJI, WAITING
from cogs.reading.series.rules import Occurrence
from data.papers.papers import Paper
from data.programmes.programmes import Programme
from data.reading.meetings import Meeting, Series
from data.server.groups import Group
from data.states import Answer

CLASHES_NAMED = 3
"""How many meetings at the same time a warning names."""

PAGE = 6
"""How many meetings a page of the list shows."""

COMING = 10
"""How many of those who come a meeting's card names."""

OTHERS = 5
"""How many of those who wait, may come or don't it names."""

READINGS_LIMIT = 1500
"""How many characters all that is read takes on a meeting's card; its thread says more."""


def meeting(view: MeetingView, everybody: ui.Item[Any]) -> Content:
    """Show a meeting: what, when, where, and who comes.

    Of many the first are named, with who leads before all; ``everybody`` shows them all, and is
    there where somebody is left out.
    """
    one, turnout = view.meeting, view.turnout
    is_open = one.is_open(view.now)
    embed = discord.Embed(
        title=f"{theme.CALENDAR} {theme.escape(one.title)}",
        description="\n".join(_about(view)),
        colour=_colour(view),
    )
    seats = "" if one.capacity is None else f" of {one.capacity}"
    nobody = "Nobody yet" if is_open else "Nobody said so"
    embed.add_field(
        name=f"{theme.GOING} Going ({len(turnout.going)}{seats})",
        value=_first(_leader_first(view), COMING) if turnout.going else nobody,
        inline=False,
    )
    if turnout.waiting:
        embed.add_field(
            name=f"{WAITING} Waiting list ({len(turnout.waiting)})",
            value=_first(turnout.waiting, OTHERS),
            inline=False,
        )
    for emoji, answer, crowd in (
        (theme.MAYBE, "Maybe", turnout.maybe),
        (theme.NOT_GOING, "Not going", turnout.not_going),
    ):
        if crowd:
            embed.add_field(name=f"{emoji} {answer} ({len(crowd)})", value=_first(crowd, OTHERS))
    if is_open:
        embed.set_footer(text="React to answer; take your reaction away to take it back.")
    return Content(
        embeds=[embed],
        view=CardButtons(everybody) if _leaves_out(view) else None,
        reactions=list(EMOJI.values()) if is_open else (),
    )


def _leader_first(view: MeetingView) -> list[int]:
    """Return who comes: the leader first, the others in the order of their answers."""
    return sorted(view.turnout.going, key=lambda one: one != view.meeting.facilitator_id)


def _first(crowd: Sequence[int], most: int) -> str:
    """Name the first of many people; never leave out just one."""
    return theme.names(crowd, limit=most if len(crowd) > most + 1 else most + 1)


def _leaves_out(view: MeetingView) -> bool:
    """Whether a card leaves out somebody who answered."""
    turnout = view.turnout
    others = (turnout.waiting, turnout.maybe, turnout.not_going)
    return len(turnout.going) > COMING + 1 or any(len(one) > OTHERS + 1 for one in others)


def _about(view: MeetingView) -> list[str]:
    one = view.meeting
    lines = [f"**{when.stamp(one.starts_at)}** · {when.stamp(one.starts_at, 'R')}"]
    if one.cancelled_at is not None:
        lines[0] = f"~~{when.stamp(one.starts_at)}~~ · **cancelled**"
        if one.cancelled_because:
            lines.append(f"> {theme.one_line(one.cancelled_because, 300)}")
    elif one.ends_at <= view.now:
        lines[0] = f"**{when.stamp(one.starts_at)}** · over"
    details = [theme.count(one.minutes, "minute")]
    where = shown_where(one)
    if where:
        details.append(where)
    if one.facilitator_id is not None:
        details.append(f"led by {theme.person(one.facilitator_id)}")
    lines.append(" · ".join(details))
    if view.series is not None and view.series.ended_at is None:
        lines.append(f"🔁 {view.series.rule.describe()}{_until(view.series)}")
    readings = [f"{theme.PAPER} {reading_line(one)}" for one in view.readings]
    if readings:
        lines.append(theme.lines(readings, READINGS_LIMIT))
    if one.thread_id is not None and not view.thread_below:
        lines.append(f"💬 <#{one.thread_id}>")
    return lines


def _until(series: Series) -> str:
    """Say which meeting of a series is its last, where a last day was given."""
    if series.until is None:
        return ""
    day_after = when.local(series.until + timedelta(days=1), time(), series.rule.zone)
    # The last day that was given need not be a day of the series.
    last = series.number_after(day_after - timedelta(milliseconds=1)) - 1
    if series.times is not None:
        last = min(last, series.times - 1)
    return f", the last on {when.stamp(series.starts_at(last))}"


def scheduled(view: MeetingView) -> str:
    """Say what was scheduled and when, where its card is in another channel."""
    one = view.meeting
    said = f"{theme.CALENDAR} **{theme.one_line(one.title)}**, {when.stamp(one.starts_at)}."
    if view.series is not None:
        rhythm = view.series.rule.describe()
        said += f" It repeats {rhythm}{_until(view.series)}."
    return said


def shown_where(one: Meeting, *, words: int = 200, link: int = 2000) -> str:
    """Say where a meeting takes place, in words of at most ``words`` characters or one link.

    A link is shown in full or not at all: a cut one leads nowhere.
    """
    if one.voice_id is not None:
        return f"<#{one.voice_id}>"
    if one.location and is_link(one.location):
        return one.location if len(one.location) <= link else "link on the card"
    return theme.one_line(one.location or "", words)


def paper_line(paper: Paper) -> str:
    """Show a paper on one line: its title with its link, who wrote it, and when."""
    return reading_line(Reading(paper))


def reading_line(one: Reading) -> str:
    """Show a reading on one line, with its list's title until another is known."""
    if one.paper is not None and one.paper.url:
        title = linked(one.paper, one.title)
    else:
        title = f"*{theme.one_line(one.title, 200)}*"
    by = _authors(one.paper.authors) if one.paper else ""
    year = str(one.paper.year or "") if one.paper else ""
    said = ", ".join(part for part in (by, year) if part)
    return f"{title} · {said}" if said else title


def _authors(authors: Sequence[str]) -> str:
    if not authors:
        return ""
    first = theme.one_line(authors[0], 60)
    if len(authors) == 1:
        return first
    second = theme.one_line(authors[1], 60)
    return f"{first} and {second}" if len(authors) == 2 else f"{first} et al."


def _colour(view: MeetingView) -> discord.Colour:
    if view.meeting.cancelled_at is not None:
        return theme.BAD
    return theme.QUIET if view.meeting.ends_at <= view.now else theme.ACCENT


def clashes(group: Group, found: Sequence[Clash]) -> str:
    """Warn that a group already meets at that time."""
    met = ", ".join(
        f"**{theme.one_line(one.title, 90)}** on {when.stamp(one.starts_at)}"
        for one in found[:CLASHES_NAMED]
    )
    return (
        f"⚠️ {theme.escape(group.name)} already meets then: {met}. If that is not meant, "
        "`/meeting move` or `/meeting cancel` one of them."
    )


def listed(
    entries: Sequence[Listed],
    later: Sequence[tuple[Series, Occurrence]] = (),
    programmes: Sequence[tuple[Programme, CalendarEntry]] = (),
) -> list[discord.Embed]:
    """Show what is coming, a few meetings to a page, each with the person's own answer.

    The last page has what has no card yet: the next meeting of series and of programmes.
    """
    pages: list[discord.Embed] = []
    for start in range(0, len(entries), PAGE):
        embed = discord.Embed(title=f"{theme.CALENDAR} What is coming", colour=theme.ACCENT)
        for entry in entries[start : start + PAGE]:
            one = entry.meeting
            where = (
                f"[Open the card]({entry.card.url})"
                if entry.card
                else f"<#{entry.group.channel_id}>"
            )
            embed.add_field(
                name=theme.escape(one.title),
                value=f"{when.stamp(one.starts_at)} · {when.stamp(one.starts_at, 'R')}\n"
                f"{_answers(entry)}\n{where}",
                inline=False,
            )
        pages.append(embed)
    lines = [
        (
            one.starts_at,
            f"🔁 **{theme.one_line(series.title, 90)}** · {when.stamp(one.starts_at)}, you can "
            f"answer from {when.stamp(one.posted_at, 'D')}",
        )
        for series, one in later
    ]
    lines += [
        (
            one.starts_at,
            f"🎓 **{theme.one_line(one.title, 90)}** · {when.stamp(one.starts_at)}, of the "
            f"programme {theme.one_line(programme.title, 60)}",
        )
        for programme, one in programmes
    ]
    if lines:
        pages = pages or [
            discord.Embed(title=f"{theme.CALENDAR} What is coming", colour=theme.ACCENT)
        ]
        shown = theme.lines([line for _, line in sorted(lines)], theme.FIELD_LIMIT)
        pages[-1].add_field(name="Later", value=shown, inline=False)
    return pages


def _answers(entry: Listed) -> str:
    """Say what the person who asks has answered, and how many others come or may come."""
    turnout = entry.turnout
    counted = {
        "going": turnout.going,
        "waiting": turnout.waiting,
        "maybe": turnout.maybe,
        "not going": turnout.not_going,
    }
    counts = [f"{len(crowd)} {answer}" for answer, crowd in counted.items() if crowd]
    if not counts:
        return "nobody has answered yet"
    return f"{own_answer(entry)} · {', '.join(counts)}"


def own_answer(entry: Listed) -> str:
    """Say what the person who asks has answered."""
    match entry.own:
        case Answer.GOING if entry.user_id in entry.turnout.waiting:
            return f"{WAITING} you are on the waiting list"
        case Answer.GOING:
            return f"{theme.GOING} you are going"
        case Answer.MAYBE:
            return f"{theme.MAYBE} you said maybe"
        case Answer.NOT_GOING:
            return f"{theme.NOT_GOING} you are not going"
        case None:
            return "you have not answered"


def thread_name(view: MeetingView) -> str:
    """Return what a meeting's thread is called: its title and its day in the group's zone."""
    one = view.meeting
    day = f"{one.starts_at.astimezone(view.zone):%d %b}".lstrip("0")
    return f"{theme.clip(one.title, 80)} · {day}"
