"""Two servers with one thing of each kind in both, and a way to look at what became of them."""

from __future__ import annotations

import io
import json
import logging
import re
import zipfile
from collections.abc import Callable, Collection, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import discord
from discord import app_commands
from simcord.actors import _dispatch_actor_interaction
from simcord.builders import ChannelHandle, GuildHandle, RoleHandle
from simcord.components import walk_components
from simcord.enums import InteractionType
from simcord.results import InteractionResult
from structlog.testing import capture_logs

from bot.base.errors import UserError
from bot.ui import report
from bot.ui.controls import OwnView
from data.delivery.deliveries import REPLY
from data.states import Purpose
from tests import database
from tests.world import Person, World

Command = app_commands.Command[Any, Any, Any] | app_commands.ContextMenu


@dataclass
class Reported:
    """What was reported to people since the last look: their mistakes, and defects of ours."""

    errors: list[BaseException] = field(default_factory=list)
    lines: list[MutableMapping[str, Any]] = field(default_factory=list)

    def take(self) -> list[BaseException]:
        failed = [
            RuntimeError(f"{line['event']}: {line.get('exc_info')!r} {line.get('work', '')}")
            for line in self.lines
            if line["log_level"] in ("error", "critical") and "incident" not in line
        ]
        taken = [*self.errors, *failed]
        self.errors.clear()
        self.lines.clear()
        return taken


class _Errors(logging.Handler):
    """Hears what discord.py only logs: an autocomplete or a listener that failed."""

    def __init__(self, heard: Reported) -> None:
        super().__init__(logging.ERROR)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self._heard.errors.append(error or RuntimeError(record.getMessage()))


@contextmanager
def listening(world: World) -> Iterator[Reported]:
    """Listen to the one report of errors, and to what is logged as one."""
    heard = Reported()
    sentence = report._sentence

    def hearing(interaction: discord.Interaction[Any], error: BaseException) -> str:
        wrapped = isinstance(error, app_commands.CommandInvokeError)
        heard.errors.append(error.original if wrapped else error)
        return sentence(interaction, error)

    handler = _Errors(heard)
    logger = logging.getLogger("discord")
    logger.addHandler(handler)
    report._sentence = hearing
    try:
        with capture_logs() as lines:
            heard.lines = lines
            yield heard
    finally:
        report._sentence = sentence
        logger.removeHandler(handler)
        # The world would raise them; what is not a refusal is among ``defects``.
        assert defects(world.env.errors) == []
        world.env._errors.clear()


@dataclass
class Side:
    """One server: its people by what they may, its channels, and one thing of each kind.

    ``insider`` may everything: organiser, Manage Server, in the group and in the project.
    """

    guild: GuildHandle
    channel: ChannelHandle
    role: RoleHandle
    outsider: Person
    member: Person
    lead: Person
    organiser: Person
    administrator: Person
    insider: Person
    word: str
    thread: ChannelHandle | None = None

    @property
    def people(self) -> dict[str, Person]:
        return {
            "outsider": self.outsider,
            "member": self.member,
            "lead": self.lead,
            "organiser": self.organiser,
            "administrator": self.administrator,
        }


def new_server(world: World, name: str, word: str) -> Side:
    """Make a server with its people; every text that they write has ``word`` in it."""
    first = not hasattr(world, "_named")
    world._named = True  # type: ignore[attr-defined]
    # Time stands still here but for ``forward``, and so does what waits for it.
    world.bot.deadlines.silence()
    guild = world.guild if first else world.env.create_guild(name)
    if not first:
        invite_role = next(
            one for one in world.env.backend.guilds[guild.id].roles.values() if one.managed
        )
        mine = next(
            one for one in world.env.backend.guilds[world.guild.id].roles.values() if one.managed
        )
        world.env.backend.edit_role(
            guild.id,
            invite_role.id,
            {"permissions": mine.permissions.value}
            if isinstance(mine.permissions, discord.Permissions)
            else {"permissions": int(mine.permissions)},
        )
    role = guild.create_role("Keepers")
    managers = guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))

    def joined(person: str, roles: Sequence[RoleHandle] = ()) -> Person:
        return world.join(f"{name}-{person}", *roles, guild=guild)

    return Side(
        guild=guild,
        channel=guild.create_text_channel(f"{name}-studies"),
        role=role,
        outsider=joined("outsider"),
        member=joined("member"),
        lead=joined("lead"),
        organiser=joined("organiser", [role]),
        administrator=joined("administrator", [managers]),
        insider=joined("insider", [role, managers]),
        word=word,
    )


