"""Reactions under cards as answers: heard as they come, and fetched again after a time away.

Meetings, nominations and polls are answered by reaction. What a reaction means differs; hearing it,
and noticing the ones that came while the bot was away, is the same for all three.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar, Generic, TypeVar

import discord
import structlog
from discord.ext import commands

from bot.base.errors import StoreUnavailable
from bot.client import CohortBot
from bot.discord_codes import Code
from data.delivery.cards import Card
from data.states import CardKind
from data.transaction import Transaction

log = structlog.stdlib.get_logger(__name__)

M = TypeVar("M")


def emoji_name(emoji: discord.PartialEmoji | discord.Emoji | str) -> str:
    """Return a Unicode emoji without its variation selector, empty for a server's own emoji."""
    if isinstance(emoji, str):
        return emoji.replace("\ufe0f", "")
    # Clients differ in whether they send the selector (U+FE0F) with ✅ or ❔.
    return "" if emoji.id is not None else (emoji.name or "").replace("\ufe0f", "")


class ReactionCog(commands.Cog, Generic[M]):
    """Turns the reactions under one kind of card into answers.

    A subclass says what an emoji means (an ``M``), and what becomes of it.
    """

    kind: ClassVar[CardKind]

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self._reading: dict[int, set[int]] = {}
        """By message id: people who reacted while that card's reactions were being fetched."""
        self._catching_up = asyncio.Lock()
        self._unrecorded: set[int] = set()
        """Servers in which somebody reacted while the store took no writes."""
        bot.deadlines.on_sweep(self._catch_up_unrecorded)

    # What a subclass says

    def meaning(self, emoji: str) -> M | None:
        """Return what an emoji means under these cards, None for one that means nothing."""
        raise NotImplementedError

    def meanings(self) -> Collection[M]:
        """Return everything that a reaction can mean."""
        raise NotImplementedError

    async def reacted(self, payload: discord.RawReactionActionEvent, meaning: M) -> None:
        """Record an answer."""
        raise NotImplementedError

    async def unreacted(self, payload: discord.RawReactionActionEvent, meaning: M) -> None:
        """Take an answer back."""
        raise NotImplementedError

    async def cleared(self, guild_id: int, message_id: int, meanings: Collection[M]) -> int | None:
        """Take back everybody's answers of these kinds; returns what the card shows, if ours."""
        raise NotImplementedError

    async def open_subjects(self, guild_ids: Sequence[int]) -> Sequence[int]:
        """Return what can be answered now in these servers."""
        raise NotImplementedError

    async def reconcile(
        self, subject_id: int, card: Card, seen: Mapping[M, Collection[int]], but: Collection[int]
    ) -> bool:
        """Bring the rows in line with who reacted; returns whether anything changed.

        ``but`` are the people who reacted while the reactions were being fetched: their answer is
        known already.
        """
        raise NotImplementedError

    async def accounted(self, subject_id: int, card: Card) -> Mapping[M, int] | None:
        """Return how many people are known to have reacted with what under a card.

        None, the default, where that cannot be told, or where nobody looks at it again before it
        matters.
        """
        return None

    # As they come

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Record an answer."""
        meaning = self._meant(payload)
        if meaning is not None:
            with self._or_later(payload.guild_id):
                await self.reacted(payload, meaning)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Take an answer back."""
        meaning = self._meant(payload)
        if meaning is not None:
            with self._or_later(payload.guild_id):
                await self.unreacted(payload, meaning)

    @commands.Cog.listener()
    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        """Take every answer back, and offer the reactions again."""
        await self._clear(payload, self.meanings())

    @commands.Cog.listener()
    async def on_raw_reaction_clear_emoji(
        self, payload: discord.RawReactionClearEmojiEvent
    ) -> None:
        """Take back every answer of one kind, and offer its reaction again."""
        meaning = self.meaning(emoji_name(payload.emoji))
        if meaning is not None:
            await self._clear(payload, [meaning])

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Post a card again that somebody deleted; its answers are kept."""
        await self._deleted([payload.message_id])

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Post cards again that were deleted with others; their answers are kept."""
        await self._deleted(payload.message_ids)

    def _meant(self, payload: discord.RawReactionActionEvent) -> M | None:
        """Return what a reaction means, unless a bot gave it or it was given in private."""
        meaning = self.meaning(emoji_name(payload.emoji))
        own = self.bot.user is not None and payload.user_id == self.bot.user.id
        if meaning is None or own or payload.guild_id is None:
            return None
        if payload.member is not None and payload.member.bot:
            return None
        meanwhile = self._reading.get(payload.message_id)
        if meanwhile is not None:
            meanwhile.add(payload.user_id)
        return meaning

    async def _clear(
        self,
        payload: discord.RawReactionClearEvent | discord.RawReactionClearEmojiEvent,
        meanings: Collection[M],
    ) -> None:
        if payload.guild_id is None:
            return
        subject_id = await self.cleared(payload.guild_id, payload.message_id, meanings)
        if subject_id is None:
            return
        card = await self.card_of(subject_id)
        if card is not None:
            await self._offer(card, await self._offered(subject_id))
        self.bot.cards.refresh(self.kind, subject_id)

    async def _deleted(self, message_ids: Collection[int]) -> None:
        async def found(tx: Transaction) -> list[Card | None]:
            return [await tx.cards.at(message_id) for message_id in message_ids]

        for card in await self.bot.store.fetch(found):
            if card is not None and card.kind is self.kind:
                self.bot.cards.refresh(card.kind, card.subject_id)

    # While the bot was away

    @commands.Cog.listener()
    async def on_servers_back(self, guild_ids: Sequence[int]) -> None:
        """Catch up with answers given in servers while the bot was not listening."""
        self.bot.background.spawn(self._in_turn(guild_ids), f"catch up: {self.kind}")

    @contextmanager
    def _or_later(self, guild_id: int | None) -> Generator[None]:
        """Leave what cannot be recorded to the next sweep: the reaction itself stays in Discord."""
        try:
            yield
        except StoreUnavailable:  # the store has said so
            self._unrecorded.add(guild_id or 0)

    async def _catch_up_unrecorded(self) -> None:
        missed, self._unrecorded = self._unrecorded, set()
        if not missed:
            return
        try:
            await self._in_turn(sorted(missed))
        except StoreUnavailable:
            self._unrecorded |= missed

    async def _in_turn(self, guild_ids: Sequence[int]) -> None:
        async with self._catching_up:
            await self.catch_up(guild_ids)

    async def catch_up(self, guild_ids: Sequence[int]) -> None:
        """Compare the reactions under servers' open cards with the answers, a card at a time."""
        for subject_id in await self.open_subjects(guild_ids):
            await self.catch_up_with(subject_id, by_number=True)

    async def catch_up_with(self, subject_id: int, *, by_number: bool = False) -> None:
        """Compare the reactions under one card with the answers, as far as Discord shows them.

        ``by_number`` asks who they are only where their number is another than is accounted for:
        that is one request where it would be one more for each emoji. It does not see that one
        person took the place of another, which the next look at this card alone does.
        """
        card = await self.card_of(subject_id)
        if card is None:
            return
        try:
            await self._compare(subject_id, card, by_number=by_number)
        except discord.HTTPException as error:
            log.warning("a card cannot be read", card=card.url, reason=str(error))

    async def card_of(self, subject_id: int) -> Card | None:
        """Return the card that shows something, if it is posted."""
        return await self.bot.store.fetch(lambda tx: tx.cards.get(self.kind, subject_id))

    def message(self, card: Card) -> discord.PartialMessage:
        """Return the message that a card is."""
        return self.bot.delivery.message(card.channel_id, card.message_id, card.guild_id)

    async def _compare(self, subject_id: int, card: Card, *, by_number: bool) -> None:
        meanwhile = self._reading.setdefault(card.message_id, set())
        try:
            message = await self.message(card).fetch()
            await self._offer_missing(message, subject_id, card)
            if by_number and self._counted(message) == await self.accounted(subject_id, card):
                return
            seen = await self._seen(message)
        except discord.NotFound as error:
            if error.code != Code.UNKNOWN_MESSAGE:
                raise
            self.bot.cards.deleted([card.message_id])
            self.bot.cards.refresh(self.kind, subject_id)
            return
        finally:
            self._reading.pop(card.message_id, None)
        if await self.reconcile(subject_id, card, seen, meanwhile):
            self.bot.cards.refresh(self.kind, subject_id)

    def _meant_under(self, message: discord.Message) -> list[tuple[discord.Reaction, M]]:
        """Return the reactions under a message that mean something, with what they mean."""
        found = [(one, self.meaning(emoji_name(one.emoji))) for one in message.reactions]
        return [(one, meaning) for one, meaning in found if meaning is not None]

    def _counted(self, message: discord.Message) -> dict[M, int]:
        """Return how many reactions of others there are of each meaning; none that has none."""
        counted: Counter[M] = Counter()
        for reaction, meaning in self._meant_under(message):
            counted[meaning] += reaction.count - reaction.me
        return dict(+counted)

    async def _seen(self, message: discord.Message) -> dict[M, set[int]]:
        """Return who reacted with what under a card.

        A super reaction counts as a plain one does. Discord lists the two apart ("Get Reactions",
        parameter ``type``), so people who gave one are fetched a second time.
        """
        seen: dict[M, set[int]] = {}
        for reaction, meaning in self._meant_under(message):
            people = seen.setdefault(meaning, set())
            if reaction.me and reaction.count == 1:
                continue  # it is ours
            people |= {user.id async for user in reaction.users() if not user.bot}
            if reaction.burst_count:
                burst = reaction.users(type=discord.ReactionType.burst)
                people |= {user.id async for user in burst if not user.bot}
        return seen

    async def _offer_missing(self, message: discord.Message, subject_id: int, card: Card) -> None:
        """Put back those of our own reactions that are gone."""
        ours = [(one, meaning) for one, meaning in self._meant_under(message) if one.me]
        if {meaning for _, meaning in ours} >= set(self.meanings()):
            return
        there = {emoji_name(one.emoji) for one, _ in ours}
        missing = [one for one in await self._offered(subject_id) if emoji_name(one) not in there]
        await self._offer(card, missing)

    async def _offered(self, subject_id: int) -> Sequence[str]:
        """Return the reactions that belong under a card."""
        return (await self.bot.cards.content(self.kind, subject_id)).reactions

    async def _offer(self, card: Card, emoji: Sequence[str]) -> None:
        """Put our reactions under a card."""
        try:
            for one in emoji:
                await self.message(card).add_reaction(one)
        except discord.HTTPException as error:
            log.warning("a card lacks its reactions", card=card.url, reason=str(error))
