"""Whom a new meeting pings: nobody unless somebody asks, the group's members, or a role."""

from __future__ import annotations

import re
from collections.abc import Sequence

import discord
from msgspec import Struct

from bot.base import when
from bot.base.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.client import Interaction
from bot.jobs.delivery import Content
from bot.place import Place
from bot.ui import theme
from bot.ui.options import Choices, choices
from cogs.reading.meetings.card_view import MeetingView
from cogs.reading.mentions import mentioning
from data.delivery.cards import Card

NOBODY, MEMBERS = "nobody", "members"

_ROLE = re.compile(r"<@&(\d{15,20})>")


class Ping(Struct, frozen=True):
    """Whom to ping: the members, or a role."""

    members: bool = False
    role_id: int | None = None


def ping_in(interaction: Interaction, place: Place, text: str | None) -> Ping:
    """Return whom somebody wants to ping.

    A role is picked from the list, mentioned, or typed by its name. Raises NotFound for one that
    does not exist, NotAllowed for one that the person may not mention themselves, and Conflict for
    one that the bot may not.
    """
    wanted = (text or "").strip()
    if wanted.casefold() in ("", NOBODY):
        return Ping()
    if wanted.casefold() == MEMBERS:
        return Ping(members=True)
    guild = interaction.guild
    mentioned = _ROLE.fullmatch(wanted)
    # What is typed reaches us with an invisible character in “@everyone”.
    named = wanted.replace("\u200b", "").removeprefix("@").casefold()
    for role in guild.roles if guild is not None else ():
        if (mentioned and int(mentioned[1]) == role.id) or role.name.removeprefix(
            "@"
        ).casefold() == named:
            _check_may(interaction, place, role)
            return Ping(role_id=role.id)
    raise NotFound(
        f"There is no role called “{theme.one_line(wanted, 60)}” here. `ping:` takes nobody, "
        "members, or a role from the list that opens."
    )


def ping_choices(interaction: Interaction, typed: str) -> Choices:
    """Offer nobody, the members, and the roles that both the person and the bot may mention."""
    guild = interaction.guild
    theirs = interaction.permissions.mention_everyone
    mine = interaction.app_permissions.mention_everyone
    roles = [
        (f"@{role.name}", role.mention)
        for role in reversed(guild.roles if guild is not None else [])
        if not role.is_default() and (role.mentionable or (theirs and mine))
    ]
    return choices(typed, [(NOBODY, NOBODY), (MEMBERS, MEMBERS), *roles])


def _check_may(interaction: Interaction, place: Place, role: discord.Role) -> None:
    if role.is_default():
        raise InvalidInput("I don't ping a whole server. Choose `members`, or a smaller role.")
    if role.mentionable:
        return
    if not (interaction.permissions.mention_everyone or place.organiser):
        raise NotAllowed(
            f"You may not mention the role {role.name}, so I don't for you. Choose `members`, "
            "or ask an organiser."
        )
    if not interaction.app_permissions.mention_everyone:
        raise Conflict(
            f"I may not mention the role {role.name}. Make it mentionable in the server's "
            "settings, or choose `members`."
        )


def role_ping(view: MeetingView, card: Card | None, role_id: int) -> Content:
    """Ping a role to a new meeting."""
    return Content(
        text=f"{_invitation(view, card)}\n-# <@&{role_id}>",
        mentions=discord.AllowedMentions(
            everyone=False, users=False, roles=[discord.Object(role_id)]
        ),
    )


def member_ping(view: MeetingView, card: Card | None, mentions: Sequence[int]) -> Content:
    """Ping members to a new meeting."""
    return mentioning(_invitation(view, card), mentions)


def _invitation(view: MeetingView, card: Card | None) -> str:
    one = view.meeting
    where = f"Answer [on its card]({card.url})." if card is not None else "Answer on its card."
    return (
        f"{theme.CALENDAR} **{theme.escape(one.title)}** is on {when.stamp(one.starts_at)}. {where}"
    )
