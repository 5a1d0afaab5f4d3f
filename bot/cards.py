"""Live messages: one for each subject, rendered from rows, edited no more often than need be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import discord
import structlog

from bot.background import Background
from bot.clock import Clock
from bot.delivery import Content, Delivery, Destination, channel
from bot.errors import Conflict, NotFound, Undeliverable
from data.cards import Card
from data.database import Store
from data.deadlines import Deadline
from data.states import CardKind

log = structlog.stdlib.get_logger(__name__)

Render = Callable[[int], Awaitable[Content]]
"""Makes a card from its subject's rows; raises NotFound when the subject is gone."""

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
TOO_OLD_TO_EDIT_AGAIN = 30046
THREAD_ARCHIVED = 50083

PUBLISH = "card."
"""What the kind of a deadline that posts a card begins with; its occurrence is the channel."""

PUBLISH_AGAIN = timedelta(minutes=1)

EDITS_REMEMBERED = 1000

Name = tuple[CardKind, int]


class CardKeeper:
    """Keeps each subject's card what its rows say.

    ``refresh`` marks a card; marks that come together are one edit, and one card is edited at
    most once in ``interval`` seconds. A card that was deleted, or that Discord will not have
    edited any more, is posted anew.
    """

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        clock: Clock,
        delivery: Delivery,
        background: Background,
        *,
        interval: float,
    ) -> None:
        self._client = client
        self._store = store
        self._clock = clock
        self._delivery = delivery
        self._background = background
        self._interval = interval
        self._renders: dict[CardKind, Render] = {}
        self._dirty: set[Name] = set()
        self._edited: dict[Name, float] = {}
        self._working: dict[Name, asyncio.Task[None]] = {}

    def render_with(self, kind: CardKind, render: Render) -> None:
        """Have ``render`` make the cards of this kind."""
        self._renders[kind] = render

    async def content(self, kind: CardKind, subject_id: int) -> Content:
        """Return what a subject's card shows now."""
        return await self._renders[kind](subject_id)

    async def publish(
        self, kind: CardKind, subject_id: int, guild_id: int, to: Destination
    ) -> Card:
        """Post a subject's card, or return where it stands already.

        Raises what ``Delivery.send`` raises.
        """
        async with self._store.read() as tx:
            standing = await tx.cards.get(kind, subject_id)
        if standing is not None:
            return standing
        content = await self.content(kind, subject_id)
        # Elsewhere it is another message: a thread that was deleted and made anew, for example.
        key = f"card/{kind}/{subject_id}/in/{to}"
        message = await self._delivery.send(key, guild_id, content, [to])
        return await self._settle(kind, subject_id, guild_id, message, content)

    async def answer(
        self,
        interaction: discord.Interaction[Any],
        kind: CardKind,
        subject_id: int,
        channel_id: int,
        *,
        content: Content | None = None,
    ) -> Card:
        """Answer a command with a subject's card, or point at it when it belongs elsewhere.

        The card is the public answer when the command was used in ``channel_id``; otherwise it
        is posted there, and the person is told so. ``content`` spares a look at the rows to who
        has just written them.
        Raises Conflict, naming the channel and what is missing, when it cannot be posted; that
        is tried again later.
        """
        guild_id = interaction.guild_id
        assert guild_id is not None  # noqa: S101 - every command of ours is used in a server
        if interaction.channel_id == channel_id and not interaction.response.is_done():
            content = content or await self.content(kind, subject_id)
            response = await interaction.response.send_message(**content.for_sending())
            assert response.message_id is not None  # noqa: S101 - discord.py asks for the message
            message = self._delivery.message(channel_id, response.message_id, guild_id)
            return await self._settle(kind, subject_id, guild_id, message, content)
        try:
            card = await self.publish(kind, subject_id, guild_id, channel(channel_id))
        except Undeliverable as error:
            await self._publish_later(kind, subject_id, guild_id, channel_id)
            raise Conflict(
                f"It is saved, but I could not post its card: {error.sentence}. Once I may post "
                "there it follows: I keep trying for two hours."
            ) from error
        text = f"It is in <#{channel_id}>: [open it]({card.url})"
        if interaction.response.is_done():
            await interaction.followup.send(text, ephemeral=True)
        else:
            await interaction.response.send_message(text, ephemeral=True)
        return card

    def refresh(self, kind: CardKind, subject_id: int) -> None:
        """Have a subject's card show its rows soon; cheap, and harmless when it has no card."""
        name = (kind, subject_id)
        self._dirty.add(name)
        if name not in self._working:
            task = self._background.spawn(self._work(name), f"card {kind} {subject_id}")
            if task is not None:
                self._working[name] = task
                task.add_done_callback(lambda _: self._working.pop(name, None))

    async def flush(self) -> None:
        """Wait until every card that was marked shows its rows."""
        while self._working:
            await asyncio.gather(*self._working.values(), return_exceptions=True)

    async def publish_again(self, deadline: Deadline, late: timedelta) -> None:
        """Post a card that could not be posted when it was asked for."""
        kind = CardKind(deadline.kind.removeprefix(PUBLISH))
        to = channel(deadline.occurrence)
        await self.publish(kind, deadline.subject_id, deadline.guild_id, to)

    async def _publish_later(
        self, kind: CardKind, subject_id: int, guild_id: int, channel_id: int
    ) -> None:
        async with self._store.transaction() as tx:
            await tx.deadlines.put(
                PUBLISH + kind,
                subject_id,
                self._clock.now() + PUBLISH_AGAIN,
                guild_id=guild_id,
                occurrence=channel_id,
            )

    async def _work(self, name: Name) -> None:
        loop = asyncio.get_running_loop()
        while name in self._dirty:
            wait = self._edited.get(name, -self._interval) + self._interval - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            self._dirty.discard(name)
            self._edited[name] = loop.time()
            try:
                await self._bring_up_to_date(*name)
            except NotFound:
                async with self._store.transaction() as tx:
                    await tx.cards.forget(*name)
            except Undeliverable as error:
                log.warning("a card cannot be posted", card=name, reason=error.sentence)
        self._forget_edits(before=loop.time() - self._interval)

    def _forget_edits(self, before: float) -> None:
        """Drop what no longer delays an edit, once there is much of it."""
        if len(self._edited) > EDITS_REMEMBERED:
            self._edited = {name: at for name, at in self._edited.items() if at > before}

    async def _bring_up_to_date(self, kind: CardKind, subject_id: int) -> None:
        """Edit a card in place, or post it anew where that cannot be."""
        async with self._store.read() as tx:
            card = await tx.cards.get(kind, subject_id)
        if card is None:
            return
        content = await self.content(kind, subject_id)
        message = self._delivery.message(card.channel_id, card.message_id, card.guild_id)
        try:
            try:
                await message.edit(**content.for_editing())
            except discord.HTTPException as error:
                if error.code != THREAD_ARCHIVED:
                    raise
                await self._unarchive(card.channel_id)
                await message.edit(**content.for_editing())
        except discord.HTTPException as error:
            if error.code == UNKNOWN_CHANNEL:
                raise Undeliverable(f"<#{card.channel_id}>: the channel was deleted") from error
            if error.code not in (UNKNOWN_MESSAGE, TOO_OLD_TO_EDIT_AGAIN):
                if error.status in (403, 404):
                    raise Undeliverable(f"<#{card.channel_id}>: {error.text}") from error
                raise
            await self._repost(card, content, gone=error.code == UNKNOWN_MESSAGE)

    async def _repost(self, card: Card, content: Content, *, gone: bool) -> None:
        """Post a card again, and take the old one away."""
        key = f"card/{card.kind}/{card.subject_id}/after/{card.message_id}"
        to = channel(card.channel_id)
        message = await self._delivery.send(key, card.guild_id, content, [to])
        await self._settle(card.kind, card.subject_id, card.guild_id, message, content)
        if not gone:
            old = self._delivery.message(card.channel_id, card.message_id, card.guild_id)
            try:
                await old.delete()
            except discord.HTTPException as error:
                log.info("an old card stays", card=card.url, reason=error.text)

    async def _settle(
        self,
        kind: CardKind,
        subject_id: int,
        guild_id: int,
        message: discord.PartialMessage,
        content: Content,
    ) -> Card:
        """Record where a card stands, pin it, and put its reactions under it."""
        card = Card(kind, subject_id, guild_id, message.channel.id, message.id, self._clock.now())
        async with self._store.transaction() as tx:
            await tx.cards.put(card)
        try:
            for emoji in content.reactions:
                await message.add_reaction(emoji)
            if content.pinned:
                await message.pin()
        except discord.HTTPException as error:
            log.warning(
                "a card stands without its pin or reactions", card=card.url, reason=str(error)
            )
        return card

    async def _unarchive(self, thread_id: int) -> None:
        thread = await self._client.fetch_channel(thread_id)
        if isinstance(thread, discord.Thread):
            await thread.edit(archived=False)
