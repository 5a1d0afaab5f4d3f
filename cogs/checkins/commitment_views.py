"""The buttons of commitments, and what they look like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.base.errors import Undeliverable
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content, channel
from bot.ui import theme
from bot.ui.controls import NEVER, CardButton, CardButtons, OwnView
from bot.ui.direct_messages import note_to, tell_by_id
from bot.ui.places import reference
from bot.ui.report import answered
from cogs.checkins.commitment_service import (
    REMIND_BEFORE,
    CommitmentService,
    CommitmentView,
    Overview,
)
from data.boards.tasks import Task
from data.checkins.commitments import Commitment
from data.states import CommitmentState, TaskState, Witnessed

STATES = {
    CommitmentState.KEPT: "kept",
    CommitmentState.NOT_KEPT: "not kept",
    CommitmentState.DROPPED: "let go",
}


class ReopenButton(CardButton, template=r"commitment:reopen:(?P<commitment_id>\d{1,18})"):
    """Takes back that a commitment was kept or dropped."""

    def __init__(self, commitment_id: int) -> None:
        super().__init__(f"commitment:reopen:{commitment_id}", label="Undo")
        self.commitment_id = commitment_id

    async def pressed(self, interaction: Interaction) -> None:
        """Open it again."""
        place = await interaction.client.places.of(interaction)
        service = interaction.client.service(CommitmentService)
        view = await service.reopen(place, self.commitment_id)
        text = f"It is open again: **{theme.plain(view.commitment.text)}**"
        await interaction.response.edit_message(content=text, view=None)


class _WitnessButton(CardButton, template=NEVER):
    """What a witness may answer."""

    confirmed: bool
    commitment_id: int

    def __init__(self, custom_id: str, *, label: str, **look: Any) -> None:
        super().__init__(custom_id, label=label, **look)

    async def pressed(self, interaction: Interaction) -> None:
        """Note the answer, show it in place of the question, and tell who asked."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(CommitmentService)
        view = await service.witness(place, self.commitment_id, confirmed=self.confirmed)
        one = view.commitment
        await interaction.response.edit_message(
            content=_witnessed(one), view=None, allowed_mentions=discord.AllowedMentions.none()
        )
        if not self.confirmed:
            key = f"commitment/{one.id}/declined/{interaction.id}"
            text = (
                f"{theme.person(one.witness_id)} does not see this as done yet, so it is open "
                f"again: **{theme.plain(one.text)}**"
            )
            await tell_by_id(
                bot,
                key,
                one.guild_id,
                one.user_id,
                note_to(one.user_id, text),
                [view.group.channel_id],
            )


class ConfirmButton(_WitnessButton, template=r"commitment:confirm:(?P<commitment_id>\d{1,18})"):
    """Confirms that a commitment was kept."""

    confirmed = True

    def __init__(self, commitment_id: int) -> None:
        super().__init__(
            f"commitment:confirm:{commitment_id}",
            label="Confirm",
            style=discord.ButtonStyle.success,
        )
        self.commitment_id = commitment_id


class DeclineButton(_WitnessButton, template=r"commitment:decline:(?P<commitment_id>\d{1,18})"):
    """Says that it is not done yet."""

    confirmed = False

    def __init__(self, commitment_id: int) -> None:
        super().__init__(f"commitment:decline:{commitment_id}", label="Not yet")
        self.commitment_id = commitment_id


COMMITMENT_BUTTONS = (ReopenButton, ConfirmButton, DeclineButton)


class DoneMenu(OwnView):
    """A menu of one's open commitments, to keep one."""

    def __init__(self, commitments: Sequence[Commitment]) -> None:
        super().__init__()
        self.menu.options = [
            discord.SelectOption(label=theme.clip(one.text, theme.CHOICE_LIMIT), value=str(one.id))
            for one in commitments[:25]
        ]

    @ui.select(placeholder="Done with one?")
    @answered
    async def menu(self, interaction: Interaction, select: ui.Select[Any]) -> None:
        """Keep it."""
        await keep(interaction, int(select.values[0]))


