"""The group's card and the help page gather what the features know."""

from __future__ import annotations

from tests.world import World, text


async def test_the_card_and_the_help_show_rounds_meetings_projects_and_tasks(world: World) -> None:
    await world.group()
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="sunday", time="18:00"
    )
    await world.alice.slash(world.channel, "meeting schedule", title="Toy models", when="in 3 days")
    await world.alice.slash(
        world.channel, "project propose", paper="arXiv:2201.02177", title="Grokking again"
    )
    await world.alice.slash(
        world.channel, "task add", title="Train the first model", owner=world.alice
    )

    card = text(await world.bob.slash(world.channel, "group show"))
    assert "Check-ins weekly, Sundays 18:00 (Europe/London)" in card
    assert "Toy models" in card
    assert "Grokking again" in card

    own = text(await world.alice.slash(world.channel, "cohort help"))
    assert "check-in due" in own
    assert "Toy models" in own
    assert "Grokking again" in own
    assert "Train the first model" in own
