"""How a moment is typed: the parts it is made of, and every way to divide a text into them.

A text is read only as a whole: each character belongs to one part, or to a space, comma or bracket
between two. Where words are ambiguous there are several ways, and ``typed`` decides between them.
Work is bounded: texts are short, each part is looked for once at each place, and only so many ways
are followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cached_property

from dateutil.relativedelta import relativedelta
from msgspec import Struct
from msgspec.structs import replace

from bot.base.when.vocabulary import Meaning, TimeUnit, WordKind, is_boundary, vocabulary
from bot.base.when.zones import NamedZone, place

MOST_WAYS = 64
MOST_STEPS = 1500
"""Nothing that people type comes near these; they bound what a hostile text costs."""


class ClockTime(Struct, frozen=True):
    """A time of day with its minutes, or with a word for hours: “18:00”, “18h30”, “19 uhr”."""

    hour: int
    minute: int = 0
    second: int = 0
    dotted: bool = False
    """Written “18.30”: with some numbers that is a date too."""
    stretch: bool = False
    """Written “18h”: by itself that is a stretch of time too."""


class BareHour(Struct, frozen=True):
    """A number that can only be an hour, if a part of the day goes with it: “7 pm”."""

    hour: int


class TimeSpan(Struct, frozen=True):
    """Two times of day with a dash between them, or a time and an offset: nobody can tell."""


class Point(Struct, frozen=True):
    """Noon or midnight, by name."""

    midnight: bool


class DayPart(Struct, frozen=True):
    """A part of the day."""

    meaning: Meaning
    words: str


class Date(Struct, frozen=True):
    """A day of a month, of a year if it says so."""

    day: int
    month: int
    year: int | None = None


class Numbers(Struct, frozen=True):
    """A date in numbers whose order differs from country to country: “3/4”."""

    first: int
    second: int
    year: int | None = None


class DayOfMonth(Struct, frozen=True):
    """A day of whichever month comes next: “the 16th”, “16日”."""

    day: int


class WeekDate(Struct, frozen=True):
    """A day of a numbered week (ISO 8601): “2026-W05-5”."""

    year: int
    week: int
    weekday: int | None


class Weekday(Struct, frozen=True):
    """A day of the week, 0 for Monday."""

    number: int
    next: bool = False
    week_later: bool = False


class Near(Struct, frozen=True):
    """A day near today."""

    distance: int
    or_morning: bool = False
    """Whether its word means the morning too, which it does right after a day: “heute morgen”."""


class Stretch(Struct, frozen=True):
    """A stretch of time from now: “in 1 month 2 hours”."""

    days: relativedelta
    """Days, weeks, months and years: they leave the time on the clock as it is."""
    hours: timedelta
    """Hours and minutes: they pass at one pace through every change of the clocks."""


class Filler(Struct, frozen=True):
    """A word that says nothing by itself."""

    of: bool = False
    """Whether something has to go before it: “of”."""


What = (
    ClockTime | BareHour | TimeSpan | Point | DayPart | Date | Numbers | DayOfMonth | WeekDate
    | Weekday | Near | Stretch | NamedZone | Filler
)  # fmt: skip
DAYS = (Date, Numbers, DayOfMonth, WeekDate, Weekday, Near, Stretch)
TIMES = (ClockTime, BareHour, Point, DayPart)

Languages = frozenset[str]
ALL: Languages = frozenset()
"""Every language, as of numbers."""


class TextPart(Struct, frozen=True):
    """A part of a text, where it ends, and the languages that it could be in."""

    what: What
    end: int
    languages: Languages = ALL
    also: tuple[What, ...] = ()
    """What else the same words say: “tonight” is today, and a part of it."""


class Way(Struct, frozen=True):
    """One way to divide a text: its parts in order, fillers left out."""

    parts: tuple[What, ...]
    coherent: bool
    """Whether all its words can be of one language."""
    lone_hour: bool = False
    """Whether a bare hour in it has no part of the day beside it."""


_HALF_DAYS = frozenset({"en", "hi", "ko", "zh"})
"""Where “7 o'clock” may well be in the evening: these languages count hours up to twelve."""
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?![\d:])")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{2})(?!\.?\d)")
_SPAN = re.compile(r"\d{1,2}[:.]\d{2} ?- ?\d{1,2}[:.]\d{2}(?![\d:])")
_HOUR = re.compile(r"(\d{1,2})(?![\d:/.]|-\d)")
_MINUTES = re.compile(r" ?(\d{2})(?![\d:.])")
_NUMBER = re.compile(r"(\d{1,6})(?![\d:/.]|-\d)")
_YEAR_FIRST = re.compile(
    r"(\d{4})(?:([-/])(\d{1,2})\2(\d{1,2})|\. ?(\d{1,2})\. ?(\d{1,2})\.?)(?!\d)"
)
_DOTS = re.compile(
    r"(\d{1,2})\. ?(\d{1,2})(?:(?:\. ?(\d{4})|\.(\d{2}))\.?(?![\d:])|\.(?!\d)|(?![\d.:]))"
)
_SLASHES = re.compile(r"(\d{1,2})(?:/(\d{1,2})(?:/(\d{4}))?|-(\d{1,2})-(\d{4}))(?![\d/-])")
_WEEK = re.compile(r"(\d{4})-?w(\d{1,2})(?:-?(\d))?(?!\w)")
_DAY = re.compile(r"(\d{1,2})(?![\d:]|\.\d|/)")
_YEAR = re.compile(r"(\d{4})(?![\d:/.]|-\d)")
_YEAR_DOT = re.compile(r"(\d{4})\. ?(?!\d)")
_WORD = re.compile(r"[^ ,()]+")
_GAPS = " ,()、，"
_JOINT = re.compile(r"[-/]| ?\.?,? ?")
"""Between a day, its month and its year: a dash or a slash only where no space is beside it."""

