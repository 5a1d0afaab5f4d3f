"""The commands about who leads: facilitate and rotation."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.command_arguments import with_group, with_place
from bot.ui.command_groups import SubjectCog
from cogs.reading.command_groups import MEETING
from cogs.reading.facilitators import cards
from cogs.reading.facilitators.service import FacilitatorService
from cogs.reading.meetings.options import (
    MEETING_HINT,
    Choices,
    MeetingPicker,
)
from cogs.reading.meetings.posting import Posting
from data.server.groups import Group


class FacilitatorCommands(SubjectCog, group=MEETING):
    """Finds who leads a meeting."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.facilitators = bot.service(FacilitatorService)
        self.posting = bot.service(Posting)
        self.picker = bot.service(MeetingPicker)

    @app_commands.command(description="Lead a meeting, hand it over, or give it up")
    @app_commands.describe(
        meeting=MEETING_HINT, person="Who leads it instead; without it, you take it or give it up"
    )
    @with_place
    async def facilitate(
        self,
        interaction: Interaction,
        place: Place,
        meeting: str,
        person: discord.User | None = None,
    ) -> None:
        """Take the lead of a meeting, or give it up."""
        chosen = await self.picker.coming(place, meeting)
        title = f"**{theme.escape(chosen.title)}**"
        if person is not None:
            await self.facilitators.hand_over(place, chosen.id, person.id)
            text = f"{theme.person(person.id)} leads {title} now."
        elif chosen.facilitator_id == place.user_id:
            await self.facilitators.decline(place, chosen.id)
            text = f"You don't lead {title} any more. I ask the next in turn."
        else:
            await self.facilitators.lead(place, chosen.id)
            text = f"Thank you: you lead {title}."
        self.posting.changed([chosen])
        await replies.send(interaction, text)

    @app_commands.command(description="Whose turn it is to lead, and who did how often")
    @with_group()
    async def rotation(self, interaction: Interaction, place: Place, group: Group) -> None:
        """Show the members in the order of their turns."""
        turns = await self.facilitators.rotation(place, group)
        await replies.send(interaction, embed=cards.rotation(group.name, turns))

    @facilitate.autocomplete("meeting")
    async def _coming(self, interaction: Interaction, typed: str) -> Choices:
        return await self.picker.coming_choices(interaction, typed)
