"""The vote on letting a silent project sleep: its card, and its buttons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.base.errors import NotAllowed
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import NEVER, CardButton, CardButtons, CardLayout
from cogs.boards.board.cards import MENTIONS
from cogs.boards.members.views import UpdateButton
from cogs.boards.sleep import rules as sleeping
from cogs.boards.sleep.service import SleepService, VoteView
from cogs.boards.wording import short, who
from data.boards.projects import Project
from data.states import CardKind, SleepOutcome


class _VoiceButton(CardButton, template=NEVER):
    """What a member may be for."""

    sleep: bool
    vote_id: int

    async def pressed(self, interaction: Interaction) -> None:
        """Count the voice; an organiser may decide it, too."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(SleepService)
        view = await service.view(self.vote_id)
        offer = place.organiser and self.sleep and view.project.guild_id == place.guild_id
        try:
            view = await service.cast(place, self.vote_id, sleep=self.sleep)
            said = "You are for letting it sleep." if self.sleep else "You are for going on."
            said += " Press the other button to change that." if view.vote.closed_at is None else ""
        except NotAllowed:
            if not offer:
                raise
            said = "You are no member, so this is not a vote. As an organiser you may decide it."
        buttons: dict[str, Any] = {}
        if offer and view.vote.closed_at is None:
            buttons["view"] = CardButtons(SleepNowButton(view.project.id))
        await interaction.response.send_message(said, ephemeral=True, **buttons)
        changed(bot, view)


class GoOnButton(_VoiceButton, template=r"board:go_on:(?P<sleep_vote_id>\d{1,18})"):
    """Is for going on."""

    sleep = False

    def __init__(self, sleep_vote_id: int) -> None:
        super().__init__(
            f"board:go_on:{sleep_vote_id}", label="Keep going", style=discord.ButtonStyle.success
        )
        self.vote_id = sleep_vote_id


class SleepButton(_VoiceButton, template=r"board:sleep:(?P<sleep_vote_id>\d{1,18})"):
    """Is for letting it sleep."""

    sleep = True

    def __init__(self, sleep_vote_id: int) -> None:
        super().__init__(f"board:sleep:{sleep_vote_id}", label="Let it sleep")
        self.vote_id = sleep_vote_id


class SleepNowButton(CardButton, template=r"board:sleep_now:(?P<project_id>\d{1,18})"):
    """Lets a project sleep at once."""

    def __init__(self, project_id: int) -> None:
        super().__init__(
            f"board:sleep_now:{project_id}", label="Let it sleep now", emoji=theme.AWAY
        )
        self.project_id = project_id

    async def pressed(self, interaction: Interaction) -> None:
        """Let it sleep, for an organiser."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project = await bot.service(SleepService).let_sleep(place, self.project_id)
        await interaction.response.send_message(asleep(project), ephemeral=True)
        bot.dispatch("project_state_changed", project)


class WakeButton(CardButton, template=r"board:wake:(?P<project_id>\d{1,18})"):
    """Wakes a project that sleeps."""

    def __init__(self, project_id: int) -> None:
        super().__init__(
            f"board:wake:{project_id}", label="Wake it up", style=discord.ButtonStyle.success
        )
        self.project_id = project_id

    async def pressed(self, interaction: Interaction) -> None:
        """Wake it, for a member."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project = await bot.service(SleepService).wake(place, self.project_id)
        await interaction.response.send_message(
            f"☀️ {theme.person(place.user_id)} woke **{short(project.title, 130)}** up. What is "
            "the next step?"
        )
        bot.dispatch("project_state_changed", project)


def changed(bot: CohortBot, view: VoteView) -> None:
    """Show a vote as it stands, and its project where it was decided."""
    bot.cards.refresh(CardKind.SLEEP, view.vote.id)
    if view.vote.closed_at is not None:
        bot.dispatch("project_state_changed", view.project)


def asleep(project: Project) -> str:
    """Tell that a project sleeps, and what wakes it."""
    return (
        f"{theme.AWAY} **{short(project.title, 130)}** sleeps now. Nobody is asked about it; any "
        "update, task or result wakes it up."
    )


def vote_card(view: VoteView) -> Content:
    """Ask everybody whether a silent project goes on, or tell how that was decided."""
    vote = view.vote
    user_ids, role_id = view.user_ids[:MENTIONS], view.organiser_role_id
    silence = sleeping.silence_of(view.project) or timedelta(days=sleeping.USUAL_DAYS)
    days = (silence + sleeping.EVERYBODY_AFTER).days
    asked = [theme.person(user_id) for user_id in user_ids]
    if role_id is not None:
        asked.append(f"<@&{role_id}>")
    head = f"{theme.AWAY} **Nothing has happened here for {days} days. Does it go on?**"
    voices = "\n".join(
        f"{choice}: {theme.names(people, limit=10)}"
        for choice, people in (("Keep going", view.go_on), ("Let it sleep", view.sleep))
        if people
    )
    items: list[ui.Item[Any]] = []
    if vote.outcome is None:
        rule = (
            f"-# Decided {when.stamp(vote.closes_at, 'R')} by the members: "
            f"{theme.count(sleeping.quorum(view.members), 'voice')} at least, more for sleep than "
            "against. An update settles it at once."
        )
        text = "\n".join(filter(None, (" ".join(asked), head, voices, rule)))
        items = [
            ui.TextDisplay(text),
            _row(GoOnButton(vote.id), SleepButton(vote.id), UpdateButton(view.project.id)),
        ]
    else:
        text = "\n".join(filter(None, (head, voices, _outcome(view))))
        items = [ui.TextDisplay(text)]
        if vote.outcome is SleepOutcome.UNDECIDED:
            items.append(_row(UpdateButton(view.project.id), SleepNowButton(view.project.id)))
        elif vote.outcome is SleepOutcome.SLEEPS and view.project.dormant_at is not None:
            items.append(_row(WakeButton(view.project.id)))
    roles = [discord.Object(role_id)] if role_id is not None else []
    return Content(
        view=CardLayout(*items),
        mentions=discord.AllowedMentions(
            everyone=False, roles=roles, users=[discord.Object(user_id) for user_id in user_ids]
        ),
    )


def _row(*buttons: ui.Item[Any]) -> ui.Item[Any]:
    return ui.ActionRow(*buttons)


def _outcome(view: VoteView) -> str:
    match view.vote.outcome:
        case SleepOutcome.SLEEPS:
            by = who(view.vote.decided_by) if view.vote.decided_by else "its members"
            awake = "" if view.project.dormant_at else " Something woke it since."
            return f"**It sleeps**, by {by}. Any update wakes it up.{awake}"
        case SleepOutcome.GOES_ON:
            return "**It goes on.** What is the next step?"
        case SleepOutcome.STIRRED:
            return "**It goes on:** something happened meanwhile."
        case _:
            return (
                "**Undecided:** too few answered, so it stays as it is, and I ask no more. "
                "An update brings it back; an organiser may let it sleep."
            )


BUTTONS = (GoOnButton, SleepButton, SleepNowButton, WakeButton)
"""The controls that outlive a restart."""
