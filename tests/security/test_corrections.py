"""Nothing typed is lost: each text option of each command, given something that can't be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from discord import AppCommandOptionType as Kind
from simcord.results import InteractionResult

from bot.base.errors import UserError
from tests.security.stage import (
    Example,
    Reported,
    Saved,
    Side,
    defects,
    every_slash,
    example,
    furnish,
    new_server,
    shown,
    use,
)
from tests.world import World, text

IMPOSSIBLE = "quite !impossible %"
"""What is no time, no zone, no number and the title of nothing."""

OWN_WAY = frozenset({"reading import"})
"""Commands that keep what was given as a draft, shown with how each part was read."""


async def test_a_refused_command_offers_all_that_was_given_and_takes_the_correction(
    world: World, reported: Reported
) -> None:
    side = new_server(world, "first", "quokka")
    await furnish(world, side)
    saved = Saved(world)
    wrong: list[str] = []
    refusals = corrected = 0
    for command in list(every_slash(world)):
        if command.qualified_name in OWN_WAY:
            continue
        saved.restore()
        filled = await example(world, side, command)
        reported.take()
        for parameter in command.parameters:
            option = parameter.display_name
            if parameter.type is not Kind.string or parameter.choices:
                continue
            saved.restore()
            reported.take()
            refused = await use(filled, side.insider, **{option: IMPOSSIBLE})
            errors = reported.take()
            name = f"/{command.qualified_name} {option}"
            if found := defects(errors):
                wrong.append(f"{name}: {found}")
            if not any(isinstance(one, UserError) for one in errors):
                continue
            refusals += 1
            given = {**filled.options, option: IMPOSSIBLE}
            form = await _form(side, refused, option)
            if form is None:
                wrong.append(f"{name}: no form is offered: {shown(refused)[:300]}")
                continue
            lost = _lost(form, filled, given)
            if lost:
                wrong.append(f"{name}: the form lacks {lost}")
            if option not in filled.options and parameter.required:
                continue
            values = _values(form, filled, option)
            sent = await side.insider.submit_modal(form, values)
            if any(isinstance(one, UserError) for one in reported.take()):
                saved.restore()
                await use(filled, side.insider)
                # The example itself may be refused; then the corrected command is, too.
                if not any(isinstance(one, UserError) for one in reported.take()):
                    wrong.append(f"{name}: corrected, it says {text(sent)[:200]!r}")
            else:
                corrected += 1
    saved.close()
    assert not wrong, "\n".join(wrong)
    assert refusals > 120, refusals
    assert corrected > 100, corrected


async def test_where_several_groups_are_possible_one_is_picked_and_the_command_carries_on(
    world: World, reported: Reported
) -> None:
    side = new_server(world, "first", "quokka")
    await furnish(world, side)
    other, lobby = (side.guild.create_text_channel(name) for name in ("second", "lobby"))
    await side.insider.slash(other, "group create", name="Another group", focus="another paper")
    async with world.bot.store.read() as tx:
        first = min(await tx.groups.of_server(side.guild.id), key=lambda one: one.id)
    saved = Saved(world)
    wrong: list[str] = []
    asked = 0
    for command in list(every_slash(world)):
        if all(one.display_name != "group" or one.required for one in command.parameters):
            continue
        saved.restore()
        filled = await example(world, side, command)
        reported.take()
        elsewhere = replace(filled, channel=lobby)
        menu = await use(elsewhere, side.insider, group=None)
        if "Which group do you mean?" not in text(menu):
            continue
        asked += 1
        assert menu.response is not None
        row: Any = menu.response.message.components[0]
        (value,) = [one.value for one in row.children[0].options if one.label == first.name]
        reported.take()
        picked = await side.insider.select(menu.response, [value])
        after = [type(one) for one in reported.take()]
        saved.restore()
        await use(elsewhere, side.insider, group=f"#{first.id}")
        if after != [type(one) for one in reported.take()] or not picked.acknowledged:
            wrong.append(f"/{command.qualified_name}: {text(picked)[:200]!r}")
    saved.close()
    assert not wrong, "\n".join(wrong)
    assert asked > 15, asked


async def _form(side: Side, refused: InteractionResult, option: str) -> InteractionResult | None:
    """Open the form that a refusal offers for an option."""
    answers = [one for one in (refused.response, *refused.followups) if one is not None]
    for answer in answers:
        for row in answer.message.components:
            for button in getattr(row, "children", ()):
                label = str(button.label or "")
                if not label.startswith(("Correct", "Open it again")):
                    continue
                form = await side.insider.click(answer, label=label)
                if form.modal is not None and option in _fields(form):
                    return form
    return None


def _fields(form: InteractionResult) -> dict[str, dict[str, Any]]:
    """Return the controls of a form by what each is for."""
    assert form.modal is not None
    controls = [one.get("component", {}) for one in form.modal["components"]]
    return {one["custom_id"]: one for one in controls if "custom_id" in one}


def _lost(form: InteractionResult, filled: Example, given: dict[str, Any]) -> list[str]:
    """Return the options that a form shows otherwise than they were given."""
    lost: list[str] = []
    for name, control in _fields(form).items():
        wanted = given.get(name)
        if control["type"] == 4 and isinstance(wanted, str | int):
            offered = filled.offered.get(name, {})
            titles = {
                str(wanted),
                str(offered.get("name")) if wanted == offered.get("value") else "",
            }
            if str(control.get("value", "")) not in titles:
                lost.append(f"{name}: {control.get('value')!r} for {wanted!r}")
    return lost


def _values(form: InteractionResult, filled: Example, corrected: str) -> dict[str, Any]:
    """Return what somebody sends who corrects one field and leaves the rest."""
    values: dict[str, Any] = {}
    for name, control in _fields(form).items():
        if control["type"] == 4:
            values[name] = control.get("value", "")
        elif control["type"] == 3:
            values[name] = [one["value"] for one in control["options"] if one.get("default")]
        elif name in filled.options:
            values[name] = [filled.options[name]]
    right = filled.options.get(corrected)
    offered = filled.offered.get(corrected)
    values[corrected] = str(offered["name"] if offered else right if right is not None else "")
    return values
