"""What Markdown and HTML write inside a cell, as plain text. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from cogs.boards.imports import latex

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LONGEST = 400
"""Characters of a cell whose marks are read: a longer one is prose, and stays as it was typed."""

MOST_MARKS = 60
"""Marks in one cell that are read, for the same reason."""

_MARKED = re.compile(r"[*_~`<&\[\\$!]")
_FORMULA = re.compile(r"\$\$?(?=\S)([^$]{1,500}?)(?<=\S)\$\$?(?!\d)|\\\((.{1,500}?)\\\)")
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)\b[^<>]{0,200}>|<!--.{0,200}?-->")


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("strikethrough")


def plain(text: str) -> str:
    """Return a cell of Markdown without its marks: bold, code, links, tags, entities, formulas.

    markdown-it-py does the inline part (CommonMark 0.31): ``gpt_2_xl`` keeps its underscores,
    ``_43.1_`` loses them, and unmatched stars, as in ``0.10***``, stay. It was chosen over mistune
    and marko because it is the one of the three that both follows the standard and is linear on
    hostile emphasis. Formulas go to the LaTeX reader first, whose underscores mean something else.
    """
    if len(text) > LONGEST or not 0 < len(_MARKED.findall(text)) <= MOST_MARKS:
        return text
    formulas: list[str] = []

    def keep(match: re.Match[str]) -> str:
        formulas.append(latex.plain(match[1] or match[2]))
        return f"\ue000{len(formulas) - 1}\ue001"

    shown = _FORMULA.sub(keep, text.replace("\ue000", ""))
    if _MARKED.search(shown):
        shown = "".join(_shown(_markdown().parseInline(shown)))
        if "\\" in shown:
            shown = latex.plain(shown)
    return re.sub(r"\ue000(\d{1,4})\ue001", lambda one: formulas[int(one[1])], shown)


def _shown(tokens: list[Token]) -> list[str]:
    parts: list[str] = []
    for token in tokens:
        for child in token.children or ():
            match child.type:
                case "text" | "code_inline" | "text_special":
                    parts.append(child.content)
                case "softbreak" | "hardbreak":
                    parts.append(" ")
                case "html_inline":
                    parts.append(_of_tag(child.content))
                case "image":
                    parts.append(child.content)
                case _:
                    pass
    return parts


def _of_tag(tag: str) -> str:
    name = _TAG.match(tag)
    kind = (name[1] or "").lower() if name else ""
    if kind == "br":
        return " "
    if kind == "sup" and not tag.startswith("</"):
        return "^"
    return ""
