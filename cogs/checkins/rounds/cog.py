"""The commands `/checkin schedule`, `questions`, `post`, `edit`, `delete` and `status`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot import events
from bot.base import when
from bot.base.errors import InvalidInput, NotAllowed
from bot.base.recurrence import Cadence
from bot.client import CohortBot, Interaction
from bot.place import only_organisers
from bot.ui import replies
from bot.ui.command_arguments import ask_which
from bot.ui.command_groups import SubjectCog
from bot.ui.options import MOST
from bot.ui.pages import Pages
from bot.ui.places import WhichGroup, choices
from bot.ui.report import reports_errors
from cogs.checkins.command_groups import CHECKIN, GROUP_HINT
from cogs.checkins.quiet.cards import own_pace
from cogs.checkins.quiet.service import QuietService
from cogs.checkins.quiet.views import PaceButton
from cogs.checkins.rounds import cards
from cogs.checkins.rounds.rules import Answers
from cogs.checkins.rounds.service import CheckinService, NotMember
from cogs.checkins.rounds.views import (
    CheckInNowButton,
    EditForm,
    LookBackButton,
    QuestionsForm,
    confirm_delete,
    offer_to_join,
    open_form,
    show,
)
from data.server.groups import Group
from data.states import CardKind


class RoundCommands(SubjectCog, group=CHECKIN):
    """Rounds of check-ins: when they are due, what they ask, and what people post."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(CheckinService)
        self._menu = app_commands.ContextMenu(name="Log as check-in", callback=self.log_message)

    @app_commands.command(description="Set when check-ins are due (organisers)")
    @app_commands.describe(
        cadence="How often a round is due",
        day="The weekday, for example sunday",
        time="The time of day, for example 18:00 or 6pm",
        timezone="A time zone such as Europe/London; without it, the group's",
        group=GROUP_HINT,
    )
    @app_commands.choices(
        cadence=[
            app_commands.Choice(name="weekly", value="weekly"),
            app_commands.Choice(name="fortnightly", value="fortnightly"),
            app_commands.Choice(name="monthly (every 4 weeks)", value="monthly"),
        ]
    )
    @reports_errors
    async def schedule(
        self,
        interaction: Interaction,
        cadence: str,
        day: str,
        time: str,
        timezone: str | None = None,
        group: str | None = None,
    ) -> None:
        """Set when rounds are due."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        done = await self.service.schedule(
            place, meant, cadence=Cadence(cadence), day=day, time=time, timezone=timezone
        )
        await replies.send(interaction, embed=cards.scheduled(done), public=True)
        self.bot.cards.refresh(CardKind.ROUND, done.round.id)
        for checkin_id in done.checkins:
            self.bot.cards.refresh(CardKind.CHECKIN, checkin_id)
        events.group_changed(self.bot, meant.id)

    @app_commands.command(description="Check in: what you did, what comes next")
    @app_commands.describe(
        did="What you did; without it, a form opens",
        next="What you will do next: each line is a commitment",
        blocked="What is in the way",
        group=GROUP_HINT,
    )
    @reports_errors
    async def post(
        self,
        interaction: Interaction,
        did: str | None = None,
        next: str | None = None,  # the option's name in Discord
        blocked: str | None = None,
        group: str | None = None,
    ) -> None:
        """Log a check-in at once, or open the form."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        answers = Answers(did or "", next or "", blocked or "")
        if did is None:
            await open_form(interaction, meant, answers)
            return
        try:
            posted = await self.service.post(place, meant, answers)
        except NotMember as error:
            await offer_to_join(interaction, error, answers)
            return
        await show(interaction, posted)

    @app_commands.command(description="Who has checked in, who has not yet, and when it is due")
    @app_commands.describe(group=GROUP_HINT)
    @reports_errors
    async def status(self, interaction: Interaction, group: str | None = None) -> None:
        """Show how the open round is going, to the person who asked."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        shown = cards.standing(await self.service.status(meant))
        pace = await self.bot.service(QuietService).pace_of(meant, place.user_id)
        check_in = CheckInNowButton(meant.id)
        if pace is None:
            await Pages.show(interaction, shown, check_in)
            return
        if pace.every > 1:
            shown[0].description = f"{shown[0].description}\n\n{own_pace(pace)}"
        other = PaceButton(meant.id, 1 if pace.every > 1 else 2)
        await Pages.show(interaction, shown, check_in, LookBackButton("stats", meant.id), other)

    @app_commands.command(description="Change the questions of each round (organisers)")
    @app_commands.describe(group=GROUP_HINT)
    @reports_errors
    async def questions(self, interaction: Interaction, group: str | None = None) -> None:
        """Open the form with a group's questions."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        only_organisers(place, "change the questions")
        await QuestionsForm(meant.id).show(interaction)

    @app_commands.command(description="Change your last check-in")
    @app_commands.describe(group=GROUP_HINT)
    @reports_errors
    async def edit(self, interaction: Interaction, group: str | None = None) -> None:
        """Open the form with the person's last check-in."""
        place = await self.bot.places.of(interaction)
        last = await self.service.last(place, await self.bot.places.group(place, group))
        await EditForm(last.id).show(interaction)

    @app_commands.command(description="Delete your last check-in; you can undo it")
    @app_commands.describe(group=GROUP_HINT)
    @reports_errors
    async def delete(self, interaction: Interaction, group: str | None = None) -> None:
        """Show the person's last check-in, and ask before it is deleted."""
        place = await self.bot.places.of(interaction)
        last = await self.service.last(place, await self.bot.places.group(place, group))
        await replies.send(
            interaction,
            "Delete this check-in?",
            embed=cards.whole(last)[0],
            view=confirm_delete(last.id),
        )

    @reports_errors
    async def log_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Turn a message of the person's own into a check-in."""
        place = await self.bot.places.of(interaction)
        if message.author.id != interaction.user.id:
            raise NotAllowed("You can log your own messages only: this one is somebody else's.")
        if not message.content.strip():
            raise InvalidInput("There is no text in that message. `/checkin post` takes some.")
        try:
            meant = await self.bot.places.group(place)
        except WhichGroup as which:
            if len(which.groups) > MOST:
                raise

            async def go_on(picked: Interaction, chosen: Group) -> None:
                await self._log(picked, chosen, message)

            await ask_which(interaction, "group", {one.name: one for one in which.groups}, go_on)
            return
        await self._log(interaction, meant, message)

    async def _log(self, interaction: Interaction, meant: Group, message: discord.Message) -> None:
        place = await self.bot.places.of(interaction)
        answers = Answers(message.content)
        try:
            posted = await self.service.post(place, meant, answers, source_url=message.jump_url)
        except NotMember as error:
            await offer_to_join(interaction, error, answers, source_url=message.jump_url)
            return
        await show(interaction, posted)

    async def cog_load(self) -> None:
        """Add the message menu too, which a cog does not do by itself."""
        await super().cog_load()
        self.bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take it away again."""
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)
        await super().cog_unload()

    @schedule.autocomplete("group")
    @questions.autocomplete("group")
    @post.autocomplete("group")
    @status.autocomplete("group")
    @edit.autocomplete("group")
    @delete.autocomplete("group")
    async def _groups(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.bot.places.group_choices(interaction, typed)

    @schedule.autocomplete("day")
    async def _days(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return choices(typed, [(day, day.lower()) for day in when.WEEKDAYS])

    @schedule.autocomplete("timezone")
    async def _zones(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=name, value=name) for name in when.zone_choices(typed)]
