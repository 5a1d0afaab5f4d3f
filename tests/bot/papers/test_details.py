"""Looking papers up at stand-ins for arXiv, Crossref and OpenReview, well and ill."""

from __future__ import annotations

import asyncio
import json
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import __version__
from bot.net.public_http import Outside
from bot.papers import Details, Lookup, LookupFailed, PaperIdentifier, Source
from bot.papers.details import clean, from_arxiv, from_crossref, from_openreview, from_page

GROKKING = PaperIdentifier(Source.ARXIV, "2201.02177")
PARROTS = PaperIdentifier(Source.DOI, "10.1145/3442188.3445922")
CLOCK = PaperIdentifier(Source.OPENREVIEW, "S5wmbQc1We")

ATOM = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"
      xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/1kQFgWvSW0xYjVU7dvmwBpUcNLQ</id>
  <title>arXiv Query: search_query=&amp;id_list=2201.02177&amp;start=0&amp;max_results=1</title>
  <updated>2026-01-11T18:34:08Z</updated>
  <link href="https://arxiv.org/api/query?id_list=2201.02177" type="application/atom+xml"/>
  <opensearch:itemsPerPage>1</opensearch:itemsPerPage>
  <opensearch:totalResults>1</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>%s
</feed>
"""
ENTRY = """
  <entry>
    <id>http://arxiv.org/abs/2201.02177v1</id>
    <title>Grokking: Generalization Beyond Overfitting on Small Algorithmic
  Datasets</title>
    <updated>2022-01-06T18:43:37Z</updated>
    <link href="https://arxiv.org/abs/2201.02177v1" rel="alternate" type="text/html"/>
    <link href="https://arxiv.org/pdf/2201.02177v1" rel="related" title="pdf"/>
    <summary>In this paper we propose to study generalization of neural networks on small
