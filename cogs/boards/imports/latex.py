"""Tables in a paper's LaTeX source, as cells of plain text. Pure, and linear in the text.

Measured on 200 KB of tables and of hostile text, the parsers there are take 3–6 s and end in
RecursionError (pylatexenc), 8–12 s (plasTeX), 44 s (TexSoup); pandoc is quick, but weighs 155 MB
and drops what it does not know: ``\\std{0.2}``, ``\\shortstack``, ``\\makecell``, half of
``{\\ul 92.96}``. So this reads tokens, matches their braces once, and keeps the arguments of every
macro that it does not know.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

from msgspec import Struct, field

from cogs.boards.imports.grids import Budget, Cell, Pasted, Table, laid_out, tidy

DEEPEST = 40
"""How deep braces are followed; deeper ones are read as if they were not there."""

BLANKS = 20
"""How many blank pieces of a cell are looked past for the number that an index may belong to."""

MOST_CAPTIONS = 50
"""Captions in one paste: with more, nobody could say which belongs to which table."""

_TOKEN = re.compile(r"\\(?:[A-Za-z@]+\*?|[\s\S])|[{}\[\]&$^_~%\n]|[^\\{}\[\]&$^_~%\n]+|\\\Z")

_TABULARS = {
    "tabular": "os", "tabular*": "wos", "tabularx": "wos", "tabulary": "wos", "longtable": "os",
    "xltabular": "wos", "array": "os", "tblr": "os", "longtblr": "os", "talltblr": "os",
    "NiceTabular": "os", "supertabular": "os", "ltablex": "wos", "tabu": "s", "longtabu": "s",
    "threeparttable": "", "deluxetable": "s",
}  # fmt: skip
"""Environments with cells, and the arguments they begin with: ``o`` optional, others required."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_RULES = _words(
    r"\hline \midrule \specialrule \Xhline \hdashline \thickhline \noalign \hlineB \firsthline"
    r" \cmidrule \cline \cdashline \hhline \morecmidrules \toprule \bottomrule \lasthline"
    r" \addlinespace \endhead \endfirsthead \endfoot \endlastfoot \rowcolor \rowcolors \colrule"
    r" \arrayrulecolor \arrayrulewidth \SetRow \tabucline \heavyrule"
)
_DIVIDING = _words(r"\hline \midrule \specialrule \Xhline \hdashline \thickhline \colrule")
_SPANS = frozenset((r"\multicolumn", r"\multirow", r"\multirowcell", r"\SetCell"))

_DROPPED = {
    r"\cite": 1, r"\citep": 1, r"\citet": 1, r"\citeauthor": 1, r"\citeyear": 1, r"\citealp": 1,
    r"\citealt": 1, r"\parencite": 1, r"\textcite": 1, r"\autocite": 1, r"\footcite": 1,
    r"\footnote": 1, r"\footnotetext": 1, r"\label": 1, r"\vspace": 1, r"\hspace": 1,
    r"\vspace*": 1, r"\hspace*": 1, r"\rule": 2, r"\cellcolor": 1, r"\rowcolor": 1, r"\color": 1,
    r"\phantom": 1, r"\hphantom": 1, r"\vphantom": 1, r"\setlength": 2, r"\addtolength": 2,
    r"\renewcommand": 2, r"\index": 1, r"\thanks": 1, r"\includegraphics": 1, r"\definecolor": 3,
    r"\fontsize": 2, r"\noalign": 1, r"\strut": 0, r"\arraybackslash": 0, r"\cmidrule": 1,
    r"\cline": 1, r"\cdashline": 1, r"\hhline": 1, r"\specialrule": 3, r"\Xhline": 1,
    r"\arrayrulecolor": 1, r"\rowcolors": 3, r"\hlineB": 1, r"\SetRow": 1, r"\tabucline": 1,
    r"\begin": 1, r"\end": 1, r"\pgfmathsetmacro": 2, r"\captionsetup": 1, r"\tablestyle": 2,
    r"\selectfont": 0, r"\linespread": 1, r"\extracolsep": 1, r"\Gape": 0, r"\bibitem": 1,
}  # fmt: skip
"""Macros of which nothing is shown, and how many arguments they have."""

