"""Reading lists in files: CSV and YAML are read into units, and what is wrong is named by its line.

Nothing in a file is acted on. Of YAML only lists, mappings and texts are taken: anchors, aliases
and tags are refused, and so is what is nested too deep or has too many parts, before anything is
built of it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import islice

from msgspec import Struct, field
from msgspec.structs import replace

from bot.base import addresses
from bot.base.errors import InvalidInput
from bot.papers import identifiers
from bot.ui.sanitise import sound
from cogs.reading.meetings import rules as meeting_rules

MOST_BYTES = 200_000
MOST_UNITS = 60
MOST_READINGS = 12
"""How many readings a unit may have."""

MOST_EXERCISES = 20
EXERCISE_LIMIT = 300
TITLE_LIMIT = 250
LEVEL_LIMIT = 60
MOST_MINUTES = 6000
MOST_WEEKS = 200

DEPTH = 6
"""How deep a YAML file may be nested: units, their readings, and what belongs to these."""

_DEEP = re.compile(rf"[\[{{]{{{DEPTH + 1}}}")

PARTS = 10_000
"""How many parts (texts, lists, mappings) a YAML file may have."""

FAULTS_SHOWN = 8

OF_READING = ("title", "link", "minutes", "level")
OF_UNIT = ("unit", "week", "prerequisites", "exercises")
COLUMNS = ("unit", *OF_READING, "exercises")

LINKS = frozenset(["url", "paper"])
"""What lists from elsewhere call a link."""

EXAMPLE = (
    "The first line of a CSV file names the columns, `title` at least: "
    f"`{','.join(COLUMNS)}`. For example `1,Grokking,https://arxiv.org/abs/2201.02177,40,beginner,"
    "Reproduce figure 1; Try another prime`."
)
YAML_EXAMPLE = (
    "A YAML file is a list of units: `- title: Grokking`, with `link`, `minutes`, `level` and "
    "`exercises` below it; of several readings, `- unit: Grokking` with `readings` below it."
)

_YAML_MARKS = frozenset("-[{%&*!>|")
"""What a line of YAML may begin with that the names of a CSV file's columns never do."""

_YAML_KEY = re.compile(r"[\w \"']+")


class ReadingPlan(Struct, frozen=True):
    """Something to read; ``minutes`` is how long that takes."""

    title: str
    link: str | None = None
    minutes: int | None = None
    level: str | None = None


class UnitPlan(Struct, frozen=True):
    """One unit of a list; ``week`` is the week it is meant for, where the file says so."""

    title: str
    readings: tuple[ReadingPlan, ...] = ()
    exercises: tuple[str, ...] = ()
    week: int | None = None
    prerequisites: str | None = None

    @property
    def minutes(self) -> int | None:
        """How long all of it takes to read, None where the file does not say."""
        return sum(one.minutes or 0 for one in self.readings) or None


class Sheet(Struct, frozen=True):
    """What a file holds: its units, and the columns that were left aside."""

    units: tuple[UnitPlan, ...]
    ignored: tuple[str, ...] = ()


class Faulty(InvalidInput):
    """A file with lines that cannot be used; the sentence names them."""

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        ordered = sorted(dict.fromkeys(faults))
        said = [f"Line {line}: {sentence}" for line, sentence in ordered[:FAULTS_SHOWN]]
        more = len(ordered) - FAULTS_SHOWN
        if more > 0:
            said.append(f"… and {more} more.")
        super().__init__("\n".join(said))
        self.faults = tuple(ordered)


class _Draft(Struct):
    """A unit that is being read, line by line; ``name`` is what the file calls it."""

    line: int
    name: str
    readings: list[ReadingPlan] = field(default_factory=list["ReadingPlan"])
    exercises: list[str] = field(default_factory=list[str])
    week: int | None = None
    prerequisites: str | None = None


