"""How much one person may do in a while, where it disturbs others, fills the server or costs work.

The limits are generous for people, and stop whoever floods: in a server that gives the bot to
strangers, one of them could otherwise ping somebody a thousand times, or use up the 1,000 open
threads and 100 events that Discord allows a server. Organisers are exempt: they set servers up.

The counts are in memory only. A restart forgets them, which no member can bring about, and nothing
more has to be kept about people.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import Struct

from bot.base import when
from bot.base.errors import Conflict

HOUR = timedelta(hours=1)

KEPT = 10_000
"""How many people's counts are kept before the ones that ended are dropped."""


class Limit(Struct, frozen=True):
    """At most ``most`` in any ``within``; ``what`` completes “You can …”.

    What is done by ``commands``, and by the buttons and forms of ``controls`` (the first two words
    of their custom ids), is counted together.
    """

    what: str
    most: int
    commands: frozenset[str] = frozenset()
    controls: frozenset[str] = frozenset()
    within: timedelta = HOUR


NAMING = frozenset(
    {
        "commitment add",
        "meeting edit",
        "meeting facilitate",
        "meeting schedule",
        "programme open",
        "programme start",
        "project invite",
        "project lead",
        "task add",
        "task assign",
    }
)
"""Commands that ping a person who is named in an option, or put something on their list."""

PING = Limit(
    "ask or name other people 20 times an hour",
    20,
    NAMING | {"meeting notes"},
    frozenset(
        {
            "board:ask",
            "checkin:help",
            "checkin:unblock",
            "people:help",
            "people:introduce",
            "task:help",
        }
    ),
)
# Beside the limit for all: twenty messages an hour are a busy lead, and twenty to one person are a
# nuisance.
SAME = Limit("name the same person 10 times an hour", 10, NAMING)
INVITE = Limit(
    "invite the same person to a project once a day",
    1,
    frozenset({"project invite"}),
    within=timedelta(days=1),
)
# Each opens a thread or an event, and Discord lets a server have 1,000 open threads and 100 coming
# events.
OPEN = Limit(
    "open 10 meetings, polls, projects or programmes an hour",
    10,
    frozenset({"meeting schedule", "meeting poll", "project propose", "programme start"}),
    frozenset(
        {
            "board:proposal",
            "meeting:planform",
            "programme:start",
            "reading:enlist",
            "reading:enrol",
            "reading:propose",
            "reading:settle",
        }
    ),
)
MOVE = Limit(
    "move, change or end meetings, boards and programmes 30 times an hour",
    30,
    frozenset(
        {
            "meeting move",
            "meeting cancel",
            "meeting edit",
            "meeting skip",
            "meeting end",
            "programme open",
            "programme skip",
            "programme end",
            "project edit",
            "project status",
            "project archive",
            "project reopen",
            "reading pick",
        }
    ),
    frozenset(
        {
            "board:pause",
            "board:settings",
            "board:state",
            "meeting:restform",
            "programme:gates",
            "programme:restore",
            "reading:cancelrest",
            "reading:close",
            "reading:follow",
            "reading:putback",
            "reading:restore",
            "reading:resume",
        }
    ),
)
COME = Limit(
    "join, leave or hand over 40 times an hour",
    40,
    frozenset(
        {
            "group join",
            "group leave",
            "meeting facilitate",
            "project join",
            "project leave",
            "project lead",
        }
    ),
    frozenset(
        {
            "board:accept",
            "board:join",
            "board:lead",
            "board:refuse",
            "group:join",
            "group:leave",
            "programme:join",
            "programme:leave",
            "quiet:leave",
            "reading:decline",
            "reading:lead",
        }
    ),
)
IMPORT = Limit(
    "import 20 lists or tables an hour",
    20,
    frozenset({"reading import", "claim import"}),
    frozenset({"reading:listing", "reading:relist", "claim:import"}),
)
# Two a minute: more than anybody writes with thought, and less than a script would.
WRITE = Limit(
    "post or change 120 entries an hour",
    120,
    frozenset(
        {
            "Log as check-in",
            "checkin delete",
            "checkin edit",
            "checkin post",
            "claim add",
            "claim compare",
            "claim edit",
            "commitment add",
            "commitment done",
            "commitment drop",
            "deadline add",
            "deadline done",
            "deadline move",
            "meeting attended",
            "project link",
            "project unlink",
            "project update",
            "reading nominate",
            "result log",
            "result review",
            "task add",
            "task edit",
            "task move",
        }
    ),
    frozenset(
        {
            "board:roles",
            "board:update",
            "checkin:edit",
            "checkin:form",
            "checkin:restore",
            "claim:compare",
            "claim:edit",
            "claim:log",
            "claim:new",
            "coffee:in",
            "coffee:out",
            "commitment:apart",
            "commitment:is",
            "commitment:reopen",
            "deadline:add",
            "deadline:done",
            "deadline:drop",
            "deadline:move",
            "link:watch",
            "programme:hide",
            "programme:work",
            "reading:ask",
            "reading:into",
            "reading:suggest",
            "reading:times",
            "reading:write",
            "result:details",
            "result:file",
            "result:new",
            "result:review",
            "task:add",
            "task:block",
            "task:commit",
            "task:done",
            "task:down",
            "task:drop",
            "task:edit",
            "task:revert",
            "task:set",
            "task:take",
            "task:top",
            "task:undo",
            "task:up",
        }
    ),
)
# These are drawn or packed, which keeps a thread of the process busy that others wait for.
MAKE = Limit(
    "have 60 pictures, reports, calendars or files made an hour",
    60,
    frozenset(
        {
            "checkin stats",
            "meeting calendar",
            "profile export",
            "profile portfolio",
            "programme progress",
            "project report",
        }
    ),
    frozenset(
        {
            "board:report",
            "board:template",
            "checkin:look",
            "programme:page",
            "programme:progress",
        }
    ),
)

