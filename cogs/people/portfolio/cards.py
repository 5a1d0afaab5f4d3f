"""A portfolio as a message, as a Markdown file, and as a page that prints well."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime

import discord
from msgspec import Struct

from bot.ui import theme
from cogs.people.portfolio.service import PortfolioView
from data.across.portfolio import MeetingDone, ProjectDone, ResultDone
from data.states import CardKind, Decision

_ADDRESS = re.compile(r"https?://[^\s()<>\[\]]+")

SHOWN = 3
"""How many lines of each section the message shows; the files hold all."""

SECTION_LIMIT = 640
"""Characters of one section: Discord takes 6000 in all of an embed."""

DECIDED = {
    Decision.CONFIRM: "confirmed",
    Decision.DISPUTE: "disputed",
    Decision.UPHOLD: "upheld",
    Decision.REJECT: "rejected",
}


class PortfolioLine(Struct, frozen=True):
    """One thing done: when, what, and where in Discord its evidence is."""

    at: datetime | None
    text: str
    url: str | None

    def markdown(self) -> str:
        """Return it as an item of a list."""
        day = f"{self.at:%Y-%m-%d}: " if self.at else ""
        text = theme.escape(self.text)
        return f"- {day}{text}" + (f" ([evidence]({self.url}))" if self.url else "")


class Section(Struct, frozen=True):
    """A heading with its number, and its lines."""

    title: str
    lines: Sequence[PortfolioLine]


def sections(view: PortfolioView) -> list[Section]:
    """Return what there is, sorted into headings; empty ones are left out."""
    done, links = view.portfolio, view.links

    def card(kind: CardKind, subject_id: int | None, group_id: int | None = None) -> str | None:
        """Return where it can be seen; where it has no card of its own, its group's."""
        of_group = links.get((CardKind.GROUP, group_id)) if group_id is not None else None
        return links.get((kind, subject_id), of_group) if subject_id is not None else of_group

    def result(one: ResultDone) -> PortfolioLine:
        evidence = _address(one.evidence) or card(CardKind.BOARD, one.project_id)
        return PortfolioLine(one.at, _result(one, view.verdicts.get(one.claim_id)), evidence)

    led = sum(one.led for one in done.meetings)
    read = [one for one in done.meetings if one.had_read]
    late = sum(one.late for one in done.checkins)
    found = [
        Section(
            theme.count(len(done.projects), "project"),
            [
                PortfolioLine(one.joined_at, _project(one), card(CardKind.BOARD, one.id))
                for one in done.projects
            ],
        ),
        Section(f"{theme.count(len(done.results), 'result')} run", [*map(result, done.results)]),
        Section(
            f"{theme.count(len(done.reviews), 'result')} reviewed",
            [
                PortfolioLine(
                    one.at,
                    _result(one, view.verdicts.get(one.claim_id)),
                    card(CardKind.BOARD, one.project_id),
                )
                for one in done.reviews
            ],
        ),
        Section(
            theme.count(len(done.meetings), "meeting") + (f", {led} facilitated" if led else ""),
            [
                PortfolioLine(
                    one.starts_at, _meeting(one), card(CardKind.MEETING, one.id, one.group_id)
                )
                for one in done.meetings
            ],
        ),
        Section(
            theme.count(len(read), "reading"),
            [
                PortfolioLine(
                    one.starts_at,
                    one.paper or one.title,
                    card(CardKind.MEETING, one.id, one.group_id),
                )
                for one in read
            ],
        ),
        Section(
            f"{theme.count(len(done.coffees), 'coffee')} with others",
            [
                PortfolioLine(
                    one.at,
                    f"{one.group}, round {one.number}",
                    one.url or card(CardKind.GROUP, one.group_id),
                )
                for one in done.coffees
            ],
        ),
        Section(
            theme.count(len(done.checkins), "check-in")
            + (f", {late} of them late" if late else ""),
            [
                PortfolioLine(
                    one.posted_at,
                    one.group
                    + (f", round {one.number}" if one.number is not None else "")
                    + (" (late)" if one.late else ""),
                    card(CardKind.CHECKIN, one.id, one.group_id),
                )
                for one in done.checkins
            ],
        ),
        Section(
            theme.count(len(done.commitments), "commitment") + f" kept of {done.settled}",
            [
                PortfolioLine(
                    one.settled_at,
                    one.text,
                    # Where it was kept proves more than where it was promised.
                    links.get((CardKind.CHECKIN, one.kept_in or 0))
                    or card(CardKind.CHECKIN, one.checkin_id, one.group_id),
                )
                for one in done.commitments
            ],
        ),
    ]
    return [section for section in found if section.lines]


