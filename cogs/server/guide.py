"""The topics of `/cohort help`."""

from __future__ import annotations

from dataclasses import dataclass

import discord
from discord import app_commands

from bot.errors import NotFound
from bot.ui import places, theme


@dataclass(frozen=True, slots=True)
class Topic:
    """One page of help."""

    title: str
    text: str


TOPICS = {
    "groups": Topic(
        "Groups",
        "A group lives in a text channel and gathers around its **focus**: a course, a paper, a "
        "library. Used there, its commands mean that group.\n"
        "• `/group join` and `/group leave`, or the buttons on its card\n"
        "• `/group show` shows its members and what is coming\n"
        "• `/group pause until` takes you out for a while, `/group resume` brings you back\n"
        "• `/group create name focus` makes one, `/group edit` changes it, `/group archive` ends "
        "it (organisers)",
    ),
    "check-ins": Topic(
        "Check-ins",
        "Each round is due at a time that your group chose. Two days before, a prompt is posted "
        "with a button; early posts count, and late ones too. At the due time a digest tells who "
        "did what, and what is in the way.\n"
        "• `/checkin post did:…` logs yours at once; without `did` a form opens. Or log a message "
        "of yours: *Apps → Log as check-in* in its menu\n"
        "• `/checkin edit` and `/checkin delete` change the last one\n"
        "• `/checkin status` shows who has, who has not yet, and when the round is due\n"
        "• `/checkin history` and `/checkin stats` look back\n"
        "• `/checkin nudges` says how you are reminded, and when not; `/group pause until` takes "
        "you out for a while, and breaks no streak\n"
        "• `/checkin schedule cadence day time` sets the rounds, `/checkin questions` what is "
        "asked (organisers)",
    ),
    "commitments": Topic(
        "Commitments",
        "Each line of a check-in's *next* is one; the next form has it to tick: kept, not kept, "
        "or carried over.\n"
        "• `/commitment add text` makes another, with `due` for a reminder and `witness` for "
        "somebody who confirms it\n"
        "• `/commitment list`, `/commitment done`, and `/commitment drop`, which is not failing",
    ),
    "reading": Topic(
        "Reading groups",
        "• `/reading schedule title when` posts a card. ✅ going, ❔ maybe, ❌ not going: react to "
        "answer, take the reaction away to take it back\n"
        "• Who is going or may come is reminded in the meeting's thread a day and an hour before",
    ),
    "projects": Topic(
        "Projects",
        "A project is a paper that you replicate together, on a board in its own thread.\n"
        "• `/project propose paper title` opens the board, `/project join` joins it\n"
        "• `/project task add` and `task move` keep its tasks, as do the buttons on the card\n"
        "• `/project deadline add title due` reminds 7 days, 1 day and 2 hours before",
    ),
    "times": Topic(
        "Times",
        "Type a time as `2026-12-01 18:00`, `tue 19:00`, `tomorrow 7pm`, `in 3 days`, or paste a "
        "Discord timestamp. It is read in your own time zone, else the group's, else the "
        "server's; a zone at the end, as in `tue 19:00 Europe/London`, goes before all of them. "
        "What I answer is shown to each reader in their own time.",
    ),
}


def topic(name: str) -> discord.Embed:
    """Return one topic's page; raises NotFound naming the topics there are."""
    wanted = name.strip().casefold()
    found = TOPICS.get(wanted) or next(
        (one for key, one in TOPICS.items() if wanted and key.startswith(wanted[:5])), None
    )
    if found is None:
        known = ", ".join(TOPICS)
        raise NotFound(f"I have no help on “{theme.one_line(name, 40)}”. I have: {known}.")
    return discord.Embed(title=found.title, description=found.text, colour=theme.ACCENT)


def choices(typed: str) -> list[app_commands.Choice[str]]:
    """Return the topics for autocomplete."""
    return places.choices(typed, [(one.title, key) for key, one in TOPICS.items()])
