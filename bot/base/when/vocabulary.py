"""The words of 26 languages that say when: what each can mean, and in which languages.

Names of months, weekdays, days near today and parts of the day come from Unicode's CLDR, compiled
into ``words.json``; what CLDR lacks (prepositions, cases, units, everyday words) is below. A word
may mean several things: “ma” is Monday in Dutch, Tuesday in French, today in Hungarian.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from bot.base.when.weekdays import WEEKDAYS


class WordKind(Enum):
    """What a word says."""

    WEEKDAY = auto()  # number: 0 for Monday
    MONTH = auto()  # number: 1 for January
    DAY = auto()  # number: days from today; hours: of the part of that day, if it says one
    PART = auto()  # hours: of that part of the day
    NOON = auto()
    MIDNIGHT = auto()
    FILLER = auto()  # “at”, “on”: says nothing by itself
    OF = auto()  # a filler that may stand inside a date: “1st of December”
    NEXT = auto()  # the next weekday, today excluded
    WEEK_LATER = auto()  # “vendredi en huit”, “friday week”
    IN = auto()  # a stretch from now follows
    LATER = auto()  # a stretch from now went before
    UNIT = auto()  # number: one of Unit
    COUNT = auto()  # number, in words
    AND = auto()
    HOUR = auto()  # after an hour; number: 1 where it can't be a stretch of hours
    MINUTE = auto()  # after the minutes of an hour
    HALF = auto()  # after an hour: thirty minutes past it
    ORDINAL = auto()  # after a day of the month
    YEAR = auto()  # after a year


class TimeUnit(Enum):
    """A unit of a stretch of time."""

    MINUTE = 0
    HOUR = 1
    DAY = 2
    WEEK = 3
    MONTH = 4
    YEAR = 5


NOBODY: frozenset[int] = frozenset()


class Meaning(Struct, frozen=True):
    """One thing that a word can mean."""

    kind: WordKind
    number: int = 0
    hours: frozenset[int] = NOBODY
    """The hours of a part of the day, on a clock of 24."""
    night: bool = False
    """Whether its hours after midnight may belong to the day before."""
    meridiem: bool = False
    """Whether it is a.m. or p.m., which go with a clock of 12 hours and no other."""
    am: bool = False
    """Whether it is the word for a.m. of some language: what its 12 means is not agreed on."""
    after_day: bool = False
    """Whether it means this only right after a day: German “morgen” is tomorrow elsewhere."""
    languages: frozenset[str] = frozenset()
    """The languages it belongs to; empty for all."""


class Vocabulary(NamedTuple):
    """Every word and phrase that is known, in plain characters (see ``plain``)."""

    meanings: Mapping[str, tuple[Meaning, ...]]
    """What each can mean, also without its accents in languages where that loses nothing."""
    lengths: Mapping[str, tuple[int, ...]]
    """How long those that begin with a character are, the longest first."""

    def at(self, text: str, start: int) -> tuple[int, tuple[Meaning, ...]]:
        """Return where the longest phrase that begins at ``start`` ends, and what it can mean.

        The longest counts, so that “de la mañana” is not “of the” and “tomorrow”. A phrase begins
        and ends where words do; only Chinese, Japanese and Korean run them together.
        """
        lengths = self.lengths.get(text[start : start + 1], ())
        if lengths and is_boundary(text, start):
            for length in lengths:
                end = start + length
                if end <= len(text):
                    meanings = self.meanings.get(text[start:end], ())
                    if meanings and is_boundary(text, end):
                        return end, meanings
        return start, ()


def is_boundary(text: str, index: int) -> bool:
    """Whether a word of ``text`` may end, and another begin, at ``index``."""
    if not 0 < index < len(text):
        return True
    before, after = text[index - 1], text[index]
    if before.isdecimal() or after.isdecimal():
        return not (before.isdecimal() and after.isdecimal())
    if not (_in_word(before) and _in_word(after)):
        return True
    return _runs_on(before) or _runs_on(after)


def _in_word(character: str) -> bool:
    return character.isalpha() or unicodedata.category(character)[0] == "M"


def _runs_on(character: str) -> bool:
    """Whether a script writes words without spaces: Han, kana, and Hangul with its endings."""
    return "\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3"


_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "\N{MINUS SIGN}": "-", "–": "-"})
_DOTTED = re.compile(r"(?<![^\W\d_])([^\W\d_])\. ?([^\W\d_])\.?(?![^\W\d_])")
_ABBREVIATED = re.compile(r"(?<=[^\W\d_])[.॰](?!\w)")


def plain(text: str) -> str:
    """Return ``text`` as it is compared: in lower case, single spaces, without abbreviating dots.

    “7 p.m.” is “7 pm”, “Dec. 1” is “dec 1”, and full-width digits are digits.
    """
    text = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    text = unicodedata.normalize("NFKC", text)
    text = _ABBREVIATED.sub("", _DOTTED.sub(r"\1\2", text))
    return " ".join(text.split())


def unaccented(text: str) -> str:
    """Return ``text`` without its accents."""
    letters = unicodedata.normalize("NFKD", text).replace("ł", "l").replace("ı", "i")
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", kept.replace("ø", "o"))


# What CLDR lacks. One line for each language; commas part the words.

_FILLERS = """
en: at, on, by, the, this, coming
fr: à, a, le, ce, cet, cette, au
de: um, am, im, den, dem, diesen
es: a las, a la, el, la, este, esta, día
pt: às, as, no, na, este, esta, dia
it: alle, all', il, le, ore, ora, questo, questa
nl: om, op, deze
pl: o, w, we, dnia, godz, godzina, godzinie, o godz
sv: kl, klockan, på, den, nu på
da: kl, klokken, på, den
nb: kl, klokka, klokken, på, den
fi: klo, kello
cs: v, ve, dne
tr: saat, günü, bu
ru: в, во, это
uk: о, об, в, у, на
ja: に, の
zh: 的, 在
ko: 에
id: pukul, jam, pada, hari, tanggal, tgl
vi: lúc, vào, ngày, hồi, mồng, mùng
ar: في, الساعة, يوم, عند
hi: को, दिन, तारीख
el: στισ, στη, στο, την, τη, το
ro: ora, orele, pe, la
hu: a, az
"""
_OF = """
en: of, the
fr: de, du, d'
es: de, del
pt: de, do, da
it: di, del
nl: van
ro: de
el: του
"""
_IN = """
en: in
fr: dans
de: in
es: en, dentro de
pt: em, daqui a, dentro de
it: tra, fra
nl: over
pl: za
sv: om
da: om
nb: om
cs: za
ru: через
uk: через, за
id: dalam
vi: sau
ar: بعد, خلال
el: σε
ro: peste, în
"""
_LATER = """
en: from now, later
fi: päästä, kuluttua
tr: sonra
ja: 後
zh: 后, 後, 之后, 之後
ko: 후, 뒤
id: lagi
vi: nữa
hi: में, बाद
hu: múlva
"""
_UNITS: Mapping[TimeUnit, str] = {
    TimeUnit.MINUTE: """
        en: minutes, minute, mins, min, m
        fr: minutes, minute, min
        de: minuten, minute, min
        es: minutos, minuto, min
        pt: minutos, minuto, min
        it: minuti, minuto, min
        nl: minuten, minuut, min
        pl: minut, minuty, minutę, min
        sv: minuter, minut, min
        da: minutter, minut, min
        nb: minutter, minutt, min
        fi: minuutin, minuuttia, min
        cs: minut, minuty, minutu, min
        tr: dakika, dk
        ru: минут, минуты, минуту, мин
        uk: хвилин, хвилини, хвилину, хв
        ja: 分
        zh: 分钟, 分鐘
        ko: 분
        id: menit
        vi: phút
        ar: دقيقة, دقائق
        hi: मिनट
        el: λεπτά, λεπτό
        ro: minute, minut, min
        hu: perc
    """,
    TimeUnit.HOUR: """
        en: hours, hour, hrs, hr, h
        fr: heures, heure, h
        de: stunden, stunde, std
        es: horas, hora, h
        pt: horas, hora, h
        it: ore, ora, h
        nl: uren, uur
        pl: godzin, godziny, godzinę
        sv: timmar, timme, tim
        da: timer, time
        nb: timer, time
        fi: tunnin, tuntia
        cs: hodin, hodiny, hodinu
        tr: saat
        ru: часов, часа, час
        uk: годин, години, годину
        ja: 時間
        zh: 小时, 小時, 个小时, 個小時
        ko: 시간
        id: jam
        vi: giờ, tiếng
        ar: ساعة, ساعات
        hi: घंटे, घंटा
        el: ώρεσ, ώρα
        ro: ore, oră
        hu: óra
    """,
    TimeUnit.DAY: """
        en: days, day, d
        fr: jours, jour
        de: tagen, tage, tag
        es: días, día
        pt: dias, dia
        it: giorni, giorno
        nl: dagen, dag
        pl: dni, dzień
        sv: dagar, dag
        da: dage, dag
        nb: dager, dag, døgn
        fi: päivän, päivää
        cs: dní, dny, den
        tr: gün
        ru: дней, дня, день
        uk: днів, дні, день
        ja: 日, 日間
        zh: 天, 日
        ko: 일
        id: hari
        vi: ngày
        ar: أيام, يوم
        hi: दिन
        el: ημέρεσ, μέρεσ, ημέρα, μέρα
        ro: zile, zi
        hu: nap
    """,
    TimeUnit.WEEK: """
        en: weeks, week, wks, wk, w
        fr: semaines, semaine
        de: wochen, woche
        es: semanas, semana
        pt: semanas, semana
        it: settimane, settimana
        nl: weken, week
        pl: tygodni, tygodnie, tydzień
        sv: veckor, vecka
        da: uger, uge
        nb: uker, uke
        fi: viikon, viikkoa
        cs: týdnů, týdny, týden
        tr: hafta
        ru: недель, недели, неделю
        uk: тижнів, тижні, тиждень
        ja: 週間
        zh: 周, 週, 星期, 个星期, 個星期
        ko: 주
        id: minggu
        vi: tuần
        ar: أسابيع, أسبوع
        hi: हफ़्ते, हफ्ते, सप्ताह
        el: εβδομάδεσ, εβδομάδα
        ro: săptămâni, săptămână
        hu: hét
    """,
    TimeUnit.MONTH: """
        en: months, month
        fr: mois
        de: monaten, monate, monat
        es: meses, mes
        pt: meses, mês
        it: mesi, mese
        nl: maanden, maand
        sv: månader, månad
        da: måneder, måned
        nb: måneder, måned
        ru: месяцев, месяца, месяц
        uk: місяців, місяці, місяць
        ja: か月, ヶ月, カ月
        zh: 个月, 個月
        ko: 개월
        id: bulan
    """,
    TimeUnit.YEAR: "en: years, year, yrs, yr",
}
_COUNTS = """
1: a, an, one
2: two
3: three
4: four
5: five
6: six
7: seven
8: eight
9: nine
10: ten
"""
_HOURS = """
: h
fr: heures, heure
es: horas, hora, hs
pt: horas, hora
nl: uur, u
cs: hod, hodin, hodiny
ru: часов, часа, час, ч
uk: годин, години, година, годині
vi: giờ, g
hu: óra
"""
_CLOCK_HOURS = """
en: o'clock, oclock
de: uhr
ja: 時
zh: 点, 點, 点钟, 點鐘, 时, 時
ko: 시
hi: बजे
hu: órakor
"""
_MINUTES = """
: min
ja: 分
zh: 分
ko: 분
vi: phút
"""
_HALVES = """
ja: 半
zh: 半
ko: 반
vi: rưỡi
"""
_ORDINALS = """
en: st, nd, rd, th
fr: er, e
es: o, a
pt: o
it: o
ja: 日
zh: 日, 号, 號
ko: 일
ru: -го, го
uk: -го, го
"""
_YEARS = """
ja: 年
zh: 年
ko: 년
ru: г, года
uk: р, року
"""
_WEEK_LATER = """
en: week
fr: en huit
"""
_NEXT = "en: next"
_AND = """
: and
de: und
fr: et
es: y
"""
_WEEKDAYS = """
0: en mondays, ru понедельник, cs pondělí, fi maanantaina, hu hétfőn, ar الإثنين, zh 礼拜一
0: zh 禮拜一
1: en tuesdays, en tues, cs úterý, fi tiistaina, hu kedden, zh 礼拜二, zh 禮拜二
2: en wednesdays, en weds, ru среду, uk середу, pl środę, cs středu, hu szerdán, zh 礼拜三
2: zh 禮拜三
3: en thursdays, en thur, en thurs, hu csütörtökön, zh 礼拜四, zh 禮拜四
4: en fridays, ru пятницу, uk п'ятницю, cs pátek, hu pénteken, zh 礼拜五, zh 禮拜五
5: en saturdays, de sonnabend, ru субботу, uk суботу, pl sobotę, cs sobotu, hu szombaton, zh 礼拜六
6: en sundays, uk неділю, pl niedzielę, cs neděli, zh 星期天, zh 周天, zh 礼拜天, zh 禮拜天
6: zh 礼拜日
0: ja 月曜
1: ja 火曜
2: ja 水曜
3: ja 木曜
4: ja 金曜
5: ja 土曜, zh 禮拜六
6: ja 日曜, pt domingo
"""
_MONTHS = """
6: vi tháng sáu
1: vi tháng một, vi tháng giêng
2: vi tháng hai
3: vi tháng ba
4: vi tháng tư
5: vi tháng năm
7: vi tháng bảy
8: vi tháng tám
9: vi tháng chín
10: vi tháng mười
11: vi tháng mười một
12: vi tháng mười hai, vi tháng chạp
"""
_DAYS = """
0: pl dziś, cs dneska, sv idag, da idag, nb idag, ja きょう, ro astăzi, fr aujourd'hui
1: en tmrw, en tmr, sv imorgon, sv i morron, sv imorron, da imorgen, nb imorgen, ja あした, ja あす
1: id esok, ar غدا
2: en day after tomorrow, en the day after tomorrow, en overmorrow, fr après demain, da overmorgen
2: nb overmorgen, sv övermorgon, ja あさって, ko 내일모레, ar بعد غد
3: zh 大后天, zh 大後天, ja しあさって
"""
_PARTS = """
morning: de früh, de frühmorgens, en mornings, es por la mañana, es en la mañana, pt de manhã
morning: it mattino, it del mattino, it mattina, ru утром, uk вранці, uk зранку, uk ранку
morning: fi aamulla
morning: zh 早晨, zh 早, ja 朝, da om morgenen, nl 's morgens, ro dimineaţa, hu reggel
tarde: es por la tarde, es en la tarde, pt à tarde
afternoon: ru днём, ru днем, uk вдень, nl middag
evening: en evenings, pt à noite, ru вечером, uk ввечері, uk увечері, hu este, zh 傍晚, ja 晩
night: es por la noche, es en la noche, ru ночью, uk вночі, uk уночі
"""
_AFTER_DAY = """
morning: de morgen, da morgen, nb morgen, nl morgen, es mañana, sv morgon, nb morgon
"""
_DAY_PARTS = """
0 tarde: es esta tarde, pt esta tarde
0 evening: en this evening, fr ce soir, it stasera, it questa sera, nl vanavond
0 evening: sv i kväll, sv ikväll, da i aften, nb i kveld, fi tänä iltana, tr bu akşam, zh 今晚
0 evening: vi tối nay, ro diseară
0 night: en tonight, es esta noche, pt esta noite, it stanotte, nl vannacht, sv i natt, da i nat
0 night: nb i natt, tr bu gece, ja 今夜, ja 今晩, ar الليلة, id malam ini, fr cette nuit
0 afternoon: en this afternoon, fr cet après-midi, nl vanmiddag, vi chiều nay
0 afternoon: da i eftermiddag, nb i ettermiddag, sv i eftermiddag
0 morning: en this morning, fr ce matin, es esta mañana, it stamattina, nl vanochtend, ja 今朝
0 morning: vi sáng nay, zh 今早, da i morges, nb i morges, sv i morse, pt esta manhã
1 evening: zh 明晚, vi tối mai
1 morning: vi sáng mai, zh 明早
1 afternoon: vi chiều mai
"""

_SPANS: Mapping[str, Iterable[int]] = {
    "morning": range(3, 12),
    "afternoon": range(12, 19),
    "tarde": range(12, 22),  # from noon until it is night
    "evening": range(17, 24),
    "night": (*range(18, 24), *range(5)),
}
"""The widest that people take a part of the day to be.

