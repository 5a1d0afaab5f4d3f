"""The states that rows can be in, shared by the tables and the records."""

from __future__ import annotations

from enum import StrEnum


class CardKind(StrEnum):
    """What a live message shows; with a subject's id it names exactly one card."""

    GROUP = "group"
    ROUND = "round"
    DIGEST = "digest"
    CHECKIN = "checkin"
    MEETING = "meeting"
    # The value is in databases, in the keys of deliveries and in old buttons: only the name could
    # change.
    MEETING_THREAD = "desk"
    NOMINATION = "nomination"
    POLL = "poll"
    BOARD = "board"
    POD = "pod"
    PROGRAMME = "programme"
    POD_LINE = "pod_line"
    COFFEE = "coffee"
    CLAIM = "claim"
    RESULT = "result"


class Sent(StrEnum):
    """How far a message that must arrive has come."""

    TRYING = "trying"
    SENT = "sent"
    FAILED = "failed"


class DeadlineState(StrEnum):
    """How far a deadline has come."""

    PENDING = "pending"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    COLLAPSED = "collapsed"
    EXPIRED = "expired"
    HELD = "held"


class CommitmentState(StrEnum):
    """What became of something that somebody said they would do."""

    ASKED = "asked"
    """Somebody else noted it for them; it is theirs once they take it on."""
    OPEN = "open"
    KEPT = "kept"
    NOT_KEPT = "not_kept"
    DROPPED = "dropped"


class Witnessed(StrEnum):
    """What a commitment's witness said."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class ProjectState(StrEnum):
    """How far a project has come."""

    PROPOSED = "proposed"
    RECRUITING = "recruiting"
    ACTIVE = "active"
    WRITING = "writing"
    DONE = "done"
    PAUSED = "paused"
    ABANDONED = "abandoned"


class TaskState(StrEnum):
    """How far a task of a project has come."""

    TODO = "todo"
    DOING = "doing"
    REVIEW = "review"
    DONE = "done"
    BLOCKED = "blocked"


class ProjectDeadlineState(StrEnum):
    """How a date that a project works towards ended; OPEN until it did."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Answer(StrEnum):
    """What somebody answered to a meeting."""

    GOING = "going"
    MAYBE = "maybe"
    NOT_GOING = "not_going"


class Seat(StrEnum):
    """What somebody who is going was last told: that they have a seat, or wait for one."""

    SEATED = "seated"
    WAITING = "waiting"


class Better(StrEnum):
    """Which way a metric is better."""

    HIGHER = "higher"
    LOWER = "lower"


class SpreadKind(StrEnum):
    """What a number after ± is.

    The standard deviation of single runs, the standard error of their mean, half of a 95 %
    confidence interval, or half the distance from the lowest run to the highest.
    """

    DEVIATION = "deviation"
    ERROR = "error"
    INTERVAL = "interval"
    RANGE = "range"


class Criterion(StrEnum):
    """How our results are compared with what the paper reports."""

    RELATIVE = "relative"
    ABSOLUTE = "absolute"
    INTERVAL = "interval"
    EQUIVALENT = "equivalent"
    DIRECTION = "direction"
    EXACT = "exact"
    OUTCOME = "outcome"


class PrintedAs(StrEnum):
    """Which figure of its runs a paper prints."""

    MEAN = "mean"
    BEST = "best"
    SINGLE = "single run"
    MEDIAN = "median"


class ClaimRole(StrEnum):
    """Whether a row is what the paper claims, or a baseline that it compares itself with."""

    CLAIM = "claim"
    BASELINE = "baseline"


class Scale(StrEnum):
    """Whether differences of a quantity are differences or ratios."""

    LINEAR = "linear"
    LOG = "log"


class Verdict(StrEnum):
    """What our results say of a claim."""

    REPRODUCED = "reproduced"
    EXCEEDED = "exceeded"
    PARTLY = "partly"
    NOT_REPRODUCED = "not reproduced"
    REVERSED = "reversed"
    INCONCLUSIVE = "inconclusive"
    NOT_ATTEMPTED = "not attempted"


class Decision(StrEnum):
    """What somebody else says of a result; the last two are the lead's, and settle a dispute."""

    CONFIRM = "confirm"
    DISPUTE = "dispute"
    UPHOLD = "uphold"
    REJECT = "reject"


class Origin(StrEnum):
    """Whose code a result was made with."""

    AUTHORS = "authors"
    OWN = "own"


class Change(StrEnum):
    """A change of a meeting that is announced to people who answered."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    EDITED = "edited"


class Fit(StrEnum):
    """How a time suits somebody."""

    CAN = "can"
    IF_NEED_BE = "if_need_be"


class Nudges(StrEnum):
    """How somebody wants to be reminded of a check-in."""

    DIRECT = "direct"
    THREAD = "thread"
    NONE = "none"


class Topic(StrEnum):
    """What a line of a project's log is about: a section of its report."""

    PROGRESS = "progress"
    METHOD = "method"
    EASY = "easy"
    DIFFICULT = "difficult"
    AUTHORS = "authors"
    CHANGE = "change"
    """What a watched link did; no section of the report."""


class Purpose(StrEnum):
    """What somebody is open to, and looks for in others."""

    PAIR = "pair"
    POD = "pod"
    PROJECT = "project"
    MENTORING = "mentoring"
    MENTORED = "mentored"


class Audience(StrEnum):
    """Who sees what somebody says of themselves."""

    NOBODY = "nobody"
    GROUPS = "groups"
    SERVER = "server"


class ProfileField(StrEnum):
    """A part of a profile that can be hidden on its own."""

    TIMEZONE = "timezone"
    LEVEL = "level"
    INTERESTS = "interests"
    FREE = "free"
    ABOUT = "about"


class Joining(StrEnum):
    """How one becomes a member of a project: at once, or asking its lead."""

    OPEN = "open"
    ASKED = "asked"


class ProjectRole(StrEnum):
    """What somebody does in a project, beside leading it."""

    MENTOR = "mentor"
    ENGINEER = "engineer"
    REVIEWER = "reviewer"
    WRITER = "writer"


class WatchState(StrEnum):
    """Whether a link is watched for change, or why it cannot be."""

    WATCHED = "watched"
    DENIED = "denied"
    GONE = "gone"
    UNSTEADY = "unsteady"


class TaskChangeKind(StrEnum):
    """A change of a task other than a move."""

    EDITED = "edited"
    ASSIGNED = "assigned"
    REMOVED = "removed"
    DROPPED = "dropped"


class Category(StrEnum):
    """What a claim is about: the three by which PaperBench grades a replication."""

    CODE = "code"
    RUN = "run"
    RESULT = "result"


class Outcome(StrEnum):
    """What a claim without a number comes to when it is tried."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
