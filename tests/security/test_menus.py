"""Menus with values that were never offered, and lists that complete somebody else's things."""

from __future__ import annotations

import json
from typing import Any

from bot.ui.controls import CardSelect
from tests.security.stage import (
    Reported,
    Saved,
    both,
    changed,
    custom_ids,
    defects,
    every_slash,
    furnish,
    new_group,
    new_server,
    press,
    rows,
    shown,
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


async def test_a_value_of_a_channel_that_somebody_cannot_read_tells_and_changes_nothing(
    world: World, reported: Reported
) -> None:
    first = new_server(world, "first", "quokka")
    await furnish(world, first)
    before = await rows(world, first.guild)
    private = new_group(world, first, "private", "bilby", private=True)
    await furnish(world, private)
    after = await rows(world, first.guild)

    def ids(found: dict[str, list[dict[str, Any]]]) -> set[int]:
        return {
            row["id"] for table in found.values() for row in table if row.get("id", 10**9) < 10**6
        }

    hidden = [*sorted(ids(after) - ids(before), reverse=True)[:3], 2]
    saved = Saved(world)
    wrong: list[str] = []
    for template in menus(world):
        for custom_id in custom_ids(template, 1):
            for value in hidden:
                saved.restore()
                result = await press(first.member, first.channel, custom_id, values=[str(value)])
                if private.word in shown(result):
                    wrong.append(f"{custom_id} {value} told {shown(result)[:300]}")
                if saved.changed() and told(private.word, await rows(world, first.guild)) != told(
                    private.word, after
                ):
                    wrong.append(f"{custom_id} {value} changed {saved.changed()}")
    saved.close()
    assert defects(reported.take()) == []
    assert not wrong, "\n".join(wrong)


def told(word: str, found: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Return the rows in which a word is."""
    whole = [str(row) for table in found.values() for row in table]
    return [one for one in whole if word in one]


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
