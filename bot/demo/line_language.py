"""The demo's little language: one line, one thing to do; the same at the terminal and in a file."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base import when
from bot.base.errors import InvalidInput
from bot.demo.wording import either, like

ZONE = ZoneInfo("UTC")
"""The zone of times that are typed, and of those that are shown."""

FARTHEST = timedelta(days=366)
"""How far ahead time can be sent in one go."""


class Verb(StrEnum):
    """What a line begins with."""

    CHANNEL = "channel"
    CHANNELS = "channels"
    THREADS = "threads"
    AS = "as"
    FORWARD = "forward"
    NEXT = "next"
    SLASH = "slash"
    CLICK = "click"
    CHOOSE = "choose"
    FILL = "fill"
    REACT = "react"
    SAY = "say"
    PICTURE = "picture"
    HELP = "help"
    QUIT = "quit"


HELP = """\
Look around
  channel NAME          show a channel or thread, or “dm” for direct messages with the bot
  channels, threads     list what there is
  as NAME               be somebody else
Let time pass
  next                  go to the next thing that happens
  forward 2d            also 90m, 3h, 1w, 1d 12h: everything that falls due on the way happens
  forward to DATE       for example: forward to 2026-11-10 18:00, forward to fri 9:00
Act, as the person you are, in the channel you look at (or in the browser)
  /command name: value  for example: /checkin post did: "Read sections 1 and 2"
  click LABEL           press a button on the latest message that has it
                        (of several, the one by a text: click Done of Figure 1)
  choose OPTION         pick from a menu on the latest message that offers it
  fill name: value      fill in and send the form that is open
  react ✅              react to the latest message of the bot that has reactions
  say TEXT              write a message
Keep
  picture NAME          save the latest messages as NAME.png (“NAME top”: the first ones),
                        in the folder that --screenshot names
help, quit"""


class ScriptLine(Struct, frozen=True):
    """One thing to do."""

    verb: Verb
    rest: str


def read(text: str) -> ScriptLine | None:
    """Return what a line asks for, or None for an empty line or a comment.

    Raises InvalidInput when it begins with nothing that is known.
    """
    text = text.strip()
    if not text or text.startswith("#"):
        return None
    if text.startswith("/"):
        return ScriptLine(Verb.SLASH, text)
    word, _, rest = text.partition(" ")
    try:
        return ScriptLine(Verb(word.casefold()), rest.strip())
    except ValueError:
        near = [f"`{verb}`" for verb in like(word, Verb)]
        hint = f"Did you mean {either(near)}?" if near else "`help` shows what there is."
        raise InvalidInput(f"I do not know “{word}”. {hint}") from None


_SPAN = re.compile(r"(\d+)\s*(weeks?|w|days?|d|hours?|h|minutes?|min|m)\b[,\s]*", re.IGNORECASE)
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}


def moment(text: str, now: datetime) -> datetime:
    """Return the instant that `forward` goes to: a span from ``now``, or “to” a date in UTC.

    Raises InvalidInput for what cannot be read, is past, or is farther than :data:`FARTHEST`.
    """
    if text.casefold().startswith("to "):
        to = when.parse(text[3:], zone=ZONE, now=now)
    else:
        spans = {_UNITS[unit[0].casefold()]: int(number) for number, unit in _SPAN.findall(text)}
        if not spans or _SPAN.sub("", text).strip():
            raise InvalidInput(
                "Say how far, as in `forward 2d`, `forward 90m`, `forward 1w`, or when, as in "
                "`forward to 2026-11-10 18:00`."
            )
        try:
            to = now + timedelta(**spans)
        except OverflowError:
            to = None
    if to is None or to - now > FARTHEST:
        raise InvalidInput("That is too far: go at most a year at a time.")
    return to


_VALUE = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|“([^”]*)”)')


def values(text: str, names: Collection[str]) -> Mapping[str, str]:
    """Read `name: value` pairs, the value in quotes or up to the next of ``names``.

    In quotes, ``\\n`` is a new line. Raises InvalidInput for anything else.
    """
    marks = re.compile(rf"\s*\b({'|'.join(map(re.escape, names))}):" if names else r"(?!)")
    found: dict[str, str] = {}
    at = 0
    while text[at:].strip():
        mark = marks.match(text, at)
        if mark is None:
            raise InvalidInput(_unreadable(text[at:].strip(), names))
        if mark[1] in found:
            raise InvalidInput(f"`{mark[1]}` is there twice.")
        quoted = _VALUE.match(text, mark.end())
        if quoted is not None:
            value, at = quoted[1] or quoted[2] or "", quoted.end()
            value = value.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
        else:
            following = marks.search(text, mark.end())
            at = following.start() if following else len(text)
            value = text[mark.end() : at].strip()
        found[mark[1]] = value
    return found


def _unreadable(rest: str, names: Collection[str]) -> str:
    if not names:
        return f"There is nothing to give here, but you gave “{rest}”."
    known = either(f"`{name}:`" for name in names)
    return f"I cannot read “{rest}” here. What can be given: {known}, the value in quotes."