def decode(data: bytes) -> str:
    """Return a file's text; raises InvalidInput for one that is too large or not UTF-8."""
    if len(data) > MOST_BYTES:
        raise InvalidInput(f"That file has {len(data)} bytes; {MOST_BYTES} are the most.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(
            f"I can't read that file: save it as CSV or YAML in UTF-8. {EXAMPLE}"
        ) from None
    return str(sound(text.replace("\r\n", "\n").replace("\r", "\n")))


def read(text: str) -> Sheet:
    """Return the units of a list, from CSV (commas, semicolons or tabs) or YAML.

    In CSV, lines of the same ``unit`` are one unit of several readings; a line without one goes on
    with the unit above. A unit that is called by a number alone, as “3” or “week 3”, takes the
    title of what is read. Exercises are separated by semicolons or lines. Blocks for as long as
    PyYAML takes. Raises Faulty with every line that cannot be used, InvalidInput for a file that
    is no list at all or would give a password away.
    """
    addresses.check_file(text)
    faults: list[tuple[int, str]] = []
    ignored: tuple[str, ...] = ()
    if _is_yaml(text):
        drafts = list(islice(_of_yaml(text, faults), MOST_UNITS + 1))
    else:
        drafts, ignored = _of_csv(text, faults)
    if len(drafts) > MOST_UNITS:
        raise InvalidInput(f"That file has more than {MOST_UNITS} units, which are the most.")
    at_fault = {line for line, _ in faults}
    units = [_finished(one, faults, at_fault) for one in drafts]
    if faults:
        raise Faulty(faults)
    if not units:
        raise InvalidInput(f"There is no unit in that file. {EXAMPLE}\n{YAML_EXAMPLE}")
    return Sheet(tuple(units), ignored)


def _is_yaml(text: str) -> bool:
    """Whether the first line that says something begins as YAML does; a CSV file's names columns.

    The lines are checked one after the other: one expression for all of them would try every way
    to divide the blank lines before it, and take twice as long for each line more.
    """
    for line in text.split("\n"):
        begun = line.strip()
        if begun and not begun.startswith("#"):
            key, colon, value = begun.partition(":")
            names = bool(colon) and _YAML_KEY.fullmatch(key) is not None
            return begun[0] in _YAML_MARKS or (names and (not value or value[0].isspace()))
    return False


# CSV


def _of_csv(text: str, faults: list[tuple[int, str]]) -> tuple[list[_Draft], tuple[str, ...]]:
    """Return the units of a CSV file, and the columns of it that are not known."""
    header = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] = []
    drafts: list[_Draft] = []
    by_name: dict[str, _Draft] = {}
    try:
        last = 0
        for row in reader:
            line, last = last + 1, reader.line_num
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if not columns:
                columns = _columns(cell.casefold() for cell in cells)
                if "title" not in columns:
                    raise InvalidInput(f"I find no column `title`. {EXAMPLE}\n{YAML_EXAMPLE}")
                continue
            if len(cells) > len(columns) and any(cells[len(columns) :]):
                faults.append((line, "it has more cells than there are columns; quote the commas."))
                continue
            _add_row(dict(zip(columns, cells, strict=False)), line, drafts, by_name, faults)
            if len(drafts) > MOST_UNITS:  # what follows would only fill memory
                break
    except csv.Error as error:
        raise InvalidInput(
            f"I can't read that file as CSV (line {reader.line_num}: {error}). {EXAMPLE}"
        ) from None
    if not columns:
        raise InvalidInput(f"There is no unit in that file. {EXAMPLE}\n{YAML_EXAMPLE}")
    known = {*OF_READING, *OF_UNIT}
    return drafts, tuple(name for name in columns if name and name not in known)


def _columns(names: Iterable[str]) -> list[str]:
    """Return the names of a file's columns as they are called here."""
    called = list(names)
    for place, name in enumerate(called):
        if name in LINKS and "link" not in called:
            called[place] = "link"
    return called


