"""Requests of a form that Discord would refuse are refused, and noted."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from . import schema
from .models import Channel
from .plain_client import PlainClient
from .server import WireDiscord

SEND = "/channels/{channel_id}/messages"
COMMANDS = "/applications/{application_id}/commands"
described = pytest.mark.skipif(
    schema.description() is None, reason="no copy of Discord's description beside the repository"
)


@pytest.fixture
def channel(wire: WireDiscord) -> Channel:
    return wire.world.add_channel(wire.world.add_guild("Study hall"), "general")


def button(custom_id: str | None = "a", **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": custom_id, **more}


def row(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(parts)}


def text(content: str) -> dict[str, Any]:
    return {"type": 10, "content": content}


def command(**more: Any) -> dict[str, Any]:
    return {"name": "group", "description": "Groups", "type": 1, **more}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"content": "x" * 2001}, "2000"),
        ({"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]}, "6000"),
        ({"components": [row(button(str(n))) for n in range(6)]}, "between 1 and 5"),
        ({"components": [row(button()), row(button())]}, "duplicated: a"),
        ({"components": [row(button(None))]}, "custom id is required"),
        ({"components": [row(button("a", style=5, url="https://x.org"))]}, "url cannot both"),
        ({"components": [text("x")]}, "Only action rows"),
        ({"components": [text("x")] * 41, "flags": 1 << 15}, "number of components is 40"),
        ({"components": [text("x" * 4001)], "flags": 1 << 15}, "4000"),
        ({"components": [text("x")], "content": "x", "flags": 1 << 15}, "cannot be used"),
    ],
)
def test_a_message_that_discord_refuses(body: dict[str, Any], reason: str) -> None:
    found = list(schema.unwritten_violations("POST", SEND, body))
    assert [r for _, r in found if reason in r], found


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2000},
        {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2000}]},
        {"components": [row(button(str(n))) for n in range(5)]},
        {"components": [{"type": 17, "components": [text("x")] * 39}], "flags": 1 << 15},
    ],
)
def test_a_message_at_the_limit(body: dict[str, Any]) -> None:
    assert schema.violations("POST", SEND, body) == []


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ([command(name="Group")], "name is invalid"),
        ([command(), command()], "must be unique"),
        ([command(description="")], "required"),
        (
            [
                command(
                    options=[
                        {"type": 3, "name": "a", "description": "a", "required": False},
                        {"type": 3, "name": "b", "description": "b", "required": True},
                    ]
                )
            ],
            "Required options",
        ),
        (
            [
                command(
                    options=[
                        {
                            "type": 3,
                            "name": f"o{number}",
                            "description": "x" * 100,
                            "choices": [
                                {"name": "n" * 50, "value": f"{choice}"} for choice in range(9)
                            ],
                        }
                        for number in range(20)
                    ]
                )
            ],
            "8000",
        ),
    ],
)
def test_a_command_that_discord_refuses(commands: list[dict[str, Any]], reason: str) -> None:
    found = list(schema.unwritten_violations("PUT", COMMANDS, commands))
    assert [r for _, r in found if reason in r], found


@described
@pytest.mark.parametrize(
    ("method", "route", "body"),
    [
        ("POST", SEND, {"content": 5}),
        ("POST", SEND, {"nonce": "n" * 26}),
        ("POST", SEND, {"embeds": [{"title": "x" * 257}]}),
        ("POST", SEND, {"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]}),
        ("POST", "/channels/{channel_id}/threads", {"name": "x" * 101, "type": 11}),
        ("PUT", COMMANDS, [command(options=[command(type=1, name=f"s{n}") for n in range(26)])]),
        ("POST", "/guilds/{guild_id}/scheduled-events", {"name": "Meeting"}),
    ],
)
def test_what_the_description_forbids(method: str, route: str, body: Any) -> None:
    assert schema.violations(method, route, body)


@described
def test_harmless_deviations_are_accepted() -> None:
    tags = {"applied_tags": [5, "6"]}
    assert schema.violations("PATCH", "/channels/{channel_id}", tags) == []
    forum = {"type": 7, "name": "boards", "description": "Where", "channel_types": [15, 16]}
    asks = [command(default_member_permissions="32", options=[forum])]
    assert schema.violations("PUT", COMMANDS, asks) == []
    assert schema.violations("POST", SEND, None) == []


@described
def test_the_reason_names_what_is_wrong_inside() -> None:
    where = {"type": 7, "name": "where", "description": "Where", "channel_types": [99]}
    asks = [command(options=[command(name="setup", options=[where])])]
    [(path, reason)] = schema.violations("PUT", COMMANDS, asks)
    assert path == (0, "options", 0, "options", 0, "channel_types", 0)
    assert reason.startswith("99 is not valid")
    broken = {"components": [{"type": 17, "components": [row(button(label="x" * 81))]}]}
    [(path, reason)] = schema.violations("POST", SEND, broken | {"flags": 1 << 15})
    assert path[-1] == "label"
    assert "too long" in reason


@described
def test_every_route_here_is_one_of_discords() -> None:
    from .routing import ROUTES

    description = schema.description()
    assert description is not None
    own_names = {"{which}": "{message_id}"}
    for route in ROUTES:
        template = route.template
        for ours, theirs in own_names.items():
            template = template.replace(ours, theirs)
        assert description.knows(route.method, template), (route.method, template)


async def test_a_refused_form_reaches_the_client_and_the_log(
    wire: WireDiscord, channel: Channel, client: PlainClient
) -> None:
    place = (await client.connected()).text_channels[0]
    with pytest.raises(discord.HTTPException) as refusal:
        await place.send("x" * 2001)
    assert refusal.value.code == 50035
    assert "2000" in refusal.value.text
    assert "2000" in wire.requests.violations()[0]
    with pytest.raises(discord.HTTPException) as empty:
        await place.send("   ")
    assert empty.value.code == 50006
    wire.rest.checks_form = False
    await place.send("x" * 2001)
    assert len(channel.messages) == 1
