"""What is said above a report's files."""

from __future__ import annotations

from bot.ui import theme
from cogs.boards.board.service import BoardView
from cogs.boards.ledger import cards as ledger_cards
from cogs.boards.wording import short


def report(view: BoardView) -> str:
    """Say what a report comes to, above its files."""
    said = f"{theme.PAPER} The report of **{short(view.project.title, 130)}**"
    if not view.standings:
        return f"{said}. It has no claims yet: `/claim add` writes down what is to be tried."
    return f"{said}\n{ledger_cards.verdict_bar(view.standings)}"