def _add_row(
    row: Mapping[str, str],
    line: int,
    drafts: list[_Draft],
    by_name: dict[str, _Draft],
    faults: list[tuple[int, str]],
) -> None:
    """Add a line to the unit that it names, to the one above, or as a unit of its own."""
    name = " ".join(row.get("unit", "").split())
    if name:
        draft = by_name.get(name.casefold())
    else:
        draft = drafts[-1] if drafts and drafts[-1].name else None
    if draft is None:
        draft = _Draft(line, name)
        drafts.append(draft)
        if name:
            by_name[name.casefold()] = draft
    if any(row.get(one) for one in OF_READING):
        _add_reading(draft, {one: (row.get(one, ""), line) for one in OF_READING}, line, faults)
    _add_exercises(draft, row.get("exercises", ""), line, faults)
    _describe(draft, (row.get("week", ""), line), (row.get("prerequisites", ""), line), faults)


# YAML


class _Node(Struct, frozen=True):
    """A part of a YAML file: a text, or a list, or a mapping with the lines of its keys."""

    line: int
    text: str | None = None
    items: tuple[_Node, ...] | None = None
    pairs: tuple[tuple[str, _Node], ...] | None = None


def _of_yaml(text: str, faults: list[tuple[int, str]]) -> Iterator[_Draft]:
    """Return the units of a YAML file."""
    import yaml

    try:
        root = _parsed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise Faulty([(line, f"this is no YAML ({error.problem or error.context}).")]) from None
    except yaml.YAMLError:
        raise InvalidInput(f"I can't read that file as YAML. {YAML_EXAMPLE}") from None
    if root is not None and root.pairs is not None:
        keys = dict(root.pairs)
        root = keys.get("units", root)
    if root is None or root.items is None:
        raise InvalidInput(f"I find no list of units in that file. {YAML_EXAMPLE}")
    for item in root.items:
        draft = _unit_of(item, faults)
        if draft is not None:
            yield draft


def _parsed(text: str) -> _Node | None:
    """Return a YAML file as plain text nodes, without YAML's guesses at types.

    Raises Faulty for what is refused, and whatever PyYAML raises.
    """
    import yaml

    if (deep := _DEEP.search(text)) is not None:
        # Said at once: PyYAML compares each bracket with all that are open in its last kilobyte.
        line = text.count("\n", 0, deep.start()) + 1
        raise Faulty([(line, f"it is nested deeper than {DEPTH} levels.")])
    open_nodes: list[tuple[int, bool, list[_Node]]] = []
    root: _Node | None = None
    for number, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if number > PARTS:
            raise Faulty([(line, f"the file has more than {PARTS} parts.")])
        node: _Node | None = None
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise Faulty([(line, "anchors and aliases (`&` and `*`) are not taken: write it out.")])
        if isinstance(event, yaml.DocumentStartEvent) and (root is not None or event.tags):
            raise Faulty([(line, "one list is taken, without `---` between parts, and no tags.")])
        if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None) is not None:
            raise Faulty([(line, "tags (`!`) are not taken: write plain text.")])
        if isinstance(event, yaml.ScalarEvent):
            empty = event.style is None and event.value in ("~", "null", "Null", "NULL")
            node = _Node(line, "" if empty else event.value)
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            if len(open_nodes) >= DEPTH:
                raise Faulty([(line, f"it is nested deeper than {DEPTH} levels.")])
            open_nodes.append((line, isinstance(event, yaml.MappingStartEvent), []))
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            began, is_mapping, inner = open_nodes.pop()
            node = _mapping(began, inner) if is_mapping else _Node(began, items=tuple(inner))
        if node is not None:
            if open_nodes:
                open_nodes[-1][2].append(node)
            else:
                root = node
    return root


def _mapping(line: int, inner: Sequence[_Node]) -> _Node:
    """Return a mapping; raises Faulty for a key that is not text, or is there twice."""
    pairs: dict[str, _Node] = {}
    for key, value in zip(inner[::2], inner[1::2], strict=True):
        if key.text is None:
            raise Faulty([(key.line, "a key is a word, such as `title`.")])
        name = key.text.strip().casefold()
        if name in pairs:
            raise Faulty([(key.line, f"`{_shown(name)}` is there twice.")])
        pairs[name] = value
    return _Node(line, pairs=tuple(pairs.items()))


