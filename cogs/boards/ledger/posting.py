"""Posts the cards of claims and results, and refreshes every card that shows a change of theirs."""

from __future__ import annotations

from bot import events
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content
from bot.ui import replies
from cogs.boards.ledger import cards
from cogs.boards.ledger.service import LedgerEntry
from data.states import CardKind


async def answer_with(
    interaction: Interaction, entry: LedgerEntry, kind: CardKind, own_id: int, content: Content
) -> None:
    """Answer with a new card of the ledger, on its board, and refresh the others."""
    bot = interaction.client
    thread_id = entry.project.thread_id
    if thread_id is not None:
        said = cards.noted(entry)
        await bot.cards.answer(interaction, kind, own_id, thread_id, content=content, said=said)
    else:
        await replies.send(interaction, content, public=True)
    show_changed(bot, entry, posted=kind)


def show_changed(bot: CohortBot, entry: LedgerEntry, *, posted: CardKind | None = None) -> None:
    """Refresh every card that shows a change of the ledger: the board's, the claim's, the results'.

    Only cards that say something else now are edited; ``posted`` is the kind of the card that
    was posted just now, with all of it.
    """
    events.project_changed(bot, entry.project.id)
    if posted is not CardKind.CLAIM:
        bot.cards.refresh(CardKind.CLAIM, entry.standing.claim.id)
    if entry.result is None:
        for one in entry.standing.results:
            if one.counts:
                bot.cards.refresh(CardKind.RESULT, one.id)
        return
    if posted is not CardKind.RESULT:
        bot.cards.refresh(CardKind.RESULT, entry.result.id)
    if entry.result.replaces is not None:
        bot.cards.refresh(CardKind.RESULT, entry.result.replaces)
