"""Who is in a project: joining, being asked and invited, leaving, leading."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from bot.base.clock import Clock
from bot.base.errors import Conflict, NotFound
from bot.base.wording import one_line, person
from bot.place import Place
from cogs.boards.members import rules
from cogs.boards.projects import rules as project_rules
from cogs.boards.projects.writes import for_lead, for_member, project_of
from cogs.boards.silence.writes import sign_of_life
from data.boards.join_requests import JoinRequest
from data.boards.projects import Project, ProjectMember
from data.states import Joining, ProjectRole
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class Left(Struct, frozen=True):
    """A project that somebody left: how many tasks they gave back, and whether it had been full.

    ``roles`` is what they did in it; ``led`` when they led it and nobody does now.
    """

    project: Project
    tasks: int
    was_full: bool
    roles: tuple[str, ...] = ()
    led: bool = False


class Answered(Struct, frozen=True):
    """A request, and who answers it: the lead, or the mentors where nobody leads."""

    project: Project
    request: JoinRequest
    answering: tuple[int, ...] = ()


class MemberService:
    """The use cases of a project's people."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @snapshot
    async def has_to_ask(self, tx: Transaction, place: Place, project_id: int) -> bool:
        """Whether somebody has to ask the lead first; people whom the lead invited do not.

        Raises Conflict for members, when the project is full, and when it is archived.
        """
        return await self._has_to_ask(tx, place, project_id)

    async def _has_to_ask(self, tx: Transaction, place: Place, project_id: int) -> bool:
        project = await self._open(tx, place, project_id)
        if project.joining is Joining.OPEN or place.organiser:
            return False
        # With nobody to answer, a request would wait for ever.
        if not await _answering(tx, project):
            return False
        last = await tx.join_requests.last(project.id, place.user_id)
        # An accepted request lets in whoever left since, too: the lead knows them.
        return last is None or last.accepted is not True

    @transaction
    async def join(self, tx: Transaction, place: Place, project_id: int) -> Project:
        """Become a member; raises what ``has_to_ask`` raises, Conflict where the lead is asked."""
        if await self._has_to_ask(tx, place, project_id):
            raise Conflict("The lead of that project wants to be asked: press Join on its board.")
        project = await self._open(tx, place, project_id)
        await self._enter(tx, project, place.user_id)
        return project

    @snapshot
    async def refused_before(self, tx: Transaction, project_id: int, place: Place) -> str | None:
        """Return why somebody's last request was refused, if it was."""
        project = await project_of(tx, place.guild_id, project_id)
        last = await tx.join_requests.last(project.id, place.user_id)
        return last.reason if last is not None and last.accepted is False else None

    @transaction
    async def ask(
        self,
        tx: Transaction,
        place: Place,
        project_id: int,
        note: str,
        role: ProjectRole | None = None,
    ) -> Answered:
        """Ask to join; raises Conflict while an earlier request has no answer."""
        said = project_rules.check_passage(note, "what you bring", rules.NOTE_LIMIT)
        project = await self._open(tx, place, project_id)
        last = await tx.join_requests.last(project.id, place.user_id)
        # A refused one may be made again: what somebody brings may have changed.
        if last is not None and last.accepted is None:
            raise Conflict(
                f"You asked to join “{one_line(project.title)}” already. "
                f"{_those(await _answering(tx, project))} has still to answer."
            )
        request = await tx.join_requests.add(
            guild_id=place.guild_id,
            project_id=project.id,
            user_id=place.user_id,
            note=said,
            now=self.clock.now(),
            role=role,
        )
        return Answered(project, request, await _answering(tx, project))

    @snapshot
    async def check_may_answer(self, tx: Transaction, place: Place, request_id: int) -> None:
        """Raise what ``answer`` would raise, before a reason is typed."""
        await self._waiting(tx, place, request_id)

    @transaction
    async def answer(
        self,
        tx: Transaction,
        place: Place,
        request_id: int,
        *,
        accepted: bool,
        reason: str | None = None,
    ) -> Answered:
        """Accept somebody, or refuse with a reason, for the lead or an organiser.

        Raises Conflict when it was answered, or the project is full.
        """
        if not accepted:
            example = "reason: we look for somebody who knows JAX"
            reason = project_rules.check_text(reason or "", "a reason", rules.NOTE_LIMIT, example)
        project, request = await self._waiting(tx, place, request_id)
        # They may be in by now, by an invitation; then the answer is all there is to write.
        if accepted and not await tx.projects.is_member(project.id, request.user_id):
            rules.check_room(project, await tx.projects.member_count(project.id))
            await self._enter(tx, project, request.user_id)
            if request.role is not None:
                await tx.projects.set_roles(project.id, request.user_id, (request.role,))
        await tx.join_requests.decide(
            request, place.user_id, self.clock.now(), accepted=accepted, reason=reason
        )
        return Answered(project, request)

    @transaction
    async def invite(self, tx: Transaction, place: Place, project_id: int, user_id: int) -> Project:
        """Return the project that a member invites somebody to; the lead's invitation lets them in.

        Raises NotAllowed for non-members, and Conflict for members.
        """
        project = await for_member(tx, place, project_id)
        if await tx.projects.is_member(project.id, user_id):
            raise Conflict(f"{person(user_id)} is in “{one_line(project.title)}” already.")
        rules.check_room(project, await tx.projects.member_count(project.id))
        # The lead's invitation is their answer in advance. Anybody else's only brings the project
        # to somebody's mind.
        if project.joining is Joining.ASKED and project.lead_id == place.user_id:
            now = self.clock.now()
            last = await tx.join_requests.last(project.id, user_id)
            if last is None or last.accepted is not None:
                last = await tx.join_requests.add(
                    guild_id=place.guild_id,
                    project_id=project.id,
                    user_id=user_id,
                    note=None,
                    now=now,
                )
            await tx.join_requests.decide(last, place.user_id, now, accepted=True)
        return project

    @snapshot
    async def membership(
        self, tx: Transaction, place: Place, project_id: int
    ) -> tuple[Project, ProjectMember | None]:
        """Return a project, and somebody's part in it; raises NotFound."""
        project = await project_of(tx, place.guild_id, project_id)
        return project, await tx.projects.member(project.id, place.user_id)

    @transaction
    async def set_roles(
        self, tx: Transaction, place: Place, project_id: int, roles: Iterable[str]
    ) -> Project:
        """Set what somebody does in a project."""
        chosen = tuple(role for role in ProjectRole if str(role) in set(roles))
        project = await for_member(tx, place, project_id)
        await tx.projects.set_roles(project.id, place.user_id, chosen)
        return project

    @snapshot
    async def has_to_hand_over(self, tx: Transaction, place: Place, project_id: int) -> bool:
        """Whether somebody leads a project that others are in, too."""
        project = await project_of(tx, place.guild_id, project_id)
        return project.lead_id == place.user_id and await tx.projects.member_count(project.id) > 1

    @transaction
    async def leave(
        self,
        tx: Transaction,
        place: Place,
        project_id: int,
        *,
        successor: int | None = None,
        leaderless: bool = False,
    ) -> Left:
        """Stop being a member; one's open tasks can be taken by others.

        A lead names a ``successor`` among the members, or lets them decide (``leaderless``).
        Raises Conflict for non-members, and for a lead who does neither.
        """
        now = self.clock.now()
        project = await project_of(tx, place.guild_id, project_id)
        count = await tx.projects.member_count(project.id)
        leads = project.lead_id == place.user_id
        # Alone in it, there is nobody to hand it to.
        if leads and count > 1 and successor is None and not leaderless:
            raise Conflict(
                f"You lead “{one_line(project.title)}”. Hand it over first, with `/project "
                "lead`; then you can leave."
            )
        if successor is not None and (
            successor == place.user_id or not await tx.projects.is_member(project.id, successor)
        ):
            raise Conflict(
                f"{person(successor)} cannot lead “{one_line(project.title)}”: choose another "
                "member of it."
            )
        member = await tx.projects.member(project.id, place.user_id)
        if member is None:
            raise Conflict(f"You are not in “{one_line(project.title)}”.")
        await tx.projects.remove_member(project.id, place.user_id, now)
        if leads:
            await tx.projects.edit(place.guild_id, project.id, lead_id=successor)
        given_back = 0
        for task in await tx.tasks.of_project(place.guild_id, project.id):
            if task.is_done or not await tx.tasks.remove_owner(task.id, place.user_id):
                continue
            given_back += place.user_id in task.owners
            # The commitment stays theirs: only what links it to the task that they gave back goes.
            for one in await tx.linked_work.open_of(task.id):
                if one.user_id == place.user_id:
                    await tx.linked_work.unlink(one.id)
        left = await project_of(tx, place.guild_id, project.id)
        return Left(
            left,
            given_back,
            project.capacity is not None and count >= project.capacity,
            tuple(member.roles or ()),
            leads and successor is None and count > 1,
        )

    @transaction
    async def hand_over(
        self, tx: Transaction, place: Place, project_id: int, user_id: int
    ) -> Project:
        """Make a member the lead, for the lead or an organiser; a board without one takes any."""
        project = await project_of(tx, place.guild_id, project_id)
        project_rules.check_alive(project)
        # Without a lead any member may name one; otherwise the rule for leads decides, and it
        # refuses in words.
        if project.lead_id is not None or not await tx.projects.is_member(
            project.id, place.user_id
        ):
            project = await for_lead(tx, place, project_id)
        if not await tx.projects.is_member(project.id, user_id):
            raise Conflict(
                f"{person(user_id)} is not in “{one_line(project.title)}”: only a member can "
                "lead it. They can join with `/project join`."
            )
        if project.lead_id == user_id:
            raise Conflict(f"{person(user_id)} leads “{one_line(project.title)}” already.")
        await tx.projects.edit(place.guild_id, project.id, lead_id=user_id)
        return await project_of(tx, place.guild_id, project.id)

    @transaction
    async def take_lead(self, tx: Transaction, place: Place, project_id: int) -> Project:
        """Lead a project that nobody leads, as a member; raises Conflict where somebody does."""
        project = await for_member(tx, place, project_id)
        if project.lead_id is not None:
            raise Conflict(f"{person(project.lead_id)} leads “{one_line(project.title)}”.")
        await tx.projects.edit(place.guild_id, project.id, lead_id=place.user_id)
        return await project_of(tx, place.guild_id, project.id)

    async def _open(self, tx: Transaction, place: Place, project_id: int) -> Project:
        project = await project_of(tx, place.guild_id, project_id)
        project_rules.check_alive(project)
        if await tx.projects.is_member(project.id, place.user_id):
            raise Conflict(f"You are in “{one_line(project.title)}” already.")
        rules.check_room(project, await tx.projects.member_count(project.id))
        return project

    async def _enter(self, tx: Transaction, project: Project, user_id: int) -> None:
        now = self.clock.now()
        await tx.projects.add_member(project.id, user_id, now)
        await sign_of_life(tx, project, now)

    async def _waiting(
        self, tx: Transaction, place: Place, request_id: int
    ) -> tuple[Project, JoinRequest]:
        request = await tx.join_requests.get(place.guild_id, request_id)
        if request is None:
            raise NotFound("That request does not exist any more.")
        project = await for_lead(tx, place, request.project_id)
        if request.accepted is not None:
            raise Conflict("That request was answered already.")
        return project, request


async def _answering(tx: Transaction, project: Project) -> tuple[int, ...]:
    """Return who answers requests: the lead, or the mentors where nobody leads."""
    if project.lead_id is not None:
        return (project.lead_id,)
    members = await tx.projects.members(project.id)
    return tuple(one.user_id for one in members if one.has(ProjectRole.MENTOR))


def _those(user_ids: tuple[int, ...]) -> str:
    return " or ".join(person(user_id) for user_id in user_ids)
