"""What coffees do by themselves: making pairs, introducing them, and asking whether they met."""

from __future__ import annotations

from datetime import timedelta

from bot.client import CohortBot
from bot.jobs.delivery import Content, to_channel
from bot.ui import threads
from cogs.people.coffee import cards
from cogs.people.coffee.service import CoffeeService, CoffeeView
from cogs.people.coffee.views import answers, opting
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.server.groups import GroupId
from data.states import CardKind


class CoffeeHandlers:
    """Answers the deadlines and events that concern coffees."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(CoffeeService)
        bot.cards.render_with(CardKind.COFFEE, self.service.view_in, self.render)
        bot.deadlines.on(DeadlineKind.COFFEE_PAIR, self.pair)
        bot.deadlines.on(DeadlineKind.COFFEE_INTRODUCE, self.introduce)
        bot.deadlines.on(DeadlineKind.COFFEE_ASK, self.ask)
        bot.add_listener(self.group_changed, "on_group_changed")
        bot.add_listener(self.group_restored, "on_group_restored")

    def render(self, view: CoffeeView) -> Content:
        """Return the card of a group's coffees."""
        return cards.coffees(view, opting(view.group.id))

    async def pair(self, deadline: Deadline, late: timedelta) -> None:
        """Make a group's pairs; each is introduced by a deadline of its own."""
        await self.service.pair(deadline.subject_id)
        self.bot.cards.refresh(CardKind.COFFEE, deadline.subject_id)

    async def introduce(self, deadline: Deadline, late: timedelta) -> None:
        """Introduce two people: a message that mentions both, a thread on it, a first question."""
        shown = await self.service.coffee(deadline.subject_id)
        coffee, group = shown.coffee, shown.group
        where = to_channel(group.channel_id)
        message = await self.bot.delivery.send(
            deadline.key, group.guild_id, cards.hello(shown), [where]
        )
        thread_id = await threads.open_on(message, f"Coffee, round {coffee.number}")
        await self.bot.delivery.send(
            f"{deadline.key}/question",
            group.guild_id,
            cards.question(shown),
            [where] if thread_id is None else [to_channel(thread_id), where],
        )
        await self.service.introduced(coffee, message.channel.id, message.id)

    async def ask(self, deadline: Deadline, late: timedelta) -> None:
        """Ask people who were introduced whether they met."""
        shown = await self.service.coffee(deadline.subject_id)
        coffee, group = shown.coffee, shown.group
        where = [to_channel(group.channel_id)]
        if coffee.message_id is not None:  # their thread has the same id
            where.insert(0, to_channel(coffee.message_id))
        content = cards.did_it_happen(coffee, answers(coffee.id), asking=True)
        await self.bot.delivery.send(deadline.key, group.guild_id, content, where)

    async def group_changed(self, group_id: GroupId) -> None:
        """Take people who left the group out of its coffees, and show who is away."""
        if await self.service.keep(group_id):
            self.bot.cards.refresh(CardKind.COFFEE, group_id)

    async def group_restored(self, group_id: GroupId) -> None:
        """Take up a group's coffees again."""
        await self.service.take_up(group_id)