No two hours of one are twelve apart, so that each says which half of the day an hour is in.
"""

_TOMORROW_TOO = frozenset({"morgen", "morgon", "mañana"})
"""Words for the morning that are the word for tomorrow as well, in this or a related language."""

_SAME_DAY = frozenset({"madrugada", "de la madrugada", "da madrugada", "凌晨", "hajnal"})
"""Small hours that belong to the day which is named with them, whatever CLDR calls them."""

_COMPOUNDS: Mapping[str, Mapping[str, str]] = {
    "de": {"morgen": "morning", "früh": "morning", "vormittag": "morning", "abend": "evening",
           "nachmittag": "afternoon", "nacht": "night"},
    "nl": {"ochtend": "morning", "morgen": "morning", "middag": "afternoon", "avond": "evening",
           "nacht": "night"},
}  # fmt: skip
"""What is written in one word with a weekday: “Freitagabend”, “vrijdagavond”."""


@cache
def vocabulary() -> Vocabulary:
    """Return the words, from tables that are in plain characters already; read once."""
    words: defaultdict[str, dict[Meaning, set[str]]] = defaultdict(lambda: defaultdict(set))
    for language, word, meaning in _everything():
        if len(word) > 1 or not word.isascii() or meaning.kind not in _NAMED:
            words[word][meaning].add(language)
    exact: dict[str, tuple[Meaning, ...]] = {}
    bare: defaultdict[str, tuple[Meaning, ...]] = defaultdict(tuple)
    for word, meanings in words.items():
        exact[word] = tuple(
            replace(meaning, languages=frozenset() if "" in languages else frozenset(languages))
            for meaning, languages in meanings.items()
        )
        # Vietnamese without its accents is another language: “sáu” is six, “sau” is after.
        if not word.isascii() and (without := unaccented(word)) != word:
            bare[without] += tuple(one for one in exact[word] if one.languages != frozenset({"vi"}))
    known = {word: exact.get(word, ()) + bare.get(word, ()) for word in {**exact, **bare}}
    lengths: defaultdict[str, set[int]] = defaultdict(set)
    for word in known:
        lengths[word[0]].add(len(word))
    return Vocabulary(
        known, {first: tuple(sorted(some, reverse=True)) for first, some in lengths.items()}
    )


_NAMED = frozenset({WordKind.WEEKDAY, WordKind.MONTH, WordKind.DAY, WordKind.PART})
"""Single Latin letters are never these, though CLDR has some: they are words of other languages."""


def _everything() -> Iterator[tuple[str, str, Meaning]]:
    """Yield each word with its language ("" for all) and a meaning."""
    yield from _from_cldr()
    for kind, table in (
        (WordKind.FILLER, _FILLERS),
        (WordKind.OF, _OF),
        (WordKind.IN, _IN),
        (WordKind.LATER, _LATER),
        (WordKind.HOUR, _HOURS),
        (WordKind.MINUTE, _MINUTES),
        (WordKind.HALF, _HALVES),
        (WordKind.ORDINAL, _ORDINALS),
        (WordKind.YEAR, _YEARS),
        (WordKind.WEEK_LATER, _WEEK_LATER),
        (WordKind.NEXT, _NEXT),
        (WordKind.AND, _AND),
    ):
        for language, word in _rows(table):
            yield language, word, Meaning(kind)
    for language, word in _rows(_CLOCK_HOURS):
        yield language, word, Meaning(WordKind.HOUR, 1)
    for unit, table in _UNITS.items():
        for language, word in _rows(table):
            yield language, word, Meaning(WordKind.UNIT, unit.value)
    for count, word in _rows(_COUNTS):
        yield "en", word, Meaning(WordKind.COUNT, int(count))
    for kind, table in (
        (WordKind.WEEKDAY, _WEEKDAYS),
        (WordKind.MONTH, _MONTHS),
        (WordKind.DAY, _DAYS),
    ):
        for number, row in _rows(table):
            language, _, word = row.partition(" ")
            yield language, word, Meaning(kind, int(number))
    for table, after_day in ((_PARTS, False), (_AFTER_DAY, True)):
        for part, row in _rows(table):
            language, _, word = row.partition(" ")
            yield language, word, _part(part, after_day=after_day)
    for row_of, row in _rows(_DAY_PARTS):
        language, _, word = row.partition(" ")
        number, _, part = row_of.partition(" ")
        yield language, word, replace(_part(part), kind=WordKind.DAY, number=int(number))
    yield from _english()


def _english() -> Iterator[tuple[str, str, Meaning]]:
    """Yield the beginnings of English months and weekdays: “sept”, “thurs”."""
    months = "january february march april may june july august september october november december"
    for number, month in enumerate(months.split(), start=1):
        for length in range(3, len(month) + 1):
            yield "en", month[:length], Meaning(WordKind.MONTH, number)
    for number, weekday in enumerate(WEEKDAYS):
        for length in range(2, len(weekday) + 1):
            yield "en", weekday[:length].lower(), Meaning(WordKind.WEEKDAY, number)


def _from_cldr() -> Iterator[tuple[str, str, Meaning]]:
    text = (files("bot.base.when") / "words.json").read_text("utf-8")
    languages: dict[str, dict[str, dict[str, list[str]]]] = json.loads(text)
    for language, table in languages.items():
        weekdays: Mapping[int, Iterable[str]] = dict(enumerate(table["weekdays"]))
        for number, names in weekdays.items():
            for name in names:
                if (language, name) in _AMBIGUOUS:
                    continue
                yield language, name, Meaning(WordKind.WEEKDAY, number)
                for ending, part in _COMPOUNDS.get(language, {}).items():
                    if len(name) > 3:
                        yield (
                            language,
                            name + ending,
                            replace(_part(part), kind=WordKind.WEEKDAY, number=number),
                        )
        for number, names in enumerate(table["months"], start=1):
            for name in names:
                yield language, name, Meaning(WordKind.MONTH, number)
        for distance, names in table["days"].items():
            # Hindi has one word for the day before and after; what is planned is ahead.
            for name in names if language != "hi" or int(distance) >= 0 else ():
                yield language, name, Meaning(WordKind.DAY, int(distance))
        yield from _parts_from_cldr(language, table["parts"])


_AMBIGUOUS = frozenset({("sv", "on"), ("da", "on"), ("nb", "on"), ("fr", "min")})
"""Short names that are far commoner words elsewhere: “on 9 Jan” is no Wednesday in Swedish."""


def _parts_from_cldr(
    language: str, parts: Mapping[str, list[str]]
) -> Iterator[tuple[str, str, Meaning]]:
    hours: defaultdict[str, set[int]] = defaultdict(set)
    names: defaultdict[str, set[str]] = defaultdict(set)
    points: dict[str, WordKind] = {}
    for key, words in parts.items():
        part, _, span = key.partition(" ")
        for word in words:
            if part in ("noon", "midnight"):
                points[word] = WordKind.NOON if part == "noon" else WordKind.MIDNIGHT
                continue
            names[word].add(part.rstrip("12"))
            if part in ("am", "pm"):
                hours[word].update(range(12) if part == "am" else range(12, 24))
            else:
                start, end = map(int, span.split("-"))
                hours[word].update(hour % 24 for hour in range(start, end))
                if start and word not in _SAME_DAY:
                    hours[word].update(_SPANS[part.rstrip("12")])
    for word, kinds in names.items():
        yield (
            language,
            word,
            Meaning(
                WordKind.PART,
                after_day=word in _TOMORROW_TOO,
                hours=frozenset(hours[word]),
                night=kinds == {"night"} and word not in _SAME_DAY,
                meridiem=word in ("am", "pm"),
                am="am" in kinds,
            ),
        )
    for word, kind in points.items():
        if word not in names and (language, word) not in _AMBIGUOUS:
            yield language, word, Meaning(kind)


def _part(name: str, *, after_day: bool = False) -> Meaning:
    return Meaning(
        WordKind.PART, hours=frozenset(_SPANS[name]), night=name == "night", after_day=after_day
    )


def _rows(table: str) -> Iterator[tuple[str, str]]:
    """Yield what is before the colon of each line with each of the words after it."""
    for line in table.strip().splitlines():
        head, _, words = line.partition(":")
        for word in words.split(","):
            yield head.strip(), word.strip()
