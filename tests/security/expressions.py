"""Every regular expression of the product, how it is used, and texts that make it work hardest.

Python's engine tries again from every character and in every way that a pattern allows, and holds
the interpreter's lock while it does: one slow expression stops the bot for everybody. What slows it
down is a long run of what a repeated part accepts, before something that it does not accept; such
texts are made from the pattern's own parts here.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import pkgutil
import re
import re._constants as sre  # pyright: ignore[reportMissingModuleSource, reportMissingImports]
import re._parser as sre_parser  # pyright: ignore[reportMissingModuleSource, reportMissingImports]
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from types import ModuleType
from typing import Any

from msgspec import Struct

import bot
import cogs
import data

SEARCHING = frozenset({"search", "finditer", "findall", "sub", "subn", "split"})
ANCHORED = frozenset({"match", "fullmatch"})

UNKNOWN = "x1"
"""What a local name in a pattern is taken to hold."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A pattern, where it is written, and the most demanding way in which it is used."""

    where: str
    pattern: re.Pattern[str]
    searches: bool
    """Whether it is looked for at every character, instead of at one place only."""

    def run(self, text: str) -> None:
        """Use it on a text as the product does."""
        if self.searches:
            for _ in self.pattern.finditer(text):
                pass
        else:
            self.pattern.match(text)
            self.pattern.fullmatch(text)


def modules() -> list[ModuleType]:
    """Return every module of the product."""
    names = (
        one.name
        for package in (bot, cogs, data)
        for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    )
    left_out = ("data.migrations.", "bot.demo.")
    known = [importlib.import_module(one) for one in names if not one.startswith(left_out)]
    return [bot, cogs, data, *known]


class _Names(dict[str, Any]):
    """A module's names; one that it does not have is a local, and its value does not matter."""

    def __init__(self, module: ModuleType) -> None:
        super().__init__(vars(module))
        self.module = vars(module)

    def __missing__(self, name: str) -> Any:
        return vars(builtins).get(name, UNKNOWN)


def expressions() -> list[Expression]:
    """Return every expression that the product's modules hold or compile on the way."""
    known: dict[tuple[str, int], str] = {}
    uses: defaultdict[tuple[str, int], set[str]] = defaultdict(set)

    def note(pattern: re.Pattern[str], where: str, method: str | None = None) -> None:
        key = (pattern.pattern, pattern.flags)
        known.setdefault(key, where)
        if method is not None:
            uses[key].add(method)

    fields: defaultdict[str, list[re.Pattern[str]]] = defaultdict(list)
    for module in modules():
        for name, value in vars(module).items():
            for pattern, field in _held(value):
                note(pattern, f"{module.__name__}.{name}")
                fields[field].append(pattern)
    for module in modules():
        for used, line, method in _written(module):
            for pattern in fields.get(used, ()) if isinstance(used, str) else (used,):
                note(pattern, f"{module.__name__}:{line}", method)
    return [
        Expression(where, re.compile(*key), not uses[key] or bool(uses[key] & SEARCHING))
        for key, where in known.items()
    ]


def _held(value: object, field: str = "") -> Iterator[tuple[re.Pattern[str], str]]:
    """Yield the patterns in a module's variable, and the field of ours that each is in."""
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value, field
    elif isinstance(value, (tuple, list, set, frozenset)):
        for one in value:
            yield from _held(one, field)
    elif isinstance(value, dict):
        yield from chain.from_iterable(_held(one, field) for pair in value.items() for one in pair)
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _held(getattr(value, name, None), name)


def _written(module: ModuleType) -> Iterator[tuple[re.Pattern[str] | str, int, str | None]]:
    """Yield the patterns that a module uses, or the fields they are in, line and method."""
    source = inspect.getsource(module)
    names = _Names(module)
    for call in ast.walk(ast.parse(source)):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        method = call.func.attr
        if method not in SEARCHING | ANCHORED | {"compile"}:
            continue
        owner = _value(call.func.value, names)
        if isinstance(owner, re.Pattern):
            if method != "compile":
                yield owner, call.lineno, method
        elif owner is None and isinstance(call.func.value, ast.Attribute):
            yield call.func.value.attr, call.lineno, method
        elif owner is re and call.args:
            text = _value(call.args[0], names)
            assert isinstance(text, str), f"{module.__name__}:{call.lineno}: which pattern is it?"
            given = [one.value for one in call.keywords if one.arg == "flags"]
            at = {"sub": 4, "subn": 4, "split": 3}.get(method, 2 if method != "compile" else 1)
            given += call.args[at : at + 1]
            flags = _value(given[0], names) if given else 0
            yield re.compile(text, flags), call.lineno, None if method == "compile" else method


def _value(node: ast.expr, names: _Names) -> Any:
    """Return what an expression of the source is, as far as that is known without running it."""
    try:
        return eval(compile(ast.Expression(node), "<source>", "eval"), names.module, names)  # noqa: S307 - our own source
    except Exception:
        return None


# Texts that an expression finds hard

