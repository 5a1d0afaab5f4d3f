"""People: profiles, matching, pods, coffees, portfolios, and what belongs to each person."""

from bot.client import CohortBot
from cogs.people.coffee.cog import CoffeeCommands
from cogs.people.coffee.handlers import CoffeeHandlers
from cogs.people.coffee.service import CoffeeService
from cogs.people.coffee.views import COFFEE_BUTTONS
from cogs.people.erasure.cog import ErasureCommands
from cogs.people.erasure.handlers import Eraser
from cogs.people.erasure.service import ErasureService
from cogs.people.export.cog import PersonExportCommands
from cogs.people.export.service import PersonExportService
from cogs.people.introductions.cog import IntroductionCommands
from cogs.people.introductions.handlers import IntroductionHandlers
from cogs.people.introductions.service import IntroductionService
from cogs.people.introductions.views import INTRODUCTION_BUTTONS
from cogs.people.pods.cog import PodCommands
from cogs.people.pods.handlers import PodHandlers
from cogs.people.pods.service import PodService
from cogs.people.pods.views import POD_BUTTONS
from cogs.people.portfolio.cog import PortfolioCommands
from cogs.people.portfolio.service import PortfolioService
from cogs.people.portfolio.views import ShareButton
from cogs.people.profiles.cog import ProfileCommands
from cogs.people.profiles.service import ProfileService
from cogs.people.profiles.views import PROFILE_CONTROLS, NoticesButton


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    bot.provide(ProfileService(bot.store, bot.clock))
    bot.provide(PersonExportService(bot.store, bot.clock))
    bot.provide(ErasureService(bot.store, bot.clock))
    bot.provide(IntroductionService(bot.store, bot.clock))
    bot.provide(PodService(bot.store, bot.clock))
    bot.provide(CoffeeService(bot.store, bot.clock))
    bot.provide(PortfolioService(bot.store, bot.clock, bot.verdicts))
    bot.provide(Eraser(bot))
    IntroductionHandlers(bot)
    PodHandlers(bot)
    CoffeeHandlers(bot)
    bot.add_dynamic_items(
        *PROFILE_CONTROLS,
        NoticesButton,
        ShareButton,
        *INTRODUCTION_BUTTONS,
        *POD_BUTTONS,
        *COFFEE_BUTTONS,
    )
    for cog in (
        ProfileCommands,
        IntroductionCommands,
        PortfolioCommands,
        PersonExportCommands,
        ErasureCommands,
        PodCommands,
        CoffeeCommands,
    ):
        await bot.add_cog(cog(bot))
