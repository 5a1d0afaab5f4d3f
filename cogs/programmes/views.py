"""The buttons and menus of programmes."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot import events
from bot.base.errors import Conflict, NotAllowed
from bot.client import CohortBot, Interaction
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons, CardSelect, OwnView
from bot.ui.report import answered
from cogs.programmes import cards, picture
from cogs.programmes.forms import HandInForm, StagesForm, StartForm
from cogs.programmes.progress_service import Cohort, ProgressService, Standing
from cogs.programmes.service import Course, ProgrammeService
from cogs.programmes.stage_service import Gates, GateView, StageService
from data.states import CardKind

PICKED = 25
"""How many people a menu offers."""


class JoinButton(CardButton, template=r"programme:join:(?P<programme_id>\d{1,18})"):
    """Joins the programme of a card."""

    def __init__(self, programme_id: int) -> None:
        super().__init__(
            f"programme:join:{programme_id}", label="Join", style=discord.ButtonStyle.success
        )
        self.programme_id = programme_id

    async def pressed(self, interaction: Interaction) -> None:
        """Join, and say what comes first."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        whole, group_too = await bot.service(ProgrammeService).join(
            place, self.programme_id, interaction.user.display_name
        )
        await interaction.response.send_message(
            cards.joined(whole, place.user_id, group_too=group_too), ephemeral=True
        )
        refresh(bot, whole)
        if group_too:
            events.group_changed(bot, whole.group.id)


class LeaveButton(CardButton, template=r"programme:leave:(?P<programme_id>\d{1,18})"):
    """Leaves the programme of a card."""

    def __init__(self, programme_id: int) -> None:
        super().__init__(f"programme:leave:{programme_id}", label="Leave")
        self.programme_id = programme_id

    async def pressed(self, interaction: Interaction) -> None:
        """Leave."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        programme = await bot.service(ProgrammeService).leave(place, self.programme_id)
        await interaction.response.send_message(cards.left(programme), ephemeral=True)
        bot.cards.refresh(CardKind.PROGRAMME, programme.id)


class StandButton(CardButton, template=r"programme:stand:(?P<programme_id>\d{1,18})"):
    """Shows somebody where they stand."""

    def __init__(self, programme_id: int) -> None:
        super().__init__(
            f"programme:stand:{programme_id}",
            label="Where I stand",
            style=discord.ButtonStyle.primary,
        )
        self.programme_id = programme_id

    async def pressed(self, interaction: Interaction) -> None:
        """Show it to them alone."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        shown = await bot.service(ProgressService).standing(place, self.programme_id, place.user_id)
        await interaction.response.send_message(
            embed=cards.standing(shown), view=own_controls(shown), ephemeral=True
        )


class ProgressButton(CardButton, template=r"programme:progress:(?P<programme_id>\d{1,18})"):
    """Shows the picture of a cohort's progress."""

    def __init__(self, programme_id: int) -> None:
        super().__init__(f"programme:progress:{programme_id}", label="Progress")
        self.programme_id = programme_id

    async def pressed(self, interaction: Interaction) -> None:
        """Draw it for this person."""
        await show_progress(interaction, self.programme_id, None)


class PageButton(
    CardButton, template=r"programme:page:(?P<programme_id>\d{1,18}):(?P<page>\d{1,4})"
):
    """Turns to another page of the picture."""

    def __init__(self, programme_id: int, page: int, *, emoji: str | None = None) -> None:
        super().__init__(f"programme:page:{programme_id}:{page}", emoji=emoji)
        self.programme_id = programme_id
        self.page = page

    async def pressed(self, interaction: Interaction) -> None:
        """Draw it in the place of the one that is there."""
        await show_progress(interaction, self.programme_id, self.page)


class GatesButton(CardButton, template=r"programme:gates:(?P<programme_id>\d{1,18})"):
    """Shows who leads the gates, and who waits at them."""

    def __init__(self, programme_id: int, waiting: int = 0) -> None:
        super().__init__(
            f"programme:gates:{programme_id}",
            label=f"Gates ({waiting})" if waiting else "Gates",
            emoji=cards.GATE,
        )
        self.programme_id = programme_id

    async def pressed(self, interaction: Interaction) -> None:
        """Show them to this person alone."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        shown = await bot.service(StageService).gates(place, self.programme_id)
        await interaction.response.send_message(
            embed=cards.gates(shown), view=gate_controls(shown), ephemeral=True
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
        user_ids = [int(value) for value in values if value.isdecimal() and len(value) < 20]
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


class HideButton(
    CardButton, template=r"programme:hide:(?P<programme_id>\d{1,18}):(?P<hidden>yes|no)"
):
    """Keeps one's progress from the others, or shows it to them."""

    def __init__(self, programme_id: int, hidden: str) -> None:
        self.hidden = hidden == "yes"
        super().__init__(
            f"programme:hide:{programme_id}:{hidden}",
            label="Keep my progress to myself" if self.hidden else "Show my progress to the group",
        )
        self.programme_id = programme_id

    async def pressed(self, interaction: Interaction) -> None:
        """Do so, and show it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        shown = await bot.service(ProgressService).hide(
            place, self.programme_id, hidden=self.hidden
        )
        await interaction.response.edit_message(
            embed=cards.standing(shown), view=own_controls(shown)
        )
        bot.cards.refresh(CardKind.PROGRAMME, self.programme_id)


class FromListButton(CardButton, template=r"programme:from:(?P<list_id>\d{1,18}):(?P<at>\d{1,11})"):
    """Starts a programme from a reading list; other features show it, too.

    ``at`` is when it is meant to begin, in seconds since 1970, or 0.
    """

    def __init__(self, list_id: int, at: int = 0) -> None:
        super().__init__(f"programme:from:{list_id}:{at}", label="As a programme")
        self.list_id = list_id
        self.at = at

    async def pressed(self, interaction: Interaction) -> None:
        """Ask when it begins."""
        await StartForm.open(interaction, list_id=self.list_id, at=self.at)


class RestoreButton(CardButton, template=r"programme:restore:(?P<programme_id>\d{1,18})"):
    """Brings an ended programme back."""

    def __init__(self, programme_id: int) -> None:
        super().__init__(f"programme:restore:{programme_id}", label="Undo")
        self.programme_id = programme_id

    async def pressed(self, interaction: Interaction) -> None:
        """Bring it back."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        programme = await bot.service(ProgrammeService).restore(place, self.programme_id)
        await interaction.response.edit_message(
            content=f"**{theme.plain(programme.title)}** goes on.", view=None
        )
        bot.cards.refresh(CardKind.PROGRAMME, programme.id)


