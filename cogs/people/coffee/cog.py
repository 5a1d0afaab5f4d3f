"""The command `/coffee`."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.command_arguments import with_group
from cogs.people.coffee import cards
from cogs.people.coffee.service import CoffeeService
from cogs.people.coffee.views import opting
from data.server.groups import Group
from data.states import CardKind

EVERY = [
    app_commands.Choice(name="every week", value=1),
    app_commands.Choice(name="every 2 weeks", value=2),
    app_commands.Choice(name="every 4 weeks", value=4),
    app_commands.Choice(name="never", value=0),
]


class CoffeeCommands(commands.Cog):
    """One-to-ones that rotate."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(CoffeeService)

    @app_commands.command(description="One-to-ones that rotate, for those who want them")
    @app_commands.describe(
        every="How often pairs are made (organisers); without it, how it stands and who is in"
    )
    @app_commands.choices(every=EVERY)
    @with_group()
    async def coffee(
        self, interaction: Interaction, place: Place, group: Group, every: int | None = None
    ) -> None:
        """Set coffees up, or show how they stand."""
        if every is not None:
            await self.service.set_up(place, group, every)
        shown = await self.service.view(group.id)
        content = cards.coffees(shown, opting(group.id))
        if not every:
            if every == 0:
                self.bot.cards.refresh(CardKind.COFFEE, group.id)
            await replies.send(interaction, content)
        elif (card := await self.service.card(group.id)) is not None:
            self.bot.cards.refresh(CardKind.COFFEE, group.id)
            said = f"{cards.changed(shown)} [Its card]({card.url}) says so too."
            await replies.send(interaction, said)
        else:
            await self.bot.cards.answer(
                interaction, CardKind.COFFEE, group.id, group.channel_id, content=content
            )
