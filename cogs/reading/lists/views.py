"""Buttons and the form of a reading list that is not begun yet."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui
from msgspec.structs import replace

from bot.base import when
from bot.base.errors import InvalidInput
from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardButtons, Face
from bot.ui.form import TEXT_LIMIT, CardForm, Typed
from bot.ui.report import report
from cogs.reading.lists.cards import draft_zone, faulty, fits_form, shown
from cogs.reading.lists.service import ListService, Preview
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.posting import Posting
from cogs.reading.polls.drafts import typed as as_typed
from data.reading.drafts import ListDraftId


class BeginButton(
    CardButton, custom_id="reading:enlist:{draft_id}", style=discord.ButtonStyle.success
):
    """Makes the series that a list is to become."""

    draft_id: ListDraftId
    meetings: int = 0

    def face(self) -> Face:
        """Return how it looks: it says how many meetings there will be."""
        label = f"Schedule {theme.count(self.meetings, 'meeting')}"
        return replace(super().face(), label=label)

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Make it, and post the first meeting's card."""
        bot = interaction.client
        service = bot.service(ListService)
        draft = await service.drafted(place, self.draft_id)
        made = await service.begin(place, self.draft_id)
        starts = when.stamp(made.view.meeting.starts_at)
        await replies.edit(interaction, f"**{theme.escape(draft.title)}** begins {starts}.")
        await bot.service(Posting).announce(interaction, made)


class ProgrammeButton(CardButton, custom_id="reading:enrol:{draft_id}", label="As a programme"):
    """Keeps a list without meetings of its own, for a programme to go through."""

    draft_id: ListDraftId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Keep it, and offer to start the programme; programmes answer that button."""
        bot = interaction.client
        list_id, draft = await bot.service(ListService).keep(place, self.draft_id)
        starts = int(draft.starts_at.timestamp())
        await replies.edit(
            interaction,
            f"**{theme.escape(draft.title)}** is kept as a reading list. Start the "
            "programme when you like, here or with `/programme start`.",
            view=CardButtons(
                ui.Button(
                    custom_id=f"programme:from:{list_id}:{starts}",
                    label="Start the programme",
                    style=discord.ButtonStyle.success,
                )
            ),
        )


class ChangeListButton(CardButton, custom_id="reading:relist:{draft_id}"):
    """Opens the form with the list."""

    draft_id: ListDraftId
    label: str = "Change it"

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Ask for the list."""
        await ListForm(self.draft_id).show(interaction)


class ForgetListButton(CardButton, custom_id="reading:unlist:{draft_id}", label="Cancel"):
    """Discards a list."""

    draft_id: ListDraftId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Forget it."""
        bot = interaction.client
        await bot.service(ListService).drop(place, self.draft_id)
        await replies.edit(interaction, "Nothing was scheduled.")


class ListForm(CardForm, custom_id="reading:listing:{draft_id}", title="The reading list"):
    """Asks for a reading list, its title and its first meeting."""

    draft_id: ListDraftId

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Fill in what is there."""
        bot = interaction.client
        draft = await bot.service(ListService).drafted(place, self.draft_id)
        if not fits_form(draft):
            raise InvalidInput(
                f"That list is too long for a form, which takes {TEXT_LIMIT} characters. Change "
                "the file, and give it to `/reading import` again."
            )
        self.ask(
            "title",
            "What the series is called",
            typed,
            filled=draft.title,
            required=True,
            limit=meeting_rules.TITLE_LIMIT,
        )
        self.ask(
            "when",
            "When the first meeting is",
            typed,
            filled=as_typed(draft.starts_at, draft_zone(draft)),
            hint=f"tue 19:00, or 2026-12-01 18:00; in {draft.timezone}",
            required=True,
            limit=100,
        )
        self.ask(
            "source",
            "The list, as CSV or YAML",
            typed,
            filled=draft.source,
            long=True,
            required=True,
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Show what the list would become now."""
        bot = interaction.client
        service = bot.service(ListService)
        draft = await service.drafted(place, self.draft_id)
        starts = when.read(typed.text("when"), zone=draft_zone(draft), now=bot.clock.now())
        preview = await service.correct(
            place,
            draft.id,
            typed.text("source"),
            title=typed.text("title"),
            starts_at=starts.at,
            zone=starts.zone,
        )
        if preview.sheet is None:
            content, embed = faulty(preview), None
        else:
            content, embed = None, shown(preview.draft, preview.sheet)
        view = buttons(preview)
        if interaction.message is not None:
            await replies.edit(interaction, content, embed=embed, view=view)
        elif embed is None:
            await report(interaction, InvalidInput(content or ""), view=view)
        else:  # the form came from the command itself, so there is no message to change
            await replies.send(interaction, embed=embed, view=view)


def buttons(preview: Preview) -> CardButtons:
    """Return what can be done with a list from a file."""
    draft = preview.draft
    offered: list[ui.Item[Any]] = []
    if preview.sheet is not None:
        offered.append(BeginButton(draft.id, len(preview.sheet.units)))
        offered.append(ProgrammeButton(draft.id))
    if fits_form(draft):
        label = "Change it" if preview.sheet is not None else "Correct it here"
        offered.append(ChangeListButton(draft.id, label))
    return CardButtons(*offered, ForgetListButton(draft.id))
