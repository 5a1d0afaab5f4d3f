"""Identifiers of papers: arXiv, DOI, OpenReview, ACL Anthology and plain links. Pure parsing.

``find`` reads whatever a person pastes and gives one value for one paper, whichever of its forms
was pasted, so that two people who name the same paper meet. Everything here takes time linear in
the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, quote, unquote, unquote_plus, urlsplit

MAX_TEXT = 4000
"""Characters of text that are looked at: what a Discord modal can hold."""

MAX_URL = 2000
"""Characters of a canonical address; Discord refuses an embed's address above 2048."""


class Source(StrEnum):
    """Who gives a paper its identifier."""

    ARXIV = "arxiv"
    DOI = "doi"
    OPENREVIEW = "openreview"
    ACL = "acl"
    URL = "url"


@dataclass(frozen=True, slots=True)
class PaperId:
    """One paper. Equal values are the same paper; versions of a preprint are one paper.

    ``value`` is canonical: made by ``find`` or ``from_key``, not by hand. For a DOI and a plain
    link it is text that somebody typed: escape ``label`` where it is shown as Markdown.
    """

    source: Source
    value: str

    @property
    def url(self) -> str:
        """The page about the paper; safe inside a Markdown link."""
        match self.source:
            case Source.ARXIV:
                return f"https://arxiv.org/abs/{self.value}"
            case Source.DOI:
                return f"https://doi.org/{quote(self.value, safe='/:;')}"
            case Source.OPENREVIEW:
                return f"https://openreview.net/forum?id={self.value}"
            case Source.ACL:
                return f"https://aclanthology.org/{self.value}/"
            case Source.URL:
                return self.value

    @property
    def label(self) -> str:
        """What to call the paper while its title is unknown."""
        match self.source:
            case Source.ARXIV:
                return f"arXiv:{self.value}"
            case Source.DOI:
                return f"doi:{self.value}"
            case Source.OPENREVIEW:
                return f"OpenReview:{self.value}"
            case Source.ACL:
                return f"ACL:{self.value}"
            case Source.URL:
                return urlsplit(self.value).hostname or self.value

    @property
    def key(self) -> str:
        """One string to store and to compare: ``arxiv:2201.02177``."""
        return f"{self.source}:{self.value}"

    @classmethod
    def from_key(cls, key: str) -> PaperId:
        """Return the paper whose ``key`` this is. Raises ValueError for anything else."""
        source, separator, value = key.partition(":")
        if not separator or not value:
            raise ValueError(f"not the key of a paper: {key!r}")
        return cls(Source(source), value)


def find(text: str) -> PaperId | None:
    """Return the paper that ``text`` names, or None where it names none, as a bare title does.

    Reads identifiers with or without their prefix, links to the sites that are known with or
    without ``https://``, and any other http(s) link; bare, in brackets, in quotes or as a Markdown
    link. Among other words, as in a citation, it must be a link or have its prefix
    (``arXiv:2201.02177``), and no second paper may be named. A link that carries a user name or a
    password is refused. Never raises.
    """
    if len(text) > MAX_TEXT or not _is_encodable(text):
        return None
    text = _without_wrapping(text)
    if found := _read(text):
        return found
    mentioned = {_read(_without_trailing(mention)) for mention in _MENTION.findall(text)}
    return mentioned.pop() if len(mentioned) == 1 else None


def _read(text: str) -> PaperId | None:
    is_link = text[:8].lower().startswith(("http://", "https://"))
    return _from_link(text) if is_link else _from_identifier(text)


# What stands around an identifier in prose

_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # zero widths and marks, from copying
_EMPHASIS = "*`"
_QUOTES = "\"'“”‘’«»"
_OPENING = "([{<"
_CLOSING = {")": "(", "]": "[", "}": "{", ">": "<"}
_TRAILING = ".,;:!?…" + _QUOTES + _EMPHASIS + _INVISIBLE

_MENTION = re.compile(
    r"""(?:^|(?<=[\s(\[<"'“]))(?:https?://|(?:arxiv|doi):\s?)[^\s<>]+""", re.IGNORECASE
)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def _without_wrapping(text: str) -> str:
    text = text.strip().strip(_INVISIBLE).strip()
    if text.startswith("[") and text.endswith(")"):
        _, separator, target = text[:-1].rpartition("](")
        if separator and target.strip():
            text = target.split(maxsplit=1)[0]  # what follows is the link's own title
    return _without_trailing(text.lstrip(_OPENING + _QUOTES + _EMPHASIS).lstrip())


