"""Puts meetings into Discord: the card, and the thread on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import discord
import structlog
from msgspec.structs import replace

from bot import events
from bot.base.errors import Conflict, Undeliverable
from bot.base.wording import batches
from bot.client import CohortBot, Interaction
from bot.discord_codes import Code, reason
from bot.jobs.delivery import Content, Destination, to_channel
from bot.ui import replies, theme, threads
from bot.ui.controls import CardButtons
from bot.ui.corrections import SHOWN
from bot.ui.permissions import missing_in
from cogs.reading import mentions
from cogs.reading.meetings import cards, pings, rules
from cogs.reading.meetings.card_view import MeetingView
from cogs.reading.meetings.pings import Ping
from cogs.reading.meetings.scheduling import ScheduledMeeting
from cogs.reading.meetings.service import MeetingService
from cogs.reading.mentions import further
from cogs.reading.rsvps.views import EverybodyButton
from data.delivery.cards import Card
from data.reading.meetings import Meeting
from data.server.groups import Group
from data.states import CardKind

log = structlog.stdlib.get_logger(__name__)

NEEDED = ("add_reactions", "create_public_threads", "send_messages_in_threads")
"""Permissions without which a card is posted, but something around it is missing."""


REST_LABEL = "Ping, leader, capacity, length"
"""What the button says that opens the form for what a planned meeting can also have."""


class Posting:
    """Posts meetings' cards and opens their threads."""

    def __init__(self, bot: CohortBot, service: MeetingService) -> None:
        self._bot = bot
        self._service = service
        bot.cards.follow_up_with(CardKind.MEETING, self._follow_up)

    async def announce(self, interaction: Interaction, made: ScheduledMeeting) -> None:
        """Answer a command with the card of the meeting that it made, and open its thread.

        The person hears what Discord does not let the bot do; the meeting is made anyway.
        """
        view = made.view
        meeting, group = view.meeting, view.group
        if meeting.paper_id is not None:
            self._bot.library.look_up(meeting.paper_id, meeting.guild_id)
        try:
            card = await self._bot.cards.answer(
                interaction,
                CardKind.MEETING,
                meeting.id,
                group.channel_id,
                content=cards.meeting(view, EverybodyButton(meeting.id)),
                said="" if interaction.channel_id == group.channel_id else cards.scheduled(view),
            )
            refused = await self._open_thread(view, card)
        finally:
            events.group_used(self._bot, group.id)  # the group's card leads to the thread
        if refused:
            await self._bot.cards.complete(CardKind.MEETING, meeting.id)
        if SHOWN in interaction.extras:  # a form made it, which has no room for the rest
            # The id alone leads to the button's class, which posts through here.
            rest_id = f"meeting:rest:{meeting.id}"
            rest = discord.ui.Button[discord.ui.View](label=REST_LABEL, custom_id=rest_id)
            await replies.send(
                interaction,
                "It is posted, and nobody was pinged. Would you like to ping the members, or to "
                "add a leader, a limit, or another length?",
                view=CardButtons(rest),
            )
        missing = self.missing(interaction.guild, group.channel_id)
        if refused and not missing:
            missing = [f"• a thread for it in <#{group.channel_id}>: {refused}"]
        if missing:
            listed = theme.lines(missing, 1500)
            await replies.send(
                interaction, f"The meeting is made, but I am missing something:\n{listed}"
            )
        if made.clashes:
            await replies.send(interaction, cards.clashes(group, made.clashes))

    async def ping(self, meeting: Meeting, ping: Ping) -> None:
        """Ping whom the person who scheduled a meeting chose, in the group's channel.

        Raises Conflict where Discord refuses.
        """
        if ping.role_id is None and not ping.members:
            return
        try:
            await self._ping(meeting, ping)
        except Undeliverable as error:
            raise Conflict(
                f"It is scheduled, but I could not ping anybody: {error.sentence}."
            ) from error

    async def _ping(self, meeting: Meeting, ping: Ping) -> None:
        view = await self._service.view(meeting.id)
        async with self._bot.store.read() as tx:
            card = await tx.cards.get(CardKind.MEETING, meeting.id)
            members = await tx.groups.members(meeting.group_id) if ping.members else []
        to, key = [to_channel(view.group.channel_id)], f"reading/ping/{meeting.id}"
        if ping.role_id is not None:
            told = pings.role_ping(view, card, ping.role_id)
            await self._bot.delivery.send(key, meeting.guild_id, told, to)
        people = [one.user_id for one in members if one.user_id != meeting.created_by]
        for number, batch in enumerate(batches(people[: rules.MOST_PINGED])):
            told = pings.member_ping(view, card, batch) if number == 0 else further(batch)
            await self._bot.delivery.send(f"{key}/{number}", meeting.guild_id, told, to)

    async def publish(self, meeting: Meeting, group: Group) -> None:
        """Post a meeting's card in its group's channel, and open its thread.

        Does nothing where both are there already. Raises what ``Delivery.send`` raises.
        """
        card = await self._bot.cards.publish(
            CardKind.MEETING, meeting.id, meeting.guild_id, to_channel(group.channel_id)
        )
        await self.open_thread(meeting, card)

    async def _follow_up(self, meeting_id: int, card: Card) -> None:
        view = await self._service.view(meeting_id)
        await self.open_thread(view.meeting, card)

    async def open_thread(self, meeting: Meeting, card: Card) -> str | None:
        """Open a meeting's thread on its card; returns why not, where Discord refuses."""
        if meeting.thread_id is not None:
            await self._lay_out(meeting, meeting.thread_id)
            return None
        refused = await self._open_thread(await self._service.view(meeting.id), card)
        events.group_used(self._bot, meeting.group_id)
        return refused

    async def _open_thread(self, view: MeetingView, card: Card) -> str | None:
        meeting = view.meeting
        try:
            thread_id = await self._make_thread(card, cards.thread_name(view))
        except discord.HTTPException as error:
            log.warning("a meeting has no thread", meeting=meeting.id, reason=str(error))
            return reason(error)
        await self._service.opened(meeting, thread_id)
        # Discord shows a thread under the card that it hangs on. What became known of a paper while
        # the card was on its way has told nobody.
        if thread_id != card.message_id or meeting.paper_id is not None:
            self._bot.cards.refresh(CardKind.MEETING, meeting.id)
        await self._lay_out(meeting, thread_id)
        there = replace(view, card=card, meeting=replace(meeting, thread_id=thread_id))
        events.meeting_posted(self._bot, there)
        return None

    async def _make_thread(self, card: Card, name: str) -> int:
        """Open a thread on a card, or beside it where the one that it had was deleted."""
        message = self._bot.delivery.message(card.channel_id, card.message_id, card.guild_id)
        try:
            made = await message.create_thread(
                name=name, auto_archive_duration=threads.KEPT_OPEN_MINUTES
            )
        except discord.HTTPException as error:
            if error.code != Code.THREAD_EXISTS:
                raise
        else:
            return made.id
        try:
            await self._bot.fetch_channel(card.message_id)
        except discord.NotFound:
            home = await self._bot.fetch_channel(card.channel_id)
            if not isinstance(home, discord.TextChannel):
                raise
            kind = discord.ChannelType.news_thread if home.is_news() else None
            made = await home.create_thread(
                name=name,
                type=kind or discord.ChannelType.public_thread,
                auto_archive_duration=threads.KEPT_OPEN_MINUTES,
            )
            return made.id
        return card.message_id

    async def _lay_out(self, meeting: Meeting, thread_id: int) -> None:
        """Post the card of a meeting's thread, unless it is there already."""
        try:
            await self._bot.cards.publish(
                CardKind.MEETING_THREAD, meeting.id, meeting.guild_id, to_channel(thread_id)
            )
        except (Undeliverable, discord.HTTPException) as error:
            log.warning("a meeting's thread is empty", meeting=meeting.id, reason=str(error))

    def refresh(self, meeting: Meeting) -> None:
        """Bring the cards of a meeting, and all that shows its group, up to date."""
        self._bot.cards.refresh(CardKind.MEETING, meeting.id)
        self._bot.cards.refresh(CardKind.MEETING_THREAD, meeting.id)
        events.group_used(self._bot, meeting.group_id)
        events.meeting_changed(self._bot, meeting.group_id)

    async def tell(
        self,
        view: MeetingView,
        key: str,
        user_ids: Sequence[int],
        content: Callable[[Sequence[int]], Content],
    ) -> None:
        """Tell people in the meeting's thread; past what one message may mention, ping the rest."""
        to = destinations(view.meeting, view.group.channel_id)
        for number, batch in enumerate(batches(user_ids)):
            told = content(batch) if number == 0 else mentions.further(batch)
            await self._bot.delivery.send(f"{key}/{number}", view.meeting.guild_id, told, to)

    def changed(self, meetings: Sequence[Meeting]) -> None:
        """Bring everything that shows these meetings up to date."""
        for meeting in meetings:
            self.refresh(meeting)
            if meeting.thread_id is not None:
                self._bot.background.spawn(self._rename(meeting.id), "rename a meeting's thread")

    async def _rename(self, meeting_id: int) -> None:
        """Rename a meeting's thread to its present title and day, where we may."""
        view = await self._service.view(meeting_id)
        name = cards.thread_name(view)
        try:
            thread = await self._bot.fetch_channel(view.meeting.thread_id or 0)
            if isinstance(thread, discord.Thread) and thread.name != name:
                await thread.edit(name=name)
        except discord.NotFound:
            await self._service.lost(view.meeting.guild_id, view.meeting.thread_id or 0)
        except discord.HTTPException as error:
            log.info("a thread keeps its name", meeting=meeting_id, reason=str(error))

    def missing(self, guild: discord.Guild | None, channel_id: int) -> list[str]:
        """Return what the bot lacks for all that belongs to a card in this channel."""
        found = guild.get_channel(channel_id) if guild is not None else None
        if guild is None or found is None:
            return []
        return [f"• {entry}" for entry in missing_in(found, guild.me, NEEDED)]


def destinations(meeting: Meeting, channel_id: int) -> list[Destination]:
    """Return where a meeting's messages go: its thread, else its group's channel."""
    own = [] if meeting.thread_id is None else [to_channel(meeting.thread_id)]
    return [*own, to_channel(channel_id)]
