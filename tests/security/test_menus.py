"""Menus with values that were never offered, and lists that complete somebody else's things."""

from __future__ import annotations

import json

from bot.ui.controls import CardSelect
from tests.security.stage import (
    Reported,
    Saved,
    both,
    changed,
    custom_ids,
    defects,
    every_slash,
    press,
    rows,
)
from tests.world import World

FORGED = ("1", "999999", "-1", "9" * 30, "x")


def menus(world: World) -> list[str]:
    found = world.bot._connection._view_store._dynamic_items
    return [pattern.pattern for pattern, one in found.items() if issubclass(one, CardSelect)]


async def test_a_value_that_no_menu_offers_is_refused_in_a_sentence(
    world: World, reported: Reported
) -> None:
    first, second = await both(world)
    saved = Saved(world)
    before = await rows(world, first.guild)
    wrong: list[str] = []
    for template in menus(world):
        for custom_id in (one for number in (1, 10**17) for one in custom_ids(template, number)):
            for value in FORGED:
                for person in (second.insider, first.outsider, first.insider):
                    saved.restore()
                    reported.take()
                    side = second if person is second.insider else first
                    result = await press(person, side.channel, custom_id, values=[value])
                    name = f"{custom_id} {value!r} by {person.user.name}"
                    if not result.acknowledged:
                        wrong.append(f"{name}: no answer")
                    if found := defects(reported.take()):
                        wrong.append(f"{name}: {found}")
                    own = template.startswith("profile:")  # what concerns the presser alone
                    if person is not first.insider and not own and saved.changed():
                        now = changed(before, await rows(world, first.guild))
                        wrong += [f"{name} changed {now}"] if now else []
    saved.close()
    assert not wrong, "\n".join(sorted(set(wrong)))


async def test_what_is_ones_own_is_offered_to_nobody_else(world: World, reported: Reported) -> None:
    """A promise, a check-in, a task of one's own: others complete only what they may act on."""
    first, _ = await both(world)
    wrong: list[str] = []
    for command in every_slash(world):
        if not command.qualified_name.startswith("commitment "):
            continue
        for parameter in command.parameters:
            if not parameter.autocomplete or parameter.display_name == "group":
                continue
            for person in (first.outsider, first.organiser, first.lead):
                choices = await person.autocomplete(
                    first.channel, command.qualified_name, parameter.display_name, ""
                )
                if "promise" in json.dumps(choices):
                    wrong.append(f"/{command.qualified_name} {parameter.display_name}")
    assert reported.take() == []
    assert not wrong, "\n".join(wrong)
