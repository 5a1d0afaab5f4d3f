"""Entering claims and results by buttons and forms, and correcting what a board says."""

from __future__ import annotations

import discord
from simcord.builders import ChannelHandle

from tests.world import World, text


async def board(world: World, **given: str) -> ChannelHandle:
    await world.alice.slash(
        world.channel,
        "project propose",
        **{"paper": "arXiv:2201.02177", "title": "Grokking", **given},
    )
    thread = world.channel.threads[-1]
    await world.bob.slash(thread, "project join")
    return thread


def card(thread: ChannelHandle) -> discord.Message:
    return thread.pinned_messages()[0]


CLAIM = {
    "statement": "Accuracy reaches 97 %",
    "metric": "accuracy ↑",
    "reported": "97.4 ± 0.3",
    "criterion": ["absolute"],
    "tolerance": "0.5",
}


async def test_a_claim_is_added_by_a_form_that_comes_back_filled_when_it_is_refused(
    world: World,
) -> None:
    thread = await board(world)
    form = await world.bob.click(card(thread), label="Add a claim")
    refused = await world.bob.submit_modal(form, {**CLAIM, "tolerance": "a lot"})
    assert refused.ephemeral
    again = await world.bob.click(refused.response, label="Open it again")
    assert again.modal is not None
    assert "a lot" in str(again.modal)
    assert "97.4 ± 0.3" in str(again.modal)
    await world.restart()
    added = await world.bob.submit_modal(again, CLAIM)
    assert "C1" in text(added)
    assert "accuracy ↑ **97.4** ± 0.3" in text(added)
    assert "Log a result" in text(card(thread))


async def test_a_claim_without_its_number_opens_the_form_with_all_that_was_given(
    world: World,
) -> None:
    thread = await board(world)
    form = await world.bob.slash(
        thread, "claim add", statement="Accuracy is high", where="Table 2", weight="3"
    )
    assert form.modal is not None
    assert "Accuracy is high" in str(form.modal)
    added = await world.bob.submit_modal(
        form, {**CLAIM, "statement": "Accuracy is high", "criterion": []} | {"tolerance": ""}
    )
    assert "Table 2" in text(added)


async def test_a_result_is_logged_by_a_form_that_comes_back_filled_when_it_is_refused(
    world: World,
) -> None:
    thread = await board(world)
    await world.bob.slash(thread, "claim add", statement="It holds", metric="loss", reported="1.0")
    form = await world.bob.click(card(thread), label="Log a result")
    filled = {"claim": ["1"], "value": "1.01, 0.99", "seeds": "0, 1, 2", "origin": ["own"]}
    refused = await world.bob.submit_modal(form, filled)
    assert "3 seeds for 2 runs" in text(refused)
    again = await world.bob.click(refused.response, label="Open it again")
    assert "1.01, 0.99" in str(again.modal)
    await world.restart()
    logged = await world.bob.submit_modal(again, {**filled, "seeds": "0, 1"})
    assert "C1 R1" in text(logged)


async def test_what_a_command_was_given_goes_into_the_result_of_the_form(world: World) -> None:
    thread = await board(world)
    await world.bob.slash(thread, "claim add", statement="It holds", metric="loss", reported="1.0")
    form = await world.bob.slash(
        thread, "result log", claim="C1", commit="3f2a9c1", hardware="1 × RTX 4090", hours="2"
    )
    logged = await world.bob.submit_modal(form, {"value": "1.0"})
    assert "3f2a9c1" in text(logged)
    assert "RTX 4090" in text(logged)


async def test_no_claims_no_result(world: World) -> None:
    thread = await board(world)
    more = await world.bob.click(card(thread), label="⋯")
    refused = await world.bob.click(more.response, label="Log a result")
    assert "`/claim add`" in text(refused)
    refused = await world.bob.click(more.response, label="Results file")
    assert "there are none yet" in text(refused)
    outsider = world.join("eve")
    refused = await outsider.click(card(thread), label="Add a claim")
    assert "Press Join" in text(refused)


async def test_a_deadline_is_added_by_a_form(world: World) -> None:
    thread = await board(world)
    more = await world.bob.click(card(thread), label="⋯")
    form = await world.bob.click(more.response, label="Add a deadline")
    refused = await world.bob.submit_modal(form, {"title": "ICML", "due": "whenever"})
    again = await world.bob.click(refused.response, label="Open it again")
    assert "ICML" in str(again.modal)
    added = await world.bob.submit_modal(again, {"title": "ICML", "due": "in 3 weeks"})
    assert "**ICML** is due" in text(added)
    assert "ICML" in text(card(thread))


async def test_a_lead_sets_the_state_from_the_menu_of_the_board(world: World) -> None:
    thread = await board(world)
    more = await world.bob.click(card(thread), label="⋯")
    assert "How far has it come" not in text(more)
    more = await world.alice.click(card(thread), label="⋯")
    said = await world.alice.select(more.response, ["writing"], custom_id="board:state:1")
    assert "is **writing**" in text(said)
    assert "writing" in text(card(thread))


