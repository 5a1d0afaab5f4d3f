"""Posts in a pod's thread what concerns its people: a check-in, or somebody's silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import structlog

from bot.base.errors import NotFound, Undeliverable
from bot.client import CohortBot
from bot.jobs.delivery import Content, to_channel
from bot.ui import theme
from cogs.checkins.rounds.service import Posted
from cogs.checkins.rounds.writes import pod_threads
from data.checkins.rounds import Checkin, Round
from data.delivery.cards import Card
from data.server.groups import GroupId
from data.states import CardKind

log = structlog.stdlib.get_logger(__name__)


async def threads_of(bot: CohortBot, group_id: GroupId) -> dict[int, int]:
    """Return the thread of each person's pod, for those of a group who are in one."""
    async with bot.store.read() as tx:
        return await pod_threads(tx, group_id)


async def share(bot: CohortBot, posted: Posted) -> None:
    """Show a new check-in in the thread of the person's pod; it follows when that is edited."""
    one = posted.checkin
    if posted.pod_thread_id is None:
        return
    to = to_channel(posted.pod_thread_id)
    try:
        await bot.cards.publish(CardKind.POD_LINE, one.id, one.guild_id, to)
    except (NotFound, Undeliverable) as error:
        log.info("a pod was not shown a check-in", reason=error.sentence)


def line(one: Checkin, card: Card | None) -> Content:
    """Show a pod that somebody checked in, with the way to the whole of it."""
    first = next((answer for _, answer in one.answered), "")
    text = f"{theme.CHECK_IN} {theme.person(one.user_id)} checked in: {theme.one_line(first, 300)}"
    if card is not None:
        text += f" · [read]({card.url})"
    return Content(text=text)


async def told_of_round(
    bot: CohortBot, round_: Round, group_id: GroupId, missed: Iterable[int]
) -> None:
    """Tell each pod which of its people missed a round that closed; nobody is pinged."""
    for thread_id, people in _by_thread(await threads_of(bot, group_id), missed).items():
        text = (
            f"Round {round_.number} has closed, and we missed {theme.names(people)}. A late "
            "check-in counts until the next one is due."
        )
        try:
            await bot.delivery.send(
                f"checkin/{round_.id}/missed/{thread_id}",
                round_.guild_id,
                Content(text=text),
                [to_channel(thread_id)],
            )
        except Undeliverable as error:
            log.info("a pod was not told whom a round missed", reason=error.sentence)


async def told_of_silence(
    bot: CohortBot, key: str, guild_id: int, group_id: GroupId, people: Iterable[int]
) -> set[int]:
    """Tell the pods of people who went quiet; returns the people whose pod was told."""
    told: set[int] = set()
    for thread_id, quiet in _by_thread(await threads_of(bot, group_id), people).items():
        text = (
            f"We have not heard from {theme.names(quiet)} for two rounds. A hello from one of you "
            "may be just what helps."
        )
        try:
            await bot.delivery.send(
                f"{key}/pod/{thread_id}", guild_id, Content(text=text), [to_channel(thread_id)]
            )
        except Undeliverable as error:
            log.info("a pod was not told of somebody's silence", reason=error.sentence)
            continue
        told |= set(quiet)
    return told


def _by_thread(threads: Mapping[int, int], people: Iterable[int]) -> dict[int, list[int]]:
    """Return those of the people who are in a pod, by its thread."""
    found: dict[int, list[int]] = {}
    for user_id in people:
        if user_id in threads:
            found.setdefault(threads[user_id], []).append(user_id)
    return found
