"""Tables as they stand in a paper's LaTeX source, as cells of plain text."""

from __future__ import annotations

import re

JOINED = "\x00"
"""A cell that the one before it spans."""

_BODY = re.compile(r"\\begin\{tabular[*x]?\}(?P<body>.*?)\\end\{tabular[*x]?\}", re.DOTALL)
_RULES = re.compile(
    r"\\(?:toprule|midrule|bottomrule|hline|(?:cline|addlinespace)(?:\s*\{[^{}]*\}|\[[^\]\n]{0,40}\])?"
    r"|cmidrule(?:\([^)]*\))?\s*\{[^{}]*\}|specialrule(?:\{[^{}]*\}){3})"
)
_COMMENT = re.compile(r"(?<!\\)%.*")
_DROPPED = re.compile(
    r"~?\\(?:cite[a-z]*\*?(?:\[[^\]\n]{0,80}\]){0,2}|footnote(?:mark)?|vspace\*?|hspace\*?|label|rule"
    r"|textsuperscript|cellcolor|rowcolor)\s*(?:\[[^\]\n]{0,40}\])?\{[^{}]*\}"
)
_ROWS = re.compile(r"\\multirow\s*(?:\[[^\]\n]{0,40}\])?\{[^{}]*\}\s*\{[^{}]*\}\s*\{([^{}]*)\}")
_WRAPPED = re.compile(
    r"\\(?:textbf|mathbf|boldsymbol|bm|textit|mathit|emph|underline|textrm|mathrm|text|mbox|textsc"
    r"|small|makecell(?:\[[^\]\n]{0,40}\])?)\s*\{([^{}]*)\}"
)
_GROUPED = re.compile(
    r"\{\s*\\(?:bf|it|em|bfseries|itshape|scriptsize|footnotesize|small|tiny)\b\s*([^{}]*)\}"
)
_BELOW = re.compile(r"_\s*\{\s*(?:\\pm|±)\s*([\d.]+)\s*\}")
_DAGGER = re.compile(r"\^\s*(?:\{\s*)?(?:\\(?:dagger|ddagger|ast|star|S)|[*†‡])(?:\s*\})?")
_BARE = re.compile(r"\\(?:boldmath|centering|scriptsize|footnotesize|small|tiny|bf|it|,|;|!|:|>)")
_SPAN = re.compile(r"\s*\\multicolumn\s*\{\s*(\d+)\s*\}\s*\{[^{}]*\}\s*\{(.*)\}\s*", re.DOTALL)
_POWER = re.compile(r"\^\s*\{\s*([-+]?\d+)\s*\}")

_SIGNS = {
    "\\%": "%", "\\pm": "±", "\\cdot": "·", "\\times": "×", "\\&": "and", "\\#": "#", "\\_": "_",
    "\\uparrow": "↑", "\\downarrow": "↓", "\\leq": "≤", "\\geq": "≥", "\\approx": "≈",
    "\\sim": "≈", "\\textendash": "–", "---": "–", "--": "–", "$": "", "~": " ", "\\ ": " ",
}  # fmt: skip

WIDEST = 50
"""The largest number of columns that one cell is taken to span."""


DEEPEST = 20
"""How deep what is bold in what is italic is looked for."""


def is_table(text: str) -> bool:
    """Whether a text is a table of LaTeX, whole or a few lines of one."""
    return "&" in text and "\\\\" in text


def rows(text: str) -> list[list[str]]:
    """Return the cells of every line; what a cell spans beside itself is :data:`JOINED`."""
    whole = _BODY.search(text)
    body = whole["body"] if whole else text
    body = "\n".join(_COMMENT.sub("", line) for line in body.splitlines())
    body = _RULES.sub(" ", _until_still(_DROPPED, " ", body))
    body = _DAGGER.sub("", _BELOW.sub(r" ± \1", body))
    body = _POWER.sub(r"^\1", body)
    for pattern in (_WRAPPED, _GROUPED, _ROWS, _WRAPPED, _GROUPED):
        body = _until_still(pattern, r"\1", body)
    # A line ends with two backslashes, and perhaps the room below it.
    parted = re.split(r"\\\\(?:\s{0,9}\[[^\]\n]{0,40}\])?", body.replace("\\&", "and"))
    lines = [line for line in parted if "&" in line]
    if whole is not None and lines:
        # What is left of the alignments, as in {lcc}.
        lines[0] = re.sub(r"^\s*(?:\[[^\]\n]{0,40}\])?(?:\{[^{}]*\}){1,2}", "", lines[0])
    return [[one for cell in line.split("&") for one in _cells(cell)] for line in lines]


def _cells(cell: str) -> list[str]:
    span = _SPAN.fullmatch(cell)
    if span is None:
        return [_plain(cell)]
    return [_plain(span[2]), *[JOINED] * (min(int(span[1]), WIDEST) - 1)]


def _plain(cell: str) -> str:
    shown = _BARE.sub(" ", cell)
    for sign, plain in _SIGNS.items():
        shown = shown.replace(sign, plain)
    return " ".join(shown.replace("{", "").replace("}", "").split())


def _until_still(pattern: re.Pattern[str], by: str, text: str) -> str:
    """Replace from the innermost outwards."""
    for _ in range(DEEPEST):
        changed = pattern.sub(by, text)
        if changed == text:
            break
        text = changed
    return text
