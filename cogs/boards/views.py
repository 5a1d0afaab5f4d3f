"""The buttons of boards, and the form for a new task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot import when
from bot.client import Interaction
from bot.delivery import person
from bot.errors import Undeliverable
from bot.ui import theme
from bot.ui.form import Form, Typed
from bot.ui.items import CardButton, CardButtons, CardSelect, OwnView
from bot.ui.report import answered
from cogs.boards import cards, ledger_cards
from cogs.boards.rules import board as rules
from cogs.boards.rules import ledger
from cogs.boards.service import (
    DeadlineService,
    JoiningService,
    LedgerService,
    Moved,
    PeopleService,
    ProjectService,
    TaskService,
)
from cogs.boards.service.joining import NOTE_LIMIT
from cogs.boards.wording import short
from data.boards import Project
from data.join_requests import JoinRequest
from data.project_deadlines import ProjectDeadline
from data.results import Result
from data.states import Decision, ProjectDeadlineState, ProjectState, TaskState
from data.tasks import Task

MENU = 25
"""How many tasks a menu offers."""


class JoinButton(CardButton, template=r"board:join:(?P<project_id>\d{1,18})"):
    """Joins the project of a board."""

    def __init__(self, project_id: int) -> None:
        super().__init__(
            f"board:join:{project_id}", label="Join", style=discord.ButtonStyle.success
        )
        self.project_id = project_id

    async def pressed(self, interaction: Interaction) -> None:
        """Join, or ask to."""
        await join(interaction, self.project_id)


class AddTaskButton(CardButton, template=r"board:add:(?P<project_id>\d{1,18})"):
    """Opens the form for a new task."""

    def __init__(self, project_id: int) -> None:
        super().__init__(f"board:add:{project_id}", label="Add a task", emoji="➕")
        self.project_id = project_id

    async def pressed(self, interaction: Interaction) -> None:
        """Open the form, for a member."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(TaskService).check_may_add(place, self.project_id)
        await TaskForm.open(interaction, project_id=self.project_id)


class TakeButton(CardButton, template=r"task:take:(?P<task_id>\d{1,18})"):
    """Takes a task."""

    def __init__(self, task_id: int) -> None:
        super().__init__(f"task:take:{task_id}", label="Take it", style=discord.ButtonStyle.primary)
        self.task_id = task_id

    async def pressed(self, interaction: Interaction) -> None:
        """Take it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        change = await bot.service(TaskService).take(place, self.task_id)
        await interaction.response.send_message(
            f"It is yours. {cards.moved(change)}", ephemeral=True, **_undo(change)
        )
        bot.dispatch("project_changed", change.project.id)


class DoneButton(CardButton, template=r"task:done:(?P<task_id>\d{1,18})"):
    """Marks a task done."""

    def __init__(self, task_id: int) -> None:
        super().__init__(f"task:done:{task_id}", label="Done", style=discord.ButtonStyle.success)
        self.task_id = task_id

    async def pressed(self, interaction: Interaction) -> None:
        """Mark it done."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        change = await bot.service(TaskService).move(place, self.task_id, TaskState.DONE)
        await interaction.response.send_message(
            cards.moved(change), ephemeral=True, **_undo(change)
        )
        bot.dispatch("project_changed", change.project.id)


class TaskMenu(CardSelect, template=r"task:pick:(?P<project_id>\d{1,18})"):
    """Picks a task of a board, to see it whole and to move it."""

    def __init__(self, project_id: int, options: Sequence[discord.SelectOption] = ()) -> None:
        super().__init__(
            f"task:pick:{project_id}", options=options, placeholder="Look at a task, or move it …"
        )

    async def chosen(self, interaction: Interaction, values: tuple[str, ...]) -> None:
        """Show the task, to the person who picked it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        _, task, moves = await bot.service(TaskService).whole(place.guild_id, int(values[0]))
        await interaction.response.send_message(
            cards.task(task, moves),
            view=CardButtons(
                *(
                    StateButton(str(state), task.id)
                    for state in TaskState
                    if state is not task.state
                )
            ),
            ephemeral=True,
        )


class StateButton(
    CardButton,
    template=r"task:set:(?P<state>todo|doing|review|done|blocked):(?P<task_id>\d{1,18})",
):
    """Brings a task into a state; what is in the way of a blocked one is asked."""

    def __init__(self, state: str, task_id: int) -> None:
        self.state = TaskState(state)
        self.task_id = task_id
        super().__init__(
            f"task:set:{state}:{task_id}",
            label=cards.NAME[self.state].capitalize(),
            emoji=cards.SYMBOL[self.state],
        )

    async def pressed(self, interaction: Interaction) -> None:
        """Move it, or ask what is in the way."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        tasks = bot.service(TaskService)
        if self.state is TaskState.BLOCKED:
            await tasks.check_may_move(place, self.task_id)
            await ObstacleForm.open(interaction, task_id=self.task_id)
            return
        change = await tasks.move(place, self.task_id, self.state)
        view = CardButtons(UndoButton(change.move)) if change.move is not None else None
        await interaction.response.edit_message(content=cards.moved(change), view=view)
        bot.dispatch("project_changed", change.project.id)


