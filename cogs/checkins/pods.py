"""Tells a pod, in its thread, what concerns its few people: a check-in, or somebody's silence."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from bot.client import CohortBot
from bot.delivery import Content, channel
from bot.errors import Undeliverable
from bot.ui import theme
from cogs.checkins.service import Posted
from data.server import GroupId
from data.states import CardKind

log = structlog.stdlib.get_logger(__name__)


async def threads_of(bot: CohortBot, group_id: GroupId) -> dict[int, int]:
    """Return the thread of each person's pod, for those of a group who are in one."""
    async with bot.store.read() as tx:
        pods = await tx.pods.open_in(group_id)
        cards = await tx.cards.of_kind(CardKind.POD, [pod.id for pod in pods]) if pods else []
    # A thread that was opened on a message has the message's id.
    threads = {card.subject_id: card.message_id for card in cards}
    return {
        user_id: threads[pod.id] for pod in pods if pod.id in threads for user_id in pod.members
    }


async def share(bot: CohortBot, posted: Posted) -> None:
    """Show a new check-in in the thread of the person's pod, with the way to its card."""
    one = posted.checkin
    thread_id = (await threads_of(bot, posted.group.id)).get(one.user_id)
    if thread_id is None:
        return
    async with bot.store.read() as tx:
        card = await tx.cards.get(CardKind.CHECKIN, one.id)
    first = next((answer for _, answer in one.answered), "")
    text = f"{theme.CHECK_IN} <@{one.user_id}> checked in: {theme.one_line(first, 300)}"
    if card is not None:
        text += f" · [read]({card.url})"
    key = f"checkin/{one.id}/pod"
    try:
        await bot.delivery.send(key, one.guild_id, Content(text=text), [channel(thread_id)])
    except Undeliverable as error:
        log.info("a pod was not shown a check-in", reason=error.sentence)


async def told_of_silence(
    bot: CohortBot, key: str, guild_id: int, group_id: GroupId, people: Iterable[int]
) -> set[int]:
    """Tell the pods of those who went quiet; returns who is in a pod that could be told."""
    threads = await threads_of(bot, group_id)
    told: set[int] = set()
    for user_id in people:
        thread_id = threads.get(user_id)
        if thread_id is None:
            continue
        text = (
            f"We have not heard from <@{user_id}> for two rounds. A hello from one of you may be "
            "just what helps."
        )
        try:
            await bot.delivery.send(
                f"{key}/pod/{user_id}", guild_id, Content(text=text), [channel(thread_id)]
            )
        except Undeliverable as error:
            log.info("a pod was not told of somebody's silence", reason=error.sentence)
            continue
        told.add(user_id)
    return told
