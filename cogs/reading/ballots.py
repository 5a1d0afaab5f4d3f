"""Nominations and polls in Discord: their cards, and the reactions that are votes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

import discord
import structlog
from discord import ui
from discord.ext import commands

from bot.base import when
from bot.base.errors import Conflict
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content, channel
from bot.jobs.scheduler import Lateness
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons
from cogs.reading.cards import mentioning, paper_line, reading_line
from cogs.reading.nominations import Nominated, NominationService, Read
from cogs.reading.polls import MOST, Mark, PollService, PollView
from cogs.reading.posting import Posting
from cogs.reading.service import POLL
from data.delivery.cards import Card
from data.delivery.deadlines import Deadline
from data.states import CardKind, Fit

log = structlog.stdlib.get_logger(__name__)

FOR = "👍"
READ_PAGE = 8
"""How many readings a page of the history shows."""

UNKNOWN_MESSAGE = 10008

CAN = (*(f"{digit}\ufe0f\u20e3" for digit in range(1, 10)), "🔟")
IF_NEED_BE = tuple(chr(0x1F1E6 + index) for index in range(MOST))
MARKS: Mapping[str, Mark] = {
    **{emoji.replace("\ufe0f", ""): (number, Fit.CAN) for number, emoji in enumerate(CAN, 1)},
    **{emoji: (number, Fit.IF_NEED_BE) for number, emoji in enumerate(IF_NEED_BE, 1)},
}

K = TypeVar("K")


def emoji_name(emoji: discord.PartialEmoji | discord.Emoji | str) -> str:
    """Return a Unicode emoji without its variation, empty for one of a server's own."""
    if isinstance(emoji, str):
        return emoji.replace("\ufe0f", "")
    return "" if emoji.id is not None else (emoji.name or "").replace("\ufe0f", "")


