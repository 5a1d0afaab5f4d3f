"""Claims, results and verdicts, as people use them."""

from __future__ import annotations

from datetime import timedelta

from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from cogs.boards.claims.views import CRITERIA_ABOUT
from tests.rows import erase
from tests.world import Person, World, text


async def board(world: World) -> ChannelHandle:
    """Propose the grokking paper as alice, and join as bob and cara; returns the thread."""
    await world.alice.slash(
        world.channel, "project propose", paper="arXiv:2201.02177", title="Grokking"
    )
    (thread,) = [one for channel in world.guild.channels.values() for one in channel.threads]
    await world.bob.slash(thread, "project join")
    await world.cara.slash(thread, "project join")
    return thread


async def claim(world: World, thread: ChannelHandle, **options: object) -> str:
    """Add a claim; returns what is shown."""
    given = {
        "statement": "Validation accuracy reaches 99%",
        "metric": "validation accuracy",
        "reported": "99.0%",
        **options,
    }
    if given.keys() <= {"statement", "metric", "reported", "better", "headline", "where"}:
        given |= {"criterion": "absolute", "tolerance": "1"}
    return text(await world.alice.slash(thread, "claim add", **given))


async def next_page(who: Person, result: InteractionResult) -> InteractionResult:
    """Turn to the next page of a list."""
    message = result.response
    assert message is not None
    buttons = [one for row in message.components for one in row["components"]]
    (forward,) = [one for one in buttons if (one.get("emoji") or {}).get("name") == "▶"]
    return await who.click(message, custom_id=forward["custom_id"])


def card(thread: ChannelHandle) -> str:
    return text(thread.pinned_messages()[0])


async def test_a_claim_is_fixed_tried_and_judged_and_the_card_shows_it(world: World) -> None:
    thread = await board(world)
    shown = await claim(
        world,
        thread,
        where="Figure 1",
        criterion="absolute",
        tolerance="2",
        better="higher",
        headline=True,
    )
    assert "⬜ **not attempted** · C1" in shown
    assert "**99.0%**" in shown
    assert "when our mean is shown to lie within ± 2%" in shown
    assert "0 of 1 claim tried" in card(thread)

    await world.restart()
    logged = await world.bob.slash(
        thread, "result log", claim="C1", value="98.7%, 98.9%, 98.2%",
        code="own", commit="3f2a9c1", hardware="1 × RTX 4090", hours="3.5",
        deviations="Batch of 1024 instead of 512",
    )  # fmt: skip

    assert "logged **C1 R1**: **98.7%, 98.9%, 98.2%** (3 runs)" in text(logged)
    assert "🟩 **reproduced** · C1" in text(logged)
    assert "against 99.0%: ours lies within 1.11 of it (95% sure), and 2 is allowed" in text(logged)
    assert "Batch of 1024" in text(logged)
    assert "🟩🟩🟩🟩🟩🟩🟩🟩🟩🟩" in card(thread)
    assert "1 of 1 claim tried: 1 single result (1 reproduced)" in card(thread)
    assert "Headline claims: 1 single result (1 reproduced)" in card(thread)


async def test_which_way_is_better_is_taken_away_again(world: World) -> None:
    thread = await board(world)
    await claim(world, thread, better="higher")
    shown = thread.last_message
    told = await world.bob.slash(thread, "claim edit", claim="C1", better="neither")
    assert "better: higher → **—**" in text(told)
    again = await world.bob.slash(thread, "claim edit", claim="C1", better="neither")
    assert "Nothing changes" in text(again)
    await world.bob.slash(thread, "claim edit", claim="C1", better="lower")
    form = await world.bob.select(shown, ["judged"])
    told = await world.bob.submit_modal(
        form, {"criterion": ["relative"], "tolerance": "5%", "better": []}
    )
    assert "better: lower → **—**" in text(told)


