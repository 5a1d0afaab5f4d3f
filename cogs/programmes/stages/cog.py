"""The command `/programme open`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.base.errors import InvalidInput, NotFound
from bot.client import CohortBot, Interaction
from bot.ui import places, replies, theme
from bot.ui.command_groups import SubjectCog
from bot.ui.report import reports_errors
from cogs.programmes import options
from cogs.programmes.command_groups import PROGRAMMES
from cogs.programmes.programme.writes import ProgrammeView
from cogs.programmes.stages import cards as stages_cards
from cogs.programmes.stages.service import StageService
from data.states import CardKind


class StageCommands(SubjectCog, group=PROGRAMMES):
    """The stages of a programme, and the gates between them."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.stages = bot.service(StageService)

    @app_commands.command(description="Open a stage to those who wait before it (who leads)")
    @app_commands.describe(
        stage="Which stage",
        programme=options.PROGRAMME_HINT,
        person="Only to this person; without it, to all who wait",
    )
    @reports_errors
    async def open(
        self,
        interaction: Interaction,
        stage: str,
        programme: str | None = None,
        person: discord.User | None = None,
    ) -> None:
        """Open its gate."""
        place = await self.bot.places.of(interaction)
        whole = await options.programme(self.bot, place, programme)
        number = _stage_named(stage, whole)
        opened, let_in = await self.stages.open(
            place, whole.programme.id, number, [person.id] if person else None
        )
        await replies.send(interaction, stages_cards.gate_opened(opened.stage(number), let_in))
        self.bot.cards.refresh(CardKind.PROGRAMME, opened.programme.id)

    @open.autocomplete("programme")
    async def _programmes(self, interaction: Interaction, typed: str) -> options.Choices:
        return await options.programmes(self.bot, interaction, typed)

    @open.autocomplete("stage")
    async def _stages(self, interaction: Interaction, typed: str) -> options.Choices:
        place = await self.bot.places.of(interaction)
        given: str | None = getattr(interaction.namespace, "programme", None)
        try:
            whole = await options.programme(self.bot, place, given)
        except (NotFound, InvalidInput):
            return []
        return places.choices(
            typed, [(one.title, places.reference(one.number)) for one in whole.stages[1:]]
        )


def _stage_named(given: str, whole: ProgrammeView) -> int:
    """Return the number of the stage that was picked, or typed by its title."""
    number = places.referred(given)
    wanted = given.strip().casefold()
    for one in whole.stages:
        if one.number == number or one.title.casefold() == wanted or wanted == str(one.number):
            return one.number
    titles = ", ".join(f"“{theme.one_line(one.title, 80)}”" for one in whole.stages[1:])
    if not titles:
        raise NotFound(
            "This programme has a single stage, so there is no gate to open. *Stages* on its card "
            "adds more."
        )
    raise NotFound(f"There is no such stage. There is: {titles}.")
