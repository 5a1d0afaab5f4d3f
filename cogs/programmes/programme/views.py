"""The buttons and menus of programmes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import discord
from discord import ui

from bot import events
from bot.base import when
from bot.base.errors import InvalidInput
from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.confirmation import Ask, confirm
from bot.ui.controls import CardButton, CardButtons
from bot.ui.form import CardForm, Typed
from cogs.programmes.programme import cards, rules
from cogs.programmes.programme.service import ProgrammePlan, ProgrammeService
from cogs.programmes.programme.writes import ProgrammeView
from cogs.programmes.progress.views import ProgressButton, StandButton
from cogs.programmes.stages.views import (
    GatesButton,
)
from data.programmes.programmes import Programme, ProgrammeId
from data.reading.lists import ListId
from data.server.groups import Group
from data.states import CardKind


class JoinButton(
    CardButton,
    custom_id="programme:join:{programme_id}",
    label="Join",
    style=discord.ButtonStyle.success,
):
    """Joins the programme of a card."""

    programme_id: ProgrammeId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Join, and say what comes first."""
        bot = interaction.client
        whole, group_too = await bot.service(ProgrammeService).join(
            place, self.programme_id, interaction.user.display_name
        )
        await replies.send(interaction, cards.joined(whole, place.user_id, group_too=group_too))
        bot.cards.refresh(CardKind.PROGRAMME, whole.programme.id)
        if group_too:
            events.group_changed(bot, whole.group.id)


class LeaveButton(CardButton, custom_id="programme:leave:{programme_id}", label="Leave"):
    """Leaves the programme of a card."""

    programme_id: ProgrammeId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Leave."""
        bot = interaction.client
        programme = await bot.service(ProgrammeService).leave(place, self.programme_id)
        await replies.send(interaction, cards.left(programme))
        bot.cards.refresh(CardKind.PROGRAMME, programme.id)


class FromListButton(CardButton, custom_id="programme:from:{list_id}:{at}", label="As a programme"):
    """Starts a programme from a reading list; other features show it, too.

    ``at`` is when it is meant to begin, in seconds since 1970, or 0.
    """

    list_id: ListId
    at: int = 0

    async def pressed(self, interaction: Interaction) -> None:
        """Ask when it begins."""
        await StartForm(self.list_id, self.at).show(interaction)


class RestoreButton(CardButton, custom_id="programme:restore:{programme_id}", label="Undo"):
    """Brings an ended programme back."""

    programme_id: ProgrammeId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Bring it back."""
        bot = interaction.client
        programme = await bot.service(ProgrammeService).restore(place, self.programme_id)
        await replies.edit(interaction, f"**{theme.escape(programme.title)}** goes on.")
        bot.cards.refresh(CardKind.PROGRAMME, programme.id)


BUTTONS = (JoinButton, LeaveButton, FromListButton, RestoreButton)


def confirm_end(programme_id: ProgrammeId) -> Ask:
    """Return the question before a programme is ended."""

    async def end(pressed: Interaction, place: Place) -> None:
        programme = await pressed.client.service(ProgrammeService).end(place, programme_id)
        await replies.edit(
            pressed,
            f"**{theme.escape(programme.title)}** has ended. What people did and handed in stays.",
            view=CardButtons(RestoreButton(programme.id)),
        )
        pressed.client.cards.refresh(CardKind.PROGRAMME, programme.id)

    return confirm("End it", end, keep="Let it go on", kept="It goes on.")


def card_buttons(whole: ProgrammeView) -> list[ui.Item[Any]]:
    """Return the buttons of a programme's card."""
    programme_id = whole.programme.id
    waiting = sum(len(whole.waiting(stage.number)) for stage in whole.stages)
    buttons: list[ui.Item[Any]] = [
        JoinButton(programme_id),
        StandButton(programme_id),
        ProgressButton(programme_id),
        LeaveButton(programme_id),
    ]
    buttons.insert(3, GatesButton(programme_id, waiting, gated=len(whole.stages) > 1))
    return buttons


class StartForm(CardForm, custom_id="programme:start:{list_id}"):
    """When a programme begins, and how it meets."""

    list_id: ListId
    at: int = 0

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask for it, with when it is to begin if that is known; only for those who may."""
        service = interaction.client.service(ProgrammeService)
        listed, group = await service.startable(place, self.list_id)
        starts = ""
        if 0 < self.at < rules.LATEST:
            first = datetime.fromtimestamp(self.at, place.group_zone(group))
            starts = f"{first:%Y-%m-%d %H:%M}"
        self.title = f"A programme: {listed.title}"
        self.ask(
            "starts",
            "When the first unit is met",
            typed,
            filled=starts,
            hint="All others follow weekly, on the same day and at the same time",
            placeholder="tue 24 nov 19:00",
            required=True,
            limit=60,
        )
        self.ask(
            "weeks",
            "Weeks without a meeting",
            typed,
            hint="A day of each, for example of holidays",
            placeholder="2026-12-22, 2026-12-29",
            limit=400,
        )
        self.ask(
            "pods",
            "How many people in a pod",
            typed,
            hint="Pods are proposed two days before; leave it empty for none",
            placeholder="4",
            limit=2,
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Start it, and post its card."""
        bot = interaction.client
        _, group = await bot.service(ProgrammeService).startable(place, self.list_id)
        size = typed.text("pods")
        if size and not (size.isdecimal() and 2 <= int(size) <= 12):
            raise InvalidInput("Give the size of a pod as a number from 2 to 12, such as 4.")
        plan = planned(
            place,
            group,
            bot.clock.now(),
            list_id=self.list_id,
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
    gated: bool = False,
    self_opening: bool = False,
) -> ProgrammePlan:
    """Read what was typed for a programme, in the group's zone; raises InvalidInput."""
    first = when.read(starts, zone=place.group_zone(group), now=now, end_of_day=True)
    zone, days_later = first.zone, 0
    if at is not None:
        clock, days_later = when.parse_time_on(at, day or "that day")
    elif first.has_time:
        clock = first.at.astimezone(zone).time().replace(second=0, microsecond=0, fold=0)
    else:
        clock = rules.USUAL_TIME
    weekday = when.parse_weekday(day) if day is not None else None
    starts_on = rules.first_day(first.day, weekday) + timedelta(days=days_later)
    return ProgrammePlan(
        list_id=list_id,
        starts_on=starts_on,
        at=clock,
        timezone=zone.key,
        skipped=rules.weeks_in(weeks, zone, now) if weeks else (),
        pod_size=pod_size,
        minutes=minutes,
        title=title,
        facilitator_id=facilitator_id,
        gated=gated,
        self_opening=self_opening,
    )


async def start(interaction: Interaction, place: Place, plan: ProgrammePlan) -> Programme:
    """Start a programme and answer with its card."""
    bot = interaction.client
    service = bot.service(ProgrammeService)
    programme = await service.start(place, plan)
    whole = await service.course(programme.id)
    events.group_changed(bot, whole.group.id)
    await bot.cards.answer(
        interaction,
        CardKind.PROGRAMME,
        programme.id,
        whole.group.channel_id,
        said=cards.started(whole),
    )
    return programme
