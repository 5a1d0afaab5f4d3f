"""Nothing of a person who hid it is seen by another: each part of a profile, everywhere."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from data.states import Audience, ProfileField, Purpose
from tests.e2e.people.test_coffee import FIRST
from tests.e2e.people.test_portfolio import files
from tests.e2e.people.test_profiles import choose, person, say
from tests.world import World

SAID: dict[str, Any] = {
    "timezone": "Pacific/Chatham",
    "level": ["2"],
    "interests": "quokka studies",
    "free": "sun 3:15-4:45",
    "about": "the unsaid line",
}

SECRETS = {
    ProfileField.TIMEZONE: r"Chatham",
    ProfileField.LEVEL: r"marsupial|levels 1 (and|to) 2",
    ProfileField.INTERESTS: r"quokka",
    ProfileField.FREE: r"3:15|1\.5 (shared )?hours|Times that suit",
    ProfileField.ABOUT: r"unsaid",
}
"""What gives each part away, also as a reason: alice and bob share the interest and the hours."""


async def everything_shown(world: World) -> str:
    """Look everywhere as bob and the organiser, and return all that the bot says meanwhile.

    Alice has a portfolio to show, is open to everything, and is in the coffees.
    """
    await world.group()
    await world.organiser.slash(world.channel, "group leave")
    form = await world.organiser.slash(world.channel, "profile show")
    named = await world.organiser.click(form.response, label="Name the levels")
    await world.organiser.submit_modal(named, {"levels": "novice\nmarsupial level\nold hand"})
    await say(world, world.bob, **(SAID | {"level": ["1"], "about": "I am bob"}))
    await choose(world, world.bob, open_to=(Purpose.PAIR, Purpose.MENTORED))
    await world.organiser.slash(world.channel, "coffee", every=1)
    card = [one for one in world.channel.history() if one.components][-1]
    for who in (world.alice, world.bob):
        await who.click(card, label="Count me in")
    await world.alice.slash(world.channel, "checkin post", did="A thing")
    own = await world.alice.slash(world.channel, "profile portfolio")
    await world.alice.click(own.response, label="Share it with this server")

    began = len(world.env.http_requests)
    await world.bob.slash(world.channel, "profile show", person=world.alice)
    before_form = len(world.env.http_requests)
    form = await world.bob.slash(world.channel, "profile set")
    after_form = len(world.env.http_requests)
    for purpose in Purpose:
        found = await world.bob.slash(world.channel, "profile match", **{"for": purpose.value})
        if purpose is Purpose.PAIR and "Introduce us" in str(found.response.components):
            await world.bob.click(found.response, label="Introduce us")
    shared = await world.bob.slash(world.channel, "profile portfolio", person=world.alice)
    await world.bob.slash(
        world.channel, "checkin post", did="Tried", blocked="quokka studies are hard"
    )
    await world.bob.slash(world.channel, "group show")
    await world.bob.slash(world.channel, "cohort help")
    await world.bob.slash(world.channel, "checkin history", person=world.alice)
    await world.bob.slash(world.channel, "checkin stats", person=world.alice)
    formed = await world.organiser.slash(world.channel, "pod form", size=2)
    await world.organiser.click(formed.response, label="Make these pods")
    await world.forward(timedelta(minutes=1))
    for message in world.alice.user.dm_channel.history():
        if "would like to meet you" in message.content:
            await world.alice.user.click(message, label="Introduce us")
    await world.bob.slash(world.channel, "pod show")
    await world.bob.slash(world.channel, "coffee")
    await world.forward(FIRST)
    requests = world.env.http_requests
    # What fills bob's own form is his to see; what it suggests is looked at below.
    said = [str(one.json) for one in (*requests[began:before_form], *requests[after_form:])]
    everything = "\n".join([*said, *(await files(shared)).values(), hints(form.modal)])
    return everything.replace("quokka studies are hard", "")  # bob's own words


def hints(modal: Any) -> str:
    """Return what a form suggests, without what is filled in."""
    return str([one.get("description") for one in modal["components"]])


async def prepared(world: World, *, seen_by: Audience, hide: tuple[str, ...]) -> str:
    await person(world, world.alice, seen_by=seen_by, open_to=tuple(Purpose), hide=hide, **SAID)
    return await everything_shown(world)


async def test_what_is_shown_is_found_everywhere_so_that_this_would_notice(world: World) -> None:
    said = await prepared(world, seen_by=Audience.SERVER, hide=())
    for field, secret in SECRETS.items():
        assert re.search(secret, said), field
    for surface in (
        "In use here: quokka studies",  # the form
        "both quokka studies",  # a match, and an introduction
        "Somebody may know the way",  # help
        "Level 2: marsupial level",  # the portfolio
        "1.5 hours a week that suit both; quokka studies; levels 1 to 2",  # pods and coffees
        "Times that suit you both",  # a coffee
    ):
        assert surface in said, surface


@pytest.mark.parametrize("field", SECRETS)
async def test_a_hidden_part_is_nowhere(world: World, field: ProfileField) -> None:
    said = await prepared(world, seen_by=Audience.SERVER, hide=(field.value,))
    found = re.search(rf".{{0,200}}({SECRETS[field]}).{{0,200}}", said)
    assert found is None, found
    assert re.search("|".join(one for key, one in SECRETS.items() if key is not field), said)


async def test_of_a_profile_that_nobody_may_see_nothing_is_anywhere(world: World) -> None:
    said = await prepared(world, seen_by=Audience.NOBODY, hide=())
    for field, secret in SECRETS.items():
        found = re.search(rf".{{0,200}}({secret}).{{0,200}}", said)
        assert found is None, (field, found)
    assert "Introduce us" not in said
    assert "Somebody may know the way" not in said


async def test_who_shows_themselves_to_their_groups_is_hidden_from_the_others(
    world: World,
) -> None:
    await world.group()
    await person(world, world.alice, seen_by=Audience.GROUPS, open_to=tuple(Purpose), **SAID)
    await person(world, world.cara, open_to=(), **SAID)
    began = len(world.env.http_requests)
    await world.cara.slash(world.channel, "profile show", person=world.alice)
    form = await world.cara.slash(world.channel, "profile set")
    for purpose in Purpose:
        await world.cara.slash(world.channel, "profile match", **{"for": purpose.value})
    shown = await world.cara.slash(world.channel, "profile show")
    assert "Add interests" not in str(shown.response.components)
    said = "\n".join(str(one.json) for one in world.env.http_requests[began:-1])
    assert f"<@{world.alice.id}>:" not in said
    assert "In use here" not in hints(form.modal)
    joining = await world.cara.slash(world.channel, "group join")
    assert joining.acknowledged
    found = await world.cara.slash(world.channel, "profile match", **{"for": "pair"})
    assert "quokka studies" in str(found.response.components)