def new_group(world: World, server: Side, name: str, word: str, *, private: bool = False) -> Side:
    """Make another channel of a server, with people of its own who are in no other group.

    A ``private`` one can be read by these people and by the bot alone.
    """
    guild = server.guild
    reading = guild.create_role(f"{name}-readers")
    managers = guild.create_role(
        f"{name}-managers", permissions=discord.Permissions(manage_guild=True)
    )
    assert world.bot.user is not None
    see = discord.PermissionOverwrite(view_channel=True, send_messages_in_threads=True)
    overwrites: dict[Any, discord.PermissionOverwrite] = {
        guild.default_role: discord.PermissionOverwrite(view_channel=False),
        reading: see,
        world.bot.user: see,
    }
    channel = guild.create_text_channel(
        f"{name}-studies", overwrites=overwrites if private else None
    )

    def joined(person: str, roles: Sequence[RoleHandle] = ()) -> Person:
        return world.join(f"{name}-{person}", reading, *roles, guild=guild)

    return Side(
        guild=guild,
        channel=channel,
        role=server.role,
        outsider=joined("outsider"),
        member=joined("member"),
        lead=joined("lead"),
        organiser=joined("organiser", [server.role]),
        administrator=joined("administrator", [managers]),
        insider=joined("insider", [server.role, managers]),
        word=word,
    )


async def furnish(world: World, side: Side) -> None:
    """Make one thing of each kind, by the commands that make them."""
    member, lead, organiser, insider = side.member, side.lead, side.organiser, side.insider
    word = side.word
    here = side.channel

    async def must(result: InteractionResult) -> InteractionResult:
        assert result.acknowledged
        return result

    await must(
        await side.administrator.slash(
            here, "cohort setup", timezone="Europe/London", organisers=side.role
        )
    )
    await must(
        await organiser.slash(here, "group create", name=f"{word} group", focus=f"{word} focus")
    )
    for person in (member, lead, insider):
        await must(await person.slash(here, "group join"))
    await must(await lead.slash(here, "group pause", until="in 9 days"))
    await must(
        await organiser.slash(
            here, "checkin schedule", cadence="weekly", day="wednesday", time="12:00"
        )
    )
    for person in (member, lead):
        await must(
            await person.slash(
                here, "checkin post", did=f"{word} did", next=f"{word} next", blocked=f"{word} hard"
            )
        )
    await must(
        await member.slash(
            here, "commitment add", text=f"{word} promise", due="in 5 days", witness=lead
        )
    )
    for title, rule, starts in (
        (f"{word} past", "none", "in 30 minutes"),
        (f"{word} meeting", "none", "2026-11-06 19:00"),
        (f"{word} series", "weekly", "2026-11-05 18:00"),
    ):
        await must(
            await lead.slash(
                here,
                "meeting schedule",
                title=title,
                when=starts,
                minutes=180,
                paper=f"{word} reading",
                where=f"{word} room",
                facilitator=lead,
                repeat=rule,
            )
        )
    await must(await member.slash(here, "reading nominate", paper=f"{word} candidate"))
    await enrol(world, side)
    before = {thread.id for thread in here.threads}
    old = await lead.slash(
        here, "project propose", paper=f"{word} old paper", title=f"{word} old project"
    )
    await must(old)
    (shelf,) = [thread for thread in here.threads if thread.id not in before]
    asked = await must(await lead.slash(shelf, "project archive"))
    await confirm(lead, asked)
    before.add(shelf.id)
    await must(
        await lead.slash(
            here,
            "project propose",
            paper=f"{word} paper",
            title=f"{word} project",
            summary=f"{word} summary",
            skills=f"{word[:30]} skill",
        )
    )
    (side.thread,) = [thread for thread in here.threads if thread.id not in before]
    thread = side.thread
    for person in (member, insider):
        await must(await person.slash(thread, "project join"))
    await must(await member.slash(thread, "project update", text=f"{word} update"))
    await must(
        await member.slash(
            thread,
            "task add",
            title=f"{word} task",
            owner=member,
            due="in 5 days",
            notes=f"{word} notes",
        )
    )
    await must(
        await member.slash(thread, "deadline add", title=f"{word} deadline", due="in 5 days")
    )
    for statement in ("first", "second"):
        await must(
            await lead.slash(
                thread,
                "claim add",
                statement=f"{word} {statement} claim",
                metric=f"{word} metric",
                reported="99.0",
                tolerance="1%",
            )
        )
    await must(
        await insider.slash(
            thread, "result log", claim="C1", value="98.5", notes=f"{word} finding",
            deviations=f"{word} deviation",
        )
    )  # fmt: skip
    await must(
        await member.slash(
            thread, "project link", label=f"{word} link", url="https://example.org/code"
        )
    )


