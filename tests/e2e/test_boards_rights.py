"""Who may do what on a board: every command, by everybody."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from tests.world import World, text

MEMBERS = {"member", "lead"}
LEADS = {"lead", "organiser"}
EVERYBODY = {"outsider", "member", "lead", "organiser"}

COMMANDS: tuple[tuple[str, dict[str, Any], set[str]], ...] = (
    ("list", {}, EVERYBODY),
    ("task list", {}, EVERYBODY),
    ("deadline list", {}, EVERYBODY),
    ("claim list", {}, EVERYBODY),
    ("result list", {}, EVERYBODY),
    ("report", {}, EVERYBODY),
    ("update", {"text": "new"}, MEMBERS),
    ("task add", {"title": "Another"}, MEMBERS),
    ("task edit", {"task": "Train", "notes": "n"}, MEMBERS),
    ("task move", {"task": "Train", "state": "review"}, MEMBERS),
    ("task assign", {"task": "Train", "person": "bob"}, MEMBERS),
    ("deadline add", {"title": "NeurIPS", "due": "in 3 days"}, MEMBERS),
    ("deadline move", {"deadline": "ICML", "due": "in 4 days"}, MEMBERS),
    ("deadline done", {"deadline": "ICML"}, MEMBERS),
    ("claim add", {"statement": "s", "metric": "m", "reported": "2"}, MEMBERS),
    ("claim edit", {"claim": "C1", "weight": "2"}, MEMBERS),
    ("claim import", {}, MEMBERS),
    ("result log", {"claim": "C1", "value": "1.0"}, MEMBERS),
    ("result review", {"result": "C1 R1", "decision": "confirm", "reason": "r"}, MEMBERS),
    ("link add", {"label": "code", "url": "https://example.org"}, MEMBERS),
    ("link remove", {"link": "data"}, MEMBERS),
    ("invite", {"person": "dora"}, MEMBERS),
    ("edit", {"summary": "Another"}, LEADS),
    ("status", {"state": "active"}, LEADS),
    ("archive", {}, LEADS),
    ("lead", {"person": "cara"}, LEADS),
)


@pytest.mark.parametrize("who", ["outsider", "member", "lead", "organiser"])
async def test_every_command_is_open_to_whom_it_should_be(world: World, who: str) -> None:
    people = {
        "bob": world.bob,
        "cara": world.cara,
        "dora": world.join("dora"),
        "outsider": world.join("eve"),
        "member": world.bob,
        "lead": world.alice,
        "organiser": world.organiser,
    }
    await world.alice.slash(world.channel, "project propose", paper="A book", title="Grokking")
    (thread,) = world.channel.threads
    for member in (world.bob, world.cara):
        await member.slash(thread, "project join")
    for name, options in (
        ("task add", {"title": "Train"}),
        ("deadline add", {"title": "ICML", "due": "in 2 days"}),
        ("claim add", {"statement": "It holds", "metric": "loss", "reported": "1.0"}),
        ("result log", {"claim": "C1", "value": "1.0"}),
        ("link add", {"label": "data", "url": "https://example.org/data"}),
    ):
        await world.cara.slash(thread, f"project {name}", **options)

    for name, options, allowed in COMMANDS:
        given = {key: people.get(value, value) for key, value in options.items()}
        answer = await people[who].slash(thread, f"project {name}", **given)
        said = text(answer)
        refused = "Only members of" in said or "Only the lead of" in said
        assert refused is (who not in allowed), f"{name} by {who}: {said}"
        if refused:
            assert answer.ephemeral
        else:
            assert "went wrong" not in said


async def test_an_organiser_of_another_server_sees_and_changes_nothing(world: World) -> None:
    await world.alice.slash(world.channel, "project propose", paper="A book", title="Grokking")
    elsewhere = world.env.create_guild("Elsewhere")
    channel = elsewhere.create_text_channel("general")
    boss = elsewhere.create_role("Boss", permissions=discord.Permissions(manage_guild=True))
    eve = elsewhere.add_member(world.env.create_user("eve"), roles=[boss])
    for name, options, _ in COMMANDS:
        if name == "list":
            continue
        given = {key: eve if key == "person" else value for key, value in options.items()}
        for reference in ("#1", "Grokking"):
            answer = await eve.slash(channel, f"project {name}", project=reference, **given)
            assert answer.ephemeral
            assert "no project called" in text(answer), name
    offered = await eve.autocomplete(channel, "project status", "project", "", state="done")
    assert offered == []
