"""What introductions do by themselves: asking somebody, telling the other, opening a thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.base.errors import Undeliverable
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import to_channel
from bot.ui import replies, threads
from bot.ui.direct_messages import note_to, tell
from cogs.people.introductions import cards
from cogs.people.introductions.service import IntroductionService, IntroductionView
from cogs.people.introductions.views import AnswerButton, AskForHelpButton
from cogs.people.wording import LOOKING_FOR
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind


class IntroductionHandlers:
    """Answers the deadlines and events that concern introductions."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(IntroductionService)
        bot.deadlines.on(DeadlineKind.INTRODUCTION_ASK, self.ask)
        bot.deadlines.on(DeadlineKind.INTRODUCTION_MEET, self.meet)
        bot.deadlines.on(DeadlineKind.INTRODUCTION_ANSWER, self.decline)
        bot.add_listener(self.offer_help, "on_checkin_blocked")

    async def offer_help(self, interaction: Interaction, checkin_id: int) -> None:
        """Tell somebody, alone, who could help with what is in their way, where anybody could."""
        place = await self.bot.places.of(interaction)
        helpers = await self.service.helpers_with(place, checkin_id)
        if not helpers.found:
            return
        buttons = {
            profile.user_id: AskForHelpButton(profile.user_id, checkin_id)
            for profile, _ in helpers.found[: cards.HELPERS_SHOWN]
        }
        await replies.send(interaction, view=cards.helpers(helpers, buttons))

    async def ask(self, deadline: Deadline, late: timedelta) -> None:
        """Ask, by direct message or else in a channel of a group that both are in."""
        shown = await self.service.view(deadline.subject_id)
        introduction = shown.introduction
        if introduction.answered_at is not None:
            return
        buttons = [AnswerButton(True, introduction.id), AnswerButton(False, introduction.id)]
        try:
            await tell(self.bot, deadline.key, shown.asked, cards.question(shown, buttons), [])
        except Undeliverable:
            await self._ask_in_channel(deadline.key, shown, buttons)

    async def _ask_in_channel(
        self, key: str, shown: IntroductionView, buttons: Sequence[AnswerButton]
    ) -> None:
        """Ask where both can read, without what only the two may see."""
        try:
            await self.bot.delivery.send(
                f"{key}/channel",
                shown.introduction.guild_id,
                cards.question_for_all(shown, buttons),
                [to_channel(group.channel_id) for group in shown.shared],
            )
        except Undeliverable:
            await self.service.unreachable(shown.introduction.id)

    async def decline(self, deadline: Deadline, late: timedelta) -> None:
        """Tell the asker that nothing comes of it, without a reason."""
        shown = await self.service.view(deadline.subject_id)
        await tell(self.bot, deadline.key, shown.asker, cards.declined(shown), [])

    async def meet(self, deadline: Deadline, late: timedelta) -> None:
        """Introduce the two: a message that mentions both, a thread on it, a first question."""
        shown = await self.service.view(deadline.subject_id)
        introduction = shown.introduction
        where = to_channel(introduction.channel_id)
        try:
            message = await self.bot.delivery.send(
                deadline.key, introduction.guild_id, cards.hello(shown), [where]
            )
        except Undeliverable:
            await self._apart(deadline, shown)
            return
        name = f"Introduction: {LOOKING_FOR[introduction.purpose]}"
        thread_id = await threads.open_on(message, name)
        await self.bot.delivery.send(
            f"{deadline.key}/question",
            introduction.guild_id,
            cards.first_question(introduction),
            [where] if thread_id is None else [to_channel(thread_id), where],
        )
        await self.service.met(introduction, thread_id or introduction.channel_id)

    async def _apart(self, deadline: Deadline, shown: IntroductionView) -> None:
        """Give each the other's name, where no thread can be made."""
        for them, other in ((shown.asker, shown.asked), (shown.asked, shown.asker)):
            content = note_to(them.user_id, cards.write_to(other.user_id, shown.introduction))
            await tell(self.bot, f"{deadline.key}/{them.user_id}", them, content, [])
