"""What pods and their proposals look like as messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.base.errors import UserError
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardButtons, CardLayout
from cogs.people import compatibility
from cogs.people.compatibility import Candidate
from cogs.people.pods.service import PodProposal, PodsView, PodView, Reform
from data.people.pods import Pod
from data.programmes.programmes import Programme
from data.server.groups import Group

POD = "🫛"
PER_PAGE = 12


def pages(proposal: PodProposal) -> int:
    """Return how many pages a proposal has."""
    return -(-len(proposal.pods) // PER_PAGE)


def proposal(shown: PodProposal, page: int) -> discord.Embed:
    """Show one page of what is proposed, with the reasons."""
    page = min(page, pages(shown) - 1)
    people = sum(len(one.pod.members) for one in shown.pods)
    first = page * PER_PAGE
    lines = [_line(one) for one in shown.pods[first : first + PER_PAGE]]
    embed = discord.Embed(
        title=f"{POD} A proposal: {theme.count(len(shown.pods), 'pod')} for "
        f"{theme.count(people, 'person', 'people')}",
        description=theme.lines(lines, theme.DESCRIPTION_LIMIT),
        colour=theme.WARM,
    )
    note = "Only you see this. Nothing happens before you make them."
    if shown.opened:
        note += f" They replace the present {theme.count(shown.opened, 'pod')}."
    if pages(shown) > 1:
        note += f" Page {page + 1} of {pages(shown)}."
    embed.set_footer(text=note)
    return embed


def pods(shown: PodsView, user_id: int) -> discord.Embed:
    """Show a group's pods, the person's own first."""
    found = sorted(shown.pods, key=lambda one: user_id not in one.pod.members)
    embed = discord.Embed(
        title=theme.clip(f"{POD} Pods of {theme.escape(shown.group.name)}", theme.TITLE_LIMIT),
        description=theme.lines(
            [_line(one, yours=user_id in one.pod.members, thread=True) for one in found],
            3000,
        )
        or "There are none yet. An organiser can propose some with `/pod form`.",
        colour=theme.ACCENT,
    )
    if shown.pods and shown.without:
        embed.add_field(name="In no pod", value=theme.names(shown.without))
    return embed


def reform(shown: Reform) -> Content:
    """Offer whoever made the group to form other pods, and say why."""
    group = shown.proposal.group
    why: list[str] = []
    if shown.quiet:
        *others, last = [pod.name for pod in shown.quiet[:3]]
        if (more := len(shown.quiet) - 3) > 0:
            others, last = [*others, last], theme.count(more, "other")
        names = f"{', '.join(others)} and {last}" if others else last
        why.append(f"fewer than half in {names} checked in to the last two rounds")
    if shown.without:
        people = theme.count(len(shown.without), "person is", "people are")
        why.append(f"{people} in no pod, because all are full")
    text = (
        f"{POD} In **{theme.escape(group.name)}** {', and '.join(why)}. Here is how other pods "
        f"could look. Nothing changes by itself: `/pod show` in <#{group.channel_id}> has the "
        "proposal, where you can change it and make it. I offer this once."
    )
    return Content(text=text, embeds=[proposal(shown.proposal, 0)])


def reform_in_channel(group: Group) -> Content:
    """Tell whoever made the group, in its channel, that there is such a proposal."""
    text = theme.addressed(
        group.created_by,
        f"the pods of **{theme.escape(group.name)}** could be formed differently. `/pod show` has "
        "a proposal for organisers.",
    )
    return Content(text=text, mentions=theme.pings([group.created_by]))


def pod(shown: PodView, group: Group) -> Content:
    """Show one pod: who is in it, and what they have in common."""
    over = shown.pod.dissolved_at is not None
    text = (
        f"### {POD} {shown.pod.name} of {theme.escape(group.name)}\n"
        f"{theme.names(shown.pod.members)}"
    )
    items: list[ui.Item[Any]] = [ui.TextDisplay(text)]
    if over:
        items.append(ui.TextDisplay("-# This pod was dissolved."))
    elif common := in_common(shown.people):
        items.append(ui.TextDisplay(f"-# {common}"))
    accent = theme.QUIET if over else theme.GOOD
    return Content(view=CardLayout(ui.Container(*items, accent_colour=accent)))


def hello(shown: PodView, group: Group) -> Content:
    """Introduce the people of a pod to each other, in its thread."""
    people = shown.pod.members
    common = in_common(shown.people)
    text = (
        f"👋 {' '.join(theme.person(user_id) for user_id in people)}\nThis is your pod in "
        f"**{theme.escape(group.name)}**{f': {common}' if common else ''}.\nTo begin with, each in "
        "a line: what do you want from the next weeks, and when could you all meet?"
    )
    return Content(text=text, mentions=theme.pings(people))


def welcome(user_id: int) -> Content:
    """Introduce somebody who joins later."""
    return Content(
        text=f"👋 {theme.person(user_id)} is in this pod now. What are you each working on?",
        mentions=theme.pings([user_id]),
    )


def in_common(people: Sequence[Candidate]) -> str:
    """Say what these people share."""
    return "; ".join(theme.escape(one) for one in compatibility.in_common(people))


def _line(shown: PodView, *, yours: bool = False, thread: bool = False) -> str:
    name = f"**{shown.pod.name}**"
    if thread and shown.thread_id is not None:
        name = f"<#{shown.thread_id}>"  # the thread has the name of its pod
    if yours:
        name += " (yours)"
    common = in_common(shown.people)
    return f"{name}: {theme.names(shown.pod.members)}" + (f"\n↳ {common}" if common else "")


def swapped(changed: Sequence[Pod]) -> str:
    """Confirm that two people changed places."""
    where = " in the proposal" if any(pod.opened_at is None for pod in changed) else ""
    lines = [f"**{pod.name}**: {theme.names(pod.members)}" for pod in changed]
    return "\n".join([f"They changed places{where}.", *lines])


def programme_proposed(programme: Programme, proposed: Sequence[Pod]) -> str:
    """Say that pods are proposed for a programme."""
    people = sum(len(pod.members) for pod in proposed)
    return (
        f"{POD} **{theme.escape(programme.title)}** begins soon: I propose "
        f"{theme.count(len(proposed), 'pod')} for {theme.count(people, 'person', 'people')}. "
        "Nothing happens until an organiser has looked at them and makes them."
    )


def programme_impossible(programme: Programme, error: UserError) -> str:
    """Say why no pods could be proposed for a programme."""
    return (
        f"{POD} I could not propose pods for **{theme.escape(programme.title)}**: "
        f"{error.sentence} `/pod form` does it later."
    )


def to_starter(programme: Programme, text: str, button: ui.Item[Any] | None) -> Content:
    """Return a message to whoever started a programme."""
    starter = programme.created_by
    return Content(
        text=f"{theme.person(starter)} {text}" if starter else text,
        view=CardButtons(button) if button is not None else None,
        mentions=theme.pings([starter]),
    )
