"""The two questions before somebody's data is erased."""

from __future__ import annotations

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.confirmation import Ask, confirm
from cogs.people.erasure.cards import BACKUPS
from cogs.people.erasure.handlers import Eraser

KEPT = "Nothing was erased."


def ask_to_forget() -> Ask:
    """Return the first question, which leads to the second."""

    async def go_on(pressed: Interaction, place: Place) -> None:
        await replies.edit(
            pressed,
            "This cannot be undone. `/profile export` gives you a copy first. Erase "
            "everything of yours in this server now?",
            view=confirm("Yes, erase everything", _erase, kept=KEPT),
        )

    return confirm("Erase me here", go_on, kept=KEPT)


async def _erase(pressed: Interaction, place: Place) -> None:
    await replies.edit(pressed, "Erasing … If I am stopped meanwhile, I go on once I am back.")
    rows = await pressed.client.service(Eraser).forget(place)
    await replies.edit(
        pressed, f"Done: {theme.count(rows, 'record')} erased or made nameless. {BACKUPS}"
    )
