"""What claims and results look like as messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardLayout
from cogs.boards.ledger import headline as headlines
from cogs.boards.ledger import standings as rules
from cogs.boards.ledger.service import ClaimHistory, LedgerEntry
from cogs.boards.ledger.standings import ClaimStanding, Earlier, criterion_of
from cogs.boards.listing import pages
from cogs.boards.wording import short, who
from data.boards.claims import Amendment, Claim, ClaimTerms
from data.boards.projects import Project
from data.boards.results import Result, Review
from data.states import (
    Better,
    Category,
    ClaimRole,
    Decision,
    Origin,
    PrintedAs,
    SpreadKind,
    Verdict,
)

SYMBOL = {
    Verdict.REPRODUCED: "🟩",
    Verdict.EXCEEDED: "🟦",
    Verdict.PARTLY: "🟨",
    Verdict.NOT_REPRODUCED: "🟥",
    Verdict.REVERSED: "🟪",
    Verdict.INCONCLUSIVE: "🟫",
    Verdict.NOT_ATTEMPTED: "⬜",
}
"""One family of marks, in lines and in bars."""

COLOUR = {
    Verdict.REPRODUCED: theme.GOOD,
    Verdict.EXCEEDED: theme.GOOD,
    Verdict.PARTLY: theme.WARM,
    Verdict.NOT_REPRODUCED: theme.BAD,
    Verdict.REVERSED: theme.BAD,
    Verdict.INCONCLUSIVE: theme.QUIET,
    Verdict.NOT_ATTEMPTED: theme.QUIET,
}

SPREAD = {
    SpreadKind.DEVIATION: "standard deviation",
    SpreadKind.ERROR: "standard error",
    SpreadKind.INTERVAL: "95% interval",
    SpreadKind.RANGE: "range",
}

PRINTED = {
    PrintedAs.MEAN: "a mean",
    PrintedAs.BEST: "the best run",
    PrintedAs.SINGLE: "a single run",
    PrintedAs.MEDIAN: "a median",
}

SAID = {
    Decision.CONFIRM: "confirmed",
    Decision.DISPUTE: "disputed",
    Decision.UPHOLD: "upheld",
    Decision.REJECT: "rejected",
}

MARK = {
    Decision.CONFIRM: theme.DONE,
    Decision.DISPUTE: "⚖️",
    Decision.UPHOLD: theme.DONE,
    Decision.REJECT: "⚖️",
}

ORIGIN = {Origin.AUTHORS: "with the authors' code", Origin.OWN: "with our own code"}

CATEGORY = {
    Category.CODE: "about code",
    Category.RUN: "about a run",
    Category.RESULT: "about a result",
}

FIELD = {
    "place": "where", "spread_kind": "kind of spread", "revision": "commit", "command": "command",
}  # fmt: skip
"""What fields are called where they are not called by their name."""

BAR = 10
ON_BOARD = 4
"""How many claims the board's card names."""

REVIEWS_SHOWN = 4


def verdict_bar(standings: Sequence[ClaimStanding]) -> str:
    """Return all verdicts of a project as a bar of squares and a line that says it in words."""
    shares = headlines.verdict_shares(standings)
    counts = headlines.blocks([share for _, share in shares], BAR)
    bar = "".join(SYMBOL[one] * count for (one, _), count in zip(shares, counts, strict=True))
    told = headlines.headline(standings)
    tried = sum(one.judgement.verdict is not Verdict.NOT_ATTEMPTED for one in standings)
    lines = [
        bar or SYMBOL[Verdict.NOT_ATTEMPTED] * BAR,
        f"{tried} of {theme.count(told.claims, 'claim')} tried: {told.sentence()}",
    ]
    if told.headlines:
        lines.append(f"-# Headline claims: {told.headline_sentence()}")
    if told.changed:
        claims = theme.count(told.changed, "claim")
        lines.append(
            f"-# The terms of {claims} changed after the first result; the first terms count where "
            "the verdict got better by it."
        )
    return "\n".join(lines)


def on_board(standings: Sequence[ClaimStanding]) -> str:
    """Return what the board's card says of the claims: the bar, and those that matter most."""
    ordered = sorted(
        standings,
        key=lambda one: (
            not one.is_disputed,
            not one.claim.terms.headline,
            one.judgement.verdict is Verdict.NOT_ATTEMPTED,
            -Decimal(one.claim.terms.weight),
            one.claim.number,
        ),
    )
    lines = [f"### Claims\n{verdict_bar(standings)}"]
    lines += [_line(one) for one in ordered[:ON_BOARD]]
    if len(ordered) > ON_BOARD:
        more = theme.count(len(ordered) - ON_BOARD, "claim")
        lines.append(f"-# … and {more} more: `/claim list`")
    return "\n".join(lines)