algorithmically generated datasets.</summary>
    <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
    <published>2022-01-06T18:43:37Z</published>
    <arxiv:comment>10 pages, 4 figures. Code available at https://github.com/openai/grok</arxiv:comment>
    <arxiv:primary_category term="cs.LG"/>
    <author><name>Alethea Power</name></author>
    <author><name>Yuri Burda</name></author>
    <author><name>Harri Edwards</name></author>
    <author><name>Igor Babuschkin</name></author>
    <author><name>Vedant Misra</name></author>
  </entry>"""
ERROR_ENTRY = """
  <entry>
    <id>http://arxiv.org/api/errors#incorrect_id_format_for_2201.02177</id>
    <title>Error</title>
    <summary>incorrect id format for 2201.02177</summary>
  </entry>"""
BOMB = """<?xml version="1.0"?>
<!DOCTYPE feed [<!ENTITY a "grok"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>&b;</title></entry></feed>
"""
WORK = {
    "status": "ok",
    "message-type": "work",
    "message-version": "1.0.0",
    "message": {
        "DOI": "10.1145/3442188.3445922",
        "type": "proceedings-article",
        "publisher": "ACM",
        "title": ["On the Dangers of\n <i>Stochastic</i> Parrots"],
        "subtitle": ["Can Language Models Be Too Big &amp; Too Bold? \U0001f99c"],
        "author": [
            {"given": "Timnit", "family": "Gebru", "sequence": "additional", "affiliation": []},
            {"given": "Emily M.", "family": "Bender", "sequence": "first", "affiliation": []},
            {"name": "The Parrot Team", "sequence": "additional", "affiliation": []},
        ],
        "issued": {"date-parts": [[2021, 3]]},
        "created": {"date-parts": [[2020, 1, 1]], "timestamp": 1577836800000},
        "page": "610-623",
        "container-title": ["Proceedings of the 2021 ACM Conference on Fairness"],
        "event": {"name": "FAccT '21"},
        "abstract": "<jats:title>Abstract</jats:title><jats:p>Big</jats:p><jats:p>or not.</jats:p>",
    },
}
NOTES = {
    "notes": [
        {
            "id": "S5wmbQc1We",
            "forum": "S5wmbQc1We",
            "cdate": 1672531200000,
            "pdate": 1695340800000,
            "content": {
                "title": {"value": "The Clock and the Pizza"},
                "authors": {"value": ["Ziqian Zhong", "Ziming Liu", "Max Tegmark"]},
                "venue": {"value": "NeurIPS 2023 oral"},
                "abstract": {"value": "Do neural networks\nrediscover algorithms?"},
            },
        }
    ],
    "count": 1,
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Archive:
    """A server whose answer each test chooses; it keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self.answers: dict[str, Any] = {}
        self.handler: Handler | None = None
        app = web.Application()
        app.router.add_get("/{tail:.*}", self._answer)
        self.server = TestServer(app)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        if self.handler:
            return await self.handler(request)
        answer = self.answers.get(request.path_qs)
        if answer is None:
            return web.Response(status=404, text="Resource not found.")
        if isinstance(answer, str):
            return web.Response(text=answer, content_type="application/atom+xml")
        return web.json_response(answer)


@pytest_asyncio.fixture
async def archive() -> AsyncIterator[Archive]:
    archive = Archive()
    async with archive.server:
        yield archive


@pytest_asyncio.fixture
async def lookup(archive: Archive) -> AsyncIterator[Lookup]:
    base = str(archive.server.make_url("/"))
    lookup = Lookup(arxiv=base, crossref=base, openreview=base, contact="us@example.org")
    yield lookup
    await lookup.close()


def unasked(**changes: Any) -> Lookup:
    bases = {"arxiv": "http://127.0.0.1:9", "crossref": "x", "openreview": "x", "contact": None}
    return Lookup(**{**bases, **changes})


async def test_arxiv_tells_of_a_preprint(archive: Archive, lookup: Lookup) -> None:
    archive.answers["/api/query?id_list=2201.02177&max_results=1"] = ATOM % ENTRY

    found = await lookup.details(GROKKING)

    assert found == Details(
        title="Grokking: Generalization Beyond Overfitting on Small Algorithmic Datasets",
        authors=(
            "Alethea Power",
            "Yuri Burda",
            "Harri Edwards",
            "Igor Babuschkin",
            "Vedant Misra",
        ),
        year=2022,
        venue=None,
        abstract="In this paper we propose to study generalization of neural networks on small "
        "algorithmically generated datasets.",
        pages=10,
        url="https://arxiv.org/abs/2201.02177",
    )
    assert found.byline == "Power, Burda, Edwards et al., 2022"


async def test_crossref_tells_of_a_doi(archive: Archive, lookup: Lookup) -> None:
    archive.answers["/works/10.1145%2F3442188.3445922"] = WORK

    assert await lookup.details(PARROTS) == Details(
        title="On the Dangers of Stochastic Parrots: "
        "Can Language Models Be Too Big & Too Bold? \U0001f99c",
        authors=("Emily M. Bender", "Timnit Gebru", "The Parrot Team"),
        year=2021,
        venue="Proceedings of the 2021 ACM Conference on Fairness",
        abstract="Big or not.",
        pages=14,
        url="https://doi.org/10.1145/3442188.3445922",
    )


@pytest.mark.parametrize(
    ("identifier", "path"),
    [
        ("2020.acl-main.1", "/works/10.18653%2Fv1%2F2020.acl-main.1"),
        ("P19-1001", "/works/10.18653%2Fv1%2FP19-1001"),
        ("D15-1166", "/works/10.18653%2Fv1%2FD15-1166"),
        ("D14-1162", "/works/10.3115%2Fv1%2FD14-1162"),
    ],
)
async def test_crossref_tells_of_the_anthologys_papers(
    archive: Archive, lookup: Lookup, identifier: str, path: str
) -> None:
    archive.answers[path] = WORK

    found = await lookup.details(PaperIdentifier(Source.ACL, identifier))

    assert found is not None
    assert found.url == f"https://aclanthology.org/{identifier}/"


async def test_openreview_tells_of_a_submission(archive: Archive, lookup: Lookup) -> None:
    archive.answers["/notes?id=S5wmbQc1We"] = NOTES

    assert await lookup.details(CLOCK) == Details(
        title="The Clock and the Pizza",
        authors=("Ziqian Zhong", "Ziming Liu", "Max Tegmark"),
        year=2023,
        venue="NeurIPS 2023 oral",
        abstract="Do neural networks rediscover algorithms?",
        pages=None,
        url="https://openreview.net/forum?id=S5wmbQc1We",
    )


async def test_openreviews_first_api_is_asked_for_what_the_second_does_not_know(
    archive: Archive,
) -> None:
    plain = {"title": "Progress measures", "authors": ["Neel Nanda"], "venue": "ICLR 2023"}
    archive.answers["/v1/notes?id=9XFSbDPmdW"] = {"notes": [{"content": plain, "cdate": 1}]}
    base = str(archive.server.make_url(""))
    lookup = unasked(openreview=f"{base}/v2", openreview_v1=f"{base}/v1")

    found = await lookup.details(PaperIdentifier(Source.OPENREVIEW, "9XFSbDPmdW"))
    await lookup.close()

    assert found is not None
    assert (found.title, found.byline, found.venue) == (
        "Progress measures",
        "Nanda, 2023",
        "ICLR 2023",
    )
    assert [request.path for request in archive.requests] == ["/v2/notes", "/v1/notes"]


async def test_a_plain_link_is_not_looked_up(archive: Archive, lookup: Lookup) -> None:
    assert await lookup.details(PaperIdentifier(Source.URL, "https://example.org/")) is None
    assert archive.requests == []


@pytest.mark.parametrize("answer", [ATOM % "", ATOM % ERROR_ENTRY, ATOM % "<entry/>"])
async def test_a_feed_without_the_preprint_says_that_there_is_none(
    archive: Archive, lookup: Lookup, answer: str
) -> None:
    archive.answers["/api/query?id_list=2201.02177&max_results=1"] = answer
    assert await lookup.details(GROKKING) is None


@pytest.mark.parametrize(
    "paper", [GROKKING, PARROTS, CLOCK, PaperIdentifier(Source.ACL, "D14-1162")]
)
async def test_what_a_service_does_not_have_is_none(lookup: Lookup, paper: PaperIdentifier) -> None:
    assert await lookup.details(paper) is None


async def test_requests_say_who_asks_and_whom_to_write_to(archive: Archive, lookup: Lookup) -> None:
    await lookup.details(GROKKING)
    agent = archive.requests[0].headers["User-Agent"]
    assert agent == f"Cohort/{__version__} (mailto:us@example.org)"


@pytest.mark.parametrize("status", [202, 301, 403, 429, 500, 503])
@pytest.mark.parametrize("paper", [GROKKING, PARROTS, CLOCK])
async def test_a_refusal_is_to_be_tried_again(
    archive: Archive, lookup: Lookup, paper: PaperIdentifier, status: int
) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=status, text="Rate exceeded.")

    archive.handler = refuse
    with pytest.raises(LookupFailed, match=str(status)):
        await lookup.details(paper)


