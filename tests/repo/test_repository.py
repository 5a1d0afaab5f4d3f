"""What must hold of the repository itself: its names, its pins, its settings, its documents."""

import re
import tomllib
from dataclasses import fields
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import bot
from bot.config import Settings, load
from bot.ui.permissions import IN_CHANNEL, INVITE, SERVER_WIDE

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DOCUMENTS = (
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "PRIVACY.md", "SECURITY.md"),
    *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md"))),
)
PINS = ("run.txt", "dev.txt")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def requirements(name: str) -> dict[str, Requirement]:
    """The requirements of a compiled file, by name, without their hashes and comments."""
    lines = read(f"requirements/{name}").replace("\\\n", " ").splitlines()
    texts = (re.sub(r"\s+--hash=\S+", "", line) for line in lines if line and line[0].isalnum())
    found = (Requirement(text) for text in texts)
    return {canonicalize_name(requirement.name): requirement for requirement in found}


@pytest.mark.parametrize("package", ["bot", "cogs", "data"])
def test_no_other_distribution_provides_a_package_of_this_name(package: str) -> None:
    assert set(packages_distributions().get(package, [])) <= {PROJECT["project"]["name"]}


def test_every_setting_is_in_the_example_and_nothing_else_is() -> None:
    shown = re.findall(r"^(?:# )?(COHORT_[A-Z0-9_]+)=", read(".env.example"), re.MULTILINE)
    assert sorted(shown) == sorted(f"COHORT_{one.name}".upper() for one in fields(Settings))


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = dict(re.findall(r"^# COHORT_([A-Z0-9_]+)=(.+)$", read(".env.example"), re.MULTILINE))
    defaults = {one.name: getattr(Settings(), one.name) for one in fields(Settings)}
    assert set(shown) == {name.upper() for name, value in defaults.items() if value is not None}
    for name, text in shown.items():
        monkeypatch.setenv(f"COHORT_{name}", text)
    assert load(None) == Settings()


@pytest.mark.parametrize("name", PINS)
def test_pins_hold_hashes_and_no_address(name: str) -> None:
    options = re.findall(r"(?:^|\s)(--?[a-z][a-z-]*)", read(f"requirements/{name}"))
    assert set(options) <= {"--hash", "-r", "-c"}  # the last two only in comments
    assert "://" not in read(f"requirements/{name}")
    for line in read(f"requirements/{name}").replace("\\\n", " ").splitlines():
        if line and not line.lstrip().startswith("#"):
            assert re.match(r"[a-z0-9.-]+==\S+ (?:; .+ )? *--hash=sha256:", line), line


def test_every_dependency_is_pinned_to_a_version_that_it_allows() -> None:
    project = PROJECT["project"]
    to_run = [*project["dependencies"], *PROJECT["build-system"]["requires"]]
    extras = [text for extra in project["optional-dependencies"].values() for text in extra]
    for name, wanted in (("run.txt", to_run), ("dev.txt", to_run + extras)):
        pinned = requirements(name)
        for requirement in map(Requirement, wanted):
            if requirement.name != project["name"]:
                (pin,) = pinned[canonicalize_name(requirement.name)].specifier
                assert pin.operator == "=="
                assert requirement.specifier.contains(pin.version), requirement


def test_both_files_of_pins_agree() -> None:
    everything = requirements("dev.txt")
    for name, requirement in requirements("run.txt").items():
        assert requirement.specifier == everything[name].specifier


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_document_points_at_is_there(document: str) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", read(document))
    for target in targets:
        path, _, heading = target.partition("#")
        if "://" in target:
            continue
        page = (ROOT / document).parent / path if path else ROOT / document
        assert page.exists(), target
        if heading:
            headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {title.lower().replace(" ", "-") for title in headings}, target


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_target_that_a_document_names_exists(document: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^\s*)make ([a-z]+)", read(document), re.MULTILINE))
    assert named <= targets


def test_make_help_lists_every_target() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.+)$", read("Makefile"), re.MULTILINE)
    listed = set(re.findall(r"make ([a-z]+) ", read("Makefile")))
    assert set(phony.split()) - {"help", "setup"} <= listed


def test_the_invitation_asks_for_exactly_the_permissions_of_the_table() -> None:
    readme = read("README.md")
    table = read("docs/operations.md").split("## Permissions")[1].split("\n## ")[0]
    names = re.findall(r"^\| ([A-Z][A-Za-z ]+) \|", table, re.MULTILINE)
    flags = {
        "view_channel" if name == "View Channels" else name.lower().replace(" ", "_")
        for name in names
    }
    assert flags == {*IN_CHANNEL, *SERVER_WIDE}
    assert f"&permissions={INVITE.value}\n" in readme
    assert f"`{INVITE.value}`" in table
    assert not INVITE.administrator


def test_the_changelog_knows_this_version() -> None:
    assert re.search(rf"^## {re.escape(bot.__version__)}\b", read("CHANGELOG.md"), re.MULTILINE)
