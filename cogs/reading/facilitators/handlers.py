"""Asks who leads, and notices that a leader is missing."""

from __future__ import annotations

from datetime import datetime, timedelta

import discord
from discord.ext import commands

from bot.base.wording import MENTIONS
from bot.client import CohortBot
from bot.jobs.delivery import to_person
from bot.jobs.scheduler import Lateness
from cogs.reading.attendance.views import HereButton
from cogs.reading.facilitators import cards, rules
from cogs.reading.facilitators.service import FacilitatorService
from cogs.reading.facilitators.views import DeclineButton, LeadButton
from cogs.reading.meetings.posting import destinations
from cogs.reading.meetings.service import MeetingService
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.reading.meetings import Meeting


class FacilitatorHandlers:
    """Asks who leads: ahead of a meeting, and when its leader is missing."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._facilitators = bot.service(FacilitatorService)
        self._service = bot.service(MeetingService)
        bot.deadlines.on(DeadlineKind.READING_ASK, self.ask_who_leads, lateness=Lateness.EXPIRE)
        bot.deadlines.on(
            DeadlineKind.READING_TAKE_OVER, self.ask_where_the_leader_is, lateness=Lateness.EXPIRE
        )

    async def ask_who_leads(self, deadline: Deadline, late: timedelta) -> None:
        """Ask the one who leads, or whose turn it is, whether they will."""
        meeting, user_id = await self._facilitators.next_to_ask(
            deadline.subject_id, deadline.occurrence
        )
        if user_id is None:
            return
        view = await self._service.view(meeting.id)
        buttons = [LeadButton(meeting.id), DeclineButton(meeting.id)]
        moment = int(meeting.starts_at.timestamp())
        await self._bot.delivery.send(
            # With the moment in its key, a meeting that was moved is asked about again.
            f"reading/ask/{meeting.id}/{moment}/{deadline.occurrence}/{deadline.offset}",
            meeting.guild_id,
            cards.your_turn(meeting, user_id, buttons),
            [*destinations(meeting, view.group.channel_id), to_person(user_id)],
        )
        await self._facilitators.asked(meeting, user_id)

    async def ask_where_the_leader_is(self, deadline: Deadline, late: timedelta) -> None:
        """Ask the leader, alone and first, and later the others, if nothing shows the leader.

        The others are asked only where some of them are there: with nobody to be seen the meeting
        may be somewhere that the bot can't see, and its leader with it.
        """
        view = await self._service.view(deadline.subject_id)
        meeting = view.meeting
        await self._look_into_voice(meeting)
        missing = await self._facilitators.missing(meeting.id)
        if missing is None or view.group.archived_at is not None:
            return
        leader = meeting.facilitator_id
        moment = int(meeting.starts_at.timestamp())
        to = destinations(meeting, view.group.channel_id)
        if deadline.offset == rules.ASK_LEADER:
            if leader is not None:
                await self._bot.delivery.send(
                    f"reading/leader/{meeting.id}/{moment}",
                    meeting.guild_id,
                    cards.are_you_there(
                        meeting, leader, [HereButton(meeting.id), DeclineButton(meeting.id)]
                    ),
                    [*to, to_person(leader)],
                )
            return
        if leader is not None and not missing.here:
            return
        people = tuple(dict.fromkeys((*missing.here, *view.turnout.going)))
        asked = [one for one in people if one != leader][:MENTIONS]
        if asked:
            buttons = [LeadButton(meeting.id), HereButton(meeting.id)]
            await self._bot.delivery.send(
                f"reading/takeover/{meeting.id}/{moment}/{leader or 0}",
                meeting.guild_id,
                cards.who_takes_over(missing, asked, buttons),
                to,
            )

    async def _look_into_voice(self, meeting: Meeting) -> None:
        """Note a leader who is in a voice channel of the server, whether or not an event
        arrived."""
        guild = self._bot.get_guild(meeting.guild_id)
        if guild is None or meeting.facilitator_id is None:
            return
        if any(
            meeting.facilitator_id in channel.voice_states
            for channel in (*guild.voice_channels, *guild.stage_channels)
        ):
            await self._facilitators.seen_elsewhere(meeting)


class LeaderSigns(commands.Cog, name="leader signs"):
    """Hears whatever leaders do in their meetings' channels, so that nobody calls them missing.

    Only that they did something, and when, is kept; not what. Channels without a running meeting
    are ignored.
    """

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self._service = bot.service(FacilitatorService)
        self._places: dict[int, set[int]] = {}
        """By server: the channels and threads of running meetings, as of the last check."""
        self._looked_at: datetime | None = None
        bot.somebody_acted = self.saw

    @commands.Cog.listener()
    async def on_voice_state_update(
        self, member: discord.Member, before: discord.VoiceState, after: discord.VoiceState
    ) -> None:
        """Note that a leader joined the meeting's voice channel."""
        if after.channel is not None and after.channel != before.channel:
            self.saw(member.guild.id, after.channel.id, member.id)

    def saw(self, guild_id: int, channel_id: int, user_id: int) -> None:
        """Note that somebody did something, if it may be a sign of a leader."""
        # Called for every press and reaction in every server, so the table is asked only where a
        # meeting may be running.
        if self._is_old(self.bot.clock.now()) or channel_id in self._places.get(guild_id, ()):
            self.bot.background.spawn(self._did(guild_id, channel_id, user_id), "a leader's sign")

    def _is_old(self, now: datetime) -> bool:
        """Whether meetings may have begun or ended since the last check."""
        return self._looked_at is None or now - self._looked_at > rules.LOOKS_EVERY

    async def _did(self, guild_id: int, channel_id: int, user_id: int) -> None:
        now = self.bot.clock.now()
        if self._is_old(now):
            self._looked_at = now
            running = await self._service.running()
            self._places = {guild: set(places) for guild, places in running.items()}
        if channel_id in self._places.get(guild_id, ()):
            await self._service.seen(guild_id, channel_id, user_id)
