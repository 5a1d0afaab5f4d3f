"""Pods for a programme: matched shortly before it begins, and put before an organiser."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import discord

from bot.base.errors import NotFound, UserError
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content, channel
from bot.jobs.scheduler import Lateness
from bot.place import Place
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons
from cogs.people import pod_cards
from cogs.people.pod_views import controls
from cogs.people.service import PodService
from data.delivery.deadlines import Deadline
from data.programmes.programmes import PODS, Programme
from data.server.groups import Group


class LookButton(CardButton, template=r"pod:look:(?P<group_id>\d{1,18})"):
    """Shows an organiser the pods that are proposed, with what can be done about them."""

    def __init__(self, group_id: int) -> None:
        super().__init__(
            f"pod:look:{group_id}", label="Look at them", style=discord.ButtonStyle.primary
        )
        self.group_id = group_id

    async def pressed(self, interaction: Interaction) -> None:
        """Show them to this organiser alone."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(PodService)
        shown = await service.proposal(place, await service.group(place.guild_id, self.group_id))
        await interaction.response.send_message(
            embed=pod_cards.proposal(shown, 0), view=controls(shown), ephemeral=True
        )


class ProgrammePods:
    """Hears when a programme's pods are to be proposed."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._pods = bot.service(PodService)
        bot.add_dynamic_items(LookButton)
        bot.deadlines.on(PODS, self.propose, lateness=Lateness.SEND)

    async def propose(self, deadline: Deadline, late: timedelta) -> None:
        """Match the group's people, and ask in its channel for somebody to look at the pods.

        Who is in a pod already stays there: then nothing is proposed.
        """
        async with self._bot.store.read() as tx:
            programme = await tx.programmes.by_id(deadline.subject_id)
            group = await tx.groups.by_id(programme.group_id) if programme else None
            if (
                programme is None
                or group is None
                or programme.ended_at is not None
                or programme.pod_size is None
                or group.archived_at is not None
            ):
                raise NotFound("The programme has ended.")
            if await tx.pods.open_in(group.id):
                raise NotFound("The group has pods already; who joined it was placed in one.")
            proposed = await tx.pods.proposed(group.id)
        if not proposed:
            try:
                await self._pods.propose(
                    _on_behalf(programme, group), group, size=programme.pod_size
                )
            except UserError as error:
                await self._send(deadline, programme, group, _impossible(programme, error))
                return
            async with self._bot.store.read() as tx:
                proposed = await tx.pods.proposed(group.id)
        people = sum(len(pod.members) for pod in proposed)
        await self._send(
            deadline,
            programme,
            group,
            f"{pod_cards.POD} **{theme.plain(programme.title)}** begins soon: I propose "
            f"{theme.count(len(proposed), 'pod')} for {theme.count(people, 'person', 'people')}. "
            "Nothing happens before an organiser has looked at them and makes them.",
            look=True,
        )

    async def _send(
        self,
        deadline: Deadline,
        programme: Programme,
        group: Group,
        text: str,
        *,
        look: bool = False,
    ) -> None:
        asked = programme.created_by
        content = Content(
            text=f"{theme.person(asked)} {text}" if asked else text,
            view=CardButtons(LookButton(group.id)) if look else None,
            mentions=discord.AllowedMentions(users=[discord.Object(asked)] if asked else []),
        )
        await self._bot.delivery.send(
            f"{deadline.key}/{int(deadline.due_at.timestamp())}",
            group.guild_id,
            content,
            [channel(group.channel_id)],
        )


def _impossible(programme: Programme, error: UserError) -> str:
    return (
        f"{pod_cards.POD} I could not propose pods for **{theme.plain(programme.title)}**: "
        f"{error.sentence} `/pod form` does it later."
    )


def _on_behalf(programme: Programme, group: Group) -> Place:
    """Return the place of who started the programme, and with that asked for pods."""
    return Place(
        guild_id=programme.guild_id,
        channel_id=group.channel_id,
        thread_id=None,
        user_id=programme.created_by,
        organiser=True,
        manager=False,
        own_zone=None,
        server_zone=ZoneInfo(programme.timezone),
    )
