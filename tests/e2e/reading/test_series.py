"""Series in Discord: the next card, the clocks, and time away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.e2e.reading.steps import TUESDAY_EVENING, meetings, schedule, shown
from tests.world import World


async def test_a_series_stays_at_its_local_time_through_the_change_of_the_clocks(
    world: World,
) -> None:
    await world.group()
    world.clock.move_to(datetime(2027, 3, 15, 12, tzinfo=UTC))
    await schedule(world, when="tue 19:00", repeat="weekly")
    (first,) = await meetings(world)
    assert first.starts_at == datetime(2027, 3, 16, 19, tzinfo=UTC)
    assert "every Tuesday at 19:00 (Europe/London)" in shown(world)

    await world.forward(datetime(2027, 3, 24, 0, tzinfo=UTC))
    await world.restart()
    await world.forward(datetime(2027, 3, 25, 12, tzinfo=UTC))

    # The clocks in London go forward on 28 March.
    assert [one.starts_at for one in await meetings(world)] == [
        datetime(2027, 3, 30, 18, tzinfo=UTC)
    ]
    cards = [one for one in world.channel.history() if one.embeds]
    assert len(cards) == 3
    assert len(world.channel.threads) == 3
    assert f"<t:{int(datetime(2027, 3, 30, 18, tzinfo=UTC).timestamp())}:F>" in shown(world)


async def test_the_next_card_of_a_series_is_posted_six_days_ahead(world: World) -> None:
    await world.group()
    await schedule(world, repeat="fortnightly")
    second = TUESDAY_EVENING + timedelta(days=14)
    await world.forward(second - timedelta(days=6, minutes=1))
    assert len(world.channel.threads) == 1
    await world.forward(timedelta(minutes=1))
    assert len(world.channel.threads) == 2
    assert [one.starts_at for one in await meetings(world)] == [second]


async def test_after_a_long_time_away_a_series_goes_on_with_what_is_still_to_come(
    world: World,
) -> None:
    await world.group()
    await schedule(world, repeat="weekly")
    world.clock.move_to(TUESDAY_EVENING + timedelta(days=30))
    await world.restart()
    await world.forward(timedelta())

    assert [one.starts_at for one in await meetings(world)] == [
        TUESDAY_EVENING + timedelta(days=35)
    ]
    assert len(world.channel.threads) == 2


async def test_a_zone_that_is_typed_is_the_one_the_series_keeps(world: World) -> None:
    await world.group()
    await schedule(world, when="2026-11-10 19:00 America/New_York", repeat="monthly")
    assert "every month on the 2nd Tuesday at 19:00 (America/New_York)" in shown(world)
