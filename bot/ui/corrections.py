"""A refused command comes back as a form, filled with everything that was given.

Discord forgets the options of a command once it was sent, so whoever mistyped one of twelve had to
type all of them again. Here each becomes a field: text, a number, one of the choices, a person, a
role or a channel. Sending the form runs the command itself again, as if it had been typed so.
"""

from __future__ import annotations

import copy
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, cast

import discord
from discord import AppCommandOptionType as Kind
from discord import app_commands, ui
from msgspec import Struct

from bot.base.choices import referred
from bot.base.errors import InvalidInput, NotFound
from bot.place import Place
from bot.ui import report as reporting
from bot.ui.controls import OwnView
from bot.ui.form import TEXT_LIMIT, CardForm, Typed
from bot.ui.theme import LABEL_LIMIT, clip

FIELDS = 5
"""How many fields a form of Discord's holds; further options get another button."""

REMEMBERED = 1000
"""How many refused commands are remembered; one takes about a kilobyte."""

LONG = 60
"""A text of more characters gets a field of several lines."""

CONTROLS = {Kind.user: "users", Kind.role: "roles", Kind.channel: "channels"}
"""Kinds of options that are picked, and where Discord puts what was picked."""


SHOWN = "shown"
"""The key under which an interaction keeps the options that its form showed."""


class RefusedCommand(Struct, frozen=True):
    """A command that was refused: its options as Discord sent them, and which the form shows.

    ``titles`` are what people see in place of references that they picked from a list;
    ``from_form`` says that a form ran the command in the first place.
    """

    data: dict[str, Any]
    names: tuple[str, ...]
    titles: dict[str, str]
    from_form: bool = False


_remembered: OrderedDict[tuple[str, str], RefusedCommand] = OrderedDict()
"""By the form's token and its command: neither is of use with another."""


class Correction(OwnView):
    """Buttons under a refusal, each for a form with up to five of the options that were given."""

    def __init__(
        self, first: discord.Interaction[Any], names: Sequence[str], *, from_form: bool
    ) -> None:
        super().__init__()
        self._first = first
        blocks = [tuple(names[at : at + FIELDS]) for at in range(0, len(names), FIELDS)]
        for block in blocks:
            label = "Open it again" if from_form else "Correct it and send it again"
            if len(blocks) > 1:
                label = clip(f"Correct {', '.join(block)}", LABEL_LIMIT)
            self.add_item(_CorrectButton(first, block, label, first=block is blocks[0]))