def _without_trailing(text: str) -> str:
    """Drop punctuation, and the closing brackets that nothing in ``text`` opens, from its end."""
    unopened = {
        closing: text.count(closing) - text.count(_CLOSING[closing]) for closing in _CLOSING
    }
    end = len(text)
    while end:
        last = text[end - 1]
        if unopened.get(last, 0) > 0:
            unopened[last] -= 1
        elif not (last in _TRAILING or last.isspace()):
            break
        end -= 1
    return text[:end]


# Identifiers

_ARXIV_NEW = re.compile(r"([0-9]{2})(0[1-9]|1[0-2])\.([0-9]{4,5})(?:v[0-9]{1,3})?", re.IGNORECASE)
_ARXIV_OLD = re.compile(
    r"""
    ( acc-phys | adap-org | alg-geom | ao-sci | astro-ph | atom-ph | bayes-an | chao-dyn | chem-ph
    | cmp-lg | comp-gas | cond-mat | cs | dg-ga | funct-an | gr-qc | hep-ex | hep-lat | hep-ph
    | hep-th | math | math-ph | mtrl-th | nlin | nucl-ex | nucl-th | patt-sol | physics | plasm-ph
    | q-alg | q-bio | quant-ph | solv-int | supr-con )
    (?: \.[a-z-]{2,12} )?
    / ( [0-9]{2} (?: 0[1-9] | 1[0-2] ) [0-9]{3} )
    (?: v[0-9]{1,3} )?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+")
_DOI_OF_ARXIV = "10.48550/arxiv."
_DOIS_OF_ACL = ("10.18653/v1/", "10.3115/v1/")
_ACL_NEW = re.compile(r"((?:19|20)[0-9]{2}\.[a-z0-9]{1,30}-[a-z0-9]{1,30}\.[0-9]{1,4})(?:v[0-9]+)?")
_ACL_OLD = re.compile(r"([a-z][0-9]{2}-[0-9]{4})(?:v[0-9]+)?")
_OPENREVIEW = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _from_identifier(text: str) -> PaperId | None:
    lowered = text.lower()
    if lowered.startswith("openreview:"):
        return _openreview(text.partition(":")[2])
    for prefix, read in (("arxiv", _arxiv), ("doi", _doi), ("acl", _acl)):
        rest = text[len(prefix) :].lstrip(": ")
        if lowered.startswith((f"{prefix}:", f"{prefix} ")):
            return read(rest)
    return _arxiv(text) or _doi(text) or _acl(text) or _from_site(text)


def _arxiv(text: str) -> PaperId | None:
    """Read an identifier of arXiv's, of either scheme, without its version.

    Numbers have four digits until December 2014 and five since. The old scheme's subject class
    (math.GT/0309136) is no part of the identity: arXiv itself calls that paper math/0309136.
    """
    if new := _ARXIV_NEW.fullmatch(text):
        year, month, number = new.groups()
        digits = 4 if year < "15" else 5
        if year + month >= "0704" and len(number) == digits:
            return PaperId(Source.ARXIV, f"{year}{month}.{number}")
    elif old := _ARXIV_OLD.fullmatch(text):
        archive, number = old[1].lower(), old[2]
        if number >= "9107" or number < "0704":
            return PaperId(Source.ARXIV, f"{archive}/{number}")
    return None


def _doi(text: str) -> PaperId | None:
    text = _without_trailing(text)
    if not _DOI.fullmatch(text) or not text.isprintable():
        return None
    value = text.encode().lower().decode()  # DOIs are compared without regard to ASCII case only
    if value.startswith(_DOI_OF_ARXIV) and (arxiv := _arxiv(value.removeprefix(_DOI_OF_ARXIV))):
        return arxiv
    for prefix in _DOIS_OF_ACL:
        if value.startswith(prefix) and (acl := _acl(value.removeprefix(prefix))):
            return acl
    paper = PaperId(Source.DOI, value)
    return paper if len(paper.url) <= MAX_URL else None


def _acl(text: str) -> PaperId | None:
    """Read an identifier of the ACL Anthology's: of 2020 and later, or of the years before."""
    lowered = text.lower()
    if new := _ACL_NEW.fullmatch(lowered):
        return PaperId(Source.ACL, new[1])
    if old := _ACL_OLD.fullmatch(lowered):
        return PaperId(Source.ACL, old[1].upper())
    return None


def _openreview(text: str) -> PaperId | None:
    return PaperId(Source.OPENREVIEW, text) if _OPENREVIEW.fullmatch(text) else None


# Links

_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+")
_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"utm_.*|_ga|_gl|_hsenc|_hsmi|(?:fb|g|dc|y|tw|tt)clid|msclkid|gbraid|wbraid|igshid|mc_[ce]id|mkt_tok"
    r"|li_fat_id|vero_id"
)
_SETTLING_PASSES = 4

