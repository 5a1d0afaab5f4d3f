"""The controls of a proposal of pods, and the questions around ending them."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.base.errors import InvalidInput
from bot.client import CohortBot, Interaction
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons, OwnView
from bot.ui.form import Form, Typed
from bot.ui.report import answered
from cogs.people import pod_cards
from cogs.people.service import PodService
from cogs.people.service.pods import Proposal
from data.people.pods import Pod
from data.states import CardKind


class PageButton(CardButton, template=r"pod:page:(?P<group_id>\d{1,18}):(?P<page>\d{1,4})"):
    """Turns to a page of a proposal."""

    def __init__(
        self, group_id: int, page: int, *, emoji: str | None = None, label: str | None = None
    ) -> None:
        super().__init__(f"pod:page:{group_id}:{page}", emoji=emoji, label=label)
        self.group_id = group_id
        self.page = page

    async def pressed(self, interaction: Interaction) -> None:
        """Show it."""
        await _edit(interaction, self.group_id, page=self.page)


class OpenPodsButton(CardButton, template=r"pod:open:(?P<group_id>\d{1,18})"):
    """Makes the pods that are proposed."""

    def __init__(self, group_id: int) -> None:
        super().__init__(
            f"pod:open:{group_id}", label="Make these pods", style=discord.ButtonStyle.success
        )
        self.group_id = group_id

    async def pressed(self, interaction: Interaction) -> None:
        """Make them; their threads follow one after the other."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(PodService)
        group = await service.group(place.guild_id, self.group_id)
        opened, replaced = await service.open(place, group)
        refresh(bot, replaced)
        await interaction.response.edit_message(
            content=f"Made {theme.count(len(opened), 'pod')} in <#{group.channel_id}>: each gets "
            "its card and its thread now, in which its people are introduced.",
            embed=None,
            view=None,
        )


class MixButton(CardButton, template=r"pod:mix:(?P<group_id>\d{1,18}):(?P<seed>\d{1,6})"):
    """Proposes other pods."""

    def __init__(self, group_id: int, seed: int) -> None:
        super().__init__(f"pod:mix:{group_id}:{seed}", label="Mix anew")
        self.group_id = group_id
        self.seed = seed

    async def pressed(self, interaction: Interaction) -> None:
        """Match anew with another seed."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(PodService)
        group = await service.group(place.guild_id, self.group_id)
        await interaction.response.defer()
        mixed = await service.again(place, group, self.seed)
        await interaction.edit_original_response(
            embed=pod_cards.proposal(mixed, 0), view=controls(mixed, seed=self.seed)
        )


class ChangeButton(CardButton, template=r"pod:change:(?P<group_id>\d{1,18})"):
    """Opens the form in which two people change places."""

    def __init__(self, group_id: int) -> None:
        super().__init__(f"pod:change:{group_id}", label="Swap two people")
        self.group_id = group_id

    async def pressed(self, interaction: Interaction) -> None:
        """Open it."""
        await SwapForm.open(interaction, group_id=self.group_id)


class SwapForm(Form, template=r"pod:swap:(?P<group_id>\d{1,18})"):
    """Two people who change places."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, *, group_id: int) -> SwapForm:
        """Return the form; refused like the proposal itself, for who may not see that."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(PodService)
        await service.proposal(place, await service.group(place.guild_id, group_id))
        form = cls("Who changes places?", f"pod:swap:{group_id}")
        for name, label in (("one", "This person"), ("other", "and this one")):
            before = [discord.Object(int(one), type=discord.User) for one in typed.choices(name)]
            form.put(ui.UserSelect(custom_id=name, required=True, default_values=before), label)
        return form

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, *, group_id: int) -> None:
        """Swap them in the proposal, and show it."""
        bot = interaction.client
        chosen = [one for name in ("one", "other") for one in typed.choices(name)]
        if len(chosen) != 2 or not all(one.isdecimal() for one in chosen):
            raise InvalidInput("Choose one person in each list.")
        place = await bot.places.of(interaction)
        service = bot.service(PodService)
        group = await service.group(place.guild_id, group_id)
        await service.proposal(place, group)  # by now they may be made
        await service.swap(place, group, int(chosen[0]), int(chosen[1]))
        changed = await service.proposal(place, group)
        arguments: dict[str, Any] = {
            "embed": pod_cards.proposal(changed, 0),
            "view": controls(changed),
        }
        if interaction.message is not None:
            await interaction.response.edit_message(**arguments)
        else:
            await interaction.response.send_message(**arguments, ephemeral=True)


class RestorePodsButton(
    CardButton, template=r"pod:restore:(?P<group_id>\d{1,18}):(?P<pod_id>\d{1,18})"
):
    """Brings back pods that were dissolved."""

    def __init__(self, group_id: int, pod_id: int) -> None:
        super().__init__(f"pod:restore:{group_id}:{pod_id}", label="Undo")
        self.group_id = group_id
        self.pod_id = pod_id

    async def pressed(self, interaction: Interaction) -> None:
        """Bring back those that ended together."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(PodService)
        group = await service.group(place.guild_id, self.group_id)
        pods = await service.restore(place, group, self.pod_id)
        refresh(bot, pods)
        await interaction.response.edit_message(
            content=f"{theme.count(len(pods), 'pod')} of {theme.plain(group.name)} "
            f"{'is' if len(pods) == 1 else 'are'} back.",
            view=None,
        )


POD_BUTTONS = (PageButton, OpenPodsButton, MixButton, ChangeButton, RestorePodsButton)


class ConfirmDissolve(OwnView):
    """Asks before pods are dissolved."""

    def __init__(self, group_id: int) -> None:
        super().__init__()
        self._group_id = group_id

    @ui.button(label="Dissolve them", style=discord.ButtonStyle.danger)
    @answered
    async def dissolve(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Dissolve them, and offer to bring them back."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(PodService)
        group = await service.group(place.guild_id, self._group_id)
        pods = await service.dissolve(place, group)
        refresh(bot, pods)
        await interaction.response.edit_message(
            content=f"{theme.count(len(pods), 'pod')} dissolved. Their threads stay, with what "
            "was written in them.",
            view=CardButtons(RestorePodsButton(group.id, pods[0].id)),
        )

    @ui.button(label="Keep them", style=discord.ButtonStyle.secondary)
    @answered
    async def keep(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Leave them as they are."""
        await interaction.response.edit_message(content="They go on.", view=None)


def controls(shown: Proposal, *, page: int = 0, seed: int = 0) -> CardButtons:
    """Return the buttons of a proposal."""
    group_id = shown.group.id
    buttons: list[ui.Item[Any]] = [
        OpenPodsButton(group_id),
        ChangeButton(group_id),
        MixButton(group_id, (seed + 1) % 1_000_000),
    ]
    last = pod_cards.pages(shown) - 1
    if page > 0:
        buttons.append(PageButton(group_id, page - 1, emoji="◀"))
    if page < last:
        buttons.append(PageButton(group_id, page + 1, emoji="▶"))
    return CardButtons(*buttons)


def refresh(bot: CohortBot, pods: list[Pod]) -> None:
    """Bring the cards of pods up to date."""
    for pod in pods:
        bot.cards.refresh(CardKind.POD, pod.id)


async def _edit(interaction: Interaction, group_id: int, *, page: int) -> None:
    bot = interaction.client
    place = await bot.places.of(interaction)
    service = bot.service(PodService)
    shown = await service.proposal(place, await service.group(place.guild_id, group_id))
    page = min(page, pod_cards.pages(shown) - 1)
    await interaction.response.edit_message(
        embed=pod_cards.proposal(shown, page), view=controls(shown, page=page)
    )
