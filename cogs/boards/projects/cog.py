"""The commands `/project`, and what keeps the boards true."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.base.errors import Conflict, InvalidInput, UserError
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content
from bot.place import Place
from bot.ui import theme
from bot.ui.pages import Pages
from bot.ui.report import answered
from bot.ui.report import report as tell
from cogs.boards.board import cards
from cogs.boards.board.handlers import Reminders
from cogs.boards.board.views import board_buttons
from cogs.boards.claims.cog import ClaimCommands
from cogs.boards.deadlines.cog import DeadlineCommands
from cogs.boards.links.cog import LinkCommands
from cogs.boards.links.handlers import Watcher
from cogs.boards.members.joining import Answered, JoiningService
from cogs.boards.members.service import Left, PeopleService
from cogs.boards.members.views import (
    ArchiveQuestion,
    HandOver,
    JoinButton,
    LeadButton,
    join,
    request_buttons,
)
from cogs.boards.projects import rules as board
from cogs.boards.projects.options import PROJECT_HINT, Choices, Choosing
from cogs.boards.projects.proposing import open_board
from cogs.boards.projects.service import ProjectService
from cogs.boards.projects.threads import BoardThreads
from cogs.boards.reports import writing as reporting
from cogs.boards.reports.service import ReportContents, ReportService
from cogs.boards.results.cog import ResultCommands
from cogs.boards.tasks.cog import TaskCommands
from cogs.boards.tasks.views import task_button, task_menu
from cogs.boards.wording import short
from data.boards.projects import Project
from data.server.groups import Group
from data.states import CardKind, Joining, ProjectState, Topic

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

CAPACITY = 100
"""The largest number of members that a project may be limited to."""


NAMES = 50
"""How many people a report asks Discord for by name."""


def _joining(chosen: app_commands.Choice[str] | None) -> Joining:
    if chosen is None:
        return Joining.OPEN
    return Joining.ASKED if chosen.value == MENTOR else Joining(chosen.value)


class ProjectCommands(commands.GroupCog, group_name="project", name="boards"):
    """Papers that are replicated together, each on a board of its own."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(ProjectService)
        self.joining = bot.service(JoiningService)
        self.people = bot.service(PeopleService)
        self.reports = bot.service(ReportService)
        self.choosing = Choosing(bot)
        self.threads = BoardThreads(bot)
        self.reminders = Reminders(bot, self.threads)
        self.watcher = Watcher(bot)
        bot.cards.render_with(CardKind.BOARD, self.render)
        group = self.app_command
        assert group is not None  # noqa: S101 - this cog is a group
        group.add_command(TaskCommands(bot))
        group.add_command(DeadlineCommands(bot))
        group.add_command(ClaimCommands(bot))
        group.add_command(ResultCommands(bot))
        group.add_command(LinkCommands(bot))

    @app_commands.command(description="Propose a paper to replicate: opens a board for it")
    @app_commands.describe(
        paper="An arXiv id, a DOI, a link, or a title",
        title="What the project is called",
        summary="What you want to find out, and how",
        skills="What you are looking for, between commas: PyTorch, writing",
        capacity="How many people it can take",
        group="The group that it belongs to; without it, the one of this channel",
        joining="Whether you want to be asked before somebody joins",
    )
    @app_commands.choices(joining=PROPOSED)
    @answered
    async def propose(
        self,
        interaction: Interaction,
        paper: str,
        title: str,
        summary: str | None = None,
        skills: str | None = None,
        capacity: app_commands.Range[int, 1, CAPACITY] | None = None,
        group: str | None = None,
        joining: app_commands.Choice[str] | None = None,
    ) -> None:
        """Write the project down, open its board, and tell this channel."""
        place = await self.bot.places.of(interaction)
        belongs = await self._group(place, group)
        project = await self.service.propose(
            place,
            group=belongs,
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

    @app_commands.command(description="Join a project")
    @app_commands.describe(project=PROJECT_HINT)
    @answered
    async def join(self, interaction: Interaction, project: str | None = None) -> None:
        """Become a member."""
        place = await self.bot.places.of(interaction)
        meant = await self.service.meant(place, project, own=False)
        await join(interaction, meant.id)

    @app_commands.command(description="Leave a project; your open tasks are free again")
    @app_commands.describe(project=PROJECT_HINT)
    @answered
    async def leave(self, interaction: Interaction, project: str | None = None) -> None:
        """Stop being a member, and offer the place where there was none free."""
        place = await self.bot.places.of(interaction)
        meant = await self.service.meant(place, project)
        if await self.people.has_to_hand_over(place, meant.id):
            await interaction.response.send_message(
                f"You lead **{short(meant.title, 130)}**. Who leads it when you leave?",
                view=HandOver(meant.id),
                ephemeral=True,
            )
            return
        left = await self.people.leave(place, meant.id)
        await interaction.response.send_message(cards.goodbye(left), ephemeral=True)
        self.bot.dispatch("project_left", left, place.user_id)

    @app_commands.command(description="Invite somebody to a project (members)")
    @app_commands.describe(person="Whom", project=PROJECT_HINT)
    @answered
    async def invite(
        self, interaction: Interaction, person: discord.Member, project: str | None = None
    ) -> None:
        """Ask somebody in the board's thread, which brings them there."""
        place = await self.bot.places.of(interaction)
        meant = await self.service.meant(place, project)
        if person.bot:
            raise InvalidInput("Bots cannot join. Invite a person.")
        invited = await self.joining.invite(place, meant.id, person.id)
        content = cards.invitation(invited, place.user_id, person.id, JoinButton(meant.id))
        if place.thread_id == invited.thread_id:
            await interaction.response.send_message(**content.for_sending())
            return
        await interaction.response.defer(ephemeral=True)
        key = f"board/{meant.id}/invite/{interaction.id}"
        await self.threads.post(invited, key, content)
        await interaction.followup.send(
            f"{theme.person(person.id)} is invited, in <#{invited.thread_id}>.", ephemeral=True
        )

    @app_commands.command(description="Hand a project over (its lead)")
    @app_commands.describe(person="The member who leads from now on", project=PROJECT_HINT)
    @answered
    async def lead(
        self, interaction: Interaction, person: discord.Member, project: str | None = None
    ) -> None:
        """Make a member the lead."""
        place = await self.bot.places.of(interaction)
        meant = await self.service.meant(place, project)
        handed = await self.people.hand_over(place, meant.id, person.id)
        await interaction.response.send_message(cards.leads(handed, person.id))
        self.bot.dispatch("project_changed", meant.id)

    @app_commands.command(description="Change what a project says of itself (its lead)")
    @app_commands.describe(
        summary="What you want to find out, and how",
        skills="What you are looking for, between commas",
        capacity="How many people it can take",
        joining="Whether you want to be asked before somebody joins",
        project=PROJECT_HINT,
    )
    @app_commands.choices(joining=JOINING)
    @answered
    async def edit(
        self,
        interaction: Interaction,
        summary: str | None = None,
        skills: str | None = None,
        capacity: app_commands.Range[int, 1, CAPACITY] | None = None,
        joining: app_commands.Choice[str] | None = None,
        project: str | None = None,
    ) -> None:
        """Change a project."""
        place = await self.bot.places.of(interaction)
        meant = await self.service.meant(place, project)
        edited = await self.people.edit(
            place,
            meant.id,
            summary=summary,
            skills=skills,
            capacity=capacity,
            joining=Joining(joining.value) if joining else None,
        )
        await interaction.response.send_message(
            f"**{short(edited.title, 130)}** is changed: <#{edited.thread_id}>", ephemeral=True
        )
        self.bot.dispatch("project_changed", meant.id)

    @app_commands.command(description="Say how far a project has come (its lead)")
    @app_commands.describe(state="How far it has come", project=PROJECT_HINT)
    @app_commands.choices(state=STATES)
    @answered
    async def status(
        self,
        interaction: Interaction,
        state: app_commands.Choice[str],
        project: str | None = None,
    ) -> None:
        """Set the state, and with it the forum's tag."""
        place = await self.bot.places.of(interaction)
        meant = await self.service.meant(place, project)
        changed = await self.people.set_state(place, meant.id, ProjectState(state.value))
        await interaction.response.send_message(cards.state_changed(changed, place.user_id))
        self.bot.dispatch("project_state_changed", changed)

    @app_commands.command(description="Write a line in a project's log (members)")
    @app_commands.describe(
        text="What is new",
        about="The section of the report that it belongs to; progress unless said",
        project=PROJECT_HINT,
    )
    @app_commands.choices(about=TOPICS)
    @answered
    async def update(
        self,
        interaction: Interaction,
        text: str,
        about: app_commands.Choice[str] | None = None,
        project: str | None = None,
    ) -> None:
        """Write a line, and show it."""
        place = await self.bot.places.of(interaction)
        meant = await self.service.meant(place, project)
        topic = Topic(about.value) if about else Topic.PROGRESS
        _, line = await self.people.update(place, meant.id, text, topic)
        await interaction.response.send_message(cards.update(place.user_id, line))
        self.bot.dispatch("project_changed", meant.id)

    @app_commands.command(description="Put a project away; it can be reopened (its lead)")
    @app_commands.describe(project=PROJECT_HINT)
    @answered
    async def archive(self, interaction: Interaction, project: str | None = None) -> None:
        """Ask first, then archive the project and its thread."""
        place = await self.bot.places.of(interaction)
        meant = await self.service.meant(place, project)
        await self.people.check_may_archive(place, meant.id)
        await interaction.response.send_message(
            f"Archive **{short(meant.title, 130)}**? Nothing changes in it then, and nobody is "
            "reminded, until `/project reopen`.",
            view=ArchiveQuestion(meant.id),
            ephemeral=True,
        )

    @app_commands.command(description="Take an archived project up again (its lead)")
    @app_commands.describe(project="Which archived project")
    @answered
    async def reopen(self, interaction: Interaction, project: str | None = None) -> None:
        """Open the project and its thread again."""
        place = await self.bot.places.of(interaction)
        meant = await self.service.put_away(place, project)
        reopened = await self.people.reopen(place, meant.id)
        await interaction.response.send_message(
            f"{theme.BOARD} {theme.person(place.user_id)} reopened "
            f"**{short(reopened.title, 130)}**: <#{reopened.thread_id}>"
        )
        self.bot.dispatch("project_state_changed", reopened)

    @app_commands.command(name="list", description="The projects of this server")
    @app_commands.describe(
        state="Only those that have come so far",
        skill="Only those that look for it, e.g. PyTorch",
        paper="Only those about it: an arXiv id, a DOI, a link, or a part of the title",
    )
    @app_commands.choices(state=STATES)
    @answered
    async def show(
        self,
        interaction: Interaction,
        state: app_commands.Choice[str] | None = None,
        skill: str | None = None,
        paper: str | None = None,
    ) -> None:
        """Show the projects, to the person who asked."""
        place = await self.bot.places.of(interaction)
        found = await self.service.search(
            place,
            state=ProjectState(state.value) if state else None,
            skill=skill,
            paper=paper,
        )
        await Pages.show(interaction, cards.project_pages(found))

    @app_commands.command(description="The replication as a report: text, plot, JSON and CSV")
    @app_commands.describe(project=PROJECT_HINT)
    @answered
    async def report(self, interaction: Interaction, project: str | None = None) -> None:
        """Write the report, and send it with its plot and its data."""
        place = await self.bot.places.of(interaction)
        meant = await self.service.meant(place, project)
        await interaction.response.defer()
        contents = await self.reports.contents(meant.id)
        files = await reporting.files(contents, await self._names(interaction, contents))
        await interaction.followup.send(
            cards.report(contents.view),
            files=files,
            allowed_mentions=discord.AllowedMentions.none(),
        )

    @reopen.autocomplete("project")
    async def _archived(self, interaction: Interaction, typed: str) -> Choices:
        return await self.choosing.archived(interaction, typed)

    @propose.autocomplete("group")
    async def _groups(self, interaction: Interaction, typed: str) -> Choices:
        return await self.bot.places.group_choices(interaction, typed)

    @archive.autocomplete("project")
    @edit.autocomplete("project")
    @report.autocomplete("project")
    @invite.autocomplete("project")
    @join.autocomplete("project")
    @lead.autocomplete("project")
    @leave.autocomplete("project")
    @status.autocomplete("project")
    @update.autocomplete("project")
    async def _projects(self, interaction: Interaction, typed: str) -> Choices:
        return await self.choosing.projects(interaction, typed)

    @commands.Cog.listener()
    async def on_project_asked(self, asked: Answered) -> None:
        """Put a request to join before the lead, in the board's thread."""
        content = cards.request(asked, request_buttons(asked.request))
        await self.threads.post(asked.project, f"board/request/{asked.request.id}", content)

    @commands.Cog.listener()
    async def on_project_joined(self, project: Project, user_id: int) -> None:
        """Bring a new member into the thread, and show them on the board."""
        await self.threads.welcome(project, user_id)
        self.bot.dispatch("project_changed", project.id)

    @commands.Cog.listener()
    async def on_project_left(self, left: Left, user_id: int) -> None:
        """Show that somebody left, and offer what they leave: their place, or the lead."""
        project = left.project
        self.bot.dispatch("project_changed", project.id)
        key = f"board/{project.id}/left/{user_id}/{int(self.bot.clock.now().timestamp())}"
        if project.archived_at is not None:
            return
        if left.led:
            content = cards.lead_free(left, LeadButton(project.id))
            await self.threads.post(project, f"{key}/lead", content)
        if left.was_full or left.roles:
            content = cards.place_free(left, JoinButton(project.id))
            await self.threads.post(project, key, content)

    @commands.Cog.listener()
    async def on_project_changed(self, project_id: int) -> None:
        """Bring a board up to date."""
        self.bot.cards.refresh(CardKind.BOARD, project_id)

    @commands.Cog.listener()
    async def on_project_state_changed(self, project: Project) -> None:
        """Show a project's state wherever it is shown: board, tag, thread, the group's card."""
        self.bot.cards.refresh(CardKind.BOARD, project.id)
        if project.group_id is not None:
            self.bot.dispatch("group_changed", project.group_id)
        await self.bot.cards.flush()
        await self.threads.follow(project)

    @commands.Cog.listener()
    async def on_paper_described(self, paper_id: int) -> None:
        """Show what was learned of a paper on the boards about it."""
        for project in await self.service.about_paper(paper_id):
            self.bot.cards.refresh(CardKind.BOARD, project.id)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Post a board's card anew when somebody deletes it."""
        await self._deleted(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Do the same when it went with many others."""
        for message_id in payload.message_ids:
            await self._deleted(message_id)

    @commands.Cog.listener()
    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """Keep a living board's thread open that Discord archived for quiet."""
        state: dict[str, object] = payload.data.get("thread_metadata", {})  # pyright: ignore[reportAssignmentType]
        if state.get("archived") is not True:
            return
        project = await self.service.in_thread(payload.guild_id, payload.thread_id)
        if project is not None:
            await self.threads.keep_open(project)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Make a board's thread anew when somebody deletes it."""
        await self.service.lost(payload.guild_id, payload.thread_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Make boards anew elsewhere when the channel that held them is deleted."""
        await self.service.lost_channel(channel.guild.id, channel.id)

    async def _deleted(self, message_id: int) -> None:
        async with self.bot.store.read() as tx:
            card = await tx.cards.at(message_id)
        if card is not None and card.kind is CardKind.BOARD:
            self.bot.cards.refresh(CardKind.BOARD, card.subject_id)

    async def render(self, project_id: int) -> Content:
        """Return a board's card."""
        view = await self.service.view(project_id)
        still = [task for task in board.on_card(view.tasks) if not task.is_done]
        menu = task_menu(view.project, still)
        return cards.board(view, board_buttons(view.project), task_button, menu)

    async def _names(self, interaction: Interaction, contents: ReportContents) -> dict[int, str]:
        """Return what the people of a report are called in the server; who left has no name."""
        guild = interaction.guild
        assert guild is not None  # noqa: S101 - our commands are used in servers
        names: dict[int, str] = {}
        for user_id in contents.people()[:NAMES]:
            try:
                member = guild.get_member(user_id) or await guild.fetch_member(user_id)
            except discord.HTTPException:
                continue
            names[user_id] = member.display_name
        return names

    async def _group(self, place: Place, given: str | None) -> Group | None:
        """Return the group that a new project belongs to; a project may belong to none."""
        if given is not None:
            return await self.bot.places.group(place, given)
        try:
            return await self.bot.places.group(place)
        except UserError:
            return None
