"""Messages that must arrive: once, somewhere, and on record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import discord
import pytest

from bot.base.errors import TryLater, Undeliverable
from bot.jobs.delivery import (
    NONCE_MEMORY,
    OPENED_WITHIN,
    OPENINGS,
    Content,
    to_channel,
    to_person,
)
from bot.ui.direct_messages import tell_by_id
from data.delivery.deliveries import DeliveryRecord
from data.states import Sent
from tests.world import World, text


async def record(world: World, key: str) -> DeliveryRecord:
    async with world.bot.store.read() as tx:
        found = await tx.deliveries.get(key)
    assert found is not None
    return found


async def test_a_message_is_sent_once_however_often_it_is_asked_for(world: World) -> None:
    where = [to_channel(world.channel.id)]
    first = await world.bot.delivery.send("a", world.guild.id, Content("hello"), where)
    again = await world.bot.delivery.send("a", world.guild.id, Content("hello"), where)

    assert first.id == again.id
    assert [message.content for message in world.channel.history()] == ["hello"]
    assert (await record(world, "a")).state is Sent.SENT


async def test_a_post_carries_a_nonce_that_discord_enforces(world: World) -> None:
    await world.bot.delivery.send(
        "a", world.guild.id, Content("hello"), [to_channel(world.channel.id)]
    )
    (sent,) = [
        one.json
        for one in world.env.http_requests
        if one.path == f"/channels/{world.channel.id}/messages"
    ]
    assert isinstance(sent, dict)
    assert sent["enforce_nonce"] is True
    assert 1 <= len(sent["nonce"]) <= 25


async def test_closed_direct_messages_fall_back_to_the_channel(world: World) -> None:
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50007, times=1)
    await world.bot.delivery.send(
        "a",
        world.guild.id,
        Content("psst"),
        [to_person(world.alice.id), to_channel(world.channel.id)],
    )
    assert world.channel.last_message is not None
    assert "direct messages are closed" in str((await record(world, "a")).error)


async def test_what_is_refused_everywhere_is_on_record_with_the_reason(world: World) -> None:
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=2)
    with pytest.raises(Undeliverable, match="Send Messages"):
        await world.bot.delivery.send(
            "a",
            world.guild.id,
            Content("psst"),
            [to_person(world.alice.id), to_channel(world.channel.id)],
        )
    assert (await record(world, "a")).state is Sent.FAILED


async def test_an_outage_is_raised_so_that_it_is_tried_again(world: World) -> None:
    where = [to_channel(world.channel.id)]
    world.env.inject_error("POST", "/channels/*/messages", status=503, times=1)
    with pytest.raises(discord.HTTPException):
        await world.bot.delivery.send("a", world.guild.id, Content("hello"), where)
    assert (await record(world, "a")).state is Sent.TRYING

    await world.bot.delivery.send("a", world.guild.id, Content("hello"), where)
    assert (await record(world, "a")).error is None


async def test_a_possible_double_is_marked_and_not_hidden(world: World) -> None:
    where = [to_channel(world.channel.id)]
    world.env.inject_error("POST", "/channels/*/messages", status=503, times=1)
    with pytest.raises(discord.HTTPException):
        await world.bot.delivery.send("a", world.guild.id, Content("hello"), where)
    world.clock.move_to(world.clock.now() + NONCE_MEMORY + timedelta(seconds=1))

    await world.bot.delivery.send("a", world.guild.id, Content("hello"), where)
    assert "may have arrived" in str((await record(world, "a")).error)


async def test_a_channel_that_is_not_cached_is_posted_to_all_the_same(world: World) -> None:
    world.bot.get_guild(world.guild.id)._channels.clear()  # type: ignore[union-attr]
    await world.bot.delivery.send(
        "a", world.guild.id, Content("hello"), [to_channel(world.channel.id)]
    )
    assert [message.content for message in world.channel.history()] == ["hello"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/users/@me/channels", 400, 50007),
        ("/users/@me/channels", 400, 50033),
        ("/users/@me/channels", 403, 20026),
        ("/users/@me/channels", 403, 40003),
        ("/channels/*/messages", 403, 50007),
        ("/channels/*/messages", 400, 50008),
        ("/channels/*/messages", 400, 160006),
        ("/channels/*/messages", 400, 200000),
    ],
)
async def test_what_one_place_refuses_goes_to_the_next(
    world: World, path: str, status: int, code: int
) -> None:
    """Discord refuses with 400 as well: Opcodes and Status Codes, JSON Error Codes."""
    world.env.inject_error("POST", path, status=status, code=code, times=1)
    await world.bot.delivery.send(
        "a",
        world.guild.id,
        Content("psst"),
        [to_person(world.alice.id), to_channel(world.channel.id)],
    )
    assert text(world.channel.last_message) == "psst"


@pytest.mark.parametrize(("status", "code"), [(429, 20028), (500, 0), (503, 130000)])
async def test_what_passes_by_itself_is_no_reason_to_go_elsewhere(
    world: World, status: int, code: int
) -> None:
    elsewhere = world.guild.create_text_channel("elsewhere")
    world.env.inject_error("POST", "/channels/*/messages", status=status, code=code, times=1)
    with pytest.raises(discord.HTTPException):
        await world.bot.delivery.send(
            "a",
            world.guild.id,
            Content("hello"),
            [to_channel(world.channel.id), to_channel(elsewhere.id)],
        )
    assert elsewhere.history() == []


@pytest.mark.parametrize("code", [20026, 40003])
async def test_nobodys_direct_messages_are_taken_for_closed_when_discord_holds_us_back(
    world: World, code: int
) -> None:
    await world.group()
    await world.alice.slash(world.channel, "commitment add", text="Read it", due="in 2 days")
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=code, times=1)
    await world.forward(timedelta(days=1, hours=12))
    async with world.bot.store.read() as tx:
        profile = await tx.profiles.get(world.guild.id, world.alice.id)
    assert profile.direct_closed_at is None


def opened(world: World) -> list[str]:
    """Return the requests that opened somebody's direct messages."""
    return [one.path for one in world.env.http_requests if one.path.endswith("/users/@me/channels")]


