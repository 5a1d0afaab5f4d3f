"""Sentences that refuse something show others' titles as they were typed, and do nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.base.errors import UserError
from tests.security.stage import (
    Reported,
    Saved,
    confirm,
    defects,
    every_slash,
    example,
    furnish,
    new_server,
    use,
)
from tests.security.test_forgotten import whole
from tests.world import World

LOUD = "**loud**||hid||`c`_u_"
"""A title that is bold, hidden, code and slanted where nobody minds it."""

BARE = re.compile(r"(?<!\\)(\*\*loud|\|\|hid|`c`|_u_)")


async def test_no_title_in_a_refusal_is_bold_hidden_or_code(
    world: World, reported: Reported
) -> None:
    side = new_server(world, "first", "quokka")
    side.word = LOUD
    await furnish(world, side)
    await world.forward(timedelta(hours=1))
    saved = Saved(world)
    wrong: list[str] = []
    for command in list(every_slash(world)):
        saved.restore()
        filled = await example(world, side, command)
        if not whole(filled):
            continue
        for person in (side.outsider, side.insider):
            saved.restore()
            for _ in range(2):  # the second time there is often something in the way
                reported.take()
                await confirm(person, await use(filled, person))
                errors = reported.take()
                assert defects(errors) == []
                wrong += [
                    f"/{command.qualified_name}: {error}"
                    for error in errors
                    if isinstance(error, UserError) and BARE.search(error.sentence)
                ]
    saved.close()
    assert not wrong, "\n".join(sorted(set(wrong)))