BREAKERS = ("", "\x00", "!")
"""Ends of a text; a run that must end in something else is tried in every way before it fails."""

EVERYWHERE = " \n\ta1.,-("
"""Tried on every expression, whatever it is about."""

LETTERS = 14
"""How many characters of a pattern's own are tried."""


def hard(pattern: re.Pattern[str]) -> Iterator[Callable[[int], str]]:
    """Yield makers of texts of a length that a pattern may find hard."""
    tree = sre_parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    letters = list(dict.fromkeys(chain(_letters(tree), EVERYWHERE)))[:LETTERS]
    seen: set[tuple[str, str, str]] = set()
    pumped = [("", letter) for letter in letters]
    for before, body in _repeats(tree, ""):
        own = [body, *_variants(body, letters)]
        pumped += [(start, one) for start in dict.fromkeys(("", before)) for one in own]
        pumped += [("", before)]
    whole = _sample(tree)
    pumped += [("", whole), ("", f"{whole} "), ("", f"{whole}\n")]
    ends = (*BREAKERS, *list(dict.fromkeys(_excluded(tree)))[:3])
    for start, body in pumped:
        for end in ends:
            if body and (start, body, end) not in seen:
                seen.add((start, body, end))
                yield _maker(start, body, end)


def _maker(start: str, body: str, end: str) -> Callable[[int], str]:
    def make(length: int) -> str:
        return start + (body * (length // len(body) + 1))[:length] + end

    make.__doc__ = f"{start[:60]!r} + {body[:60]!r}… + {end!r}"
    return make


def _variants(body: str, letters: list[str]) -> Iterator[str]:
    for letter in letters[:5]:
        yield body + letter


def _repeats(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """Yield (what comes before, one round) for everything in a pattern that may repeat for long."""
    for kind, value in tree:
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, getattr(sre, "POSSESSIVE_REPEAT", None)):
            _, most, inner = value
            if most == sre.MAXREPEAT or most >= 20:
                yield before, _sample(inner)
            yield from _repeats(inner, before)
        elif kind is sre.SUBPATTERN:
            yield from _repeats(value[3], before)
        elif kind is sre.BRANCH:
            for one in value[1]:
                yield from _repeats(one, before)
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _repeats(value[1], before)
        before += _sample([(kind, value)])


def _sample(tree: Any) -> str:
    """Return a short text that a part of a pattern accepts."""
    text = ""
    for kind, value in tree:
        if kind is sre.LITERAL:
            text += chr(value)
        elif kind is sre.NOT_LITERAL:
            text += "a" if value != ord("a") else "b"
        elif kind is sre.ANY:
            text += "a"
        elif kind is sre.IN:
            text += next(_members(value), "a")
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, getattr(sre, "POSSESSIVE_REPEAT", None)):
            text += _sample(value[2]) * max(1, min(value[0], 20))
        elif kind is sre.SUBPATTERN:
            text += _sample(value[3])
        elif kind is sre.BRANCH:
            text += _sample(value[1][0])
        elif kind is getattr(sre, "ATOMIC_GROUP", None):
            text += _sample(value)
    return text


_CATEGORIES = {
    sre.CATEGORY_DIGIT: "1", sre.CATEGORY_SPACE: " \n", sre.CATEGORY_WORD: "a1",
    sre.CATEGORY_NOT_DIGIT: "a", sre.CATEGORY_NOT_SPACE: "a", sre.CATEGORY_NOT_WORD: " ",
}  # fmt: skip


def _members(members: Any) -> Iterator[str]:
    """Yield some of the characters of a class."""
    if members and members[0][0] is sre.NEGATE:
        excluded = set(_members(members[1:]))
        yield from (one for one in "a 1.\n-" if one not in excluded)
        return
    for kind, value in members:
        if kind is sre.LITERAL:
            yield chr(value)
        elif kind is sre.RANGE:
            yield chr(value[0])
        elif kind is sre.CATEGORY:
            yield from _CATEGORIES.get(value, "a")


def _letters(tree: Any) -> Iterator[str]:
    """Yield the characters that a pattern names."""
    for kind, value in tree:
        if kind is sre.LITERAL:
            yield chr(value)
        elif kind is sre.IN:
            yield from _members(value)
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, getattr(sre, "POSSESSIVE_REPEAT", None)):
            yield from _letters(value[2])
        elif kind is sre.SUBPATTERN:
            yield from _letters(value[3])
        elif kind is sre.BRANCH:
            for one in value[1]:
                yield from _letters(one)
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _letters(value[1])


def _excluded(tree: Any) -> Iterator[str]:
    """Yield the characters that a pattern's classes leave out: they end a run."""
    for kind, value in tree:
        if kind is sre.IN and value and value[0][0] is sre.NEGATE:
            yield from _members(value[1:])
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, getattr(sre, "POSSESSIVE_REPEAT", None)):
            yield from _excluded(value[2])
        elif kind is sre.SUBPATTERN:
            yield from _excluded(value[3])
        elif kind is sre.BRANCH:
            for one in value[1]:
                yield from _excluded(one)
