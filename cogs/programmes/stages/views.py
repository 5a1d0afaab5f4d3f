"""The buttons, menus and forms of stages."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui
from msgspec.structs import replace

from bot.base.errors import Conflict
from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardButtons, CardSelect, Face, chosen_id
from bot.ui.form import CardForm, Typed
from cogs.programmes import symbols
from cogs.programmes.programme import cards
from cogs.programmes.stages import cards as stages_cards
from cogs.programmes.stages import rules as stages_rules
from cogs.programmes.stages.service import Gates, GateView, StageService
from data.programmes.programmes import ProgrammeId
from data.states import CardKind


class HandInForm(CardForm, custom_id="programme:work:{programme_id}:{stage}"):
    """What somebody made in a stage."""

    programme_id: ProgrammeId
    stage: int

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask for it, with what was handed in before."""
        draft = await interaction.client.service(StageService).draft(place, self.programme_id)
        before = draft.before
        self.stage = draft.stage.number
        self.title = f"Hand in: {draft.stage.title}"
        self.ask(
            "text",
            "A link, or a few lines",
            typed,
            filled=before.text if before else "",
            hint=draft.stage.asks,
            placeholder="https://…",
            long=True,
            limit=stages_rules.HAND_IN_LIMIT,
        )
        if draft.projects:
            chosen = typed.choices("project") or (
                (str(before.project_id),) if before and before.project_id else ()
            )
            options = [
                discord.SelectOption(
                    label=theme.clip(one.title, theme.CHOICE_LIMIT),
                    value=str(one.id),
                    default=str(one.id) in chosen,
                )
                for one in draft.projects
            ]
            menu = ui.Select[Any](
                custom_id="project", options=options, min_values=0, max_values=1, required=False
            )
            self.put(menu, "Or a board of yours")

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Keep it, and say what happens with it."""
        bot = interaction.client
        chosen = [chosen_id(one) for one in typed.choices("project")]
        for one in chosen:
            await bot.places.admit(place, {"project_id": one})
        whole, late = await bot.service(StageService).hand_in(
            place,
            self.programme_id,
            self.stage,
            text=typed.text("text"),
            project_id=chosen[0] if chosen else None,
            name=interaction.user.display_name,
        )
        stage = whole.stage(self.stage)
        text = stages_cards.handed_in(whole, stage, late=late, user_id=place.user_id)
        await replies.send(interaction, text)
        bot.cards.refresh(CardKind.PROGRAMME, whole.programme.id)


class StagesForm(CardForm, custom_id="programme:plan:{programme_id}", title="Stages"):
    """The stages of a programme, a line for each."""

    programme_id: ProgrammeId

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Show the stages as they are."""
        filled = await interaction.client.service(StageService).stages_text(
            place, self.programme_id
        )
        self.ask(
            "stages",
            "A line for each, in their order",
            typed,
            filled=filled,
            hint="Title | what is handed in | due 2027-01-15 | units 7-8. The title is enough.",
            placeholder="Artefact | a link to your summary | due 2027-01-15",
            long=True,
            required=True,
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Replace the stages."""
        bot = interaction.client
        whole = await bot.service(StageService).edit_stages(
            place, self.programme_id, typed.text("stages")
        )
        await replies.send(interaction, embed=cards.overview(whole, None))
        bot.cards.refresh(CardKind.PROGRAMME, whole.programme.id)


PICKED = 25
"""How many people a menu offers."""


class GatesButton(CardButton, custom_id="programme:gates:{programme_id}"):
    """Shows facilitators who waits at which gate; without gates it leads to the stages."""

    programme_id: ProgrammeId
    waiting: int = 0
    gated: bool = True

    def face(self) -> Face:
        """Say how many wait."""
        if not self.gated:
            return replace(super().face(), label="Stages")
        label = f"Gates ({self.waiting})" if self.waiting else "Gates"
        return replace(super().face(), label=label, emoji=symbols.GATE)

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show them to this person alone."""
        bot = interaction.client
        shown = await bot.service(StageService).gates(place, self.programme_id)
        await replies.send(interaction, embed=stages_cards.gates(shown), view=gate_controls(shown))


class OpenAllButton(
    CardButton,
    custom_id="programme:all:{programme_id}:{stage}",
    style=discord.ButtonStyle.success,
):
    """Opens a stage to all who wait before it."""

    programme_id: ProgrammeId
    stage: int
    label: str = "Open it to all"

    async def pressed(self, interaction: Interaction) -> None:
        """Open it."""
        await _open(interaction, self.programme_id, self.stage, None)


class OpenSelect(CardSelect, custom_id="programme:some:{programme_id}:{stage}", most=PICKED):
    """Opens a stage to the people who are picked."""

    programme_id: ProgrammeId
    stage: int
    placeholder: str = "Open it to …"

    async def chosen(self, interaction: Interaction, values: tuple[str, ...]) -> None:
        """Open it to them."""
        user_ids = list(map(chosen_id, values))
        await _open(interaction, self.programme_id, self.stage, user_ids)


class StagesButton(
    CardButton, custom_id="programme:stages:{programme_id}", label="Change the stages"
):
    """Opens the form in which the stages are changed."""

    programme_id: ProgrammeId

    async def pressed(self, interaction: Interaction) -> None:
        """Open it."""
        await StagesForm(self.programme_id).show(interaction)


class HandInButton(CardButton, custom_id="programme:handin:{programme_id}", label="Hand in"):
    """Opens the form in which something is handed in."""

    programme_id: ProgrammeId
    again: bool = False

    def face(self) -> Face:
        """Say whether there is something to change."""
        if self.again:
            return replace(super().face(), label="Change what I handed in")
        return replace(super().face(), style=discord.ButtonStyle.success)

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it for the stage that asks for something now."""
        bot = interaction.client
        draft = await bot.service(StageService).draft(place, self.programme_id)
        await HandInForm(self.programme_id, draft.stage.number).show(interaction)


def gate_controls(shown: Gates) -> CardButtons:
    """Return what a facilitator can do at the gates where somebody waits."""
    programme = shown.course.programme
    busy = [gate for gate in shown.gates if gate.waiting][:4]
    items: list[ui.Item[Any]] = [
        OpenSelect(
            programme.id,
            gate.opens.number,
            theme.clip(f"Open “{gate.opens.title}” to …", theme.CHOICE_LIMIT),
            options=_options(gate),
        )
        for gate in busy
    ]
    for gate in busy:
        label = f"Open “{gate.opens.title}” to all {len(gate.waiting)}"
        items.append(
            OpenAllButton(programme.id, gate.opens.number, theme.clip(label, theme.LABEL_LIMIT))
        )
    return CardButtons(*items, StagesButton(programme.id))


def _options(gate: GateView) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=theme.clip(one.name or f"Person {number}", theme.CHOICE_LIMIT),
            value=str(one.user_id),
            description=theme.clip(" ".join(one.hand_in.text.split()), theme.CHOICE_LIMIT) or None
            if one.hand_in
            else None,
        )
        for number, one in enumerate(gate.waiting[:PICKED], start=1)
    ]


async def _open(
    interaction: Interaction, programme_id: ProgrammeId, stage: int, user_ids: list[int] | None
) -> None:
    """Open a stage, and show the gates as they are then."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    service = bot.service(StageService)
    if user_ids is not None and not user_ids:
        raise Conflict("Pick at least one person.")
    whole, let_in = await service.open(place, programme_id, stage, user_ids)
    shown = await service.gates(place, programme_id)
    await replies.edit(
        interaction,
        stages_cards.gate_opened(whole.stage(stage), let_in),
        embed=stages_cards.gates(shown),
        view=gate_controls(shown),
    )
    bot.cards.refresh(CardKind.PROGRAMME, whole.programme.id)


STAGE_BUTTONS = (GatesButton, OpenAllButton, OpenSelect, StagesButton, HandInButton)
