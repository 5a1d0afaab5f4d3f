"""Which programme a command means, and what its option offers while people type."""

from __future__ import annotations

from discord import app_commands

from bot.base.errors import InvalidInput, NotFound
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import places, theme
from cogs.programmes.programme.service import ProgrammeService
from cogs.programmes.programme.writes import ProgrammeView
from data.programmes.programmes import Programme

PROGRAMME_HINT = "Which programme; without it, the one of this channel's group"

Choices = list[app_commands.Choice[str]]


async def programmes(bot: CohortBot, interaction: Interaction, typed: str) -> Choices:
    """Return the programmes that somebody may know of, for autocomplete."""
    place = await bot.places.of(interaction)
    found = await bot.places.seen(
        place, await bot.service(ProgrammeService).of_server(place.guild_id)
    )
    return places.choices(typed, [(one.title, places.reference(one.id)) for one in found])


async def programme(bot: CohortBot, place: Place, given: str | None) -> ProgrammeView:
    """Return the programme that is meant: named, or of this channel, or the only one."""
    found = await bot.places.seen(
        place, await bot.service(ProgrammeService).of_server(place.guild_id)
    )
    if given is not None:
        number = places.referred(given)
        wanted = given.strip().casefold()
        for one in found:
            if one.id == number or one.title.casefold() == wanted:
                return await bot.service(ProgrammeService).of_place(place, one.id)
        raise NotFound(
            f"There is no programme called “{theme.one_line(given, 60)}” here. Pick one from "
            "the list that opens while you type."
        )
    running = [one for one in found if one.ended_at is None]
    chosen = _only(running, place) or _only(found, place)
    if chosen is None and not found:
        raise NotFound(
            "There is no programme in this server yet. An organiser, or somebody who leads "
            "meetings, starts one with `/programme start`."
        )
    if chosen is None:
        raise InvalidInput("Which programme? Give `programme:`.")
    return await bot.service(ProgrammeService).of_place(place, chosen.id)


def _only(found: list[Programme], place: Place) -> Programme | None:
    """Return the one programme of this channel's group, or the only one there is."""
    here = [one for one in found if place.here is not None and one.group_id == place.here.id]
    if len(here) == 1:
        return here[0]
    return found[0] if len(found) == 1 else None
