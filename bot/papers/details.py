"""What an archive says of a paper, and how its answer is read. Pure: bytes in, values out.

Each ``from_*`` returns None where the service says that it has no such paper, and raises ValueError
where its answer cannot be read. Answers come from the network: they are not trusted. Every text is
cleaned and bounded, and what has the wrong type is taken as absent.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast
from xml.etree import ElementTree

from msgspec import Struct

MAX_TITLE = 300
MAX_AUTHORS = 100
MAX_NAME = 100
MAX_ABSTRACT = 5000


class Details(Struct, frozen=True):
    """A paper as its archive describes it. ``url`` is the paper's page.

    ``title`` is never empty. ``year`` is that of the first version. Texts hold no control
    characters or line breaks, but may hold Markdown: escape them where they are shown.
    """

    title: str
    authors: tuple[str, ...]
    year: int | None
    venue: str | None
    abstract: str | None
    pages: int | None
    url: str

    @property
    def byline(self) -> str:
        """Who wrote it, and when: ``Power, Burda, Edwards et al., 2022``; empty if unknown."""
        families = [_family(author) for author in self.authors if author.strip()]
        if len(families) > 3:
            names = ", ".join(families[:3]) + " et al."
        else:
            names = " and ".join(filter(None, (", ".join(families[:-1]), *families[-1:])))
        return ", ".join(filter(None, (names, str(self.year) if self.year else "")))


def from_arxiv(body: bytes, url: str) -> Details | None:
    """Read an Atom feed of arXiv's query API: at most one entry, with arXiv's own extensions.

    A paper that isn't there is a feed without entries, or one entry titled “Error”. A document
    type is refused before parsing, because expat would expand the entities that it declares.
    """
    text = body.decode()
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("a feed with a document type")
    try:
        feed = ElementTree.fromstring(text)  # noqa: S314 - no document type, so no entities
    except ElementTree.ParseError as error:
        raise ValueError("not XML") from error
    if feed.tag != f"{_ATOM}feed":
        raise ValueError("not an Atom feed")
    entry = feed.find(f"{_ATOM}entry")
    if entry is None:
        return None
    title = clean(entry.findtext(f"{_ATOM}title"), MAX_TITLE)
    if not title or "/api/errors" in (entry.findtext(f"{_ATOM}id") or ""):
        return None
    comment = _PAGE_COUNT.search(clean(entry.findtext(f"{_ARXIV}comment"), MAX_ABSTRACT))
    return Details(
        title=title,
        authors=_names(name.text for name in entry.findall(f"{_ATOM}author/{_ATOM}name")),
        year=_year(entry.findtext(f"{_ATOM}published")),
        venue=clean(entry.findtext(f"{_ARXIV}journal_ref"), MAX_TITLE) or None,
        abstract=clean(entry.findtext(f"{_ATOM}summary"), MAX_ABSTRACT) or None,
        pages=int(comment[1]) if comment else None,
        url=url,
    )


def from_crossref(body: bytes, url: str) -> Details | None:
    """Read a work of Crossref's REST API, whose texts hold HTML, MathML or JATS."""
    answer = _json(body)
    if "message" not in answer:
        raise ValueError("not a work of Crossref's")
    work = _mapping(answer["message"])
    title = _plain(_first(work.get("title")), MAX_TITLE)
    if not title:
        return None
    subtitle = _plain(_first(work.get("subtitle")), MAX_TITLE)
    if subtitle and subtitle.casefold() not in title.casefold():
        title = clean(f"{title}: {subtitle}", MAX_TITLE)
    people = [_mapping(person) for person in _items(work.get("author"))]
    people.sort(key=lambda person: person.get("sequence") != "first")
    dates = (_mapping(work.get(name)).get("date-parts") for name in _CROSSREF_DATES)
    venues = (
        _first(work.get("container-title")),
        _mapping(work.get("event")).get("name"),
        _mapping(_first(work.get("institution"))).get("name"),
    )
    return Details(
        title=title,
        authors=_names(_crossref_name(person) for person in people),
        year=next(filter(None, (_year(_first(_first(date))) for date in dates)), None),
        venue=next(filter(None, (_plain(venue, MAX_TITLE) for venue in venues)), None),
        abstract=_plain(work.get("abstract"), MAX_ABSTRACT) or None,
        pages=_page_count(work.get("page")),
        url=url,
    )


def from_openreview(body: bytes, url: str) -> Details | None:
    """Read the notes of OpenReview's API: version 2, or version 1 with its bare values.

    The year is that of publication, else the venue's (“ICLR 2024 poster”), else of submission;
    instants are UTC milliseconds.
    """
    answer = _json(body)
    if "notes" not in answer:
        raise ValueError("not notes of OpenReview's")
    note = _mapping(_first(answer["notes"]))
    content = {
        name: _mapping(value).get("value", value)
        for name, value in _mapping(note.get("content")).items()
    }
    title = clean(content.get("title"), MAX_TITLE)
    if not title:
        return None
    venue = clean(content.get("venue"), MAX_TITLE)
    of_venue = _YEAR.search(venue)
    return Details(
        title=title,
        authors=_names(
            _mapping(author).get("fullname", author) for author in _items(content.get("authors"))
        ),
        year=_year_of_instant(note.get("pdate"))
        or (int(of_venue[0]) if of_venue else None)
        or _year_of_instant(note.get("cdate")),
        venue=venue or None,
        abstract=clean(content.get("abstract"), MAX_ABSTRACT) or None,
        pages=None,
        url=url,
    )