class _CorrectButton(ui.Button[Any]):
    """Opens the form."""

    def __init__(
        self, refused: discord.Interaction[Any], names: tuple[str, ...], label: str, *, first: bool
    ) -> None:
        style = discord.ButtonStyle.primary if first else discord.ButtonStyle.secondary
        super().__init__(label=label, style=style)
        self._refused = refused
        self._names = names

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form, with the titles of what was picked from a list."""
        # discord.py hands what is raised here to the view, which reports it.
        command = cast("app_commands.Command[Any, ..., Any]", self._refused.command)
        titles = await _titles(self._refused, command, self._names)
        token = secrets.token_hex(8)
        data = cast("dict[str, Any]", self._refused.data)
        from_form = SHOWN in self._refused.extras
        _remembered[token, command.qualified_name] = RefusedCommand(
            copy.deepcopy(data), self._names, titles, from_form
        )
        if len(_remembered) > REMEMBERED:
            _remembered.popitem(last=False)
        await CorrectionForm(token, command.qualified_name).show(interaction)


class CorrectionForm(CardForm, custom_id="again:{token}:{command}"):
    """The options of a refused command.

    What the form does not show (an attachment, say) is remembered by the token. After a restart
    that is gone, and the command runs with what the form holds.
    """

    token: str
    command: str

    async def fill(self, interaction: discord.Interaction[Any], place: Place, typed: Typed) -> None:
        """Ask for the options, with what was given, or with what was typed since."""
        refused = _remembered.get((self.token, self.command))
        if refused is None:
            raise NotFound(f"I was restarted meanwhile. Please use `/{self.command}` again.")
        self.title = f"/{self.command}"
        parameters = _parameters(interaction, self.command)
        given = {one["name"]: one["value"] for one in _options(refused.data)}
        for name in refused.names:
            _add_field(self, parameters[name], given.get(name), refused.titles.get(name), typed)

    async def received(
        self, interaction: discord.Interaction[Any], place: Place, typed: Typed
    ) -> None:
        """Run the command again."""
        parameters = _parameters(interaction, self.command)
        known = _remembered.get((self.token, self.command))
        refused = known or RefusedCommand(command_data(self.command), tuple(parameters), {})
        # What is remembered stays as it was: the form may be sent once more, should this be refused
        # as well.
        data = copy.deepcopy(refused.data)
        options = {one["name"]: one for one in _options(data)}
        submitted = cast("dict[str, Any]", interaction.data)
        resolved = cast("dict[str, Any]", submitted.get("resolved") or {})
        for name in refused.names:
            if name not in typed and name not in options:
                continue
            parameter = parameters[name]
            value = _value(parameter, typed, options.get(name), refused.titles.get(name))
            if value is None:
                options.pop(name, None)
                continue
            options[name] = {"name": name, "type": parameter.type.value, "value": value}
            if parameter.type in CONTROLS:
                _resolve(data, resolved, CONTROLS[parameter.type], value)
        _leaf(data)["options"] = list(options.values())
        shown = refused.names if refused.from_form else None
        await interaction.client.tree.run_again(interaction, data, shown=shown)


async def run_command(
    interaction: discord.Interaction[Any],
    command: str,
    given: Mapping[str, str | int],
    *,
    shown: Sequence[str] | None = None,
) -> None:
    """Run a command in answer to a button or a form, as if somebody had typed it.

    ``shown`` are the options that a form showed: refused, it opens again with those.
    """
    await interaction.client.tree.run_again(interaction, command_data(command, given), shown=shown)


def correction(interaction: discord.Interaction[Any]) -> Correction | None:
    """Return the buttons for a command that was refused; None where nothing was given to it."""
    interaction = interaction.extras.get(reporting.TYPED_IN, interaction)
    command = interaction.command
    if interaction.type is not discord.InteractionType.application_command or not isinstance(
        command, app_commands.Command
    ):
        return None
    data = cast("dict[str, Any]", interaction.data)
    given = {one["name"]: one for one in _options(data)}
    in_form = interaction.extras.get(SHOWN)
    shown = [
        parameter.display_name
        for parameter in command.parameters
        if parameter.display_name in (given if in_form is None else in_form)
        and parameter.type is not Kind.attachment
        # A longer one fits into no field. It is kept, and goes along unseen.
        and len(str(given.get(parameter.display_name, {}).get("value", ""))) <= TEXT_LIMIT
    ]
    # Five blocks at most: Discord takes five buttons in a row, and no command has 25 options.
    if not shown:
        return None
    return Correction(interaction, shown[: FIELDS * 5], from_form=in_form is not None)


reporting.corrections = correction
"""Forms report their own errors there, so that module cannot import this one."""


async def _titles(
    refused: discord.Interaction[Any],
    command: app_commands.Command[Any, ..., Any],
    names: Sequence[str],
) -> dict[str, str]:
    """Return the titles of references that were picked from lists: people see no ids."""
    found: dict[str, str] = {}
    given = {one["name"]: one["value"] for one in _options(cast("dict[str, Any]", refused.data))}
    for name in names:
        value = given.get(name)
        if not isinstance(value, str) or referred(value) is None:
            continue
        for choice in await _offered(refused, command, name):
            if choice.value == value:
                found[name] = choice.name
    return found


async def _offered(
    refused: discord.Interaction[Any], command: app_commands.Command[Any, ..., Any], name: str
) -> Sequence[app_commands.Choice[Any]]:
    """Return what an option offers while nothing is typed, as its autocomplete does."""
    parameter: Any = next(
        one
        for one in command._params.values()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the public view hides the callback
        if one.display_name == name
    )
    offer = parameter.autocomplete
    if offer is None:
        return ()
    if getattr(offer, "pass_command_binding", False):
        return await offer(command.binding, refused, "")
    return await offer(refused, "")


def _parameters(
    interaction: discord.Interaction[Any], command: str
) -> dict[str, app_commands.transformers.CommandParameter | Any]:
    """Return a command's parameters by their names; raises NotFound for one that is gone."""
    found: Any = interaction.client.tree
    for word in command.split():
        found = found.get_command(word) if found is not None else None
    if not isinstance(found, app_commands.Command):
        raise NotFound("That command has just changed. Restart Discord (Ctrl+R) and try it again.")
    return {one.display_name: one for one in found.parameters}