class BlockedButton(CardButton, template=r"task:blocked:(?P<task_id>\d{1,18})"):
    """Says in the thread that a task is blocked, and asks what is in the way."""

    def __init__(self, task_id: int) -> None:
        super().__init__(f"task:blocked:{task_id}", label="Blocked", emoji="⛔")
        self.task_id = task_id

    async def pressed(self, interaction: Interaction) -> None:
        """Ask what is in the way, of a member."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(TaskService).check_may_move(place, self.task_id)
        await ObstacleForm.open(interaction, task_id=self.task_id)


class UndoButton(CardButton, template=r"task:undo:(?P<move_id>\d{1,18})"):
    """Takes one's last move of a task back."""

    def __init__(self, move_id: int) -> None:
        super().__init__(f"task:undo:{move_id}", label="Undo", emoji="↩️")
        self.move_id = move_id

    async def pressed(self, interaction: Interaction) -> None:
        """Take it back."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        change = await bot.service(TaskService).undo(place, self.move_id)
        await interaction.response.edit_message(content=f"Undone. {cards.moved(change)}", view=None)
        bot.dispatch("project_changed", change.project.id)


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
        await bot.service(PeopleService).check_may_update(place, self.project_id)
        await UpdateForm.open(interaction, project_id=self.project_id)


class PauseButton(CardButton, template=r"board:pause:(?P<project_id>\d{1,18})"):
    """Pauses a project."""

    def __init__(self, project_id: int) -> None:
        super().__init__(f"board:pause:{project_id}", label="Pause it")
        self.project_id = project_id

    async def pressed(self, interaction: Interaction) -> None:
        """Pause it, for the lead or an organiser."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project = await bot.service(PeopleService).set_state(
            place, self.project_id, ProjectState.PAUSED
        )
        await interaction.response.send_message(cards.state_changed(project, place.user_id))
        bot.dispatch("project_state_changed", project)


class DeadlineMoveButton(CardButton, template=r"deadline:move:(?P<deadline_id>\d{1,18})"):
    """Opens the form for another time."""

    def __init__(self, deadline_id: int) -> None:
        super().__init__(f"deadline:move:{deadline_id}", label="Move it")
        self.deadline_id = deadline_id

    async def pressed(self, interaction: Interaction) -> None:
        """Ask until when, and why."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(DeadlineService).check_may_move(place, self.deadline_id)
        await DeadlineForm.open(interaction, deadline_id=self.deadline_id)


class DeadlineDoneButton(CardButton, template=r"deadline:done:(?P<deadline_id>\d{1,18})"):
    """Marks a project's deadline done."""

    def __init__(self, deadline_id: int) -> None:
        super().__init__(
            f"deadline:done:{deadline_id}", label="Done", style=discord.ButtonStyle.success
        )
        self.deadline_id = deadline_id

    async def pressed(self, interaction: Interaction) -> None:
        """Mark it done."""
        await close_deadline(interaction, self.deadline_id, ProjectDeadlineState.DONE)


class DeadlineDropButton(CardButton, template=r"deadline:drop:(?P<deadline_id>\d{1,18})"):
    """Drops a project's deadline."""

    def __init__(self, deadline_id: int) -> None:
        super().__init__(f"deadline:drop:{deadline_id}", label="Drop it")
        self.deadline_id = deadline_id

    async def pressed(self, interaction: Interaction) -> None:
        """Drop it."""
        await close_deadline(interaction, self.deadline_id, ProjectDeadlineState.DROPPED)


