"""The threads that boards live in: making them, posting to them, making them anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
import structlog

from bot.client import CohortBot
from bot.delivery import Content, Destination, channel, reason_for
from bot.errors import Undeliverable
from bot.ui import permissions
from cogs.boards.service import ProjectService
from data.boards import Project
from data.cards import Card
from data.states import CardKind, ProjectState

log = structlog.stdlib.get_logger(__name__)

ARCHIVE_AFTER_MINUTES = 7 * 24 * 60
"""The longest quiet after which Discord lets a thread archive itself."""

FORUM_TAGS = 20
POST_TAGS = 5

THREAD_ARCHIVED = 50083
UNKNOWN_CHANNEL = 10003

_IN_FORUM = ("view_channel", "send_messages", "send_messages_in_threads")
_IN_CHANNEL = ("view_channel", "create_public_threads", "send_messages_in_threads")


class BoardThreads:
    """Where boards meet Discord's threads."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._service = bot.service(ProjectService)

    async def open(self, project: Project) -> Project:
        """Make a board's thread with its card, in the first channel that takes it.

        Raises Undeliverable, naming the channels and what is missing there, when none does, and
        discord.HTTPException when Discord cannot be reached. Nothing is left behind then.
        """
        refusals: list[str] = []
        for home in await self._service.homes(project):
            try:
                return await self._open_in(home, project)
            except Undeliverable as error:
                refusals.append(error.sentence)
            except (discord.Forbidden, discord.NotFound) as error:
                refusals.append(f"<#{home}>: {reason_for(error)}")
        raise Undeliverable("; ".join(refusals))

    async def post(self, project: Project, key: str, content: Content) -> None:
        """Post in a board's thread, once for each ``key``.

        An archived thread is opened again, a deleted one made anew; where the thread refuses, it
        goes to the group's channel. Raises what ``Delivery.send`` raises.
        """
        if project.thread_id is None:
            project = await self.open(project)
        try:
            await self._send(project, key, content, [])
        except Undeliverable:
            assert project.thread_id is not None  # noqa: S101 - it was made above
            if await self._is_gone(project.thread_id):
                await self._service.lost(project.guild_id, project.thread_id)
                project = await self.open(await self._service.by_id(project.id))
            elsewhere = [channel(home) for home in await self._service.homes(project)]
            await self._send(project, key, content, elsewhere)

    async def welcome(self, project: Project, user_id: int) -> None:
        """Bring somebody into a board's thread, so that it stands among theirs."""
        if project.thread_id is None:
            return
        try:
            thread = await self._thread(project.thread_id)
            if thread is not None:
                await thread.add_user(discord.Object(user_id))
        except discord.HTTPException as error:
            log.info("somebody has to find the thread themselves", reason=str(error))

    async def follow(self, project: Project) -> None:
        """Have a thread show its project's state: the forum's tag, and archived or open."""
        if project.thread_id is None:
            return
        try:
            thread = await self._thread(project.thread_id)
            if thread is None:
                return
            changes: dict[str, Any] = {}
            archived = project.archived_at is not None
            if thread.archived is not archived:
                changes["archived"] = archived
            if isinstance(thread.parent, discord.ForumChannel):
                tags = await self._tags(thread.parent, project, thread.applied_tags)
                if {tag.id for tag in tags} != {tag.id for tag in thread.applied_tags}:
                    changes["applied_tags"] = tags
            if changes:
                await thread.edit(**changes)
        except discord.HTTPException as error:
            log.warning("a thread does not show its state", project=project.id, reason=str(error))

    async def _tags(
        self,
        forum: discord.ForumChannel,
        project: Project,
        present: Sequence[discord.ForumTag] = (),
    ) -> list[discord.ForumTag]:
        """Return a post's tags: the one of its state, and the others that people chose.

        The forum's tags are used by their names. Missing ones are made where the bot may, which
        takes Manage Channels; Discord allows 20 in a forum and 5 on a post.
        """
        states = {str(state) for state in ProjectState}
        kept = [tag for tag in present if tag.name.casefold() not in states]
        by_name = {tag.name.casefold(): tag for tag in forum.available_tags}
        wanted = by_name.get(str(project.state))
        may = forum.permissions_for(forum.guild.me).manage_channels
        if wanted is None and may and len(by_name) < FORUM_TAGS:
            wanted = await forum.create_tag(name=str(project.state), moderated=True)
        tags = ([wanted] if wanted is not None else []) + kept
        if not tags and forum.flags.require_tag:
            tags = list(forum.available_tags[:1])
        return tags[:POST_TAGS]

    async def _open_in(self, home: int, project: Project) -> Project:
        place = self._bot.get_channel(home) or await self._bot.fetch_channel(home)
        if isinstance(place, discord.ForumChannel):
            _require(place, _IN_FORUM)
            opened = await self._open_post(place, project)
        elif isinstance(place, discord.TextChannel):
            _require(place, _IN_CHANNEL)
            opened = await self._open_thread(place, project)
        else:
            raise Undeliverable(f"<#{home}>: only a text channel or a forum can hold boards")
        for member in (await self._service.view(project.id)).members:
            await self.welcome(opened, member.user_id)
        return opened

    async def _open_post(self, forum: discord.ForumChannel, project: Project) -> Project:
        content = await self._bot.cards.content(CardKind.BOARD, project.id)
        assert isinstance(content.view, discord.ui.LayoutView)  # noqa: S101 - boards have one
        thread, message = await forum.create_thread(
            name=project.title,
            auto_archive_duration=ARCHIVE_AFTER_MINUTES,
            applied_tags=await self._tags(forum, project),
            view=content.view,
            allowed_mentions=content.mentions,
        )
        opened = await self._service.opened(project, forum.id, thread.id)
        async with self._bot.store.transaction() as tx:
            await tx.cards.put(
                Card(
                    CardKind.BOARD,
                    project.id,
                    project.guild_id,
                    thread.id,
                    message.id,
                    self._bot.clock.now(),
                )
            )
        try:
            await message.pin()
        except discord.HTTPException as error:
            log.warning("a board stands without its pin", project=project.id, reason=str(error))
        return opened

    async def _open_thread(self, place: discord.TextChannel, project: Project) -> Project:
        kind = discord.ChannelType.news_thread if place.is_news() else None
        thread = await place.create_thread(
            name=project.title,
            type=kind or discord.ChannelType.public_thread,
            auto_archive_duration=ARCHIVE_AFTER_MINUTES,
        )
        opened = await self._service.opened(project, place.id, thread.id)
        try:
            await self._bot.cards.publish(
                CardKind.BOARD, project.id, project.guild_id, channel(thread.id)
            )
        except Exception:
            await self._take_back(thread)
            raise
        return opened

    async def _take_back(self, thread: discord.Thread) -> None:
        try:
            await thread.delete()
        except discord.HTTPException as error:
            log.warning("an empty thread stays", thread=thread.id, reason=str(error))

    async def _send(
        self, project: Project, key: str, content: Content, elsewhere: list[Destination]
    ) -> None:
        assert project.thread_id is not None  # noqa: S101 - the callers made it
        to = [channel(project.thread_id), *elsewhere]
        try:
            await self._bot.delivery.send(key, project.guild_id, content, to)
        except discord.HTTPException as error:
            if error.code != THREAD_ARCHIVED:
                raise
            thread = await self._thread(project.thread_id)
            if thread is not None:
                await thread.edit(archived=False)
            await self._bot.delivery.send(key, project.guild_id, content, to)

    async def _thread(self, thread_id: int) -> discord.Thread | None:
        found = self._bot.get_channel(thread_id) or await self._bot.fetch_channel(thread_id)
        return found if isinstance(found, discord.Thread) else None

    async def _is_gone(self, thread_id: int) -> bool:
        try:
            await self._bot.fetch_channel(thread_id)
        except discord.NotFound:
            return True
        except discord.Forbidden:
            return False
        return False


def _require(place: discord.TextChannel | discord.ForumChannel, needed: tuple[str, ...]) -> None:
    """Raise Undeliverable, naming the permissions, when some are missing."""
    missing = permissions.missing_in(place, place.guild.me, needed)
    if missing:
        names = ", ".join(f"**{permissions.title(one.permission)}**" for one in missing)
        raise Undeliverable(f"{place.mention}: I need {names} there")
