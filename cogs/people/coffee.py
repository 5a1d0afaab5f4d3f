"""Coffees in Discord: the card with its buttons, the introductions, and the question after them."""

from __future__ import annotations

from datetime import timedelta

import discord
import structlog

from bot.base.errors import NotAllowed
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content, channel
from bot.ui.controls import CardButton
from cogs.people import coffee_cards
from cogs.people.service.coffee import ASK, INTRODUCE, PAIR, CoffeeService
from data.delivery.deadlines import Deadline
from data.server.groups import GroupId
from data.states import CardKind

log = structlog.stdlib.get_logger(__name__)

THREAD_EXISTS = 160004


class OptButton(CardButton, template=r"coffee:(?P<verb>in|out):(?P<group_id>\d{1,18})"):
    """Lets the presser be paired, or no more."""

    def __init__(self, verb: str, group_id: int) -> None:
        inside = verb == "in"
        super().__init__(
            f"coffee:{verb}:{group_id}",
            label="Count me in" if inside else "Leave me out",
            style=discord.ButtonStyle.success if inside else discord.ButtonStyle.secondary,
        )
        self.inside = inside
        self.group_id = group_id

    async def pressed(self, interaction: Interaction) -> None:
        """Do so; it is always the presser's own."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(CoffeeService)
        shown = await service.opt(place, self.group_id, inside=self.inside)
        said = coffee_cards.joined(shown) if self.inside else coffee_cards.left(shown)
        await interaction.response.send_message(said, ephemeral=True)
        bot.cards.refresh(CardKind.COFFEE, self.group_id)


class HappenedButton(CardButton, template=r"coffee:met:(?P<verb>yes|no):(?P<coffee_id>\d{1,18})"):
    """Says whether two people met."""

    def __init__(self, verb: str, coffee_id: int) -> None:
        yes = verb == "yes"
        super().__init__(
            f"coffee:met:{verb}:{coffee_id}",
            label="We met" if yes else "Not this time",
            style=discord.ButtonStyle.success if yes else discord.ButtonStyle.secondary,
        )
        self.happened = yes
        self.coffee_id = coffee_id

    async def pressed(self, interaction: Interaction) -> None:
        """Note it, and show who said what."""
        bot = interaction.client
        if interaction.guild_id is None:
            raise NotAllowed("I work in servers: use this in the thread of your coffee.")
        service = bot.service(CoffeeService)
        one = await service.answer(
            interaction.guild_id, self.coffee_id, interaction.user.id, happened=self.happened
        )
        content = coffee_cards.did_it_happen(one, answers(one.id), asking=False)
        await interaction.response.edit_message(**content.for_editing())
        bot.cards.refresh(CardKind.COFFEE, one.group_id)


COFFEE_BUTTONS = (OptButton, HappenedButton)


def options(group_id: int) -> list[CardButton]:
    """Return the buttons of a group's card."""
    return [OptButton("in", group_id), OptButton("out", group_id)]


def answers(coffee_id: int) -> list[CardButton]:
    """Return the buttons under the question whether people met."""
    return [HappenedButton("yes", coffee_id), HappenedButton("no", coffee_id)]


class Barista:
    """Hears when pairs are to be made, introduced and asked."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(CoffeeService)
        bot.cards.render_with(CardKind.COFFEE, self.render)
        bot.deadlines.on(PAIR, self.pair)
        bot.deadlines.on(INTRODUCE, self.introduce)
        bot.deadlines.on(ASK, self.ask)
        bot.add_listener(self.group_changed, "on_group_changed")
        bot.add_listener(self.group_restored, "on_group_restored")

    async def render(self, group_id: int) -> Content:
        """Return the card of a group's coffees."""
        return coffee_cards.standing(await self.service.view(group_id), options(group_id))

    async def pair(self, deadline: Deadline, late: timedelta) -> None:
        """Make a group's pairs; each is introduced by a deadline of its own."""
        await self.service.pair(deadline.subject_id)
        self.bot.cards.refresh(CardKind.COFFEE, deadline.subject_id)

    async def introduce(self, deadline: Deadline, late: timedelta) -> None:
        """Introduce two people: a message that mentions both, a thread on it, a first question."""
        shown = await self.service.coffee(deadline.subject_id)
        one, group = shown.coffee, shown.group
        where = channel(group.channel_id)
        message = await self.bot.delivery.send(
            deadline.key, group.guild_id, coffee_cards.hello(shown), [where]
        )
        thread_id = message.id  # a thread that is opened on a message has the message's id
        try:
            await message.create_thread(name=f"Coffee, round {one.number}")
        except discord.HTTPException as error:
            if error.code != THREAD_EXISTS:
                if error.status >= 500:
                    raise
                log.info("no thread for a coffee", reason=error.text)
                thread_id = group.channel_id
        await self.bot.delivery.send(
            f"{deadline.key}/question",
            group.guild_id,
            coffee_cards.question(shown),
            [channel(thread_id), where],
        )
        await self.service.introduced(one, message.channel.id, message.id)

    async def ask(self, deadline: Deadline, late: timedelta) -> None:
        """Ask those who were introduced whether they met."""
        shown = await self.service.coffee(deadline.subject_id)
        one, group = shown.coffee, shown.group
        where = [channel(group.channel_id)]
        if one.message_id is not None:
            where.insert(0, channel(one.message_id))
        content = coffee_cards.did_it_happen(one, answers(one.id), asking=True)
        await self.bot.delivery.send(deadline.key, group.guild_id, content, where)

    async def group_changed(self, group_id: GroupId) -> None:
        """Let who left the group be paired no more, and show who is away."""
        if await self.service.keep(group_id):
            self.bot.cards.refresh(CardKind.COFFEE, group_id)

    async def group_restored(self, group_id: GroupId) -> None:
        """Take a group's coffees up again."""
        await self.service.take_up(group_id)