async def enrol(world: World, side: Side) -> None:
    """Start a programme on a list, with a member in it who handed something in."""
    word = side.word
    async with world.bot.store.transaction() as tx:
        group = await tx.groups.in_channel(side.guild.id, side.channel.id)
        assert group is not None
        list_id = await tx.reading_lists.add(
            guild_id=side.guild.id,
            group_id=group.id,
            title=f"{word} list",
            created_by=side.lead.id,
            created_at=world.clock.now(),
        )
        await tx.reading_lists.add_unit(
            side.guild.id, list_id, number=1, week=1, title=f"{word} unit", tasks=[f"{word} task"]
        )
    started = await side.lead.slash(
        side.channel,
        "programme start",
        list=f"{word} list",
        starts="2026-11-27 18:00",
        title=f"{word} programme",
    )
    assert not started.ephemeral
    async with world.bot.store.read() as tx:
        (programme,) = await tx.programmes.of_group(group.id)
    for person in (side.member, side.insider):
        joined = await press(person, side.channel, f"programme:join:{programme.id}")
        assert joined.acknowledged
    await submit(
        side.lead,
        side.channel,
        f"programme:plan:{programme.id}",
        {"stages": f"{word} first | {word} essay | due 2026-12-20\n{word} second | {word} board"},
    )
    await submit(
        side.member, side.channel, f"programme:work:{programme.id}:1", {"text": f"{word} work"}
    )


class Saved:
    """The whole database at one moment, to be compared with, and put back as often as it takes."""

    def __init__(self, world: World) -> None:
        self._modals = world.bot._connection._view_store._modals
        self._at = world.bot.store
        self._snapshot = database.snapshot(self._at)
        self._sent = self._deliveries()
        self.close = self._snapshot.close

    def changed(self) -> list[str]:
        """Name the tables that are not what they were.

        Whom a public answer names is noted when it is shown, whoever asked for it. They have
        changed nothing by that.
        """
        found = self._snapshot.changed()
        return [] if found == ["deliveries"] and self._deliveries() == self._sent else found

    def restore(self) -> None:
        """Put the rows back, and close what answers have left open on people's screens."""
        # Each open answer has a timer, and coming to rest compares every timer with every other.
        for view in [*OwnView._all.values(), *self._modals.values()]:
            view.stop()
        self._snapshot.restore()

    def _deliveries(self) -> list[tuple[Any, ...]]:
        noted = f"{REPLY}%"
        return database.rows(
            self._at, "SELECT * FROM deliveries WHERE key NOT LIKE :noted ORDER BY key", noted=noted
        )


async def rows(world: World, guild: GuildHandle) -> dict[str, Any]:
    """Return everything that a server has in the store, by table."""
    archive = zipfile.ZipFile(io.BytesIO(await world.bot.store.export(guild.id)))
    return json.loads(archive.read("cohort.json"))


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Name the tables that differ."""
    return [name for name in before if before[name] != after.get(name)]


def defects(errors: Sequence[BaseException]) -> list[str]:
    """Return the errors that were not a person's mistake."""
    return [
        f"{type(error).__name__}: {error}"
        for error in errors
        if not isinstance(error, UserError | app_commands.AppCommandError)
    ]


