"""Buttons and the form of a reading list that is not begun yet."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.base.errors import InvalidInput
from bot.client import Interaction
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons
from bot.ui.form import TEXT_LIMIT, Form, Typed
from cogs.reading.lists.cards import draft_zone, faulty, fits_form, shown
from cogs.reading.lists.service import ListService, Preview
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.posting import Posting
from cogs.reading.polls.drafts import typed as as_typed


class BeginButton(CardButton, template=r"reading:enlist:(?P<draft_id>\d{1,18})"):
    """Makes the series that a list is to become."""

    def __init__(self, draft_id: int, meetings: int = 0) -> None:
        super().__init__(
            f"reading:enlist:{draft_id}",
            label=f"Schedule {theme.count(meetings, 'meeting')}",
            style=discord.ButtonStyle.success,
        )
        self.draft_id = draft_id

    async def pressed(self, interaction: Interaction) -> None:
        """Make it, and post the first meeting's card."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(ListService)
        draft = await service.drafted(place, self.draft_id)
        meeting, group = await service.begin(place, self.draft_id)
        await interaction.response.edit_message(
            content=f"**{theme.plain(draft.title)}** begins {when.stamp(meeting.starts_at)}.",
            embed=None,
            view=None,
        )
        await bot.service(Posting).announce(interaction, meeting, group)


class ProgrammeButton(CardButton, template=r"reading:enrol:(?P<draft_id>\d{1,18})"):
    """Keeps a list without meetings of its own, for a programme to go through."""

    def __init__(self, draft_id: int) -> None:
        super().__init__(f"reading:enrol:{draft_id}", label="As a programme")
        self.draft_id = draft_id

    async def pressed(self, interaction: Interaction) -> None:
        """Keep it, and offer to start the programme; programmes answer that button."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        list_id, draft = await bot.service(ListService).keep(place, self.draft_id)
        starts = int(draft.starts_at.timestamp())
        await interaction.response.edit_message(
            content=f"**{theme.plain(draft.title)}** is kept as a reading list. Start the "
            "programme when you like, here or with `/programme start`.",
            embed=None,
            view=CardButtons(
                ui.Button(
                    custom_id=f"programme:from:{list_id}:{starts}",
                    label="Start the programme",
                    style=discord.ButtonStyle.success,
                )
            ),
        )


class ChangeListButton(CardButton, template=r"reading:relist:(?P<draft_id>\d{1,18})"):
    """Opens the form with the list."""

    def __init__(self, draft_id: int, label: str = "Change it") -> None:
        super().__init__(f"reading:relist:{draft_id}", label=label)
        self.draft_id = draft_id

    async def pressed(self, interaction: Interaction) -> None:
        """Ask for the list."""
        await ListForm.open(interaction, draft_id=self.draft_id)


class ForgetListButton(CardButton, template=r"reading:unlist:(?P<draft_id>\d{1,18})"):
    """Puts a list aside."""

    def __init__(self, draft_id: int) -> None:
        super().__init__(f"reading:unlist:{draft_id}", label="Cancel")
        self.draft_id = draft_id

    async def pressed(self, interaction: Interaction) -> None:
        """Forget it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(ListService).drop(place, self.draft_id)
        await interaction.response.edit_message(
            content="Nothing was scheduled.", embed=None, view=None
        )


class ListForm(Form, template=r"reading:listing:(?P<draft_id>\d{1,18})"):
    """Asks for a reading list, its title and its first meeting."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, **about: Any) -> ListForm:
        """Return the form with what is there."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        draft = await bot.service(ListService).drafted(place, about["draft_id"])
        if not fits_form(draft):
            raise InvalidInput(
                f"That list is too long for a form, which takes {TEXT_LIMIT} characters. Change "
                "the file, and give it to `/reading import` again."
            )
        form = cls("The reading list", f"reading:listing:{draft.id}")
        form.ask(
            "title",
            "What the series is called",
            typed,
            filled=draft.title,
            required=True,
            limit=meeting_rules.TITLE_LIMIT,
        )
        form.ask(
            "when",
            "When the first meeting is",
            typed,
            filled=as_typed(draft.starts_at, draft_zone(draft)),
            hint=f"tue 19:00, or 2026-12-01 18:00; in {draft.timezone}",
            required=True,
            limit=100,
        )
        return form.ask(
            "source",
            "The list, as CSV or YAML",
            typed,
            filled=draft.source,
            long=True,
            required=True,
        )

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, **about: Any) -> None:
        """Show what the list would become now."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(ListService)
        draft = await service.drafted(place, about["draft_id"])
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
            await interaction.response.edit_message(
                content=faulty(preview), embed=None, view=buttons(preview)
            )
        else:
            await interaction.response.edit_message(
                content=None, embed=shown(preview.draft, preview.sheet), view=buttons(preview)
            )


BUTTONS = (BeginButton, ProgrammeButton, ChangeListButton, ForgetListButton)


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