@pytest.mark.parametrize("paper", [GROKKING, PARROTS, CLOCK])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Rate exceeded.",
        b"<html><p>Just a moment</html>",
        b"<html/>",
        b"[]",
        b"{}",
        b'{"message"',
        b"\xff\xfe<",
        b"[" * 200_000,
        b"<a>" * 200_000,
        BOMB.encode(),
        BOMB.encode("utf-16"),
        (ATOM % ENTRY).encode()[:-100],
        zlib.compress(b" " * 10_000_000),
    ],
)
async def test_a_strange_answer_is_to_be_tried_again(
    archive: Archive, lookup: Lookup, paper: PaperIdentifier, body: bytes
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body)

    archive.handler = answer
    with pytest.raises(LookupFailed, match="cannot be read"):
        await lookup.details(paper)


async def test_an_answer_is_read_no_further_than_a_mebibyte(
    archive: Archive, lookup: Lookup
) -> None:
    async def stream_forever(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while request.transport is not None and not request.transport.is_closing():
            await response.write(b" " * 65536)
        return response

    archive.handler = stream_forever
    with pytest.raises(LookupFailed, match="more than 1048576 bytes"):
        await lookup.details(GROKKING)


async def test_a_compressed_answer_is_not_inflated(archive: Archive, lookup: Lookup) -> None:
    async def compressed(_: web.Request) -> web.Response:
        body = zlib.compress(b" " * 10_000_000)
        return web.Response(body=body, headers={"Content-Encoding": "deflate"})

    archive.handler = compressed
    with pytest.raises(LookupFailed):
        await lookup.details(GROKKING)


async def test_a_slow_answer_is_given_up_and_to_be_tried_again(archive: Archive) -> None:
    release = asyncio.Event()

    async def hold(_: web.Request) -> web.Response:
        await release.wait()
        return web.Response(text="too late")

    archive.handler = hold
    lookup = unasked(arxiv=str(archive.server.make_url("/")), timeout=0.05)
    with pytest.raises(LookupFailed, match=r"within 0\.05 seconds"):
        await lookup.details(GROKKING)
    release.set()
    await lookup.close()


async def test_a_service_that_cannot_be_reached_is_to_be_tried_again() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        lookup = unasked(arxiv=f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(LookupFailed, match="cannot be reached"):
            await lookup.details(GROKKING)
        await lookup.close()


@pytest.mark.parametrize("base", ["", "nonsense", "http://", "ftp://example.org"])
async def test_a_base_address_that_is_none_fails_like_a_service_out_of_reach(base: str) -> None:
    lookup = unasked(arxiv=base)
    with pytest.raises(LookupFailed):
        await lookup.details(GROKKING)
    await lookup.close()


async def test_redirects_are_followed_within_the_service_only(
    archive: Archive, lookup: Lookup
) -> None:
    targets = {"/api/query": "/a", "/a": "b?x=1", "/b": "/c"}

    async def redirect(request: web.Request) -> web.Response:
        if target := targets.get(request.path):
            return web.Response(status=302, headers={"Location": target})
        return web.Response(text=ATOM % ENTRY)

    archive.handler = redirect
    found = await lookup.details(GROKKING)
    assert found is not None
    assert found.year == 2022

    targets["/c"] = "/d"
    with pytest.raises(LookupFailed, match="more than 3"):
        await lookup.details(GROKKING)

    port = archive.server.port
    for elsewhere in (f"http://localhost:{port}/c", "http://127.0.0.1:9/", "file:///etc/passwd"):
        targets["/api/query"] = elsewhere
        with pytest.raises(LookupFailed, match="another host"):
            await lookup.details(GROKKING)


async def test_closing_ends_what_is_under_way_and_refuses_what_comes_after(
    archive: Archive, lookup: Lookup
) -> None:
    asked, release = asyncio.Event(), asyncio.Event()

    async def hold(_: web.Request) -> web.Response:
        asked.set()
        await release.wait()
        return web.Response(text="too late")

    archive.handler = hold
    under_way = asyncio.create_task(lookup.details(GROKKING))
    await asked.wait()
    await lookup.close()
    release.set()
    with pytest.raises(LookupFailed, match="before closing"):
        await under_way
    with pytest.raises(LookupFailed, match="closed"):
        await lookup.details(GROKKING)


@pytest.mark.parametrize(
    ("authors", "year", "byline"),
    [
        ((), None, ""),
        ((), 2022, "2022"),
        (("Alethea Power",), None, "Power"),
        (("Alethea Power", "Yuri Burda"), 2022, "Power and Burda, 2022"),
        (("A. Power", "Y. Burda", "H. Edwards"), 2022, "Power, Burda and Edwards, 2022"),
        (("Laurens van der Maaten", "Geoffrey Hinton"), 2008, "van der Maaten and Hinton, 2008"),
        (("Van Nguyen",), 2020, "Nguyen, 2020"),
        (("Martin Luther King Jr.",), 1963, "King, 1963"),
        (("The ATLAS Collaboration",), 2012, "The ATLAS Collaboration, 2012"),
        (("Plato", "Power, Alethea", " "), None, "Plato and Power"),
    ],
)
def test_the_byline_names_three_families_at_most(
    authors: tuple[str, ...], year: int | None, byline: str
) -> None:
    assert Details("T", authors, year, None, None, None, "u").byline == byline


def test_texts_are_cleaned_and_bounded() -> None:
    people = [{"family": f"{n} " + "x" * 200} for n in range(200)]
    message = {"title": ["A\x00\u202e  title\t" + "y" * 400 + "\ud800"], "author": people}
    found = from_crossref(json.dumps({"message": message}).encode(), "u")
    assert found is not None
    assert found.title == "A title " + "y" * 291 + "…"
    assert len(found.authors) == 100
    assert {len(name) for name in found.authors} == {100}
    assert clean("a\u2028b\x85c \x1b[31m", 300) == "a b c [31m"
    assert clean("1 < 2 \U0001f469\u200d\U0001f52c", 300) == "1 < 2 \U0001f469\u200d\U0001f52c"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("H<sub>2</sub>O &lt;i&gt;grokked&lt;/i&gt;", "H2O grokked"),
        ("p < 0.05 and q > 1", "p < 0.05 and q > 1"),
        ("<mml:math><mml:mi>x</mml:mi></mml:math> &amp;amp; y", "x &amp; y"),
        ("<" * 1000, "<" * 299 + "…"),
    ],
)
def test_markup_is_taken_out_of_crossrefs_titles(title: str, shown: str) -> None:
    found = from_crossref(json.dumps({"message": {"title": [title]}}).encode(), "u")
    assert found is not None
    assert found.title == shown


