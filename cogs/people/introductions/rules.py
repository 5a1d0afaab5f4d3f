"""How often people are introduced, and what of a check-in goes along."""

from __future__ import annotations

from datetime import timedelta

AGAIN_AFTER = timedelta(days=30)
"""How long until the same two people can be introduced, or asked, again."""

ABOUT_LIMIT = 300
"""Characters of what is in somebody's way that the person asked gets to read."""

WAITING = 5
"""How many unanswered introductions somebody may have at a time."""
