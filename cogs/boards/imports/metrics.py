"""What the names in tables mean: metrics and which way they are better, settings, counts. Pure."""

from __future__ import annotations

import re

from msgspec import Struct

from data.states import Better, SpreadKind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HIGHER = _words(
    "acc accuracy accuracies top1 top5 f1 f score em bleu sacrebleu rouge rougel meteor chrf comet"
    " bertscore map prec ap ap50 ap75 apbox apmask auc auroc auprc roc prc iou miou dice psnr ssim"
    " precision recall mrr ndcg success solved win winrate reward return returns r2 pearson"
    " spearman kendall correlation mcc kappa cider spice throughput fps speedup sensitivity"
    " specificity elo pass hit hits hr uas las jaccard match"
)
_LOWER = _words(
    "loss losses ppl perplexity error errors err wer cer ter eer fid kid fvd lpips mse rmse mae"
    " nll nmse bpc bpd bpb ece brier latency regret mape smape rmsle hausdorff"
)
_HIGHER_PHRASES = re.compile(
    r"\b(?:top[- ]?[15]|exact match|success rate|win rate|r\^?2|r²|pass@\d+|recall@\d+|[rp]@\d+"
    r"|hits?@\d+|inception score|f[- ]?(?:1|score|measure)|mean iou|rouge-[12l]|r-[12l])(?!\w)",
    re.IGNORECASE,
)
_DATASETS = re.compile(
    r"\b(?:CIFAR-?100|CIFAR-?10|ImageNet(?:-[A-Z0-9]+|-1k)?|MNIST|SVHN|COCO|PASCAL VOC|VOC ?20\d\d"
    r"|Cityscapes|ADE20K|SQuAD(?: ?[12]\.[01])?|GLUE|SuperGLUE|MNLI(?:-mm?)?|QNLI|QQP|SST-?2|CoLA"
    r"|STS-?B|MRPC|RTE|BoolQ|HellaSwag|PIQA|WinoGrande|ARC(?:-[ce])?|MMLU|GSM8K|MATH|HumanEval|MBPP"
    r"|WMT ?'?\d\d|newstest20\d\d|EN-(?:DE|FR|RO)|En-(?:De|Fr|Ro)|WikiText-?(?:2|103)|PTB"
    r"|Penn Treebank|LibriSpeech|CoNLL-?20\d\d|OntoNotes|Atari|MuJoCo|CelebA|LSUN|Tiny ?ImageNet"
    r"|TriviaQA|NaturalQuestions|LAMBADA|enwik8|text8|IWSLT ?'?\d\d|CNN/DM|XSum|Cora|Citeseer"
    r"|PubMed|ogbn-\w+)(?![\w-])"
)
_SPREAD = re.compile(
    r"(?:±|\+/-|\(±\)|(?:std|stdev|stddev|s\.?d|st\.? ?dev)\.?(?: ?dev(?:iation)?\.?)?"
    r"|standard deviation|σ|(?:std|standard)\.? ?err(?:or)?s?\.?|stderr|s\.?e\.?(?:m\.?)?"
    r"|(?:95 ?% ?)?(?:ci|c\.i\.|conf(?:idence)?\.? int(?:erval)?\.?))(?: \(%\))?",
    re.IGNORECASE,
)
_SETTINGS = (
    "layers?", "heads?", "blocks?", "depth", "width", "d_?(?:model|ff|k|v)", "d", "dims?",
    "dimensions?", "hidden(?: size| dim| units)?", "embed(?:ding)?(?: dim| size)?",
    "batch(?: size)?", "bs", "lr", "learning rate", "epochs?", "steps?", "iterations?", "iters?",
    "train(?:ing)? steps", "warm-?up", "dropout", "p_?drop", "ε_ls", "weight decay", "temperature",
    "temp", "τ", "beams?", "beam size", "k", "seed", "shots?", "n-?shot", "kernel(?: size)?",
    "stride", "resolution", r"res\.?", "input(?: size)?", "context(?: length)?",
    r"seq(?:uence)?\.? len(?:gth)?", "vocab(?: size)?", "rank r", "r", "λ", "lambda", "α", "alpha",
    "β", "beta", "γ", "gamma", "η", "eta", "σ noise", "patch(?: size)?", "views?", "crops?",
    "experts?", "groups?", "version", "filter", "ratio", "fold", "level", "ffn", "h", "l",
)  # fmt: skip
_SETTING = re.compile(
    rf"(?:n(?:um(?:ber)?)?[_ .]?(?:of )?|# ?)?(?:{'|'.join(_SETTINGS)})", re.IGNORECASE
)
_COUNT = re.compile(
    r"(?:#|no\.?|n|count|counts?|obs\.?|observations|num\.? obs\.?|sample size|samples?|instances"
    r"|examples|images|classes|train(?:ing)? (?:size|set|examples|samples)|size|participants"
    r"|subjects|n(?:umber)? of (?:obs\w*|samples|participants|subjects|groups|examples|classes)"
    r"|# ?(?:samples?|examples?|train|test|classes|obs|seeds|runs|images|tasks)|runs|seeds|trials)",
    re.IGNORECASE,
)
_RANK = re.compile(r"(?:rank|place|position|#|pos\.?|avg\.? rank)", re.IGNORECASE)
_YEAR = re.compile(r"(?:year|yr|date|published|pub\.? year)", re.IGNORECASE)
_SCALE = re.compile(
    r"\s?[(\[]?\s?[×x·⋅*]\s?10\s?(?:\^|\*\*)?\s?"
    r"\{?(?P<power>[-+−]?\d{1,3}|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})\}?\s?[)\]]?"
    r"|\s?[(\[]\s?(?:in )?10\s?"
    r"(?:\^\{?(?P<bare>[-+−]?\d{1,3})\}?|(?P<up>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))\s?[)\]]"
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−", "0123456789-+-")
_LOWERED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_BESIDE = re.compile(r"\s?[(\[]\s?([^()\[\]]{1,30})\s?[)\]]\s*\Z")
_BESIDE_NOTES = re.compile(
    r"(?:avg\.? )?rank|Δ.*|delta|diff\.?|gain|change|n|#|count|p|p[- ]value|time|t|z|vs\.? .*"
    r"|rel\.?|improvement|↑|↓",
    re.IGNORECASE,
)
_ARROW = re.compile(r"\s?\(?(?:↑|⇑|↓|⇓)\)?|\s?\((?:higher|lower) is better\)", re.IGNORECASE)
_UP = re.compile(r"↑|⇑|higher is better|higher better", re.IGNORECASE)
_DOWN = re.compile(r"↓|⇓|lower is better|lower better", re.IGNORECASE)
_WORD = re.compile(r"[a-zA-Z]+\d*|\d+")
METRIC_COLUMN = re.compile(
    r"metrics?|measures?|criteri(?:on|a)|evaluation|quantity|statistic|score type", re.IGNORECASE
)
VALUE_COLUMN = re.compile(
    r"values?|scores?|results?|reported|number|paper|original|column \d+|", re.IGNORECASE
)
DATASET_COLUMN = re.compile(
    r"data(?: ?sets?)?|tasks?|benchmarks?|corp(?:us|ora)|test sets?|domains?|env(?:ironment)?s?"
    r"|games?|languages?|lang(?:uage)? pairs?",
    re.IGNORECASE,
)
_TABLE_NAME = re.compile(r"\W*((?:supplementary |extended data )?tab(?:le|\.)\s?[A-Z]?[\d.]{0,5}\d|"
                         r"tab(?:le|\.)\s[A-Z](?:\.\d+)?\b)", re.IGNORECASE)  # fmt: skip
_OVER_RUNS = re.compile(
    r"(?:over|of|across|from|with|n\s?=)\s+(?P<number>\d{1,4}|two|three|four|five|six|seven|eight"
    r"|nine|ten|twenty|thirty)\s+(?:independent |random |different |separate |training )*"
    r"(?:runs?|seeds?|trials?|initiali[sz]ations?|repetitions?|restarts?|repeats)",
    re.IGNORECASE,
)
_NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twenty": 20, "thirty": 30,
}  # fmt: skip


