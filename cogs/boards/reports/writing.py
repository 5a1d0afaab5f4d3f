"""A project's report: Markdown in the sections of a reproducibility report, a plot, JSON and CSV.

The sections are those of the ML Reproducibility Challenge's summary
(https://reproml.org), the title is [Re] as in ReScience C.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

import discord
from jinja2 import Environment, PackageLoader, StrictUndefined

from cogs.boards.ledger import cards as ledger_cards
from cogs.boards.ledger import figures
from cogs.boards.ledger import standings as ledger
from cogs.boards.ledger.headline import headline
from cogs.boards.ledger.standings import Standing
from cogs.boards.reports import plot
from cogs.boards.reports.service import ReportContents
from data.across.export import FORMULA_STARTS
from data.boards.claims import ClaimTerms
from data.boards.results import Findings, Result
from data.states import Origin, Topic, Verdict

_TEMPLATES = Environment(
    loader=PackageLoader("cogs.boards", "reports"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - Markdown, whose signs `md` escapes
)

_COLUMNS = (
    "claim", "version", "category", "statement", "metric", "unit", "dataset", "split", "where",
    "reported", "reported_spread", "spread_kind", "reported_runs", "better", "criterion",
    "tolerance", "weight", "headline", "fixed_by", "fixed_at", "verdict", "disputed", "result",
    "value", "spread", "runs", "seeds", "runner", "logged_at", "replaced", "counts", "reviewed",
    "origin", "commit", "command", "hardware", "hours", "cost", "deviations", "evidence", "notes",
)  # fmt: skip

LONGEST_VALUE = 60
"""Of more characters of values the report's tables give the mean; JSON and CSV have them all."""

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~$])")


async def files(contents: ReportContents, names: Mapping[int, str]) -> list[discord.File]:
    """Return the report's files; the work is done in a thread."""
    stem = _stem(contents.view.project.title)
    made = await asyncio.to_thread(render, contents, names)
    return [discord.File(io.BytesIO(data), f"{stem}.{ending}") for ending, data in made]


def render(contents: ReportContents, names: Mapping[int, str]) -> list[tuple[str, bytes]]:
    """Return what is in the report's files, by the endings of their names."""
    stem = _stem(contents.view.project.title)
    drawn = plot.rows(contents.view.standings)
    made = [
        ("md", markdown(contents, names, f"{stem}.png" if drawn else None).encode()),
        ("json", as_json(contents, names).encode()),
        ("csv", as_csv(contents, names).encode("utf-8-sig")),
    ]
    if drawn:
        left_out = len(contents.view.standings) - len(drawn)
        made.insert(1, ("png", plot.draw(_title(contents), drawn, left_out)))
    return made


def markdown(contents: ReportContents, names: Mapping[int, str], picture: str | None) -> str:
    """Return the report's text."""
    view = contents.view
    return _TEMPLATES.get_template("report.md.jinja").render(
        about=_about(contents),
        project=view.project,
        paper=view.paper,
        now=view.now,
        standings=view.standings,
        results=[(one, result) for one in view.standings for result in one.results],
        told=headline(view.standings),
        counts=_counts(view.standings),
        links=view.links,
        picture=picture,
        hours=contents.hours(),
        costs=contents.costs(),
        compute=contents.compute(),
        made=_made,
        reviewed=lambda standing: _reviewed(standing, names),  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
        people=contents.people(),
        contents=contents,
        Topic=Topic,
        who=lambda user_id: md(_name(names, user_id)),  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
        md=md,
        link_or_text=link_or_text,
        reported=_reported,
        found=_found,
        criterion=_criterion,
        day=_day,
    )


def as_json(contents: ReportContents, names: Mapping[int, str]) -> str:
    """Return the ledger as JSON: every claim, every result with its reviews, every verdict."""
    view = contents.view
    whole = {
        "title": _title(contents),
        "project": view.project.title,
        "state": view.project.state,
        "paper": view.paper.title if view.paper else view.project.cited,
        "paper_key": view.paper.key if view.paper else None,
        "generated_at": view.now.isoformat(),
        "claims": [_claim(standing, names) for standing in view.standings],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def as_csv(contents: ReportContents, names: Mapping[int, str]) -> str:
    """Return the ledger as a table: a row for each result, and one for a claim without any."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for standing in contents.view.standings:
        terms = standing.claim.terms
        claim = standing.claim
        first = [
            claim.name, claim.version, terms.category, terms.statement, terms.metric, terms.unit,
            terms.dataset, terms.split, terms.place, terms.reported, terms.spread,
            terms.spread_kind, terms.runs, terms.better, terms.criterion, terms.tolerance,
            terms.weight, terms.headline, _name(names, claim.fixed_by), claim.fixed_at.isoformat(),
            standing.judgement.verdict, standing.is_disputed,
        ]  # fmt: skip
        for result in standing.results or [None]:
            writer.writerow(map(_cell, first + _result_cells(result, names)))
    return out.getvalue()


def md(text: str) -> str:
    """Return a person's text on one line, its Markdown shown as typed."""
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))


