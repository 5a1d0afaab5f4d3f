"""What profiles and matches look like as messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import discord
from discord import ui

from bot.base import availability
from bot.ui import theme
from bot.ui.controls import CardLayout
from cogs.people.rules.profiles import free_of, is_blank, level_name, purposes
from cogs.people.service.introductions import Found, Helpers
from cogs.people.wording import LOOKING_FOR, OPEN_TO, REMINDED, SEEN_BY
from data.people.profiles import Profile
from data.states import Audience, ProfileField

PERSON = "👤"
MATCHES_SHOWN = 5
HELPERS_SHOWN = 3


def profile(shown: Profile, levels: Sequence[str], *, own: bool) -> discord.Embed:
    """Show what somebody says of themselves; to themselves also who sees it."""
    embed = discord.Embed(
        title=f"{PERSON} Your profile" if own else None,
        description=_about(shown, own=own),
        colour=theme.ACCENT,
    )
    hidden = {ProfileField(name) for name in shown.hidden or ()} if own else set[ProfileField]()

    def add(field: ProfileField | None, name: str, value: str | None) -> None:
        if value:
            mark = " (hidden)" if field in hidden else ""
            embed.add_field(name=name + mark, value=theme.clip(value, theme.FIELD_LIMIT))

    add(ProfileField.LEVEL, "Level", level(shown.level, levels))
    add(ProfileField.TIMEZONE, "Time zone", shown.timezone)
    add(ProfileField.INTERESTS, "Interests", theme.plain(", ".join(shown.interests or ())))
    add(ProfileField.FREE, "Free", availability.say(free_of(shown)))
    add(None, "Open to", ", ".join(OPEN_TO[one] for one in purposes(shown)))
    if own:
        audience = shown.audience or Audience.NOBODY
        note = f"Seen by {SEEN_BY[audience]}."
        if audience is Audience.NOBODY and shown.open_to:
            note += " Nobody finds you until you choose below who sees it."
        if shown.free and not shown.timezone:
            note += " Say your time zone too: without it nobody knows when your hours are."
        embed.set_footer(text=note)
    return embed


def _about(shown: Profile, *, own: bool) -> str:
    lines = [] if own else [f"{PERSON} {theme.person(shown.user_id)}"]
    if shown.about:
        lines.append(theme.plain(shown.about))
    if own and is_blank(shown):
        lines.append("You say nothing of yourself yet. `/profile set` is a form of five lines.")
    return "\n".join(lines)


def level(number: int | None, levels: Sequence[str]) -> str | None:
    """Say a level in words."""
    name = level_name(number, levels)
    return theme.plain(name) if name is not None else None


def levels(names: Sequence[str]) -> discord.Embed:
    """Show what a server calls its levels."""
    lines = [f"{number}. {theme.plain(name)}" for number, name in enumerate(names, start=1)]
    return discord.Embed(
        title="This server's levels",
        description="\n".join(lines)
        + "\n\nPeople pick one in `/profile set`. Who picked one before keeps its number.",
        colour=theme.GOOD,
    )


def reminders(own: Profile, zone: ZoneInfo) -> discord.Embed:
    """Show how somebody is reminded, when not, and whether others see their streak."""
    quiet = "None"
    if own.quiet_from is not None and own.quiet_until is not None:
        quiet = f"{own.quiet_from:%H:%M} to {own.quiet_until:%H:%M} ({zone.key})"
    embed = discord.Embed(
        title=f"{theme.BELL} How you are reminded",
        description="Of a check-in, a day and three hours before it is due: never of one that "
        "you posted, and never while you are away or resting.",
        colour=theme.ACCENT,
    )
    embed.add_field(name="How", value=REMINDED[own.nudges], inline=False)
    embed.add_field(name="Quiet hours", value=quiet)
    embed.add_field(name="Streak", value="Hidden" if own.streak_hidden else "Shown")
    return embed


def matches(found: Found, buttons: dict[int, ui.Item[Any]]) -> CardLayout:
    """List those who fit, the reasons in words, each with a button."""
    head = f"## {PERSON} Looking for {LOOKING_FOR[found.purpose]}"
    if not found.matches:
        text = f"{head}\nNobody who shows it to you is open to that yet."
        return CardLayout(
            ui.Container(ui.TextDisplay(text + _advice(found)), accent_colour=theme.QUIET)
        )
    items: list[ui.Item[Any]] = [ui.TextDisplay(head)]
    for match in found.matches[:MATCHES_SHOWN]:
        them = match.profile
        why = "; ".join(theme.plain(reason) for reason in match.reasons)
        lines = [f"{theme.person(them.user_id)}: {why or 'open to it'}"]
        if them.about:
            lines.append(f"-# {theme.one_line(them.about, 200)}")
        items.append(ui.Section("\n".join(lines), accessory=buttons[them.user_id]))
    more = len(found.matches) - MATCHES_SHOWN
    note = f"… and {more} more. " if more > 0 else ""
    items.append(
        ui.TextDisplay(f"-# {note}They are asked first, and see your name.{_advice(found)}")
    )
    return CardLayout(ui.Container(*items, accent_colour=theme.ACCENT))


def helpers(shown: Helpers, buttons: dict[int, ui.Item[Any]]) -> CardLayout:
    """List who could help with what is in somebody's way, each with a button to ask them."""
    items: list[ui.Item[Any]] = [
        ui.TextDisplay(f"### 🤝 Somebody may know the way\n> {theme.one_line(shown.text, 200)}")
    ]
    for them, skills in shown.found[:HELPERS_SHOWN]:
        knows = theme.plain(", ".join(skills))
        stands = level(them.level, shown.levels)
        text = f"{theme.person(them.user_id)}: {knows}" + (f"; level {stands}" if stands else "")
        items.append(ui.Section(text, accessory=buttons[them.user_id]))
    items.append(
        ui.TextDisplay("-# Only you see this. Whom you ask sees your name and what is in the way.")
    )
    return CardLayout(ui.Container(*items, accent_colour=theme.ACCENT))


def _advice(found: Found) -> str:
    own = found.own
    if not (own.interests and own.level and own.free and own.timezone):
        return " The more you say in `/profile set`, the better the reasons."
    if own.audience in (None, Audience.NOBODY):
        return " To be found yourself, choose in `/profile set` who sees your profile."
    return ""
