"""What one cell of a results table says: numbers with what belongs to them, or no number. Pure.

Every expression here is matched at one place after the other, and no cell is longer than
:data:`~cogs.boards.imports.grids.LONGEST_CELL`, so a cell takes time linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from data.states import SpreadKind

LONGEST = 120
"""Characters of a cell that can be a number with all that belongs to it."""


class CellKind(StrEnum):
    """What a cell is, by itself."""

    EMPTY = "empty"
    MISSING = "missing"
    VALUE = "value"
    TEXT = "text"
    UNREAD = "unread"


class CellValue(Struct, frozen=True):
    """One number as printed, and what stands beside it.

    ``core`` is its text in the ledger's spelling (``28e6`` for ``28M``); ``inside`` is a plain
    number in brackets after it, which may be a spread, a rank or a count: the column decides.
    ``glued`` tells that nothing is between the two, as in ``97.4(3)``. ``notes`` are kept as they
    are printed: stars, daggers, differences.
    """

    core: str
    spread: str | None = None
    kind: SpreadKind | None = None
    inside: str | None = None
    glued: bool = False
    runs: int | None = None
    notes: tuple[str, ...] = ()
    unit: str | None = None

    @property
    def is_zero(self) -> bool:
        """Whether it is zero, which no relative criterion can judge."""
        number = decimal(self.core)
        return number is not None and number == 0

    @property
    def is_whole(self) -> bool:
        """Whether it is printed as a whole number, without sign or exponent."""
        return self.core.isdecimal()


class CellReading(Struct, frozen=True):
    """What a cell says; ``reason`` tells why a number in it could not be read.

    Of several between slashes, as in ``36.2 / – / 113.5``, ``places`` are those of the numbers
    among all ``parts``.
    """

    kind: CellKind
    values: tuple[CellValue, ...] = ()
    reason: str = ""
    places: tuple[int, ...] = (0,)
    parts: int = 1


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MISSING = _words(
    "- – — — -- --- n/r nr n/a na n.a. n.r. none ? … ... oom oot nan null tbd ✗ × – fail failed"
    " diverged diverges dnf timeout t/o o.o.m. n/d nd –/– -/- —/— ✓"
)
"""What papers write where they have no number, in small letters."""

_SIGNS = str.maketrans(
    "−﹣－‐‑⁃＋⋅\u2009\u202f\xa0\u200a\u2007", "------+·     ", "\u200b\u200c\u2060\ufeff"
)
_NUMBER = r"(?:\d{1,3}(?:[,' ]\d{3}){1,9}(?:\.\d+)?(?![\d,])|\d+(?:[.,]\d+){0,9}|\.\d+)"
_POWER = (
    r"(?:\s?[x×·*]\s?10\s?(?:\^|\*\*)?\s?(?:[-+]?\d+|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|[eE][-+]?\d{1,3}(?![\w.]))"
)
_HEAD = re.compile(
    rf"(?P<bound>[<>≤≥≈~∼⩽⩾]=?\s?)?(?P<money>[$€£])?\s?(?P<sign>[-+–])?\s?(?P<money2>[$€£])?"
    rf"(?P<number>10\^[-+]?\d{{1,3}}|{_NUMBER})(?P<power>{_POWER})?"
    r"(?P<scale>\s?(?:[KMBGT](?![A-Za-z])|k(?![A-Za-z])|(?:bn|mn|million|billion|trillion)\b))?"
    r"(?P<percent>\s?%)?"
)
_CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP"}
_SCALES = {
    "K": 3, "k": 3, "M": 6, "mn": 6, "million": 6, "B": 9, "G": 9, "bn": 9, "billion": 9,
    "T": 12, "trillion": 12,
}  # fmt: skip
_UNIT = re.compile(
    r"\s?(pp|pts?|points?|ms|µs|μs|us|ns|s|secs?|min|mins|h|hrs?|hours?|d|days?|GB|MB|KB|TB|GiB|MiB|dB"
    r"|x|×|°C?|[KMGTP]?FLOPs?|[MG]?MACs?|fps|FPS|[kMG]?Hz|k?W|k?Wh|J|mm|cm|km|nm|USD|EUR|bits?|bpc"
    r"|tok(?:ens)?/s|it/s|img/s|images/s|‰|€|£|\$)(?![\w.])"
)
_PLUS_MINUS = re.compile(rf"\s?(?:±|∓|\+/-|\+-)\s?({_NUMBER})({_POWER})?(\s?[KMBGTk])?\s?%?")
_BRACKETS = re.compile(r"\s?([(\[{])([^()\[\]{}]{1,60})[)\]}]")
_INTERVAL = re.compile(
    rf"(?:(?:\d\d\s?%\s?)?(?:CI|CrI|HDI|PI)?[:=]?\s?)?([-+]?{_NUMBER})\s?%?\s?(?:,|;|–|—|to|-)\s?"
    rf"([-+]?{_NUMBER})\s?%?",
    re.IGNORECASE,
)
_SPREAD_INSIDE = re.compile(
    rf"(?:(?P<kind>SD|s\.d\.|std|SE|s\.e\.|SEM|CI|σ|s)?\s?[=:]?\s?)?(?P<pm>±\s?)?(?P<number>{_NUMBER})\s?%?",
    re.IGNORECASE,
)
_RUNS = re.compile(r"[\s,;]{0,3}[nN]\s?=\s?(\d{1,6})")
_MARKS = re.compile(
    r"\s?(?:\*{1,5}|[†‡§¶◇♣♠♦#°☆★✩▲▼△▽✓]+|\^[-+]?\{?[\w*†‡§¶+,.]{1,8}\}?|_\{?\w{1,4}\}?)"
)
_CITED = re.compile(r"\s?\^\[\d{1,4}(?:\s?[,;–-]\s?\d{1,4}){0,9}\]")
_CHANGE = re.compile(rf"\s?[↑↓▲▼△▽+]\s?{_NUMBER}\s?%?")
_ASYMMETRIC = re.compile(rf"\s?\^?\+\s?({_NUMBER})\s?(?:/|_|\s)\s?\(?-\s?({_NUMBER})\)?")
_RANGE = re.compile(rf"(\s?(?:-|–|—|\.\.\.?|…|to\s)\s?)({_NUMBER})(\s?%)?")
_SLASH = re.compile(r"\s?[/|]\s?")
_LETTER = re.compile(r"(?:\s?[a-e](?:,[a-e])*)\Z")
_HAS_DIGIT = re.compile(r"\d")
_KINDS = {
    "sd": SpreadKind.DEVIATION, "s.d.": SpreadKind.DEVIATION, "std": SpreadKind.DEVIATION,
    "σ": SpreadKind.DEVIATION, "s": SpreadKind.DEVIATION, "se": SpreadKind.ERROR,
    "s.e.": SpreadKind.ERROR, "sem": SpreadKind.ERROR, "ci": SpreadKind.INTERVAL,
}  # fmt: skip

_COMMA_VOTE = re.compile(
    r"(?<![\d.,])(?:\d+,(?:\d{1,2}|\d{4,})|0,\d+|\d{1,3}(?:\.\d{3})+,\d+)(?![\d.,])"
)
_POINT_VOTE = re.compile(
    r"(?<![\d.,])(?:\d+\.(?:\d{1,2}|\d{4,})|0?\.\d+|\d{1,3}(?:,\d{3})+\.\d+)(?![\d.,])"
)


def has_decimal_comma(texts: Iterable[str]) -> bool:
    """Whether a table writes ``1.234,5`` for what others write as ``1,234.5``.

    One cell alone often cannot tell; all cells together can.
    """
    comma = False
    for text in texts:
        # One clear point is enough against it: a table that writes both is read the English way.
        if _POINT_VOTE.search(text):
            return False
        comma = comma or _COMMA_VOTE.search(text) is not None
    return comma


def read(text: str, *, decimal_comma: bool = False) -> CellReading:
    """Return what a cell says. Never raises."""
    tidy = " ".join(text.translate(_SIGNS).split()) if text else ""
    tidy = _unmarked(tidy)
    if not tidy:
        return CellReading(CellKind.EMPTY)
    # First of all: by the rules below a lone dash is text, and not a gap that somebody left.
    if tidy.casefold() in MISSING:
        return CellReading(CellKind.MISSING)
    if len(tidy) > LONGEST:
        return CellReading(CellKind.TEXT)
    if _is_missing_pair(tidy):
        return CellReading(CellKind.MISSING)
    values: list[CellValue] = []
    places: list[int] = []
    parts = at = 0
    while True:
        found = _value(tidy, at, decimal_comma=decimal_comma)
        if found is None:
            missing = re.match(r"\s?(?:-|–|—|n/a)(?=\s?(?:/|\Z))", tidy[at:], re.IGNORECASE)
            # The gap counts as a part, so that each number keeps its place among “A / B / C”.
            if missing and (values or at == 0) and "/" in tidy:
                at += missing.end()
            else:
                return _no_number(tidy, at)
        else:
            value, at = found
            values.append(value)
            places.append(parts)
        parts += 1
        if at >= len(tidy):
            if not values:
                return CellReading(CellKind.MISSING)
            return CellReading(CellKind.VALUE, tuple(values), "", tuple(places), parts)
        slash = _SLASH.match(tidy, at)
        if slash is None:
            return _no_number(tidy, at)
        at = slash.end()


def decimal(core: str) -> Decimal | None:
    """Return the number that a core's digits and exponent say; None for bounds and ranges."""
    match = re.fullmatch(r"([-+]?(?:\d+(?:\.\d*)?|\.\d+))(?:[eE]([-+]?\d{1,3}))?\s?%?", core)
    if match is None:
        return None
    try:
        return Decimal(f"{match[1]}e{match[2] or 0}")
    except InvalidOperation:
        return None


