"""Two real papers, entered from what they print, and the reports on their replication."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from PIL import Image
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from tests.world import World, text

GROKKING = (
    # Power et al. 2022, figure 1 and section 3.
    {"statement": "On modular division, validation accuracy reaches chance-beating 99% late",
     "metric": "validation accuracy", "reported": "99%", "where": "Figure 1, left",
     "better": "higher", "tolerance": "1%", "headline": True, "weight": "3",
     "dataset": "a / b mod 97, 50% of the equations"},
    {"statement": "Training accuracy is near perfect in fewer than 1,000 steps",
     "metric": "steps", "reported": "10^3", "where": "Section 3.1", "better": "lower"},
    {"statement": "It takes close to 1,000,000 steps for validation accuracy to follow",
     "metric": "steps", "reported": "1 x 10^6", "where": "Section 3.1", "better": "lower",
     "tolerance": "50%"},
    {"statement": "Weight decay needs less than half of the data",
     "metric": "difference in data fraction", "reported": "-0.20", "where": "Figure 2, left",
     "criterion": "direction"},
    {"statement": "S5 is generalised at all", "metric": "yes or no", "reported": "n/r",
     "where": "Appendix A.2"},
)  # fmt: skip

TRANSFORMER = (
    # Vaswani et al. 2017, table 2: BLEU on newstest2014.
    {"statement": "Base model, English to German", "metric": "BLEU", "reported": "27.3"},
    {"statement": "Base model, English to French", "metric": "BLEU", "reported": "38.1"},
    {"statement": "Big model, English to German", "metric": "BLEU", "reported": "28.4"},
    {"statement": "Big model, English to French", "metric": "BLEU", "reported": "41.8"},
)


async def board(world: World, paper: str, title: str, claims: Any) -> ChannelHandle:
    """Have alice propose a paper that bob and cara replicate, with its claims; the thread."""
    before = {one.id for one in world.channel.threads}
    await world.alice.slash(
        world.channel, "project propose", paper=paper, title=title, summary="Does it hold?"
    )
    (thread,) = [one for one in world.channel.threads if one.id not in before]
    for member in (world.bob, world.cara):
        await member.slash(thread, "project join")
    for claim in claims:
        added = await world.alice.slash(thread, "project claim add", **claim)
        assert "New claim" in text(added), text(added)
    return thread


async def files(result: InteractionResult) -> dict[str, bytes]:
    """Return what was attached, by the endings of the names."""
    message = result.followups[-1] if result.followups else result.response
    assert message is not None
    return {one.filename.rpartition(".")[2]: await one.read() for one in message.attachments}


async def test_the_grokking_paper_is_entered_tried_and_reported(world: World) -> None:
    thread = await board(world, "arXiv:2201.02177", "Grokking on one GPU", GROKKING)
    await world.bob.slash(
        thread, "project result log", claim="C1", value="99.2%, 98.9%, 99.4%", code="own",
        commit="3f2a9c1", hardware="1 × RTX 4090", hours="9.5", evidence="https://wandb.ai/grok",
        deviations="AdamW instead of Adam with weight decay",
    )  # fmt: skip
    await world.bob.slash(
        thread, "project result log", claim="C2", value="410, 395, 402", hours="0.5"
    )
    await world.bob.slash(thread, "project result log", claim="C3", value="38000, 52000", hours="3")
    await world.cara.slash(thread, "project result log", claim="C4", value="+0.05")
    await world.cara.slash(
        thread, "project result review", result="C1 R1", decision="confirm", reason="Same curves"
    )
    await world.alice.slash(thread, "project update", text="The loop took an hour", about="easy")
    await world.bob.slash(thread, "project update", text="Which *optimiser*?", about="difficult")
    await world.alice.slash(
        thread, "project update", text="Wrote to the first author", about="authors"
    )

    await world.restart()
    reported = await world.cara.slash(thread, "project report")

    assert "4 of 5 claims tried" in text(reported)
    assert "headline 1 of 1" in text(reported)
    found = await files(reported)
    assert sorted(found) == ["csv", "json", "md", "png"]
    report = found["md"].decode()
    assert report.startswith("# [Re] ")
    for heading in (
        "Scope of reproducibility", "Methodology", "Results", "What was easy",
        "What was difficult", "Communication with the original authors",
        "Computational requirements", "Who did what",
    ):  # fmt: skip
        assert heading in report
    assert (
        "| C1 (headline) | validation accuracy | 99% | 99.2%, 98.9%, 99.4% (3 runs) | reproduced |"
        in report
    )
    assert "| C4 | difference in data fraction | -0.20 | +0.05 | reversed |" in report
    assert "13 hours of computing were logged, on 1 × RTX 4090" in report
    assert "Which \\*optimiser\\*?" in report
    assert "AdamW instead of Adam" in report
    assert "confirm by cara" in report
    assert "bob: 3 results, 0 reviews" in report
    whole = json.loads(found["json"])
    verdicts = [claim["verdict"] for claim in whole["claims"]]
    assert verdicts == ["reproduced", "exceeded", "exceeded", "reversed", "not attempted"]
    assert whole["claims"][3]["reported"] == "-0.20"
    rows = list(csv.DictReader(io.StringIO(found["csv"].decode("utf-8-sig"))))
    assert [row["claim"] for row in rows] == ["C1", "C2", "C3", "C4", "C5"]
    assert rows[3]["value"] == "+0.05"
    picture = Image.open(io.BytesIO(found["png"]))
    assert picture.size[0] == 1800


async def test_the_transformer_is_entered_from_its_table(world: World) -> None:
    claims = [
        {**claim, "where": "Table 2", "better": "higher", "tolerance": "1%"}
        for claim in TRANSFORMER
    ]
    thread = await board(world, "arXiv:1706.03762", "Attention again", claims)
    for claim, value in (("C1", "27.1"), ("C2", "37.6"), ("C3", "29.1"), ("C4", "36.0")):
        await world.bob.slash(thread, "project result log", claim=claim, value=value)
    found = await files(await world.cara.slash(thread, "project report"))
    verdicts = [claim["verdict"] for claim in json.loads(found["json"])["claims"]]
    assert verdicts == ["reproduced", "partly", "exceeded", "not reproduced"]


async def test_a_report_of_nothing_says_so(world: World) -> None:
    thread = await board(world, "A book", "Nothing yet", [])
    reported = await world.alice.slash(thread, "project report")
    assert "no claims yet" in text(reported)
    found = await files(reported)
    assert sorted(found) == ["csv", "json", "md"]
    assert "Nothing has been tried." in found["md"].decode()


async def test_a_spreadsheet_takes_no_formula_from_the_ledger(world: World) -> None:
    thread = await board(
        world, "A book", "Formulas",
        [{"statement": "=HYPERLINK(1)", "metric": "+SUM(A1)", "reported": "-0.5"}],
    )  # fmt: skip
    found = await files(await world.alice.slash(thread, "project report"))
    (row,) = csv.DictReader(io.StringIO(found["csv"].decode("utf-8-sig")))
    assert row["statement"] == "'=HYPERLINK(1)"
    assert row["metric"] == "'+SUM(A1)"
    assert row["reported"] == "-0.5"
