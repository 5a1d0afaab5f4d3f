"""Looking papers up over HTTP: arXiv, Crossref (for DOIs and the ACL Anthology), OpenReview, and
for a plain link the page itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.base.errors import CohortError
from bot.net.public_http import AddressRefused, Outside, Unreached, agent, bounded, session
from bot.papers import details as reading
from bot.papers.details import Details
from bot.papers.identifiers import PaperIdentifier, Source

ARXIV = "https://export.arxiv.org"
CROSSREF = "https://api.crossref.org"
OPENREVIEW = "https://api2.openreview.net"
OPENREVIEW_V1 = "https://api.openreview.net"
"""Where OpenReview answers for venues that were set up before its second API, until about 2023."""

MAX_ANSWER = 1024 * 1024
"""Bytes of one answer that are read."""

MAX_PAGE = 256 * 1024
"""Bytes of a page that are read for its title, which is in the head: the rest is left unread."""

MAX_REDIRECTS = 3

_NO_SUCH_PAPER = frozenset((400, 404, 410))  # arXiv and OpenReview call an unknown id a bad request
_REDIRECTS = frozenset((301, 302, 303, 307, 308))

# A base address, the path below it, and what reads the answer.
_Question = tuple[str, str, Callable[[bytes, str], Details | None]]


class LookupFailed(CohortError):
    """The service did not answer, or not readably: nothing is known, and later it may be."""


class Lookup:
    """Asks the services about papers, one request at a time to each of their hosts.

    ``arxiv``, ``crossref``, ``openreview`` and ``openreview_v1`` are base addresses (the last is
    asked for what ``openreview`` doesn't know, where it is given); ``contact`` is the operator's
    address, which the services ask for; ``timeout`` is seconds for one whole lookup. ``pages``
    looks at plain links; without it they stay without a title. ``close`` it; ``pages`` is closed
    by whoever opened it.
    """

    def __init__(
        self,
        *,
        arxiv: str,
        crossref: str,
        openreview: str,
        contact: str | None,
        timeout: float = 5.0,
        openreview_v1: str | None = None,
        pages: Outside | None = None,
    ) -> None:
        self._pages = pages
        self._arxiv = arxiv
        self._crossref = crossref
        self._openreview = [base for base in (openreview, openreview_v1) if base]
        self._agent = agent(contact)
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self._under_way: set[asyncio.Timeout] = set()
        self._closed = False

    async def details(self, paper: PaperIdentifier) -> Details | None:
        """Return what is known of ``paper``, or None where nothing will be.

        None for what the service says it doesn't have, and for a plain link that leads to no page
        or away from the open web. Raises LookupFailed on anything else, such as silence, a refusal
        or a strange answer: ask again later.
        """
        try:
            async with asyncio.timeout(self._timeout) as limit:
                self._under_way.add(limit)
                try:
                    if paper.source is Source.URL:
                        return await self._page(paper)
                    return await self._ask(paper)
                finally:
                    self._under_way.discard(limit)
        except TimeoutError as error:
            reason = "before closing" if self._closed else f"within {self._timeout:g} seconds"
            raise LookupFailed(f"Nothing was heard about {paper.label} {reason}.") from error
        except Unreached as error:
            raise LookupFailed(error.sentence) from error
        except aiohttp.ClientError as error:
            raise LookupFailed(
                f"The service that knows {paper.label} cannot be reached: {error}."
            ) from error
        except ValueError as error:
            raise LookupFailed(
                f"The answer about {paper.label} cannot be read: {error}."
            ) from error

    async def close(self) -> None:
        """Close the connections; lookups under way or later ones fail at once."""
        self._closed = True
        for limit in self._under_way:
            if not limit.expired():
                limit.reschedule(asyncio.get_running_loop().time())
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _ask(self, paper: PaperIdentifier) -> Details | None:
        for base, path, read in self._questions(paper):
            body = await self._get(base, path)
            found = None if body is None else read(body, paper.url)
            if found is not None:
                return found
        return None

    async def _page(self, paper: PaperIdentifier) -> Details | None:
        """Read the title of the page that a plain link leads to; one look, of its first part."""
        if self._pages is None or self._closed:
            return None
        try:
            answer = await self._pages.get(
                paper.url, {"Accept": "text/html"}, wants=_is_page, limit=MAX_PAGE, cut=True
            )
        except AddressRefused:
            return None
        return reading.from_page(answer.body, paper.url) if answer.body else None

    def _questions(self, paper: PaperIdentifier) -> list[_Question]:
        """Say whom to ask about ``paper``: the next only where the one before doesn't know it."""
        value = paper.value
        match paper.source:
            case Source.ARXIV:
                path = f"/api/query?id_list={quote(value, safe='/')}&max_results=1"
                return [(self._arxiv, path, reading.from_arxiv)]
            case Source.DOI:
                return [self._work(value)]
            case Source.ACL:
                # The first DOIs made of the Anthology's identifiers, of 2014 and some of 2015,
                # have another prefix.
                prefixes = ["10.18653/v1/"]
                if value[0].isalpha() and value[1:3] in ("14", "15"):
                    prefixes.append("10.3115/v1/")
                return [self._work(prefix + value) for prefix in prefixes]
            case Source.OPENREVIEW:
                path = f"/notes?id={quote(value, safe='')}"
                return [(base, path, reading.from_openreview) for base in self._openreview]
            case Source.URL:
                return []  # no service describes it: the page itself does

    def _work(self, doi: str) -> _Question:
        return self._crossref, f"/works/{quote(doi, safe='')}", reading.from_crossref

    async def _get(self, base: str, path: str) -> bytes | None:
        """Fetch ``path`` below ``base``; None where there is no such paper."""
        home = URL(base)
        url = URL(base.rstrip("/") + path, encoded=True)
        for _ in range(1 + MAX_REDIRECTS):
            async with self._connected().get(url, allow_redirects=False) as answer:
                if answer.status == 200:
                    return await bounded(answer, MAX_ANSWER)
                if answer.status in _NO_SUCH_PAPER:
                    return None
                target = answer.headers.get("Location")
                if answer.status not in _REDIRECTS or target is None:
                    raise ValueError(f"{home.host} answered with status {answer.status}")
            url = url.join(URL(target))
            if not _same_service(home, url):
                raise ValueError(f"{home.host} sends to another host, {url.host}")
        raise ValueError(f"{home.host} redirects more than {MAX_REDIRECTS} times")

    def _connected(self) -> aiohttp.ClientSession:
        if self._closed:
            raise aiohttp.ClientConnectionError("lookups have been closed")
        if self._session is None:
            self._session = session(self._agent)
        return self._session


def _is_page(status: int, headers: Mapping[str, str]) -> bool:
    return status == 200 and "html" in headers.get("Content-Type", "").lower()


def _same_service(home: URL, url: URL) -> bool:
    """Whether ``url`` is at the origin of ``home``, or there over HTTPS."""
    if url.host != home.host:
        return False
    return (url.scheme, url.port) in ((home.scheme, home.port), ("https", 443))
