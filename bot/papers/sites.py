"""The sites papers are found on: which addresses are pages of one and the same paper.

A rule says how one site writes its addresses, and which identifier or which one address all of
them mean. Sources of the forms: the sites' own pages; for DOIs https://www.doi.org/the-identifier,
for bioRxiv https://www.biorxiv.org/about-biorxiv, for PMLR https://proceedings.mlr.press, for SSRN
https://www.ssrn.com, for OSF https://help.osf.io (a preprint's DOI ends with its short name).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl

from msgspec import Struct

ARXIV_MIRRORS = frozenset(
    (
        "alphaxiv.org", "ar5iv.org", "ar5iv.labs.arxiv.org", "arxiv-vanity.com", "hf.co",
        "huggingface.co", "semanticscholar.org", "scirate.com", "emergentmind.com", "papers.cool",
        "catalyzex.com", "arxiv.deeppaper.ai", "xxx.lanl.gov", "xxx.itp.ac.cn", "tldr.takara.ai",
        "researchtrend.ai", "api.semanticscholar.org", "browse.arxiv.org", "paperswithcode.com",
    )
)  # fmt: skip
"""Sites whose address names a preprint of arXiv's by its identifier, whatever else is around it."""

ARXIV_PAGES = frozenset(("abs", "pdf", "html", "format", "ps", "src", "e-print", "tb", "other"))
"""What arXiv's own addresses begin with; ``ftp`` names archive and month before the paper."""

DOI_HOSTS = frozenset(("doi.org", "dx.doi.org", "doi.acm.org", "hdl.handle.net"))

NOT_A_PUBLISHER = frozenset(("github.com", "gitlab.com", "bitbucket.org", "codeberg.org"))
"""Where a part of an address that looks like a DOI is somebody's file."""

REDIRECTS = {
    "google": ("q", "url", "imgrefurl"), "scholar.google": ("url", "q"),
    "l.facebook.com": ("u",), "lm.facebook.com": ("u",), "out.reddit.com": ("url",),
    "slack-redir.net": ("url",), "linkedin.com": ("url",), "duckduckgo.com": ("uddg",),
    "youtube.com": ("q",), "lesswrong.com": ("url",), "alignmentforum.org": ("url",),
    "safelinks.protection.outlook.com": ("url",), "l.instagram.com": ("u",), "vk.com": ("to",),
    "steamcommunity.com": ("url",), "t.umblr.com": ("z",), "via.hypothes.is": ("url",),
}  # fmt: skip
"""Addresses that only send on, and the parameters that say where to."""

_REDIRECTING_PATHS = frozenset(
    ("url", "scholar_url", "l.php", "link", "redir/redirect", "safety/go", "l", "redirect", "out",
     "linkfilter", "away.php", "", "imgres")
)  # fmt: skip

ARCHIVES = re.compile(
    r"(?:web\.archive\.org/(?:web|save)/(?:[0-9]{1,14}(?:[a-z]{2}_)?\*?/|\*/)?"
    r"|archive\.(?:today|ph|is|md|li|vn)/[0-9]{4,14}/|r\.jina\.ai/|12ft\.io/(?:proxy\?q=)?"
    r"|via\.hypothes\.is/|outline\.com/|urldefense\.com/v3/__)",
    re.IGNORECASE,
)
"""Copies of pages, whose address goes on with that of the page."""

TRACKERS = re.compile(
    r"utm_.*|_ga|_gl|_hsenc|_hsmi|(?:fb|g|dc|y|tw|tt)clid|msclkid|gbraid|wbraid|igshid|igsh"
    r"|mc_[ce]id|mkt_tok|li_fat_id|vero_id|ref|ref_|ref_src|ref_url|referrer|referer|rcm|trk|spm"
    r"|si|usp|tab|commentid|needaccess|casa_token|cmpid|share_id|sk|amp|authuser|journalcode"
    r"|download|ssrnid|mirid",
    re.IGNORECASE,
)
"""Parameters that say who sent the reader, or which part of the page is in view."""


class SiteRule(Struct, frozen=True):
    """Addresses of ``host`` with a path and query like ``form`` mean ``meant``.

    ``meant`` is a template of the form's groups: ``doi:…``, ``arxiv:…``, ``openreview:…``, or an
    address. The form is matched against the whole path, percent signs decoded, with the query.
    """

    host: re.Pattern[str]
    form: re.Pattern[str]
    meant: str


