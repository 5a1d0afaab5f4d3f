"""The addresses that people paste for a paper: each group is one paper, and no two groups are."""

from __future__ import annotations

from itertools import combinations

import pytest

from bot.base.addresses import has_password
from bot.papers import find
from tests.pace import milliseconds

ONE_PAPER: dict[str, tuple[str, ...]] = {
    "arxiv:2201.02177": (
        "2201.02177",
        "2201.02177v1.pdf",
        "arXiv.2201.02177",
        "arXiv preprint 2201.02177",
        "arXiv preprint arXiv:2201.02177",
        "arXiv:https://arxiv.org/abs/2201.02177",
        "[2201.02177] Grokking: Generalization Beyond Overfitting",
        "Power et al. (arXiv 2201.02177) show this",
        "Power et al. (arXiv: 2201.02177v1) show this",
        "https://arxiv.org/abs/ 2201.02177",
        "https://arxiv.org/abs/\n2201.02177",
        "see https://arxiv.org/pdf/ 2201.02177 for more",
        "https://arxiv.org/ftp/arxiv/papers/2201/2201.02177.pdf",
        "https://export.arxiv.org/abs/2201.02177",
        "https://browse.arxiv.org/html/2201.02177v1",
        "http://xxx.lanl.gov/abs/2201.02177",
        "https://alphaxiv.org/abs/2201.02177",
        "https://www.alphaxiv.org/resources/2201.02177",
        "https://alphaxiv.org/overview/2201.02177v1",
        "https://hf.co/papers/2201.02177",
        "https://huggingface.co/papers/2201.02177",
        "https://huggingface.co/papers/2201.02177#community",
        "https://www.arxiv-vanity.com/papers/2201.02177/",
        "https://www.semanticscholar.org/arxiv/2201.02177",
        "https://api.semanticscholar.org/arXiv:2201.02177",
        "https://scirate.com/arxiv/2201.02177",
        "https://www.emergentmind.com/papers/2201.02177",
        "https://papers.cool/arxiv/2201.02177",
        "https://ui.adsabs.harvard.edu/abs/2022arXiv220102177P/abstract",
        "https://dblp.org/rec/journals/corr/abs-2201-02177.html",
        "https://www.google.com/url?q=https://arxiv.org/abs/2201.02177&sa=D&source=docs",
        "https://www.google.de/url?sa=t&url=https%3A%2F%2Farxiv.org%2Fpdf%2F2201.02177",
        "https://scholar.google.com/scholar_url?url=https://arxiv.org/pdf/2201.02177&hl=en",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Farxiv.org%2Fabs%2F2201.02177&h=AT0",
        "https://web.archive.org/web/20220110000000/https://arxiv.org/abs/2201.02177",
        "https://web.archive.org/web/2022*/http://arxiv.org/abs/2201.02177",
        "https://web.archive.org/web/20220110000000if_/https://arxiv.org/pdf/2201.02177",
        "https://r.jina.ai/https://arxiv.org/abs/2201.02177",
        "||https://arxiv.org/abs/2201.02177||",
        "_https://arxiv.org/abs/2201.02177_",
        "__https://arxiv.org/abs/2201.02177__",
        "~~https://arxiv.org/abs/2201.02177~~",
        "> https://arxiv.org/abs/2201.02177",
        "- https://arxiv.org/abs/2201.02177",
        "so _https://arxiv.org/abs/2201.02177_ it is",
        "[Grokking (2022)](https://arxiv.org/abs/2201.02177)",
        "https://doi.org/10.48550/arXiv.2201.02177",
        "https://doi.org/doi:10.48550/arXiv.2201.02177",
    ),
    "arxiv:hep-th/9901001": (
        "https://arxiv.org/ftp/hep-th/papers/9901/9901001.pdf",
        "https://www.alphaxiv.org/abs/hep-th/9901001",
        "https://scirate.com/arxiv/hep-th/9901001",
    ),
    "doi:10.1145/3442188.3445922": (
        "https://dl.acm.org/doi/10.1145/3442188.3445922",
        "https://dl.acm.org/doi/abs/10.1145/3442188.3445922",
        "https://dl.acm.org/doi/pdf/10.1145/3442188.3445922?download=true",
        "https://dl.acm.org/doi/epdf/10.1145/3442188.3445922",
        "https://dl.acm.org/doi/fullHtml/10.1145/3442188.3445922",
        "https://dl.acm.org/doi/10.1145%2F3442188.3445922",
        "https://dl.acm.org/citation.cfm?id=3442188.3445922",
        "http://doi.acm.org/10.1145/3442188.3445922",
        "https://sci-hub.se/10.1145/3442188.3445922",
        "https://api.crossref.org/works/10.1145/3442188.3445922",
        "DOI 10.1145/3442188.3445922",
        "doi: https://doi.org/10.1145/3442188.3445922",
        "Bender et al., 2021, doi 10.1145/3442188.3445922.",
        "dl.acm.org/doi/10.1145/3442188.3445922",
        "https://web.archive.org/web/2021/https://dl.acm.org/doi/10.1145/3442188.3445922",
    ),
    "doi:10.1002/asi.20316": (
        "https://onlinelibrary.wiley.com/doi/10.1002/asi.20316",
        "https://onlinelibrary.wiley.com/doi/abs/10.1002/asi.20316",
        "https://onlinelibrary.wiley.com/doi/full/10.1002/asi.20316",
        "https://onlinelibrary.wiley.com/doi/pdfdirect/10.1002/asi.20316",
        "https://asistdl.onlinelibrary.wiley.com/doi/epdf/10.1002/asi.20316",
    ),
    "doi:10.1007/s11263-015-0816-y": (
        "https://link.springer.com/article/10.1007/s11263-015-0816-y",
        "https://link.springer.com/article/10.1007%2Fs11263-015-0816-y",
        "https://link.springer.com/content/pdf/10.1007/s11263-015-0816-y.pdf",
        "https://link.springer.com/article/10.1007/s11263-015-0816-y/fulltext.html",
        "https://link.springer.com/article/10.1007/s11263-015-0816-y#Sec2",
    ),
    "doi:10.1007/978-3-319-10602-1_48": (
        "https://link.springer.com/chapter/10.1007/978-3-319-10602-1_48",
        "https://link.springer.com/chapter/10.1007%2F978-3-319-10602-1_48",
        "https://link.springer.com/content/pdf/10.1007%2F978-3-319-10602-1_48.pdf",
    ),
    "doi:10.1073/pnas.1611835114": (
        "https://www.pnas.org/doi/10.1073/pnas.1611835114",
        "https://www.pnas.org/doi/full/10.1073/pnas.1611835114",
        "https://pnas.org/doi/abs/10.1073/pnas.1611835114",
        "https://www.pnas.org/doi/pdf/10.1073/pnas.1611835114",
    ),
    "doi:10.1126/science.aac4716": (
        "https://www.science.org/doi/10.1126/science.aac4716",
        "https://www.science.org/doi/abs/10.1126/science.aac4716",
        "https://science.org/doi/pdf/10.1126/science.aac4716",
    ),
    "doi:10.1038/s41586-021-03819-2": (
        "https://www.nature.com/articles/s41586-021-03819-2",
        "https://www.nature.com/articles/s41586-021-03819-2.pdf",
        "nature.com/articles/s41586-021-03819-2/figures/1",
        "https://doi.org/10.1038/s41586-021-03819-2",
    ),
    "doi:10.1038/nature14539": (
        "https://www.nature.com/articles/nature14539",
        "http://www.nature.com/nature/journal/v521/n7553/full/nature14539.html",
    ),
    "doi:10.1101/2020.12.08.416297": (
        "https://www.biorxiv.org/content/10.1101/2020.12.08.416297v1",
        "https://www.biorxiv.org/content/10.1101/2020.12.08.416297v2.full.pdf",
        "https://www.biorxiv.org/content/10.1101/2020.12.08.416297v1.full.pdf+html",
        "https://www.biorxiv.org/content/10.1101/2020.12.08.416297v1.abstract",
        "https://www.biorxiv.org/content/10.1101/2020.12.08.416297v2.full-text",
        "https://www.biorxiv.org/content/10.1101/2020.12.08.416297v2.full#F1",
        "https://www.biorxiv.org/content/early/2020/12/09/2020.12.08.416297",
        "10.1101/2020.12.08.416297",
        "10.1101/2020.12.08.416297v2",
    ),
    "doi:10.1101/2020.03.22.20040832": (
        "https://www.medrxiv.org/content/10.1101/2020.03.22.20040832v1",
        "https://www.medrxiv.org/content/10.1101/2020.03.22.20040832v1.full.pdf",
        "https://doi.org/10.1101/2020.03.22.20040832",
    ),
    "doi:10.1101/386367": (
        "https://www.biorxiv.org/content/10.1101/386367v3",
        "https://www.biorxiv.org/content/early/2018/08/07/386367.full.pdf",
    ),
    "doi:10.1371/journal.pmed.0020124": (
        "https://journals.plos.org/plosmedicine/article?id=10.1371/journal.pmed.0020124",
        "https://journals.plos.org/plosmedicine/article/file?id=10.1371/journal.pmed.0020124&type=printable",
    ),
    "doi:10.3389/fnins.2019.00095": (
        "https://www.frontiersin.org/articles/10.3389/fnins.2019.00095/full",
        "https://www.frontiersin.org/journals/neuroscience/articles/10.3389/fnins.2019.00095/pdf",
    ),
    "doi:10.1093/bioinformatics/btz682": (
        "https://academic.oup.com/bioinformatics/advance-article/doi/10.1093/bioinformatics/btz682/5566506",
        "https://doi.org/10.1093/bioinformatics/btz682",
    ),
    "doi:10.1162/tacl_a_00349": (
        "https://direct.mit.edu/tacl/article/doi/10.1162/tacl_a_00349/96482/A-Primer-in-BERTology",
        "10.1162/tacl_a_00349",
    ),
    "doi:10.1103/physrevlett.116.061102": (
        "https://journals.aps.org/prl/abstract/10.1103/PhysRevLett.116.061102",
        "https://journals.aps.org/prl/pdf/10.1103/PhysRevLett.116.061102",
        "https://link.aps.org/doi/10.1103/PhysRevLett.116.061102",
    ),
    "doi:10.1080/01621459.2017.1285773": (
        "https://www.tandfonline.com/doi/full/10.1080/01621459.2017.1285773",
        "https://www.tandfonline.com/doi/abs/10.1080/01621459.2017.1285773?needAccess=true",
    ),
    "doi:10.1088/1367-2630/aa7a8e": (
        "https://iopscience.iop.org/article/10.1088/1367-2630/aa7a8e",
        "https://iopscience.iop.org/article/10.1088/1367-2630/aa7a8e/meta",
        "https://iopscience.iop.org/article/10.1088/1367-2630/aa7a8e/pdf",
    ),
    "doi:10.2139/ssrn.3482150": (
        "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=3482150",
        "https://ssrn.com/abstract=3482150",
        "https://papers.ssrn.com/sol3/Delivery.cfm/SSRN_ID3482150_code123.pdf?abstractid=3482150&mirid=1",
        "https://dx.doi.org/10.2139/ssrn.3482150",
    ),
    "doi:10.31234/osf.io/fk8vh": (
        "https://psyarxiv.com/fk8vh",
        "https://psyarxiv.com/fk8vh/",
        "https://osf.io/preprints/psyarxiv/fk8vh",
        "https://osf.io/preprints/psyarxiv/fk8vh_v2",
    ),
    "doi:10.5281/zenodo.1234567": (
        "https://zenodo.org/record/1234567",
        "https://zenodo.org/records/1234567",
        "https://doi.org/10.5281/zenodo.1234567",
    ),
    "doi:10.7554/elife.67995": (
        "https://elifesciences.org/articles/67995",
        "https://doi.org/10.7554/eLife.67995",
    ),
    "doi:10.24963/ijcai.2019/291": (
        "https://www.ijcai.org/proceedings/2019/291",
        "https://www.ijcai.org/proceedings/2019/0291.pdf",
    ),
    "openreview:S5wmbQc1We": (
        "https://openreview.net/forum?id=S5wmbQc1We",
        "https://openreview.net/pdf?id=S5wmbQc1We",
        "https://openreview.net/attachment?id=S5wmbQc1We&name=pdf",
        "https://openreview.net/revisions?id=S5wmbQc1We",
        "https://openreview.net/references/pdf?id=S5wmbQc1We",
        "https://openreview.net/forum?id=S5wmbQc1We&noteId=abc",
        "https://openreview.net/forum?noteId=abc&id=S5wmbQc1We",
        "https://openreview.net/forum?id=S5wmbQc1We&referrer=%5Bthe%20profile%5D",
    ),
    "openreview:abc_": ("https://openreview.net/forum?id=abc_", "OpenReview:abc_"),
    "url:https://proceedings.mlr.press/v139/radford21a.html": (
        "https://proceedings.mlr.press/v139/radford21a.html",
        "http://proceedings.mlr.press/v139/radford21a/radford21a.pdf",
        "https://proceedings.mlr.press/v139/radford21a",
        "proceedings.mlr.press/v139/radford21a.html",
    ),
    "url:https://jmlr.org/papers/v15/srivastava14a.html": (
        "https://jmlr.org/papers/v15/srivastava14a.html",
        "https://www.jmlr.org/papers/volume15/srivastava14a/srivastava14a.pdf",
    ),
    "url:https://openaccess.thecvf.com/content/CVPR2021/html/Chen_Exploring_CVPR_2021_paper.html": (
        "https://openaccess.thecvf.com/content/CVPR2021/html/Chen_Exploring_CVPR_2021_paper.html",
        "https://openaccess.thecvf.com/content/CVPR2021/papers/Chen_Exploring_CVPR_2021_paper.pdf",
    ),
    "url:https://openaccess.thecvf.com/content_cvpr_2016/html/He_Deep_CVPR_2016_paper.html": (
        "http://openaccess.thecvf.com/content_cvpr_2016/html/He_Deep_CVPR_2016_paper.html",
        "https://openaccess.thecvf.com/content_cvpr_2016/papers/He_Deep_CVPR_2016_paper.pdf",
    ),
    "url:https://proceedings.neurips.cc/paper_files/paper/2017/hash/"
    "3f5ee243547dee91fbd053c1c4a845aa-Abstract.html": (
        "https://proceedings.neurips.cc/paper/2017/hash/3f5ee243547dee91fbd053c1c4a845aa-Abstract.html",
        "https://proceedings.neurips.cc/paper/2017/file/3f5ee243547dee91fbd053c1c4a845aa-Paper.pdf",
        "https://papers.nips.cc/paper/2017/hash/3f5ee243547dee91fbd053c1c4a845aa-Abstract.html",
        "https://proceedings.neurips.cc/paper_files/paper/2017/file/"
        "3f5ee243547dee91fbd053c1c4a845aa-Paper.pdf",
    ),
    "url:https://proceedings.neurips.cc/paper_files/paper/2022/hash/"
    "9d5609613524ecf4f15af0f7b31abca4-Abstract-Conference.html": (
        "https://papers.nips.cc/paper_files/paper/2022/hash/"
        "9d5609613524ecf4f15af0f7b31abca4-Abstract-Conference.html",
        "https://proceedings.neurips.cc/paper_files/paper/2022/file/"
        "9d5609613524ecf4f15af0f7b31abca4-Paper-Conference.pdf",
    ),
    "url:https://papers.nips.cc/paper/7181-attention-is-all-you-need": (
        "https://papers.nips.cc/paper/7181-attention-is-all-you-need",
        "http://papers.nips.cc/paper/7181-attention-is-all-you-need.pdf",
        "https://papers.neurips.cc/paper/7181-attention-is-all-you-need",
    ),
    "url:https://lesswrong.com/posts/N6WM6hs7RQMKDhYjB": (
        "https://www.lesswrong.com/posts/N6WM6hs7RQMKDhYjB/a-mechanistic-interpretability-analysis",
        "https://www.lesswrong.com/posts/N6WM6hs7RQMKDhYjB",
        "https://www.alignmentforum.org/posts/N6WM6hs7RQMKDhYjB/a-mechanistic-interpretability-analysis",
        "https://www.greaterwrong.com/posts/N6WM6hs7RQMKDhYjB/a-mechanistic-interpretability-analysis",
        "https://www.lesswrong.com/posts/N6WM6hs7RQMKDhYjB/slug?commentId=8hHMy",
        "https://www.alignmentforum.org/s/yivyHaCAmMJ3CqSyj/p/N6WM6hs7RQMKDhYjB",
    ),
    "url:https://ojs.aaai.org/index.php/AAAI/article/view/16348": (
        "https://ojs.aaai.org/index.php/AAAI/article/view/16348",
        "https://ojs.aaai.org/index.php/AAAI/article/view/16348/16155",
        "https://ojs.aaai.org/index.php/AAAI/article/download/16348/16155",
    ),
    "url:https://ieeexplore.ieee.org/document/7780459": (
        "https://ieeexplore.ieee.org/document/7780459",
        "https://ieeexplore.ieee.org/abstract/document/7780459/",
        "https://ieeexplore.ieee.org/stamp/stamp.jsp?tp=&arnumber=7780459",
    ),
    "url:https://sciencedirect.com/science/article/pii/S0893608021003683": (
        "https://www.sciencedirect.com/science/article/pii/S0893608021003683",
        "https://www.sciencedirect.com/science/article/abs/pii/S0893608021003683?via%3Dihub",
        "https://linkinghub.elsevier.com/retrieve/pii/S0893608021003683",
        "https://www.sciencedirect.com/science/article/pii/S0893608021003683/pdfft?md5=1",
    ),
    "url:https://cell.com/neuron/fulltext/S0896-6273%2817%2930509-3": (
        "https://www.cell.com/neuron/fulltext/S0896-6273(17)30509-3",
        "https://www.cell.com/neuron/abstract/S0896-6273(17)30509-3",
        "https://www.cell.com/neuron/pdf/S0896-6273(17)30509-3.pdf",
    ),
    "url:https://pubmed.ncbi.nlm.nih.gov/16060722": (
        "https://pubmed.ncbi.nlm.nih.gov/16060722/",
        "https://www.ncbi.nlm.nih.gov/pubmed/16060722",
    ),
    "url:https://semanticscholar.org/paper/204e3073870fae3d05bcbc2f6a8e263d9b72e776": (
        "https://www.semanticscholar.org/paper/Attention-is-All-you-Need-Vaswani/"
        "204e3073870fae3d05bcbc2f6a8e263d9b72e776",
        "https://www.semanticscholar.org/paper/204e3073870fae3d05bcbc2f6a8e263d9b72e776",
    ),
    "acl:2020.acl-main.1": (
        "https://aclanthology.org/2020.acl-main.1/",
        "https://aclanthology.org/2020.acl-main.1.pdf",
        "https://www.aclweb.org/anthology/2020.acl-main.1/",
        "10.18653/v1/2020.acl-main.1",
    ),
    "url:https://transformer-circuits.pub/2021/framework": (
        "https://transformer-circuits.pub/2021/framework/index.html",
        "https://transformer-circuits.pub/2021/framework/",
        "http://transformer-circuits.pub/2021/framework",
        "https://www.transformer-circuits.pub/2021/framework/index.html?utm_source=x",
        "||https://transformer-circuits.pub/2021/framework||",
        "<https://transformer-circuits.pub/2021/framework/>",
        "_https://transformer-circuits.pub/2021/framework/_",
        "[A framework](https://transformer-circuits.pub/2021/framework/index.html)",
        "www.transformer-circuits.pub/2021/framework",
    ),
    "url:https://github.com/openai/grok": (
        "https://github.com/openai/grok",
        "https://github.com/openai/grok.git",
        "http://github.com/openai/grok/",
        "https://www.github.com/OpenAI/grok?tab=readme-ov-file#readme",
        "https://github.com/openai/grok/tree/main",
    ),
    "url:https://distill.pub/2020/circuits/zoom-in": (
        "https://distill.pub/2020/circuits/zoom-in/",
        "http://distill.pub/2020/circuits/zoom-in/?ref=newsletter&fbclid=1",
        "https://distill.pub/2020/circuits/zoom-in?commentId=3",
        "https://www.google.com/url?q=https://distill.pub/2020/circuits/zoom-in/&sa=D",
    ),
    "url:https://youtube.com/watch?v=kCc8FmEb1nY": (
        "https://www.youtube.com/watch?v=kCc8FmEb1nY&t=30s",
        "https://youtu.be/kCc8FmEb1nY?si=abc",
        "https://m.youtube.com/watch?v=kCc8FmEb1nY",
    ),
    "url:https://en.wikipedia.org/wiki/Grokking": (
        "https://en.wikipedia.org/wiki/Grokking",
        "https://en.m.wikipedia.org/wiki/Grokking",
    ),
}
FORMS = [(form, key) for key, forms in ONE_PAPER.items() for form in forms]
PAIRS = [pair for forms in ONE_PAPER.values() for pair in combinations(forms, 2)]


