"""What the forms of the ledger share: menus of one choice, numbers of runs, and kept options."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Generic, TypeVar

import discord
from discord import ui

from bot.base.errors import InvalidInput
from bot.ui.custom_ids import LARGEST
from bot.ui.form import Typed
from cogs.boards.ledger.rules import LARGEST_RUNS
from data.states import SpreadKind

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

KEPT = 200
"""How many commands' options are kept for a form that is open; the oldest go first."""


SPREAD_KINDS = {
    SpreadKind.DEVIATION: "Standard deviation",
    SpreadKind.ERROR: "Standard error",
    SpreadKind.INTERVAL: "Half of a 95% interval",
    SpreadKind.RANGE: "Half of the range, lowest to highest",
}


class KeptOptions(Generic[T]):
    """Keeps what a command was given beyond the five fields that Discord allows a form.

    It is kept in this process only: after a restart a form still has all that it shows.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[int, T] = OrderedDict()

    def keep(self, given: T) -> int:
        """Keep what was given; returns the number under which, which nobody else can guess.

        It is part of the form's custom id, and those can be made up.
        """
        draft = secrets.randbelow(LARGEST)
        self._kept[draft] = given
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return draft

    def get(self, draft: int) -> T | None:
        """Return what was kept; None where nothing was, or no longer is."""
        return self._kept.get(draft)


def select(
    name: str,
    names: Mapping[Any, str],
    typed: Typed,
    present: object = None,
    *,
    about: Mapping[Any, str] | None = None,
    required: bool = False,
) -> ui.Select[Any]:
    """Return a menu of one choice, or none, with what was chosen before or holds now.

    ``about`` describes the choices, in a line of up to 100 characters each.
    """
    chosen = typed.choices(name) if name in typed else (str(present),)
    return ui.Select(
        custom_id=name,
        options=[
            discord.SelectOption(
                label=label,
                value=str(value),
                description=about.get(value) if about else None,
                default=str(value) in chosen,
            )
            for value, label in names.items()
        ],
        required=required,
        min_values=int(required),
        max_values=1,
    )


def picked(kind: type[E], typed: Typed, name: str) -> E | None:
    """Return what was chosen; None where nothing was."""
    chosen = typed.choices(name)
    return next((one for one in kind if str(one.value) in chosen), None)


def runs(text: str) -> int | None:
    """Return a number of runs; None where nothing was typed, InvalidInput for anything else."""
    tidy = text.strip()
    if not tidy:
        return None
    if not tidy.isascii() or not tidy.isdecimal() or not 0 < int(tidy) <= LARGEST_RUNS:
        raise InvalidInput(f"`{tidy[:20]}` is not a number of runs. Give one such as `3`.")
    return int(tidy)
