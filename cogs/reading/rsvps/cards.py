"""Answers as messages: the reactions, everybody who answered, and who is told of a seat."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from msgspec.structs import replace

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import people_pages, theme
from bot.ui.people_pages import Crowd
from cogs.reading.meetings.card_view import MeetingView
from cogs.reading.mentions import mentioning
from data.reading.meetings import Meeting
from data.states import Answer

EMOJI = {
    Answer.GOING: theme.GOING,
    Answer.MAYBE: theme.MAYBE,
    Answer.NOT_GOING: theme.NOT_GOING,
}

WAITING = "⏳"

NAMED = 20
"""How many people a message names when they need not act yet."""


def answer_of(emoji: str) -> Answer | None:
    """Return what a reaction answers, or None for one that is not ours."""
    return next((answer for answer, shown in EMOJI.items() if shown == emoji), None)


def everybody(view: MeetingView) -> list[discord.Embed]:
    """Show all who answered, each answer in the order in which they did, on as many pages."""
    turnout = view.turnout
    answers = [
        Crowd(f"{theme.GOING} Going", turnout.going),
        Crowd(f"{WAITING} Waiting list", turnout.waiting),
        Crowd(f"{theme.MAYBE} Maybe", turnout.maybe),
        Crowd(f"{theme.NOT_GOING} Not going", turnout.not_going),
    ]
    return people_pages.pages(
        f"{theme.CALENDAR} {theme.escape(view.meeting.title)}",
        when.stamp(view.meeting.starts_at),
        [crowd for crowd in answers if crowd.people or crowd is answers[0]],
    )


def promoted(one: Meeting, mentions: Sequence[int]) -> Content:
    """Tell people from the waiting list that they have a seat."""
    return mentioning(
        f"{theme.GOING} A place is free: you are in for **{theme.escape(one.title)}**, "
        f"{when.stamp(one.starts_at)}. If you can't come after all, take your {theme.GOING} away.",
        mentions,
    )


def waiting(one: Meeting, people: Sequence[int]) -> Content:
    """Tell people that they wait for a seat; if there are very many, only the first are pinged.

    Everybody who gets a seat is pinged then, however many wait.
    """
    told = mentioning(
        f"{WAITING} **{theme.escape(one.title)}** is full for now. You are on the waiting list, in "
        "the order in which you answered; I tell you here when a place is yours.",
        people[:NAMED],
    )
    more = len(people) - NAMED
    return replace(told, text=f"{told.text} and {more} more") if more > 0 else told