BUTTONS = (
    JoinButton,
    LeaveButton,
    StandButton,
    ProgressButton,
    PageButton,
    GatesButton,
    OpenAllButton,
    OpenSelect,
    StagesButton,
    HandInButton,
    HideButton,
    FromListButton,
    RestoreButton,
)


class ConfirmEnd(OwnView):
    """Asks before a programme is ended."""

    def __init__(self, programme_id: int) -> None:
        super().__init__()
        self._programme_id = programme_id

    @ui.button(label="End it", style=discord.ButtonStyle.danger)
    @answered
    async def end(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """End it, and offer to bring it back."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        programme = await bot.service(ProgrammeService).end(place, self._programme_id)
        await interaction.response.edit_message(
            content=f"**{theme.plain(programme.title)}** has ended. What people did and handed in "
            "stays.",
            view=CardButtons(RestoreButton(programme.id)),
        )
        bot.cards.refresh(CardKind.PROGRAMME, programme.id)

    @ui.button(label="Let it go on", style=discord.ButtonStyle.secondary)
    @answered
    async def keep(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Leave it as it is."""
        await interaction.response.edit_message(content="It goes on.", view=None)


def card_buttons(whole: Course) -> list[ui.Item[Any]]:
    """Return the buttons of a programme's card."""
    programme_id = whole.programme.id
    waiting = sum(len(whole.waiting(stage.number)) for stage in whole.stages)
    buttons: list[ui.Item[Any]] = [
        JoinButton(programme_id),
        StandButton(programme_id),
        ProgressButton(programme_id),
        LeaveButton(programme_id),
    ]
    if len(whole.stages) > 1:
        buttons.insert(3, GatesButton(programme_id, waiting))
    return buttons


def own_controls(shown: Standing) -> CardButtons:
    """Return what somebody can do where they stand."""
    whole, line = shown.course, shown.line
    programme = whole.programme
    buttons: list[ui.Item[Any]] = []
    if shown.own and programme.ended_at is None:
        asked = next(
            (whole.stage(one) for one in range(line.stage, 0, -1) if whole.stage(one).asks), None
        )
        if asked is not None:
            buttons.append(HandInButton(programme.id, again=asked.number in line.handed_in))
        if line.stage == whole.last_stage > 1 and not line.finished:
            # The boards answer this one: proposing a project is theirs.
            buttons.append(
                ui.Button(
                    custom_id=f"board:propose:{whole.group.id}",
                    label="Propose a project",
                    emoji=theme.BOARD,
                )
            )
        buttons.append(HideButton(programme.id, "yes" if shown.shown else "no"))
    return CardButtons(*buttons)


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


def refresh(bot: CohortBot, whole: Course) -> None:
    """Bring a programme's card up to date."""
    bot.cards.refresh(CardKind.PROGRAMME, whole.programme.id)


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
        content=cards.gate_opened(whole.stage(stage), let_in),
        embed=cards.gates(shown),
        view=gate_controls(shown),
        allowed_mentions=discord.AllowedMentions.none(),
    )
    refresh(bot, whole)


async def show_progress(interaction: Interaction, programme_id: int, page: int | None) -> None:
    """Show a page of the picture to the person who asked; ``None`` is a new answer's first."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    cohort = await bot.service(ProgressService).cohort(place, programme_id)
    if not cohort.lines and not cohort.leads and place.user_id not in cohort.course.reached:
        member = any(one.user_id == place.user_id for one in cohort.course.people)
        if cohort.course.people and not member:
            raise NotAllowed(
                "The people in this programme show their progress to each other only. Join it on "
                "its card."
            )
    at = min(page or 0, cards.pages(cohort) - 1)
    if page is None:
        await interaction.response.defer(ephemeral=True, thinking=True)
    else:
        await interaction.response.defer()
    drawn = await asyncio.to_thread(picture.draw, cards.drawing(cohort, at))
    file = discord.File(io.BytesIO(drawn), "progress.png", description=cards.alt(cohort, at))
    view = _turning(cohort, at)
    text = cards.progress_text(cohort, at)
    if page is None:
        arguments: dict[str, Any] = {"view": view} if view is not None else {}
        await interaction.followup.send(
            text,
            file=file,
            ephemeral=True,
            allowed_mentions=discord.AllowedMentions.none(),
            **arguments,
        )
    else:
        await interaction.edit_original_response(
            content=text,
            attachments=[file],
            view=view,
            allowed_mentions=discord.AllowedMentions.none(),
        )


def _turning(cohort: Cohort, page: int) -> CardButtons | None:
    last = cards.pages(cohort) - 1
    programme_id = cohort.course.programme.id
    buttons: list[ui.Item[Any]] = []
    if page > 0:
        buttons.append(PageButton(programme_id, page - 1, emoji="◀"))
    if page < last:
        buttons.append(PageButton(programme_id, page + 1, emoji="▶"))
    return CardButtons(*buttons) if buttons else None