class Ballots(commands.Cog, name="reading ballots"):
    """Turns reactions under nominations and polls into votes."""

    def __init__(self, bot: CohortBot, posting: Posting) -> None:
        self.bot = bot
        self.posting = posting
        self.nominations = bot.service(NominationService)
        self.polls = bot.service(PollService)
        self._reading: dict[int, set[int]] = {}
        """Of each card whose reactions are being read, who reacted meanwhile."""
        bot.cards.render_with(CardKind.NOMINATION, self.nomination)
        bot.cards.render_with(CardKind.POLL, self.poll)
        bot.deadlines.on(POLL, self.close, lateness=Lateness.SEND)

    async def nomination(self, nomination_id: int) -> Content:
        """Return a nomination's card."""
        return nomination(await self.nominations.view(nomination_id))

    async def poll(self, poll_id: int) -> Content:
        """Return a poll's card."""
        return poll(await self.polls.view(poll_id))

    # Votes as they come

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Note a vote."""
        await self._voted(payload, on=True)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Take a vote back."""
        await self._voted(payload, on=False)

    @commands.Cog.listener()
    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        """Take every vote back, and offer the reactions again."""
        await self._cleared(payload, [FOR, *MARKS])

    @commands.Cog.listener()
    async def on_raw_reaction_clear_emoji(
        self, payload: discord.RawReactionClearEmojiEvent
    ) -> None:
        """Take back every vote of one kind, and offer its reaction again."""
        await self._cleared(payload, [emoji_name(payload.emoji)])

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Post a card again that somebody deleted."""
        async with self.bot.store.read() as tx:
            card = await tx.cards.at(payload.message_id)
        if card is not None and card.kind in (CardKind.NOMINATION, CardKind.POLL):
            self.bot.cards.refresh(card.kind, card.subject_id)

    @commands.Cog.listener()
    async def on_paper_described(self, paper_id: int) -> None:
        """Show what was learned about a paper where it is nominated."""
        for nomination_id in await self.nominations.about(paper_id):
            self.bot.cards.refresh(CardKind.NOMINATION, nomination_id)

    async def _voted(self, payload: discord.RawReactionActionEvent, *, on: bool) -> None:
        name = emoji_name(payload.emoji)
        guild_id = payload.guild_id
        own = self.bot.user is not None and payload.user_id == self.bot.user.id
        if guild_id is None or own or (payload.member is not None and payload.member.bot):
            return
        if payload.message_id in self._reading:
            self._reading[payload.message_id].add(payload.user_id)
        who = (guild_id, payload.message_id, payload.user_id)
        if name == FOR:
            vote = self.nominations.voted if on else self.nominations.unvoted
            found = await vote(*who)
            if found is not None:
                self.bot.cards.refresh(CardKind.NOMINATION, found.id)
        elif name in MARKS:
            marked = await self.polls.marked(*who, MARKS[name], on=on)
            if marked is not None:
                self.bot.cards.refresh(CardKind.POLL, marked.id)

    async def _cleared(
        self,
        payload: discord.RawReactionClearEvent | discord.RawReactionClearEmojiEvent,
        names: Collection[str],
    ) -> None:
        guild_id = payload.guild_id
        if guild_id is None:
            return
        if FOR in names:
            found = await self.nominations.unvoted(guild_id, payload.message_id, None)
            if found is not None:
                await self._again(CardKind.NOMINATION, found.id)
        marks = [MARKS[name] for name in names if name in MARKS]
        if marks:
            cleared = await self.polls.cleared(guild_id, payload.message_id, marks)
            if cleared is not None:
                await self._again(CardKind.POLL, cleared.id)

    async def _again(self, kind: CardKind, subject_id: int) -> None:
        """Put our reactions under a card again, and bring it up to date."""
        async with self.bot.store.read() as tx:
            card = await tx.cards.get(kind, subject_id)
        if card is not None:
            content = await self.bot.cards.content(kind, subject_id)
            await self._offer(card, content.reactions)
        self.bot.cards.refresh(kind, subject_id)

    async def _offer(self, card: Card, emoji: Sequence[str]) -> None:
        message = self.bot.delivery.message(card.channel_id, card.message_id, card.guild_id)
        try:
            for one in emoji:
                await message.add_reaction(one)
        except discord.HTTPException as error:
            log.warning("a card stands without its reactions", card=card.url, reason=str(error))

    # While the bot was away

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Catch up with every open nomination and poll."""
        self.bot.background.spawn(self.catch_up(), "catch up with votes")

    async def catch_up(self) -> None:
        """Compare the reactions under every open card with the votes, one card at a time."""
        for nominated in await self.nominations.all_open():
            await self._catch_up(CardKind.NOMINATION, nominated.id)
        for open_poll in await self.polls.all_open():
            await self._catch_up(CardKind.POLL, open_poll.id)

    async def _catch_up(self, kind: CardKind, subject_id: int) -> None:
        async with self.bot.store.read() as tx:
            card = await tx.cards.get(kind, subject_id)
        if card is None:
            return
        meanwhile = self._reading.setdefault(card.message_id, set())
        try:
            seen = await self._seen(card)
        except discord.HTTPException as error:
            if error.code == UNKNOWN_MESSAGE:
                self.bot.cards.refresh(kind, subject_id)
            else:
                log.warning("a card cannot be read", card=card.url, reason=str(error))
            return
        finally:
            self._reading.pop(card.message_id, None)
        if kind is CardKind.NOMINATION:
            view = await self.nominations.view(subject_id)
            changed = await self.nominations.reconcile(
                view.nomination.id, seen.get(FOR, ()), but=meanwhile
            )
        else:
            polled = await self.polls.view(subject_id)
            marks = {MARKS[name]: people for name, people in seen.items() if name in MARKS}
            changed = await self.polls.reconcile(polled.poll.id, marks, but=meanwhile)
        if changed:
            self.bot.cards.refresh(kind, subject_id)

    async def _seen(self, card: Card) -> dict[str, set[int]]:
        """Return who reacted with what under a card."""
        partial = self.bot.delivery.message(card.channel_id, card.message_id, card.guild_id)
        message = await partial.fetch()
        seen: dict[str, set[int]] = {}
        for reaction in message.reactions:
            name = emoji_name(reaction.emoji)
            if name == FOR or name in MARKS:
                seen[name] = {user.id async for user in reaction.users() if not user.bot}
        return seen

    # Closing

    async def close(self, deadline: Deadline, late: object) -> None:
        """Close a poll that is due, and name its best time."""
        await self.announce(deadline.subject_id, (await self.polls.close(deadline.subject_id))[0])

    async def announce(self, poll_id: int, view: PollView) -> None:
        """Bring a closed poll's card up to date, and tell its group the best time."""
        self.bot.cards.refresh(CardKind.POLL, poll_id)
        if view.best is None:
            return
        await self.bot.delivery.send(
            _announcement(poll_id),
            view.poll.guild_id,
            closed(view),
            [channel(view.group.channel_id)],
        )

    async def settled(self, poll_id: int) -> None:
        """Have all that asks to schedule a poll's best time lead to its meeting instead."""
        view = await self.polls.view(poll_id)
        if view.meeting is None:
            return
        self.bot.cards.refresh(CardKind.POLL, poll_id)
        async with self.bot.store.read() as tx:
            sent = await tx.deliveries.get(_announcement(poll_id))
        if sent is None or sent.channel_id is None or sent.message_id is None:
            return
        message = self.bot.delivery.message(sent.channel_id, sent.message_id, sent.guild_id)
        try:
            await message.edit(**closed(view).for_editing())
        except discord.HTTPException as error:
            log.info("a poll's message keeps its button", poll=poll_id, reason=str(error))


