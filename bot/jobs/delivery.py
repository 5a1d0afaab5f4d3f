"""Posts what must arrive: once, with somewhere else to go, and on record."""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import aiohttp
import discord
import structlog
from discord.http import handle_message_parameters
from msgspec import Struct, field
from msgspec.structs import replace

from bot.base.clock import Clock
from bot.base.errors import MayHaveArrived, TryLater, Undeliverable
from bot.base.wording import one_line
from bot.discord_codes import Code, Refusal, reason, refusal
from bot.jobs import message_limits
from bot.jobs.roster import Roster
from data.delivery.deliveries import DeliveryRecord
from data.states import Sent
from data.store import Store
from data.transaction import Transaction

log = structlog.stdlib.get_logger(__name__)

NONCE_MEMORY = timedelta(minutes=3)
"""How long we trust Discord to remember a nonce; its documentation says “the past few minutes”."""

OPENINGS = 5
OPENED_WITHIN = timedelta(minutes=1)
"""How many conversations are opened in how long, over all servers and processes.

Discord may quarantine a bot that opens many direct messages at once (its support article “My bot
is flagged by the anti-spam system”); it publishes no number, so this one is cautious.
"""

ELSEWHERE = "It may have arrived in another place."

BUSY = "I have opened many direct messages just now. Try again in a minute."

CONVERSATIONS = 10_000
"""How many people's conversations are remembered as open."""


_MENTION = re.compile(r"<@!?(\d{1,20})>")


class Destination(Struct, frozen=True):
    """A channel or thread, or a person's direct messages; ids are Discord's."""

    channel_id: int | None = None
    user_id: int | None = None

    def __str__(self) -> str:
        return f"<#{self.channel_id}>" if self.channel_id is not None else f"<@{self.user_id}>"


NOBODY = Destination(user_id=0)
"""Used in place of somebody whose data was erased."""


def to_channel(channel_id: int) -> Destination:
    """A channel or a thread."""
    return Destination(channel_id=channel_id)


def to_person(user_id: int) -> Destination:
    """A person's direct messages."""
    return Destination(user_id=user_id)


class Content(Struct, frozen=True):
    """What a message shows, in discord.py's terms.

    ``view`` is a LayoutView (Components V2, then neither text nor embeds) or a View. ``files``
    makes new attachments for each attempt. ``mentions`` is empty unless said otherwise.
    ``reactions`` are put under the message when it is posted; ``pinned`` pins it. A ``silent`` one
    makes no sound and lights no screen (SUPPRESS_NOTIFICATIONS).
    """

    text: str | None = None
    embeds: Sequence[discord.Embed] = ()
    view: discord.ui.LayoutView | discord.ui.View | None = None
    files: Callable[[], Sequence[discord.File]] | None = None
    mentions: discord.AllowedMentions = field(default_factory=discord.AllowedMentions.none)
    reactions: Sequence[str] = ()
    pinned: bool = False
    silent: bool = False

    @property
    def in_one_go(self) -> bool:
        """Whether it is all there once the message is: nothing is pinned or put under it."""
        return not (self.reactions or self.pinned)

    @property
    def people(self) -> set[int]:
        """Whom it names."""
        shown: list[Any] = [self.text, *(embed.to_dict() for embed in self.embeds)]
        if self.view is not None:
            shown.append(self.view.to_components())
        return {int(one) for one in _MENTION.findall(str(shown))} - {0}

    def for_sending(self) -> dict[str, Any]:
        """Return the arguments for ``send``."""
        arguments: dict[str, Any] = {"allowed_mentions": _without_nobody(self.mentions)}
        if self.text is not None:
            arguments["content"] = message_limits.text(self.text)
            # Otherwise the preview of an address in somebody's words could pass for a card.
            arguments["suppress_embeds"] = not self.embeds
        if self.embeds:
            arguments["embeds"] = message_limits.embeds(self.embeds)
        if self.view is not None:
            arguments["view"] = self._fitted_view()
        if self.files is not None:
            arguments["files"] = list(self.files())
        if self.silent:
            arguments["silent"] = True
        return arguments

    def for_editing(self) -> dict[str, Any]:
        """Return the arguments for ``interaction.response.edit_message``, which replace all.

        An edit keeps what it does not name: Discord's documentation (Edit Message) has a layout
        need null content and no embeds, and flags stay as they were, so that an embed would stay
        hidden on a message that was sent with SUPPRESS_EMBEDS.
        """
        arguments: dict[str, Any] = {
            "allowed_mentions": _without_nobody(self.mentions),
            "view": self._fitted_view(),
            "content": None,
            "embeds": [],
        }
        if not isinstance(self.view, discord.ui.LayoutView):
            arguments["content"] = None if self.text is None else message_limits.text(self.text)
            arguments["embeds"] = message_limits.embeds(self.embeds)
            arguments["suppress_embeds"] = self.text is not None and not self.embeds
        if self.files is not None:
            arguments["attachments"] = list(self.files())
        return arguments

    def _fitted_view(self) -> discord.ui.LayoutView | discord.ui.View | None:
        if isinstance(self.view, discord.ui.LayoutView):
            return message_limits.layout(self.view)
        return self.view