async def test_a_bound_and_a_range_are_kept_to_or_not(world: World) -> None:
    thread = await board(world)
    shown = await claim(world, thread, reported="< 10^3", metric="steps")
    assert "**< 10^3**" in shown
    assert "when our mean is shown to keep to the bound" in shown
    logged = text(await world.bob.slash(thread, "result log", claim="C1", value="[970, 980, 975]"))
    assert "🟩 **reproduced** · C1" in logged
    assert "Ours is 975.0 ± 5.0 (3 runs) against < 10^3" in logged
    await claim(world, thread, statement="It is a range", reported="40–50 %", better="higher")
    number = await world.bob.slash(thread, "result log", claim="C2", value="0.45")
    assert "has to be in percent too" in text(number)
    logged = text(await world.bob.slash(thread, "result log", claim="C2", value="38%, 39%, 37%"))
    assert "🟥 **not reproduced** · C2" in logged
    assert "past the range" in logged
    refused = await world.alice.slash(thread, "claim edit", claim="C1", criterion="exact")
    assert "no digits to round to" in text(refused)
    sent = await world.cara.slash(thread, "project report")
    assert "2 of 2 claims tried" in text(sent)


async def test_the_digits_that_were_typed_are_kept(world: World) -> None:
    thread = await board(world)
    await claim(world, thread, reported="0.10", metric="loss", criterion="exact", better="lower")
    await world.bob.slash(thread, "result log", claim="C1", value="0.1040")
    listed = text(await world.cara.slash(thread, "claim list"))
    assert "**0.10**" in listed
    assert "Ours is 0.1040 against 0.10: it rounds to the digits" in listed
    assert "**0.1040**" in text(await world.cara.slash(thread, "result list"))


async def test_a_mistake_is_superseded_and_stays_on_record(world: World) -> None:
    thread = await board(world)
    await claim(world, thread)
    await world.bob.slash(thread, "result log", claim="C1", value="9.87%")
    assert "not reproduced" in card(thread)
    offered = await world.bob.autocomplete(
        thread, "result log", "replaces", "", claim="C1", value="98.7%"
    )
    assert [choice["name"] for choice in offered] == ["C1 R1 · 9.87%"]
    refused = await world.cara.slash(
        thread, "result log", claim="C1", value="98.7%", replaces="C1 R1"
    )
    assert "only they can replace it" in text(refused)

    corrected = await world.bob.slash(
        thread, "result log", claim="C1", value="98.7%", replaces=offered[0]["value"]
    )

    assert "It replaces R1, which stays on record" in text(corrected)
    assert "The verdict was: not reproduced" in text(corrected)
    history = text(await world.cara.slash(thread, "result list", claim="C1"))
    assert "C1 R1 · replaced" in history
    assert "9.87%" in history


async def test_terms_that_change_after_a_result_are_a_new_version_that_says_so(
    world: World,
) -> None:
    thread = await board(world)
    await claim(world, thread, criterion="absolute", tolerance="1")
    early = text(await world.alice.slash(thread, "claim edit", claim="C1", tolerance="2"))
    assert "version" not in early
    await world.bob.slash(thread, "result log", claim="C1", value="90%, 90.2%, 89.8%")

    late = text(await world.alice.slash(thread, "claim edit", claim="C1", tolerance="20"))

    assert "this is version 2" in late
    listed = text(await world.cara.slash(thread, "claim list"))
    assert "The terms are version 2, changed after the first result." in listed
    assert "Under version 1: not reproduced." in listed
    assert "🟩 reproduced · C1" in listed
    # Widening a tolerance does not make a claim count as reproduced.
    assert "1 single result (1 not reproduced)" in card(thread)
    assert "The terms of 1 claim changed after the first result" in card(thread)
    history = text(await world.cara.slash(thread, "result list", claim="C1"))
    assert "C1 · version 1" in history
    assert "within ± 2%" in history
    nothing = await world.alice.slash(thread, "claim edit", claim="C1", tolerance="20")
    assert "Nothing changes" in text(nothing)


