"""Cleans what people type of characters that databases and messages don't take."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, cast

_UNSOUND = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters, but tabs and line ends
    "\u202a-\u202e\u2066-\u2069"  # of the writing direction, which turn around what follows a name
    "\ud800-\udfff"  # halves of a surrogate pair, which JSON can carry and UTF-8 cannot
    "]"
)


_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that Unicode counts as letters, marks or symbols, and that show nothing."""


def _shows(character: str) -> bool:
    """Whether a character can be seen: not blank, a control, a lone mark, or of zero width."""
    return unicodedata.category(character)[0] not in "ZCM" and character not in _BLANK


def sound(given: Any) -> Any:
    """Return a text without such characters, and so whatever lists and mappings hold of texts.

    A text in which nothing can be seen is empty: a name must show.
    """
    if isinstance(given, str):
        text = _UNSOUND.sub("", given)
        return text if any(_shows(character) for character in text) else ""
    if isinstance(given, list):
        return [sound(item) for item in cast("list[Any]", given)]
    if isinstance(given, dict):
        return {key: sound(value) for key, value in cast("dict[Any, Any]", given).items()}
    return given


def typed_texts(data: Any) -> Iterator[str]:
    """Yield every text that was typed into the options of a command, those of subcommands too."""
    for option in data.get("options", ()):
        value = option.get("value")
        if isinstance(value, str):
            yield value
        yield from typed_texts(option)
