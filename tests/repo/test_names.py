"""One name, one meaning: no two classes share a name, and every test is where its module is."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]

CONTROLS = ("Button", "Menu", "Form")
"""Controls may share a name: each subject has its own ``JoinButton``, and nobody imports two."""

BOTH_DATABASES = {"Connection", "Database", "Session"}
"""What SQLite and PostgreSQL each have, and the protocol that both keep."""


def test_no_two_classes_share_a_name() -> None:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for folder in ("bot", "cogs", "data"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found[node.name].append(str(path.relative_to(ROOT)))
    twice = {
        name: paths
        for name, paths in found.items()
        if len(paths) > 1 and not name.endswith(CONTROLS) and name not in BOTH_DATABASES
    }
    assert twice == {}


def test_every_cog_is_called_commands() -> None:
    odd = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in sorted((ROOT / "cogs").rglob("cog.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).endswith("Cog") for base in node.bases)
        and not node.name.endswith("Commands")
    ]
    assert odd == []


def test_every_service_has_a_test_of_its_subject() -> None:
    """A subject's service is tested by itself, or end to end, in a module named for the subject."""
    untested = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "cogs").rglob("service.py"))
        for feature, subject in [path.parts[-3:-1]]
        if not (ROOT / "tests" / "cogs" / feature / subject / "test_service.py").exists()
        and not (ROOT / "tests" / "e2e" / feature / f"test_{subject}.py").exists()
    ]
    assert untested == []
