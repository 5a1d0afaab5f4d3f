"""Whatever reads what people send takes no longer than its text is long, and little memory.

The functions are found, not listed: every one of the product's that takes a text, or bytes, first.
Of the texts that a reader takes longest for, a few are tried at greater lengths;
``LENGTHS=all``, and ``make soak``, try more of them, and at the greatest.
"""

from __future__ import annotations

import inspect
import json
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.base.choices import Offered
from bot.base.errors import CohortError
from cogs.boards.links import rules as link_rules
from tests.conftest import NOON
from tests.figures import Figures
from tests.pace import milliseconds
from tests.security.expressions import modules

FIRST, SHORT, MIDDLE, LONG = 400, 4_000, 50_000, 200_000

WHOLE = os.environ.get("LENGTHS") == "all"

LONGEST_TRIED = 5 if WHOLE else 2
"""How many of the texts that take longest are tried at greater lengths, and as many of those whose
time grows most."""

ON_THE_LOOP = 50.0
"""Milliseconds of processor time for what fits a form: it is read on the loop."""

APART = 3_000.0
"""Milliseconds for a file of 200,000 characters, in a thread of its own."""

NOTICEABLE = 2.0
"""Below this many milliseconds, growth may be chance."""

GROWTH = 2.5
"""How many times the growth of the text the time may grow, on a machine that others use too."""

MEMORY = 250 * 1024
"""KiB that all of it together may take."""

NOT_GIVEN_TEXTS = frozenset(
    {
        # how the product itself is put together
        "bot.client.use_discord_at",
        "bot.net.public_http.session",
        "bot.net.public_http.agent",
        "bot.ui.command_arguments.with_group",
        "cogs.boards.projects.options.with_project",
        "bot.ui.corrections.command_data",
        "bot.ui.permissions.title",
        "data.migrations.check",
        "data.sqlite.connect",
        "data.types.table",
        "data.types.references",
        "cogs.boards.ledger.fields.select",
        "cogs.server.help.topics.topic",
        # writers, whose texts were checked when they were typed
        "bot.ui.people_pages.pages",
        "cogs.boards.deadlines.cards.reminder",
        "cogs.boards.listing.pages",
        "cogs.boards.reports.plot.draw",
        "cogs.reading.calendar.cards.calendar_feed",
        "cogs.reading.calendar.cards.calendar_file",
        "cogs.reading.calendar.ics.write",
        "cogs.reading.facilitators.cards.rotation",
        "cogs.reading.nominations.cards.history",
        "cogs.reading.nominations.cards.shortlist",
        "cogs.server.health.alerts.notice",
        "cogs.people.profiles.cards.levels",
        "bot.ui.canvas.fitting",
        "cogs.reading.attendance.cards.taken_on",
        "bot.ui.canvas.width",
        "cogs.boards.results.results_files.template",
        "cogs.boards.links.rules.read_commits",
        "cogs.reading.mentions.mentioning",
        "cogs.checkins.rounds.rules.headings",
    }
)

FILLED: dict[str, Any] = {
    "zone": ZoneInfo("Europe/Berlin"),
    "default": ZoneInfo("UTC"),
    "now": NOON,
    "limit": 2000,
    "units": 4,
    "writer_id": 1,
    "index": 1,
    "size": 14,
    "room": 300.0,
    "number": 1,
    "count": 3,
    "wanted": frozenset({"claim", "value"}),
    "status": 200,
    "headers": {},
    "before": None,
    "offered": Offered([f"title {n}" for n in range(200)], "meeting", title=str, key=hash),
    "entries": [(f"title {n}", str(n)) for n in range(200)],
    "taken": (),
    "url": "https://x.org",
    "titles": ["alpha beta", "gamma 2"],
    "tags": ["alpha", "beta"],
    "texts": ["alpha", "beta"],
    "row": ["a", "b"],
    "answers": SimpleNamespace(),
    "fingerprint": "",
    "day": "mon",
    "path": "/a",
    "query": "b=c",
    "address": "/a?b=c",
    "end": "7:00",
    "value": "1",
}
"""What the other parameters are given, by their names."""

