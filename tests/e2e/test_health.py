"""What organisers see of deliveries, and what they take away."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

from tests.world import World, text


async def failing_meeting(world: World) -> None:
    """Have a meeting whose reminders Discord refuses until they have failed."""
    await world.group()
    await world.alice.slash(world.channel, "reading schedule", title="Toy models", when="in 3 days")
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
    assert "1 delivery" in text(retried)
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