_LAST_SHOWN = {
    r"\textcolor": 2, r"\colorbox": 2, r"\fcolorbox": 3, r"\raisebox": 2, r"\rotatebox": 2,
    r"\resizebox": 3, r"\resizebox*": 3, r"\scalebox": 2, r"\parbox": 2, r"\href": 2,
    r"\hyperlink": 2, r"\hyperref": 1, r"\adjustbox": 2, r"\makebox": 1, r"\framebox": 1,
    r"\tooltip": 2, r"\sym": 1, r"\foreignlanguage": 2, r"\texorpdfstring": 1, r"\gradient": 1,
}  # fmt: skip
"""Macros of which the last argument is shown."""

_SPREAD_MACRO = re.compile(
    r"\\(?:std|sd|stdv|stdev|stddev|se|sem|stderr|err|error|unc|pms?|var|spread|ci|conf)[a-z]{0,6}\Z",
    re.IGNORECASE,
)
"""What authors call their own macro for the number after ±."""

_NOTES = frozenset((r"\tnote", r"\textsuperscript", r"\footnotemark", r"\tablefootnote", r"\sups"))

SYMBOLS = {
    r"\pm": "±", r"\textpm": "±", r"\mp": "∓", r"\times": "×", r"\texttimes": "×", r"\cdot": "·",
    r"\%": "%", r"\&": "&", r"\$": "$", r"\#": "#", r"\_": "_", r"\{": "{", r"\}": "}",
    r"\uparrow": "↑", r"\downarrow": "↓", r"\Uparrow": "↑", r"\Downarrow": "↓",
    r"\textuparrow": "↑", r"\textdownarrow": "↓", r"\nearrow": "↑", r"\searrow": "↓",
    r"\rightarrow": "→", r"\to": "→", r"\leftarrow": "←", r"\leftrightarrow": "↔",
    r"\blacktriangle": "↑", r"\triangle": "Δ", r"\blacktriangledown": "↓", r"\triangledown": "↓",
    r"\leq": "≤", r"\le": "≤", r"\geq": "≥", r"\ge": "≥", r"\leqslant": "≤", r"\geqslant": "≥",
    r"\lt": "<", r"\gt": ">", r"\ll": "≪", r"\gg": "≫", r"\approx": "≈", r"\sim": "≈",
    r"\simeq": "≈", r"\textasciitilde": "~", r"\texttildelow": "~", r"\neq": "≠", r"\equiv": "≡",
    r"\dagger": "†", r"\dag": "†", r"\textdagger": "†", r"\ddagger": "‡", r"\ddag": "‡",
    r"\textdaggerdbl": "‡", r"\S": "§", r"\P": "¶", r"\ast": "*", r"\star": "*",
    r"\textasteriskcentered": "*", r"\bigstar": "*", r"\diamond": "◇", r"\clubsuit": "♣",
    r"\checkmark": "✓", r"\cmark": "✓", r"\xmark": "✗", r"\ding": "", r"\infty": "∞",
    r"\textendash": "–", r"\textemdash": "—", r"\ldots": "…", r"\dots": "…", r"\cdots": "…",
    r"\textellipsis": "…", r"\degree": "°", r"\circ": "°", r"\ell": "ℓ", r"\minus": "-",
    r"\textminus": "-", r"\textbar": "|", r"\mid": "|", r"\vert": "|", r"\Vert": "‖", r"\|": "‖",
    r"\textless": "<", r"\textgreater": ">", r"\textbackslash": "\\", r"\slash": "/",
    r"\euro": "€", r"\texteuro": "€", r"\pounds": "£", r"\textdollar": "$", r"\nabla": "∇",
    r"\partial": "∂", r"\emptyset": "∅", r"\varnothing": "∅", r"\in": "∈", r"\sum": "Σ",
    r"\ss": "ß", r"\ae": "æ", r"\o": "ø", r"\O": "Ø", r"\aa": "å", r"\l": "ł", r"\i": "i",
    r"\log": "log ", r"\ln": "ln ", r"\exp": "exp ", r"\max": "max ", r"\min": "min ",
    r"\LaTeX": "LaTeX", r"\TeX": "TeX", r"\textquotesingle": "'", r"\prime": "′",
    r"\ ": " ", r"\,": " ", r"\;": " ", r"\:": " ", r"\>": " ", r"\quad": " ", r"\qquad": " ",
    r"\enspace": " ", r"\thinspace": " ", r"\enskip": " ", r"\newline": " ", r"\linebreak": " ",
    r"\hfill": " ", r"\tabularnewline": " ", r"\\": " ", r"\par": " ", r"\space": " ",
    "\\\n": " ",
}  # fmt: skip
_GREEK = {
    rf"\{name}": unicodedata.lookup(f"GREEK {case} LETTER {letter}")
    for letter in _words(
        "ALPHA BETA GAMMA DELTA EPSILON ZETA ETA THETA IOTA KAPPA LAMDA MU NU XI PI RHO SIGMA TAU"
        " UPSILON PHI CHI PSI OMEGA"
    )
    for case, name in (
        ("SMALL", letter.lower().replace("lamda", "lambda")),
        ("CAPITAL", letter.capitalize().replace("Lamda", "Lambda")),
    )
}
SYMBOLS.update(_GREEK)
SYMBOLS.update({r"\varepsilon": "ε", r"\varphi": "φ", r"\vartheta": "θ", r"\varsigma": "ς"})
_ACCENTS = {
    r"\'": "\u0301", r"\`": "\u0300", r"\"": "\u0308", r"\^": "\u0302", r"\~": "\u0303",
    r"\=": "\u0304", r"\.": "\u0307", r"\c": "\u0327", r"\v": "\u030c", r"\u": "\u0306",
    r"\H": "\u030b", r"\k": "\u0328", r"\r": "\u030a",
}  # fmt: skip


