"""Pods: proposing, changing, opening and dissolving them, and keeping them whole."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations

from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.base.wording import person
from bot.place import Place
from cogs.people.rules import matching, profiles
from cogs.people.rules import pods as rules
from cogs.people.rules.matching import Candidate
from cogs.people.rules.pods import Limits
from data.people.pods import Pod, PodId, Wish
from data.server.groups import Group, GroupId
from data.states import CardKind
from data.store import Store
from data.transaction import Transaction

OPEN = "pod.open"
WELCOME = "pod.welcome"
REFORM = "pod.reform"
"""Looks, after a round of a group that has pods, whether they should be formed anew."""

FRESH = timedelta(days=7)
"""So long a proposal that somebody asked for is left alone."""

_MENTION = re.compile(r"<@!?(\d{1,20})>")


@dataclass(frozen=True, slots=True)
class Circle:
    """A pod, with what is known of those in it that they show to their group."""

    pod: Pod
    people: tuple[Candidate, ...]
    channel_id: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for a group, and how many pods it has now."""

    group: Group
    circles: list[Circle]
    opened: int


@dataclass(frozen=True, slots=True)
class Reform:
    """A proposal to form pods anew: which fell quiet, and who is in none for want of room."""

    proposal: Proposal
    quiet: list[Pod]
    without: list[int]


