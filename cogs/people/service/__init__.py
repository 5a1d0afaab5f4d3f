"""The use cases of people: check, decide, write in one transaction."""

from cogs.people.service.coffee import CoffeeService
from cogs.people.service.introductions import Introducing, IntroductionService
from cogs.people.service.personal import PersonalService
from cogs.people.service.pods import PodService
from cogs.people.service.portfolio import PortfolioService
from cogs.people.service.profiles import ProfileService

__all__ = [
    "CoffeeService",
    "Introducing",
    "IntroductionService",
    "PersonalService",
    "PodService",
    "PortfolioService",
    "ProfileService",
]
