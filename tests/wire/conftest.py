"""A running Discord, and a plain client that is connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from .plain_client import PlainClient
from .server import WireDiscord


@pytest.fixture
async def wire() -> AsyncIterator[WireDiscord]:
    async with WireDiscord() as wire:
        yield wire


@pytest.fixture
async def client(wire: WireDiscord, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PlainClient]:
    """A client that is pointed at ``wire`` and closed at the end; a test connects it."""
    client = PlainClient(wire, monkeypatch)
    yield client
    await client.close()
