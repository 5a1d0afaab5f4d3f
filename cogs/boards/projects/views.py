"""The controls of a project as a whole: proposing it, its log, its settings, archiving it."""

from __future__ import annotations

import discord
from discord import ui

from bot import events
from bot.base.errors import Conflict, InvalidInput, NotFound, Undeliverable
from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.confirmation import Ask, confirm
from bot.ui.controls import CardButton, CardSelect
from bot.ui.form import CardForm, Typed
from cogs.boards.board.threads import BoardThreads
from cogs.boards.members.views import JoinButton, role_options
from cogs.boards.projects import cards, rules
from cogs.boards.projects.service import ProjectService
from cogs.boards.silence import rules as silence_rules
from data.boards.projects import Project, ProjectId
from data.server.groups import Group
from data.states import ProjectRole, ProjectState

HTTP_SERVER_ERROR = 500
"""From this HTTP status on Discord itself failed, and a later try helps."""


class SettingsButton(
    CardButton,
    custom_id="board:settings:{project_id}",
    label="Settings …",
    emoji="⚙️",
):
    """Opens the form with a project's settings."""

    project_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it, for the lead or an organiser."""
        bot = interaction.client
        await bot.service(ProjectService).check_may_lead(place, self.project_id)
        await SettingsForm(self.project_id).show(interaction)


class SettingsForm(CardForm, custom_id="board:settings:{project_id}", title="Settings"):
    """Asks whom a project looks for, and how long its silence may last."""

    project_id: int

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Return the form, with how it is now."""
        bot = interaction.client
        project = await bot.service(ProjectService).check_may_lead(place, self.project_id)
        days = silence_rules.USUAL_DAYS if project.silence_days is None else project.silence_days
        self.ask(
            "days",
            "After how many silent days is the lead asked?",
            typed,
            filled=str(days or "off"),
            hint="7 to 90, or off; a week later the organisers are asked",
            required=True,
            limit=10,
        )
        wanted = typed.choices("wanted") if "wanted" in typed else project.wanted_roles or ()
        self.put(
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

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Change them."""
        bot = interaction.client
        days = silence_rules.check_days(typed.text("days"))
        project = await bot.service(ProjectService).set_silence(place, self.project_id, days)
        project = await bot.service(ProjectService).set_wanted(
            place, project.id, typed.choices("wanted")
        )
        await replies.send(interaction, cards.settings(project))
        events.project_changed(bot, project.id)


class StateMenu(
    CardSelect, custom_id="board:state:{project_id}", placeholder="How far has it come? …"
):
    """Says how far a project has come."""

    project_id: int

    async def chosen(self, interaction: Interaction, place: Place, values: tuple[str, ...]) -> None:
        """Set the state, for the lead or an organiser, and tell the thread."""
        state = next((one for one in ProjectState if values and one == values[0]), None)
        if state is None:
            raise InvalidInput("Choose a state from the list.")
        await set_state(interaction, place, self.project_id, state)


def state_options(project: Project) -> list[discord.SelectOption]:
    """Return the states that a project can be in, the present one chosen."""
    return [
        discord.SelectOption(
            label=state.capitalize(), value=state.value, default=state is project.state
        )
        for state in ProjectState
    ]


async def set_state(
    interaction: Interaction, place: Place, project_id: int, state: ProjectState
) -> None:
    """Say how far a project has come, for its lead or an organiser."""
    bot = interaction.client
    changed = await bot.service(ProjectService).set_state(place, project_id, state)
    await replies.send(interaction, cards.state_changed(changed, place.user_id), public=True)
    events.project_state_changed(bot, changed)


class UpdateButton(
    CardButton,
    custom_id="board:update:{project_id}",
    label="Write an update",
    style=discord.ButtonStyle.primary,
):
    """Opens the form for a line in the log."""

    project_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open the form, for a member."""
        bot = interaction.client
        await bot.service(ProjectService).check_may_update(place, self.project_id)
        await UpdateForm(self.project_id).show(interaction)


class UpdateForm(CardForm, custom_id="board:update:{project_id}", title="An update"):
    """Asks for a line in the log."""

    project_id: int

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Return the form."""
        self.ask(
            "text",
            "How is it going?",
            typed,
            placeholder="3 of 5 seeds have run; the rest waits for a GPU",
            long=True,
            required=True,
            limit=rules.UPDATE_LIMIT,
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Write it down, and show it."""
        bot = interaction.client
        project, line = await bot.service(ProjectService).update(
            place, self.project_id, typed.text("text")
        )
        await replies.send(interaction, cards.update(place.user_id, line), public=True)
        events.project_changed(bot, project.id)


class PauseButton(CardButton, custom_id="board:pause:{project_id}", label="Pause it"):
    """Pauses a project."""

    project_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Pause it, for the lead or an organiser."""
        await set_state(interaction, place, self.project_id, ProjectState.PAUSED)


def confirm_archive_project(project_id: ProjectId) -> Ask:
    """Return the question before a project is archived."""

    async def archive(pressed: Interaction, place: Place) -> None:
        project = await pressed.client.service(ProjectService).archive(place, project_id)
        await replies.edit(pressed, cards.archived(project))
        events.project_state_changed(pressed.client, project)

    return confirm("Archive", archive, kept="It stays as it is.")


class ProposeButton(
    CardButton,
    custom_id="board:propose:{group_id}",
    label="Propose a project",
    emoji=theme.BOARD,
):
    """Opens the form in which a project is proposed to a group; programmes show it."""

    group_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it."""
        await ProposeForm(self.group_id).show(interaction)


class ProposeForm(CardForm, custom_id="board:proposal:{group_id}"):
    """What `/project propose` asks for."""

    group_id: int

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Return the form; raises NotFound for a group that is not here."""
        group = await _group(interaction, place, self.group_id)
        self.title = f"A project in {group.name}"
        self.ask(
            "title",
            "What the project is called",
            typed,
            required=True,
            limit=rules.TITLE_LIMIT,
        )
        self.ask(
            "paper",
            "The paper or problem that it begins with",
            typed,
            hint="An arXiv id, a DOI, a link, or a title",
            required=True,
            limit=rules.CITED_LIMIT,
        )
        self.ask(
            "summary",
            "What you want to find out, and how",
            typed,
            long=True,
            limit=rules.SUMMARY_LIMIT,
        )
        self.ask(
            "skills",
            "What you are looking for in others",
            typed,
            placeholder="PyTorch, writing",
            limit=300,
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Propose it, as the command does, and open its board."""
        bot = interaction.client
        group = await _group(interaction, place, self.group_id)
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
        await replies.send(
            interaction,
            f"“{theme.one_line(project.title, 200)}” is saved, but Discord is not answering "
            "well just now. I open its board as soon as it does.",
        )
        return
    place = await bot.places.of(interaction)
    same = await bot.service(ProjectService).on_same_paper(place, opened)
    await replies.send(interaction, cards.opened(opened, same))
    content = cards.proposed(opened, opened.created_by, JoinButton(opened.id))
    await replies.send(interaction, content, public=True)
    if opened.paper_id is not None:
        bot.library.look_up(opened.paper_id, opened.guild_id)
    if opened.group_id is not None:
        events.group_used(bot, opened.group_id)


async def _group(interaction: Interaction, place: Place, group_id: int) -> Group:
    group = await interaction.client.store.fetch(lambda tx: tx.groups.get(place.guild_id, group_id))
    if group is None or group.archived_at is not None:
        raise NotFound("That group is gone. `/project propose` opens a board elsewhere.")
    return group


BUTTONS = (PauseButton, ProposeButton, SettingsButton, StateMenu, UpdateButton)
"""The controls that outlive a restart."""
