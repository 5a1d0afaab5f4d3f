"""Who may do what on a board: every command and every button of the ledger, by everybody."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from discord import app_commands
from simcord.builders import ChannelHandle

from tests.security.stage import ON_BOARDS
from tests.world import World, text

MEMBERS = {"member", "runner", "reviewer", "lead"}
LEADS = {"lead", "organiser"}
EVERYBODY = {"outsider", "organiser", *MEMBERS}

Row = tuple[str, dict[str, Any], set[str]]

COMMANDS: tuple[Row, ...] = (
    ("project list", {}, EVERYBODY),
    ("task list", {}, EVERYBODY),
    ("deadline list", {}, EVERYBODY),
    ("claim list", {}, EVERYBODY),
    ("result list", {}, EVERYBODY),
    ("project report", {}, EVERYBODY),
    ("project update", {"text": "new"}, MEMBERS),
    ("task add", {"title": "Another"}, MEMBERS),
    ("task edit", {"task": "Train", "notes": "n"}, MEMBERS),
    ("task move", {"task": "Train", "state": "review"}, MEMBERS),
    ("task assign", {"task": "Train", "person": "bob"}, MEMBERS),
    ("deadline add", {"title": "NeurIPS", "due": "in 3 days"}, MEMBERS),
    ("deadline move", {"deadline": "ICML", "due": "in 4 days"}, MEMBERS),
    ("deadline done", {"deadline": "ICML"}, MEMBERS),
    ("claim add", {"statement": "s", "metric": "m", "reported": "2"}, MEMBERS),
    ("claim edit", {"claim": "C1", "weight": "2"}, MEMBERS),
    ("claim compare", {"statement": "s", "first": "C1", "second": "C2"}, MEMBERS),
    ("claim import", {}, MEMBERS),
    ("result log", {"claim": "C1", "value": "1.0"}, MEMBERS),
    ("result review", {"result": "C1 R1", "decision": "confirm", "reason": "r"},
     MEMBERS - {"runner"}),
    ("result review", {"result": "C1 R1", "decision": "dispute", "reason": "r"},
     MEMBERS - {"runner"}),
    ("result review", {"result": "C1 R1", "decision": "uphold", "reason": "r"}, LEADS),
    ("project link", {"label": "code", "url": "https://example.org"}, MEMBERS),
    ("project unlink", {"link": "data"}, MEMBERS),
    ("project invite", {"person": "dora"}, MEMBERS),
    ("project edit", {"summary": "Another"}, LEADS),
    ("project status", {"state": "active"}, LEADS),
    ("project archive", {}, LEADS),
    ("project reopen", {"project": "Old"}, LEADS),
    ("project lead", {"person": "cara"}, LEADS),
    ("project propose", {"paper": "Another book", "title": "Another"}, EVERYBODY),
    ("project join", {"project": "Grokking"}, EVERYBODY),
    ("project leave", {"project": "Grokking"}, EVERYBODY),
)  # fmt: skip

BUTTONS: tuple[tuple[str, str, set[str]], ...] = (
    ("claim", "History", EVERYBODY),
    ("claim", "Log a result", MEMBERS),
    ("claim", "Change …", MEMBERS),
    ("result", "Add details", {"runner"}),
    ("result", "Confirm", MEMBERS - {"runner"}),
    ("result", "Dispute", MEMBERS - {"runner"}),
)

REFUSALS = (
    "Only members of",
    "Only the lead of",
    "Only the project's lead",
    "That result is yours",
    "Only the person",
)


async def furnish(world: World) -> ChannelHandle:
    """Make a board with one thing of each kind, and one that is archived; returns the thread."""
    await world.alice.slash(world.channel, "project propose", paper="A book", title="Old")
    (old,) = world.channel.threads
    asked = await world.alice.slash(old, "project archive")
    assert asked.response is not None
    await world.alice.click(asked.response, label="Archive")
    await world.alice.slash(world.channel, "project propose", paper="A book", title="Grokking")
    (thread,) = [one for one in world.channel.threads if one.id != old.id]
    for member in (world.bob, world.cara):
        await member.slash(thread, "project join")
    for name, options in (
        ("task add", {"title": "Train"}),
        ("deadline add", {"title": "ICML", "due": "in 2 days"}),
        ("claim add", {"statement": "It holds", "metric": "loss", "reported": "1.0"}),
        ("claim add", {"statement": "The other too", "metric": "loss", "reported": "2.0"}),
        ("result log", {"claim": "C1", "value": "1.0"}),
        ("project link", {"label": "data", "url": "https://example.org/data"}),
    ):
        await world.cara.slash(thread, name, **options)
    return thread


def people(world: World) -> dict[str, Any]:
    """Return everybody by what they are: cara ran it, and bob is not its runner."""
    return {
        "outsider": world.join("eve"),
        "member": world.bob,
        "runner": world.cara,
        "reviewer": world.bob,
        "lead": world.alice,
        "organiser": world.organiser,
        "bob": world.bob,
        "cara": world.cara,
        "dora": world.join("dora"),
    }


def test_every_command_has_its_row(world: World) -> None:
    have = {
        one.qualified_name
        for one in world.bot.tree.walk_commands()
        if isinstance(one, app_commands.Command) and one.qualified_name.split()[0] in ON_BOARDS
    }
    assert have == {name for name, _, _ in COMMANDS}


@pytest.mark.parametrize("who", ["outsider", "member", "runner", "reviewer", "lead", "organiser"])
async def test_every_command_is_open_to_whom_it_should_be(world: World, who: str) -> None:
    named = people(world)
    thread = await furnish(world)
    for name, options, allowed in COMMANDS:
        if options.get("decision") == "uphold":
            await world.bob.slash(
                thread, "result review", result="C1 R1", decision="dispute", reason="r"
            )
        given = {key: named.get(value, value) for key, value in options.items()}
        answer = await named[who].slash(thread, name, **given)
        said = text(answer)
        refused = any(one in said for one in REFUSALS)
        assert refused is (who not in allowed), f"{name} {options} by {who}: {said}"
        if refused:
            assert answer.ephemeral
        else:
            assert "went wrong" not in said


@pytest.mark.parametrize("who", ["outsider", "member", "runner", "lead", "organiser"])
async def test_every_button_of_the_ledger_is_open_to_whom_it_should_be(
    world: World, who: str
) -> None:
    named = people(world)
    thread = await furnish(world)
    cards = {
        "claim": next(one for one in thread.history() if "History" in text(one)),
        "result": next(one for one in thread.history() if "logged **C1 R1**" in text(one)),
    }
    for where, label, allowed in BUTTONS:
        if label == "Change …":
            answer = await named[who].select(cards[where], ["judged"])
        else:
            answer = await named[who].click(cards[where], label=label)
        said = text(answer)
        refused = any(one in said for one in REFUSALS)
        assert refused is (who not in allowed), f"{label} by {who}: {said}"
        assert answer.ephemeral or answer.modal is not None


async def test_an_organiser_of_another_server_sees_and_changes_nothing(world: World) -> None:
    await furnish(world)
    elsewhere = world.env.create_guild("Elsewhere")
    channel = elsewhere.create_text_channel("general")
    boss = elsewhere.create_role("Boss", permissions=discord.Permissions(manage_guild=True))
    eve = world.join("eve", boss, guild=elsewhere)
    for name, options, _ in COMMANDS:
        if name in ("project list", "project propose"):
            continue
        given = {key: eve if key == "person" else value for key, value in options.items()}
        for reference in ("#2", "Grokking"):
            answer = await eve.slash(channel, name, **{**given, "project": reference})
            assert answer.ephemeral
            assert "no project called" in text(answer) or "no archived" in text(answer), name
    offered = await eve.autocomplete(channel, "project status", "project", "", state="done")
    assert offered == []
