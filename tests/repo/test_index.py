"""The two indexes, of deadlines and of events, name exactly what there is."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from bot import events
from data.delivery.kinds import DeadlineKind
from data.states import CardKind
from tests.world import World

ROOT = Path(__file__).parents[2]
EVENTS = {name for name, value in vars(events).items() if inspect.isfunction(value)}


async def test_every_kind_of_deadline_has_exactly_one_handler(world: World) -> None:
    # The scheduler itself refuses a second handler.
    assert world.bot.deadlines.kinds == {kind.value for kind in DeadlineKind}


def test_every_kind_of_card_can_be_posted_by_a_deadline() -> None:
    assert [DeadlineKind.for_card(kind).card for kind in CardKind] == list(CardKind)


def test_kinds_have_different_words_and_values() -> None:
    assert len({kind.value for kind in DeadlineKind}) == len(DeadlineKind.__members__)
    assert all(kind.what for kind in DeadlineKind)


async def test_every_event_has_a_listener(world: World) -> None:
    heard = {name.removeprefix("on_") for name, calls in world.bot.extra_events.items() if calls}
    assert EVENTS - heard == set()


def test_events_are_dispatched_by_their_functions_alone() -> None:
    found = [
        str(path.relative_to(ROOT))
        for folder in ("bot", "cogs")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "events.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "dispatch"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value != "ready"  # discord.py's own, which the client says when it is so
    ]
    assert found == []


WHERE = (
    (ROOT / "docs" / "architecture.md")
    .read_text(encoding="utf-8")
    .partition("## Which line does what")[2]
)


@pytest.mark.parametrize(
    ("path", "name"), re.findall(r"\]\(\.\./(\S+\.py)\)(?:: `(\w+)`)? \|$", WHERE, re.MULTILINE)
)
def test_the_line_that_a_question_names_is_there(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    named = {getattr(node, "name", None) for node in ast.walk(tree)}
    named |= {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    assert not name or name in named


def test_the_index_answers_thirty_questions_or_more() -> None:
    assert WHERE.count("](../") >= 30