async def test_few_conversations_are_opened_in_a_minute_over_all_servers(world: World) -> None:
    people = [world.join(f"person {number}") for number in range(OPENINGS + 2)]
    world.clock.move_to(world.clock.now() + OPENED_WITHIN)
    before = len(opened(world))
    for number, one in enumerate(people[:OPENINGS]):
        await world.bot.delivery.send(
            str(number), world.guild.id, Content("psst"), [to_person(one.id)]
        )
    with pytest.raises(TryLater):
        await world.bot.delivery.send(
            "late", world.guild.id, Content("psst"), [to_person(people[-1].id)]
        )
    await world.bot.delivery.send(
        "also",
        world.guild.id,
        Content("psst"),
        [to_person(people[-2].id), to_channel(world.channel.id)],
    )
    assert text(world.channel.last_message) == "psst", "the thread or channel takes it meanwhile"
    await world.bot.delivery.send(
        "again", world.guild.id, Content("psst"), [to_person(people[0].id)]
    )

    world.clock.move_to(world.clock.now() + OPENED_WITHIN)
    await world.bot.delivery.send(
        "late", world.guild.id, Content("psst"), [to_person(people[-1].id)]
    )
    assert len(opened(world)) - before == OPENINGS + 1


def posts(world: World) -> list[tuple[str, object]]:
    """Return where messages were sent, and the nonce of each."""
    return [
        (one.path, one.json["nonce"])
        for one in world.env.http_requests
        if one.method == "POST" and isinstance(one.json, dict) and one.json.get("content") == "psst"
    ]


async def send(world: World) -> None:
    """Send to somebody's direct messages or the channel, as one delivery."""
    to = [to_person(world.alice.id), to_channel(world.channel.id)]
    await world.bot.delivery.send("a", world.guild.id, Content("psst"), to)


async def tell(world: World) -> None:
    """Tell somebody, in the channel where their direct messages take nothing just now."""
    otherwise = [world.channel.id]
    await tell_by_id(
        world.bot, "a", world.guild.id, world.alice.id, Content("psst"), otherwise, waits=False
    )


async def killed_before_it_is_recorded(
    world: World, monkeypatch: pytest.MonkeyPatch, send: Callable[[World], Awaitable[None]]
) -> None:
    """Send a message, and start again as if the process had been killed right afterwards."""

    class Killed(BaseException):
        pass

    async def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(world.bot.delivery, "_arrived", die)
    with pytest.raises(Killed):
        await send(world)
    await world.restart()


