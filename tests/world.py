"""A simulated Discord server with people in it, and the real bot among them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import discord
import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle, RoleHandle
from simcord.results import InteractionResult, ResponseMessage

from bot.app import create_bot
from bot.base.clock import SteppedClock
from bot.client import CohortBot
from bot.config import Settings
from bot.jobs.scheduler import fast_forward
from bot.place import Place
from bot.ui.controls import OwnView
from bot.ui.permissions import INVITE
from tests.database import vanish
from tests.discord_rules import careless, violations
from tests.simulation import teach


class Person(MemberActor):
    """A member of a server, who presses what an answer shows, and fails where it shows nothing."""

    async def click(
        self,
        message: discord.Message | ResponseMessage | None,
        *,
        label: str | None = None,
        custom_id: str | None = None,
    ) -> InteractionResult:
        assert message is not None, "nothing was shown to click on"
        return await super().click(message, label=label, custom_id=custom_id)

    async def select(
        self,
        message: discord.Message | ResponseMessage | None,
        values: Sequence[Any],
        *,
        custom_id: str | None = None,
    ) -> InteractionResult:
        assert message is not None, "nothing was shown to choose from"
        return await super().select(message, values, custom_id=custom_id)


ATTEMPTS = 6
"""How often the bot may take SimCord's five seconds before a test fails: a loaded machine is slow.

One attempt of half a minute would not do: SimCord waits in real time for each timer that ends
within an attempt, such as the 15 seconds for which aiohttp keeps an idle connection.
"""


LOOK = 0.002
"""Seconds until SimCord looks again whether a bot that is at work has come to rest.

