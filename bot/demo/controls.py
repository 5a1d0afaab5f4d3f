"""What can be pressed, chosen and filled in: the controls of a message or of a form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import discord
from msgspec import Struct
from simcord.components import walk_components
from simcord.enums import ComponentType

from bot.base.errors import InvalidInput
from bot.demo.wording import either, like


class ShownControl(Struct, frozen=True):
    """A button, or one choice of a menu.

    ``about`` is the text that it stands by; ``value`` is what choosing it sends, empty for a
    button.
    """

    custom_id: str
    label: str
    about: str
    enabled: bool
    value: str = ""


class Field(Struct, frozen=True):
    """One field of a form. ``choices`` are its options' values by label; texts have none."""

    name: str
    label: str
    filled: str | None
    choices: Mapping[str, str] | None = None
    single: bool = False

    def answer(self, typed: str) -> str | list[str] | bool:
        """Return what typing this sends; raises InvalidInput for what cannot be chosen."""
        if self.single:
            return typed.strip().casefold() in ("yes", "true", "x", "✓", "✅")
        if self.choices is None:
            return typed
        return [self._chosen(part) for part in typed.split(";") if part.strip()]

    def _chosen(self, typed: str) -> str:
        assert self.choices is not None  # noqa: S101 - asked of fields with choices only
        wanted = typed.strip().casefold()
        for label, value in self.choices.items():
            if wanted in (label.casefold(), value.casefold()):
                return value
        known = either(f"“{label}”" for label in self.choices) if self.choices else "nothing"
        raise InvalidInput(f"`{self.name}` has no “{typed.strip()}”. Choose {known}.")


def buttons(message: discord.Message) -> list[ShownControl]:
    """Return the buttons of a message that act, in their order."""
    return [
        ShownControl(
            part["custom_id"],
            part.get("label") or _emoji(part.get("emoji")),
            about,
            not part.get("disabled", False),
        )
        for part, about in _with_text(message)
        if part["type"] == ComponentType.BUTTON and part.get("custom_id")
    ]


def options(message: discord.Message) -> list[ShownControl]:
    """Return what the menus of a message offer."""
    return [
        ShownControl(
            part["custom_id"],
            option["label"],
            f"{about}\n{part.get('placeholder') or ''}",
            not part.get("disabled", False),
            option["value"],
        )
        for part, about in _with_text(message)
        if part["type"] == ComponentType.STRING_SELECT
        for option in part.get("options", [])
    ]


def fields(form: Mapping[str, Any]) -> list[Field]:
    """Return the fields of a form, in their order."""
    found: list[Field] = []
    for label in form.get("components", []):
        for part in walk_components(label):
            name = part.get("custom_id")
            if name is not None:
                title = label.get("label") or part.get("label") or name
                listed = part.get("options")
                choices = {one["label"]: one["value"] for one in listed} if listed else None
                single = part["type"] == ComponentType.CHECKBOX
                found.append(Field(name, title, part.get("value"), choices, single))
    return found


def field(form: Mapping[str, Any], name: str) -> Field:
    """Return the field of a form that has this name."""
    return next(one for one in fields(form) if one.name == name)


def find(
    wanted: str,
    messages: Iterable[discord.Message],
    controls: Callable[[discord.Message], Sequence[ShownControl]],
    what: str,
) -> tuple[discord.Message, ShownControl]:
    """Return the control that is meant, and the message it is on: the first that has it.

    ``wanted`` is its label, or “label of text” where several have the same. Raises InvalidInput
    that says what there is instead.
    """
    seen: list[str] = []
    for message in messages:
        there = controls(message)
        seen += [one.label for one in there if one.enabled and one.label not in seen]
        found = _matching(wanted, there)
        if len(found) > 1:
            places = either(f"“{_first_line(one.about)}”" for one in found)
            raise InvalidInput(
                f"There are {len(found)} of “{found[0].label}”: say which, as in "
                f"`{found[0].label} of TEXT`, by the text that it stands by: {places}."
            )
        if found:
            if not found[0].enabled:
                raise InvalidInput(f"“{found[0].label}” is there, but it is switched off.")
            return message, found[0]
    near = like(wanted, seen) or seen[:8]
    there = f"There is {either(f'“{label}”' for label in near)}." if near else "There is none here."
    raise InvalidInput(f"No {what} “{wanted}” can be seen here. {there}")


def _matching(wanted: str, controls: Sequence[ShownControl]) -> list[ShownControl]:
    folded = wanted.strip().casefold()
    found = [one for one in controls if one.label.casefold() == folded]
    if not found and " of " in folded:
        label, _, text = folded.partition(" of ")
        found = [
            one
            for one in controls
            if one.label.casefold() == label.strip() and text.strip() in one.about.casefold()
        ]
    return found


def _emoji(emoji: Mapping[str, str] | None) -> str:
    return emoji["name"] if emoji else ""


def _with_text(message: discord.Message) -> list[tuple[Mapping[str, Any], str]]:
    """Return every component with the text that it stands by: its section's, or the last before."""
    found: list[tuple[Mapping[str, Any], str]] = []
    text = ""
    for part in walk_components([component.to_dict() for component in message.components]):
        if part["type"] == ComponentType.TEXT_DISPLAY:
            text = part["content"]
        found.append((part, text))
    return found


def _first_line(text: str) -> str:
    line = next((line for line in text.splitlines() if line.strip()), "…")
    return line if len(line) <= 40 else line[:39] + "…"
