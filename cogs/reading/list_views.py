"""How a reading list from a file is looked at, corrected and begun, and how far a group is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.base.errors import InvalidInput
from bot.client import Interaction
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons
from bot.ui.form import TEXT_LIMIT, Form, Typed
from cogs.reading import rules
from cogs.reading.curriculum import CurriculumService, Preview, Progress, UnitProgress
from cogs.reading.list_files import Sheet, UnitPlan
from cogs.reading.proposals import typed as as_typed
from data.reading.drafts import ListDraft

PAGE = 12
"""How many units a page of a list's progress shows."""


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
        service = bot.service(CurriculumService)
        draft = await service.drafted(place, self.draft_id)
        meeting, group = await service.begin(place, self.draft_id)
        await interaction.response.edit_message(
            content=f"**{theme.plain(draft.title)}** begins {when.stamp(meeting.starts_at)}.",
            embed=None,
            view=None,
        )
        commands: Any = bot.get_cog("reading")
        await commands.posting.announce(interaction, meeting, group)


class ProgrammeButton(CardButton, template=r"reading:enrol:(?P<draft_id>\d{1,18})"):
    """Keeps a list without meetings of its own, for a programme to go through."""

    def __init__(self, draft_id: int) -> None:
        super().__init__(f"reading:enrol:{draft_id}", label="As a programme")
        self.draft_id = draft_id

    async def pressed(self, interaction: Interaction) -> None:
        """Keep it, and offer to start the programme; programmes answer that button."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        list_id, draft = await bot.service(CurriculumService).keep(place, self.draft_id)
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
        await bot.service(CurriculumService).drop(place, self.draft_id)
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
        draft = await bot.service(CurriculumService).drafted(place, about["draft_id"])
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
            limit=rules.TITLE_LIMIT,
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
        service = bot.service(CurriculumService)
        draft = await service.drafted(place, about["draft_id"])
        zone, text = draft_zone(draft), typed.text("when")
        preview = await service.correct(
            place,
            draft.id,
            typed.text("source"),
            title=typed.text("title"),
            starts_at=when.parse(text, zone=zone, now=bot.clock.now()),
            zone=when.zone_in(text, zone),
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


def draft_zone(draft: ListDraft) -> Any:
    """Return the zone that a draft's times are read in."""
    return when.zone(draft.timezone)


def fits_form(draft: ListDraft) -> bool:
    """Whether a list can be changed in a form."""
    return len(draft.source) <= TEXT_LIMIT


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


def faulty(preview: Preview) -> str:
    """Say what is wrong with a list, and how to go on."""
    said = f"This list needs another look:\n{preview.fault}"
    if not fits_form(preview.draft):
        said += "\nCorrect the file, and give it to `/reading import` again with what you typed:"
        title = preview.draft.title.replace("`", "'")
        zone = draft_zone(preview.draft)
        said += f"\n`title: {title}` `when: {as_typed(preview.draft.starts_at, zone)}`"
    return said


def shown(draft: ListDraft, sheet: Sheet) -> discord.Embed:
    """Show what a list would become: each unit with the day of its meeting."""
    rule = rules.rule_from(draft.cadence, draft.starts_at, draft_zone(draft))
    starts = rule.occurrences(draft.starts_at)
    entries = [
        f"**{number}.** {theme.one_line(unit.title, 90)}\n"
        f"{' · '.join([when.stamp(at, 'D'), *_holds(unit)])}"
        for number, (unit, at) in enumerate(zip(sheet.units, starts, strict=False), start=1)
    ]
    head = f"🔁 {rule.describe()}, {theme.count(draft.minutes, 'minute')} each"
    embed = discord.Embed(
        title=f"📚 {theme.plain(draft.title)}",
        description=f"{head}\n\n{theme.lines(entries, 3700)}",
        colour=theme.ACCENT,
    )
    if sheet.ignored:
        named = ", ".join(theme.clip(name, 30) for name in sheet.ignored[:5])
        embed.set_footer(text=f"Left aside, as I don't know these columns: {named}")
    return embed


def _holds(unit: UnitPlan) -> list[str]:
    """Say what a unit holds, in a few words."""
    said: list[str] = []
    if len(unit.readings) > 1:
        said.append(f"{len(unit.readings)} readings")
    if unit.minutes:
        said.append(f"{unit.minutes} min to read")
    if unit.exercises:
        said.append(theme.count(len(unit.exercises), "exercise"))
    return said


def progress(found: Progress) -> list[discord.Embed]:
    """Show how far a group is with a list, some units to a page."""
    units = found.units
    head = (
        f"{theme.bar(found.held / len(units) if units else 0)} "
        f"{found.held} of {theme.count(len(units), 'unit')}"
    )
    return [
        discord.Embed(
            title=f"📚 {theme.plain(found.list.title)}",
            description=f"{head}\n\n{_entries(units[start : start + PAGE], found)}",
            colour=theme.ACCENT,
        )
        for start in range(0, max(1, len(units)), PAGE)
    ]


def _entries(units: Sequence[UnitProgress], found: Progress) -> str:
    return "\n".join(_entry(one, found) for one in units)


def _entry(one: UnitProgress, found: Progress) -> str:
    held = one.met is not None and one.met.starts_at <= found.now
    mark = theme.DONE if held else theme.CALENDAR if one.met else "▫️"
    said: list[str] = []
    if one.met is not None:
        said.append(when.stamp(one.met.starts_at, "D"))
    if one.readers:
        said.append(f"{one.readers} read it")
    if one.unit.exercises:
        total = theme.count(len(one.unit.exercises), "exercise")
        said.append(f"{one.done} of {total} done" if one.taken else total)
    line = f"{mark} **{one.unit.number}.** {theme.one_line(one.unit.title, 90)}"
    return f"{line}\n{' · '.join(said)}" if said else line
