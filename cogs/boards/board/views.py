"""What a board has behind “More …”: one's own part, all tasks, its links, and its settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.base.errors import UserError
from bot.client import Interaction
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons, CardSelect, chosen_id
from bot.ui.form import Form, Typed
from cogs.boards.board import cards
from cogs.boards.links.service import WatchService
from cogs.boards.members.service import PeopleService
from cogs.boards.members.views import JoinButton, UpdateButton, role_options
from cogs.boards.projects import rules
from cogs.boards.projects.service import ProjectService
from cogs.boards.tasks.views import AddTaskButton, TaskPageButton
from cogs.boards.wording import short
from data.boards.log import Link
from data.boards.projects import Project
from data.states import ProjectRole


class MoreButton(CardButton, template=r"board:more:(?P<project_id>\d{1,18})"):
    """Shows what else can be done with a board."""

    def __init__(self, project_id: int) -> None:
        super().__init__(f"board:more:{project_id}", label="More …")
        self.project_id = project_id

    async def pressed(self, interaction: Interaction) -> None:
        """Show it, to the person who asked."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        people = bot.service(PeopleService)
        project, member = await people.membership(place, self.project_id)
        try:
            await people.check_may_lead(place, self.project_id)
            leads = True
        except UserError:
            leads = False
        items: list[ui.Item[Any]] = [TaskPageButton(project.id, 0)]
        if project.archived_at is None:
            if member is not None:
                items.append(UpdateButton(project.id))
            if leads:
                items.append(SettingsButton(project.id))
            if member is not None:
                items.append(
                    RoleMenu(project.id, role_options(tuple(ProjectRole), member.roles or ()))
                )
            links = await people.links(project)
            if links:
                items.append(LinkMenu(project.id, _link_options(links)))
        await interaction.response.send_message(
            cards.more(project, leads=leads), view=CardButtons(*items), ephemeral=True
        )


class RoleMenu(CardSelect, template=r"board:roles:(?P<project_id>\d{1,18})"):
    """Says what one does in a project."""

    def __init__(self, project_id: int, options: Sequence[discord.SelectOption] = ()) -> None:
        super().__init__(
            f"board:roles:{project_id}",
            options=options,
            placeholder="What do you do here?",
            least=0,
            most=max(1, len(options)),
        )
        self.project_id = project_id

    async def chosen(self, interaction: Interaction, values: tuple[str, ...]) -> None:
        """Note it, for a member."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project = await bot.service(PeopleService).set_roles(place, self.project_id, values)
        parts = [str(role) for role in ProjectRole if str(role) in values]
        said = f"You are **{' and '.join(parts)}**" if parts else "You have no part of your own"
        await interaction.response.send_message(
            f"{said} in **{short(project.title, 130)}** now.", ephemeral=True
        )
        bot.dispatch("project_changed", project.id)


class LinkMenu(CardSelect, template=r"board:links:(?P<project_id>\d{1,18})"):
    """Picks a link, to see whether it is watched and to change that."""

    def __init__(self, project_id: int, options: Sequence[discord.SelectOption] = ()) -> None:
        super().__init__(
            f"board:links:{project_id}", options=options, placeholder="Which link is watched? …"
        )

    async def chosen(self, interaction: Interaction, values: tuple[str, ...]) -> None:
        """Show the link, to the person who picked it."""
        shown = await link_shown(interaction, chosen_id(values[0]))
        await interaction.response.send_message(ephemeral=True, **shown)


class WatchButton(CardButton, template=r"link:watch:(?P<project_link_id>\d{1,18})"):
    """Has a link watched, or watched no longer."""

    def __init__(self, project_link_id: int, label: str = "Watch it") -> None:
        super().__init__(f"link:watch:{project_link_id}", label=label)
        self.link_id = project_link_id

    async def pressed(self, interaction: Interaction) -> None:
        """Turn it on or off, for a member."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        found = await bot.service(WatchService).switch(place, self.link_id)
        await interaction.response.edit_message(**await link_shown(interaction, self.link_id))
        bot.dispatch("project_changed", found.project.id)


class SettingsButton(CardButton, template=r"board:settings:(?P<project_id>\d{1,18})"):
    """Opens the form with a project's settings."""

    def __init__(self, project_id: int) -> None:
        super().__init__(f"board:settings:{project_id}", label="Settings …", emoji="⚙️")
        self.project_id = project_id

    async def pressed(self, interaction: Interaction) -> None:
        """Open it, for the lead or an organiser."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(PeopleService).check_may_lead(place, self.project_id)
        await SettingsForm.open(interaction, project_id=self.project_id)


class SettingsForm(Form, template=r"board:settings:(?P<project_id>\d{1,18})"):
    """Asks whom a project looks for, and how long its silence may last."""

    @classmethod
    async def build(
        cls, interaction: Interaction, typed: Typed, *, project_id: int
    ) -> SettingsForm:
        """Return the form, with how it is now."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project = await bot.service(PeopleService).check_may_lead(place, project_id)
        days = rules.USUAL_DAYS if project.silence_days is None else project.silence_days
        form = cls("Settings", f"board:settings:{project_id}")
        form.ask(
            "days",
            "After how many silent days is the lead asked?",
            typed,
            filled=str(days or "off"),
            hint="7 to 90, or off; a week later the organisers are asked",
            required=True,
            limit=10,
        )
        wanted = typed.choices("wanted") if "wanted" in typed else project.wanted_roles or ()
        return form.put(
            ui.Select(
                custom_id="wanted",
                options=role_options(tuple(ProjectRole), wanted),
                min_values=0,
                max_values=len(ProjectRole),
                required=False,
                placeholder="Nobody in particular",
            ),
            "Whom do you look for?",
            "Shown on the board, and to those who ask to join",
        )

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, *, project_id: int) -> None:
        """Change them."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        days = rules.check_days(typed.text("days"))
        project = await bot.service(ProjectService).set_silence(place, project_id, days)
        project = await bot.service(PeopleService).set_wanted(
            place, project.id, typed.choices("wanted")
        )
        await interaction.response.send_message(cards.settings(project), ephemeral=True)
        bot.dispatch("project_changed", project.id)


async def link_shown(interaction: Interaction, link_id: int) -> dict[str, Any]:
    """Return a link, with the switch for watching it."""
    bot = interaction.client
    assert interaction.guild_id is not None  # noqa: S101 - our commands are used in servers
    service = bot.service(WatchService)
    found = await service.get(interaction.guild_id, link_id)
    label = "Watch it" if found.watch is None else "Stop watching it"
    switch = [WatchButton(link_id, label)] if service.on or found.watch is not None else []
    return {"content": cards.link(found), "view": CardButtons(*switch)}


def _link_options(links: Sequence[Link]) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(label=theme.clip(link.label, theme.CHOICE_LIMIT), value=str(link.id))
        for link in links[:25]
    ]


def board_buttons(project: Project) -> list[ui.Item[Any]]:
    """Return the buttons for the whole board."""
    return [JoinButton(project.id), AddTaskButton(project.id), MoreButton(project.id)]


BUTTONS = (LinkMenu, MoreButton, RoleMenu, SettingsButton, WatchButton)
"""The controls that outlive a restart."""
