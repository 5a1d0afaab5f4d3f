"""Live messages: one for each subject, rendered from rows, edited no more often than need be."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

import aiohttp
import discord
import structlog
from msgspec.structs import replace

from bot.base.clock import Clock
from bot.base.errors import Conflict, NotFound, StoreUnavailable, Undeliverable
from bot.discord_codes import Code, Refusal, reason, refusal
from bot.jobs import message_limits
from bot.jobs.background import Background
from bot.jobs.delivery import Content, Delivery, Destination, to_channel
from data.delivery.cards import Card, delivery_key
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.states import CardKind
from data.store import Store
from data.transaction import Transaction

log = structlog.stdlib.get_logger(__name__)

Rows = TypeVar("Rows")
"""What a kind of card shows."""


class _Render(NamedTuple):
    """How a kind of card is made: what is read for it, and what that looks like."""

    read: Callable[[Transaction, int], Coroutine[Any, Any, Any]]
    show: Callable[[Any], Content]


# A start compares these and no more: each costs a query and a render, and what is older is looked
# at once its rows change.
NEWEST = 500
"""How many of the newest cards are compared with their rows at start-up."""

EDITS_REMEMBERED = 1000

SHOWN_REMEMBERED = 10_000
"""Of how many messages it is remembered what Discord confirmed that they show."""

OLD_AGAIN = 60.0
"""Seconds until a card is edited again that Discord finds too old to be edited so often.

