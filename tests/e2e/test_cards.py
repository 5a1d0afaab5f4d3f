"""Live cards: what the rows say, with few edits, also after something was deleted."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.base.clock import SteppedClock
from bot.config import Settings
from bot.jobs.cards import OLD_AGAIN
from bot.jobs.delivery import Content
from data.server.groups import GroupId
from data.states import CardKind
from data.transaction import Transaction
from tests.world import World, text

GROUP = 1


def edits(world: World) -> int:
    return sum(
        1
        for request in world.env.http_requests
        if request.method == "PATCH" and "/messages/" in request.path
    )


async def rename(world: World, name: str) -> None:
    async with world.bot.store.transaction() as tx:
        await tx.groups.edit(GroupId(GROUP), name=name)


async def test_changes_that_come_together_are_one_edit(
    settings: Settings, clock: SteppedClock
) -> None:
    world = World(replace(settings, card_interval=0.5), clock)
    await world.start()
    await world.organiser.slash(world.channel, "group create", name="A", focus="a paper")
    for name in ("B", "C"):
        await rename(world, name)
        for _ in range(50):
            world.bot.cards.refresh(CardKind.GROUP, GROUP)
        await world.bot.cards.flush()
    assert edits(world) == 2
    await world.stop()


async def test_a_card_that_shows_its_rows_already_is_not_edited(world: World) -> None:
    await world.group()
    world.bot.cards.refresh(CardKind.GROUP, GROUP)
    await world.bot.cards.flush()
    before = edits(world)
    world.bot.cards.refresh(CardKind.GROUP, GROUP)
    await world.bot.cards.flush()
    assert edits(world) == before
    await rename(world, "Renamed")
    world.bot.cards.refresh(CardKind.GROUP, GROUP)
    await world.bot.cards.flush()
    assert edits(world) == before + 1


async def test_an_edit_that_was_not_confirmed_is_made_again_though_the_rows_are_as_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.group("Before")
    await world.env.settle()
    edit = world.bot.http.edit_message

    async def edit_unheard(*arguments: Any, **options: Any) -> None:
        await edit(*arguments, **options)
        raise ConnectionResetError

    with monkeypatch.context() as cut_off:
        cut_off.setattr(world.bot.http, "edit_message", edit_unheard)
        await rename(world, "After")
        world.bot.cards.refresh(CardKind.GROUP, GROUP)
        await world.bot.cards.flush()
    assert "After" in text(world.channel.last_message)
    await rename(world, "Before")
    await world.bot.cards.try_again()
    await world.bot.cards.flush()
    assert "Before" in text(world.channel.last_message)


async def test_a_deleted_card_is_posted_anew_and_its_buttons_work(world: World) -> None:
    card = await world.group()
    await world.delete(card)

    await world.cara.slash(world.channel, "group join")

    renewed = world.channel.last_message
    assert renewed is not None
    assert renewed.id != card.id
    assert "4 members" in text(renewed)
    await world.cara.click(renewed, label="Leave")
    assert "3 members" in text(world.channel.last_message)


async def test_a_card_too_old_to_be_edited_so_often_is_edited_once_that_has_passed(
    world: World,
) -> None:
    """Discord's error 30046: a message over an hour old takes a few edits now and again."""
    card = await world.group()
    world.env.inject_error("PATCH", "/channels/*/messages/*", status=429, code=30046, times=1)

    await world.cara.slash(world.channel, "group join")
    assert "4 members" not in text(world.channel.history()[0])
    await world.env.advance_time(OLD_AGAIN + 1)

    (kept,) = [one for one in world.channel.history() if one.id == card.id]
    assert "4 members" in text(kept)


@pytest.mark.parametrize("code", [10003, 50001])
async def test_a_card_in_a_channel_that_is_gone_disturbs_nobody(world: World, code: int) -> None:
    await world.group()
    world.env.inject_error("PATCH", "/channels/*/messages/*", status=403, code=code, times=1)
    joined = await world.cara.slash(world.channel, "group join")
    assert "Welcome" in text(joined)


