"""The doctor beside a bot that runs: what it finds well, and what it says to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from discord.http import Route

from bot.config import Settings
from bot.ops import doctor
from data import migrations
from tests.wire.models import Channel, Permission, User

from .process import WARM, BotProcess
from .server import WireDiscord


@pytest.fixture
def channel(wire: WireDiscord) -> Channel:
    guild = wire.world.add_guild("Study hall")
    return wire.world.add_channel(guild, "mech-interp")


@pytest.fixture
def olga(wire: WireDiscord, channel: Channel) -> User:
    assert channel.guild is not None
    olga = wire.world.add_person("Olga", channel.guild)
    wire.world.add_role(channel.guild, "Organisers", Permission.MANAGE_GUILD, olga)
    return olga


@pytest.fixture
def settings(wire: WireDiscord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # put back at the end
    monkeypatch.chdir(tmp_path)
    return Settings(
        token=wire.world.token,
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'cohort.db'}",
        discord_api=wire.api,
    )


async def findings(settings: Settings) -> dict[str, doctor.Finding]:
    return {one.what: one for one in await doctor.examine(settings)}


async def test_all_is_well_beside_a_running_bot_and_what_is_not_is_named(
    wire: WireDiscord,
    channel: Channel,
    olga: User,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with BotProcess(wire, tmp_path, command=WARM):
        await wire.interact_slash(olga, channel, "group create", name="Grokkers", focus="a paper")
        found = await findings(settings)
        assert [str(one) for one in found.values() if not one.well] == []
        assert found.keys() >= {"database", "process", "disk", "copies", "clock", "token"}
        assert "all there in the channels in use (1)" in found["permissions in Study hall"].sentence

        usage = shutil.disk_usage(tmp_path)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=9 << 20))
        (tmp_path / "cohort.db").chmod(0o644)
        copy = tmp_path / "backups" / "cohort-20200101T000000Z.db"
        copy.parent.mkdir()
        migrations.copy_aside(tmp_path / "cohort.db", copy)
        found = await findings(settings)
        assert "9 MB free" in found["disk"].sentence
        assert "chmod 600" in found["files"].sentence
        assert "days" in found["copies"].sentence
        assert "makes one each day" in found["copies"].sentence
        wire.world.set_overwrite(channel, wire.world.bot, deny=Permission.ADD_REACTIONS)
        found = await findings(settings)
        lacking = found["permissions in Study hall"].sentence
        assert lacking.startswith("Add Reactions in #mech-interp: to offer")
        wrong = {one.what for one in found.values() if not one.well}
        assert wrong == {"disk", "files", "copies", "permissions in Study hall"}

        copy.write_bytes(b"not a database" * 100)
        found = await findings(settings)
        assert "is damaged" in found["copies"].sentence