class CloseButton(CardButton, template=r"reading:close:(?P<poll_id>\d{1,18})"):
    """Closes a poll."""

    def __init__(self, poll_id: int) -> None:
        super().__init__(f"reading:close:{poll_id}", label="Close the poll")
        self.poll_id = poll_id

    async def pressed(self, interaction: Interaction) -> None:
        """Close it, and name its best time."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        view, opened = await bot.service(PollService).close(self.poll_id, place)
        text = "The poll is closed." if opened else "The poll was closed before."
        await interaction.response.send_message(text, ephemeral=True)
        ballots: Any = bot.get_cog("reading ballots")
        if opened:
            await ballots.announce(self.poll_id, view)


class ScheduleButton(CardButton, template=r"reading:settle:(?P<poll_id>\d{1,18})"):
    """Schedules the best time of a poll."""

    def __init__(self, poll_id: int) -> None:
        super().__init__(
            f"reading:settle:{poll_id}",
            label="Schedule the best time",
            emoji=theme.CALENDAR,
            style=discord.ButtonStyle.success,
        )
        self.poll_id = poll_id

    async def pressed(self, interaction: Interaction) -> None:
        """Schedule it, and post its card."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        ballots: Any = bot.get_cog("reading ballots")
        try:
            meeting, group = await bot.service(PollService).settle(place, self.poll_id)
        except Conflict:
            # The process may have ended right after it was scheduled, and left the button.
            bot.background.spawn(ballots.settled(self.poll_id), "take a poll's button away")
            raise
        await ballots.posting.announce(interaction, meeting, group)
        await ballots.settled(self.poll_id)


