"""A person's copy of their data, on the real store: everything of theirs, of this server alone."""

import json
from dataclasses import replace

from bot.base.clock import SteppedClock
from cogs.people.export.service import PersonExportService
from data.store import Store
from tests.cogs.club import ALICE, CARA, SERVER, Club, at


async def test_a_copy_names_the_person_and_holds_their_rows(
    store: Store, clock: SteppedClock
) -> None:
    await Club(store, clock).open()
    whole = json.loads(await PersonExportService(store, clock).export(at(ALICE)))
    assert (whole["server"], whole["person"]) == (SERVER, ALICE)
    assert whole["exported_at"] == clock.now().isoformat()
    assert [one["title"] for one in whole["tables"]["projects"]] == ["Grokking"]
    assert {one["user_id"] for one in whole["tables"]["members"]} == {ALICE}


async def test_strangers_and_other_servers_have_nothing(store: Store, clock: SteppedClock) -> None:
    await Club(store, clock).open()
    exports = PersonExportService(store, clock)
    for place in (at(CARA), replace(at(ALICE), guild_id=SERVER + 1)):
        assert json.loads(await exports.export(place))["tables"] == {}
