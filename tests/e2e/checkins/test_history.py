"""Looking back: history, streaks and statistics."""

from __future__ import annotations

import io
from datetime import timedelta

from PIL import Image

from tests.e2e.checkins.test_rounds import DUE, post, rounds
from tests.world import World, text

WEEK = timedelta(days=7)


async def weeks(world: World, *posting: bool) -> None:
    """Go through rounds in which alice posts, or not."""
    await rounds(world)
    due = DUE
    for number, posts in enumerate(posting, start=1):
        await world.forward(due - timedelta(hours=2))
        if posts:
            await post(world, world.alice, f"Week {number}", next=f"thing {number}")
        await world.forward(due)
        due += WEEK


async def test_history_goes_back_page_by_page_and_since_a_date(world: World) -> None:
    await weeks(world, *[True] * 7)
    shown = await world.bob.slash(world.channel, "checkin history", person=world.alice)
    assert shown.ephemeral
    assert "Week 7" in text(shown)
    assert "Week 2" not in text(shown)
    assert "Page 1 of 2" in text(shown)
    await world.bob.click(shown.response, custom_id=_second_button(shown))
    assert "Week 2" in text(shown.response)

    since = await world.alice.slash(world.channel, "checkin history", since="10 days")
    assert "Week 7" in text(since)
    assert "Week 5" not in text(since)
    none = await world.alice.slash(world.channel, "checkin history", person=world.bob)
    assert "nothing yet" in text(none)
    refused = await world.cara.slash(world.channel, "checkin history", person=world.alice)
    assert "/group join" in text(refused)


def _second_button(shown: object) -> str:
    rows = shown.response.message.components  # type: ignore[attr-defined]
    return rows[0].children[1].custom_id


async def test_statistics_are_a_picture_with_words_for_who_cannot_see_it(world: World) -> None:
    await weeks(world, True, True, False, True)
    shown = await world.alice.slash(world.channel, "checkin stats")
    said = text(shown)
    assert "3 of 4 rounds" in said
    assert "**In a row**: 1 round" in said
    assert "**best**: 2" in said
    attachment = shown.response.message.attachments[0]
    assert "3 checked in" in (attachment.description or "")
    image = Image.open(io.BytesIO(await attachment.read()))
    assert image.width <= 1200
    assert image.height <= 2000


async def test_a_pause_is_neutral_and_a_late_post_keeps_the_streak(world: World) -> None:
    await weeks(world, True)
    await world.alice.slash(world.channel, "group pause", until="in 8 days")
    await world.forward(DUE + WEEK + timedelta(days=2))
    await post(world, world.alice, "Back again")
    await world.forward(DUE + 3 * WEEK + timedelta(hours=5))
    answer = await post(world, world.alice, "A bit late")
    assert "late" in answer
    said = text(await world.alice.slash(world.channel, "checkin stats"))
    assert "**In a row**: 3 rounds" in said
    assert "away for 1" in said


async def test_a_hidden_streak_is_shown_to_oneself_only(world: World) -> None:
    await weeks(world, True, True)
    await world.alice.slash(world.channel, "profile notify", streak="hide")
    theirs = await world.bob.slash(world.channel, "checkin stats", person=world.alice)
    assert "In a row" not in text(theirs)
    own = await world.alice.slash(world.channel, "checkin stats")
    assert "In a row" in text(own)


async def test_organisers_see_how_the_group_does(world: World) -> None:
    await weeks(world, True, False)
    refused = await world.alice.slash(world.channel, "checkin stats", everybody=True)
    assert "Only organisers" in text(refused)
    shown = text(await world.organiser.slash(world.channel, "checkin stats", everybody=True))
    assert "1 of 3" in shown
    assert "0 of 3" in shown
    assert f"<@{world.bob.id}>" in shown.split("Quiet")[1]
    assert f"<@{world.alice.id}>" not in shown.split("Quiet")[1]


async def test_looking_back_leads_on_to_checking_in(world: World) -> None:
    await weeks(world, True)
    status = await world.alice.slash(world.channel, "checkin status")
    form = await world.alice.click(status.response, label="Check in")
    await world.alice.submit_modal(form, {"did": "read", "next": "", "blocked": ""})
    stats = await world.alice.click(status.response, label="How it goes")
    assert "how it goes" in text(stats)
    past = await world.alice.click(stats.response, label="My check-ins")
    assert "Check-ins in" in text(past)
    form = await world.alice.click(past.response, label="Check in")
    assert form.modal is not None
    others = await world.alice.slash(world.channel, "checkin history", person=world.bob)
    assert "Check in\n" not in text(others)
