"""The commands of `/project` about a project as a whole."""

from __future__ import annotations

from discord import app_commands

from bot import events
from bot.base.errors import Conflict, UserError
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.command_arguments import with_place
from bot.ui.command_groups import SubjectCog
from bot.ui.pages import Pages
from bot.ui.report import report as tell
from cogs.boards.board.threads import check_home
from cogs.boards.command_groups import PROJECT
from cogs.boards.projects import cards, rules
from cogs.boards.projects.options import ArchivedOption, with_project
from cogs.boards.projects.service import ProjectService
from cogs.boards.projects.views import confirm_archive_project, open_board, set_state
from data.boards.projects import Project
from data.server.groups import Group
from data.states import Joining, ProjectState, Topic

STATES = [
    app_commands.Choice(name=state.value.capitalize(), value=state.value) for state in ProjectState
]

JOINING = [
    app_commands.Choice(name="Anybody joins at once", value=Joining.OPEN.value),
    app_commands.Choice(name="They ask me first", value=Joining.ASKED.value),
]

MENTOR = "mentor"
"""The way of joining where the proposer mentors, and others apply."""

PROPOSED = [*JOINING, app_commands.Choice(name="I mentor it: others apply", value=MENTOR)]

TOPICS = [
    app_commands.Choice(name="Progress", value=Topic.PROGRESS.value),
    app_commands.Choice(name="How it was done", value=Topic.METHOD.value),
    app_commands.Choice(name="What was easy", value=Topic.EASY.value),
    app_commands.Choice(name="What was difficult", value=Topic.DIFFICULT.value),
    app_commands.Choice(name="Contact with the authors", value=Topic.AUTHORS.value),
]


def _joining(chosen: app_commands.Choice[str] | None) -> Joining:
    if chosen is None:
        return Joining.OPEN
    return Joining.ASKED if chosen.value == MENTOR else Joining(chosen.value)