def is_table(text: str) -> bool:
    """Whether a text is a table of LaTeX, whole or a few lines of one."""
    if re.search(r"\\begin\s*\{(?:tabular|longtable|tabularx|array|tblr)", text):
        return True
    return "\\\\" in text and "&" in text.replace("\\&", "")


def read(text: str) -> Pasted:
    """Return the tables of a source, with their captions; a fragment is one table."""
    tokens = _Tokens(_TOKEN.findall(text))
    budget = Budget()
    found: list[tuple[int, Table]] = []
    captions: list[tuple[int, str]] = []
    floats: dict[int, tuple[int, ...]] = {}
    within: tuple[int, ...] = ()
    prose: list[str] = []
    outside = 0
    at = 0
    while at < len(tokens):
        lexeme = tokens[at]
        if lexeme == "&":  # outside of every environment: a fragment, whatever is in its cells
            found, captions, prose = [], [], []
            break
        if lexeme == r"\begin":
            name, after = tokens.name(at + 1)
            end = tokens.ends.get(at)
            # One without arguments, such as threeparttable, only encloses tables, so the search
            # goes on inside it.
            if name in _TABULARS and _TABULARS[name] and end is not None:
                prose.append(_around(tokens, outside, at))
                start = tokens.past(after, _TABULARS[name])
                table = _table(tokens, start, end, budget)
                if table.rows:
                    found.append((at, table))
                    floats[at] = within
                at = outside = tokens.past(end + 1, "s")
                continue
        if lexeme in (r"\begin", r"\end") and tokens.name(at + 1)[0].rstrip("*") in _FLOATS:
            within = (*within, at)[:DEEPEST] if lexeme == r"\begin" else within[:-1]
        if lexeme in (r"\caption", r"\caption*", r"\captionof", r"\tablecaption"):
            start, end, after = tokens.arguments(at + 1, 2 if lexeme == r"\captionof" else 1)[-1]
            captions.append((at, tidy_caption(_shown(tokens, start, end))))
            floats[at] = within
            prose.append(_around(tokens, outside, at))
            at = outside = after
            continue
        at += 1
    if not found:
        body = _table(tokens, 0, len(tokens), budget)
        found = [(0, body)] if body.rows else []
        prose = []
    else:
        prose.append(_around(tokens, outside, len(tokens)))
    _give_captions(found, captions, floats)
    return Pasted([table for _, table in found], [line for line in prose if line])


def plain(text: str) -> str:
    """Return a piece of LaTeX, as in ``$0.64_{\\pm 0.15}$``, as plain text."""
    tokens = _Tokens(_TOKEN.findall(text[:CELL_SOURCE]))
    return _shown(tokens, 0, len(tokens))


CELL_SOURCE = 2_000
"""Characters of one formula in a cell that are read."""


def tidy_caption(text: str) -> str:
    """Return a caption on one line, cut where it is longer than anybody reads."""
    return " ".join(text.split())[:600]