def _unmarked(text: str) -> str:
    """Drop marks that come before a number: stars and daggers of a note, quotation marks."""
    bare = text.strip("\"“”`'’")
    # Moved behind the number and not thrown away: a star is a note that somebody has to see.
    leading = re.match(r"[*†‡§¶]+\s?(?=[-+$<>≈~]?[\d.])", bare)
    if leading:
        bare = bare[leading.end() :] + leading[0].strip()
    # “p < 0.05” claims 0.05: what comes before the sign only names the statistic.
    statistic = re.match(
        r"[pPtFrRzZdβηχ][\w²_]{0,3}\s?(?:=|(?=[<>≤≥]))\s?(?=[-<>≤≥]?\s?[\d.])", bare
    )
    if statistic:
        bare = bare[statistic.end() :]
    wrapped = re.fullmatch(r"\*([^*]+)\*|_([^_]+)_", bare)
    return (wrapped[1] or wrapped[2]) if wrapped else bare


def _is_missing_pair(text: str) -> bool:
    parts = re.split(r"\s?/\s?", text)
    return len(parts) > 1 and all(part.casefold() in MISSING for part in parts)


def _no_number(text: str, at: int) -> CellReading:
    """Say what a cell is that isn't a number to its end."""
    rest = text[at:]
    if at == 0 or re.match(r"\s?-?[A-Za-z_]", rest) or not _HAS_DIGIT.search(text):
        starts_numeric = re.match(r"[-+–(\[<>≈~$€£]?\s?[\d.]", text) is not None
        if at == 0 and starts_numeric and not re.search(r"[A-Za-z]", text):
            return CellReading(CellKind.UNREAD, reason=f"I can't read “{text[:40]}” as a number")
        return CellReading(CellKind.TEXT)
    if re.match(r"\s?(?:→|->|=>|⇒)", rest):
        return CellReading(
            CellKind.UNREAD, reason="it goes from one number to another: which is claimed?"
        )
    return CellReading(
        CellKind.UNREAD, reason=f"I don't know what “{rest.strip()[:30]}” means there"
    )


