"""What claims and results look like as messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import discord
from discord import ui

from bot import when
from bot.delivery import Content
from bot.ui import theme
from bot.ui.items import CardLayout
from cogs.boards.listing import pages
from cogs.boards.rules import ledger as rules
from cogs.boards.rules import verdicts
from cogs.boards.rules.ledger import Standing
from cogs.boards.service.ledger import Entry
from cogs.boards.wording import short, who
from data.boards import Project
from data.claims import Claim, ClaimTerms
from data.results import Result, Review
from data.states import Better, Criterion, Decision, Origin, SpreadKind, Verdict

SYMBOL = {
    Verdict.REPRODUCED: "🟩",
    Verdict.EXCEEDED: "🟢",
    Verdict.PARTLY: "🟨",
    Verdict.NOT_REPRODUCED: "🟥",
    Verdict.REVERSED: "🔴",
    Verdict.INCONCLUSIVE: "⬜",
    Verdict.NOT_ATTEMPTED: "▫️",
}

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
}

SAID = {
    Decision.CONFIRM: "confirmed",
    Decision.DISPUTE: "disputed",
    Decision.UPHOLD: "upheld",
    Decision.REJECT: "rejected",
}

ORIGIN = {Origin.AUTHORS: "with the authors' code", Origin.OWN: "with our own code"}

BAR = 10
ON_BOARD = 4
"""How many claims the board's card names."""


def verdict_bar(standings: Sequence[Standing]) -> str:
    """Return all verdicts of a project as a bar of squares and a line that says it in words."""
    told = rules.tally(standings)
    green, yellow, red, rest = verdicts.blocks([told.good, told.partly, told.bad, told.open], BAR)
    bar = "🟩" * green + "🟨" * yellow + "🟥" * red + "⬜" * rest
    said = f"{told.attempted} of {theme.count(told.claims, 'claim')} tried"
    if told.attempted:
        said += f", {_percent(told.good)} of the weight reproduced"
    if told.headlines:
        said += f" · headline {told.headlines_good} of {told.headlines}"
    disputed = sum(standing.is_disputed for standing in standings)
    if disputed:
        said += f" · {disputed} disputed"
    return f"{bar}\n{said}"


def on_board(standings: Sequence[Standing]) -> str:
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
    lines += [
        f"{SYMBOL[one.judgement.verdict]} **{one.claim.name}** "
        f"{short(one.claim.terms.statement, 70)} · {_verdict(one)}"
        for one in ordered[:ON_BOARD]
    ]
    if len(ordered) > ON_BOARD:
        more = theme.count(len(ordered) - ON_BOARD, "claim")
        lines.append(f"-# … and {more} more: `/project claim list`")
    return "\n".join(lines)


def claim(entry: Entry, *, said: str) -> Content:
    """Show a claim that was added or changed."""
    one = entry.standing.claim
    text = (
        f"{said} **{one.name}** {short(one.terms.statement, 400)}\n"
        f"{reported(one.terms)}\n-# {judged(one.terms)}"
    )
    if entry.anew:
        text += (
            f"\n{theme.BELL} It has results already, so this is version {one.version}: the verdict "
            "says that the terms were changed after the first result."
        )
    if entry.standing.results:
        text += f"\n{_sentence(entry.standing)}"
    return Content(view=CardLayout(ui.Container(ui.TextDisplay(text), accent_colour=theme.ACCENT)))


def import_preview(terms: Sequence[ClaimTerms]) -> str:
    """Show what a table comes to, before it is written down."""
    lines = [f"• {short(one.statement, 80)} · **{one.reported}** · {judged(one)}" for one in terms]
    return theme.lines(
        [f"That is {theme.count(len(terms), 'claim')}. Add them, or correct them first?", *lines],
        1900,
    )


def imported(claims: Sequence[Claim], by: int) -> str:
    """Tell that claims were added."""
    names = claims[0].name if len(claims) == 1 else f"{claims[0].name} to {claims[-1].name}"
    return (
        f"<@{by}> wrote down {theme.count(len(claims), 'claim')} of the paper, **{names}**. "
        "`/project claim list` shows them."
    )


