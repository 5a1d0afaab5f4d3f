"""Identifiers of papers: arXiv, DOI, OpenReview, ACL Anthology and plain links. Pure parsing.

``find`` reads whatever a person pastes and gives one value for one paper, whichever of its forms
was pasted, so that two people who name the same paper meet. Everything here takes time linear in
the length of the text. What single sites' addresses mean is in :mod:`bot.papers.sites`.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import parse_qsl, quote, unquote, unquote_plus, urlsplit

from bot.base.addresses import has_password
from bot.papers import sites

MAX_TEXT = 4000
"""Characters of text that are read: what a Discord modal can hold."""

MAX_URL = 2000
"""Characters of a canonical address; Discord refuses an embed's address above 2048."""

MAX_TITLE = 200
"""Characters of the title that a Markdown link gives a page."""

MAX_LABEL = 80
"""Characters of a page's address that are shown while its title is unknown."""


class Source(StrEnum):
    """Who gives a paper its identifier."""

    ARXIV = "arxiv"
    DOI = "doi"
    OPENREVIEW = "openreview"
    ACL = "acl"
    URL = "url"


@dataclass(frozen=True, slots=True)
class PaperIdentifier:
    """One paper. Equal values are the same paper; versions of a preprint are one paper.

    ``value`` is canonical: made by ``find`` or ``from_key``, not by hand. For a DOI and a plain
    link it is text that somebody typed: escape ``label`` where it is shown as Markdown. Of a plain
    link, ``address`` is the page as it was given (``value`` leaves out what doesn't change the
    page, such as ``www.`` and a final slash, but some old servers insist on it), and ``title`` is
    what a Markdown link called it.
    """

    source: Source
    value: str
    address: str | None = field(default=None, compare=False)
    title: str | None = field(default=None, compare=False)

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
                return self.address or self.value

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
                return self.title or _shortened(self.value.partition("://")[2])

    @property
    def key(self) -> str:
        """One string to store and to compare: ``arxiv:2201.02177``."""
        return f"{self.source}:{self.value}"

    @classmethod
    def from_key(cls, key: str) -> PaperIdentifier:
        """Return the paper whose ``key`` this is. Raises ValueError for anything else."""
        source, separator, value = key.partition(":")
        if not separator or not value:
            raise ValueError(f"not the key of a paper: {key!r}")
        return cls(Source(source), value)


def find(text: str) -> PaperIdentifier | None:
    """Return the paper that ``text`` names, or None where it names none, as a bare title does.

    Reads identifiers with or without their prefix, links to the sites that are known with or
    without ``https://``, and any other http(s) link; bare, in brackets, in quotes, in Discord's
    markup or as a Markdown link. Among other words, as in a citation, it must be a link or have
    its prefix (``arXiv:2201.02177``), and no second paper may be named. A link that carries a
    user name or a password is refused. Never raises.
    """
    if len(text) > MAX_TEXT or not _is_encodable(text) or has_password(text):
        return None
    title, text = _unwrapped(text)
    found = _read(text)
    if found is None:
        mentioned = {_read(mention) for mention in _mentions(text)}
        found = mentioned.pop() if len(mentioned) == 1 else None
    if found is not None and found.source is Source.URL and title:
        return replace(found, title=title)
    return found


def _read(text: str) -> PaperIdentifier | None:
    is_link = text[:8].lower().startswith(("http://", "https://"))
    return _from_link(text) if is_link else _from_identifier(text)


def _shortened(address: str) -> str:
    return address if len(address) <= MAX_LABEL else address[: MAX_LABEL - 1] + "…"


# What surrounds an identifier in prose

_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # zero widths and marks, from copying
_EMPHASIS = "*`|~"
_QUOTES = "\"'“”‘’«»"
_OPENING = "([{<"
_CLOSING = {")": "(", "]": "[", "}": "{", ">": "<"}
_TRAILING = ".,;:!?…" + _QUOTES + _EMPHASIS + _INVISIBLE

