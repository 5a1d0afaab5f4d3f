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
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import discord
from msgspec import Struct, structs

from bot import __version__
from cogs.boards.ledger import cards as ledger_cards
from cogs.boards.ledger import number_format
from cogs.boards.ledger import standings as ledger
from cogs.boards.ledger.headline import counted_verdict, evidence, headline
from cogs.boards.ledger.rules import changes
from cogs.boards.ledger.standings import ClaimStanding, criterion_of
from cogs.boards.ledger.terms import margin_of, pooled
from cogs.boards.reports import plot, rules, web_page
from cogs.boards.reports.service import ReportContents
from data.across.server_export import FORMULA_STARTS
from data.boards.claims import ClaimTerms
from data.boards.results import Findings, Result
from data.migrations import HEAD
from data.states import ClaimRole, Criterion, Origin, Topic, Verdict

if TYPE_CHECKING:
    from jinja2 import Template

FORMAT = "cohort-report-1"
"""What the JSON calls its format; another number when a reader would have to change."""


class Software(Struct, frozen=True):
    """What wrote a report: Cohort's version, and the revision of its database's schema."""

    version: str
    schema: str

    def sentence(self) -> str:
        """Say it with the format of the JSON."""
        return f"Cohort {self.version} (schema {self.schema}, data format {FORMAT})"


SOFTWARE = Software(__version__, HEAD)

_COLUMNS = (
    "claim", "version", "category", "statement", "metric", "unit", "dataset", "split", "where",
    "reported", "reported_spread", "spread_kind", "reported_runs", "better", "criterion",
    "tolerance", "margin", "printed_as", "role", "scale", "first", "second", "by", "weight",
    "headline", "fixed_by", "fixed_at", "reason", "verdict", "counts_as", "evidence_state",
    "disputed", "earlier_verdicts", "result", "value", "spread", "result_spread_kind",
    "runs", "seeds", "runner", "logged_at", "replaced", "counts", "reviewed",
    "origin", "commit", "command", "hardware", "hours", "cost", "deviations", "evidence", "notes",
)  # fmt: skip

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~$])")


async def files(
    contents: ReportContents, names: Mapping[int, str], *, page: bool = False
) -> list[discord.File]:
    """Return the report's files, with ``page`` also as HTML; the work is done in a thread."""
    stem = _stem(contents.view.project.title)
    made = await asyncio.to_thread(render, contents, names, page=page)
    return [discord.File(io.BytesIO(data), f"{stem}.{ending}") for ending, data in made]


def render(
    contents: ReportContents, names: Mapping[int, str], *, page: bool = False
) -> list[tuple[str, bytes]]:
    """Return what is in the report's files, by the endings of their names."""
    stem = _stem(contents.view.project.title)
    drawn = plot.rows(contents.view.standings)
    made = [
        ("md", markdown(contents, names, f"{stem}.png" if drawn else None).encode()),
        ("json", as_json(contents, names).encode()),
        # With the mark at its beginning, without which Excel reads UTF-8 as the machine's own
        # letters.
        ("csv", as_csv(contents, names).encode("utf-8-sig")),
    ]
    if drawn:
        left_out = len(contents.view.standings) - len(drawn)
        made.insert(1, ("png", plot.draw(_title(contents), drawn, left_out)))
    if page:
        text, drawing = made[0][1].decode(), dict(made).get("png")
        made.append(("html", web_page.page(text, _title(contents), drawing).encode()))
    return made


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("cogs.boards", "reports"),
        # A name that is misspelt in the template would else be an empty place in somebody's report.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown, whose signs `md` escapes
    )
    return made.get_template("report.md.jinja")


