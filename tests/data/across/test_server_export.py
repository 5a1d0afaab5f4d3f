"""A server's export: all of it, and nothing of another's."""

from __future__ import annotations

import csv
import io
import json
import zipfile

from bot.base.clock import SteppedClock
from data.store import Store


async def test_an_export_holds_one_servers_rows_and_no_others(
    store: Store, clock: SteppedClock
) -> None:
    async with store.transaction() as tx:
        for guild_id, name in ((1, "Ours"), (2, "Theirs")):
            await tx.servers.save(guild_id, clock.now(), timezone="UTC")
            group = await tx.groups.create(
                guild_id=guild_id,
                channel_id=guild_id * 10,
                name=name,
                focus="=HYPERLINK(1)",
                timezone=None,
                created_by=5,
                now=clock.now(),
            )
            await tx.groups.add_member(group.id, guild_id * 100, clock.now())

    with zipfile.ZipFile(io.BytesIO(await store.export(1))) as archive:
        everything = json.loads(archive.read("cohort.json"))
        rows = list(csv.DictReader(io.StringIO(archive.read("groups.csv").decode())))

    assert [group["name"] for group in everything["groups"]] == ["Ours"]
    assert [member["user_id"] for member in everything["members"]] == [100]
    assert rows[0]["focus"] == "'=HYPERLINK(1)", "no spreadsheet takes it for a formula"
    assert "Theirs" not in json.dumps(everything)
