"""Who does what after a meeting: action items as people type them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.base.errors import InvalidInput

ACTION_LIMIT = 300

_MENTION = re.compile(r"<@!?(\d{15,20})>")


@dataclass(frozen=True, slots=True)
class ActionItem:
    """Something that somebody said at a meeting that they would do."""

    user_id: int
    text: str


def action_items(text: str, writer_id: int) -> list[ActionItem]:
    """Return who does what, from “@ada writes it up; @ben asks for the code”.

    Items are parted by semicolons or lines; one without a mention is the writer's own. Raises
    InvalidInput for one that is too long, or that says nothing.
    """
    items: list[ActionItem] = []
    for part in re.split(r"[;\n]", text):
        found = _MENTION.search(part)
        said = " ".join(_MENTION.sub("", part, count=1).split()).lstrip(":-–—, ")
        if not said and found is None:
            continue
        if not said:
            raise InvalidInput(f"Say what {found[0] if found else 'that person'} does.")
        if len(said) > ACTION_LIMIT:
            raise InvalidInput(f"One of them has {len(said)} characters; {ACTION_LIMIT} at most.")
        items.append(ActionItem(int(found[1]) if found else writer_id, said))
    if not items:
        raise InvalidInput("Say who does what, for example `actions: @ada writes the summary`.")
    return items


MOST_PEOPLE = 100
"""How many people one command notes."""


def mentioned(text: str) -> list[int]:
    """Return the people whom a text mentions, each once.

    Raises InvalidInput for none, and for a name after an @ that was typed but not picked.
    """
    found = [int(user_id) for user_id in dict.fromkeys(re.findall(r"<@!?(\d{15,20})>", text))]
    if not found:
        raise InvalidInput("Mention the people: type @ and pick them, one after the other.")
    unknown = re.search(r"(?<!<)@[^\s,;<>@]+", text)
    if unknown is not None:
        raise InvalidInput(
            f"I can't tell who `{unknown[0][:40]}` is: type @ and pick each from the list. Nothing "
            "is noted yet."
        )
    if len(found) > MOST_PEOPLE:
        raise InvalidInput(f"That is {len(found)} people; {MOST_PEOPLE} at once are the most.")
    return found
