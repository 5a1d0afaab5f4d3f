"""Files that the bot hands out: no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest
from simcord.results import InteractionResult

from cogs.boards.reports import writing as reporting
from data.across import server_export
from tests.security.stage import Reported, every_slash, example, furnish, new_server, use
from tests.world import World

FORMULA = "=cmd|'/c calc'!A1"

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


async def tables(result: InteractionResult) -> Iterator[tuple[str, str]]:
    """Return the name and the text of every CSV that an answer has attached, also in a zip."""
    found: list[tuple[str, str]] = []
    for message in [result.response, *result.followups]:
        for attachment in [] if message is None else message.attachments:
            content = await attachment.read()
            if attachment.filename.endswith(".csv"):
                found.append((attachment.filename, content.decode()))
            elif attachment.filename.endswith(".zip"):
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    found += [
                        (name, archive.read(name).decode())
                        for name in archive.namelist()
                        if name.endswith(".csv")
                    ]
    return iter(found)


def runs(cell: str) -> bool:
    """Whether a spreadsheet takes a cell for a formula: a number with its sign is none."""
    try:
        float(cell)
    except ValueError:
        return cell.startswith(STARTS)
    return False


@pytest.mark.parametrize("start", STARTS)
def test_no_start_that_a_spreadsheet_takes_for_a_formula_is_left(start: str) -> None:
    for cell in (server_export._cell, reporting._cell):
        assert not runs(cell(f"{start}SUM(A1)"))


async def test_no_cell_of_an_export_is_a_formula(world: World, reported: Reported) -> None:
    side = new_server(world, "first", "quokka")
    side.word = FORMULA
    await furnish(world, side)
    await world.forward(timedelta(hours=1))
    seen: set[str] = set()
    wrong: list[str] = []
    for command in list(every_slash(world)):
        if command.qualified_name not in {"cohort export", "project report", "profile portfolio"}:
            continue
        filled = await example(world, side, command)
        for name, text in await tables(await use(filled, side.insider)):
            for row in csv.reader(io.StringIO(text)):
                seen.update(cell for cell in row if FORMULA in cell)
                wrong += [f"/{command.qualified_name} {name}: {cell}" for cell in row if runs(cell)]
    assert seen, "nobody's words were exported"
    assert not wrong, "\n".join(sorted(set(wrong)))
