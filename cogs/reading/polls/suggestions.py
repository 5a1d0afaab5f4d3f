"""Which times to suggest to a group, from the weekly hours of its members: values in and out.

``visible`` decides whose hours count. A member's hours count when the person who asks may see them:
when that member shows both their hours and their zone to the groups they are in, or to the server.
The asker's own hours always count. People who keep either to themselves are not counted at all,
neither by name nor in a number: together with the hours that can be seen, a count that includes
them would give theirs away. So nothing that is suggested would differ if they were free at other
times, and “7 of 9” means nine people whose hours can be seen.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from math import fsum
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base import availability, when
from bot.base.availability import FreeSpan
from cogs.reading.polls import rules
from data.people.profiles import Profile
from data.states import Audience, ProfileField


class Week(Struct, frozen=True):
    """When somebody is free in a week, on the clocks of their zone.

    ``away_until`` is the end of their pause, where they are away.
    """

    user_id: int
    spans: tuple[FreeSpan, ...]
    zone: ZoneInfo
    away_until: datetime | None = None


class Proposed(Struct, frozen=True):
    """A time, who of those whose hours are known can come, and who of them cannot."""

    starts_at: datetime
    can: tuple[int, ...]
    cannot: tuple[int, ...]

    @property
    def known(self) -> int:
        """How many people's availability is known."""
        return len(self.can) + len(self.cannot)


def visible(profile: Profile, asker_id: int) -> bool:
    """Whether somebody's hours count for a person who is in a group with them (see above)."""
    if not profile.free:
        return False
    if profile.user_id == asker_id:
        return True
    hidden = profile.hidden or ()
    return profile.audience in (Audience.GROUPS, Audience.SERVER) and not (
        ProfileField.FREE.value in hidden or ProfileField.TIMEZONE.value in hidden
    )


def propose(
    weeks: Sequence[Week],
    *,
    zone: ZoneInfo,
    minutes: int,
    now: datetime,
    taken: Sequence[tuple[datetime, datetime]] = (),
    most: int = rules.PROPOSED,
) -> list[Proposed]:
    """Return the best times for a meeting of ``minutes``, the earliest first.

    Times begin on the hour or half-hour of the group's clocks (``zone``), two days to two weeks
    from now, and do not overlap with what is ``taken``. Those at which most can come go first, then
    those at which people can come who rarely can, then the earliest. Each is on a day of its own
    as long as others are not much worse (at least half as many can); then a day may have two,
    two hours apart. At night only where more people said that they are free than at any time of
    the day.
    """
    length = timedelta(minutes=minutes)
    begins = _beginnings(zone, now + rules.NOTICE, now + rules.AHEAD, length, taken)
    can = _can_come(weeks, begins, length, now)
    rare = {one.user_id: 0 for one in weeks}
    for people in can:
        for user_id in people:
            rare[user_id] += 1
    everybody = [one.user_id for one in weeks]
    ranked = sorted(
        (index for index in range(len(begins)) if can[index]),
        key=lambda index: (
            -len(can[index]),
            # Somebody who can come at one time of forty weighs as much there as forty people with
            # all of them; fsum, since a sum that depends on its order would rank equal times
            # differently.
            -fsum(1 / rare[user_id] for user_id in can[index]),
            begins[index],
        ),
    )
    by_day = max(
        (len(can[one]) for one in ranked if not is_night(begins[one], length, zone)), default=0
    )
    ranked = [
        one for one in ranked if not is_night(begins[one], length, zone) or len(can[one]) > by_day
    ]
    chosen = _spread([(begins[one], len(can[one])) for one in ranked], zone, length, most)
    index_of = {at: index for index, at in enumerate(begins)}
    return [
        Proposed(
            at,
            tuple(user_id for user_id in everybody if user_id in can[index_of[at]]),
            tuple(user_id for user_id in everybody if user_id not in can[index_of[at]]),
        )
        for at in sorted(chosen)
    ]


def is_night(starts_at: datetime, length: timedelta, zone: ZoneInfo) -> bool:
    """Whether any of a meeting is at night on the clocks of a zone."""
    local, ends = starts_at.astimezone(zone), (starts_at + length).astimezone(zone)
    same_day = ends.date() == local.date() and ends.time() <= rules.DAY_ENDS
    return local.time() < rules.DAY_BEGINS or not same_day


def _beginnings(
    zone: ZoneInfo,
    start: datetime,
    end: datetime,
    length: timedelta,
    taken: Sequence[tuple[datetime, datetime]],
) -> list[datetime]:
    """Return each half-hour of a zone's clocks in a stretch of time at which nothing else is."""
    found: set[datetime] = set()
    day = start.astimezone(zone).date()
    while day <= end.astimezone(zone).date():
        # Made on the zone's own clocks: some zones are a quarter of an hour off, so that the
        # half-hours of UTC are not theirs.
        for half in range(48):
            at = time(half // 2, 30 * (half % 2))
            instant = when.local(day, at, zone)
            # What the clocks skip is moved forward by when.local: it is another time of the day.
            if start <= instant <= end and instant.astimezone(zone).time() == at:
                found.add(instant)
        day += timedelta(days=1)
    return sorted(
        instant
        for instant in found
        if not any(instant < ends and begins < instant + length for begins, ends in taken)
    )


def _can_come(
    weeks: Sequence[Week], begins: Sequence[datetime], length: timedelta, now: datetime
) -> list[set[int]]:
    """Return who can come at each of these times, for all of it."""
    can: list[set[int]] = [set() for _ in begins]
    if not begins:
        return can
    for one in weeks:
        first = max(begins[0], one.away_until or now)
        for free_from, free_until in availability.stretches(
            one.spans, one.zone, begins[0], begins[-1] + length
        ):
            index = bisect_left(begins, max(free_from, first))
            while index < len(begins) and begins[index] + length <= free_until:
                can[index].add(one.user_id)
                index += 1
    return can


def _spread(
    ranked: Sequence[tuple[datetime, int]], zone: ZoneInfo, length: timedelta, most: int
) -> list[datetime]:
    """Choose from times in the order of their rank, on as many days as are good enough."""
    if not ranked:
        return []
    enough = (ranked[0][1] + 1) // 2
    apart = max(rules.APART, length)
    chosen: list[datetime] = []
    days: set[date] = set()

    def choose(*, same_day: bool, least: int) -> None:
        for at, count in ranked:
            if len(chosen) >= most:
                return
            day = at.astimezone(zone).date()
            far = all(abs(at - other) >= apart for other in chosen)
            if count >= least and far and (same_day or day not in days):
                chosen.append(at)
                days.add(day)

    choose(same_day=False, least=enough)
    choose(same_day=True, least=enough)
    if len(chosen) < 2:  # a poll needs two
        choose(same_day=False, least=1)
        choose(same_day=True, least=1)
    return chosen
