"""What people do: give commands, click, fill in forms, react and write.

Each action is refused where Discord's own client would not offer it, and waits for the bot.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import components as parts
from . import payloads
from .interactions import Interaction, Interactions, Kind, can_be_used_in
from .models import (
    Attachment,
    Channel,
    Guild,
    Json,
    Member,
    Message,
    Permission,
    Role,
    Thread,
    User,
)
from .world import World

SUBCOMMAND, SUBCOMMAND_GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)
SLASH, MESSAGE_MENU = 1, 3


class NotOffered(AssertionError):
    """Discord's client would not let the person do this."""


class NoAnswer(AssertionError):
    """The bot did not answer in time."""


class People:
    """The people of a world, and their hands on its commands, buttons, forms and reactions."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.interactions = Interactions(world)

    # Commands

    async def interact_slash(
        self, user: User, channel: Channel, command: str, /, *, within: float = 5.0, **options: Any
    ) -> Interaction:
        """Give a command as ``user``, as ``"group create"``, and return the bot's answer.

        Options are Python values, ``User``, ``Channel``, ``Role`` or an uploaded ``Attachment``. A
        trailing underscore in a name is dropped (``from_``).
        """
        given = {name.removesuffix("_"): value for name, value in options.items()}
        data, _ = self._command(user, channel, command, given)
        return await self._settled(Kind.COMMAND, user, channel, data, within=within)

    async def autocomplete(
        self,
        user: User,
        channel: Channel,
        command: str,
        option: str,
        typed: str,
        /,
        *,
        within: float = 5.0,
        **options: Any,
    ) -> list[Json]:
        """Return the choices offered while ``user`` types ``typed`` into ``option``."""
        data, schemas = self._command(user, channel, command, options, typing=option)
        if not schemas[option].get("autocomplete"):
            raise NotOffered(f"{command}: {option} has no autocomplete")
        leaf = data
        while leaf.get("options") and leaf["options"][0]["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP):
            leaf = leaf["options"][0]
        kind = schemas[option]["type"]
        leaf["options"].append({"name": option, "type": kind, "value": typed, "focused": True})
        answer = await self._settled(Kind.AUTOCOMPLETE, user, channel, data, within=within)
        return answer.choices or []

    async def message_menu(
        self, user: User, message: Message, name: str, *, within: float = 5.0
    ) -> Interaction:
        """Choose ``name`` from the menu of ``message`` as ``user``."""
        command = self._registered(user, message.channel, name, MESSAGE_MENU)
        data: Json = {
            "id": command["id"],
            "name": name,
            "type": MESSAGE_MENU,
            "target_id": str(message.id),
            "resolved": {"messages": {str(message.id): payloads.message(self.world, message)}},
        }
        return await self._settled(Kind.COMMAND, user, message.channel, data, within=within)

    # Buttons, menus, forms

    async def click(
        self,
        user: User,
        message: Message,
        custom_id: str | None = None,
        *,
        label: str | None = None,
        within: float = 5.0,
    ) -> Interaction:
        """Press as ``user`` the button with this custom id, or whose label holds ``label``."""
        button = self._usable(message, custom_id, label)
        if button["type"] != parts.BUTTON:
            raise NotOffered(f"{button['custom_id']} is not a button")
        data = {
            "component_type": parts.BUTTON,
            "custom_id": button["custom_id"],
            "id": button["id"],
        }
        return await self._settled(
            Kind.COMPONENT, user, message.channel, data, source=message, within=within
        )

    async def select(
        self,
        user: User,
        message: Message,
        custom_id: str | None = None,
        *values: str | User | Role | Channel,
        within: float = 5.0,
    ) -> Interaction:
        """Choose ``values`` in a menu as ``user``; of texts, an option's value or its label."""
        menu = self._usable(message, custom_id, None)
        if menu["type"] not in parts.SELECTS:
            raise NotOffered(f"{menu['custom_id']} is not a menu")
        data: Json = {
            "component_type": menu["type"],
            "custom_id": menu["custom_id"],
            "id": menu["id"],
        }
        data |= self._chosen(menu, values, message.channel)
        return await self._settled(
            Kind.COMPONENT, user, message.channel, data, source=message, within=within
        )

    async def submit_modal(
        self, form: Interaction, values: dict[str, Any], *, within: float = 5.0
    ) -> Interaction:
        """Fill in the form that ``form`` opened, and send it off.

        ``values`` are by custom id or label; what is not named keeps what the form came with.
        """
        if form.modal is None:
            raise NotOffered("no form was opened")
        left = dict(values)
        resolved: Json = {}
        filled = [
            self._filled(part, None, left, resolved, form.channel)
            for part in form.modal["components"]
        ]
        if left:
            raise NotOffered(f"the form has no field {list(left)}")
        data = {"custom_id": form.modal["custom_id"], "components": filled, "resolved": resolved}
        return await self._settled(
            Kind.MODAL, form.user, form.channel, data, source=form.source, within=within
        )

    # Reactions and words

    def react(self, user: User, message: Message, emoji: str) -> None:
        """React as ``user``, or do nothing where they already did."""
        self._refuse_archived(message.channel)
        self.world.react(message, user, emoji)

    def unreact(self, user: User, message: Message, emoji: str) -> None:
        """Take a reaction of ``user`` back."""
        self._refuse_archived(message.channel)
        self.world.unreact(message, user, emoji)

    def say(self, user: User, channel: Channel, content: str, **fields: Any) -> Message:
        """Write a message as ``user``; that wakes an archived thread up."""
        if isinstance(channel, Thread) and channel.archived:
            self.world.update_thread(channel, archived=False)
        return self.world.post(channel, user, content, **fields)

    async def wait_for_message(
        self,
        channel: Channel,
        predicate: Callable[[Message], bool] = lambda message: True,
        within: float = 5.0,
    ) -> Message:
        """Return the first message of ``channel`` that fits, now or once it is there."""

        def found() -> Message | None:
            return next((m for m in channel.messages.values() if predicate(m)), None)

        try:
            return await self.world.until(found, within)
        except TimeoutError:
            texts = [m.text for m in channel.messages.values()]
            raise NoAnswer(f"no such message in {channel.name}; there are: {texts}") from None

    # How it is done

    async def _settled(
        self,
        kind: Kind,
        user: User,
        channel: Channel,
        data: Json,
        *,
        source: Message | None = None,
        within: float,
    ) -> Interaction:
        interaction = self.interactions.begin(kind, user, channel, data, source)
        try:
            await self.world.until(lambda: interaction.settled, within)
        except TimeoutError:
            how = "answered" if interaction.callback is None else "finished answering"
            raise NoAnswer(f"the bot has not {how} {data} in {within} s") from None
        return interaction

    def _registered(self, user: User, channel: Channel, name: str, kind: int) -> Json:
        """Return the command of that name, if ``user`` is offered it there."""
        if not can_be_used_in(channel):
            raise NotOffered(f"commands cannot be given in {channel.name}")
        own = self.world.commands.get(channel.guild and channel.guild.id, [])
        offered = [*own, *self.world.commands.get(None, [])]
        commands = {c["name"]: c for c in offered if (c.get("type") or 1) == kind}
        if name not in commands:
            raise NotOffered(f"there is no command {name!r}, only {sorted(commands)}")
        command = commands[name]
        if channel.guild is None:
            if 1 not in (command.get("contexts") or [0, 1, 2]):
                raise NotOffered(f"{name} is not offered in direct messages")
            return command
        held = channel.guild.permissions_of(user, channel)
        needed = command.get("default_member_permissions")
        if Permission.USE_APPLICATION_COMMANDS not in held:
            raise NotOffered(f"{user.name} may use no commands in {channel.name}")
        if needed is not None and Permission(int(needed)) not in held:
            raise NotOffered(f"{user.name} is not offered {name}")
        return command

    def _command(
        self,
        user: User,
        channel: Channel,
        command: str,
        given: dict[str, Any],
        *,
        typing: str | None = None,
    ) -> tuple[Json, dict[str, Json]]:
        """Return the data of a command with its options, and what options it takes."""
        name, *path = command.split()
        registered = self._registered(user, channel, name, SLASH)
        data: Json = {"id": registered["id"], "name": name, "type": SLASH}
        leaf, schema = data, registered
        for step in path:
            inner = {o["name"]: o for o in schema.get("options") or []}
            if step not in inner:
                raise NotOffered(f"there is no /{command}, only {sorted(inner)}")
            schema = inner[step]
            leaf["options"] = [{"name": step, "type": schema["type"]}]
            leaf = leaf["options"][0]
        schemas = {o["name"]: o for o in schema.get("options") or []}
        if any(o["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP) for o in schemas.values()):
            raise NotOffered(f"/{command} is not a command by itself, only {sorted(schemas)}")
        if unknown := given.keys() - schemas.keys():
            raise NotOffered(f"/{command} takes {sorted(schemas)}, not {sorted(unknown)}")
        needed = {n for n, o in schemas.items() if o.get("required")}
        if typing is None and (missing := needed - given.keys()):
            raise NotOffered(f"/{command} also needs {sorted(missing)}")
        resolved: Json = {}
        leaf["options"] = [
            {
                "name": option,
                "type": schemas[option]["type"],
                "value": self._option(schemas[option], value, resolved, channel),
            }
            for option, value in given.items()
            if value is not None
        ]
        if resolved:
            data["resolved"] = resolved
        return data, schemas

    def _option(self, schema: Json, value: Any, resolved: Json, channel: Channel) -> Any:
        """Return the value of an option as it is sent, having checked it as the client does."""
        kind, name = schema["type"], schema["name"]
        accepted: dict[int, Any] = {
            STRING: str,
            INTEGER: int,
            BOOLEAN: bool,
            USER: User,
            CHANNEL: Channel,
            ROLE: Role,
            MENTIONABLE: (User, Role),
            NUMBER: (int, float),
            ATTACHMENT: Attachment,
        }
        if not isinstance(value, accepted[kind]):
            raise NotOffered(f"{name}: {value!r} is not what is asked for")
        if kind in (USER, CHANNEL, ROLE, MENTIONABLE, ATTACHMENT):
            allowed = schema.get("channel_types")
            if isinstance(value, Channel) and allowed and value.kind not in allowed:
                raise NotOffered(f"{name}: a channel of this kind is not offered")
            return self._resolve(value, resolved, channel)
        choices = schema.get("choices")
        if choices and value not in [choice["value"] for choice in choices]:
            raise NotOffered(f"{name}: {value!r} is not one of {[c['value'] for c in choices]}")
        size = len(value) if kind == STRING else value
        low, high = ("min_length", "max_length") if kind == STRING else ("min_value", "max_value")
        if schema.get(low) is not None and size < schema[low]:
            raise NotOffered(f"{name}: {value!r} is below {schema[low]}")
        if schema.get(high) is not None and size > schema[high]:
            raise NotOffered(f"{name}: {value!r} is above {schema[high]}")
        return value

    def _resolve(
        self, value: User | Role | Channel | Attachment, resolved: Json, channel: Channel
    ) -> str:
        """Add what ``value`` is to ``resolved``; return its id."""
        key, guild = str(value.id), channel.guild
        if isinstance(value, User):
            resolved.setdefault("users", {})[key] = payloads.user(value)
            if guild and value.id in guild.members:
                resolved.setdefault("members", {})[key] = _partial(guild.members[value.id], guild)
        elif isinstance(value, Role):
            resolved.setdefault("roles", {})[key] = payloads.role(value)
        elif isinstance(value, Channel):
            data = payloads.channel(self.world, value)
            resolved.setdefault("channels", {})[key] = data | {
                "permissions": str(int(Permission(0)))
            }
        else:
            resolved.setdefault("attachments", {})[key] = payloads.attachment(value)
        return key

    def _usable(self, message: Message, custom_id: str | None, label: str | None) -> Json:
        """Return a component that can be used now."""
        self._refuse_archived(message.channel)
        if message.deleted:
            raise NotOffered("the message is gone")
        try:
            found = parts.find(message.components, custom_id=custom_id, label=label)
        except LookupError as error:
            raise NotOffered(str(error)) from None
        if found.get("disabled"):
            raise NotOffered(f"{found['custom_id']} is disabled")
        return found

    def _chosen(self, menu: Json, values: Any, channel: Channel) -> Json:
        """Return the values of a menu, and what they are."""
        low, high = menu.get("min_values", 1), menu.get("max_values", 1)
        if not low <= len(values) <= high:
            raise NotOffered(f"{menu['custom_id']} takes {low} to {high} values")
        if menu["type"] != parts.STRING_SELECT:
            resolved: Json = {}
            return {
                "values": [self._resolve(v, resolved, channel) for v in values],
                "resolved": resolved,
            }
        return {"values": [_choice(menu, value) for value in values]}

    def _filled(
        self, part: Json, label: str | None, left: Json, resolved: Json, channel: Channel
    ) -> Json:
        """Return a form's component as it is sent, taking its value out of ``left``."""
        kind = part["type"]
        told: Json = {"type": kind, "id": part["id"]}
        if kind == parts.LABEL:
            inner = self._filled(part["component"], part["label"], left, resolved, channel)
            return told | {"component": inner}
        if kind == parts.ACTION_ROW:
            row = [
                self._filled(p, p.get("label"), left, resolved, channel) for p in part["components"]
            ]
            return told | {"components": row}
        if kind == parts.TEXT_DISPLAY:
            return told
        told["custom_id"] = part["custom_id"]
        name = next((n for n in (part["custom_id"], label) if n is not None and n in left), None)
        given = left.pop(name) if name is not None else None
        if kind == parts.TEXT_INPUT:
            return told | {"value": _typed(part, label, given)}
        if kind == parts.CHECKBOX:
            return told | {"value": bool(part.get("default") if given is None else given)}
        if kind == parts.RADIO_GROUP:
            values = _preset(part) if given is None else [_choice(part, given)]
            return told | {"value": next(iter(values), None)}
        if kind in (parts.STRING_SELECT, parts.CHECKBOX_GROUP):
            values = _preset(part) if given is None else [_choice(part, v) for v in given]
        else:
            values = [self._resolve(v, resolved, channel) for v in given or []]
        required = part.get("required", True)
        low = part.get("min_values", 1) if required else 0
        # discord.py says null for a group of boxes of which any number may be ticked.
        most = part.get("max_values") or max(1, len(part.get("options", [])))
        if not low <= len(values) <= most:
            raise NotOffered(f"{label}: {len(values)} values are not accepted")
        return told | {"values": values}

    @staticmethod
    def _refuse_archived(channel: Channel) -> None:
        if isinstance(channel, Thread) and channel.archived:
            raise NotOffered(f"{channel.name} is archived")


def _partial(member: Member, guild: Guild) -> Json:
    held = guild.permissions_of(member.user)
    return payloads.member_only(member) | {"permissions": str(int(held))}


def _typed(part: Json, label: str | None, given: str | None) -> str:
    text = (part.get("value") or "") if given is None else given
    if part.get("required", True) and not text:
        raise NotOffered(f"{label} has to be filled in")
    if text and not part.get("min_length", 0) <= len(text) <= part.get("max_length", 4000):
        raise NotOffered(f"{label}: a text of {len(text)} characters is not accepted")
    return text


def _preset(part: Json) -> list[str]:
    return [option["value"] for option in part.get("options", []) if option.get("default")]


def _choice(part: Json, wanted: str) -> str:
    for option in part["options"]:
        if wanted in (option["value"], option["label"]):
            return option["value"]
    raise NotOffered(f"{wanted!r} is not one of {[option['label'] for option in part['options']]}")
