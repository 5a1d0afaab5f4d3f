"""What people type to name a paper, and what is made of it."""

from __future__ import annotations

from string import ascii_letters, digits, printable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.papers import PaperIdentifier, Source, find
from tests.pace import milliseconds

GROKKING = PaperIdentifier(Source.ARXIV, "2201.02177")
PARROTS = PaperIdentifier(Source.DOI, "10.1145/3442188.3445922")
SICI = "10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o"


@pytest.mark.parametrize(
    "text",
    [
        "2201.02177",
        " 2201.02177v2\n",
        "arXiv:2201.02177",
        "ARXIV: 2201.02177V3",
        "arxiv 2201.02177",
        "arXiv:2201.02177v1 [cs.LG] 6 Jan 2022",
        "`2201.02177`",
        "(arXiv:2201.02177).",
        "\ufeff2201.02177\u200b",
        "https://arxiv.org/abs/2201.02177",
        "http://arxiv.org/abs/2201.02177v1/",
        "HTTPS://ARXIV.ORG/abs/2201.02177?context=cs#S1",
        "https://www.arxiv.org/pdf/2201.02177",
        "https://arxiv.org/pdf/2201.02177v2.pdf",
        "https://arxiv.org/html/2201.02177v1",
        "https://arxiv.org:443/abs/arXiv:2201.02177",
        "arxiv.org/abs/2201.02177",
        "export.arxiv.org/abs/2201.02177",
        "https://www.alphaxiv.org/abs/2201.02177v1",
        "alphaxiv.org/overview/2201.02177",
        "https://ar5iv.labs.arxiv.org/html/2201.02177",
        "https://ar5iv.org/abs/2201.02177",
        "https://huggingface.co/papers/2201.02177",
        "<https://arxiv.org/abs/2201.02177>",
        "[Grokking: a paper](https://arxiv.org/abs/2201.02177)",
        '[Grokking](<https://arxiv.org/abs/2201.02177> "the paper")',
        "**[Grokking](https://arxiv.org/abs/2201.02177)**",
        "10.48550/arXiv.2201.02177",
        "https://doi.org/10.48550/arXiv.2201.02177",
        "Power, A. et al. (2022). Grokking. arXiv preprint arXiv:2201.02177.",
        "the grokking paper (https://arxiv.org/abs/2201.02177), please",
        "https://arxiv.org/abs/2201.02177 or https://arxiv.org/pdf/2201.02177v1",
    ],
)
def test_every_way_of_naming_a_preprint_names_the_same_paper(text: str) -> None:
    assert find(text) == GROKKING


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("hep-th/9901001", "arxiv:hep-th/9901001"),
        ("arXiv:HEP-TH/9901001v3", "arxiv:hep-th/9901001"),
        ("math.GT/0309136", "arxiv:math/0309136"),
        ("https://arxiv.org/abs/math.GT/0309136v2", "arxiv:math/0309136"),
        ("https://arxiv.org/pdf/cond-mat.mtrl-sci/0703001v1.pdf", "arxiv:cond-mat/0703001"),
        ("10.48550/arxiv.cmp-lg/9704001", "arxiv:cmp-lg/9704001"),
        ("0704.0001", "arxiv:0704.0001"),
        ("1412.6980", "arxiv:1412.6980"),
        ("1501.00001", "arxiv:1501.00001"),
        ("10.1145/3442188.3445922", PARROTS.key),
        ("DOI: 10.1145/3442188.3445922.", PARROTS.key),
        ("doi:10.1145/3442188.3445922", PARROTS.key),
        ("(10.1145/3442188.3445922)", PARROTS.key),
        ("https://doi.org/10.1145/3442188.3445922?utm_source=x", PARROTS.key),
        ("http://dx.doi.org/10.1145/3442188.3445922#abstract", PARROTS.key),
        ("doi.org/10.1145/3442188.3445922;", PARROTS.key),
        ("10.1016/S0370-2693(92)90028-3", "doi:10.1016/s0370-2693(92)90028-3"),
        ("(see doi:10.1007/JHEP09(2024)117)", "doi:10.1007/jhep09(2024)117"),
        (SICI.upper(), f"doi:{SICI}"),
        (PaperIdentifier(Source.DOI, SICI).url, f"doi:{SICI}"),
        ("10.1000.10/ÄB", "doi:10.1000.10/Äb"),
        ("2020.acl-main.1", "acl:2020.acl-main.1"),
        ("ACL:2020.ACL-main.1", "acl:2020.acl-main.1"),
        ("P19-1001", "acl:P19-1001"),
        ("p19-1001v2", "acl:P19-1001"),
        ("10.18653/v1/2020.acl-main.1", "acl:2020.acl-main.1"),
        ("https://doi.org/10.18653/V1/P19-1001", "acl:P19-1001"),
        ("10.3115/v1/P14-1130", "acl:P14-1130"),
        ("https://aclanthology.org/2020.acl-main.1/", "acl:2020.acl-main.1"),
        ("aclanthology.org/2020.acl-main.1v2.pdf", "acl:2020.acl-main.1"),
        ("https://www.aclweb.org/anthology/P19-1001.bib", "acl:P19-1001"),
        ("https://openreview.net/forum?id=S5wmbQc1We", "openreview:S5wmbQc1We"),
        ("openreview.net/pdf?id=S5wmbQc1We", "openreview:S5wmbQc1We"),
        ("https://www.openreview.net/forum?noteId=a&id=HkAClQgA-", "openreview:HkAClQgA-"),
        ("https://openreview.net/note?id=a_b&id=c", "openreview:a_b"),
        ("OpenReview:S5wmbQc1We", "openreview:S5wmbQc1We"),
    ],
)
def test_an_identifier_is_read_into_its_canonical_form(text: str, key: str) -> None:
    found = find(text)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://Example.ORG", "https://example.org"),
        ("http://example.org:80/Paper.pdf", "https://example.org/Paper.pdf"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org./a#results", "https://example.org/a"),
        (
            "https://example.org/a?utm_source=x&b=2&UTM_Medium=y&fbclid=z",
            "https://example.org/a?b=2",
        ),
        ("https://example.org/a?b=2&&c=%20d&b=1", "https://example.org/a?b=2&c=%20d&b=1"),
        ("https://example.org/a?fbclid.&b=1.&gclid,", "https://example.org/a?b=1"),
        ("https://example.org/a.?utm_source=x", "https://example.org/a"),
        ("Read https://example.org/a, it is good!", "https://example.org/a"),
        ("https://example.org/wiki/Foo_(bar)", "https://example.org/wiki/Foo_%28bar%29"),
        ("(https://example.org/wiki/Foo)", "https://example.org/wiki/Foo"),
        ("https://example.org/é x", None),
        ("https://example.org/é?q=ü", "https://example.org/%C3%A9?q=%C3%BC"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://arxiv.org/list/cs.LG/recent", "https://arxiv.org/list/cs.LG/recent"),
        ("https://arxiv.org/abs/2201.99", "https://arxiv.org/abs/2201.99"),
        ("https://arxiv.org:8080/abs/2201.02177", "https://arxiv.org:8080/abs/2201.02177"),
        ("https://arxiv.org.example.com/abs/2201.02177", None),
        ("https://openreview.net/group?id=ICLR.cc", "https://openreview.net/group?id=ICLR.cc"),
        ("https://aclanthology.org/volumes/2020.acl-main/", None),
    ],
)
def test_any_other_link_is_normalised(text: str, url: str | None) -> None:
    expected = url or text.split()[0].replace("é", "%C3%A9").rstrip("/")
    assert find(text) == PaperIdentifier(Source.URL, expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Attention Is All You Need",
        "Grokking: Generalization Beyond Overfitting",
        "arXiv: a history",
        "OpenReview: a study",
        "ACL 2020",
        "DOI",
        "2201.0217",
        "2213.02177",
        "0612.00001",
        "1501.0001",
        "٢٢٠١.٠٢١٧٧",
        "foo/1234567",
        "math/0805123",
        "10.1145/",
        "10.1/x",
        "10.1145/a b",
        "10.1145/a\x00b",
        "P19-10011",
        "2020.acl-main",
        "example.org/paper",
        "ftp://example.org/https://example.org/a",
        "javascript:alert(1)//https://example.org/",
        "https://",
        "https://localhost/paper",
        "https://[::1]/paper",
        "https://[paper/",
        "https://example.org:99999/",
        "https://exa mple",
        "https://example..org/",
        "https://user@arxiv.org/abs/2201.02177",
        "https://user:secret@example.org/",
        "see https://user:secret@example.org/ and https://example.org/",
        "user@arxiv.org/abs/2201.02177",
        "https://arxiv.org\\@example.org/abs/2201.02177",
        "https://example.org\\.arxiv.org/abs/2201.02177",
        "https://arxiv.org/abs/2201.02177 and https://arxiv.org/abs/2301.05217",
        "https://example.org/\u202efdp.exe",
        "https://example.org/\ud800",
        "https://example.org/" + "a" * 2000,
        "10.1000/" + "ä" * 1000,
        "2201.02177" + " " * 4000,
    ],
)
def test_what_names_no_paper_or_several_or_hides_a_name_is_refused(text: str) -> None:
    assert find(text) is None


