"""What is asked about a project on which nothing has happened for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import ui

from bot.base.wording import MENTIONS
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardLayout
from bot.ui.organisers import Organisers
from cogs.boards.wording import LATE


def silence(
    days: int, *, user_ids: Sequence[int], late: bool, buttons: Sequence[ui.Item[Any]]
) -> Content:
    """Ask the people of a silent board how it is going."""
    mentioned = user_ids[:MENTIONS]
    asked = " ".join(theme.person(user_id) for user_id in mentioned)
    text = (
        f"{asked}\nNothing has happened here for {days} days. How is it going? A line in the log "
        "is enough. If the project is resting, pause it, and nobody is asked again."
    )
    if late:
        text += LATE
    return Content(
        view=CardLayout(ui.TextDisplay(text), ui.ActionRow(*buttons)),
        mentions=theme.pings(mentioned),
    )


def still_silent(
    days: int, *, asked: Organisers, late: bool, buttons: Sequence[ui.Item[Any]]
) -> Content:
    """Ask the organisers about a board whose lead has not answered."""
    text = (
        f"{asked.mention}\nNothing has happened here for {days} days, and its lead has not "
        "answered. Does it go on? An organiser can pause it, hand it to another member with "
        "`/project lead`, or archive it with `/project archive`. This is the last time that I ask."
    )
    if late:
        text += LATE
    return Content(
        view=CardLayout(ui.TextDisplay(text.strip()), ui.ActionRow(*buttons)),
        mentions=asked.pings,
    )