def _line(one: ClaimStanding) -> str:
    """Return a claim's line; that nobody tried it shows in its mark, and is counted above."""
    said = f"{one.claim.name} {short(one.claim.terms.statement, 70)}"
    if one.judgement.verdict is Verdict.NOT_ATTEMPTED:
        return f"{SYMBOL[one.judgement.verdict]} {said}"
    return f"{verdict(one)} · {said}"


def verdict(standing: ClaimStanding) -> str:
    """Return a claim's mark and verdict, which every line about it begins with."""
    return f"{SYMBOL[standing.judgement.verdict]} **{_verdict(standing)}**"


def noted(entry: LedgerEntry) -> str:
    """Tell whoever wrote down a claim or a result away from its board what became of it."""
    standing = entry.standing
    terms = standing.claim.terms
    one = entry.result
    if one is None:
        return f"{_line(standing)}\n{reported(terms)}\n"
    lines = [
        f"{verdict(standing)} · {standing.claim.name} {short(terms.statement, 200)}",
        f"You logged **{standing.claim.name} {one.name}**: {found(one)}",
        theme.clip(sentence(standing), 1000),
    ]
    return "\n".join(lines) + "\n"


def claim(entry: LedgerEntry, rows: Sequence[Sequence[ui.Item[Any]]]) -> Content:
    """Show a claim as it stands, with what can be done with it."""
    standing = entry.standing
    one = standing.claim
    terms = one.terms
    # The verdict already says that nobody tried it.
    untried = standing.judgement.verdict is Verdict.NOT_ATTEMPTED and one.version == 1
    lines = [
        f"{verdict(standing)} · {one.name}",
        f"**{short(terms.statement, 400)}**",
        reported(terms),
        "" if untried else sentence(standing),
        f"-# {judged(terms)}",
        f"-# {_fixed(one)}",
    ]
    items: list[ui.Item[Any]] = [ui.TextDisplay("\n".join(filter(None, lines)))]
    items += [ui.ActionRow(*row) for row in rows]
    colour = COLOUR[standing.judgement.verdict]
    return Content(view=CardLayout(ui.Container(*items, accent_colour=colour)))


def claim_changed(entry: LedgerEntry, by: int) -> str:
    """Tell what somebody changed in a claim."""
    one = entry.standing.claim
    lines = [f"✏️ {theme.person(by)} changed **{one.name}** {short(one.terms.statement, 200)}"]
    lines += [f"• {_change(change)}" for change in entry.amendments]
    if entry.versioned:
        lines.append(
            f"{theme.BELL} It has results already, so this is version {one.version}: the verdict "
            "says that the terms were changed after the first result."
        )
        now = entry.standing.judgement.verdict
        if entry.before not in (None, now):
            lines.append(f"{verdict(entry.standing)} · it was: {entry.before}")
    return theme.lines(lines, 1900)


def imported(claims: Sequence[Claim], by: int) -> str:
    """Tell that claims were added."""
    names = claims[0].name if len(claims) == 1 else f"{claims[0].name} to {claims[-1].name}"
    return (
        f"{theme.person(by)} wrote down {theme.count(len(claims), 'claim')} of the paper, "
        f"**{names}**. `/claim list` shows them."
    )


