"""A new member's one button: their time zone, how they are reminded, and their quiet hours."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton
from bot.ui.form import CardForm, Typed
from cogs.people.profiles import cards
from cogs.people.profiles.service import ProfileService
from cogs.people.wording import REMINDED
from data.states import Nudges


class NoticesButton(CardButton, custom_id="profile:notices", label="My time zone and reminders"):
    """Opens the form; the answer to joining a group shows it."""

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it."""
        await NoticesForm().show(interaction)


class NoticesForm(CardForm, custom_id="profile:noticesform", title="Your time zone and reminders"):
    """What `/profile notify` takes, and the time zone."""

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask, with what is so now."""
        own = await interaction.client.service(ProfileService).own(place)
        self.ask("timezone", "Your time zone", typed, filled=own.timezone or "", limit=100,
                 placeholder="Nairobi", hint="A city will do")  # fmt: skip
        chosen = typed.choices("how") or ((own.nudges.value,) if own.nudges else ())
        options = [
            discord.SelectOption(
                label=theme.clip(REMINDED[one], theme.OPTION_LIMIT),
                value=one.value,
                default=one.value in chosen,
            )
            for one in Nudges
        ]
        menu = ui.Select[Any](custom_id="how", options=options, required=False, min_values=0)
        self.put(menu, "How I remind you of check-ins")
        self.ask("quiet_from", "No reminders from", typed, limit=20, placeholder="22:00",
                 filled=f"{own.quiet_from:%H:%M}" if own.quiet_from else "")  # fmt: skip
        self.ask("quiet_until", "Until", typed, limit=20, placeholder="08:00",
                 filled=f"{own.quiet_until:%H:%M}" if own.quiet_until else "")  # fmt: skip

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Save what was given, and show all of it."""
        service = interaction.client.service(ProfileService)
        picked = typed.choices("how")
        await service.notify(
            place,
            how=next((one for one in Nudges if one.value in picked), None),
            quiet_from=typed.text("quiet_from") or None,
            quiet_until=typed.text("quiet_until") or None,
            timezone=typed.text("timezone") or None,
        )
        place = await interaction.client.places.of(interaction)
        own = await service.own(place)
        await replies.send(interaction, embed=cards.reminders(own, place.zone()))