def every_command(world: World) -> Iterator[Command]:
    """Yield every slash command and every menu of messages and people."""
    for command in world.bot.tree.walk_commands():
        if isinstance(command, app_commands.Command):
            yield command
    for kind in (discord.AppCommandType.message, discord.AppCommandType.user):
        yield from world.bot.tree.get_commands(type=kind)


def every_slash(world: World) -> Iterator[app_commands.Command[Any, Any, Any]]:
    """Yield every slash command."""
    for command in every_command(world):
        if isinstance(command, app_commands.Command):
            yield command


BY_NAME: dict[str, object] = {
    "when": "2026-11-09 18:00",
    "due": "in 4 days",
    "until": "in 10 days",
    "since": "2026-01-01",
    "slots": "2026-11-09 18:00; 2026-11-10 18:00",
    "closes": "in 2 days",
    "starts": "2026-11-20 18:00",
    "week": "2026-11-27",
    "weeks": "2026-12-24",
    "time": "19:00",
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "url": "https://example.org/x",
    "link": "https://example.org/x",
    "evidence": "https://example.org/x",
    "value": "98.7",
    "reported": "97.5",
    "spread": "0.5",
    "tolerance": "1%",
    "weight": "1",
    "hours": "2",
    "by": "2.3",
}
"""Options of free text that do not take just any words."""

LEFT_OUT: dict[str, frozenset[str]] = {
    "checkin stats": frozenset({"everybody"}),
    "meeting schedule": frozenset({"until", "times"}),
    "meeting edit": frozenset({"which", "ahead"}),
    "meeting facilitate": frozenset({"person"}),
    "meeting move": frozenset({"which"}),
    "reading history": frozenset({"search"}),
    "meeting calendar": frozenset({"mine"}),
    "pod form": frozenset({"together", "apart"}),
    "commitment add": frozenset({"witness"}),
    "claim add": frozenset({"spread_kind", "runs", "spread", "criterion", "category"}),
    "claim edit": frozenset({"spread_kind", "runs", "spread", "criterion", "category"}),
    "task move": frozenset({"obstacle"}),
    "task assign": frozenset({"remove"}),
    "result log": frozenset({"replaces", "runs", "spread", "spread_kind", "commit", "file"}),
    "project propose": frozenset({"capacity"}),
}
"""Options that contradict others, and are left out of a whole example."""


ON_PURPOSE: dict[str, dict[str, Callable[[Side], object]]] = {
    "project invite": {"person": lambda side: side.outsider},
    "project edit": {"capacity": lambda _: 9},
    "project status": {"state": lambda _: "active"},
    "task assign": {"person": lambda side: side.lead},
    "task move": {"state": lambda _: "doing"},
    "meeting attended": {
        "people": lambda side: side.member.mention,
        "read": lambda side: side.member.mention,
    },
    "meeting skip": {"day": lambda _: "2026-11-26"},
}
"""Options for which not just any value of their kind will do, by command."""


@dataclass(frozen=True)
class Example:
    """A command's options, filled in; ``offered`` are those that were picked from a list."""

    command: app_commands.Command[Any, Any, Any]
    channel: ChannelHandle
    options: dict[str, Any]
    offered: dict[str, dict[str, Any]]


async def example(
    world: World, side: Side, command: app_commands.Command[Any, Any, Any]
) -> Example:
    """Fill in a command's options: with what it offers, and with words elsewhere."""
    name = command.qualified_name
    channel = place(side, command)
    options: dict[str, Any] = {}
    offered: dict[str, dict[str, Any]] = {}
    for parameter in command.parameters:
        if parameter.display_name in LEFT_OUT.get(name, ()):
            continue
        if parameter.autocomplete:
            option = parameter.display_name
            choice = await first_offer(side, channel, name, option, options, offered.values())
            if choice is not None:
                offered[parameter.display_name] = choice
                options[parameter.display_name] = choice["value"]
            continue
        chosen = ON_PURPOSE.get(name, {}).get(parameter.display_name)
        given = value(side, parameter) if chosen is None else chosen(side)
        if given is not None:
            options[parameter.display_name] = given
    return Example(command, channel, options, offered)


