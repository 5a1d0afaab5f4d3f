"""The demo's command in a town where nothing has happened, for tests that need no story."""

from __future__ import annotations

from bot.__main__ import main
from bot.demo import seed
from bot.demo.simulated_server import Town


async def no_story(town: Town, people: int) -> None:
    """Do nothing, where the demo tells its story."""


if __name__ == "__main__":
    seed.play = no_story
    main()