async def test_an_attached_results_file_is_shown_and_logged_only_by_a_press(world: World) -> None:
    thread = await board(world)
    for name in ("loss", "accuracy"):
        await world.bob.slash(
            thread, "claim add", statement=f"The {name} holds", metric=name, reported="1.0"
        )
    more = await world.bob.click(card(thread), label="⋯")
    template = await world.bob.click(more.response, label="Results file")
    assert template.response is not None
    names = [file.filename for file in template.response.attachments]
    assert names == ["results.csv", "results.json"]

    file = (
        "claim,value,seed,commit\nC1,1.0,0,3f2a9c1\nC1,1.1,1,3f2a9c1\nC2,0.9,0,3f2a9c1\nC9,5,0,x\n"
    )
    shown = await world.bob.slash(thread, "result log", file=("results.csv", file.encode()))
    assert "2 new results" in text(shown)
    assert "C9" in text(shown)
    async with world.bot.store.read() as tx:
        claim = await tx.claims.get(world.guild.id, 1)
        assert claim is not None
        assert await tx.results.of_claim(claim) == []
    done = await world.bob.click(shown.response, label="Log them")
    assert "C1 R1, C2 R1" in text(done)
    async with world.bot.store.read() as tx:
        (result,) = await tx.results.of_claim(claim)
    assert (result.findings.runs, result.findings.seeds) == (2, "0, 1")
    assert result.runner_id == world.bob.id
    again = await world.bob.slash(thread, "result log", file=("results.csv", file.encode()))
    assert "Log them" not in text(again).splitlines()


async def test_title_and_paper_are_corrected_and_the_thread_takes_the_title(world: World) -> None:
    # At Discord a thread's maker may rename it; SimCord wants a permission for that.
    assert world.bot.user is not None
    channel = world.guild.create_text_channel(
        "managed",
        overwrites={world.bot.user: discord.PermissionOverwrite(manage_channels=True)},
    )
    await world.alice.slash(channel, "project propose", paper="arXiv:2201.02177", title="Grokking")
    (thread,) = channel.threads
    await world.bob.slash(thread, "project join")
    await world.alice.slash(thread, "project edit", title="Grokking again", paper="1706.03762")
    assert "Grokking again" in text(card(thread))
    async with world.bot.store.read() as tx:
        project = await tx.projects.get(world.guild.id, 1)
    assert project is not None
    assert (project.title, project.cited) == ("Grokking again", "1706.03762")
    await world.env.settle()
    shown = await world.bot.fetch_channel(thread.id)
    assert isinstance(shown, discord.Thread)
    assert shown.name == "Grokking again"
    broken = await world.alice.slash(thread, "project edit", paper="https://")
    assert "I cannot read it" in text(broken)
    refused = await world.bob.slash(thread, "project edit", title="Mine")
    assert "Only the lead" in text(refused)


async def test_proposing_says_who_works_on_the_paper_and_what_is_no_identifier(
    world: World,
) -> None:
    await board(world)
    second = await world.bob.slash(
        world.channel,
        "project propose",
        paper="https://arxiv.org/pdf/2201.02177v1",
        title="Grokking too",
    )
    assert "1 other board works on this paper: **Grokking**" in text(second)
    third = await world.bob.slash(
        world.channel, "project propose", paper="not a link", title="A paper without a link"
    )
    assert "no link or identifier in “not a link”" in text(third)
    assert "other board" not in text(third)
    broken = await world.bob.slash(
        world.channel, "project propose", paper="arxiv: 99999", title="Broken"
    )
    assert "I cannot read it" in text(broken)


async def test_where_several_projects_may_be_meant_a_menu_asks_and_the_command_goes_on(
    world: World,
) -> None:
    await board(world)
    await board(world, title="Another", paper="arXiv:1706.03762")
    asked = await world.alice.slash(world.channel, "task add", title="Train", notes="with 3 seeds")
    assert "Which project do you mean?" in text(asked)
    added = await world.alice.select(asked.response, ["0"])
    assert "New task: **Train**" in text(added)
    assert "with 3 seeds" in text(added)


async def test_a_comparison_of_two_rows_is_added_by_command_and_by_form(world: World) -> None:
    thread = await board(world)
    refused = await world.bob.click(
        (await world.bob.click(card(thread), label="⋯")).response, label="Compare two rows"
    )
    assert "two claims with numbers" in text(refused)
    for name, value, role in (("Ours", "28.4", "claim"), ("Base", "26.3", "baseline")):
        await world.bob.slash(
            thread, "claim add", statement=f"{name} reaches {value}", metric="BLEU",
            reported=value, better="higher", role=role,
        )  # fmt: skip
    made = await world.bob.slash(
        thread, "claim compare", statement="Ours beats the base", first="C1", second="C2"
    )
    assert "Ours beats the base" in text(made)
    form = await world.bob.click(
        (await world.bob.click(card(thread), label="⋯")).response, label="Compare two rows"
    )
    filled = {"statement": "Ours wins by two", "first": ["1"], "second": ["2"], "by": "a bit"}
    refused = await world.bob.submit_modal(form, {**filled, "better": []})
    again = await world.bob.click(refused.response, label="Open it again")
    assert "a bit" in str(again.modal)
    made = await world.bob.submit_modal(again, {**filled, "by": "2.0", "better": []})
    assert "Ours wins by two" in text(made)


async def test_the_list_of_projects_says_how_well_each_one_is_known(world: World) -> None:
    thread = await board(world)
    await world.bob.slash(thread, "claim add", statement="It holds", metric="loss", reported="1.0")
    await world.bob.slash(thread, "claim add", statement="It is fast", metric="s", reported="2")
    await world.bob.slash(thread, "result log", claim="C1", value="1.0, 1.01, 0.99", seeds="0-2")
    listed = await world.cara.slash(world.channel, "project list")
    assert "2 claims: " in text(listed)
    assert "1 not attempted" in text(listed)