class ReviewButton(
    CardButton,
    template=r"result:(?P<decision>confirm|dispute):(?P<result_id>\d{1,18})",
):
    """Confirms or disputes somebody else's result."""

    def __init__(self, decision: str, result_id: int) -> None:
        self.decision = Decision(decision)
        self.result_id = result_id
        confirms = self.decision is Decision.CONFIRM
        super().__init__(
            f"result:{decision}:{result_id}",
            label="Confirm" if confirms else "Dispute",
            style=discord.ButtonStyle.success if confirms else discord.ButtonStyle.secondary,
        )

    async def pressed(self, interaction: Interaction) -> None:
        """Ask for the reason."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(LedgerService).check_may_review(place, self.result_id, self.decision)
        await ReviewForm.open(interaction, decision=str(self.decision), result_id=self.result_id)


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
        project = await bot.service(PeopleService).archive(place, self._project_id)
        await interaction.response.edit_message(
            content=f"**{short(project.title, 130)}** is archived. `/project reopen` brings it "
            "back.",
            view=None,
        )
        bot.dispatch("project_state_changed", project)

    @ui.button(label="Keep it", style=discord.ButtonStyle.secondary)
    @answered
    async def keep(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Leave everything as it is."""
        await interaction.response.edit_message(content="It stays as it is.", view=None)


class AcceptButton(CardButton, template=r"board:accept:(?P<request_id>\d{1,18})"):
    """Lets somebody in who asked."""

    def __init__(self, request_id: int) -> None:
        super().__init__(
            f"board:accept:{request_id}", label="Let them in", style=discord.ButtonStyle.success
        )
        self.request_id = request_id

    async def pressed(self, interaction: Interaction) -> None:
        """Let them in."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        answer = await bot.service(JoiningService).answer(place, self.request_id, accepted=True)
        content = cards.accepted(answer, place.user_id)
        await interaction.response.edit_message(**content.for_editing())
        bot.dispatch("project_joined", answer.project, answer.request.user_id)


class RefuseButton(CardButton, template=r"board:refuse:(?P<request_id>\d{1,18})"):
    """Refuses somebody who asked, with a reason."""

    def __init__(self, request_id: int) -> None:
        super().__init__(f"board:refuse:{request_id}", label="Refuse …")
        self.request_id = request_id

    async def pressed(self, interaction: Interaction) -> None:
        """Ask for the reason."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(JoiningService).check_may_answer(place, self.request_id)
        await RefusalForm.open(interaction, request_id=self.request_id)


BUTTONS = (
    AcceptButton,
    RefuseButton,
    BlockedButton,
    PauseButton,
    ReviewButton,
    StateButton,
    TaskMenu,
    UndoButton,
    UpdateButton,
    JoinButton,
    AddTaskButton,
    TakeButton,
    DoneButton,
    DeadlineDoneButton,
    DeadlineDropButton,
    DeadlineMoveButton,
)


class TaskForm(Form, template=r"task:add:(?P<project_id>\d{1,18})"):
    """Asks for a new task."""

    @classmethod
    async def build(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, project_id: int
    ) -> TaskForm:
        """Return the form."""
        form = cls("A new task", f"task:add:{project_id}")
        form.ask(
            "title",
            "What is to be done",
            typed,
            placeholder="Train on mod 97 with 3 seeds",
            required=True,
            limit=rules.TASK_LIMIT,
        )
        form.ask("due", "Due", typed, hint="fri, 2026-12-01, in 2 weeks; may stay empty", limit=100)
        return form.ask(
            "notes", "Notes", typed, hint="May stay empty", long=True, limit=rules.NOTES_LIMIT
        )

    @classmethod
    async def submitted(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, project_id: int
    ) -> None:
        """Add the task, and tell the thread."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project = await bot.service(ProjectService).get(place.guild_id, project_id)
        zone = await bot.service(ProjectService).zone(place, project)
        due = typed.text("due")
        change = await bot.service(TaskService).add(
            place,
            project.id,
            title=typed.text("title"),
            due_at=when.parse(due, zone=zone, now=bot.clock.now(), end_of_day=True)
            if due
            else None,
            notes=typed.text("notes"),
        )
        await interaction.response.send_message(cards.added(change))
        bot.dispatch("project_changed", project.id)


class AskForm(Form, template=r"board:ask:(?P<project_id>\d{1,18})"):
    """Asks what somebody brings who wants to join."""

    @classmethod
    async def build(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, project_id: int
    ) -> AskForm:
        """Return the form, with the reason of an earlier refusal above it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        refused = await bot.service(JoiningService).refused_before(project_id, place)
        form = cls("Ask to join", f"board:ask:{project_id}")
        return form.ask(
            "note",
            "What do you bring, and what do you want?",
            typed,
            hint=f"Refused before: {refused}" if refused else "The lead reads it and answers you",
            placeholder="I know PyTorch, and have five hours a week",
            long=True,
            required=True,
            limit=NOTE_LIMIT,
        )

    @classmethod
    async def submitted(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, project_id: int
    ) -> None:
        """Put it before the lead."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        asked = await bot.service(JoiningService).ask(place, project_id, typed.text("note"))
        await interaction.response.send_message(cards.asked(asked), ephemeral=True)
        bot.dispatch("project_asked", asked)


class RefusalForm(Form, template=r"board:refuse:(?P<request_id>\d{1,18})"):
    """Asks why somebody is refused."""

    @classmethod
    async def build(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, request_id: int
    ) -> RefusalForm:
        """Return the form."""
        form = cls("Refuse, with a reason", f"board:refuse:{request_id}")
        return form.ask(
            "reason",
            "Why? Only they read it",
            typed,
            placeholder="We are enough for now; the sweep of the other group needs people",
            long=True,
            required=True,
            limit=NOTE_LIMIT,
        )

    @classmethod
    async def submitted(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, request_id: int
    ) -> None:
        """Write it down, and tell them alone."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        reason = typed.text("reason")
        answer = await bot.service(JoiningService).answer(
            place, request_id, accepted=False, reason=reason
        )
        content = cards.request_answered(answer, place.user_id)
        await interaction.response.edit_message(**content.for_editing())
        key = f"board/request/{request_id}/refused"
        to = [person(answer.request.user_id)]
        try:
            await bot.delivery.send(key, place.guild_id, cards.refusal(answer, reason), to)
        except Undeliverable:
            await interaction.followup.send(
                f"<@{answer.request.user_id}> takes no direct messages: they read your reason when "
                "they ask again.",
                ephemeral=True,
            )


