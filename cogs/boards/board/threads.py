"""The threads that boards live in: making them, posting to them, and making them again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import discord
import structlog
from msgspec.structs import replace

from bot.base.errors import InvalidInput, Undeliverable
from bot.base.use_limits import REMINDED, Use
from bot.client import CohortBot
from bot.discord_codes import Code, reason
from bot.jobs.delivery import Content, Destination, to_channel
from bot.ui import permissions
from cogs.boards.board.service import BoardService
from cogs.boards.silence.rules import is_alive
from data.boards.projects import Project
from data.delivery.cards import Card
from data.delivery.deadlines import Deadline
from data.states import CardKind, ProjectState

log = structlog.stdlib.get_logger(__name__)

ARCHIVE_AFTER_MINUTES = 7 * 24 * 60
"""The longest quiet after which Discord lets a thread archive itself."""

FORUM_TAGS = 20
POST_TAGS = 5

MARGIN = timedelta(hours=1)
"""How exactly Discord keeps to the quiet after which it archives a thread."""

_IN_FORUM = ("view_channel", "send_messages", "send_messages_in_threads")
_IN_CHANNEL = ("view_channel", "create_public_threads", "send_messages_in_threads")


class BoardThreads:
    """Where boards meet Discord's threads."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._service = bot.service(BoardService)

    async def open(self, project: Project, *, again: bool = False) -> Project:
        """Make a board's thread with its card, in the first channel that takes it.

        ``again`` says that an earlier attempt may have made it, and died before it was noted.

        Raises Undeliverable, naming the channels and what is missing there, when none does, and
        discord.HTTPException when Discord cannot be reached. Nothing is left behind then.
        """
        refusals: list[str] = []
        for home in await self._homes(project):
            try:
                return await self._open_in(home, project, again=again)
            except Undeliverable as error:
                refusals.append(error.sentence)
            except (discord.Forbidden, discord.NotFound) as error:
                refusals.append(f"<#{home}>: {reason(error)}")
        raise Undeliverable("; ".join(refusals))

    async def post(self, project: Project, key: str, content: Content) -> None:
        """Post in a board's thread, once for each ``key``.

        An archived thread is opened, and a deleted one made again; where the thread refuses, it
        goes to the group's channel. Raises what ``Delivery.send`` raises.
        """

        async def send(to: Sequence[Destination]) -> None:
            await self._bot.delivery.send(key, project.guild_id, content, to)

        await self._reach(project, send)

    async def deliver(self, project: Project, deadline: Deadline, content: Content) -> None:
        """Post what a deadline brings, once; a deadline that was moved brings it again.

        It pings nobody whom boards pinged often enough lately (:data:`REMINDED`).
        """
        uses, now = self._bot.uses, self._bot.clock.now()
        users: Any = content.mentions.users or ()
        pinged = [one for one in users if uses.may(project.guild_id, one.id, Use(REMINDED), now)]
        mentions = content.mentions.merge(discord.AllowedMentions(users=pinged))
        content = replace(content, mentions=mentions)
        await self.post(project, f"{deadline.key}/{int(deadline.due_at.timestamp())}", content)

    async def publish(self, project: Project, kind: CardKind, subject_id: int) -> None:
        """Post a card in a board's thread, as ``post`` does a message."""

        async def send(to: Sequence[Destination]) -> None:
            refusal: Undeliverable | None = None
            for place in to:
                try:
                    await self._bot.cards.publish(kind, subject_id, project.guild_id, place)
                except Undeliverable as error:
                    refusal = error
                else:
                    return
            raise refusal or Undeliverable("There is nowhere to send it.")

        await self._reach(project, send)

    async def _homes(self, project: Project) -> list[int]:
        """Return the channels for a board, without those whose readers may not know its group."""
        homes = await self._service.homes(project)
        guild = self._bot.get_guild(project.guild_id)
        async with self._bot.store.read() as tx:
            group = await tx.groups.by_id(project.group_id) if project.group_id else None
        if group is None or guild is None or guild.get_channel(group.channel_id) is None:
            return homes
        # A board names its group's people and what they do: it must not open where others read it.
        return [one for one in homes if permissions.readers_know(guild, one, group.channel_id)] or [
            group.channel_id
        ]

    async def keep_open(self, project: Project) -> None:
        """Open a thread again that was archived for quiet while its project lives.

        Where a person archived or locked it, that holds until there is something to say.
        """
        if project.thread_id is None or not is_alive(project):
            return
        thread = await self._fetched(project.thread_id)
        if thread is None or thread.locked or not thread.archived:
            return
        now = self._bot.clock.now()
        quiet = timedelta(minutes=thread.auto_archive_duration)
        spoken = thread.last_message_id
        last = discord.utils.snowflake_time(spoken) if spoken is not None else None
        # Discord does not say who archived a thread. Where it was quiet for as long as the setting
        # says, it was Discord; otherwise a person, whose wish it is.
        by_itself = last is None or thread.archive_timestamp - last >= quiet - MARGIN
        lives = project.lived_at is not None and now - project.lived_at < quiet
        if not by_itself or not lives:
            return
        try:
            await thread.edit(archived=False)
        except discord.HTTPException as error:
            log.info("a thread stays archived", thread=thread.id, reason=str(error))

    async def _reach(
        self, project: Project, send: Callable[[Sequence[Destination]], Awaitable[None]]
    ) -> None:
        """Send to a board's thread; to its channels where the thread takes nothing."""
        if project.thread_id is None:
            project = await self.open(project)
        assert project.thread_id is not None  # noqa: S101 - it was made above
        try:
            # First without the channels: a thread that was deleted is made again before anything
            # goes elsewhere.
            await self._opened(project.thread_id, send, [])
        except Undeliverable:
            if await self._is_gone(project.thread_id):
                await self._service.lost(project.guild_id, project.thread_id)
                project = await self.open(await self._service.by_id(project.id))
            assert project.thread_id is not None  # noqa: S101 - it was made above
            elsewhere = [to_channel(home) for home in await self._homes(project)]
            await self._opened(project.thread_id, send, elsewhere)

    async def welcome(self, project: Project, user_id: int) -> None:
        """Add somebody to a board's thread, so that Discord lists it among theirs."""
        if project.thread_id is None:
            return
        try:
            thread = await self._thread(project.thread_id)
        except discord.HTTPException as error:
            log.info("a thread cannot be seen", thread=project.thread_id, reason=str(error))
            return
        if thread is not None:
            await self._add(thread, user_id)

    async def _add(self, thread: discord.Thread, user_id: int) -> None:
        try:
            await thread.add_user(discord.Object(user_id))
        except discord.HTTPException as error:
            if await self._bot.roster.has_left(thread.guild.id, user_id, error):
                return
            log.info("somebody has to find the thread themselves", reason=str(error))

    async def _opened_with(
        self, project: Project, home: discord.abc.GuildChannel, thread: discord.Thread
    ) -> Project:
        """Bring a project's members into its new thread, and note that it is open.

        This comes last: until then a deadline is waiting that does all of it again.
        """
        for member in (await self._service.view(project.id)).members:
            await self._add(thread, member.user_id)
        return await self._service.opened(project, home.id, thread.id)

    async def follow(self, project: Project) -> None:
        """Make a thread show its project: its title, the forum's tag, and archived or open."""
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
            if thread.name != project.title:
                changes["name"] = project.title
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
        # Tags that people chose are theirs; only the one of the state is ours to change.
        kept = [tag for tag in present if tag.name.casefold() not in states]
        by_name = {tag.name.casefold(): tag for tag in forum.available_tags}
        wanted = by_name.get(str(project.state))
        may = forum.permissions_for(forum.guild.me).manage_channels
        if wanted is None and may and len(by_name) < FORUM_TAGS:
            wanted = await forum.create_tag(name=str(project.state), moderated=True)
        tags = ([wanted] if wanted is not None else []) + kept
        # Such a forum takes no post without one; any is better than no board.
        if not tags and forum.flags.require_tag:
            tags = list(forum.available_tags[:1])
        return tags[:POST_TAGS]

    async def _open_in(self, home: int, project: Project, *, again: bool) -> Project:
        place = self._bot.get_channel(home) or await self._bot.fetch_channel(home)
        if isinstance(place, discord.ForumChannel) and not place.is_media():
            _require(place, _IN_FORUM)
            standing = await self._standing(place, project) if again else None
            return await self._open_post(place, project, standing)
        if isinstance(place, discord.TextChannel):
            _require(place, _IN_CHANNEL)
            standing = await self._standing(place, project) if again else None
            return await self._open_thread(place, project, standing)
        raise Undeliverable(f"<#{home}>: only a text channel or a forum can hold boards")

    async def _standing(
        self, home: discord.ForumChannel | discord.TextChannel, project: Project
    ) -> discord.Thread | None:
        """Return the thread that an earlier attempt made, after which the process ended."""
        for thread in await home.guild.active_threads():
            if (
                thread.parent_id == home.id
                and thread.owner_id == home.guild.me.id
                # Discord returns neither a nonce nor a key with a thread, so all that we know has
                # to match: it is ours, it is here, it has that name, and no other board has it.
                and thread.name == project.title
                and await self._service.in_thread(project.guild_id, thread.id) is None
            ):
                return thread
        return None

    async def _open_post(
        self, forum: discord.ForumChannel, project: Project, standing: discord.Thread | None
    ) -> Project:
        content = await self._bot.cards.content(CardKind.BOARD, project.id)
        assert isinstance(content.view, discord.ui.LayoutView)  # noqa: S101 - boards have one
        if standing is not None:
            # A post's first message has the id of its thread.
            thread, message = standing, standing.get_partial_message(standing.id)
        else:
            thread, message = await forum.create_thread(
                name=project.title,
                auto_archive_duration=ARCHIVE_AFTER_MINUTES,
                applied_tags=await self._tags(forum, project),
                view=content.view,
                allowed_mentions=content.mentions,
            )
        await self._bot.store.write(
            lambda tx: tx.cards.put(
                Card(
                    CardKind.BOARD,
                    project.id,
                    project.guild_id,
                    thread.id,
                    message.id,
                    self._bot.clock.now(),
                )
            )
        )
        try:
            await message.pin()
        except discord.HTTPException as error:
            log.warning("a board has no pin", project=project.id, reason=str(error))
        return await self._opened_with(project, forum, thread)

    async def _open_thread(
        self, place: discord.TextChannel, project: Project, standing: discord.Thread | None
    ) -> Project:
        kind = discord.ChannelType.news_thread if place.is_news() else None
        thread = standing or await place.create_thread(
            name=project.title,
            type=kind or discord.ChannelType.public_thread,
            auto_archive_duration=ARCHIVE_AFTER_MINUTES,
        )
        try:
            await self._bot.cards.publish(
                CardKind.BOARD, project.id, project.guild_id, to_channel(thread.id)
            )
        except Exception:
            # An empty thread would tell everybody of a board that is not there.
            await self._take_back(thread)
            raise
        return await self._opened_with(project, place, thread)

    async def _take_back(self, thread: discord.Thread) -> None:
        try:
            await thread.delete()
        except discord.HTTPException as error:
            log.warning("an empty thread stays", thread=thread.id, reason=str(error))

    async def _opened(
        self,
        thread_id: int,
        send: Callable[[Sequence[Destination]], Awaitable[None]],
        elsewhere: Sequence[Destination],
    ) -> None:
        """Send to a thread, which is opened first where it was archived.

        Raises Undeliverable where it is locked and we may not post there anyway.
        """
        to = [to_channel(thread_id), *elsewhere]
        try:
            await send(to)
            return
        except discord.HTTPException as error:
            if error.code == Code.THREAD_LOCKED:
                await self._past(elsewhere, send)
                return
            if error.code != Code.THREAD_ARCHIVED:
                raise
        try:
            thread = await self._thread(thread_id)
            if thread is not None:
                await thread.edit(archived=False)
            await send(to)
        except discord.HTTPException as error:
            if error.code not in (
                Code.THREAD_ARCHIVED,
                Code.THREAD_LOCKED,
                Code.MISSING_PERMISSIONS,
            ):
                raise
            await self._past(elsewhere, send)

    async def _past(
        self,
        elsewhere: Sequence[Destination],
        send: Callable[[Sequence[Destination]], Awaitable[None]],
    ) -> None:
        """Send elsewhere, because a thread is locked."""
        if not elsewhere:
            raise Undeliverable("the thread is locked (Manage Threads)")
        await send(elsewhere)

    async def _thread(self, thread_id: int) -> discord.Thread | None:
        found = self._bot.get_channel(thread_id) or await self._bot.fetch_channel(thread_id)
        return found if isinstance(found, discord.Thread) else None

    async def _fetched(self, thread_id: int) -> discord.Thread | None:
        """Return a thread as it is now, which what is remembered of it may not be."""
        try:
            found = await self._bot.fetch_channel(thread_id)
        except discord.HTTPException as error:
            log.info("a thread cannot be seen", thread=thread_id, reason=str(error))
            return None
        return found if isinstance(found, discord.Thread) else None

    async def _is_gone(self, thread_id: int) -> bool:
        try:
            await self._bot.fetch_channel(thread_id)
        except discord.NotFound:
            return True
        except discord.Forbidden:
            return False
        return False


def check_home(guild: discord.Guild, home: int) -> None:
    """Raise InvalidInput for a channel of a kind that can hold no boards; others may still refuse.

    A media channel is for pictures: each of its posts needs one.
    """
    channel = guild.get_channel(home)
    fits = isinstance(channel, discord.TextChannel) or (
        isinstance(channel, discord.ForumChannel) and not channel.is_media()
    )
    if channel is not None and not fits:
        raise InvalidInput(
            f"{channel.mention} can't hold boards: only a text channel or a forum can. Propose it "
            "in one of those, give `group:`, or ask an organiser to choose where boards go with "
            "`/cohort setup boards:`."
        )


def _require(place: discord.TextChannel | discord.ForumChannel, needed: tuple[str, ...]) -> None:
    """Raise Undeliverable, naming the permissions, when some are missing."""
    missing = permissions.missing_in(place, place.guild.me, needed)
    if missing:
        names = ", ".join(f"**{permissions.title(one.permission)}**" for one in missing)
        raise Undeliverable(f"{place.mention}: I need {names} there")
