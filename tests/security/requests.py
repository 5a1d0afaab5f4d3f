"""What must hold for whatever the bot sends, whoever typed what."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from simcord.types import HttpLogEntry

from tests.discord_rules import messages
from tests.security.stage import Side
from tests.security.words import EVIL

MASKED = re.compile(
    r"(?<!\\)(?:\\\\)*\[(?!evil\.example\])(?:\\.|[^\[\]\\])*\]\s*\(\s*<?"
    + re.escape(EVIL)
    + r"(?!/?\) \(evil\.example\))",
    re.DOTALL,
)
"""A link that hides where it leads: one that names the place, in it or after it, does not."""

CODE = re.compile(r"```.*?```", re.DOTALL)

PLAIN_KEYS = frozenset({"title", "label", "placeholder", "name", "value", "custom_id", "url"})


EPHEMERAL = 64
"""Discord's flag of a message that one person sees."""


def problems(
    requests: Sequence[HttpLogEntry], sides: Sequence[Side], *, own: bool = False
) -> list[str]:
    """Say who would be pinged that should not, and where a text became a link.

    With ``own`` a person may be shown what they themselves typed as a link of theirs.
    """
    found: list[str] = []
    for request in requests:
        for body in messages(request.json):
            where = f"{request.method} {request.path}"
            allowed = body.get("allowed_mentions")
            if allowed is None:
                found.append(f"{where}: no allowed_mentions")
            elif allowed.get("parse") or allowed.get("roles") or outsiders(allowed, sides):
                found.append(f"{where}: may ping {allowed}: {json.dumps(body)[:300]}")
            if own and body.get("flags", 0) & EPHEMERAL:
                continue
            found += [
                f"{where}: a masked link in {text!r}"
                for text in rendered(body)
                if MASKED.search(CODE.sub("", text))
            ]
    return found


def outsiders(allowed: dict[str, Any], sides: Sequence[Side]) -> set[int]:
    """Return who may be pinged and joined nothing."""
    named = {int(user_id) for user_id in allowed.get("users", ())}
    return named & {side.outsider.id for side in sides}


def rendered(body: Any) -> Iterator[str]:
    """Yield every text in which Discord reads Markdown."""
    if isinstance(body, list):
        for item in body:
            yield from rendered(item)
    elif isinstance(body, dict):
        for key, value in body.items():
            if isinstance(value, str):
                in_field = key == "value" and "name" in body and "custom_id" not in body
                if key not in PLAIN_KEYS or in_field:
                    yield value
            else:
                yield from rendered(value)
