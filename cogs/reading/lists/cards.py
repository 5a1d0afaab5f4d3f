"""Reading lists as messages: what a file would become, and how far a group is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.base import when
from bot.ui import theme
from bot.ui.form import TEXT_LIMIT
from cogs.reading.lists.files import Sheet, UnitPlan
from cogs.reading.lists.service import ListProgress, ListUnitProgress, Preview
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.polls.drafts import typed as as_typed
from data.reading.drafts import ListDraft

PAGE = 12
"""How many units a page of a list's progress shows."""


def draft_zone(draft: ListDraft) -> Any:
    """Return the zone that a draft's times are read in."""
    return when.zone(draft.timezone)


def fits_form(draft: ListDraft) -> bool:
    """Whether a list can be changed in a form."""
    return len(draft.source) <= TEXT_LIMIT


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
    rule = meeting_rules.rule_from(draft.cadence, draft.starts_at, draft_zone(draft))
    starts = rule.occurrences(draft.starts_at)
    entries = [
        f"**{number}.** {theme.one_line(unit.title, 90)}\n"
        f"{' · '.join([when.stamp(at, 'D'), *_holds(unit)])}"
        for number, (unit, at) in enumerate(zip(sheet.units, starts, strict=False), start=1)
    ]
    head = f"🔁 {rule.describe()}, {theme.count(draft.minutes, 'minute')} each"
    embed = discord.Embed(
        title=f"📚 {theme.escape(draft.title)}",
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


def progress(found: ListProgress) -> list[discord.Embed]:
    """Show how far a group is with a list, some units to a page."""
    units = found.units
    head = (
        f"{theme.bar(found.held / len(units) if units else 0)} "
        f"{found.held} of {theme.count(len(units), 'unit')}"
    )
    return [
        discord.Embed(
            title=f"📚 {theme.escape(found.list.title)}",
            description=f"{head}\n\n{_entries(units[start : start + PAGE], found)}",
            colour=theme.ACCENT,
        )
        for start in range(0, max(1, len(units)), PAGE)
    ]


def _entries(units: Sequence[ListUnitProgress], found: ListProgress) -> str:
    return "\n".join(_entry(one, found) for one in units)


def _entry(one: ListUnitProgress, found: ListProgress) -> str:
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
