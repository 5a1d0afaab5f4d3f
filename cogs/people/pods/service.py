"""Pods: proposing, changing, opening and dissolving them, and keeping them whole."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from itertools import combinations
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.base.wording import person
from bot.place import Place, only_organisers
from cogs.people.compatibility import Candidate
from cogs.people.pods import rules
from cogs.people.pods.rules import Limits
from cogs.people.profiles.service import candidates
from data.delivery.kinds import DeadlineKind
from data.people.pods import Pod, PodId, Wish
from data.programmes.programmes import Programme
from data.server.groups import Group, GroupId
from data.states import CardKind
from data.store import Store, snapshot, transaction
from data.transaction import Transaction

_MENTION = re.compile(r"<@!?(\d{1,20})>")


class PodView(Struct, frozen=True):
    """A pod, its thread, and what its people show to everyone in the server.

    Pods are shown in their group's channel, which people outside the group may read too.
    """

    pod: Pod
    people: tuple[Candidate, ...]
    thread_id: int | None = None


class PodProposal(Struct, frozen=True):
    """What is proposed for a group, and how many pods it has now."""

    group: Group
    pods: list[PodView]
    opened: int


class Reform(Struct, frozen=True):
    """A proposal for other pods: which fell quiet, and who is in none because all are full."""

    proposal: PodProposal
    quiet: list[Pod]
    without: list[int]


class PodsView(Struct, frozen=True):
    """A group's pods, and who is in none; ``proposed`` is whether other pods are proposed."""

    group: Group
    pods: list[PodView]
    without: list[int]
    proposed: bool