class WithdrawButton(CardButton, template=r"reading:withdraw:(?P<nomination_id>\d{1,18})"):
    """Withdraws a nomination; nominating the paper again brings it back."""

    def __init__(self, nomination_id: int) -> None:
        super().__init__(f"reading:withdraw:{nomination_id}", label="Withdraw")
        self.nomination_id = nomination_id

    async def pressed(self, interaction: Interaction) -> None:
        """Withdraw it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(NominationService).withdraw(place, self.nomination_id)
        await interaction.response.send_message(
            "It is withdrawn. `/reading nominate` with the same paper brings it back.",
            ephemeral=True,
        )
        bot.cards.refresh(CardKind.NOMINATION, self.nomination_id)


BUTTONS = (CloseButton, ScheduleButton, WithdrawButton)


def nomination(one: Nominated) -> Content:
    """Show what is nominated, and who is for it."""
    lines = [
        f"{theme.PAPER} {paper_line(one.paper)}",
        f"nominated by {theme.person(one.nomination.nominated_by)}",
    ]
    is_open = one.nomination.meeting_id is None and one.nomination.withdrawn_at is None
    if one.nomination.meeting_id is not None:
        lines.append("**Picked.** It is on the card of its meeting.")
    elif one.nomination.withdrawn_at is not None:
        lines.append("Withdrawn.")
    if one.nomination.note:
        lines.append(f"> {theme.one_line(one.nomination.note, 300)}")
    embed = discord.Embed(
        title="📚 Shall we read this?",
        description="\n".join(lines),
        colour=theme.ACCENT if is_open else theme.QUIET,
    )
    embed.add_field(name=f"{FOR} For it ({len(one.voters)})", value=theme.names(one.voters))
    if is_open:
        embed.set_footer(text=f"{FOR} if you want to read it, too.")
    return Content(
        embeds=[embed],
        view=CardButtons(WithdrawButton(one.nomination.id)) if is_open else None,
        reactions=[FOR] if is_open else (),
    )


def shortlist(name: str, ranked: Sequence[Nominated]) -> discord.Embed:
    """Show what is nominated, the most wanted first."""
    entries = [
        f"**{number}.** {paper_line(one.paper)}\n{FOR} {len(one.voters)}"
        f" · nominated by {theme.person(one.nomination.nominated_by)}"
        for number, one in enumerate(ranked, start=1)
    ]
    return discord.Embed(
        title=f"📚 What {theme.plain(name)} could read next",
        description=theme.lines(entries, theme.DESCRIPTION_LIMIT),
        colour=theme.ACCENT,
    ).set_footer(text="/reading pick takes the first one for the next meeting.")


def history(name: str, read: Sequence[Read]) -> list[discord.Embed]:
    """Show what was read, the latest first, some to a page."""
    return [
        discord.Embed(
            title=f"📚 What {theme.plain(name)} has read ({len(read)})",
            description="\n".join(
                f"{when.stamp(one.meeting.starts_at, 'D')} · {reading_line(one.reading)}"
                for one in read[start : start + READ_PAGE]
            ),
            colour=theme.ACCENT,
        )
        for start in range(0, len(read), READ_PAGE)
    ]


def poll(view: PollView) -> Content:
    """Show the times to choose from, and whom they suit."""
    one = view.poll
    is_open = one.closed_at is None
    lines = [
        f"When shall we meet, for {theme.count(one.minutes, 'minute')}?",
        f"Closes {when.stamp(one.closes_at, 'R')}." if is_open else "**This poll is closed.**",
    ]
    if view.meeting is not None:
        lines = [_scheduled(view)]
    embed = discord.Embed(
        title=f"{theme.CALENDAR} {theme.plain(one.title)}",
        description="\n".join(lines),
        colour=theme.ACCENT if is_open else theme.QUIET,
    )
    for entry in view.slots:
        number = entry.slot.number
        chosen = " ⭐" if entry is view.best and entry.can and not is_open else ""
        counts = [f"{len(entry.can)} can"] if entry.can else []
        counts += [f"{len(entry.if_need_be)} if need be"] if entry.if_need_be else []
        suits = ", ".join(counts) or ("nobody yet" if is_open else "nobody")
        people: list[str] = []
        if entry.can:
            people.append(theme.names(entry.can, limit=12))
        if entry.if_need_be:
            people.append(f"if need be: {theme.names(entry.if_need_be, limit=12)}")
        marks = f"{CAN[number - 1]} {IF_NEED_BE[number - 1]}"
        embed.add_field(
            name=f"{marks} {suits}{chosen}",
            value=f"{when.stamp(entry.slot.starts_at)}\n{' · '.join(people)}",
            inline=False,
        )
    buttons: list[ui.Item[Any]] = []
    if is_open:
        embed.set_footer(text="A number: I can. Its letter: if need be. Choose as many as suit.")
        buttons.append(CloseButton(one.id))
    elif view.meeting is None and view.best is not None:
        buttons.append(ScheduleButton(one.id))
    shown = len(view.slots)
    return Content(
        embeds=[embed],
        view=CardButtons(*buttons) if buttons else None,
        reactions=[*CAN[:shown], *IF_NEED_BE[:shown]] if is_open else (),
    )


def _announcement(poll_id: int) -> str:
    """Return the key of the message that names a poll's best time."""
    return f"reading/poll/{poll_id}"


def _scheduled(view: PollView) -> str:
    """Say that a poll's best time is scheduled, and lead there."""
    assert view.meeting is not None  # noqa: S101 - the caller looked
    where = f" · [open the meeting]({view.card.url})" if view.card else ""
    return f"{theme.DONE} **Scheduled** for {when.stamp(view.meeting.starts_at)}{where}"


def closed(view: PollView) -> Content:
    """Name the best time of a closed poll to who asked, or say that it is scheduled."""
    title = f"**{theme.plain(view.poll.title)}**"
    if view.meeting is not None:
        text = f"{theme.CALENDAR} The poll for {title} is closed.\n{_scheduled(view)}"
        return Content(text=text)
    best = view.best
    assert best is not None  # noqa: S101 - the caller looked
    if not best.can and not best.if_need_be:
        text = f"{theme.CALENDAR} The poll for {title} is closed, and nobody has answered."
        return mentioning(text, [view.poll.created_by])
    perhaps = f", {len(best.if_need_be)} more if need be" if best.if_need_be else ""
    text = (
        f"{theme.CALENDAR} The poll for {title} is closed. {when.stamp(best.slot.starts_at)} suits "
        f"{theme.count(len(best.can), 'person', 'people')}{perhaps}."
    )
    told = mentioning(text, [view.poll.created_by])
    return Content(
        text=told.text, mentions=told.mentions, view=CardButtons(ScheduleButton(view.poll.id))
    )