class DeadlineForm(Form, template=r"deadline:move:(?P<deadline_id>\d{1,18})"):
    """Asks for another time."""

    @classmethod
    async def build(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, deadline_id: int
    ) -> DeadlineForm:
        """Return the form."""
        form = cls("Move a deadline", f"deadline:move:{deadline_id}")
        form.ask(
            "due", "Until when", typed, placeholder="in 2 weeks, 2026-12-01 AoE", required=True,
            limit=100,
        )  # fmt: skip
        return form.ask("reason", "Why", typed, hint="May stay empty", long=True, limit=500)

    @classmethod
    async def submitted(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, deadline_id: int
    ) -> None:
        """Move it."""
        await move_deadline(interaction, deadline_id, typed.text("due"), typed.text("reason"))


class ObstacleForm(Form, template=r"task:block:(?P<task_id>\d{1,18})"):
    """Asks what is in the way of a task."""

    @classmethod
    async def build(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, task_id: int
    ) -> ObstacleForm:
        """Return the form."""
        form = cls("What is in the way?", f"task:block:{task_id}")
        return form.ask(
            "obstacle",
            "What is in the way",
            typed,
            hint="The others of the thread read it: somebody may be able to help",
            placeholder="No GPU until Monday",
            long=True,
            required=True,
            limit=rules.OBSTACLE_LIMIT,
        )

    @classmethod
    async def submitted(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, task_id: int
    ) -> None:
        """Block the task, and tell the thread."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        change = await bot.service(TaskService).move(
            place, task_id, TaskState.BLOCKED, obstacle=typed.text("obstacle")
        )
        await interaction.response.send_message(
            f"{cards.moved(change)}\n-# Who can help <@{place.user_id}>?"
        )
        bot.dispatch("project_changed", change.project.id)


class UpdateForm(Form, template=r"board:update:(?P<project_id>\d{1,18})"):
    """Asks for a line in the log."""

    @classmethod
    async def build(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, project_id: int
    ) -> UpdateForm:
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
    async def submitted(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, project_id: int
    ) -> None:
        """Write it down, and show it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project, line = await bot.service(PeopleService).update(
            place, project_id, typed.text("text")
        )
        await interaction.response.send_message(cards.update(place.user_id, line))
        bot.dispatch("project_changed", project.id)


class ReviewForm(
    Form, template=r"result:review:(?P<decision>confirm|dispute):(?P<result_id>\d{1,18})"
):
    """Asks why somebody confirms or disputes a result."""

    @classmethod
    async def build(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, decision: str, result_id: int
    ) -> ReviewForm:
        """Return the form."""
        confirms = decision == Decision.CONFIRM
        form = cls(
            "Confirm a result" if confirms else "Dispute a result",
            f"result:review:{decision}:{result_id}",
        )
        return form.ask(
            "reason",
            "How did you check it?" if confirms else "What is wrong with it?",
            typed,
            placeholder="Ran it again from the commit: 97.0"
            if confirms
            else "The learning rate differs from the paper's",
            long=True,
            required=True,
            limit=ledger.NOTES_LIMIT,
        )

    @classmethod
    async def submitted(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, decision: str, result_id: int
    ) -> None:
        """Write the review down, and tell everybody."""
        await review(interaction, result_id, Decision(decision), typed.text("reason"))