def _leaf(data: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a command's data that holds its options, below the subcommands."""
    options = cast("list[dict[str, Any]]", data.get("options") or [])
    if options and options[0].get("type", 0) in (1, 2):
        return _leaf(options[0])
    return data


def _options(data: dict[str, Any]) -> list[dict[str, Any]]:
    return list(_leaf(data).get("options") or [])


def command_data(command: str, given: Mapping[str, str | int] | None = None) -> dict[str, Any]:
    """Return a command and its options as Discord would send them, for ``run_again``."""
    first, *rest = command.split()
    data: dict[str, Any] = {"name": first, "type": 1}
    at = data
    for word in rest:
        below: dict[str, Any] = {"name": word, "type": 1 if word == rest[-1] else 2}
        at["options"] = [below]
        at = below
    at["options"] = [
        {"name": name, "type": (Kind.string if isinstance(value, str) else Kind.integer).value,
         "value": value}
        for name, value in (given or {}).items()
    ]  # fmt: skip
    return data


def _add_field(form: CardForm, parameter: Any, given: Any, title: str | None, typed: Typed) -> None:
    """Add the field for one option."""
    name, hint = parameter.display_name, str(parameter.description)
    if parameter.choices or parameter.type is Kind.boolean:
        pairs = [(choice.name, str(choice.value)) for choice in parameter.choices] or [
            ("Yes", "True"),
            ("No", "False"),
        ]
        chosen = typed.choices(name) if name in typed else (str(given),)
        options = [
            discord.SelectOption(label=label, value=value, default=value in chosen)
            for label, value in pairs
        ]
        form.put(
            ui.Select(custom_id=name, options=options, required=parameter.required, min_values=0),
            name,
            hint,
        )
    elif parameter.type in CONTROLS:
        chosen = typed.choices(name) if name in typed else (str(given),)
        form.put(_picker(parameter, chosen), name, hint)
    else:
        text = title or str(given if given is not None else "")
        form.ask(
            name,
            name,
            typed,
            filled=text,
            hint=hint,
            long=parameter.type is Kind.string and len(text) > LONG,
            required=parameter.required,
        )


def _picker(parameter: Any, chosen: Sequence[str]) -> ui.Item[Any]:
    objects = [discord.Object(int(one)) for one in chosen if one.isdecimal()]
    options: dict[str, Any] = {
        "custom_id": parameter.display_name,
        "required": parameter.required,
        "min_values": 1 if parameter.required else 0,
    }
    if parameter.type is Kind.user:
        defaults = [discord.SelectDefaultValue.from_user(one) for one in objects]
        return ui.UserSelect[Any](default_values=defaults, **options)
    if parameter.type is Kind.role:
        defaults = [discord.SelectDefaultValue.from_role(one) for one in objects]
        return ui.RoleSelect[Any](default_values=defaults, **options)
    defaults = [discord.SelectDefaultValue.from_channel(one) for one in objects]
    return ui.ChannelSelect[Any](
        default_values=defaults, channel_types=list(parameter.channel_types), **options
    )


def _value(
    parameter: Any, typed: Typed, given: Mapping[str, Any] | None, title: str | None
) -> str | int | float | bool | None:
    """Return an option's value as Discord would send it; None where it is left out.

    Raises InvalidInput for a text that is not a number, or a number out of range.
    """
    name = parameter.display_name
    if parameter.choices or parameter.type in CONTROLS or parameter.type is Kind.boolean:
        picked = typed.choices(name)
        if not picked:
            return None
        if parameter.type is Kind.boolean:
            return picked[0] == "True"
        by_text = {str(choice.value): choice.value for choice in parameter.choices}
        return by_text.get(picked[0], picked[0])
    text = typed.text(name)
    if not text:
        return None
    if title is not None and text == title and given is not None:
        return given["value"]  # the reference that was picked from the list
    if parameter.type is Kind.string:
        return text
    return _number(parameter, text)


def _number(parameter: Any, text: str) -> int | float:
    whole = parameter.type is Kind.integer
    try:
        number = int(text) if whole else float(text.replace(",", "."))
    except ValueError:
        kind = "a whole number" if whole else "a number"
        raise InvalidInput(f"`{parameter.display_name}` takes {kind}, such as 4.") from None
    low, high = parameter.min_value, parameter.max_value
    if (low is not None and number < low) or (high is not None and number > high):
        raise InvalidInput(f"`{parameter.display_name}` takes a number from {low} to {high}.")
    return number


def _resolve(data: dict[str, Any], resolved: dict[str, Any], kind: str, value: Any) -> None:
    """Take over what Discord says of the person, role or channel that was picked."""
    kinds = ("users", "members") if kind == "users" else (kind,)
    known = data.setdefault("resolved", {})
    for one in kinds:
        found = resolved.get(one, {}).get(str(value))
        if found is not None:
            known.setdefault(one, {})[str(value)] = found
