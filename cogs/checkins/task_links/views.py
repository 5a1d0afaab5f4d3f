"""The buttons of commitments that are tasks, and of tasks that are stuck."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.client import Interaction
from bot.jobs.delivery import channel
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons
from bot.ui.help_threads import bring_together
from cogs.checkins.task_links.service import Alike, TaskLinkService

OFFERED = 5
"""How many commitments one message asks about."""


class SameButton(
    CardButton,
    template=r"commitment:is:(?P<commitment_id>\d{1,18}):(?P<task_id>\d{1,18})",
):
    """Makes a commitment and a task one thing."""

    def __init__(self, commitment_id: int, task_id: int, title: str = "") -> None:
        super().__init__(
            f"commitment:is:{commitment_id}:{task_id}",
            label=theme.clip(f"It is the task “{title}”", theme.LABEL_LIMIT),
            style=discord.ButtonStyle.primary,
        )
        self.commitment_id = commitment_id
        self.task_id = task_id

    async def pressed(self, interaction: Interaction) -> None:
        """Make them one."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        one = await bot.service(TaskLinkService).make_one(place, self.commitment_id, self.task_id)
        await interaction.response.send_message(
            f"{theme.DONE} **{theme.one_line(one.task.title, 120)}** is one thing now: done here "
            "or on the board, both are done.",
            view=CardButtons(ApartButton(self.commitment_id)),
            ephemeral=True,
        )


class ApartButton(CardButton, template=r"commitment:apart:(?P<commitment_id>\d{1,18})"):
    """Makes a commitment a thing of its own again."""

    def __init__(self, commitment_id: int) -> None:
        super().__init__(f"commitment:apart:{commitment_id}", label="Undo", emoji="↩️")
        self.commitment_id = commitment_id

    async def pressed(self, interaction: Interaction) -> None:
        """Take them apart."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        one = await bot.service(TaskLinkService).part(place, self.commitment_id)
        await interaction.response.edit_message(
            content=f"**{theme.one_line(one.text, 120)}** is a thing of its own.", view=None
        )


class StuckButton(CardButton, template=r"checkin:unblock:(?P<task_id>\d{1,18})"):
    """Brings who can help together with who is stuck with a task."""

    def __init__(self, task_id: int) -> None:
        super().__init__(f"checkin:unblock:{task_id}", label="I can help", emoji="🤝")
        self.task_id = task_id

    async def pressed(self, interaction: Interaction) -> None:
        """Bring them together in the board's thread."""
        assert interaction.guild_id is not None  # noqa: S101 - cards stand in servers
        project, task, stuck = await interaction.client.service(TaskLinkService).in_the_way(
            interaction.guild_id, self.task_id
        )
        thread = [channel(project.thread_id)] if project.thread_id is not None else []
        await bring_together(
            interaction,
            f"task/{task.id}/help/{int(task.moved_at.timestamp())}",
            stuck=stuck,
            what=f"{task.title}: {task.obstacle}" if task.obstacle else task.title,
            to=[*thread, channel(project.channel_id)],
        )


async def offer(interaction: Interaction, found: Sequence[Alike]) -> None:
    """Ask somebody whether what they committed to is a task of theirs."""
    if not found:
        return
    lines = [
        f"Is “{theme.one_line(one.commitment.text, 120)}” the task "
        f"**{theme.one_line(one.task.title, 120)}** of {theme.one_line(one.project.title, 100)}?"
        for one in found[:OFFERED]
    ]
    buttons = [
        SameButton(one.commitment.id, one.task.id, one.task.title) for one in found[:OFFERED]
    ]
    await interaction.followup.send(
        "\n".join(lines) + "\n-# Then it is done once, and both are.",
        view=CardButtons(*buttons),
        ephemeral=True,
    )


TASK_BUTTONS = (ApartButton, SameButton, StuckButton)
"""The controls that outlive a restart."""
