"""Delivers nudges: to one person, or as mentions in the thread of a round's prompt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.base import when
from bot.base.wording import batches
from bot.client import CohortBot
from bot.jobs.delivery import Content, to_channel
from bot.jobs.scheduler import Lateness
from bot.ui import theme
from bot.ui.direct_messages import note_to, tell
from bot.ui.threads import open_on_card
from cogs.checkins.nudges.service import NudgePlan, NudgeService
from cogs.checkins.rounds.pod_lines import threads_of
from data.checkins.rounds import Round
from data.delivery.cards import Card
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.server.groups import Group
from data.states import Nudges


class NudgeHandlers:
    """Hears when nudges are due."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(NudgeService)
        # When two are due together after a time away, the later one is enough.
        bot.deadlines.on(DeadlineKind.CHECKIN_NUDGE, self.everybody, lateness=Lateness.COLLAPSE)
        bot.deadlines.on(DeadlineKind.CHECKIN_NUDGE_ONE, self.one, lateness=Lateness.EXPIRE)

    async def everybody(self, deadline: Deadline, late: timedelta) -> None:
        """Schedule the direct messages, and mention the others in the thread."""
        plan = await self.service.plan(deadline.subject_id, deadline.due_at)
        if not plan.mention:
            return
        pods = await threads_of(self.bot, plan.group.id)
        by_pod: dict[int, list[int]] = {}
        others: list[int] = []
        for user_id in plan.mention:
            if user_id in pods:
                by_pod.setdefault(pods[user_id], []).append(user_id)
            else:
                others.append(user_id)
        key = f"{deadline.key}/{int(deadline.due_at.timestamp())}"
        for thread_id, people in by_pod.items():
            where = [thread_id, plan.group.channel_id]
            await self._mention(f"{key}/pod/{thread_id}", plan, people, where)
        if not others:
            return
        places = await self._places(plan.group, plan.round, plan.card, mentioning=True)
        for number, people in enumerate(batches(others)):
            await self._mention(f"{key}/{number}", plan, people, places)

    async def _mention(
        self, key: str, plan: NudgePlan, people: Sequence[int], places: Sequence[int]
    ) -> None:
        mentioned = " ".join(theme.person(user_id) for user_id in people)
        content = Content(
            text=f"{theme.BELL} {mentioned}\n{_text(plan.round)}",
            mentions=theme.pings(people),
        )
        await self.bot.delivery.send(
            key, plan.group.guild_id, content, [to_channel(one) for one in places]
        )

    async def one(self, deadline: Deadline, late: timedelta) -> None:
        """Remind one person, in the way they chose."""
        nudge = await self.service.one(deadline.subject_id, deadline.occurrence)
        profile = nudge.profile
        group = theme.escape(nudge.group.name)
        links = [("Open the prompt", nudge.card.url)] if nudge.card else []
        content = note_to(
            profile.user_id, f"{theme.BELL} **{group}**: {_text(nudge.round)}", *links
        )
        key = f"{deadline.key}/{int(deadline.due_at.timestamp())}"
        wants_thread = profile.nudges is Nudges.THREAD
        pod = (await threads_of(self.bot, nudge.group.id)).get(profile.user_id)
        if pod is not None:
            places = [pod, nudge.group.channel_id]
        else:
            places = await self._places(
                nudge.group, nudge.round, nudge.card, mentioning=wants_thread
            )
        if wants_thread:
            await self.bot.delivery.send(
                key, profile.guild_id, content, [to_channel(one) for one in places]
            )
        else:
            await tell(self.bot, key, profile, content, places)

    async def _places(
        self, group: Group, round_: Round, card: Card | None, *, mentioning: bool
    ) -> list[int]:
        """Return where a mention may go: the thread of the prompt, else the group's channel."""
        if card is None:
            return [group.channel_id]
        if mentioning and not await open_on_card(
            self.bot, card, f"Check-ins, round {round_.number}"
        ):
            return [group.channel_id]
        # A thread that was opened on a message has the message's id.
        return [card.message_id, group.channel_id]


def _text(round_: Round) -> str:
    due = when.stamp(round_.due_at, "R")
    return f"round {round_.number} of the check-ins is due {due}. A line is enough."
