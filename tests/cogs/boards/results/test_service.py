"""Results files on the real store: only what is new is logged, and what does not fit is named."""

import pytest

from bot.base.clock import SteppedClock
from bot.base.errors import Conflict, InvalidInput, NotAllowed
from cogs.boards.results.service import ResultFileService
from data.store import Store
from tests.cogs.club import ALICE, CARA, SERVER, Club, at


async def test_only_what_is_new_in_a_file_is_logged(store: Store, clock: SteppedClock) -> None:
    club, files = await Club(store, clock).open(), ResultFileService(store, clock)
    await club.claim()
    text = "claim,value,seed\nC1,98.9%,0\n"
    first = await files.log(at(ALICE), club.project.id, text, "3f2a9c1")
    (entry,) = first.entries
    assert entry.result is not None
    assert (entry.result.findings.value, entry.result.findings.revision) == ("98.9%", "3f2a9c1")
    with pytest.raises(Conflict, match="already"):
        await files.log(at(ALICE), club.project.id, text)
    again = await files.log(at(ALICE), club.project.id, text + "C1,97.0%,1\n")
    (entry,) = again.entries
    assert entry.result is not None
    assert entry.result.findings.value == "97.0%"


async def test_what_fits_no_claim_is_told_and_not_logged(store: Store, clock: SteppedClock) -> None:
    club, files = await Club(store, clock).open(), ResultFileService(store, clock)
    await club.claim()
    fresh = await files.fresh(SERVER, club.project.id, "claim,value\nC1,99%\nC9,5\n")
    assert [claim.name for claim, _ in fresh.results] == ["C1"]
    assert list(fresh.unknown) == ["C9"]
    with pytest.raises(NotAllowed):
        await files.log(at(CARA), club.project.id, "claim,value\nC1,99%\n")
    with pytest.raises(InvalidInput):
        await files.fresh(SERVER, club.project.id, "hello")


async def test_a_template_names_the_claims_and_needs_one(store: Store, clock: SteppedClock) -> None:
    club, files = await Club(store, clock).open(), ResultFileService(store, clock)
    with pytest.raises(Conflict, match="/claim add"):
        await files.template(at(ALICE), club.project.id)
    await club.claim()
    assert all("C1" in text for text in await files.template(at(ALICE), club.project.id))
