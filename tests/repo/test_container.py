"""The container, as far as reading says: no image can be built where there is no Docker."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]

STEPS = [
    line
    for line in re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text()).splitlines()
    if line and not line.startswith("#")
]
LAST = STEPS[max(at for at, line in enumerate(STEPS) if line.startswith("FROM ")) :]
"""The steps of the image that runs; those before only build."""


def steps(name: str, among: list[str] = STEPS) -> list[str]:
    return [line.removeprefix(f"{name} ") for line in among if line.startswith(f"{name} ")]


def service(*files: str) -> dict[str, Any]:
    """Return what the composition says of the bot."""
    found: dict[str, Any] = {}
    for file in files:
        found |= yaml.safe_load((ROOT / file).read_text())["services"]["cohort"]
    return found


def test_the_image_runs_as_nobody_in_particular() -> None:
    (user,) = steps("USER", LAST)
    assert all(int(number) > 1000 for number in user.split(":"))
    assert not [line for line in steps("RUN", LAST) if re.search(r"chmod|pip|apt|curl", line)]
    assert all("--mode=0700" in line for line in steps("RUN", LAST) if "/data" in line)


def test_images_have_a_version_and_nothing_is_fetched_by_address() -> None:
    for image in (line.split()[0] for line in steps("FROM")):
        assert re.fullmatch(r"python:3\.\d+-slim", image)
    assert steps("ADD") == []
    assert "curl" not in " ".join(STEPS)


def test_what_is_installed_is_pinned_by_hashes_and_leaves_no_cache() -> None:
    installs = [line for line in steps("RUN") if "pip install" in line]
    assert installs
    for line in installs:
        assert "--require-hashes" in line or "--no-deps --no-build-isolation" in line
    assert "PIP_NO_CACHE_DIR=1" in " ".join(steps("ENV"))


@pytest.mark.parametrize("pins", ["run", "postgresql"])
def test_what_the_image_is_built_from_is_sent_along(pins: str) -> None:
    rules = [
        line
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert rules[0] == "*", "all is left out but what is named"
    named = [line[1:] for line in rules if line.startswith("!")]
    wanted = f"requirements/{pins}.txt"
    assert any(fnmatch(wanted, one) for one in named)
    assert re.search(r"^hatchling==", (ROOT / wanted).read_text(), re.MULTILINE), "what builds it"
    for copied in (part for line in steps("COPY") for part in line.split()[:-1]):
        if not copied.startswith(("--", "/", "requirements/")):
            assert copied in named


def test_no_secret_is_in_the_image() -> None:
    said = " ".join([*steps("ENV"), *steps("ARG")])
    assert not re.search(r"token|password|secret", said, re.IGNORECASE)


def test_it_is_told_to_end_and_asked_whether_it_is_well() -> None:
    assert steps("ENTRYPOINT", LAST) == ['["cohort"]']
    assert steps("STOPSIGNAL", LAST) == ["SIGTERM"]
    (health,) = steps("HEALTHCHECK", LAST)
    assert 'CMD ["cohort", "doctor", "--alive"]' in health


def test_the_composition_takes_away_what_it_does_not_need() -> None:
    bot = service("compose.yaml")
    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    assert bot["security_opt"] == ["no-new-privileges:true"]
    assert bot["mem_limit"]
    assert bot["pids_limit"]
    assert "ports" not in bot
    assert "privileged" not in bot


@pytest.mark.parametrize("file", sorted(one.name for one in ROOT.glob("compose*.yaml")))
def test_no_port_is_open_to_other_machines(file: str) -> None:
    ports = re.findall(r"^\s*#?\s*- ([\d.:]+:\d+)$", (ROOT / file).read_text(), re.MULTILINE)
    assert all(one.startswith("127.0.0.1:") for one in ports)
