"""A file's name says what it holds, in every subject's folder alike."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

COGS = Path(__file__).parents[2] / "cogs"


def _outside(stem: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(COGS.rglob("*.py")):
        if path.stem != stem:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield path.relative_to(COGS).as_posix(), tree


def _is_command(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "app_commands.command"


def _is_control(node: ast.AST) -> bool:
    """Whether it is the class of a button, a menu or a form that outlives a restart."""
    return isinstance(node, ast.ClassDef) and any(one.arg == "custom_id" for one in node.keywords)


def _answers_deadlines(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith("deadlines.on")


@pytest.mark.parametrize(
    ("stem", "is_one"),
    [("cog", _is_command), ("views", _is_control), ("handlers", _answers_deadlines)],
    ids=["commands", "controls", "what answers deadlines"],
)
def test_each_kind_of_thing_is_in_the_file_of_its_name(stem: str, is_one: object) -> None:
    assert callable(is_one)
    elsewhere = [
        f"{module}:{getattr(node, 'lineno', 0)}"
        for module, tree in _outside(stem)
        for node in ast.walk(tree)
        if is_one(node)
    ]
    assert elsewhere == [], f"these belong into the {stem}.py of their subject"
