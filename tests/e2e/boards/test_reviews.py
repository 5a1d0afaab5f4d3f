"""Reviews of results, and disputes, as people use them."""

from __future__ import annotations

from tests.e2e.boards.test_ledger import board, card, claim
from tests.world import World, text


async def test_somebody_else_reviews_and_the_lead_settles_a_dispute(world: World) -> None:
    thread = await board(world)
    await claim(world, thread)
    await world.bob.slash(thread, "result log", claim="C1", value="98.9%, 99.0%, 99.1%")
    logged = thread.last_message

    own = await world.bob.click(logged, label="Confirm")
    assert "yours: somebody else" in text(own)
    shown = await world.cara.click(logged, label="Dispute")
    await world.restart()
    told = await world.cara.submit_modal(shown, {"reason": "It is the training accuracy"})

    assert "disputed **C1 R1**: It is the training accuracy" in text(told)
    assert world.alice.id in [user.id for user in told.response.message.mentions]
    assert "reproduced, disputed" in card(thread)
    early = await world.cara.slash(
        thread, "result review", result="C1 R1", decision="reject", reason="as I said"
    )
    assert "Only the project's lead" in text(early)

    settled = await world.alice.slash(
        thread, "result review", result="C1 R1", decision="reject", reason="It is"
    )
    assert "rejected **C1 R1**" in text(settled)
    assert "⬜ C1" in card(thread)
    history = text(await world.bob.slash(thread, "result list"))
    assert "rejected by" in history
    assert "It is the training accuracy" in history
    again = await world.alice.slash(
        thread, "result review", result="C1 R1", decision="confirm", reason="hm"
    )
    assert again.ephemeral


async def test_a_dispute_that_is_not_upheld_leaves_the_verdict(world: World) -> None:
    thread = await board(world)
    await claim(world, thread)
    await world.bob.slash(thread, "result log", claim="C1", value="98.9%, 99.0%, 99.1%")
    await world.cara.slash(
        thread, "result review", result="C1 R1", decision="dispute", reason="really?"
    )
    dispute = thread.last_message
    refused = await world.bob.click(dispute, label="Uphold")
    assert "yours: somebody else" in text(refused)
    form = await world.alice.click(dispute, label="Uphold")
    await world.restart()
    settled = await world.alice.submit_modal(form, {"reason": "I ran it too"})
    shown = text(next(one for one in thread.history() if one.id == dispute.id))
    assert "really?" in shown
    assert "upheld **C1 R1**: I ran it too" in shown
    assert "Uphold" not in shown
    assert settled.acknowledged
    again = await world.alice.slash(
        thread, "result review", result="C1 R1", decision="reject", reason="no"
    )
    assert "nothing to settle" in text(again)
    assert "disputed" not in card(thread)
    assert "reproduced" in card(thread)


async def test_a_card_shows_who_reviewed_it_and_takes_its_buttons_away(world: World) -> None:
    thread = await board(world)
    await claim(world, thread)
    await world.bob.slash(thread, "result log", claim="C1", value="98.9%, 99.0%, 99.1%")
    logged = thread.last_message

    def now() -> str:
        return text(next(one for one in thread.history() if one.id == logged.id))

    form = await world.cara.click(logged, label="Confirm")
    await world.cara.submit_modal(form, {"reason": "98.8 on mine"})
    assert f"confirmed by <@{world.cara.id}>: 98.8 on mine" in now()
    assert "Confirm\n" not in now()
    form = await world.alice.click(logged, label="Dispute")
    await world.alice.submit_modal(form, {"reason": "one seed"})
    assert "reproduced, disputed" in now()
    form = await world.organiser.slash(thread, "project join")
    form = await world.organiser.click(logged, label="Reject")
    told = await world.organiser.submit_modal(form, {"reason": "so it is"})
    assert "rejected **C1 R1**: so it is" in text(told)
    for label in ("Confirm", "Dispute", "Uphold", "Reject"):
        assert f"{label}\n" not in f"{now()}\n"
    assert "⬜ C1" in card(thread)