async def test_a_card_that_belongs_elsewhere_is_posted_there_and_pointed_at(world: World) -> None:
    elsewhere = world.guild.create_text_channel("elsewhere")
    made = await world.organiser.slash(
        world.channel,
        "group create",
        name="A",
        focus="a paper",
        channel=elsewhere,
    )
    assert made.ephemeral
    assert elsewhere.mention in text(made)
    assert "a paper" in text(elsewhere.last_message)


async def test_a_card_that_may_not_be_posted_is_saved_and_the_channel_is_named(
    world: World,
) -> None:
    elsewhere = world.guild.create_text_channel("elsewhere")
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=1)
    made = await world.organiser.slash(
        world.channel, "group create", name="A", focus="a paper", channel=elsewhere
    )
    assert elsewhere.mention in text(made)
    assert "Send Messages" in text(made)
    assert "A" in text(await world.alice.slash(world.channel, "group show", group="A"))

    await world.forward(timedelta(minutes=2))
    assert "a paper" in text(elsewhere.last_message), "it follows once it may"


async def test_a_card_that_cannot_be_made_keeps_no_other_from_catching_up(world: World) -> None:
    await world.group("Circuits")
    elsewhere = world.guild.create_text_channel("elsewhere")
    card = await world.group("Probes", elsewhere)
    of_circuits = await world.bot.cards.content(CardKind.GROUP, GROUP)

    async def with_a_defect(_: Transaction, group_id: int) -> Content:
        if group_id == GROUP:
            raise ValueError("a row that nobody thought of")
        return of_circuits  # anything that is not shown yet

    world.bot.cards.render_with(CardKind.GROUP, with_a_defect, lambda shown: shown)
    await world.bot.cards.catch_up()
    await world.bot.cards.flush()
    (shown,) = [one for one in elsewhere.history() if one.id == card.id]
    assert "Circuits" in text(shown)


async def test_the_person_is_answered_before_a_card_is_posted_elsewhere(world: World) -> None:
    """A channel takes about five messages in five seconds; an interaction waits three seconds."""
    elsewhere = world.guild.create_text_channel("elsewhere")
    before = len(world.env.http_requests)
    await world.organiser.slash(
        world.channel, "group create", name="A", focus="a paper", channel=elsewhere
    )
    paths = [
        f"{one.method} {one.path}"
        for one in world.env.http_requests[before:]
        if one.method != "GET"
    ]
    assert "/callback" in paths[0], paths
    assert any(path.startswith(f"POST /channels/{elsewhere.id}/messages") for path in paths[1:])


async def test_a_refresh_right_after_a_cards_last_edit_is_not_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.group("Before")
    keeper = world.bot.cards
    renames = ["After"]
    work = keeper._work

    async def ends_later(name: tuple[CardKind, int]) -> None:
        await work(name)
        if renames:
            await rename(world, renames.pop())
            keeper.refresh(*name)

    monkeypatch.setattr(keeper, "_work", ends_later)
    keeper.refresh(CardKind.GROUP, GROUP)
    await world.env.settle()
    assert "After" in text(world.channel.last_message)


async def test_an_answer_that_lacks_its_reactions_gets_them_with_its_next_edit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.group()

    async def away(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(discord.PartialMessage, "add_reaction", away)
    await world.alice.slash(world.channel, "meeting schedule", title="Toys", when="in 3 days")
    card = next(one for one in world.channel.history() if "React to" in text(one))
    assert not card.reactions
    monkeypatch.undo()
    world.bot.cards.refresh(CardKind.MEETING, 1)
    await world.env.settle()
    card = next(one for one in world.channel.history() if "React to" in text(one))
    assert len(card.reactions) == 3


async def test_an_answer_that_was_cut_off_before_its_reactions_is_finished_within_minutes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.group()

    async def cut_off(*_: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(discord.PartialMessage, "add_reaction", cut_off)
    await world.alice.slash(world.channel, "meeting schedule", title="Toys", when="in 3 days")
    monkeypatch.undo()
    await world.forward(timedelta(minutes=2))
    (card,) = [one for one in world.channel.history() if "React to" in text(one)]
    assert len(card.reactions) == 3
    assert len(world.channel.threads) == 1