@pytest.mark.parametrize(("form", "key"), FORMS)
def test_each_form_names_its_paper(form: str, key: str) -> None:
    found = find(form)
    assert found is not None
    assert found.key == key


def test_two_forms_are_one_paper_only_where_they_are() -> None:
    papers = {form: find(form) for form, _ in FORMS}
    assert len(FORMS) >= 150
    assert len(PAIRS) >= 187
    assert all(papers[one] == papers[other] for one, other in PAIRS)
    assert len(set(papers.values())) == len(ONE_PAPER)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("https://example.org/a", "https://example.org/b"),
        ("https://example.org/a?page=1", "https://example.org/a?page=2"),
        ("https://example.org/papers/1.pdf", "https://example.org/papers/2.pdf"),
        ("https://www.lesswrong.com/posts/N6WM6hs7RQMKDhYjB", "https://www.lesswrong.com/posts/N6WM6hs7RQMKDhYjC"),
        ("https://github.com/openai/grok", "https://github.com/openai/grok/blob/main/grok/data.py"),
        ("https://web.archive.org/web/2020/https://example.org/a", "https://example.org/a"),
        ("https://arxiv.org/abs/2201.02177", "https://arxiv.org/abs/2301.05217"),
        ("https://github.com/someone/10.1145/1", "10.1145/1"),
    ],
)  # fmt: skip
def test_what_may_be_another_page_stays_another_paper(text: str, other: str) -> None:
    assert find(text) != find(other)
    assert find(text) is not None


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("[A framework](https://example.org/a)", "A framework"),
        ("[**A** framework](<https://example.org/a>)", "A framework"),
        ("||[A framework](https://example.org/a)||", "A framework"),
        ("https://example.org/papers/zoom-in/", "example.org/papers/zoom-in"),
        ("[https://example.org/a](https://example.org/a)", "example.org/a"),
        ("[](https://example.org/a)", "example.org/a"),
        ("https://example.org/" + "a" * 300, "example.org/" + "a" * 67 + "…"),
    ],
)
def test_a_plain_link_is_called_by_its_title_or_address_and_never_by_its_host_alone(
    text: str, label: str
) -> None:
    found = find(text)
    assert found is not None
    assert found.label == label


