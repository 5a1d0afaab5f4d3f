"""Servers and groups: setting up, getting help, joining and leaving."""

from bot.client import CohortBot
from cogs.server.export.cog import ServerExportCommands
from cogs.server.export.service import ServerExportService
from cogs.server.groups.cog import GroupCommands
from cogs.server.groups.handlers import GroupHandlers
from cogs.server.groups.service import GroupService
from cogs.server.groups.views import BUTTONS
from cogs.server.health.alerts import Alerts
from cogs.server.health.cog import HealthCommands
from cogs.server.health.service import HealthService
from cogs.server.health.views import HEALTH_BUTTONS
from cogs.server.help.cog import HelpCommands
from cogs.server.help.service import HelpService
from cogs.server.help.views import HELP_BUTTONS
from cogs.server.setup.cog import SetupCommands
from cogs.server.setup.handlers import Greeter
from cogs.server.setup.service import ServerService
from cogs.server.setup.views import SETUP_BUTTONS


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    bot.provide(ServerService(bot.store, bot.clock))
    bot.provide(GroupService(bot.store, bot.clock))
    bot.provide(HelpService(bot.store, bot.clock))
    bot.provide(HealthService(bot.store, bot.clock))
    bot.provide(ServerExportService(bot.store))
    alerts = Alerts(bot)
    bot.provide(alerts)
    bot.deadlines.on_sweep(alerts.look_when_due)
    bot.add_dynamic_items(*BUTTONS, *HEALTH_BUTTONS, *HELP_BUTTONS, *SETUP_BUTTONS)
    await bot.add_cog(GroupHandlers(bot))
    await bot.add_cog(Greeter(bot))
    await bot.add_cog(SetupCommands(bot))
    await bot.add_cog(HelpCommands(bot))
    await bot.add_cog(HealthCommands(bot))
    await bot.add_cog(ServerExportCommands(bot))
    await bot.add_cog(GroupCommands(bot))
