"""Nobody floods: limits by person and time, told with when again; organisers are exempt."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from discord import AppCommandOptionType, app_commands

from bot.base import use_limits as limits
from bot.base.errors import Conflict, NotFound
from bot.base.use_limits import LIMITS, Limit
from bot.ui.command_arguments import _WhichMenu
from bot.ui.controls import OwnView
from cogs.boards.ledger import rules as ledger_rules
from tests.conftest import NOON
from tests.e2e.boards.test_ledger import board, claim
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
    known = {name for one in (*buttons(world), *forms()) for name in named(one)}
    missing = {name for limit in LIMITS for name in limit.controls} - known
    assert not missing


def named(template: str) -> list[str]:
    """Return the first two words of the custom ids that a template takes."""
    kind, _, rest = template.partition(":")
    word = rest.partition(":")[0]
    several = re.fullmatch(r"\(\?P<\w+>(.+)\)", word)
    return [f"{kind}:{one}" for one in (several[1].split("|") if several else [word])]


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


def test_many_people_s_counts_are_not_looked_through_at_each_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "KEPT", 10)
    uses, looks = limits.Uses(), 0

    class Counts(dict[Any, Any]):
        def items(self) -> Any:
            nonlocal looks
            looks += 1
            return super().items()

    uses._at = Counts()
    for user_id in range(2000):
        uses.take(1, user_id, limits.Use(limits.OPEN), NOON)
    assert looks < 12
    uses.take(1, 0, limits.Use(limits.OPEN), NOON + timedelta(hours=2))
    for user_id in range(2000, 10_000):
        uses.take(1, user_id, limits.Use(limits.OPEN), NOON + timedelta(hours=2))
    assert len(uses._at) <= 8001, "those whose hour is over were dropped"


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


async def test_whatever_brings_people_together_counts_as_asking_them(world: World) -> None:
    controls = world.bot._connection._view_store._dynamic_items
    bringing = {
        ":".join(template.pattern.split(":")[:2])
        for template, control in controls.items()
        if "bring_together(" in inspect.getsource(getattr(control, "pressed", control))
    }
    assert bringing
    assert bringing <= limits.PING.controls


async def test_what_is_picked_twice_at_once_is_done_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.group()
    other, third = (world.guild.create_text_channel(name) for name in ("other", "third"))
    await world.organiser.slash(other, "group create", name="Other", focus="a paper")
    await world.alice.slash(other, "group join")
    asked = await world.alice.slash(third, "commitment add", text="Read", witness=world.bob)
    assert "Which group" in text(asked)
    (view,) = [one for one in OwnView._all.values() if isinstance(one, _WhichMenu)]
    done: list[object] = []

    async def slowly(interaction: object, chosen: object) -> None:
        await asyncio.sleep(0)
        done.append(chosen)

    async def refused(interaction: object, error: Exception, item: object) -> None:
        assert isinstance(error, NotFound)

    monkeypatch.setattr(view, "_go_on", slowly)
    monkeypatch.setattr(view, "on_error", refused)
    # As discord.py does for two that arrive together; the simulation answers one after the other.
    presses: list[Any] = [
        SimpleNamespace(client=world.bot, user=world.alice.user, extras={}, data={"values": ["0"]})
        for _ in range(2)
    ]
    await asyncio.gather(*(view._scheduled_task(view.menu, one) for one in presses))
    assert len(done) == 1


async def test_witnesses_are_pinged_no_more_often_than_one_may_name_them(world: World) -> None:
    await world.group()
    times = limits.SAME.most + 2
    for number in range(times):
        if number == limits.SAME.most:
            await world.forward(timedelta(hours=1, minutes=1))
        await world.alice.slash(
            world.channel, "commitment add", text=f"C{number}", witness=world.bob
        )
    await world.forward(timedelta(hours=1, minutes=1))
    since = len(world.env.http_requests)
    for number in range(times):
        await world.alice.slash(world.channel, "commitment done", commitment=f"C{number}")
    asked = [
        one.json["allowed_mentions"].get("users", [])
        for one in world.env.http_requests[since:]
        if isinstance(one.json, dict) and "named you as the witness" in str(one.json.get("content"))
    ]
    assert len(asked) == times
    assert sum(map(bool, asked)) == limits.SAME.most


async def test_moving_a_date_again_and_again_pings_nobody_without_end(world: World) -> None:
    await world.group()
    await world.alice.slash(
        world.channel, "project propose", paper="arXiv:2201.02177", title="Grokking"
    )
    (thread,) = world.channel.threads
    await world.bob.slash(thread, "project join")
    await world.bob.slash(thread, "deadline add", title="D", due="in 5 days")
    since = len(world.env.http_requests)
    times = limits.REMINDED.most + 2
    for _ in range(times):
        # A minute later is two hours before it, of which everybody is reminded.
        await world.bob.slash(thread, "deadline move", deadline="D", due="in 121 minutes")
        await world.forward(timedelta(minutes=2))
    told = [
        str(world.alice.id) in map(str, one.json["allowed_mentions"].get("users", []))
        for one in world.env.http_requests[since:]
        if isinstance(one.json, dict)
        and "allowed_mentions" in one.json
        and "is due" in json.dumps(one.json)
    ]
    assert len(told) >= times
    assert sum(told) == limits.REMINDED.most


async def test_a_claim_with_results_is_not_changed_without_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_rules, "VERSIONS", 3)
    thread = await board(world)
    await claim(world, thread)
    await world.bob.slash(thread, "result log", claim="C1", value="98.7%")
    for tolerance in ("2", "3"):
        changed = await world.alice.slash(thread, "claim edit", claim="C1", tolerance=tolerance)
        assert "the most there can be" not in text(changed)
    refused = await world.alice.slash(thread, "claim edit", claim="C1", tolerance="4")
    assert "C1 has been changed 2 times since its first result" in text(refused)


async def test_one_person_confirms_a_result_once(world: World) -> None:
    thread = await board(world)
    await claim(world, thread)
    await world.bob.slash(thread, "result log", claim="C1", value="98.7%")
    review = {"result": "C1 R1", "decision": "confirm", "reason": "Same"}
    assert "already" not in text(await world.cara.slash(thread, "result review", **review))
    again = await world.cara.slash(thread, "result review", **review)
    assert "You confirmed that result already" in text(again)
    assert "already" not in text(await world.alice.slash(thread, "result review", **review))


def shown(name: str) -> str:
    return f"`/{name}`" if name.islower() else f"*{name}*"


def test_the_documents_have_the_table() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    table = [
        f"| {limit.what} | {', '.join(map(shown, sorted(limit.commands, key=str.casefold)))} |"
        for limit in LIMITS
    ]
    assert "\n".join(table) in page, "\n" + "\n".join(table)