@pytest.mark.parametrize(
    ("paper", "label", "url"),
    [
        (GROKKING, "arXiv:2201.02177", "https://arxiv.org/abs/2201.02177"),
        (PARROTS, "doi:10.1145/3442188.3445922", "https://doi.org/10.1145/3442188.3445922"),
        (
            PaperIdentifier(Source.OPENREVIEW, "S5wmbQc1We"),
            "OpenReview:S5wmbQc1We",
            "https://openreview.net/forum?id=S5wmbQc1We",
        ),
        (
            PaperIdentifier(Source.ACL, "2020.acl-main.1"),
            "ACL:2020.acl-main.1",
            "https://aclanthology.org/2020.acl-main.1/",
        ),
        (
            PaperIdentifier(Source.URL, "https://example.org:8443/a"),
            "example.org:8443/a",
            "https://example.org:8443/a",
        ),
    ],
)
def test_a_paper_has_a_label_and_a_page(paper: PaperIdentifier, label: str, url: str) -> None:
    assert (paper.label, paper.url) == (label, url)
    assert find(paper.url) == paper
    assert PaperIdentifier.from_key(paper.key) == paper
    if paper.source is not Source.URL:
        assert find(label) == paper


@pytest.mark.parametrize("key", ["", "arxiv", "arxiv:", "isbn:1", ":2201.02177"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"key|Source"):
        PaperIdentifier.from_key(key)


awkward = st.text(st.sampled_from(printable + "é　\u200b\u202e\ud800…’"), max_size=60)
texts = st.one_of(
    st.text(),
    awkward,
    st.builds("https://example.org/{}".format, awkward),
    st.builds("https://example.org/a?{}".format, awkward),
    st.builds("{}https://{}".format, awkward, awkward),
    st.builds("10.1000/{}".format, awkward),
    st.builds("https://doi.org/10.1000/{}".format, awkward),
    st.builds("https://openreview.net/forum?id={}".format, st.text(ascii_letters + digits + "-_%")),
)


@settings(deadline=None)
@given(texts)
@example("https://example.org/a.?fbclid.#.")
@example("https://doi.org/10.1000/%E2%80%A6")
@example("10.1000/a%20b?c#d")
def test_reading_never_raises_and_a_papers_page_and_key_name_the_paper(text: str) -> None:
    paper = find(text)
    if paper is not None:
        assert find(paper.url) == paper
        assert find(f"<{paper.url}>") == paper
        assert find(f"[it]({paper.url})") == paper
        assert PaperIdentifier.from_key(paper.key) == paper
        assert paper.label
        assert paper.url.isascii()
        assert not set(paper.url) & set(' ()<>[]"`\\')
        assert len(paper.url) <= 2000


@pytest.mark.parametrize(
    "text",
    [
        "(" * 4000,
        "https://" * 500,
        "https://" + "a." * 1990,
        "https://" + "é" * 3990,
        "https://example.org/" + ")" * 3900,
        "https://example.org/?" + "fbclid)&" * 490,
        "https://example.org/?" + "&" * 3900,
        "10.1000/" + "." * 3990,
        "10." + "1." * 1990,
        "doi: " * 800,
        "[](" * 1333,
        "arxiv" + " " * 3990 + "x",
        "a-" * 2000,
        "%25" * 1300,
    ],
)
def test_reading_takes_no_time_on_hostile_text(text: str) -> None:
    assert milliseconds(lambda: find(text), 250) < 250