def result(entry: LedgerEntry, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Show a result with the verdict that it led to, and what others said of it."""
    assert entry.result is not None  # noqa: S101 - callers have one
    one = entry.result
    standing = rules.as_of(entry.standing, one)
    claim_name = standing.claim.name
    head = (
        f"{verdict(standing)} · {claim_name} {short(standing.claim.terms.statement, 200)}\n"
        f"{who(one.runner_id)} logged **{claim_name} {one.name}**: {found(one)}"
    )
    body = sentence(standing)
    before = rules.ahead_of(entry.standing, one).judgement.verdict
    if before not in (Verdict.NOT_ATTEMPTED, standing.judgement.verdict):
        body += f"\n-# The verdict was: {before}"
    parts = [head, body, theme.clip(_details(one), 1600), _succession(entry.standing, one)]
    parts += [_review(review) for review in one.reviews[-REVIEWS_SHOWN:]]
    items: list[ui.Item[Any]] = [ui.TextDisplay("\n".join(filter(None, parts)))]
    if buttons:
        items.append(ui.ActionRow(*buttons))
    colour = COLOUR[standing.judgement.verdict] if one.counts else theme.QUIET
    return Content(view=CardLayout(ui.Container(*items, accent_colour=colour)))


def claim_pages(project: Project, standings: Sequence[ClaimStanding]) -> list[discord.Embed]:
    """Return a project's claims with their verdicts, a few on each page."""
    entries = [
        (
            f"{SYMBOL[one.judgement.verdict]} {_verdict(one)} · {one.claim.name}",
            f"{short(one.claim.terms.statement, 300)}\n{reported(one.claim.terms)}\n"
            f"{sentence(one)}\n{judged(one.claim.terms)}",
        )
        for one in standings
    ]
    title = f"Claims of {project.title}"
    nothing = "No claims yet. What does the paper say? `/claim add` writes it down."
    return pages(title, entries, nothing, above=verdict_bar(standings) if standings else None)


def result_pages(
    project: Project, standings: Sequence[ClaimStanding], versions: Sequence[Claim]
) -> list[discord.Embed]:
    """Return the results of one or several claims with their reviews, and earlier terms."""
    entries = [
        (
            f"{old.name} · version {old.version}",
            f"{reported(old.terms)}\n{judged(old.terms)}\n-# fixed by {who(old.fixed_by)} "
            f"{when.stamp(old.fixed_at, 'f')}",
        )
        for old in versions[:-1]
    ]
    for standing in standings:
        for one in standing.results:
            said = f"{found(one)} · {who(one.runner_id)} {when.stamp(one.logged_at, 'f')}"
            lines = [said, theme.clip(_details(one), 500), *map(_review, one.reviews[-3:])]
            state = "replaced" if one.replaced else _standing_of(one)
            name = f"{standing.claim.name} {one.name}" + (f" · {state}" if state else "")
            entries.append((name, "\n".join(filter(None, lines))))
    title = f"Results of {project.title}"
    return pages(title, entries, "No results yet. `/result log` writes the first.")


def history_pages(history: ClaimHistory) -> list[discord.Embed]:
    """Return all that happened to a claim, the latest first: who did what, and when."""
    standing = history.entry.standing
    one = standing.claim
    names: dict[int, str] = {result.id: result.name for result in standing.results}
    first = history.versions[0]
    events: list[tuple[datetime, str, str]] = [
        (one.created_at, "written down", f"{who(one.created_by)}\n{reported(first.terms)}")
    ]
    for change in history.amendments:
        about = names.get(change.result_id) if change.result_id is not None else None
        events.append(
            (
                change.amended_at,
                f"{about} completed" if about else f"changed, version {change.version}",
                f"{who(change.amended_by)}: {_change(change)}",
            )
        )
    for result in standing.results:
        events.append(
            (result.logged_at, f"{result.name} logged", f"{who(result.runner_id)}: {found(result)}")
        )
        events += [
            (
                said.reviewed_at,
                f"{result.name} {SAID[said.decision]}",
                f"{who(said.reviewer_id)}: {short(said.reason, 300)}",
            )
            for said in result.reviews
        ]
    ordered = sorted(events, key=lambda event: event[0], reverse=True)
    entries = [
        (f"{one.name} {what}", f"{text}\n{when.stamp(at, 'f')}") for at, what, text in ordered
    ]
    title = f"History of {one.name}"
    return pages(title, entries, "Nothing yet.", above=short(one.terms.statement, 300))


def reported(terms: ClaimTerms) -> str:
    """Say what the paper reports, and where."""
    said = f"{theme.PAPER} {short(terms.metric, 120)}"
    if terms.better is not None:
        said += " ↑" if terms.better is Better.HIGHER else " ↓"
    said += f" **{theme.escape(terms.reported)}**"
    if terms.spread is not None and terms.spread_kind is not None:
        said += f" ± {terms.spread}"
    if terms.unit is not None:
        said += f" {short(terms.unit, 60)}"
    notes = [SPREAD[terms.spread_kind]] if terms.spread_kind is not None else []
    if terms.printed_as is not None:
        notes.append(PRINTED[terms.printed_as])
    if terms.runs is not None:
        notes.append(theme.count(terms.runs, "run"))
    if notes:
        said += f" ({', '.join(notes)})"
    parts = (terms.dataset, terms.split, terms.place)
    return said + "".join(f" · {short(part, 120)}" for part in parts if part)


def judged(terms: ClaimTerms) -> str:
    """Say how a claim is judged."""
    said = criterion_of(terms)
    if terms.category is not Category.RESULT:
        said += f" · {CATEGORY[terms.category]}"
    if terms.role is ClaimRole.BASELINE:
        said += " · a baseline"
    if terms.weight != "1":
        said += f" · weight {terms.weight}"
    return said + (" · headline" if terms.headline else "")


def found(one: Result) -> str:
    """Say what a result measured, as it was typed."""
    findings = one.findings
    said = f"**{theme.escape(theme.clip(findings.value, 90))}**"
    if findings.spread is not None:
        said += f" ± {findings.spread}"
    if findings.runs > 1:
        said += f" ({findings.runs} runs)"
    return said


def link_or_text(text: str) -> str:
    """Return an address as it is, so that it can be followed; anything else escaped."""
    is_address = re.fullmatch(r"https?://[^\s<>()\[\]]{1,480}", text)
    return f"<{text}>" if is_address else short(text, 500)


def _details(one: Result) -> str:
    findings = one.findings
    ran = [ORIGIN[findings.origin]] if findings.origin is not None else []
    if findings.revision:
        ran.append(f"at commit {short(findings.revision, 80)}")
    if findings.hardware:
        ran.append(f"on {short(findings.hardware, 80)}")
    if findings.hours:
        ran.append(f"{findings.hours} h")
    if findings.cost:
        ran.append(findings.cost)
    if findings.seeds:
        word = "seeds" if "," in findings.seeds else "seed"
        ran.append(f"{word} {theme.clip(findings.seeds, 60)}")
    lines = [f"-# Run {', '.join(ran)}"] if ran else []
    if findings.command:
        lines.append(f"-# How: {short(findings.command, 300)}")
    if findings.deviations:
        lines.append(f"Deviations: {short(findings.deviations, 500)}")
    if findings.evidence:
        lines.append(f"Evidence: {link_or_text(findings.evidence)}")
    if findings.notes:
        lines.append(short(findings.notes, 500))
    return "\n".join(lines)


def _succession(standing: ClaimStanding, one: Result) -> str:
    """Say which result this one replaces, and which replaced it."""
    lines: list[str] = []
    if one.replaces is not None:
        old = next(other for other in standing.results if other.id == one.replaces)
        lines.append(f"-# It replaces {old.name}, which stays on record.")
    later = next((other for other in standing.results if other.replaces == one.id), None)
    if later is not None:
        lines.append(f"-# {later.name} replaces it.")
    return "\n".join(lines)


def _fixed(one: Claim) -> str:
    said = f"fixed by {who(one.fixed_by)} {when.stamp(one.fixed_at, 'f')}"
    return f"{said}, version {one.version}" if one.version > 1 else said


def _change(change: Amendment) -> str:
    name = FIELD.get(change.field, change.field)
    before = short(change.before, 120) if change.before is not None else theme.NOTHING
    after = short(change.after, 120) if change.after is not None else theme.NOTHING
    return f"{name}: {before} → **{after}**"


def sentence(standing: ClaimStanding) -> str:
    """Say the verdict's reason, and what an earlier version comes to."""
    said = theme.escape(standing.judgement.sentence)
    if standing.is_disputed:
        said += " Disputed, and not settled yet."
    if standing.changed_after_results:
        said += f" The terms are version {standing.claim.version}, changed after the first result."
        said += "".join(f" {_under(one)}" for one in standing.earlier)
    return said


def _under(earlier: Earlier) -> str:
    """Say what today's results come to under earlier terms."""
    return f"Under version {earlier.claim.version}: {earlier.judgement.verdict}."


def _verdict(standing: ClaimStanding) -> str:
    verdict = str(standing.judgement.verdict)
    return f"{verdict}, disputed" if standing.is_disputed else verdict


def _standing_of(one: Result) -> str:
    if not one.counts:
        return "rejected"
    if one.is_disputed:
        return "disputed"
    return "confirmed" if one.is_confirmed else ""


def _review(one: Review) -> str:
    return (
        f"-# {MARK[one.decision]} {SAID[one.decision]} by {who(one.reviewer_id)}: "
        f"{short(one.reason, 200)}"
    )
