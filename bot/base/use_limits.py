"""How much one person may do in a while, where it disturbs others or fills the server.

The limits are generous for people, and stop whoever floods: in a server that gives the bot to
strangers, one of them could otherwise ping somebody a thousand times, or use up the 1,000 open
threads and 100 events that Discord allows a server. Organisers are exempt: they set servers up.

The counts are in memory only. A restart forgets them, which no member can bring about, and nothing
more has to be kept about people.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.base import when
from bot.base.errors import Conflict

HOUR = timedelta(hours=1)

KEPT = 10_000
"""How many people's counts are kept before the ones that ended are dropped."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` in any ``within``; ``what`` completes “You can …”."""

    what: str
    most: int
    within: timedelta = HOUR


PING = Limit("ask or name other people 20 times an hour", 20)
OPEN = Limit("open 10 meetings, polls, projects or programmes an hour", 10)
IMPORT = Limit("import 10 lists or tables an hour", 10)
WRITE = Limit("post 120 entries an hour", 120)

OF_COMMANDS: Mapping[str, Limit] = {
    "commitment add": PING,
    "project invite": PING,
    "task assign": PING,
    "meeting facilitate": PING,
    "meeting notes": PING,
    "meeting schedule": OPEN,
    "meeting poll": OPEN,
    "project propose": OPEN,
    "programme start": OPEN,
    "reading import": IMPORT,
    "claim import": IMPORT,
    "task add": WRITE,
    "deadline add": WRITE,
    "claim add": WRITE,
    "claim compare": WRITE,
    "result log": WRITE,
    "reading nominate": WRITE,
    "project update": WRITE,
    "project link": WRITE,
    "checkin post": WRITE,
    "Log as check-in": WRITE,
}
"""Which commands are limited; those that share a limit are counted together."""

OF_CONTROLS: Mapping[str, Limit] = {
    "people:introduce": PING,
    "people:help": PING,
    "checkin:help": PING,
    "task:help": PING,
    "board:proposal": OPEN,
    "reading:listing": IMPORT,
    "reading:propose": OPEN,
    "reading:enlist": OPEN,
    "claim:import": IMPORT,
    "task:add": WRITE,
    "board:update": WRITE,
    "checkin:form": WRITE,
}
"""Which buttons and forms are limited, by the first two words of their custom ids."""


def of_control(custom_id: str) -> Limit | None:
    """Return the limit of a button or a form, by its custom id."""
    return OF_CONTROLS.get(":".join(custom_id.split(":")[:2]))


class Uses:
    """Counts what each person did lately."""

    def __init__(self) -> None:
        self._at: dict[tuple[int, int, Limit], deque[datetime]] = {}

    def check(self, guild_id: int, user_id: int, limit: Limit, now: datetime) -> None:
        """Raise Conflict, saying when again, for somebody who has reached a limit."""
        lately = self._lately(guild_id, user_id, limit, now)
        if len(lately) >= limit.most:
            again = lately[0] + limit.within
            raise Conflict(
                f"You can {limit.what}, so that nobody is flooded. You can go on "
                f"{when.stamp(again, 'R')}; an organiser can do it for you before that."
            )

    def count(self, guild_id: int, user_id: int, limit: Limit, now: datetime) -> None:
        """Note that somebody did what is limited."""
        if len(self._at) > KEPT:
            for key, times in list(self._at.items()):
                if not times or times[-1] + key[2].within <= now:
                    del self._at[key]
        self._lately(guild_id, user_id, limit, now).append(now)

    def _lately(self, guild_id: int, user_id: int, limit: Limit, now: datetime) -> deque[datetime]:
        times = self._at.setdefault((guild_id, user_id, limit), deque())
        while times and times[0] + limit.within <= now:
            times.popleft()
        return times