def _without_nobody(mentions: discord.AllowedMentions) -> discord.AllowedMentions:
    """Leave out people whose data was erased: rows name them by 0, an id Discord doesn't know."""
    users: Any = mentions.users
    if not isinstance(users, list) or all(one.id for one in cast("list[Any]", users)):
        return mentions
    kept = [one for one in cast("list[Any]", users) if one.id]
    return discord.AllowedMentions(everyone=mentions.everyone, users=kept, roles=mentions.roles)


Arrived = Callable[[Transaction, int, int], Coroutine[Any, Any, None]]
"""Writes what follows from a message's arrival; given its channel's id and its own."""


class Delivery:
    """Sends messages that must arrive exactly once.

    The key of a message makes its nonce, so that a crash between sending and recording does not
    double it while Discord remembers; past that a possible double is marked in the ledger.
    """

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        clock: Clock,
        roster: Roster,
        linked: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    ) -> None:
        self._client = client
        self._store = store
        self._clock = clock
        self._roster = roster
        self._linked = linked
        """Turns the commands that a message names into links."""
        self._conversations: dict[int, int] = {}
        self._openings: deque[datetime] = deque(maxlen=max(1, int(OPENINGS * store.shards.share)))

    async def send(
        self,
        key: str,
        guild_id: int,
        content: Content,
        to: Sequence[Destination],
        arrived: Arrived | None = None,
    ) -> discord.PartialMessage:
        """Send to the first destination that takes it, unless ``key`` was sent before.

        ``arrived`` is part of the transaction that records where it is, or finds it recorded.

        Raises Undeliverable when every destination refuses, TryLater when the last one takes it
        later or it may have arrived in none of these, MayHaveArrived when it may have arrived in
        the one that takes it later, and discord.HTTPException or OSError when Discord has trouble,
        cannot be reached, or finds the message itself wrong.

        Somebody found to have left the server loses their memberships in it.
        """
        now = self._clock.now()

        async def begin(tx: Transaction) -> DeliveryRecord | None:
            before = await tx.deliveries.get(key)
            # Written before the request and not after it: a row that says “trying” is how the next
            # process knows that a message may have arrived.
            if before is None or before.place is None:
                await tx.deliveries.trying(key, guild_id, now)
            elif arrived is not None:
                await arrived(tx, *before.place)
            return before

        before = await self._store.write(begin)
        if before is not None and before.place is not None:
            return self.message(*before.place, guild_id)
        places = [one for one in to if one != NOBODY]
        # An attempt that was never recorded may have arrived: there, the nonce keeps it from coming
        # a second time, and in another place nothing does.
        doubtful = before if before is not None and _doubtful(before, now) else None
        if doubtful is not None and doubtful.channel_id is not None:
            there = doubtful.channel_id
            places.sort(key=lambda one: one.channel_id != there)
            if all(one.channel_id != there for one in places):
                raise TryLater(ELSEWHERE, NONCE_MEMORY.total_seconds())
        refusals: list[str] = []
        closed = left = False
        for destination in places:
            try:
                shown = content
                if destination.user_id is not None:
                    shown = await self._with_names(content, guild_id, destination.user_id)
                elif before is not None or destination is not places[0]:
                    await self._note_place(key, destination)
                message = await self._send(key, shown, destination)
            except TryLater as error:
                # Another place that takes it now is better than the right one later; only with none
                # left is it worth the wait, or where an earlier attempt may have sent it here.
                if doubtful is not None and destination is places[0]:
                    raise MayHaveArrived(error.sentence, error.after) from error
                if destination is places[-1]:
                    raise
                refusals.append(f"{destination}: {error.sentence}")
                continue
            except discord.HTTPException as error:
                meaning = refusal(error)
                # The next place would refuse a wrong message as well, and a limit that passes is no
                # reason to tell a channel what was meant for one person.
                if meaning in (Refusal.LATER, Refusal.DEFECT):
                    if error.status < 500:
                        await self._posted_nothing(key, before)
                    raise
                refusals.append(f"{destination}: {reason(error)}")
                if destination.user_id is not None and meaning is not Refusal.NEXT_PLACE:
                    closed = True
                    left = await self._has_left(guild_id, destination.user_id, error)
                continue
            except aiohttp.ClientConnectorError:
                await self._posted_nothing(key, before)
                raise
            remark = "; ".join(refusals) or None
            if before is not None and before.state is Sent.TRYING and doubtful is None:
                remark = "an earlier attempt may have arrived too"
                log.warning("a message may have arrived twice", key=key)
            await self._arrived(key, message, remark, arrived)
            return self.message(message.channel.id, message.id, guild_id)
        sentence = "; ".join(refusals) or "There is nowhere to send it."
        await self._store.write(lambda tx: tx.deliveries.failed(key, sentence))
        raise Undeliverable(sentence, closed=closed, left=left)

    async def edit(self, message: discord.PartialMessage, content: Content) -> None:
        """Show this content in a message of ours in place of what it shows.

        ``PartialMessage.edit`` takes no flags; without them an embed stays hidden on a message
        that was sent with SUPPRESS_EMBEDS.
        """
        arguments = self._linked(content.for_editing())
        hidden = arguments.pop("suppress_embeds", False)
        with handle_message_parameters(
            **arguments, flags=discord.MessageFlags(suppress_embeds=hidden)
        ) as parameters:
            await self._client.http.edit_message(message.channel.id, message.id, params=parameters)

    def message(self, channel_id: int, message_id: int, guild_id: int) -> discord.PartialMessage:
        """Return a message to act on, without asking Discord for it or for its channel."""
        # No look-up: the channel may not be in the cache, and a request for it would double the
        # cost of every edit.
        place = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        return place.get_partial_message(message_id)

    async def _note_place(self, key: str, destination: Destination) -> None:
        """Note where a message goes, where that is not the first place, for the next attempt."""
        channel_id = destination.channel_id
        assert channel_id is not None  # noqa: S101 - a person's is only known once it is open
        await self._store.write(lambda tx: tx.deliveries.goes_to(key, channel_id))

    async def _posted_nothing(self, key: str, before: DeliveryRecord | None) -> None:
        """Make the next attempt the first, unless one before this one may have arrived.

        Discord refused this one, or was never reached: it need not be looked for anywhere.
        """
        if before is None or before.state is Sent.FAILED:
            await self._store.write(lambda tx: tx.deliveries.forget(key))

    async def _arrived(
        self, key: str, message: discord.Message, remark: str | None, arrived: Arrived | None
    ) -> None:
        now, channel_id, message_id = self._clock.now(), message.channel.id, message.id

        async def record(tx: Transaction) -> None:
            await tx.deliveries.sent(key, channel_id, message_id, now, remark)
            if arrived is not None:
                await arrived(tx, channel_id, message_id)

        await self._store.write(record)

    async def _send(self, key: str, content: Content, destination: Destination) -> discord.Message:
        channel_id = destination.channel_id
        if channel_id is None:
            assert destination.user_id is not None  # noqa: S101 - one of the two is set
            channel_id = await self._conversation(destination.user_id)
        place = self._client.get_partial_messageable(channel_id)
        return await place.send(
            nonce=_nonce(key, destination), **self._linked(content.for_sending())
        )

    async def _conversation(self, user_id: int) -> int:
        """Return the channel of somebody's direct messages; opens it if that may be done now.

        Raises TryLater when many were opened just now, or Discord says so (40003).
        """
        if user_id in self._conversations:
            return self._conversations[user_id]
        now = self._clock.now()
        while self._openings and now - self._openings[0] >= OPENED_WITHIN:
            self._openings.popleft()
        if len(self._openings) == self._openings.maxlen:
            free_in = self._openings[0] + OPENED_WITHIN - now
            raise TryLater(BUSY, free_in.total_seconds())
        # Counted before Discord answers: two that are opened at the same time both count.
        self._openings.append(now)
        try:
            opened = await self._client.http.start_private_message(user_id)
        except discord.HTTPException as error:
            if error.code == Code.OPENING_DIRECT_MESSAGES_TOO_FAST:
                self._openings.extend([now] * OPENINGS)  # nobody else's is tried for a while
                raise TryLater(BUSY, OPENED_WITHIN.total_seconds()) from error
            raise
        # The oldest goes: opening it again later costs one request and returns the same channel.
        if len(self._conversations) >= CONVERSATIONS:
            self._conversations.pop(next(iter(self._conversations)))
        self._conversations[user_id] = int(opened["id"])
        return self._conversations[user_id]

    async def _with_names(self, content: Content, guild_id: int, reader_id: int) -> Content:
        """Name other people in a direct message, where a mention may show as a number.

        A client shows the name behind a mention only of people it knows from a shared channel.
        """
        guild = self._client.get_guild(guild_id)
        others = {int(one) for one in _MENTION.findall(content.text or "")} - {reader_id, 0}
        if guild is None or not others:
            return content
        text = content.text or ""
        for user_id in others:
            try:
                member = guild.get_member(user_id) or await self._roster.find(guild, user_id)
            except discord.HTTPException:
                continue  # the mention is all there is
            if member is None:
                continue
            name = f"**{one_line(member.display_name)}**"
            text = re.sub(rf"<@!?{user_id}>", lambda _, name=name: name, text)
        return replace(content, text=text)

    async def _has_left(self, guild_id: int, user_id: int, error: discord.HTTPException) -> bool:
        """Whether somebody whose messages are closed is gone: only then Discord may be asked."""
        if await self._roster.has_left(guild_id, user_id, error):
            return True
        guild = self._client.get_guild(guild_id)
        try:
            return guild is not None and await self._roster.find(guild, user_id) is None
        except discord.HTTPException:
            return False


def _nonce(key: str, destination: Destination) -> str:
    """Return what Discord knows this message by: at most 25 characters."""
    # The destination is part of it: Discord would answer a second place's request with the message
    # in the first. Twelve bytes are 24 hexadecimal digits, and Discord takes 25 characters.
    return hashlib.blake2b(f"{key}@{destination}".encode(), digest_size=12).hexdigest()


def _doubtful(before: DeliveryRecord, now: datetime) -> bool:
    """Whether an attempt was never recorded, and Discord may still know its nonce."""
    return before.state is Sent.TRYING and now - before.first_tried_at <= NONCE_MEMORY