def _rule(host: str, form: str, meant: str) -> SiteRule:
    return SiteRule(re.compile(host), re.compile(form, re.IGNORECASE), meant)


_FILE = r"(?:\.(?:pdf|html?|full))?"
_END = r"(?:[/?].*)?"

RULES: Sequence[SiteRule] = (
    # DOIs that an address holds only in part
    _rule(r"nature\.com", rf"/articles/([a-z]+[0-9][\w.-]*?){_FILE}{_END}", "doi:10.1038/{0}"),
    _rule(r"nature\.com", r"/[a-z]+/journal/.*/([a-z]+[0-9]+)\.(?:html|pdf)(?:\?.*)?",
          "doi:10.1038/{0}"),
    _rule(r"(?:(?:papers|hq|poseidon01|download)\.)?ssrn\.com",
          r"/.*?(?:abstract(?:_?id)?=|abstractid=|ssrn_id)([0-9]{3,9}).*", "doi:10.2139/ssrn.{0}"),
    _rule(r"(?:bio|med)rxiv\.org",
          r"/content/(?:(?:bio|med)rxiv/)?early/[0-9/]+/"
          r"((?:[0-9]{4}\.[0-9]{2}\.[0-9]{2}\.)?[0-9]{6,9})(?:v[0-9]+)?(?:\..*|/.*)?",
          "doi:10.1101/{0}"),
    _rule(r"psyarxiv\.com", rf"/([a-z0-9]{{5}})(?:_v[0-9]+)?{_END}", "doi:10.31234/osf.io/{0}"),
    _rule(r"osf\.io", rf"/preprints/psyarxiv/([a-z0-9]{{5}})(?:_v[0-9]+)?{_END}",
          "doi:10.31234/osf.io/{0}"),
    _rule(r"osf\.io", rf"/preprints/socarxiv/([a-z0-9]{{5}})(?:_v[0-9]+)?{_END}",
          "doi:10.31235/osf.io/{0}"),
    _rule(r"zenodo\.org", rf"/records?/([0-9]+){_END}", "doi:10.5281/zenodo.{0}"),
    _rule(r"elifesciences\.org",
          rf"/(?:articles|reviewed-preprints)/([0-9]{{4,7}})(?:v[0-9]+)?{_END}",
          "doi:10.7554/elife.{0}"),
    _rule(r"ijcai\.org", r"/proceedings/([0-9]{4})/0*([0-9]{1,4})(?:\.pdf)?/?(?:\?.*)?",
          "doi:10.24963/ijcai.{0}/{1}"),
    _rule(r"(?:dl|portal)\.acm\.org",
          r"/(?:citation|ft_gateway)\.cfm\?.*?id=([0-9]{4,9}\.[0-9]{4,9}).*",
          "doi:10.1145/{0}"),
    # Preprints under another name
    _rule(r"arxiv\.org", r"/ftp/arxiv/papers/[0-9]{4}/([0-9]{4}\.[0-9]{4,5})(?:v[0-9]+)?\.pdf.*",
          "arxiv:{0}"),
    _rule(r"arxiv\.org", r"/ftp/([a-z-]+)/papers/[0-9]{4}/([0-9]{7})(?:v[0-9]+)?\.pdf.*",
          "arxiv:{0}/{1}"),
    _rule(r"(?:ui\.)?adsabs\.(?:harvard\.edu|org)",
          r"/.*?[0-9]{4}arxiv([0-9]{4}\.[0-9]{4})[a-z.].*",
          "arxiv:{0}"),
    _rule(r"(?:ui\.)?adsabs\.(?:harvard\.edu|org)",
          r"/.*?[0-9]{4}arxiv([0-9]{4})([0-9]{5})[a-z.].*",
          "arxiv:{0}.{1}"),
    _rule(r"dblp\.(?:org|uni-trier\.de)", r"/.*?corr/abs-([0-9]{4})-([0-9]{4,5})(?:\D.*)?",
          "arxiv:{0}.{1}"),
    # OpenReview
    _rule(r"(?:api2?\.)?openreview\.net",
          r"/(?:forum|pdf|notes?|attachment|revisions|references|references/pdf"
          r"|notes/edits/attachment)/?\?(?:.*?&)??(?:id|referent|forum)=([\w-]{1,64})(?:&.*)?",
          "openreview:{0}"),
    # One page for the abstract and the paper
    _rule(r"proceedings\.mlr\.press",
          r"/(v[0-9]+|r[0-9]+)/([\w-]+?)(?:\.html|(?:/\2(?:-supp)?\.pdf)?/?)(?:\?.*)?",
          "https://proceedings.mlr.press/{0}/{1}.html"),
    _rule(r"jmlr\.org", r"/proceedings/papers/(v[0-9]+)/([\w-]+?)(?:\.html|\.pdf)(?:\?.*)?",
          "https://proceedings.mlr.press/{0}/{1}.html"),
    _rule(r"jmlr\.org", r"/papers/v(?:olume)?([0-9]+)/([\w-]+?)(?:\.html|/\2\.pdf|/?)(?:\?.*)?",
          "https://jmlr.org/papers/v{0}/{1}.html"),
    _rule(r"openaccess\.thecvf\.com",
          r"/(content\w*(?:/\w+)?)/(?:papers|html|supplemental)/"
          r"([^/?]+?)_(?:paper|supplemental)\.(?:pdf|html)(?:\?.*)?", "https://openaccess.thecvf.com/{0}/html/{1}_paper.html"),
    _rule(r"(?:papers|proceedings|datasets-benchmarks-proceedings)\.(?:nips|neurips)\.cc",
          r"/(?:paper_files/)?paper/([0-9]{4})/(?:hash|file)/([0-9a-f]{20,40})-"
          r"(?:Abstract|Paper|Supplemental|Metadata|Bibtex|Reviews?|AuthorFeedback|MetaReview)"
          r"(-[\w-]+)?\.\w+"
          r"(?:\?.*)?",
          "https://proceedings.neurips.cc/paper_files/paper/{0}/hash/{1}-Abstract{2}.html"),
    _rule(r"(?:papers|proceedings)\.(?:nips|neurips)\.cc",
          r"/paper/([0-9]{1,5}-[a-z0-9-]+?)(?:\.pdf)?/?(?:\?.*)?",
          "https://papers.nips.cc/paper/{0}"),
    _rule(r"(?:lesswrong|alignmentforum|greaterwrong)\.com|alignmentforum\.org",
          rf"/(?:posts|s/\w+/p)/([A-Za-z0-9]{{15,20}}){_END}", "https://www.lesswrong.com/posts/{0}"),
    _rule(r"forum\.effectivealtruism\.org|ea\.greaterwrong\.com",
          rf"/(?:posts|s/\w+/p)/([A-Za-z0-9]{{15,20}}){_END}",
          "https://forum.effectivealtruism.org/posts/{0}"),
    _rule(r"[\w.-]+",
          r"(/(?:[\w.-]+/)*index\.php/[\w-]+/article)/(?:view|download|viewFile)/([0-9]+)(?:/.*)?",
          "https://{host}{0}/view/{1}"),
    _rule(r"ieeexplore\.ieee\.org", rf"/(?:abstract/)?document/([0-9]+){_END}",
          "https://ieeexplore.ieee.org/document/{0}"),
    _rule(r"ieeexplore\.ieee\.org", r"/.*?[?&]arnumber=0*([0-9]+).*",
          "https://ieeexplore.ieee.org/document/{0}"),
    _rule(r"ieeexplore\.ieee\.org", r"/(?:[\w-]+/)+0*([0-9]{6,9})\.pdf(?:\?.*)?",
          "https://ieeexplore.ieee.org/document/{0}"),
    _rule(r"(?:linkinghub\.elsevier|sciencedirect)\.com",
          rf"/(?:retrieve|(?:science|user)/.*?)/?pii/(S[0-9X()-]+){_END}",
          "https://www.sciencedirect.com/science/article/pii/{0}"),
    _rule(r"cell\.com",
          rf"/([\w-]+)/(?:fulltext|abstract|pdf|pdfExtended|retrieve/pii)/(S[0-9X()-]+?)(?:\.pdf)?{_END}",
          "https://www.cell.com/{0}/fulltext/{1}"),
    _rule(r"pubmed\.ncbi\.nlm\.nih\.gov", rf"/([0-9]{{1,9}}){_END}",
          "https://pubmed.ncbi.nlm.nih.gov/{0}"),
    _rule(r"ncbi\.nlm\.nih\.gov", rf"/pubmed/([0-9]{{1,9}}){_END}",
          "https://pubmed.ncbi.nlm.nih.gov/{0}"),
    _rule(r"(?:pmc\.)?ncbi\.nlm\.nih\.gov|europepmc\.org",
          rf"/(?:pmc/)?articles?/(?:pmc/)?PMC([0-9]+){_END}",
          "https://pmc.ncbi.nlm.nih.gov/articles/PMC{0}"),
    _rule(r"semanticscholar\.org", rf"/paper/(?:[^/?]+/)?([0-9a-f]{{40}}){_END}",
          "https://www.semanticscholar.org/paper/{0}"),
    _rule(r"researchgate\.net", r"/publication/([0-9]+)(?:[_/?].*)?",
          "https://www.researchgate.net/publication/{0}"),
    _rule(r"(?:m\.|music\.)?youtube\.com",
          r"/(?:watch/?\?(?:.*?&)??v=|live/|shorts/|embed/)([\w-]{11})(?:[&?/].*)?",
          "https://www.youtube.com/watch?v={0}"),
    _rule(r"youtu\.be", rf"/([\w-]{{11}}){_END}", "https://www.youtube.com/watch?v={0}"),
    _rule(r"drive\.google\.com", rf"/file/d/([\w-]{{10,80}}){_END}",
          "https://drive.google.com/file/d/{0}"),
    _rule(r"drive\.google\.com", r"/(?:open|uc)\?(?:.*?&)??id=([\w-]{10,80})(?:&.*)?",
          "https://drive.google.com/file/d/{0}"),
    _rule(r"docs\.google\.com", rf"/(document|presentation|spreadsheets)/d/([\w-]{{10,80}}){_END}",
          "https://docs.google.com/{0}/d/{1}"),
    _rule(r"github\.com", r"/([\w.-]+)/([\w.-]+?)(?:\.git)?(?:/tree/(?:main|master))?/?(?:\?.*)?",
          "https://github.com/{0:l}/{1:l}"),
)  # fmt: skip

