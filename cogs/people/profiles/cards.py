"""What profiles look like as messages."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import discord

from bot.base import availability
from bot.ui import theme
from cogs.people.profiles.rules import free_of, is_blank, level_name, purposes
from cogs.people.wording import OPEN_TO, REMINDED, SEEN_BY
from data.people.profiles import Profile
from data.states import Audience, ProfileField

PERSON = "👤"


def profile(shown: Profile, levels: Sequence[str], *, own: bool) -> discord.Embed:
    """Show what somebody says about themselves; to themselves also who sees it."""
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
    add(ProfileField.INTERESTS, "Interests", theme.escape(", ".join(shown.interests or ())))
    add(ProfileField.FREE, "Free", availability.say(free_of(shown)))
    add(None, "Open to", ", ".join(OPEN_TO[one] for one in purposes(shown)))
    if own:
        audience = shown.audience or Audience.NOBODY
        note = f"Seen by {SEEN_BY[audience]}."
        if audience is Audience.NOBODY and shown.open_to:
            note += " Nobody finds you until you choose below who sees it."
        if shown.free and not shown.timezone:
            note += " Add your time zone too: without it nobody knows when your hours are."
        embed.set_footer(text=note)
    return embed


def _about(shown: Profile, *, own: bool) -> str:
    lines = [] if own else [f"{PERSON} {theme.person(shown.user_id)}"]
    if shown.about:
        lines.append(theme.escape(shown.about))
    if own and is_blank(shown):
        lines.append("You say nothing about yourself yet. `/profile set` is a form of five lines.")
    return "\n".join(lines)


def level(number: int | None, levels: Sequence[str]) -> str | None:
    """Say a level in words."""
    name = level_name(number, levels)
    return theme.escape(name) if name is not None else None


def levels(names: Sequence[str]) -> discord.Embed:
    """Show what a server calls its levels."""
    lines = [f"{number}. {theme.escape(name)}" for number, name in enumerate(names, start=1)]
    return discord.Embed(
        title="This server's levels",
        description="\n".join(lines)
        + "\n\nPeople pick one in `/profile set`. Anyone who picked one before keeps its number.",
        colour=theme.GOOD,
    )


def reminders(own: Profile, zone: ZoneInfo) -> discord.Embed:
    """Show how somebody is reminded, when not, and whether others see their streak."""
    quiet = "None"
    if own.timezone is not None:
        quiet = f"None set: direct reminders wait for your mornings all the same ({zone.key})"
    if own.quiet_from is not None and own.quiet_until is not None:
        quiet = f"{own.quiet_from:%H:%M} to {own.quiet_until:%H:%M} ({zone.key})"
    embed = discord.Embed(
        title=f"{theme.BELL} How you are reminded",
        description="I remind you of a check-in a day and three hours before it is due: never "
        "after you posted it, and never while you are away or resting.",
        colour=theme.ACCENT,
    )
    embed.add_field(name="How", value=REMINDED[own.nudges], inline=False)
    embed.add_field(name="Quiet hours", value=quiet)
    embed.add_field(name="Streak", value="Hidden" if own.streak_hidden else "Shown")
    voice = "Not noted" if own.voice_uncounted else "Noted"
    embed.add_field(name="Meetings in voice channels", value=voice)
    return embed
