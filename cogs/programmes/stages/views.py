"""The buttons, menus and forms of stages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.base.errors import Conflict
from bot.client import Interaction
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons, CardSelect, chosen_id
from bot.ui.form import Form, Typed
from cogs.programmes import symbols
from cogs.programmes.programme import cards
from cogs.programmes.stages import cards as stages_cards
from cogs.programmes.stages import rules as stages_rules
from cogs.programmes.stages.service import Gates, GateView, StageService
from data.states import CardKind


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
            limit=stages_rules.HAND_IN_LIMIT,
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
        chosen = [chosen_id(one) for one in typed.choices("project")]
        for one in chosen:
            await bot.places.admit(place, {"project_id": one})
        whole, late = await bot.service(StageService).hand_in(
            place,
            programme_id,
            stage,
            text=typed.text("text"),
            project_id=chosen[0] if chosen else None,
            name=interaction.user.display_name,
        )
        text = stages_cards.handed_in(whole, whole.stage(stage), late=late, user_id=place.user_id)
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


PICKED = 25
"""How many people a menu offers."""


class GatesButton(CardButton, template=r"programme:gates:(?P<programme_id>\d{1,18})"):
    """Shows the lead who waits at which gate; where there is no gate, leads to the stages."""

    def __init__(self, programme_id: int, waiting: int = 0, *, gated: bool = True) -> None:
        label = f"Gates ({waiting})" if waiting else "Gates"
        super().__init__(
            f"programme:gates:{programme_id}",
            label=label if gated else "Stages",
            emoji=symbols.GATE if gated else None,
        )
        self.programme_id = programme_id

    async def pressed(self, interaction: Interaction) -> None:
        """Show them to this person alone."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        shown = await bot.service(StageService).gates(place, self.programme_id)
        await interaction.response.send_message(
            embed=stages_cards.gates(shown), view=gate_controls(shown), ephemeral=True
        )


class OpenAllButton(
    CardButton, template=r"programme:all:(?P<programme_id>\d{1,18}):(?P<stage>\d{1,2})"
):
    """Opens a stage to all who wait before it."""

    def __init__(self, programme_id: int, stage: int, label: str | None = None) -> None:
        super().__init__(
            f"programme:all:{programme_id}:{stage}",
            label=label,
            style=discord.ButtonStyle.success,
        )
        self.programme_id = programme_id
        self.stage = stage

    async def pressed(self, interaction: Interaction) -> None:
        """Open it."""
        await _open(interaction, self.programme_id, self.stage, None)


class OpenSelect(
    CardSelect, template=r"programme:some:(?P<programme_id>\d{1,18}):(?P<stage>\d{1,2})"
):
    """Opens a stage to the people who are picked."""

    def __init__(
        self,
        programme_id: int,
        stage: int,
        *,
        options: Sequence[discord.SelectOption],
        title: str = "",
    ) -> None:
        super().__init__(
            f"programme:some:{programme_id}:{stage}",
            options=options,
            placeholder=theme.clip(f"Open “{title}” to …", theme.CHOICE_LIMIT),
            most=max(1, len(options)),
        )
        self.programme_id = programme_id
        self.stage = stage

    async def chosen(self, interaction: Interaction, values: tuple[str, ...]) -> None:
        """Open it to them."""
        user_ids = list(map(chosen_id, values))
        await _open(interaction, self.programme_id, self.stage, user_ids)


class StagesButton(CardButton, template=r"programme:stages:(?P<programme_id>\d{1,18})"):
    """Opens the form in which the stages are changed."""

    def __init__(self, programme_id: int) -> None:
        super().__init__(f"programme:stages:{programme_id}", label="Change the stages")
        self.programme_id = programme_id

    async def pressed(self, interaction: Interaction) -> None:
        """Open it."""
        await StagesForm.open(interaction, programme_id=self.programme_id)


class HandInButton(CardButton, template=r"programme:handin:(?P<programme_id>\d{1,18})"):
    """Opens the form in which something is handed in."""

    def __init__(self, programme_id: int, *, again: bool = False) -> None:
        super().__init__(
            f"programme:handin:{programme_id}",
            label="Change what I handed in" if again else "Hand in",
            style=discord.ButtonStyle.secondary if again else discord.ButtonStyle.success,
        )
        self.programme_id = programme_id

    async def pressed(self, interaction: Interaction) -> None:
        """Open it for the stage that asks for something now."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        draft = await bot.service(StageService).draft(place, self.programme_id)
        await HandInForm.open(interaction, programme_id=self.programme_id, stage=draft.stage.number)


def gate_controls(shown: Gates) -> CardButtons:
    """Return what who leads can do at the gates: at those where somebody waits."""
    programme = shown.course.programme
    busy = [gate for gate in shown.gates if gate.waiting][:4]
    items: list[ui.Item[Any]] = [
        OpenSelect(programme.id, gate.opens.number, options=_options(gate), title=gate.opens.title)
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
    interaction: Interaction, programme_id: int, stage: int, user_ids: list[int] | None
) -> None:
    """Open a stage, and show the gates as they are then."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    service = bot.service(StageService)
    if user_ids is not None and not user_ids:
        raise Conflict("Pick at least one person.")
    whole, let_in = await service.open(place, programme_id, stage, user_ids)
    shown = await service.gates(place, programme_id)
    await interaction.response.edit_message(
        content=stages_cards.gate_opened(whole.stage(stage), let_in),
        embed=stages_cards.gates(shown),
        view=gate_controls(shown),
        allowed_mentions=discord.AllowedMentions.none(),
    )
    bot.cards.refresh(CardKind.PROGRAMME, whole.programme.id)


STAGE_BUTTONS = (GatesButton, OpenAllButton, OpenSelect, StagesButton, HandInButton)
