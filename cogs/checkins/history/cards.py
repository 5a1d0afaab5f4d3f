"""What looking back looks like: pages of check-ins, statistics, and their picture."""

from __future__ import annotations

import asyncio
import io
from zoneinfo import ZoneInfo

import discord

from bot.base import when
from bot.ui import theme
from cogs.checkins.history import picture
from cogs.checkins.history.picture import RoundBox, RoundsDrawing
from cogs.checkins.history.rules import RoundOutcome
from cogs.checkins.history.service import GroupStatistics, Past, Statistics
from data.checkins.rounds import Checkin

ON_A_PAGE = 5
PICTURE = "rounds.png"


def past(view: Past) -> list[discord.Embed]:
    """Show what somebody posted, the newest first, on pages."""
    title = f"Check-ins in {theme.clip(theme.escape(view.group.name), 180)}"
    who = theme.person(view.user_id)
    if view.since is not None:
        who += f" since {when.stamp(view.since, 'D')}"
    if not view.checkins:
        return [discord.Embed(title=title, description=f"{who}: nothing yet.", colour=theme.QUIET)]
    pages: list[discord.Embed] = []
    for start in range(0, len(view.checkins), ON_A_PAGE):
        embed = discord.Embed(title=title, description=who, colour=theme.ACCENT)
        for one in view.checkins[start : start + ON_A_PAGE]:
            embed.add_field(name=_name(view, one), value=_value(view, one), inline=False)
        pages.append(embed)
    return pages


async def statistics(view: Statistics) -> tuple[discord.Embed, discord.File]:
    """Show how somebody did, in words and as a picture, which is drawn in a thread."""
    posted, late = view.count(RoundOutcome.POSTED), view.count(RoundOutcome.LATE)
    away, missed = view.count(RoundOutcome.AWAY), view.count(RoundOutcome.MISSED)
    done = posted + late
    rounds = theme.count(done + missed, "round")
    words = [f"{theme.person(view.user_id)} checked in to {done} of {rounds}"]
    if not done + missed:
        words = [f"No round of {theme.person(view.user_id)} is over yet"]
    if late:
        words.append(f"{late} of them late")
    if away:
        words.append(f"away for {away}")
    numbers: list[tuple[str, str]] = [(f"{done}", f"of {rounds}")]
    said = f"{', '.join(words)}."
    if view.streak is not None:
        numbers += [(str(view.streak.current), "in a row"), (str(view.streak.best), "best so far")]
        said += (
            f"\n**In a row**: {theme.count(view.streak.current, 'round')} · "
            f"**best**: {view.streak.best}"
        )
    if view.kept.settled:
        rate = f"{view.kept.kept / view.kept.settled:.0%}"
        numbers.append((rate, "kept"))
        said += f"\n**Commitments kept**: {view.kept.kept} of {view.kept.settled} ({rate})"
    zone = ZoneInfo(view.timezone)
    boxes = tuple(
        RoundBox(record.due_at.astimezone(zone).date(), outcome)
        for record, outcome in view.records
        if view.streak is not None  # round by round, anybody could count it
    )
    drawn = await asyncio.to_thread(picture.draw, RoundsDrawing(tuple(numbers), boxes))
    alt = (
        f"{'A calendar of rounds' if boxes else 'Rounds'}: {posted} checked in, {late} late, "
        f"{away} away, {missed} missed. "
        + ", ".join(f"{caption} {number}" for number, caption in numbers[1:])
    )
    embed = discord.Embed(
        title=f"{theme.clip(theme.escape(view.group.name), 200)}: how it goes",
        description=said,
        colour=theme.ACCENT,
    )
    embed.set_image(url=f"attachment://{PICTURE}")
    return embed, discord.File(io.BytesIO(drawn), PICTURE, description=theme.clip(alt, 1000))


def of_group(view: GroupStatistics) -> discord.Embed:
    """Show an organiser how a whole group does, round by round."""
    embed = discord.Embed(
        title=f"{theme.clip(theme.escape(view.group.name), 200)}: how the group does",
        colour=theme.ACCENT,
    )
    people = theme.count(view.members, "member")
    if view.away:
        people += f", {view.away} away"
    embed.description = f"{people} · {theme.count(view.checkins, 'check-in')} in all"
    rounds = [
        f"`{one.number:>3}` {theme.bar(one.posted / one.expected if one.expected else 0)} "
        f"{one.posted} of {one.expected} · {when.stamp(one.due_at, 'd')}"
        for one in view.turnouts
    ]
    embed.add_field(
        name="Rounds, the last first",
        value=theme.lines(rounds, theme.FIELD_LIMIT) or "None closed yet.",
        inline=False,
    )
    if view.kept.settled:
        rate = view.kept.kept / view.kept.settled
        embed.add_field(
            name="Commitments kept",
            value=f"{theme.bar(rate)} {view.kept.kept} of {view.kept.settled} ({rate:.0%})",
            inline=False,
        )
    if view.quiet:
        embed.add_field(
            name="Quiet for two rounds: a kind word may help",
            value=theme.names(view.quiet, limit=30),
            inline=False,
        )
    return embed


def _name(view: Past, one: Checkin) -> str:
    number = view.numbers.get(one.round_id) if one.round_id is not None else None
    name = f"Round {number}" if number is not None else "Between rounds"
    if one.late:
        name += " · late"
    return f"{name} · {when.stamp(one.posted_at, 'D')}"


def _value(view: Past, one: Checkin) -> str:
    answers = [
        f"**{theme.one_line(question, 60)}** {theme.one_line(answer, 150)}"
        for question, answer in one.answered
    ]
    url = view.urls.get(one.id)
    if url is not None:
        answers.append(f"[Read it all]({url})")
    return theme.lines(answers, theme.FIELD_LIMIT)
