"""Forgets drafts of reading lists that nobody came back to."""

from __future__ import annotations

from bot.client import CohortBot
from cogs.reading.lists.service import ListService
from data.delivery.kinds import DeadlineKind


class ListHandlers:
    """Hears when a draft's day is over."""

    def __init__(self, bot: CohortBot) -> None:
        bot.deadlines.on(DeadlineKind.READING_LIST_DRAFT, bot.service(ListService).expire)
