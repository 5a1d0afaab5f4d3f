"""The command `/checkin`, and what rounds post by themselves."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import discord
from discord import app_commands
from discord.ext import commands

from bot import events
from bot.base import when
from bot.base.errors import InvalidInput, NotAllowed, Undeliverable
from bot.base.recurrence import Cadence
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content, channel, person
from bot.jobs.scheduler import Lateness
from bot.ui import theme
from bot.ui.pages import Pages
from bot.ui.places import choices
from bot.ui.report import answered
from cogs.checkins import cards, history_cards, rules
from cogs.checkins.history_service import HistoryService
from cogs.checkins.pods import line, told_of_round
from cogs.checkins.quiet import PaceButton
from cogs.checkins.quiet_service import QuietService
from cogs.checkins.rules import Answers
from cogs.checkins.service import CLOSE, PROMPT, CheckinService, NotMember
from cogs.checkins.task_views import StuckButton
from cogs.checkins.views import (
    CheckInButton,
    ConfirmDelete,
    EditForm,
    HelpButton,
    QuestionsForm,
    ReadButton,
    StatusButton,
    offer_to_join,
    open_form,
    refresh_round,
    show,
)
from data.checkins.rounds import Round
from data.delivery.deadlines import Deadline
from data.server.groups import Group, GroupId
from data.states import CardKind

GROUP_HINT = "Which group; without it, the one of this channel"


class CheckinCommands(commands.GroupCog, group_name="checkin", name="checkins"):
    """Tell the others what you did, and what comes next."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(CheckinService)
        bot.cards.render_with(CardKind.CHECKIN, self.render_checkin)
        bot.cards.render_with(CardKind.POD_LINE, self.render_line)
        bot.cards.render_with(CardKind.ROUND, self.render_prompt)
        bot.cards.render_with(CardKind.DIGEST, self.render_digest)
        self._menu = app_commands.ContextMenu(name="Log as check-in", callback=self.log_message)
        bot.deadlines.on(PROMPT, self.prompt, lateness=Lateness.EXPIRE)
        bot.deadlines.on(CLOSE, self.close, lateness=Lateness.SEND)

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
    @answered
    async def schedule(
        self,
        interaction: Interaction,
        cadence: str,
        day: str,
        time: str,
        timezone: str | None = None,
        group: str | None = None,
    ) -> None:
        """Set the rounds."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        done = await self.service.schedule(
            place, meant, cadence=Cadence(cadence), day=day, time=time, timezone=timezone
        )
        await interaction.response.send_message(embed=cards.scheduled(done))
        self.bot.cards.refresh(CardKind.ROUND, done.round.id)
        events.group_changed(self.bot, meant.id)

    @app_commands.command(description="Check in: what you did, what comes next")
    @app_commands.describe(
        did="What you did; without it, a form opens",
        next="What you will do next: each line is a commitment",
        blocked="What is in the way",
        group=GROUP_HINT,
    )
    @answered
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
    @answered
    async def status(self, interaction: Interaction, group: str | None = None) -> None:
        """Show where this round stands, to the person who asked."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        shown = cards.standing(await self.service.status(meant))
        pace = await self.bot.service(QuietService).pace_of(meant, place.user_id)
        if pace is None:
            await Pages.show(interaction, shown)
            return
        if pace.every > 1:
            shown[0].description = f"{shown[0].description}\n\n{cards.own_pace(pace)}"
        other = PaceButton(1 if pace.every > 1 else 2, meant.id)
        await Pages.show(interaction, shown, other)

    @app_commands.command(description="Change the questions of each round (organisers)")
    @app_commands.describe(group=GROUP_HINT)
    @answered
    async def questions(self, interaction: Interaction, group: str | None = None) -> None:
        """Open the form with a group's questions."""
        place = await self.bot.places.of(interaction)
        meant = await self.bot.places.group(place, group)
        rules.only_organisers(place, "change the questions")
        await QuestionsForm.open(interaction, group_id=meant.id)

    @app_commands.command(description="Change your last check-in")
    @app_commands.describe(group=GROUP_HINT)
    @answered
    async def edit(self, interaction: Interaction, group: str | None = None) -> None:
        """Open the form with one's last check-in."""
        place = await self.bot.places.of(interaction)
        last = await self.service.last(place, await self.bot.places.group(place, group))
        await EditForm.open(interaction, checkin_id=last.id)

    @app_commands.command(description="Delete your last check-in; you can undo it")
    @app_commands.describe(group=GROUP_HINT)
    @answered
    async def delete(self, interaction: Interaction, group: str | None = None) -> None:
        """Show one's last check-in, and ask."""
        place = await self.bot.places.of(interaction)
        last = await self.service.last(place, await self.bot.places.group(place, group))
        await interaction.response.send_message(
            "Delete this check-in?",
            embed=cards.whole(last)[0],
            view=ConfirmDelete(last.id),
            ephemeral=True,
        )

    @app_commands.command(description="What somebody posted, page by page")
    @app_commands.describe(
        person="Whose check-ins; without it, your own",
        since="How far back: a date such as 2026-11-01, or 6 weeks",
        group=GROUP_HINT,
    )
    @answered
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
        past = await self.bot.service(HistoryService).past(place, meant, who, start)
        await Pages.show(interaction, history_cards.past(past))

    @app_commands.command(description="How somebody does: a calendar of rounds, and streaks")
    @app_commands.describe(
        person="Who; without it, you",
        group=GROUP_HINT,
        everybody="How the whole group does instead (organisers)",
    )
    @answered
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
        service = self.bot.service(HistoryService)
        if everybody:
            embed = history_cards.of_group(await service.of_group(place, meant))
            await interaction.response.send_message(embed=embed, ephemeral=True)
            return
        who = person.id if person else place.user_id
        view = await service.statistics(place, meant, who)
        embed, file = await history_cards.statistics(view)
        await interaction.response.send_message(embed=embed, file=file, ephemeral=True)

    @answered
    async def log_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Make a message of one's own a check-in."""
        place = await self.bot.places.of(interaction)
        if message.author.id != interaction.user.id:
            raise NotAllowed("You can log your own messages only: this one is somebody else's.")
        if not message.content.strip():
            raise InvalidInput("There is no text in that message. `/checkin post` takes some.")
        meant = await self.bot.places.group(place)
        answers = Answers(message.content)
        try:
            posted = await self.service.post(place, meant, answers, source_url=message.jump_url)
        except NotMember as error:
            await offer_to_join(interaction, error, answers, source_url=message.jump_url)
            return
        await show(interaction, posted)

    async def cog_load(self) -> None:
        """Add the message menu, which a cog does not do by itself."""
        self.bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take it away again."""
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @history.autocomplete("group")
    @stats.autocomplete("group")
    @questions.autocomplete("group")
    @edit.autocomplete("group")
    @delete.autocomplete("group")
    @schedule.autocomplete("group")
    @post.autocomplete("group")
    @status.autocomplete("group")
    async def _groups(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.bot.places.group_choices(interaction, typed)

    @schedule.autocomplete("day")
    async def _days(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return choices(typed, [(day, day.lower()) for day in when.WEEKDAYS])

    @schedule.autocomplete("timezone")
    async def _zones(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=name, value=name) for name in when.zone_choices(typed)]

    @commands.Cog.listener()
    async def on_group_changed(self, group_id: GroupId) -> None:
        """Bring the prompt of a group's open round up to date: who is in it, and who is away."""
        async with self.bot.store.read() as tx:
            round_ = await tx.checkins.open_round(group_id)
        refresh_round(self.bot, round_)

    @commands.Cog.listener()
    async def on_group_restored(self, group_id: GroupId) -> None:
        """Take a group's rounds up again."""
        await self.service.take_up(group_id)

    async def prompt(self, deadline: Deadline, late: timedelta) -> None:
        """Post a round's prompt."""
        round_ = await self.service.prompt(deadline.subject_id)
        view = await self.service.round(round_.id)
        await self._publish(CardKind.ROUND, round_, view.group)

    async def close(self, deadline: Deadline, late: timedelta) -> None:
        """Close a round, open the next, and post the digest."""
        closed = await self.service.close(deadline.subject_id)
        if closed is None:
            return
        round_, group = closed
        events.group_changed(self.bot, group.id)
        self.bot.cards.refresh(CardKind.ROUND, round_.id)
        await self._publish(CardKind.DIGEST, round_, group)
        digest = await self.service.digest(round_.id)
        await told_of_round(self.bot, round_, group.id, digest.missed)

    async def _publish(self, kind: CardKind, round_: Round, group: Group) -> None:
        """Post a round's card in the group's channel, or tell the organiser why it cannot be."""
        try:
            await self.bot.cards.publish(
                kind, round_.id, round_.guild_id, channel(group.channel_id)
            )
        except Undeliverable as error:
            await self._tell_organiser(kind, round_, group, error)
            raise

    async def _tell_organiser(
        self, kind: CardKind, round_: Round, group: Group, error: Undeliverable
    ) -> None:
        what = "prompt" if kind is CardKind.ROUND else "digest"
        text = (
            f"I cannot post the {what} of round {round_.number} of **{theme.plain(group.name)}**: "
            f"{error.sentence}. Nothing is lost: let me post there, or give the group another "
            "channel with `/group edit`, and it follows; `/cohort health` shows it."
        )
        async with self.bot.store.read() as tx:
            server = await tx.servers.get(group.guild_id)
        to = [person(group.created_by)]
        if server.announcements_channel_id is not None:
            to.append(channel(server.announcements_channel_id))
        with suppress(Undeliverable):
            await self.bot.delivery.send(
                f"checkin/{round_.id}/{kind}/refused", group.guild_id, Content(text=text), to
            )

    async def render_checkin(self, checkin_id: int) -> Content:
        """Return a check-in's card."""
        return cards.checkin(await self.service.view(checkin_id), ReadButton(checkin_id))

    async def render_line(self, checkin_id: int) -> Content:
        """Return the line that a pod is shown of a check-in."""
        view = await self.service.view(checkin_id)
        return line(view.checkin, await self.service.card(view.checkin))

    async def render_prompt(self, round_id: int) -> Content:
        """Return a round's prompt."""
        view = await self.service.round(round_id)
        return cards.prompt(view, [CheckInButton(round_id), StatusButton(round_id)])

    async def render_digest(self, round_id: int) -> Content:
        """Return a closed round's digest."""
        view = await self.service.digest(round_id)
        late = [CheckInButton(round_id, "Check in late")] if view.missed else []
        return cards.digest(
            view, late, lambda one: HelpButton(one.id), lambda task: StuckButton(task.id)
        )
