"""Controls and forms that are not for every member: who is refused, by what they are."""

from __future__ import annotations

from collections.abc import Callable

from bot.base.errors import UserError
from tests.figures import Figures
from tests.security.stage import Reported, Saved, custom_ids, defects, furnish, new_server, rows
from tests.security.test_forged_ids import act, ids, templates
from tests.security.test_matrix import Who
from tests.world import World

STRICTER: dict[str, Who] = {
    "server:retry": Who.ORGANISER,
    "server:dismiss": Who.ORGANISER,
    "server:zone": Who.MANAGER,
    "group:restore": Who.ORGANISER,
    "checkin:questions": Who.ORGANISER,
    "pod:open": Who.ORGANISER,
    "pod:mix": Who.ORGANISER,
    "pod:change": Who.ORGANISER,
    "pod:swap": Who.ORGANISER,
    "board:settings": Who.LEAD,
    "board:accept": Who.LEAD,
    "board:refuse": Who.LEAD,
    "programme:plan": Who.LEAD_OR_ORGANISER,
    "programme:gates": Who.LEAD_OR_ORGANISER,
    "programme:stages": Who.LEAD_OR_ORGANISER,
    "programme:restore": Who.LEAD_OR_ORGANISER,
}
"""By the first two words of their custom id. All others are for members of what they belong to,
which the tests of forged ids hold, or for everybody who is named there."""


async def test_who_may_not_press_is_refused_and_changes_nothing(
    world: World, reported: Reported, tell: Callable[[str, Figures], None]
) -> None:
    side = new_server(world, "first", "quokka")
    await furnish(world, side)
    mine = await rows(world, side.guild)
    saved = Saved(world)
    wrong: list[str] = []
    cells = 0
    known = {template: ":".join(template.split(":")[:2]) for template in templates(world)}
    assert STRICTER.keys() - set(known.values()) == set(), "no such control"
    for template, name in known.items():
        who = STRICTER.get(name)
        if who is None:
            continue
        numbers = ids(template, mine, {table: [] for table in mine})
        for custom_id in (one for number in numbers for one in custom_ids(template, number)):
            for rank, person in side.people.items():
                if rank not in who.refused:
                    continue
                saved.restore()
                reported.take()
                cells += 1
                results = await act(world, person, side.channel, template, custom_id)
                errors = reported.take()
                if defects(errors):
                    wrong.append(f"{custom_id} by {rank}: {defects(errors)}")
                if sum(isinstance(one, UserError) for one in errors) < len(results):
                    wrong.append(f"{custom_id} by {rank}: was not refused")
                if saved.changed():
                    wrong.append(f"{custom_id} by {rank}: changed {saved.changed()}")
    saved.close()
    tell("rights", {"controls times ranks": cells})
    assert not wrong, "\n".join(wrong)
