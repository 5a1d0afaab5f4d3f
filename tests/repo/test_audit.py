"""The audit of dependencies: what it says, and what it fails for."""

from __future__ import annotations

import json

import pytest

from tests.repo import audit

SAFE = {"name": "aiohttp", "version": "3.14.5", "vulns": []}
SKIPPED = {"name": "yarl", "skip_reason": "Dependency not found on PyPI"}
FLAW = {"id": "PYSEC-2030-1", "fix_versions": ["2.0"], "aliases": [], "description": "bad"}
UNSAFE = {"name": "jinja2", "version": "1.0", "vulns": [FLAW]}


@pytest.mark.parametrize(
    ("dependencies", "said", "code"),
    [
        ([SAFE, SAFE], "No known vulnerability in 2 dependencies.", 0),
        ([SAFE, SKIPPED], "in 1 dependencies; 1 could not be asked about.", 0),
        ([SKIPPED, SKIPPED], "Could not ask", 0),
        ([SAFE, UNSAFE], "vulnerable: jinja2 1.0: PYSEC-2030-1, mended in 2.0", 1),
    ],
)
def test_what_is_known_is_said(
    dependencies: list[object],
    said: str,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = audit.read(json.dumps({"dependencies": dependencies}))
    monkeypatch.setattr(audit, "ask", lambda: answer)
    assert audit.main() == code
    assert said in capsys.readouterr().out


@pytest.mark.parametrize("output", ["", "Traceback", "[]", "{}", "null"])
def test_no_answer_is_told_as_none(output: str) -> None:
    assert "Could not ask" in audit.read(output).sentences[0]
