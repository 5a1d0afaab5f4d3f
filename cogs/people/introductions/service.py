"""Matches, and introductions: the other is asked first."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from bot.base.clock import Clock
from bot.base.errors import Conflict, NotFound
from bot.place import Place
from cogs.people import compatibility
from cogs.people.compatibility import Match
from cogs.people.introductions import rules
from cogs.people.profiles import rules as profile_rules
from cogs.people.profiles.service import levels_of, visible
from data.delivery.kinds import DeadlineKind
from data.people.introductions import Introduction
from data.people.profiles import Profile
from data.server.groups import Group
from data.states import Purpose
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class FoundPeople(Struct, frozen=True):
    """The people who fit somebody's search, the best first."""

    own: Profile
    purpose: Purpose
    matches: list[Match]


class Helpers(Struct, frozen=True):
    """Who could help somebody with what is in their way, each with the skills that it takes."""

    text: str
    found: list[tuple[Profile, list[str]]]
    levels: Sequence[str]


class IntroductionView(Struct, frozen=True):
    """An introduction, with the profiles of both people and the groups that both are in.

    ``reasons`` say why they fit, from what each shows to the other, and ``asker_about`` is the
    asker's line about themselves, if the other may see it. ``public_reasons`` go by what both show
    to the whole server, and so may be said in a channel.
    """

    introduction: Introduction
    asker: Profile
    asked: Profile
    reasons: tuple[str, ...]
    public_reasons: tuple[str, ...]
    asker_about: str
    shared: Sequence[Group]


