"""How times for a poll are proposed, changed and asked, by whoever wants to know."""

from __future__ import annotations

from typing import Any

import discord

from bot.base import when
from bot.base.errors import Conflict, Undeliverable
from bot.client import Interaction
from bot.jobs.delivery import channel
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons
from bot.ui.form import Form, Typed
from cogs.reading.proposals import TYPED_LIMIT, Proposal, ProposalService
from data.reading.polls import Poll
from data.server.groups import Group
from data.states import CardKind

SUGGEST = "💡"
NAMED = 3
"""How many of those who cannot come are named."""


class AskButton(CardButton, template=r"reading:propose:(?P<draft_id>\d{1,18})"):
    """Asks with the times that were proposed."""

    def __init__(self, draft_id: int) -> None:
        super().__init__(
            f"reading:propose:{draft_id}",
            label="Ask with these",
            style=discord.ButtonStyle.success,
        )
        self.draft_id = draft_id

    async def pressed(self, interaction: Interaction) -> None:
        """Post the poll."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        asked = await bot.service(ProposalService).ask(place, self.draft_id)
        await post(interaction, *asked)


class ChangeTimesButton(CardButton, template=r"reading:retime:(?P<draft_id>\d{1,18})"):
    """Opens the form with the times."""

    def __init__(self, draft_id: int, label: str = "Change them") -> None:
        super().__init__(f"reading:retime:{draft_id}", label=label)
        self.draft_id = draft_id

    async def pressed(self, interaction: Interaction) -> None:
        """Ask for the times."""
        await TimesForm.open(interaction, draft_id=self.draft_id)


class SuggestButton(CardButton, template=r"reading:suggest:(?P<draft_id>\d{1,18})"):
    """Proposes times."""

    def __init__(self, draft_id: int) -> None:
        super().__init__(
            f"reading:suggest:{draft_id}",
            label="Suggest times",
            emoji=SUGGEST,
            style=discord.ButtonStyle.primary,
        )
        self.draft_id = draft_id

    async def pressed(self, interaction: Interaction) -> None:
        """Show times, in the place of what was shown."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        found = await bot.service(ProposalService).propose(place, self.draft_id)
        await interaction.response.edit_message(
            content=None, embed=proposal(found), view=choices(found)
        )


class ForgetTimesButton(CardButton, template=r"reading:untime:(?P<draft_id>\d{1,18})"):
    """Puts a poll aside that was not asked."""

    def __init__(self, draft_id: int) -> None:
        super().__init__(f"reading:untime:{draft_id}", label="Cancel")
        self.draft_id = draft_id

    async def pressed(self, interaction: Interaction) -> None:
        """Forget it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(ProposalService).drop(place, self.draft_id)
        await interaction.response.edit_message(content="Nothing was asked.", embed=None, view=None)


class TimesForm(Form, template=r"reading:times:(?P<draft_id>\d{1,18})"):
    """Asks for the times of a poll."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, **about: Any) -> TimesForm:
        """Return the form with what was typed or proposed."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        draft = await bot.service(ProposalService).drafted(place, about["draft_id"])
        form = cls("When could it be?", f"reading:times:{draft.id}")
        form.ask("title", "What the meeting is about", typed, filled=draft.title, limit=TYPED_LIMIT)
        return form.ask(
            "slots",
            "Times, one a line",
            typed,
            filled="\n".join(part.strip() for part in draft.slots.split(";")),
            hint=f"Two to ten, in {draft.timezone}: tue 19:00, or 2026-12-01 18:00",
            long=True,
            limit=TYPED_LIMIT,
        )

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, **about: Any) -> None:
        """Post the poll with these times."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        title = typed.text("title") or None
        asked = await bot.service(ProposalService).ask(
            place, about["draft_id"], title=title, typed=typed.text("slots")
        )
        await post(interaction, *asked)


BUTTONS = (AskButton, ChangeTimesButton, SuggestButton, ForgetTimesButton)


async def post(interaction: Interaction, poll: Poll, group: Group) -> None:
    """Post a poll's card in its group's channel, and say so in the place of what was shown."""
    bot = interaction.client
    text = f"{theme.CALENDAR} **{theme.plain(poll.title)}** is asked in <#{group.channel_id}>."
    await interaction.response.edit_message(content=text, embed=None, view=None)
    try:
        card = await bot.cards.publish(
            CardKind.POLL, poll.id, poll.guild_id, channel(group.channel_id)
        )
    except Undeliverable as error:
        raise Conflict(
            f"It is saved, but I could not post its card: {error.sentence}. Once I may post there "
            "it follows."
        ) from error
    await interaction.edit_original_response(content=f"{text[:-1]}: [open it]({card.url})")


def unread(draft_id: int) -> CardButtons:
    """Return what goes with the answer that times cannot be read."""
    return CardButtons(
        ChangeTimesButton(draft_id, "Correct them"),
        SuggestButton(draft_id),
        ForgetTimesButton(draft_id),
    )


def choices(found: Proposal) -> CardButtons:
    """Return what can be done with proposed times."""
    draft_id = found.draft.id
    if len(found.times) < 2:  # a poll of one time is none
        label = "Add some" if found.times else "Write the times"
        return CardButtons(ChangeTimesButton(draft_id, label), ForgetTimesButton(draft_id))
    return CardButtons(
        AskButton(draft_id), ChangeTimesButton(draft_id), ForgetTimesButton(draft_id)
    )


def proposal(found: Proposal) -> discord.Embed:
    """Show proposed times, each with how many of those whose hours are known are free."""
    name = theme.plain(found.group.name)
    embed = discord.Embed(
        title=f"{theme.CALENDAR} {theme.one_line(found.draft.title, 200)}", colour=theme.ACCENT
    )
    if not found.known:
        embed.description = (
            f"Of nobody in {name} I can tell when they are free. `/profile set` asks for one's "
            "weekly hours; they count here once one's groups may see them. Or write the times "
            "yourself."
        )
        return embed
    if not found.times:
        length = theme.count(found.draft.minutes, "minute")
        embed.description = (
            f"In the coming two weeks nobody is free for {length} on end, as far as I can tell. "
            "Try a shorter meeting, or write the times yourself."
        )
        return embed
    for one in found.times:
        value = when.stamp(one.starts_at)
        if 0 < len(one.cannot) <= NAMED:
            value += f"\nnot {theme.names(one.cannot)}"
        embed.add_field(name=f"{len(one.can)} of {one.known} free", value=value, inline=False)
    if found.others:
        some = theme.count(found.others, "member has", "members have")
        embed.set_footer(
            text=f"{some} not said when they are free, or only to themselves. /profile set does it."
        )
    return embed
