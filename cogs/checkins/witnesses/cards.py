"""What a witness is asked, and what came of it."""

from __future__ import annotations

from bot.ui import theme
from data.checkins.commitments import Commitment
from data.states import Witnessed


def witnessed(one: Commitment) -> str:
    """Say what a commitment's witness answered."""
    text = f"**{theme.escape(one.text)}** ({theme.person(one.user_id)})"
    if one.witnessed is Witnessed.CONFIRMED:
        return f"{theme.DONE} {text}: confirmed by {theme.person(one.witness_id)}"
    return f"{text}: not yet, says {theme.person(one.witness_id)}. It is open again."