async def test_a_number_that_can_be_no_share_is_taken_for_a_percentage(world: World) -> None:
    thread = await board(world)
    await claim(world, thread, reported="97.4%")
    logged = await world.bob.slash(thread, "result log", claim="C1", value="95.1, 95.5")
    assert "Ours is 95.30%" in text(logged)
    share = await world.bob.slash(thread, "result log", claim="C1", value="0.953")
    assert "in percent too" in text(share)


async def test_numbers_that_do_not_go_with_the_claim_are_refused(world: World) -> None:
    thread = await board(world)
    await claim(world, thread)
    for value, said in (
        ("0.987", "in percent too"),
        ("about 98", "I cannot read"),
        ("98.7% ± 0.2", "runs: 3"),
        ("1,234%", "two ways"),
    ):
        refused = await world.bob.slash(thread, "result log", claim="C1", value=value)
        assert refused.ephemeral
        assert said in text(refused)
    for options, said in (
        ({"criterion": "absolute"}, "needs the tolerance"),
        ({"criterion": "exact", "tolerance": "1%"}, "has no tolerance"),
        ({"reported": "0%", "criterion": "relative"}, "zero"),
        ({"tolerance": "0", "criterion": "absolute"}, "allows nothing"),
        ({"tolerance": "0.5"}, "a difference or a share"),
        ({"reported": "n/r", "spread": "0.3"}, "no spread"),
        ({"reported": "99.0% ± 0.1", "spread": "0.3"}, "twice"),
        ({"spread_kind": "error"}, "spread: 0.3"),
        ({"tolerance": "100%"}, "allow anything"),
    ):
        shown = await claim(world, thread, statement=f"another {options}", **options)
        assert said in shown, shown


async def test_who_is_no_member_changes_nothing_in_the_ledger(world: World) -> None:
    thread = await board(world)
    await claim(world, thread)
    await world.bob.slash(thread, "result log", claim="C1", value="98.9%, 99.0%, 99.1%")
    dan = world.join("dan")
    for refused in (
        await dan.slash(thread, "claim add", statement="x", metric="y", reported="1"),
        await dan.slash(thread, "claim edit", claim="C1", tolerance="9%"),
        await dan.slash(thread, "result log", claim="C1", value="1%"),
        await dan.slash(thread, "result review", result="C1 R1", decision="confirm", reason="ok"),
        await dan.click(thread.last_message, label="Confirm"),
    ):
        assert refused.ephemeral
        assert "Press Join" in text(refused)
    assert "C1" in text(await dan.slash(thread, "claim list"))


async def test_sixty_claims_page_and_the_card_stays_within_its_limits(world: World) -> None:
    thread = await board(world)
    for number in range(60):
        await claim(
            world, thread, statement=f"{number:02}" + "*" * 290, metric="_" * 80, where="`" * 80
        )
    assert "and 56 claims more" in card(thread)
    first = await world.bob.slash(thread, "claim list")
    assert "C5" in text(first)
    assert "Page 1 of 9" in str(first.response.embeds[0].to_dict())


async def test_a_pasted_table_is_shown_corrected_and_written_down(world: World) -> None:
    thread = await board(world)
    shown = await world.bob.slash(thread, "claim import")
    await world.restart()
    read = await world.bob.submit_modal(
        shown, {"table": "Model | EN-DE ↑ | EN-FR ↑\nBase | 27.3 | 38.1\nBig | 28.40 | 41.8"}
    )
    assert read.ephemeral
    assert "That is 4 claims" in text(read)
    assert "Big: EN-DE · **28.40**" in text(read)

    form = await world.bob.click(read.response, label="Correct them")
    assert "Base: EN-DE | EN-DE | 27.3 |" in text(form)
    wrong = await world.bob.submit_modal(form, {"table": "statement | reported\nOne | 1,234"})
    assert "“One”: `1,234` can be read in two ways" in text(wrong)
    form = await world.bob.click(read.response, label="Correct them")
    again = await world.bob.submit_modal(
        form,
        {"table": "statement | metric | reported | tolerance\nBase | BLEU | 27.3 | 1%\n"
                  "Big | BLEU | 28.40 | 1%"},
    )  # fmt: skip
    await world.bob.click(again.response, label="Add them")

    assert "wrote down 2 claims of the paper, **C1 to C2**" in text(thread.last_message)
    assert "0 of 2 claims tried" in card(thread)
    listed = text(await world.cara.slash(thread, "claim list"))
    assert "**28.40**" in listed
    assert "within ± 0.273, 1% of the reported value" in listed