def _parts(pairs: Sequence[tuple[str, _Node]]) -> dict[str, _Node]:
    """Return what belongs to a unit or a reading by the names that it has here."""
    names = _columns(name for name, _ in pairs)
    return dict(zip(names, (node for _, node in pairs), strict=True))


def _unit_of(item: _Node, faults: list[tuple[int, str]]) -> _Draft | None:
    """Return the unit that an entry of the list is: a title, or a mapping."""
    if item.text is not None:
        item = _Node(item.line, pairs=(("title", item),))
    if item.pairs is None:
        faults.append((item.line, "a unit is a title, or has `title:` and what belongs to it."))
        return None
    parts = _parts(item.pairs)
    readings = parts.get("readings")
    known = {*OF_UNIT, "readings", *(OF_READING if readings is None else ("title",))}
    _only(parts, known, faults)
    name = _text(parts, "unit", faults)[0] or (_text(parts, "title", faults)[0] if readings else "")
    draft = _Draft(item.line, " ".join(name.split()))
    if readings is None:
        own = {one: _text(parts, one, faults) for one in OF_READING}
        if any(text for text, _ in own.values()):
            _add_reading(draft, own, item.line, faults)
    else:
        for reading in readings.items if readings.items is not None else (readings,):
            _add_reading_of(draft, reading, faults)
    exercises = parts.get("exercises")
    if exercises is not None:
        for one in exercises.items if exercises.items is not None else (exercises,):
            if one.text is None:
                faults.append((one.line, "an exercise is a text; quote it if it has a colon."))
            else:
                whole = exercises.items is not None
                _add_exercises(draft, one.text, one.line, faults, whole=whole)
    _describe(draft, _text(parts, "week", faults), _text(parts, "prerequisites", faults), faults)
    return draft


def _add_reading_of(draft: _Draft, reading: _Node, faults: list[tuple[int, str]]) -> None:
    if reading.text is not None:
        reading = _Node(reading.line, pairs=(("title", reading),))
    if reading.pairs is None:
        faults.append((reading.line, "a reading is a title, or has `title:` and its `link:`."))
        return
    parts = _parts(reading.pairs)
    _only(parts, set(OF_READING), faults)
    given = {one: _text(parts, one, faults) for one in OF_READING}
    _add_reading(draft, given, reading.line, faults)


def _only(parts: Mapping[str, _Node], known: set[str], faults: list[tuple[int, str]]) -> None:
    for name, node in parts.items():
        if name not in known:
            faults.append(
                (node.line, f"I don't know `{_shown(name)}` there; it takes {_listed(known)}.")
            )


def _text(parts: Mapping[str, _Node], name: str, faults: list[tuple[int, str]]) -> tuple[str, int]:
    """Return a text of a mapping with its line; empty where there is none."""
    node = parts.get(name)
    if node is None:
        return "", 0
    if node.text is None:
        faults.append((node.line, f"`{name}` is a text; quote it if it has a colon."))
        return "", node.line
    return node.text.strip(), node.line


# What a unit is made of


