"""Nobody floods: limits by person and time, told with when again; organisers are exempt."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from discord import AppCommandOptionType, app_commands

from bot.base import use_limits as limits
from bot.base.errors import Conflict
from bot.base.use_limits import LIMITS, Limit
from tests.conftest import NOON
from tests.security.stage import every_command
from tests.security.test_forged_ids import buttons, forms
from tests.world import World, text

ROOT = Path(__file__).parents[2]

FLOODED = "so that nobody is flooded"

ONLY_LOOKING = frozenset(
    {
        "checkin history",
        "checkin status",
        "claim list",
        "cohort help",
        "commitment list",
        "deadline list",
        "group show",
        "meeting list",
        "meeting rotation",
        "meeting show",
        "pod show",
        "profile show",
        "programme show",
        "project list",
        "reading history",
        "reading shortlist",
        "result list",
        "task list",
    }
)
"""Commands that show something to the person who asks, and nobody else."""

ONES_OWN = frozenset(
    {"group pause", "group resume", "profile forget", "profile match", "profile notify"}
    | {"profile set"}
)
"""Commands that change a row about the person who uses them, of which there is one."""

FOR_ORGANISERS = frozenset(
    {
        "checkin questions",
        "checkin schedule",
        "coffee",
        "cohort export",
        "cohort health",
        "cohort setup",
        "group archive",
        "group create",
        "group edit",
        "pod dissolve",
        "pod form",
        "pod swap",
    }
)

FREE_FORMS = frozenset(
    {
        "again:(?P<token>[^",  # it runs its command, which counts
        "profile:levels",
        "profile:noticesform",
        "profile:set",
        # organisers'
        "checkin:questions",
        "checkin:rhythm",
        "group:editform",
        "pod:swap",
        "programme:plan",
        "server:zone",
        "setup:groupform",
    }
)

SHOWS_SOMEBODY = frozenset(
    {"checkin history", "checkin stats", "profile portfolio", "profile show", "programme progress"}
)
"""Commands whose option for a person only says whose things to show."""


def limited() -> set[str]:
    return {name for limit in LIMITS for name in limit.commands}


async def test_every_limited_command_and_control_exists(world: World) -> None:
    assert limited() <= {one.qualified_name for one in every_command(world)}
    known = {":".join(one.split(":")[:2]) for one in (*buttons(world), *forms())}
    missing = {name for limit in LIMITS for name in limit.controls} - known
    assert not missing


async def test_every_command_is_limited_or_need_not_be(world: World) -> None:
    free = ONLY_LOOKING | ONES_OWN | FOR_ORGANISERS
    assert limited() & free == set()
    assert {one.qualified_name for one in every_command(world)} == limited() | free


async def test_every_form_is_limited_or_need_not_be(world: World) -> None:
    limited_too = {name for limit in LIMITS for name in limit.controls}
    known = {":".join(one.split(":")[:2]) for one in forms()}
    assert known - limited_too == FREE_FORMS


async def test_whoever_names_somebody_in_an_option_is_counted(world: World) -> None:
    naming = {
        one.qualified_name
        for one in every_command(world)
        if isinstance(one, app_commands.Command)
        and any(option.type is AppCommandOptionType.user for option in one.parameters)
    }
    assert naming - SHOWS_SOMEBODY - FOR_ORGANISERS == limits.NAMING


async def one_of(world: World, limit: Limit) -> Callable[[int], Any]:
    """Return what alice does again and again until the limit."""
    await world.group()
    alice, here = world.alice, world.channel
    if limit in (limits.PING, limits.SAME):
        people = [world.bob] * 50
        if limit is limits.PING:
            people = [world.join(f"p{number}") for number in range(limit.most + 1)]

        def add(number: int) -> Any:
            return alice.slash(here, "commitment add", text=f"C{number}", witness=people[number])

        return add
    if limit is limits.OPEN:
        return lambda number: alice.slash(
            here, "meeting schedule", title=f"M{number}", when=f"in {number + 1} days"
        )
    if limit is limits.COME:
        return lambda number: alice.slash(here, ("group leave", "group join")[number % 2])
    if limit is limits.IMPORT:
        return lambda number: alice.slash(
            here, "reading import", title=f"L{number}", when="in 3 days"
        )
    if limit is limits.MAKE:
        await alice.slash(here, "meeting schedule", title="M", when="in 3 days")
        return lambda number: alice.slash(here, "meeting calendar")
    if limit is limits.MOVE:
        await alice.slash(here, "meeting schedule", title="M", when="in 3 days")
        return lambda number: alice.slash(
            here, "meeting move", meeting="M", when=f"in {number + 1} days"
        )
    await alice.slash(here, "project propose", paper="arXiv:2201.02177", title="Grokking")
    (thread,) = here.threads
    if limit is limits.INVITE:
        return lambda number: alice.slash(thread, "project invite", person=world.bob)
    return lambda number: alice.slash(thread, "task add", title=f"T{number}")


@pytest.mark.parametrize("limit", LIMITS, ids=lambda one: one.what)
async def test_each_row_of_the_table_holds_and_ends(world: World, limit: Limit) -> None:
    do = await one_of(world, limit)
    world.bot.uses = limits.Uses()  # joining the group is counted, too
    for number in range(limit.most):
        done = await do(number)
        assert FLOODED not in text(done), f"{number}: {text(done)}"
    refused = await do(limit.most)
    assert refused.ephemeral
    assert re.search(rf"You can {limit.what}.*<t:\d+:R>", text(refused))
    await world.forward(limit.within + timedelta(minutes=1))
    later = await do(0)
    assert FLOODED not in text(later)


def test_what_is_done_at_once_is_counted_before_any_of_it_is_done() -> None:
    uses, now = limits.Uses(), NOON
    (opening,) = limits.of_command("meeting poll", ())
    for _ in range(limits.OPEN.most):
        uses.take(1, 2, opening, now)
    with pytest.raises(Conflict):
        uses.take(1, 2, opening, now)
    uses.give_back(1, 2, opening)
    uses.take(1, 2, opening, now)


async def test_organisers_are_exempt_and_mistakes_cost_nothing(world: World) -> None:
    await world.group()
    await world.organiser.slash(world.channel, "group join")
    for number in range(limits.OPEN.most + 2):
        done = await world.organiser.slash(
            world.channel, "meeting schedule", title=f"M{number}", when=f"in {number + 1} days"
        )
        assert FLOODED not in text(done)
    for _ in range(limits.OPEN.most + 2):
        wrong = await world.alice.slash(world.channel, "meeting schedule", title="M", when="blue")
        assert FLOODED not in text(wrong)


async def test_nobody_else_is_held_up(world: World) -> None:
    do = await one_of(world, limits.OPEN)
    for number in range(limits.OPEN.most + 1):
        await do(number)
    bob = await world.bob.slash(world.channel, "meeting schedule", title="B", when="in 3 days")
    assert FLOODED not in text(bob)


def shown(name: str) -> str:
    return f"`/{name}`" if name.islower() else f"*{name}*"


def test_the_documents_have_the_table() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    table = [
        f"| {limit.what} | {', '.join(map(shown, sorted(limit.commands, key=str.casefold)))} |"
        for limit in LIMITS
    ]
    assert "\n".join(table) in page, "\n" + "\n".join(table)