@dataclass(frozen=True, slots=True)
class Standing:
    """A group's pods as they are, where each has its thread, and who is in none.

    ``proposed`` is whether others are proposed in their place.
    """

    group: Group
    circles: list[Circle]
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
    ) -> Proposal:
        """Match the group's members who are not away, and keep the result as a proposal.

        ``together`` and ``apart`` hold mentions, circles of them parted by commas; what is not
        given stays as it was said last. Raises NotAllowed for who is no organiser, InvalidInput
        and Conflict with what cannot be.
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
        formed = await asyncio.to_thread(rules.form, people, size, limits, seed=seed)
        async with self.store.transaction() as tx:
            await tx.pods.propose(
                formed,
                guild_id=group.guild_id,
                group_id=group.id,
                size=size,
                formed_by=place.user_id,
                now=now,
            )
        return await self.proposal(place, group)

    async def again(self, place: Place, group: Group, seed: int) -> Proposal:
        """Match anew, with the same size."""
        before = await self.proposal(place, group)
        size = before.circles[0].pod.size
        return await self.propose(place, group, size=size, seed=seed)

    async def proposal(self, place: Place, group: Group) -> Proposal:
        """Return what is proposed; raises NotFound where nothing is."""
        only_organisers(place, "form pods")
        async with self.store.read() as tx:
            proposed = await tx.pods.proposed(group.id)
            if not proposed:
                raise NotFound("Nothing is proposed here any more. `/pod form` makes a proposal.")
            circles = await self._circles(tx, proposed)
            opened = len(await tx.pods.open_in(group.id))
        return Proposal(group, circles, opened)

    async def swap(self, place: Place, group: Group, one: int, other: int) -> list[Pod]:
        """Let two people change places, in the proposal where there is one, else in the pods.

        Returns the two pods as they are now. Raises NotFound for who is in none, Conflict for
        two who are in the same or who are to be kept apart from somebody there.
        """
        only_organisers(place, "change pods")
        now = self.clock.now()
        async with self.store.transaction() as tx:
            pods = await tx.pods.proposed(group.id) or await tx.pods.open_in(group.id)
            here, there = _pod_of(pods, one), _pod_of(pods, other)
            if here.id == there.id:
                raise Conflict(f"{person(one)} and {person(other)} are in the same pod already.")
            limits = await self._limits(tx, group.id)
            for newcomer, leaving, pod in ((other, one, here), (one, other, there)):
                for stays in pod.members:
                    if stays != leaving and frozenset((newcomer, stays)) in limits.apart:
                        raise Conflict(
                            f"{person(newcomer)} and {person(stays)} are to be kept apart, as "
                            "`/pod form` was told. Give it `apart: none` to let go of that."
                        )
            await tx.pods.move(one, here.id, there.id, now)
            await tx.pods.move(other, there.id, here.id, now)
            if here.opened_at is not None:
                await self._welcome(tx, here, other, now)
                await self._welcome(tx, there, one, now)
            changed = await tx.pods.proposed(group.id) or await tx.pods.open_in(group.id)
        return [pod for pod in changed if pod.id in (here.id, there.id)]

    async def open(self, place: Place, group: Group) -> tuple[list[Pod], list[Pod]]:
        """Make the proposed pods the group's; returns them, and those that they replace.

        Who left the group or paused since the proposal is not taken along. Raises Conflict
        where somebody would be alone so.
        """
        only_organisers(place, "form pods")
        now = self.clock.now()
        async with self.store.transaction() as tx:
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
            if any(len(pod.members) < rules.LEAST for pod in opened):
                raise Conflict(
                    "Since this was proposed somebody left or paused, and somebody would be alone. "
                    "Mix it anew."
                )
            for pod in opened:
                await tx.deadlines.put(OPEN, pod.id, now, guild_id=group.guild_id)
        return opened, replaced

    async def standing(self, group: Group) -> Standing:
        """Return a group's pods, and who is in none."""
        now = self.clock.now()
        async with self.store.read() as tx:
            opened = await tx.pods.open_in(group.id)
            circles = await self._circles(tx, opened)
            present = await self._present(tx, group, now)
            proposed = await tx.pods.proposed(group.id)
        inside = {user_id for pod in opened for user_id in pod.members}
        without = [one for one in present if one not in inside]
        return Standing(group, circles, without, bool(proposed))

    async def reform(self, group_id: int) -> Reform:
        """Propose to form a group's pods anew, once, where one of them fell under half active.

        Or where as many people as make a pod found no room in one. Raises NotFound where neither
        is so, or where it was proposed before.
        """
        now = self.clock.now()
        async with self.store.read() as tx:
            group = await tx.groups.by_id(GroupId(group_id))
            opened = await tx.pods.open_in(group.id) if group else []
            if group is None or group.archived_at is not None or not opened:
                raise NotFound("There are no pods.")
            if any(pod.reform_proposed_at is not None for pod in opened):
                raise NotFound("It was proposed before.")
            waiting = await tx.pods.proposed(group.id)
            if any(now - pod.formed_at < FRESH for pod in waiting):
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
            raise NotFound("They are well as they are.")
        try:
            formed = await asyncio.to_thread(rules.form, people, size, limits)
        except Conflict as error:
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
            circles = await self._circles(tx, proposed)
        return Reform(Proposal(group, circles, len(opened)), fallen, without)

    async def dissolve(self, place: Place, group: Group) -> list[Pod]:
        """End a group's pods, and return them."""
        only_organisers(place, "dissolve pods")
        now = self.clock.now()
        async with self.store.transaction() as tx:
            opened = await tx.pods.open_in(group.id)
            if not opened:
                raise Conflict("This group has no pods. `/pod form` proposes some.")
            await tx.pods.edit([pod.id for pod in opened], dissolved_at=now)
            for pod in opened:
                await tx.deadlines.cancel(pod.id, OPEN, WELCOME)
        return opened

    async def restore(self, place: Place, group: Group, pod_id: int) -> list[Pod]:
        """Bring back pods that were dissolved together with this one."""
        only_organisers(place, "bring pods back")
        now = self.clock.now()
        async with self.store.transaction() as tx:
            if await tx.pods.open_in(group.id):
                raise Conflict("The group has other pods by now. `/pod dissolve` ends them.")
            first = await tx.pods.by_id(pod_id)
            if first is None or first.group_id != group.id or first.dissolved_at is None:
                raise NotFound("Those pods are gone.")
            if now - first.dissolved_at > timedelta(days=30):
                raise Conflict("That was more than 30 days ago. `/pod form` proposes new ones.")
            await tx.pods.restore(group.id, first.dissolved_at)
            restored = await tx.pods.open_in(group.id)
            for pod in restored:
                await tx.deadlines.put(OPEN, pod.id, now, guild_id=group.guild_id)
        return restored

    async def circle(self, pod_id: int) -> tuple[Circle, Group]:
        """Return a pod that was opened, and its group; raises NotFound for any other."""
        async with self.store.read() as tx:
            pod = await tx.pods.by_id(pod_id)
            group = await tx.groups.by_id(pod.group_id) if pod is not None else None
            if pod is None or group is None or pod.opened_at is None:
                raise NotFound("That pod is gone.")
            (circle,) = await self._circles(tx, [pod])
        return circle, group

    async def group(self, guild_id: int, group_id: int) -> Group:
        """Return a group of this server, for a button that names it."""
        async with self.store.read() as tx:
            group = await tx.groups.get(guild_id, group_id)
        if group is None or group.archived_at is not None:
            raise NotFound("That group is gone.")
        return group

    async def keep(self, group_id: GroupId) -> list[PodId]:
        """Let who left the group leave their pod, and place who joined it; returns what changed.

        Somebody who would be left alone is placed anew, and a pod that is empty ends.
        """
        now = self.clock.now()
        async with self.store.read() as tx:
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
        """Put each of these in the pod where they fit best, as far as there is room."""
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
        await tx.deadlines.put(WELCOME, pod.id, now, guild_id=pod.guild_id, occurrence=user_id)

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

    async def _circles(self, tx: Transaction, pods: Sequence[Pod]) -> list[Circle]:
        if not pods:
            return []
        everybody = [user_id for pod in pods for user_id in pod.members]
        found = await candidates(tx, pods[0].guild_id, everybody, self.clock.now())
        known = {one.user_id: one for one in found}
        cards = await tx.cards.of_kind(CardKind.POD, [pod.id for pod in pods])
        # A thread that was opened on a message has the message's id.
        threads = {card.subject_id: card.message_id for card in cards}
        return [
            Circle(pod, tuple(known[one] for one in pod.members), threads.get(pod.id))
            for pod in pods
        ]


