"""The controls of a project as a whole: proposing it, its log, its settings, putting it away."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.base.errors import Conflict, NotFound, Undeliverable
from bot.client import Interaction
from bot.place import Place
from bot.ui import theme
from bot.ui.controls import CardButton, OwnView
from bot.ui.form import Form, Typed
from bot.ui.report import answered
from cogs.boards.board.threads import BoardThreads
from cogs.boards.members.views import JoinButton, role_options
from cogs.boards.projects import cards, rules
from cogs.boards.projects.service import ProjectService
from data.boards.projects import Project
from data.server.groups import Group
from data.states import ProjectRole, ProjectState

HTTP_SERVER_ERROR = 500
"""From this status on it is Discord that failed, and trying again later helps."""


class SettingsButton(CardButton, template=r"board:settings:(?P<project_id>\d{1,18})"):
    """Opens the form with a project's settings."""

    def __init__(self, project_id: int) -> None:
        super().__init__(f"board:settings:{project_id}", label="Settings …", emoji="⚙️")
        self.project_id = project_id

    async def pressed(self, interaction: Interaction) -> None:
        """Open it, for the lead or an organiser."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(ProjectService).check_may_lead(place, self.project_id)
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
        project = await bot.service(ProjectService).check_may_lead(place, project_id)
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
        project = await bot.service(ProjectService).set_wanted(
            place, project.id, typed.choices("wanted")
        )
        await interaction.response.send_message(cards.settings(project), ephemeral=True)
        bot.dispatch("project_changed", project.id)


class UpdateButton(CardButton, template=r"board:update:(?P<project_id>\d{1,18})"):
    """Opens the form for a line in the log."""

    def __init__(self, project_id: int) -> None:
        super().__init__(
            f"board:update:{project_id}", label="Write an update", style=discord.ButtonStyle.primary
        )
        self.project_id = project_id

    async def pressed(self, interaction: Interaction) -> None:
        """Open the form, for a member."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(ProjectService).check_may_update(place, self.project_id)
        await UpdateForm.open(interaction, project_id=self.project_id)


class UpdateForm(Form, template=r"board:update:(?P<project_id>\d{1,18})"):
    """Asks for a line in the log."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, *, project_id: int) -> UpdateForm:
        """Return the form."""
        form = cls("An update", f"board:update:{project_id}")
        return form.ask(
            "text",
            "How does it stand?",
            typed,
            placeholder="3 of 5 seeds have run; the rest waits for a GPU",
            long=True,
            required=True,
            limit=rules.UPDATE_LIMIT,
        )

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, *, project_id: int) -> None:
        """Write it down, and show it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project, line = await bot.service(ProjectService).update(
            place, project_id, typed.text("text")
        )
        await interaction.response.send_message(cards.update(place.user_id, line))
        bot.dispatch("project_changed", project.id)


class PauseButton(CardButton, template=r"board:pause:(?P<project_id>\d{1,18})"):
    """Pauses a project."""

    def __init__(self, project_id: int) -> None:
        super().__init__(f"board:pause:{project_id}", label="Pause it")
        self.project_id = project_id

    async def pressed(self, interaction: Interaction) -> None:
        """Pause it, for the lead or an organiser."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project = await bot.service(ProjectService).set_state(
            place, self.project_id, ProjectState.PAUSED
        )
        await interaction.response.send_message(cards.state_changed(project, place.user_id))
        bot.dispatch("project_state_changed", project)


class ArchiveQuestion(OwnView):
    """Asks before a project is put away."""

    def __init__(self, project_id: int) -> None:
        super().__init__()
        self._project_id = project_id

    @ui.button(label="Archive", style=discord.ButtonStyle.danger)
    @answered
    async def archive(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Archive it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project = await bot.service(ProjectService).archive(place, self._project_id)
        await interaction.response.edit_message(
            content=cards.archived(project),
            view=None,
        )
        bot.dispatch("project_state_changed", project)

    @ui.button(label="Keep it", style=discord.ButtonStyle.secondary)
    @answered
    async def keep(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Leave everything as it is."""
        await interaction.response.edit_message(content="It stays as it is.", view=None)


