"""Holds that people are answered before anything that Discord may hold back.

An interaction has to be answered within three seconds (Interactions: Responding), and a channel
takes about five messages in five seconds, as bots observe it. So the answer, or a deferral, comes
before any message, thread, reaction or pin that the same interaction leads to.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import Any

import discord
import pytest
from discord.http import Route
from simcord.http.client import FakeHTTPClient as HTTPClient

_HELD_BACK = re.compile(r"/channels/\{channel_id\}/(messages|threads|pins|thread-members)")

_asked: ContextVar[discord.Interaction[Any] | None] = ContextVar("asked", default=None)


class AnsweredFirst:
    """Notes each request that came before the answer to the interaction it belongs to."""

    def __init__(self) -> None:
        self.late: list[str] = []

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Watch every interaction and request of the process."""
        create, send = discord.Interaction.__init__, HTTPClient.request
        late = self.late

        def created(interaction: discord.Interaction[Any], **arguments: Any) -> None:
            create(interaction, **arguments)
            # The tasks that handle the interaction are made right after, and inherit this.
            _asked.set(interaction)

        async def request(client: HTTPClient, route: Route, **arguments: Any) -> Any:
            asked = _asked.get()
            if (
                asked is not None
                and route.method != "GET"
                and _HELD_BACK.match(route.path)
                and not asked.response.is_done()
            ):
                late.append(f"{route.method} {route.path} before the answer to {asked.data}")
            return await send(client, route, **arguments)

        monkeypatch.setattr(discord.Interaction, "__init__", created)
        monkeypatch.setattr(HTTPClient, "request", request)
