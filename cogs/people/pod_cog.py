"""The command `/pod`, and what happens in pods' threads."""

from __future__ import annotations

from datetime import timedelta

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.base.errors import NotAllowed, NotFound, Undeliverable
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content, channel, person
from bot.ui import theme
from bot.ui.controls import CardButtons
from bot.ui.report import answered
from cogs.people import coffee_cards, pod_cards
from cogs.people.coffee import options
from cogs.people.pod_views import ConfirmDissolve, PageButton, controls, refresh
from cogs.people.rules.pods import LEAST, MOST, USUAL
from cogs.people.service import CoffeeService, PodService
from cogs.people.service.pods import OPEN, REFORM, WELCOME
from data.delivery.deadlines import Deadline
from data.server.groups import GroupId
from data.states import CardKind

log = structlog.stdlib.get_logger(__name__)

GROUP_HINT = "Which group; without it, the one of this channel"
THREAD_EXISTS = 160004
KEPT_OPEN_MINUTES = 10080


class PodCommands(commands.GroupCog, group_name="pod", name="pods"):
    """Small circles inside a group, each with a thread of its own."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(PodService)
        bot.cards.render_with(CardKind.POD, self.render)
        bot.deadlines.on(OPEN, self.open)
        bot.deadlines.on(WELCOME, self.welcome)
        bot.deadlines.on(REFORM, self.reform)

    @app_commands.command(description="Propose pods for a group, to look at first (organisers)")
    @app_commands.describe(
        size=f"How many people in each, {USUAL} where you don't say",
        group=GROUP_HINT,
        together="Mentions of who belongs together, for example @ada @ben, @cleo @dan; or none",
        apart="Mentions of whom to keep apart, in the same way; remembered until you say none",
    )
    @answered
    async def form(
        self,
        interaction: Interaction,
        size: app_commands.Range[int, LEAST, MOST] = USUAL,
        group: str | None = None,
        together: str | None = None,
        apart: str | None = None,
    ) -> None:
        """Match the members and show the result to the organiser alone."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        await interaction.response.defer(ephemeral=True)
        proposal = await self.service.propose(
            place, meant, size=size, together=together, apart=apart
        )
        await interaction.followup.send(
            embed=pod_cards.proposal(proposal, 0), view=controls(proposal), ephemeral=True
        )

    @app_commands.command(description="The pods of a group, your own first")
    @app_commands.describe(group=GROUP_HINT)
    @answered
    async def show(self, interaction: Interaction, group: str | None = None) -> None:
        """Show them to the person who asked."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        shown = await self.service.standing(meant)
        embed = pod_cards.standing(shown, place.user_id)
        if place.organiser and shown.proposed:
            view = CardButtons(PageButton(meant.id, 0, label="Look at the proposal"))
            await interaction.response.send_message(embed=embed, view=view, ephemeral=True)
            return
        await interaction.response.send_message(embed=embed, ephemeral=True)

    @app_commands.command(description="Let two people change places between pods (organisers)")
    @app_commands.describe(person="One of the two", other="The other", group=GROUP_HINT)
    @answered
    async def swap(
        self,
        interaction: Interaction,
        person: discord.Member,
        other: discord.Member,
        group: str | None = None,
    ) -> None:
        """Swap them, in the proposal where there is one."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        changed = await self.service.swap(place, meant, person.id, other.id)
        refresh(self.bot, changed)
        proposed = any(pod.opened_at is None for pod in changed)
        where = " in the proposal" if proposed else ""
        lines = [f"**{pod.name}**: {theme.names(pod.members)}" for pod in changed]
        await interaction.response.send_message(
            "\n".join([f"They changed places{where}.", *lines]),
            ephemeral=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )

    @app_commands.command(description="End a group's pods; you can undo it (organisers)")
    @app_commands.describe(group=GROUP_HINT)
    @answered
    async def dissolve(self, interaction: Interaction, group: str | None = None) -> None:
        """Ask before they end."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        if not place.organiser:
            raise NotAllowed("Only organisers can dissolve pods.")
        standing = await self.service.standing(meant)
        if not standing.circles:
            raise NotFound("This group has no pods. `/pod form` proposes some.")
        await interaction.response.send_message(
            f"Dissolve {theme.count(len(standing.circles), 'pod')} of "
            f"**{theme.plain(meant.name)}**?",
            view=ConfirmDissolve(meant.id),
            ephemeral=True,
        )

    @app_commands.command(description="One-to-ones that rotate, for those who want them")
    @app_commands.describe(
        every="How often pairs are made (organisers); without it, how it stands and who is in",
        group=GROUP_HINT,
    )
    @app_commands.choices(
        every=[
            app_commands.Choice(name="every week", value=1),
            app_commands.Choice(name="every 2 weeks", value=2),
            app_commands.Choice(name="every 4 weeks", value=4),
            app_commands.Choice(name="never", value=0),
        ]
    )
    @answered
    async def coffee(
        self, interaction: Interaction, every: int | None = None, group: str | None = None
    ) -> None:
        """Set coffees up, or show how they stand."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        service = self.bot.service(CoffeeService)
        if every is None:
            shown = await service.view(meant.id)
            content = coffee_cards.standing(shown, options(meant.id))
            await interaction.response.send_message(**content.for_sending(), ephemeral=True)
            return
        shown = await service.set_up(place, meant, every)
        content = coffee_cards.standing(shown, options(meant.id))
        async with self.bot.store.read() as tx:
            card = await tx.cards.get(CardKind.COFFEE, meant.id)
        if card is not None:
            self.bot.cards.refresh(CardKind.COFFEE, meant.id)
            said = f"{coffee_cards.changed(shown)} [Its card]({card.url}) says so too."
            await interaction.response.send_message(said, ephemeral=True)
        elif every:
            await self.bot.cards.answer(
                interaction, CardKind.COFFEE, meant.id, meant.channel_id, content=content
            )
        else:
            await interaction.response.send_message(**content.for_sending(), ephemeral=True)

    @coffee.autocomplete("group")
    @form.autocomplete("group")
    @show.autocomplete("group")
    @swap.autocomplete("group")
    @dissolve.autocomplete("group")
    async def _groups(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.bot.places.group_choices(interaction, typed)

    @commands.Cog.listener()
    async def on_group_changed(self, group_id: GroupId) -> None:
        """Place who joined a group that has pods, and take out who left it."""
        for pod_id in await self.service.keep(group_id):
            self.bot.cards.refresh(CardKind.POD, pod_id)

    async def render(self, pod_id: int) -> Content:
        """Return a pod's card."""
        return pod_cards.pod(*await self.service.circle(pod_id))

    async def open(self, deadline: Deadline, late: timedelta) -> None:
        """Post a pod's card in its group's channel, open its thread, and introduce its people."""
        circle, group = await self.service.circle(deadline.subject_id)
        pod = circle.pod
        if pod.dissolved_at is not None:
            raise NotFound("That pod was dissolved.")
        thread_id = await self._thread(pod.id, pod.name, group.guild_id, group.channel_id)
        await self.bot.delivery.send(
            deadline.key,
            group.guild_id,
            pod_cards.hello(circle, group),
            [channel(thread_id), channel(group.channel_id)],
        )

    async def welcome(self, deadline: Deadline, late: timedelta) -> None:
        """Introduce somebody who came later, in the pod's thread."""
        circle, group = await self.service.circle(deadline.subject_id)
        pod = circle.pod
        if pod.dissolved_at is not None or deadline.occurrence not in pod.members:
            raise NotFound("They are not in that pod any more.")
        thread_id = await self._thread(pod.id, pod.name, group.guild_id, group.channel_id)
        await self.bot.delivery.send(
            f"{deadline.key}/{int(deadline.due_at.timestamp())}",
            group.guild_id,
            pod_cards.welcome(deadline.occurrence),
            [channel(thread_id), channel(group.channel_id)],
        )

    async def reform(self, deadline: Deadline, late: timedelta) -> None:
        """Show who made the group a proposal for other pods, where these fell quiet."""
        reform = await self.service.reform(deadline.subject_id)
        group = reform.proposal.group
        try:
            await self.bot.delivery.send(
                deadline.key, group.guild_id, pod_cards.reform(reform), [person(group.created_by)]
            )
        except Undeliverable:
            # Not by name before everybody: that would shame them.
            await self.bot.delivery.send(
                f"{deadline.key}/channel",
                group.guild_id,
                pod_cards.reform_in_channel(group),
                [channel(group.channel_id)],
            )

    async def _thread(self, pod_id: int, name: str, guild_id: int, channel_id: int) -> int:
        """Return a pod's thread, made where it is not there; else the group's channel."""
        card = await self.bot.cards.publish(CardKind.POD, pod_id, guild_id, channel(channel_id))
        message = self.bot.delivery.message(card.channel_id, card.message_id, card.guild_id)
        try:
            await message.create_thread(name=name, auto_archive_duration=KEPT_OPEN_MINUTES)
        except discord.HTTPException as error:
            if error.code != THREAD_EXISTS:
                log.info("a pod has no thread", card=card.url, reason=error.text)
                return card.channel_id
        # A thread that was opened on a message has the message's id.
        return card.message_id
