"""How a project is proposed: its board is opened; the last stage of a programme has a form."""

from __future__ import annotations

import discord

from bot.base.errors import Conflict, NotFound, Undeliverable
from bot.client import Interaction
from bot.place import Place
from bot.ui import theme
from bot.ui.controls import CardButton
from bot.ui.form import Form, Typed
from cogs.boards.board import cards
from cogs.boards.members.views import JoinButton
from cogs.boards.projects import rules as board
from cogs.boards.projects.service import ProjectService
from cogs.boards.projects.threads import BoardThreads
from data.boards.projects import Project
from data.server.groups import Group

HTTP_SERVER_ERROR = 500
"""From this status on it is Discord that failed, and trying again later helps."""


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
            limit=board.TITLE_LIMIT,
        )
        form.ask(
            "paper",
            "The paper or problem that it begins with",
            typed,
            hint="An arXiv id, a DOI, a link, or a title",
            required=True,
            limit=board.CITED_LIMIT,
        )
        form.ask(
            "summary",
            "What you want to find out, and how",
            typed,
            long=True,
            limit=board.SUMMARY_LIMIT,
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


BUTTONS = (ProposeButton,)
