"""Messages about a project's people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardLayout
from cogs.boards.members.service import Answered, Left
from cogs.boards.wording import short
from data.boards.projects import Project


def welcome(project: Project) -> str:
    """Greet somebody who joined, with what to do next."""
    return (
        f"Welcome to **{theme.escape(project.title)}**. Its board is in <#{project.thread_id}>: "
        "take a task there, or add one with `/task add`."
    )


def invitation(project: Project, by: int, user_id: int, join: ui.Item[Any]) -> Content:
    """Ask somebody to join."""
    title = short(project.title, 130)
    text = f"{theme.person(user_id)}, {theme.person(by)} invites you to **{title}**."
    return Content(
        view=CardLayout(ui.Section(text, accessory=join)),
        mentions=discord.AllowedMentions(
            everyone=False, roles=False, users=[discord.Object(user_id)]
        ),
    )


def asked(answer: Answered) -> str:
    """Confirm that the lead was asked, or the mentors."""
    return (
        f"{theme.names(answer.answering)} is asked, in <#{answer.project.thread_id}>. You are told "
        "when they answer."
    )


def request(answer: Answered, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Put a request to join to the lead."""
    role = f" as {answer.request.role}" if answer.request.role is not None else ""
    text = f"{theme.person(answer.request.user_id)} asks to join{role}."
    if answer.answering:
        text = f"{theme.names(answer.answering)}, {text}"
    if answer.request.note:
        text += f"\n> {short(answer.request.note, 1200)}"
    return Content(
        view=CardLayout(ui.TextDisplay(text), ui.ActionRow(*buttons)),
        mentions=theme.pings(answer.answering),
    )


def accepted(answer: Answered, by: int) -> Content:
    """Show that somebody was let in."""
    text = (
        f"{theme.DONE} {theme.person(by)} let {theme.person(answer.request.user_id)} in. Welcome!"
    )
    return Content(view=CardLayout(ui.TextDisplay(text)))


def request_answered(answer: Answered, by: int) -> Content:
    """Show that a request was answered, but not how: that is for them alone."""
    text = f"{theme.person(by)} answered {theme.person(answer.request.user_id)}."
    return Content(view=CardLayout(ui.TextDisplay(text)))


def refusal(answer: Answered, reason: str) -> Content:
    """Tell somebody why they cannot join."""
    return Content(
        text=f"You asked to join **{short(answer.project.title, 130)}**. Its lead cannot take you "
        f"now:\n> {short(reason, 1200)}\nYou may ask again when that changes. `/project list` "
        "shows the other projects."
    )


def place_free(left: Left, join: ui.Item[Any]) -> Content:
    """Offer a place that somebody left."""
    text = f"A place in **{short(left.project.title, 130)}** is free"
    text += f", as {', '.join(left.roles)}." if left.roles else "."
    return Content(view=CardLayout(ui.Section(text, accessory=join)))


def lead_free(left: Left, lead: ui.Item[Any]) -> Content:
    """Offer the lead of a project to its members."""
    text = f"**{short(left.project.title, 130)}** needs somebody to lead it. Which member does?"
    return Content(view=CardLayout(ui.Section(text, accessory=lead)))


def leads(project: Project, user_id: int) -> str:
    """Tell who leads a project now."""
    return f"{theme.BOARD} {theme.person(user_id)} leads **{short(project.title, 130)}** now."


def goodbye(left: Left) -> str:
    """Confirm that somebody left."""
    said = f"You left **{short(left.project.title, 130)}**. What you did stays on its board."
    if left.tasks:
        said += f" {theme.count(left.tasks, 'task')} of yours can be taken by somebody else now."
    return said


def who_leads_next(project: Project) -> str:
    """Ask a lead who wants to leave who takes over."""
    return f"You lead **{short(project.title, 130)}**. Who leads it when you leave?"
