"""The tree of errors.

``UserError`` and its children carry one plain sentence for the person who caused them: what is
wrong, and what to do next. ``StartupError`` carries one line for the operator at the terminal.
Everything else that is raised is a defect of ours.
"""

from __future__ import annotations


class CohortError(Exception):
    """Base of every error that Cohort raises on purpose.

    The first argument is a sentence that a person may read as it stands.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class UserError(CohortError):
    """A person's request cannot be done; the sentence says what to do instead."""


class NotFound(UserError):
    """What was named does not exist, in this server, for this person."""


class NotAllowed(UserError):
    """This person may not do that; the sentence names who may."""


class InvalidInput(UserError):
    """What was typed cannot be used; the sentence holds an example that can."""


class Conflict(UserError):
    """It could be done at another time or in another state, but not now."""


class StoreUnavailable(UserError):
    """The database takes no writes just now; nothing was changed, and it is no fault of ours."""


class StartupError(CohortError):
    """The process cannot start or go on; one line that names the thing and what to do."""


class Undeliverable(CohortError):
    """Discord refused a message at every place where it could have gone; says where and why.

    ``closed`` says that a person takes no direct messages, ``left`` that they left the server.
    """

    def __init__(self, sentence: str, *, closed: bool = False, left: bool = False) -> None:
        super().__init__(sentence)
        self.closed = closed
        self.left = left


class TryLater(Conflict):
    """It passes by itself: the same thing works ``after`` some seconds."""

    def __init__(self, sentence: str, after: float) -> None:
        super().__init__(sentence)
        self.after = after


class MayHaveArrived(TryLater):
    """A message may have arrived in the place that takes none just now: no other should get it."""
