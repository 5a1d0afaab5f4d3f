"""Buttons and selects that outlive a restart: their state is in their custom id."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import KW_ONLY, dataclass, field
from functools import cache
from itertools import count
from types import MappingProxyType
from typing import Any, ClassVar, Self, TypeVar, cast, dataclass_transform
from weakref import WeakValueDictionary

import discord
from discord import ui
from msgspec import Struct
from msgspec.structs import replace

from bot.base.errors import NotAllowed, NotFound
from bot.base.use_limits import of_control
from bot.ui import use_limits
from bot.ui.custom_ids import LARGEST, CustomId, check_subjects
from bot.ui.report import report
from data.across.homes import KINDS

NEVER = r"(?!)"

ItemT = TypeVar("ItemT", ui.Button[Any], ui.Select[Any])


@dataclass_transform(field_specifiers=(field,))
class Control(ui.DynamicItem[ItemT], template=NEVER):
    """What buttons and selects share: fields, the custom id that holds them, errors reported.

    A subclass writes its custom id once, with its fields in braces; it is made with the fields,
    and made again with them when Discord hands the custom id back::

        class ReadButton(CardButton, custom_id="reading:read:{meeting_id}", label="I read it"):
            meeting_id: MeetingId

            async def pressed(self, interaction: Interaction, place: Place) -> None: ...

        ReadButton(meeting.id)

    A field that is not in the custom id needs a default, since Discord forgets it. discord.py
    hands the errors of dynamic items to nobody; here they go to the one report.
    """

    known_custom_id: ClassVar[CustomId | None] = None
    _about: Mapping[str, Any] = MappingProxyType({})
    leaving: ClassVar[bool] = False
    """Whether members may use it for things in channels that they can no longer read."""

    def __init_subclass__(cls, *, custom_id: str | None = None, template: str = NEVER) -> None:
        # Only discord.py's own class asks for a template; a base class of ours has no custom id.
        if clash := inspect.get_annotations(cls).keys() & _TAKEN:
            raise TypeError(f"{cls.__name__}: discord.py uses {', '.join(sorted(clash))} itself")
        if custom_id is not None:
            cls.known_custom_id = CustomId.of(custom_id, cls)
            template = cls.known_custom_id.pattern.pattern
        super().__init_subclass__(template=template)
        check_subjects(cls, cls.__discord_ui_compiled_template__)
        dataclass(eq=False, repr=False)(cls)

    def __post_init__(self) -> None:
        assert self.known_custom_id is not None  # noqa: S101 - a base class is made by nobody
        ui.DynamicItem.__init__(self, self._item(self.known_custom_id.write(self)))  # pyright: ignore[reportUnknownMemberType]

    def _item(self, custom_id: str) -> ItemT:
        """Return discord.py's own control."""
        raise NotImplementedError

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the control that was used, from its custom id."""
        assert cls.known_custom_id is not None  # noqa: S101 - a base class has no custom id
        about = cls.known_custom_id.read(match)
        control: Self = cast("Any", cls)(**about, **cls._remembered(item))
        control._about = about
        return control

    @classmethod
    def _remembered(cls, item: ui.Item[Any]) -> dict[str, Any]:
        """Return the arguments that the message itself still has."""
        return {}

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the control is for, and report what goes wrong."""
        try:
            acting(interaction)
            await self._admitted(interaction)
        except Exception as error:
            await report(interaction, error)

    async def _admitted(self, interaction: discord.Interaction[Any]) -> None:
        """Ask whether the person may know about what the custom id names; then go on.

        In a direct message there is no place to ask about: it was sent to this person.
        """
        place: Any = None
        if interaction.guild_id is not None:
            place = await interaction.client.places.admitted(
                interaction, self._about, leaving=self.leaving
            )
        # Once it is known that they may: a refusal uses up nothing.
        await use_limits.take(interaction, of_control(self.custom_id))
        await self._used(interaction, place)

    async def _used(self, interaction: discord.Interaction[Any], place: Any) -> None:
        raise NotImplementedError


_TAKEN = frozenset(dir(ui.DynamicItem)) | {"row", "item", "view", "parent", "id"}
"""Names that a field must not have."""


