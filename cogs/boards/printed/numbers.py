"""Numbers as papers print them, read exactly: ``0.10`` is not ``0.1``, and ``97.4`` not ``97.40``.

What was typed is what is kept and shown; the value beside it is a decimal, never a float.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Context, Decimal, localcontext

from msgspec import Struct

from bot.base.errors import InvalidInput
from data.states import Outcome

LONGEST = 60
"""Characters of one printed number, with its spread."""

DIGITS = 30
"""Digits of one printed number."""

EXPONENT = 300
"""The largest power of ten, either way, that a float can still show in a plot."""

RUNS = 1000
"""How many values one result may list."""

NOT_REPORTED = frozenset({"n/r", "nr", "n/a", "na", "not reported", "none", "?", "-", "–", "—"})

OUTCOMES = {
    "yes": Outcome.YES, "y": Outcome.YES, "true": Outcome.YES, "done": Outcome.YES,
    "partly": Outcome.PARTLY, "partially": Outcome.PARTLY,
    "no": Outcome.NO, "n": Outcome.NO, "false": Outcome.NO,
}  # fmt: skip
"""What people write for what is so, partly so, or not."""

SHARES = {Outcome.YES: Decimal(1), Outcome.PARTLY: Decimal("0.5"), Outcome.NO: Decimal(0)}
"""How much of a claim without a number a try bears out."""

CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP"}

PRECISION = Context(prec=60)
"""Sums and differences of printed numbers are exact in this."""

_SIGNS = str.maketrans("−–﹣＋\u2009\u202f\xa0", "---+   ")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")

_USUAL = re.compile(r"[-+]?\d{1,12}(?:\.\d{1,12})?", re.ASCII)
_PLAIN = r"(?:\d+(?:\.\d*)?|\.\d+)"
_GROUPED = r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?"
_COMMA = r"\d+,\d+"
_RAISED_TO = r"[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\{?[-+]?\d+\}?"
_POWER = (
    rf"(?:\s?(?:[x×·*]\s?10\s?(?:\^|\*\*)?\s?(?P<raised>{_RAISED_TO})"
    r"|[eE](?P<power>[-+]?\d+)))?"
)
_DIGITS = rf"(?:(?P<grouped>{_GROUPED})|(?P<comma>{_COMMA})|(?P<plain>{_PLAIN}))"
_ALONE = r"10(?:\s?(?:\^|\*\*)\s?(?P<bare>\{?[-+]?\d+\}?)|(?P<bare_raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))"
_NUMBER = re.compile(rf"(?P<sign>[-+]?)\s?(?:{_ALONE}|{_DIGITS}{_POWER})", re.ASCII)
_COST = re.compile(
    r"(?:(?P<sign>[$€£])|(?P<before>[A-Za-z]{3})\s)?\s*(?P<amount>(?! )[\d., ]*\d)\s*"
    r"(?:(?P<mark>[$€£])|(?P<after>[A-Za-z]{3}))?"
)
_SEED_RANGE = re.compile(r"(\d{1,9})\s*(?:-|–|\.\.|to)\s*(\d{1,9})")
_SEED = re.compile(r"[\w.+:-]{1,30}")
_PLUS_MINUS = re.compile(r"^\s*(?:±|\+/-|\+-|\\pm)\s*")
_SPREAD = re.compile(
    r"\s*(?:(?:±|\+/-|\+-|\\pm)\s*(?P<after>[^()\s][^()]*)"
    r"|\((?:±\s*)?(?P<inside>[^()\s][^()]*)\)\s*)"
)


class Printed(Struct, frozen=True):
    """A number as it was printed.

    ``text`` is its spelling, without spread; ``value`` is exact, its exponent says how many
    digits were printed. Of a percentage it is the number before the sign: 97.4 for “97.4 %”.
    ``about`` tells that it was printed as approximate.
    """

    text: str
    value: Decimal
    percent: bool = False
    spread: Decimal | None = None
    about: bool = False

    @property
    def unit(self) -> Decimal:
        """One unit of the last printed digit: 0.01 for ``0.10``, 100 for ``1.2e3``."""
        exponent = self.value.as_tuple().exponent
        assert isinstance(exponent, int)  # noqa: S101 - infinities are refused
        return Decimal(1).scaleb(exponent)

    @property
    def sign(self) -> int:
        """On which side of zero it lies: 1, -1, or 0 for zero itself."""
        return (self.value > 0) - (self.value < 0)


def parse(text: str) -> Printed:
    """Read one printed number, with or without a percent sign and a spread.

    ``97.4``, ``−3.5``, ``1,234.5``, ``97.4 %``, ``1.2e-3``, ``1.2 × 10^-3``, ``97.4 ± 0.3``,
    ``97.4 (0.3)`` and ``97.4(3)``, in which the 3 counts the last digit. Raises InvalidInput for
    anything else, and for ``1,234``, which is read differently in different countries.
    """
    usual = text.strip()
    # Nearly all numbers look like this, and a table has thousands: the long pattern is for the
    # rest.
    if _USUAL.fullmatch(usual):
        return Printed(usual, Decimal(usual))
    tidy = " ".join(text.translate(_SIGNS).split())
    if not tidy or len(tidy) > LONGEST:
        raise _unreadable(text)
    match = _NUMBER.match(tidy)
    if match is None:
        raise _unreadable(text)
    value = _value(match, text)
    rest = tidy[match.end() :]
    percent, rest = _percent(rest)
    spread = None
    if rest.strip():
        spread, after = _spread(rest, value, text)
        more, after = _percent(after)
        percent = percent or more
        if after.strip():
            raise _unreadable(text)
    shown = tidy[: match.end()].strip() + ("%" if percent else "")
    return Printed(shown, value, percent, spread)


def is_not_reported(text: str) -> bool:
    """Whether a text says that the paper gives no number."""
    return " ".join(text.casefold().split()) in NOT_REPORTED


class PastedValue(Struct, frozen=True):
    """What one result measured, as people paste it.

    ``runs`` are the values of single runs, or one mean with its spread; ``number`` is how many
    runs the text says the mean is of, as in ``97.1 ± 0.2 (n=3)``.
    """

    runs: tuple[Printed, ...]
    number: int | None = None


_WRAPPED = re.compile(r"(?:(?:np\.|numpy\.|torch\.)?(?:array|tensor)\s*\()?\s*[\[({]")
_NUMBER_OF_RUNS = re.compile(
    r"[,;(\s]\s{0,9}(?:n\s{0,9}=\s{0,9}(\d{1,6})|(\d{1,6})\s{1,9}(?:runs|seeds))\s{0,9}\)?\s{0,9}\Z",
    re.IGNORECASE,
)


def parse_value(text: str) -> PastedValue:
    """Read the values of one or several runs, however people paste them.

    ``97.1, 96.8, 97.4``, also without blanks, between blanks, semicolons or lines, and in the
    brackets of Python, numpy or JSON; or a mean as in ``97.1 ± 0.2 (n=3)``. Raises InvalidInput
    when one cannot be read, there are too many, or percentages and plain numbers are mixed.
    """
    shown = _unwrapped(text.strip())
    number = _NUMBER_OF_RUNS.search(shown, max(0, len(shown) - 30))
    if number is None or not number.start() > 0:
        return PastedValue(parse_runs(shown))
    runs = parse_runs(shown[: number.start()])
    count = int(number[1] or number[2])
    if count < 1 or (len(runs) > 1 and len(runs) != count):
        raise InvalidInput(f"You listed {len(runs)} values and said {count} runs. Which is it?")
    return PastedValue(runs, count)


def _unwrapped(text: str) -> str:
    """Return what is inside the brackets of a list, when all of the text is one."""
    wrapped = _WRAPPED.match(text)
    if wrapped is None or not text.rstrip(");").endswith(("]", ")", "}")):
        inside = text[1:-1]
        whole = text[:1] == "(" and text[-1:] == ")" and "(" not in inside and ")" not in inside
        return inside if whole else text
    return text[wrapped.end() :].rstrip("; )]}")


def _between(text: str) -> list[str]:
    """Return the values of a list: what is between the widest sign that separates them.

    A comma without a blank after it separates only where there is no other reading: in
    ``97.1,96.8`` no value has a comma of its own, and ``97,1`` is one number.
    """
    parts = [part for part in re.split(r";|\n|,\s+", text.strip().strip(";,")) if part.strip()]
    if len(parts) != 1 or len(text) <= 3:
        return parts
    (only,) = parts
    commas = only.split(",")
    if len(commas) > 1 and all("." in one or "%" in one for one in commas):
        return commas
    if len(commas) > 2 and not all(len(one.strip()) == 3 for one in commas[1:]):
        return commas
    blanks = only.split()
    if len(blanks) > 1 and all(_ALONE_STANDING.fullmatch(one) for one in blanks):
        if _THOUSANDS.fullmatch(" ".join(blanks[:RUNS])) is None:
            return blanks
        if len(blanks[0].lstrip("+-−")) == 3:
            raise InvalidInput(
                f"`{only.strip()[:LONGEST]}` can be one number or several runs. Write "
                f"`{''.join(blanks)[:LONGEST]}`, or commas between the runs."
            )
    return parts


_THOUSANDS = re.compile(r"[-+−]?\d{1,3}(?: \d{3})+(?:\.\d+)?", re.ASCII)
_ALONE_STANDING = re.compile(r"[-+−]?(?:\d+(?:[.,]\d*)?|\.\d+)(?:[eE][-+]?\d+)?%?", re.ASCII)


def parse_runs(text: str) -> tuple[Printed, ...]:
    """Read the values of one or several runs, without the brackets around them.

    Raises InvalidInput when one cannot be read, or they mix percentages and plain numbers.
    """
    parts = _between(text)
    if not parts:
        raise _unreadable(text)
    if len(parts) > RUNS:
        raise InvalidInput(f"One result can list {RUNS} values; that has {len(parts)}.")
    runs = tuple(parse(part) for part in parts)
    if len(runs) > 1 and any(run.spread is not None for run in runs):
        raise InvalidInput(
            "Give either each run's value, as in `97.1, 96.8, 97.4`, or their mean with its "
            "spread and the number of runs."
        )
    if len({run.percent for run in runs}) > 1:
        raise InvalidInput(
            "Some of those values are percentages and some are not. Write all alike."
        )
    return runs


def parse_outcome(text: str) -> Outcome | None:
    """Read “yes”, “partly” or “no”; None for anything else."""
    return OUTCOMES.get(text.strip().rstrip(".").casefold())


def parse_outcomes(text: str) -> tuple[Outcome, ...]:
    """Read what one or several tries came to, between commas, semicolons or lines."""
    parts = [part for part in re.split(r"[;,\n]", text) if part.strip()]
    found = [parse_outcome(part) for part in parts]
    if not found or len(found) > RUNS or None in found:
        raise InvalidInput(
            "That claim has no number: say what came of it as `yes`, `partly` or `no`; of several "
            "tries as in `yes, yes, no`."
        )
    return tuple(one for one in found if one is not None)


def parse_seeds(text: str) -> tuple[str, ...]:
    """Read the seeds of the runs: ``0, 1, 2``, ``42 43``, or ``0-4`` for five of them.

    Raises InvalidInput for a text that is not a list of seeds, or names one twice.
    """
    seeds: list[str] = []
    for part in re.split(r"[;,\n]", text):
        tidy = part.strip()
        span = _SEED_RANGE.fullmatch(tidy)
        if span is not None and 0 < int(span[2]) - int(span[1]) < RUNS:
            seeds += [str(seed) for seed in range(int(span[1]), int(span[2]) + 1)]
        else:
            seeds += tidy.split()
        if len(seeds) > RUNS:
            break
    if not seeds or len(seeds) > RUNS or any(_SEED.fullmatch(seed) is None for seed in seeds):
        raise InvalidInput("I cannot read those seeds. List them as in `0, 1, 2`, or as `0-4`.")
    known: set[str] = set()
    for seed in seeds:
        if seed in known:
            raise InvalidInput(f"Seed `{seed}` is there twice. List each run's seed once.")
        known.add(seed)
    return tuple(seeds)


def parse_cost(text: str) -> tuple[Decimal, str]:
    """Read what something cost: the amount, and the currency's code, empty where none is given.

    ``$12.50``, ``12.50 USD``, ``3 €``, or a plain number.
    """
    match = _COST.fullmatch(text.strip()) if len(text) <= LONGEST else None
    given = [name for name in ("sign", "before", "mark", "after") if match and match[name]]
    if match is None or len(given) > 1:
        raise InvalidInput(
            f"I cannot read the cost `{text.strip()[:40]}`. For example `$12.50` or `12.50 EUR`."
        )
    amount = parse_amount(match["amount"], "the cost", "$12.50")
    currency = match[given[0]] if given else ""
    return amount, CURRENCIES.get(currency, currency.upper())


def parse_amount(text: str, what: str, example: str) -> Decimal:
    """Read a plain number that cannot be negative, such as hours, a weight or a spread.

    A ± before it says nothing more.
    """
    try:
        printed = parse(_PLUS_MINUS.sub("", text))
    except InvalidInput:
        raise InvalidInput(
            f"I cannot read {what} `{text[:40]}`. For example `{example}`."
        ) from None
    if printed.value < 0 or printed.percent or printed.spread is not None:
        raise InvalidInput(f"Give {what} as a plain number, for example `{example}`.")
    return printed.value


def parse_tolerance(text: str, *, relative: bool) -> Decimal:
    """Read a tolerance: a share, ``5 %`` or ``±0.05``, where it is relative, else a difference.

    Raises InvalidInput when it is negative or spread, or for a relative one of 1 (100 %) and more.
    """
    try:
        printed = parse(_PLUS_MINUS.sub("", text))
    except InvalidInput:
        printed = None
    if printed is None or printed.value < 0 or printed.spread is not None:
        raise InvalidInput(f"I cannot read the tolerance `{text[:40]}`. For example `5%` or `0.5`.")
    if not relative:
        return printed.value
    share = printed.value.scaleb(-2) if printed.percent else printed.value
    if share >= 1:
        raise InvalidInput(
            f"A relative tolerance of {printed.text} would allow anything. Write `5%` or `0.05`."
        )
    return share


def mean(values: Sequence[Decimal]) -> Decimal:
    """Return the mean of at least one value."""
    with localcontext(PRECISION):
        return sum(values, Decimal(0)) / len(values)


def _value(match: re.Match[str], text: str) -> Decimal:
    grouped, comma, plain = match["grouped"], match["comma"], match["plain"]
    if grouped is not None and "," in grouped and "." not in grouped and grouped.count(",") == 1:
        if not grouped.startswith("0"):
            raise InvalidInput(
                f"`{text[:LONGEST]}` can be read in two ways. Write "
                f"`{grouped.replace(',', '')}` or `{grouped.replace(',', '.')}`."
            )
        digits = grouped.replace(",", ".")
    elif grouped is not None:
        digits = grouped.replace(",", "").replace(" ", "")
    elif comma is not None:
        digits = comma.replace(",", ".")
    else:
        digits = plain
    bare = match["bare"] or match["bare_raised"]
    if bare is not None:
        digits = "1"
    raised = match["raised"] or bare
    power = raised.translate(_RAISED).strip("{}") if raised else match["power"] or "0"
    if sum(map(str.isdigit, digits)) > DIGITS or len(power) > 5 or abs(int(power)) > EXPONENT:
        raise _unreadable(text)
    return Decimal(f"{match['sign']}{digits}e{power}")


def _percent(rest: str) -> tuple[bool, str]:
    stripped = rest.lstrip()
    return (True, stripped[1:]) if stripped.startswith("%") else (False, rest)


def _spread(rest: str, value: Decimal, text: str) -> tuple[Decimal, str]:
    match = _SPREAD.match(rest)
    if match is None:
        raise _unreadable(text)
    written = (match["after"] or match["inside"]).strip()
    number = _NUMBER.match(written)
    if number is None or number["sign"]:
        raise _unreadable(text)
    spread = _value(number, text)
    if match["inside"] and not rest[0].isspace() and written.isdigit():
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)  # noqa: S101 - infinities cannot be typed
        spread = spread.scaleb(exponent)
    after = written[number.end() :]
    if after.strip() not in ("", "%"):
        raise _unreadable(text)
    return spread, after + rest[match.end() :]


def _unreadable(text: str) -> InvalidInput:
    shown = " ".join(text.split())[:LONGEST].replace("`", "'") or "nothing"
    return InvalidInput(
        f"I cannot read `{shown}` as a number. Write it as printed, for example `97.4`, `97.4%`, "
        "`0.10`, `1.2e-3` or `97.4 ± 0.3`."
    )