def _value(text: str, at: int, *, decimal_comma: bool) -> tuple[CellValue, int] | None:
    """Read one number from a place on, with all that belongs to it."""
    head = _HEAD.match(text, at)
    if head is None:
        return None
    digits = plain_digits(head["number"], decimal_comma=decimal_comma)
    if digits is None:
        return None
    sign = "-" if head["sign"] in ("-", "–") else head["sign"] or ""
    scale = _SCALES[head["scale"].strip()] if head["scale"] else 0
    power = head["power"] or (f"e{scale}" if scale else "")
    core = f"{head['bound'] or ''}{sign}{digits}{power}{head['percent'] or ''}"
    money = head["money"] or head["money2"]
    value = CellValue(core, unit=_CURRENCIES.get(money or ""))
    at = head.end()
    # After a percent sign no unit follows; a letter there is a mark or prose.
    if head["percent"] is None and (unit := _UNIT.match(text, at)):
        value = replace(value, unit=unit[1])
        at = unit.end()
    span = _RANGE.match(text, at)
    if span is not None and not head["bound"] and not _SLASH.match(text, span.end()):
        high = plain_digits(span[2], decimal_comma=decimal_comma)
        # “5-3” is not a range from five to three: what descends is left for the reading of the
        # rest, which asks about it rather than guesses.
        if high is not None and _ascends(sign + digits, high):
            core = f"{sign}{digits}{span[1]}{high}{span[3] or head['percent'] or ''}"
            value, at = replace(value, core=core), span.end()
    return _with_rest(text, at, value, decimal_comma=decimal_comma)


def _ascends(low: str, high: str) -> bool:
    first, last = decimal(low), decimal(high)
    return first is not None and last is not None and first < last