_FLOATS = frozenset(
    ("table", "subtable", "wraptable", "sidewaystable", "minipage", "figure", "threeparttable",
     "subfigure", "margintable")
)  # fmt: skip


def _give_captions(
    found: list[tuple[int, Table]],
    captions: list[tuple[int, str]],
    floats: dict[int, tuple[int, ...]],
) -> None:
    """Give each table the caption of its own float, else the nearest; tables may share one."""

    def distance(at: int, caption: int) -> tuple[int, int]:
        shared = sum(a == b for a, b in zip(floats[at], floats[caption], strict=False))
        return -shared, abs(caption - at)

    if len(captions) > MOST_CAPTIONS:
        return
    for at, table in found:
        if captions and at in floats:
            _, table.caption = min(captions, key=lambda one: distance(at, one[0]))


def _around(tokens: _Tokens, start: int, end: int) -> str:
    """Return what is written between tables, where it says something."""
    shown = _shown(tokens, start, end) if end - start < 4_000 else ""
    return tidy_caption(shown) if sum(map(str.isalnum, shown)) > 8 else ""


class _Shown(Struct):
    """The text of a cell while it is put together, and what it spans."""

    parts: list[str] = field(default_factory=list[str])
    cell: Cell = field(default_factory=Cell)

    def ends_in_digit(self) -> bool:
        lately = islice(reversed(self.parts), BLANKS)
        last = next((part for part in lately if part.strip()), "")
        return last.rstrip()[-1:].isdigit() or last.rstrip()[-1:] == "%"