class PodService:
    """The use cases of pods."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def propose(
        self,
        place: Place,
        group: Group,
        *,
        size: int,
        together: str | None = None,
        apart: str | None = None,
        seed: int = 0,
    ) -> PodProposal:
        """Match the group's members who are not away, and keep the result as a proposal.

        ``together`` and ``apart`` hold mentions, with commas between circles; what is not given
        stays as it was said last. Raises NotAllowed for non-organisers, and InvalidInput and
        Conflict for what is impossible.
        """
        only_organisers(place, "form pods")
        now = self.clock.now()
        async with self.store.transaction() as tx:
            present = await self._present(tx, group, now)
            for text, wanted in ((together, True), (apart, False)):
                if text is not None:
                    wishes = _wishes(text, set(present), together=wanted)
                    await tx.pods.wish(group.id, wishes, together=wanted)
            people = await candidates(tx, group.guild_id, present, now)
            limits = await self._limits(tx, group.id)
        # Between two transactions and off the loop: large groups take longer than anybody may hold
        # the writer. What changed meanwhile is checked when the pods are opened.
        formed = await asyncio.to_thread(rules.form, people, size, limits, seed=seed)
        await self.store.write(
            lambda tx: tx.pods.propose(
                formed,
                guild_id=group.guild_id,
                group_id=group.id,
                size=size,
                formed_by=place.user_id,
                now=now,
            )
        )
        return await self.proposal(place, group)

    async def again(self, place: Place, group: Group, seed: int) -> PodProposal:
        """Match again, with the same size."""
        before = await self.proposal(place, group)
        size = before.pods[0].pod.size
        return await self.propose(place, group, size=size, seed=seed)

    @snapshot
    async def proposal(self, tx: Transaction, place: Place, group: Group) -> PodProposal:
        """Return what is proposed; raises NotFound where nothing is."""
        only_organisers(place, "form pods")
        proposed = await tx.pods.proposed(group.id)
        if not proposed:
            raise NotFound("Nothing is proposed here any more. `/pod form` makes a proposal.")
        pods = await self._views(tx, proposed)
        opened = len(await tx.pods.open_in(group.id))
        return PodProposal(group, pods, opened)

    @transaction
    async def swap(
        self, tx: Transaction, place: Place, group: Group, one: int, other: int
    ) -> list[Pod]:
        """Swap two people, in the proposal where there is one, else in the pods.

        Returns the two pods as they are now. Raises NotFound for somebody who is in none, and
        Conflict for two in the same pod, or for one to be kept apart from somebody in the other.
        """
        only_organisers(place, "change pods")
        now = self.clock.now()
        pods = await tx.pods.proposed(group.id) or await tx.pods.open_in(group.id)
        here, there = _pod_of(pods, one), _pod_of(pods, other)
        if here.id == there.id:
            raise Conflict(f"{person(one)} and {person(other)} are in the same pod already.")
        limits = await self._limits(tx, group.id)
        for newcomer, leaving, pod in ((other, one, here), (one, other, there)):
            for stays in pod.members:
                if stays != leaving and frozenset((newcomer, stays)) in limits.apart:
                    raise Conflict(
                        f"{person(newcomer)} and {person(stays)} are to be kept apart, as an "
                        "organiser said in `/pod form`. Its option `apart: none` ends that."
                    )
        await tx.pods.move(one, here.id, there.id, now)
        await tx.pods.move(other, there.id, here.id, now)
        if here.opened_at is not None:
            await self._welcome(tx, here, other, now)
            await self._welcome(tx, there, one, now)
        changed = await tx.pods.proposed(group.id) or await tx.pods.open_in(group.id)
        return [pod for pod in changed if pod.id in (here.id, there.id)]

    @transaction
    async def open(
        self, tx: Transaction, place: Place, group: Group
    ) -> tuple[list[Pod], list[Pod]]:
        """Make the proposed pods the group's; return them, and the pods that they replace.

        People who left the group or paused since the proposal are left out. Raises Conflict where
        that would leave somebody alone.
        """
        only_organisers(place, "form pods")
        now = self.clock.now()
        proposed = await tx.pods.proposed(group.id)
        if not proposed:
            raise Conflict("Nothing is proposed here any more. `/pod form` makes a proposal.")
        present = set(await self._present(tx, group, now))
        for pod in proposed:
            for user_id in pod.members:
                if user_id not in present:
                    await tx.pods.leave(user_id, pod.id, now)
        replaced = await tx.pods.open_in(group.id)
        await tx.pods.edit([pod.id for pod in replaced], dissolved_at=now)
        await tx.pods.edit([pod.id for pod in proposed], opened_at=now)
        opened = await tx.pods.open_in(group.id)
        # Raised inside the transaction, so that nothing of it stays.
        if any(len(pod.members) < rules.LEAST for pod in opened):
            raise Conflict(
                "Somebody left or paused since this was proposed, so that somebody would be "
                "alone. Mix again."
            )
        for pod in opened:
            await tx.deadlines.put(DeadlineKind.POD_OPEN, pod.id, now, guild_id=group.guild_id)
        return opened, replaced

    @snapshot
    async def pods_of(self, tx: Transaction, group: Group) -> PodsView:
        """Return a group's pods, and who is in none."""
        now = self.clock.now()
        opened = await tx.pods.open_in(group.id)
        pods = await self._views(tx, opened)
        present = await self._present(tx, group, now)
        proposed = await tx.pods.proposed(group.id)
        inside = {user_id for pod in opened for user_id in pod.members}
        without = [one for one in present if one not in inside]
        return PodsView(group, pods, without, bool(proposed))

    async def reform(self, group_id: int) -> Reform:
        """Propose other pods, once, where fewer than half of a pod's people are active.

        Also where as many people as make a pod found no room in one. Raises NotFound where neither
        holds, or where that was proposed before.
        """
        now = self.clock.now()
        async with self.store.read() as tx:
            group = await tx.groups.by_id(GroupId(group_id))
            opened = await tx.pods.open_in(group.id) if group else []
            if group is None or group.archived_at is not None or not opened:
                raise NotFound("There are no pods.")
            # Once for each set of pods: organisers who said no by their silence are not asked each
            # week.
            if any(pod.reform_proposed_at is not None for pod in opened):
                raise NotFound("It was proposed before.")
            waiting = await tx.pods.proposed(group.id)
            if any(now - pod.formed_at < rules.FRESH for pod in waiting):
                raise NotFound("Somebody is forming pods just now.")
            present = await self._present(tx, group, now)
            latest = await tx.checkins.latest_rounds(group.id, 1)
            number = latest[0].number if latest else 0
            quiet = rules.quiet(
                await tx.history.turns(group.id, number - rules.LOOK_BACK, number)
            ) & set(present)
            people = await candidates(tx, group.guild_id, present, now)
            limits = replace(await self._limits(tx, group.id), quiet=quiet)
        here = set(present)
        fallen = [pod for pod in opened if rules.under_half_active(here & set(pod.members), quiet)]
        inside = {user_id for pod in opened for user_id in pod.members}
        without = [user_id for user_id in present if user_id not in inside]
        size = opened[0].size
        if not fallen and len(without) < max(rules.LEAST, size - 1):
            raise NotFound("The pods are well as they are.")
        try:
            formed = await asyncio.to_thread(rules.form, people, size, limits)
        except Conflict as error:
            # No organiser asked for this, so what cannot be done is not an error of anybody's: the
            # deadline just ends.
            raise NotFound(error.sentence) from error
        async with self.store.transaction() as tx:
            await tx.pods.propose(
                formed,
                guild_id=group.guild_id,
                group_id=group.id,
                size=size,
                formed_by=group.created_by,
                now=now,
            )
            await tx.pods.edit([pod.id for pod in opened], reform_proposed_at=now)
            proposed = await tx.pods.proposed(group.id)
            pods = await self._views(tx, proposed)
        return Reform(PodProposal(group, pods, len(opened)), fallen, without)

    @snapshot
    async def programme(self, tx: Transaction, programme_id: int) -> tuple[Programme, Group]:
        """Return a programme for which pods are wanted, and its group; raises NotFound."""
        programme = await tx.programmes.by_id(programme_id)
        group = await tx.groups.by_id(programme.group_id) if programme else None
        if programme is None or programme.ended_at is not None or programme.pod_size is None:
            raise NotFound("The programme has ended.")
        if group is None or group.archived_at is not None:
            raise NotFound("The programme's group is archived.")
        if await tx.pods.open_in(group.id):
            raise NotFound("The group has pods already, and newcomers were placed in them.")
        return programme, group

    async def propose_for(self, programme: Programme, group: Group) -> list[Pod]:
        """Propose pods for a programme, unless some are proposed; return them.

        It acts for whoever started the programme, and so asked for pods. Raises Conflict as
        ``propose`` does.
        """
        proposed = await self.store.fetch(lambda tx: tx.pods.proposed(group.id))
        if not proposed and programme.pod_size is not None:
            starter = Place(
                guild_id=programme.guild_id,
                channel_id=group.channel_id,
                thread_id=None,
                user_id=programme.created_by,
                # Whoever starts a programme asks for its pods with it, organiser or not.
                organiser=True,
                manager=False,
                own_zone=None,
                server_zone=ZoneInfo(programme.timezone),
            )
            await self.propose(starter, group, size=programme.pod_size)
            proposed = await self.store.fetch(lambda tx: tx.pods.proposed(group.id))
        return proposed

    @snapshot
    async def dissolvable(self, tx: Transaction, group: Group) -> int:
        """Return how many pods a group has; raises NotFound for none."""
        opened = await tx.pods.open_in(group.id)
        if not opened:
            raise NotFound("This group has no pods. `/pod form` proposes some.")
        return len(opened)

    @transaction
    async def dissolve(self, tx: Transaction, place: Place, group: Group) -> list[Pod]:
        """End a group's pods and return them; raises NotAllowed, and Conflict where it has none."""
        only_organisers(place, "dissolve pods")
        now = self.clock.now()
        opened = await tx.pods.open_in(group.id)
        if not opened:
            raise Conflict("This group has no pods. `/pod form` proposes some.")
        await tx.pods.edit([pod.id for pod in opened], dissolved_at=now)
        for pod in opened:
            await tx.deadlines.cancel(pod.id, DeadlineKind.POD_OPEN, DeadlineKind.POD_WELCOME)
        return opened

    @transaction
    async def restore(self, tx: Transaction, place: Place, group: Group, pod_id: int) -> list[Pod]:
        """Bring back the pods that were dissolved together with this one, within 30 days."""
        only_organisers(place, "bring pods back")
        now = self.clock.now()
        if await tx.pods.open_in(group.id):
            raise Conflict("The group has other pods now. `/pod dissolve` ends them.")
        first = await tx.pods.by_id(pod_id)
        if first is None or first.group_id != group.id or first.dissolved_at is None:
            raise NotFound("Those pods are gone.")
        if now - first.dissolved_at > rules.BACK_WITHIN:
            raise Conflict("That was more than 30 days ago. `/pod form` proposes new ones.")
        # By the instant: those that ended together have the same one.
        await tx.pods.restore(group.id, first.dissolved_at)
        restored = await tx.pods.open_in(group.id)
        for pod in restored:
            await tx.deadlines.put(DeadlineKind.POD_OPEN, pod.id, now, guild_id=group.guild_id)
        return restored

    async def pod_in(self, tx: Transaction, pod_id: int) -> tuple[PodView, Group]:
        """Return a pod that was opened, and its group; raises NotFound for any other."""
        pod = await tx.pods.by_id(pod_id)
        group = await tx.groups.by_id(pod.group_id) if pod is not None else None
        if pod is None or group is None or pod.opened_at is None:
            raise NotFound("That pod is gone.")
        (view,) = await self._views(tx, [pod])
        return view, group

    pod = snapshot(pod_in)

    @snapshot
    async def group(self, tx: Transaction, guild_id: int, group_id: int) -> Group:
        """Return a group of this server, for a button that names it; raises NotFound."""
        group = await tx.groups.get(guild_id, group_id)
        if group is None or group.archived_at is not None:
            raise NotFound("That group is gone.")
        return group

    async def keep(self, group_id: GroupId) -> list[PodId]:
        """Take people who left the group out of their pods, and place people who joined it.

        Returns the pods that changed. Somebody who would be alone is placed in another pod, and an
        empty pod ends.
        """
        now = self.clock.now()
        async with self.store.read() as tx:
            # Read first: most changes of a group concern one without pods, and need no turn at
            # writing.
            if not await tx.pods.open_in(group_id):
                return []
        async with self.store.transaction() as tx:
            group = await tx.groups.by_id(group_id)
            pods = await tx.pods.open_in(group_id)
            if group is None or group.archived_at is not None or not pods:
                return []
            belong = {one.user_id for one in await tx.groups.members(group_id)}
            changed: set[PodId] = set()
            inside: dict[int, list[int]] = {}
            for pod in pods:
                inside[pod.id] = [one for one in pod.members if one in belong]
                for gone in set(pod.members) - belong:
                    await tx.pods.leave(gone, pod.id, now)
                    changed.add(pod.id)
            placed = {one for members in inside.values() for one in members}
            homeless = [one for one in await self._present(tx, group, now) if one not in placed]
            for pod in pods:
                # The last pod stays, even with one person in it: there is nowhere to move them.
                if len(inside[pod.id]) < rules.LEAST and len(inside) > 1:
                    changed.add(pod.id)
                    homeless += inside.pop(pod.id)
                    for user_id in pod.members:
                        await tx.pods.leave(user_id, pod.id, now)
                    await tx.pods.edit([pod.id], dissolved_at=now)
            if homeless and inside:
                changed |= await self._house(tx, group, pods, inside, homeless, now)
        return sorted(changed)

    async def _house(
        self,
        tx: Transaction,
        group: Group,
        pods: Sequence[Pod],
        inside: dict[int, list[int]],
        homeless: Sequence[int],
        now: datetime,
    ) -> set[PodId]:
        """Put each person in the pod where they fit best, as far as there is room."""
        everybody = [*homeless, *(one for members in inside.values() for one in members)]
        known = {one.user_id: one for one in await candidates(tx, group.guild_id, everybody, now)}
        limits = await self._limits(tx, group.id)
        by_id = {pod.id: pod for pod in pods}
        changed: set[PodId] = set()
        for user_id in homeless:
            circles = {pod: [known[one] for one in members] for pod, members in inside.items()}
            target = rules.place(known[user_id], circles, pods[0].size, limits)
            if target is None:
                continue
            pod = by_id[PodId(target)]
            inside[target].append(user_id)
            await tx.pods.join(user_id, pod.id, now)
            await self._welcome(tx, pod, user_id, now)
            changed.add(pod.id)
        return changed

    async def _welcome(self, tx: Transaction, pod: Pod, user_id: int, now: datetime) -> None:
        await tx.deadlines.put(
            DeadlineKind.POD_WELCOME, pod.id, now, guild_id=pod.guild_id, occurrence=user_id
        )

    async def _present(self, tx: Transaction, group: Group, now: datetime) -> list[int]:
        members = await tx.groups.members(group.id)
        return [one.user_id for one in members if not one.is_away(now)]

    async def _limits(self, tx: Transaction, group_id: GroupId) -> Limits:
        wishes = await tx.pods.wishes(group_id)
        pairs = {
            together: {
                frozenset((one.user_id, one.other_user_id))
                for one in wishes
                if one.together is together
            }
            for together in (True, False)
        }
        return Limits(pairs[True], pairs[False], await tx.pods.met(group_id))

    async def _views(self, tx: Transaction, pods: Sequence[Pod]) -> list[PodView]:
        if not pods:
            return []
        everybody = [user_id for pod in pods for user_id in pod.members]
        found = await candidates(tx, pods[0].guild_id, everybody, self.clock.now(), for_all=True)
        known = {one.user_id: one for one in found}
        cards = await tx.cards.of_kind(CardKind.POD, [pod.id for pod in pods])
        # A thread that was opened on a message has the message's id.
        threads = {card.subject_id: card.message_id for card in cards}
        return [
            PodView(pod, tuple(known[one] for one in pod.members), threads.get(pod.id))
            for pod in pods
        ]


def _pod_of(pods: Sequence[Pod], user_id: int) -> Pod:
    for pod in pods:
        if user_id in pod.members:
            return pod
    raise NotFound(f"{person(user_id)} is in no pod of this group.")


def _wishes(text: str, members: set[int], *, together: bool) -> list[Wish]:
    """Return the pairs in “@a @b, @c @d @e”; an empty list for “none”."""
    if text.strip().casefold() in ("none", "nobody", "-"):
        return []
    wishes: dict[tuple[int, int], Wish] = {}
    for circle in re.split(r"[,;\n]", text):
        people = sorted({int(one) for one in _MENTION.findall(circle)})
        if len(people) < 2:
            raise InvalidInput(
                "Mention at least two people in each circle, with commas between the circles: "
                "`@ada @ben, @cleo @dan`, or `none`."
            )
        for user_id in people:
            if user_id not in members:
                raise InvalidInput(f"{person(user_id)} is not in this group, or is away.")
        for one, other in combinations(people, 2):
            wishes[one, other] = Wish(one, other, together)
    return list(wishes.values())