@pytest.mark.parametrize("send", [send, tell])
async def test_what_may_have_arrived_in_the_second_place_does_not_come_in_the_first_too(
    world: World, monkeypatch: pytest.MonkeyPatch, send: Callable[[World], Awaitable[None]]
) -> None:
    world.bot.delivery._openings.extend([world.clock.now()] * OPENINGS)
    await killed_before_it_is_recorded(world, monkeypatch, send)
    await send(world)
    first, again = posts(world)
    assert first == again, "Discord returns the message that it knows by the nonce"
    assert first[0] == f"/channels/{world.channel.id}/messages"


@pytest.mark.parametrize("send", [send, tell])
async def test_what_may_have_arrived_in_the_first_place_does_not_come_in_the_second_too(
    world: World, monkeypatch: pytest.MonkeyPatch, send: Callable[[World], Awaitable[None]]
) -> None:
    await killed_before_it_is_recorded(world, monkeypatch, send)
    world.bot.delivery._openings.extend([world.clock.now()] * OPENINGS)
    with pytest.raises(TryLater):
        await send(world)
    world.clock.move_to(world.clock.now() + OPENED_WITHIN)
    await send(world)
    first, again = posts(world)
    assert first == again
    assert first[0] != f"/channels/{world.channel.id}/messages"


@pytest.mark.parametrize(("status", "code"), [(400, 50083), (400, 20016)])
async def test_what_discord_refused_goes_elsewhere_at_once(
    world: World, status: int, code: int
) -> None:
    thread = world.guild.create_text_channel("archived")
    path = f"/channels/{thread.id}/messages"
    world.env.inject_error("POST", path, status=status, code=code, message="No", times=99)
    for _ in range(2):
        with pytest.raises(discord.HTTPException):
            await world.bot.delivery.send(
                "a", world.guild.id, Content("psst"), [to_channel(thread.id)]
            )
    await world.bot.delivery.send(
        "a", world.guild.id, Content("psst"), [to_channel(world.channel.id)]
    )
    assert world.channel.last_message is not None
    assert world.channel.last_message.content == "psst"
    record = await world.bot.store.fetch(lambda tx: tx.deliveries.get("a"))
    assert record is not None
    assert record.error is None, "it is not in doubt"


async def test_an_edit_shows_an_embed_where_a_text_hid_its_previews(world: World) -> None:
    """An edit keeps SUPPRESS_EMBEDS unless it names the flags (Message Resource, Edit Message)."""
    sent = await world.bot.delivery.send(
        "a", world.guild.id, Content("Every week"), [to_channel(world.channel.id)]
    )
    await world.bot.delivery.edit(sent, Content(embeds=[discord.Embed(description="Two weeks")]))
    edit = world.env.http_requests[-1].json
    assert isinstance(edit, dict)
    assert edit["flags"] == 0
    assert edit["content"] is None


async def test_an_edit_into_a_layout_takes_the_text_away(world: World) -> None:
    """A Components V2 message has null content and no embeds (Component Reference)."""
    sent = await world.bot.delivery.send(
        "a", world.guild.id, Content("Every week"), [to_channel(world.channel.id)]
    )
    layout = discord.ui.LayoutView()
    layout.add_item(discord.ui.TextDisplay("Every two weeks"))
    await world.bot.delivery.edit(sent, Content(view=layout))
    edit = world.env.http_requests[-1].json
    assert isinstance(edit, dict)
    assert (edit["content"], edit["embeds"], edit["flags"]) == (None, [], 1 << 15)


async def test_a_direct_message_names_other_people_instead_of_mentioning_them(world: World) -> None:
    """A client shows a number for a mention of somebody it does not know."""
    content = Content(f"<@{world.alice.id}>: <@{world.bob.id}> does not see this as done yet.")
    await world.bot.delivery.send("a", world.guild.id, content, [to_person(world.alice.id)])
    (message,) = world.alice.user.dm_channel.history()
    assert message.content == f"<@{world.alice.id}>: **bob** does not see this as done yet."

    await world.bot.delivery.send("b", world.guild.id, content, [to_channel(world.channel.id)])
    assert f"<@{world.bob.id}>" in text(world.channel.last_message)
