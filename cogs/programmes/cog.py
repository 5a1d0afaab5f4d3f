"""The commands `/programme`, and what keeps the cards true."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.base import when
from bot.base.errors import InvalidInput, NotFound
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content
from bot.place import Place
from bot.ui import places, theme
from bot.ui.report import answered
from cogs.programmes import cards, forms, views
from cogs.programmes.progress_service import ProgressService
from cogs.programmes.reminders import Reminders
from cogs.programmes.service import Course, ProgrammeService, leads
from cogs.programmes.stage_service import StageService
from data.programmes.programmes import Programme
from data.server.groups import GroupId
from data.states import CardKind

PROGRAMME_HINT = "Which programme; without it, the one of this channel's group"
GROUP_HINT = "Which group's lists; without it, the one of this channel"
DAYS = [app_commands.Choice(name=day, value=day) for day in when.WEEKDAYS]
GATES = [
    app_commands.Choice(name="Who leads opens them", value="led"),
    app_commands.Choice(name="They open by themselves", value="open"),
]

Choices = list[app_commands.Choice[str]]


class ProgrammeCommands(commands.GroupCog, group_name="programme", name="programmes"):
    """Cohorts that go through a reading list together, stage by stage."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(ProgrammeService)
        self.stages = bot.service(StageService)
        self.progresses = bot.service(ProgressService)
        self.reminders = Reminders(bot)
        bot.cards.render_with(CardKind.PROGRAMME, self.render)

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
        gates="Who opens the gates between stages",
    )
    @app_commands.choices(day=DAYS, gates=GATES)
    @answered
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
        gates: str = "led",
    ) -> None:
        """Write the programme and post its card; meetings and pods follow."""
        place = await self.bot.places.of(interaction)
        if group is not None:
            await self.bot.places.group(place, group)
        list_id = await self._list(place, list)
        _, belongs = await self.service.startable(place, list_id)
        plan = forms.planned(
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
            self_opening=gates == "open",
        )
        await forms.start(interaction, place, plan)

    @app_commands.command(description="A programme's units and stages, and what is open to you")
    @app_commands.describe(programme=PROGRAMME_HINT)
    @answered
    async def show(self, interaction: Interaction, programme: str | None = None) -> None:
        """Show all of it to the person who asked."""
        place = await self.bot.places.of(interaction)
        whole = await self._course(place, programme)
        stage = whole.reached.get(place.user_id)
        if stage is None:
            stage = None if leads(place, whole.programme) else 1
        embed = cards.overview(whole, stage)
        async with self.bot.store.read() as tx:
            card = await tx.cards.get(CardKind.PROGRAMME, whole.programme.id)
        if card is not None:
            embed.url = card.url
        await interaction.response.send_message(embed=embed, ephemeral=True)

    @app_commands.command(description="How far the people in a programme are, as a picture")
    @app_commands.describe(programme=PROGRAMME_HINT, person="One person's; without it, everybody's")
    @answered
    async def progress(
        self,
        interaction: Interaction,
        programme: str | None = None,
        person: discord.User | None = None,
    ) -> None:
        """Show the picture, or where one person stands."""
        place = await self.bot.places.of(interaction)
        whole = await self._course(place, programme)
        if person is None:
            await views.show_progress(interaction, whole.programme.id, None)
            return
        shown = await self.progresses.standing(place, whole.programme.id, person.id)
        await interaction.response.send_message(
            embed=cards.standing(shown), view=views.own_controls(shown), ephemeral=True
        )

    @app_commands.command(description="Open a stage to those who wait before it (who leads)")
    @app_commands.describe(
        stage="Which stage",
        programme=PROGRAMME_HINT,
        person="Only to this person; without it, to all who wait",
    )
    @answered
    async def open(
        self,
        interaction: Interaction,
        stage: str,
        programme: str | None = None,
        person: discord.User | None = None,
    ) -> None:
        """Open its gate."""
        place = await self.bot.places.of(interaction)
        whole = await self._course(place, programme)
        number = _stage_named(stage, whole)
        opened, let_in = await self.stages.open(
            place, whole.programme.id, number, [person.id] if person else None
        )
        await interaction.response.send_message(
            cards.gate_opened(opened.stage(number), let_in),
            ephemeral=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        views.refresh(self.bot, opened)

    @app_commands.command(description="Leave out a week: what follows is a week later (who leads)")
    @app_commands.describe(
        week="A day of that week, for example 2026-12-22", programme=PROGRAMME_HINT
    )
    @answered
    async def skip(self, interaction: Interaction, week: str, programme: str | None = None) -> None:
        """Put off all that is still to come."""
        place = await self.bot.places.of(interaction)
        whole = await self._course(place, programme)
        zone = whole.programme.zone
        day = when.parse(week, zone=zone, now=self.bot.clock.now(), end_of_day=True)
        skipped, moved = await self.service.skip(
            place, whole.programme.id, day.astimezone(zone).date()
        )
        await interaction.response.send_message(cards.skipped(skipped, moved), ephemeral=True)
        views.refresh(self.bot, skipped)

    @app_commands.command(description="End a programme; you can undo it (who leads)")
    @app_commands.describe(programme=PROGRAMME_HINT)
    @answered
    async def end(self, interaction: Interaction, programme: str | None = None) -> None:
        """Ask before it ends."""
        place = await self.bot.places.of(interaction)
        whole = await self._course(place, programme)
        await self.service.endable(place, whole.programme.id)
        await interaction.response.send_message(
            f"End **{theme.plain(whole.programme.title)}**? Its meetings that have not begun are "
            "called off; what people did and handed in stays.",
            view=views.ConfirmEnd(whole.programme.id),
            ephemeral=True,
        )

    @start.autocomplete("list")
    async def _lists(self, interaction: Interaction, typed: str) -> Choices:
        place = await self.bot.places.of(interaction)
        found = await self.bot.places.seen(place, await self.service.lists(place.guild_id))
        here = place.here.id if place.here is not None else None
        ranked = sorted(found, key=lambda one: one.group_id != here)
        return places.choices(typed, [(one.title, places.reference(one.id)) for one in ranked])

    @start.autocomplete("group")
    async def _groups(self, interaction: Interaction, typed: str) -> Choices:
        return await self.bot.places.group_choices(interaction, typed)

    @show.autocomplete("programme")
    @progress.autocomplete("programme")
    @open.autocomplete("programme")
    @skip.autocomplete("programme")
    @end.autocomplete("programme")
    async def _programmes(self, interaction: Interaction, typed: str) -> Choices:
        place = await self.bot.places.of(interaction)
        found = await self.bot.places.seen(place, await self.service.of_server(place.guild_id))
        return places.choices(typed, [(one.title, places.reference(one.id)) for one in found])

    @open.autocomplete("stage")
    async def _stages(self, interaction: Interaction, typed: str) -> Choices:
        place = await self.bot.places.of(interaction)
        given: str | None = getattr(interaction.namespace, "programme", None)
        try:
            whole = await self._course(place, given)
        except (NotFound, InvalidInput):
            return []
        return places.choices(
            typed, [(one.title, places.reference(one.number)) for one in whole.stages[1:]]
        )

    @commands.Cog.listener()
    async def on_group_changed(self, group_id: GroupId) -> None:
        """Let go of who left the group, and bring its programmes' cards up to date."""
        for programme_id in await self.service.left_group(group_id):
            self.bot.cards.refresh(CardKind.PROGRAMME, programme_id)

    @commands.Cog.listener()
    async def on_group_restored(self, group_id: GroupId) -> None:
        """Plan anew what goes on in a group that was brought back."""
        for programme_id in await self.service.resumed(group_id):
            self.bot.cards.refresh(CardKind.PROGRAMME, programme_id)

    async def render(self, programme_id: int) -> Content:
        """Return a programme's card."""
        whole = await self.service.course(programme_id)
        named, unnamed = await self.progresses.named(whole)
        return cards.card(whole, named, unnamed, views.card_buttons(whole))

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

    async def _course(self, place: Place, given: str | None) -> Course:
        """Return the programme that is meant: named, or of this channel, or the only one."""
        found = await self.bot.places.seen(place, await self.service.of_server(place.guild_id))
        if given is not None:
            number = places.referred(given)
            wanted = given.strip().casefold()
            for one in found:
                if one.id == number or one.title.casefold() == wanted:
                    return await self.service.of_place(place, one.id)
            raise NotFound(
                f"There is no programme called “{theme.one_line(given, 60)}” here. Pick one from "
                "the list that opens while you type."
            )
        running = [one for one in found if one.ended_at is None]
        chosen = _only(running, place) or _only(found, place)
        if chosen is None and not found:
            raise NotFound(
                "There is no programme in this server yet. An organiser, or who leads meetings, "
                "starts one with `/programme start`."
            )
        if chosen is None:
            raise InvalidInput("Which programme? Give `programme:`.")
        return await self.service.of_place(place, chosen.id)


def _only(found: list[Programme], place: Place) -> Programme | None:
    """Return the one programme of this channel's group, or the only one there is."""
    here = [one for one in found if place.here is not None and one.group_id == place.here.id]
    if len(here) == 1:
        return here[0]
    return found[0] if len(found) == 1 else None


def _stage_named(given: str, whole: Course) -> int:
    """Return the number of the stage that was picked, or typed by its title."""
    number = places.referred(given)
    wanted = given.strip().casefold()
    for one in whole.stages:
        if one.number == number or one.title.casefold() == wanted or wanted == str(one.number):
            return one.number
    titles = ", ".join(f"“{theme.one_line(one.title, 80)}”" for one in whole.stages[1:])
    raise NotFound(f"There is no such stage. There is: {titles or 'only one'}.")