def markdown(
    contents: ReportContents,
    names: Mapping[int, str],
    picture: str | None,
    software: Software = SOFTWARE,
) -> str:
    """Return the report's text: one page that sums up, and the whole ledger behind it."""
    view = contents.view
    return _template().render(
        about=_about(contents),
        project=view.project,
        paper=view.paper,
        now=view.now,
        standings=view.standings,
        page=_on_page(view.standings),
        untried=[one for one in view.standings if one.judgement.verdict is Verdict.NOT_ATTEMPTED],
        changed=[one for one in view.standings if one.earlier],
        results=[(one, result) for one in view.standings for result in one.results],
        told=headline(view.standings),
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
        setting=_setting,
        found=_found,
        ours=_ours,
        sure=_sure,
        criterion=_criterion,
        differences=_differences,
        counted=counted_verdict,
        verdict=_verdict,
        fixed=_fixed,
        unsaid=_unsaid(view.standings),
        software=software,
        day=_day,
        minute=_minute,
    )


def _on_page(standings: Sequence[ClaimStanding]) -> Sequence[ClaimStanding]:
    """Return the claims of the first page: those that the paper rests on, then the weightiest."""
    ordered = sorted(
        standings,
        key=lambda one: (
            not one.claim.terms.headline,
            one.judgement.verdict is Verdict.NOT_ATTEMPTED,
            -Decimal(one.claim.terms.weight),
            one.claim.number,
        ),
    )
    return sorted(ordered[: rules.ON_PAGE], key=lambda one: one.claim.number)


def as_json(contents: ReportContents, names: Mapping[int, str]) -> str:
    """Return the ledger as JSON, as ``report.schema.json`` describes it.

    Every claim with its terms, also those it had before, every result with its reviews, every
    verdict, and what a board says in its headline.
    """
    view = contents.view
    told = headline(view.standings)
    whole = {
        "format": FORMAT,
        "software": {"cohort": SOFTWARE.version, "schema": SOFTWARE.schema},
        "title": _title(contents),
        "project": view.project.title,
        "state": view.project.state,
        "paper": view.paper.title if view.paper else view.project.cited,
        "paper_key": view.paper.key if view.paper else None,
        "generated_at": view.now.isoformat(),
        "headline": {
            "claims": told.claims,
            "by_evidence": [
                {
                    "evidence": share.evidence,
                    "claims": share.claims,
                    "weight": f"{share.weight:.6f}",
                    "verdicts": {str(verdict): count for verdict, count in share.verdicts},
                }
                for share in told.shares
            ],
            "changed_after_results": told.changed,
            "results": told.results,
            "results_without_review": told.unreviewed,
            "results_without_evidence": told.unproven,
        },
        "cost": {
            "hours": f"{contents.hours():f}",
            "by_hardware": [
                {"hardware": name, "hours": f"{hours:f}"} for name, hours in contents.compute()
            ],
            "money": [
                {"currency": currency or None, "amount": f"{amount:f}"}
                for currency, amount in contents.costs()
            ],
        },
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
            _margin(standing), terms.printed_as, terms.role, terms.scale, *_rows(standing),
            terms.by, terms.weight, terms.headline, _name(names, claim.fixed_by),
            claim.fixed_at.isoformat(), claim.reason, standing.judgement.verdict,
            counted_verdict(standing), evidence(standing),
            standing.is_disputed or standing.judgement.disagree,
            "; ".join(f"{one.claim.version}: {one.judgement.verdict}" for one in standing.earlier),
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
        result.name, findings.value, findings.spread, findings.spread_kind, findings.runs,
        findings.seeds,
        _name(names, result.runner_id), result.logged_at.isoformat(), result.replaced,
        result.counts, reviews, findings.origin, findings.revision, findings.command,
        findings.hardware, findings.hours, findings.cost, findings.deviations, findings.evidence,
        findings.notes,
    ]  # fmt: skip


def _cell(value: Any) -> str:
    """Return a cell that a spreadsheet does not take for a formula; numbers stay as they are."""
    text = "" if value is None else str(value)
    if not text.startswith(FORMULA_STARTS):
        return text
    # “-0.3” begins like a formula and is a value; with a quotation mark before it nothing computes.
    numbers_only = all(_NUMBER.fullmatch(part.strip()) for part in text.split(","))
    return text if numbers_only else f"'{text}"