async def test_a_table_that_is_there_already_adds_nothing(world: World) -> None:
    thread = await board(world)
    await claim(world, thread, statement="One")
    form = await world.bob.slash(thread, "claim import")
    read = await world.bob.submit_modal(form, {"table": "statement | reported\nONE | 1\n"})
    refused = await world.bob.click(read.response, label="Add them")
    assert "on the board already" in text(refused)


async def test_the_runs_of_a_file_are_logged_with_their_digits(world: World) -> None:
    thread = await board(world)
    await claim(world, thread, reported="97.0", tolerance="1%")
    runs = ("runs.csv", b"seed,acc\n0,97.10\n1,96.8\n2,97.4\n")
    wrong = await world.bob.slash(thread, "result log", claim="C1", value="accuracy", file=runs)
    assert wrong.ephemeral
    assert "I see: `seed`, `acc`" in text(wrong)
    await world.bob.slash(thread, "result log", claim="C1", value="acc", file=runs)
    assert "logged **C1 R1**: **97.10, 96.8, 97.4** (3 runs)" in text(thread.last_message)
    binary = await world.bob.slash(
        thread, "result log", claim="C1", value="acc", file=("x.bin", b"\xff\xfe\x00")
    )
    assert "no text" in text(binary)


async def test_claims_come_from_a_file(world: World) -> None:
    thread = await board(world)
    table = "statement,metric,reported,weight\nIt holds,loss,0.10,2\nIt scales,loss,0.09,1\n"
    read = await world.bob.slash(
        thread, "claim import", file=("claims.csv", table.encode("utf-8-sig"))
    )
    assert "That is 2 claims" in text(read)
    shown = read.followups[-1] if read.followups else read.response
    assert shown is not None
    await world.bob.click(shown, label="Add them")
    assert "**C1 to C2**" in text(thread.last_message)


async def test_what_somebody_did_who_was_erased_stays_without_their_name(world: World) -> None:
    thread = await board(world)
    await claim(world, thread)
    await world.bob.slash(thread, "result log", claim="C1", value="98.9%, 99.0%, 99.1%")
    await erase(world.bot.store, world.guild.id, world.bob.id)

    history = text(await world.cara.slash(thread, "result list"))

    assert "98.9%" in history
    assert "somebody" in history
    assert "<@0>" not in history
    reported = await world.cara.slash(thread, "project report")
    assert reported.acknowledged


async def test_a_claim_is_changed_in_forms_on_its_card_and_its_history_says_by_whom(
    world: World,
) -> None:
    thread = await board(world)
    await claim(world, thread, tolerance="1%")
    shown = thread.last_message
    form = await world.bob.select(shown, ["where"])
    await world.restart()
    told = await world.bob.submit_modal(
        form, {"place": "Figure 1", "dataset": "mod 97", "split": "validation"}
    )
    assert "changed **C1**" in text(told)
    assert "where: — → **Figure 1**" in text(told)
    form = await world.alice.select(shown, ["spread"])
    await world.alice.submit_modal(form, {"spread": "0.3", "spread_kind": ["error"], "runs": "3"})
    form = await world.alice.select(shown, ["judged"])
    await world.alice.submit_modal(
        form, {"criterion": ["absolute"], "tolerance": "0.5", "better": ["higher"]}
    )
    form = await world.alice.select(shown, ["counts"])
    await world.alice.submit_modal(
        form, {"category": ["result"], "weight": "2", "headline": ["yes"]}
    )
    form = await world.alice.select(shown, ["says"])
    wrong = await world.alice.submit_modal(
        form, {"statement": "Another", "metric": "acc", "reported": "1,234", "unit": "points"}
    )
    assert "two ways" in text(wrong)
    form = await world.alice.click(wrong.response, label="Open it again")
    assert "Another" in text(form)
    await world.alice.submit_modal(
        form, {"statement": "Another", "metric": "acc", "reported": "98.0%", "unit": "points"}
    )
    now = text(next(one for one in thread.history() if one.id == shown.id))
    for said in (
        "**Another**", "acc ↑ **98.0%** points", "mod 97 · validation · Figure 1",
        "shown to lie within ± 0.5", "weight 2 · headline",
    ):  # fmt: skip
        assert said in now
    assert "± 0.3" not in now, "the spread was that of the number before"

    history = text(await world.cara.click(shown, label="History"))
    assert "C1 written down" in history
    second = await world.cara.click(shown, label="History")
    seen = history + text(await next_page(world.cara, second))
    assert "tolerance: 1% → **0.5**" in seen
    assert f"<@{world.bob.id}>: split: — → **validation**" in seen


