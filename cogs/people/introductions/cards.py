"""What matches and introductions look like as messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from discord import ui

from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardButtons, CardLayout
from bot.ui.direct_messages import note_to
from cogs.people.introductions.service import FoundPeople, Helpers, IntroductionView
from cogs.people.profiles.cards import PERSON, level
from cogs.people.wording import FIRST_QUESTION, LOOKING_FOR
from data.people.introductions import Introduction
from data.states import Audience

MATCHES_SHOWN = 5
HELPERS_SHOWN = 3


def matches(found: FoundPeople, buttons: Mapping[int, ui.Item[Any]]) -> CardLayout:
    """List people who fit, with the reasons and a button for each."""
    head = f"## {PERSON} Looking for {LOOKING_FOR[found.purpose]}"
    if not found.matches:
        text = f"{head}\nNobody whose profile you can see is open to that yet."
        return CardLayout(
            ui.Container(ui.TextDisplay(text + _advice(found)), accent_colour=theme.QUIET)
        )
    items: list[ui.Item[Any]] = [ui.TextDisplay(head)]
    for match in found.matches[:MATCHES_SHOWN]:
        them = match.profile
        why = "; ".join(theme.escape(reason) for reason in match.reasons)
        lines = [f"{theme.person(them.user_id)}: {why or 'open to it'}"]
        if them.about:
            lines.append(f"-# {theme.one_line(them.about, 200)}")
        items.append(ui.Section("\n".join(lines), accessory=buttons[them.user_id]))
    more = len(found.matches) - MATCHES_SHOWN
    note = f"… and {more} more. " if more > 0 else ""
    items.append(
        ui.TextDisplay(f"-# {note}I ask them first, and they see your name.{_advice(found)}")
    )
    return CardLayout(ui.Container(*items, accent_colour=theme.ACCENT))


def helpers(shown: Helpers, buttons: Mapping[int, ui.Item[Any]]) -> CardLayout:
    """List people who could help with what is in somebody's way, each with a button."""
    items: list[ui.Item[Any]] = [
        ui.TextDisplay(f"### 🤝 Somebody may know the way\n> {theme.one_line(shown.text, 200)}")
    ]
    for them, skills in shown.found[:HELPERS_SHOWN]:
        knows = theme.escape(", ".join(skills))
        at = level(them.level, shown.levels)
        text = f"{theme.person(them.user_id)}: {knows}" + (f"; level {at}" if at else "")
        items.append(ui.Section(text, accessory=buttons[them.user_id]))
    items.append(
        ui.TextDisplay("-# Only you see this. People you ask see your name and what is in the way.")
    )
    return CardLayout(ui.Container(*items, accent_colour=theme.ACCENT))


def _advice(found: FoundPeople) -> str:
    own = found.own
    if not (own.interests and own.level and own.free and own.timezone):
        return " The more you say in `/profile set`, the better the reasons."
    if own.audience in (None, Audience.NOBODY):
        return " To be found yourself, choose in `/profile set` who sees your profile."
    return ""


def question(shown: IntroductionView, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Ask somebody, alone, whether they want to meet the asker."""
    introduction = shown.introduction
    if introduction.about is not None:
        wish = "is stuck, and you may know how to go on:"
        wish += f"\n> {theme.one_line(introduction.about, 400)}"
    else:
        why = f" ({'; '.join(map(theme.escape, shown.reasons))})" if shown.reasons else ""
        about = f"\n> {theme.one_line(shown.asker_about, 200)}" if shown.asker_about else ""
        looking = LOOKING_FOR[introduction.purpose]
        wish = f"is looking for {looking} and would like to meet you{why}.{about}"
    return _asked(
        shown,
        f"{wish}\nI ask you because your profile says that you are open to it. If you say yes, you "
        f"two get a thread in <#{introduction.channel_id}>.",
        buttons,
    )


def question_for_all(shown: IntroductionView, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Ask somebody in a channel that others read: no word of what their profiles say."""
    return _asked(
        shown,
        "would like to be introduced to you. I ask here because your direct messages are closed; "
        f"if you say yes, you two get a thread in <#{shown.introduction.channel_id}>.",
        buttons,
    )


def declined(shown: IntroductionView) -> Content:
    """Tell the asker that nothing comes of it."""
    return note_to(
        shown.asker.user_id,
        f"It does not work out with {theme.person(shown.asked.user_id)} just now. There may be "
        "somebody else in `/profile match`.",
    )


def hello(shown: IntroductionView) -> Content:
    """Introduce the two to each other, where everyone in the channel reads it."""
    people = [shown.asker.user_id, shown.asked.user_id]
    why = "; ".join(map(theme.escape, shown.public_reasons))
    return Content(
        text=f"👋 {' and '.join(map(theme.person, people))}, you both said that you want to meet"
        f"{f': {why}' if why else ''}.",
        mentions=theme.pings(people),
    )


def first_question(introduction: Introduction) -> Content:
    """Say what the two can begin with."""
    if introduction.about is None:
        return Content(text=f"To begin with: {FIRST_QUESTION[introduction.purpose]}")
    return Content(
        text="To begin with: what is in the way, what have you tried so far, and what happened?"
    )


def write_to(other_id: int, introduction: Introduction) -> str:
    """Tell one of the two to write to the other, where I cannot open a thread."""
    return (
        f"You and {theme.person(other_id)} both want to meet, but I'm not allowed to post in "
        f"<#{introduction.channel_id}>. Write to each other directly. "
        f"{FIRST_QUESTION[introduction.purpose]}"
    )


def _asked(shown: IntroductionView, wish: str, buttons: Sequence[ui.Item[Any]]) -> Content:
    asked, asker = shown.asked.user_id, shown.asker.user_id
    return Content(
        text=f"{theme.person(asked)} {theme.person(asker)} {wish}",
        view=CardButtons(*buttons),
        mentions=theme.pings([asked]),
    )