_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?\s*%?", re.ASCII)


def _claim(standing: ClaimStanding, names: Mapping[int, str]) -> dict[str, Any]:
    claim = standing.claim
    return {
        "id": claim.name,
        "version": claim.version,
        "fixed_by": _name(names, claim.fixed_by),
        "fixed_at": claim.fixed_at.isoformat(),
        "reason": claim.reason,
        **_fields(claim.terms),
        "compares": [row.claim.name for row in standing.rows] or None,
        "judged_by": criterion_of(claim.terms),
        "margin": _margin(standing),
        "verdict": standing.judgement.verdict,
        "counts_as": counted_verdict(standing),
        "evidence_state": evidence(standing),
        "explanation": standing.judgement.sentence,
        "interval": _interval(standing),
        "disputed": standing.is_disputed,
        "disagree": standing.judgement.disagree,
        "sources": [
            {
                "results": list(part.names),
                "verdict": part.verdict,
                "explanation": part.sentence,
            }
            for part in standing.judgement.parts
        ],
        "earlier": [
            {
                "version": one.claim.version,
                "fixed_by": _name(names, one.claim.fixed_by),
                "fixed_at": one.claim.fixed_at.isoformat(),
                "reason": one.claim.reason,
                **_fields(one.claim.terms),
                "judged_by": criterion_of(one.claim.terms),
                "verdict": one.judgement.verdict,
                "explanation": one.judgement.sentence,
            }
            for one in standing.earlier
        ],
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
    """Return what terms or findings say; a comparison's rows are named, not numbered."""
    hidden = ("first_id", "second_id")
    return {name: value for name, value in structs.asdict(said).items() if name not in hidden}


def _margin(standing: ClaimStanding) -> str | None:
    """Return how far ours may lie, in the metric's unit; None where that is not what counts."""
    margin = standing.judgement.margin or margin_of(ledger.terms_of(standing.claim.terms))
    return margin.text if margin is not None else None


def _rows(standing: ClaimStanding) -> tuple[str | None, str | None]:
    names = [row.claim.name for row in standing.rows]
    return (names[0], names[1]) if len(names) == 2 else (None, None)


def _interval(standing: ClaimStanding) -> list[float] | None:
    interval = standing.judgement.interval
    return [interval.low, interval.high] if interval is not None else None


def _title(contents: ReportContents) -> str:
    return f"[Re] {_about(contents)}"


def _about(contents: ReportContents) -> str:
    view = contents.view
    return view.paper.title if view.paper else view.project.cited


def _reported(standing: ClaimStanding) -> str:
    """Say what the paper reports, with its spread, runs and which figure it prints."""
    terms = standing.claim.terms
    said = md(terms.reported) + (f" ± {terms.spread}" if terms.spread is not None else "")
    if terms.unit:
        said += f" {md(terms.unit)}"
    notes = [str(terms.printed_as)] if terms.printed_as is not None else []
    if terms.spread_kind is not None:
        notes.append(ledger_cards.SPREAD[terms.spread_kind])
    if terms.runs is not None:
        notes.append(f"{terms.runs} run{'s' if terms.runs != 1 else ''}")
    return f"{said} ({', '.join(notes)})" if notes else said


def _setting(standing: ClaimStanding) -> str:
    """Say on what data a claim is measured, and which way it is better."""
    terms = standing.claim.terms
    parts = [md(part) for part in (terms.dataset, terms.split) if part]
    if terms.better is not None:
        parts.append(f"{terms.better} is better")
    if terms.role is ClaimRole.BASELINE:
        parts.append("a baseline")
    return ", ".join(parts)


def _ours(standing: ClaimStanding) -> str:
    """Say what all results that count come to, with the digits that their spread allows."""
    terms = standing.claim.terms
    interval = standing.judgement.interval
    if terms.is_comparison and interval is not None:
        low, high = number_format.apart([interval.low, interval.high])
        return f"{low} to {high} better (90%)"
    samples = ledger.samples(terms, standing.results)
    if not samples or terms.criterion is Criterion.OUTCOME:
        return "; ".join(_found(one) for one in standing.results if one.counts) or "—"
    whole = pooled(samples)
    said = number_format.with_spread(whole.mean, whole.deviation)
    percent = "%" if "%" in terms.reported else ""
    runs = f" ({whole.runs} runs)" if whole.runs > 1 else ""
    return f"{said}{percent}{runs}"


def _sure(standing: ClaimStanding) -> str:
    """Say how well a verdict is known: by whom, and whether the terms changed meanwhile."""
    said = str(evidence(standing))
    if standing.earlier:
        was = ", ".join(f"{one.judgement.verdict}" for one in standing.earlier)
        said += f"; terms changed after results, before: {was}"
    return said


def _differences(before: ClaimTerms, after: ClaimTerms) -> str:
    """Say which terms changed, each as it was and as it is."""
    changed = changes(before, after)
    return "; ".join(
        f"{ledger_cards.FIELD.get(name, name)}: {md(old or '—')} → {md(new or '—')}"
        for name, (old, new) in changed.items()
    )


def _found(result: Result) -> str:
    findings = result.findings
    said = findings.value if len(findings.value) <= rules.LONGEST_VALUE else _in_short(result)
    if findings.spread is not None:
        said += f" ± {findings.spread}"
    return f"{said} ({findings.runs} runs)" if findings.runs > 1 else said


def _in_short(result: Result) -> str:
    """Return the mean and the deviation of more values than a table holds."""
    ours = ledger.sample(result.findings)
    return number_format.with_spread(ours.mean, ours.deviation)


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
    if findings.hardware:
        parts.append(f"on {md(findings.hardware)}")
    return ", ".join(parts)


def _code(text: str) -> str:
    """Return a person's text as code on one line, whatever backticks it has."""
    return f"`{' '.join(text.split()).replace('`', chr(39))}`"


def _reviewed(standing: ClaimStanding, names: Mapping[int, str]) -> str:
    """Say who confirmed the results that count, and whose dispute stands."""
    said: list[str] = []
    for result in standing.results:
        if result.counts and result.reviews:
            last = result.reviews[-1]
            word = ledger_cards.SAID[last.decision]
            said.append(f"{result.name} {word} by {md(_name(names, last.reviewer_id))}")
    return "; ".join(said) or "—"


def _criterion(standing: ClaimStanding) -> str:
    return ledger_cards.judged(standing.claim.terms)


def _verdict(standing: ClaimStanding) -> str:
    """Say the verdict that a claim counts with, and today's where that is another one."""
    counted, now = counted_verdict(standing), standing.judgement.verdict
    return str(now) if counted is now else f"{counted} (under changed terms: {now})"


def _fixed(standing: ClaimStanding) -> str:
    """Say when a claim's terms were fixed, and whether there was a result by then."""
    claim = standing.claim
    said = _minute(claim.fixed_at)
    if claim.version > 1:
        return f"{said}, version {claim.version}, after the first result"
    return f"{said}, before the first result" if standing.results else said


_WANTED = {"revision": "the commit", "seeds": "the seeds", "hardware": "the hardware"}


def _unsaid(standings: Sequence[ClaimStanding]) -> str:
    """Say how many results that count leave out what it takes to run them again."""
    counting = [one.findings for each in standings for one in each.results if one.counts]
    missing = {
        name: sum(getattr(one, field) is None for one in counting)
        for field, name in _WANTED.items()
    }
    said = [f"{number} without {name}" for name, number in missing.items() if number]
    return ", ".join(said)


def _day(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d}"


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _name(names: Mapping[int, str], user_id: int) -> str:
    return names.get(user_id, "a former member")


def _stem(title: str) -> str:
    words = re.findall(r"[a-z0-9]+", title.casefold())
    return "-".join(words)[:60] or "report"