async def test_a_result_is_logged_and_completed_from_buttons(world: World) -> None:
    thread = await board(world)
    await claim(world, thread)
    shown = thread.last_message
    form = await world.bob.click(shown, label="Log a result")
    await world.restart()
    logged = await world.bob.submit_modal(
        form,
        {"value": "98.7%, 98.9%", "seeds": "0, 1", "origin": ["authors"], "deviations": "none",
         "evidence": "https://wandb.ai/x"},
    )  # fmt: skip
    assert "logged **C1 R1**: **98.7%, 98.9%** (2 runs)" in text(logged)
    assert "with the authors' code, seeds 0, 1" in text(logged)
    card_of_result = thread.last_message
    refused = await world.cara.click(card_of_result, label="Add details")
    assert "Only the person who ran it" in text(refused)

    form = await world.bob.click(card_of_result, label="Add details")
    done = await world.bob.submit_modal(
        form,
        {"command": "python train.py", "revision": "3f2a9c1", "hardware": "1 × A100",
         "hours": "2.5", "cost": "$3.50"},
    )  # fmt: skip
    assert done.ephemeral
    now = text(next(one for one in thread.history() if one.id == card_of_result.id))
    assert "commit 3f2a9c1, on 1 × A100, 2.5 h, 3.50 USD, seeds 0, 1" in now
    assert "How: python train.py" in now
    assert "Add details" not in now
    history = text(await world.cara.click(shown, label="History"))
    assert "C1 R1 completed" in history
    form = await world.cara.click(shown, label="Log a result")
    await world.cara.submit_modal(form, {"value": "97%", "seeds": "3 runs"})
    assert "**97%** (3 runs)" in text(thread.last_message)


async def test_what_is_about_a_run_is_tried_with_yes_or_no(world: World) -> None:
    thread = await board(world)
    shown = await claim(world, thread, reported="yes", category="run", metric="runs to its end")
    assert "Counts as reproduced when every try says yes · about a run" in shown
    refused = await world.bob.slash(thread, "result log", claim="C1", value="98.7%")
    assert "`yes`, `partly` or `no`" in text(refused)
    await world.bob.slash(thread, "result log", claim="C1", value="no")
    assert "🟥 **not reproduced** · C1" in card(thread)
    await world.cara.slash(thread, "result log", claim="C1", value="yes, yes")
    assert "🟨 **partly** · C1" in card(thread)
    refused = await world.alice.slash(thread, "claim edit", claim="C1", reported="5")
    assert "claim about a run is so or not" in text(refused)


async def test_any_claim_can_be_opened_from_the_list(world: World) -> None:
    thread = await board(world)
    for number in range(9):
        await claim(world, thread, statement=f"Claim {number}")
    listed = await world.bob.slash(thread, "claim list")
    second = await next_page(world.bob, listed)
    opened = await world.bob.select(second.response, ["9"])
    assert opened.ephemeral
    assert "**Claim 8**" in text(opened)
    form = await world.bob.click(opened.response, label="Log a result")
    await world.bob.submit_modal(form, {"value": "99.0%"})
    assert "logged **C9 R1**" in text(thread.last_message)
    one = await world.bob.slash(thread, "claim list")
    assert "🟩" in text(await world.bob.select(
        (await next_page(world.bob, one)).response, ["9"]
    ))  # fmt: skip


