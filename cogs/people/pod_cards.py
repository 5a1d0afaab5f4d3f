"""What pods and their proposals look like as messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.availability import shared_hours
from bot.delivery import Content
from bot.ui import theme
from bot.ui.items import CardLayout
from cogs.people.rules.matching import Candidate
from cogs.people.service.pods import Circle, Proposal, Standing
from data.server import Group

POD = "🫛"
PER_PAGE = 12


def pages(proposal: Proposal) -> int:
    """Return how many pages a proposal has."""
    return -(-len(proposal.circles) // PER_PAGE)


def proposal(shown: Proposal, page: int) -> discord.Embed:
    """Show one page of what is proposed, with the reasons."""
    page = min(page, pages(shown) - 1)
    people = sum(len(circle.pod.members) for circle in shown.circles)
    first = page * PER_PAGE
    lines = [_line(circle) for circle in shown.circles[first : first + PER_PAGE]]
    embed = discord.Embed(
        title=f"{POD} A proposal: {theme.count(len(shown.circles), 'pod')} for "
        f"{theme.count(people, 'person', 'people')}",
        description=theme.lines(lines, theme.DESCRIPTION_LIMIT),
        colour=theme.WARM,
    )
    note = "Only you see this. Nothing happens before you make them."
    if shown.opened:
        note += f" They replace the {theme.count(shown.opened, 'pod')} that there are now."
    if pages(shown) > 1:
        note += f" Page {page + 1} of {pages(shown)}."
    embed.set_footer(text=note)
    return embed


def standing(shown: Standing, user_id: int) -> discord.Embed:
    """Show a group's pods, one's own first."""
    circles = sorted(shown.circles, key=lambda circle: user_id not in circle.pod.members)
    embed = discord.Embed(
        title=theme.clip(f"{POD} Pods of {theme.plain(shown.group.name)}", theme.TITLE_LIMIT),
        description=theme.lines(
            [_line(circle, yours=user_id in circle.pod.members, thread=True) for circle in circles],
            3000,
        )
        or "There are none. An organiser can propose some with `/pod form`.",
        colour=theme.ACCENT,
    )
    if shown.circles and shown.without:
        embed.add_field(name="In no pod", value=theme.names(shown.without))
    return embed


def pod(circle: Circle, group: Group) -> Content:
    """Show one pod: who is in it, and what they have in common."""
    over = circle.pod.dissolved_at is not None
    text = (
        f"### {POD} {circle.pod.name} of {theme.plain(group.name)}\n"
        f"{theme.names(circle.pod.members)}"
    )
    items: list[ui.Item[Any]] = [ui.TextDisplay(text)]
    if over:
        items.append(ui.TextDisplay("-# This pod was dissolved."))
    elif common := in_common(circle.people):
        items.append(ui.TextDisplay(f"-# {common}"))
    accent = theme.QUIET if over else theme.GOOD
    return Content(view=CardLayout(ui.Container(*items, accent_colour=accent)))


def hello(circle: Circle, group: Group) -> Content:
    """Introduce the people of a pod to each other, in its thread."""
    people = circle.pod.members
    common = in_common(circle.people)
    text = (
        f"👋 {' '.join(f'<@{user_id}>' for user_id in people)}\nThis is your pod in "
        f"**{theme.plain(group.name)}**{f': {common}' if common else ''}.\nTo begin with, each in "
        "a line: what do you want from the next weeks, and when could you all meet?"
    )
    return Content(text=text, mentions=_mentions(people))


def welcome(user_id: int) -> Content:
    """Introduce somebody who comes later."""
    return Content(
        text=f"👋 <@{user_id}> is in this pod now. What are you each working on?",
        mentions=_mentions([user_id]),
    )


def in_common(people: Sequence[Candidate]) -> str:
    """Say what all, or most, of these people share: hours a week, interests, levels."""
    if len(people) < 2:
        return ""
    said: list[str] = []
    hours = shared_hours(people[0].week, *(one.week for one in people[1:]))
    if hours:
        said.append(f"{hours:g} hours a week that suit all")
    tags = {tag for one in people for tag in one.interests}
    shared = sorted(
        (tag for tag in tags if sum(tag in one.interests for one in people) >= 2),
        key=lambda tag: (-sum(tag in one.interests for one in people), tag),
    )
    if shared:
        said.append(theme.plain(", ".join(shared[:3])))
    levels = sorted({one.level for one in people if one.level is not None})
    if levels:
        low, high = levels[0], levels[-1]
        said.append(f"level {low}" if low == high else f"levels {low} to {high}")
    return "; ".join(said)


def _line(circle: Circle, *, yours: bool = False, thread: bool = False) -> str:
    name = f"**{circle.pod.name}**" + (" (yours)" if yours else "")
    if thread and circle.channel_id is not None:
        name += f" <#{circle.channel_id}>"
    common = in_common(circle.people)
    return f"{name}: {theme.names(circle.pod.members)}" + (f"\n-# {common}" if common else "")


def _mentions(people: Sequence[int]) -> discord.AllowedMentions:
    return discord.AllowedMentions(users=[discord.Object(user_id) for user_id in people])