def test_the_page_itself_is_opened_as_it_was_given() -> None:
    found = find("http://www.example.org/Paper/?b=2&utm_source=x")
    assert found is not None
    assert found.value == "https://example.org/Paper?b=2"
    assert found.url == "http://www.example.org/Paper/?b=2"
    assert find(found.url) == found


@pytest.mark.parametrize(
    "text",
    [
        "https://user:secret@example.org/a",
        "https://token@github.com/openai/grok",
        "HTTPS://user:secret@arxiv.org/abs/2201.02177",
        "notes: https://user:secret@example.org/a, please",
        "[notes](https://user:secret@example.org/a)",
        "https://example.org/?next=https://user:secret@example.com/",
        "https://www.google.com/url?q=https%3A%2F%2Fuser:secret%40example.com",
        "ftp://user:secret@example.org/a",
        "ssh://git@example.org/a",
    ],
)
def test_an_address_with_a_password_is_noticed(text: str) -> None:
    assert has_password(text)
    found = find(text)
    assert found is None or "secret" not in found.key


@pytest.mark.parametrize(
    "text",
    [
        "https://www.tiktok.com/@someone/video/1",
        "https://example.org/a?mail=me@example.org",
        "https://medium.com/@someone/a-post",
        "me@example.org",
        "see https:// and me@example.org",
        "https://example.org/#@here",
        "@ada reads https://example.org/a",
    ],
)
def test_an_at_sign_elsewhere_is_no_password(text: str) -> None:
    assert not has_password(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://arxiv.org/abs/" * 9000,
        "https://" * 25_000,
        "https://arxiv.org/abs/" + " " * 199_000,
        "_" * 200_000,
        "||" * 100_000,
        "@" * 200_000,
        "https://www.google.com/url?q=" * 7000,
        "https://web.archive.org/web/2020/" * 6000,
        "> " * 100_000,
        "[2201.02177]" * 16_000,
    ],
)
def test_reading_takes_no_time_on_hostile_text(text: str) -> None:
    def hostile() -> None:
        has_password(text)
        for cut in (text, text[:4000], text[:3999] + "x"):
            find(cut)

    assert milliseconds(hostile, 250) < 250