async def test_numbers_without_a_column_are_named_before_they_are_added(world: World) -> None:
    thread = await board(world)
    form = await world.bob.slash(thread, "claim import")
    pasted = "Model EN-DE EN-FR\nByteNet [18] 23.75\nMoE [32] 26.03 40.56\n"
    read = await world.bob.submit_modal(form, {"table": pasted})
    assert "That is 3 claims, but 1 number stands in a line" in text(read)
    form = await world.bob.click(read.response, label="Correct them")
    assert "ByteNet: 23.75 | ? | 23.75" in text(form)
    again = await world.bob.submit_modal(
        form, {"table": "statement | metric | reported\nByteNet, EN-DE | BLEU | 23.75"}
    )
    await world.bob.click(again.response, label="Add them")
    assert "wrote down 1 claim" in text(thread.last_message)


async def test_a_result_whose_card_was_never_posted_is_shown_on_the_board_after_a_while(
    world: World,
) -> None:
    # Those of this bot: an extension that was unloaded is imported again.
    from cogs.boards.ledger.service import LedgerService
    from cogs.boards.results.rules import TypedFindings

    thread = await board(world)
    await claim(world, thread)
    # As when the process ends between writing the result down and answering.
    runner = world.place(world.bob, thread_id=thread.id)
    await world.bot.service(LedgerService).log(runner, 1, TypedFindings(value="98.7%"))
    await world.restart()
    await world.forward(timedelta(minutes=3))
    shown = [text(one) for one in thread.history() if "logged **C1 R1**" in text(one)]
    assert len(shown) == 1
    await world.bob.slash(thread, "result log", claim="C1", value="98.9%, 99.0%, 99.1%")
    await world.forward(timedelta(minutes=3))
    logged = [text(one) for one in thread.history() if "logged **C1 R" in text(one)]
    assert len(logged) == 2, "a card that was posted is not posted again"


async def test_a_deleted_card_of_a_result_comes_back_when_it_is_reviewed(world: World) -> None:
    thread = await board(world)
    await claim(world, thread)
    await world.bob.slash(thread, "result log", claim="C1", value="98.9%, 99.0%, 99.1%")
    await world.delete(thread.last_message)
    await world.cara.slash(
        thread, "result review", result="C1 R1", decision="confirm", reason="same"
    )
    cards = [text(one) for one in thread.history() if "logged **C1 R1**" in text(one)]
    assert len(cards) == 1
    assert "confirmed by" in cards[0]


async def test_a_claim_used_elsewhere_has_its_card_on_the_board(world: World) -> None:
    thread = await board(world)
    told = await world.alice.slash(
        world.channel, "claim add", statement="From afar", metric="acc", reported="1.0",
        project="Grokking",
    )  # fmt: skip
    assert told.ephemeral
    assert "From afar" in text(thread.last_message)


async def test_a_result_may_be_named_as_the_list_names_it(world: World) -> None:
    thread = await board(world)
    await world.alice.slash(
        thread, "claim add", statement="It groks", metric="accuracy", reported="97.4",
        spread="± 0.5", tolerance="±5 %",
    )  # fmt: skip
    await world.alice.slash(thread, "result log", claim="C1", value="97.1")
    (offered,) = await world.bob.autocomplete(thread, "result review", "result", "")
    reviewed = await world.bob.slash(
        thread, "result review", result=offered["name"], decision="confirm", reason="Same"
    )
    assert not reviewed.ephemeral, text(reviewed)


