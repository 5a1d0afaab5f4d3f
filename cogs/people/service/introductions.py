"""Matches, and introductions: the other is asked first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.base.clock import Clock
from bot.base.errors import Conflict, NotFound
from bot.place import Place
from cogs.people.rules import matching
from cogs.people.rules import profiles as rules
from cogs.people.rules.matching import Match
from cogs.people.service.profiles import levels_of, visible
from data.people.introductions import Introduction
from data.people.profiles import Profile
from data.server.groups import Group
from data.states import Purpose
from data.store import Store

ASK = "introduction.ask"
MEET = "introduction.meet"
ANSWER = "introduction.answer"

AGAIN_AFTER = timedelta(days=30)
"""How long the same two people are not introduced, or asked, again."""

ABOUT_LIMIT = 300
"""Characters of what is in somebody's way that who is asked gets to read."""

WAITING = 5
"""How many introductions somebody may wait for at a time."""


@dataclass(frozen=True, slots=True)
class Found:
    """Those who fit somebody's search, the best first."""

    own: Profile
    purpose: Purpose
    matches: list[Match]


@dataclass(frozen=True, slots=True)
class Helpers:
    """Who could help somebody with what is in their way, each with the skills that it takes."""

    text: str
    found: list[tuple[Profile, list[str]]]
    levels: Sequence[str]


@dataclass(frozen=True, slots=True)
class Introducing:
    """An introduction under way.

    ``asked`` is the profile of who is asked, ``asker`` of who asked; ``reasons`` say why they
    fit, of what both show; ``shared`` are the groups that both are in.
    """

    introduction: Introduction
    asker: Profile
    asked: Profile
    reasons: tuple[str, ...]
    shared: Sequence[Group]