_ARXIV_PAGES = frozenset(("abs", "pdf", "html", "format", "ps", "src", "e-print"))
_ARXIV_MIRRORS = {
    "alphaxiv.org": frozenset(("abs", "pdf", "html", "overview")),
    "ar5iv.org": frozenset(("abs", "pdf", "html")),
    "ar5iv.labs.arxiv.org": frozenset(("abs", "pdf", "html")),
    "huggingface.co": frozenset(("papers",)),
}
_DOI_HOSTS = frozenset(("doi.org", "dx.doi.org"))
_OPENREVIEW_PAGES = frozenset(("forum", "pdf", "note"))
_ACL_HOSTS = frozenset(("aclanthology.org", "aclanthology.info", "aclweb.org"))


def _from_site(text: str) -> PaperId | None:
    """Read a link without its ``https://``, to a site that is known."""
    if "/" not in text or "." not in text.partition("/")[0]:
        return None
    found = _from_link(f"https://{text}")
    return found if found and found.source is not Source.URL else None


def _from_link(link: str) -> PaperId | None:
    settled = _settled(link)
    if settled is None:
        return None
    parts = urlsplit(settled)
    return _of_known_site(parts.netloc, parts.path, parts.query) or PaperId(Source.URL, settled)


def _settled(link: str) -> str | None:
    """Normalise until nothing changes: a part that is dropped may bare punctuation before it."""
    for _ in range(_SETTLING_PASSES):
        normal = _normalised(link)
        if normal is None or normal == link:
            return normal
        link = _without_trailing(normal)
    return None


def _normalised(link: str) -> str | None:
    """Return the address with one spelling for what browsers take as the same, or None.

    None for whitespace, a user name or password, a host that is no dotted name, and an address
    that is too long. Brackets are percent-encoded: they would end a Markdown link.
    """
    if not link.isprintable() or " " in link:
        return None
    try:
        parts = urlsplit(link)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")  # a final dot says that the name is whole
        if not host.isascii() and len(host) <= 253:
            host = host.encode("idna").decode("ascii").lower()
    except ValueError:  # a bracketed host or a port that is none, or a name that cannot be encoded
        return None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or "@" in parts.netloc or len(host) > 253 or not _HOST.fullmatch(host):
        return None
    authority = host if port in (None, _PORTS[scheme]) else f"{host}:{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'*+,;=~")
    query = "&".join(part for part in parts.query.split("&") if part and not _is_tracking(part))
    query = quote(query, safe="/%:@!$&'*+,;=~?")
    normal = f"{scheme}://{authority}{path}" + (f"?{query}" if query else "")
    return normal if len(normal) <= MAX_URL else None


def _is_tracking(parameter: str) -> bool:
    name = unquote_plus(parameter.partition("=")[0]).rstrip(_TRAILING)
    return _TRACKING.fullmatch(name.lower()) is not None


def _of_known_site(host: str, path: str, query: str) -> PaperId | None:
    site = host.removeprefix("www.")
    if site in _DOI_HOSTS:
        return _doi(unquote(path[1:]).strip())
    if site == "openreview.net":
        if path.strip("/") in _OPENREVIEW_PAGES:
            return _openreview(dict(reversed(parse_qsl(query))).get("id", ""))
        return None
    segments = [unquote(segment) for segment in path.strip("/").split("/")]
    if site in _ACL_HOSTS:
        return next(filter(None, (_acl(_without_file_type(name)) for name in segments)), None)
    pages = _ARXIV_MIRRORS.get(site)
    if pages is None and (site == "arxiv.org" or site.endswith(".arxiv.org")):
        pages = _ARXIV_PAGES
    if pages and segments[0].lower() in pages:
        name = "/".join(segments[1:])
        if name[:6].lower() == "arxiv:":
            name = name[6:]
        return _arxiv(_without_file_type(name))
    return None


def _without_file_type(name: str) -> str:
    stem, _, kind = name.rpartition(".")
    return stem if kind.lower() in ("pdf", "bib", "xml", "endf", "html") else name