async def test_a_long_text_given_to_a_command_that_fails_is_given_back(world: World) -> None:
    thread = await board(world)
    notes = "Trained with weight decay 1, " * 8
    refused = await world.alice.slash(thread, "result log", claim="C7", value="97.1", notes=notes)
    assert "has no claim called" in text(refused)
    assert notes.strip() in text(refused)

    update = "u" * 6000
    refused = await world.alice.slash(thread, "project update", text=update)
    assert refused.response is not None
    (whole,) = refused.response.attachments
    assert whole.filename == "what-you-wrote.txt"
    assert whole.size == 6000


async def test_two_results_of_one_person_that_disagree_are_said_with_what_tells_them_apart(
    world: World,
) -> None:
    thread = await board(world)
    await claim(world, thread)
    first = {"claim": "C1", "code": "authors", "hardware": "4 × A100"}
    await world.bob.slash(thread, "result log", value="98.9%, 99.0%, 99.1%", **first)
    second = {"claim": "C1", "code": "own", "hardware": "1 × RTX 4090"}
    logged = text(
        await world.bob.slash(thread, "result log", value="90.0%, 90.1%, 90.2%", **second)
    )
    assert "**inconclusive** · C1" in logged
    assert "R1 (the authors' code, 4 × A100) alone: reproduced" in logged
    assert "R2 (our own code, 1 × RTX 4090) alone: not reproduced" in logged
    assert "1 disputed" in card(thread)


async def test_two_results_from_one_setting_that_differ_by_more_than_they_scatter_are_said(
    world: World,
) -> None:
    thread = await board(world)
    await claim(world, thread)
    await world.bob.slash(thread, "result log", claim="C1", value="98.9%, 99.0%, 99.1%")
    logged = await world.bob.slash(thread, "result log", claim="C1", value="93.0%, 93.1%, 93.2%")
    assert "R1 and R2 differ by more than their runs scatter" in text(logged)


async def test_a_result_that_replaces_one_of_another_claim_is_asked_back(world: World) -> None:
    thread = await board(world)
    await claim(world, thread)
    await claim(world, thread, statement="Training accuracy reaches 99%")
    await world.bob.slash(thread, "result log", claim="C1", value="98.9%")
    refused = await world.bob.slash(
        thread, "result log", claim="C2", value="98.8%", replaces="C1 R1"
    )
    assert "C1 R1 is a result of C1, and you gave `claim: C2`. Which is it?" in text(refused)
    alone = await world.bob.slash(thread, "result log", value="98.8%", replaces="C1 R1")
    assert "logged **C1 R2**: **98.8%**" in text(alone)
    assert "It replaces R1" in text(alone)


async def test_the_form_explains_each_criterion_with_an_example_and_keeps_a_tolerance(
    world: World,
) -> None:
    thread = await board(world)
    form = await world.alice.slash(thread, "claim add", statement="Accuracy is high")
    assert form.modal is not None
    for example in CRITERIA_ABOUT.values():
        assert len(example) <= 100
        assert example in str(form.modal)
    shown = await claim(world, thread, criterion="absolute", tolerance="1")
    assert "± 1%" in shown
    message = thread.last_message
    form = await world.bob.select(message, ["judged"])
    told = await world.bob.submit_modal(
        form, {"criterion": ["interval"], "tolerance": "0.5", "better": ["higher"]}
    )
    assert "tolerance: 1 → **0.5**" in text(told)


async def test_away_from_the_board_the_answer_still_tells_the_verdict(world: World) -> None:
    await board(world)
    answer = await world.alice.slash(
        world.channel, "claim add", project="Grokking", statement="Training accuracy is near 99%",
        metric="accuracy", reported="99.0%", criterion="absolute", tolerance="1",
    )  # fmt: skip
    assert "C1 Training accuracy is near 99%" in text(answer)
    assert "99.0%" in text(answer)
    answer = await world.alice.slash(
        world.channel, "result log", project="Grokking", claim="C1", value="98.9%, 99.0%, 99.1%"
    )
    assert "**reproduced** · C1 Training accuracy is near 99%" in text(answer)
    assert "98.9%, 99.0%, 99.1%" in text(answer)
    assert "open it" in text(answer)
