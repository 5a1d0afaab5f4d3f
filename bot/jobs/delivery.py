"""Posts what must arrive: once, with somewhere else to go, and on record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import aiohttp
import discord
import structlog

from bot.base.clock import Clock
from bot.base.errors import Undeliverable
from data.states import Sent
from data.store import Store

log = structlog.stdlib.get_logger(__name__)

NONCE_MEMORY = timedelta(minutes=3)
"""How long we trust Discord to remember a nonce; its documentation says “the past few minutes”."""

CANNOT_MESSAGE_USER = 50007
"""Discord's error code for closed direct messages."""

_REASONS = {
    10003: "the channel was deleted",
    50001: "I cannot see the channel (View Channel)",
    50013: "I may not post there (Send Messages)",
    CANNOT_MESSAGE_USER: "their direct messages are closed",
    160006: "the server has as many threads as Discord allows",
}


@dataclass(frozen=True, slots=True)
class Destination:
    """A channel or thread, or a person's direct messages; ids are Discord's."""

    channel_id: int | None = None
    user_id: int | None = None

    def __str__(self) -> str:
        return f"<#{self.channel_id}>" if self.channel_id is not None else f"<@{self.user_id}>"


NOBODY = Destination(user_id=0)
"""Where somebody stood who had themselves erased."""


def channel(channel_id: int) -> Destination:
    """A channel or a thread."""
    return Destination(channel_id=channel_id)


def person(user_id: int) -> Destination:
    """A person's direct messages."""
    return Destination(user_id=user_id)


@dataclass(frozen=True, slots=True)
class Content:
    """What a message shows, in discord.py's terms.

    ``view`` is a LayoutView (Components V2, then neither text nor embeds) or a View. ``files``
    makes the attachments anew for each attempt. ``mentions`` is empty unless said otherwise.
    ``reactions`` are put under the message when it is posted; ``pinned`` pins it.
    """

    text: str | None = None
    embeds: Sequence[discord.Embed] = ()
    view: discord.ui.LayoutView | discord.ui.View | None = None
    files: Callable[[], Sequence[discord.File]] | None = None
    mentions: discord.AllowedMentions = field(default_factory=discord.AllowedMentions.none)
    reactions: Sequence[str] = ()
    pinned: bool = False

    def for_sending(self) -> dict[str, Any]:
        """Return the arguments for ``send``."""
        arguments: dict[str, Any] = {"allowed_mentions": _without_nobody(self.mentions)}
        if self.text is not None:
            arguments["content"] = self.text
            if not self.embeds:
                # What an address in somebody's words shows of itself could pass for a card.
                arguments["suppress_embeds"] = True
        if self.embeds:
            arguments["embeds"] = list(self.embeds)
        if self.view is not None:
            arguments["view"] = self.view
        if self.files is not None:
            arguments["files"] = list(self.files())
        return arguments

    def for_editing(self) -> dict[str, Any]:
        """Return the arguments for ``edit``: everything that is not shown is taken away."""
        mentions = _without_nobody(self.mentions)
        arguments: dict[str, Any] = {"allowed_mentions": mentions, "view": self.view}
        if not isinstance(self.view, discord.ui.LayoutView):
            arguments["content"] = self.text
            arguments["embeds"] = list(self.embeds)
        if self.files is not None:
            arguments["attachments"] = list(self.files())
        return arguments


def _without_nobody(mentions: discord.AllowedMentions) -> discord.AllowedMentions:
    """Leave out who had themselves erased: rows name them by 0, whom Discord does not know."""
    users: Any = mentions.users
    if not isinstance(users, list) or all(one.id for one in cast("list[Any]", users)):
        return mentions
    kept = [one for one in cast("list[Any]", users) if one.id]
    return discord.AllowedMentions(everyone=mentions.everyone, users=kept, roles=mentions.roles)


class Delivery:
    """Sends messages that must arrive exactly once.

    The key of a message makes its nonce, so that a crash between sending and recording does not
    double it while Discord remembers; past that a possible double is marked in the ledger.
    """

    def __init__(self, client: discord.Client, store: Store, clock: Clock) -> None:
        self._client = client
        self._store = store
        self._clock = clock

    async def send(
        self, key: str, guild_id: int, content: Content, to: Sequence[Destination]
    ) -> discord.PartialMessage:
        """Send to the first destination that takes it, unless ``key`` was sent before.

        Raises Undeliverable when every destination refuses, and discord.HTTPException or OSError
        when Discord cannot be reached: then it is worth trying again.
        """
        now = self._clock.now()
        async with self._store.transaction() as tx:
            before = await tx.deliveries.get(key)
            if before is None or before.state is not Sent.SENT:
                await tx.deliveries.trying(key, guild_id, now)
        if before is not None and before.state is Sent.SENT:
            assert before.channel_id is not None  # noqa: S101 - written together with the state
            assert before.message_id is not None  # noqa: S101
            return self.message(before.channel_id, before.message_id, guild_id)
        refusals: list[str] = []
        for destination in to:
            if destination == NOBODY:
                continue
            try:
                message = await self._send(key, content, destination)
            except (discord.Forbidden, discord.NotFound) as error:
                refusals.append(f"{destination}: {reason_for(error)}")
                continue
            except aiohttp.ClientConnectorError:
                if before is None or before.state is Sent.FAILED:
                    # No connection, no message: the next attempt is the first.
                    async with self._store.transaction() as tx:
                        await tx.deliveries.forget(key)
                raise
            remark = "; ".join(refusals) or None
            if before is not None and _forgotten(before.first_tried_at, now, before.state):
                remark = "an earlier attempt may have arrived too"
                log.warning("a message may have arrived twice", key=key)
            async with self._store.transaction() as tx:
                await tx.deliveries.sent(
                    key, message.channel.id, message.id, self._clock.now(), remark
                )
            return self.message(message.channel.id, message.id, guild_id)
        sentence = "; ".join(refusals) or "There is nowhere to send it."
        async with self._store.transaction() as tx:
            await tx.deliveries.failed(key, sentence)
        raise Undeliverable(sentence)

    def message(self, channel_id: int, message_id: int, guild_id: int) -> discord.PartialMessage:
        """Return a message to act on, without asking Discord for it or for its channel."""
        place = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        return place.get_partial_message(message_id)

    async def _send(self, key: str, content: Content, destination: Destination) -> discord.Message:
        place: discord.abc.Messageable
        if destination.channel_id is not None:
            place = self._client.get_partial_messageable(destination.channel_id)
        else:
            assert destination.user_id is not None  # noqa: S101 - one of the two is set
            place = await self._client.create_dm(discord.Object(destination.user_id))
        return await place.send(nonce=_nonce(key, destination), **content.for_sending())


def reason_for(error: discord.HTTPException) -> str:
    """Say in words why Discord refused."""
    return _REASONS.get(error.code, error.text or f"Discord answered {error.status}")


def _nonce(key: str, destination: Destination) -> str:
    """Return what Discord knows this message by: at most 25 characters."""
    return hashlib.blake2b(f"{key}@{destination}".encode(), digest_size=12).hexdigest()


def _forgotten(first_tried_at: datetime, now: datetime, state: Sent) -> bool:
    """Whether an attempt that was never recorded is too old for Discord to know its nonce."""
    return state is Sent.TRYING and now - first_tried_at > NONCE_MEMORY
