"""The controls of boards as a whole: joining, the log, pausing and archiving."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import discord
from discord import ui

from bot.base import wording
from bot.base.errors import Undeliverable
from bot.client import Interaction
from bot.jobs.delivery import person
from bot.ui.controls import CardButton, CardSelect, OwnView
from bot.ui.form import Form, Typed
from bot.ui.report import answered
from cogs.boards.members import cards
from cogs.boards.members.service import NOTE_LIMIT, MemberService
from cogs.boards.wording import short
from data.boards.join_requests import JoinRequest
from data.states import ProjectRole

ROLES = {
    ProjectRole.MENTOR: "Knows the field, and is asked",
    ProjectRole.ENGINEER: "Writes the code, and runs it",
    ProjectRole.REVIEWER: "Checks what others found",
    ProjectRole.WRITER: "Writes it up",
}
"""What each part in a project is."""


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


class LeadButton(CardButton, template=r"board:lead:(?P<project_id>\d{1,18})"):
    """Takes the lead of a project that nobody leads."""

    def __init__(self, project_id: int) -> None:
        super().__init__(f"board:lead:{project_id}", label="I lead it")
        self.project_id = project_id

    async def pressed(self, interaction: Interaction) -> None:
        """Take the lead, for a member."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project = await bot.service(MemberService).take_lead(place, self.project_id)
        await interaction.response.send_message(cards.leads(project, place.user_id))
        bot.dispatch("project_changed", project.id)


class HandOver(OwnView):
    """Asks a lead who wants to leave whom to hand over to."""

    def __init__(self, project_id: int) -> None:
        super().__init__()
        self._project_id = project_id

    @ui.select(cls=ui.UserSelect, placeholder="Who leads it from now on?")
    @answered
    async def successor(self, interaction: Interaction, select: ui.UserSelect[Any]) -> None:
        """Hand over to a member, and leave."""
        await self._leave(interaction, successor=select.values[0].id)

    @ui.button(label="Let the members decide")
    @answered
    async def leaderless(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Leave it without a lead, which is offered to the members."""
        await self._leave(interaction, leaderless=True)

    @ui.button(label="Stay")
    @answered
    async def stay(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Leave everything as it is."""
        await interaction.response.edit_message(content="You stay its lead.", view=None)

    async def _leave(
        self, interaction: Interaction, *, successor: int | None = None, leaderless: bool = False
    ) -> None:
        bot = interaction.client
        place = await bot.places.of(interaction)
        left = await bot.service(MemberService).leave(
            place, self._project_id, successor=successor, leaderless=leaderless
        )
        await interaction.response.edit_message(content=cards.goodbye(left), view=None)
        bot.dispatch("project_left", left, place.user_id)


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
        answer = await bot.service(MemberService).answer(place, self.request_id, accepted=True)
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
        await bot.service(MemberService).check_may_answer(place, self.request_id)
        await RefusalForm.open(interaction, request_id=self.request_id)


class AskForm(Form, template=r"board:ask:(?P<project_id>\d{1,18})"):
    """Asks what somebody brings who wants to join."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, *, project_id: int) -> AskForm:
        """Return the form, with the reason of an earlier refusal above it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        refused = await bot.service(MemberService).refused_before(project_id, place)
        project, _ = await bot.service(MemberService).membership(place, project_id)
        form = cls("Ask to join", f"board:ask:{project_id}")
        form.ask(
            "note",
            "What do you bring, and what do you want?",
            typed,
            hint=f"Refused before: {refused}" if refused else "The lead reads it and answers you",
            placeholder="I know PyTorch, and have five hours a week",
            long=True,
            required=True,
            limit=NOTE_LIMIT,
        )
        wanted = frozenset(project.wanted_roles or ())
        return form.put(
            ui.Select(
                custom_id="role",
                options=role_options(sorted(ProjectRole, key=lambda role: role not in wanted)),
                required=False,
                placeholder="Whatever is needed",
            ),
            "As what?",
            f"They look for: {', '.join(sorted(wanted))}" if wanted else "May stay empty",
        )

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, *, project_id: int) -> None:
        """Put it before the lead."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        chosen = [role for role in ProjectRole if str(role) in typed.choices("role")]
        asked = await bot.service(MemberService).ask(
            place, project_id, typed.text("note"), chosen[0] if chosen else None
        )
        await interaction.response.send_message(cards.asked(asked), ephemeral=True)
        bot.dispatch("project_asked", asked)


class RefusalForm(Form, template=r"board:refuse:(?P<request_id>\d{1,18})"):
    """Asks why somebody is refused."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, *, request_id: int) -> RefusalForm:
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
    async def submitted(cls, interaction: Interaction, typed: Typed, *, request_id: int) -> None:
        """Write it down, and tell them alone."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        reason = typed.text("reason")
        answer = await bot.service(MemberService).answer(
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
                f"{wording.person(answer.request.user_id)} takes no direct messages: they read "
                "your reason when they ask again.",
                ephemeral=True,
            )


async def join(interaction: Interaction, project_id: int) -> None:
    """Join a project, or open the form to ask its lead."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    joining = bot.service(MemberService)
    if await joining.has_to_ask(place, project_id):
        await AskForm.open(interaction, project_id=project_id)
        return
    project = await joining.join(place, project_id)
    await interaction.response.send_message(cards.welcome(project), ephemeral=True)
    bot.dispatch("project_joined", project, place.user_id)


def request_buttons(request: JoinRequest) -> list[ui.Item[Any]]:
    """Return what a lead can answer."""
    return [AcceptButton(request.id), RefuseButton(request.id)]


def role_options(
    roles: Sequence[ProjectRole], chosen: Collection[str] = ()
) -> list[discord.SelectOption]:
    """Return the parts that one can have in a project, to choose from."""
    return [
        discord.SelectOption(
            label=str(role).capitalize(),
            value=str(role),
            description=ROLES[role],
            default=str(role) in chosen,
        )
        for role in roles
    ]


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
        project = await bot.service(MemberService).set_roles(place, self.project_id, values)
        parts = [str(role) for role in ProjectRole if str(role) in values]
        said = f"You are **{' and '.join(parts)}**" if parts else "You have no part of your own"
        await interaction.response.send_message(
            f"{said} in **{short(project.title, 130)}** now.", ephemeral=True
        )
        bot.dispatch("project_changed", project.id)


BUTTONS = (AcceptButton, JoinButton, LeadButton, RefuseButton, RoleMenu)
"""The controls that outlive a restart."""
