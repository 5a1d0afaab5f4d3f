"""A number that decides something is in its subject's rules, where people look for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

LOOKS = {"cards.py", "views.py", "cog.py", "picture.py", "plot.py"}
"""How much of something is shown, and how large: layout, and Discord's limits for its controls."""

ELSEWHERE = {
    "boards/imports": "bounds of the readers of pasted tables, so that none takes long",
    "boards/ledger": "statistics, each with its source, and the thresholds of verdicts",
    "boards/printed": "bounds of the readers of printed numbers",
    "boards/results/delimited.py": "bounds of the reader of separated values",
    "boards/results/results_files.py": "bounds of the reader of results files",
    "boards/board/threads.py": "Discord's limits for threads and the tags of forums",
    "boards/links/service.py": "the author of what nobody wrote is 0",
    "boards/listing.py": "how much a page shows, within Discord's 6,000 characters",
    "people/compatibility.py": "the weights by which pods, coffees and introductions fit people",
    "reading/attendance/readings.py": "how much of the readings a card shows",
    "reading/calendar/vtimezone.py": "how far back a calendar's zone is described",
    "reading/lists/files.py": "bounds of the reader of list files",
    "reading/server_events/handlers.py": "Discord's limits for a server's events",
}
"""Where else numbers are, below ``cogs``, and why."""


def numbers(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the constants of a module that hold numbers, and every stretch of time it names.

    0, 1 and -1 count as none: they decide nothing by themselves.
    """
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            held = ast.walk(node.value) if node.value is not None else ()
            if any(_is_number(one) for one in held):
                yield node
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("timedelta"):
            given = [*node.args, *(one.value for one in node.keywords)]
            if any(_is_number(one) and ast.literal_eval(one) not in (0, 1, -1) for one in given):
                yield node


def _is_number(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    )


def found() -> dict[str, list[int]]:
    """Return the lines with such numbers, by module, outside rules and what things look like."""
    lines: dict[str, list[int]] = {}
    for path in sorted((ROOT / "cogs").rglob("*.py")):
        if path.name == "rules.py" or path.name in LOOKS:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if here := [getattr(node, "lineno", 0) for node in numbers(tree)]:
            lines[path.relative_to(ROOT / "cogs").as_posix()] = here
    return lines


def _excepted(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}/")


def test_numbers_that_decide_something_are_in_rules() -> None:
    odd = {
        module: lines
        for module, lines in found().items()
        if not any(_excepted(module, place) for place in ELSEWHERE)
    }
    assert odd == {}, "move them into the subject's rules.py, or say here why they are elsewhere"


def test_every_exception_still_holds_numbers() -> None:
    modules = found()
    assert [
        place for place in ELSEWHERE if not any(_excepted(module, place) for module in modules)
    ] == []


def test_a_number_in_a_service_is_noticed() -> None:
    source = "LIMIT = 12\nNAMES = ('a', 'b')\n\ndef late(age):\n    return age > timedelta(days=30)"
    assert [type(one).__name__ for one in numbers(ast.parse(source))] == ["Assign", "Call"]