UNITS = (
    *" \n\t,;:.-–/|&%$*`\\\"'()[]{}<>@#=_~^±1a",
    "1 ",
    "1-",
    "1–",
    "1,",
    "1.",
    "1, ",
    "1;\n",
    "1 000 ",
    "1e9",
    "±1",
    "(1)",
    "a b ",
    "a,b\n",
    "a|b\n",
    "| a ",
    "|-",
    "- a\n",
    "- [ ] a\n",
    " \n ",
    "\n- ",
    "a:\n ",
    "a: b\n",
    "a: &a [*a,",
    "{a: ",
    '{"a":',
    '[{"0":1},',
    '{"claim":"C1","value":[1,',
    '"a",',
    '"",',
    "\\begin{tabular}",
    "\\begin{tabular}{l",
    "\\multicolumn{9}{c}{",
    "\\multirow{99}{*}{",
    "a & ",
    "a \\\\\n",
    "\\hline\n",
    "\\a{",
    "$a",
    "\\textbf{",
    "<td>",
    "<td colspan=999 rowspan=999>",
    "<tr><td>a",
    "<table><tr><td>",
    "<!--",
    "<a href=",
    "<div>",
    "&#x",
    "&amp;",
    "http://",
    "http://a.b/",
    "https://x/[",
    "www.a.",
    "10.1234/",
    "arxiv:",
    "2301.00001 ",
    "<@1>",
    "<@123456789012345678> a\n",
    "<t:1>",
    "next ",
    "mon ",
    "in 1 ",
    "in 1 day ",
    "mercredi 19:00;",
    "19:00 ",
    "1:1",
    "1/1/",
    "2026-",
    "every ",
    "utc+",
    "europe/",
    "tue 19-21, ",
    "weekday evenings, ",
    "unit 1-9: ",
    "week 1, ",
    "1 | a | b\n",
    "1. a\n",
    "a; ",
    "@a ",
    "\u0301",
    "İ",
    "ﬃ",
    "\u200b",
    "\u202e",
    "𝕏",
    "👩\u200d",
    "\x00",
    "ß",
    "٣",
    "q² ",
)

HEADS = (
    "",
    "claim,value,seed\nC1,",
    '[{"claim":"C1","value":',
    '{"results":[',
    "title,link\n",
    "units:\n  - title: ",
    "| a | b |\n|---|---|\n| ",
    "\\begin{tabular}{lcc}\na & b & c \\\\\n",
    "<table><tr><th>a<th>b<tr><td>",
    "statement,metric,reported\n",
    "Table 1: a\nModel Accuracy F1\nBase ",
    "%YAML 1.1\n---\n",
)
"""What makes a reader of files take the rest for its format."""

READERS_OF_FILES = frozenset(
    {
        "bot.base.addresses.check_file",
        "cogs.boards.imports.tables.read",
        "cogs.boards.links.rules.read_commits",
        "cogs.boards.results.results_files.read",
        "cogs.boards.results.run_files.read",
        "cogs.reading.lists.files.read",
    }
)
"""Those that begin reading a file, and decide about its format; the others are given its parts."""

PARTS_OF_FILES = ("imports.", "results.", "lists.files.", "papers.details.", "check_file", "links.")
"""Modules whose readers run apart, so that they may take longer than what is on the loop."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A function of the product that is given people's texts."""

    name: str
    read: Callable[[Any], object]
    first: str

    @property
    def whole_files(self) -> bool:
        return self.name in READERS_OF_FILES

    @property
    def apart(self) -> bool:
        return any(part in self.name for part in PARTS_OF_FILES)

    def takes(self, text: str, allowed: float) -> float:
        """Return for how many milliseconds it reads; measured again where it seems too long."""
        given: Any = text
        if self.first == "bytes":
            given = text.encode(errors="surrogatepass")
        elif "[str]" in self.first:
            given = text.splitlines()

        def read() -> None:
            # What it says of nonsense is for its own tests; here it is how long it takes.
            with suppress(CohortError, ValueError, LookupError, TypeError, AttributeError):
                self.read(given)

        return milliseconds(read, allowed)


def readers() -> list[Reader]:
    """Return every function whose first parameter is a text, with the others filled in."""
    found: list[Reader] = []
    for module in modules():
        if module.__name__.startswith(("data.", "bot.ops.")):
            continue  # they are given values that were read before
        for name, function in vars(module).items():
            if name.startswith("_") or not inspect.isfunction(function):
                continue
            whole = f"{module.__name__}.{name}"
            if function.__module__ != module.__name__ or whole in NOT_GIVEN_TEXTS:
                continue
            first, *others = inspect.signature(function).parameters.values() or [None]
            kind = str(first.annotation) if first is not None else ""
            if kind.removesuffix(" | None") in ("str", "bytes", "Sequence[str]", "Iterable[str]"):
                read = _filled(function, others)
                if read is not None:
                    found.append(Reader(whole, read, kind))
    found.append(
        Reader(
            "cogs.boards.links.rules.read_commits",
            lambda body: link_rules.read_commits(None, 200, body, {}),
            "bytes",
        )
    )
    return found


