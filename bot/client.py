"""The client: what a cog may reach."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import json
import sys
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import discord
import structlog
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.state import AutoShardedConnectionState

from bot import events
from bot.base.clock import Clock
from bot.base.errors import Conflict, StoreUnavailable
from bot.base.shards import shard_of
from bot.base.use_limits import Uses
from bot.config import DISCORD, Settings
from bot.jobs.background import Background
from bot.jobs.cards import CardKeeper
from bot.jobs.delivery import Delivery
from bot.jobs.rate_limit import RequestPace, paced
from bot.jobs.roster import Roster
from bot.jobs.scheduler import DeadlineScheduler
from bot.net.public_http import Outside
from bot.net.web import WebServer
from bot.ops.backups import Backups
from bot.ops.pruning import Pruning
from bot.ops.servers import RemovedServers
from bot.papers import Lookup
from bot.papers.library import Library
from bot.ui import corrections as corrections
from bot.ui.command_mentions import CommandMentions
from bot.ui.controls import PastControl
from bot.ui.form import CardForm
from bot.ui.places import Places
from bot.ui.tree import CohortTree
from bot.verdict_source import VerdictSource
from data.delivery.kinds import DeadlineKind
from data.states import CardKind
from data.store import Store

if TYPE_CHECKING:
    Interaction: TypeAlias = "discord.Interaction[CohortBot]"
else:
    Interaction = discord.Interaction

Feature: TypeAlias = "Callable[[CohortBot], Awaitable[None]]"
"""Adds a feature's cogs, controls, services and handlers to the bot."""

log = structlog.stdlib.get_logger(__name__)

S = TypeVar("S")

COMMANDS_NOTE = "commands"
"""The note that holds the fingerprint of the commands that Discord was last told."""

KNOWN_WITHIN = 30.0
"""How many seconds a delivery waits for the gateway to tell of its server."""

IDENTIFY_EVERY = 5.5
"""Seconds after which the next shard identifies: Discord wants five between the two requests, and
those of two machines do not travel equally fast."""

STOPPING = "I am stopping just now, so nothing was changed. Try again in a minute."

# Docker sends SIGKILL ten seconds after SIGTERM: that leaves time for the rest of the stop.
STOP_SECONDS = 3.0
"""How long what is being sent may take to end when the process is told to stop."""


def use_discord_at(api: str) -> None:
    """Point discord.py to the API at this address, for the whole process."""
    Route.BASE = api


def intents() -> discord.Intents:
    """Return what Cohort asks to hear of; none of it is privileged."""
    return discord.Intents(
        guilds=True,
        guild_messages=True,
        guild_reactions=True,
        guild_scheduled_events=True,
        voice_states=True,  # who is in a meeting's voice channel
    )


def _nobody_looks(guild_id: int, channel_id: int, user_id: int) -> None:
    pass


class FairSocket(DiscordWebSocket):
    """The gateway's line, which lets others have their turn after each event.

    discord.py goes on for as long as something has been received: at a start in 2,000 servers,
    nobody is answered for a fifth of a second at a time.
    """

    async def received_message(self, msg: Any, /) -> None:
        """Take an event."""
        await super().received_message(msg)
        await asyncio.sleep(0)


class ShardedState(AutoShardedConnectionState["CohortBot"]):
    """What is known of Discord: no more of messages than anything here uses, and no servers that
    a shard lost.

    discord.py forgets everything at each fresh session, but not where it may have several shards:
    a server that removed the bot while a shard was away would stay known.
    """

    def parse_interaction_create(self, data: Any) -> None:
        """Take an interaction, with nothing but the used control of the message that it is on.

        Discord sends the message along, and discord.py makes objects of all that is on it, twice:
        for a board that is a fifth of the work of pressing a button. What a press needs of the
        message besides is its id, its flags and its embeds.
        """
        message, custom_id = data.get("message"), data["data"].get("custom_id")
        if message is not None and message.get("components"):
            used = _control(message["components"], custom_id)
            row = [{"type": 1, "components": [used]}] if used is not None else []
            data = {**data, "message": {**message, "components": row}}
        super().parse_interaction_create(data)

    def parse_message_update(self, data: Any) -> None:
        """Leave it: nothing here asks how a message reads, and our own edits are known."""

    def parse_ready(self, data: Any) -> None:
        """Forget the shard's servers that Discord no longer counts among them."""
        shard_id, shards = data["shard"]
        told = {int(guild["id"]) for guild in data["guilds"]}
        for guild in list(self.guilds):
            if shard_of(guild.id, shards) == shard_id and guild.id not in told:
                self._remove_guild(guild)
        super().parse_ready(data)

    def parse_message_create(self, data: Any) -> None:
        """Note that somebody wrote; what they wrote is neither read nor kept.

        discord.py makes an object of each message in each server, our own among them.
        """
        channel, guild = self._get_guild_channel(data)
        if isinstance(channel, discord.abc.Messageable) and hasattr(channel, "last_message_id"):
            channel.last_message_id = int(data["id"])  # pyright: ignore[reportAttributeAccessIssue]
        author = data["author"]
        if guild is not None and not author.get("bot"):
            self._get_client().somebody_acted(guild.id, channel.id, int(author["id"]))

    async def _delay_ready(self) -> None:
        """Say that all shards are ready, once each has said so for itself.

        discord.py gathers their tasks: where one shard starts over meanwhile, which cancels this,
        the others would be cancelled as well, and never say that they are ready.
        """
        await asyncio.wait(self._ready_tasks.values())
        await super()._delay_ready()


