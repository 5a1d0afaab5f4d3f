"""What organisers see of deliveries, and what they take away."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from unittest.mock import AsyncMock, MagicMock

import aiohttp
import pytest

from tests.world import World, text


async def failing_meeting(world: World) -> None:
    """Schedule a meeting whose reminders Discord refuses until they have failed."""
    await world.group()
    await world.alice.slash(world.channel, "meeting schedule", title="Toy models", when="in 3 days")
    card = next(message for message in world.channel.history() if message.reactions)
    await world.bob.react(card, "✅")
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=None)
    await world.forward(timedelta(days=2, hours=8))


async def test_what_failed_is_shown_with_its_reason_and_can_be_tried_again(world: World) -> None:
    await failing_meeting(world)
    shown = await world.organiser.slash(world.channel, "cohort health")
    assert shown.ephemeral
    assert "Something needs attention" in text(shown)
    assert "Send Messages" in text(shown)

    world.env.backend.faults.clear()
    assert shown.response is not None
    retried = await world.organiser.click(shown.response, label="Try again")
    assert "2 deliveries" in text(retried), "who has not answered is asked first, then the reminder"
    await world.forward(timedelta(seconds=1))
    again = await world.organiser.slash(world.channel, "cohort health")
    assert "Everything is well" in text(again)


async def test_what_failed_can_be_dismissed(world: World) -> None:
    await failing_meeting(world)
    world.env.backend.faults.clear()
    shown = await world.organiser.slash(world.channel, "cohort health")
    assert shown.response is not None
    await world.organiser.click(shown.response, label="Dismiss")
    assert "Everything is well" in text(await world.organiser.slash(world.channel, "cohort health"))


async def test_health_and_export_are_for_organisers(world: World) -> None:
    for command in ("cohort health", "cohort export"):
        refused = await world.alice.slash(world.channel, command)
        assert "Only organisers" in text(refused)


async def test_the_export_is_a_file_for_the_one_who_asked(world: World) -> None:
    await world.group()
    sent = await world.organiser.slash(world.channel, "cohort export")
    assert sent.ephemeral
    (message,) = sent.followups or [sent.response]
    assert message is not None
    (attachment,) = message.attachments
    with zipfile.ZipFile(io.BytesIO(await attachment.read())) as archive:
        everything = json.loads(archive.read("cohort.json"))
    assert [group["name"] for group in everything["groups"]] == ["Mech Interp"]


async def test_what_discord_refused_is_shown_while_it_is_tried_again(world: World) -> None:
    await world.group()
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="friday", time="18:00"
    )
    where = f"/channels/{world.channel.id}/messages"
    world.env.inject_error("POST", where, status=403, code=50013, times=None)
    prompted = datetime(2026, 11, 4, 18, 0, tzinfo=UTC)
    await world.forward(prompted + timedelta(minutes=20))

    health = text(await world.organiser.slash(world.channel, "cohort health"))

    assert "Something needs attention" in health
    assert "the prompt to check in" in health
    assert "I'm not allowed to post there" in health


async def test_what_discord_refused_says_that_it_is_late_once_it_comes(world: World) -> None:
    await world.group()
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="friday", time="18:00"
    )
    where = f"/channels/{world.channel.id}/messages"
    due = datetime(2026, 11, 6, 18, 0, tzinfo=UTC)
    for planned, name in ((due - timedelta(hours=48), "prompt"), (due, "digest")):
        world.env.inject_error("POST", where, status=403, code=50013, times=None)
        await world.forward(planned + timedelta(minutes=20))
        world.env.backend.faults.clear()
        await world.restart()
        await world.forward(timedelta(hours=2))
        (card,) = [
            text(one) for one in world.channel.history() if f"This {name} comes" in text(one)
        ]
        assert "late" in card
        assert "away" not in card.split("late")[0]
    await world.forward(due + timedelta(days=3))
    await world.alice.slash(world.channel, "checkin post", did="After all")
    (digest,) = [text(one) for one in world.channel.history() if "This digest" in text(one)]
    assert "After all" in digest, "it stays what it was, and how late it came"


async def test_what_could_not_be_sent_without_a_connection_says_that_it_is_late_once_it_comes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.group()
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="friday", time="18:00"
    )
    prompted = datetime(2026, 11, 4, 18, 0, tzinfo=UTC)
    cut = aiohttp.ClientConnectorError(MagicMock(), OSError("the line is cut"))
    with monkeypatch.context() as away:
        away.setattr(world.bot.delivery, "_send", AsyncMock(side_effect=cut))
        await world.forward(prompted + timedelta(minutes=20))
    await world.forward(timedelta(hours=2))
    (prompt,) = [text(one) for one in world.channel.history() if "check-in, round 1" in text(one)]
    assert "This prompt comes" in prompt


async def test_a_forum_without_the_states_as_tags_is_said_how_to_get_them(world: World) -> None:
    forum = world.guild.create_forum_channel("boards")
    shown = text(await world.organiser.slash(world.channel, "cohort setup", boards=forum))
    assert "Tags of the boards' forum" in shown
    assert "proposed, recruiting, active, writing, done, paused, abandoned" in shown
    plain = text(await world.organiser.slash(world.channel, "cohort setup", boards=world.channel))
    assert "Tags" not in plain
