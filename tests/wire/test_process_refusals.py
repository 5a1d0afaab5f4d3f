"""What Discord refuses the bot's own process for good: nothing is lost, and it is told in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from .models import Channel, Message
from .people import NoAnswer
from .test_outages import HOUR, Group, group
from .test_process import POST

__all__ = ["group"]

EDIT = ("PATCH", "/channels/*/messages/*")
THREAD = ("POST", "/channels/*/messages/*/threads")
ANSWER = ("POST", "/interactions/**")


def with_button(channel: Channel, label: str) -> list[Message]:
    """Return the messages of a channel that have this button."""
    return [one for one in channel.messages.values() if f"'{label}'" in str(one.components)]


async def test_a_card_that_somebody_deleted_is_posted_again(group: Group) -> None:
    (card,) = with_button(group.channel, "Join")
    assert group.channel.guild is not None
    ada = group.wire.world.add_person("Ada", group.channel.guild)
    group.wire.world.faults.add(*EDIT, code=10008, times=1)
    await group.wire.click(ada, card, label="Join")
    newest = await group.wire.world.until(
        lambda: next((o for o in with_button(group.channel, "Join") if o.id != card.id), None), 40
    )
    assert "2 members" in newest.text
    await group.told("SELECT message_id FROM cards WHERE kind = 'group'", [(newest.id,)])


async def test_who_takes_no_direct_messages_is_reminded_in_the_groups_channel(
    group: Group,
) -> None:
    group.olga.accepts_messages = False
    await group.commit("Write it up", 25 * HOUR)
    group.pass_time(2 * HOUR)
    await group.reminded("Write it up")
    (message,) = [
        one for one in group.wire.world.messages() if "Write it up" in one.text and one.nonce
    ]
    assert message.channel is group.channel
    assert f"<@{group.olga.id}>" in message.text
    refused = [one for one in group.wire.requests.matching(*POST) if one.status == 403]
    assert len(refused) == 1, "which is tried once, and known from then on"


async def test_where_there_can_be_no_more_threads_a_meeting_stands_without_one(
    group: Group,
) -> None:
    group.wire.world.faults.add(*THREAD, code=160006, times=None)
    answer = await group.wire.interact_slash(
        group.olga, group.channel, "meeting schedule", title="Grokking", when="in 3 days"
    )
    await group.wire.world.until(lambda: "as many threads as Discord allows" in answer.text, 40)
    assert "The meeting is made, but" in answer.text
    assert any("Grokking" in one.text for one in group.channel.messages.values())


async def test_what_was_asked_for_in_an_interaction_that_expired_is_there_all_the_same(
    group: Group,
) -> None:
    group.wire.world.faults.add(*ANSWER, code=10062, times=None)
    with pytest.raises(NoAnswer):
        await group.wire.interact_slash(
            group.olga, group.channel, "reading nominate", paper="Attention is all you need"
        )
    group.pass_time(timedelta(minutes=2))
    card = await group.wire.world.until(
        lambda: next(iter(with_button(group.channel, "Withdraw")), None), 40
    )
    assert "Attention is all you need" in card.text
