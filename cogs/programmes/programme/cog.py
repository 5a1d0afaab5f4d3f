"""The commands `/programme start`, `show`, `skip` and `end`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.base import when
from bot.base.errors import NotFound
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import places, replies, theme
from bot.ui.command_groups import SubjectCog
from bot.ui.report import reports_errors
from cogs.programmes import options
from cogs.programmes.command_groups import GROUP_HINT, PROGRAMMES
from cogs.programmes.programme import cards, views
from cogs.programmes.programme import views as programme_views
from cogs.programmes.programme.service import ProgrammeService
from cogs.programmes.programme.writes import leads
from data.states import CardKind

DAYS = [app_commands.Choice(name=day, value=day) for day in when.WEEKDAYS]
GATES = [
    app_commands.Choice(name="The lead opens them", value="led"),
    app_commands.Choice(name="They open by themselves", value="open"),
]


class ProgrammeCommands(SubjectCog, group=PROGRAMMES):
    """Cohorts that go through a reading list together, stage by stage."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(ProgrammeService)

    @app_commands.command(description="Start a programme: a cohort that goes through a list")
    @app_commands.describe(
        list="Which reading list; /reading import makes one",
        starts="When the first unit is met, for example tue 24 nov 19:00",
        day="On which day it meets, if not on that day of the week",
        time="At what time; without it, as in starts, else 19:00",
        weeks="Weeks without a meeting: a day of each, between commas",
        pod_size="How many people in a pod; without it, no pods are formed",
        group=GROUP_HINT,
        title="What it is called; without it, as the list",
        minutes="How long each meeting takes; without it, 60",
        facilitator="Who leads it and opens its gates; without it, you",
        gates="Adds two stages behind gates, and says who opens them; without it, readings alone",
    )
    @app_commands.choices(day=DAYS, gates=GATES)
    @reports_errors
    async def start(
        self,
        interaction: Interaction,
        list: str,
        starts: str,
        day: str | None = None,
        time: str | None = None,
        weeks: str | None = None,
        pod_size: app_commands.Range[int, 2, 12] | None = None,
        group: str | None = None,
        title: str | None = None,
        minutes: app_commands.Range[int, 5, 600] = 60,
        facilitator: discord.User | None = None,
        gates: str | None = None,
    ) -> None:
        """Write the programme and post its card; meetings and pods follow."""
        place = await self.bot.places.of(interaction)
        if group is not None:
            await self.bot.places.group(place, group)
        list_id = await self._list(place, list)
        _, belongs = await self.service.startable(place, list_id)
        plan = programme_views.planned(
            place,
            belongs,
            self.bot.clock.now(),
            list_id=list_id,
            starts=starts,
            day=day,
            at=time,
            weeks=weeks,
            pod_size=pod_size,
            minutes=minutes,
            title=title,
            facilitator_id=facilitator.id if facilitator else None,
            gated=gates is not None,
            self_opening=gates == "open",
        )
        await programme_views.start(interaction, place, plan)

    @app_commands.command(description="A programme's units and stages, and what is open to you")
    @app_commands.describe(programme=options.PROGRAMME_HINT)
    @reports_errors
    async def show(self, interaction: Interaction, programme: str | None = None) -> None:
        """Show all of it to the person who asked."""
        place = await self.bot.places.of(interaction)
        whole = await options.programme(self.bot, place, programme)
        stage = whole.reached.get(place.user_id)
        if stage is None:
            stage = None if leads(place, whole.programme) else 1
        embed = cards.overview(whole, stage)
        card = await self.bot.store.fetch(
            lambda tx: tx.cards.get(CardKind.PROGRAMME, whole.programme.id)
        )
        if card is not None:
            embed.url = card.url
        await replies.send(interaction, embed=embed)

    @app_commands.command(description="Leave out a week: what follows is a week later (who leads)")
    @app_commands.describe(
        week="A day of that week, for example 2026-12-22", programme=options.PROGRAMME_HINT
    )
    @reports_errors
    async def skip(self, interaction: Interaction, week: str, programme: str | None = None) -> None:
        """Put off all that is still to come."""
        place = await self.bot.places.of(interaction)
        whole = await options.programme(self.bot, place, programme)
        zone = whole.programme.zone
        day = when.read(week, zone=zone, now=self.bot.clock.now(), end_of_day=True).day
        skipped, moved = await self.service.skip(place, whole.programme.id, day)
        await replies.send(interaction, cards.skipped(skipped, moved))
        self.bot.cards.refresh(CardKind.PROGRAMME, skipped.programme.id)

    @app_commands.command(description="End a programme; you can undo it (who leads)")
    @app_commands.describe(programme=options.PROGRAMME_HINT)
    @reports_errors
    async def end(self, interaction: Interaction, programme: str | None = None) -> None:
        """Ask before it ends."""
        place = await self.bot.places.of(interaction)
        whole = await options.programme(self.bot, place, programme)
        await self.service.endable(place, whole.programme.id)
        await replies.send(
            interaction,
            f"End **{theme.escape(whole.programme.title)}**? Its meetings that have not begun are "
            "called off; what people did and handed in stays.",
            view=views.confirm_end(whole.programme.id),
        )

    @start.autocomplete("list")
    async def _lists(self, interaction: Interaction, typed: str) -> options.Choices:
        place = await self.bot.places.of(interaction)
        found = await self.bot.places.seen(place, await self.service.lists(place.guild_id))
        here = place.here.id if place.here is not None else None
        ranked = sorted(found, key=lambda one: one.group_id != here)
        return places.choices(typed, [(one.title, places.reference(one.id)) for one in ranked])

    @start.autocomplete("group")
    async def _groups(self, interaction: Interaction, typed: str) -> options.Choices:
        return await self.bot.places.group_choices(interaction, typed)

    @show.autocomplete("programme")
    @skip.autocomplete("programme")
    @end.autocomplete("programme")
    async def _programmes(self, interaction: Interaction, typed: str) -> options.Choices:
        return await options.programmes(self.bot, interaction, typed)

    async def _list(self, place: Place, given: str) -> int:
        """Return the reading list that was picked or typed by its title."""
        number = places.referred(given)
        wanted = given.strip().casefold()
        for one in await self.bot.places.seen(place, await self.service.lists(place.guild_id)):
            if one.id == number or one.title.casefold() == wanted:
                return one.id
        raise NotFound(
            f"There is no reading list called “{theme.one_line(given, 60)}” here. `/reading "
            "import` makes one; pick it from the list that opens while you type."
        )
