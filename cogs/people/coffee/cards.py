"""What coffees look like as messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardButtons, CardLayout
from cogs.people.coffee.service import CoffeeView, Introduced
from data.people.coffees import Coffee

COFFEE = "☕"
NAMES_SHOWN = 30

EVERY = {1: "Every week", 2: "Every 2 weeks", 4: "Every 4 weeks"}

QUESTIONS = (
    "What are you working on just now, and what would make next week a good one?",
    "What did you change your mind about lately?",
    "What is the paper or idea that you would like to understand before the year ends?",
    "What could the other help you with in ten minutes?",
    "How did you come to this, and what nearly made you stop?",
    "What would you work on if nobody ever saw the result?",
)
"""What people can begin with; another one each round."""


def coffees(shown: CoffeeView, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Show a group's coffees: when pairs are made, and who is in."""
    schedule, name = shown.schedule, theme.escape(shown.group.name)
    if schedule.ended_at is not None:
        text = f"## {COFFEE} Coffee in {name}\nCoffees have ended here. Nothing was deleted."
        return _card([ui.TextDisplay(text)], theme.QUIET)
    text = (
        f"## {COFFEE} Coffee in {name}\n"
        f"{EVERY[schedule.weeks]} I introduce you to somebody here for half an hour. You meet "
        "everybody once before you meet anybody twice."
    )
    due = f"**Next pairs**: {when.stamp(schedule.next_at)} ({when.stamp(schedule.next_at, 'R')})"
    who = "Nobody is in yet."
    if shown.inside:
        who = f"**In** ({len(shown.inside)}): {theme.names(shown.inside, limit=NAMES_SHOWN)}"
    if shown.away:
        who += f"\n{theme.AWAY} Away: {theme.names(shown.away, limit=NAMES_SHOWN)}"
    items: list[ui.Item[Any]] = [ui.TextDisplay(text), ui.TextDisplay(f"{due}\n{who}")]
    if last := _last_round(shown.last):
        items.append(ui.TextDisplay(f"-# {last}"))
    return _card([*items, ui.ActionRow(*buttons)], theme.ACCENT)


def hello(shown: Introduced) -> Content:
    """Introduce the people who meet."""
    one = shown.coffee
    why = "; ".join(theme.escape(reason) for reason in shown.reasons)
    them = "the two" if len(one.people) == 2 else "the three"
    text = (
        f"{COFFEE} {_mentioned(one.people)}: coffee, {them} of you, for half an hour"
        f"{f' ({why})' if why else ''}."
    )
    return Content(text=text, mentions=theme.pings(one.people))


def question(shown: Introduced) -> Content:
    """Say what to begin with, and when it would suit."""
    asked = QUESTIONS[(shown.coffee.number - 1) % len(QUESTIONS)]
    suit = "both" if len(shown.coffee.people) == 2 else "all"
    if shown.times:
        times = "\n".join(f"• {when.stamp(one)}" for one in shown.times)
        text = f"Times that suit you {suit}, as your profiles say:\n{times}\n"
    else:
        text = "When would it suit you? Suggest two times each. "
        text += "If everyone here may see your free hours (`/profile set`), I can suggest some.\n"
    return Content(text=f"{text}\nTo begin with: *{asked}*")


def did_it_happen(one: Coffee, buttons: Sequence[ui.Item[Any]], *, asking: bool) -> Content:
    """Ask people who were introduced whether they met, and show what they say."""
    text = f"{COFFEE} {_mentioned(one.people)}: did you meet?"
    said = [
        f"{theme.person(taker.user_id)}: {'we met' if taker.happened else 'not this time'}"
        for taker in one.takers
        if taker.happened is not None
    ]
    if said:
        text += "\n-# " + " · ".join(said)
    mentions = theme.pings(one.people if asking else [])
    return Content(text=text, view=CardButtons(*buttons), mentions=mentions)


def changed(shown: CoffeeView) -> str:
    """Confirm what an organiser set."""
    schedule, name = shown.schedule, theme.escape(shown.group.name)
    if schedule.ended_at is not None:
        return f"No more coffees in **{name}**."
    every = EVERY[schedule.weeks].lower()
    return f"Coffees in **{name}**: {every}. Next pairs: {when.stamp(schedule.next_at)}."


def joined(shown: CoffeeView) -> str:
    """Confirm that somebody wants to be paired."""
    return (
        f"{COFFEE} You are in. The next pairs are made {when.stamp(shown.schedule.next_at)}. Your "
        "free hours in `/profile set` let me suggest times; while you are away I leave you out."
    )


def left(shown: CoffeeView) -> str:
    """Confirm that somebody is out."""
    return (
        f"I leave you out from now on. You can come back to the coffees of "
        f"**{theme.escape(shown.group.name)}** any time."
    )


def _last_round(last: Sequence[Coffee]) -> str:
    met = [one for one in last if not one.rest]
    if not met:
        return ""
    known = sum(one.happened is True for one in met)
    text = f"Round {met[0].number}: {known} of {theme.count(len(met), 'coffee')} happened"
    resting = [user_id for one in last if one.rest for user_id in one.people]
    if resting:
        text += f". {theme.names(resting, limit=3)} rested, and comes first next time"
    return text + "."


def _card(items: Sequence[ui.Item[Any]], colour: discord.Colour) -> Content:
    return Content(view=CardLayout(ui.Container(*items, accent_colour=colour)))


def _mentioned(people: Sequence[int]) -> str:
    *others, last = (theme.person(user_id) for user_id in people)
    return f"{', '.join(others)} and {last}" if others else last
