"""What a result may say: its numbers, and how they were made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

from msgspec import Struct
from msgspec.structs import replace

from bot.base.errors import Conflict, InvalidInput
from cogs.boards.ledger.rules import LARGEST_RUNS, NOTES_LIMIT, PLACE_LIMIT, optional
from cogs.boards.ledger.standings import terms_of
from cogs.boards.printed import numbers, ranges
from cogs.boards.printed.numbers import Printed
from cogs.boards.printed.ranges import PrintedRange
from cogs.boards.projects import rules as board
from data.boards.claims import Claim
from data.boards.results import Findings
from data.states import Criterion, Origin, SpreadKind

COMMAND_LIMIT = 500

VALUES_LIMIT = 4000
"""How many characters the values of one result may take."""

AT_ONCE = 25
"""How many results one press logs; each becomes a card that others review."""


class TypedFindings(Struct, frozen=True):
    """What somebody typed for a result; None where nothing was."""

    value: str = ""
    spread: str | None = None
    runs: int | None = None
    evidence: str | None = None
    deviations: str | None = None
    hours: str | None = None
    notes: str | None = None
    origin: Origin | None = None
    revision: str | None = None
    hardware: str | None = None
    cost: str | None = None
    seeds: str | None = None
    command: str | None = None
    spread_kind: SpreadKind | None = None


def merged(typed: TypedFindings, of_file: TypedFindings) -> TypedFindings:
    """Return what was typed, with what a file says where nothing was; the values are the file's."""
    missing: dict[str, Any] = {
        name: getattr(of_file, name)
        for name in TypedFindings.__struct_fields__
        if getattr(typed, name) is None
    }
    return replace(typed, **{**missing, "value": of_file.value})


def check_findings(claim: Claim, typed: TypedFindings) -> Findings:
    """Return a result's findings; InvalidInput, with an example, for what cannot be judged."""
    if claim.terms.is_comparison:
        raise InvalidInput(
            f"{claim.name} compares two other claims: log what you found for each of them, and it "
            "is judged by both."
        )
    seeds = numbers.parse_seeds(typed.seeds) if _given(typed.seeds) else ()
    if claim.terms.criterion is Criterion.OUTCOME:
        value, spread, runs = _found_outcomes(typed, len(seeds))
    else:
        value, spread, runs = _found_numbers(claim, typed, len(seeds))
    if len(value) > VALUES_LIMIT:
        raise InvalidInput("Those are too many values for one result. Log them as several.")
    _check_seeds(seeds, runs)
    kind = typed.spread_kind if spread is not None else None
    if typed.spread_kind is not None and spread is None:
        raise InvalidInput("Give the spread itself too, for example `spread: 0.3`.")
    return Findings(
        value=value, spread=spread, runs=runs, spread_kind=kind, **_circumstances(typed, seeds)
    )


def complete(present: Findings, typed: TypedFindings) -> Findings:
    """Return a result's findings with its gaps filled; what it says already stays as it is.

    Raises InvalidInput for what cannot be read, and Conflict where there is no such gap.
    """
    seeds = numbers.parse_seeds(typed.seeds) if _given(typed.seeds) else ()
    _check_seeds(seeds, present.runs)
    filled = {
        name: value
        for name, value in _circumstances(typed, seeds).items()
        # Filling a gap changes nothing that was said: so a result that others reviewed stays the
        # one that they reviewed.
        if value is not None and getattr(present, name) is None
    }
    if not filled:
        raise Conflict(
            "That fills no gap. What a result says already is not overwritten: log it again, with "
            "`replaces`."
        )
    return replace(present, **filled)


def gaps(findings: Findings) -> list[str]:
    """Return what a result does not say of how it was made, the most wanted first."""
    wanted = (
        "command", "revision", "seeds", "hardware", "hours", "cost", "evidence", "deviations",
        "notes",
    )  # fmt: skip
    return [name for name in wanted if getattr(findings, name) is None]


def _circumstances(typed: TypedFindings, seeds: Sequence[str]) -> dict[str, Any]:
    """Return all that a result says beside its numbers."""
    hours = typed.hours
    return {
        "evidence": optional(typed.evidence, "the evidence", 500, "https://wandb.ai/…"),
        "deviations": board.check_passage(typed.deviations, "the deviations", NOTES_LIMIT),
        "hours": (
            format(numbers.parse_amount(hours, "the hours", "3.5"), "f") if _given(hours) else None
        ),
        "notes": board.check_passage(typed.notes, "the notes", NOTES_LIMIT),
        "origin": typed.origin,
        "revision": optional(typed.revision, "the commit", PLACE_LIMIT, "3f2a9c1"),
        "hardware": optional(typed.hardware, "the hardware", PLACE_LIMIT, "1 × RTX 4090"),
        "cost": _cost(typed.cost) if _given(typed.cost) else None,
        "seeds": ", ".join(seeds) or None,
        "command": board.check_passage(typed.command, "the command", COMMAND_LIMIT),
    }


def _given(text: str | None) -> TypeGuard[str]:
    return text is not None and bool(text.strip())


def _cost(text: str) -> str:
    amount, currency = numbers.parse_cost(text)
    return f"{amount:f} {currency}".strip()


