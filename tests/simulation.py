"""Rules of Discord's that the simulation does not know; each with its source.

They hold in every simulated server of the tests: what Discord would refuse is refused there.
"""

from __future__ import annotations

import re
from typing import Any

import discord
from discord.ui.view import BaseView
from simcord.backend.errors import BackendError
from simcord.http import router

_MESSAGES = re.compile(r"/channels/(\d+)/messages(?:/\d+(/reactions/.+)?)?")
_NO_MESSAGES = {
    discord.ChannelType.category.value,
    discord.ChannelType.forum.value,
    discord.ChannelType.media.value,
}


def teach() -> None:
    """Teach the simulation, once in a process."""
    if getattr(router, "_taught", False):
        return
    router._taught = True  # type: ignore[attr-defined]
    answer, require = router.dispatch, router.RequestContext.require_guild_permissions

    def dispatch(backend: Any, method: str, path: str, **request: Any) -> Any:
        found = _MESSAGES.fullmatch(path)
        if found and method in ("POST", "PATCH", "PUT"):
            _check(backend.channels.get(int(found[1])), method)
        return answer(backend, method, path, **request)

    def require_guild_permissions(
        context: router.RequestContext, guild_id: int, *names: str
    ) -> None:
        """Create Events covers one's own events (Topics → Permissions); we touch no others."""
        own = ["create_events" if name == "manage_events" else name for name in names]
        require(context, guild_id, *own)

    async def for_ever(_: BaseView) -> None:
        """Let what is open on people's screens stay open.

        Its quarter of an hour is real time, which no test waits for; and whenever SimCord comes to
        rest, it compares each of these timers with every other.
        """

    BaseView._BaseView__timeout_task_impl = for_ever  # type: ignore[attr-defined]
    router.dispatch = dispatch
    router.RequestContext.require_guild_permissions = require_guild_permissions  # type: ignore[method-assign]


def _check(channel: Any, method: str) -> None:
    if channel is None:
        return
    if method == "POST" and channel.type in _NO_MESSAGES:
        # Opcodes and Status Codes: a forum takes posts, which are threads, and no messages.
        raise BackendError(400, 50008, "Cannot send messages in a non-text channel")
    archived = channel.thread_metadata is not None and channel.thread_metadata.archived
    if archived and method != "POST":
        # Topics → Threads: an archived thread is read-only until a message or an edit opens it.
        raise BackendError(400, 50083, "Thread is archived")