def link_or_text(text: str) -> str:
    """Return an address as a link, anything else as a person's text."""
    plain_address = re.fullmatch(r"https?://[^\s<>]+", text.strip())
    return f"<{text.strip()}>" if plain_address else md(text)


def _result_cells(result: Result | None, names: Mapping[int, str]) -> list[Any]:
    if result is None:
        return [None] * (len(_COLUMNS) - _COLUMNS.index("result"))
    findings = result.findings
    reviews = "; ".join(
        f"{one.decision} by {_name(names, one.reviewer_id)}" for one in result.reviews
    )
    return [
        result.name, findings.value, findings.spread, findings.runs, findings.seeds,
        _name(names, result.runner_id), result.logged_at.isoformat(), result.replaced,
        result.counts, reviews, findings.origin, findings.revision, findings.command,
        findings.hardware, findings.hours, findings.cost, findings.deviations, findings.evidence,
        findings.notes,
    ]  # fmt: skip


def _cell(value: Any) -> str:
    """Return a cell that a spreadsheet does not take for a formula."""
    text = "" if value is None else str(value)
    is_number = re.fullmatch(r"[-+]?[\d.,eE%×^ ±-]+", text)
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not is_number else text


def _claim(standing: Standing, names: Mapping[int, str]) -> dict[str, Any]:
    claim = standing.claim
    return {
        "id": claim.name,
        "version": claim.version,
        "fixed_by": _name(names, claim.fixed_by),
        "fixed_at": claim.fixed_at.isoformat(),
        **_fields(claim.terms),
        "verdict": standing.judgement.verdict,
        "explanation": standing.judgement.sentence,
        "disputed": standing.is_disputed,
        "results": [
            {
                "id": result.name,
                "claim_version": result.claim_version,
                **_fields(result.findings),
                "runner": _name(names, result.runner_id),
                "logged_at": result.logged_at.isoformat(),
                "replaced": result.replaced,
                "counts": result.counts,
                "reviews": [
                    {
                        "by": _name(names, one.reviewer_id),
                        "decision": one.decision,
                        "reason": one.reason,
                        "at": one.reviewed_at.isoformat(),
                    }
                    for one in result.reviews
                ],
            }
            for result in standing.results
        ],
    }


def _fields(said: ClaimTerms | Findings) -> dict[str, Any]:
    return {field.name: getattr(said, field.name) for field in fields(said)}


def _title(contents: ReportContents) -> str:
    return f"[Re] {_about(contents)}"


def _about(contents: ReportContents) -> str:
    view = contents.view
    return view.paper.title if view.paper else view.project.cited


def _counts(standings: Iterable[Standing]) -> list[tuple[Verdict, int]]:
    verdicts = [standing.judgement.verdict for standing in standings]
    return [(one, verdicts.count(one)) for one in Verdict if one in verdicts]


def _reported(standing: Standing) -> str:
    terms = standing.claim.terms
    said = md(terms.reported) + (f" ± {terms.spread}" if terms.spread is not None else "")
    return f"{said} {md(terms.unit)}" if terms.unit else said


def _found(result: Result) -> str:
    findings = result.findings
    said = findings.value if len(findings.value) <= LONGEST_VALUE else _in_short(result)
    if findings.spread is not None:
        said += f" ± {findings.spread}"
    return f"{said} ({findings.runs} runs)" if findings.runs > 1 else said


def _in_short(result: Result) -> str:
    """Return the mean and the deviation of more values than a table holds."""
    ours = ledger.sample(result.findings)
    return figures.with_spread(ours.mean, ours.deviation)


def _made(result: Result) -> str:
    """Say how a result was made, as far as it tells."""
    findings = result.findings
    origin = {Origin.AUTHORS: "the authors' code", Origin.OWN: "our own code"}
    parts = [origin[findings.origin]] if findings.origin is not None else []
    if findings.revision:
        parts.append(f"commit {md(findings.revision)}")
    if findings.command:
        parts.append(f"by {_code(findings.command)}")
    if findings.seeds:
        parts.append(f"seeds {md(findings.seeds)}")
    return ", ".join(parts)


def _code(text: str) -> str:
    """Return a person's text as code on one line, whatever backticks it has."""
    return f"`{' '.join(text.split()).replace('`', chr(39))}`"


def _reviewed(standing: Standing, names: Mapping[int, str]) -> str:
    """Say who confirmed the results that count, and whose dispute stands."""
    said: list[str] = []
    for result in standing.results:
        if result.counts and result.reviews:
            last = result.reviews[-1]
            word = ledger_cards.SAID[last.decision]
            said.append(f"{result.name} {word} by {md(_name(names, last.reviewer_id))}")
    return "; ".join(said) or "—"


def _criterion(standing: Standing) -> str:
    return ledger_cards.judged(standing.claim.terms)


def _day(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d}"


def _name(names: Mapping[int, str], user_id: int) -> str:
    return names.get(user_id, "a former member")


def _stem(title: str) -> str:
    words = re.findall(r"[a-z0-9]+", title.casefold())
    return "-".join(words)[:60] or "report"