def _control(components: Iterable[dict[str, Any]], custom_id: str | None) -> dict[str, Any] | None:
    """Return the control with this custom id, wherever it is in a message, as Discord sends it."""
    for one in components:
        if custom_id is not None and one.get("custom_id") == custom_id:
            return one
        beside: list[dict[str, Any]] = [one["accessory"]] if "accessory" in one else []
        found = _control([*one.get("components", ()), *beside], custom_id)
        if found is not None:
            return found
    return None


class CohortBot(commands.AutoShardedBot):
    """discord.py's bot, with the store, the clock, the deadlines, the delivery and the cards."""

    def __init__(
        self, settings: Settings, store: Store, clock: Clock, features: tuple[Feature, ...]
    ) -> None:
        super().__init__(
            # discord.py insists on a prefix; there are no text commands, and nobody is handed a
            # message.
            command_prefix=commands.when_mentioned,
            shard_count=settings.shards or None,
            help_command=None,
            tree_cls=CohortTree,
            intents=intents(),
            # Nothing pings unless a message says so: people's own words are in most of them.
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=discord.app_commands.AppCommandContext(guild=True),
            allowed_installs=discord.app_commands.AppInstallationType(guild=True, user=False),
            member_cache_flags=discord.MemberCacheFlags.none(),
            # Asking for every member takes the privileged intent; a person who is needed is fetched
            # (Roster).
            chunk_guilds_at_startup=False,
            # Nothing here looks at cached messages, and a busy server fills them in minutes: that
            # is memory for nothing.
            max_messages=None,
            http_trace=paced(
                RequestPace(settings.sends_per_second * store.shards.share), settings.discord_api
            ),
        )
        self.shard_ids = list(store.shards.own) if settings.shards else None
        self.settings = settings
        self.store = store
        self.clock = clock
        self.background = Background()
        self.deadlines = DeadlineScheduler(store, clock, self.background)
        self.command_mentions = CommandMentions()
        self.roster = Roster(store, clock)
        self.delivery = Delivery(self, store, clock, self.roster, self.command_mentions.in_message)
        self.cards = CardKeeper(
            self,
            store,
            clock,
            self.delivery,
            self.background,
            interval=settings.card_interval,
        )
        self.add_dynamic_items(PastControl)
        self.somebody_acted: Callable[[int, int, int], None] = _nobody_looks
        """Called with the server, the channel and the person of each message, reaction, command,
        control and form."""
        self._told = asyncio.Event()
        self._heard_of: set[int] = set()
        """The servers that Discord has told of since their shard's session began."""
        self.deadlines.until_known = self.cards.until_known = self._until_known
        self.places = Places(store, settings.timezone)
        self.uses = Uses()
        self.outside = Outside(contact=settings.contact, trusted=[settings.github_url])
        self.library = Library(
            store,
            clock,
            Lookup(
                arxiv=settings.arxiv_api,
                crossref=settings.crossref_api,
                openreview=settings.openreview_api,
                openreview_v1=settings.openreview_v1_api,
                contact=settings.contact,
                pages=self.outside if settings.watch_links else None,
            ),
            self.deadlines,
            self.background,
            functools.partial(events.paper_described, self),
        )
        self.backups = Backups(settings, store, clock)
        self.deadlines.on_sweep(self.cards.try_again)
        self.deadlines.on_sweep(self.backups.make_when_due)
        if store.shards.is_first:
            self.deadlines.on_sweep(Pruning(store, clock).prune_when_due)
        else:
            self.deadlines.on_sweep(self._sync_commands)
        self.servers = RemovedServers(
            self,
            store,
            clock,
            self.deadlines,
            self.cards,
            self.background,
            functools.partial(events.servers_back, self),
            functools.partial(events.server_joined, self),
        )
        self.web = WebServer(settings, store, clock, self.is_connected)
        self.verdicts = VerdictSource()
        self.features = features
        self._services: dict[type[Any], Any] = {}
        self._begun = False
        self._released = False
        self._synced = False
        self._turns = 1
        """How many shards Discord lets identify at once, over all processes."""

    async def _until_known(self, guild_id: int) -> None:
        """Wait, right after the start, until Discord has told of a server what there is in it.

        That is seconds before the client is ready, which waits for every server.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(KNOWN_WITHIN):
                while self.get_guild(guild_id) is None and not self.is_ready():
                    await self._told.wait()

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        """Call an event's listeners.

        discord.py makes a task for each. What comes with every command or message, and is seldom
        of interest, is looked at here instead.
        """
        match event_name, args:
            case "socket_event_type", (kind,):
                if kind != "GUILD_CREATE":
                    return
                self._look_again()
            case "raw_reaction_add", (reaction,):
                if reaction.guild_id is not None:
                    self.somebody_acted(reaction.guild_id, reaction.channel_id, reaction.user_id)
            case "interaction", (interaction,):
                if interaction.guild_id is not None and interaction.channel_id is not None:
                    self.somebody_acted(
                        interaction.guild_id, interaction.channel_id, interaction.user.id
                    )
                if interaction.type is not discord.InteractionType.modal_submit:
                    return  # the tree and the views have been told of it
            case _:
                pass
        super().dispatch(event_name, *args, **kwargs)

    def _look_again(self) -> None:
        told, self._told = self._told, asyncio.Event()
        told.set()

    def provide(self, service: object) -> None:
        """Register a feature's service, so that buttons and forms find it by its class."""
        self._services[type(service)] = service

    def service(self, kind: type[S]) -> S:
        """Return the service of this class that a feature provided."""
        return self._services[kind]

    def _get_state(self, **options: Any) -> ShardedState:
        return ShardedState(
            dispatch=self.dispatch,
            handlers=self._handlers,
            hooks=self._hooks,
            http=self.http,
            **options,
        )

    def is_connected(self) -> bool:
        """Whether every shard of this process is connected, and was told what there is."""
        return self.is_ready() and not any(shard.is_closed() for shard in self.shards.values())

    def is_of_shard(self, shard_id: int, guild_id: int) -> bool:
        """Whether a shard is told of a server."""
        return shard_of(guild_id, self.shard_count or 1) == shard_id

    async def setup_hook(self) -> None:
        """Open the store, load the features, arm the deadlines, serve, sync the commands."""
        # First of all: the features read it as they load, and a second process for the same shards
        # has to fail before it says anything.
        await self.store.open(alone=True)
        if not self.store.shards.is_all:
            log.info("one of several processes", shards=str(self.store.shards))
        if self.store.shards.is_first:
            await self.library.rekey()
        # Made again here, inside the running client, so that its tasks belong to it.
        self.background.adopt_context()
        # Not as discord.py's extensions: those import the whole feature again for each client.
        for set_up in self.features:
            await set_up(self)
        for kind in CardKind:
            self.deadlines.on(DeadlineKind.for_card(kind), self.cards.publish_again)
        self.deadlines.after_run(self.cards.flush)
        # Before the deadlines: it holds those of servers that removed the bot, for which nothing is
        # delivered.
        await self.servers.start()
        await self.deadlines.start()
        await self.web.start()
        await self._sync_commands()
        # Not awaited: it waits for each server to be known, and Discord tells of them only after
        # this.
        self.background.spawn(self.cards.catch_up(), "bring cards up to date")

    async def _sync_commands(self) -> None:
        """Tell Discord of the commands when they differ from what it was told last.

        The process with the first shard does; the others learn of it once that is done.
        """
        if self._synced:
            return
        assert self.application_id is not None  # noqa: S101 - known once logged in
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        fingerprint = hashlib.sha256(
            json.dumps([self.application_id, payload], sort_keys=True).encode()
        ).hexdigest()
        told = await self.store.fetch(lambda tx: tx.notes.get(COMMANDS_NOTE))
        if told == fingerprint:
            # Reading them costs little, and somebody may have removed them by hand or with another
            # program. Writing them at each start would do as well, but Discord limits how often
            # commands are written.
            registered = await self.tree.fetch_commands()
            if {command.name for command in registered} == {entry["name"] for entry in payload}:
                self.command_mentions.learn(registered, self.tree)
                self._synced = True
                return
        if not self.store.shards.is_first:
            return
        self.command_mentions.learn(await self.tree.sync(), self.tree)
        self._synced = True
        with contextlib.suppress(StoreUnavailable):  # Discord is told again at the next start
            await self.store.write(
                lambda tx: tx.notes.put(COMMANDS_NOTE, fingerprint, self.clock.now())
            )
        log.info("commands synced", count=len(payload))

    async def login(self, token: str) -> None:
        """Log in, and set everything up."""
        self._begun = True
        await super().login(token)

    async def connect(self, *, reconnect: bool = True) -> None:
        """Connect to the gateway that belongs to the API in use."""
        if self.settings.discord_api != DISCORD or not self.store.shards.is_all:
            _, gateway, limit = await self.http.get_bot_gateway()
            self._turns = limit["max_concurrency"]
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        # Shards make their lines of what this name says.
        discord.shard.DiscordWebSocket = FairSocket  # pyright: ignore[reportPrivateImportUsage]
        await super().connect(reconnect=reconnect)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for a turn: Discord counts, over all processes, how often a bot identifies.

        https://discord.com/developers/docs/events/gateway#sharding-max-concurrency
        """
        if self.store.shards.is_all:
            await super().before_identify_hook(shard_id, initial=initial)
            return
        turn = contextlib.AsyncExitStack()
        try:
            await turn.enter_async_context(self.store.identifying((shard_id or 0) % self._turns))
        except StoreUnavailable:  # alone, discord.py would wait as long
            await asyncio.sleep(IDENTIFY_EVERY)
            return
        if self.background.spawn(self._keep(turn), f"identify shard {shard_id}") is None:
            await turn.aclose()

    async def _keep(self, turn: contextlib.AsyncExitStack) -> None:
        async with turn:
            await asyncio.sleep(IDENTIFY_EVERY)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Hand a submitted form to its class, also one that was opened before a restart."""
        await CardForm.dispatch(interaction)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Say that a listener failed; while the database is away it is not to blame."""
        error = sys.exc_info()[1]
        if isinstance(error, StoreUnavailable):
            log.warning("the store takes no event", of=event_method, reason=error.sentence)
        else:
            await super().on_error(event_method, *args, **kwargs)

    async def on_ready(self) -> None:
        """Stop waiting for servers that Discord has not told of."""
        self._look_again()

    async def on_shard_connect(self, shard_id: int) -> None:
        """Begin a session, in which Discord tells of each of the shard's servers."""
        self._heard_of = {one for one in self._heard_of if not self.is_of_shard(shard_id, one)}
        self.cards.doubt()

    async def on_shard_ready(self, shard_id: int) -> None:
        """See which servers came and went meanwhile, at the start and after each fresh session."""
        mine = functools.partial(self.is_of_shard, shard_id)
        # Those that came within the last instant before discord.py stopped waiting for more.
        told = {guild.id for guild in self.guilds if mine(guild.id) and not guild.unavailable}
        self.servers.arrived(told - self._heard_of)
        self.background.spawn(self.servers.reconcile(mine), "compare the servers")
        self.background.spawn(self._discord_is_back(), "Discord is back")

    async def on_resumed(self) -> None:
        """Do now what Discord was away for."""
        self.background.spawn(self._discord_is_back(), "Discord is back")

    async def _discord_is_back(self) -> None:
        await self.deadlines.discord_is_back()
        await self.cards.try_again()

    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """Bring up to date what could not be edited while its thread was archived."""
        if not payload.data["thread_metadata"]["archived"]:
            await self.cards.opened(payload.guild_id, payload.thread_id)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Hear of a card that somebody deleted."""
        self.cards.deleted([payload.message_id])

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Hear of cards that somebody deleted with other messages."""
        self.cards.deleted(payload.message_ids)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Remember the server."""
        self._look_again()
        self.servers.arrived([guild.id])

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Remember a server that is new, or is back, however Discord tells of it."""
        self._look_again()
        self._heard_of.add(guild.id)
        self.servers.arrived([guild.id])

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Hold what is due in a server that removed the bot; an outage is another event."""
        await self.servers.removed(guild.id)

    def now_answering(self) -> None:
        """Keep Discord and the store for the task that calls this, until it ends.

        Raises Conflict once the bot is stopping.
        """
        task = asyncio.current_task()
        # What had begun before is finished.
        if task is not None and self.background.keep(task) and self._released:
            raise Conflict(STOPPING)

    async def close(self) -> None:
        """Finish or put back what is being sent, then let go of Discord and of the store."""
        if self._released:
            return
        self._released = True
        await self.web.stop()
        await self.deadlines.stop(STOP_SECONDS)
        await self.background.close(STOP_SECONDS / 3)
        if self._begun:  # discord.py's sharded client cannot close what never began
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS / 3):
                    await super().close()
        await self.library.close()
        await self.outside.close()
        if self.store.is_open:
            await self.deadlines.put_back()
        await self.store.close()