It is woken by tasks that end, and not by one that has read its row and waits on, which would cost
its twentieth of a second; what is waited for is mostly a statement, and takes a millisecond.
"""


class PatientEnv(simcord.Env):
    """A simulated Discord that gives a bot on a loaded machine several attempts to come to rest."""

    async def _settle_internal(self, **options: Any) -> None:
        options["idle"] = LOOK
        for _ in range(ATTEMPTS - 1):
            try:
                await super()._settle_internal(**options)
            except TimeoutError:
                if options.get("_deadline") is not None:
                    raise
            else:
                return
        await super()._settle_internal(**options)


class World:
    """One server, its people, and the bot.

    ``organiser`` has Manage Server; ``alice``, ``bob`` and ``cara`` are members of the server;
    ``channel`` is where groups are made. The bot has exactly the permissions of its invitation.
    """

    env: simcord.Env
    bot: CohortBot
    guild: GuildHandle
    channel: ChannelHandle
    organiser: Person
    alice: Person
    bob: Person
    cara: Person

    def __init__(self, settings: Settings, clock: SteppedClock) -> None:
        self.settings = settings
        self.clock = clock

    async def start(self) -> None:
        teach()
        self.bot = create_bot(self.settings, clock=self.clock)
        self.env = PatientEnv(self.bot)
        await self.env.start()
        self.guild = self.env.create_guild("Alignment Study")
        self.allow(INVITE)
        # There is no channel yet, so the greeting goes to the owner and not in front of a test.
        await self.env.settle()
        self.channel = self.guild.create_text_channel("mech-interp")
        organisers = self.guild.create_role(
            "Organisers", permissions=discord.Permissions(manage_guild=True)
        )
        self.organiser = self.join("olga", organisers)
        self.alice = self.join("alice")
        self.bob = self.join("bob")
        self.cara = self.join("cara")

    async def stop(self) -> None:
        await self.bot.close()
        await self.env.shutdown()
        self.env.raise_errors()
        assert violations(self.env.http_requests) == [], "Discord would refuse these"
        assert careless(self.env.http_requests) == [], "somebody may be pinged by others' words"

    def allow(self, permissions: discord.Permissions) -> None:
        """Give the bot's own role exactly these permissions."""
        (role,) = [
            one for one in self.env.backend.guilds[self.guild.id].roles.values() if one.managed
        ]
        self.env.backend.edit_role(self.guild.id, role.id, {"permissions": permissions.value})

    async def delete(self, message: discord.Message | None) -> None:
        """Delete a message as a moderator would."""
        assert message is not None
        self.env.backend.delete_message(message.channel.id, message.id)
        await self.env.settle()

    def join(self, name: str, *roles: RoleHandle, guild: GuildHandle | None = None) -> Person:
        """Add somebody to the server, or to another one."""
        guild, user = guild or self.guild, self.env.create_user(name)
        guild.add_member(user, roles=roles)
        return Person(self.env, guild, user)

    def place(
        self,
        who: Person,
        channel: ChannelHandle | None = None,
        *,
        thread_id: int | None = None,
        organiser: bool = False,
        manager: bool = False,
    ) -> Place:
        """Return what a service is told of who acts, where a test calls it without a command."""
        return Place(
            guild_id=self.guild.id,
            channel_id=(channel or self.channel).id,
            thread_id=thread_id,
            user_id=who.id,
            organiser=organiser,
            manager=manager,
            own_zone=None,
            server_zone=ZoneInfo("UTC"),
        )

    async def restart(self) -> None:
        """Stop the bot as a shutdown would, and start a new one on the same database."""
        await self.bot.close()
        self.bot = create_bot(self.settings, clock=self.clock)
        await self.env.restart_bot(self.bot)

    async def crash(
        self, *, away: timedelta = timedelta(), meanwhile: Callable[[], None] | None = None
    ) -> None:
        """Drop the process without closing anything, and start a new one later.

        ``meanwhile`` happens while there is no bot to hear of it.
        """
        gone = self.bot
        await self.env.settle()
        await self.env._detach_bot()
        OwnView._all.clear()  # the memory of a process goes with it
        vanish(gone.store)
        if meanwhile is not None:
            meanwhile()
        self.clock.move_to(self.clock.now() + away)
        self.bot = create_bot(self.settings, clock=self.clock)
        await self.env.restart_bot(self.bot)
        await self.bot.deadlines.run_due()
        await self.env.settle()
        # Only so that the test leaves no open file behind.
        gone.deadlines.silence()
        await gone.library.close()
        await gone.outside.close()
        await gone.store.close()

    async def forward(self, by: timedelta | datetime) -> int:
        """Move the clock on, delivering what falls due at its instant; returns how many did."""
        to = by if isinstance(by, datetime) else self.clock.now() + by
        delivered = await fast_forward(self.bot.deadlines, self.clock, to)
        await self.env.settle()
        return delivered

    async def group(
        self, name: str = "Mech Interp", channel: ChannelHandle | None = None
    ) -> discord.Message:
        """Make a group that alice and bob are in; returns its card."""
        where = channel or self.channel
        await self.organiser.slash(
            where, "group create", name=name, focus="the ARENA course", timezone="Europe/London"
        )
        card = where.last_message
        assert card is not None
        await self.alice.click(card, label="Join")
        await self.bob.click(card, label="Join")
        return card


def text(shown: InteractionResult | ResponseMessage | discord.Message | None) -> str:
    """Return everything that can be read in a message: content, embeds and components.

    Links to commands read as they are written in the code: `/group join` in backticks.
    """
    if isinstance(shown, InteractionResult):
        if shown.modal is not None:
            return _words(shown.modal)
        shown = shown.followups[-1] if shown.response is None else shown.response
    if isinstance(shown, ResponseMessage):
        shown = shown.message
    assert shown is not None, "there is no message"
    parts = [shown.content]
    parts += [_words(embed.to_dict()) for embed in shown.embeds]
    parts += [_words(component.to_dict()) for component in shown.components]
    read = "\n".join(part for part in parts if part)
    return re.sub(r"</([a-z -]+):\d+>", r"`/\1`", read)  # a link to a command, as it is written


def _words(payload: object) -> str:
    if isinstance(payload, dict):
        kept = [
            value if key in _READABLE and isinstance(value, str) else _words(value)
            for key, value in payload.items()
            if key in _READABLE or isinstance(value, dict | list)
        ]
        return "\n".join(word for word in kept if word)
    if isinstance(payload, list):
        return "\n".join(word for item in payload if (word := _words(item)))
    return ""


_READABLE = frozenset(
    [
        "content",
        "title",
        "description",
        "name",
        "value",
        "text",
        "label",
        "placeholder",
        "url",
        "default",
    ]
)