async def keep(interaction: Interaction, commitment_id: int) -> None:
    """Keep a commitment, say so, and ask its witness."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    view = await bot.service(CommitmentService).done(place, commitment_id)
    one = view.commitment
    text = f"{theme.DONE} Done: **{theme.plain(one.text)}**"
    if view.task is not None and view.task.is_done:
        text += "\nIts task on the board is done, too."
    if one.witness_id is not None:
        text += f"\n{theme.person(one.witness_id)} is asked to confirm it."
    await interaction.response.send_message(
        text, view=CardButtons(ReopenButton(one.id)), ephemeral=True
    )
    await ask_witness(bot, view)


async def ask_witness(bot: CohortBot, view: CommitmentView) -> None:
    """Ask a commitment's witness, in the group's channel, whether it was kept."""
    one = view.commitment
    if one.witness_id is None or one.settled_at is None:
        return
    content = Content(
        text=(
            f"{theme.person(one.witness_id)}, {theme.person(one.user_id)} says this is done, and "
            f"named you as the witness: **{theme.plain(one.text)}**"
        ),
        view=CardButtons(ConfirmButton(one.id), DeclineButton(one.id)),
        mentions=discord.AllowedMentions(users=[discord.Object(one.witness_id)]),
    )
    key = f"commitment/{one.id}/witness/{int(one.settled_at.timestamp() * 1000)}"
    try:
        await bot.delivery.send(key, one.guild_id, content, [channel(view.group.channel_id)])
    except Undeliverable:
        # It stays unconfirmed; the ledger holds why. Being done does not hang on it.
        return


def offered(found: Sequence[Commitment]) -> list[tuple[str, str]]:
    """Return (text, value) for autocomplete; equal texts are told apart by their days."""
    clashes = Counter(one.text.casefold() for one in found)
    return [
        (one.text if clashes[one.text.casefold()] == 1 else _dated(one), reference(one.id))
        for one in found
    ]


def _dated(one: Commitment) -> str:
    day = f"due {one.due_at:%d %b}" if one.due_at else f"made {one.made_at:%d %b}"
    return f"{theme.clip(one.text, 75)} · {day}"


def added(one: Commitment) -> str:
    """Confirm a new commitment."""
    text = f"You are committed to **{theme.plain(one.text)}**"
    if one.due_at is not None:
        ahead = one.due_at - one.made_at > REMIND_BEFORE
        often = "a day before, and when it is due" if ahead else "when it is due"
        text += f"\nDue {when.stamp(one.due_at)}: I remind you {often}."
    if one.witness_id is not None:
        witness = theme.person(one.witness_id)
        text += f"\n{witness} is asked to confirm it once you say `/commitment done`."
    return text


def dropped(one: Commitment) -> str:
    """Confirm that a commitment was dropped."""
    text = f"You let go of **{theme.plain(one.text)}**. That is not failing."
    return f"{text}\nBecause: {theme.plain(one.reason)}" if one.reason else text


def overview(view: Overview) -> list[discord.Embed]:
    """Show what somebody is committed to, and what became of the rest, on pages."""
    title = f"Your commitments in {theme.clip(theme.plain(view.group.name), 150)}"
    entries = [f"• {_line(one)}{_as_task(view.tasks.get(one.id))}" for one in view.open]
    if not entries:
        entries = ["Nothing open. `/commitment add`, or a check-in's *next*, makes one."]
    pages = [
        discord.Embed(
            title=title, description="\n".join(entries[start : start + 10]), colour=theme.ACCENT
        )
        for start in range(0, len(entries), 10)
    ]
    if view.settled:
        past = [f"• {theme.one_line(one.text, 80)} · {_became(one)}" for one in view.settled]
        pages[0].add_field(name="Lately", value=theme.lines(past, theme.FIELD_LIMIT), inline=False)
    if view.kept.settled:
        rate = view.kept.kept / view.kept.settled
        pages[0].add_field(
            name="Kept",
            value=f"{theme.bar(rate)} {view.kept.kept} of {view.kept.settled} ({rate:.0%})",
            inline=False,
        )
    return pages


def reminder(view: CommitmentView, *, due: bool) -> Content:
    """Remind somebody of a commitment."""
    one = view.commitment
    assert one.due_at is not None  # noqa: S101 - only what is due is reminded of
    is_due = "was due" if due else "is due"
    text = (
        f"{theme.BELL} **{theme.plain(one.text)}** {is_due} {when.stamp(one.due_at, 'R')}. "
        "In the server, `/commitment done` settles it, and `/commitment drop` lets it go."
    )
    return note_to(one.user_id, text)


def _line(one: Commitment) -> str:
    text = theme.one_line(one.text, 200)
    if one.due_at is not None:
        text += f" · due {when.stamp(one.due_at, 'R')}"
    if one.witness_id is not None:
        text += f" · witness {theme.person(one.witness_id)}"
    if one.witnessed is Witnessed.DECLINED:
        text += " · not yet, says the witness"
    return text


def _as_task(task: Task | None) -> str:
    """Say of a commitment that it is a task, and what is in its way."""
    if task is None:
        return ""
    if task.state is not TaskState.BLOCKED:
        return " · 🧪 a task"
    return (
        f" · ⛔ blocked: {theme.one_line(task.obstacle, 80)}" if task.obstacle else " · ⛔ blocked"
    )


def _became(one: Commitment) -> str:
    text = STATES[one.state]
    if one.witnessed is Witnessed.CONFIRMED:
        text += f", confirmed by {theme.person(one.witness_id)}"
    if one.reason:
        text += f": {theme.one_line(one.reason, 60)}"
    return text


def _witnessed(one: Commitment) -> str:
    text = f"**{theme.plain(one.text)}** ({theme.person(one.user_id)})"
    if one.witnessed is Witnessed.CONFIRMED:
        return f"{theme.DONE} {text}: confirmed by {theme.person(one.witness_id)}"
    return f"{text}: not yet, says {theme.person(one.witness_id)}. It is open again."
