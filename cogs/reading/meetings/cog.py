"""The commands that schedule meetings and show them."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.base.errors import InvalidInput
from bot.base.recurrence import Cadence
from bot.client import CohortBot, Interaction
from bot.ui import theme
from bot.ui.command_groups import SubjectCog
from bot.ui.pages import Pages
from bot.ui.report import answered
from cogs.reading.command_groups import MEETING
from cogs.reading.meetings import cards, options
from cogs.reading.meetings.options import (
    GROUP_HINT,
    MEETING_HINT,
    REPEATS,
    WHEN_HINT,
    Choices,
    MeetingPicker,
    parse,
    parse_day,
)
from cogs.reading.meetings.posting import Posting
from cogs.reading.meetings.service import MeetingService
from cogs.reading.meetings.views import Ask, Press
from cogs.reading.meetings.writes import Plan
from cogs.reading.rsvps import cards as rsvp_cards
from cogs.reading.rsvps.handlers import RsvpReactions
from cogs.reading.rsvps.service import RsvpService
from cogs.reading.rsvps.views import EverybodyButton
from data.states import Answer


class Meetings(SubjectCog, group=MEETING):
    """Schedules meetings, lists and shows them."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(MeetingService)
        self.rsvps = bot.service(RsvpService)
        self.posting = bot.service(Posting)
        self.reactions = bot.service(RsvpReactions)
        self.picker = bot.service(MeetingPicker)

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
        group=GROUP_HINT,
        until="The last day on which it repeats",
        times="How often it takes place in all, if it repeats",
        ahead="How many days before each meeting its card is posted; 6",
    )
    @app_commands.choices(repeat=REPEATS)
    @answered
    async def schedule(
        self,
        interaction: Interaction,
        title: str,
        when: str,
        paper: str | None = None,
        minutes: app_commands.Range[int, 5, 600] = 60,
        where: str | None = None,
        facilitator: discord.User | None = None,
        capacity: app_commands.Range[int, 1, 10_000] | None = None,
        repeat: str = Cadence.NONE.value,
        group: str | None = None,
        until: str | None = None,
        times: app_commands.Range[int, 1, 200] | None = None,
        ahead: app_commands.Range[int, 1, 27] = 6,
    ) -> None:
        """Write the meeting, post its card and open its thread."""
        place = await self.bot.places.of(interaction)
        chosen = await self.bot.places.group(place, group)
        now = self.bot.clock.now()
        zone = place.zone(chosen)
        starts_at, zone = parse(when, zone, now)
        cadence = Cadence(repeat)
        if cadence is Cadence.NONE and (until is not None or times is not None):
            raise InvalidInput("Say how often it repeats, for example `repeat: every week`.")
        last = parse_day(until, zone, now) if until is not None else None
        plan = Plan(
            title=title,
            starts_at=starts_at,
            zone=zone,
            paper=paper,
            minutes=minutes,
            location=where,
            facilitator_id=facilitator.id if facilitator else None,
            capacity=capacity,
            cadence=cadence,
            until=last,
            times=times,
            days_ahead=ahead,
        )
        meeting = await self.service.schedule(place, chosen, plan)
        await self.posting.announce(interaction, meeting, chosen)

    @app_commands.command(description="What is coming, with your answers")
    @app_commands.describe(group="Which group; without it, this channel's, else all of them")
    @answered
    async def list(self, interaction: Interaction, group: str | None = None) -> None:
        """Show the coming meetings, the soonest first."""
        place = await self.bot.places.of(interaction)
        chosen = await self.picker.group_here(place, group)
        group_id = chosen.id if chosen else None
        coming = await self.service.coming(place.guild_id, group_id)
        coming = await self.bot.places.seen(place, coming)
        later = await self.service.later(place.guild_id, group_id)
        series = await self.bot.places.seen(place, [one for one, _ in later])
        later = [one for one in later if one[0] in series]
        if not coming and not later:
            where = f"in {theme.plain(chosen.name)} " if chosen else ""
            await interaction.response.send_message(
                f"Nothing is planned {where}yet. `/meeting schedule` sets a meeting.",
                ephemeral=True,
            )
            return
        entries = await self.service.listed(place, coming)
        await Pages.show(interaction, cards.listed(entries, later))

    @app_commands.command(description="Show a meeting, and answer it")
    @app_commands.describe(meeting=MEETING_HINT)
    @answered
    async def show(self, interaction: Interaction, meeting: str) -> None:
        """Show the card, to the person who asked."""
        place = await self.bot.places.of(interaction)
        chosen = options.meeting_named(meeting, await self.picker.shown(place))
        (entry,) = await self.service.listed(place, [chosen])
        view = await self.service.view(chosen.id)
        content = cards.meeting(view, EverybodyButton(chosen.id))
        (embed,) = content.embeds
        where = f" · [the card]({entry.card.url})" if entry.card else ""
        said = cards.own_answer(entry)
        embed.description = f"{embed.description}\n{said[0].upper()}{said[1:]}{where}"
        embed.remove_footer()
        if not chosen.is_open(self.bot.clock.now()):
            await interaction.response.send_message(**content.for_sending(), ephemeral=True)
            return

        def press(answer: Answer) -> Press:
            async def answer_it(pressed: Interaction) -> None:
                done = await self.rsvps.answer(place.guild_id, chosen.id, place.user_id, answer)
                await pressed.response.send_message(
                    f"{rsvp_cards.EMOJI[answer]} Noted for **{theme.plain(chosen.title)}**.",
                    ephemeral=True,
                )
                await self.reactions.answered_otherwise(done)

            return answer_it

        async def everybody(pressed: Interaction) -> None:
            await Pages.show(pressed, rsvp_cards.everybody(view))

        ask = Ask(
            ("Going", discord.ButtonStyle.success, press(Answer.GOING)),
            ("Maybe", discord.ButtonStyle.secondary, press(Answer.MAYBE)),
            ("Not going", discord.ButtonStyle.secondary, press(Answer.NOT_GOING)),
        )
        if content.view is not None:
            ask.add("Everybody", discord.ButtonStyle.secondary, everybody)
        await interaction.response.send_message(embed=embed, view=ask, ephemeral=True)

    @schedule.autocomplete("group")
    @list.autocomplete("group")
    async def _groups(self, interaction: Interaction, typed: str) -> Choices:
        return await self.bot.places.group_choices(interaction, typed)

    @show.autocomplete("meeting")
    async def _shown(self, interaction: Interaction, typed: str) -> Choices:
        return await self.picker.shown_choices(interaction, typed)
