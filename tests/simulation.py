"""Rules of Discord's that the simulation does not know; each with its source.

They hold in every simulated server of the tests: what Discord would refuse is refused there.
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import discord
from discord.ui.view import BaseView
from simcord import _dpy_internals, _settlement, env, gateway
from simcord.backend.errors import BackendError
from simcord.backend.models import channel as channels
from simcord.backend.ops.channels import ChannelMixin
from simcord.http import router

_MESSAGES = re.compile(r"/channels/(\d+)/messages(?:/\d+(/reactions/.+)?)?")
_THREADS = re.compile(r"/channels/(\d+)/(?:messages/\d+/)?threads")
_JOINING = re.compile(r"/channels/(\d+)/thread-members/(\d+)")
_NO_MESSAGES = {
    discord.ChannelType.category.value,
    discord.ChannelType.forum.value,
    discord.ChannelType.media.value,
}
_THREAD_KINDS = tuple(
    kind.value
    for kind in (
        discord.ChannelType.news_thread,
        discord.ChannelType.public_thread,
        discord.ChannelType.private_thread,
    )
)
_NO_THREADS = {
    discord.ChannelType.voice.value,
    discord.ChannelType.stage_voice.value,
    discord.ChannelType.category.value,
    *_THREAD_KINDS,
}


def _copied(value: Any) -> Any:
    """Copy what JSON can hold; ``deepcopy`` takes several times as long, for each request."""
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value


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
        opened = _THREADS.fullmatch(path)
        if opened and method == "POST":
            _check_opening(backend.channels.get(int(opened[1])), request.get("json") or {})
        joining = _JOINING.fullmatch(path)
        if joining and method == "PUT":
            _check_joining(backend, int(joining[1]), int(joining[2]))
        return answer(backend, method, path, **request)

    def require_guild_permissions(
        context: router.RequestContext, guild_id: int, *names: str
    ) -> None:
        """Create Events covers one's own events (Topics → Permissions); we touch no others."""
        own = ["create_events" if name == "manage_events" else name for name in names]
        require(context, guild_id, *own)

    async def for_ever(_: BaseView) -> None:
        """Keep what is open on people's screens open.

        Its quarter of an hour is real time, which no test waits for; and whenever SimCord comes to
        rest, it compares each of these timers with every other. Nor does anything of ours wait for
        a view to end, which SimCord would look for in every view that is open.
        """

    BaseView._BaseView__timeout_task_impl = for_ever  # type: ignore[attr-defined]
    for looked_for in ("is_view_wait_future", "view_expiry_task"):
        assert hasattr(_dpy_internals, looked_for)
        setattr(_dpy_internals, looked_for, lambda *_: False)

    active = _settlement._active_callbacks

    def without_cancelled_timers(state: Any) -> list[Any]:
        """Take cancelled timers out of the loop, where they would stay until they are due.

        asyncpg sets one for each statement, and whenever SimCord comes to rest, it looks through
        all of them.
        """
        for record in state.work.callbacks:
            if record.real_handle is not None and record.handle.cancelled():
                record.real_handle.cancel()
        return active(state)

    assert hasattr(env, active.__name__)
    setattr(env, active.__name__, without_cancelled_timers)

    create_thread = ChannelMixin.create_thread

    def created(backend: Any, parent_id: int, *given: Any, **fields: Any) -> Any:
        if backend.get_channel(parent_id).type == discord.ChannelType.news.value:
            fields["type"] = discord.ChannelType.news_thread.value
        return create_thread(backend, parent_id, *given, **fields)

    ChannelMixin.create_thread = created  # type: ignore[method-assign]
    router.copy = gateway.copy = SimpleNamespace(deepcopy=_copied)  # type: ignore[attr-defined]
    channels.THREAD_TYPES = _THREAD_KINDS  # type: ignore[assignment]
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


def _check_opening(channel: Any, body: dict[str, Any]) -> None:
    """Start Thread: text, announcement, forum and media channels alone have threads.

    An announcement channel takes announcement threads alone, so the kind has to be named where no
    message decides it.
    """
    if channel is None:
        return
    wrong = {discord.ChannelType.public_thread.value, discord.ChannelType.private_thread.value}
    news = channel.type == discord.ChannelType.news.value
    if channel.type in _NO_THREADS or (news and body.get("type") in wrong):
        raise BackendError(400, 50024, "Cannot execute action on this channel type")


def _check_joining(backend: Any, thread_id: int, user_id: int) -> None:
    """Add Thread Member: nobody is added to a thread who is not in its server."""
    thread = backend.channels.get(thread_id)
    if thread is not None and user_id not in backend.guilds[thread.guild_id].members:
        raise BackendError(404, 10007, "Unknown Member")
