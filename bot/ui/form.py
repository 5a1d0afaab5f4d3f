"""Forms that lose nothing: they are handled by their custom id, also after a restart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, dataclass_transform

import discord
from discord import ui

from bot.base import addresses
from bot.base.limits import of_control
from bot.place import Place
from bot.ui import limiting
from bot.ui.controls import NEVER, OwnView, acting
from bot.ui.custom_ids import CustomId, check_subjects, numbers
from bot.ui.report import report, reports_errors
from bot.ui.sanitise import sound

TEXT_LIMIT = 4000
"""The longest text that a field of a form takes."""

_MINUTES = 15
"""How long discord.py keeps a form: as long as Discord takes an answer to what opened it."""

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
    """A modal whose custom id says what it is about; see :class:`CardForm`, which declares it.

    A subclass names the template of its custom id; ``build`` makes the form to show, with what
    was typed before filled in; ``submitted`` does what it asks for. discord.py forgets an open form
    when the process ends, and drops what was typed into it; here the class alone is needed.
    """

    template: ClassVar[re.Pattern[str]]
    _known: ClassVar[dict[str, type[Form]]] = {}
    """The classes by their template: an extension that is loaded again replaces its own."""

    def __init_subclass__(cls, *, template: str, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.template = re.compile(template)
        check_subjects(cls, cls.template)
        if template != NEVER:
            Form._known[template] = cls

    def __init__(self, title: str, custom_id: str) -> None:
        super().__init__(title=title[:LABEL_LIMIT], custom_id=custom_id, timeout=_MINUTES * 60)

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

    @classmethod
    def read(cls, match: re.Match[str]) -> dict[str, Any]:
        """Return what the form's custom id holds."""
        return numbers(match)

    @staticmethod
    async def dispatch(interaction: discord.Interaction[Any]) -> None:
        """Hand a submitted form to the class that its custom id belongs to."""
        data: Any = interaction.data
        custom_id = str(data.get("custom_id", ""))
        for form in Form._known.values():
            match = form.template.fullmatch(custom_id)
            if match is None:
                continue
            about = form.read(match)
            typed = Typed(_values(sound(data.get("components", []))))
            acting(interaction)
            try:
                if interaction.guild_id is not None and about:
                    places = interaction.client.places
                    await places.admit(await places.of(interaction), about)
                addresses.check(typed.quoted())
                limit = of_control(custom_id)
                await limiting.check(interaction, limit)
                await form.submitted(interaction, typed, **about)
                limiting.count(interaction, limit)
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
        """Add a text field; what was typed goes before ``filled``.

        It takes ``limit`` characters, and what is in it already even where that is more: whoever
        opens a form and sends it is not to lose the end of a text or of an address.
        """
        style = discord.TextStyle.long if long else discord.TextStyle.short
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


@dataclass_transform(field_specifiers=(field,))
class CardForm(Form, template=NEVER):
    """A form that writes its custom id once, with its fields in braces, as a button does. ::

        class NotesForm(CardForm, custom_id="reading:notes:{meeting_id}", title="Notes"):
            meeting_id: MeetingId

            async def fill(self, interaction, place, typed) -> None: ...
            async def received(self, interaction, place, typed) -> None: ...

        await NotesForm(meeting.id).show(interaction)

    ``fill`` adds the fields, with what was typed before in them, and may set the title;
    ``received`` does what the submitted form asks for.
    """

    known_custom_id: ClassVar[CustomId]
    usual_title: ClassVar[str]

    def __init_subclass__(cls, *, custom_id: str, title: str = "") -> None:
        cls.known_custom_id = CustomId.of(custom_id, cls)
        cls.usual_title = title
        super().__init_subclass__(template=cls.known_custom_id.pattern.pattern)
        dataclass(eq=False, repr=False)(cls)

    def __post_init__(self) -> None:
        Form.__init__(self, self.usual_title, self.known_custom_id.write(self))

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
        self.title = self.title[:LABEL_LIMIT]
        await interaction.response.send_modal(self)

    @classmethod
    async def open(
        cls, interaction: discord.Interaction[Any], typed: Typed | None = None, **about: Any
    ) -> None:
        """Show the form that its custom id's fields describe."""
        make: Any = cls
        await make(**about).show(interaction, typed)

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[Any], typed: Typed, *_: Any, **about: Any
    ) -> None:
        """Hand what was typed to the form that its custom id's fields describe."""
        make: Any = cls
        place = await interaction.client.places.of(interaction)
        await make(**about).received(interaction, place, typed)

    @classmethod
    def read(cls, match: re.Match[str]) -> dict[str, Any]:
        """Return the fields that the form's custom id holds."""
        return cls.known_custom_id.read(match)


class _OpenAgain(OwnView):
    """Offers a form again, with what was typed in it."""

    def __init__(self, form: type[Form], typed: Typed, about: dict[str, Any]) -> None:
        super().__init__()
        self._form = form
        self._typed = typed
        self._about = about

    @ui.button(label="Open it again", style=discord.ButtonStyle.primary)
    @reports_errors
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
