"""Levels as a server names them, interests that are in use, and menus that somebody made up."""

from __future__ import annotations

from typing import Any

from tests.e2e.people.test_profiles import person, say
from tests.security.stage import press
from tests.world import World, text


async def name(world: World, levels: str) -> Any:
    shown = await world.organiser.slash(world.channel, "profile show")
    form = await world.organiser.click(shown.response, label="Name the levels")
    return await world.organiser.submit_modal(form, {"levels": levels})


async def test_organisers_name_the_levels_and_they_are_used_everywhere(world: World) -> None:
    named = await name(world, "1. Week zero\nLevel 2: Paper *reader*\n\n3) Researcher")
    assert "2. Paper \\*reader\\*" in text(named)
    await world.restart()
    form = await world.alice.slash(world.channel, "profile set")
    assert "2: Paper *reader*" in repr(form.modal)
    assert "4:" not in repr(form.modal)
    await person(world, world.alice, level=["2"])
    await person(world, world.bob, level=["2"])
    shown = text(await world.bob.slash(world.channel, "profile show", person=world.alice))
    assert "2: Paper \\*reader\\*" in shown
    found = text(await world.alice.slash(world.channel, "profile match"))
    assert "both at level 2: Paper \\*reader\\*" in found
    mine = await world.alice.slash(world.channel, "profile show")
    assert "Name the levels" not in text(mine)


async def test_only_organisers_name_them_and_what_cannot_be_is_given_back(world: World) -> None:
    for custom_id in ("profile:levels",):
        refused = await press(world.alice, world.channel, custom_id)
        assert "Only organisers" in text(refused)
    few = await name(world, "only one")
    assert "2 to 9" in text(few)
    assert "only one" in text(few)
    long = await name(world, "x" * 70 + "\nb")
    assert "60 characters" in text(long)


async def test_fewer_levels_leave_a_number_and_blank_brings_the_usual_ones_back(
    world: World,
) -> None:
    await say(world, world.alice, level=["4"])
    await name(world, "one\ntwo")
    own = text(await world.alice.slash(world.channel, "profile show"))
    assert "Level\n4\n" in own
    back = await name(world, "")
    assert "starting out" in text(back)
    assert "4: doing research" in text(await world.alice.slash(world.channel, "profile show"))


async def test_the_panel_of_the_set_up_leads_to_the_levels_too(world: World) -> None:
    panel = await world.organiser.slash(world.channel, "cohort setup")
    step = await world.organiser.click(panel.response, label="Later")
    form = await world.organiser.click(step.response, label="Names of levels")
    assert "One level a line" in repr(form.modal)


async def test_interests_in_use_are_added_with_a_menu_each_once(world: World) -> None:
    await person(world, world.bob, interests="RLHF, evals")
    await say(world, world.alice, interests="evals")
    shown = await world.alice.slash(world.channel, "profile show")
    assert "Add interests" in text(shown)
    added = await world.alice.select(shown.response, ["rlhf"], custom_id="profile:tags")
    assert "evals, rlhf" in text(added)
    assert "Add interests" not in text(added), "there are no others"


async def test_values_that_no_menu_has_are_answered_with_a_sentence(world: World) -> None:
    for custom_id in ("profile:open", "profile:audience", "profile:hide"):
        refused = await press(world.alice, world.channel, custom_id, values=["everything"])
        assert "no longer in the list" in text(refused), custom_id
    long = await press(world.alice, world.channel, "profile:tags", values=["x" * 90])
    assert "40 characters" in text(long)
    own = await world.alice.slash(world.channel, "profile show")
    assert "say nothing about yourself" in text(own)