_LIST_MARK = re.compile(r"\A(?:[>#•*-]{1,3}|[0-9]{1,3}[.)])\s+(?=\S)")
_MENTION = re.compile(
    r"""(?:^|(?<=[\s(\[<"'“|~*_`]))
    (?: https?://[^\s<>]+(?:(?<=/)[ ](?=[0-9])[^\s<>]+)?
      | (?:arxiv|doi)(?::\s?|\s(?:(?:preprint|id|no\.?)\s)?(?=\d))[^\s<>]+
      | \[?[0-9]{4}\.[0-9]{4,5}(?:v[0-9]{1,3})?\](?!\() )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BROKEN_LINK = re.compile(r"(https?://[^\s<>]{1,200}/)\s{1,3}(?=[0-9])", re.IGNORECASE)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def _unwrapped(text: str) -> tuple[str | None, str]:
    """Return the title that a Markdown link gives, and the text without what is around it."""
    text = _LIST_MARK.sub("", text.strip().strip(_INVISIBLE).strip(), count=1)
    text = _BROKEN_LINK.sub(_joined, text, count=1)
    text, around = _without_markup(text)
    title = None
    if text.startswith("[") and text.endswith(")"):
        called, separator, address = text[1:-1].rpartition("](")
        if separator and address.strip():
            text = address.split(maxsplit=1)[0]  # what follows is the link's own title
            named = " ".join(called.translate(_UNTITLED).split())[:MAX_TITLE].strip(" _")
            title = named if named and "://" not in named else None
            text, around = _without_markup(text)
    text = text.lstrip(_OPENING + _QUOTES + _EMPHASIS).lstrip()
    text = _without_trailing(text)
    return title, text.rstrip("_") if around else text


_UNTITLED = dict.fromkeys(map(ord, "*`~|\\" + _INVISIBLE))


def _joined(link: re.Match[str]) -> str:
    """Rejoin what a line break or a slip split: ``arxiv.org/abs/ 2201.02177``."""
    end = re.match(r"[^\s<>]{1,80}", link.string[link.end() :])
    whole = _read(_without_trailing(link[1] + (end[0] if end else "")))
    return link[1] if whole is not None and whole.source is not Source.URL else link[0]


def _without_markup(text: str) -> tuple[str, bool]:
    """Drop Discord's pairs of markup around all of ``text``; says whether ``_`` was among them.

    An underscore is markup only as a pair: an identifier of OpenReview's may end with one.
    """
    underlined = False
    while len(text) > 2 and text[0] == text[-1] and text[0] in "_*~|`":
        underlined = underlined or text[0] == "_"
        text = text[1:-1].strip()
    return text, underlined


def _mentions(text: str) -> list[str]:
    """Return the parts of ``text`` that may name a paper by themselves."""
    found: list[str] = []
    for match in _MENTION.finditer(text):
        mention = match[0].strip("[]") if match[0].endswith("]") else match[0]
        if match.start() and text[match.start() - 1] == "_":
            mention = mention.rstrip("_")
        found.append(_without_trailing(_PREPRINT.sub("arXiv:", mention, count=1)))
    return found


_PREPRINT = re.compile(r"\Aarxiv\s(?:(?:preprint|id|no\.?)\s)?(?=\d)", re.IGNORECASE)


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
_DOI_VERSIONS = (
    # bioRxiv and medRxiv number the versions of one DOI in their addresses, OSF in the DOI itself.
    re.compile(
        r"\A(10\.(?:1101|64898)/(?:[0-9]{4}\.[0-9]{2}\.[0-9]{2}\.)?[0-9]{6,9})v[0-9]{1,3}\Z"
    ),
    re.compile(r"\A(10\.3123[1-5]/osf\.io/[a-z0-9]{5})_v[0-9]{1,3}\Z"),
)
_ACL_NEW = re.compile(r"((?:19|20)[0-9]{2}\.[a-z0-9]{1,30}-[a-z0-9]{1,30}\.[0-9]{1,4})(?:v[0-9]+)?")
_ACL_OLD = re.compile(r"([a-z][0-9]{2}-[0-9]{4})(?:v[0-9]+)?")
_OPENREVIEW = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _from_identifier(text: str) -> PaperIdentifier | None:
    lowered = text.lower()
    if lowered.startswith("openreview:"):
        return _openreview(text.partition(":")[2])
    text = _PREPRINT.sub("arXiv:", text, count=1)
    for prefix, read in (("arxiv", _arxiv), ("doi", _doi), ("acl", _acl)):
        if lowered.startswith((f"{prefix}:", f"{prefix} ", f"{prefix}/", f"{prefix}.")):
            rest = text[len(prefix) :].lstrip(":/. ")
            if rest[:8].lower().startswith(("http://", "https://")):
                return _from_link(rest)
            if found := read(_without_file_type(rest)):
                return found
    return _arxiv(_without_file_type(text)) or _doi(text) or _acl(text) or _from_site(text)


def _arxiv(text: str) -> PaperIdentifier | None:
    """Read an identifier of arXiv's, of either scheme, without its version.

    Numbers have four digits until December 2014 and five since. The old scheme's subject class
    (math.GT/0309136) is no part of the identity: arXiv itself calls that paper math/0309136.
    """
    if new := _ARXIV_NEW.fullmatch(text):
        year, month, number = new.groups()
        digits = 4 if year < "15" else 5
        if year + month >= "0704" and len(number) == digits:
            return PaperIdentifier(Source.ARXIV, f"{year}{month}.{number}")
    elif old := _ARXIV_OLD.fullmatch(text):
        archive, number = old[1].lower(), old[2]
        if number >= "9107" or number < "0704":
            return PaperIdentifier(Source.ARXIV, f"{archive}/{number}")
    return None


def _doi(text: str) -> PaperIdentifier | None:
    text = _without_trailing(text)
    if not _DOI.fullmatch(text) or not text.isprintable():
        return None
    value = text.encode().lower().decode()  # DOIs are compared without regard to ASCII case only
    for version in _DOI_VERSIONS:
        value = version.sub(r"\1", value)
    if value.startswith(_DOI_OF_ARXIV) and (arxiv := _arxiv(value.removeprefix(_DOI_OF_ARXIV))):
        return arxiv
    for prefix in _DOIS_OF_ACL:
        if value.startswith(prefix) and (acl := _acl(value.removeprefix(prefix))):
            return acl
    paper = PaperIdentifier(Source.DOI, value)
    return paper if len(paper.url) <= MAX_URL else None


def _acl(text: str) -> PaperIdentifier | None:
    """Read an identifier of the ACL Anthology's: of 2020 and later, or of the years before."""
    lowered = text.lower()
    if new := _ACL_NEW.fullmatch(lowered):
        return PaperIdentifier(Source.ACL, new[1])
    if old := _ACL_OLD.fullmatch(lowered):
        return PaperIdentifier(Source.ACL, old[1].upper())
    return None


def _openreview(text: str) -> PaperIdentifier | None:
    return PaperIdentifier(Source.OPENREVIEW, text) if _OPENREVIEW.fullmatch(text) else None


# Links

_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+")
_PORTS = {"http": 80, "https": 443}
_SETTLING_PASSES = 4
_MOST_REDIRECTS = 3

_ACL_HOSTS = frozenset(("aclanthology.org", "aclanthology.info", "aclweb.org"))
_FILE_TYPES = frozenset(("pdf", "bib", "xml", "endf", "html", "md", "full"))
_INDEX = re.compile(r"/(?:index\.(?:html?|php|md)|default\.(?:html?|aspx?))\Z", re.IGNORECASE)

_DOI_PREFIX = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*")
_DOI_END = re.compile(
    r"(?:(?:\.full(?:-text|\.pdf(?:\+html)?)?|\.abstract|\.e?pdf|\.html?|\.article-info"
    r"|\.supplementary-material|\.xml)|/(?:e?pdf|full|abstract|meta|html|xml|fulltext|references"
    r"|summary|figures|metrics|pdfft|download|suppl_file|supplementary-material|viewer|reader)"
    r"(?:[/.].*)?)\Z",
    re.IGNORECASE,
)
_ARTICLE_NUMBER = re.compile(r"/[0-9]{4,}(?:/.*)?\Z")
_NUMBERS_ITS_ARTICLES = ("oup.com", "direct.mit.edu", "silverchair.com", "aip.org")
"""Whose addresses go on with a number of the article's own after the DOI."""


def _from_site(text: str) -> PaperIdentifier | None:
    """Read a link without its ``https://``, to a site that is known or that begins with www."""
    if "/" not in text or "." not in text.partition("/")[0]:
        return None
    found = _from_link(f"https://{text}")
    if found is None or found.source is not Source.URL or text.lower().startswith("www."):
        return found
    host, _, path = text.partition("/")
    known = sites.meant(host.lower().removeprefix("www."), f"/{unquote(path)}") is not None
    return found if known else None


def _from_link(link: str, depth: int = 0) -> PaperIdentifier | None:
    """Read a link, through addresses that only send on, a few deep."""
    settled = _settled(link)
    if settled is None:
        return None
    parts = urlsplit(settled)
    host = parts.netloc.removeprefix("www.")
    if depth < _MOST_REDIRECTS:
        sent = sites.target(host, parts.path, parts.query)
        if sent is not None and (found := _from_link(_whole(sent), depth + 1)):
            return found
        if copied := sites.ARCHIVES.match(settled.partition("://")[2].removeprefix("www.")):
            inner = settled.partition("://")[2].removeprefix("www.")[copied.end() :]
            found = _from_link(_whole(inner.rstrip(";_")), depth + 1)
            # The copy of any other page is not the page, which may be gone.
            if found is not None and found.source is not Source.URL:
                return found
    return _of_known_site(host, parts.path, parts.query) or PaperIdentifier(
        Source.URL, _one_address(settled), settled
    )


def _whole(address: str) -> str:
    """Return an address that is part of another: copies leave out its scheme, or a slash of it."""
    bare = re.sub(r"\Ahttps?:/{1,2}", "", address, flags=re.IGNORECASE)
    return address if bare is not address and "://" in address[:9] else f"https://{bare}"


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

    None for whitespace, a user name or password, a host that is not a dotted name, and an address
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
    except ValueError:  # a broken bracketed host or port, or a name that cannot be encoded
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
    return sites.TRACKERS.fullmatch(name) is not None


def _one_address(settled: str) -> str:
    """Return the one spelling of addresses that lead to the same page on nearly every server."""
    parts = urlsplit(settled)
    path = _INDEX.sub("", parts.path).rstrip("/").removesuffix(".git")
    whole = f"https://{sites.one_host(parts.netloc)}{path}"
    return f"{whole}?{parts.query}" if parts.query else whole


def _of_known_site(host: str, path: str, query: str) -> PaperIdentifier | None:
    decoded = unquote(path)
    if host in sites.DOI_HOSTS:
        within = decoded[1:].strip()
        return _doi(re.sub(r"\A(?:doi:|https?:/{1,2}(?:dx\.)?doi\.org/)", "", within))
    meant = sites.meant(host, f"{decoded}?{unquote_plus(query)}" if query else decoded)
    if meant is not None:
        return _meant(meant)
    if host in _ACL_HOSTS:
        names = decoded.strip("/").split("/")
        return next(filter(None, (_acl(_without_file_type(name)) for name in names)), None)
    return _arxiv_page(host, decoded) or _doi_within(host, decoded, query)


def _meant(text: str) -> PaperIdentifier | None:
    """Return the paper that a rule of a site names."""
    kind, _, value = text.partition(":")
    match kind:
        case "doi":
            return _doi(value)
        case "arxiv":
            return _arxiv(value)
        case "openreview":
            return _openreview(value)
        case _:
            address = _settled(text)
            return PaperIdentifier(Source.URL, _one_address(address), address) if address else None


def _arxiv_page(host: str, path: str) -> PaperIdentifier | None:
    """Return the preprint that arXiv's own pages or a mirror's name by identifier."""
    names = [name.strip() for name in path.strip("/").split("/")]
    own = host == "arxiv.org" or host.endswith(".arxiv.org")
    if host not in sites.ARXIV_MIRRORS:
        if not own or names[0].lower() not in sites.ARXIV_PAGES:
            return None
        names = ["/".join(names[1:])]
    pairs = [f"{first}/{second}" for first, second in itertools.pairwise(names)]
    for name in (*names, *pairs):
        bare = _without_file_type(name)
        if bare[:6].lower() in ("arxiv:", "arxiv-"):
            bare = bare[6:].strip()
        if found := _arxiv(bare):
            return found
    return None


def _doi_within(host: str, path: str, query: str) -> PaperIdentifier | None:
    """Return the paper whose DOI is part of a publisher's address.

    Publishers put it after ``doi``, ``article`` and so on, and their own words after it; a
    parameter is called ``doi`` or, at PLOS, ``id``.
    """
    if host in sites.NOT_A_PUBLISHER:
        return None
    for name, value in parse_qsl(query):
        if name.lower() in ("doi", "id", "doid", "article") and _DOI.fullmatch(value):
            return _doi(_without_words(value, host))
    names = path.split("/")
    for index, name in enumerate(names[:-1]):
        if _DOI_PREFIX.fullmatch(name.removeprefix("doi:")):
            return _doi(_without_words("/".join(names[index:]).removeprefix("doi:"), host))
    return None


def _without_words(doi: str, host: str) -> str:
    """Drop what an address adds to a DOI: the kind of the page, a file's name, a number."""
    bare = doi.strip().rstrip("/")
    if host.endswith(_NUMBERS_ITS_ARTICLES):
        head, _, rest = bare.partition("/")
        bare = f"{head}/{_ARTICLE_NUMBER.sub('', rest)}"
    for _ in range(3):
        shorter = _DOI_END.sub("", bare)
        if shorter == bare:
            break
        bare = shorter
    return bare


def _without_file_type(name: str) -> str:
    stem, _, kind = name.rpartition(".")
    return stem if kind.lower() in _FILE_TYPES else name
