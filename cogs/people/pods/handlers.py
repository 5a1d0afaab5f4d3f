"""What pods do by themselves: opening threads, welcoming people, proposing other pods."""

from __future__ import annotations

from datetime import timedelta

from bot.base.errors import NotFound, Undeliverable, UserError
from bot.client import CohortBot
from bot.jobs.delivery import Content, to_channel, to_person
from bot.jobs.scheduler import Lateness
from bot.ui import threads
from bot.ui.direct_messages import let_rest_by_id
from cogs.people.pods import cards
from cogs.people.pods.service import PodService, PodView
from cogs.people.pods.views import LookButton
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.people.pods import Pod
from data.server.groups import Group, GroupId
from data.states import CardKind


class PodHandlers:
    """Answers the deadlines and events that concern pods."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(PodService)
        bot.cards.render_with(CardKind.POD, self.service.pod_in, self.render)
        bot.deadlines.on(DeadlineKind.POD_OPEN, self.open)
        bot.deadlines.on(DeadlineKind.POD_WELCOME, self.welcome)
        bot.deadlines.on(DeadlineKind.POD_REFORM, self.reform)
        bot.deadlines.on(
            DeadlineKind.POD_PROGRAMME, self.propose_for_programme, lateness=Lateness.SEND
        )
        bot.add_listener(self.group_changed, "on_group_changed")
        bot.add_listener(self.group_changed, "on_group_joined")

    def render(self, shown: tuple[PodView, Group]) -> Content:
        """Return a pod's card."""
        return cards.pod(*shown)

    async def group_changed(self, group_id: GroupId, *_: object) -> None:
        """Place people who joined a group that has pods, and take out people who left it."""
        for pod_id in await self.service.keep(group_id):
            self.bot.cards.refresh(CardKind.POD, pod_id)

    async def open(self, deadline: Deadline, late: timedelta) -> None:
        """Post a pod's card in its group's channel, open its thread, and introduce its people."""
        shown, group = await self.service.pod(deadline.subject_id)
        if shown.pod.dissolved_at is not None:
            raise NotFound("That pod was dissolved.")
        await self._say(deadline.key, shown.pod, group, cards.hello(shown, group))

    async def welcome(self, deadline: Deadline, late: timedelta) -> None:
        """Introduce somebody who came later, in the pod's thread."""
        shown, group = await self.service.pod(deadline.subject_id)
        pod = shown.pod
        if pod.dissolved_at is not None or deadline.occurrence not in pod.members:
            raise NotFound("They are not in that pod any more.")
        key = f"{deadline.key}/{int(deadline.due_at.timestamp())}"
        await self._say(key, pod, group, cards.welcome(deadline.occurrence))

    async def reform(self, deadline: Deadline, late: timedelta) -> None:
        """Show whoever made the group a proposal for other pods, where these fell quiet."""
        reform = await self.service.reform(deadline.subject_id)
        group = reform.proposal.group
        await let_rest_by_id(self.bot, group.guild_id, group.created_by)
        try:
            await self.bot.delivery.send(
                deadline.key, group.guild_id, cards.reform(reform), [to_person(group.created_by)]
            )
        except Undeliverable:
            # Without the names of the pods: before everybody, that would shame their people.
            await self.bot.delivery.send(
                f"{deadline.key}/channel",
                group.guild_id,
                cards.reform_in_channel(group),
                [to_channel(group.channel_id)],
            )

    async def propose_for_programme(self, deadline: Deadline, late: timedelta) -> None:
        """Match the people of a programme's group, and ask an organiser to look at the pods.

        People who are in a pod already stay there: then nothing is proposed.
        """
        programme, group = await self.service.programme(deadline.subject_id)
        look: LookButton | None = None
        try:
            pods = await self.service.propose_for(programme, group)
        except UserError as error:
            text = cards.programme_impossible(programme, error)
        else:
            text, look = cards.programme_proposed(programme, pods), LookButton(group.id)
        await self.bot.delivery.send(
            f"{deadline.key}/{int(deadline.due_at.timestamp())}",
            group.guild_id,
            cards.to_starter(programme, text, look),
            [to_channel(group.channel_id)],
        )

    async def _say(self, key: str, pod: Pod, group: Group, content: Content) -> None:
        """Post in a pod's thread, which is opened where it does not exist; else in the channel."""
        home = to_channel(group.channel_id)
        card = await self.bot.cards.publish(CardKind.POD, pod.id, group.guild_id, home)
        message = self.bot.delivery.message(card.channel_id, card.message_id, card.guild_id)
        thread_id = await threads.open_on(message, pod.name, kept_open=True)
        where = [home] if thread_id is None else [to_channel(thread_id), home]
        await self.bot.delivery.send(key, group.guild_id, content, where)
