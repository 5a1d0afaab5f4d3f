"""What holds for projects, their tasks and their deadlines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from bot import papers
from bot.base.errors import Conflict, InvalidInput, NotAllowed
from bot.base.wording import one_line, person
from bot.place import Place
from data.boards.projects import Project

TITLE_LIMIT = 100
"""The longest title of a project: it names a thread, which Discord limits to this."""

SUMMARY_LIMIT = 600
UPDATE_LIMIT = 1500
CITED_LIMIT = 300
SKILL_LIMIT = 40
SKILLS = 10
"""How many skills a project may ask for."""

HEADLINES = 50
"""For how many projects of a list the ledger is summed up; a server rarely has more."""

PATIENCE = timedelta(minutes=2)
"""How long a board's thread may take to be made before it is made again."""

CAPACITY = 100
"""The largest number of members that a project may be limited to."""


def check_text(text: str, what: str, limit: int, example: str) -> str:
    """Return a text on one line; InvalidInput with ``example`` when it is empty or too long."""
    tidy = " ".join(text.split())
    if not tidy:
        raise InvalidInput(f"Give {what}, for example `{example}`.")
    if len(tidy) > limit:
        raise InvalidInput(
            f"{what[0].upper()}{what[1:]} can have {limit} characters; that has {len(tidy)}."
        )
    return tidy


def check_title(title: str) -> str:
    """Return a project's title on one line; InvalidInput when it is empty or too long."""
    return check_text(title, "a title", TITLE_LIMIT, "title: Grokking again")


_BROKEN_LINK = re.compile(r"(?:https?:|www\.|arxiv\s*:|doi\s*:|10\.\d{4})", re.IGNORECASE)
"""How something begins that is meant as a link or an identifier."""


def check_paper(typed: str) -> str:
    """Return what was typed for a paper: a link, an identifier, or a citation in words.

    Anything in words is a citation: nobody can tell what is not the name of some paper. Raises
    InvalidInput for a link or identifier that cannot be read.
    """
    cited = check_text(typed, "the paper", CITED_LIMIT, "paper: arXiv:2201.02177")
    if papers.find(cited) is not None:
        return cited
    if _BROKEN_LINK.match(cited):
        raise InvalidInput(
            f"`{cited[:60]}` looks like a link or an identifier, but I cannot read it. Check it, "
            "or give the title instead, for example `paper: Power et al. 2022, Grokking`."
        )
    return cited


def check_capacity(project: Project, capacity: int, members: int) -> None:
    """Raise Conflict where a project has more members already."""
    if capacity < members:
        raise Conflict(
            f"“{one_line(project.title)}” has {members} members, so {capacity} is too few. Give "
            f"`capacity: {members}` or more, or have somebody `/project leave` first."
        )


def check_passage(text: str | None, what: str, limit: int) -> str | None:
    """Return a text of several lines, None for an empty one; InvalidInput when it is too long."""
    tidy = (text or "").strip()
    if len(tidy) > limit:
        raise InvalidInput(
            f"{what[0].upper()}{what[1:]} can have {limit} characters; that has {len(tidy)}."
        )
    return tidy or None


def check_skills(text: str | None) -> tuple[str, ...]:
    """Return what was listed between commas, each once, in order."""
    listed = [" ".join(part.split()) for part in (text or "").replace(";", ",").split(",")]
    skills = tuple(dict.fromkeys(skill for skill in listed if skill))
    if len(skills) > SKILLS:
        raise InvalidInput(f"List at most {SKILLS} skills, for example `PyTorch, writing`.")
    for skill in skills:
        if len(skill) > SKILL_LIMIT:
            raise InvalidInput(
                f"“{skill[:SKILL_LIMIT]}…” is too long for a skill. List them between commas, for "
                "example `PyTorch, writing`."
            )
    return skills


def only_members(project: Project, *, member: bool) -> None:
    """Raise NotAllowed, saying how to join, for non-members."""
    if not member:
        raise NotAllowed(
            f"Only members of “{one_line(project.title)}” can do that. Press Join on its board"
            f"{_where(project)}, or use `/project join`."
        )


def only_leads(project: Project, place: Place) -> None:
    """Raise NotAllowed, saying who may, for who neither leads the project nor organises."""
    if project.lead_id != place.user_id and not place.organiser:
        raise NotAllowed(
            f"Only the lead of “{one_line(project.title)}”{led_by(project)} or an organiser can do "
            "that."
        )


def holds(wanted: str, texts: Iterable[str]) -> bool:
    """Whether one of the texts holds what is wanted, whatever its case."""
    return any(wanted.strip().casefold() in text.casefold() for text in texts)


def check_alive(project: Project) -> None:
    """Raise Conflict when a project is archived."""
    if project.archived_at is not None:
        raise Conflict(
            f"“{one_line(project.title)}” is archived: nothing changes in it until its lead uses "
            "`/project reopen`."
        )


def led_by(project: Project) -> str:
    """Return who leads a project between commas, to follow “its lead”; empty for nobody."""
    return f", {person(project.lead_id)}," if project.lead_id is not None else ""


def _where(project: Project) -> str:
    return f", <#{project.thread_id}>" if project.thread_id is not None else ""
