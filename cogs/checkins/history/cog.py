"""The commands `/checkin history` and `/checkin stats`."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.command_groups import SubjectCog
from bot.ui.controls import CardButton, CardButtons
from bot.ui.pages import Pages
from bot.ui.report import reports_errors
from cogs.checkins.command_groups import CHECKIN, GROUP_HINT
from cogs.checkins.history import cards, rules
from cogs.checkins.history.service import HistoryService
from cogs.checkins.rounds.views import CheckInNowButton, LookBackButton
from data.server.groups import Group


class HistoryCommands(SubjectCog, group=CHECKIN, name="check-in history"):
    """Looking back: what somebody posted, and how they or their group are doing."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(HistoryService)

    @app_commands.command(description="What somebody posted, page by page")
    @app_commands.describe(
        person="Whose check-ins; without it, your own",
        since="How far back: a date such as 2026-11-01, or 6 weeks",
        group=GROUP_HINT,
    )
    @reports_errors
    async def history(
        self,
        interaction: Interaction,
        person: discord.User | None = None,
        since: str | None = None,
        group: str | None = None,
    ) -> None:
        """Show somebody's check-ins, the newest first."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        start = rules.since(since, place.zone(meant), self.bot.clock.now()) if since else None
        who = person.id if person else place.user_id
        past = await self.service.past(place, meant, who, start)
        await Pages.show(interaction, cards.past(past), *_next(place, who, meant, "stats"))

    @app_commands.command(description="How somebody is doing: a calendar of rounds, and streaks")
    @app_commands.describe(
        person="Who; without it, you",
        group=GROUP_HINT,
        everybody="The whole group instead (organisers)",
    )
    @reports_errors
    async def stats(
        self,
        interaction: Interaction,
        person: discord.User | None = None,
        group: str | None = None,
        everybody: bool = False,
    ) -> None:
        """Show a person's rounds as a picture, or a group's as a list."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        if everybody:
            embed = cards.of_group(await self.service.of_group(place, meant))
            await replies.send(interaction, embed=embed)
            return
        who = person.id if person else place.user_id
        view = await self.service.statistics(place, meant, who)
        embed, file = await cards.statistics(view)
        buttons = _next(place, who, meant, "history")
        await replies.send(
            interaction, embed=embed, files=[file], view=CardButtons(*buttons) if buttons else None
        )

    @history.autocomplete("group")
    @stats.autocomplete("group")
    async def _groups(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.bot.places.group_choices(interaction, typed)


def _next(
    place: Place, user_id: int, group: Group, other: Literal["history", "stats"]
) -> list[CardButton]:
    """Return what somebody may do next who looks at their own: check in, or look at the other."""
    if user_id != place.user_id:
        return []
    return [CheckInNowButton(group.id), LookBackButton(other, group.id)]
