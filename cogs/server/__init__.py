"""Servers and groups: setting up, getting help, joining and leaving."""

from bot.client import CohortBot
from cogs.server.cog import GroupCommands, ServerCommands
from cogs.server.groups import GroupService
from cogs.server.service import ServerService
from cogs.server.views import BUTTONS
from cogs.server.watch import Watch


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    bot.provide(ServerService(bot.store, bot.clock))
    bot.provide(GroupService(bot.store, bot.clock))
    watch = Watch(bot)
    bot.provide(watch)
    bot.deadlines.on_sweep(watch.look_when_due)
    bot.add_dynamic_items(*BUTTONS)
    await bot.add_cog(ServerCommands(bot))
    await bot.add_cog(GroupCommands(bot))
