"""The buttons of commitments linked to tasks, and of tasks that are stuck."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.client import Interaction
from bot.jobs.delivery import to_channel
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardButtons
from bot.ui.help_threads import bring_together
from cogs.checkins.task_links import rules
from cogs.checkins.task_links.service import TaskLinkService
from cogs.checkins.task_links.writes import Alike
from data.boards.tasks import TaskId
from data.checkins.commitments import CommitmentId


class SameButton(
    CardButton,
    custom_id="commitment:is:{commitment_id}:{task_id}",
    style=discord.ButtonStyle.primary,
):
    """Links a commitment and a task, so that doing one does both."""

    commitment_id: CommitmentId
    task_id: TaskId
    label: str = "It is that task"

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Make them one."""
        bot = interaction.client
        one = await bot.service(TaskLinkService).make_one(place, self.commitment_id, self.task_id)
        await replies.send(
            interaction,
            f"{theme.DONE} **{theme.one_line(one.task.title, 120)}** is one thing now: done here "
            "or on the board, both are done.",
            view=CardButtons(ApartButton(self.commitment_id)),
        )


class ApartButton(
    CardButton, custom_id="commitment:apart:{commitment_id}", label="Undo", emoji="↩️"
):
    """Unlinks a commitment from its task."""

    commitment_id: CommitmentId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Take them apart."""
        bot = interaction.client
        one = await bot.service(TaskLinkService).part(place, self.commitment_id)
        await replies.edit(
            interaction, f"**{theme.one_line(one.text, 120)}** is no longer linked to a task."
        )


class StuckButton(
    CardButton, custom_id="checkin:unblock:{task_id}", label="I can help", emoji="🤝"
):
    """Brings a helper together with the person whose task is stuck."""

    task_id: TaskId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Bring them together in the board's thread."""
        project, task, stuck = await interaction.client.service(TaskLinkService).in_the_way(
            place.guild_id, self.task_id
        )
        thread = [to_channel(project.thread_id)] if project.thread_id is not None else []
        await bring_together(
            interaction,
            f"task/{task.id}/help/{int(task.moved_at.timestamp())}",
            stuck=stuck,
            what=f"{task.title}: {task.obstacle}" if task.obstacle else task.title,
            to=[*thread, to_channel(project.channel_id)],
        )


async def offer(interaction: Interaction, found: Sequence[Alike]) -> None:
    """Ask somebody whether what they committed to is a task of theirs."""
    if not found:
        return
    lines = [
        f"Is “{theme.one_line(one.commitment.text, 120)}” the task "
        f"**{theme.one_line(one.task.title, 120)}** of {theme.one_line(one.project.title, 100)}?"
        for one in found[: rules.OFFERED]
    ]
    buttons = [
        SameButton(
            one.commitment.id,
            one.task.id,
            theme.clip(f"It is the task “{one.task.title}”", theme.LABEL_LIMIT),
        )
        for one in found[: rules.OFFERED]
    ]
    await replies.send(
        interaction,
        "\n".join(lines) + "\n-# Then it is done once, and both are.",
        view=CardButtons(*buttons),
    )


TASK_BUTTONS = (ApartButton, SameButton, StuckButton)
"""The controls that outlive a restart."""