def _add_reading(
    draft: _Draft,
    given: Mapping[str, tuple[str, int]],
    line: int,
    faults: list[tuple[int, str]],
) -> None:
    """Add a reading, each of its parts given with its line; notes what cannot be used."""
    before = len(faults)
    title, at = given["title"]
    title = " ".join(title.split())
    if not title:
        faults.append((at or line, "give what is read a `title`."))
    elif len(title) > TITLE_LIMIT:
        faults.append((at, f"that title has {len(title)} characters; {TITLE_LIMIT} are the most."))
    link, at = given["link"]
    # Lists name papers as people do: by an arXiv number or a DOI, or only within the title.
    paper = None if link[:4].lower() == "http" else identifiers.find(link or title[:TITLE_LIMIT])
    try:
        address = paper.url if paper else meeting_rules.check_link(link)
    except InvalidInput as error:
        address = None
        faults.append((at, error.sentence[0].lower() + error.sentence[1:]))
    minutes = _number(given["minutes"], "minutes", MOST_MINUTES, "such as 40", faults)
    level, at = given["level"]
    level = " ".join(level.split())
    if len(level) > LEVEL_LIMIT:
        faults.append((at, f"a level has {LEVEL_LIMIT} characters at most, such as “beginner”."))
    if len(draft.readings) >= MOST_READINGS:
        faults.append((line, f"a unit has {MOST_READINGS} readings at most."))
    if len(faults) == before:
        draft.readings.append(ReadingPlan(title, address, minutes, level or None))


def _add_exercises(
    draft: _Draft,
    text: str,
    line: int,
    faults: list[tuple[int, str]],
    *,
    whole: bool = False,
) -> None:
    """Add exercises, separated by semicolons or lines unless the text is one ``whole`` one."""
    for part in [text] if whole else re.split(r"[;\n]", text):
        tidy = " ".join(part.split())
        if not tidy:
            continue
        if len(tidy) > EXERCISE_LIMIT:
            faults.append(
                (line, f"an exercise has {EXERCISE_LIMIT} characters at most, not {len(tidy)}.")
            )
        elif len(draft.exercises) >= MOST_EXERCISES:
            faults.append((line, f"a unit has {MOST_EXERCISES} exercises at most."))
        else:
            draft.exercises.append(tidy)


def _describe(
    draft: _Draft,
    week: tuple[str, int],
    prerequisites: tuple[str, int],
    faults: list[tuple[int, str]],
) -> None:
    """Add the week of a unit, and what it helps to know."""
    number = _number(week, "week", MOST_WEEKS, "such as 3", faults)
    draft.week = number if number is not None else draft.week
    known = " ".join(prerequisites[0].split())
    if len(known) > meeting_rules.LOCATION_LIMIT:
        faults.append(
            (
                prerequisites[1],
                f"`prerequisites` has {meeting_rules.LOCATION_LIMIT} characters at most.",
            )
        )
    elif known:
        draft.prerequisites = known


def _number(
    given: tuple[str, int],
    name: str,
    most: int,
    example: str,
    faults: list[tuple[int, str]],
) -> int | None:
    text, line = given
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) <= most):
        faults.append((line, f"give the `{name}` as a number, {example}."))
        return None
    return int(text)


def _finished(draft: _Draft, faults: list[tuple[int, str]], at_fault: Set[int]) -> UnitPlan:
    """Return a unit with its title: its name, or what is read where that is only a number.

    Of a line ``at_fault`` it is not said besides that it has no title.
    """
    unit = UnitPlan(
        draft.name,
        tuple(draft.readings),
        tuple(draft.exercises),
        draft.week,
        draft.prerequisites,
    )
    if len(draft.name) > TITLE_LIMIT:
        faults.append((draft.line, f"a unit's name has {TITLE_LIMIT} characters at most."))
    if draft.name and not _NUMBER.fullmatch(draft.name):
        return unit
    if not draft.readings:
        if draft.line not in at_fault and len(draft.name) <= TITLE_LIMIT:
            faults.append((draft.line, "give what is read a `title`."))
        return unit
    first, more = draft.readings[0].title, len(draft.readings) - 1
    return replace(unit, title=f"{first} and {more} more" if more else first)


_NUMBER = re.compile(r"(?:unit|week|chapter|part|session|module)?\s*[\d.]+", re.IGNORECASE)


def _shown(name: str) -> str:
    shown = name if len(name) <= 30 else name[:29] + "…"
    return shown.replace("`", "'")


def _listed(names: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in (*OF_UNIT, *OF_READING, "readings") if name in names)