def from_page(body: bytes, url: str) -> Details | None:
    """Read the title of a web page, or of its first part, and what it tells reference managers.

    The ``citation_…`` names are those that Google Scholar asks publishers for
    (https://scholar.google.com/intl/en/scholar/inclusion.html#indexing); ``og:title`` is that of
    the Open Graph protocol, which leaves out the site's name.
    """
    from lxml import etree

    try:
        page: Any = etree.HTML(body)
    except (etree.LxmlError, ValueError):
        return None
    if page is None:
        return None
    said: dict[str, list[str]] = {}
    for one in page.iter("meta"):
        name = (one.get("name") or one.get("property") or "").casefold()
        if name in _OF_PAGES and (text := one.get("content")):
            said.setdefault(name, []).append(text)
    titles = (*said.get("citation_title", ()), *said.get("og:title", ()), page.findtext(".//title"))
    title = next(filter(None, (clean(one, MAX_TITLE) for one in titles)), "")
    if not title:
        return None
    return Details(
        title=title,
        authors=_names(said.get("citation_author", ())),
        year=_year(_first(said.get("citation_publication_date"))),
        venue=clean(_first(said.get("citation_journal_title")), MAX_TITLE) or None,
        abstract=None,
        pages=None,
        url=url,
    )


def clean(text: object, limit: int) -> str:
    """Return one line of at most ``limit`` characters; empty where it is not text.

    White space is collapsed, and what is unseen but acts is removed: controls, halves of
    surrogates, and the marks that turn the direction of the text after them.
    """
    if not isinstance(text, str):
        return ""
    seen = (c for c in text if c.isspace() or not _acts_unseen(c))
    line = " ".join("".join(seen).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


_OF_PAGES = frozenset(
    ("citation_title", "citation_author", "citation_publication_date", "citation_journal_title",
     "og:title")
)  # fmt: skip
_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_CROSSREF_DATES = ("issued", "published", "published-print", "published-online", "created")
_PAGE_COUNT = re.compile(r"\b([1-9][0-9]{0,3}) ?(?:pages|pp\b)", re.IGNORECASE)
_PAGE_RANGE = re.compile(r"([0-9]{1,6})\s*[-–—]\s*([0-9]{1,6})")
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_BLOCK_TAG = re.compile(r"</?(?:jats:)?(?:p|sec|title|list|list-item|br)\b[^<>]*>", re.IGNORECASE)
_HEADING = re.compile(r"<jats:title>\s*(?:abstract|summary)\s*</jats:title>", re.IGNORECASE)
_UNSEEN = frozenset(
    "\u200b\u2060\ufeff"  # of no width; the joiners that scripts and emoji need are kept
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # direction
)
_PARTICLE = re.compile(
    r"al|bin|da|de|del|della|den|der|di|dos|du|el|la|le|ten|ter|van|von", re.IGNORECASE
)
_SUFFIX = re.compile(r"[js]r\.?|i{2,3}|iv", re.IGNORECASE)
_GROUP = re.compile(r"collaboration|consortium|group|initiative|project|team", re.IGNORECASE)


def _acts_unseen(character: str) -> bool:
    return character in _UNSEEN or unicodedata.category(character) in ("Cc", "Cs")


def _plain(markup: object, limit: int) -> str:
    """Take the markup out of one of Crossref's texts; some of it is escaped once too often."""
    if not isinstance(markup, str):
        return ""
    text = _BLOCK_TAG.sub(" ", _HEADING.sub(" ", markup))
    return clean(_TAG.sub("", html.unescape(_TAG.sub("", text))), limit)


def _names(names: Iterable[object]) -> tuple[str, ...]:
    cleaned = (clean(name, MAX_NAME) for name in names)
    return tuple(name for name in cleaned if name)[:MAX_AUTHORS]


def _crossref_name(person: Mapping[str, object]) -> str:
    parts = (person.get("given"), person.get("family"), person.get("suffix"))
    name = " ".join(_plain(part, MAX_NAME) for part in parts if part)
    return name or _plain(person.get("name"), MAX_NAME)


def _family(name: str) -> str:
    """Return the family name in ``name``, with its particles; a group's name is kept whole."""
    if "," in name:
        return name.partition(",")[0].strip()
    words = name.split()
    if _GROUP.fullmatch(words[-1]):
        return name
    if len(words) > 2 and _SUFFIX.fullmatch(words[-1]):
        words.pop()
    start = len(words) - 1
    while start > 1 and _PARTICLE.fullmatch(words[start - 1]):
        start -= 1
    return " ".join(words[start:])


def _page_count(pages: object) -> int | None:
    match = _PAGE_RANGE.fullmatch(pages.strip()) if isinstance(pages, str) else None
    count = int(match[2]) - int(match[1]) + 1 if match else 0
    return count if 0 < count < 10_000 else None


def _year(date: object) -> int | None:
    """Read the year of an ISO 8601 date or of the first of Crossref's date parts."""
    text = str(date)[:4] if isinstance(date, str | int) else ""
    return int(text) if _YEAR.fullmatch(text) else None


def _year_of_instant(milliseconds: object) -> int | None:
    if not isinstance(milliseconds, int) or not 0 < milliseconds < 2**42:  # the year 2109
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).year


def _json(body: bytes) -> Mapping[str, object]:
    try:
        answer: object = json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(answer, dict):
        raise ValueError("not a JSON object")
    return cast("dict[str, object]", answer)


def _mapping(value: object) -> Mapping[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _first(value: object) -> object:
    items = _items(value)
    return items[0] if items else None
