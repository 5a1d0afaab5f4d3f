"""Asks whether a pinned dependency has a known vulnerability: ``make audit``.

pip-audit succeeds where it could not ask about anything, a mirror without that service for one.
Here that is said in a sentence, and only a vulnerability is a failure: a network that is down is
no fault of the change that is checked.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PINS = Path("requirements") / "dev.txt"
PATIENCE = 120
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known: the vulnerabilities, and how many dependencies could be asked about."""

    vulnerable: tuple[str, ...]
    asked: int
    pinned: int

    @property
    def sentences(self) -> list[str]:
        if self.vulnerable:
            return [f"vulnerable: {one}" for one in self.vulnerable]
        if self.asked == 0:
            return ["Could not ask about vulnerabilities: the service does not answer from here."]
        said = f"No known vulnerability in {self.asked} dependencies"
        unknown = self.pinned - self.asked
        return [said + (f"; {unknown} could not be asked about." if unknown else ".")]


def ask() -> Answer:
    """Ask about every pinned dependency, installed or not."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off",
               "--disable-pip", "--require-hashes", "--requirement", str(PINS)]  # fmt: skip
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return Answer((), 0, 0)
    return read(run.stdout)


def read(answer: str) -> Answer:
    """Read what pip-audit answered; nothing readable is an answer to nothing."""
    try:
        dependencies: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Answer((), 0, 0)
    found = tuple(
        f"{one['name']} {one['version']}: {flaw['id']}"
        + (f", mended in {', '.join(flaw['fix_versions'])}" if flaw["fix_versions"] else "")
        for one in dependencies
        for flaw in one.get("vulns", ())
    )
    asked = sum("skip_reason" not in one for one in dependencies)
    return Answer(found, asked, len(dependencies))


def main() -> int:
    """Print what is known; 1 for a vulnerability, else 0."""
    answer = ask()
    print(*answer.sentences, sep="\n")
    return 1 if answer.vulnerable else 0


if __name__ == "__main__":
    sys.exit(main())