def about(view: PortfolioView) -> str:
    """Say the level and the interests, where whoever looks may see them."""
    parts = [f"Level {view.level}"] if view.level else []
    return " · ".join([*parts, ", ".join(view.interests)] if view.interests else parts)


def embed(view: PortfolioView, *, own: bool) -> discord.Embed:
    """Show the latest of each section."""
    shown = discord.Embed(
        title="📁 Portfolio",
        description=f"What {theme.person(view.user_id)} did here. The files hold all of it."
        + (f"\n{theme.escape(said)}" if (said := about(view)) else ""),
        colour=theme.ACCENT,
    )
    for section in sections(view):
        lines = [_short(line) for line in section.lines[:SHOWN]]
        if len(section.lines) > SHOWN:
            lines.append(f"… and {len(section.lines) - SHOWN} more")
        shown.add_field(name=section.title, value=theme.lines(lines, SECTION_LIMIT), inline=False)
    if own:
        shown.set_footer(
            text="Everyone in this server can see it."
            if view.shared
            else "Only you see it, until you share it."
        )
    return shown


def files(view: PortfolioView, server: str, now: datetime) -> list[discord.File]:
    """Return the Markdown file and the page."""
    found = sections(view)
    said = about(view)
    markdown = "\n".join(
        [
            f"# Portfolio: {theme.escape(server)}",
            f"\nAs of {now:%Y-%m-%d}, UTC." + (f" {theme.escape(said)}." if said else ""),
            *(
                "\n".join([f"\n## {one.title}\n", *(line.markdown() for line in one.lines)])
                for one in found
            ),
        ]
    )
    from jinja2 import Environment

    # The page is opened in a browser, and everything on it was typed by somebody.
    template = Environment(autoescape=True).from_string(_PAGE)
    page = template.render(server=server, now=now, sections=found, about=said)
    return [
        discord.File(io.BytesIO(markdown.encode()), "portfolio.md"),
        discord.File(io.BytesIO(page.encode()), "portfolio.html"),
    ]


def _short(line: PortfolioLine) -> str:
    text = theme.one_line(line.text, 90)
    # A long address would take the room of the other lines: all of it counts, seen or not.
    return f"[{text}]({line.url})" if line.url and len(line.url) < 150 else text


def _address(evidence: str | None) -> str | None:
    """Return evidence that can be followed as a link, in a message and in a file."""
    return evidence if evidence is not None and _ADDRESS.fullmatch(evidence) else None


def _project(one: ProjectDone) -> str:
    role = ", ".join([*(["lead"] if one.led else []), *one.roles]) or "member"
    left = f", until {one.left_at:%Y-%m-%d}" if one.left_at else ""
    return f"{one.title}: {role}{left}; {one.state.value}"


def _result(one: ResultDone, verdict: str | None) -> str:
    decided = ", ".join(DECIDED[decision] for decision in one.decisions) or "not reviewed yet"
    return (
        f"{one.project}, claim {one.claim_number} ({one.statement}), result {one.number}: "
        f"{one.value}; {decided}" + (f"; the claim: {verdict}" if verdict else "")
    )


def _meeting(one: MeetingDone) -> str:
    did = [
        word
        for word, true in (
            ("facilitated", one.led),
            ("was there", one.was_there),
            ("had read", one.had_read),
        )
        if true
    ]
    paper = f" on “{one.paper}”" if one.paper else ""
    return f"{one.title}{paper}: {', '.join(did)}"


_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Portfolio: {{ server }}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
       color: #1d2129; background: #fff }
h1 { margin-bottom: 0 } h2 { border-bottom: 1px solid #ccd; break-after: avoid }
li { break-inside: avoid; overflow-wrap: anywhere } time { color: #667; margin-right: .5em }
@media print { body { margin: 0; max-width: none } }
</style>
<h1>Portfolio</h1>
<p>{{ server }}, as of {{ now.strftime("%Y-%m-%d") }}, UTC.
{%- if about %}<br>{{ about }}{% endif %}</p>
{% for section in sections %}
<h2>{{ section.title }}</h2>
<ul>
{% for line in section.lines %}
<li>{% if line.at %}<time>{{ line.at.strftime("%Y-%m-%d") }}</time>{% endif %}{{ line.text }}
{%- if line.url and line.url.startswith(("https://", "http://")) %}
 <a href="{{ line.url }}">evidence</a>{% endif %}</li>
{% endfor %}
</ul>
{% endfor %}
</html>
"""