async def review(interaction: Interaction, result_id: int, decision: Decision, reason: str) -> None:
    """Write down what somebody says of a result, and tell everybody."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    entry = await bot.service(LedgerService).review(place, result_id, decision, reason)
    content = ledger_cards.review(entry, entry.project, place.user_id)
    await interaction.response.send_message(**content.for_sending())
    bot.dispatch("project_changed", entry.project.id)


def review_buttons(result: Result) -> list[ui.Item[Any]]:
    """Return what others can say of a result."""
    return [
        ReviewButton(str(Decision.CONFIRM), result.id),
        ReviewButton(str(Decision.DISPUTE), result.id),
    ]


async def join(interaction: Interaction, project_id: int) -> None:
    """Join a project, or open the form to ask its lead."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    joining = bot.service(JoiningService)
    if await joining.has_to_ask(place, project_id):
        await AskForm.open(interaction, project_id=project_id)
        return
    project = await joining.join(place, project_id)
    await interaction.response.send_message(cards.welcome(project), ephemeral=True)
    bot.dispatch("project_joined", project, place.user_id)


def request_buttons(request: JoinRequest) -> list[ui.Item[Any]]:
    """Return what a lead can answer."""
    return [AcceptButton(request.id), RefuseButton(request.id)]


def board_buttons(project: Project) -> list[ui.Item[Any]]:
    """Return the buttons for the whole board."""
    return [JoinButton(project.id), AddTaskButton(project.id)]


def task_menu(project: Project, tasks: Sequence[Task]) -> ui.Item[Any] | None:
    """Return the menu of a board's open tasks; Discord allows 25 options."""
    options = [
        discord.SelectOption(
            label=theme.clip(" ".join(task.title.split()), 100),
            value=str(task.id),
            description=cards.NAME[task.state],
            emoji=cards.SYMBOL[task.state],
        )
        for task in tasks[:MENU]
    ]
    return TaskMenu(project.id, options) if options else None


def task_button(task: Task) -> ui.Item[Any]:
    """Return the button of a task's row: to take it, or, once somebody has it, to finish it."""
    return DoneButton(task.id) if task.owners else TakeButton(task.id)


def silence_buttons(project: Project) -> list[ui.Item[Any]]:
    """Return what can be said of a silent board."""
    return [UpdateButton(project.id), PauseButton(project.id)]


def overdue_buttons(task: Task) -> list[ui.Item[Any]]:
    """Return what can be said of a task that is overdue."""
    return [DoneButton(task.id), BlockedButton(task.id)]


def task_done_button(task: Task) -> ui.Item[Any]:
    """Return the button that finishes a task."""
    return DoneButton(task.id)


def deadline_buttons(deadline: ProjectDeadline) -> list[ui.Item[Any]]:
    """Return what can be said of a deadline that has passed."""
    return [
        DeadlineDoneButton(deadline.id),
        DeadlineMoveButton(deadline.id),
        DeadlineDropButton(deadline.id),
    ]


async def move_deadline(
    interaction: Interaction, deadline_id: int, due: str, reason: str | None
) -> None:
    """Give a project's deadline another time, and tell everybody."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    deadlines = bot.service(DeadlineService)
    project = await deadlines.check_may_move(place, deadline_id)
    zone = await bot.service(ProjectService).zone(place, project)
    due_at = when.parse(due, zone=zone, now=bot.clock.now(), end_of_day=True)
    _, moved, before = await deadlines.move(place, deadline_id, due_at)
    await interaction.response.send_message(cards.deadline_moved(moved, before, reason))
    bot.dispatch("project_changed", project.id)


async def close_deadline(
    interaction: Interaction, deadline_id: int, state: ProjectDeadlineState
) -> None:
    """Mark a project's deadline done or dropped, and tell everybody."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    project, deadline = await bot.service(DeadlineService).close(place, deadline_id, state)
    await interaction.response.send_message(
        f"{theme.DONE} <@{place.user_id}> marked **{theme.one_line(deadline.title, 120)}** "
        f"{deadline.state}."
    )
    bot.dispatch("project_changed", project.id)


def _undo(change: Moved) -> dict[str, Any]:
    """Return the button that takes a move back, where something was moved."""
    return {"view": CardButtons(UndoButton(change.move))} if change.move is not None else {}
