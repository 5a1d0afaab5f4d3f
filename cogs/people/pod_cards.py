"""What pods and their proposals look like as messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardLayout
from cogs.people.rules import matching
from cogs.people.rules.matching import Candidate
from cogs.people.service.pods import Circle, Proposal, Reform, Standing
from data.server.groups import Group

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


def reform(shown: Reform) -> Content:
    """Offer the one who made a group to form its pods anew, and say why."""
    group = shown.proposal.group
    why: list[str] = []
    if shown.quiet:
        *others, last = [pod.name for pod in shown.quiet[:3]]
        if (more := len(shown.quiet) - 3) > 0:
            others, last = [*others, last], theme.count(more, "other")
        names = f"{', '.join(others)} and {last}" if others else last
        why.append(f"fewer than half in {names} checked in to the last two rounds")
    if shown.without:
        people = theme.count(len(shown.without), "person has", "people have")
        why.append(f"{people} no pod, for want of room")
    text = (
        f"{POD} In **{theme.plain(group.name)}** {', and '.join(why)}. Here is how its pods could "
        f"be formed anew. Nothing changes by itself: `/pod show` in <#{group.channel_id}> has the "
        "proposal, where you can change it and make it. I offer this once."
    )
    return Content(text=text, embeds=[proposal(shown.proposal, 0)])


def reform_in_channel(group: Group) -> Content:
    """Tell who made a group, before everybody, that there is such a proposal."""
    text = theme.addressed(
        group.created_by,
        f"the pods of **{theme.plain(group.name)}** could be formed anew. `/pod show` has a "
        "proposal for organisers.",
    )
    return Content(text=text, mentions=_mentions([group.created_by]))


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
        f"👋 {' '.join(theme.person(user_id) for user_id in people)}\nThis is your pod in "
        f"**{theme.plain(group.name)}**{f': {common}' if common else ''}.\nTo begin with, each in "
        "a line: what do you want from the next weeks, and when could you all meet?"
    )
    return Content(text=text, mentions=_mentions(people))


def welcome(user_id: int) -> Content:
    """Introduce somebody who comes later."""
    return Content(
        text=f"👋 {theme.person(user_id)} is in this pod now. What are you each working on?",
        mentions=_mentions([user_id]),
    )


def in_common(people: Sequence[Candidate]) -> str:
    """Say what these people share."""
    return "; ".join(theme.plain(one) for one in matching.in_common(people))


def _line(circle: Circle, *, yours: bool = False, thread: bool = False) -> str:
    name = f"**{circle.pod.name}**"
    if thread and circle.channel_id is not None:
        name = f"<#{circle.channel_id}>"  # a thread is called as its pod
    if yours:
        name += " (yours)"
    common = in_common(circle.people)
    return f"{name}: {theme.names(circle.pod.members)}" + (f"\n↳ {common}" if common else "")


def _mentions(people: Sequence[int]) -> discord.AllowedMentions:
    return discord.AllowedMentions(users=[discord.Object(user_id) for user_id in people])