SAME_HOSTS = {
    "hf.co": "huggingface.co", "x.com": "twitter.com", "mobile.twitter.com": "twitter.com",
    "old.reddit.com": "reddit.com", "new.reddit.com": "reddit.com", "np.reddit.com": "reddit.com",
}  # fmt: skip
"""Other names of the same site, for addresses that no rule knows."""

_MOBILE_WIKIPEDIA = re.compile(r"([a-z-]{2,12})\.m\.(wikipedia\.org)")


class _Lower(str):
    """A group of a form that ``{0:l}`` writes in small letters."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return self.lower() if spec == "l" else str(self)


def meant(host: str, address: str) -> str | None:
    """Return what an address means by the rules; ``address`` is its decoded path with its query."""
    for rule in RULES:
        if rule.host.fullmatch(host) and (found := rule.form.fullmatch(address)):
            groups = (_Lower(group or "") for group in found.groups())
            return rule.meant.format(*groups, host=host)
    return None


def target(host: str, path: str, query: str) -> str | None:
    """Return the address that one which only sends on sends to; None for any other."""
    for site, names in REDIRECTS.items():
        same = host == site or host.endswith(f".{site}")
        if site.endswith("google"):
            same = (
                re.fullmatch(rf"(?:[a-z]+\.)?{re.escape(site)}(?:\.[a-z]{{2,3}}){{1,2}}", host)
                is not None
            )
        if same and path.strip("/").lower() in _REDIRECTING_PATHS:
            given = dict(reversed(parse_qsl(query)))
            return next((given[name] for name in names if "." in given.get(name, "")), None)
    return None


def one_host(host: str) -> str:
    """Return the one name of a site that has several, without ``www.``."""
    bare = host.removeprefix("www.") if host.count(".") > 1 else host
    return SAME_HOSTS.get(bare) or _MOBILE_WIKIPEDIA.sub(r"\1.\2", bare)