_NO_SPACE: frozenset[WordKind] = frozenset({WordKind.ORDINAL})


class Text:
    """A text in plain characters (see ``vocabulary.plain``), and the parts found in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._parts: dict[int, list[TextPart]] = {}
        self._meanings: dict[int, tuple[int, tuple[Meaning, ...]]] = {}
        self._steps = 0

    @cached_property
    def ways(self) -> list[Way]:
        """Every way to divide the whole text into parts, or the first few."""
        found: list[Way] = []
        self._follow(0, [], found)
        return found

    @cached_property
    def unread(self) -> str:
        """The first word that has no meaning in any language; where each has one, the rest."""
        reached = [0]
        for position in reached:
            reached += [
                part.end for part in self.parts(self._skip(position)) if part.end not in reached
            ]
        farthest = self._skip(max(reached))
        for match in re.finditer(r"[^ ,()]+", self.text):
            if any(map(str.isalnum, match[0])) and not self._known(match[0]):
                return match[0]
        return self.text[farthest:] or self.text

    def parts(self, start: int) -> list[TextPart]:
        """Return every part that begins at ``start``."""
        if start not in self._parts:
            found = dict.fromkeys(self._found(start))
            self._parts[start] = list(found)
        return self._parts[start]

    # Ways

    def _follow(self, position: int, parts: list[TextPart], found: list[Way]) -> None:
        position = self._skip(position)
        self._steps += 1
        if len(found) >= MOST_WAYS or self._steps > MOST_STEPS:
            return
        if position == len(self.text):
            if parts and (way := _way(parts)) is not None and way not in found:
                found.append(way)
            return
        if len(parts) >= 14 or not self._reaches_end[position]:
            return
        for part in self.parts(position):
            if _fits(part, parts):
                self._follow(part.end, [*parts, part], found)

    @cached_property
    def _reaches_end(self) -> list[bool]:
        """For each position whether parts lead from there to the end of the text."""
        reaches = [False] * len(self.text) + [True]
        for position in reversed(range(len(self.text))):
            start = self._skip(position)
            reaches[position] = (
                reaches[start]
                if start > position
                else any(reaches[part.end] for part in self.parts(position))
            )
        return reaches

    def _skip(self, position: int) -> int:
        while position < len(self.text) and self.text[position] in _GAPS:
            position += 1
        return position

    def _known(self, word: str) -> bool:
        """Whether a word is made of numbers, signs and words that mean something somewhere."""
        words, position = vocabulary(), 0
        while position < len(word):
            end, _ = words.at(word, position)
            if end > position:
                position = end
            elif word[position].isdecimal() or word[position] in ":./-+":
                position += 1
            else:
                return place(word) is not None
        return True

    # Parts

    def _found(self, start: int) -> Iterator[TextPart]:
        text = self.text
        if start == len(text):
            return
        if text[start].isdecimal():
            if start and (text[start - 1].isdecimal() or text[start - 1] in ":."):
                return
            yield from self._numeric_dates(start)
            yield from self._dates(start)
            yield from self._clocks(start)
            yield from self._stretches(start, start, ALL, said=False)
        elif not is_boundary(text, start):
            return
        yield from self._phrases(start)
        yield from self._zones(start)

    def _words(self, start: int, *kinds: WordKind) -> Iterator[tuple[int, Meaning]]:
        """Yield where a word at ``start``, or after a space, ends, for each meaning of a kind."""
        if start < len(self.text) and self.text[start] == " ":
            start += 1
            kinds = tuple(kind for kind in kinds if kind not in _NO_SPACE)
        end, meanings = self._at(start)
        for meaning in meanings:
            if meaning.kind in kinds:
                yield end, meaning

    def _at(self, start: int) -> tuple[int, tuple[Meaning, ...]]:
        """Return what ``Vocabulary.at`` does; the same place is looked up for many kinds."""
        if start not in self._meanings:
            self._meanings[start] = vocabulary().at(self.text, start)
        return self._meanings[start]

    def _clocks(self, start: int) -> Iterator[TextPart]:
        if match := _SPAN.match(self.text, start):
            yield TextPart(TimeSpan(), match.end())
        if match := _CLOCK.match(self.text, start):
            hour, minute, second = (int(number or 0) for number in match.groups())
            clock = ClockTime(hour, minute, second)
            yield TextPart(clock, match.end())
            for end, meaning in self._words(match.end(), WordKind.HOUR):
                yield TextPart(clock, end, meaning.languages)
        if match := _DOTTED.match(self.text, start):
            clock = ClockTime(int(match[1]), int(match[2]), dotted=True)
            yield TextPart(clock, match.end())
            for end, meaning in self._words(match.end(), WordKind.HOUR):
                yield TextPart(ClockTime(clock.hour, clock.minute), end, meaning.languages)
        if match := _HOUR.match(self.text, start):
            hour = int(match[1])
            if hour <= 24:
                yield TextPart(BareHour(hour), match.end())
            for end, meaning in self._words(match.end(), WordKind.HOUR):
                halved = meaning.number and hour <= 12 and meaning.languages & _HALF_DAYS
                clock = BareHour(hour) if halved else ClockTime(hour, stretch=not meaning.number)
                yield TextPart(clock, end, meaning.languages)
                yield from self._after_hour(hour, end, meaning.languages)

    def _after_hour(self, hour: int, start: int, languages: Languages) -> Iterator[TextPart]:
        """Yield “18h30”, “7時半”, “7点30分”: an hour, its word, and the minutes."""
        for end, meaning in self._words(start, WordKind.HALF):
            yield TextPart(ClockTime(hour, 30), end, _common(languages, meaning.languages))
        if match := _MINUTES.match(self.text, start):
            clock = ClockTime(hour, int(match[1]))
            yield TextPart(clock, match.end(), languages)
            for end, meaning in self._words(match.end(), WordKind.MINUTE):
                yield TextPart(clock, end, _common(languages, meaning.languages))

    def _numeric_dates(self, start: int) -> Iterator[TextPart]:
        if match := _YEAR_FIRST.match(self.text, start):
            month, day = match[3] or match[5], match[4] or match[6]
            yield TextPart(Date(int(day), int(month), int(match[1])), match.end())
        # Wherever a date is written with dots, its day comes first (CLDR's date formats).
        if match := _DOTS.match(self.text, start):
            year = int(match[3]) if match[3] else 2000 + int(match[4]) if match[4] else None
            yield TextPart(Date(int(match[1]), int(match[2]), year), match.end())
        if match := _SLASHES.match(self.text, start):
            first, second = int(match[1]), int(match[2] or match[4])
            year = int(match[3] or match[5] or 0) or None
            yield TextPart(Numbers(first, second, year), match.end())
        if match := _WEEK.match(self.text, start):
            weekday = int(match[3]) if match[3] else None
            yield TextPart(WeekDate(int(match[1]), int(match[2]), weekday), match.end())

    def _dates(self, start: int) -> Iterator[TextPart]:
        """Yield dates that begin with a number: “1 dec 2026”, “2026年1月16日”, “16日”."""
        for end, day, languages, marked in self._days(start):
            if marked:
                yield TextPart(DayOfMonth(day), end, languages)
            joined = self._join(end)
            for joint, of in joined:
                for after, month in self._months(joint):
                    spoken = _common(languages, of, month.languages)
                    yield TextPart(Date(day, month.number), after, spoken)
                    for last, of_year in self._join(after):
                        for final, year, said in self._years(last):
                            every = _common(spoken, of_year, said)
                            yield TextPart(Date(day, month.number, year), final, every)
        for end, year, languages in self._years(start, dot=True):
            for after, month in self._months(end):
                for final, day, said, _ in self._days(_past_space(self.text, after)):
                    every = _common(languages, month.languages, said)
                    yield TextPart(Date(day, month.number, year), final, every)

    def _months(self, start: int) -> Iterator[tuple[int, Meaning]]:
        return self._words(start, WordKind.MONTH)

    def _join(self, start: int) -> Iterator[tuple[int, Languages]]:
        """Yield where a date may go on after its day or month: past “-”, “of”, “de”, a comma."""
        yield start, ALL
        if (joint := _JOINT.match(self.text, start)) and joint.end() > start:
            yield joint.end(), ALL
        for end, meaning in self._words(start, WordKind.OF):
            yield _past_space(self.text, end), meaning.languages
            if self.text[end - 1] == "'":
                yield end, meaning.languages

    def _days(self, start: int) -> Iterator[tuple[int, int, Languages, bool]]:
        """Yield a day of a month: where it ends, its number, and whether a sign marks it as one."""
        if not (match := _DAY.match(self.text, start)):
            return
        day, end = int(match[1]), match.end()
        yield end, day, ALL, False
        for after, meaning in self._words(end, WordKind.ORDINAL):
            yield after, day, meaning.languages, True
        if self.text[end : end + 1] == "." and self.text[end + 1 : end + 2] in ("", " "):
            yield end + 1, day, ALL, True

    def _years(self, start: int, *, dot: bool = False) -> Iterator[tuple[int, int, Languages]]:
        """Yield where a year ends, and which it is; Hungarian has a dot after it."""
        if dot and (match := _YEAR_DOT.match(self.text, start)):
            yield match.end(), int(match[1]), ALL
        if match := _YEAR.match(self.text, start):
            yield match.end(), int(match[1]), ALL
            for end, meaning in self._words(match.end(), WordKind.YEAR):
                yield end, int(match[1]), meaning.languages

    def _phrases(self, start: int) -> Iterator[TextPart]:
        """Yield what begins with a word."""
        end, meanings = self._at(start)
        for meaning in meanings:
            languages = meaning.languages
            match meaning.kind:
                case WordKind.FILLER | WordKind.OF:
                    yield TextPart(Filler(of=meaning.kind is WordKind.OF), end, languages)
                case WordKind.NOON | WordKind.MIDNIGHT:
                    yield TextPart(Point(meaning.kind is WordKind.MIDNIGHT), end, languages)
                case WordKind.PART:
                    yield TextPart(DayPart(meaning, self.text[start:end]), end, languages)
                case WordKind.DAY:
                    also = (DayPart(meaning, self.text[start:end]),) if meaning.hours else ()
                    morning = any(one.after_day for one in meanings)
                    yield TextPart(Near(meaning.number, morning), end, languages, also)
                case WordKind.WEEKDAY if not self.text[start - 1 : start].isdecimal():  # “16日”
                    yield from self._weekdays(start, end, meaning)
                case WordKind.NEXT:
                    for after, weekday in self._words(end, WordKind.WEEKDAY):
                        spoken = _common(languages, weekday.languages)
                        yield TextPart(Weekday(weekday.number, next=True), after, spoken)
                case WordKind.MONTH:
                    yield from self._month_first(end, meaning)
                case WordKind.IN:
                    yield from self._stretches(start, end, languages, said=True)
                case WordKind.COUNT:
                    yield from self._stretches(start, start, languages, said=False)
                case _:
                    pass

    def _weekdays(self, start: int, end: int, meaning: Meaning) -> Iterator[TextPart]:
        also = (DayPart(meaning, self.text[start:end]),) if meaning.hours else ()
        yield TextPart(Weekday(meaning.number), end, meaning.languages, also)
        for after, later in self._words(end, WordKind.WEEK_LATER):
            spoken = _common(meaning.languages, later.languages)
            yield TextPart(Weekday(meaning.number, week_later=True), after, spoken)

    def _month_first(self, start: int, month: Meaning) -> Iterator[TextPart]:
        """Yield “december 1”, “december 1st, 2026”, “1月16日”."""
        for end, day, said, _ in self._days(_past_space(self.text, start)):
            spoken = _common(month.languages, said)
            yield TextPart(Date(day, month.number), end, spoken)
            for joint, of in self._join(end):
                for final, year, year_said in self._years(joint):
                    every = _common(spoken, of, year_said)
                    yield TextPart(Date(day, month.number, year), final, every)

    def _stretches(
        self, start: int, position: int, languages: Languages, *, said: bool
    ) -> Iterator[TextPart]:
        """Yield “in 2 weeks”, “3 days from now”, “1 hour and 30 minutes”, “3日後”.

        Without “in” or “later” (``said``) the units must be whole words: to many, “7h” is a time.
        """
        days, hours, whole = relativedelta(), timedelta(), True
        spoken: Languages = languages
        units: set[int] = set()
        while (counted := self._counted(_past_space(self.text, position))) is not None:
            count, word, meaning, position = counted
            if meaning.number in units:  # a second number of hours is no part of the first
                return
            units.add(meaning.number)
            spoken = _common(spoken, meaning.languages)
            whole = whole and len(word) > 1 and word[0] < "\u3000"
            try:
                added_days, added_hours = _stretch(count, TimeUnit(meaning.number))
                days, hours = days + added_days, hours + added_hours
            except OverflowError:
                return
            if said or whole:
                yield TextPart(Stretch(days, hours), position, spoken)
            for after, later in self._words(position, WordKind.LATER):
                yield TextPart(Stretch(days, hours), after, _common(spoken, later.languages))
            for after, joining in self._words(position, WordKind.AND):
                position, spoken = after, _common(spoken, joining.languages)
                break

    def _counted(self, start: int) -> tuple[int, str, Meaning, int] | None:
        """Return “3 days”: the number, the word, the unit it means, and where it ends."""
        for end, count, languages in self._counts(start):
            for after, unit in self._words(end, WordKind.UNIT):
                spoken = _common(languages, unit.languages)
                word = self.text[end:after].strip()
                return count, word, replace(unit, languages=spoken), after
        return None

    def _counts(self, start: int) -> Iterator[tuple[int, int, Languages]]:
        if match := _NUMBER.match(self.text, start):
            yield match.end(), int(match[1]), ALL
        for end, meaning in self._words(start, WordKind.COUNT):
            yield end, meaning.number, meaning.languages

    def _zones(self, start: int) -> Iterator[TextPart]:
        """Yield zones, offsets and cities of up to four words."""
        if self.text[start] in "+-" and self.text[start - 1 : start] != " ":
            return  # “18:00-05:00” may be a span
        end = start
        for _ in range(4):
            following = _WORD.match(self.text, self._skip(end) if end > start else start)
            if following is None:
                return
            end = following.end()
            words = self.text[start:end]
            known = vocabulary().at(words, 0)[0] == len(words)
            if (found := place(words, also_a_word=known)) is not None:
                yield TextPart(found, end)


def _way(parts: Sequence[TextPart]) -> Way | None:
    """Return the parts as a way, unless a word does not stand where it can."""
    first, last = parts[0].what, parts[-1].what
    if isinstance(last, Filler) or (isinstance(first, Filler) and first.of):
        return None
    kept = [part for part in parts if not isinstance(part.what, Filler)]
    whats: list[What] = []
    lone_hour = False
    for index, part in enumerate(kept):
        before = kept[index - 1] if index else None
        after = kept[index + 1] if index + 1 < len(kept) else None
        match part.what:
            case BareHour():
                beside = [one for one in (before, after) if one is not None and _says_part(one)]
                lone_hour = lone_hour or not beside
            case Near(or_morning=True) if before is not None and isinstance(before.what, DAYS):
                return None
            case DayPart(meaning) if meaning.after_day:
                if before is None or not isinstance(before.what, DAYS):
                    return None
            case DayPart(meaning) if meaning.meridiem:
                if not any(
                    one and isinstance(one.what, ClockTime | BareHour) for one in (before, after)
                ):
                    return None
            case NamedZone():
                if after is not None and (before is None or not isinstance(before.what, TIMES)):
                    return None
            case _:
                pass
        whats += (part.what, *part.also)
    return Way(tuple(whats), _coherent(parts), lone_hour)


def _coherent(parts: Sequence[TextPart]) -> bool:
    languages = [part.languages for part in parts if part.languages]
    return not languages or bool(_all_of(languages))


def _says_part(part: TextPart) -> bool:
    return any(isinstance(one, DayPart | Point) for one in (part.what, *part.also))


def _fits(part: TextPart, parts: Sequence[TextPart]) -> bool:
    """Whether a part may follow: one of each kind is enough, and a second clock can be named."""
    if isinstance(part.what, Filler):
        return True
    kind = type(part.what)
    most = 2 if kind in (ClockTime, DayPart) else 1
    return sum(type(one.what) is kind for one in parts) < most


def _common(*languages: Languages) -> Languages:
    """Return the languages that all have in common; a marker of none where there are none."""
    spoken = [one for one in languages if one]
    if not spoken:
        return ALL
    return _all_of(spoken) or frozenset({"?"})


def _all_of(sets: Sequence[Languages]) -> Languages:
    common = sets[0]
    for one in sets[1:]:
        common &= one
    return common


def _past_space(text: str, start: int) -> int:
    return start + 1 if text[start : start + 1] == " " else start


def _stretch(count: int, unit: TimeUnit) -> tuple[relativedelta, timedelta]:
    match unit:
        case TimeUnit.MINUTE:
            return relativedelta(), timedelta(minutes=count)
        case TimeUnit.HOUR:
            return relativedelta(), timedelta(hours=count)
        case TimeUnit.DAY:
            return relativedelta(days=count), timedelta()
        case TimeUnit.WEEK:
            return relativedelta(weeks=count), timedelta()
        case TimeUnit.MONTH:
            return relativedelta(months=count), timedelta()
        case TimeUnit.YEAR:
            return relativedelta(years=count), timedelta()
