"""Planning a meeting without a command: a form, and one press more for what it leaves out.

Group cards, help and the set-up show these buttons by their custom ids. The form runs `/meeting
schedule` itself, so that there is one way in which a meeting comes into being.
"""

from __future__ import annotations

from typing import Any

import discord
from discord import ui
from msgspec.structs import replace

from bot.base.choices import reference
from bot.base.errors import InvalidInput
from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, Face
from bot.ui.corrections import run_command
from bot.ui.form import CardForm, Typed
from cogs.reading.changes.service import ChangeService, Edits
from cogs.reading.meetings.options import REPEATS
from cogs.reading.meetings.pings import NOBODY, Ping, ping_choices, ping_in
from cogs.reading.meetings.posting import REST_LABEL, Posting
from cogs.reading.meetings.service import MeetingService
from data.reading.meetings import MeetingId
from data.server.groups import GroupId

SCHEDULED = ("title", "when", "where", "repeat", "paper")
"""The options of `/meeting schedule` that the form asks for; a form holds five fields."""


class PlanButton(CardButton, custom_id="meeting:plan:{group_id}", label="Plan a meeting"):
    """Opens the form in which a group's member plans a meeting."""

    group_id: GroupId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it; raises NotFound for a group that is not there."""
        await interaction.client.places.group(place, reference(self.group_id))
        await PlanForm(self.group_id).show(interaction)


class PlanForm(CardForm, custom_id="meeting:planform:{group_id}", title="Plan a meeting"):
    """What a meeting is about, when, where, how often, and what is read."""

    group_id: GroupId

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask for what `/meeting schedule` takes."""
        self.ask("title", "What", typed, required=True, limit=200,
                 placeholder="Toy models of superposition")  # fmt: skip
        self.ask("when", "When", typed, required=True, limit=100,
                 placeholder="tue 19:00, 2026-12-01 18:00, in 3 days 18:00",
                 hint="Read in your own time zone, else the group's")  # fmt: skip
        self.ask("where", "Where", typed, limit=1000,
                 placeholder="A link, a room, or a voice channel's name")  # fmt: skip
        chosen = typed.choices("repeat") or (REPEATS[0].value,)
        options = [
            discord.SelectOption(label=one.name, value=one.value, default=one.value in chosen)
            for one in REPEATS
        ]
        self.put(ui.Select(custom_id="repeat", options=options, required=False), "How often")
        self.ask("paper", "Paper", typed, limit=500,
                 placeholder="An arXiv id, a DOI, a link or a title")  # fmt: skip

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Schedule it, as the command does."""
        given: dict[str, str | int] = {
            name: typed.text(name) for name in SCHEDULED if typed.text(name)
        }
        if picked := typed.choices("repeat"):
            given["repeat"] = picked[0]
        given["group"] = reference(self.group_id)
        await run_command(interaction, "meeting schedule", given, shown=SCHEDULED)


class ComingButton(CardButton, custom_id="meeting:coming:{group_id}", label="What's coming"):
    """Shows a group's coming meetings, as `/meeting list` does."""

    group_id: GroupId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show them, to the person who asked."""
        await run_command(interaction, "meeting list", {"group": reference(self.group_id)})


class RestButton(CardButton, custom_id="meeting:rest:{meeting_id}"):
    """Opens the form for what a meeting can also have."""

    meeting_id: MeetingId

    def face(self) -> Face:
        """Return its label."""
        return replace(super().face(), label=REST_LABEL)

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it."""
        await RestForm(self.meeting_id).show(interaction)


class RestForm(CardForm, custom_id="meeting:restform:{meeting_id}", title="More about the meeting"):
    """Who leads a meeting, how many can come, its length, what helps to know, whom to ping."""

    meeting_id: MeetingId

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask, with what is so now."""
        view = await interaction.client.service(MeetingService).view(self.meeting_id)
        meeting = view.meeting
        leads = [discord.Object(meeting.facilitator_id)] if meeting.facilitator_id else []
        self.put(
            ui.UserSelect[Any](
                custom_id="facilitator",
                required=False,
                default_values=[discord.SelectDefaultValue.from_user(one) for one in leads],
            ),
            "Who leads it",
        )
        self.ask("capacity", "How many can come", typed, limit=5,
                 filled=str(meeting.capacity or ""), hint="The others wait in order")  # fmt: skip
        self.ask("minutes", "How many minutes it takes", typed, limit=3,
                 filled=str(meeting.minutes))  # fmt: skip
        self.ask("prerequisites", "What it helps to know or read before", typed, limit=300,
                 filled=meeting.prerequisites or "")  # fmt: skip
        pinged = typed.choices("ping") or (NOBODY,)
        options = [
            discord.SelectOption(
                label=one.name.capitalize(), value=one.value, default=one.value in pinged
            )
            for one in ping_choices(interaction, "")
        ]
        self.put(ui.Select(custom_id="ping", options=options, required=False), "Whom to ping now")

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Change the meeting."""
        bot = interaction.client
        picked = [one for one in typed.choices("facilitator") if one.isdecimal()]
        edits = Edits(
            facilitator_id=int(picked[0]) if picked else None,
            capacity=_number(typed, "capacity", 0, 10_000),
            minutes=_number(typed, "minutes", 5, 600),
            prerequisites=typed.text("prerequisites") or None,
        )
        pinged = ping_in(interaction, place, next(iter(typed.choices("ping")), None))
        done = await bot.service(ChangeService).edit(place, self.meeting_id, edits, later=False)
        bot.service(Posting).changed(done.meetings)
        told = ", and its ping follows" if pinged != Ping() else ""
        await replies.send(interaction, f"**{theme.escape(done.meeting.title)}** is changed{told}.")
        await bot.service(Posting).ping(done.meeting, pinged)


def _number(typed: Typed, name: str, least: int, most: int) -> int | None:
    text = typed.text(name)
    if not text:
        return None
    if not (text.isdecimal() and least <= int(text) <= most):
        raise InvalidInput(f"`{name}` takes a number from {least} to {most}.")
    return int(text)


PLAN_BUTTONS = (PlanButton, ComingButton, RestButton)
"""The controls that outlive a restart."""