A limit that passes: a message older than an hour takes a few edits now and again (error 30046).
"""

AWAY = (aiohttp.ClientConnectionError, ConnectionError, TimeoutError)
"""What is raised where Discord cannot be reached."""

Name = tuple[CardKind, int]

FollowUp = Callable[[int, Card], Awaitable[None]]
"""Makes what belongs to a card besides its message; may be called again."""


class CardKeeper:
    """Keeps each subject's card what its rows say.

    ``refresh`` marks a card; marks that come together are one edit, and one card is edited at
    most once in ``interval`` seconds. A card that was deleted is posted again. What a card showed
    last is on record, so that one that fell behind, because the process ended or Discord was away,
    is found and brought up to date; and one that shows its rows already is left alone.

    A card in an archived thread is history: an edit would first have to open the thread, which
    puts it back into everybody's list. It is brought up to date once the thread is open again.
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
        self.until_known: Callable[[int], Awaitable[None]] | None = None
        """Awaited at start-up before a server's cards are compared."""
        self._renders: dict[CardKind, _Render] = {}
        self._follow_ups: dict[CardKind, FollowUp] = {}
        self._dirty: set[Name] = set()
        self._behind: set[Name] = set()
        """Those that Discord or the store did not take when it was their turn."""
        self._shown: dict[int, str] = {}
        """What Discord confirmed to this process that a message shows, by the message's id.

        The record is not enough to leave a card alone: the process may have ended before it heard
        of an edit, and the message may have been deleted meanwhile.
        """
        self._edited: dict[Name, float] = {}
        self._working: dict[Name, asyncio.Task[None]] = {}

    def render_with(
        self,
        kind: CardKind,
        read: Callable[[Transaction, int], Coroutine[Any, Any, Rows]],
        show: Callable[[Rows], Content],
    ) -> None:
        """Render the cards of this kind: ``show`` makes a message of what ``read`` returns.

        ``read`` is part of a transaction. It raises NotFound when the subject is gone.
        """
        self._renders[kind] = _Render(read, show)

    def follow_up_with(self, kind: CardKind, follow_up: FollowUp) -> None:
        """Call ``follow_up`` to finish a card (its thread, say) when its caller could not.

        That is so when the process died first. Whoever answers with such a card does that itself,
        and then calls ``complete``.
        """
        self._follow_ups[kind] = follow_up

    async def complete(self, kind: CardKind, subject_id: int) -> None:
        """Note that a card stands with all that belongs to it."""
        await self._store.write(
            lambda tx: tx.deadlines.drop(DeadlineKind.for_card(kind), subject_id)
        )

    async def is_expected(self, kind: CardKind, subject_id: int) -> bool:
        """Whether this card is already queued, so that nobody else should post it."""
        found = await self._store.fetch(
            lambda tx: tx.deadlines.of(subject_id, DeadlineKind.for_card(kind))
        )
        return any(one.is_waiting for one in found)

    async def content(self, kind: CardKind, subject_id: int) -> Content:
        """Return what a subject's card shows now."""
        read, show = self._renders[kind]
        return show(await self._store.fetch(lambda tx: read(tx, subject_id)))

    async def publish(
        self, kind: CardKind, subject_id: int, guild_id: int, to: Destination
    ) -> Card:
        """Post a subject's card, or return where it stands already.

        Raises what ``Delivery.send`` raises.
        """
        read, show = self._renders[kind]

        async def look(tx: Transaction) -> tuple[Card | None, Any]:
            standing = await tx.cards.get(kind, subject_id)
            whole = standing is not None and standing.shown is not None
            return standing, None if whole else await read(tx, subject_id)

        standing, rows = await self._store.fetch(look)
        if standing is not None and standing.shown is not None:
            return standing
        content = show(rows)
        # Somebody else posted it first, or this is a retry: one subject has one card.
        if standing is not None:
            await self._finish(standing, content)
            return standing
        assert to.channel_id is not None  # noqa: S101 - nobody's direct messages hold a card
        key = delivery_key(kind, subject_id, to.channel_id)
        return await self._post(key, kind, subject_id, guild_id, content, to)

    async def answer(
        self,
        interaction: discord.Interaction[Any],
        kind: CardKind,
        subject_id: int,
        channel_id: int,
        *,
        content: Content | None = None,
        said: str = "",
    ) -> Card:
        """Answer a command with a subject's card, or point at it when it belongs elsewhere.

        The card is the public answer when the command was used in ``channel_id``; otherwise it
        is posted there, and the person is told so, with the sentences ``said`` before it: what the
        card would have repeated of what they typed, such as an instant. ``content`` spares callers
        that have just written the rows another look at them. The person is answered before
        anything is posted elsewhere: that may have to wait for its channel's turn, and an
        interaction has three seconds. Whoever wrote the rows has expected the card as the answer to
        this interaction.
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
            return await self._settle(kind, subject_id, guild_id, message, content, answering=True)
        if not interaction.response.is_done():
            await interaction.response.defer(ephemeral=True, thinking=True)
        try:
            card = await self.publish(kind, subject_id, guild_id, to_channel(channel_id))
        except Undeliverable as error:
            await self._store.write(
                lambda tx: tx.expect_card(
                    kind,
                    subject_id,
                    guild_id=guild_id,
                    channel_id=channel_id,
                    now=self._clock.now(),
                )
            )
            raise Conflict(
                f"It is saved, but I could not post its card: {error.sentence}. Once that "
                "is put right it follows: I keep trying for two hours."
            ) from error
        said += "" if not said or said.endswith("\n") else " "
        text = f"{said}It is in <#{channel_id}>: [open it]({card.url})"
        await interaction.followup.send(text, ephemeral=True)
        return card

    async def move(self, card: Card, channel_id: int | None) -> None:
        """Take a card away where it stands; one that can still be used is posted elsewhere soon."""
        content: Content | None = None
        if channel_id is not None and card.kind in self._renders:
            with suppress(NotFound):
                content = await self.content(card.kind, card.subject_id)
        async with self._store.transaction() as tx:
            await tx.cards.forget(card.kind, card.subject_id)
            used = content is not None and (content.reactions or content.view is not None)
            if channel_id is not None and used:
                await tx.deliveries.forget(delivery_key(card.kind, card.subject_id, channel_id))
                await tx.expect_card(
                    card.kind,
                    card.subject_id,
                    guild_id=card.guild_id,
                    channel_id=channel_id,
                    now=self._clock.now(),
                )
        message = self._delivery.message(card.channel_id, card.message_id, card.guild_id)
        # A message that we may not delete, or that is gone, stands nowhere in our rows any more:
        # nothing keeps it up to date, and nothing waits for it.
        with suppress(discord.Forbidden, discord.NotFound):
            await message.delete()

    def refresh(self, kind: CardKind, subject_id: int) -> None:
        """Update a subject's card soon; cheap, and harmless when it has no card."""
        name = (kind, subject_id)
        self._dirty.add(name)
        if name not in self._working:
            task = self._background.spawn(self._work(name), f"card {kind} {subject_id}")
            if task is not None:
                self._working[name] = task
                task.add_done_callback(lambda ended: self._is_over(name, ended))

    def deleted(self, message_ids: Iterable[int]) -> None:
        """Hear that messages are gone: cards among them are posted again at their next refresh."""
        for message_id in message_ids:
            self._shown.pop(message_id, None)

    def doubt(self) -> None:
        """Take it that any message may be gone, after a time in which Discord told nothing."""
        self._shown.clear()

    async def catch_up(self) -> None:
        """Bring those up to date that do not show their rows, and finish those left half done."""
        cards = await self._store.fetch(lambda tx: tx.cards.latest(NEWEST, self._store.shards))
        for card in cards:
            if card.shown == "" or card.kind not in self._renders:
                continue
            if self.until_known is not None:
                await self.until_known(card.guild_id)
            try:
                content = await self.content(card.kind, card.subject_id)
            except NotFound:
                continue  # its message is history
            except StoreUnavailable:
                raise
            except Exception:
                log.exception("a card cannot be made", card=card.url)
                continue  # the others can
            if card.shown is None or card.shown != _fingerprint(content):
                self.refresh(card.kind, card.subject_id)

    async def try_again(self) -> None:
        """Bring those up to date that could not be, because Discord or the store was away."""
        behind, self._behind = self._behind, set()
        for kind, subject_id in behind:
            self.refresh(kind, subject_id)

    async def opened(self, guild_id: int, channel_id: int) -> None:
        """Bring the cards in a thread up to date that was archived, and is open again."""
        cards = await self._store.fetch(lambda tx: tx.cards.in_channel(guild_id, channel_id))
        for card in cards:
            self.refresh(card.kind, card.subject_id)

    async def flush(self) -> None:
        """Wait until every card that was marked shows its rows."""
        # A card's worker may mark another card, so one round of waiting is not enough.
        while self._working:
            await asyncio.gather(*self._working.values(), return_exceptions=True)

    async def publish_again(self, deadline: Deadline, late: timedelta) -> None:
        """Post a card that could not be posted when it was asked for."""
        kind, subject_id = DeadlineKind(deadline.kind).card, deadline.subject_id
        if deadline.offset:
            await self._adopt(kind, deadline)
        to = to_channel(deadline.occurrence)
        card = await self.publish(kind, subject_id, deadline.guild_id, to)
        if kind in self._follow_ups:
            await self._follow_ups[kind](subject_id, card)

    async def _adopt(self, kind: CardKind, deadline: Deadline) -> None:
        """Take the answer to an interaction for the card, recorded or not, and finish it."""
        subject_id = deadline.subject_id
        standing = await self._store.fetch(lambda tx: tx.cards.get(kind, subject_id))
        if standing is not None:
            await self._finish(standing, await self.content(kind, subject_id))
            return
        asked = discord.Object(deadline.offset)
        place = self._client.get_partial_messageable(
            deadline.occurrence, guild_id=deadline.guild_id
        )
        try:
            # An answer has a later id than the interaction that it answers, so nothing before that
            # needs to be read.
            async for message in place.history(after=asked, limit=100):
                answers = message.interaction_metadata
                if answers is not None and answers.id == asked.id:
                    content = await self.content(kind, deadline.subject_id)
                    at = self._delivery.message(deadline.occurrence, message.id, deadline.guild_id)
                    await self._settle(kind, deadline.subject_id, deadline.guild_id, at, content)
                    self.refresh(kind, deadline.subject_id)
                    return
        except (discord.Forbidden, discord.NotFound) as error:
            where = deadline.occurrence
            log.info("a card's channel cannot be read", channel=where, reason=error.text)

    def _is_over(self, name: Name, task: asyncio.Task[None]) -> None:
        if self._working.get(name) is task:
            del self._working[name]

    async def _work(self, name: Name) -> None:
        try:
            await self._edit_while_dirty(name)
        finally:
            # Here and not once the task has ended, which is a turn of the loop later: a refresh in
            # between would leave the card to a worker that looks no more.
            self._working.pop(name, None)

    async def _edit_while_dirty(self, name: Name) -> None:
        loop = asyncio.get_running_loop()
        while name in self._dirty:
            # The loop's clock and not ours: a test or the demo that moves a day on sends no more
            # requests for it.
            wait = self._edited.get(name, -self._interval) + self._interval - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            # Before the rows are read: whoever marks the card from here on has changed something
            # that this render may not see.
            self._dirty.discard(name)
            self._edited[name] = loop.time()
            try:
                await self._bring_up_to_date(*name)
            except NotFound:
                await self._store.write(lambda tx: tx.cards.forget(*name))
            except Undeliverable as error:
                log.warning("a card cannot be posted", card=name, reason=error.sentence)
            except (discord.DiscordServerError, StoreUnavailable, *AWAY) as error:
                self._behind.add(name)
                log.warning("a card falls behind", card=name, reason=repr(error))
        self._forget_edits(before=loop.time() - self._interval)

    def _forget_edits(self, before: float) -> None:
        """Drop what no longer delays an edit, once there is much of it."""
        if len(self._edited) > EDITS_REMEMBERED:
            self._edited = {name: at for name, at in self._edited.items() if at > before}

    async def _bring_up_to_date(self, kind: CardKind, subject_id: int) -> None:
        """Edit a card in place, or post it again where it can't be edited."""
        read, show = self._renders[kind]

        async def look(tx: Transaction) -> tuple[Card, Any] | None:
            card = await tx.cards.get(kind, subject_id)
            if card is None or not self._store.shards.has(card.guild_id):
                return None  # of another process's server, which hears of the change too
            return card, await read(tx, subject_id)

        found = await self._store.fetch(look)
        if found is None:
            return
        card, content = found[0], show(found[1])
        shown = _fingerprint(content)
        known = self._shown.get(card.message_id) == card.shown == shown
        if known and content.files is None:
            return
        message = self._delivery.message(card.channel_id, card.message_id, card.guild_id)
        self._confirmed(card.message_id, "")  # until it is known what became of the edit
        try:
            await self._delivery.edit(message, content)
        except discord.HTTPException as error:
            await self._refused(card, content, error)
        else:
            if card.message_id in self._shown:  # else it was deleted meanwhile
                self._confirmed(card.message_id, shown)
            if card.shown is None:
                await self._finish(card, content)
            elif card.shown != shown:
                await self._store.write(lambda tx: tx.cards.showing(card, shown))

    def _confirmed(self, message_id: int, shown: str) -> None:
        self._shown[message_id] = shown
        if len(self._shown) > SHOWN_REMEMBERED:
            del self._shown[next(iter(self._shown))]

    async def _refused(self, card: Card, content: Content, error: discord.HTTPException) -> None:
        """Post a card again that is gone; otherwise leave it, wait, or say why not."""
        if error.code == Code.UNKNOWN_MESSAGE:
            await self._repost(card, content)
        elif error.code == Code.OLD_MESSAGE_EDITED_TOO_OFTEN:
            loop = asyncio.get_running_loop()
            loop.call_later(OLD_AGAIN, self.refresh, card.kind, card.subject_id)
        elif error.code == Code.THREAD_ARCHIVED:
            log.info("a card in an archived thread stays as it is", card=card.url)
        elif refusal(error) in (Refusal.NEXT_PLACE, Refusal.LEFT):
            raise Undeliverable(f"<#{card.channel_id}>: {reason(error)}") from error
        else:
            raise error

    async def _repost(self, card: Card, content: Content) -> None:
        """Post a card again whose message is gone."""
        # A key of its own for each message that was deleted. With the first post's key the record
        # would say that it was sent, and nothing would be.
        key = f"card/{card.kind}/{card.subject_id}/after/{card.message_id}"
        to = to_channel(card.channel_id)
        await self._post(key, card.kind, card.subject_id, card.guild_id, content, to)
        # It may link to its own thread, or to itself, so it is rendered once more where it is now.
        self._dirty.add((card.kind, card.subject_id))

    async def _post(
        self,
        key: str,
        kind: CardKind,
        subject_id: int,
        guild_id: int,
        content: Content,
        to: Destination,
    ) -> Card:
        """Send a card under a key and settle it, recording both at once."""
        now, shown = self._clock.now(), _fingerprint(content) if content.in_one_go else None
        posted: list[tuple[Card, bool]] = []

        async def arrived(tx: Transaction, channel_id: int, message_id: int) -> None:
            card = Card(kind, subject_id, guild_id, channel_id, message_id, now, shown)
            posted.append((card, await self._stand(tx, card, content)))

        await self._delivery.send(key, guild_id, content, [to], arrived)
        card, stands = posted[-1]
        return await self._settled(card, content, stands=stands)

    async def _settle(
        self,
        kind: CardKind,
        subject_id: int,
        guild_id: int,
        message: discord.PartialMessage,
        content: Content,
        *,
        answering: bool = False,
    ) -> Card:
        """Record where a card stands, pin it, and put its reactions under it.

        While ``answering`` a person, what Discord does not take of the latter is left for later.
        Takes the message away, and raises NotFound, where its subject was deleted or erased while
        it was on its way: nobody would find it any more.
        """
        shown = _fingerprint(content)
        if answering:  # what was sent under a key may have been sent before, and be older
            self._confirmed(message.id, shown)
        # An answer was expected by whoever wrote the rows: that is how it is finished, should the
        # process end before it is.
        kept = shown if answering or content.in_one_go else None
        now, channel_id = self._clock.now(), message.channel.id
        card = Card(kind, subject_id, guild_id, channel_id, message.id, now, kept)
        stands = await self._store.write(lambda tx: self._stand(tx, card, content))
        try:
            return await self._settled(card, content, stands=stands)
        except (discord.DiscordServerError, *AWAY) as error:
            if not answering:
                raise
            log.warning("a card is finished later", card=card.url, reason=repr(error))
            await self._store.write(lambda tx: tx.cards.showing(card, None))
            return replace(card, shown=None)

    async def _stand(self, tx: Transaction, card: Card, content: Content) -> bool:
        """Record where a card stands; False where its subject is gone."""
        if not await tx.homes.have_subject(card.kind, card.subject_id):
            return False
        await tx.cards.put(card)
        if content.in_one_go:
            await self._complete(tx, card)
        return True

    async def _settled(self, card: Card, content: Content, *, stands: bool) -> Card:
        if not stands:
            message = self._delivery.message(card.channel_id, card.message_id, card.guild_id)
            with suppress(discord.Forbidden, discord.NotFound):
                await message.delete()
            raise NotFound("That was deleted meanwhile.")
        if not content.in_one_go:
            await self._finish(card, content)
        return card

    async def _finish(self, card: Card, content: Content) -> None:
        """Pin a card that stands and put its reactions under it; harmless when repeated."""
        message = self._delivery.message(card.channel_id, card.message_id, card.guild_id)
        try:
            for emoji in content.reactions:
                # One by one: Discord shows reactions in the order in which they were added.
                await message.add_reaction(emoji)
            if content.pinned:
                await message.pin()
        except discord.DiscordServerError:
            raise
        except discord.HTTPException as error:
            log.warning(
                "a card stands without its pin or reactions", card=card.url, reason=str(error)
            )
        if card.shown is not None and card.kind in self._follow_ups:
            return  # it is complete once that is done
        shown = _fingerprint(content)

        async def finished(tx: Transaction) -> None:
            if card.shown is None:
                await tx.cards.showing(card, shown)
            await self._complete(tx, card)

        await self._store.write(finished)

    async def _complete(self, tx: Transaction, card: Card) -> None:
        """Note that nobody has to post a card any more, unless something follows it."""
        if card.kind not in self._follow_ups:
            await tx.deadlines.drop(DeadlineKind.for_card(card.kind), card.subject_id)


def _fingerprint(content: Content) -> str:
    """Return what tells this content of a card from every other, as it is sent."""
    if isinstance(content.view, discord.ui.LayoutView):
        message_limits.layout(content.view)
    shown = [
        content.text,
        [embed.to_dict() for embed in content.embeds],
        None if content.view is None else content.view.to_components(),
    ]
    return hashlib.blake2b(json.dumps(shown).encode(), digest_size=8).hexdigest()
