"""The forms of programmes: starting one, changing its stages, handing something in."""

from __future__ import annotations

from datetime import date, datetime, time

import discord
from discord import ui

from bot import events
from bot.base import when
from bot.base.errors import InvalidInput
from bot.client import Interaction
from bot.place import Place
from bot.ui import theme
from bot.ui.form import Form, Typed
from cogs.programmes import cards, rules
from cogs.programmes.service import Plan, ProgrammeService
from cogs.programmes.stage_service import StageService
from data.programmes.programmes import Programme
from data.server.groups import Group
from data.states import CardKind

USUAL_TIME = time(19, 0)
"""When a programme meets whose first day is given without a time."""


class HandInForm(Form, template=r"programme:work:(?P<programme_id>\d{1,18}):(?P<stage>\d{1,2})"):
    """What somebody made in a stage."""

    @classmethod
    async def build(
        cls, interaction: Interaction, typed: Typed, *, programme_id: int, stage: int
    ) -> HandInForm:
        """Return the form, with what was handed in before."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        draft = await bot.service(StageService).draft(place, programme_id)
        before = draft.before
        form = cls(
            f"Hand in: {draft.stage.title}", f"programme:work:{programme_id}:{draft.stage.number}"
        )
        form.ask(
            "text",
            "A link, or a few lines",
            typed,
            filled=before.text if before else "",
            hint=draft.stage.asks,
            placeholder="https://…",
            long=True,
            limit=rules.HAND_IN_LIMIT,
        )
        if draft.projects:
            chosen = typed.choices("project") or (
                (str(before.project_id),) if before and before.project_id else ()
            )
            form.put(
                ui.Select(
                    custom_id="project",
                    options=[
                        discord.SelectOption(
                            label=theme.clip(one.title, theme.CHOICE_LIMIT),
                            value=str(one.id),
                            default=str(one.id) in chosen,
                        )
                        for one in draft.projects
                    ],
                    min_values=0,
                    max_values=1,
                    required=False,
                ),
                "Or a board of yours",
            )
        return form

    @classmethod
    async def submitted(
        cls, interaction: Interaction, typed: Typed, *, programme_id: int, stage: int
    ) -> None:
        """Keep it, and say what happens with it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        chosen = [one for one in typed.choices("project") if one.isdecimal() and len(one) < 19]
        whole, late = await bot.service(StageService).hand_in(
            place,
            programme_id,
            stage,
            text=typed.text("text"),
            project_id=int(chosen[0]) if chosen else None,
            name=interaction.user.display_name,
        )
        text = cards.handed_in(whole, whole.stage(stage), late=late, user_id=place.user_id)
        await interaction.response.send_message(text, ephemeral=True)
        bot.cards.refresh(CardKind.PROGRAMME, whole.programme.id)


class StagesForm(Form, template=r"programme:plan:(?P<programme_id>\d{1,18})"):
    """The stages of a programme, a line for each."""

    @classmethod
    async def build(
        cls, interaction: Interaction, typed: Typed, *, programme_id: int
    ) -> StagesForm:
        """Return the form with the stages as they are."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        filled = await bot.service(StageService).stages_text(place, programme_id)
        form = cls("Stages", f"programme:plan:{programme_id}")
        return form.ask(
            "stages",
            "A line for each, in their order",
            typed,
            filled=filled,
            hint="Title | what is handed in | due 2027-01-15 | units 7-8. The title is enough.",
            placeholder="Artefact | a link to your summary | due 2027-01-15",
            long=True,
            required=True,
        )

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, *, programme_id: int) -> None:
        """Put them in the place of the others."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        whole = await bot.service(StageService).edit_stages(
            place, programme_id, typed.text("stages")
        )
        await interaction.response.send_message(embed=cards.overview(whole, None), ephemeral=True)
        bot.cards.refresh(CardKind.PROGRAMME, whole.programme.id)


class StartForm(Form, template=r"programme:start:(?P<list_id>\d{1,18})"):
    """When a programme begins, and how it meets."""

    @classmethod
    async def build(
        cls, interaction: Interaction, typed: Typed, *, list_id: int, at: int = 0
    ) -> StartForm:
        """Return the form, with when it is to begin if that is known; refused for who may not."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        listed, group = await bot.service(ProgrammeService).startable(place, list_id)
        first = datetime.fromtimestamp(at, place.group_zone(group))
        form = cls(f"A programme: {listed.title}", f"programme:start:{list_id}")
        form.ask(
            "starts",
            "When the first unit is met",
            typed,
            filled=f"{first:%Y-%m-%d %H:%M}" if at else "",
            hint="All others follow weekly, on the same day and at the same time",
            placeholder="tue 24 nov 19:00",
            required=True,
            limit=60,
        )
        form.ask(
            "weeks",
            "Weeks without a meeting",
            typed,
            hint="A day of each, for example of holidays",
            placeholder="2026-12-22, 2026-12-29",
            limit=400,
        )
        return form.ask(
            "pods",
            "How many people in a pod",
            typed,
            hint="Pods are proposed two days before; leave it empty for none",
            placeholder="4",
            limit=2,
        )

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, *, list_id: int) -> None:
        """Start it, and post its card."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        _, group = await bot.service(ProgrammeService).startable(place, list_id)
        size = typed.text("pods")
        if size and not (size.isdecimal() and 2 <= int(size) <= 12):
            raise InvalidInput("Give the size of a pod as a number from 2 to 12, such as 4.")
        plan = planned(
            place,
            group,
            bot.clock.now(),
            list_id=list_id,
            starts=typed.text("starts"),
            weeks=typed.text("weeks") or None,
            pod_size=int(size) if size else None,
        )
        await start(interaction, place, plan)


def planned(
    place: Place,
    group: Group,
    now: datetime,
    *,
    list_id: int,
    starts: str,
    day: str | None = None,
    at: str | None = None,
    weeks: str | None = None,
    pod_size: int | None = None,
    minutes: int = 60,
    title: str | None = None,
    facilitator_id: int | None = None,
    self_opening: bool = False,
) -> Plan:
    """Read what was typed for a programme, in the group's zone; raises InvalidInput."""
    zone = when.zone_in(starts, place.group_zone(group))
    first = when.parse(starts, zone=zone, now=now, end_of_day=True).astimezone(zone)
    if at is not None:
        clock = when.parse_time(at)
    elif (first.hour, first.minute) == (23, 59):
        clock = USUAL_TIME
    else:
        clock = first.time().replace(second=0, microsecond=0, fold=0)
    starts_on: date = rules.first_day(
        first.date(), when.parse_weekday(day) if day is not None else None
    )
    return Plan(
        list_id=list_id,
        starts_on=starts_on,
        at=clock,
        timezone=zone.key,
        skipped=rules.weeks_in(weeks, zone, now) if weeks else (),
        pod_size=pod_size,
        minutes=minutes,
        title=title,
        facilitator_id=facilitator_id,
        self_opening=self_opening,
    )


async def start(interaction: Interaction, place: Place, plan: Plan) -> Programme:
    """Start a programme and answer with its card."""
    bot = interaction.client
    service = bot.service(ProgrammeService)
    programme = await service.start(place, plan)
    whole = await service.course(programme.id)
    events.group_changed(bot, whole.group.id)
    await bot.cards.answer(interaction, CardKind.PROGRAMME, programme.id, whole.group.channel_id)
    return programme