@pytest.mark.parametrize(
    ("fields", "year", "pages"),
    [
        ({"issued": {"date-parts": [[None]]}, "published": {"date-parts": [[2019]]}}, 2019, None),
        ({"issued": {"date-parts": [["2019"]]}, "page": "e33693"}, 2019, None),
        ({"issued": {"date-parts": [[99999]]}, "page": "823-9"}, None, None),
        ({"issued": {"date-parts": []}, "page": "7–7"}, None, 1),
    ],
)
def test_dates_and_pages_that_make_no_sense_are_left_out(
    fields: dict[str, Any], year: int | None, pages: int | None
) -> None:
    found = from_crossref(json.dumps({"message": {"title": ["T"], **fields}}).encode(), "u")
    assert found is not None
    assert (found.year, found.pages) == (year, pages)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=5,
)
names = [*WORK["message"], *NOTES["notes"][0], *NOTES["notes"][0]["content"], "value", "fullname"]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(names), anything | st.lists(anything)))
def test_json_of_any_shape_is_details_or_none_or_unreadable(fields: dict[str, Any]) -> None:
    for read, body in (
        (from_crossref, {"message": {"title": ["T"], **fields}}),
        (from_crossref, fields),
        (from_openreview, {"notes": [{**fields, "content": {"title": "T", **fields}}]}),
        (from_openreview, {"notes": fields.get("content")}),
    ):
        try:
            found = read(json.dumps(body).encode(), "u")
        except ValueError:
            continue
        assert found is None or (found.title and isinstance(found.byline, str))


