"""Controls and forms whose custom id somebody made up: nothing is changed, and nothing is shown."""

from __future__ import annotations

import inspect
import re
from typing import Any

from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from bot.base.errors import UserError
from bot.ui.controls import CardSelect
from bot.ui.form import CardForm
from tests.security.stage import (
    Reported,
    Saved,
    Side,
    both,
    changed,
    custom_ids,
    defects,
    press,
    rows,
    shown,
    submit,
)
from tests.world import Person, World

NOBODYS = (0, 999_999, 10**18 - 1)
"""Ids that no row has; the last is the largest that a custom id takes."""

OPEN_TO_ALL = (
    "group:join:",
    "board:join:",
    "checkin:open:",
    "checkin:status:",
    "checkin:read:",
    "board:ask:",
    "task:help:",
    "checkin:unblock:",
    "board:propose:",
    "board:proposal:",
    "programme:join:",
    "reading:people:",
)
"""What everybody in the server may press, by what their custom ids begin with."""

EMPTY_FORMS = ("reading:prompt:",)
"""Buttons that open a form with nothing in it, which is refused when it is submitted."""

SEVERAL = 4
"""How many things of one kind are tried."""


def buttons(world: World) -> list[str]:
    """Return the templates of every control that outlives a restart."""
    found = world.bot._connection._view_store._dynamic_items
    return [pattern.pattern for pattern, one in found.items() if is_ours(one)]


def menus(world: World) -> list[str]:
    """Return the templates of those in which something is chosen."""
    found = world.bot._connection._view_store._dynamic_items
    return [pattern.pattern for pattern, one in found.items() if issubclass(one, CardSelect)]


def is_ours(control: type) -> bool:
    """Whether the bot has a control or a form: the tests of the kit make some of their own."""
    return control.__module__.partition(".")[0] in ("bot", "cogs")


def known_forms() -> dict[str, type[CardForm]]:
    """Return the bot's forms by their templates."""
    return {template: form for template, form in CardForm.all.items() if is_ours(form)}


def forms() -> dict[str, dict[str, str]]:
    """Return the templates of every form, with something typed into every field it may have."""
    known: dict[str, dict[str, str]] = {}
    for template, form in known_forms().items():
        source = inspect.getsource(inspect.getmodule(form) or form)
        known[template] = dict.fromkeys(re.findall(r'"([a-z_]{2,20})"', source), "typed words")
    return known


def ids(template: str, mine: dict[str, Any], others: dict[str, Any]) -> list[int]:
    """Return ids of what a template is about that only the first server has."""
    about = re.findall(r"\?P<(\w+)_id>", template)
    if not about:
        return [0]
    named = [table for table in mine if table.endswith(f"{about[-1]}s")]
    own = {row["id"] for table in named for row in mine[table] if "id" in row}
    foreign = {row["id"] for table in named for row in others[table] if "id" in row}
    return sorted(own - foreign)[:SEVERAL] or [1]


async def act(
    world: World, person: Person, channel: ChannelHandle, template: str, custom_id: str
) -> list[InteractionResult]:
    """Press the control, or submit the form, or both where both have the template."""
    done: list[InteractionResult] = []
    if template in buttons(world):
        chosen = ["1"] if template in menus(world) else []
        done.append(await press(person, channel, custom_id, values=chosen))
    if template in known_forms():
        done.append(await submit(person, channel, custom_id, forms()[template]))
    return done


def templates(world: World) -> list[str]:
    """Return all of them, but for those that concern nobody but who presses them."""
    known = dict.fromkeys([*buttons(world), *known_forms()])
    return [one for one in known if not one.startswith(("profile:", "portfolio:"))]


async def test_an_id_of_another_server_does_nothing_there(world: World, reported: Reported) -> None:
    first, second = await both(world)
    saved = Saved(world)
    before, others = await rows(world, first.guild), await rows(world, second.guild)
    wrong: list[str] = []
    for template in templates(world):
        numbers = ids(template, before, others)
        for custom_id in (one for number in numbers for one in custom_ids(template, number)):
            saved.restore()
            reported.take()
            results = await act(world, second.insider, second.channel, template, custom_id)
            wrong += problems(custom_id, first, results, reported, refused=refusable(template))
            if saved.changed() and (now := changed(before, await rows(world, first.guild))):
                wrong.append(f"{custom_id} changed {now}")
    saved.close()
    assert not wrong, "\n".join(wrong)