def result(entry: Entry, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Show a result that was logged, with the verdict, for others to review."""
    assert entry.result is not None  # noqa: S101 - callers have one
    one = entry.result
    claim_name = entry.standing.claim.name
    head = f"{theme.BOARD} {who(one.runner_id)} logged **{claim_name} {one.name}**: {found(one)}"
    if one.replaces is not None:
        old = next(other for other in entry.standing.results if other.id == one.replaces)
        head += f"\n-# It replaces {old.name}, which stays on record."
    body = f"{short(entry.standing.claim.terms.statement, 300)}\n{_sentence(entry.standing)}"
    unchanged = (None, Verdict.NOT_ATTEMPTED, entry.standing.judgement.verdict)
    if entry.before not in unchanged:
        body += f"\n-# The verdict was: {entry.before}"
    details = _details(one)
    items: list[ui.Item[Any]] = [ui.TextDisplay(head), ui.TextDisplay(body)]
    if details:
        items.append(ui.TextDisplay(theme.clip(details, 1800)))
    if buttons:
        items.append(ui.ActionRow(*buttons))
    colour = COLOUR[entry.standing.judgement.verdict]
    return Content(view=CardLayout(ui.Container(*items, accent_colour=colour)))


def review(entry: Entry, project: Project, by: int, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Tell of a review, and ask the lead to settle a dispute."""
    assert entry.result is not None  # noqa: S101 - callers have one
    last = entry.result.reviews[-1]
    symbol = {Decision.DISPUTE: "⚖️", Decision.REJECT: "⚖️"}.get(last.decision, theme.DONE)
    text = (
        f"{symbol} <@{by}> {SAID[last.decision]} **{entry.standing.claim.name} "
        f"{entry.result.name}**: {short(last.reason, 800)}\n{_sentence(entry.standing)}"
    )
    mentions = discord.AllowedMentions.none()
    if last.decision is Decision.DISPUTE and project.lead_id is not None:
        text += f"\n<@{project.lead_id}>, does it stand? Settle it, with the reason."
        mentions = discord.AllowedMentions(
            everyone=False, roles=False, users=[discord.Object(project.lead_id)]
        )
    items: list[ui.Item[Any]] = [ui.TextDisplay(text)]
    if buttons:
        items.append(ui.ActionRow(*buttons))
    return Content(view=CardLayout(*items), mentions=mentions)


def claim_pages(project: Project, standings: Sequence[Standing]) -> list[discord.Embed]:
    """Return a project's claims with their verdicts, a few on each page."""
    entries = [
        (
            f"{SYMBOL[one.judgement.verdict]} {one.claim.name} · {_verdict(one)}",
            f"{short(one.claim.terms.statement, 300)}\n{reported(one.claim.terms)}\n"
            f"{_sentence(one, bare=True)}\n-# {judged(one.claim.terms)}",
        )
        for one in standings
    ]
    title = f"Claims of {project.title}"
    nothing = "No claims yet. What does the paper say? `/project claim add` writes it down."
    return pages(title, entries, nothing, above=verdict_bar(standings) if standings else None)


def result_pages(
    project: Project, standings: Sequence[Standing], versions: Sequence[Claim]
) -> list[discord.Embed]:
    """Return the history of one or several claims: results, reviews, and changed terms."""
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
    return pages(title, entries, "No results yet. `/project result log` writes the first.")


def reported(terms: ClaimTerms) -> str:
    """Say what the paper reports, and where."""
    said = f"{theme.PAPER} {short(terms.metric, 120)}"
    if terms.better is not None:
        said += " ↑" if terms.better is Better.HIGHER else " ↓"
    said += f" **{terms.reported}**"
    if terms.spread is not None and terms.spread_kind is not None:
        said += f" ± {terms.spread} ({SPREAD[terms.spread_kind]})"
    if terms.runs is not None:
        said += f", {theme.count(terms.runs, 'run')}"
    said += "".join(f" · {short(part, 120)}" for part in (terms.dataset, terms.place) if part)
    return said


def judged(terms: ClaimTerms) -> str:
    """Say how a claim is judged."""
    match terms.criterion:
        case Criterion.RELATIVE:
            share = (Decimal(terms.tolerance or 0) * 100).normalize()
            said = f"Reproduced within {share:f}% of the reported value"
        case Criterion.ABSOLUTE:
            said = f"Reproduced within ± {terms.tolerance}"
        case Criterion.INTERVAL:
            said = "Reproduced when the reported value lies in the 95% prediction interval of ours"
        case Criterion.DIRECTION:
            said = "Reproduced when the direction is the same"
        case Criterion.EXACT:
            said = "Reproduced when ours rounds to the printed digits"
    if terms.weight != "1":
        said += f" · weight {terms.weight}"
    return said + (" · headline" if terms.headline else "")


def found(one: Result) -> str:
    """Say what a result measured, as it was typed."""
    findings = one.findings
    said = f"**{theme.clip(findings.value, 120)}**"
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
        ran.append(f"commit {short(findings.revision, 80)}")
    if findings.hardware:
        ran.append(f"on {short(findings.hardware, 80)}")
    if findings.hours:
        ran.append(f"{findings.hours} h")
    lines = [f"-# Run {', '.join(ran)}"] if ran else []
    if findings.deviations:
        lines.append(f"Deviations: {short(findings.deviations, 500)}")
    if findings.evidence:
        lines.append(f"Evidence: {link_or_text(findings.evidence)}")
    if findings.notes:
        lines.append(short(findings.notes, 500))
    return "\n".join(lines)


def _sentence(standing: Standing, *, bare: bool = False) -> str:
    verdict = standing.judgement.verdict
    said = "" if bare else f"{SYMBOL[verdict]} **{_verdict(standing).capitalize()}.** "
    said += standing.judgement.sentence
    if standing.is_disputed:
        said += " Disputed: the lead has still to settle it."
    if standing.changed_after_results:
        said += f" The terms are version {standing.claim.version}, changed after the first result."
    return said


def _verdict(standing: Standing) -> str:
    verdict = str(standing.judgement.verdict)
    return f"{verdict}, disputed" if standing.is_disputed else verdict


def _standing_of(one: Result) -> str:
    if not one.counts:
        return "rejected"
    if one.is_disputed:
        return "disputed"
    return "confirmed" if one.is_confirmed else ""


def _review(one: Review) -> str:
    return f"-# {SAID[one.decision]} by {who(one.reviewer_id)}: {short(one.reason, 120)}"


def _percent(share: Decimal) -> str:
    return f"{round(share * 100)}%"
