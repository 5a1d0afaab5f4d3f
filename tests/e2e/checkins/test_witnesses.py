"""Witnesses of commitments, as people use them."""

from __future__ import annotations

from datetime import timedelta

from tests.e2e.checkins.test_rounds import rounds, shown
from tests.world import World, text


async def test_a_witness_confirms_and_nobody_else_may(world: World) -> None:
    await world.group()
    await world.alice.slash(world.channel, "commitment add", text="Ship it", witness=world.bob)
    done = await world.alice.slash(world.channel, "commitment done", commitment="Ship it")
    assert f"<@{world.bob.id}>" in text(done)
    asked = shown(world, "named you as the witness")
    sent = [r.json for r in world.env.http_requests if "named you" in str(r.json)]
    assert [json["allowed_mentions"]["users"] for json in sent] == [[world.bob.id]]
    refused = await world.cara.click(asked, label="Confirm")
    assert refused.ephemeral

    await world.restart()
    await world.bob.click(asked, label="Confirm")
    assert "confirmed by" in text(shown(world, "Ship it"))
    assert "confirmed by" in text(await world.alice.slash(world.channel, "commitment list"))


async def test_a_witness_who_declines_opens_it_again_and_the_person_is_told(
    world: World,
) -> None:
    await world.group()
    await world.alice.slash(world.channel, "commitment add", text="Ship it", witness=world.bob)
    await world.alice.slash(world.channel, "commitment done", commitment="Ship it")
    await world.bob.click(shown(world, "named you"), label="Not yet")
    listed = text(await world.alice.slash(world.channel, "commitment list"))
    assert "not yet, says the witness" in listed
    await world.forward(timedelta(minutes=5))
    again = await world.alice.slash(world.channel, "commitment done", commitment="Ship it")
    assert "Done" in text(again)
    assert sum("named you" in text(message) for message in world.channel.history()) == 1


async def test_a_witness_is_asked_once_however_often_it_is_undone(world: World) -> None:
    await world.group()
    await world.alice.slash(world.channel, "commitment add", text="Ship it", witness=world.bob)
    done = await world.alice.slash(world.channel, "commitment done", commitment="Ship it")
    for _ in range(3):
        await world.alice.click(done.response, label="Undo")
        await world.forward(timedelta(minutes=10))
        done = await world.alice.slash(world.channel, "commitment done", commitment="Ship it")
        assert "was asked, and can still confirm it" in text(done)
    assert sum("named you" in text(message) for message in world.channel.history()) == 1
    await world.bob.click(shown(world, "named you"), label="Confirm")
    assert "confirmed by" in text(await world.alice.slash(world.channel, "commitment list"))


async def test_a_witness_outside_the_group_is_named_and_not_pinged(world: World) -> None:
    await world.group()
    eve = world.join("eve")
    await world.alice.slash(world.channel, "commitment add", text="Ship it", witness=eve)
    await world.alice.slash(world.channel, "commitment done", commitment="Ship it")
    sent = [r.json for r in world.env.http_requests if "named you" in str(r.json)]
    assert [one["allowed_mentions"].get("users", []) for one in sent] == [[]]
    await eve.click(shown(world, "named you"), label="Confirm")
    assert "confirmed by" in text(await world.alice.slash(world.channel, "commitment list"))


async def test_ticking_a_witnessed_one_in_the_form_asks_the_witness(world: World) -> None:
    await rounds(world)
    await world.alice.slash(world.channel, "commitment add", text="Ship it", witness=world.bob)
    form = await world.alice.slash(world.channel, "checkin post")
    await world.alice.submit_modal(form, {"did": "Shipped", "kept": ["kept:1"]})
    assert shown(world, "named you as the witness")
