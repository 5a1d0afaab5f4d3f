"""After people had themselves erased, nothing that is shown or sent has a hole where they stood."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.ui.permissions import INVITE
from cogs.people.erasure.service import ErasureService
from data.states import CardKind
from tests.e2e.boards.test_ledger import board as ledger_board
from tests.e2e.boards.test_ledger import claim
from tests.e2e.boards.test_life import board
from tests.e2e.checkins.test_commitments import direct
from tests.e2e.people.test_help import STUCK, mentor, stuck
from tests.security.stage import (
    Example,
    Reported,
    Saved,
    Side,
    confirm,
    defects,
    every_slash,
    example,
    furnish,
    new_server,
    press,
    use,
)
from tests.world import Person, World, text

ASIDE = frozenset({"profile forget", "cohort export", "group archive", "project archive"})
"""Commands that end what the others would show."""


async def forget(world: World, side: Side, person: Person) -> None:
    asked = await person.slash(side.channel, "profile forget")
    await person.click(asked.response, label="Erase me here")
    await person.click(asked.response, label="Yes, erase everything")
    await world.bot.deadlines.run_due()
    await world.env.settle()


def holes(world: World, since: int) -> set[str]:
    """Return what was sent that names nobody, or was meant for nobody."""
    found: set[str] = set()
    for request in world.env.http_requests[since:]:
        said = json.dumps(request.json, ensure_ascii=False)
        where = f"{request.method} {request.path.split('/')[1]}"
        if "<@0>" in said:
            at = said.index("<@0>")
            found.add(f"{where}: …{said[max(0, at - 80) : at + 60]}…")
        if pinged(request.json):
            found.add(f"{where}: pings nobody: {said[:200]}")
        if request.path.endswith("/users/@me/channels") and '"0"' in said:
            found.add(f"{where}: writes to nobody")
    return found


def pinged(body: Any) -> bool:
    """Whether a message may mention the one whose id is 0."""
    if isinstance(body, dict):
        allowed = body.get("allowed_mentions") or {}
        named = [str(one) for one in allowed.get("users", ())] if isinstance(allowed, dict) else []
        return "0" in named or any(map(pinged, body.values()))
    return isinstance(body, list) and any(map(pinged, body))


async def test_nothing_names_nobody_after_the_people_are_gone(
    world: World, reported: Reported
) -> None:
    side = new_server(world, "first", "quokka")
    await furnish(world, side)
    await world.forward(timedelta(hours=1))
    since = len(world.env.http_requests)
    for person in (side.member, side.lead, side.insider):
        await forget(world, side, person)
    for command in ("group join", "project join"):
        await side.organiser.slash(side.thread or side.channel, command, **joining(side, command))
    wrong = holes(world, since)

    async with world.bot.store.read() as tx:
        standing = await tx.cards.of_server(side.guild.id)
    for card in standing:
        world.bot.cards.refresh(card.kind, card.subject_id)
    await world.bot.cards.flush()
    wrong |= holes(world, since)

    saved = Saved(world)
    for command in list(every_slash(world)):
        if command.qualified_name in ASIDE:
            continue
        saved.restore()
        filled = await example(world, side, command)
        if not whole(filled):
            continue  # there is nothing left to use it on
        for person in (side.organiser, side.administrator):
            at = len(world.env.http_requests)
            await confirm(person, await use(filled, person))
            wrong |= {f"/{command.qualified_name} {one}" for one in holes(world, at)}
    saved.restore()
    saved.close()
    at = len(world.env.http_requests)
    await world.forward(timedelta(days=30))
    wrong |= {f"later {one}" for one in holes(world, at)}
    assert defects(reported.take()) == []
    assert not wrong, "\n".join(sorted(wrong))


async def test_no_help_message_and_no_thread_holds_what_was_erased(world: World) -> None:
    # Discord lets a thread's maker rename it; the simulation asks for more than that.
    world.allow(discord.Permissions(INVITE.value | discord.Permissions.manage_channels.flag))
    await world.group()
    await stuck(world, world.alice)
    async with world.bot.store.read() as tx:
        (group,) = await tx.groups.of_server(world.guild.id)
        last = await tx.checkins.last_of(group.id, world.alice.id)
    assert last is not None
    await press(world.bob, world.channel, f"checkin:help:{last.id}")
    threads = [one for one in world.bot.guilds[0].threads if one.name.startswith("Help: ")]
    assert threads
    asked = await world.alice.slash(world.channel, "profile forget")
    await world.alice.click(asked.response, label="Erase me here")
    await world.alice.click(asked.response, label="Yes, erase everything")
    await world.bot.deadlines.run_due()
    await world.env.settle()
    left = [text(one) for one in world.channel.history()
            if one.type is not discord.MessageType.thread_created]  # fmt: skip
    for thread in world.channel.threads:
        left += [thread.name, *(text(one) for one in thread.history())]
    assert not [one for one in left if STUCK in one or "cuda" in one.casefold()]


async def test_no_question_to_a_witness_holds_what_was_erased(world: World) -> None:
    await world.group()
    await world.alice.slash(
        world.channel, "commitment add", text="Quokka promise", witness=world.bob
    )
    await world.alice.slash(world.channel, "commitment done", commitment="Quokka promise")
    assert any("Quokka" in text(one) for one in world.channel.history())
    asked = await world.alice.slash(world.channel, "profile forget")
    await world.alice.click(asked.response, label="Erase me here")
    await world.alice.click(asked.response, label="Yes, erase everything")
    await world.bot.deadlines.run_due()
    await world.env.settle()
    assert not any("Quokka" in text(one) for one in world.channel.history())


async def test_no_question_to_a_lead_holds_what_was_erased(world: World) -> None:
    thread = await board(world, joining="asked")
    form = await world.cara.slash(world.channel, "project join", project="Grokking")
    await world.cara.submit_modal(form, {"note": "Quokka experience"})
    assert any("Quokka" in text(one) for one in thread.history())
    asked = await world.cara.slash(world.channel, "profile forget")
    await world.cara.click(asked.response, label="Erase me here")
    await world.cara.click(asked.response, label="Yes, erase everything")
    await world.bot.deadlines.run_due()
    await world.env.settle()
    assert not any("Quokka" in text(one) for one in thread.history())


async def test_no_public_reply_names_or_quotes_who_was_erased(world: World) -> None:
    thread = await board(world)
    await world.bob.slash(thread, "project update", text="Quokka seeds have run")
    await world.alice.slash(thread, "project update", text="Wombat plots are drawn")
    await world.alice.slash(thread, "project lead", person=world.bob)
    await world.bob.slash(world.channel, "project status", state="active", project="Grokking")
    later = world.bot.clock.now() + timedelta(days=200)  # however long ago it was
    await world.bot.store.write(lambda tx: tx.deliveries.prune(later, 1000))
    assert any("Quokka" in text(one) for one in thread.history())
    asked = await world.bob.slash(world.channel, "profile forget")
    await world.bob.click(asked.response, label="Erase me here")
    await world.bob.click(asked.response, label="Yes, erase everything")
    await world.bot.deadlines.run_due()
    await world.env.settle()
    left = [text(one) for place in (world.channel, thread) for one in place.history()]
    assert not [one for one in left if "Quokka" in one or f"<@{world.bob.id}>" in one]
    assert any("Wombat" in one for one in left), "what others said stays"


async def test_no_answer_that_was_changed_later_names_who_was_erased(world: World) -> None:
    thread = await ledger_board(world)
    await claim(world, thread)
    await world.bob.slash(thread, "result log", claim="C1", value="98.9%, 99.0%, 99.1%")
    await world.cara.slash(
        thread, "result review", result="C1 R1", decision="dispute", reason="really?"
    )
    form = await world.organiser.click(thread.last_message, label="Uphold")
    await world.organiser.submit_modal(form, {"reason": "Quokka"})
    named = f"<@{world.organiser.id}> upheld"
    assert any(named in text(one) for one in thread.history())
    asked = await world.organiser.slash(world.channel, "profile forget")
    await world.organiser.click(asked.response, label="Erase me here")
    await world.organiser.click(asked.response, label="Yes, erase everything")
    await world.bot.deadlines.run_due()
    await world.env.settle()
    left = [text(one) for one in thread.history()]
    assert left, "cards stay"
    assert not [one for one in left if f"<@{world.organiser.id}>" in one]


async def test_no_direct_message_to_a_helper_holds_what_was_erased(world: World) -> None:
    await world.group()
    await mentor(world, world.bob)
    shown = await stuck(world, world.alice)
    await world.alice.click(shown.followups[-1], label="Ask")
    await world.bot.deadlines.run_due()
    await world.env.settle()
    assert any(STUCK in one for one in direct(world, world.bob))
    asked = await world.alice.slash(world.channel, "profile forget")
    await world.alice.click(asked.response, label="Erase me here")
    await world.alice.click(asked.response, label="Yes, erase everything")
    await world.bot.deadlines.run_due()
    await world.env.settle()
    assert not any(STUCK in one for one in direct(world, world.bob))


async def test_a_card_that_is_on_its_way_does_not_outlive_its_author(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.group()
    settle = world.bot.cards._settle

    async def late(kind: CardKind, *args: Any, **options: Any) -> Any:
        if kind is CardKind.CHECKIN:
            await world.bot.service(ErasureService).forget(world.guild.id, world.alice.id)
        return await settle(kind, *args, **options)

    monkeypatch.setattr(world.bot.cards, "_settle", late)
    posted = await world.alice.slash(world.channel, "checkin post", did="Quokka did", next="more")
    assert posted.acknowledged
    assert not any("Quokka" in text(one) for one in world.channel.history())
    async with world.bot.store.read() as tx:
        standing = await tx.cards.of_server(world.guild.id)
    assert CardKind.CHECKIN not in {one.kind for one in standing}


def whole(filled: Example) -> bool:
    """Whether there is something for every option that a command needs."""
    needed = {one.display_name for one in filled.command.parameters if one.required}
    return needed <= filled.options.keys()


def joining(side: Side, command: str) -> dict[str, str]:
    return {"group": f"{side.word} group"} if command == "group join" else {}
