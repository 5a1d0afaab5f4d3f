"""A pasted table shown back, corrected in the preview, and added."""

from __future__ import annotations

from simcord.results import InteractionResult

from data.boards.projects import ProjectId
from tests.e2e.boards.test_ledger import board
from tests.world import Person, World, text

TABLE = """Table 2: Accuracy, standard errors in brackets.

| Model | Year | Acc (%) | FID | Notes |
|---|---|---|---|---|
| **Small** | | | | |
| A | 2019 | 81.2 (0.3) | 9.1 | ours |
| B | 2021 | 83.0 (0.2) | 7.3† | theirs |
| **Large** | | | | |
| A | 2022 | 90.4 (0.1) | 4.0 | – |
| B | 2022 | 91.2 (0.1) | 1.2.3 | – |
"""


async def previewed(world: World, pasted: str) -> InteractionResult:
    thread = await board(world)
    form = await world.bob.slash(thread, "claim import")
    return await world.bob.submit_modal(form, {"table": pasted})


def menu(shown: InteractionResult, start: str) -> str:
    """Return the custom id of the menu whose placeholder begins so."""
    message = shown.response
    assert message is not None
    (found,) = [
        one["custom_id"]
        for row in message.components
        for one in row["components"]
        if str(one.get("placeholder", "")).startswith(start)
    ]
    return found


async def listed(world: World, who: Person) -> str:
    (thread,) = [one for channel in world.guild.channels.values() for one in channel.threads]
    return text(await who.slash(thread, "claim list"))


async def test_the_preview_gives_the_table_back_with_what_became_of_each_cell(
    world: World,
) -> None:
    shown = text(await previewed(world, TABLE))
    assert "That is 7 claims. Add them, or correct them first?" in shown
    assert "of Table 2" in shown
    assert "4 × a year" in shown
    assert "1 not read" in shown
    assert "✗ row 7, column 4 “1.2.3”" in shown
    assert "**Acc (%)**: higher is better (by its name); ± is the standard error" in shown
    assert "**FID**: lower is better (by its name)" in shown
    assert "81.2 (0.3) ✓" in shown
    assert "2019 ·" in shown
    assert "Large, B: Acc (%) · **91.2 ± 0.1**" in shown


async def test_a_metric_is_corrected_in_the_preview(world: World) -> None:
    shown = await previewed(world, TABLE)
    form = await world.bob.select(shown.response, ["0"], custom_id=menu(shown, "Correct a metric"))
    again = await world.bob.submit_modal(
        form, {"name": "top-1 error", "better": ["lower"], "spread_kind": ["interval"]}
    )
    assert "**Acc (%)**: lower is better; ± is the half of the 95 % interval" in text(again)
    assert "Small, A: top-1 error · **81.2 ± 0.3**" in text(again)
    await world.bob.click(shown.response, label="Add them")
    assert "Small, A: top-1 error" in await listed(world, world.cara)


async def test_only_the_chosen_rows_are_added(world: World) -> None:
    shown = await previewed(world, TABLE)
    rows = menu(shown, "Take only these rows")
    less = await world.bob.select(shown.response, ["2"], custom_id=rows)
    assert "That is 2 claims" in text(less)
    await world.bob.click(shown.response, label="Add them")
    all_claims = await listed(world, world.cara)
    assert "Large, A: Acc (%)" in all_claims
    assert "Small" not in all_claims


async def test_the_tables_name_is_where_its_claims_are_from(world: World) -> None:
    shown = await previewed(world, "| M | Acc |\n| A | 45.2† |\n| B | 40.1 |")
    form = await world.bob.click(shown.response, label="Name the table")
    await world.bob.submit_modal(form, {"name0": "Table 7"})
    await world.bob.click(shown.response, label="Add them")
    async with world.bot.store.read() as tx:
        claims = await tx.claims.of_project(world.guild.id, ProjectId(1))
    assert [one.terms.place for one in claims] == ["Table 7; †", "Table 7"]


async def test_what_the_board_says_otherwise_is_named_and_never_dropped(world: World) -> None:
    thread = await board(world)
    await world.alice.slash(
        thread, "claim add", statement="A: Acc", metric="Acc", reported="44.0", tolerance="1%"
    )
    form = await world.bob.slash(thread, "claim import")
    shown = await world.bob.submit_modal(
        form, {"table": "| M | Acc |\n| A | 45.2 |\n| A | 46.0 |\n| B | 0.0 |"}
    )
    assert "the board says 44.0, this table 45.2" in text(shown)
    assert "**46.0**, but another row of the same name says 45.2" in text(shown)
    await world.bob.click(shown.response, label="Add them")
    assert "wrote down 3 claims" in text(thread.last_message)


async def test_a_long_table_has_pages_and_a_file_to_correct(world: World) -> None:
    rows = "".join(f"| model number {one} | {one}.25 | {one}.5 |\n" for one in range(1, 70))
    shown = await previewed(world, "| Model | Acc | F1 |\n|---|---|---|\n" + rows)
    assert "That is 138 claims" in text(shown)
    assert "Page 1 of" in text(shown)
    message = shown.response
    assert message is not None
    (forward,) = [
        one["custom_id"]
        for row in message.components
        for one in row["components"]
        if (one.get("emoji") or {}).get("name") == "▶"
    ]
    second = await world.bob.click(message, custom_id=forward)
    assert "Page 2 of" in text(second)
    assert len(text(second)) <= 2000


async def test_a_preview_that_has_ended_says_so_and_gives_the_text_back(world: World) -> None:
    shown = await previewed(world, TABLE)
    form = await world.bob.click(shown.response, label="Name the table")
    await world.bob.click(shown.response, label="Add them")
    told = await world.bob.submit_modal(form, {"name0": "Table 7"})
    assert told.ephemeral
    assert "Import the table again" in text(told)
    assert "Table 7" in text(told)


async def test_a_hostile_paste_is_refused_in_a_sentence(world: World) -> None:
    thread = await board(world)
    refused = await world.bob.slash(
        thread, "claim import", file=("t.csv", b'a,b\n"' + b"," * 90_000 + b'",1\n')
    )
    assert "looks like prose" in text(refused)
    refused = await world.bob.slash(
        thread, "claim import", file=("t.tex", rb"\begin{tabular}" * 13_000)
    )
    assert "names of the columns" in text(refused)
