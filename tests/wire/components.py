"""Walking through message components and embeds, whose trees nest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
TEXT_DISPLAY = 10
LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 18, 19, 21, 22, 23
SELECTS = {STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT}
LINK_STYLE, PREMIUM_STYLE = 5, 6


def walk(components: list[Json] | None) -> Iterator[Json]:
    """Give every component, those inside others too, in reading order."""
    for component in components or []:
        yield component
        yield from walk(component.get("components"))
        yield from walk(
            [component[slot] for slot in ("component", "accessory") if component.get(slot)]
        )


def texts(components: list[Json] | None) -> Iterator[str]:
    """Give what text displays say: the part of components that can mention people."""
    for component in walk(components):
        if component["type"] == TEXT_DISPLAY:
            yield component["content"]


def visible(components: list[Json] | None) -> Iterator[str]:
    """Give everything in components that a person reads."""
    for component in walk(components):
        yield from (
            component[key] for key in ("content", "label", "placeholder") if component.get(key)
        )
        yield from (option["label"] for option in component.get("options") or [])


def embed_texts(embed: Json) -> Iterator[str]:
    """Give the texts of an embed that count against its 6000 characters."""
    yield from (embed.get(key) or "" for key in ("title", "description"))
    yield (embed.get("author") or {}).get("name") or ""
    yield (embed.get("footer") or {}).get("text") or ""
    for field in embed.get("fields") or []:
        yield field["name"]
        yield field["value"]


def numbered(components: list[Json] | None) -> list[Json]:
    """Return a copy in which every component has an id, as Discord gives one to those without."""
    copy = _copied(components or [])
    taken = {part["id"] for part in walk(copy) if part.get("id")}
    free = (number for number in range(1, 1000) if number not in taken)
    for part in walk(copy):
        part["id"] = part.get("id") or next(free)
    return copy


def find(
    components: list[Json] | None, *, custom_id: str | None = None, label: str | None = None
) -> Json:
    """Return the component with this custom id, or whose label is or holds ``label``.

    Raises LookupError naming what there is.
    """
    offered = [part for part in walk(components) if part.get("custom_id")]
    for part in offered:
        if custom_id is not None and part["custom_id"] == custom_id:
            return part
        if custom_id is None and label is not None and label in (part.get("label") or ""):
            return part
    names = [f"{part['custom_id']} ({part.get('label')})" for part in offered]
    raise LookupError(f"no component {custom_id or label!r}; there are: {names}")


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_copied(inner) for inner in value]
    return value