class CardButton(Control[ui.Button[Any]]):
    """A button on a card.

    ``pressed`` says what happens; ``place`` is who pressed, and where. How the button looks is
    given with the class; a field called ``label``, ``style``, ``emoji`` or ``disabled`` goes
    before that, and so does :meth:`face` where it depends on more.
    """

    usual_face: ClassVar[Face]

    def __init_subclass__(
        cls,
        *,
        custom_id: str | None = None,
        label: str | None = None,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        emoji: str | None = None,
    ) -> None:
        super().__init_subclass__(custom_id=custom_id)
        cls.usual_face = Face(label, style, emoji)

    def face(self) -> Face:
        """Return how this button looks."""
        given = {name: vars(self)[name] for name in Face.__struct_fields__ if name in vars(self)}
        return replace(self.usual_face, **given) if given else self.usual_face

    def _item(self, custom_id: str) -> ui.Button[Any]:
        face = self.face()
        return ui.Button(
            custom_id=custom_id,
            label=face.label,
            style=face.style,
            emoji=face.emoji,
            disabled=face.disabled,
        )

    async def _used(self, interaction: discord.Interaction[Any], place: Any) -> None:
        # Told by the signature: a control in a direct message has no place, and says so by not
        # asking for one.
        if _takes_place(type(self).pressed, 3):
            if place is None:
                raise NotAllowed("I work in servers: use this in a channel of yours.")
            await self.pressed(interaction, place)
        else:
            await self.pressed(interaction)

    async def pressed(self, *args: Any, **kwargs: Any) -> None:
        """Do what the button says, given the interaction and its place."""
        raise NotImplementedError


class Face(Struct, frozen=True):
    """How a button looks."""

    label: str | None = None
    style: discord.ButtonStyle = discord.ButtonStyle.secondary
    emoji: str | None = None
    disabled: bool = False


class CardSelect(Control[ui.Select[Any]]):
    """A select menu on a card; like :class:`CardButton`, with ``chosen`` for ``pressed``.

    ``chooses`` says what the values are ids of, such as ``task``: the door then asks about each of
    them, as about the custom id. ``most`` and ``least`` say how many of its options can be chosen;
    with fewer options than ``most``, all of them. ``placeholder`` can be a field too, as a button's
    label can.
    """

    _: KW_ONLY
    options: Sequence[discord.SelectOption] = ()

    usual_placeholder: ClassVar[str] = ""
    least: ClassVar[int] = 1
    most: ClassVar[int] = 1
    chooses: ClassVar[str | None] = None

    def __init_subclass__(
        cls,
        *,
        custom_id: str | None = None,
        placeholder: str = "",
        least: int = 1,
        most: int = 1,
        chooses: str | None = None,
    ) -> None:
        super().__init_subclass__(custom_id=custom_id)
        cls.usual_placeholder, cls.least, cls.most = placeholder, least, most
        if chooses is not None and chooses not in KINDS:
            raise TypeError(f"{cls.__name__}: data.across.homes does not say where {chooses} lives")
        cls.chooses = chooses

    def _item(self, custom_id: str) -> ui.Select[Any]:
        return ui.Select(
            custom_id=custom_id,
            options=list(self.options),
            placeholder=vars(self).get("placeholder", self.usual_placeholder),
            min_values=self.least,
            # Discord refuses a menu that lets people choose more than it offers, and one that
            # offers nothing.
            max_values=min(self.most, len(self.options) or 1),
        )

    @classmethod
    def _remembered(cls, item: ui.Item[Any]) -> dict[str, Any]:
        return {"options": getattr(item, "options", [])}

    async def _used(self, interaction: discord.Interaction[Any], place: Any) -> None:
        values = tuple(self.item.values)
        if self.chooses is not None and place is not None:
            # A menu's values come from the client like its custom id: each is asked about at the
            # door.
            for value in filter(str.isdecimal, values):
                about = {f"{self.chooses}_id": chosen_id(value)}
                await interaction.client.places.admit(place, about)
        if _takes_place(type(self).chosen, 4):
            if place is None:
                raise NotAllowed("I work in servers: use this in a channel of yours.")
            await self.chosen(interaction, place, values)
        else:
            await self.chosen(interaction, values)

    async def chosen(self, *args: Any, **kwargs: Any) -> None:
        """Do what was chosen, given the interaction, its place and the values."""
        raise NotImplementedError


@cache
def _takes_place(method: Callable[..., object], parameters: int) -> bool:
    return len(inspect.signature(method).parameters) == parameters


