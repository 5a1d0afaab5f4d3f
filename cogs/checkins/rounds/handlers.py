"""What rounds post by themselves, and what keeps their cards up to date."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from discord.ext import commands

from bot import events
from bot.base.errors import Undeliverable
from bot.client import CohortBot
from bot.jobs.delivery import Content, to_channel, to_person
from bot.jobs.scheduler import Lateness
from bot.ui import theme
from bot.ui.direct_messages import hushed
from bot.ui.permissions import readers_know
from cogs.checkins.rounds import cards
from cogs.checkins.rounds.pod_lines import line, told_of_round
from cogs.checkins.rounds.service import CheckinService, CheckinView, DigestView, RoundView
from cogs.checkins.rounds.views import (
    CheckInButton,
    HelpButton,
    ReadButton,
    StatusButton,
    refresh_round,
)
from cogs.checkins.task_links.views import StuckButton
from data.checkins.rounds import Checkin, Round
from data.delivery.cards import Card
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.server.groups import Group, GroupId
from data.states import CardKind


class RoundHandlers(commands.Cog, name="check-in rounds"):
    """Posts prompts and digests when they are due, and renders the cards of rounds."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(CheckinService)
        bot.cards.render_with(CardKind.CHECKIN, self.service.view_in, self.render_checkin)
        bot.cards.render_with(CardKind.POD_LINE, self.service.line_in, self.render_line)
        bot.cards.render_with(CardKind.ROUND, self.service.round_in, self.render_prompt)
        bot.cards.render_with(CardKind.DIGEST, self.service.digest_in, self.render_digest)
        bot.deadlines.on(DeadlineKind.CHECKIN_PROMPT, self.prompt, lateness=Lateness.EXPIRE)
        bot.deadlines.on(DeadlineKind.CHECKIN_CLOSE, self.close, lateness=Lateness.SEND)

    @commands.Cog.listener()
    async def on_group_changed(self, group_id: GroupId) -> None:
        """Update the prompt of a group's open round: who is in the group, and who is away."""
        round_ = await self.bot.store.fetch(lambda tx: tx.checkins.open_round(group_id))
        refresh_round(self.bot, round_)

    @commands.Cog.listener()
    async def on_group_joined(self, group_id: GroupId, round_: Round | None) -> None:
        """Show on a group's prompt that one more is in the group."""
        refresh_round(self.bot, round_)

    @commands.Cog.listener()
    async def on_group_restored(self, group_id: GroupId) -> None:
        """Start a group's rounds again."""
        await self.service.take_up(group_id)

    async def prompt(self, deadline: Deadline, late: timedelta) -> None:
        """Post a round's prompt."""
        round_ = await self.service.prompt(deadline.subject_id)
        view = await self.service.round(round_.id)
        await self._publish(CardKind.ROUND, round_, view.group)

    async def close(self, deadline: Deadline, late: timedelta) -> None:
        """Close a round, open the next, and post the digest."""
        # Written first: a digest that Discord refuses must not keep a round open, and the next one
        # shut.
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
        """Post a round's card in the group's channel, or tell the organiser what prevents it."""
        try:
            await self.bot.cards.publish(
                kind, round_.id, round_.guild_id, to_channel(group.channel_id)
            )
        except Undeliverable as error:
            await self._tell_organiser(kind, round_, group, error)
            raise

    async def _tell_organiser(
        self, kind: CardKind, round_: Round, group: Group, error: Undeliverable
    ) -> None:
        what = "prompt" if kind is CardKind.ROUND else "digest"
        text = (
            f"I cannot post the {what} of round {round_.number} of **{theme.escape(group.name)}**: "
            f"{error.sentence}. Nothing is lost: let me post there, or give the group another "
            "channel with `/group edit`, and it follows; `/cohort health` shows it."
        )
        server = await self.bot.store.fetch(lambda tx: tx.servers.get(group.guild_id))
        to = [to_person(group.created_by)]
        public, guild = server.announcements_channel_id, self.bot.get_guild(group.guild_id)
        # The message names the group, which not everybody who reads announcements may know of.
        if public and guild and readers_know(guild, public, group.channel_id):
            to.append(to_channel(public))
        note = await hushed(self.bot, group.guild_id, group.created_by, Content(text=text))
        # Whoever cannot be told finds it in /cohort health, where the failed deadline is shown.
        with suppress(Undeliverable):
            key = f"checkin/{round_.id}/{kind}/refused"
            await self.bot.delivery.send(key, group.guild_id, note, to)

    def render_checkin(self, view: CheckinView) -> Content:
        """Return a check-in's card."""
        return cards.checkin(view, ReadButton)

    def render_line(self, shown: tuple[Checkin, Card | None]) -> Content:
        """Return the line that a pod's thread shows of a check-in."""
        return line(*shown)

    def render_prompt(self, view: RoundView) -> Content:
        """Return a round's prompt."""
        return cards.prompt(view, [CheckInButton(view.round.id), StatusButton(view.round.id)])

    def render_digest(self, view: DigestView) -> Content:
        """Return a closed round's digest."""
        late = [CheckInButton(view.round.id, "Check in late")] if view.missed else []
        return cards.digest(
            view, late, lambda one: HelpButton(one.id), lambda task: StuckButton(task.id)
        )
