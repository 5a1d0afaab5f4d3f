"""What check-ins, prompts, digests and a round's standing look like as messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.base.recurrence import Cadence
from bot.jobs.delivery import Content
from bot.ui import people_pages, theme
from bot.ui.controls import CardLayout
from bot.ui.people_pages import Crowd
from cogs.checkins.rounds import rules
from cogs.checkins.rounds.service import (
    CheckinView,
    DigestView,
    Posted,
    RoundView,
    Scheduled,
    late_by,
)
from data.boards.projects import Project
from data.boards.tasks import Task
from data.checkins.rounds import Checkin, CheckinId, Round, Schedule
from data.server.groups import Group

TEXT_LIMIT = 3600
"""Characters of people's text on one card; Discord takes 4000 in all of a card's texts."""

STUCK_CHARACTERS = 700
"""How much text a digest has for tasks of the group's projects that are blocked."""

HELP_BUTTONS = 5
"""How many blockers get a button of their own: Discord takes 40 components a message."""

CADENCES = {
    Cadence.WEEKLY: "every week",
    Cadence.FORTNIGHTLY: "every two weeks",
    Cadence.MONTHLY: "every four weeks",
}


def checkin(view: CheckinView, read_button: Callable[[CheckinId], ui.Item[Any]]) -> Content:
    """Show what somebody posted; what does not fit is behind ``read_button``."""
    one = view.checkin
    head = f"### {theme.CHECK_IN} {theme.person(one.user_id)} checked in"
    where = [theme.escape(view.group.name)]
    if view.round is not None:
        where.append(f"round {view.round.number}")
        where.append(f"due {when.stamp(view.round.due_at, 'D')}")
    if one.late:
        where.append("**late**, and it counts")
    if one.edited_at is not None:
        where.append(f"edited {when.stamp(one.edited_at, 'R')}")
    if one.source_url is not None:
        where.append(f"[from this message]({one.source_url})")
    blocks, cut = _answers(one)
    items: list[ui.Item[Any]] = [
        ui.TextDisplay(f"{head}\n-# {' · '.join(where)}"),
        ui.Separator(),
        ui.TextDisplay("\n\n".join(blocks)),
    ]
    if cut:
        items.append(ui.ActionRow(read_button(one.id)))
    colour = theme.WARM if one.late else theme.GOOD
    return Content(view=CardLayout(ui.Container(*items, accent_colour=colour)))


def whole(one: Checkin) -> list[discord.Embed]:
    """Return all that somebody posted, on as many pages as it takes."""
    pages: list[discord.Embed] = []
    for question, answer in one.answered:
        text = theme.escape(answer)
        for start in range(0, len(text), theme.DESCRIPTION_LIMIT):
            part = text[start : start + theme.DESCRIPTION_LIMIT]
            title = theme.clip(theme.escape(question), theme.TITLE_LIMIT)
            pages.append(discord.Embed(title=title, description=part, colour=theme.ACCENT))
    return pages


