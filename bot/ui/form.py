"""Forms that lose nothing: they are handled by their custom id, also after a restart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, dataclass_transform

import discord
from discord import ui

from bot.base import addresses
from bot.base.use_limits import of_control
from bot.place import Place
from bot.ui import use_limits
from bot.ui.controls import OwnView, acting
from bot.ui.custom_ids import CustomId, check_subjects
from bot.ui.report import report, reports_errors
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


@dataclass_transform(field_specifiers=(field,))
class CardForm(ui.Modal):
    """A form that writes its custom id once, with its fields in braces, as a button does. ::

        class NotesForm(CardForm, custom_id="reading:notes:{meeting_id}", title="Notes"):
            meeting_id: MeetingId

            async def fill(self, interaction, place, typed) -> None: ...
            async def received(self, interaction, place, typed) -> None: ...

        await NotesForm(meeting.id).show(interaction)

    ``fill`` adds the fields, with what was typed before in them, and may set the title and what
    the custom id holds; ``received`` does what the submitted form asks for. discord.py forgets an
    open form when the process ends, and drops what was typed into it; here the class alone is
    needed.
    """

    known_custom_id: ClassVar[CustomId]
    usual_title: ClassVar[str]
    all: ClassVar[dict[str, type[CardForm]]] = {}
    """The classes by their custom ids: a feature that is loaded again replaces its own."""

    def __init_subclass__(cls, *, custom_id: str, title: str = "") -> None:
        super().__init_subclass__()
        cls.known_custom_id = CustomId.of(custom_id, cls)
        cls.usual_title = title
        check_subjects(cls, cls.known_custom_id.pattern)
        CardForm.all[cls.known_custom_id.pattern.pattern] = cls
        dataclass(eq=False, repr=False)(cls)

    def __post_init__(self) -> None:
        custom_id = self.known_custom_id.write(self)
        super().__init__(title=self.usual_title, custom_id=custom_id)

    async def fill(self, interaction: discord.Interaction[Any], place: Place, typed: Typed) -> None:
        """Add the fields, filled in with ``typed``."""
        raise NotImplementedError

    async def received(
        self, interaction: discord.Interaction[Any], place: Place, typed: Typed
    ) -> None:
        """Do what the form asks for."""
        raise NotImplementedError

    async def show(self, interaction: discord.Interaction[Any], typed: Typed | None = None) -> None:
        """Show the form as the answer to a command or a button."""
        place = await interaction.client.places.of(interaction)
        await self.fill(interaction, place, typed or Typed())
        # Titles hold people's words: cut, it is still a title, and too long Discord refuses the
        # whole form.
        self.title = self.title[:LABEL_LIMIT]
        # Again, since ``fill`` may have changed what the form is about.
        self.custom_id = self.known_custom_id.write(self)
        await interaction.response.send_modal(self)
        # discord.py would keep it, with a timer, to hand it what is submitted: ``dispatch`` makes
        # its own.
        self.stop()

    @staticmethod
    async def dispatch(interaction: discord.Interaction[Any]) -> None:
        """Hand a submitted form to the class that its custom id belongs to."""
        data: Any = interaction.data
        custom_id = str(data.get("custom_id", ""))
        for form in CardForm.all.values():
            match = form.known_custom_id.pattern.fullmatch(custom_id)
            if match is None:
                continue
            about = form.known_custom_id.read(match)
            typed = Typed(_values(sound(data.get("components", []))))
            try:
                acting(interaction)
                # Here and not when the form was opened: somebody may lose their access while they
                # type, and a custom id can be made up.
                place = await interaction.client.places.admitted(interaction, about)
                addresses.check(typed.quoted())
                await use_limits.take(interaction, of_control(custom_id))
                await _made(form, about).received(interaction, place, typed)
            except Exception as error:
                again = _OpenAgain(form, typed, about)
                await report(interaction, error, view=again, typed=typed.quoted())
            return

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
        """Add a text field; what was typed goes before ``filled``.

        It takes ``limit`` characters, and what is in it already even where that is more: whoever
        opens a form and sends it is not to lose the end of a text or of an address.
        """
        style = discord.TextStyle.long if long else discord.TextStyle.short
        # “In typed” and not “typed”: a field that somebody emptied stays empty when the form opens
        # again.
        default = (typed.text(name) if name in typed else filled)[:TEXT_LIMIT]
        field: ui.TextInput[Any] = ui.TextInput(
            custom_id=name,
            style=style,
            default=default or None,
            placeholder=placeholder[:DESCRIPTION_LIMIT] if placeholder else None,
            required=required,
            max_length=max(limit, len(default)),
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


def _made(form: type[CardForm], about: Mapping[str, Any]) -> CardForm:
    """Return the form whose fields its custom id held; their types are checked by the custom id."""
    make: Any = form
    return make(**about)


class _OpenAgain(OwnView):
    """Offers a form again, with what was typed in it."""

    def __init__(self, form: type[CardForm], typed: Typed, about: dict[str, Any]) -> None:
        super().__init__()
        self._form = form
        self._typed = typed
        self._about = about

    @ui.button(label="Open it again", style=discord.ButtonStyle.primary)
    @reports_errors
    async def again(self, interaction: discord.Interaction[Any], button: ui.Button[Any]) -> None:
        """Show the form as it was."""
        await _made(self._form, self._about).show(interaction, self._typed)


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
