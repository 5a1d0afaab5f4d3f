"""What commands are handed: who acts and where, and the group that is meant.

Both decorators go right above the ``async def`` of a command. What they hand over is not an option
that people see; errors become answers, as :func:`bot.ui.report.reports_errors` says. ::

    @app_commands.command(description="Your profile")
    @with_place
    async def show(self, interaction: Interaction, place: Place, person: Member | None = None): ...

    @app_commands.command(description="Propose pods for a group")
    @with_group()
    async def form(
        self, interaction: Interaction, place: Place, group: Group, size: int = 4
    ): ...
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Concatenate, Generic, Optional, ParamSpec, TypeAlias, TypeVar

import discord
from discord import app_commands, ui

from bot.base.errors import UserError
from bot.place import Place
from bot.ui import replies
from bot.ui import report as reporting
from bot.ui.controls import OwnView
from bot.ui.options import MOST, Choices
from bot.ui.places import WhichGroup, reference
from bot.ui.report import reports_errors
from bot.ui.theme import OPTION_LIMIT, clip
from data.server.groups import Group

C = TypeVar("C")
T = TypeVar("T")
P = ParamSpec("P")
Done: TypeAlias = Coroutine[Any, Any, None]

GROUP_HINT = "Which group; without it, the one of this channel"

_DESCRIPTIONS = "__discord_app_commands_param_description__"
"""Where discord.py keeps the texts given to ``app_commands.describe``."""


class _Groups(app_commands.Transformer):
    """An option that offers groups by name; its value stays as given, for ``Places.group``."""

    def __init__(self, *, leaving: bool = False) -> None:
        self._leaving = leaving

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> str:
        """Return what was given."""
        return str(value)

    async def autocomplete(  # pyright: ignore[reportIncompatibleMethodOverride] - only texts are typed
        self, interaction: discord.Interaction[Any], value: str, /
    ) -> Choices:
        """Offer the groups that the person may know of, their own first."""
        return await interaction.client.places.group_choices(
            interaction, value, leaving=self._leaving
        )


GroupOption = app_commands.Transform[str, _Groups()]
"""The type of an option that names a group, where it may also be left out."""


def with_place(
    callback: Callable[Concatenate[C, Any, Place, P], Done],
) -> Callable[Concatenate[C, Any, P], Done]:
    """Hand a command its place as the argument after the interaction."""

    @reports_errors
    @functools.wraps(callback)
    async def handed(
        self: C, interaction: discord.Interaction[Any], /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        place = await interaction.client.places.of(interaction)
        await callback(self, interaction, place, *args, **kwargs)

    parameters = _parameters(callback)
    del parameters[2]
    return _outward(handed, parameters)


def with_group(
    hint: str = GROUP_HINT, *, leaving: bool = False, before: str | None = None
) -> Callable[[Callable[Concatenate[Any, Any, Place, Group, ...], Done]], Callable[..., Done]]:
    """Hand a command its place and the group that is meant, after the interaction.

    People see an option ``group``, described by ``hint``. Where several groups may be meant they
    pick one from a menu, after which the command goes on with everything that they typed.
    ``leaving`` also takes groups of the person's own that live where they cannot read any more.
    ``before`` is the option that ``group`` comes before; without it, it comes last.
    """

    def decorate(
        callback: Callable[Concatenate[Any, Any, Place, Group, ...], Done],
    ) -> Callable[..., Done]:
        @reports_errors
        @functools.wraps(callback)
        async def handed(
            self: Any, interaction: discord.Interaction[Any], /, group: str | None = None, **kw: Any
        ) -> None:
            places = interaction.client.places
            place = await places.of(interaction)
            try:
                meant = await places.group(place, group, leaving=leaving)
            except WhichGroup as which:
                if len(which.groups) > MOST:
                    raise

                # By name, as if it had been given: somebody may have lost the right to know of it
                # while the menu was open.
                async def go_on(again: discord.Interaction[Any], chosen: Group) -> None:
                    await handed(self, again, group=reference(chosen.id), **kw)

                await ask_which(
                    interaction, "group", {one.name: one for one in which.groups}, go_on
                )
                return
            await callback(self, interaction, place, meant, **kw)

        option: Any = app_commands.Transform[str, _Groups(leaving=leaving)]
        return offering(callback, handed, "group", option, hint, before=before)

    return decorate


def offering(
    callback: Callable[..., object],
    handed: Callable[..., object],
    name: str,
    option: Any,
    hint: str,
    *,
    before: str | None = None,
) -> Any:
    """Return ``handed`` with the options of ``callback`` and, after them, one that it looks up.

    ``callback`` takes self, interaction, place and the thing that is looked up, none of which
    people see; ``option`` is the annotation of the option that says which thing. It comes last,
    or right ``before`` another option.
    """
    parameters = _parameters(callback)
    del parameters[2:4]
    names = [one.name for one in parameters]
    parameters.insert(
        len(names) if before is None else names.index(before),
        inspect.Parameter(
            name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=None,
            annotation=Optional[option],  # noqa: UP045 - it is made by a call, and takes no |
        ),
    )
    described: dict[str, str] = getattr(callback, _DESCRIPTIONS, {})
    setattr(handed, _DESCRIPTIONS, {name: hint, **described})
    return _outward(handed, parameters)


async def ask_which(
    interaction: discord.Interaction[Any],
    called: str,
    things: Mapping[str, T],
    go_on: Callable[[discord.Interaction[Any], T], Done],
) -> None:
    """Ask which of several things is meant, and go on with the command once one is picked.

    ``things`` are at most 25 by their titles, which differ; ``called`` is what one is called.
    """
    await replies.send(
        interaction,
        f"Which {called} do you mean?",
        view=_WhichMenu(interaction, called, things, go_on),
    )


async def _which_group(
    interaction: discord.Interaction[Any], error: UserError, again: reporting.Again
) -> bool:
    """Ask which group is meant where that is the error, and run the command with it."""
    if (
        not isinstance(error, WhichGroup)
        or len(error.groups) > MOST
        or interaction.response.is_done()
    ):
        return False

    async def go_on(picked: discord.Interaction[Any], chosen: Group) -> None:
        await again(picked, reference(chosen.id))

    await ask_which(interaction, "group", {one.name: one for one in error.groups}, go_on)
    return True


reporting.which_group = _which_group
"""Commands report their errors there, so that module cannot import this one."""


class _WhichMenu(OwnView, Generic[T]):
    """Asks which of several things is meant, and goes on with the command."""

    def __init__(
        self,
        first: discord.Interaction[Any],
        called: str,
        things: Mapping[str, T],
        go_on: Callable[[discord.Interaction[Any], T], Done],
    ) -> None:
        super().__init__()
        self._first = first
        self._things = list(things.values())
        self._go_on = go_on
        self.menu.placeholder = f"Pick a {called}"
        self.menu.options = [
            discord.SelectOption(label=clip(title, OPTION_LIMIT), value=str(index))
            for index, title in enumerate(things)
        ]

    @ui.select()
    @reports_errors
    async def menu(self, interaction: discord.Interaction[Any], select: ui.Select[Any]) -> None:
        """Go on with the one that was picked."""
        # So that an error of what follows offers the command as it was typed, and not this menu.
        interaction.extras[reporting.TYPED_IN] = self._first
        # Before it goes on: what is picked twice at once would be done twice, and counted once.
        self.stop()
        await self._go_on(interaction, self._things[int(select.values[0])])
        try:
            await self._first.delete_original_response()
        except discord.HTTPException:
            return  # it has been dismissed, or its token has ended


def _parameters(callback: Callable[..., object]) -> list[inspect.Parameter]:
    return list(inspect.signature(callback, eval_str=True).parameters.values())


def _outward(function: Any, parameters: Sequence[inspect.Parameter]) -> Any:
    """Return the function with the parameters that discord.py is to make options of."""
    function.__signature__ = inspect.Signature(parameters)
    return function
