"""Custom ids that carry a control's state: written in one place, read back with their types.

Discord hands a button's custom id back unchanged, also after a restart and also years later. It is
therefore the only memory a button has; and since anybody can send any custom id, nothing that is
read from one is to be trusted.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from enum import StrEnum
from string import Formatter
from typing import Any, Literal, get_args, get_origin

from msgspec import Struct

from data.across.homes import KINDS

LIMIT = 100
"""The longest custom id that Discord takes, in characters."""

LARGEST = 2**63 - 1
"""The largest id: what a 64-bit integer of the database holds, with its sign."""

YES, NO = "yes", "no"


class CustomId(Struct, frozen=True):
    """A custom id with named places, such as ``coffee:{verb}:{group_id}``, and their types.

    A place takes an ``int`` (digits), a ``bool`` (yes or no), a ``StrEnum`` or a ``Literal`` of
    texts (one of these), or a ``str`` (anything without a colon).
    """

    text: str
    kinds: Mapping[str, Any]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, text: str, owner: type) -> CustomId:
        """Compile ``text`` with the types of ``owner``'s annotations.

        Raises TypeError for a place that has no annotation, or one of another type.
        """
        annotations: dict[str, Any] = {}
        for base in reversed(owner.__mro__):
            if base.__module__.partition(".")[0] not in ("discord", "typing", "builtins"):
                annotations |= inspect.get_annotations(base, eval_str=True)
        kinds: dict[str, Any] = {}
        pattern = ""
        for literal, name, _, _ in Formatter().parse(text):
            pattern += re.escape(literal)
            if name is None:
                continue
            if name not in annotations:
                raise TypeError(f"{owner.__name__} has no field {name!r}, as its custom id says")
            kinds[name] = _plain(annotations[name])
            pattern += f"(?P<{name}>{_pattern(owner, name, kinds[name])})"
        return cls(text, kinds, re.compile(pattern))

    def write(self, control: object) -> str:
        """Return the custom id of a control, from its fields.

        Raises ValueError for what Discord or our own pattern would not take.
        """
        values = {name: _written(getattr(control, name)) for name in self.kinds}
        custom_id = self.text.format(**values)
        if len(custom_id) > LIMIT or self.pattern.fullmatch(custom_id) is None:
            raise ValueError(f"{custom_id!r} is no custom id like {self.text!r}")
        return custom_id

    def read(self, match: re.Match[str]) -> dict[str, Any]:
        """Return the fields that a custom id holds.

        A number beyond 63 bits is read as 0: it names no row either, and no database refuses it.
        """
        return {name: _read(kind, match[name]) for name, kind in self.kinds.items()}


EXCUSED = {
    "user_id": "a person of Discord's, who has no row",
    "draft_id": "a draft, which is found by whoever made it alone",
}
"""Fields that end with ``_id`` and name nothing that the door could look up, and why."""


def check_subjects(owner: type, pattern: re.Pattern[str]) -> None:
    """Raise TypeError for a custom id with an ``_id`` that ``data.across.homes`` cannot look up."""
    for name in pattern.groupindex:
        if name.endswith("_id") and name not in EXCUSED and name.removesuffix("_id") not in KINDS:
            raise TypeError(
                f"{owner.__name__}.{name}: data.across.homes does not say where that lives"
            )


def _plain(kind: Any) -> Any:
    """Return the type that a NewType is made of, such as int for GroupId."""
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    return kind


def _pattern(owner: type, name: str, kind: Any) -> str:
    if kind is int:
        # Twenty digits hold any snowflake; more would only feed the conversion below.
        return r"\d{1,20}"
    if kind is bool:
        return f"{YES}|{NO}"
    if kind is str:
        # A colon divides the parts: a text that holds one could be read as another control's custom
        # id.
        return "[^:]+"
    if get_origin(kind) is Literal:
        return "|".join(map(re.escape, get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return "|".join(re.escape(one.value) for one in kind)
    raise TypeError(f"{owner.__name__}.{name}: a custom id cannot hold a {kind}")


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def _read(kind: Any, text: str) -> Any:
    if kind is int:
        return number if (number := int(text)) <= LARGEST else 0
    if kind is bool:
        return text == YES
    return kind(text) if isinstance(kind, type) else text