def _filled(function: Callable[..., object], others: list[Any]) -> Callable[[Any], Any] | None:
    """Return a function with all but its first parameter given; None where one is not known.

    What needs more than a text and a few simple things works on what was read before.
    """
    given: dict[str, Any] = {}
    rest: list[Any] = []
    simple = {"bool": False, "str": "a text", "datetime": NOON}
    for one in others:
        if one.default is not one.empty or one.kind is one.VAR_POSITIONAL:
            continue
        if one.name not in FILLED and str(one.annotation) not in simple:
            return None
        value = FILLED.get(one.name, simple.get(str(one.annotation)))
        if one.kind is one.KEYWORD_ONLY:
            given[one.name] = value
        else:
            rest.append(value)
    return lambda text: function(text, *rest, **given)


def texts(reader: Reader) -> Iterator[tuple[str, Callable[[int], str]]]:
    """Yield what a reader is tried with: a name, and what makes a text of a length."""
    for number, head in enumerate(HEADS if reader.whole_files else ("",)):
        for unit in UNITS if not head else UNITS[number % 4 :: 4]:

            def make(length: int, head: str = head, unit: str = unit) -> str:
                return (head + unit * (length // len(unit) + 1))[:length]

            yield f"{head!r} + {unit!r}…", make
    if reader.whole_files:
        yield "many names", lambda length: json.dumps([{str(n): n} for n in range(length // 12)])
        yield "deep", lambda length: "\n".join(" " * n + "a:" for n in range(int(length**0.5)))
        yield "wide", lambda length: ",".join(f"c{n}" for n in range(length // 7)) + "\n1"


@dataclass(frozen=True, slots=True)
class Tried:
    """A text that a reader was tried with, and how long it took, at the two least lengths."""

    name: str
    make: Callable[[int], str]
    first: float
    short: float

    @property
    def growth(self) -> float:
        return self.short / max(self.first, NOTICEABLE / 10)


def slowness(reader: Reader) -> str | None:
    """Say where a reader is too slow; None if it nowhere is."""
    reader.takes("mon 19:00", ON_THE_LOOP)  # what it reads once, it has read
    tried: list[Tried] = []
    allowed = ON_THE_LOOP * (10 if reader.apart else 1)
    for name, make in texts(reader):
        first, short = (reader.takes(make(length), allowed) for length in (FIRST, SHORT))
        if max(first, short) > allowed:
            return f"{first:.1f} ms for {FIRST} and {short:.1f} ms for {SHORT} of {name}"
        tried.append(Tried(name, make, first, short))
    longest = sorted(tried, key=lambda one: -one.short)[:LONGEST_TRIED]
    growing = sorted(tried, key=lambda one: -one.growth)[:LONGEST_TRIED]
    for one in dict.fromkeys((*longest, *growing)):
        if (slow := _growth(reader, one)) is not None:
            return slow
    return None


def _growth(reader: Reader, tried: Tried) -> str | None:
    """Say where the time grows faster than a text; None where it does not."""
    before, length = tried.short, SHORT
    for longer in (MIDDLE, LONG) if WHOLE or reader.apart else (MIDDLE,):
        linear = max(before, NOTICEABLE) * GROWTH * longer / length
        allowed = min(max(ON_THE_LOOP, linear), APART)
        needed = reader.takes(tried.make(longer), allowed)
        if needed > allowed:
            return f"{before:.1f} ms for {length} and {needed:.1f} ms for {longer} of {tried.name}"
        before, length = needed, longer
    return None


KNOWN = readers()


@pytest.mark.parametrize("reader", KNOWN, ids=lambda one: one.name)
def test_a_reader_is_linear(reader: Reader, tell: Callable[[str, Figures], None]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slow = slowness(reader)
    tell("expressions", {"readers of texts tried": 1})
    assert slow is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY


def test_the_walk_finds_the_readers() -> None:
    assert len(KNOWN) >= 120
    assert {one.name for one in KNOWN} >= READERS_OF_FILES
