"""The controls of boards as a whole: joining, the log, pausing and archiving."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import discord
from discord import ui

from bot import events
from bot.base import wording
from bot.base.errors import TryLater, Undeliverable
from bot.client import Interaction
from bot.jobs.delivery import to_person
from bot.place import Place
from bot.ui import replies
from bot.ui.controls import CardButton, CardSelect, OwnView
from bot.ui.direct_messages import hushed
from bot.ui.form import CardForm, Typed
from bot.ui.report import reports_errors
from cogs.boards.members import cards
from cogs.boards.members.rules import NOTE_LIMIT
from cogs.boards.members.service import MemberService
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


class JoinButton(
    CardButton,
    custom_id="board:join:{project_id}",
    label="Join",
    style=discord.ButtonStyle.success,
):
    """Joins the project of a board."""

    project_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Join, or ask to."""
        await join(interaction, self.project_id)


class LeadButton(CardButton, custom_id="board:lead:{project_id}", label="I lead it"):
    """Takes the lead of a project that nobody leads."""

    project_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Take the lead, for a member."""
        bot = interaction.client
        project = await bot.service(MemberService).take_lead(place, self.project_id)
        await replies.send(interaction, cards.leads(project, place.user_id), public=True)
        events.project_changed(bot, project.id)


class HandOver(OwnView):
    """Asks a lead who wants to leave whom to hand over to."""

    def __init__(self, project_id: int) -> None:
        super().__init__()
        self._project_id = project_id

    @ui.select(cls=ui.UserSelect, placeholder="Who leads it from now on?")
    @reports_errors
    async def successor(self, interaction: Interaction, select: ui.UserSelect[Any]) -> None:
        """Hand over to a member, and leave."""
        await self._leave(interaction, successor=select.values[0].id)

    @ui.button(label="Let the members decide")
    @reports_errors
    async def leaderless(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Leave it without a lead, which is offered to the members."""
        await self._leave(interaction, leaderless=True)

    @ui.button(label="Stay")
    @reports_errors
    async def stay(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Leave everything as it is."""
        await replies.edit(interaction, "You stay its lead.")

    async def _leave(
        self, interaction: Interaction, *, successor: int | None = None, leaderless: bool = False
    ) -> None:
        bot = interaction.client
        place = await bot.places.of(interaction)
        left = await bot.service(MemberService).leave(
            place, self._project_id, successor=successor, leaderless=leaderless
        )
        await replies.edit(interaction, cards.goodbye(left))
        events.project_left(bot, left, place.user_id)


class AcceptButton(
    CardButton,
    custom_id="board:accept:{request_id}",
    label="Let them in",
    style=discord.ButtonStyle.success,
):
    """Takes somebody who asked into the project."""

    request_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Add them to the project, and tell them."""
        bot = interaction.client
        answer = await bot.service(MemberService).answer(place, self.request_id, accepted=True)
        content = cards.accepted(answer, place.user_id)
        await replies.edit(interaction, content)
        events.project_joined(bot, answer.project, answer.request.user_id)


class RefuseButton(CardButton, custom_id="board:refuse:{request_id}", label="Refuse …"):
    """Refuses somebody who asked, with a reason."""

    request_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Ask for the reason."""
        bot = interaction.client
        await bot.service(MemberService).check_may_answer(place, self.request_id)
        await RefusalForm(self.request_id).show(interaction)


class AskForm(CardForm, custom_id="board:ask:{project_id}", title="Ask to join"):
    """Asks what somebody brings who wants to join."""

    project_id: int

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Return the form, with the reason of an earlier refusal above it."""
        bot = interaction.client
        refused = await bot.service(MemberService).refused_before(self.project_id, place)
        project, _ = await bot.service(MemberService).membership(place, self.project_id)
        self.ask(
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
        self.put(
            ui.Select(
                custom_id="role",
                options=role_options(sorted(ProjectRole, key=lambda role: role not in wanted)),
                required=False,
                placeholder="Whatever is needed",
            ),
            "As what?",
            f"They look for: {', '.join(sorted(wanted))}" if wanted else "May stay empty",
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Put it to the lead."""
        bot = interaction.client
        chosen = [role for role in ProjectRole if str(role) in typed.choices("role")]
        asked = await bot.service(MemberService).ask(
            place, self.project_id, typed.text("note"), chosen[0] if chosen else None
        )
        await replies.send(interaction, cards.asked(asked))
        events.project_asked(bot, asked)


class RefusalForm(CardForm, custom_id="board:refuse:{request_id}", title="Refuse, with a reason"):
    """Asks why somebody is refused."""

    request_id: int

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Return the form."""
        self.ask(
            "reason",
            "Why? Only they read it",
            typed,
            placeholder="We are enough for now; the sweep of the other group needs people",
            long=True,
            required=True,
            limit=NOTE_LIMIT,
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Write it down, and tell them alone."""
        bot = interaction.client
        reason = typed.text("reason")
        answer = await bot.service(MemberService).answer(
            place, self.request_id, accepted=False, reason=reason
        )
        content = cards.request_answered(answer, place.user_id)
        await replies.edit(interaction, content)
        key = f"board/request/{self.request_id}/refused"
        to = [to_person(answer.request.user_id)]
        refusal = cards.refusal(answer, reason)
        note = await hushed(bot, place.guild_id, answer.request.user_id, refusal)
        try:
            await bot.delivery.send(key, place.guild_id, note, to)
        except (Undeliverable, TryLater):
            await replies.send(
                interaction,
                f"{wording.person(answer.request.user_id)} takes no direct messages: they read "
                "your reason when they ask again.",
            )


async def join(interaction: Interaction, project_id: int) -> None:
    """Join a project, or open the form to ask its lead."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    joining = bot.service(MemberService)
    if await joining.has_to_ask(place, project_id):
        await AskForm(project_id).show(interaction)
        return
    project = await joining.join(place, project_id)
    await replies.send(interaction, cards.welcome(project))
    events.project_joined(bot, project, place.user_id)


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


class RoleMenu(
    CardSelect,
    custom_id="board:roles:{project_id}",
    placeholder="What do you do here?",
    least=0,
    most=len(ProjectRole),
):
    """Says what one does in a project."""

    project_id: int

    async def chosen(self, interaction: Interaction, place: Place, values: tuple[str, ...]) -> None:
        """Note it, for a member."""
        bot = interaction.client
        project = await bot.service(MemberService).set_roles(place, self.project_id, values)
        parts = [str(role) for role in ProjectRole if str(role) in values]
        said = f"You are **{' and '.join(parts)}**" if parts else "You have no part of your own"
        await replies.send(interaction, f"{said} in **{short(project.title, 130)}** now.")
        events.project_changed(bot, project.id)


BUTTONS = (AcceptButton, JoinButton, LeadButton, RefuseButton, RoleMenu)
"""The controls that outlive a restart."""