ON_BOARDS = frozenset({"project", "task", "deadline", "claim", "result"})
"""The groups of commands that mean the board of the thread where they are used."""


def is_on_board(name: str) -> bool:
    """Whether a command, by its qualified name, is about one board."""
    return name.split()[0] in ON_BOARDS and name not in ("project propose", "project list")


def place(side: Side, command: app_commands.Command[Any, Any, Any]) -> ChannelHandle:
    """Return where a command is used: a board's commands in its thread."""
    in_thread = is_on_board(command.qualified_name)
    return side.thread if in_thread and side.thread is not None else side.channel


async def first_offer(
    side: Side,
    channel: ChannelHandle,
    name: str,
    option: str,
    filled: dict[str, Any],
    taken: Collection[dict[str, Any]],
) -> dict[str, Any] | None:
    """Return what is offered first for an option, to whoever is offered something.

    Two options that offer the same are about different things, so each gets its own.
    """
    for person in (side.member, side.lead, side.organiser):
        choices = await person.autocomplete(channel, name, option, "", **filled)
        if choices:
            left = (one for one in choices if one not in taken)
            return next(left, choices[0])
    return None


def value(side: Side, parameter: app_commands.Parameter) -> Any:
    """Return something that a parameter takes."""
    kinds = discord.AppCommandOptionType
    if parameter.choices:
        return parameter.choices[0].value
    match parameter.type:
        case kinds.string:
            return BY_NAME.get(parameter.display_name, f"{side.word} words")
        case kinds.integer | kinds.number:
            return parameter.min_value if parameter.min_value is not None else 1
        case kinds.boolean:
            return True
        case kinds.user | kinds.mentionable:
            return side.member
        case kinds.role:
            return side.role
        case kinds.channel:
            return side.guild.create_text_channel("elsewhere")
        case kinds.attachment:
            return ("notes.txt", b"words")
        case _:
            return None


async def use(example: Example, user: Person, /, **instead: Any) -> InteractionResult:
    """Use a command as in the example, with some options given otherwise."""
    options = {**example.options, **instead}
    options = {name: given for name, given in options.items() if given is not None}
    return await user.slash(example.channel, example.command.qualified_name, **options)


async def press(
    person: Person, channel: ChannelHandle, custom_id: str, *, values: Sequence[str] = ()
) -> InteractionResult:
    """Send what Discord would send for a control with this custom id, whoever made the id."""
    kind = 3 if values else 2
    control: dict[str, Any] = {"type": kind, "custom_id": custom_id}
    data: dict[str, Any] = {"custom_id": custom_id, "component_type": kind}
    if values:
        control["options"] = [{"label": one, "value": one} for one in values]
        data["values"] = list(values)
    else:
        control |= {"style": 2, "label": "Press"}
    row = {"type": 1, "components": [control]}
    return await _forged(person, channel, InteractionType.MESSAGE_COMPONENT, data, [row])


async def submit(
    person: Person, channel: ChannelHandle, custom_id: str, fields: dict[str, str]
) -> InteractionResult:
    """Send what Discord would send for a filled-in form with this custom id."""
    labels = [
        {"type": 18, "component": {"type": 4, "custom_id": name, "value": typed}}
        for name, typed in fields.items()
    ]
    data = {"custom_id": custom_id, "components": labels}
    return await _forged(person, channel, InteractionType.MODAL_SUBMIT, data, None)


async def _forged(
    person: Person,
    channel: ChannelHandle,
    kind: InteractionType,
    data: dict[str, Any],
    components: list[dict[str, Any]] | None,
) -> InteractionResult:
    env = person._env
    backend = env.backend
    extra: dict[str, Any] = {}
    source: int | None = None
    if components is not None:
        posted = backend.create_message(channel.id, backend.bot_user.id, "a card")
        from simcord.backend import serializers

        payload = dict(serializers.message_payload(backend, posted))
        payload["components"] = components
        extra, source = {"message": payload}, posted.id
    env._begin_operation("forge")
    try:
        return await _dispatch_actor_interaction(
            person, kind, channel, data, extra=extra, source_message_id=source
        )
    finally:
        env._end_operation()