def _check_seeds(seeds: Sequence[str], runs: int) -> None:
    if seeds and len(seeds) != runs:
        raise InvalidInput(
            f"You listed {len(seeds)} seeds for {runs} {'run' if runs == 1 else 'runs'}. Each run "
            "has one."
        )


def _lacks_sign(reported: Printed | PrintedRange, listed: Sequence[Printed]) -> bool:
    """Whether plain numbers for a percentage can only be percentages: as shares they pass 1."""
    theirs = reported.value if isinstance(reported, Printed) else reported.high or reported.low
    return (
        reported.percent
        and theirs is not None
        and abs(theirs) <= 100
        and not any(one.percent for one in listed)
        # “97.1” for “97.4%” can only be a percentage; “0.97” could be one, or a share.
        and all(abs(one.value) > 1 for one in listed)
    )


def _check_unit(claim: Claim, typed: TypedFindings, listed: Sequence[Printed]) -> None:
    """Raise InvalidInput where ours may be a percentage and the paper's a fraction, or reversed.

    A value about a hundred times too large or too small is questioned. If it is right, the
    deviations say why.
    """
    meant = terms_of(claim.terms)
    reported = meant.reported
    if reported is None:
        return
    percent = listed[0].percent
    if percent and not reported.percent:
        if meant.whole is not None or (
            isinstance(reported, Printed) and 0 < abs(reported.value) <= 1
        ):
            return
        raise InvalidInput(
            f"{claim.name} is reported as {claim.terms.reported}, so yours has to be a plain "
            "number too, for example `0.974`."
        )
    if reported.percent and not percent:
        first = listed[0].text
        raise InvalidInput(
            f"{claim.name} is reported as {claim.terms.reported}, so yours has to be in percent "
            f"too. Is it `{(listed[0].value * 100).normalize():f}%`, or `{first}%`? Write it with "
            "the sign."
        )
    if percent or not isinstance(reported, Printed) or not reported.value:
        return
    ratio = abs(numbers.mean([one.value for one in listed]) / reported.value)
    large = ratio >= 1 and abs(reported.value) <= 1 and all(abs(one.value) > 1 for one in listed)
    small = ratio < 1 and abs(reported.value) > 1 and all(abs(one.value) <= 1 for one in listed)
    # Around a hundred, within a factor of two: that is what a missing percent sign looks like.
    # Anything else may simply be a bad result.
    near = (large and 50 <= ratio <= 200) or (small and ratio and 50 <= 1 / ratio <= 200)
    proportion = meant.whole is not None or large
    # Other signs are a finding and not a slip.
    if any(one.value * reported.value <= 0 for one in listed):
        return
    # Said in the deviations, it is meant: nobody is asked twice.
    if not near or not proportion or _given(typed.deviations):
        return
    typed_value, other = listed[0].text, listed[0].value.scaleb(-2 if large else 2)
    raise InvalidInput(
        f"{claim.name} is reported as {claim.terms.reported}, and yours, {typed_value}, is about a "
        f"hundred times as {'much' if large else 'little'}. Is one of them a percentage? Then "
        "write "
        f"`{other:f}`"
        + (f" or `{typed_value}%`" if large else "")
        + ". If yours really is so far off, say why in `deviations`."
    )


def _found_outcomes(typed: TypedFindings, seeds: int) -> tuple[str, None, int]:
    outcomes = numbers.parse_outcomes(typed.value)
    if typed.spread is not None:
        raise InvalidInput("`yes` and `no` have no spread. Leave it out.")
    runs = typed.runs or max(len(outcomes), seeds)
    if len(outcomes) > 1 and runs != len(outcomes):
        raise InvalidInput(f"You listed {len(outcomes)} tries and said {runs}. Which is it?")
    return ", ".join(outcomes), None, runs


def _found_numbers(claim: Claim, typed: TypedFindings, seeds: int) -> tuple[str, str | None, int]:
    given = numbers.parse_value(typed.value)
    listed, said_runs = list(given.runs), typed.runs or given.number
    reported = ranges.parse_reported(claim.terms.reported)
    if reported is not None and _lacks_sign(reported, listed):
        listed = [replace(one, text=f"{one.text}%", percent=True) for one in listed]
    _check_unit(claim, typed, listed)
    if typed.runs is not None and given.number not in (None, typed.runs):
        raise InvalidInput(f"You said {given.number} runs and {typed.runs} runs. Which is it?")
    spread = listed[0].spread
    if _given(typed.spread):
        if spread is not None or len(listed) > 1:
            raise InvalidInput(
                "The spread is there twice: leave `spread:` out, since the value gives it already."
            )
        spread = numbers.parse_amount(typed.spread.rstrip(" %"), "the spread", "0.3")
    runs = said_runs or (len(listed) if len(listed) > 1 else max(1, seeds))
    if len(listed) > 1 and runs != len(listed):
        raise InvalidInput(f"You listed {len(listed)} values and said {runs} runs. Which is it?")
    if runs > LARGEST_RUNS:
        raise InvalidInput(f"One result can be of {LARGEST_RUNS} runs at most.")
    if spread is not None and runs < 2:
        raise InvalidInput(
            "A spread is over several runs: give their number too, for example `runs: 3`."
        )
    value = ", ".join(one.text for one in listed)
    return value, format(spread, "f") if spread is not None else None, runs