def prompt(view: RoundView, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Show a round's prompt: when it is due, what is asked, and who has checked in so far."""
    round_ = view.round
    title = f"## {theme.CHECK_IN} {theme.escape(view.group.name)}: check-in, round {round_.number}"
    asked = "\n".join(f"• {theme.escape(question)}" for question in round_.questions if question)
    items: list[ui.Item[Any]]
    if round_.closed_at is None:
        due = f"Due {when.stamp(round_.due_at)} ({when.stamp(round_.due_at, 'R')})"
        items = [ui.TextDisplay(f"{title}\n{due}\n\n{asked}")]
        late = late_by(round_.prompt_at, view.posted_at)
        if late:
            items.append(ui.TextDisplay(_apology("This prompt", late)))
        items += [
            ui.Separator(),
            ui.TextDisplay(_so_far(view)),
            ui.ActionRow(*buttons),
        ]
        return Content(view=CardLayout(ui.Container(*items, accent_colour=theme.ACCENT)))
    closed = f"It closed {when.stamp(round_.due_at)}; the digest tells the rest."
    items = [ui.TextDisplay(f"{title}\n{closed}"), ui.TextDisplay(_so_far(view))]
    return Content(view=CardLayout(ui.Container(*items, accent_colour=theme.QUIET)))


def digest(
    view: DigestView,
    buttons: Sequence[ui.Item[Any]],
    help_button: Callable[[Checkin], ui.Item[Any]],
    stuck_button: Callable[[Task], ui.Item[Any]],
) -> Content:
    """Show what a round brought: who checked in, who was away or missed, and what is in the way."""
    round_ = view.round
    head = (
        f"## {theme.DIGEST} {theme.escape(view.group.name)}: round {round_.number}\n"
        f"-# Due {when.stamp(round_.due_at, 'f')} · "
        f"{theme.count(view.posted, 'person', 'people')} checked in"
    )
    items: list[ui.Item[Any]] = [ui.TextDisplay(head)]
    late = late_by(round_.due_at, view.posted_at)
    if late:
        items.append(ui.TextDisplay(_apology("This digest", late)))
    items.append(ui.Separator())
    if view.checkins:
        entries = [_entry(one, view.urls.get(one.id)) for one in view.checkins]
        # Empty lines for those that were not read, so that “and 12 more” counts them, too.
        entries += [""] * (view.posted - len(entries))
        items.append(ui.TextDisplay("**Checked in**\n" + theme.lines(entries, 1300)))
    else:
        items.append(
            ui.TextDisplay("Nobody checked in this time. It happens: the next round is a new one.")
        )
    if view.blocked or view.tasks:
        items += [ui.Separator(), ui.TextDisplay("**In the way: who can help?**")]
        items += [
            ui.Section(
                f"{theme.person(one.user_id)}: {theme.one_line(one.blocked, 160)}",
                accessory=help_button(one),
            )
            for one in view.blocked[:HELP_BUTTONS]
        ]
        entries = [
            f"• {theme.person(one.user_id)}: {theme.one_line(one.blocked, 100)}"
            for one in view.blocked[HELP_BUTTONS:]
        ]
        if entries:
            items.append(ui.TextDisplay(theme.lines(entries, 500)))
        room = STUCK_CHARACTERS
        for project, task in view.tasks:
            said = _stuck(project, task)
            room -= len(said)
            if room >= 0:
                items.append(ui.Section(said, accessory=stuck_button(task)))
    others: list[str] = []
    if view.away:
        others.append(f"{theme.AWAY} **Away**: {theme.names(view.away, limit=10)}")
    if view.resting:
        others.append(f"{theme.REST} **Resting**: {theme.names(view.resting, limit=10)}")
    if view.missed:
        others.append(f"**We missed**: {theme.names(view.missed, limit=15)}")
    if others or view.made or view.new:
        items.append(ui.Separator())
    if others:
        items.append(ui.TextDisplay("\n".join(others)))
    numbers: list[str] = []
    if view.made:
        share = theme.bar(view.kept / view.made)
        numbers.append(f"**Commitments kept**: {view.kept} of {view.made} {share}")
        if view.carried:
            numbers[-1] += f" · {view.carried} carried over"
    if view.new:
        numbers.append(f"**New for the next round**: {theme.count(view.new, 'commitment')}")
    if numbers:
        items.append(ui.TextDisplay("\n".join(numbers)))
    if view.next_round is not None and view.next_round.number == round_.number + 1:
        due = view.next_round.due_at
        foot = f"-# The next round is due {when.stamp(due)}."
        if view.missed:
            foot += " A late check-in for this one counts until then."
        items.append(ui.TextDisplay(foot))
        if buttons:
            items.append(ui.ActionRow(*buttons))
    return Content(view=CardLayout(ui.Container(*items, accent_colour=theme.GOOD)))


def _stuck(project: Project, task: Task) -> str:
    """Return what is in the way of a task of one of the group's projects."""
    whose = theme.names(task.owners, limit=2) if task.owners else "Nobody has it"
    return (
        f"{whose}: **{theme.one_line(task.title, 60)}** is blocked: "
        f"{theme.one_line(task.obstacle or 'it needs help', 80)}\n"
        f"-# {theme.BOARD} {theme.one_line(project.title, 50)}"
    )


def standing(view: RoundView) -> list[discord.Embed]:
    """Show where a round stands, on as many pages as its people fill."""
    round_ = view.round
    when_due = f"Due {when.stamp(round_.due_at)} ({when.stamp(round_.due_at, 'R')})"
    if view.card is not None:
        when_due += f" · [prompt]({view.card.url})"
    elif view.now < round_.prompt_at:
        when_due += f"\nThe prompt is posted {when.stamp(round_.prompt_at, 'R')}."
    answers = [
        Crowd("Checked in", view.posted),
        Crowd("Not yet", view.waiting),
    ]
    answers += [Crowd(f"{theme.AWAY} Away", view.away)] if view.away else []
    answers += [Crowd(f"{theme.REST} Resting", view.resting)] if view.resting else []
    title = f"{theme.clip(theme.escape(view.group.name), 200)}: round {round_.number}"
    return people_pages.pages(title, when_due, answers)


def scheduled(done: Scheduled) -> discord.Embed:
    """Confirm a schedule, with the time of the round and of its prompt."""
    round_ = done.round
    lines = [
        f"Check-ins {describe(done.schedule)}.",
        f"Round {round_.number} is due {when.stamp(round_.due_at)} "
        f"({when.stamp(round_.due_at, 'R')}).",
    ]
    if round_.prompted_at is not None:
        lines.append("Its prompt stands already, and shows the new time.")
    elif round_.prompt_at <= done.schedule.set_at:
        lines.append("Its prompt is posted now.")
    else:
        lines.append(f"Its prompt is posted {when.stamp(round_.prompt_at)}.")
    if done.moved and done.checkins:
        lines.append(
            f"{theme.count(len(done.checkins), 'check-in')} posted in it so far: they stay."
        )
    return discord.Embed(
        title=f"{theme.clip(theme.escape(done.group.name), 200)}: when check-ins are due",
        description="\n".join(lines),
        colour=theme.GOOD,
    )


def questions(group: Group, asked: Sequence[str], standing: Round | None) -> discord.Embed:
    """Confirm a group's questions, and from when on they are asked."""
    text = "\n".join(f"• {theme.escape(question)}" for question in asked if question)
    if standing is not None:
        text += (
            f"\n\nThe prompt of round {standing.number} is posted already and keeps its questions; "
            "these are asked from the next one on."
        )
    title = f"{theme.clip(theme.escape(group.name), 200)} asks"
    return discord.Embed(title=title, description=text, colour=theme.GOOD)


def describe(schedule: Schedule) -> str:
    """Say when rounds are due: “every week, Sundays 18:00 (Europe/London)”."""
    weekday = when.WEEKDAYS[schedule.anchor.weekday()]
    return f"{CADENCES[schedule.cadence]}, {weekday}s at {schedule.at:%H:%M} ({schedule.timezone})"


def replaced(done: Posted, url: str) -> str:
    """Tell somebody that their earlier post of the round now says the new thing."""
    where = f"round {done.round.number}" if done.round is not None else "this"
    return f"Your check-in for {where} is replaced: {url}"


def _answers(one: Checkin) -> tuple[list[str], bool]:
    """Return what goes on a card, question by question, and whether something was cut."""
    answered = one.answered
    budget = TEXT_LIMIT - sum(len(theme.escape(question)) + 6 for question, _ in answered)
    blocks: list[str] = []
    cut = False
    for index, (question, answer) in enumerate(answered):
        text = theme.escape(answer)
        # A share of what is left for each: a long first answer must not take the room of the
        # others.
        room = max(200, budget // (len(answered) - index))
        shown = theme.clip(text, room)
        cut = cut or shown != text
        budget -= len(shown)
        blocks.append(f"**{theme.escape(question)}**\n{shown}")
    return blocks, cut


def _entry(one: Checkin, url: str | None) -> str:
    """Return a digest's line on one check-in: its first words, and the way to the rest."""
    first = next((answer for _, answer in one.answered), "")
    line = next((line for line in first.splitlines() if line.strip()), "")
    text = f"• {theme.person(one.user_id)}: {theme.one_line(line, rules.QUOTED)}"
    if one.late:
        text += " · late"
    return f"{text} · [read]({url})" if url else text


def _so_far(view: RoundView) -> str:
    everybody = len(view.posted) + len(view.waiting)
    text = f"**Checked in: {len(view.posted)} of {everybody}**"
    if view.posted:
        text += f" · {theme.names(view.posted)}"
    if view.away:
        text += f"\n{theme.AWAY} Away: {theme.names(view.away, limit=10)}"
    if view.resting:
        text += f"\n{theme.REST} Resting: {theme.names(view.resting, limit=10)}"
    return text


def _apology(what: str, late: timedelta) -> str:
    return f"-# {theme.BELL} {what} comes {when.duration(late)} late."