def only_organisers(place: Place, what: str) -> None:
    """Raise NotAllowed unless an organiser acts; ``what`` completes “Only organisers can …”."""
    if not place.organiser:
        raise NotAllowed(
            f"Only organisers can {what}: people with the organiser role of `/cohort setup`, "
            "or with Manage Server."
        )


async def candidates(
    tx: Transaction, guild_id: int, user_ids: Sequence[int], now: datetime
) -> list[Candidate]:
    """Return people with what they show to their groups; of the others nothing is used."""
    known = await tx.profiles.of(guild_id, user_ids)
    found: list[Candidate] = []
    for user_id in user_ids:
        profile = known.get(user_id)
        seen = profiles.seen(profile, shares_group=True) if profile is not None else None
        found.append(matching.candidate(seen, now) if seen is not None else Candidate(user_id))
    return found


def _pod_of(pods: Sequence[Pod], user_id: int) -> Pod:
    for pod in pods:
        if user_id in pod.members:
            return pod
    raise NotFound(f"{person(user_id)} is in no pod of this group.")


def _wishes(text: str, members: set[int], *, together: bool) -> list[Wish]:
    """Return the pairs in “@a @b, @c @d @e”; none for “none”."""
    if text.strip().casefold() in ("none", "nobody", "-"):
        return []
    wishes: dict[tuple[int, int], Wish] = {}
    for circle in re.split(r"[,;\n]", text):
        people = sorted({int(one) for one in _MENTION.findall(circle)})
        if len(people) < 2:
            raise InvalidInput(
                "Mention at least two people at a time, and put commas between the circles: "
                "`@ada @ben, @cleo @dan`, or `none`."
            )
        for user_id in people:
            if user_id not in members:
                raise InvalidInput(f"{person(user_id)} is not in this group, or is away.")
        for one, other in combinations(people, 2):
            wishes[one, other] = Wish(one, other, together)
    return list(wishes.values())
