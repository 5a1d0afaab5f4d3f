"""The symbols that programmes' cards share."""

from __future__ import annotations

GATE = "🚪"


HAND_IN = "📤"


PROGRAMME = "🎓"


LOCKED = "🔒"


OPEN = "🔓"
