"""Who may confirm, dispute or settle what about a result."""

from __future__ import annotations

from bot.base.errors import Conflict, NotAllowed
from bot.place import Place
from data.boards.projects import Project
from data.boards.results import Result
from data.states import Decision

SETTLES = frozenset({Decision.UPHOLD, Decision.REJECT})
"""The decisions that end a dispute: for the lead or an organiser alone."""


def check_review(
    project: Project,
    result: Result,
    decision: Decision,
    place: Place,
) -> None:
    """Raise NotAllowed or Conflict where a review cannot be.

    A result is reviewed by somebody who did not log it; a dispute is settled by the lead, or by
    an organiser, with ``UPHOLD`` or ``REJECT``.
    """
    # Organisers too: a second pair of eyes is what a review is.
    if result.runner_id == place.user_id:
        raise NotAllowed("That result is yours: somebody else has to review it.")
    if result.replaced:
        raise Conflict("A later result replaced that one. Review the later one.")
    if decision in SETTLES:
        if project.lead_id != place.user_id and not place.organiser:
            raise NotAllowed("Only the project's lead, or an organiser, settles a dispute.")
        if not result.is_disputed:
            raise Conflict("Nobody disputes that result, so there is nothing to settle.")
    elif decision is Decision.DISPUTE and result.is_disputed:
        raise Conflict("That result is disputed already. The project's lead settles it.")
    elif not result.counts:
        raise Conflict("The lead rejected that result. Log another one instead.")
    elif decision is Decision.CONFIRM and any(
        one.reviewer_id == place.user_id and one.decision is decision for one in result.reviews
    ):
        raise Conflict("You confirmed that result already.")