class IntroductionService:
    """The use cases of matching and introducing."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def find(self, place: Place, purpose: Purpose | None) -> Found:
        """Return who is open to it and shows that to the person, the best first."""
        async with self.store.read() as tx:
            own = await tx.profiles.get(place.guild_id, place.user_id)
            others = await visible(tx, place)
            levels = levels_of(await tx.servers.get(place.guild_id))
        if purpose is None:
            purpose = next(iter(rules.purposes(own)), Purpose.PAIR)
        now = self.clock.now()
        return Found(own, purpose, matching.matches(own, others, purpose, now, levels))

    async def helpers_with(self, place: Place, checkin_id: int) -> Helpers:
        """Return who could help the person with what their check-in says is in the way.

        Only who opted in to mentoring and shows the person a skill that it takes; nobody who is
        away from the group. Raises NotFound for a check-in that is not the person's.
        """
        now = self.clock.now()
        async with self.store.read() as tx:
            checkin = await tx.checkins.get(place.guild_id, checkin_id)
            if checkin is None or checkin.user_id != place.user_id or checkin.deleted_at:
                raise NotFound("That is not a check-in of yours.")
            own = await tx.profiles.get(place.guild_id, place.user_id)
            others = await visible(tx, place)
            members = await tx.groups.members(checkin.group_id)
            levels = levels_of(await tx.servers.get(place.guild_id))
        away = {one.user_id for one in members if one.is_away(now)}
        here = [one for one in others if one.user_id not in away]
        found = matching.helpers(own, here, checkin.blocked, now)
        return Helpers(checkin.blocked, found, levels)

    async def ask_for_help(self, place: Place, checkin_id: int, user_id: int) -> Introduction:
        """Have somebody asked whether they help with what the person's check-in says is in the way.

        Raises NotFound for a check-in that is not the person's, for who could not help or does
        not show it, and Conflict as ``ask``.
        """
        helpers = await self.helpers_with(place, checkin_id)
        if all(profile.user_id != user_id for profile, _ in helpers.found):
            raise NotFound("They are not open to that just now. `/profile match` shows who is.")
        about = " ".join(helpers.text.split())[:ABOUT_LIMIT]
        return await self._ask(place, user_id, Purpose.MENTORED, about)

    async def ask(self, place: Place, user_id: int, purpose: Purpose) -> Introduction:
        """Have somebody asked whether they want to meet the person.

        Raises NotFound for who is not open to it, or does not show it to the person, and
        Conflict where one of the two asked the other lately, or too many were asked.
        """
        found = await self.find(place, purpose)
        if all(match.profile.user_id != user_id for match in found.matches):
            raise NotFound("They are not open to that just now. `/profile match` shows who is.")
        return await self._ask(place, user_id, purpose)

    async def _ask(
        self, place: Place, user_id: int, purpose: Purpose, about: str | None = None
    ) -> Introduction:
        now = self.clock.now()
        async with self.store.transaction() as tx:
            before = await tx.introductions.between(place.guild_id, place.user_id, user_id)
            if before and now - before[0].asked_at < AGAIN_AFTER:
                raise Conflict(
                    f"You two were introduced, or one of you asked, within {AGAIN_AFTER.days} "
                    "days. There is somebody else in `/profile match`."
                )
            if await tx.introductions.waiting(place.guild_id, place.user_id) >= WAITING:
                raise Conflict(
                    f"{WAITING} people whom you asked have not answered yet. Give them some time."
                )
            theirs = {group.id for group in await tx.groups.of_person(place.guild_id, user_id)}
            own = await tx.groups.of_person(place.guild_id, place.user_id)
            channels = [group.channel_id for group in own if group.id in theirs]
            introduction = await tx.introductions.add(
                guild_id=place.guild_id,
                purpose=purpose,
                channel_id=channels[0] if channels else place.channel_id,
                asked_by=place.user_id,
                other_user_id=user_id,
                now=now,
                about=about,
            )
            await tx.deadlines.put(ASK, introduction.id, now, guild_id=place.guild_id)
        return introduction

    async def introducing(self, introduction_id: int) -> Introducing:
        """Return an introduction with both people; raises NotFound when it is gone."""
        now = self.clock.now()
        async with self.store.read() as tx:
            one = await tx.introductions.get(introduction_id)
            if one is None:
                raise NotFound("That introduction is gone: somebody took their data away.")
            asker = await tx.profiles.get(one.guild_id, one.asked_by)
            asked = await tx.profiles.get(one.guild_id, one.other_user_id)
            theirs = {group.id for group in await tx.groups.of_person(one.guild_id, asked.user_id)}
            shared = [
                group
                for group in await tx.groups.of_person(one.guild_id, asker.user_id)
                if group.id in theirs
            ]
            levels = levels_of(await tx.servers.get(one.guild_id))
        both = [
            matching.candidate(seen, now)
            for seen in (
                rules.seen(asker, shares_group=bool(shared)),
                rules.seen(asked, shares_group=bool(shared)),
            )
            if seen is not None
        ]
        reasons = matching.reasons(both[1], both[0], levels) if len(both) == 2 else ()
        return Introducing(one, asker, asked, reasons, shared)

    async def answer(self, introduction_id: int, user_id: int, *, accepted: bool) -> Introduction:
        """Say whether one wants to meet who asked.

        Raises NotFound for who was not asked, Conflict for a second answer.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            one = await tx.introductions.get(introduction_id)
            if one is None or one.other_user_id != user_id:
                raise NotFound("That introduction is gone, or it was not you who was asked.")
            if one.answered_at is not None:
                raise Conflict("You answered that already.")
            await tx.introductions.edit(one.id, answered_at=now, accepted=accepted)
            kind = MEET if accepted else ANSWER
            await tx.deadlines.put(kind, one.id, now, guild_id=one.guild_id)
        return one

    async def unreachable(self, introduction_id: int) -> None:
        """Note that who was asked cannot be reached, and have the asker told that nothing came."""
        now = self.clock.now()
        async with self.store.transaction() as tx:
            one = await tx.introductions.get(introduction_id)
            if one is not None and one.answered_at is None:
                await tx.introductions.edit(one.id, answered_at=now, accepted=False)
                await tx.deadlines.put(ANSWER, one.id, now, guild_id=one.guild_id)

    async def met(self, introduction: Introduction, thread_id: int) -> None:
        """Note where the two were introduced."""
        async with self.store.transaction() as tx:
            await tx.introductions.edit(introduction.id, thread_id=thread_id)