@settings(deadline=None)
@given(st.text(), st.sampled_from(["title", "published", "author", "arxiv:comment"]))
def test_a_feed_of_any_text_is_details_or_none_or_unreadable(text: str, field: str) -> None:
    entry = f"<entry><title>T</title><{field}>{text}</{field}></entry>"
    try:
        found = from_arxiv((ATOM % entry).encode(), "u")
    except ValueError:
        return
    assert found is None or found.title


PAGE = """<!doctype html><html><head><meta charset="utf-8">
<title>A framework
 for circuits | Some site</title>
<meta property="og:title" content="A framework for circuits">%s</head><body>%s</body></html>"""
CITED = """<meta name="citation_title" content="On circuits"><meta name="citation_author"
 content="Olah, Chris"><meta name="citation_publication_date" content="2020/03/10">
<meta name="citation_journal_title" content="Distill">"""


@pytest.mark.parametrize(
    ("body", "title", "byline"),
    [
        (PAGE % ("", ""), "A framework for circuits", ""),
        (PAGE % (CITED, ""), "On circuits", "Olah, 2020"),
        ("<title>Only &amp; this</title>", "Only & this", ""),
        (PAGE % ("", "x" * 300_000), "A framework for circuits", ""),
        ("<svg><title>In a picture</title></svg>", "In a picture", ""),
    ],
)
def test_a_page_tells_its_title(body: str, title: str, byline: str) -> None:
    found = from_page(body.encode()[:262_144], "https://example.org/a")
    assert found is not None
    assert (found.title, found.byline) == (title, byline)


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"no markup", b"<title> </title>", b"<!--" * 9])
def test_what_has_no_title_is_no_page(body: bytes) -> None:
    assert from_page(body, "https://example.org/a") is None


@given(st.binary(max_size=300))
def test_any_page_is_read_or_left(body: bytes) -> None:
    from_page(body, "https://example.org/a")


async def test_a_plain_link_is_asked_for_its_title_and_no_more_of_it_is_read(
    archive: Archive,
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        kind = "application/pdf" if request.path.endswith(".pdf") else "text/html"
        return web.Response(text=PAGE % ("", "x" * 2_000_000), content_type=kind)

    archive.handler = answer
    base = str(archive.server.make_url("")).rstrip("/")
    pages = Outside(trusted=[base])
    lookup = unasked(pages=pages)

    found = await lookup.details(PaperIdentifier(Source.URL, f"{base}/a", f"{base}/a"))
    paper = await lookup.details(PaperIdentifier(Source.URL, f"{base}/a.pdf", f"{base}/a.pdf"))
    private = await lookup.details(PaperIdentifier(Source.URL, "http://10.0.0.1/a"))

    assert found is not None
    assert found.title == "A framework for circuits"
    assert paper is None
    assert private is None
    assert len(archive.requests) == 2
    await lookup.close()
    await pages.close()


async def test_a_page_that_is_silent_is_asked_again_later() -> None:
    pages = Outside(trusted=["http://127.0.0.1:9"])
    lookup = unasked(pages=pages)
    with pytest.raises(LookupFailed):
        await lookup.details(PaperIdentifier(Source.URL, "http://127.0.0.1:9/a"))
    await lookup.close()
    await pages.close()