class ProjectCommands(SubjectCog, group=PROJECT):
    """Proposes, changes, lists and archives projects."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(ProjectService)

    @app_commands.command(description="Propose a paper to replicate: opens a board for it")
    @app_commands.describe(
        paper="An arXiv id, a DOI, a link, or a citation with the title",
        title="What the project is called",
        summary="What you want to find out, and how",
        skills="What you are looking for, separated by commas: PyTorch, writing",
        capacity="How many people it can take",
        group="The group that it belongs to; by default the one of this channel",
        joining="Whether you want to be asked before somebody joins",
    )
    @app_commands.choices(joining=PROPOSED)
    @with_place
    async def propose(
        self,
        interaction: Interaction,
        place: Place,
        paper: str,
        title: str,
        summary: str | None = None,
        skills: str | None = None,
        capacity: app_commands.Range[int, 1, rules.CAPACITY] | None = None,
        group: str | None = None,
        joining: app_commands.Choice[str] | None = None,
    ) -> None:
        """Write the project down, open its board, and tell this channel."""
        meant = await self._group(place, group)
        if meant is None and interaction.guild is not None:
            check_home(interaction.guild, await self.service.home(place))
        project = await self.service.propose(
            place,
            group=meant,
            paper=paper,
            title=title,
            summary=summary,
            skills=skills,
            capacity=capacity,
            joining=_joining(joining),
            mentored=joining is not None and joining.value == MENTOR,
        )
        try:
            await open_board(interaction, project)
        except Conflict as refusal:
            typed = [paper, title, summary or "", skills or ""]
            await tell(interaction, refusal, typed="\n".join(filter(None, typed)))

    @app_commands.command(description="Change what a project says about itself (its lead)")
    @app_commands.describe(
        title="What the project is called",
        paper="An arXiv id, a DOI, a link, or a citation with the title",
        summary="What you want to find out, and how",
        skills="What you are looking for, separated by commas",
        capacity="How many people it can take",
        joining="Whether you want to be asked before somebody joins",
    )
    @app_commands.choices(joining=JOINING)
    @with_project()
    async def edit(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        title: str | None = None,
        paper: str | None = None,
        summary: str | None = None,
        skills: str | None = None,
        capacity: app_commands.Range[int, 1, rules.CAPACITY] | None = None,
        joining: app_commands.Choice[str] | None = None,
    ) -> None:
        """Change a project; its thread takes the new title."""
        edited = await self.service.edit(
            place,
            project.id,
            title=title,
            paper=paper,
            summary=summary,
            skills=skills,
            capacity=capacity,
            joining=Joining(joining.value) if joining else None,
        )
        await replies.send(interaction, cards.edited(edited))
        if edited.title != project.title:
            events.project_state_changed(self.bot, edited)
        if paper is not None and edited.paper_id is not None:
            self.bot.library.look_up(edited.paper_id, edited.guild_id)
        events.project_changed(self.bot, edited.id)

    @app_commands.command(description="Say how far a project has come (its lead)")
    @app_commands.describe(state="How far it has come")
    @app_commands.choices(state=STATES)
    @with_project()
    async def status(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        state: app_commands.Choice[str],
    ) -> None:
        """Set the state, and with it the forum's tag."""
        await set_state(interaction, place, project.id, ProjectState(state.value))

    @app_commands.command(description="Write a line in a project's log (members)")
    @app_commands.describe(
        text="What is new",
        about="The section of the report that it belongs to; by default progress",
    )
    @app_commands.choices(about=TOPICS)
    @with_project()
    async def update(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        text: str,
        about: app_commands.Choice[str] | None = None,
    ) -> None:
        """Write a line, and show it."""
        topic = Topic(about.value) if about else Topic.PROGRESS
        _, line = await self.service.update(place, project.id, text, topic)
        await replies.send(interaction, cards.update(place.user_id, line), public=True)
        events.project_changed(self.bot, project.id)

    @app_commands.command(description="Put a project away; it can be reopened (its lead)")
    @with_project()
    async def archive(self, interaction: Interaction, place: Place, project: Project) -> None:
        """Ask first, then archive the project and its thread."""
        await self.service.check_may_archive(place, project.id)
        await replies.send(
            interaction, cards.archive_question(project), view=confirm_archive_project(project.id)
        )

    @app_commands.command(description="Open an archived project again (its lead)")
    @app_commands.describe(project="Which archived project")
    @with_place
    async def reopen(
        self, interaction: Interaction, place: Place, project: ArchivedOption | None = None
    ) -> None:
        """Open the project and its thread again."""
        meant = await self.service.put_away(place, project)
        reopened = await self.service.reopen(place, meant.id)
        await replies.send(interaction, cards.reopened(reopened, place.user_id), public=True)
        events.project_state_changed(self.bot, reopened)

    @app_commands.command(name="list", description="The projects of this server")
    @app_commands.describe(
        state="Only projects in this state",
        skill="Only projects that look for it, e.g. PyTorch",
        paper="Only those about it: an arXiv id, a DOI, a link, or a part of the title",
    )
    @app_commands.choices(state=STATES)
    @with_place
    async def show(
        self,
        interaction: Interaction,
        place: Place,
        state: app_commands.Choice[str] | None = None,
        skill: str | None = None,
        paper: str | None = None,
    ) -> None:
        """Show the projects, to the person who asked."""
        wanted = ProjectState(state.value) if state else None
        found = await self.service.search(place, state=wanted, skill=skill, paper=paper)
        await Pages.show(interaction, cards.project_pages(found))

    @propose.autocomplete("group")
    async def _groups(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.bot.places.group_choices(interaction, typed)

    async def _group(self, place: Place, given: str | None) -> Group | None:
        """Return the group that a new project belongs to; a project may belong to none."""
        if given is not None:
            return await self.bot.places.group(place, given)
        try:
            return await self.bot.places.group(place)
        except UserError:
            return None
