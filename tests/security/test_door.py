"""One door: every control and form asks whether the person may know about what it names.

The templates are walked, not listed: a new control is tried here without anybody thinking of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.base.errors import NotAllowed, NotFound
from bot.ui.controls import CardButton, OwnView
from bot.ui.custom_ids import EXCUSED
from bot.ui.form import CardForm
from data.across.homes import KINDS
from data.schema import metadata
from tests.database import opened
from tests.figures import Figures
from tests.security.stage import (
    Reported,
    Saved,
    custom_ids,
    furnish,
    new_group,
    new_server,
    rows,
    shown,
)
from tests.security.test_forged_ids import act, buttons, forms, ids, templates
from tests.world import World


def subjects(template: str) -> list[str]:
    """Return the fields of a template that name things of ours."""
    names = re.findall(r"\?P<(\w+_id)>", template)
    return [name for name in names if name not in EXCUSED]


async def test_every_template_names_its_things_so_that_the_door_can_look_them_up(
    world: World,
) -> None:
    known = dict.fromkeys([*buttons(world), *forms()])
    named = {name for template in known for name in subjects(template)}
    assert len(named) >= 20, "the walk found next to nothing"
    assert {name.removesuffix("_id") for name in named} <= KINDS


def test_a_control_that_the_door_does_not_know_is_not_even_made() -> None:
    fields = {"__annotations__": {"castle_id": int}}
    with pytest.raises(TypeError, match="does not say where that lives"):
        type.__call__(type(CardButton), "Odd", (CardButton,), fields, custom_id="odd:{castle_id}")

    with pytest.raises(TypeError, match="does not say where that lives"):
        type("OddForm", (CardForm,), fields, custom_id="odd:{castle_id}")


async def test_nothing_of_a_channel_that_somebody_cannot_read_is_told_or_changed(
    world: World, reported: Reported, tell: Callable[[str, Figures], None]
) -> None:
    first = new_server(world, "first", "quokka")
    await furnish(world, first)
    before = await rows(world, first.guild)
    private = new_group(world, first, "private", "bilby", private=True)
    await furnish(world, private)
    await world.forward(timedelta(hours=1))
    after = await rows(world, first.guild)
    saved = Saved(world)
    wrong: list[str] = []
    cells = 0
    for template in templates(world):
        if not subjects(template):
            continue
        found = ids(template, after, before)[:1]
        for number in found if found != [1] else ():  # 1 is what there is nothing else of
            for custom_id in custom_ids(template, number):
                saved.restore()
                reported.take()
                results = await act(world, first.member, first.channel, template, custom_id)
                errors = reported.take()
                cells += 1
                if sum(isinstance(one, NotFound) for one in errors) < len(results):
                    wrong.append(f"{custom_id} was let in: {[shown(one)[:200] for one in results]}")
                if saved.changed():
                    wrong.append(f"{custom_id} changed {saved.changed()}")
                if any(private.word in shown(one) for one in results):
                    wrong.append(f"{custom_id} told {[shown(one)[:200] for one in results]}")
    saved.close()
    tell("the door", {"controls of a hidden channel that were refused": cells - len(wrong)})
    assert not wrong, "\n".join(wrong)
    assert cells >= 100, "the walk pressed next to nothing"


async def test_a_button_whose_row_is_gone_says_so(world: World, reported: Reported) -> None:
    first = new_server(world, "first", "quokka")
    await furnish(world, first)
    mine = await rows(world, first.guild)
    known = {
        template: ids(template, mine, {table: [] for table in mine})[0]
        for template in templates(world)
        if subjects(template)
    }
    with opened(world.bot.store, linked=False) as connection:
        for table in metadata.tables.values():
            if table.name not in ("servers", "groups", "members"):
                connection.execute(table.delete())
    wrong: list[str] = []
    for template, number in known.items():
        if subjects(template) == ["group_id"]:
            continue
        for custom_id in custom_ids(template, number):
            reported.take()
            results = await act(world, first.member, first.channel, template, custom_id)
            errors = reported.take()
            said = [one for one in results if "gone" in shown(one)]
            if len(said) < len(results) or not all(isinstance(one, NotFound) for one in errors):
                wrong.append(f"{custom_id}: {errors} {[shown(one)[:200] for one in results]}")
    assert not wrong, "\n".join(wrong)


async def test_what_one_person_typed_is_handed_to_nobody_else(world: World) -> None:
    refused = await world.alice.slash(world.channel, "profile set")
    assert refused.modal is not None
    failed = await world.alice.submit_modal(refused, {"timezone": "Nowhere/Land"})
    assert failed.response is not None
    (custom_id,) = re.findall(r"'custom_id': '([0-9a-f]{32})'", str(failed.response.components))
    (view,) = [one for one in OwnView._all.values() if custom_id in str(one.to_components())]  # pyright: ignore[reportPrivateUsage]
    bob: Any = SimpleNamespace(user=SimpleNamespace(id=world.bob.id), client=world.bot)
    with pytest.raises(NotAllowed, match="belong to somebody else"):
        await view.interaction_check(bob)
    assert (await world.alice.click(failed.response, label="Open it again")).modal is not None
