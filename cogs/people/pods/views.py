"""The controls of proposed pods, and the questions around ending pods."""

from __future__ import annotations

from collections.abc import Iterable

import discord
from discord import ui

from bot.base.errors import InvalidInput
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.confirmation import Ask, confirm
from bot.ui.controls import CardButton, CardButtons, chosen_id
from bot.ui.form import CardForm, Typed
from cogs.people.pods import cards
from cogs.people.pods.service import PodProposal, PodService
from data.people.pods import Pod, PodId
from data.server.groups import GroupId
from data.states import CardKind


class PageButton(CardButton, custom_id="pod:page:{group_id}:{page}"):
    """Turns to a page of a proposal."""

    group_id: GroupId
    page: int
    emoji: str | None = None
    label: str | None = None

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show it."""
        service = interaction.client.service(PodService)
        shown = await service.proposal(place, await service.group(place.guild_id, self.group_id))
        page = min(self.page, cards.pages(shown) - 1)
        await replies.edit(
            interaction, embed=cards.proposal(shown, page), view=controls(shown, page=page)
        )


class LookButton(
    CardButton,
    custom_id="pod:look:{group_id}",
    label="Look at them",
    style=discord.ButtonStyle.primary,
):
    """Shows an organiser the pods that are proposed, and what can be done about them."""

    group_id: GroupId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show them to this organiser alone."""
        service = interaction.client.service(PodService)
        shown = await service.proposal(place, await service.group(place.guild_id, self.group_id))
        await replies.send(interaction, embed=cards.proposal(shown, 0), view=controls(shown))


class OpenPodsButton(
    CardButton,
    custom_id="pod:open:{group_id}",
    label="Make these pods",
    style=discord.ButtonStyle.success,
):
    """Makes the pods that are proposed."""

    group_id: GroupId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Make them; their threads follow one after the other."""
        service = interaction.client.service(PodService)
        group = await service.group(place.guild_id, self.group_id)
        opened, replaced = await service.open(place, group)
        refresh(interaction.client, replaced)
        await replies.edit(
            interaction,
            f"Made {theme.count(len(opened), 'pod')} in <#{group.channel_id}>: each gets "
            "its card and its thread now, in which I introduce its people.",
        )


class MixButton(CardButton, custom_id="pod:mix:{group_id}:{seed}", label="Mix again"):
    """Proposes other pods."""

    group_id: GroupId
    seed: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Match again with another seed."""
        service = interaction.client.service(PodService)
        group = await service.group(place.guild_id, self.group_id)
        await interaction.response.defer()
        mixed = await service.again(place, group, self.seed)
        await replies.edit(
            interaction, embed=cards.proposal(mixed, 0), view=controls(mixed, seed=self.seed)
        )


class ChangeButton(CardButton, custom_id="pod:change:{group_id}", label="Swap two people"):
    """Opens the form in which two people change places."""

    group_id: GroupId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it."""
        await SwapForm(self.group_id).show(interaction)


class SwapForm(CardForm, custom_id="pod:swap:{group_id}", title="Who changes places?"):
    """Two people who change places."""

    group_id: GroupId

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask for the two; refused, like the proposal itself, to people who may not see that."""
        service = interaction.client.service(PodService)
        await service.proposal(place, await service.group(place.guild_id, self.group_id))
        for name, label in (("one", "This person"), ("other", "and this one")):
            before = [
                discord.Object(chosen_id(one), type=discord.User) for one in typed.choices(name)
            ]
            self.put(ui.UserSelect(custom_id=name, required=True, default_values=before), label)

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Swap them in the proposal, and show it."""
        chosen = [chosen_id(one) for name in ("one", "other") for one in typed.choices(name)]
        if len(chosen) != 2:
            raise InvalidInput("Choose one person in each list.")
        service = interaction.client.service(PodService)
        group = await service.group(place.guild_id, self.group_id)
        await service.proposal(place, group)  # somebody may have made the pods meanwhile
        await service.swap(place, group, *chosen)
        changed = await service.proposal(place, group)
        show = replies.edit if interaction.message is not None else replies.send
        await show(interaction, embed=cards.proposal(changed, 0), view=controls(changed))


class RestorePodsButton(CardButton, custom_id="pod:restore:{group_id}:{pod_id}", label="Undo"):
    """Brings back pods that were dissolved together."""

    group_id: GroupId
    pod_id: PodId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Bring them back."""
        service = interaction.client.service(PodService)
        group = await service.group(place.guild_id, self.group_id)
        pods = await service.restore(place, group, self.pod_id)
        refresh(interaction.client, pods)
        await replies.edit(
            interaction,
            f"{theme.count(len(pods), 'pod')} of {theme.escape(group.name)} "
            f"{'is' if len(pods) == 1 else 'are'} back.",
        )


POD_BUTTONS = (PageButton, LookButton, OpenPodsButton, MixButton, ChangeButton, RestorePodsButton)


def confirm_dissolve(group_id: GroupId) -> Ask:
    """Return the question before a group's pods are dissolved."""

    async def dissolve(pressed: Interaction, place: Place) -> None:
        service = pressed.client.service(PodService)
        group = await service.group(place.guild_id, group_id)
        pods = await service.dissolve(place, group)
        refresh(pressed.client, pods)
        await replies.edit(
            pressed,
            f"{theme.count(len(pods), 'pod')} dissolved. Their threads stay, with what "
            "was written in them.",
            view=CardButtons(RestorePodsButton(group.id, pods[0].id)),
        )

    return confirm("Dissolve them", dissolve, keep="Keep them", kept="They go on.")


def controls(shown: PodProposal, *, page: int = 0, seed: int = 0) -> CardButtons:
    """Return the buttons of a proposal."""
    group_id = shown.group.id
    buttons: list[CardButton] = [
        OpenPodsButton(group_id),
        ChangeButton(group_id),
        MixButton(group_id, (seed + 1) % 1_000_000),
    ]
    if page > 0:
        buttons.append(PageButton(group_id, page - 1, emoji="◀"))
    if page < cards.pages(shown) - 1:
        buttons.append(PageButton(group_id, page + 1, emoji="▶"))
    return CardButtons(*buttons)


def refresh(bot: CohortBot, pods: Iterable[Pod]) -> None:
    """Bring the cards of pods up to date."""
    for pod in pods:
        bot.cards.refresh(CardKind.POD, pod.id)
