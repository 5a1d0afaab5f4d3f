"""A server's archive, on the real store: for organisers, and of that server alone."""

import io
import json
import zipfile
from dataclasses import replace

import pytest

from bot.base.clock import SteppedClock
from bot.base.errors import NotAllowed
from cogs.server.export.service import ServerExportService
from data.store import Store
from tests.cogs.club import ALICE, OLGA, SERVER, Club, at


async def test_organisers_get_every_table_and_members_are_refused(
    store: Store, clock: SteppedClock
) -> None:
    await Club(store, clock).open()
    exports = ServerExportService(store)
    with pytest.raises(NotAllowed):
        await exports.export(at(ALICE))
    elsewhere = replace(at(OLGA, organiser=True), guild_id=SERVER + 1)
    for place, titles in ((at(OLGA, organiser=True), ["Grokking"]), (elsewhere, [])):
        with zipfile.ZipFile(io.BytesIO(await exports.export(place))) as archive:
            whole = json.loads(archive.read("cohort.json"))
        assert [one["title"] for one in whole["projects"]] == titles
