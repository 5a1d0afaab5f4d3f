"""Does what a line says: as one person, in one channel, with the page beside it."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import discord
from discord import AppCommandOptionType as OptionType
from discord import app_commands
from simcord.actors import MemberActor
from simcord.backend.access import can_access_channel
from simcord.backend.errors import BackendError, SetupError
from simcord.builders import ChannelHandle
from simcord.components import ComponentValidationError
from simcord.results import InteractionResult

from bot.base.errors import CohortError, InvalidInput
from bot.demo import controls, line_language
from bot.demo.channel_page import Page, Viewer
from bot.demo.line_language import ScriptLine, Verb
from bot.demo.screenshots import Album
from bot.demo.simulated_server import Happening, Town
from bot.demo.wording import either, instant, like, meant, one_line

T = TypeVar("T")

INBOX = "dm"
"""What the direct messages between a person and the bot are called."""


class BotFailed(CohortError):
    """The bot did something wrong, not the person at the terminal."""


class DemoStage:
    """Where the demo stands: who acts, in which channel, and which form is open."""

    def __init__(
        self, town: Town, page: Page, tell: Callable[[str], None], album: Album | None
    ) -> None:
        self._town = town
        self._page = page
        self._tell = tell
        self._album = album
        self._form: InteractionResult | None = None
        self.person: MemberActor = next(iter(town.people.values()))
        self.place: ChannelHandle = next(iter(town.channels.values()))

    @property
    def where(self) -> str:
        """When, who and where, in one line."""
        now = instant(self._town.clock.now())
        return f"{now} · {self._name(self.person)} in {self._called(self.place)}"

    @property
    def now(self) -> str:
        """When it is, in the demo's zone."""
        return instant(self._town.clock.now())

    @property
    def who(self) -> str:
        """The name of the person who acts."""
        return self._name(self.person)

    @property
    def in_inbox(self) -> bool:
        """Whether one looks at the direct messages with the bot."""
        return self._is_inbox()

    def visible(self) -> list[ChannelHandle]:
        """Return the channels and threads that the person can see."""
        env = self._town.env
        return [
            one
            for one in self._town.places()
            if can_access_channel(env, one.id, self.person, history=True)
        ]

    async def enter(self, person: MemberActor, place: ChannelHandle) -> None:
        """Begin as somebody, somewhere."""
        self.person, self.place = person, place
        await self._show()

    async def do(self, line: ScriptLine) -> bool:
        """Do what a line says; False when it says to quit.

        Raises InvalidInput with what to do instead, and BotFailed when the bot failed.
        """
        match line.verb:
            case Verb.QUIT:
                return False
            case Verb.HELP:
                self._tell(line_language.HELP)
            case Verb.CHANNELS:
                self._tell(either(self._called(one) for one in self._town.channels.values()))
            case Verb.THREADS:
                self._list_threads()
            case Verb.PICTURE:
                await self._picture(_given(line, "picture meeting"))
            case _:
                async with self._watched():
                    await self._act(line)
                await self._show()
                if self._album is not None:
                    for path in await self._album.add(self._page.url, self._title()):
                        self._tell(f"  {path}")
        return True

    async def _act(self, line: ScriptLine) -> None:
        match line.verb:
            case Verb.CHANNEL:
                self._go(line.rest)
            case Verb.AS:
                self._become(line.rest)
            case Verb.FORWARD:
                await self._forward(line.rest)
            case Verb.NEXT:
                await self._next()
            case Verb.SLASH:
                await self._slash(line.rest)
            case Verb.CLICK:
                message, button = self._control(line, controls.buttons, "button")
                await self._interact(lambda: self.person.click(message, custom_id=button.custom_id))
            case Verb.CHOOSE:
                message, option = self._control(line, controls.options, "choice")
                await self._interact(
                    lambda: self.person.select(message, [option.value], custom_id=option.custom_id)
                )
            case Verb.FILL:
                await self._fill(line.rest)
            case Verb.REACT:
                await self._react(_given(line, "react ✅"))
            case Verb.SAY:
                text = _given(line, "say Hello, everybody")
                await self._in_town(lambda: self._actor_here().send(self.place, text))
            case _:
                raise AssertionError(line.verb)

    # Where and who

    def _go(self, name: str) -> None:
        places = {one.name or "": one for one in self._town.places()}
        wanted = name.removeprefix("#").strip()
        if wanted.casefold() == INBOX:
            self.place, self._form = self.person.user.dm_channel, None
            return
        found = meant(wanted, places) if wanted else []
        if len(found) != 1:
            near = found or like(wanted, places) or list(self._town.channels)
            raise InvalidInput(
                f"Which channel? {either(f'`channel {one}`' for one in near)}; `threads` lists "
                "the threads."
            )
        place = places[found[0]]
        if not can_access_channel(self._town.env, place.id, self.person, history=True):
            raise InvalidInput(f"{self._name(self.person)} cannot see {self._called(place)}.")
        self.place, self._form = place, None

    def _become(self, name: str) -> None:
        found = meant(name, self._town.people) if name else []
        if len(found) != 1:
            known = either(f"`as {one}`" for one in found or self._town.people)
            raise InvalidInput(f"Who? {known}.")
        person = self._town.people[found[0]]
        if self._is_inbox():
            self.place = person.user.dm_channel
        elif not can_access_channel(self._town.env, self.place.id, person, history=True):
            raise InvalidInput(f"{found[0]} cannot see {self._called(self.place)}.")
        self.person, self._form = person, None

    def _list_threads(self) -> None:
        threads = [place for place in self._town.places() if place.is_thread]
        for thread in threads:
            self._tell(f"  {self._called(thread)}")
        if not threads:
            self._tell("There are no threads yet.")

    # Time

    async def _forward(self, text: str) -> None:
        now = self._town.clock.now()
        to = line_language.moment(text, now)
        self._report(await self._town.forward(to - now))

    async def _next(self) -> None:
        """Go from due time to due time until the bot has said something."""
        until = self._town.clock.now() + line_language.FARTHEST
        while True:
            due = await self._town.bot.deadlines.next_due()
            if due is None or due > until:
                self._tell("  Nothing is planned.")
                return
            happened = await self._town.forward(due - self._town.clock.now())
            if happened:
                self._report(happened)
                return

    def _report(self, happened: Sequence[Happening]) -> None:
        for one in happened:
            self._tell(f"  {instant(one.at)} · {self._called(one.place)} · {one.text}")
        if not happened:
            self._tell("  The bot had nothing to say meanwhile.")
        self._tell(f"It is {instant(self._town.clock.now())}.")

    # Acting

    async def _slash(self, text: str) -> None:
        command, rest = self._command(text.removeprefix("/").strip())
        parameters = {one.display_name: one for one in command.parameters}
        given = {
            name: self._argument(parameters[name], value)
            for name, value in line_language.values(rest, parameters).items()
        }
        missing = [one.display_name for one in command.parameters if one.required]
        if absent := [f"`{name}:`" for name in missing if name not in given]:
            raise InvalidInput(f"/{command.qualified_name} needs {' and '.join(absent)} too.")
        actor = self._actor_here()
        await self._interact(lambda: actor.slash(self.place, command.qualified_name, **given))

    def _command(self, text: str) -> tuple[app_commands.Command[Any, Any, Any], str]:
        """Return the command that a text begins with, and what follows it."""
        known = {
            command.qualified_name: command
            for command in self._town.bot.tree.walk_commands()
            if isinstance(command, app_commands.Command)
        }
        words = text.split(" ")
        for length in (3, 2, 1):
            command = known.get(" ".join(words[:length]).casefold())
            if command is not None:
                return command, " ".join(words[length:])
        typed = " ".join(word for word in words[:2] if ":" not in word)
        near = [f"`/{name}`" for name in known if typed and name.startswith(f"{typed} ")]
        near = near or [f"`/{name}`" for name in like(typed, known)]
        hint = f"Did you mean {either(near)}?" if near else "`/cohort help` says what there is."
        raise InvalidInput(f"There is no command “/{typed}”. {hint}")

    def _argument(self, parameter: app_commands.Parameter, typed: str) -> Any:
        """Return what was typed for an option as what the option takes."""
        name = parameter.display_name
        for choice in parameter.choices:
            if typed.casefold() in (choice.name.casefold(), str(choice.value).casefold()):
                return choice.value
        if parameter.choices:
            known = either(f"`{choice.name}`" for choice in parameter.choices)
            raise InvalidInput(f"`{name}:` takes {known}.")
        try:
            match parameter.type:
                case OptionType.integer:
                    return int(typed)
                case OptionType.number:
                    return float(typed)
                case OptionType.boolean:
                    return {"true": True, "yes": True, "false": False, "no": False}[
                        typed.casefold()
                    ]
                case OptionType.user | OptionType.mentionable:
                    return self._one(typed.removeprefix("@"), self._town.people)
                case OptionType.channel:
                    channels = {one.name or "": one for one in self._town.places()}
                    return self._one(typed.removeprefix("#"), channels)
                case OptionType.role:
                    return self._one(typed.removeprefix("@"), self._town.guild.roles)
                case OptionType.attachment:
                    return self._file(typed)
                case _:
                    return typed
        except (ValueError, KeyError):
            kind = str(parameter.type.name).replace("user", "person")
            raise InvalidInput(f"`{name}:` takes a {kind}, and “{typed}” is not one.") from None

    @staticmethod
    def _file(typed: str) -> tuple[str, bytes]:
        """Return a file of this machine, as it is attached."""
        path = Path(typed).expanduser()
        try:
            return path.name, path.read_bytes()
        except OSError as error:
            raise InvalidInput(f"I can't read the file {typed}: {error.strerror}.") from None

    @staticmethod
    def _one(typed: str, known: dict[str, T]) -> T:
        found = meant(typed, known)
        return known[found[0] if len(found) == 1 else typed]

    async def _fill(self, text: str) -> None:
        form = self._form
        if form is None or form.modal is None:
            raise InvalidInput("No form is open. A button or a command without options opens one.")
        known = {field.name: field for field in controls.fields(form.modal)}
        typed = line_language.values(text, known)
        answers: dict[str, Any] = {
            name: field.filled
            for name, field in known.items()
            if field.filled is not None and field.choices is None and not field.single
        }
        answers |= {name: known[name].answer(value) for name, value in typed.items()}
        await self._interact(lambda: self.person.submit_modal(form, answers))

    async def _react(self, emoji: str) -> None:
        """Put a reaction under the latest message that has it, or take one's own away."""
        ours = self._town.env.backend.bot_user.id
        messages = [one for one in self._seen() if one.author.id == ours and one.reactions]
        with_it = [one for one in messages if any(str(r.emoji) == emoji for r in one.reactions)]
        if not with_it:
            there = [str(reaction.emoji) for one in messages[:1] for reaction in one.reactions]
            hint = f"There is {either(there)}." if there else "No message here has reactions."
            raise InvalidInput(f"Nothing here can be answered with {emoji}. {hint}")
        message = with_it[0]
        stored = self._town.env.backend.get_message(self.place.id, message.id).reaction_for(emoji)
        mine = stored is not None and self.person.id in stored.user_ids
        await self._in_town(lambda: self.person.set_reaction(message, emoji, reacted=not mine))
        if mine:
            self._tell(f"  {self._name(self.person)} took {emoji} away again.")

    def _control(
        self,
        line: ScriptLine,
        kind: Callable[[discord.Message], list[controls.ShownControl]],
        what: str,
    ) -> tuple[discord.Message, controls.ShownControl]:
        wanted = _given(line, "click Join" if line.verb is Verb.CLICK else "choose OPTION")
        return controls.find(wanted, self._seen(), kind, what)

    async def _interact(self, act: Callable[[], Awaitable[InteractionResult]]) -> None:
        """Use a command or a control, and tell what the bot answered."""
        self._form = None
        result = await self._in_town(act)
        names = self._town.names()
        if result.modal is not None:
            self._form = result
            asked = [f"{field.name} (“{field.label}”)" for field in controls.fields(result.modal)]
            self._tell(f"  A form is open: {', '.join(asked)}. `fill name: value` sends it.")
        responses = [] if result.response is None else [result.response]
        for response in (*responses, *result.followups):
            to = f" (only to {self._name(self.person)})" if response.ephemeral else ""
            self._tell(f"  Cohort{to}: {one_line(response.message, names)}")
        if not result.acknowledged:
            raise BotFailed("The bot did not answer.")

    def _seen(self) -> list[discord.Message]:
        """Return what the person sees in this channel, the latest first."""
        viewer = self.person.user if self._is_inbox() else self.person
        return self.place.history(viewer=viewer)[::-1]

    def _actor_here(self) -> MemberActor:
        if self._is_inbox():
            raise InvalidInput("That is for channels: go to one with `channel NAME`.")
        return self.person

    async def _in_town(self, act: Callable[[], Awaitable[T]]) -> T:
        try:
            return await self._town.alone(act)
        except (SetupError, ComponentValidationError) as error:
            raise InvalidInput(f"Discord does not allow that: {error}") from None
        except BackendError as error:
            raise InvalidInput(f"Discord does not allow that: {error.message}") from None

    @asynccontextmanager
    async def _watched(self) -> AsyncGenerator[None]:
        """Raise BotFailed when the bot raised something, or does not come to rest."""
        env = self._town.env
        cursor = env.error_cursor
        try:
            yield
        except CohortError:
            raise
        except TimeoutError as error:
            raise BotFailed(f"The bot did not come to rest: {error}") from error
        except Exception as error:
            raise BotFailed(f"The bot failed: {type(error).__name__}: {error}") from error
        for failure in env.errors_since(cursor):
            raise BotFailed(f"The bot failed: {type(failure).__name__}: {failure}")

    # The page

    async def _show(self) -> None:
        viewer: Viewer = self.person
        others: list[Viewer] = []
        if self._is_inbox():
            viewer = self.person.user
        else:
            others = [
                other
                for other in self._town.people.values()
                if other.id != self.person.id
                and can_access_channel(self._town.env, self.place.id, other, history=True)
            ]
        await self._page.show(self.place, viewer, others, self._form)

    async def _picture(self, text: str) -> None:
        if self._album is None:
            raise InvalidInput("Start the demo with `--screenshot DIR` to keep pictures.")
        name, _, part = text.partition(" ")
        if not re.fullmatch(r"[a-z0-9-]{1,40}", name) or part not in ("", "top"):
            raise InvalidInput("Name it with small letters and hyphens: `picture a-meeting`.")
        self._tell(f"  {await self._album.keep(self._page.url, name, top=part == 'top')}")

    def _is_inbox(self) -> bool:
        return self.place.guild is None

    def _name(self, person: MemberActor) -> str:
        return next(name for name, one in self._town.people.items() if one.id == person.id)

    def _called(self, place: ChannelHandle) -> str:
        """Return a channel with its sign, a thread with its channel, an inbox with its owner."""
        if place.guild is None:
            owners = [
                name
                for name, one in self._town.people.items()
                if self._town.env.backend.dm_channels.get(one.id) == place.id
            ]
            return f"{owners[0]}'s direct messages"
        for channel in self._town.channels.values():
            if any(thread.id == place.id for thread in channel.threads):
                return f"#{channel.name} › {place.name}"
        return f"#{place.name}"

    def _title(self) -> str:
        return f"{INBOX} {self._name(self.person)}" if self._is_inbox() else self.place.name or ""


def _given(line: ScriptLine, example: str) -> str:
    if not line.rest:
        raise InvalidInput(f"`{line.verb}` needs more, as in `{example}`.")
    return line.rest
