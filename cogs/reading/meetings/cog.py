"""The commands that schedule meetings and show them."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.base.errors import InvalidInput
from bot.base.recurrence import Cadence
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.command_arguments import with_group, with_place
from bot.ui.command_groups import SubjectCog
from bot.ui.confirmation import Ask, Press
from bot.ui.pages import Pages
from cogs.reading.calendar.service import CalendarService
from cogs.reading.command_groups import MEETING
from cogs.reading.meetings import cards
from cogs.reading.meetings.options import (
    MEETING_HINT,
    REPEATS,
    WHEN_HINT,
    Choices,
    MeetingPicker,
    OptionalGroup,
    parse,
    parse_day,
    where_choices,
    where_in,
)
from cogs.reading.meetings.pings import ping_choices, ping_in
from cogs.reading.meetings.posting import Posting
from cogs.reading.meetings.scheduling import MeetingPlan
from cogs.reading.meetings.service import MeetingService
from cogs.reading.rsvps import cards as rsvp_cards
from cogs.reading.rsvps.handlers import RsvpReactions
from cogs.reading.rsvps.service import RsvpService
from cogs.reading.rsvps.views import EverybodyButton
from cogs.reading.series.service import SeriesService
from data.server.groups import Group
from data.states import Answer


class MeetingCommands(SubjectCog, group=MEETING):
    """Schedules meetings, lists and shows them."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(MeetingService)
        self.series = bot.service(SeriesService)
        self.rsvps = bot.service(RsvpService)
        self.posting = bot.service(Posting)
        self.reactions = bot.service(RsvpReactions)
        self.picker = bot.service(MeetingPicker)
        self.calendars = bot.service(CalendarService)

    @app_commands.command(description="Schedule a meeting, with answers by reaction")
    @app_commands.describe(
        title="What it is about",
        when=WHEN_HINT,
        paper="What is read: an arXiv id, a DOI, a link or a title",
        minutes="How long it takes; without it, 60",
        where="A room, a voice channel or a link",
        facilitator="Who leads it",
        capacity="How many can come; the others wait in order",
        repeat="Whether it takes place again and again",
        until="The last day on which it repeats",
        times="How often it takes place in all, if it repeats",
        ahead="How many days before each meeting its card is posted; 6",
        ping="Whom to ping now: nobody, members or a role",
    )
    @app_commands.choices(repeat=REPEATS)
    @with_group()
    async def schedule(
        self,
        interaction: Interaction,
        place: Place,
        group: Group,
        title: str,
        when: str,
        paper: str | None = None,
        minutes: app_commands.Range[int, 5, 600] = 60,
        where: str | None = None,
        facilitator: discord.User | None = None,
        capacity: app_commands.Range[int, 1, 10_000] | None = None,
        repeat: str = Cadence.NONE.value,
        until: str | None = None,
        times: app_commands.Range[int, 1, 200] | None = None,
        ahead: app_commands.Range[int, 1, 27] = 6,
        ping: str | None = None,
    ) -> None:
        """Write the meeting, post its card and open its thread."""
        now = self.bot.clock.now()
        zone = place.zone(group)
        starts_at, zone = parse(when, zone, now)
        cadence = Cadence(repeat)
        if cadence is Cadence.NONE and (until is not None or times is not None):
            raise InvalidInput("Say how often it repeats, for example `repeat: every week`.")
        last = parse_day(until, zone, now) if until is not None else None
        plan = MeetingPlan(
            title=title,
            starts_at=starts_at,
            zone=zone,
            paper=paper,
            minutes=minutes,
            where=where_in(interaction, where),
            facilitator_id=facilitator.id if facilitator else None,
            capacity=capacity,
            cadence=cadence,
            until=last,
            times=times,
            days_ahead=ahead,
        )
        pinged = ping_in(interaction, place, ping)
        made = await self.service.schedule(place, group, plan)
        await self.posting.announce(interaction, made)
        await self.posting.ping(made.view.meeting, pinged)

    @app_commands.command(description="What is coming, with your answers")
    @app_commands.describe(group="Which group; without it, this channel's, else all of them")
    @with_place
    async def list(
        self, interaction: Interaction, place: Place, group: OptionalGroup = None
    ) -> None:
        """Show the coming meetings, the soonest first."""
        chosen = await self.picker.group_here(place, group)
        group_id = chosen.id if chosen else None
        coming = await self.service.coming(place.guild_id, group_id)
        coming = await self.bot.places.seen(place, coming)
        later = await self.series.later(place.guild_id, group_id)
        series = await self.bot.places.seen(place, [one for one, _ in later])
        later = [one for one in later if one[0] in series]
        programmes = await self.calendars.programmes_next(place.guild_id, group_id)
        seen = await self.bot.places.seen(place, [one for one, _ in programmes])
        programmes = [one for one in programmes if one[0] in seen]
        if not coming and not later and not programmes:
            where = f"in {theme.escape(chosen.name)} " if chosen else ""
            await replies.send(
                interaction, f"Nothing is planned {where}yet. `/meeting schedule` sets a meeting."
            )
            return
        entries = await self.service.listed(place, coming)
        await Pages.show(interaction, cards.listed(entries, later, programmes))

    @app_commands.command(description="Show a meeting, and answer it")
    @app_commands.describe(meeting=MEETING_HINT)
    @with_place
    async def show(self, interaction: Interaction, place: Place, meeting: str) -> None:
        """Show the card, to the person who asked."""
        chosen = await self.picker.shown(place, meeting)
        (entry,) = await self.service.listed(place, [chosen])
        view = await self.service.view(chosen.id)
        content = cards.meeting(view, EverybodyButton(chosen.id))
        (embed,) = content.embeds
        where = f" · [the card]({entry.card.url})" if entry.card else ""
        said = cards.own_answer(entry)
        embed.description = f"{embed.description}\n{said[0].upper()}{said[1:]}{where}"
        embed.remove_footer()
        if not chosen.is_open(self.bot.clock.now()):
            await replies.send(interaction, content)
            return

        def press(answer: Answer) -> Press:
            async def answer_it(pressed: Interaction, place: Place) -> None:
                done = await self.rsvps.answer(place.guild_id, chosen.id, place.user_id, answer)
                await replies.send(
                    pressed,
                    f"{rsvp_cards.EMOJI[answer]} Noted for **{theme.escape(chosen.title)}**.",
                )
                await self.reactions.answered_otherwise(done)

            return answer_it

        async def everybody(pressed: Interaction, place: Place) -> None:
            await Pages.show(pressed, rsvp_cards.everybody(view))

        ask = Ask(
            ("Going", discord.ButtonStyle.success, press(Answer.GOING)),
            ("Maybe", discord.ButtonStyle.secondary, press(Answer.MAYBE)),
            ("Not going", discord.ButtonStyle.secondary, press(Answer.NOT_GOING)),
        )
        if content.view is not None:
            ask.add("Everybody", discord.ButtonStyle.secondary, everybody)
        await replies.send(interaction, embed=embed, view=ask)

    @show.autocomplete("meeting")
    async def _shown(self, interaction: Interaction, typed: str) -> Choices:
        return await self.picker.shown_choices(interaction, typed)

    @schedule.autocomplete("where")
    async def _where(self, interaction: Interaction, typed: str) -> Choices:
        return where_choices(interaction, typed)

    @schedule.autocomplete("ping")
    async def _pinged(self, interaction: Interaction, typed: str) -> Choices:
        return ping_choices(interaction, typed)