class _Tokens:
    """Tokens of LaTeX with the place where each brace and each environment ends."""

    def __init__(self, tokens: list[str]) -> None:
        self.all = _without_comments(tokens)
        self.closing: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        opened: list[int] = []
        begun: list[tuple[str, int]] = []
        for at, lexeme in enumerate(self.all):
            if lexeme == "{":
                opened.append(at)
            elif lexeme == "}" and opened:
                self.closing[opened.pop()] = at
        for at, lexeme in enumerate(self.all):
            if lexeme in (r"\begin", r"\end"):
                name, _ = self.name(at + 1)
                if lexeme == r"\begin" and name in _TABULARS:
                    begun.append((name, at))
                elif lexeme == r"\end" and begun and name == begun[-1][0]:
                    self.ends[begun.pop()[1]] = at
        for _, at in begun:  # cut off in copying
            self.ends[at] = len(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def __getitem__(self, at: int) -> str:
        return self.all[at]

    def name(self, at: int) -> tuple[str, int]:
        """Return the name in braces at a place, as of an environment, and the place after it."""
        at = self.past_blanks(at)
        end = self.closing.get(at)
        if end is None or end - at > 4:
            return "", at
        return "".join(self.all[at + 1 : end]).strip(), end + 1

    def past_blanks(self, at: int) -> int:
        while at < len(self) and not self[at].strip():
            at += 1
        return at

    def past(self, at: int, kinds: str) -> int:
        """Return the place after the arguments that an environment begins with."""
        for kind in kinds:
            at = self.past_options(at)
            if kind != "o":
                start = self.past_blanks(at)
                end = self.closing.get(start)
                at = end + 1 if end is not None else at
        return at

    def past_options(self, at: int) -> int:
        """Return the place after optional arguments: ``[t]``, ``(lr)``, ``<1>``."""
        while True:
            start = self.past_blanks(at)
            # A bracket that is not closed soon is text, as in “[0, 1)”; looking to the end for each
            # would take quadratic time.
            if start >= len(self) or self[start] != "[":
                break
            end = next(
                (i for i in range(start, min(start + 60, len(self))) if self[i] == "]"), None
            )
            if end is None:
                break
            at = end + 1
        return at

    def arguments(self, at: int, count: int) -> list[tuple[int, int, int]]:
        """Return where the next arguments begin and end, and the place after each.

        An argument without braces is one lexeme, as TeX has it; one that is missing is empty.
        """
        found: list[tuple[int, int, int]] = []
        for _ in range(count):
            at = self.past_options(at)
            start = self.past_blanks(at)
            end = self.closing.get(start)
            if end is not None:
                found.append((start + 1, end, end + 1))
            elif start < len(self) and self[start] not in ("&", r"\\", "}", "{", "$", "^", "_"):
                found.append((start, start + 1, start + 1))
            else:
                found.append((at, at, at))
            at = found[-1][2]
        return found


def _without_comments(tokens: list[str]) -> list[str]:
    kept: list[str] = []
    comment = False
    for lexeme in tokens:
        if lexeme == "\n":
            comment = False
        elif lexeme == "%":
            comment = True
        if not comment:
            kept.append(lexeme)
    return kept


def _table(tokens: _Tokens, start: int, end: int, budget: Budget) -> Table:
    """Read the rows between two places."""
    rows: list[list[Cell]] = []
    rules: set[int] = set()
    row: list[Cell] = []
    begun = at = start
    in_cell: int | None = None
    nested = 0

    def finish_cell(until: int) -> None:
        budget.take()
        row.append(_cell(tokens, begun, until))

    while at < end:
        lexeme = tokens[at]
        if lexeme == "{" and at in tokens.closing:
            # What is in braces belongs to one cell, an “&” within them too.
            at = min(tokens.closing[at], end)
        elif lexeme == r"\begin" and at in tokens.ends and at != start:
            nested = max(nested, tokens.ends[at])
        elif at >= nested and lexeme == "&":
            finish_cell(at)
            begun = at + 1
        elif at >= nested and lexeme in (r"\\", r"\tabularnewline", r"\cr", r"\\*"):
            finish_cell(at)
            _finish_row(rows, row)
            row = []
            begun = tokens.past_options(at + 1)
            at = begun - 1
        elif at >= nested and lexeme in _RULES and not row:
            # What was shown once is not looked at again for each of a thousand rules after it.
            if begun == in_cell or _shown(tokens, begun, at).strip():
                in_cell = begun
                at += 1
                continue
            if lexeme in _DIVIDING:
                rules.add(len(rows))
            begun = _past_rule(tokens, at)
            at = begun - 1
        at += 1
    if row or _shown(tokens, begun, end).strip():
        finish_cell(end)
        _finish_row(rows, row)
    rules = {rule for rule in rules if 0 < rule < len(rows)}
    return Table(
        laid_out(rows, budget, blank_below=True),
        heads=min(rules, default=0),
        rules=frozenset(rules),
    )


def _past_rule(tokens: _Tokens, at: int) -> int:
    """Return the place after a line between rows, with its arguments: ``\\cmidrule(lr){2-3}``."""
    count = _DROPPED.get(tokens[at], 0)
    after = at + 1
    if after < len(tokens) and tokens[after].lstrip().startswith("("):
        after += 1
        while after < len(tokens) and ")" not in tokens[after - 1]:
            after += 1
    return tokens.past(after, "s" * count) if count else tokens.past_options(after)


def _finish_row(rows: list[list[Cell]], row: list[Cell]) -> None:
    if any(cell.text for cell in row):
        rows.append(list(row))


def _cell(tokens: _Tokens, start: int, end: int) -> Cell:
    shown = _Shown()
    _show(tokens, start, end, shown, 0)
    shown.cell.text = tidy(_joined(shown.parts))
    return shown.cell


def _shown(tokens: _Tokens, start: int, end: int) -> str:
    shown = _Shown()
    _show(tokens, start, end, shown, 0)
    return " ".join(_joined(shown.parts).split())


def _joined(parts: list[str]) -> str:
    text = unicodedata.normalize("NFC", "".join(parts))
    return text.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”")


def _show(tokens: _Tokens, at: int, end: int, shown: _Shown, depth: int) -> None:
    """Put together what the tokens between two places show."""
    while at < end:
        lexeme = tokens[at]
        at += 1
        if lexeme in ("^", "_"):
            at = _show_raised(tokens, at, shown, depth, below=lexeme == "_")
        elif lexeme.startswith("\\"):
            at = _show_macro(tokens, at - 1, end, shown, depth)
        elif lexeme in ("~", "\n", "&"):
            shown.parts.append(" ")
        elif lexeme not in ("{", "}", "$"):
            shown.parts.append(lexeme)


def _show_raised(tokens: _Tokens, at: int, shown: _Shown, depth: int, *, below: bool) -> int:
    """Show what is above or below the line: an exponent, a mark, an index, a spread."""
    if (
        at < len(tokens)
        and at not in tokens.closing
        and len(tokens[at]) > 1
        and tokens[at][0] != "\\"
    ):
        inner, after = tokens[at][0], at
        tokens.all[at] = tokens[at][1:]  # as TeX takes one character
    else:
        start, stop, after = tokens.arguments(at, 1)[0]
        inner = _inner(tokens, start, stop, depth)
    inner = inner.strip()
    if not below and not inner.startswith("±"):
        shown.parts.append(f"^{inner}" if inner else "")
    elif inner.startswith(("±", "+/-", "(", "[")):
        shown.parts.append(f" {inner}")
    elif shown.ends_in_digit() and re.fullmatch(r"[-+−]?[\d.]+%?", inner):
        shown.parts.append(
            f" ± {inner}" if inner[0].isdigit() or inner[0] == "." else f" ({inner})"
        )
    elif shown.ends_in_digit():
        shown.parts.append(f" {inner}" if inner else "")
    else:
        shown.parts.append(inner if inner.isdigit() else f"_{inner}" if inner else "")
    return after


def _inner(tokens: _Tokens, start: int, end: int, depth: int) -> str:
    if depth >= DEEPEST:
        return ""
    inner = _Shown()
    _show(tokens, start, end, inner, depth + 1)
    return _joined(inner.parts)


def _show_macro(tokens: _Tokens, at: int, end: int, shown: _Shown, depth: int) -> int:
    """Show one macro with its arguments; returns the place after them."""
    name = tokens[at]
    after = at + 1
    if name in SYMBOLS:
        shown.parts.append(SYMBOLS[name])
        return after if len(name) == 2 and not name[1].isalpha() else _past_one_blank(tokens, after)
    if name in _SPANS:
        return _show_span(tokens, at, shown, depth)
    if name in _NOTES:
        start, stop, after = tokens.arguments(after, 1)[0] if _has_argument(tokens, after) else (
            after, after, tokens.past_options(after)
        )  # fmt: skip
        inner = _inner(tokens, start, stop, depth).strip()
        if name == r"\textsuperscript" or inner.strip("*†‡§¶") == "":
            shown.parts.append(f"^{inner}" if inner else "")
        return after
    if name == r"\textsubscript":
        return _show_raised(tokens, after, shown, depth, below=True)
    if name in _ACCENTS:
        start, stop, after = tokens.arguments(after, 1)[0]
        inner = _inner(tokens, start, stop, depth)
        shown.parts.append(inner[:1] + _ACCENTS[name] + inner[1:] if inner else "")
        return after
    if name == r"\begin":
        environment, after = tokens.name(after)
        return tokens.past(after, _TABULARS.get(environment, ""))
    if name in _DROPPED:
        count = _DROPPED[name]
        return tokens.arguments(after, count)[-1][2] if count else tokens.past_options(after)
    if name in (r"\frac", r"\tfrac", r"\dfrac", r"\nicefrac"):
        (a, b, _), (c, d, after) = tokens.arguments(after, 2)
        shown.parts.append(f"{_inner(tokens, a, b, depth)}/{_inner(tokens, c, d, depth)}")
        return after
    if name in (r"\SI", r"\qty"):
        (a, b, _), (c, d, after) = tokens.arguments(after, 2)
        shown.parts.append(f"{_inner(tokens, a, b, depth)} {_inner(tokens, c, d, depth)}")
        return after
    if name in _UNITS and not _has_argument(tokens, after):
        shown.parts.append(_UNITS[name])
        return after
    if name in _LAST_SHOWN:
        start, stop, after = tokens.arguments(after, _LAST_SHOWN[name])[-1]
        # A table may begin within its last argument: what is shown here ends before it.
        return _show_within(tokens, start, min(stop, end), after, shown, depth)
    return _show_unknown(tokens, name, after, shown, depth)


def _show_unknown(tokens: _Tokens, name: str, after: int, shown: _Shown, depth: int) -> int:
    """Show what the macros of fonts and of authors enclose; those without braces show nothing."""
    if not _has_argument(tokens, after):
        if name[1:].isalpha():
            return _past_one_blank(tokens, after)
        return after
    if (pair := _pair_of_numbers(tokens, after, depth)) is not None:
        said, after = pair
        shown.parts.append(said)
        return after
    spread = _SPREAD_MACRO.fullmatch(name) is not None
    while _has_argument(tokens, after):
        start, stop, after = tokens.arguments(after, 1)[0]
        if spread and depth < DEEPEST:
            inner = _inner(tokens, start, stop, depth).strip()
            shown.parts.append(f" {inner}" if inner.startswith(("±", "(", "[")) else f" ± {inner}")
        else:
            shown.parts.append(" " if name in (r"\tiny", r"\scriptsize", r"\footnotesize") else "")
            _show_within(tokens, start, stop, after, shown, depth)
        if name[1:] in _ONE_ARGUMENT:
            break
    return after


def _pair_of_numbers(tokens: _Tokens, at: int, depth: int) -> tuple[str, int] | None:
    r"""Read an author's own ``\res{91.2}{0.1}`` as a number and its spread."""
    if not _has_argument(tokens, at):
        return None
    (a, b, after) = tokens.arguments(at, 1)[0]
    if not _has_argument(tokens, after):
        return None
    (c, d, after) = tokens.arguments(after, 1)[0]
    if _has_argument(tokens, after) or max(b - a, d - c) > 4:
        return None
    first, second = (_inner(tokens, *one, depth).strip() for one in ((a, b), (c, d)))
    if all(re.fullmatch(r"-?\d{0,6}\.\d{1,6}", one) for one in (first, second)):
        return f"{first} ± {second}", after
    return None


_UNITS = {
    r"\kilo": "k", r"\mega": "M", r"\giga": "G", r"\tera": "T", r"\milli": "m", r"\micro": "µ",
    r"\nano": "n", r"\centi": "c", r"\second": "s", r"\minute": "min", r"\hour": "h",
    r"\day": "d", r"\byte": "B", r"\bit": "bit", r"\hertz": "Hz", r"\watt": "W", r"\joule": "J",
    r"\metre": "m", r"\meter": "m", r"\gram": "g", r"\percent": "%", r"\decibel": "dB",
    r"\per": "/",
}  # fmt: skip
r"""Units of siunitx, as in ``\SI{3.1}{\milli\second}``."""

_ONE_ARGUMENT = _words(
    "textbf textit emph underline textrm textsf texttt textsc text mbox mathbf mathrm mathit"
    " boldsymbol bm ul hl uline uuline dashuline tiny scriptsize footnotesize small normalsize num"
    " makecell shortstack thead rlap llap clap mathrlap ensuremath mathcal mathbb best second"
    " bf it bfseries"
)
"""Macros with one argument, after which braces begin something else."""


def _has_argument(tokens: _Tokens, at: int) -> bool:
    start = tokens.past_options(at)
    return start < len(tokens) and start in tokens.closing


def _past_one_blank(tokens: _Tokens, at: int) -> int:
    """Drop the blanks after a macro's name, as TeX does, where they are all of a lexeme."""
    if at < len(tokens) and tokens[at][:1].isspace() and tokens[at] != "\n":
        tokens.all[at] = tokens[at].lstrip() or " "
    return at


def _show_within(
    tokens: _Tokens, start: int, stop: int, after: int, shown: _Shown, depth: int
) -> int:
    if depth < DEEPEST:
        _show(tokens, start, stop, shown, depth + 1)
    return after


def _show_span(tokens: _Tokens, at: int, shown: _Shown, depth: int) -> int:
    r"""Show ``\multicolumn{2}{c}{…}`` or ``\multirow{2}{*}{…}``, and note what it spans."""
    name = tokens[at]
    if name == r"\SetCell":
        after = tokens.past_options(at + 1)
        options = "".join(tokens[one] for one in range(at + 1, after))
        for letter, number in re.findall(r"\b([rc])\s?=\s?(\d{1,3})", options):
            if letter == "r":
                shown.cell.rows = int(number)
            else:
                shown.cell.columns = int(number)
        return tokens.past(after, "s")
    (a, b, _), _, (start, stop, after) = tokens.arguments(at + 1, 3)
    number = _inner(tokens, a, b, depth).strip()
    span = int(number[:5]) if re.fullmatch(r"-?\d{1,4}", number) else 1
    if name == r"\multicolumn":
        shown.cell.columns = max(shown.cell.columns, span)
    else:
        shown.cell.rows = max(shown.cell.rows, abs(span))
        shown.cell.negative = span < 0
    return _show_within(tokens, start, stop, after, shown, depth)
