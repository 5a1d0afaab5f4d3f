"""What a review looks like, and the question to whoever settles a dispute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardLayout
from cogs.boards.ledger.cards import MARK, SAID, sentence, verdict
from cogs.boards.ledger.service import LedgerEntry
from cogs.boards.wording import short, who
from data.boards.projects import Project
from data.boards.results import Review
from data.states import Decision


def review(
    entry: LedgerEntry, project: Project, by: int, buttons: Sequence[ui.Item[Any]]
) -> Content:
    """Tell of a review, and ask the lead to settle a dispute."""
    assert entry.result is not None  # noqa: S101 - callers have one
    last = entry.result.reviews[-1]
    text = _told(entry, last, by, bare=last.decision is Decision.DISPUTE)
    mentions = discord.AllowedMentions.none()
    if last.decision is Decision.DISPUTE:
        settler = project.lead_id if project.lead_id != entry.result.runner_id else None
        if settler is None:
            text += "\nAn organiser settles it: a lead cannot settle what they ran."
        else:
            text += f"\n{theme.person(settler)}, does it stand? Settle it, with the reason."
            mentions = discord.AllowedMentions(
                everyone=False, roles=False, users=[discord.Object(settler)]
            )
    items: list[ui.Item[Any]] = [ui.TextDisplay(text)]
    if buttons:
        items.append(ui.ActionRow(*buttons))
    return Content(view=CardLayout(*items), mentions=mentions)


def settled(entry: LedgerEntry, by: int) -> Content:
    """Show a dispute with what came of it, in place of the buttons."""
    assert entry.result is not None  # noqa: S101 - callers have one
    *_, dispute = (one for one in entry.result.reviews if one.decision is Decision.DISPUTE)
    text = f"{_told(entry, dispute, dispute.reviewer_id, bare=True)}\n"
    text += _told(entry, entry.result.reviews[-1], by)
    return Content(view=CardLayout(ui.TextDisplay(text)))


def _told(entry: LedgerEntry, one: Review, by: int, *, bare: bool = False) -> str:
    assert entry.result is not None  # noqa: S101 - callers have one
    name = f"{entry.standing.claim.name} {entry.result.name}"
    said = f"{MARK[one.decision]} {who(by)} {SAID[one.decision]} **{name}**: "
    said += short(one.reason, 800)
    return said if bare else f"{said}\n{verdict(entry.standing)} · {sentence(entry.standing)}"