def custom_ids(template: str, number: int) -> list[str]:
    """Return the custom ids that a template matches, with ``number`` for every id in it."""
    made = [""]
    for drawing, drawn in (
        ("[0-9a-f]{32}", f"{number:032x}"),
        ("[^:]+", "a"),
    ):
        template = template.replace(drawing, drawn)
    for text, name, inside in re.findall(r"([^()]+)|\(\?P<(\w+)>([^()]*)\)", template):
        if text:
            made = [one + text for one in made]
        elif r"\d" in inside:
            made = [f"{one}{number if name.endswith('_id') else 1}" for one in made]
        else:
            made = [one + choice for one in made for choice in inside.split("|")]
    return made


def shown(result: InteractionResult) -> str:
    """Return everything that somebody was answered, as Discord was sent it."""
    seen: list[Any] = [result.modal, result.autocomplete_choices]
    for message in [result.response, *result.followups]:
        if message is not None:
            seen.append(message.content)
            seen.append([embed.to_dict() for embed in message.embeds])
            seen.append(message.components)
    return json.dumps(seen, default=str, ensure_ascii=False)


async def both(world: World) -> tuple[Side, Side]:
    """Furnish two servers alike; the first one's ids are the lower."""
    first = new_server(world, "first", "quokka")
    second = new_server(world, "second", "walrus")
    await furnish(world, first)
    await furnish(world, second)
    await world.forward(timedelta(hours=1))
    return first, second


async def conceal(world: World, side: Side) -> None:
    """Write, as a member of a furnished group, what nobody else may see, or what is gone."""
    member, here, word = side.member, side.channel, side.word
    await submit(
        member,
        here,
        "profile:set",
        {"interests": f"{word} interest", "about": f"{word} secret about", "free": "", "level": ""},
    )
    async with world.bot.store.transaction() as tx:
        group = await tx.groups.in_channel(side.guild.id, here.id)
        assert group is not None
        await tx.profiles.save(side.guild.id, member.id, open_to=["pair"])
        await tx.introductions.add(
            guild_id=side.guild.id,
            purpose=Purpose.PAIR,
            channel_id=here.id,
            asked_by=member.id,
            other_user_id=side.lead.id,
            now=world.clock.now(),
            about=f"{word} introduction",
        )
    for promise, end in (("kept", "done"), ("dropped", "drop")):
        text = f"{word} {promise} promise"
        await member.slash(here, "commitment add", text=text)
        settled = await member.slash(here, f"commitment {end}", commitment=text)
        assert settled.acknowledged
    await member.slash(here, "reading nominate", paper=f"{word} withdrawn paper")
    async with world.bot.store.read() as tx:
        found = await tx.nominations.open(side.guild.id, group.id)
    await press(member, here, f"reading:withdraw:{max(one.id for one in found)}")
    await member.slash(
        here,
        "meeting poll",
        title=f"{word} drafted poll",
        slots="2026-11-09 18:00; 2026-11-10 18:00",
    )
    await member.slash(
        here,
        "reading import",
        file=("list.csv", f"unit,title\n1,{word} drafted reading\n".encode()),
        title=f"{word} drafted list",
        when="2026-11-12 18:00",
    )
    assert side.thread is not None
    await member.slash(side.thread, "task add", title=f"{word} dropped task")
    async with world.bot.store.read() as tx:
        (project,) = await tx.projects.open_of_group(group.id)
        tasks = await tx.tasks.of_project(side.guild.id, project.id)
    await press(member, side.thread, f"task:drop:{max(one.id for one in tasks)}")


async def confirm(person: Person, result: InteractionResult) -> list[InteractionResult]:
    """Press whatever asks before something is done away with."""
    asked = result.response
    if asked is None:
        return []
    return [
        await person.click(asked, custom_id=control["custom_id"])
        for control in walk_components(asked.components)
        if control.get("type") == 2 and control.get("style") == discord.ButtonStyle.danger.value
    ]
