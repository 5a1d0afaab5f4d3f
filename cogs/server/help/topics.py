"""The topics of `/cohort help`."""

from __future__ import annotations

import discord
from discord import app_commands
from msgspec import Struct

from bot.base.errors import NotFound
from bot.ui import places, theme


class HelpTopic(Struct, frozen=True):
    """One page of help."""

    title: str
    text: str


TOPICS = {
    "groups": HelpTopic(
        "Groups",
        "A group lives in a text channel and works on its **focus**: a course, a paper, a "
        "library. Used there, its commands mean that group.\n"
        "• `/group join` and `/group leave`, or the buttons on its card\n"
        "• `/group show` shows its members and what is coming\n"
        "• `/group pause until:…` when you are away: no nudges, and no streak breaks\n"
        "• `/group create name focus` makes one, `/group edit` changes it (organisers)",
    ),
    "check-ins": HelpTopic(
        "Check-ins",
        "Each round is due at a time that your group chose. Two days before, a prompt is posted "
        "with a button; late posts count too.\n"
        "• `/checkin post did:…` logs yours at once; without `did` a form opens\n"
        "• or open the menu of a message of yours: Apps → **Log as check-in**\n"
        "• `/checkin edit` and `/checkin delete` change your last one; a deletion can be undone\n"
        "• `/checkin status` shows who has, who has not yet, and when the round is due\n"
        "• `/checkin history` and `/checkin stats` look back\n"
        "• `/checkin schedule cadence day time` and `/checkin questions` (organisers)",
    ),
    "commitments": HelpTopic(
        "Commitments",
        "Each line of what you will do next is a commitment, to be ticked off at your next "
        "check-in.\n"
        "• `/commitment add text due witness` makes another; a witness confirms it by button\n"
        "• `/commitment list`, `/commitment done`, `/commitment drop`: dropping one says why, and "
        "is no failure",
    ),
    "reading": HelpTopic(
        "Reading groups",
        "• `/meeting schedule title when` posts a card. ✅ going, ❔ maybe, ❌ not going: react to "
        "answer, take the reaction away to take it back\n"
        "• Who is going or may come is reminded in the meeting's thread a day and an hour before\n"
        "• `/meeting list` shows what is coming, with your answers\n"
        "• `/reading nominate` and `/reading shortlist`: what to read next, by 👍\n"
        "• `/meeting poll` asks when to meet; `/meeting facilitate` takes a turn at leading\n"
        "• `/meeting calendar` gives you a file for your own calendar",
    ),
    "programmes": HelpTopic(
        "Programmes",
        "A cohort that goes through a reading list together, stage by stage: readings, then "
        "something you make, then an open problem.\n"
        "• **Join** on its card; who comes later begins at the unit that is met next\n"
        "• **Where I stand** says what is asked of you next, and takes what you hand in. Late "
        "counts; you may keep your progress to yourself\n"
        "• `/programme show` lists its units and stages, `/programme progress` draws how far all "
        "are\n"
        "• `/programme start list starts` begins one from a list of `/reading import`: its "
        "meetings are made for you, and pods, if you give a size\n"
        "• **Gates** on its card, or `/programme open stage`, lets people on; `/programme skip` "
        "leaves out a week, `/programme end` ends it (who leads)",
    ),
    "projects": HelpTopic(
        "Projects",
        "A project is a paper that you replicate together, on a board in its own thread.\n"
        "• `/project propose paper title` opens the board, `/project join` joins it\n"
        "• `/task add` and `/task move` keep its tasks, as do the buttons on the card\n"
        "• `/deadline add title due` reminds 7 days, 1 day and 2 hours before\n"
        "• `/claim add` writes down what the paper says, `/result log` what you "
        "found: the verdict is computed, and somebody else reviews it\n"
        "• `/project report` makes the report, with a plot of ours against theirs",
    ),
    "people": HelpTopic(
        "People",
        "Everything you say of yourself is optional, and who sees it is yours to choose.\n"
        "• `/profile set`: your time zone, level, interests and free hours\n"
        "• `/profile notify`: how you are nudged, and your quiet hours\n"
        "• `/profile match` finds people who share your hours and interests, if they want it too\n"
        "• `/pod show` shows the small groups in which people notice when you go quiet\n"
        "• `/profile portfolio` gathers what you did, with its evidence\n"
        "• `/profile export` and `/profile forget`: take everything with you, or erase it",
    ),
    "times": HelpTopic(
        "Times",
        "Type a time as `2026-12-01 18:00`, `tue 19:00`, `tomorrow 7pm`, `in 3 days`, or paste a "
        "Discord timestamp. It is read in your own time zone, else the group's, else the "
        "server's; a zone at the end, as in `tue 19:00 Europe/London`, goes before all of them. "
        "What I answer is shown to each reader in their own time.",
    ),
}


ALSO = {
    "groups": ("pause",),
    "reading": ("meeting", "poll", "nominat", "calendar", "series"),
    "projects": ("board", "task", "claim", "result", "replication"),
    "people": ("pod", "profile", "match", "portfolio", "privacy"),
    "times": ("when", "zone", "date"),
}
"""What people call some of it, by its topic: the beginnings of the words."""


def topic(name: str) -> discord.Embed:
    """Return one topic's page; raises NotFound naming the topics there are."""
    wanted = name.strip().casefold()
    found = TOPICS.get(wanted) or next(
        (
            one
            for key, one in TOPICS.items()
            # By its beginning: “project” and “reads” should find what is listed in another form.
            if wanted and (key.startswith(wanted[:5]) or wanted.startswith(ALSO.get(key, ())))
        ),
        None,
    )
    if found is None:
        known = ", ".join(TOPICS)
        raise NotFound(f"I have no help on “{theme.one_line(name, 40)}”. I have: {known}.")
    return discord.Embed(title=found.title, description=found.text, colour=theme.ACCENT)


def choices(typed: str) -> list[app_commands.Choice[str]]:
    """Return the topics for autocomplete."""
    return places.choices(typed, [(one.title, key) for key, one in TOPICS.items()])
