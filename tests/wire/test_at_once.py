"""Ten people at once, away from where what they do is shown: each is answered in time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from . import interactions
from .test_outages import Group, group

__all__ = ["group"]

PEOPLE = 10

IN_TIME = timedelta(seconds=4.5)
"""Longer than Discord's three seconds, for a loaded machine; shorter than the five after which the
channel takes the sixth message, so that whoever posts first answers too late."""


async def test_ten_people_who_use_a_command_from_a_thread_are_all_answered(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interactions, "FIRST_ANSWER", IN_TIME)
    wire, here = group.wire, group.channel
    assert here.guild is not None
    people = [wire.world.add_person(f"Person {one}", here.guild) for one in range(PEOPLE)]
    aside = wire.world.create_thread(here, "aside", group.olga)
    for person in people:
        await wire.interact_slash(person, here, "group join")
    # Each is a card of its own in the group's channel, which takes five in five seconds.
    answered = await asyncio.gather(
        *(
            wire.interact_slash(
                person, aside, "meeting schedule", within=60, title=person.name, when="in 3 days"
            )
            for person in people
        )
    )
    assert all(one.callback is not None for one in answered)
    assert group.rows("SELECT count(*) FROM meetings") == [(PEOPLE,)]
