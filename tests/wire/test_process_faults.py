"""Every fault of the wire against the bot's own process: what is due arrives once all the same."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from .faults import Moment
from .models import Channel, User
from .process import WARM, BotProcess
from .server import WireDiscord
from .test_process import POST, channel, is_prompt, ledger, olga, prompts, schedule, told

__all__ = ["channel", "olga"]


@pytest.mark.parametrize(
    "fault",
    [
        {"retry_after": 0.4},
        {"retry_after": 0.4, "everywhere": True},
        {"status": 500},
        {"status": 502, "times": 2},
        {"status": 502, "when": Moment.AFTER},
        {"cut": True, "when": Moment.BEFORE},
        {"cut": True, "when": Moment.AFTER},
    ],
    ids=lambda fault: " ".join(f"{name}={value}" for name, value in fault.items()),
)
async def test_a_request_that_fails_is_made_again_and_the_message_stands_once(
    wire: WireDiscord, channel: Channel, olga: User, tmp_path: Path, fault: dict[str, Any]
) -> None:
    async with BotProcess(wire, tmp_path, command=WARM, environment={"WIRE_SWEEP": "0.2"}) as bot:
        wire.world.faults.add(*POST, only=is_prompt, **fault)
        await schedule(wire, olga, channel)
        if fault.get("cut"):
            await asyncio.sleep(0.3)
            wire.gateway.drop()  # the line was cut: what waits for it is tried when it is back
        await told(lambda: [state for state, _ in ledger(bot)] == ["sent"], within=40)
        assert len(prompts(wire, channel)) == 1


@pytest.mark.parametrize("how", ["op 7", "op 9", "cut", "resume refused", "closed", "zombie"])
async def test_a_connection_that_breaks_is_taken_up_again(
    wire: WireDiscord, channel: Channel, olga: User, tmp_path: Path, how: str
) -> None:
    patience = {}
    if how == "zombie":
        wire.gateway.heartbeat_seconds = 0.2
        patience = {"WIRE_SILENCE": "2.0"}
    async with BotProcess(wire, tmp_path, command=WARM, environment=patience):
        begun, resumed = wire.gateway.identified, wire.gateway.resumed
        match how:
            case "op 7":
                wire.gateway.ask_to_reconnect()
            case "op 9":
                wire.gateway.invalidate()
            case "cut":
                wire.gateway.drop()
            case "resume refused":
                wire.gateway.forget()
                wire.gateway.drop()
            case "zombie":
                wire.gateway.go_silent()
            case _:
                await wire.gateway.close(4000)
        await wire.world.until(
            lambda: wire.gateway.identified > begun or wire.gateway.resumed > resumed, 30.0
        )
        answer = await wire.interact_slash(olga, channel, "cohort help", within=10.0)
        assert answer.text
    taken_up = wire.gateway.resumed > resumed
    assert taken_up == (how in ("op 7", "cut", "closed", "zombie"))


@pytest.mark.parametrize(("code", "reason"), [(50013, "Send Messages"), (10003, "deleted")])
async def test_a_refusal_is_on_record_with_its_reason_and_is_tried_again(
    wire: WireDiscord, channel: Channel, olga: User, tmp_path: Path, code: int, reason: str
) -> None:
    async with BotProcess(wire, tmp_path, command=WARM) as bot:
        wire.world.faults.add(*POST, only=is_prompt, code=code)
        await schedule(wire, olga, channel)
        # The first is the prompt; the organisers may be told of it in a message of its own.
        await told(lambda: [state for state, _ in ledger(bot)][:1] == ["failed"], within=40)
        assert reason in str(ledger(bot)[0][1])
