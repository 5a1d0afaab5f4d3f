"""The command `/profile match`."""

from __future__ import annotations

from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.command_arguments import with_place
from bot.ui.command_groups import SubjectCog
from cogs.people.command_groups import PROFILE
from cogs.people.introductions import cards
from cogs.people.introductions.service import IntroductionService
from cogs.people.introductions.views import IntroduceButton
from cogs.people.wording import LOOKING_FOR
from data.states import Purpose


class IntroductionCommands(SubjectCog, group=PROFILE):
    """People who fit together."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(IntroductionService)

    @app_commands.command(description="People who are open to it, and why you fit")
    @app_commands.describe(
        purpose="What you are looking for; without it, what you are open to yourself"
    )
    @app_commands.rename(purpose="for")
    @app_commands.choices(
        purpose=[
            app_commands.Choice(name=name, value=one.value) for one, name in LOOKING_FOR.items()
        ]
    )
    @with_place
    async def match(
        self, interaction: Interaction, place: Place, purpose: str | None = None
    ) -> None:
        """List people who fit, to the person who asked."""
        found = await self.service.find(place, Purpose(purpose) if purpose else None)
        buttons = {
            match.profile.user_id: IntroduceButton(found.purpose, match.profile.user_id)
            for match in found.matches[: cards.MATCHES_SHOWN]
        }
        await replies.send(interaction, view=cards.matches(found, buttons))