async def test_who_joined_nothing_changes_nothing(world: World, reported: Reported) -> None:
    first, second = await both(world)
    before, others = await rows(world, first.guild), await rows(world, second.guild)
    saved = Saved(world)
    wrong: list[str] = []
    for template in templates(world):
        if template.startswith(OPEN_TO_ALL):
            continue
        numbers = ids(template, before, others)
        for custom_id in (one for number in numbers for one in custom_ids(template, number)):
            saved.restore()
            reported.take()
            results = await act(world, first.outsider, first.channel, template, custom_id)
            wrong += problems(custom_id, first, results, reported, refused=False)
            if saved.changed():
                wrong.append(f"{custom_id} changed {saved.changed()}")
    saved.close()
    assert not wrong, "\n".join(wrong)


async def test_an_id_that_nothing_has_is_answered_with_a_sentence(
    world: World, reported: Reported
) -> None:
    first, _ = await both(world)
    saved = Saved(world)
    wrong: list[str] = []
    for template in templates(world):
        if r"\d" not in template or template in menus(world):
            continue  # what a menu does is in what was chosen
        for custom_id in (one for number in NOBODYS for one in custom_ids(template, number)):
            saved.restore()
            reported.take()
            results = await act(world, first.insider, first.channel, template, custom_id)
            wrong += problems(custom_id, first, results, reported, refused=refusable(template))
            if saved.changed():
                wrong.append(f"{custom_id} changed {saved.changed()}")
    saved.close()
    assert not wrong, "\n".join(wrong)


MADE_UP = (["1"], ["nobody-knows"], ["server", "groups", "nobody"], ["x" * 100], ["<@1>", "a, b"])
"""Values that no menu offers, or not so many at a time."""


async def test_controls_that_are_ones_own_take_nothing_made_up_and_change_nobody_elses(
    world: World, reported: Reported
) -> None:
    first, _ = await both(world)
    presser = first.outsider
    before = await rows(world, first.guild)
    wrong: list[str] = []
    known = dict.fromkeys([*buttons(world), *known_forms()])
    for template in known:
        if not template.startswith(("profile:", "portfolio:")):
            continue
        for custom_id in custom_ids(template, 1):
            results: list[InteractionResult] = []
            if template in menus(world):
                results += [
                    await press(presser, first.channel, custom_id, values=values)
                    for values in MADE_UP
                ]
            elif template in buttons(world):
                results.append(await press(presser, first.channel, custom_id))
            if template in known_forms():
                results.append(await submit(presser, first.channel, custom_id, forms()[template]))
            wrong += problems(custom_id, first, results, reported, refused=False)
    now = await rows(world, first.guild)
    others = [one for one in now["profiles"] if one["user_id"] != presser.id]
    assert others == before["profiles"]
    assert [one["levels"] for one in now["servers"]] == [None]
    assert not wrong, "\n".join(wrong)


def refusable(template: str) -> bool:
    """Whether an id that is not this server's must be refused at once."""
    return r"\d" in template and not template.startswith(EMPTY_FORMS)


def problems(
    custom_id: str,
    side: Side,
    results: list[InteractionResult],
    reported: Reported,
    *,
    refused: bool,
) -> list[str]:
    """Say what is wrong with the answers; ``refused`` asks for a refusal of each."""
    errors = reported.take()
    found: list[str] = []
    if not all(result.acknowledged for result in results):
        found.append(f"{custom_id}: no answer")
    if defects(errors):
        found.append(f"{custom_id}: a defect of ours: {defects(errors)}")
    if refused:
        mistakes = [error for error in errors if isinstance(error, UserError)]
        if len(mistakes) < len(results):
            found.append(f"{custom_id}: was not refused: {[shown(one)[:300] for one in results]}")
        if any(side.word in shown(result) for result in results):
            found.append(f"{custom_id}: shows {[shown(one) for one in results]}")
    return found