class IntroductionService:
    """The use cases of matching and introducing."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @snapshot
    async def find(self, tx: Transaction, place: Place, purpose: Purpose | None) -> FoundPeople:
        """Return people who are open to it and show that to the person, the best first."""
        own = await tx.profiles.get(place.guild_id, place.user_id)
        others = await visible(tx, place)
        levels = levels_of(await tx.servers.get(place.guild_id))
        if purpose is None:
            purpose = next(iter(profile_rules.purposes(own)), Purpose.PAIR)
        now = self.clock.now()
        return FoundPeople(own, purpose, compatibility.matches(own, others, purpose, now, levels))

    @snapshot
    async def helpers_with(self, tx: Transaction, place: Place, checkin_id: int) -> Helpers:
        """Return who could help the person with what their check-in says is in the way.

        Only people who opted in to mentoring and show the person a skill that it takes; nobody who
        is away from the group. Raises NotFound for a check-in that is not the person's.
        """
        now = self.clock.now()
        checkin = await tx.checkins.get(place.guild_id, checkin_id)
        if checkin is None or checkin.user_id != place.user_id or checkin.deleted_at:
            raise NotFound("That is not a check-in of yours.")
        own = await tx.profiles.get(place.guild_id, place.user_id)
        others = await visible(tx, place)
        members = await tx.groups.members(checkin.group_id)
        levels = levels_of(await tx.servers.get(place.guild_id))
        away = {one.user_id for one in members if one.is_away(now)}
        here = [one for one in others if one.user_id not in away]
        found = compatibility.helpers(own, here, checkin.blocked, now)
        return Helpers(checkin.blocked, found, levels)

    async def ask_for_help(self, place: Place, checkin_id: int, user_id: int) -> Introduction:
        """Ask somebody whether they can help with what the person's check-in says is in the way.

        Raises NotFound for a check-in that is not the person's, and for somebody who cannot help
        or does not show it; Conflict as ``ask`` does.
        """
        helpers = await self.helpers_with(place, checkin_id)
        if all(profile.user_id != user_id for profile, _ in helpers.found):
            raise NotFound("They are not open to that just now. `/profile match` shows who is.")
        about = " ".join(helpers.text.split())[: rules.ABOUT_LIMIT]
        return await self._ask(place, user_id, Purpose.MENTORED, about)

    async def ask(self, place: Place, user_id: int, purpose: Purpose) -> Introduction:
        """Ask somebody whether they want to meet the person.

        Raises NotFound for somebody who is not open to it, or does not show it to the person, and
        Conflict where one of the two asked the other lately, or where too many have not answered.
        """
        found = await self.find(place, purpose)
        # Looked up again: the button may be old, and the person may have closed their profile
        # since.
        if all(match.profile.user_id != user_id for match in found.matches):
            raise NotFound("They are not open to that just now. `/profile match` shows who is.")
        return await self._ask(place, user_id, purpose)

    @transaction
    async def _ask(
        self,
        tx: Transaction,
        place: Place,
        user_id: int,
        purpose: Purpose,
        about: str | None = None,
    ) -> Introduction:
        now = self.clock.now()
        before = await tx.introductions.between(place.guild_id, place.user_id, user_id)
        # In both directions, so that a no is not answered by asking back.
        if before and now - before[0].asked_at < rules.AGAIN_AFTER:
            raise Conflict(
                "You two were introduced, or one of you asked, in the last "
                f"{rules.AGAIN_AFTER.days} days. There may be somebody else in `/profile match`."
            )
        if await tx.introductions.waiting(place.guild_id, place.user_id) >= rules.WAITING:
            raise Conflict(
                f"{rules.WAITING} people you asked have not answered yet. Give them some time."
            )
        theirs = {group.id for group in await tx.groups.of_person(place.guild_id, user_id)}
        own = await tx.groups.of_person(place.guild_id, place.user_id)
        channels = [group.channel_id for group in own if group.id in theirs]
        introduction = await tx.introductions.add(
            guild_id=place.guild_id,
            purpose=purpose,
            # Where both can read it; a channel of the asker's alone would leave the other out.
            channel_id=channels[0] if channels else place.channel_id,
            asked_by=place.user_id,
            other_user_id=user_id,
            now=now,
            about=about,
        )
        await tx.deadlines.put(
            # A deadline, due at once: should the process die now, the other is still asked.
            DeadlineKind.INTRODUCTION_ASK,
            introduction.id,
            now,
            guild_id=place.guild_id,
        )
        return introduction

    @snapshot
    async def view(self, tx: Transaction, introduction_id: int) -> IntroductionView:
        """Return an introduction with both people; raises NotFound when it is gone."""
        now = self.clock.now()
        one = await tx.introductions.get(introduction_id)
        if one is None:
            raise NotFound("That introduction is gone: somebody had their data erased.")
        asker = await tx.profiles.get(one.guild_id, one.asked_by)
        asked = await tx.profiles.get(one.guild_id, one.other_user_id)
        theirs = {group.id for group in await tx.groups.of_person(one.guild_id, asked.user_id)}
        shared = [
            group
            for group in await tx.groups.of_person(one.guild_id, asker.user_id)
            if group.id in theirs
        ]
        levels = levels_of(await tx.servers.get(one.guild_id))

        def reasons(*, shares_group: bool) -> tuple[str, ...]:
            """Say why they fit, from what each shows to somebody who does or does not share one."""
            both = [profile_rules.seen(one, shares_group=shares_group) for one in (asker, asked)]
            known = [compatibility.candidate(seen, now) for seen in both if seen is not None]
            return compatibility.reasons(known[1], known[0], levels) if len(known) == 2 else ()

        to_each_other = profile_rules.seen(asker, shares_group=bool(shared))
        return IntroductionView(
            one,
            asker,
            asked,
            reasons(shares_group=bool(shared)),
            reasons(shares_group=False),
            (to_each_other.about or "") if to_each_other is not None else "",
            shared,
        )

    @transaction
    async def answer(
        self, tx: Transaction, introduction_id: int, user_id: int, *, accepted: bool
    ) -> Introduction:
        """Note whether the person who was asked wants to meet.

        Raises NotFound for anybody else, Conflict for a second answer.
        """
        now = self.clock.now()
        one = await tx.introductions.get(introduction_id)
        if one is None or one.other_user_id != user_id:
            raise NotFound("That introduction is gone, or somebody else was asked.")
        if one.answered_at is not None:
            raise Conflict("You answered that already.")
        await tx.introductions.edit(one.id, answered_at=now, accepted=accepted)
        kind = DeadlineKind.INTRODUCTION_MEET if accepted else DeadlineKind.INTRODUCTION_ANSWER
        await tx.deadlines.put(kind, one.id, now, guild_id=one.guild_id)
        return one

    @transaction
    async def unreachable(self, tx: Transaction, introduction_id: int) -> None:
        """Note that the person asked cannot be reached, and let the asker know."""
        now = self.clock.now()
        one = await tx.introductions.get(introduction_id)
        if one is not None and one.answered_at is None:
            await tx.introductions.edit(one.id, answered_at=now, accepted=False)
            await tx.deadlines.put(
                DeadlineKind.INTRODUCTION_ANSWER, one.id, now, guild_id=one.guild_id
            )

    @transaction
    async def met(self, tx: Transaction, introduction: Introduction, thread_id: int) -> None:
        """Note where the two were introduced."""
        await tx.introductions.edit(introduction.id, thread_id=thread_id)
