"""The demo's programme: a cohort that goes through a reading list, two units in.

Like the rest of the story, it consists of what people do: commands, buttons and forms.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import discord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.demo import controls
from bot.demo.simulated_server import Town

TITLE = "Mech interp, from zero"
COHORT = 26
"""How many of the crowd join, so that the picture has a second page."""

LIST = """\
title,link,minutes,level,exercises
What is a circuit?,https://distill.pub/2020/circuits/zoom-in/,30,beginner,Draw a curve detector
Transformers as circuits,https://transformer-circuits.pub/2021/framework/,60,beginner,\
Write the QK circuit of one head; Find an induction head in GPT-2
Induction heads,https://arxiv.org/abs/2209.11895,50,intermediate,Plot the phase change
Superposition,https://transformer-circuits.pub/2022/toy_model/,60,intermediate,\
Train the five-feature toy model
Progress measures,https://arxiv.org/abs/2301.05217,45,intermediate,Reproduce figure 4
Causal tracing,https://arxiv.org/abs/2202.05262,40,advanced,Trace one fact
Write it up,,20,beginner,
Choose a problem,https://www.alignmentforum.org/,40,beginner,List three open problems
"""

STAGES = """\
Readings | The question you would most like answered, in three lines | due 2026-12-09
Artefact | A summary of a reading that goes a step further, as a link | due 2027-01-08 | units 7-8
Open problem | A project on an open problem, proposed as a board | due 2027-02-12
"""


async def begin(town: Town, crowd: Sequence[MemberActor]) -> None:
    """Olga starts it, and the others join."""
    olga, amara, ben, chiara = list(town.people.values())[:4]
    channel = town.channels["mech-interp"]
    await town.until(datetime(2026, 10, 26, 10, 30, tzinfo=UTC))
    shown = await olga.slash(
        channel,
        "reading import",
        file=("mech-interp.csv", LIST.encode()),
        title=TITLE,
        when="2026-10-28 12:30",
    )
    assert shown.response is not None  # noqa: S101 - the file is our own
    kept = await olga.click(shown.response, label="As a programme")
    assert kept.response is not None  # noqa: S101 - the list can be kept
    form = await olga.click(kept.response, label="Start the programme")
    await olga.submit_modal(
        form, {"starts": "2026-10-28 12:30", "weeks": "2026-12-23, 2026-12-30", "pods": ""}
    )
    gates = await olga.click(_card(channel), label="Stages")
    assert gates.response is not None  # noqa: S101 - she leads it
    form = await olga.click(gates.response, label="Change the stages")
    await olga.submit_modal(form, {"stages": STAGES})
    for person in (ben, chiara, amara, *crowd[:COHORT]):
        await person.click(_card(channel), label="Join")


async def meet(town: Town, crowd: Sequence[MemberActor], unit: str, month: int, day: int) -> None:
    """Most come to the meeting of a unit, and most of them have read for it."""
    olga, amara, ben, chiara = list(town.people.values())[:4]
    await town.until(datetime(2026, month, day, 12, 45, tzinfo=UTC))
    (thread,) = [
        one for one in town.channels["mech-interp"].threads if (one.name or "").startswith(unit)
    ]
    desk, _ = controls.find("I read it", thread.history(), controls.buttons, "button")
    cohort = [olga, ben, chiara, amara, *crowd[:COHORT]]
    for number, person in enumerate(cohort[1:], start=day):
        if number % 4:
            await person.click(desk, label="I read it")
        if number % 5 not in (0, 3):
            await person.click(desk, label="I'm here")


async def hand_in(town: Town) -> None:
    """Two are early, so that somebody waits at the gate."""
    _, _, ben, chiara = list(town.people.values())[:4]
    card = _card(town.channels["mech-interp"])
    for person, words in (
        (ben, "Why does an induction head form at one step, and not slowly?"),
        (chiara, "https://example.org/chiara/superposition-in-three-lines"),
    ):
        shown = await person.click(card, label="Where I stand")
        assert shown.response is not None  # noqa: S101 - they are in it
        form = await person.click(shown.response, label="Hand in")
        await person.submit_modal(form, {"text": words})


def _card(channel: ChannelHandle) -> discord.Message:
    """Return the programme's card."""
    message, _ = controls.find("Where I stand", channel.history()[::-1], controls.buttons, "button")
    return message