class CardLayout(ui.LayoutView):
    """A Components V2 card, of which discord.py keeps nothing: its controls are found by class.

    In an answer that one person sees, discord.py would keep it for a quarter of an hour with a task
    and a timer (``InteractionResponse.send_message``). Whoever asks again and again would make the
    garbage collector stop everything for longer and longer, to look through all of them.
    """

    def __init__(self, *items: ui.Item[Any]) -> None:
        super().__init__(timeout=None)
        self._written: list[dict[str, Any]] | None = None
        for item in items:
            self.add_item(item)
        self.stop()

    def to_components(self) -> list[dict[str, Any]]:
        """Return it as Discord takes it; what is changed after that is not in it.

        A card is compared with what it showed last, and then sent.
        """
        if self._written is None:
            self._written = super().to_components()
        return self._written


class CardButtons(ui.View):
    """A row of buttons under an embed, kept as little as a :class:`CardLayout`."""

    def __init__(self, *items: ui.Item[Any]) -> None:
        super().__init__(timeout=None)
        for item in items:
            self.add_item(item)
        self.stop()


_ACTING: ContextVar[int | None] = ContextVar("acting", default=None)
"""Whose interaction this task answers."""


def acting(interaction: discord.Interaction[Any]) -> None:
    """Note whose interaction is being answered, as the owner of what it shows.

    Raises Conflict once the bot is stopping.
    """
    _ACTING.set(interaction.user.id)
    interaction.client.now_answering()


MOST_OPEN = 10
"""How many answers with controls of their own one person has at a time; an older one ends."""

ENDED = "These controls have ended. Use the command again for new ones."


class OwnView(ui.View):
    """Controls that one person sees for a while; errors go to the one report.

    They belong to the person whose interaction they answer. Discord shows them to nobody else, yet
    takes any custom id from anybody, and some hold what that person typed.

    Their state is in this process: whoever uses them later is answered by :class:`PastControl`.
    """

    MINUTES: ClassVar[int] = 14
    """The interaction's token lives for 15 minutes; the controls end before it."""

    _all: ClassVar[WeakValueDictionary[int, OwnView]] = WeakValueDictionary()
    """In the order in which they were made."""
    _numbers: ClassVar[count[int]] = count()

    def __init__(self) -> None:
        super().__init__(timeout=self.MINUTES * 60)
        # From the task's context, since a view is made deep inside, where nobody has the
        # interaction at hand.
        self.owner_id = _ACTING.get()
        self._end_older()
        self._all[next(self._numbers)] = self

    def _end_older(self) -> None:
        """End the person's oldest, of which each keeps its buttons, a task and a timer."""
        if self.owner_id is None:
            return
        theirs = [one for one in self._all.values() if one.owner_id == self.owner_id]
        open_ones = [one for one in theirs if not one.is_finished()]
        for one in open_ones[: 1 - MOST_OPEN]:
            one.stop()

    @classmethod
    def has(cls, custom_id: str) -> bool:
        """Whether a control belongs to a view that still takes it."""
        return any(
            getattr(item, "custom_id", None) == custom_id
            for view in cls._all.values()
            if not view.is_finished()
            for item in view.children
        )

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Admit the owner; raises NotAllowed for anybody else, NotFound once it has ended.

        A second press may be on its way when the first one ends it.
        """
        acting(interaction)
        if self.is_finished():
            raise NotFound(ENDED)
        if self.owner_id not in (None, interaction.user.id):
            raise NotAllowed("Those controls belong to somebody else. Use the command yourself.")
        return True

    async def on_error(
        self, interaction: discord.Interaction[Any], error: Exception, item: ui.Item[Any], /
    ) -> None:
        """Report what goes wrong."""
        await report(interaction, error)


class PastControl(ui.DynamicItem[ui.Button[Any]], template=r"[0-9a-f]{32}"):
    """A control of an :class:`OwnView` that has ended, or that an earlier process made.

    discord.py made up its custom id. Active controls have such ids too, and are left alone.
    """

    def __init__(self, custom_id: str) -> None:
        super().__init__(ui.Button(custom_id=custom_id))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the control that was used from its custom id."""
        return cls(match.string)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Say what to do."""
        if not OwnView.has(self.custom_id):
            await report(interaction, NotFound(ENDED))


def chosen_id(value: str) -> int:
    """Return the id that a menu's value is; raises NotFound for what cannot be one."""
    if not value.isdecimal() or len(value) > 19 or int(value) > LARGEST:
        raise NotFound("That is not among the choices. Open the list again and pick one.")
    return int(value)
