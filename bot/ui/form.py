"""Forms that lose nothing: they are handled by their custom id, also after a restart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import discord
from discord import ui

from bot.ui.controls import OwnView
from bot.ui.report import answered, report
from bot.ui.sanitise import sound

TEXT_LIMIT = 4000
"""The longest text that a field of a form takes."""

LABEL_LIMIT = 45
DESCRIPTION_LIMIT = 100


class Typed:
    """What somebody filled into a form: texts and choices by the fields' custom ids."""

    def __init__(self, values: Mapping[str, str | Sequence[str] | bool] | None = None) -> None:
        self._values = dict(values or {})

    def text(self, name: str) -> str:
        """Return a text without surrounding blanks, empty where nothing was typed."""
        value = self._values.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def choices(self, name: str) -> tuple[str, ...]:
        """Return what was picked in a select or ticked in a list."""
        value = self._values.get(name, ())
        if isinstance(value, str):
            return (value,)
        return () if isinstance(value, bool) else tuple(value)

    def ticked(self, name: str) -> bool:
        """Return whether a single box is ticked."""
        return self._values.get(name) is True

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def quoted(self) -> str:
        """Return all texts, one after the other, to be given back."""
        return "\n\n".join(
            value.strip()
            for value in self._values.values()
            if isinstance(value, str) and value.strip()
        )


class Form(ui.Modal):
    """A modal whose custom id says what it is about.

    A subclass names the template of its custom id; ``build`` makes the form to show, with what
    was typed before filled in; ``submitted`` does what it asks for. discord.py would forget an
    open form in a restart and drop what was typed; here the class alone is needed.
    """

    template: ClassVar[re.Pattern[str]]
    _known: ClassVar[dict[str, type[Form]]] = {}
    """The classes by their template: an extension that is loaded anew replaces its own."""

    def __init_subclass__(cls, *, template: str, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.template = re.compile(template)
        Form._known[template] = cls

    def __init__(self, title: str, custom_id: str) -> None:
        super().__init__(title=title[:LABEL_LIMIT], custom_id=custom_id, timeout=15 * 60)

    @classmethod
    async def build(
        cls, interaction: discord.Interaction[Any], typed: Typed, *_: Any, **about: Any
    ) -> Self:
        """Return the form, filled in with ``typed``; ``about`` are the template's groups."""
        raise NotImplementedError

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], typed: Typed, *_: Any, **about: Any
    ) -> None:
        """Do what the form asks for."""
        raise NotImplementedError

    @classmethod
    async def open(
        cls, interaction: discord.Interaction[Any], typed: Typed | None = None, **about: Any
    ) -> None:
        """Show the form as the answer to a command or a button."""
        await interaction.response.send_modal(
            await cls.build(interaction, typed or Typed(), **about)
        )

    @staticmethod
    async def dispatch(interaction: discord.Interaction[Any]) -> None:
        """Hand a submitted form to the class that its custom id belongs to."""
        data: Any = interaction.data
        custom_id = str(data.get("custom_id", ""))
        for form in Form._known.values():
            match = form.template.fullmatch(custom_id)
            if match is None:
                continue
            about = {
                name: int(value) if value.isdecimal() else value
                for name, value in match.groupdict(default="").items()
            }
            typed = Typed(_values(sound(data.get("components", []))))
            try:
                await form.submitted(interaction, typed, **about)
            except Exception as error:
                again = _OpenAgain(form, typed, about)
                await report(interaction, error, view=again, typed=typed.quoted())
            return

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """``dispatch`` answers, for this instance and for those of earlier processes alike."""

    def ask(
        self,
        name: str,
        label: str,
        typed: Typed,
        *,
        filled: str = "",
        hint: str | None = None,
        placeholder: str | None = None,
        long: bool = False,
        required: bool = False,
        limit: int = TEXT_LIMIT,
    ) -> Self:
        """Add a text field; what was typed goes before ``filled``."""
        style = discord.TextStyle.long if long else discord.TextStyle.short
        default = typed.text(name) if name in typed else filled
        field: ui.TextInput[Any] = ui.TextInput(
            custom_id=name,
            style=style,
            default=default[:limit] or None,
            placeholder=placeholder[:DESCRIPTION_LIMIT] if placeholder else None,
            required=required,
            max_length=limit,
        )
        return self.put(field, label, hint)

    def put(self, field: ui.Item[Any], label: str, hint: str | None = None) -> Self:
        """Add any field under a label."""
        self.add_item(
            ui.Label(
                text=label[:LABEL_LIMIT],
                description=hint[:DESCRIPTION_LIMIT] if hint else None,
                component=field,
            )
        )
        return self


class _OpenAgain(OwnView):
    """Offers a form again, with what was typed in it."""

    def __init__(self, form: type[Form], typed: Typed, about: dict[str, Any]) -> None:
        super().__init__()
        self._form = form
        self._typed = typed
        self._about = about

    @ui.button(label="Open it again", style=discord.ButtonStyle.primary)
    @answered
    async def again(self, interaction: discord.Interaction[Any], button: ui.Button[Any]) -> None:
        """Show the form as it was."""
        await self._form.open(interaction, self._typed, **self._about)


def _values(components: Sequence[Any]) -> dict[str, str | Sequence[str] | bool]:
    """Collect the fields' values from a submission, whatever they are wrapped in."""
    found: dict[str, str | Sequence[str] | bool] = {}
    for component in components:
        inner = component.get("component")
        nested = [inner] if inner is not None else component.get("components", [])
        found |= _values(nested)
        name = component.get("custom_id")
        if name is None:
            continue
        if "values" in component:
            found[name] = tuple(str(value) for value in component["values"])
        elif component.get("value") is not None:
            value = component["value"]
            found[name] = value if isinstance(value, bool) else str(value)
    return found