class Metric(Struct, frozen=True):
    """What a column's or a row's name says of its numbers.

    ``better`` is what an arrow says, else what the metric's name is known for (``guessed``).
    ``power`` is the power of ten that its numbers are to be multiplied by; ``beside`` is what
    stands in brackets after a number: a kind of spread, or a note such as a rank.
    """

    name: str
    better: Better | None = None
    guessed: bool = False
    power: int = 0
    beside: SpreadKind | str | None = None


def metric(name: str) -> Metric:
    """Read a name as papers print it, as in ``loss (×10⁻³) ↓`` or ``Acc (rank)``."""
    power = 0
    bare = " ".join(name.split())
    scale = _SCALE.search(bare)
    if scale is not None:
        raised = (scale["power"] or scale["bare"] or scale["up"]).translate(_RAISED)
        power = int(raised)
        bare = f"{bare[: scale.start()]} {bare[scale.end() :]}"
    better = arrow(bare)
    bare = " ".join(_ARROW.sub("", bare).split())
    beside: SpreadKind | str | None = None
    found = _BESIDE.search(bare)
    if found is not None:
        kind = spread_kind(found[1].strip())
        note = _BESIDE_NOTES.fullmatch(found[1].strip())
        if kind is not None or note is not None:
            beside = kind or found[1].strip().lower()
            bare = bare[: found.start()].strip() or bare
    guess = better is None
    if guess:
        better = known_better(bare)
    return Metric(bare, better, guess and better is not None, power, beside)


def arrow(name: str) -> Better | None:
    """Read the arrow by which many papers say which way a metric is better."""
    up, down = _UP.search(name), _DOWN.search(name)
    if (up is None) == (down is None):
        return None
    return Better.HIGHER if up else Better.LOWER


def known_better(name: str) -> Better | None:
    """Return which way a metric is better by its name; None where it is not known for certain."""
    words = {word.lower() for word in _WORD.findall(name)}
    if "hr" in words and "@" not in name:
        words.discard("hr")  # a hazard ratio, for all its name says
    higher, lower = bool(words & _HIGHER), bool(words & _LOWER)
    if not lower and _HIGHER_PHRASES.search(name):
        return Better.HIGHER
    if higher == lower:
        return None
    return Better.HIGHER if higher else Better.LOWER