def _with_rest(
    text: str, at: int, value: CellValue, *, decimal_comma: bool
) -> tuple[CellValue, int]:
    """Read the spreads, intervals, marks and notes after a number."""
    while at < len(text):
        if found := _PLUS_MINUS.match(text, at):
            spread = plain_digits(found[1], decimal_comma=decimal_comma)
            scale = _SCALES[found[3].strip()] if found[3] else 0
            power = found[2] or (f"e{scale}" if scale else "")
            # A second ± means that something else was meant by the first: better unread than half
            # read.
            if spread is None or value.spread is not None:
                break
            value = replace(value, spread=spread + power)
        elif found := _ASYMMETRIC.match(text, at):
            up, down = (plain_digits(found[one], decimal_comma=decimal_comma) for one in (1, 2))
            if up is None or down is None:
                break
            value = replace(value, spread=_mean(up, down), notes=(*value.notes, found[0].strip()))
        elif found := _RUNS.match(text, at):
            value = replace(value, runs=int(found[1]))
        elif found := _CITED.match(text, at):
            pass
        elif found := _BRACKETS.match(text, at):
            value = _with_brackets(value, found, decimal_comma=decimal_comma)
        elif found := _CHANGE.match(text, at):
            value = replace(value, notes=(*value.notes, found[0].strip()))
        elif found := _MARKS.match(text, at) or _LETTER.match(text, at):
            value = replace(value, notes=(*value.notes, found[0].strip(" ^")))
        else:
            break
        at = found.end()
    return value, at


def _with_brackets(value: CellValue, found: re.Match[str], *, decimal_comma: bool) -> CellValue:
    inner = found[2].strip()
    interval = _INTERVAL.fullmatch(inner)
    if interval is not None and not inner.startswith(("±", "+")):
        low, high = (plain_digits(interval[one].lstrip("+"), decimal_comma=decimal_comma)
                     for one in (1, 2))  # fmt: skip
        # An interval has its number inside. A pair that does not, such as a range of years, stays a
        # note.
        if low is not None and high is not None and _around(value.core, low, high):
            half = _half(low, high)
            return replace(
                value, spread=half, kind=SpreadKind.INTERVAL, notes=(*value.notes, found[0].strip())
            )
    if runs := _RUNS.fullmatch(inner):
        return replace(value, runs=int(runs[1]))
    spread = _SPREAD_INSIDE.fullmatch(inner)
    number = plain_digits(spread["number"], decimal_comma=decimal_comma) if spread else None
    if spread is not None and number is not None:
        kind = _KINDS.get((spread["kind"] or "").casefold())
        if (spread["pm"] or kind) and value.spread is None:
            return replace(value, spread=number, kind=kind)
        # “12 (34%)” is a count and its share, which is neither a spread nor a rank.
        share = inner.endswith("%") and value.is_whole
        if value.inside is None and value.spread is None and "%" not in inner[:-1] and not share:
            return replace(value, inside=number, glued=not found[0][0].isspace())
    return replace(value, notes=(*value.notes, found[0].strip()))


def plain_digits(text: str, *, decimal_comma: bool) -> str | None:
    """Return a number's digits with a point before its decimals and nothing between thousands.

    None where they are grouped as no number is, as in ``1.2.3``.
    """
    sign = text[:1] if text[:1] in "+-" else ""
    bare = text.lstrip("+-").replace("'", "").replace(" ", "")
    if bare.startswith("10^"):
        return f"{sign}1e{bare[3:]}"
    if decimal_comma:
        bare = bare.replace(".", "").replace(",", ".") if "," in bare or re.fullmatch(
            r"\d{1,3}(?:\.\d{3})+", bare) else bare  # fmt: skip
    elif "," in bare:
        # No number of thousands begins with 0: “0,123” has a decimal comma whatever the table does.
        if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", bare):
            bare = bare.replace(",", "")
        elif re.fullmatch(r"\d+,\d+", bare):
            bare = bare.replace(",", ".")
    return sign + bare if re.fullmatch(r"\d+(?:\.\d+)?|\.\d+", bare) and len(bare) <= 30 else None


def _around(core: str, low: str, high: str) -> bool:
    number, first, last = decimal(core.strip("%≈~ ")), decimal(low), decimal(high)
    if number is None or first is None or last is None:
        return False
    # Some papers print “91.2%” with its interval as shares, (0.90, 0.92).
    return first <= number <= last or first * 100 <= number <= last * 100


def _half(low: str, high: str) -> str:
    return f"{(Decimal(high) - Decimal(low)) / 2:f}"


def _mean(up: str, down: str) -> str:
    return f"{(Decimal(up) + Decimal(down)) / 2:f}"
