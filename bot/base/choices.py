"""Choosing one of our things: by the list that opens while somebody types, or by its title.

Nobody ever sees an id: the list offers titles, and Discord hands back a reference to
one of them. Both are read against the same things, so that what may be offered and what may be
named never differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Generic, TypeVar

from bot.base.errors import InvalidInput, NotFound
from bot.base.wording import clip, folded, one_line

T = TypeVar("T")

OFFERED_LIMIT = 100
"""The longest title that a list shows: Discord takes no longer name of a choice."""

PICK = "Pick one from the list that opens while you type."

NAMED = 5
"""How many of several that are called the same a question names."""


def reference(own_id: int) -> str:
    """Return the value of an offered choice; people see its title and never type it."""
    return f"#{own_id}"


def referred(given: str) -> int | None:
    """Return the id of an offered choice, or None for a typed title."""
    number = given.removeprefix("#")
    if number == given or not number.isdecimal() or len(number) > 18:
        return None
    return int(number)


@dataclass(frozen=True, slots=True)
class Offered(Generic[T]):
    """Things of one kind that a person may choose from, in the order in which they are offered.

    ``called`` is what one of them is called, such as “meeting”, and ``title`` how it is titled.
    Equal titles are told apart by ``apart``, such as a date, and by a number where that is equal
    too. Things of one title for which ``same`` is equal are one thing to people, such as the
    meetings of a series: typing the title means the first. ``hint`` says what to do where nothing
    is called so.
    """

    things: Sequence[T]
    called: str
    title: Callable[[T], str] = attrgetter("title")
    key: Callable[[T], int] = attrgetter("id")
    apart: Callable[[T], str] | None = None
    same: Callable[[T], object] | None = None
    hint: str = PICK

    def entries(self) -> list[tuple[str, str]]:
        """Return what the list offers: each thing's title, unlike all others, and its reference."""
        titles = [self.title(one) for one in self.things]
        times = Counter(folded(title) for title in titles)
        used = Counter[str]()
        found: list[tuple[str, str]] = []
        for one, title in zip(self.things, titles, strict=True):
            shown = title
            if times[folded(title)] > 1 and self.apart is not None:
                shown = _with(title, f" · {self.apart(one)}")
            used[folded(shown)] += 1
            if (number := used[folded(shown)]) > 1:
                shown = _with(shown, f" ({number})")
            found.append((clip(shown, OFFERED_LIMIT), reference(self.key(one))))
        return found

    def named(self, given: str) -> T:
        """Return the thing that was picked from the list, or whose title was typed.

        Raises NotFound where nothing is called so, and InvalidInput where several are.
        """
        number = referred(given)
        if number is not None:
            for one in self.things:
                if self.key(one) == number:
                    return one
        wanted = folded(given)
        alike = [one for one in self.things if folded(self.title(one)) == wanted]
        if not alike:
            for one, (shown, _) in zip(self.things, self.entries(), strict=True):
                if folded(shown) == wanted:
                    return one
            raise NotFound(
                f"There is no {self.called} called “{one_line(given, 60)}” here. {self.hint}"
            )
        same: Callable[[T], object] = self.same or self.key
        if len({same(one) for one in alike}) > 1:
            raise InvalidInput(self._which(alike))
        return alike[0]

    def _which(self, alike: Sequence[T]) -> str:
        told = dict(zip(map(self.key, self.things), self.entries(), strict=True))
        names = [f"“{one_line(told[self.key(one)][0], 100)}”" for one in alike[:NAMED]]
        if len(alike) > NAMED:
            names.append(f"{len(alike) - NAMED} more")
        several = (
            self.called if self.called.endswith("s") else f"{self.called}s"
        )  # as “series” does
        return f"There are {len(alike)} {several} with that title: {', '.join(names)}. {PICK}"


def _with(title: str, ending: str) -> str:
    return clip(title, OFFERED_LIMIT - len(ending)) + ending
