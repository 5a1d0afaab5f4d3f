"""Times that are proposed for a poll, from the hours that people let others see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from simcord.results import InteractionResult

from data.reading.polls import Poll
from data.states import Audience, ProfileField
from tests.e2e.reading.steps import last_card, schedule
from tests.security.stage import press
from tests.world import Person, World, text


async def free(
    world: World,
    who: Person,
    hours: str,
    *,
    zone: str | None = None,
    audience: Audience | None = Audience.GROUPS,
    hidden: tuple[ProfileField, ...] = (),
) -> None:
    """Fill in when somebody is free, in the form of their profile, and who may see it."""
    form = await who.slash(world.channel, "profile set")
    await who.submit_modal(form, {"free": hours, **({"timezone": zone} if zone else {})})
    async with world.bot.store.transaction() as tx:
        await tx.profiles.save(
            world.guild.id,
            who.id,
            audience=audience,
            hidden=tuple(one.value for one in hidden) or None,
        )


async def propose(world: World, who: Person | None = None, **options: Any) -> InteractionResult:
    return await (who or world.alice).slash(
        world.channel, "meeting poll", **{"title": "Circuits", **options}
    )


async def polls(world: World) -> list[Poll]:
    async with world.bot.store.read() as tx:
        return await tx.polls.open_in([world.guild.id])


async def slots(world: World) -> list[str]:
    (poll,) = await polls(world)
    async with world.bot.store.read() as tx:
        found = await tx.polls.slots(poll.id)
    return [f"{one.starts_at:%d %H:%M}" for one in found]


def stamp(*moment: int) -> str:
    return f"<t:{int(datetime(*moment, tzinfo=UTC).timestamp())}:F>"


async def test_without_times_the_best_are_proposed_and_asked_as_they_are(world: World) -> None:
    await world.group()
    await free(world, world.alice, "weekday evenings")
    await free(world, world.bob, "tue 19-21, thu 19-21")
    shown = await propose(world)
    assert shown.ephemeral
    assert "2 of 2 free" in text(shown)
    assert text(shown).count("of 2 free") == 5
    assert stamp(2026, 11, 5, 19, 0) in text(shown)
    assert f"not {world.bob.mention}" in text(shown)

    await world.restart()
    done = await world.alice.click(shown.response, label="Ask with these")
    assert "is asked until <t:" in text(done)
    assert await slots(world) == ["04 17:00", "05 19:00", "06 17:00", "10 19:00", "12 19:00"]
    card = last_card(world, "Circuits")
    assert "5️⃣" in {str(one.emoji) for one in card.reactions}
    again = await press(world.alice, world.channel, "reading:propose:1")
    assert "not waiting any more" in text(again)
    assert len(await polls(world)) == 1


async def test_proposed_times_can_be_changed_in_a_form_that_outlives_a_restart(
    world: World,
) -> None:
    await world.group()
    await free(world, world.alice, "tue 19-21, sat morning")
    shown = await propose(world, minutes=90)
    form = await world.alice.click(shown.response, label="Change them")
    assert "Tue 2026-11-10 19:00" in repr(form.modal)
    await world.restart()
    wrong = await world.alice.submit_modal(form, {"slots": "next full moon\nsat 11:00"})
    assert "next full moon" in text(wrong)
    assert await polls(world) == []
    again = await world.alice.click(wrong.response, label="Open it again")
    assert "next full moon" in repr(again.modal)
    await world.alice.submit_modal(
        again, {"title": "Circuits II", "slots": "2026-11-10 19:00\n2026-11-14 11:00"}
    )
    assert await slots(world) == ["10 19:00", "14 11:00"]
    (poll,) = await polls(world)
    assert (poll.title, poll.minutes) == ("Circuits II", 90)


async def test_times_that_cannot_be_read_are_given_back_with_a_way_to_suggest_some(
    world: World,
) -> None:
    await world.group()
    await free(world, world.alice, "weekday evenings")
    refused = await propose(world, slots="tue 19:00; when the moon is full")
    assert refused.ephemeral
    assert "when the moon is full" in text(refused)
    await world.restart()
    form = await world.alice.click(refused.response, label="Correct them")
    assert "tue 19:00" in repr(form.modal)
    assert "when the moon is full" in repr(form.modal)
    shown = await world.alice.click(refused.response, label="Suggest times")
    assert "1 of 1 free" in text(refused.response)
    assert shown.acknowledged
    await world.alice.click(refused.response, label="Ask with these")
    assert len(await slots(world)) == 5


async def test_cancelling_asks_nothing(world: World) -> None:
    await world.group()
    await free(world, world.alice, "weekday evenings")
    shown = await propose(world)
    await world.restart()
    await world.alice.click(shown.response, label="Cancel")
    assert "Nothing was asked" in text(shown.response)
    assert await polls(world) == []


async def test_where_nobody_s_hours_are_known_it_is_said_what_to_do(world: World) -> None:
    await world.group()
    shown = await propose(world)
    assert "`/profile set`" in text(shown)
    form = await world.alice.click(shown.response, label="Write the times")
    await world.alice.submit_modal(form, {"slots": "2026-11-10 19:00\n2026-11-14 11:00"})
    assert await slots(world) == ["10 19:00", "14 11:00"]


async def test_where_nobody_is_free_long_enough_it_is_said(world: World) -> None:
    await world.group()
    await free(world, world.alice, "tue 19-20")
    shown = await propose(world, minutes=120)
    assert "nobody is free for 120 minutes" in text(shown)


@pytest.mark.parametrize(
    ("audience", "hidden"),
    [
        (Audience.NOBODY, ()),
        (None, ()),
        (Audience.SERVER, (ProfileField.FREE,)),
        (Audience.GROUPS, (ProfileField.TIMEZONE,)),
    ],
)
async def test_hours_that_somebody_keeps_to_themselves_change_nothing_that_others_see(
    world: World, audience: Audience | None, hidden: tuple[ProfileField, ...]
) -> None:
    await world.group()
    await free(world, world.alice, "weekday evenings")
    seen: set[str] = set()
    for hours in ("", "tue 19-21", "daily evenings, sat morning"):
        await free(world, world.bob, hours, audience=audience, hidden=hidden)
        shown = await propose(world)
        assert world.bob.mention not in text(shown)
        seen.add(text(shown))
    assert len(seen) == 1
    assert "1 of 1" in seen.pop()
    own = await propose(world, world.bob)
    assert "of 2" in text(own), "one's own hours count for oneself"


async def test_each_is_read_on_their_own_clocks_in_the_week_at_hand(world: World) -> None:
    await world.group()
    await free(world, world.alice, "tue 19-20")
    await free(world, world.bob, "tue 15-16", zone="America/New_York")
    # From 14 to 28 March 2027, New York is four hours behind London, and five in other weeks.
    await world.forward(datetime(2027, 3, 10, 12, tzinfo=UTC))
    shown = text(await propose(world))
    assert f"2 of 2 free\n{stamp(2027, 3, 16, 19, 0)}" in shown
    assert shown.count("2 of 2") == 2
    await world.forward(datetime(2027, 3, 24, 12, tzinfo=UTC))
    after = text(await propose(world))
    assert "2 of 2" not in after
    assert f"1 of 2 free\n{stamp(2027, 3, 30, 18, 0)}\nnot {world.bob.mention}" in after


async def test_what_the_group_has_planned_and_who_is_away_is_left_out(world: World) -> None:
    await world.group()
    await free(world, world.alice, "tue 19-20, thu 19-20")
    await free(world, world.bob, "thu 19-20")
    await schedule(world, when="2026-11-10 19:00")
    await world.bob.slash(world.channel, "group pause", until="2026-11-10")
    shown = text(await propose(world))
    assert stamp(2026, 11, 10, 19, 0) not in shown
    assert f"1 of 2 free\n{stamp(2026, 11, 5, 19, 0)}" in shown
    assert f"2 of 2 free\n{stamp(2026, 11, 12, 19, 0)}" in shown


async def test_what_was_not_decided_is_forgotten_after_a_day(world: World) -> None:
    await world.group()
    await free(world, world.alice, "weekday evenings")
    shown = await propose(world)
    await world.restart()
    await world.forward(timedelta(days=1, minutes=1))
    gone = await world.alice.click(shown.response, label="Ask with these")
    assert "not waiting any more" in text(gone)
    async with world.bot.store.read() as tx:
        assert await tx.drafts.poll(world.guild.id, world.alice.id, 1) is None


async def test_a_draft_is_for_who_made_it(world: World) -> None:
    await world.group()
    await free(world, world.alice, "weekday evenings")
    await propose(world)
    for control in ("propose", "suggest", "retime", "untime"):
        stolen = await press(world.bob, world.channel, f"reading:{control}:1")
        assert "not waiting any more" in text(stolen), control
    assert await polls(world) == []


async def test_only_members_are_shown_when_others_are_free(world: World) -> None:
    await world.group()
    await free(world, world.alice, "weekday evenings", audience=Audience.SERVER)
    refused = await propose(world, world.cara)
    assert "`/group join` first" in text(refused)
    assert " free" not in text(refused).replace("`/group join`", "")


async def test_a_poll_that_was_asked_just_before_a_crash_gets_its_card(world: World) -> None:
    await world.group()
    await free(world, world.alice, "weekday evenings")
    shown = await propose(world)
    world.env.inject_error("POST", f"/channels/{world.channel.id}/messages", status=500, code=0)
    await world.alice.click(shown.response, label="Ask with these")
    await world.crash(away=timedelta(minutes=5))
    assert last_card(world, "Circuits")
    assert len(await polls(world)) == 1