def is_metric(name: str) -> bool:
    """Whether a name is one of a metric, by an arrow or by its words."""
    return arrow(name) is not None or known_better(name) is not None


def spread_kind(name: str) -> SpreadKind | None:
    """Return which spread a column holds by its name; None for any other column."""
    bare = name.strip().casefold()
    if _SPREAD.fullmatch(bare) is None:
        return None
    if "err" in bare or re.match(r"s\.?e\b|s\.?e\.?m", bare) or "standard err" in bare:
        return SpreadKind.ERROR
    if "ci" in bare or "c.i." in bare or "conf" in bare:
        return SpreadKind.INTERVAL
    return SpreadKind.DEVIATION


def spread_of(name: str, before: str) -> SpreadKind | None:
    """Return which spread a column holds that repeats the name before it: ``Acc std``."""
    rest = name.replace(before, "", 1) if before and before in name else ""
    return spread_kind(rest.strip(" ()[]_-,:")) if rest != name else None


def is_bare_plus_minus(name: str) -> bool:
    """Whether a spread's name is ± alone, which doesn't say of which kind it is."""
    return name.strip() in ("±", "+/-", "(±)")


def is_setting(name: str, *, whole: bool) -> bool:
    """Whether a column says how something was set up: layers, heads, learning rate.

    A single letter does only over whole numbers: ``d`` is a dimension, or Cohen's effect size.
    """
    bare = name.strip()
    return (whole or len(bare) > 1) and _SETTING.fullmatch(bare) is not None


def is_count(name: str) -> bool:
    """Whether a column or a row counts things: observations, samples, classes."""
    return _COUNT.fullmatch(name.strip()) is not None


def is_rank(name: str) -> bool:
    """Whether a column holds ranks."""
    return _RANK.fullmatch(name.strip()) is not None


def is_year(name: str) -> bool:
    """Whether a column holds years."""
    return _YEAR.fullmatch(name.strip()) is not None


def set_to(name: str, value: str) -> str:
    """Say what a setting is: ``2 layers``, but ``lr 0.1``."""
    bare = name.strip().lstrip("# ")
    if re.fullmatch(r"[A-Za-z]{3,}s", bare) and value.isdecimal():
        word = bare.lower() if bare[0].isupper() and bare[1:].islower() else bare
        return f"{value} {word[:-1] if value == '1' else word}"
    return f"{bare} {value}" if bare else value


def pair(name: str, count: int) -> list[str]:
    """Return the names of ``count`` numbers in one cell, from ``EM/F1`` or ``MNLI-(m/mm)``."""
    bracketed = re.fullmatch(r"(.*?)[-\s]?\(([^()]{1,60}/[^()]{1,60})\)(.*)", name)
    if bracketed is not None:
        inner = [part.strip() for part in bracketed[2].split("/")]
        if len(inner) == count:
            joint = "-" if re.match(r".*-\(", name) else " "
            return [f"{bracketed[1]}{joint}{part}{bracketed[3]}".strip(" -") for part in inner]
    parts = [part.strip() for part in re.split(r"\s?[/|]\s?", name)]
    if len(parts) == count and all(parts):
        prefix = re.match(r"(.*[\s-])\S+\Z", parts[0])
        if prefix and not any(re.search(r"[\s-]", part) for part in parts[1:]):
            space = prefix[1].endswith(" ")
            short = all(len(part) <= 3 for part in parts[1:])
            if space or short:
                return [parts[0], *(prefix[1] + part for part in parts[1:])]
        return parts
    return [f"{name} ({number})".strip() for number in range(1, count + 1)]


def superscript(power: int) -> str:
    """Return an exponent as it is printed."""
    return str(power).translate(_LOWERED)


def dataset(name: str) -> str | None:
    """Return the well-known data set that a name holds, where it holds one."""
    found = {match[0] for match in _DATASETS.finditer(name)}
    return found.pop() if len(found) == 1 else None


def table_name(caption: str) -> str | None:
    """Return what a caption calls its table: ``Table 2``."""
    found = _TABLE_NAME.match(caption)
    return " ".join(found[1].split()).rstrip(".:") if found else None


def runs(caption: str) -> int | None:
    """Return over how many runs a caption says its numbers are."""
    found = _OVER_RUNS.search(caption)
    if found is None:
        return None
    number = found["number"].lower()
    return _NUMBERS.get(number) or (int(number) if number.isdecimal() else None)


def spread_in(caption: str) -> SpreadKind | None:
    """Return which kind of spread a caption says its numbers have."""
    if re.search(r"standard errors?|std\.? err|\bs\.e\.|\bSEM?\b", caption, re.IGNORECASE):
        return SpreadKind.ERROR
    if re.search(r"confidence interval|\bCIs?\b", caption):
        return SpreadKind.INTERVAL
    if re.search(r"standard deviation|std\.? dev|\bstd\b|\bSD\b", caption, re.IGNORECASE):
        return SpreadKind.DEVIATION
    return None
