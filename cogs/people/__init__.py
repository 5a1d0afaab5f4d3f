"""People: profiles, matching, pods, coffees, portfolios, and what belongs to each person."""

from bot.client import CohortBot
from cogs.people.coffee import COFFEE_BUTTONS, Barista
from cogs.people.cog import ProfileCommands
from cogs.people.erasing import Eraser
from cogs.people.introducing import INTRODUCTION_BUTTONS, Introducer
from cogs.people.pod_cog import PodCommands
from cogs.people.pod_views import POD_BUTTONS
from cogs.people.programme import ProgrammePods
from cogs.people.service import (
    CoffeeService,
    IntroductionService,
    PersonalService,
    PodService,
    PortfolioService,
    ProfileService,
)
from cogs.people.views import PROFILE_ITEMS


async def setup(bot: CohortBot) -> None:
    """Load the feature."""
    bot.provide(ProfileService(bot.store, bot.clock))
    bot.provide(PersonalService(bot.store, bot.clock))
    bot.provide(IntroductionService(bot.store, bot.clock))
    bot.provide(PodService(bot.store, bot.clock))
    bot.provide(CoffeeService(bot.store, bot.clock))
    bot.provide(PortfolioService(bot.store, bot.clock, bot.verdicts))
    bot.provide(Eraser(bot))
    Introducer(bot)
    ProgrammePods(bot)
    Barista(bot)
    bot.add_dynamic_items(*PROFILE_ITEMS, *INTRODUCTION_BUTTONS, *POD_BUTTONS, *COFFEE_BUTTONS)
    await bot.add_cog(ProfileCommands(bot))
    await bot.add_cog(PodCommands(bot))
