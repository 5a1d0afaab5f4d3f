"""Says that a meeting begins, and asks for its notes afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import discord
from discord.ext import commands

from bot.client import CohortBot
from bot.jobs.delivery import Content
from bot.jobs.scheduler import Lateness
from cogs.reading.attendance import cards
from cogs.reading.attendance.service import AttendanceService, ThreadView
from cogs.reading.attendance.views import HereButton, NotesButton, thread_buttons
from cogs.reading.meetings.posting import Posting, destinations
from cogs.reading.meetings.service import MeetingService
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.reading.meetings import Meeting
from data.states import CardKind


class AttendanceHandlers:
    """Says that a meeting begins, and asks for its notes when it is over."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._attendance = bot.service(AttendanceService)
        self._service = bot.service(MeetingService)
        self._posting = bot.service(Posting)
        bot.cards.render_with(CardKind.MEETING_THREAD, self._attendance.view_in, thread_card)
        bot.deadlines.on(DeadlineKind.READING_BEGIN, self.begin, lateness=Lateness.EXPIRE)
        bot.deadlines.on(DeadlineKind.READING_OVER, self.close)

    async def begin(self, deadline: Deadline, late: timedelta) -> None:
        """Say that a meeting begins, if somebody comes, and offer a button to say “I'm here”."""
        view = await self._service.view(deadline.subject_id)
        meeting = view.meeting
        await self._attendance.compare_voice(
            meeting.id, in_voice(self._bot, meeting), over=meeting.ends_at <= view.now
        )
        self._posting.refresh(meeting)
        # Late, it would say “begins now” in the middle of the meeting.
        if not view.turnout.expected or late or view.group.archived_at is not None:
            return
        await self._bot.delivery.send(
            f"reading/begin/{meeting.id}/{int(meeting.starts_at.timestamp())}",
            meeting.guild_id,
            cards.begins(meeting, [HereButton(meeting.id)]),
            destinations(meeting, view.group.channel_id),
        )

    async def close(self, deadline: Deadline, late: timedelta) -> None:
        """Show on the cards that a meeting is over, and ask for its notes."""
        view = await self._service.view(deadline.subject_id)
        meeting = view.meeting
        # As if the channel were empty: staying on after the end is not attending.
        await self._attendance.compare_voice(meeting.id, (), over=True)
        self._posting.refresh(meeting)
        shown = await self._attendance.view(meeting.id)
        if not (shown.here or view.turnout.expected) or view.group.archived_at is not None:
            return
        await self._bot.delivery.send(
            f"reading/over/{meeting.id}/{int(meeting.starts_at.timestamp())}",
            meeting.guild_id,
            cards.over(shown, [HereButton(meeting.id, over=True), NotesButton(meeting.id)]),
            destinations(meeting, view.group.channel_id),
        )


def thread_card(view: ThreadView) -> Content:
    """Return the card of a meeting's thread."""
    return cards.thread_card(view, thread_buttons(view))


class VoiceAttendance(commands.Cog, name="voice attendance"):
    """Notes who is in the voice channel of a meeting, and for how long."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self._attendance = bot.service(AttendanceService)

    @commands.Cog.listener()
    async def on_voice_state_update(
        self, member: discord.Member, before: discord.VoiceState, after: discord.VoiceState
    ) -> None:
        """Note that somebody came or went; muting and the like don't matter."""
        if member.bot or before.channel == after.channel:
            return
        service, guild_id = self._attendance, member.guild.id
        changed: list[Meeting] = []
        if before.channel is not None:
            changed += await service.left_voice(guild_id, before.channel.id, member.id)
        if after.channel is not None:
            changed += await service.joined_voice(guild_id, after.channel.id, member.id)
        for one in changed:
            self.bot.cards.refresh(CardKind.MEETING_THREAD, one.id)

    @commands.Cog.listener()
    async def on_servers_back(self, guild_ids: Sequence[int]) -> None:
        """Note who came and went in these servers while the bot was not listening."""
        self.bot.background.spawn(self.catch_up(guild_ids), "catch up with voice channels")

    async def catch_up(self, guild_ids: Sequence[int]) -> None:
        """Compare what is known with who is in the voice channels of running meetings."""
        for meeting in await self._attendance.voice_meetings(guild_ids):
            await self._attendance.compare_voice(
                meeting.id, in_voice(self.bot, meeting), over=False
            )
            self.bot.cards.refresh(CardKind.MEETING_THREAD, meeting.id)


def in_voice(bot: CohortBot, meeting: Meeting) -> list[int]:
    """Return who is in a meeting's voice channel, bots left out."""
    guild = bot.get_guild(meeting.guild_id)
    channel = guild.get_channel(meeting.voice_id or 0) if guild is not None else None
    if not isinstance(channel, discord.VoiceChannel | discord.StageChannel):
        return []
    # Voice states name everybody; ``members`` leaves out those whom the cache does not know.
    bots = {one.id for one in channel.members if one.bot}
    return [user_id for user_id in channel.voice_states if user_id not in bots]