REMINDED = Limit("be pinged by boards' reminders 10 times an hour", 10)
"""What is counted for each person who is reminded, whoever set the dates: a date that any member
can move brings its reminders again. Further ones name them without a ping."""

LIMITS = (PING, SAME, INVITE, OPEN, MOVE, COME, IMPORT, WRITE, MAKE)
"""The table, which docs/operations.md shows."""

_OF_PEOPLE = (PING, SAME, INVITE)
"""Of these, only naming somebody in an option counts for the commands in :data:`NAMING`."""


class Use(Struct, frozen=True):
    """Something that counts: its limit, and about whom or what it is counted apart, if so."""

    limit: Limit
    about: object = None


def of_command(name: str, named: Collection[int]) -> list[Use]:
    """Return what using a command counts as; ``named`` are the other people in its options."""
    uses = [
        Use(limit)
        for limit in LIMITS
        if name in limit.commands and not (limit in _OF_PEOPLE and name in NAMING)
    ]
    for user_id in named if name in NAMING else ():
        uses += [Use(PING), Use(SAME, user_id)]
    return uses


def of_control(custom_id: str) -> list[Use]:
    """Return what using a button or a form counts as, by its custom id."""
    name = ":".join(custom_id.split(":")[:2])
    return [Use(limit) for limit in LIMITS if name in limit.controls]


class Uses:
    """Counts what each person did lately."""

    def __init__(self) -> None:
        self._at: dict[tuple[int, int, Use], deque[datetime]] = {}
        self._most = KEPT

    def take(self, guild_id: int, user_id: int, use: Use, now: datetime) -> None:
        """Count one use; raises Conflict, saying when again, for whoever has reached its limit.

        It counts from here on and not once it is done: many at once would all go through.
        """
        if len(self._at) > self._most:
            for key, times in list(self._at.items()):
                if not times or times[-1] + key[2].limit.within <= now:
                    del self._at[key]
            # Where all of them still count, each further use would look through all of them again.
            self._most = max(KEPT, 2 * len(self._at))
        limit = use.limit
        lately = self._at.setdefault((guild_id, user_id, use), deque())
        while lately and lately[0] + limit.within <= now:
            lately.popleft()
        if len(lately) >= limit.most:
            again = lately[0] + limit.within
            raise Conflict(
                f"You can {limit.what}, so that nobody is flooded. You can go on "
                f"{when.stamp(again, 'R')}; an organiser can do it for you before that."
            )
        lately.append(now)

    def may(self, guild_id: int, user_id: int, use: Use, now: datetime) -> bool:
        """Count one use; False, uncounted, for whoever has reached its limit."""
        try:
            self.take(guild_id, user_id, use, now)
        except Conflict:
            return False
        return True

    def give_back(self, guild_id: int, user_id: int, use: Use) -> None:
        """Count the last use no longer: it was refused."""
        lately = self._at.get((guild_id, user_id, use))
        if lately:
            lately.pop()