def silence_buttons(project: Project) -> list[ui.Item[Any]]:
    """Return what can be said of a silent board."""
    return [UpdateButton(project.id), PauseButton(project.id)]


class ProposeButton(CardButton, template=r"board:propose:(?P<group_id>\d{1,18})"):
    """Opens the form in which a project is proposed to a group; programmes show it."""

    def __init__(self, group_id: int) -> None:
        super().__init__(f"board:propose:{group_id}", label="Propose a project", emoji=theme.BOARD)
        self.group_id = group_id

    async def pressed(self, interaction: Interaction) -> None:
        """Open it."""
        await ProposeForm.open(interaction, group_id=self.group_id)


class ProposeForm(Form, template=r"board:proposal:(?P<group_id>\d{1,18})"):
    """What `/project propose` asks for."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, *, group_id: int) -> ProposeForm:
        """Return the form; raises NotFound for a group that is not here."""
        place = await interaction.client.places.of(interaction)
        group = await _group(interaction, place, group_id)
        form = cls(f"A project in {group.name}", f"board:proposal:{group_id}")
        form.ask(
            "title",
            "What the project is called",
            typed,
            required=True,
            limit=rules.TITLE_LIMIT,
        )
        form.ask(
            "paper",
            "The paper or problem that it begins with",
            typed,
            hint="An arXiv id, a DOI, a link, or a title",
            required=True,
            limit=rules.CITED_LIMIT,
        )
        form.ask(
            "summary",
            "What you want to find out, and how",
            typed,
            long=True,
            limit=rules.SUMMARY_LIMIT,
        )
        return form.ask(
            "skills",
            "What you are looking for in others",
            typed,
            placeholder="PyTorch, writing",
            limit=300,
        )

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, *, group_id: int) -> None:
        """Propose it, as the command does, and open its board."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        group = await _group(interaction, place, group_id)
        project = await bot.service(ProjectService).propose(
            place,
            group=group,
            paper=typed.text("paper"),
            title=typed.text("title"),
            summary=typed.text("summary") or None,
            skills=typed.text("skills") or None,
            capacity=None,
        )
        await open_board(interaction, project)


async def open_board(interaction: Interaction, project: Project) -> None:
    """Open the board of a project that was just proposed, and tell this channel.

    Raises Conflict where I may not, and discord.HTTPException where Discord refuses otherwise:
    then the project is taken back. Where Discord is away the board opens later.
    """
    bot = interaction.client
    # Only the person sees this wait: what goes wrong is for their eyes alone.
    await interaction.response.defer(ephemeral=True, thinking=True)
    try:
        opened = await BoardThreads(bot).open(project)
    except Undeliverable as error:
        await bot.service(ProjectService).withdraw(project)
        raise Conflict(
            f"I could not open a board: {error.sentence}. An organiser can let me there, or "
            "choose another place with `/cohort setup boards:`. Then propose it again."
        ) from error
    except (discord.HTTPException, OSError) as error:
        if isinstance(error, discord.HTTPException) and error.status < HTTP_SERVER_ERROR:
            await bot.service(ProjectService).withdraw(project)
            raise
        await interaction.followup.send(
            f"“{theme.one_line(project.title, 200)}” is saved, but Discord is not answering "
            "well just now. I open its board as soon as it does.",
            ephemeral=True,
        )
        return
    await interaction.followup.send(cards.opened(opened), ephemeral=True)
    content = cards.proposed(opened, opened.created_by, JoinButton(opened.id))
    await interaction.followup.send(**content.for_sending())
    if opened.paper_id is not None:
        bot.library.look_up(opened.paper_id, opened.guild_id)
    if opened.group_id is not None:
        bot.dispatch("group_changed", opened.group_id)


async def _group(interaction: Interaction, place: Place, group_id: int) -> Group:
    async with interaction.client.store.read() as tx:
        group = await tx.groups.get(place.guild_id, group_id)
    if group is None or group.archived_at is not None:
        raise NotFound("That group is gone. `/project propose` opens a board elsewhere.")
    return group


BUTTONS = (PauseButton, ProposeButton, SettingsButton, UpdateButton)
"""The controls that outlive a restart."""
